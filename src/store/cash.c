/* Deposits and withdrawals that account holders ask for. */
#include "store/cash.h"

#include <string.h>

#include "store/notice.h"
#include "store/settlement_core.h"
#include "store/withdrawal.h"

#define DAY_MS 86400000LL

static void row_cash(struct query *q, struct arena *a, struct cash_row *out)
{
	char kind[16], state[16];

	out->key = query_int(q);
	query_blob(q, out->id.b, sizeof(out->id.b));
	out->account = query_int(q);
	out->asset = (asset_id)query_int(q);
	query_text_into(q, kind, sizeof(kind));
	out->amount = query_u64(q);
	out->note = query_text(q, a);
	query_text_into(q, state, sizeof(state));
	out->answer = query_text(q, a);
	out->created_ms = query_int(q);
	out->expires_ms = query_int(q);
	out->ended_ms = query_int(q);
	if ((cash_kind_parse(kind, &out->kind) || cash_state_parse(state, &out->state)) &&
	        !q->failed)
		q->failed = RESULT_OURS_STORE;
}

static enum result one(struct query *q, struct arena *a, const struct id *id, struct cash_row *out)
{
	bool found;
	enum result r;

	query_put_id(q, id);
	found = query_row(q);
	if (found)
		row_cash(q, a, out);
	r = query_end(q);
	return r || found ? r : RESULT_THEIRS_NOT_FOUND;
}

/* ---- reading ---- */

enum result store_cash_get(
        struct reader *r, struct arena *a, const struct id *id, struct cash_row *out)
{
	struct query q;

	query_start(&q, r->db, STMT_CASH_GET);
	return one(&q, a, id, out);
}

/* more: NULL where nobody asks. */
static enum result rows(struct query *q, struct arena *a, size_t limit, struct cash_row **out,
        size_t *count, bool *more)
{
	*count = 0;
	*out = arena_alloc(a, (limit + 1) * sizeof(**out));
	if (!*out && !q->failed)
		q->failed = RESULT_OURS_MEMORY;
	while (query_row(q)) {
		if (*count == limit) {
			*more = true;
			break;
		}
		row_cash(q, a, &(*out)[(*count)++]);
	}
	return query_end(q);
}

enum result store_cash_list(struct reader *r, struct arena *a, bool open, const struct page *p,
        struct cash_row **out, size_t *count, bool *more)
{
	struct query q;

	*more = false;
	query_start(&q, r->db, open ? STMT_CASH_LIST_OPEN : STMT_CASH_LIST);
	query_put_id(&q, &p->after);
	query_put_u64(&q, p->limit + 1);
	return rows(&q, a, p->limit, out, count, more);
}

enum result store_cash_of_wallet(struct reader *r, struct arena *a, account_id wallet, size_t limit,
        struct cash_row **out, size_t *count)
{
	struct query q;
	bool more = false;

	query_start(&q, r->db, STMT_CASH_OF_WALLET);
	query_put_int(&q, wallet);
	query_put_u64(&q, limit);
	return rows(&q, a, limit, out, count, &more);
}

enum result store_cash_due(struct reader *r, int64_t now_ms, bool *due)
{
	int64_t expires_ms;
	struct query q;
	struct id id;
	enum result result;

	query_start(&q, r->db, STMT_CASH_DUE);
	result = query_next_due(&q, &id, &expires_ms);
	*due = expires_ms <= now_ms;
	return result;
}

/* ---- changing ---- */

static enum result find(struct batch *b, const struct id *id, struct cash_row *out)
{
	struct query q;

	batch_query(b, &q, STMT_CASH_GET);
	return one(&q, &b->arena, id, out);
}

enum result batch_cash_none(struct batch *b, const struct id *id)
{
	int64_t count;
	struct query q;
	enum result r;

	batch_query(b, &q, STMT_CASH_IS);
	query_put_id(&q, id);
	r = query_one_int(&q, &count);
	return r || !count ? r : RESULT_THEIRS_CONFLICT;
}

static enum result check_room(struct batch *b, account_id account)
{
	int64_t open, recent;
	struct query q;
	enum result r;

	batch_query(b, &q, STMT_CASH_OPEN_COUNT);
	query_put_int(&q, account);
	r = query_one_int(&q, &open);
	if (r)
		return r;
	batch_query(b, &q, STMT_CASH_RECENT_COUNT);
	query_put_int(&q, account);
	query_put_int(&q, CASH_DAY_MAX);
	query_put_int(&q, b->now_ms - DAY_MS);
	r = query_one_int(&q, &recent);
	if (r)
		return r;
	return open >= CASH_OPEN_MAX || recent >= CASH_DAY_MAX ? RESULT_THEIRS_REFUSED : RESULT_OK;
}

static enum result check_account(struct batch *b, account_id id)
{
	struct work_account *account;
	enum result r = batch_account(b, id, &account);

	if (r)
		return r;
	if (account->now.kind != ACCOUNT_WALLET)
		return RESULT_THEIRS_BAD_TYPE;
	return account->now.closed ? RESULT_THEIRS_STATE : RESULT_OK;
}

static enum result insert(struct batch *b, const struct cash_new *n, struct cash_row *out)
{
	struct query q;
	enum result r;

	batch_query(b, &q, STMT_CASH_INSERT);
	query_put_id(&q, &n->id);
	query_put_int(&q, n->account);
	query_put_text(&q, cash_kind_name(n->kind));
	query_put_u64(&q, n->amount);
	query_put_text(&q, n->note);
	query_put_int(&q, b->now_ms);
	query_put_int(&q, b->now_ms + CASH_LIFE_MS);
	b->changes++;
	r = query_run(&q);
	return r ? r : find(b, &n->id, out);
}

static bool is_same(const struct cash_new *n, const struct cash_row *row)
{
	return row->account == n->account && row->kind == n->kind && row->amount == n->amount &&
	       strcmp(row->note, n->note) == 0;
}

static enum result set_aside(struct batch *b, const struct cash_new *n)
{
	const struct withdrawal_new w = {n->id, n->account, n->amount, CASH_LIFE_MS};
	struct withdrawal_row row;

	return batch_withdrawal_add(b, &w, &row);
}

enum result batch_cash_add(struct batch *b, const struct cash_new *n, struct cash_row *out)
{
	enum result r;

	if (n->amount == 0 || n->amount > AMOUNT_MAX)
		return RESULT_THEIRS_BAD_AMOUNT;
	r = cash_note_check(n->note);
	if (!r && n->kind == CASH_WITHDRAWAL && !*n->note)
		r = RESULT_THEIRS_MALFORMED;
	if (r)
		return r;
	r = find(b, &n->id, out);
	if (!r)
		return is_same(n, out) ? RESULT_OK : RESULT_THEIRS_CONFLICT;
	if (r == RESULT_THEIRS_NOT_FOUND)
		r = batch_movement_none(b, &n->id);
	if (!r)
		r = batch_withdrawal_none(b, &n->id);
	if (!r)
		r = check_account(b, n->account);
	if (!r)
		r = check_room(b, n->account);
	if (!r && n->kind == CASH_WITHDRAWAL)
		r = set_aside(b, n);
	return r ? r : insert(b, n, out);
}

static enum result write_end(
        struct batch *b, const struct id *id, enum cash_state to, const char *answer)
{
	struct query q;

	b->changes++;
	batch_query(b, &q, STMT_CASH_END);
	query_put_id(&q, id);
	query_put_text(&q, cash_state_name(to));
	query_put_text(&q, answer);
	query_put_int(&q, b->now_ms);
	return query_run(&q);
}

/* The holder knows what they took back themselves. */
static enum result tell_holder(struct batch *b, const struct cash_row *row, enum cash_state to)
{
	static const enum notice_kind told[CASH_KINDS][CASH_STATES] = {
	        [CASH_DEPOSIT] = {[CASH_APPROVED] = NOTICE_DEPOSIT_APPROVED,
	                [CASH_REFUSED] = NOTICE_DEPOSIT_REFUSED,
	                [CASH_EXPIRED] = NOTICE_DEPOSIT_EXPIRED},
	        [CASH_WITHDRAWAL] = {[CASH_APPROVED] = NOTICE_WITHDRAWAL_APPROVED,
	                [CASH_REFUSED] = NOTICE_WITHDRAWAL_REFUSED,
	                [CASH_EXPIRED] = NOTICE_WITHDRAWAL_EXPIRED},
	};
	const struct notice_new n = {.kind = told[row->kind][to],
	        .wallet = row->account,
	        .subject = &row->id,
	        .amount = row->amount};

	return to == CASH_CANCELLED ? RESULT_OK : batch_notice(b, &n);
}

enum result batch_cash_follow(struct batch *b, const struct id *id, enum cash_state to)
{
	struct cash_row row;
	enum result r = find(b, id, &row);

	if (r || row.state != CASH_PENDING)
		return r == RESULT_THEIRS_NOT_FOUND ? RESULT_OK : r;
	r = write_end(b, id, to, "");
	return r ? r : tell_holder(b, &row, to);
}

static enum result pay_in(struct batch *b, const struct cash_row *row)
{
	const struct movement m = {.id = row->id,
	        .kind = MOVEMENT_DEPOSIT,
	        .account = row->account,
	        .amount = row->amount};
	enum result r = batch_movement_none(b, &m.id);

	return r ? r : batch_movement_make(b, &m);
}

static enum result end_hold(struct batch *b, const struct id *id, enum cash_state to)
{
	struct withdrawal_row row;

	return batch_withdrawal_end(
	        b, id, to == CASH_APPROVED ? WITHDRAWAL_POSTED : WITHDRAWAL_VOID, &row);
}

enum result batch_cash_end(struct batch *b, const struct id *id, enum cash_state to,
        const char *answer, struct cash_row *out)
{
	enum result r = cash_note_check(answer);

	if (!r)
		r = find(b, id, out);
	if (!r)
		r = cash_end(&out->state, to, out->expires_ms, b->now_ms);
	if (!r && out->kind == CASH_DEPOSIT && to == CASH_APPROVED)
		r = pay_in(b, out);
	/* Written first: the withdrawal's end then has nothing more to say of it. */
	if (!r)
		r = write_end(b, id, to, answer);
	if (!r && out->kind == CASH_WITHDRAWAL)
		r = end_hold(b, id, to);
	if (!r)
		r = tell_holder(b, out, to);
	return r ? r : find(b, id, out);
}

enum result batch_cash_expire(struct batch *b, size_t *expired, bool *more)
{
	struct cash_row row;
	int64_t expires_ms;
	enum result r = RESULT_OK;

	*more = false;
	for (*expired = 0; !r; ++*expired) {
		struct query q;
		struct id id;

		batch_query(b, &q, STMT_CASH_DUE);
		r = query_next_due(&q, &id, &expires_ms);
		if (r || expires_ms > b->now_ms)
			return r;
		*more = *expired == CASH_EXPIRE_MAX;
		if (*more)
			return RESULT_OK;
		r = batch_cash_end(b, &id, CASH_EXPIRED, "", &row);
	}
	return r;
}
