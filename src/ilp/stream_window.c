#include "ilp/stream_window.h"

/* Something on the path is overloaded, out of money or away. All packets of one flight count as
 * one such event for the window. */
void stream_window_slow_down(
        struct stream_sender *s, const struct stream_send *packet, int64_t now_ms)
{
	if (packet->sequence >= s->cut_sequence) {
		s->window = s->window > 1 ? s->window / 2 : 1;
		s->cut_sequence = s->sequence;
	}
	if (now_ms >= s->resume_at_ms) {
		s->resume_at_ms = now_ms + s->backoff_ms;
		s->backoff_ms *= 2;
		if (s->backoff_ms > STREAM_BACKOFF_MAX_MS)
			s->backoff_ms = STREAM_BACKOFF_MAX_MS;
	}
}

void stream_window_speed_up(
        struct stream_sender *s, const struct stream_send *packet, int64_t now_ms)
{
	uint64_t more = s->cap / 10 + 1;

	s->progress_at_ms = now_ms;
	s->lost_flights = 0;
	s->backoff_ms = STREAM_BACKOFF_START_MS;
	if (s->window < s->window_max)
		s->window++;
	/* The cap of a lack of liquidity is given up little by little. */
	if (s->cap != UINT64_MAX && packet->amount >= s->cap)
		s->cap = s->cap > UINT64_MAX - more ? UINT64_MAX : s->cap + more;
}

void stream_window_miss(struct stream_sender *s, const struct stream_send *packet, int64_t now_ms)
{
	if (packet->sequence >= s->flight_end) {
		s->flight_end = s->sequence;
		s->flight_missed = 0;
	}
	if (s->run == STREAM_RUN_PROBE || ++s->flight_missed > s->window / STREAM_MISS_PART)
		stream_window_slow_down(s, packet, now_ms);
}

/* Too little liquidity: fewer packets at a time, and where there was only this one, smaller ones,
 * at once. */
void stream_window_spare(struct stream_sender *s, const struct stream_send *packet, int64_t now_ms)
{
	bool alone = s->packets_in_flight == 0;
	uint64_t smaller = packet->amount - packet->amount / 3;

	if (smaller == packet->amount && smaller > 1)
		smaller--;
	if (alone && packet->amount < s->liquidity)
		s->liquidity = packet->amount;
	if (s->run == STREAM_RUN_PROBE && smaller < s->largest.verified)
		smaller = s->largest.verified;
	if ((!alone && s->run != STREAM_RUN_PROBE) || smaller >= s->cap) {
		stream_window_slow_down(s, packet, now_ms);
		return;
	}
	s->cap = smaller;
}
