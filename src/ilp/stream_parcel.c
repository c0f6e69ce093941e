#include "ilp/stream_parcel.h"

#include <string.h>

void stream_parcel_init(struct stream_parcel *p, uint64_t size, uint64_t before)
{
	memset(p, 0, sizeof(*p));
	if (size == 0)
		return;
	p->state = STREAM_PARCEL_TO_SEND;
	p->size = size;
	p->before = before;
	p->max = STREAM_PARCEL_FIRST;
	p->all_max = STREAM_PARCEL_FIRST_ALL;
}

bool stream_parcel_is_open(const struct stream_parcel *p)
{
	return p->state == STREAM_PARCEL_TO_SEND || p->state == STREAM_PARCEL_UNDER_WAY;
}

void stream_parcel_give_up(struct stream_parcel *p)
{
	if (stream_parcel_is_open(p))
		p->state = STREAM_PARCEL_GIVEN_UP;
}

static size_t next_piece(const struct stream_parcel *p)
{
	uint64_t all = p->all_max > p->before ? p->all_max - p->before : 0;
	uint64_t max = p->max < all ? p->max : all;
	uint64_t left = p->size - p->taken;

	if (max <= p->taken)
		return 0;
	if (left > max - p->taken)
		left = max - p->taken;
	return (size_t)(left < STREAM_PIECE_MAX ? left : STREAM_PIECE_MAX);
}

/* The pause before it goes once more. */
static int64_t pause_ms(const struct stream_parcel *p)
{
	int64_t ms = STREAM_PARCEL_AGAIN_MS;

	for (unsigned i = 1; i < p->tries && ms < STREAM_PARCEL_AGAIN_MAX; i++)
		ms *= 2;
	return ms < STREAM_PARCEL_AGAIN_MAX ? ms : STREAM_PARCEL_AGAIN_MAX;
}

bool stream_parcel_take(struct stream_parcel *p, int64_t now_ms, int64_t *wait_until_ms)
{
	if (p->state != STREAM_PARCEL_TO_SEND)
		return false;
	if (!p->until_ms) {
		p->until_ms = now_ms + STREAM_PARCEL_MS_MAX;
		p->idle_ms = now_ms + STREAM_PARCEL_IDLE_MS;
	}
	if (now_ms >= p->until_ms || now_ms >= p->idle_ms) {
		p->state = STREAM_PARCEL_GIVEN_UP;
		return false;
	}
	if (now_ms < p->resume_ms) {
		*wait_until_ms = p->resume_ms;
		return false;
	}
	p->piece = next_piece(p);
	p->state = STREAM_PARCEL_UNDER_WAY;
	return true;
}

bool stream_parcel_closes(const struct stream_parcel *p)
{
	return p->piece > 0 && p->taken + p->piece == p->size;
}

void stream_parcel_heard(struct stream_parcel *p, uint64_t max, uint64_t all_max)
{
	if (max > p->max)
		p->max = max;
	if (all_max > p->all_max)
		p->all_max = all_max;
}

void stream_parcel_taken(struct stream_parcel *p, int64_t now_ms)
{
	if (p->state != STREAM_PARCEL_UNDER_WAY)
		return;
	p->state = STREAM_PARCEL_TO_SEND;
	if (p->piece == 0) {
		p->tries++;
		p->resume_ms = next_piece(p) ? now_ms : now_ms + pause_ms(p);
		return;
	}
	p->taken += p->piece;
	p->piece = 0;
	p->tries = 0;
	p->resume_ms = now_ms;
	p->idle_ms = now_ms + STREAM_PARCEL_IDLE_MS;
	if (p->taken == p->size)
		p->state = STREAM_PARCEL_ARRIVED;
}

void stream_parcel_back(struct stream_parcel *p, int64_t now_ms, bool again)
{
	if (p->state != STREAM_PARCEL_UNDER_WAY)
		return;
	p->state = again ? STREAM_PARCEL_TO_SEND : STREAM_PARCEL_GIVEN_UP;
	p->piece = 0;
	p->tries++;
	p->resume_ms = now_ms + pause_ms(p);
}
