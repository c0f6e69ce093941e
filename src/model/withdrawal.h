/* withdrawal: money that leaves in two phases. It is set aside first (PENDING); then whoever pays
 * it out says that it went (POSTED), or that it did not (VOID), or its time passes (EXPIRED), and
 * it is back in full. Features: section 4, assets/{id}/liquidity/withdrawals.
 */
#ifndef FLORIN_MODEL_WITHDRAWAL_H
#define FLORIN_MODEL_WITHDRAWAL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/result.h"

enum withdrawal_state {
	WITHDRAWAL_PENDING,
	WITHDRAWAL_POSTED,
	WITHDRAWAL_VOID,
	WITHDRAWAL_EXPIRED,
	WITHDRAWAL_STATES
};

const char *withdrawal_state_name(enum withdrawal_state s); /* "PENDING" */
/* Errors: THEIRS_MALFORMED. */
MUST_USE enum result withdrawal_state_parse(const char *name, enum withdrawal_state *out);

/* As of now: one whose time has passed is EXPIRED, though nobody has written it down yet. */
enum withdrawal_state withdrawal_state_at(
        enum withdrawal_state s, int64_t expires_ms, int64_t now_ms);

/* Ends one as `to`: POSTED or VOID before its time, EXPIRED from then on. Errors: THEIRS_EXPIRED
 * (its time has passed), THEIRS_STATE (it has ended otherwise, or may not expire yet). */
MUST_USE enum result withdrawal_end(
        enum withdrawal_state *s, enum withdrawal_state to, int64_t expires_ms, int64_t now_ms);

#endif
