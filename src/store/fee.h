/* fee: the fees that an asset has had, on either side. The newest version of a side is in force,
 * and what was quoted or asked for under an older one keeps it: quotes hold their fee, incoming
 * payments their terms. Common errors and arenas: store.h and batch.h.
 */
#ifndef FLORIN_STORE_FEE_H
#define FLORIN_STORE_FEE_H

#include "store/batch.h"

enum fee_side {
	FEE_SENDING,   /* of outgoing payments: the payer's, part of the debit amount */
	FEE_RECEIVING, /* of incoming payments: the receiver's, taken from what arrives */
	FEE_SIDES
};
const char *fee_side_name(enum fee_side s); /* "sending" */
/* Errors: THEIRS_MALFORMED. */
MUST_USE enum result fee_side_parse(const char *name, enum fee_side *out);

struct fee_row {
	int64_t version; /* rising, over all assets */
	enum fee_side side;
	uint64_t fixed; /* smallest units of the asset */
	unsigned bps;
	int64_t created_ms;
};

/* Newest first, those with a version below `below` (INT64_MAX: all), at most `limit` of them, which
 * is at most LIMIT_PAGE_SIZE. */
MUST_USE enum result store_fee_list(struct reader *r, struct arena *a, asset_id asset,
        int64_t below, size_t limit, struct fee_row **out, size_t *count, bool *more);

/* In force from now on; the same terms again make no new version. *out is the version in force;
 * where a side never had a fee and gets none it has version 0. Errors: THEIRS_NOT_FOUND,
 * THEIRS_BAD_AMOUNT (`fixed` above 2^63-1, `bps` of BPS_ONE). */
MUST_USE enum result batch_fee_set(struct batch *b, asset_id asset, enum fee_side side,
        uint64_t fixed, unsigned bps, struct fee_row *out);

#endif
