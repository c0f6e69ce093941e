/* websocket: one WebSocket of binary messages on the outbound thread, at either end.
 *
 * Frames, masks, fragments and control frames are wslay's; the bytes go over a socket of ours, or
 * over a connection that libcurl opened, with TLS where the URL says so. A message has at most
 * WEBSOCKET_MESSAGE_MAX bytes. What waits to be sent is bounded: a peer that does not read is not
 * read from either, and one that is silent for two pings is let go. Text ends the connection.
 *
 * All but websocket_drop after the thread has ended is for the thread only. Spec: RFC 6455.
 */
#ifndef FLORIN_NET_WEBSOCKET_H
#define FLORIN_NET_WEBSOCKET_H

#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/result.h"
#include "net/outbound.h"

#define WEBSOCKET_MESSAGE_MAX 43008             /* bytes: an ILP packet and what is around it */
#define WEBSOCKET_QUEUE_MAX   (4 * 1024 * 1024) /* bytes that wait to be sent */
#define WEBSOCKET_QUEUED_MAX  16384             /* messages: answers to empty pings have no bytes */
#define WEBSOCKET_OUT_BYTES   65536             /* handed to the kernel at a time */
#define WEBSOCKET_TURN_BYTES  262144            /* read in one turn, so that others have theirs */
#define WEBSOCKET_OPEN_MS     5000              /* for the head, once connected */
#define WEBSOCKET_PING_MS     30000
#define WEBSOCKET_CLOSE_MS    2000 /* for the other side to answer a close */

enum websocket_code {
	WEBSOCKET_NORMAL = 1000,
	WEBSOCKET_GOING_AWAY = 1001,
	WEBSOCKET_PROTOCOL_ERROR = 1002,
	WEBSOCKET_UNSUPPORTED = 1003,
	WEBSOCKET_POLICY = 1008,
};

struct websocket;

/* Called on the thread, never from within a call of the functions below. */
struct websocket_handler {
	void (*opened)(void *arg); /* a client's: messages can be sent */
	/* A binary message, borrowed. */
	void (*message)(void *arg, struct bytes message);
	/* All that was given to be sent is with the kernel. */
	void (*drained)(void *arg);
	/* The end: the websocket is gone when this returns. why: for the log. */
	void (*closed)(void *arg, const char *why);
	void *arg;
};

/* A server's end: fd has been upgraded, is taken also on an error, and `early` came with the
 * request. Errors: OURS_MEMORY, OURS_IO. */
MUST_USE enum result websocket_adopt(struct outbound *o, int fd, struct bytes early,
        const struct websocket_handler *handler, struct websocket **out);
/* A client's: `parts` has an http or https URL. `opened` or `closed` follows. Errors: OURS_MEMORY,
 * OURS_IO, THEIRS_TOO_BIG (the URL). */
MUST_USE enum result websocket_dial(struct outbound *o, const struct url_parts *parts,
        enum url_policy policy, const struct websocket_handler *handler, struct websocket **out);
/* Copies. Errors: RETRY_BUSY (too much waits), RETRY_DRAINING (it is closing), THEIRS_TOO_BIG,
 * OURS_MEMORY. */
MUST_USE enum result websocket_send(struct websocket *w, struct bytes message);
/* No more messages come; what waits is sent; `closed` follows. */
void websocket_close(struct websocket *w, enum websocket_code code);
/* At once, without `closed`; not from within a handler. NULL is fine. */
void websocket_drop(struct websocket *w);

#endif
