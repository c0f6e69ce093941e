/* wire: HTTP/1.1 on connections of our own, for targets that are called often.
 *
 * A connection carries one request at a time and is kept for the next one; nothing is pipelined. A
 * request is sent AT MOST ONCE: as soon as the kernel has taken a byte of it, it stays with its
 * connection, and when that dies without an answer the outcome is unknown. Only a kept connection
 * that takes no byte at all is replaced by another.
 *
 * Plain HTTP to an address; names and TLS are libcurl's. Private to outbound and its thread.
 * docs/decisions/0007; RFC 9112.
 */
#ifndef FLORIN_NET_WIRE_H
#define FLORIN_NET_WIRE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/result.h"
#include "net/timer.h"
#include "net/url_guard.h"

struct outbound_request;
struct wire_aim;
struct wires;

/* ---- where to: immutable, any thread ---- */

/* Whether requests to this URL go this way. */
bool wire_reaches(const struct url_parts *parts);

struct wire_aim_options {
	const struct url_parts *parts; /* one that wire_reaches; read here only */
	enum url_policy policy;
	const char *user_agent;
	const char *const *headers; /* "Name: value" lines, ended by NULL; may be NULL */
	const char *content_type;   /* NULL: none */
};

/* What all requests to one target share. Errors: THEIRS_MALFORMED (a control character in a
 * header), OURS_MEMORY. */
MUST_USE enum result wire_aim_new(const struct wire_aim_options *options, struct wire_aim **out);
void wire_aim_free(struct wire_aim *aim);

/* ---- the connections of an outbound thread ---- */

struct wires_options {
	const struct url_guard *guard; /* judges the address of each request */
	struct timers *timers;         /* of the thread */
	int64_t connect_ms;
	size_t answer_bytes; /* of a request that names no maximum of its own */
	size_t new_max; /* connections to one address that brought no answer yet: wires_has_room */
	atomic_uint_fast64_t *opened; /* counts connections */
	/* The request is over. What it found is in it; it holds no connection any more. */
	void (*ended)(void *arg, struct outbound_request *rq, enum result r);
	void *arg;
};

/* Errors: OURS_MEMORY, OURS_IO. */
MUST_USE enum result wires_new(const struct wires_options *options, struct wires **out);
/* No request is under way. */
void wires_free(struct wires *w);
/* Readable when wires_run has something to do. */
int wires_fd(const struct wires *w);
/* Takes what arrived. */
void wires_run(struct wires *w, int64_t now_ms);
/* A request would find a connection that has brought an answer, or may open another one. */
bool wires_has_room(struct wires *w, const struct wire_aim *aim, int64_t now_ms);
/* Begins a request: its method, body, due_ms, body_max and answer are read. OK: `ended` follows,
 * not before this returns. Errors, without `ended`: THEIRS_BLOCKED, RETRY_UNREACHABLE,
 * RETRY_UNKNOWN (rq->sent), OURS_MEMORY. */
MUST_USE enum result wires_send(struct wires *w, const struct wire_aim *aim, const char *method,
        struct outbound_request *rq, int64_t now_ms);
/* Ends a request that is under way: RETRY_UNKNOWN where it was sent, else RETRY_DRAINING. */
void wires_abort(struct wires *w, struct outbound_request *rq);

#endif
