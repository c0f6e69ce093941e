/* payer_turns: which payment is taken up next.
 *
 * The wallets take turns, and none has more than LIMIT_PAYMENTS_AT_WORK_PER_WALLET at work, nor
 * more than there are places left for the others, so that payments of a few to receivers that hang
 * don't keep the rest waiting. First attempts come before later ones, but for one claim of
 * PAYER_AGAIN_EACH.
 */
#ifndef FLORIN_ILP_PAYER_TURNS_H
#define FLORIN_ILP_PAYER_TURNS_H

#include "base/arena.h"
#include "base/limits.h"
#include "store/batch.h"

#define PAYER_AGAIN_EACH 4

struct payer_turns {
	account_id after_first, after_again; /* whose turn was last */
	unsigned claims;                     /* since one preferred a later attempt */
	struct {
		account_id wallet;
		unsigned at_work;
	} wallets[LIMIT_PAYMENTS_AT_WORK]; /* those with payments at work */
	size_t wallets_count;
};

/* Claims one for lease_ms and counts it. All payments of the working set must be written
 * (batch_payment_due). Errors: THEIRS_NOT_FOUND (nothing to do that may be done now); those of
 * batch_payment_claim. */
MUST_USE enum result payer_turns_claim(struct payer_turns *t, struct batch *b, int64_t lease_ms,
        struct arena *a, struct payment_row *out);
/* One that was claimed by a copy of `t`. */
void payer_turns_count(struct payer_turns *t, account_id wallet);
/* Goes on where the copy has come to; what that claimed is counted. true: a wallet that was full
 * for the copy is no more, since payments of it have ended meanwhile: what waits of it may be
 * claimed now. */
bool payer_turns_go_on(struct payer_turns *t, const struct payer_turns *copy);
/* One that was claimed ended. true: a wallet had as many as it may, and what waits of it may be
 * claimed now. */
bool payer_turns_end(struct payer_turns *t, account_id wallet);

#endif
