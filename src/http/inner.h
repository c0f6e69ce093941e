/* inner: a handler asks another one, as if a request of its own had come.
 *
 *	call->method = HTTP_GET;
 *	call->target = "/admin/v1/peers";
 *	call->then = shown;
 *	return http_inner(rq, router, call);
 *
 * While the other handler works, at once or parked, the request is what `call` says: method,
 * target, body and none of the client's headers, nor its language. Then it is again what it was,
 * rq->state included, and `then` runs with the answer in `call`, which a handler finds by its own
 * state. A stream is not an answer: it goes out as it is, and `then` does not run.
 */
#ifndef FLORIN_HTTP_INNER_H
#define FLORIN_HTTP_INNER_H

#include "http/request.h"

struct router;

#define HTTP_INNER_HEADERS 3

/* Memory of the request. */
struct http_inner {
	enum http_method method;
	const char *target; /* path and query as they would be sent; lives as long as the request */
	struct bytes body;  /* JSON; lives as long, and may be wiped; n 0: none */
	const char *key;    /* Idempotency-Key; NULL: none */
	const char *accept; /* NULL: none */
	void *before;       /* rq->before of the other handler: what stands for its access */
	http_handler *then;
	/* for `then`: */
	unsigned status;
	struct bytes answer; /* the body; lives as long as the request */

	/* private: the request as it was */
	enum http_method own_method;
	const char *own_target;
	struct bytes own_body;
	const char *own_segments[HTTP_SEGMENTS_MAX];
	size_t own_segment_count;
	struct http_pair own_query[HTTP_QUERY_MAX];
	size_t own_query_count;
	struct http_header own_headers[HTTP_INNER_HEADERS];
	size_t own_header_count;
	const struct http_route *own_route;
	const struct language *own_language;
	void *own_before, *own_state;
};

/* Returns as a handler does. Where the router knows no such path the answer is 404. */
enum http_next http_inner(struct http_request *rq, const struct router *r, struct http_inner *call);
/* The server's: the other handler has set its reply. Gives what runs next. */
http_handler *http_inner_end(struct http_request *rq);

#endif
