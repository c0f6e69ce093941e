/* incoming_payment: what an incoming payment takes, until when, and how it ends.
 *
 * PENDING waits for its first money and PROCESSING has some; COMPLETED and EXPIRED take no more.
 * A payment may name the amount that it is for; the packet that crosses it is taken whole or not at
 * all, since a packet can't be taken in part. Between two wallets of one asset a sender can hit the
 * amount to the unit, so no excess is taken; where there was an exchange, here or before, rounding
 * makes a small one unavoidable, and `excess_max` is fixed when the payment is made. Where the host
 * approves payments, one takes nothing before that; as long as nothing has come it may be
 * cancelled. Spec: Open Payments, incoming payments.
 */
#ifndef FLORIN_MODEL_INCOMING_PAYMENT_H
#define FLORIN_MODEL_INCOMING_PAYMENT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/amount.h"
#include "base/result.h"

enum incoming_state {
	INCOMING_PENDING,
	INCOMING_PROCESSING,
	INCOMING_COMPLETED,
	INCOMING_EXPIRED,
	INCOMING_STATES
};

/* As in the contract: "PENDING". */
const char *incoming_state_name(enum incoming_state s);
/* Errors: THEIRS_MALFORMED. */
MUST_USE enum result incoming_state_parse(const char *name, enum incoming_state *out);
bool incoming_state_is_final(enum incoming_state s);

enum incoming_event {
	INCOMING_TAKES,    /* money that leaves room for more */
	INCOMING_FILLS,    /* money that reaches the amount */
	INCOMING_IS_ENDED, /* by its client or the operator */
	INCOMING_RUNS_OUT, /* its time has passed, or the host has cancelled it */
	INCOMING_EVENTS
};

/* The transition table. Errors: THEIRS_STATE. */
MUST_USE enum result incoming_next(
        enum incoming_state now, enum incoming_event event, enum incoming_state *out);

/* The part of a payment that its rules are about. */
struct incoming_terms {
	enum incoming_state state;
	uint64_t amount;     /* 0: any */
	uint64_t excess_max; /* above `amount`, for packets that were exchanged */
	uint64_t received;
	int64_t expires_ms;
	uint64_t fee_fixed; /* what its wallet pays of what arrives: this, and ... */
	unsigned fee_bps;   /* ... this part, rounded up; below BPS_ONE */
	bool waits;         /* for the host to approve it */
};

/* What of all that was received its wallet has paid as a fee, never more than was received. What
 * arrives raises it by at most as much, so that it can be taken from each credit as it comes. */
uint64_t incoming_fee(const struct incoming_terms *t);

/* The state as of now: a payment whose time has passed is EXPIRED, though nobody has written it
 * down yet. */
enum incoming_state incoming_state_at(const struct incoming_terms *t, int64_t now_ms);
/* What may still arrive without excess; AMOUNT_MAX less what came where it names no amount. */
uint64_t incoming_room(const struct incoming_terms *t);
/* The larger of one unit and slack_bps of the amount; 0 where there is none. */
uint64_t incoming_excess_max(uint64_t amount, unsigned slack_bps);

/* Takes `units`; one_asset: no exchange is known of on their way. After an error *t is as it
 * was. Errors: THEIRS_STATE (completed or expired), THEIRS_FORBIDDEN (not approved yet),
 * THEIRS_BAD_AMOUNT (0, or a sum above 2^63-1), THEIRS_TOO_BIG (more above the
 * amount than may be). */
MUST_USE enum result incoming_take(
        struct incoming_terms *t, uint64_t units, bool one_asset, int64_t now_ms);
/* Errors: THEIRS_STATE. */
MUST_USE enum result incoming_complete(struct incoming_terms *t, int64_t now_ms);
/* Errors: THEIRS_STATE (final, or its time has not passed). */
MUST_USE enum result incoming_expire(struct incoming_terms *t, int64_t now_ms);

/* The host lets it take money; one that it has approved before stays so. Errors: THEIRS_STATE (not
 * PENDING). */
MUST_USE enum result incoming_approve(struct incoming_terms *t, int64_t now_ms);
/* The host does not want it: its time ends now. Errors: THEIRS_STATE (not PENDING). */
MUST_USE enum result incoming_cancel(struct incoming_terms *t, int64_t now_ms);

/* Whether its wallet takes a message: from whoever paid, until a little after the end.
 * ended_ms: when it was completed or found to have expired; 0: not yet. Errors: THEIRS_REFUSED
 * (nothing has arrived), THEIRS_STATE (over for longer than INCOMING_NOTE_MS). */
#define INCOMING_NOTE_MS 60000
MUST_USE enum result incoming_takes_note(
        const struct incoming_terms *t, int64_t ended_ms, int64_t now_ms);

struct incoming_life {
	int64_t default_ms;
	int64_t max_ms;
};
/* When a payment made now expires. asked_ms: wall; NULL: the default.
 * Errors: THEIRS_EXPIRED (not in the future), THEIRS_TOO_BIG (later than max_ms from now). */
MUST_USE enum result incoming_expiry(
        const struct incoming_life *life, const int64_t *asked_ms, int64_t now_ms, int64_t *out);

#endif
