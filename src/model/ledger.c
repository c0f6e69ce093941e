#include "model/ledger.h"

#include <assert.h>
#include <string.h>

static const char *const kind_names[ACCOUNT_KINDS] = {
        [ACCOUNT_WALLET] = "wallet",
        [ACCOUNT_OUTGOING_PAYMENT] = "outgoing_payment",
        [ACCOUNT_PEER] = "peer",
        [ACCOUNT_SETTLEMENT] = "settlement",
        [ACCOUNT_ASSET_POOL] = "asset_pool",
        [ACCOUNT_FEE] = "fee",
        [ACCOUNT_SPREAD] = "spread",
        [ACCOUNT_SUSPENSE] = "suspense",
};

const char *account_kind_name(enum account_kind kind)
{
	assert((unsigned)kind < ACCOUNT_KINDS);
	return kind_names[kind];
}

enum result account_kind_parse(const char *name, enum account_kind *out)
{
	for (unsigned i = 0; i < ACCOUNT_KINDS; i++) {
		if (strcmp(name, kind_names[i]) == 0) {
			*out = (enum account_kind)i;
			return RESULT_OK;
		}
	}
	return RESULT_THEIRS_MALFORMED;
}

int64_t ledger_balance(const struct account *a)
{
	/* Both are at most 2^63-1, so the difference fits. */
	return (int64_t)a->credits_posted - (int64_t)a->debits_posted;
}

int64_t ledger_free(const struct account *a)
{
	return ledger_balance(a) - (int64_t)a->debits_pending;
}

uint64_t ledger_available(const struct account *a)
{
	uint64_t have = a->credits_posted + a->credit_limit; /* below 2^64: each is below 2^63 */
	uint64_t gone = a->debits_posted + a->debits_pending;

	if (a->may_go_negative)
		return AMOUNT_MAX;
	if (have <= gone)
		return 0;
	return have - gone < AMOUNT_MAX ? have - gone : AMOUNT_MAX;
}

bool ledger_debt_fits(const struct account *a, uint64_t more)
{
	uint64_t owed = a->credits_posted + a->credits_pending; /* below 2^64, as above */
	uint64_t room = a->debt_limit + a->debits_posted;

	return a->debt_limit == 0 || (owed <= room && more <= room - owed);
}

static bool fits(uint64_t sum, uint64_t more)
{
	return sum <= AMOUNT_MAX - more;
}

static enum result check(const struct account *debit, const struct account *credit, uint64_t amount)
{
	assert(debit != credit);
	if (debit->asset != credit->asset)
		return RESULT_THEIRS_BAD_ASSET;
	if (amount > AMOUNT_MAX)
		return RESULT_THEIRS_BAD_AMOUNT;
	if (debit->closed || credit->closed)
		return RESULT_THEIRS_STATE;
	if (amount > ledger_available(debit))
		return RESULT_THEIRS_INSUFFICIENT;
	/* Posted and pending together stay countable, so that what is pending can always post. */
	if (!fits(debit->debits_posted + debit->debits_pending, amount) ||
	        !fits(credit->credits_posted + credit->credits_pending, amount))
		return RESULT_THEIRS_BAD_AMOUNT;
	return RESULT_OK;
}

enum result ledger_transfer(struct account *debit, struct account *credit, uint64_t amount)
{
	TRY(check(debit, credit, amount));
	debit->debits_posted += amount;
	credit->credits_posted += amount;
	return RESULT_OK;
}

enum result ledger_hold(struct account *debit, struct account *credit, uint64_t amount)
{
	TRY(check(debit, credit, amount));
	debit->debits_pending += amount;
	credit->credits_pending += amount;
	return RESULT_OK;
}

enum result ledger_settle(
        struct account *debit, struct account *credit, uint64_t held, uint64_t posted)
{
	if (posted > held || held > debit->debits_pending || held > credit->credits_pending)
		return RESULT_OURS_BUG;
	debit->debits_pending -= held;
	credit->credits_pending -= held;
	debit->debits_posted += posted;
	credit->credits_posted += posted;
	return RESULT_OK;
}
