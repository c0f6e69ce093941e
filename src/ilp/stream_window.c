#include "ilp/stream_window.h"

#include <stdbool.h>
#include <string.h>

void stream_window_init(struct stream_window *w, unsigned max)
{
	memset(w, 0, sizeof(*w));
	w->max = max ? max : STREAM_WINDOW_MAX;
	w->threshold = w->max;
	w->size = w->max < STREAM_WINDOW_START ? w->max : STREAM_WINDOW_START;
	w->backoff_ms = STREAM_BACKOFF_START_MS;
}

void stream_window_fulfilled(struct stream_window *w)
{
	w->backoff_ms = STREAM_BACKOFF_START_MS;
	if (w->size >= w->max)
		return;
	if (w->size >= w->threshold && ++w->fulfilled < STREAM_WINDOW_STEP)
		return;
	w->fulfilled = 0;
	w->size++;
}

/* Counts it. */
static bool are_many(struct stream_window *w, struct stream_window_end end)
{
	if (end.sequence >= w->flight_end) {
		w->flight_end = end.next;
		w->flight_bad = 0;
		w->flight_few = end.in_flight / STREAM_WINDOW_MANY;
	}
	return ++w->flight_bad > w->flight_few;
}

static void lower_threshold(struct stream_window *w, unsigned to)
{
	w->threshold = to > STREAM_WINDOW_START ? to : STREAM_WINDOW_START;
	w->fulfilled = 0;
}

static bool is_cut(const struct stream_window *w, struct stream_window_end end)
{
	return end.sequence < w->cut_sequence;
}

static void cut(struct stream_window *w, struct stream_window_end end)
{
	if (!is_cut(w, end)) {
		w->size = w->size > 1 ? w->size / 2 : 1;
		w->cut_sequence = end.next;
	}
	if (end.now_ms < w->resume_at_ms)
		return;
	w->resume_at_ms = end.now_ms + w->backoff_ms;
	w->backoff_ms *= 2;
	if (w->backoff_ms > STREAM_BACKOFF_MAX_MS)
		w->backoff_ms = STREAM_BACKOFF_MAX_MS;
}

void stream_window_missed(struct stream_window *w, struct stream_window_end end)
{
	if (are_many(w, end))
		cut(w, end);
}

void stream_window_busy(struct stream_window *w, struct stream_window_end end)
{
	bool many = are_many(w, end);

	if (!is_cut(w, end)) {
		if (!many && w->size > 1)
			w->size--;
		lower_threshold(w, many ? w->size - w->size / 4 : w->size);
	}
	if (many)
		cut(w, end);
}
