/* Assets and wallets. */
#include "store/batch_core.h"

#include <string.h>

#include "base/limits.h"
#include "base/text.h"

static bool code_is_good(const char *code)
{
	size_t n = strlen(code);

	if (n == 0 || n > ASSET_CODE_MAX)
		return false;
	for (size_t i = 0; i < n; i++) {
		char c = code[i];

		if (!((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')))
			return false;
	}
	return true;
}

static enum result asset_by_code(struct batch *b, const char *code, int64_t *out)
{
	struct query q;

	batch_query(b, &q, STMT_ASSET_BY_CODE);
	query_put_text(&q, code);
	return query_one_int(&q, out);
}

enum result batch_asset_add(struct batch *b, const char *code, unsigned scale, asset_id *out)
{
	static const enum account_kind kinds[] = {ACCOUNT_SETTLEMENT, ACCOUNT_ASSET_POOL,
	        ACCOUNT_FEE, ACCOUNT_SPREAD, ACCOUNT_SUSPENSE};
	account_id accounts[sizeof(kinds) / sizeof(kinds[0])];
	struct query q;
	int64_t id;
	enum result r;

	if (!code_is_good(code) || scale > ASSET_SCALE_MAX)
		return RESULT_THEIRS_BAD_ASSET;
	r = asset_by_code(b, code, &id);
	if (r != RESULT_THEIRS_NOT_FOUND)
		return r ? r : RESULT_THEIRS_CONFLICT;
	batch_query(b, &q, STMT_ASSET_LAST);
	r = query_one_int(&q, &id);
	id++;
	for (size_t i = 0; !r && i < sizeof(kinds) / sizeof(kinds[0]); i++)
		r = batch_account_add(b, kinds[i], (asset_id)id, 0, &accounts[i]);
	if (r)
		return r;
	batch_query(b, &q, STMT_ASSET_INSERT);
	query_put_int(&q, id);
	query_put_text(&q, code);
	query_put_int(&q, scale);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		query_put_int(&q, accounts[i]);
	*out = (asset_id)id;
	return query_run(&q);
}

enum result batch_asset_set_withdrawal(struct batch *b, asset_id asset, uint64_t threshold)
{
	struct work_asset *cached;
	const struct asset_row *row;
	struct query q;
	enum result r = batch_asset(b, asset, &row);

	if (!r && threshold > AMOUNT_MAX)
		r = RESULT_THEIRS_BAD_AMOUNT;
	if (r)
		return r;
	cached = batch_find(b, WORK_ASSET, asset, 0);
	cached->row.withdrawal_threshold = threshold;
	batch_query(b, &q, STMT_ASSET_SET_WITHDRAWAL);
	query_put_int(&q, asset);
	query_put_u64(&q, threshold);
	b->changes++;
	return query_run(&q);
}

enum result batch_asset_set_liquidity(
        struct batch *b, asset_id asset, const uint64_t *low, const uint64_t *high)
{
	struct work_asset *cached;
	const struct asset_row *row;
	enum result r = batch_asset(b, asset, &row);

	if (!r)
		r = batch_liquidity_set(b, row->pool, low, high);
	if (r)
		return r;
	cached = batch_find(b, WORK_ASSET, asset, 0);
	if (low)
		cached->row.liquidity.low = *low;
	if (high)
		cached->row.liquidity.high = *high;
	return RESULT_OK;
}

/* ---- wallets ---- */

static enum result user_find_or_add(struct batch *b, const char *name, struct id *out)
{
	struct query q;
	enum result r;

	batch_query(b, &q, STMT_USER_BY_NAME);
	query_put_text(&q, name);
	r = query_one_id(&q, out);
	if (r != RESULT_THEIRS_NOT_FOUND)
		return r;
	id_new(b->now_ms, out);
	batch_query(b, &q, STMT_USER_INSERT);
	query_put_id(&q, out);
	query_put_text(&q, name);
	query_put_int(&q, b->now_ms);
	b->changes++;
	return query_run(&q);
}

static enum result wallet_check(struct batch *b, const struct wallet_new *w, const char *user)
{
	const char *shown = w->public_name ? w->public_name : "";
	const struct asset_row *asset;
	struct query q;
	int64_t taken;
	enum result r;

	if (!text_is_name(w->name) || !text_is_name(user) || strlen(shown) > PUBLIC_NAME_MAX ||
	        !text_is_clean_utf8(shown, strlen(shown)))
		return RESULT_THEIRS_MALFORMED;
	r = batch_asset(b, w->asset, &asset);
	if (r)
		return r == RESULT_THEIRS_NOT_FOUND ? RESULT_THEIRS_BAD_ASSET : r;
	batch_query(b, &q, STMT_WALLET_BY_NAME);
	query_put_text(&q, w->name);
	r = query_one_int(&q, &taken);
	if (r != RESULT_THEIRS_NOT_FOUND)
		return r ? r : RESULT_THEIRS_CONFLICT;
	batch_query(b, &q, STMT_CHILD_OF_NAME);
	query_put_text(&q, w->name);
	r = query_one_int(&q, &taken);
	if (r)
		return r;
	return taken ? RESULT_THEIRS_CONFLICT : RESULT_OK;
}

static enum result check_user_max(
        struct batch *b, const struct wallet_new *w, const struct id *user)
{
	struct query q;
	int64_t count;
	enum result r;

	if (!w->user_max)
		return RESULT_OK;
	batch_query(b, &q, STMT_WALLET_COUNT_OF_USER);
	query_put_id(&q, user);
	r = query_one_int(&q, &count);
	return r || (uint64_t)count < w->user_max ? r : RESULT_THEIRS_REFUSED;
}

enum result batch_wallet_add(
        struct batch *b, const struct wallet_new *w, struct id *id, account_id *account)
{
	const char *user = w->user ? w->user : w->name;
	struct id user_id;
	struct query q;
	enum result r = wallet_check(b, w, user);

	if (!r)
		r = user_find_or_add(b, user, &user_id);
	if (!r)
		r = check_user_max(b, w, &user_id);
	if (!r)
		r = batch_account_add(b, ACCOUNT_WALLET, w->asset, 0, account);
	if (r)
		return r;
	id_new(b->now_ms, id);
	b->tally.wallets++;
	batch_query(b, &q, STMT_WALLET_INSERT);
	query_put_int(&q, *account);
	query_put_id(&q, id);
	query_put_text(&q, w->name);
	query_put_text(&q, w->public_name ? w->public_name : "");
	query_put_id(&q, &user_id);
	query_put_int(&q, b->now_ms);
	return query_run(&q);
}

enum result batch_wallet_close(struct batch *b, const struct id *id)
{
	struct work_account *account;
	account_id number;
	int64_t busy;
	struct query q;
	enum result r;

	batch_query(b, &q, STMT_WALLET_BY_ID);
	query_put_id(&q, id);
	r = query_one_int(&q, &number);
	if (!r)
		r = batch_account(b, number, &account);
	if (r)
		return r;
	if (account->now.closed || ledger_balance(&account->now) != 0 ||
	        account->now.debits_pending > 0 || account->now.credits_pending > 0)
		return RESULT_THEIRS_STATE;
	/* A payment's rest, or a doubt about it, may still come back to the wallet. */
	r = batch_flush_payments(b);
	if (r)
		return r;
	batch_query(b, &q, STMT_WALLET_BUSY);
	query_put_int(&q, number);
	r = query_one_int(&q, &busy);
	if (r)
		return r;
	if (busy > 0)
		return RESULT_THEIRS_STATE;
	account->now.closed = true;
	account->dirty = true;
	b->tally.wallets--;
	batch_query(b, &q, STMT_WALLET_CLOSE);
	query_put_int(&q, number);
	b->changes++;
	return query_run(&q);
}
