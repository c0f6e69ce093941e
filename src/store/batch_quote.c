/* Quotes, as they are kept for their payment. */
#include "store/batch_core.h"

/* packed must live until the statement has run. */
static void put_ratio(struct query *q, const struct ratio *r, uint8_t packed[RATIO_PACKED_SIZE])
{
	static const struct ratio unknown = {0, 0, 0, 1};

	ratio_pack(r->den_hi || r->den_lo ? r : &unknown, packed);
	query_put_blob(q, packed, RATIO_PACKED_SIZE);
}

enum result batch_quote_get(struct batch *b, const struct id *id, struct quote_row *out)
{
	struct query q;
	bool found;
	enum result r;

	batch_query(b, &q, STMT_QUOTE_GET);
	query_put_id(&q, id);
	found = query_row(&q);
	if (found)
		row_quote(&q, &b->arena, out);
	r = query_end(&q);
	if (r)
		return r;
	return found ? RESULT_OK : RESULT_THEIRS_NOT_FOUND;
}

/* With what the operator's other unexpired quotes for the wallet would take. A client's quote is
 * held against the balance when it is used (batch_quote_newest_fit): anybody may be a client, and
 * is not to learn the balance, nor to use it up by asking. */
static enum result quote_fits(
        struct batch *b, const struct quote_row *quote, const struct account *wallet)
{
	uint64_t has = ledger_available(wallet);
	struct query q;
	int64_t open;
	enum result r;

	/* In headless mode the host knows what its users have. */
	if (b->store->headless || (quote->client && *quote->client))
		return RESULT_OK;
	batch_query(b, &q, STMT_QUOTE_OPEN_SUM);
	query_put_int(&q, quote->wallet);
	query_put_int(&q, b->now_ms);
	r = query_one_int(&q, &open);
	if (r)
		return r;
	return (uint64_t)open > has || quote->debit_amount > has - (uint64_t)open
	               ? RESULT_THEIRS_INSUFFICIENT
	               : RESULT_OK;
}

enum result batch_quote_newest_fit(
        struct batch *b, const struct quote_row *quote, const struct account *wallet)
{
	uint64_t left = ledger_available(wallet);
	bool fits = true;
	struct query q;
	enum result r;

	if (b->store->headless || !quote->client || !*quote->client)
		return RESULT_OK;
	batch_query(b, &q, STMT_QUOTE_NEWER);
	query_put_int(&q, quote->wallet);
	query_put_int(&q, b->now_ms);
	query_put_text(&q, quote->client);
	query_put_int(&q, quote->created_ms);
	query_put_id(&q, &quote->id);
	while (fits && query_row(&q)) {
		uint64_t debit = query_u64(&q);

		fits = debit <= left;
		left -= fits ? debit : 0;
	}
	r = query_end(&q);
	return r || fits ? r : RESULT_THEIRS_CONFLICT;
}

enum result batch_quote_add(struct batch *b, struct quote_row *quote)
{
	struct work_account *wallet;
	uint8_t packed[4][RATIO_PACKED_SIZE];
	struct query q;
	enum result r;

	r = batch_account(b, quote->wallet, &wallet);
	if (r)
		return r;
	if (wallet->now.kind != ACCOUNT_WALLET)
		return RESULT_THEIRS_BAD_TYPE;
	if (wallet->now.closed)
		return RESULT_THEIRS_STATE;
	if (quote->debit_amount > AMOUNT_MAX || quote->receive_amount > AMOUNT_MAX ||
	        quote->max_packet > AMOUNT_MAX || quote->fee >= quote->debit_amount)
		return RESULT_THEIRS_BAD_AMOUNT;
	r = quote_fits(b, quote, &wallet->now);
	if (r)
		return r;
	quote->created_ms = b->now_ms;
	id_new(b->now_ms, &quote->id);
	batch_query(b, &q, STMT_QUOTE_INSERT);
	query_put_id(&q, &quote->id);
	query_put_int(&q, quote->wallet);
	query_put_text(&q, quote->kind == QUOTE_FIXED_SEND ? "fixed_send" : "fixed_delivery");
	query_put_text(&q, quote->receiver);
	if (quote->local_receiver)
		query_put_int(&q, quote->local_receiver);
	else
		query_put_null(&q);
	if (quote->local_incoming)
		query_put_int(&q, quote->local_incoming);
	else
		query_put_null(&q);
	query_put_u64(&q, quote->debit_amount);
	query_put_u64(&q, quote->fee);
	query_put_u64(&q, quote->receive_amount);
	query_put_text(&q, quote->receive_code);
	query_put_int(&q, quote->receive_scale);
	put_ratio(&q, &quote->min_rate, packed[0]);
	put_ratio(&q, &quote->path.lower, packed[1]);
	put_ratio(&q, &quote->path.upper, packed[2]);
	query_put_u64(&q, quote->max_packet);
	query_put_int(&q, quote->created_ms);
	query_put_int(&q, quote->expires_ms);
	query_put_text(&q, quote->client ? quote->client : "");
	put_ratio(&q, &quote->own_rate, packed[3]);
	if (quote->own_rate_to)
		query_put_int(&q, quote->own_rate_to);
	else
		query_put_null(&q);
	query_put_int(&q, quote->receiver_made);
	if (quote->refund_of)
		query_put_int(&q, quote->refund_of);
	else
		query_put_null(&q);
	if (quote->pace_ms)
		query_put_int(&q, quote->pace_ms);
	else
		query_put_null(&q);
	b->changes++;
	return query_run(&q);
}
