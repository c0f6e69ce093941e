/* payment_watch: who waits for an outgoing payment to move is told when an attempt at it has ended,
 * without a look at the store; and an attempt hears when somebody looked last. On the outbound
 * thread.
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

/* Owned by an attempt that wants to be looked at. */
struct payment_look {
	struct id payment;
	int64_t at_ms; /* monotonic: the last one; the owner's to begin with */
	struct payment_look *previous, *next;
};

/* All of both: zeroed, it is empty. */
struct payment_watches {
	struct payment_watch *first;
	struct payment_look *looks;
};

void payment_watch_join(struct payment_watches *all, struct payment_watch *w);
void payment_watch_leave(struct payment_watches *all, struct payment_watch *w);
void payment_look_join(struct payment_watches *all, struct payment_look *l);
void payment_look_leave(struct payment_watches *all, struct payment_look *l);
/* Somebody looks at the payment. */
void payment_watches_looked(struct payment_watches *all, const struct id *payment, int64_t now_ms);
/* The payment has moved. */
void payment_watches_wake(struct payment_watches *all, const struct id *payment);

#endif
