/* What events say about an outgoing payment. */
#include <string.h>

#include "store/batch_core.h"
#include "store/event_json.h"
#include "store/funding.h"

enum result batch_wallet_id(struct batch *b, account_id wallet, struct id *out)
{
	struct query q;
	enum result r;

	batch_query(b, &q, STMT_EVENT_WALLET);
	query_put_int(&q, wallet);
	r = query_one_id(&q, out);
	return r == RESULT_THEIRS_NOT_FOUND ? RESULT_OURS_BUG : r;
}

/* The grant that it was made under; zero: none. */
static enum result grant_of(struct batch *b, account_id payment, struct id *out)
{
	struct query q;
	enum result r;

	memset(out, 0, sizeof(*out));
	batch_query(b, &q, STMT_EVENT_GRANT);
	query_put_int(&q, payment);
	r = query_one_id(&q, out);
	return r == RESULT_THEIRS_NOT_FOUND ? RESULT_OK : r;
}

static json_t *payment_json(const struct payment_row *p, const struct id *wallet,
        const struct id *grant, const struct asset_row *asset, uint64_t balance)
{
	const struct quote_row *q = &p->quote;
	const char *from = asset->code, *to = q->receive_code;
	unsigned scale = asset->scale, to_scale = q->receive_scale;

	return json_pack("{s:o, s:o, s:o, s:o, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o,"
	                 " s:i, s:o, s:o, s:o}",
	        "id", event_id(&p->id), "walletAddressId", event_id(wallet), "client",
	        event_text(p->client), "grantId", id_is_zero(grant) ? json_null() : event_id(grant),
	        "state", payment_state_name(p->state), "receiver", q->receiver, "debitAmount",
	        event_amount(q->debit_amount, from, scale), "receiveAmount",
	        event_amount(q->receive_amount, to, to_scale), "fee",
	        event_amount(q->fee, from, scale), "sentAmount", event_amount(p->sent, from, scale),
	        "deliveredAmount", event_amount(p->delivered, to, to_scale), "refundedAmount",
	        event_amount(p->refunded, from, scale), "inDoubtAmount",
	        event_amount(p->in_doubt, from, scale), "balance",
	        event_amount(balance, from, scale), "stateAttempts", (int)p->attempts, "error",
	        event_text(p->error), "metadata", event_parsed(p->metadata), "createdAt",
	        event_time(p->created_ms));
}

/* *data: a new reference. balance: what is left of the money that the payment was given. */
static enum result payment_data(struct batch *b, account_id account, struct id *id, json_t **data)
{
	const struct asset_row *asset;
	struct work_account *own;
	struct payment_row p;
	struct id wallet, grant;
	enum result r = batch_payment_get(b, account, &b->arena, &p);

	if (!r)
		r = batch_account(b, account, &own);
	if (!r)
		r = batch_asset(b, own->now.asset, &asset);
	if (!r)
		r = batch_wallet_id(b, p.quote.wallet, &wallet);
	if (!r)
		r = grant_of(b, account, &grant);
	if (r)
		return r;
	*id = p.id;
	*data = payment_json(&p, &wallet, &grant, asset, ledger_available(&own->now));
	return *data ? RESULT_OK : RESULT_OURS_MEMORY;
}

enum result batch_event_payment(struct batch *b, enum event_type type, account_id account)
{
	json_t *data;
	struct id id;
	enum result r = payment_data(b, account, &id, &data);

	return r ? r : event_write(b, type, &id, data);
}

enum result batch_event_attempt_failed(struct batch *b, account_id account, int64_t retry_at_ms)
{
	json_t *data;
	struct id id;
	enum result r = payment_data(b, account, &id, &data);

	if (r)
		return r;
	if (json_object_set_new(data, "nextAttemptAt", event_time(retry_at_ms))) {
		json_decref(data);
		return RESULT_OURS_MEMORY;
	}
	return event_write(b, EVENT_TYPE_OUTGOING_ATTEMPT_FAILED, &id, data);
}
