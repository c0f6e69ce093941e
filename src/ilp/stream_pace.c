#include "ilp/stream_pace.h"

#include "base/amount.h"

uint64_t stream_pace_due(const struct stream_pace *p, int64_t now_ms)
{
	int64_t elapsed = now_ms - p->begun_ms;
	uint64_t due = p->total;

	if (p->whole_ms && elapsed < p->whole_ms)
		due = elapsed > 0
		              ? mul_div_floor(p->total, (uint64_t)elapsed, (uint64_t)p->whole_ms)
		              : 0;
	return due > p->gone ? due - p->gone : 0;
}

bool stream_pace_goes_on(const struct stream_pace *p, int64_t now_ms)
{
	return p->whole_ms && now_ms - p->begun_ms < p->whole_ms;
}

void stream_pace_wait(struct stream_pace *p, int64_t now_ms)
{
	int64_t end_ms = p->begun_ms + p->whole_ms;

	p->next_ms = now_ms + STREAM_PACE_STEP_MS;
	if (p->next_ms > end_ms && now_ms < end_ms)
		p->next_ms = end_ms;
}
