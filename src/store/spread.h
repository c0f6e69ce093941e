/* spread: what the operator said that the node keeps, in versions that are only ever added to
 * (model/spread.h has the meaning). Common errors and arenas: store.h and batch.h.
 */
#ifndef FLORIN_STORE_SPREAD_H
#define FLORIN_STORE_SPREAD_H

#include "model/spread.h"
#include "store/batch.h"

#define SPREAD_WHO_MAX   64     /* bytes */
#define SPREAD_RULES_MAX 4096   /* in force at once */
#define SPREAD_WHO_PEER  "peer" /* said with the peer's own row */

struct spread_row {
	int64_t version; /* rising, over all */
	struct spread_rule rule;
	const char *peer_name; /* "" for any */
	bool cleared;          /* nothing is said any more; rule.bps is 0 */
	bool in_force;
	const char *who;
	int64_t created_ms;
};

/* Those in force; of peers that were removed there are none. */
MUST_USE enum result store_spread_rules(
        struct reader *r, struct arena *a, struct spread_rule **out, size_t *count);
/* Newest first, those with a version below `below` (INT64_MAX: all), at most `limit` of them, which
 * is at most LIMIT_PAGE_SIZE. */
MUST_USE enum result store_spread_list(struct reader *r, struct arena *a, bool only_in_force,
        int64_t below, size_t limit, struct spread_row **out, size_t *count, bool *more);

#define SPREAD_VERSIONS_MAX 64 /* of one subject that are looked back at */
struct spread_version {
	int64_t since_ms;
	bool cleared;
	unsigned bps;
};
/* What was said of a subject (bps is not looked at), newest first. */
MUST_USE enum result store_spread_versions(struct reader *r, const struct spread_rule *subject,
        struct spread_version out[SPREAD_VERSIONS_MAX], size_t *count);

/* In force from now on; clear: nothing is said from now on. The same again makes no new version.
 * What is said of a peer, `in`, for any pair is also its row's spread_bps. *version: the one in
 * force, 0 where there never was one. Errors: as spread_rule_check; THEIRS_NOT_FOUND (peer, or one
 * that was removed), THEIRS_BAD_ASSET (none, or the pair has not the peer's asset on its side),
 * THEIRS_TOO_BIG (SPREAD_RULES_MAX, SPREAD_WHO_MAX). */
MUST_USE enum result batch_spread_set(struct batch *b, const struct spread_rule *rule, bool clear,
        const char *who, int64_t *version);

#endif
