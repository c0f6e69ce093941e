/* payment_watch: who waits for an outgoing payment to move is told when an attempt at it has ended,
 * without a look at the store. On the outbound thread.
 */
#ifndef FLORIN_ILP_PAYMENT_WATCH_H
#define FLORIN_ILP_PAYMENT_WATCH_H

#include "base/id.h"

/* Owned by who waits. */
struct payment_watch {
	struct id payment;
	void (*wake)(struct payment_watch *w); /* may leave; joins none */
	struct payment_watch *previous, *next;
};

/* All that wait: zeroed, it is empty. */
struct payment_watches {
	struct payment_watch *first;
};

void payment_watch_join(struct payment_watches *all, struct payment_watch *w);
void payment_watch_leave(struct payment_watches *all, struct payment_watch *w);
/* The payment has moved. */
void payment_watches_wake(struct payment_watches *all, const struct id *payment);

#endif
