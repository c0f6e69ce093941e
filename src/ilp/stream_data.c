#include "ilp/stream_data.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/secret.h"

static size_t place(uint64_t offset)
{
	return (size_t)(offset % STREAM_WINDOW_BYTES);
}

static void copy_in(uint8_t *ring, uint64_t offset, const uint8_t *p, size_t n)
{
	size_t at = place(offset), first = STREAM_WINDOW_BYTES - at;

	if (first > n)
		first = n;
	memcpy(ring + at, p, first);
	memcpy(ring, p + first, n - first);
}

static void copy_out(const uint8_t *ring, uint64_t offset, uint8_t *p, size_t n)
{
	size_t at = place(offset), first = STREAM_WINDOW_BYTES - at;

	if (first > n)
		first = n;
	memcpy(p, ring + at, first);
	memcpy(p + first, ring, n - first);
}

/* What people write to each other is wiped. */
static void ring_free(uint8_t **ring)
{
	if (!*ring)
		return;
	secret_wipe(*ring, STREAM_WINDOW_BYTES);
	free(*ring);
	*ring = NULL;
}

/* ---- arriving ---- */

uint64_t stream_inbox_max(const struct stream_inbox *b)
{
	return b->read + STREAM_WINDOW_BYTES;
}

/* Joins [from, to) with the islands it touches. False: it would be one more than
 * there is room for. */
static bool island_add(struct stream_inbox *b, uint64_t from, uint64_t to)
{
	unsigned first = 0, last;

	while (first < b->islands_n && b->islands[first].to < from)
		first++;
	last = first;
	while (last < b->islands_n && b->islands[last].from <= to)
		last++;
	if (first == last && b->islands_n == STREAM_HOLES_MAX)
		return false;
	if (first < last) {
		if (b->islands[first].from < from)
			from = b->islands[first].from;
		if (b->islands[last - 1].to > to)
			to = b->islands[last - 1].to;
	}
	memmove(&b->islands[first + 1], &b->islands[last],
	        (b->islands_n - last) * sizeof(b->islands[0]));
	b->islands_n += 1 - (last - first);
	b->islands[first].from = from;
	b->islands[first].to = to;
	return true;
}

enum result stream_inbox_put(struct stream_inbox *b, uint64_t offset, struct bytes piece)
{
	uint64_t to = offset + piece.n, from = offset;

	if (to < offset || to > stream_inbox_max(b))
		return RESULT_THEIRS_TOO_BIG;
	if (from < b->ready)
		from = b->ready;
	if (to > from) {
		if (!b->ring)
			b->ring = malloc(STREAM_WINDOW_BYTES);
		if (!b->ring)
			return RESULT_OURS_MEMORY;
		if (!island_add(b, from, to))
			return RESULT_RETRY_BUSY;
		copy_in(b->ring, from, piece.p + (from - offset), (size_t)(to - from));
		if (b->islands[0].from == b->ready) {
			b->ready = b->islands[0].to;
			b->islands_n--;
			memmove(&b->islands[0], &b->islands[1],
			        b->islands_n * sizeof(b->islands[0]));
		}
	}
	if (to > b->top)
		b->top = to;
	return RESULT_OK;
}

struct bytes stream_inbox_peek(const struct stream_inbox *b)
{
	size_t n = (size_t)(b->ready - b->read), left = STREAM_WINDOW_BYTES - place(b->read);

	if (n == 0)
		return bytes_of(NULL, 0);
	return bytes_of(b->ring + place(b->read), n < left ? n : left);
}

void stream_inbox_take(struct stream_inbox *b, size_t n)
{
	assert(n <= b->ready - b->read);
	b->read += n;
	if (b->read == b->ready && b->islands_n == 0)
		ring_free(&b->ring);
}

void stream_inbox_clear(struct stream_inbox *b)
{
	ring_free(&b->ring);
	memset(b, 0, sizeof(*b));
}

/* ---- leaving ---- */

size_t stream_outbox_write(struct stream_outbox *b, struct bytes data)
{
	size_t room = STREAM_WINDOW_BYTES - (size_t)(b->end - b->acked);
	size_t n = data.n < room ? data.n : room;

	if (n == 0)
		return 0;
	if (!b->ring)
		b->ring = malloc(STREAM_WINDOW_BYTES);
	if (!b->ring)
		return 0;
	copy_in(b->ring, b->end, data.p, n);
	b->end += n;
	return n;
}

size_t stream_outbox_piece(const struct stream_outbox *b, uint64_t max, uint8_t *out, size_t n)
{
	uint64_t end = b->end < max ? b->end : max;

	if (b->sent > b->acked || end <= b->acked)
		return 0;
	if (n > end - b->acked)
		n = (size_t)(end - b->acked);
	copy_out(b->ring, b->acked, out, n);
	return n;
}

void stream_outbox_sent(struct stream_outbox *b, size_t n)
{
	assert(b->sent <= b->acked && n <= b->end - b->acked);
	b->sent = b->acked + n;
}

void stream_outbox_arrived(struct stream_outbox *b)
{
	if (b->sent <= b->acked)
		return;
	b->acked = b->sent;
	if (b->acked == b->end)
		ring_free(&b->ring);
}

void stream_outbox_lost(struct stream_outbox *b)
{
	b->sent = b->acked;
}

void stream_outbox_drop(struct stream_outbox *b)
{
	b->end = b->sent > b->acked ? b->sent : b->acked;
	if (b->end == b->acked)
		ring_free(&b->ring);
}

void stream_outbox_clear(struct stream_outbox *b)
{
	ring_free(&b->ring);
	memset(b, 0, sizeof(*b));
}
