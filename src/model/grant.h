/* grant: the states of a grant, and what may still be spent under one.
 *
 *	PROCESSING   asked for
 *	PENDING      a person must agree: an interaction is open
 *	APPROVED     agreed to; its token was not given yet
 *	FINALIZED    with the reason: ISSUED (its token was given), REJECTED, REVOKED, EXPIRED
 *
 * A non-interactive grant passes through APPROVED to ISSUED at once. Only an ISSUED grant has
 * tokens that work. Spec: Open Payments, interaction, continuation, limits
 */
#ifndef FLORIN_MODEL_GRANT_H
#define FLORIN_MODEL_GRANT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/result.h"
#include "model/access.h"
#include "model/interval.h"

enum grant_state {
	GRANT_PROCESSING,
	GRANT_PENDING,
	GRANT_APPROVED,
	GRANT_ISSUED, /* this and those below are FINALIZED */
	GRANT_REJECTED,
	GRANT_REVOKED,
	GRANT_EXPIRED, /* the interaction was not finished in time */
};
#define GRANT_STATES 7

enum grant_event {
	GRANT_ASK,     /* an interaction begins */
	GRANT_APPROVE, /* by a person, or by rule */
	GRANT_ISSUE,
	GRANT_REJECT, /* by the person */
	GRANT_REVOKE, /* by the client, the holder or the operator */
	GRANT_EXPIRE,
};
#define GRANT_EVENTS 6

/* Errors: THEIRS_STATE (not in that state). */
MUST_USE enum result grant_next(enum grant_state s, enum grant_event e, enum grant_state *out);
/* "FINALIZED", and the reason "ISSUED" or NULL. */
const char *grant_state_name(enum grant_state s);
const char *grant_reason_name(enum grant_state s);
/* Errors: THEIRS_MALFORMED. reason may be NULL or "". */
MUST_USE enum result grant_state_parse(
        const char *state, const char *reason, enum grant_state *out);

/* ---- removal ---- */

/* What became of a grant that no payment refers to. */
struct grant_age {
	enum grant_state state;
	int64_t changed_ms; /* of the state */
	bool asked;         /* a person was */
	int64_t ends_ms;    /* set by the holder; 0: no such end */
	bool live; /* a token was neither rotated nor given back, though it may have expired */
	int64_t token_ms; /* when the last token ended or expires; 0: there is none */
};

/* When it may be removed, where it stays as it is: kept_ms after the last thing that could be done
 * with it. INT64_MAX: it is in use, or waits for a person. An expired token may still be rotated,
 * so that what a person agreed to is in use as long as there is a token. */
int64_t grant_removable_at(const struct grant_age *g, int64_t kept_ms);

/* ---- limits ---- */

/* One payment. */
struct grant_payment {
	const char *receiver; /* URL of the incoming payment; NULL: not one */
	uint64_t debit;
	const char *debit_code;
	unsigned debit_scale;
	uint64_t receive;
	const char *receive_code;
	unsigned receive_scale;
};

/* What the item's payments of one window count together: the debits of all, and what the payments
 * into the asset that is asked about receive. */
struct grant_spent {
	uint64_t debit;
	uint64_t receive;
};

/* The window that counts at `now`, its start being its name; a limit without an interval has one,
 * from 0 to INT64_MAX. Errors: THEIRS_FORBIDDEN (outside of all), OURS_STORE (the interval is
 * damaged). */
MUST_USE enum result grant_window_at(
        const struct access_limits *l, int64_t now_ms, struct interval_window *out);
/* Whether the payment fits beside what is spent in its window; *after is the new sum. The cap
 * itself may be reached. Errors: THEIRS_FORBIDDEN (receiver, asset or amount), THEIRS_BAD_AMOUNT
 * (a sum above 2^63-1). */
MUST_USE enum result grant_limits_allow(const struct access_limits *l,
        const struct grant_spent *spent, const struct grant_payment *p, struct grant_spent *after);
/* What a payment that has ended keeps of its reservation: never more than it. */
struct grant_spent grant_settle(
        const struct grant_spent *reserved, uint64_t debit_kept, uint64_t receive_kept);

#endif
