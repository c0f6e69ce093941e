/* refund: giving back what came for an incoming payment. Its payer is a wallet of this node that
 * paid it, or the address that a payer told along with its money. Where several have paid nothing
 * is guessed, unless all but one of them together brought next to nothing. Errors of store.h and
 * batch.h apply; each verb names its others.
 */
#ifndef FLORIN_STORE_REFUND_H
#define FLORIN_STORE_REFUND_H

#include "store/batch.h"

#define REFUND_DUST_PART 100 /* next to nothing: a part of what the one brought */
#define WAYS_BACK_MAX    8   /* addresses that are kept for one incoming payment */

struct refund_source {
	account_id wallet;     /* of this node; 0: else */
	struct way_back payer; /* of another */
	uint64_t left;         /* of what came from there, what was not given back */
};

/* Errors: THEIRS_NOT_FOUND (nobody has paid, or told where to), THEIRS_CONFLICT (several have). */
MUST_USE enum result store_refund_source(
        struct reader *r, struct arena *a, int64_t incoming, struct refund_source *out);
/* The same inside a transaction. */
MUST_USE enum result batch_refund_source(
        struct batch *b, int64_t incoming, struct refund_source *out);

/* amount more came with this address. Where WAYS_BACK_MAX others are kept, it takes the place of
 * the one that brought least, if this is more; else it is passed over: who gives little, or
 * nothing, is in nobody's way. */
MUST_USE enum result batch_way_back_add(
        struct batch *b, int64_t incoming, const struct way_back *payer, uint64_t amount);

#endif
