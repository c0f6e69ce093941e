#include "http/deadline.h"

#include <stddef.h>

void deadlines_init(struct deadlines *q, const int64_t length_ms[DEADLINE_KINDS])
{
	for (int k = 0; k < DEADLINE_KINDS; k++) {
		q->first[k] = NULL;
		q->last[k] = NULL;
		q->length_ms[k] = length_ms[k];
	}
}

void deadline_unset(struct deadlines *q, struct deadline *d)
{
	if (!d->set)
		return;
	if (d->prev)
		d->prev->next = d->next;
	else
		q->first[d->kind] = d->next;
	if (d->next)
		d->next->prev = d->prev;
	else
		q->last[d->kind] = d->prev;
	d->prev = NULL;
	d->next = NULL;
	d->set = false;
}

void deadline_set(struct deadlines *q, struct deadline *d, enum deadline_kind kind, int64_t now_ms)
{
	deadline_unset(q, d);
	d->kind = kind;
	d->at_ms = now_ms + q->length_ms[kind];
	d->next = NULL;
	d->prev = q->last[kind];
	if (d->prev)
		d->prev->next = d;
	else
		q->first[kind] = d;
	q->last[kind] = d;
	d->set = true;
}

struct deadline *deadline_due(struct deadlines *q, int64_t now_ms)
{
	for (int k = 0; k < DEADLINE_KINDS; k++) {
		struct deadline *d = q->first[k];

		if (d && d->at_ms <= now_ms) {
			deadline_unset(q, d);
			return d;
		}
	}
	return NULL;
}

int64_t deadlines_wait_ms(const struct deadlines *q, int64_t now_ms)
{
	int64_t wait = -1;

	for (int k = 0; k < DEADLINE_KINDS; k++) {
		int64_t left;

		if (!q->first[k])
			continue;
		left = q->first[k]->at_ms - now_ms;
		if (left <= 0)
			return 0;
		if (wait < 0 || left < wait)
			wait = left;
	}
	return wait;
}
