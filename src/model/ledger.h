/* ledger: the rules of double-entry bookkeeping, as pure functions of accounts.
 *
 * An account is what WE owe its owner: balance = credits - debits. A wallet with credits has money;
 * a peer with more debits than credits owes us. A transfer moves an amount from its debit account
 * to its credit account, both of one asset, either at once (posted) or in two steps (pending, then
 * posted for at most what was pending, or void). The rule that keeps everyone honest:
 *
 *     credits_posted + credit_limit >= debits_posted + debits_pending
 *
 * for every account that may not go negative. Pending credits are nobody's money yet.
 * docs/ledger.md walks through each flow.
 */
#ifndef FLORIN_MODEL_LEDGER_H
#define FLORIN_MODEL_LEDGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/amount.h"
#include "base/result.h"

typedef int64_t account_id; /* row of the account table; 0 is none */

enum account_kind {
	ACCOUNT_WALLET,           /* a user's money */
	ACCOUNT_OUTGOING_PAYMENT, /* what one payment may still send */
	ACCOUNT_PEER,             /* another node: limited by its credit limit */
	ACCOUNT_SETTLEMENT,       /* the outside world; may go negative */
	ACCOUNT_ASSET_POOL,       /* liquidity for exchange */
	ACCOUNT_FEE,              /* fees of payments: revenue */
	ACCOUNT_SPREAD,           /* exchange margin and rounding remainders: revenue */
	ACCOUNT_SUSPENSE,         /* in doubt; may go negative: a loss the operator took */
	ACCOUNT_KINDS
};

/* Lower-case name as stored and shown, e.g. "asset_pool". */
const char *account_kind_name(enum account_kind kind);
/* Errors: THEIRS_MALFORMED. */
MUST_USE enum result account_kind_parse(const char *name, enum account_kind *out);

struct account {
	account_id id;
	enum account_kind kind;
	asset_id asset;
	bool may_go_negative;
	bool closed;           /* takes part in no new transfer; what is pending still ends */
	int64_t inactive_ms;   /* of a wallet: its address takes nothing from then on; 0: active */
	uint64_t credit_limit; /* smallest units that it may owe us */
	uint64_t debt_limit;   /* of a peer: that packets may make us owe it; 0: any amount */
	uint64_t debits_posted;
	uint64_t debits_pending;
	uint64_t credits_posted;
	uint64_t credits_pending;
};

/* credits_posted - debits_posted; negative: the owner owes us. */
int64_t ledger_balance(const struct account *a);
/* What of the balance is on its way nowhere: less what is pending out of the account. */
int64_t ledger_free(const struct account *a);
/* What may still be debited; 2^63-1 for an account that may go negative. */
uint64_t ledger_available(const struct account *a);

/* Whether we may come to owe `more`, all that is pending included. */
bool ledger_debt_fits(const struct account *a, uint64_t more);

/* Each of these decides completely before it changes anything: after an error both accounts are as
 * they were. Errors, in this order:
 *   THEIRS_BAD_ASSET     the accounts differ in asset
 *   THEIRS_BAD_AMOUNT    amount above 2^63-1
 *   THEIRS_STATE         an account is closed
 *   THEIRS_INSUFFICIENT  the debit account does not have it
 *   THEIRS_BAD_AMOUNT    a sum would pass 2^63-1
 * An amount of zero is allowed and changes nothing: callers that forbid it say so themselves. */
MUST_USE enum result ledger_transfer(
        struct account *debit, struct account *credit, uint64_t amount);
MUST_USE enum result ledger_hold(struct account *debit, struct account *credit, uint64_t amount);

/* End `held` of what is pending between the two: `posted` of it moves (0: void), the rest is free
 * again. Works on closed accounts. Errors: OURS_BUG (posted > held, or less is pending). */
MUST_USE enum result ledger_settle(
        struct account *debit, struct account *credit, uint64_t held, uint64_t posted);

#endif
