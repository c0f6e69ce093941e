#include "model/least_source.h"

/* A step away from what is known, which grows until both sides are known; then the middle. */
static void choose(struct least_source *s)
{
	uint64_t room = s->high ? s->high - s->low : s->max - s->low;

	if (room <= (s->high ? 1 : 0))
		s->next = 0;
	else if (s->high && s->low_known)
		s->next = s->low + room / 2;
	else if (s->high)
		s->next = s->step < room ? s->high - s->step : s->low + 1;
	else
		s->next = s->step < room ? s->low + s->step : s->max;
	s->step = s->step > AMOUNT_MAX / 2 ? AMOUNT_MAX : s->step * 2;
}

void least_source_init(
        struct least_source *s, uint64_t want, const struct pay_bounds *bounds, uint64_t max)
{
	struct pay_estimate e = {0, 0};

	*s = (struct least_source){.want = want, .max = max, .step = 1};
	if (pay_bounds_source(bounds, want, &e) && e.high > 0 && e.high <= max)
		s->next = e.high;
	else
		choose(s);
}

uint64_t least_source_ask(const struct least_source *s)
{
	return s->next;
}

void least_source_answer(struct least_source *s, uint64_t source, uint64_t destination)
{
	if (destination >= s->want && (!s->high || source < s->high)) {
		s->high = source;
	} else if (destination < s->want && source > s->low) {
		s->low = source;
		s->low_known = true;
	}
	/* A rate that moves meanwhile may contradict itself: the newer answer counts. */
	if (s->high && s->low >= s->high)
		s->low = s->high - 1;
	choose(s);
}
