/* Withdrawals in two phases. */
#include "store/withdrawal.h"

#include "store/cash.h"
#include "store/settlement_core.h"

static void row_withdrawal(struct query *q, struct withdrawal_row *out)
{
	char state[16];

	out->key = query_int(q);
	query_blob(q, out->id.b, sizeof(out->id.b));
	out->account = query_int(q);
	out->kind = query_account_kind(q);
	out->asset = (asset_id)query_int(q);
	out->amount = query_u64(q);
	out->group = query_int(q);
	query_text_into(q, state, sizeof(state));
	if (withdrawal_state_parse(state, &out->state) && !q->failed)
		q->failed = RESULT_OURS_STORE;
	out->created_ms = query_int(q);
	out->expires_ms = query_int(q);
	out->ended_ms = query_int(q);
}

static enum result one(struct query *q, const struct id *id, struct withdrawal_row *out)
{
	bool found;
	enum result r;

	query_put_id(q, id);
	found = query_row(q);
	if (found)
		row_withdrawal(q, out);
	r = query_end(q);
	return r || found ? r : RESULT_THEIRS_NOT_FOUND;
}

/* ---- reading ---- */

enum result store_withdrawal_get(struct reader *r, const struct id *id, struct withdrawal_row *out)
{
	struct query q;

	query_start(&q, r->db, STMT_WITHDRAWAL_GET);
	return one(&q, id, out);
}

enum result store_withdrawal_list(struct reader *r, struct arena *a, const struct page *p,
        struct withdrawal_row **out, size_t *count, bool *more)
{
	struct query q;

	*count = 0;
	*more = false;
	*out = arena_alloc(a, p->limit * sizeof(**out));
	if (!*out)
		return RESULT_OURS_MEMORY;
	query_start(&q, r->db, STMT_WITHDRAWAL_LIST);
	query_put_id(&q, &p->after);
	query_put_u64(&q, p->limit + 1);
	while (query_row(&q)) {
		if (*count == p->limit) {
			*more = true;
			break;
		}
		row_withdrawal(&q, &(*out)[(*count)++]);
	}
	return query_end(&q);
}

enum result store_withdrawal_due(struct reader *r, int64_t now_ms, bool *due)
{
	int64_t expires_ms;
	struct query q;
	struct id id;
	enum result result;

	query_start(&q, r->db, STMT_WITHDRAWAL_DUE);
	result = query_next_due(&q, &id, &expires_ms);
	*due = expires_ms <= now_ms;
	return result;
}

/* ---- changing ---- */

static enum result find(struct batch *b, const struct id *id, struct withdrawal_row *out)
{
	struct query q;

	batch_query(b, &q, STMT_WITHDRAWAL_GET);
	return one(&q, id, out);
}

enum result batch_withdrawal_none(struct batch *b, const struct id *id)
{
	struct withdrawal_row row;
	enum result r = find(b, id, &row);

	if (r == RESULT_THEIRS_NOT_FOUND)
		return RESULT_OK;
	return r ? r : RESULT_THEIRS_CONFLICT;
}

static bool may_withdraw(enum account_kind kind)
{
	return kind == ACCOUNT_WALLET || kind == ACCOUNT_ASSET_POOL || kind == ACCOUNT_PEER;
}

/* From the account to the outside. */
static enum result leg(struct batch *b, account_id from, asset_id of, uint64_t amount,
        uint64_t posted, struct legs *out)
{
	const struct asset_row *asset;
	enum result r = batch_asset(b, of, &asset);

	if (!r)
		r = legs_add(b, out, from, asset->settlement, amount);
	if (!r)
		out->leg[0].posted = posted;
	return r;
}

static enum result insert(struct batch *b, struct withdrawal_row *row)
{
	struct query q;
	enum result r;

	batch_query(b, &q, STMT_WITHDRAWAL_INSERT);
	query_put_id(&q, &row->id);
	query_put_int(&q, row->account);
	query_put_u64(&q, row->amount);
	query_put_int(&q, row->group);
	query_put_int(&q, row->created_ms);
	query_put_int(&q, row->expires_ms);
	b->changes++;
	r = query_run(&q);
	return r ? r : find(b, &row->id, row);
}

enum result batch_withdrawal_add(
        struct batch *b, const struct withdrawal_new *n, struct withdrawal_row *out)
{
	struct work_account *account;
	struct legs legs = {0};
	enum result r;

	if (n->amount == 0 || n->amount > AMOUNT_MAX || n->life_ms <= 0)
		return RESULT_THEIRS_BAD_AMOUNT;
	r = find(b, &n->id, out);
	if (!r)
		return out->account == n->account && out->amount == n->amount &&
		                       out->expires_ms - out->created_ms == n->life_ms
		               ? RESULT_OK
		               : RESULT_THEIRS_CONFLICT;
	if (r == RESULT_THEIRS_NOT_FOUND)
		r = batch_movement_none(b, &n->id);
	if (!r)
		r = batch_cash_none(b, &n->id);
	if (!r)
		r = batch_account(b, n->account, &account);
	if (r)
		return r;
	if (!may_withdraw(account->now.kind))
		return RESULT_THEIRS_BAD_TYPE;
	r = leg(b, n->account, account->now.asset, n->amount, 0, &legs);
	if (!r)
		r = legs_hold(&legs);
	if (r)
		return r;
	*out = (struct withdrawal_row){.id = n->id,
	        .account = n->account,
	        .amount = n->amount,
	        .created_ms = b->now_ms,
	        .expires_ms = b->now_ms + n->life_ms};
	r = legs_pend(b, &legs, "movement", n->account, out->expires_ms, &out->group);
	return r ? r : insert(b, out);
}

/* What a peer got is a settlement, as in one phase. */
static enum result note_settlement(struct batch *b, const struct withdrawal_row *row)
{
	const struct movement m = {.id = row->id,
	        .kind = MOVEMENT_SETTLE_OUT,
	        .account = row->account,
	        .amount = row->amount};
	enum result r = batch_movement_write(b, &m, row->group);

	return r ? r : batch_settlement_note(b, &m);
}

/* What it means for the holder's request that it may be of. */
static enum cash_state asked_end(enum withdrawal_state to)
{
	switch (to) {
	case WITHDRAWAL_POSTED:
		return CASH_APPROVED;
	case WITHDRAWAL_EXPIRED:
		return CASH_EXPIRED;
	case WITHDRAWAL_PENDING:
	case WITHDRAWAL_VOID:
	case WITHDRAWAL_STATES:
		break;
	}
	return CASH_REFUSED;
}

static enum result end(struct batch *b, struct withdrawal_row *row, enum withdrawal_state to)
{
	bool posted = to == WITHDRAWAL_POSTED;
	struct legs legs = {0};
	struct query q;
	enum result r = withdrawal_end(&row->state, to, row->expires_ms, b->now_ms);

	if (!r)
		r = leg(b, row->account, row->asset, row->amount, posted ? row->amount : 0, &legs);
	if (!r)
		r = legs_settle(&legs);
	if (r)
		return r;
	row->ended_ms = b->now_ms;
	b->changes++;
	batch_query(b, &q, STMT_TRANSFER_END);
	query_put_int(&q, row->group);
	query_put_text(&q, transfer_state_name(posted ? TRANSFER_POSTED : TRANSFER_VOID));
	query_put_u64(&q, posted ? row->amount : 0);
	query_put_int(&q, b->now_ms);
	r = query_run(&q);
	if (r)
		return r;
	batch_query(b, &q, STMT_WITHDRAWAL_END);
	query_put_int(&q, row->key);
	query_put_text(&q, withdrawal_state_name(to));
	query_put_int(&q, b->now_ms);
	r = query_run(&q);
	if (!r && posted && row->kind == ACCOUNT_PEER)
		r = note_settlement(b, row);
	return r || row->kind != ACCOUNT_WALLET ? r : batch_cash_follow(b, &row->id, asked_end(to));
}

enum result batch_withdrawal_end(
        struct batch *b, const struct id *id, enum withdrawal_state to, struct withdrawal_row *out)
{
	enum result r = find(b, id, out);

	return r ? r : end(b, out, to);
}

enum result batch_withdrawal_expire(struct batch *b, size_t *expired, bool *more)
{
	struct withdrawal_row row;
	int64_t expires_ms;
	enum result r = RESULT_OK;

	*more = false;
	for (*expired = 0; !r; ++*expired) {
		struct query q;
		struct id id;

		batch_query(b, &q, STMT_WITHDRAWAL_DUE);
		r = query_next_due(&q, &id, &expires_ms);
		if (r || expires_ms > b->now_ms)
			return r;
		*more = *expired == WITHDRAWAL_EXPIRE_MAX;
		if (*more)
			return RESULT_OK;
		r = batch_withdrawal_end(b, &id, WITHDRAWAL_EXPIRED, &row);
	}
	return r;
}

/* ---- of an incoming payment ---- */

/* Errors: THEIRS_NOT_FOUND (no withdrawal of one has this id), THEIRS_CONFLICT
 * (another one has). */
static enum result same_of_incoming(
        struct batch *b, int64_t incoming, const struct id *id, uint64_t amount)
{
	struct query q;
	int64_t same;
	enum result r;

	batch_query(b, &q, STMT_INCOMING_WITHDRAWAL_SAME);
	query_put_id(&q, id);
	query_put_int(&q, incoming);
	query_put_u64(&q, amount);
	r = query_one_int(&q, &same);
	return r ? r : same ? RESULT_OK : RESULT_THEIRS_CONFLICT;
}

enum result batch_incoming_withdraw(
        struct batch *b, int64_t incoming, const struct id *id, uint64_t amount)
{
	struct work_incoming *w;
	uint64_t fee;
	int64_t withdrawn;
	struct query q;
	enum result r = batch_incoming(b, incoming, &w);

	if (!r && (amount == 0 || amount > AMOUNT_MAX))
		r = RESULT_THEIRS_BAD_AMOUNT;
	if (r)
		return r;
	r = same_of_incoming(b, incoming, id, amount);
	if (r != RESULT_THEIRS_NOT_FOUND)
		return r;
	batch_query(b, &q, STMT_INCOMING_WITHDRAWN);
	query_put_int(&q, incoming);
	r = query_one_int(&q, &withdrawn);
	if (r)
		return r;
	fee = incoming_fee(&w->row.terms);
	if (amount + (uint64_t)withdrawn + fee > w->row.terms.received)
		return RESULT_THEIRS_INSUFFICIENT;
	batch_query(b, &q, STMT_INCOMING_WITHDRAWAL_INSERT);
	query_put_id(&q, id);
	query_put_int(&q, incoming);
	query_put_u64(&q, amount);
	b->changes++;
	return query_run(&q);
}
