/* revenue: what the node earned, by day and pair of assets.
 *
 * Counted in the transaction that books it, so that over all time the sums of an asset are exactly
 * what its spread and fee accounts hold; the audit compares them (V1). A spread has two parts: what
 * the basis points give of the amount at mid rate, rounded down, and what rounding the delivered
 * amount added to it, less than a unit a packet.
 */
#ifndef FLORIN_STORE_REVENUE_H
#define FLORIN_STORE_REVENUE_H

#include "store/batch.h"

enum revenue_kind { REVENUE_SPREAD, REVENUE_SENDING_FEE, REVENUE_RECEIVING_FEE, REVENUE_KINDS };
const char *revenue_kind_name(enum revenue_kind k); /* "spread" */

struct revenue_row {
	enum revenue_kind kind;
	asset_id from, to;  /* what came in, what it was earned in; of a fee the same */
	uint64_t packets;   /* of a fee: how often */
	uint64_t amount;    /* of `to` */
	uint64_t remainder; /* of `to`, besides */
};

#define REVENUE_DAY_MS (24 * 3600 * 1000LL)

/* Days since 1970, UTC: from the first until before the last. At most REVENUE_ROWS_MAX pairs.
 * Errors: THEIRS_TOO_BIG. */
#define REVENUE_ROWS_MAX 4096
MUST_USE enum result store_revenue_list(struct reader *r, struct arena *a, int64_t first_day,
        int64_t end_day, struct revenue_row **out, size_t *count);
/* What the spread of a pair earned, rounding included, on each of `count` days from the first on.
 */
MUST_USE enum result store_revenue_of_pair(struct reader *r, asset_id from, asset_id to,
        int64_t first_day, size_t count, uint64_t *out);

#endif
