/* snapshot_build: a new picture from the store; private to snapshot.
 */
#ifndef FLORIN_ILP_SNAPSHOT_BUILD_H
#define FLORIN_ILP_SNAPSHOT_BUILD_H

#include "ilp/snapshot.h"

/* What goes on of `old` (may be NULL) is shared with it: targets, counters, learned routes. rates:
 * held where it is used. Errors: OURS_STORE, OURS_MEMORY. */
MUST_USE enum result snapshot_build(const struct snapshots_options *o, const struct snapshot *old,
        struct rates *rates, uint64_t version, struct reader *r, struct snapshot **out);

/* Where the search for a peer begins, in the tables by account and by a token's hash. */
size_t snapshot_account_slot(const struct snapshot *s, account_id account);
size_t snapshot_token_slot(const struct snapshot *s, const uint8_t hash[32]);

#endif
