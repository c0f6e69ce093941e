/* Money moved by the operator, and answers kept for repeated requests. */
#include <string.h>

#include "base/limits.h"
#include "store/cash.h"
#include "store/settlement_core.h"
#include "store/withdrawal.h"

static const char *const movement_names[] = {
        [MOVEMENT_DEPOSIT] = "deposit",
        [MOVEMENT_WITHDRAWAL] = "withdrawal",
        [MOVEMENT_LIQUIDITY] = "liquidity",
        [MOVEMENT_LIQUIDITY_OUT] = "withdrawal",
        [MOVEMENT_SETTLE_IN] = "settle_in",
        [MOVEMENT_SETTLE_OUT] = "settle_out",
};

static enum account_kind movement_account(enum movement_kind kind)
{
	switch (kind) {
	case MOVEMENT_DEPOSIT:
	case MOVEMENT_WITHDRAWAL:
		return ACCOUNT_WALLET;
	case MOVEMENT_LIQUIDITY:
	case MOVEMENT_LIQUIDITY_OUT:
		return ACCOUNT_ASSET_POOL;
	case MOVEMENT_SETTLE_IN:
	case MOVEMENT_SETTLE_OUT:
		return ACCOUNT_PEER;
	}
	return ACCOUNT_WALLET;
}

static bool is_outward(enum movement_kind kind)
{
	return kind == MOVEMENT_WITHDRAWAL || kind == MOVEMENT_LIQUIDITY_OUT ||
	       kind == MOVEMENT_SETTLE_OUT;
}

/* Was the id used? Then for the same? Errors: THEIRS_NOT_FOUND (new), THEIRS_CONFLICT. */
static enum result movement_check(struct batch *b, const struct movement *m)
{
	struct query q;
	bool found, equal = false;
	enum result r;

	batch_query(b, &q, STMT_MOVEMENT_GET);
	query_put_id(&q, &m->id);
	found = query_row(&q);
	if (found) {
		equal = bytes_eq_str(query_bytes(&q), movement_names[m->kind]);
		equal = query_int(&q) == m->account && equal;
		equal = query_u64(&q) == m->amount && equal;
	}
	r = query_end(&q);
	if (r)
		return r;
	if (!found)
		return RESULT_THEIRS_NOT_FOUND;
	return equal ? RESULT_OK : RESULT_THEIRS_CONFLICT;
}

enum result batch_movement_none(struct batch *b, const struct id *id)
{
	struct query q;
	bool found;
	enum result r;

	batch_query(b, &q, STMT_MOVEMENT_GET);
	query_put_id(&q, id);
	found = query_row(&q);
	r = query_end(&q);
	return r || !found ? r : RESULT_THEIRS_CONFLICT;
}

enum result batch_movement_write(struct batch *b, const struct movement *m, int64_t group)
{
	struct query q;

	batch_query(b, &q, STMT_MOVEMENT_INSERT);
	query_put_id(&q, &m->id);
	query_put_text(&q, movement_names[m->kind]);
	query_put_int(&q, m->account);
	query_put_u64(&q, m->amount);
	query_put_int(&q, group);
	query_put_int(&q, b->now_ms);
	return query_run(&q);
}

enum result batch_movement_make(struct batch *b, const struct movement *m)
{
	struct work_account *account;
	const struct asset_row *asset;
	struct legs legs = {0};
	int64_t group;
	enum result r;

	if (m->amount == 0 || m->amount > AMOUNT_MAX)
		return RESULT_THEIRS_BAD_AMOUNT;
	r = batch_account(b, m->account, &account);
	if (r)
		return r;
	if (account->now.kind != movement_account(m->kind))
		return RESULT_THEIRS_BAD_TYPE;
	r = batch_asset(b, account->now.asset, &asset);
	if (!r)
		r = is_outward(m->kind)
		            ? legs_add(b, &legs, m->account, asset->settlement, m->amount)
		            : legs_add(b, &legs, asset->settlement, m->account, m->amount);
	if (!r)
		r = legs_move(b, &legs, "movement", m->account, &group);
	return r ? r : batch_movement_write(b, m, group);
}

enum result batch_move(struct batch *b, const struct movement *m, bool *repeated)
{
	enum result r;

	*repeated = false;
	if (m->amount == 0 || m->amount > AMOUNT_MAX)
		return RESULT_THEIRS_BAD_AMOUNT;
	r = batch_withdrawal_none(b, &m->id);
	if (!r)
		r = batch_cash_none(b, &m->id);
	if (r)
		return r;
	r = movement_check(b, m);
	if (!r && m->kind == MOVEMENT_SETTLE_OUT)
		r = batch_order_none(b, &m->id);
	if (r != RESULT_THEIRS_NOT_FOUND) {
		*repeated = !r;
		return r;
	}
	r = batch_movement_make(b, m);
	if (r || movement_account(m->kind) != ACCOUNT_PEER)
		return r;
	r = batch_settlement_note(b, m);
	return r || m->kind != MOVEMENT_SETTLE_IN ? r : batch_settlement_announce(b, m);
}

/* ---- repeated requests ---- */

enum result batch_idempotency_get(struct batch *b, const struct idempotency_key *k, struct arena *a,
        int *status, const char **body)
{
	struct query q;
	bool found, equal = false;
	enum result r;

	batch_query(b, &q, STMT_IDEMPOTENCY_GET);
	query_put_text(&q, k->principal);
	query_put_text(&q, k->route);
	query_put_text(&q, k->key);
	query_put_int(&q, b->now_ms - b->store->idempotency_ms);
	found = query_row(&q);
	if (found) {
		equal = bytes_eq(query_bytes(&q), bytes_of(k->request_hash, 32));
		*status = (int)query_int(&q);
		*body = query_text(&q, a);
	}
	r = query_end(&q);
	if (r)
		return r;
	if (!found)
		return RESULT_THEIRS_NOT_FOUND;
	return equal ? RESULT_OK : RESULT_THEIRS_CONFLICT;
}

enum result batch_idempotency_put(
        struct batch *b, const struct idempotency_key *k, int status, const char *body)
{
	struct query q;
	enum result r;

	batch_query(b, &q, STMT_IDEMPOTENCY_FORGET);
	query_put_int(&q, b->now_ms - b->store->idempotency_ms);
	query_put_int(&q, LIMIT_SWEEP_ROWS);
	r = query_run(&q);
	if (r)
		return r;
	batch_query(b, &q, STMT_IDEMPOTENCY_PUT);
	query_put_text(&q, k->principal);
	query_put_text(&q, k->route);
	query_put_text(&q, k->key);
	query_put_blob(&q, k->request_hash, 32);
	query_put_int(&q, status);
	query_put_text(&q, body);
	query_put_int(&q, b->now_ms);
	b->changes++;
	return query_run(&q);
}
