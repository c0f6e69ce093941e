/* spread: what the node keeps of an exchange or a forward, in basis points.
 *
 * A packet that comes from one peer and goes to another pays two parts, which add up: one for
 * where it comes from, one for where it goes. The first is what is said of that peer, `in`, for
 * the pair of assets; else of that peer, `in`, for any pair; else of the pair for any peer; else
 * nothing. The second is what is said of the next peer, `out`, for the pair; else for any pair;
 * else nothing. A pair is ordered, and may be one asset twice. See docs/configuration.md.
 */
#ifndef FLORIN_MODEL_SPREAD_H
#define FLORIN_MODEL_SPREAD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/amount.h"
#include "base/bytes.h"
#include "model/ledger.h"

enum spread_direction {
	SPREAD_IN, /* from the peer */
	SPREAD_OUT /* to the peer */
};
const char *spread_direction_name(enum spread_direction d); /* "in" */
/* Errors: THEIRS_MALFORMED. */
MUST_USE enum result spread_direction_parse(const char *name, enum spread_direction *out);

/* What is said. peer 0: of any peer, which is only possible for a pair, and `in`. */
struct spread_rule {
	account_id peer;
	enum spread_direction direction;
	asset_id from, to; /* both 0: any pair */
	unsigned bps;
};

/* Errors: THEIRS_MALFORMED (only one asset of a pair; neither peer nor pair; `out` of any peer),
 * THEIRS_BAD_AMOUNT (bps above BPS_ONE). */
MUST_USE enum result spread_rule_check(const struct spread_rule *r);
/* The part of one direction, as what counts most among these rules says; false, and 0: none says
 * anything. What names a peer counts more than what does not, so that either may be asked apart. */
bool spread_find(const struct spread_rule *rules, size_t count, account_id peer,
        enum spread_direction direction, asset_id from, asset_id to, unsigned *bps);
/* Both parts, at most BPS_ONE. */
unsigned spread_sum(unsigned in, unsigned out);

#endif
