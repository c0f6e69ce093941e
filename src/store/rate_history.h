/* rate_history: the prices that were in force, with their source and its time.
 *
 * Of the last day each one, of the time before the last of each hour, for RATE_HISTORY_KEPT_MS; and
 * what is still in force, however old it is. Only prices of the node's assets are kept, so there
 * are never more rows than sources, assets and hours allow. Errors of store.h and batch.h apply.
 */
#ifndef FLORIN_STORE_RATE_HISTORY_H
#define FLORIN_STORE_RATE_HISTORY_H

#include "model/rate_book.h"
#include "store/batch.h"

#define RATE_HISTORY_FINE_MS (24 * 3600 * 1000LL)
#define RATE_HISTORY_KEPT_MS (32 * RATE_HISTORY_FINE_MS)

struct rate_history_row {
	int64_t at_ms;
	char base[ASSET_CODE_MAX + 1];
	struct ratio price; /* of 1 base unit */
};
/* Those of a source's code that are older than before_ms, newest first; at most `limit`. */
MUST_USE enum result store_rate_history(struct reader *r, enum rate_origin o, const char *code,
        int64_t before_ms, size_t limit, struct rate_history_row *out, size_t *count);

/* Adds the prices of a list that differ from what was in force; those that wait for the operator
 * are not. `assets`: of the node. */
MUST_USE enum result batch_rate_history_add(struct batch *b, enum rate_origin o,
        const struct rate_table *t, const struct asset_row *assets, size_t asset_count);

#endif
