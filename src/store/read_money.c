/* Reading balances, payments, transfers, doubts and totals. */
#include "store/batch_core.h"

#include <string.h>

#include "base/limits.h"
#include "store/outgoing.h"

#define BALANCES_MAX 4096 /* kinds times assets */

enum result store_account_get(struct reader *r, account_id id, struct account *out)
{
	struct query q;
	bool found;
	enum result result;

	query_start(&q, r->db, STMT_ACCOUNT_GET);
	query_put_int(&q, id);
	found = query_row(&q);
	if (found)
		row_account(&q, out);
	result = query_end(&q);
	if (result)
		return result;
	return found ? RESULT_OK : RESULT_THEIRS_NOT_FOUND;
}

enum result store_wallet_held(struct reader *r, account_id wallet, uint64_t *out)
{
	struct query q;

	*out = 0;
	query_start(&q, r->db, STMT_WALLET_HELD);
	query_put_int(&q, wallet);
	if (query_row(&q))
		*out = query_u64(&q);
	return query_end(&q);
}

enum result store_balance_list(
        struct reader *r, struct arena *a, struct balance_row **out, size_t *count)
{
	struct query q;

	*count = 0;
	*out = arena_alloc(a, BALANCES_MAX * sizeof(**out));
	if (!*out)
		return RESULT_OURS_MEMORY;
	query_start(&q, r->db, STMT_BALANCE_LIST);
	while (*count < BALANCES_MAX && query_row(&q)) {
		struct balance_row *b = &(*out)[(*count)++];

		b->kind = query_account_kind(&q);
		b->asset = (asset_id)query_int(&q);
		b->accounts = query_u64(&q);
		b->balance = query_sum(&q);
		b->debits_pending = (uint64_t)query_sum(&q);
		b->credits_pending = (uint64_t)query_sum(&q);
	}
	return query_end(&q);
}

/* ---- quotes and payments ---- */

enum result store_quote_get(
        struct reader *r, struct arena *a, const struct id *id, struct quote_row *out)
{
	struct query q;
	bool found;
	enum result result;

	query_start(&q, r->db, STMT_QUOTE_GET);
	query_put_id(&q, id);
	found = query_row(&q);
	if (found)
		row_quote(&q, a, out);
	result = query_end(&q);
	if (result)
		return result;
	return found ? RESULT_OK : RESULT_THEIRS_NOT_FOUND;
}

static enum result payment_read(
        struct reader *r, struct arena *a, account_id account, struct payment_row *out)
{
	struct query q;
	bool found;
	enum result result;

	query_start(&q, r->db, STMT_PAYMENT_READ);
	query_put_int(&q, account);
	found = query_row(&q);
	if (found)
		row_payment(&q, a, out);
	result = query_end(&q);
	if (result)
		return result;
	return found ? RESULT_OK : RESULT_THEIRS_NOT_FOUND;
}

enum result store_payment_get(
        struct reader *r, struct arena *a, const struct id *id, struct payment_row *out)
{
	struct query q;
	account_id account;
	enum result result;

	query_start(&q, r->db, STMT_PAYMENT_ACCOUNT);
	query_put_id(&q, id);
	result = query_one_int(&q, &account);
	return result ? result : payment_read(r, a, account, out);
}

enum result store_payment_list(struct reader *r, struct arena *a, account_id wallet,
        const struct page *p, struct payment_row **out, size_t *count, bool *more)
{
	account_id accounts[LIMIT_PAGE_SIZE];
	size_t limit = p->limit < LIMIT_PAGE_SIZE ? p->limit : LIMIT_PAGE_SIZE;
	struct query q;
	enum result result;

	*count = 0;
	*more = false;
	*out = arena_alloc(a, limit * sizeof(**out));
	if (!*out)
		return RESULT_OURS_MEMORY;
	query_start(&q, r->db, wallet ? STMT_PAYMENT_LIST_OF_WALLET : STMT_PAYMENT_LIST);
	query_put_id(&q, &p->after);
	query_put_u64(&q, limit + 1);
	if (wallet)
		query_put_int(&q, wallet);
	while (query_row(&q)) {
		if (*count == limit) {
			*more = true;
			break;
		}
		accounts[(*count)++] = query_int(&q);
	}
	result = query_end(&q);
	for (size_t i = 0; !result && i < *count; i++)
		result = payment_read(r, a, accounts[i], &(*out)[i]);
	return result;
}

enum result store_payment_transfers(struct reader *r, struct arena *a, account_id payment,
        struct transfer_row **out, size_t *count)
{
	struct query q;

	query_start(&q, r->db, STMT_PAYMENT_TRANSFERS);
	query_put_int(&q, payment);
	query_put_int(&q, LIMIT_PAGE_SIZE);
	return rows_transfers(&q, a, out, count);
}

enum result store_outgoing_list(struct reader *r, struct arena *a, const struct list_query *q,
        struct payment_row **out, size_t *count, struct list_edges *edges)
{
	static const struct list_statements of_wallet = {
	        STMT_OUTGOING_POSITION, STMT_OUTGOING_OLDER, STMT_OUTGOING_NEWER};
	static const struct list_statements of_client = {STMT_OUTGOING_POSITION,
	        STMT_OUTGOING_OLDER_OF_CLIENT, STMT_OUTGOING_NEWER_OF_CLIENT};
	struct id ids[LIMIT_PAGE_SIZE];
	enum result result =
	        list_page(r, q->client ? &of_client : &of_wallet, q, ids, count, edges);

	if (result)
		return result;
	*out = arena_alloc(a, (*count ? *count : 1) * sizeof(**out));
	if (!*out)
		return RESULT_OURS_MEMORY;
	for (size_t i = 0; !result && i < *count; i++)
		result = store_payment_get(r, a, &ids[i], &(*out)[i]);
	return result;
}

enum result store_attempt_list(struct reader *r, struct arena *a, account_id payment,
        struct attempt_row **out, size_t *count)
{
	struct query q;

	*count = 0;
	*out = arena_alloc(a, LIMIT_PAGE_SIZE * sizeof(**out));
	if (!*out)
		return RESULT_OURS_MEMORY;
	query_start(&q, r->db, STMT_ATTEMPT_LIST);
	query_put_int(&q, payment);
	query_put_int(&q, LIMIT_PAGE_SIZE);
	while (*count < LIMIT_PAGE_SIZE && query_row(&q)) {
		struct attempt_row *t = &(*out)[(*count)++];

		t->number = (unsigned)query_int(&q);
		t->started_ms = query_int(&q);
		t->ended_ms = query_int(&q);
		t->sent = query_u64(&q);
		t->delivered = query_u64(&q);
		t->packets = query_u64(&q);
		t->error = query_text(&q, a);
	}
	return query_end(&q);
}

/* ---- doubts ---- */

static void row_doubt(struct query *q, struct arena *a, struct doubt_row *out)
{
	struct bytes ended;

	query_blob(q, out->id.b, sizeof(out->id.b));
	out->direction = query_doubt_direction(q);
	out->peer = query_int(q);
	out->peer_name = query_text(q, a);
	query_blob(q, out->payment.b, sizeof(out->payment.b));
	out->amount = query_u64(q);
	out->asset = (asset_id)query_int(q);
	out->since_ms = query_int(q);
	ended = query_bytes(q);
	out->open = ended.n == 0;
	out->end = bytes_eq_str(ended, "payer") ? DOUBT_TO_PAYER : DOUBT_TO_PEER;
	out->ended_ms = query_int(q);
}

enum result store_doubt_list(struct reader *r, struct arena *a, bool open_only,
        const struct page *p, struct doubt_row **out, size_t *count, bool *more)
{
	struct query q;

	*count = 0;
	*more = false;
	*out = arena_alloc(a, p->limit * sizeof(**out));
	if (!*out)
		return RESULT_OURS_MEMORY;
	query_start(&q, r->db, open_only ? STMT_DOUBT_LIST_OPEN : STMT_DOUBT_LIST);
	query_put_id(&q, &p->after);
	query_put_u64(&q, p->limit + 1);
	while (query_row(&q)) {
		if (*count == p->limit) {
			*more = true;
			break;
		}
		row_doubt(&q, a, &(*out)[(*count)++]);
	}
	return query_end(&q);
}

enum result store_doubt_get(
        struct reader *r, struct arena *a, const struct id *id, struct doubt_row *out)
{
	struct query q;
	bool found;
	enum result result;

	query_start(&q, r->db, STMT_DOUBT_GET);
	query_put_id(&q, id);
	found = query_row(&q);
	if (found)
		row_doubt(&q, a, out);
	result = query_end(&q);
	if (result)
		return result;
	return found ? RESULT_OK : RESULT_THEIRS_NOT_FOUND;
}

/* ---- totals ---- */

enum result store_totals(struct reader *r, struct store_totals *out)
{
	struct query q;

	memset(out, 0, sizeof(*out));
	query_start(&q, r->db, STMT_TOTALS);
	if (query_row(&q)) {
		out->wallets = query_u64(&q);
		out->peers = query_u64(&q);
		out->payments_sending = query_u64(&q);
		out->payments_completed = query_u64(&q);
		out->payments_failed = query_u64(&q);
		out->packets_credited = query_u64(&q);
		out->packets_forwarded = query_u64(&q);
		out->doubts_open = query_u64(&q);
	}
	return query_end(&q);
}
