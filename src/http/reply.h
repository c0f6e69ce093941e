/* reply: what a handler answers with.
 *
 * Each http_reply_* sets the one reply of the request and returns HTTP_DONE, so that a handler can
 * end with `return http_reply_json(...)`. Setting a second one is a bug (assert). Where memory is
 * out the reply becomes an empty 500: none of these fails.
 *
 * Every reply but octet-streams carries X-Content-Type-Options: nosniff and, unless the handler set
 * it, Cache-Control: no-store; HTML also the headers of the threat model (CSP, frame-ancestors,
 * referrer, opener). A route with HTTP_ROUTE_CORS adds Access-Control-Allow-Origin: *. Every reply
 * but a fixed one carries the request's id as X-Request-Id; a 5xx error has it in "details" too.
 */
#ifndef FLORIN_HTTP_REPLY_H
#define FLORIN_HTTP_REPLY_H

#include <jansson.h>
#include <stdbool.h>

#include "base/bytes.h"
#include "base/result.h"
#include "codec/json_text.h"
#include "http/request.h"

/* Adds a header to the reply that follows. name and value must outlive the request (a literal, or
 * in its arena); control bytes in value are a bug. At most HTTP_REPLY_HEADERS_MAX. */
#define HTTP_REPLY_HEADERS_MAX 12
void http_reply_header(struct http_request *rq, const char *name, const char *value);

/* body is static or in the request's arena: it must live until the reply is sent. */
enum http_next http_reply_bytes(
        struct http_request *rq, unsigned status, const char *type, struct bytes body);
/* body->p was malloc'd and is freed with the reply, also on failure. */
enum http_next http_reply_take(
        struct http_request *rq, unsigned status, const char *type, struct bytes body);
enum http_next http_reply_empty(struct http_request *rq, unsigned status);
/* Steals value (also on failure); NULL is out of memory. type NULL is application/json. */
enum http_next http_reply_json(struct http_request *rq, unsigned status, json_t *value);
enum http_next http_reply_json_as(
        struct http_request *rq, unsigned status, const char *type, json_t *value);
/* Takes what was written; a failed text is an internal error. */
enum http_next http_reply_json_text(
        struct http_request *rq, unsigned status, struct json_text *text);

/* {"error":{"code":code,"description":...}}; the description is printed with format. */
enum http_next http_reply_error(struct http_request *rq, unsigned status, const char *code,
        const char *format, ...) __attribute__((format(printf, 4, 5)));
/* As above with "details"; steals details. */
enum http_next http_reply_error_details(struct http_request *rq, unsigned status, const char *code,
        const char *description, json_t *details);
/* Status and code of a result: http_status_of and result_name. A result of class OURS is logged and
 * its description is not shown. */
enum http_next http_reply_result(struct http_request *rq, enum result r, const char *format, ...)
        __attribute__((format(printf, 3, 4)));
unsigned http_status_of(enum result r);

/* Takes back a reply that was set, for one that is made of it: its body lives as long as the
 * request. False: none is set, or one without a body of its own, or memory is out;
 * it then stands. */
bool http_reply_take_back(struct http_request *rq, unsigned *status, struct bytes *body);

/* After the reply the connection is closed. */
void http_reply_close(struct http_request *rq);

/* A body that comes bit by bit, for as long as the client listens: `fill` puts at most `size` bytes
 * into `out` and says how many; 0 is nothing for now, until http_stream_wake. It runs on the loop's
 * thread. After HTTP_STREAM_BEAT_MS with nothing it is asked with `beat` set, and then writes
 * something that means nothing. The connection is closed when the server stops, when a client does
 * not read for the time of a reply, or where fill says HTTP_STREAM_END. Status 200. */
#define HTTP_STREAM_END     SIZE_MAX
#define HTTP_STREAM_BEAT_MS 15000
typedef size_t http_stream_fill(struct http_request *rq, bool beat, char *out, size_t size);
enum http_next http_reply_stream(struct http_request *rq, const char *type, http_stream_fill *fill);
/* The same of a file, whose client is to have all of it: it goes on while the server drains, and
 * where it ends before HTTP_STREAM_END (the server stops, fill says HTTP_STREAM_CUT) the client
 * sees that it was cut. */
#define HTTP_STREAM_CUT (SIZE_MAX - 1)
enum http_next http_reply_file(struct http_request *rq, const char *type, http_stream_fill *fill);
/* On the loop's thread, from outside of fill: there is more to say. */
void http_stream_wake(struct http_request *rq);

/* 101: HTTP ends on this connection, and `take` gets its bytes, once, on the loop's thread: fd is
 * its own copy, to be read, written and closed by whoever has it, `early` is what the client sent
 * behind its request, borrowed. The handler sets Upgrade and what else belongs to it. Whoever has
 * the connection says once that it has ended, from any thread, after it has closed its copy; until
 * then it counts among the listener's connections. The listener's stop ends it as well. */
struct http_upgraded;
typedef void http_upgrade_take(
        struct http_request *rq, int fd, struct bytes early, struct http_upgraded *u);
enum http_next http_reply_upgrade(struct http_request *rq, http_upgrade_take *take);
void http_upgraded_end(struct http_upgraded *u);

/* A reply built once and sent many times, also by several loops, and so without X-Request-Id:
 * status, type, headers (ends with a NULL name; may be NULL) and body are copied. NULL when memory
 * is out. Freed when its owner and the last request that sends it have let go. */
struct http_fixed;
struct http_fixed *http_fixed_new(unsigned status, const char *type,
        const struct http_pair *headers, bool cors, struct bytes body);
void http_fixed_free(struct http_fixed *f);
enum http_next http_reply_fixed(struct http_request *rq, struct http_fixed *f);

#endif
