/* funding: payments in headless mode, where the host keeps its users' balances.
 *
 * A payment is made in state FUNDING, with no money in it and none taken. The host hears of it
 * (outgoing_payment.created) and gives it exactly its debit amount, or cancels it; what it does not
 * use goes back to the host at its end. One whose quote expires before is cancelled. Common errors
 * as in batch.h.
 */
#ifndef FLORIN_STORE_FUNDING_H
#define FLORIN_STORE_FUNDING_H

#include "store/batch.h"

/* The money comes from outside, and the payment is SENDING; one to a wallet of this node is paid at
 * once, and COMPLETED. amount 0: the debit amount, unsaid. *out: as it is then; its texts live in
 * `a`. Errors: THEIRS_NOT_FOUND, THEIRS_EXPIRED (its quote, whether it was cancelled for that or
 * not), THEIRS_STATE (funded before, cancelled, or not the host's), THEIRS_BAD_AMOUNT (not the
 * debit amount), THEIRS_REFUSED (the incoming payment of this node takes no more). */
MUST_USE enum result batch_payment_fund(struct batch *b, const struct id *id, uint64_t amount,
        struct arena *a, struct payment_row *out);

/* A payment as this transaction sees it; texts live in `a`. Errors: OURS_BUG (no such account). */
MUST_USE enum result batch_payment_get(
        struct batch *b, account_id account, struct arena *a, struct payment_row *out);

/* Cancels those whose quote expired, at most FUNDING_EXPIRE_MAX at a time. */
#define FUNDING_EXPIRE_MAX 64
MUST_USE enum result batch_payment_expire_unfunded(struct batch *b);

#endif
