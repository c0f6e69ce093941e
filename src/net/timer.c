#include "net/timer.h"

#include <stddef.h>

/* Links two heaps; either may be NULL. */
static struct timer *meld(struct timer *a, struct timer *b)
{
	if (!a)
		return b;
	if (!b)
		return a;
	if (b->at_ms < a->at_ms) {
		struct timer *t = a;

		a = b;
		b = t;
	}
	b->sibling = a->child;
	if (a->child)
		a->child->back = b;
	b->back = a;
	a->child = b;
	return a;
}

static void detach(struct timer *t)
{
	t->sibling = NULL;
	t->back = NULL;
}

/* The children of a removed root become one heap: melded in pairs, then from the right to the left,
 * which is what keeps later removals cheap. */
static struct timer *meld_children(struct timer *first)
{
	struct timer *pairs = NULL; /* a stack through `sibling` */
	struct timer *heap = NULL;

	while (first) {
		struct timer *a = first;
		struct timer *b = a->sibling;
		struct timer *pair;

		first = b ? b->sibling : NULL;
		detach(a);
		if (b)
			detach(b);
		pair = meld(a, b);
		pair->sibling = pairs;
		pairs = pair;
	}
	while (pairs) {
		struct timer *pair = pairs;

		pairs = pair->sibling;
		detach(pair);
		heap = meld(heap, pair);
	}
	return heap;
}

/* Puts `by`, which may be NULL, where t hangs. Whatever stood below t is not earlier than t, so the
 * order above holds. */
static void replace(struct timers *all, struct timer *t, struct timer *by)
{
	if (!t->back) {
		if (all->due == t)
			all->due = by;
		else
			all->root = by;
		return;
	}
	if (by) {
		by->sibling = t->sibling;
		by->back = t->back;
		if (t->sibling)
			t->sibling->back = by;
	} else if (t->sibling) {
		t->sibling->back = t->back;
	}
	if (t->back->child == t)
		t->back->child = by ? by : t->sibling;
	else
		t->back->sibling = by ? by : t->sibling;
}

void timer_cancel(struct timers *all, struct timer *t)
{
	if (!t->set)
		return;
	t->set = false;
	replace(all, t, meld_children(t->child));
	t->child = NULL;
	detach(t);
}

void timer_set(struct timers *all, struct timer *t, int64_t at_ms)
{
	timer_cancel(all, t);
	t->at_ms = at_ms;
	t->child = NULL;
	detach(t);
	t->set = true;
	all->root = meld(all->root, t);
}

void timers_clear(struct timers *all)
{
	while (all->root)
		timer_cancel(all, all->root);
}

int64_t timer_next_ms(const struct timers *all)
{
	return all->root ? all->root->at_ms : INT64_MAX;
}

void timer_fire_due(struct timers *all, int64_t now_ms)
{
	/* All that are due are taken out first: one that is set anew by its own fire() waits for
	 * the next call, and one that another's fire() cancels does not fire. */
	while (all->root && all->root->at_ms <= now_ms) {
		struct timer *t = all->root;

		all->root = meld_children(t->child);
		t->child = NULL;
		all->due = meld(all->due, t);
	}
	while (all->due) {
		struct timer *t = all->due;

		timer_cancel(all, t);
		t->fire(t);
	}
}
