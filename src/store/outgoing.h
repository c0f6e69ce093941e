/* outgoing: what is asked and told of outgoing payments beyond their rows: attempts, cancelling.
 *
 * Conventions and common errors: store.h for reads, batch.h for changes.
 */
#ifndef FLORIN_STORE_OUTGOING_H
#define FLORIN_STORE_OUTGOING_H

#include "store/batch.h"
#include "store/list.h"

/* Totals are the payment's at the end of the attempt. */
struct attempt_row {
	unsigned number; /* from 1 */
	int64_t started_ms;
	int64_t ended_ms; /* 0: at work, or cut off by a stop of the process */
	uint64_t sent, delivered, packets;
	const char *error; /* "" for none */
};

/* Oldest first, at most LIMIT_PAGE_SIZE. */
MUST_USE enum result store_attempt_list(struct reader *r, struct arena *a, account_id payment,
        struct attempt_row **out, size_t *count);

/* A page of one wallet's payments. Errors: THEIRS_NOT_FOUND (no such cursor in this list). */
MUST_USE enum result store_outgoing_list(struct reader *r, struct arena *a,
        const struct list_query *q, struct payment_row **out, size_t *count,
        struct list_edges *edges);

/* End a payment before its time: at once where nobody works on it, else as soon as nothing of it is
 * in flight. *state: as it is then. What was not sent goes back to the wallet.
 * Errors: THEIRS_NOT_FOUND, THEIRS_STATE (final). */
MUST_USE enum result batch_payment_cancel(
        struct batch *b, const struct id *id, const char *reason, enum payment_state *state);

/* A payment that just was made ends when nobody looks at it for so long. */
MUST_USE enum result batch_payment_watch(struct batch *b, account_id payment, int64_t watch_ms);
/* 0: nobody need look. */
MUST_USE enum result store_payment_watch(struct reader *r, account_id payment, int64_t *watch_ms);

#endif
