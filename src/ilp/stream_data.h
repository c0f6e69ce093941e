/* stream_data: the bytes of one stream, both ways. Pure, and bounded: an inbox or outbox keeps at
 * most STREAM_WINDOW_BYTES, allocated with the first byte and freed when nothing is left in it.
 *
 * Inbox: pieces may come in any order, twice, and overlapping; they leave in order, once. Outbox:
 * what was written stays until the other end has it, so that a piece can be sent again with the
 * same offset and bytes. Spec: RFC 0029, 5.3.11 to 5.3.13; Interledger, STREAM frames.
 */
#ifndef FLORIN_ILP_STREAM_DATA_H
#define FLORIN_ILP_STREAM_DATA_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/result.h"

#define STREAM_WINDOW_BYTES 16384
#define STREAM_HOLES_MAX    8 /* islands of bytes beyond the first missing one */

/* ---- arriving ---- */

struct stream_inbox {
	uint8_t *ring;  /* NULL: nothing is kept */
	uint64_t read;  /* handed out so far */
	uint64_t ready; /* everything before it is here */
	uint64_t top;   /* the end of what was ever sent to us */
	struct {
		uint64_t from, to;
	} islands[STREAM_HOLES_MAX]; /* above ready, in order, apart from each other */
	unsigned islands_n;
};

/* What the other end may send up to: never goes down. */
uint64_t stream_inbox_max(const struct stream_inbox *b);
/* A piece that can't be kept changes nothing. Errors: THEIRS_TOO_BIG (beyond stream_inbox_max),
 * RETRY_BUSY (too many holes: to be sent again), OURS_MEMORY. */
MUST_USE enum result stream_inbox_put(struct stream_inbox *b, uint64_t offset, struct bytes piece);
/* The next bytes in order, as many as lie in one piece; empty where none are. */
struct bytes stream_inbox_peek(const struct stream_inbox *b);
/* n of them are done with. */
void stream_inbox_take(struct stream_inbox *b, size_t n);
void stream_inbox_clear(struct stream_inbox *b);

/* ---- leaving ---- */

struct stream_outbox {
	uint8_t *ring;
	uint64_t acked; /* the other end has everything before it */
	uint64_t sent;  /* a packet that carries up to here is under way; acked: none */
	uint64_t end;   /* written so far */
	uint64_t top;   /* the end of what ever left; the caller's */
};

/* How many bytes were taken; fewer than n where the box is full or memory is out. */
size_t stream_outbox_write(struct stream_outbox *b, struct bytes data);
/* The next piece to send, from b->acked on: at most n bytes and not beyond max. Written to out.
 * Nothing while a piece is under way. Returns its length. */
size_t stream_outbox_piece(const struct stream_outbox *b, uint64_t max, uint8_t *out, size_t n);
/* The piece of n bytes from b->acked on was sent; then either arrived, or is to be sent again. */
void stream_outbox_sent(struct stream_outbox *b, size_t n);
void stream_outbox_arrived(struct stream_outbox *b);
void stream_outbox_lost(struct stream_outbox *b);
/* What is not under way is never sent. */
void stream_outbox_drop(struct stream_outbox *b);
void stream_outbox_clear(struct stream_outbox *b);

#endif
