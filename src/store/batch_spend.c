/* What is spent under grants: reserved with a payment, settled at its end. */
#include "store/grant_core.h"

#include <string.h>

#include "base/text.h"

/* The key of one row of grant_spent. */
struct spent_key {
	int64_t grant;
	int64_t position;
	int64_t start_ms;
	char code[ASSET_CODE_MAX + 1];
	unsigned scale;
};

static void put_key(struct query *q, const struct spent_key *k)
{
	query_put_int(q, k->grant);
	query_put_int(q, k->position);
	query_put_int(q, k->start_ms);
	query_put_text(q, k->code);
	query_put_int(q, k->scale);
}

static enum result spent_sum(struct batch *b, const struct spent_key *k, struct grant_spent *out)
{
	struct query q;

	batch_query(b, &q, STMT_GRANT_SPENT_SUM);
	put_key(&q, k);
	if (query_row(&q)) {
		out->debit = query_u64(&q);
		out->receive = query_u64(&q);
	}
	return query_end(&q);
}

static enum result reserve(struct batch *b, const struct grant_spend *s, const struct spent_key *k)
{
	struct query q;
	enum result r;

	batch_query(b, &q, STMT_GRANT_SPENT_ADD);
	put_key(&q, k);
	query_put_u64(&q, s->debit);
	query_put_u64(&q, s->receive);
	b->changes++;
	r = query_run(&q);
	if (r)
		return r;
	batch_query(b, &q, STMT_GRANT_PAYMENT_INSERT);
	query_put_int(&q, s->payment_account);
	put_key(&q, k);
	query_put_u64(&q, s->debit);
	query_put_u64(&q, s->receive);
	query_put_int(&q, b->now_ms);
	return query_run(&q);
}

/* Errors: THEIRS_FORBIDDEN where this item has no room. */
static enum result try_item(struct batch *b, const struct grant_spend *s,
        const struct access_limits *l, const struct grant_payment *p, size_t position,
        struct grant_spend *after)
{
	struct spent_key k = {.grant = s->grant, .position = (int64_t)position};
	struct interval_window window;
	struct grant_spent spent = {0}, sum;
	enum result r = grant_window_at(l, b->now_ms, &window);

	if (r)
		return r;
	k.start_ms = window.start_ms;
	k.scale = s->receive_scale;
	r = text_copy(k.code, sizeof(k.code), s->receive_code);
	if (!r)
		r = spent_sum(b, &k, &spent);
	if (!r)
		r = grant_limits_allow(l, &spent, p, &sum);
	if (r)
		return r == RESULT_THEIRS_BAD_AMOUNT ? RESULT_THEIRS_FORBIDDEN : r;
	*after = *s;
	after->access_index = position;
	after->debit = sum.debit;
	after->receive = sum.receive;
	return reserve(b, s, &k);
}

static bool is_like(const struct access_item *a, const struct access_item *b)
{
	bool all;

	return a->wallet == b->wallet &&
	       access_item_allows(a, ACCESS_OUTGOING_PAYMENT, ACTION_CREATE, NULL, &all);
}

static enum result check_grant(struct batch *b, const struct grant_spend *s, struct grant_full *g)
{
	struct query q;
	int64_t used;
	enum result r = batch_grant_load_key(b, s->grant, &b->arena, g);

	if (!r && s->access_index >= g->row.access_count)
		r = RESULT_THEIRS_NOT_FOUND;
	if (!r && g->row.state != GRANT_ISSUED)
		r = RESULT_THEIRS_UNAUTHORIZED;
	if (!r && s->token)
		r = batch_token_check(b, s->token);
	if (r == RESULT_THEIRS_EXPIRED || (!r && g->row.ends_ms && b->now_ms >= g->row.ends_ms))
		r = RESULT_THEIRS_FORBIDDEN;
	if (r)
		return r;
	batch_query(b, &q, STMT_GRANT_PAYMENT_GET);
	query_put_int(&q, s->payment_account);
	r = query_one_int(&q, &used);
	if (r == RESULT_THEIRS_NOT_FOUND)
		return RESULT_OK;
	return r ? r : RESULT_THEIRS_CONFLICT;
}

enum result batch_grant_spend(
        struct batch *b, const struct grant_spend *s, struct grant_spend *after)
{
	struct grant_payment p = {.receiver = s->receiver,
	        .debit = s->debit,
	        .receive = s->receive,
	        .receive_code = s->receive_code,
	        .receive_scale = s->receive_scale};
	const struct asset_row *asset;
	struct grant_full g;
	enum result r = check_grant(b, s, &g);

	if (!r)
		r = batch_asset(b, s->debit_asset, &asset);
	if (r)
		return r;
	p.debit_code = asset->code;
	p.debit_scale = asset->scale;
	r = RESULT_THEIRS_FORBIDDEN;
	for (size_t i = 0; i < g.row.access_count && r == RESULT_THEIRS_FORBIDDEN; i++) {
		/* The one that was asked for first, then those after and before it. */
		size_t position = (s->access_index + i) % g.row.access_count;
		const struct access_item *item = &g.row.access[position];

		if (is_like(item, &g.row.access[s->access_index]))
			r = try_item(b, s, &item->limits, &p, position, after);
	}
	return r;
}

/* ---- the end ---- */

struct reservation {
	struct spent_key key;
	struct grant_spent amount;
	bool settled;
};

static enum result reservation_get(
        struct batch *b, account_id payment, struct reservation *out, bool *found)
{
	struct query q;

	batch_query(b, &q, STMT_GRANT_PAYMENT_GET);
	query_put_int(&q, payment);
	*found = query_row(&q);
	if (*found) {
		out->key.grant = query_int(&q);
		out->key.position = query_int(&q);
		out->key.start_ms = query_int(&q);
		query_text_into(&q, out->key.code, sizeof(out->key.code));
		out->key.scale = (unsigned)query_int(&q);
		out->amount.debit = query_u64(&q);
		out->amount.receive = query_u64(&q);
		out->settled = query_int(&q) != 0;
	}
	return query_end(&q);
}

/* What is counted for a payment becomes what is kept of it, where that is less. */
static enum result lower_to(struct batch *b, account_id payment, const struct reservation *held,
        uint64_t debit_kept, uint64_t receive_kept)
{
	struct grant_spent kept = grant_settle(&held->amount, debit_kept, receive_kept);
	struct query q;
	enum result r;

	batch_query(b, &q, STMT_GRANT_SPENT_RELEASE);
	put_key(&q, &held->key);
	query_put_u64(&q, held->amount.debit - kept.debit);
	query_put_u64(&q, held->amount.receive - kept.receive);
	b->changes++;
	r = query_run(&q);
	if (r)
		return r;
	batch_query(b, &q, STMT_GRANT_PAYMENT_SETTLE);
	query_put_int(&q, payment);
	query_put_u64(&q, kept.debit);
	query_put_u64(&q, kept.receive);
	return query_run(&q);
}

enum result batch_grant_settle(
        struct batch *b, account_id payment, uint64_t debit_kept, uint64_t receive_kept)
{
	struct reservation held;
	bool found;
	enum result r = reservation_get(b, payment, &held, &found);

	if (r || !found || held.settled)
		return r;
	return lower_to(b, payment, &held, debit_kept, receive_kept);
}

enum result batch_grant_refund(struct batch *b, account_id payment, uint64_t debit_kept)
{
	struct reservation held;
	bool found;
	enum result r = reservation_get(b, payment, &held, &found);

	if (r || !found || !held.settled)
		return r;
	return lower_to(b, payment, &held, debit_kept, debit_kept ? AMOUNT_MAX : 0);
}
