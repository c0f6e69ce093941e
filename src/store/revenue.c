/* What was earned: counted with what is booked. */
#include "store/revenue.h"

#include <string.h>

#include "store/batch_core.h"

static const char *const names[REVENUE_KINDS] = {
        [REVENUE_SPREAD] = "spread",
        [REVENUE_SENDING_FEE] = "sending_fee",
        [REVENUE_RECEIVING_FEE] = "receiving_fee",
};

const char *revenue_kind_name(enum revenue_kind k)
{
	return names[k];
}

static enum revenue_kind query_kind(struct query *q)
{
	struct bytes text = query_bytes(q);

	for (unsigned i = 0; i < REVENUE_KINDS; i++)
		if (bytes_eq_str(text, names[i]))
			return (enum revenue_kind)i;
	if (!q->failed)
		q->failed = RESULT_OURS_STORE;
	return REVENUE_SPREAD;
}

enum result store_revenue_list(struct reader *r, struct arena *a, int64_t first_day,
        int64_t end_day, struct revenue_row **out, size_t *count)
{
	struct query q;
	bool more;
	enum result result;

	*count = 0;
	*out = arena_alloc(a, REVENUE_ROWS_MAX * sizeof(**out));
	if (!*out)
		return RESULT_OURS_MEMORY;
	query_start(&q, r->db, STMT_REVENUE_LIST);
	query_put_int(&q, first_day);
	query_put_int(&q, end_day);
	while (*count < REVENUE_ROWS_MAX && query_row(&q)) {
		struct revenue_row *row = &(*out)[(*count)++];

		row->kind = query_kind(&q);
		row->from = (asset_id)query_int(&q);
		row->to = (asset_id)query_int(&q);
		row->packets = query_u64(&q);
		row->amount = query_u64(&q);
		row->remainder = query_u64(&q);
	}
	more = *count == REVENUE_ROWS_MAX && query_row(&q);
	result = query_end(&q);
	return !result && more ? RESULT_THEIRS_TOO_BIG : result;
}

enum result store_revenue_of_pair(struct reader *r, asset_id from, asset_id to, int64_t first_day,
        size_t count, uint64_t *out)
{
	struct query q;

	memset(out, 0, count * sizeof(*out));
	query_start(&q, r->db, STMT_REVENUE_OF_PAIR);
	query_put_int(&q, first_day);
	query_put_int(&q, first_day + (int64_t)count);
	query_put_int(&q, from);
	query_put_int(&q, to);
	while (query_row(&q)) {
		size_t i = (size_t)(query_int(&q) - first_day);
		uint64_t amount = query_u64(&q);

		if (i < count)
			out[i] = amount + query_u64(&q);
	}
	return query_end(&q);
}

/* ---- counting ---- */

struct work_revenue {
	struct work work;
	struct revenue_row sum;
};

enum result batch_revenue_add(struct batch *b, const struct revenue_row *earned)
{
	int64_t pair = (int64_t)((uint64_t)earned->from << 32 | earned->to);
	struct work_revenue *w = batch_find(b, WORK_REVENUE, pair, earned->kind);

	if (!w) {
		w = batch_make(b, WORK_REVENUE, pair, earned->kind, sizeof(*w));
		if (!w)
			return RESULT_OURS_MEMORY;
		w->sum.kind = earned->kind;
		w->sum.from = earned->from;
		w->sum.to = earned->to;
	}
	/* No more than what the spread and fee accounts hold, which is within 63 bits. */
	w->sum.packets += earned->packets;
	w->sum.amount += earned->amount;
	w->sum.remainder += earned->remainder;
	return RESULT_OK;
}

enum result batch_revenue_spread(struct batch *b, account_id from, account_id to, uint64_t packets,
        uint64_t spread, uint64_t margin)
{
	struct work_account *source, *target;
	struct revenue_row earned = {.kind = REVENUE_SPREAD, .packets = packets};
	enum result r;

	if (spread == 0)
		return RESULT_OK;
	r = batch_account(b, from, &source);
	if (!r)
		r = batch_account(b, to, &target);
	if (r)
		return r;
	earned.from = source->now.asset;
	earned.to = target->now.asset;
	earned.amount = margin < spread ? margin : spread;
	earned.remainder = spread - earned.amount;
	return batch_revenue_add(b, &earned);
}

enum result batch_revenue_fee(
        struct batch *b, enum revenue_kind kind, account_id payer, uint64_t fee)
{
	struct work_account *account;
	struct revenue_row earned = {.kind = kind, .packets = 1, .amount = fee};
	enum result r;

	if (fee == 0)
		return RESULT_OK;
	r = batch_account(b, payer, &account);
	if (r)
		return r;
	earned.from = earned.to = account->now.asset;
	return batch_revenue_add(b, &earned);
}

enum result batch_flush_revenue(struct batch *b)
{
	enum result r = RESULT_OK;

	for (struct work *at = b->first[WORK_REVENUE]; at && !r; at = at->kind_next) {
		const struct revenue_row *sum = &OWNER_OF(at, struct work_revenue, work)->sum;
		struct query q;

		batch_query(b, &q, STMT_REVENUE_ADD);
		query_put_int(&q, b->now_ms / REVENUE_DAY_MS);
		query_put_text(&q, names[sum->kind]);
		query_put_int(&q, sum->from);
		query_put_int(&q, sum->to);
		query_put_u64(&q, sum->packets);
		query_put_u64(&q, sum->amount);
		query_put_u64(&q, sum->remainder);
		r = query_run(&q);
	}
	return r;
}
