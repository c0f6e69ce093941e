/* timer: due times of one event loop, an intrusive pairing heap.
 *
 * Setting and cancelling never allocate and never fail. Owned by the loop's thread.
 */
#ifndef FLORIN_NET_TIMER_H
#define FLORIN_NET_TIMER_H

#include <stdbool.h>
#include <stdint.h>

/* Embedded in its owner; zeroed memory is a timer that is not set. */
struct timer {
	int64_t at_ms; /* monotonic */
	void (*fire)(struct timer *t);
	struct timer *child, *sibling;
	struct timer *back; /* the left sibling, or the parent of a first child */
	bool set;
};

struct timers {
	struct timer *root;
	struct timer *due; /* of the call of timer_fire_due that runs */
};

/* Setting a timer that is set moves it. */
void timer_set(struct timers *all, struct timer *t, int64_t at_ms);
/* A timer that is not set is left alone. */
void timer_cancel(struct timers *all, struct timer *t);
/* Cancels all, so that their owners may go in any order. */
void timers_clear(struct timers *all);
/* The earliest due time; INT64_MAX where none is set. */
int64_t timer_next_ms(const struct timers *all);
/* Removes and fires every timer due at now_ms; one that is set anew by fire() for a time that is
 * due already waits for the next call. */
void timer_fire_due(struct timers *all, int64_t now_ms);

#endif
