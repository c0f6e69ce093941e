/* expiry: how long a packet may live here and at the next hop. Unix milliseconds.
 *
 * `now` is read once per packet and given to every question about it.
 * Spec: Interledger, expiry; t/vectors/expiry.json
 */
#ifndef FLORIN_MODEL_EXPIRY_H
#define FLORIN_MODEL_EXPIRY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/result.h"

struct expiry_rules {
	int64_t min_message_window_ms; /* kept for the way back; also the least that is passed on */
	int64_t max_hold_ms;           /* longest life that we give the next hop */
	int64_t clamp_ms;              /* a longer life that is asked for is treated as this one */
};

/* For new work a packet is over at its very expiry. */
bool expiry_is_over(int64_t now_ms, int64_t expires_at_ms);
/* A Fulfill still counts at the very expiry. */
bool expiry_allows_fulfill(int64_t now_ms, int64_t expires_at_ms);
int64_t expiry_clamp(int64_t now_ms, int64_t expires_at_ms, const struct expiry_rules *rules);
/* The next hop's expiry: min(source - window, now + max hold).
 * Errors: THEIRS_EXPIRED (R02: over already, or less than a window would be left). */
MUST_USE enum result expiry_outgoing(
        int64_t now_ms, int64_t source_expiry_ms, const struct expiry_rules *rules, int64_t *out);
/* Until when somebody may decide about a packet that is answered here: wait_ms from now, but early
 * enough that a Fulfill has its way back. Errors: THEIRS_EXPIRED (no time would be left). */
MUST_USE enum result expiry_decision(int64_t now_ms, int64_t expires_at_ms, int64_t wait_ms,
        const struct expiry_rules *rules, int64_t *out);

#endif
