/* settlement: when peers settle what packets made them owe, and quantities as settlement engines
 * write them.
 *
 * A peer's balance is what we owe it; below zero the peer owes us. Two directions:
 * - we pay: where the balance reaches `pay_at` we settle down to `pay_to`. Both may be below zero:
 *   then we pay in advance, e.g. at -20 down to -100.
 * - the peer is to pay: where it owes us `claim_at`, whoever runs this node is told; what it then
 *   pays, and when, is the peer's own rule.
 *
 * An engine counts at its own scale. What its quantities hold beyond whole units of the account is
 * kept exactly, as a leftover, and credited as soon as it makes one: the sum of all credits and the
 * leftover is the sum of all quantities.
 * Spec: RFC 0032; RFC 0038; Interledger, settlement engines
 */
#ifndef FLORIN_MODEL_SETTLEMENT_H
#define FLORIN_MODEL_SETTLEMENT_H

#include "base/amount.h"

/* ---- when ---- */

struct settlement_terms {
	bool pays; /* pay_at and pay_to hold */
	int64_t pay_at;
	int64_t pay_to;    /* below pay_at */
	uint64_t claim_at; /* 0: never */
};

enum settlement_side {
	SETTLEMENT_NOTHING,
	SETTLEMENT_PAY,  /* we are to pay */
	SETTLEMENT_CLAIM /* the peer is */
};

/* pay_to below pay_at, nothing beyond 2^63-1 either way. */
bool settlement_terms_fit(const struct settlement_terms *t);
/* What is due where `told` was what was said last: a side is left only a tenth of its range away
 * from where it begins, so that a balance that moves around it is not told again and again. */
enum settlement_side settlement_side(
        const struct settlement_terms *t, enum settlement_side told, int64_t balance);
/* How much is due on a side: down to pay_to, or all that the peer owes. 0: nothing. */
uint64_t settlement_amount(
        const struct settlement_terms *t, enum settlement_side side, int64_t balance);

/* ---- quantities ---- */

#define SETTLEMENT_SCALE_MAX  255
#define SETTLEMENT_DIGITS_MAX 300 /* 2^63-1 units at any scale have fewer */

struct settlement_quantity {
	char digits[SETTLEMENT_DIGITS_MAX + 1]; /* decimal, without leading zeros; "0" */
	unsigned scale;
};

/* Errors: THEIRS_BAD_AMOUNT (no digits, a sign, a leading zero, too many),
 * THEIRS_TOO_BIG (scale). */
MUST_USE enum result settlement_quantity_read(
        const char *digits, uint64_t scale, struct settlement_quantity *out);
/* Whole units of an account of `scale` in quantity and leftover together, and what is left then, at
 * the finer scale of both. left may be the leftover itself.
 * Errors: THEIRS_BAD_AMOUNT (more than 2^63-1 units; *left is as it was). */
MUST_USE enum result settlement_credit(const struct settlement_quantity *quantity,
        const struct settlement_quantity *leftover, unsigned scale, uint64_t *units,
        struct settlement_quantity *left);

/* ---- calls ---- */

/* What an engine's answer to an order means. */
enum settlement_answer {
	SETTLEMENT_TAKEN,      /* it settles */
	SETTLEMENT_REFUSED,    /* it does not, and will not: the money is the peer's again */
	SETTLEMENT_NO_ACCOUNT, /* it must be told of the account first */
	SETTLEMENT_AGAIN       /* nothing is known: the same call again, with the same key */
};

#define SETTLEMENT_GAP_FIRST_MS 1000
#define SETTLEMENT_GAP_MAX_MS   (3600 * 1000LL)

/* status: of HTTP, 0: none came. A 409 is no refusal: under this key the engine has another order,
 * and whether it paid only a person can find out. */
enum settlement_answer settlement_answer(int status);
/* Until the next attempt after the n-th (from 1): growing, at most an hour; `random` moves it by up
 * to a half, so that many do not come at once. */
int64_t settlement_gap_ms(unsigned attempts, uint32_t random);

#endif
