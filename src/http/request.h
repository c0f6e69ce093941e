/* request: one HTTP request as its handler sees it, and the contract of handlers.
 *
 * Owner: the server, one loop thread. Every pointer reached from here, and all memory of the arena,
 * lives until the reply was sent or the connection died (and, where the request is parked, until
 * its operation came back). Nothing here is thread-safe: only the request's loop thread may touch
 * it. A handler that hands work to another thread gives away memory of the arena, never `rq`.
 *
 * A handler answers at once:
 *
 *	return http_reply_json(rq, 200, value);
 *
 * or parks. Park first, submit second:
 *
 *	http_park(rq, after_commit);
 *	submit(...);                  (its completion calls http_resume(rq) on the loop thread)
 *	return HTTP_PARKED;
 *
 * A parked request has no timeout of its own: whoever was given the operation owns its deadline and
 * must complete it.
 */
#ifndef FLORIN_HTTP_REQUEST_H
#define FLORIN_HTTP_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/limits.h"
#include "base/result.h"

struct http_inner;
struct http_loop;
struct http_request;
struct http_route;
struct http_signed;
struct language;

enum http_method {
	HTTP_GET,
	HTTP_HEAD,
	HTTP_POST,
	HTTP_PUT,
	HTTP_PATCH,
	HTTP_DELETE,
	HTTP_OPTIONS,
};
#define HTTP_METHODS 7

/* "GET" and so on; never NULL. */
const char *http_method_name(enum http_method m);
/* Methods are case-sensitive. Errors: THEIRS_NOT_FOUND. */
MUST_USE enum result http_method_parse(const char *s, enum http_method *out);

/* What a handler has done: set the reply, or parked the request. */
enum http_next { HTTP_DONE, HTTP_PARKED };

typedef enum http_next http_handler(struct http_request *rq);

/* Borrowed from the connection; NUL-terminated as well. */
struct http_header {
	const char *name;
	const char *value;
	size_t name_n;
	size_t value_n;
};

/* Of the path (decoded segments that stand where the pattern has {name}) or of the query. */
struct http_pair {
	const char *name;
	const char *value;
};

#define HTTP_SEGMENTS_MAX 12
#define HTTP_QUERY_MAX    32
#define HTTP_ADDRESS_SIZE 46 /* text of an IPv6 address with its NUL */

struct http_address {
	uint8_t b[16]; /* IPv6, or IPv4 as ::ffff:a.b.c.d */
};

struct http_request {
	/* for handlers */
	enum http_method method; /* HEAD arrives as HTTP_HEAD at the handler of GET */
	const char *target;      /* raw, as sent: path and query */
	const char *id;          /* http/request_id.h; answered as X-Request-Id */
	struct bytes body;       /* raw; kept until the reply was sent */
	const char *segments[HTTP_SEGMENTS_MAX]; /* path, decoded once */
	size_t segment_count;
	struct http_address client; /* the peer, or what a trusted proxy says it is */
	struct arena arena;
	struct http_loop *loop;
	const struct http_route *route;
	struct http_signed *signature;   /* http/signed.h; NULL: not asked for */
	const struct language *language; /* http/language.h; NULL: not asked for */
	void *before;                    /* of the step before: http/access, http/gnap_client */
	void *state; /* the handler's own, usually in the arena; NULL at first */

	/* Runs on the loop thread once after a reply was given to HTTP: delivered is true where its
	 * last byte was handed to the socket, false where the connection died before. Set it with
	 * the reply. Not run where no reply was set. */
	void (*on_sent)(struct http_request *rq, bool delivered);

	/* the server's */
	struct http_header headers[LIMIT_HEADER_FIELDS];
	size_t header_count;
	struct http_pair query[HTTP_QUERY_MAX];
	size_t query_count;
	http_handler *resume;     /* what http_resume runs; NULL where not parked */
	struct http_inner *inner; /* http/inner.h; NULL: the request is the client's own */
	struct http_cleanup *cleanups;
	struct http_reply *reply;
};

/* First value of a header, name in any case; NULL when absent. The gate has refused requests that
 * repeat Host, Authorization, Content-Type, Content-Length, Content-Digest, Signature or
 * Signature-Input. */
const char *http_header(const struct http_request *rq, const char *name);
/* Decoded segment that stands at {name} in the route's pattern; never NULL for a name of the
 * pattern. */
const char *http_param(const struct http_request *rq, const char *name);
/* Decoded query member; NULL when absent, "" where it has no value. None occurs twice. */
const char *http_query(const struct http_request *rq, const char *name);
/* Token of "Authorization: Bearer TOKEN" (scheme in any case), or of the scheme given ("GNAP").
 * NULL when absent or another scheme. */
const char *http_authorization(const struct http_request *rq, const char *scheme);
/* Media type of the body is this, whatever its parameters. */
bool http_content_type_is(const struct http_request *rq, const char *type);
void http_address_format(const struct http_address *a, char out[HTTP_ADDRESS_SIZE]);

/* The arena may take a list of as many rows: LIMIT_ROW_BYTES for each
 * beyond LIMIT_REQUEST_ARENA. */
void http_allow_rows(struct http_request *rq, size_t rows);

/* Runs fn(p) when the request's memory is released, last registered first. Errors: OURS_MEMORY,
 * after having run fn(p). */
MUST_USE enum result http_defer(struct http_request *rq, void (*fn)(void *p), void *p);

/* The connection waits; `resume` sets the reply (or parks again). Call before the operation is
 * given away. */
void http_park(struct http_request *rq, http_handler *resume);
/* On the loop thread: the operation has completed, `resume` runs in this turn. */
void http_resume(struct http_request *rq);

/* The body held a secret, and is not needed any more: our copy of it is wiped and
 * the body empty. */
void http_body_wipe(struct http_request *rq);

/* For the metrics: the request is over a rate. */
void http_count_limited(const struct http_request *rq);

/* The request has shown the token of a party that we know by that number: its connection no longer
 * counts against its address, but among at most LIMIT_CONNECTIONS_PER_PEER of the party. */
void http_connection_of(struct http_request *rq, uint64_t party);

/* The loop's clocks, read once per turn. */
int64_t http_mono_ms(const struct http_request *rq);
int64_t http_wall_ms(const struct http_request *rq);
/* The assembly's object of the loop thread (server.h: loop_open). */
void *http_app(const struct http_request *rq);

#endif
