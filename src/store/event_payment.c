/* What events say about an outgoing payment. */
#include <string.h>

#include "store/batch_core.h"
#include "store/event_json.h"
#include "store/notice.h"
#include "store/funding.h"

enum result batch_wallet_id(struct batch *b, account_id wallet, struct id *out)
{
	struct work_account *account;
	struct query q;
	enum result r = batch_account(b, wallet, &account);

	if (!r && id_is_zero(&account->wallet_id)) {
		batch_query(b, &q, STMT_EVENT_WALLET);
		query_put_int(&q, wallet);
		r = query_one_id(&q, &account->wallet_id);
	}
	if (!r)
		*out = account->wallet_id;
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

/* balance: what is left of the money that the payment was given. */
static void write_payment(struct json_text *t, const struct payment_row *p, const struct id *wallet,
        const struct id *grant, const struct asset_row *asset, uint64_t balance)
{
	const struct quote_row *q = &p->quote;
	const char *from = asset->code, *to = q->receive_code;
	unsigned scale = asset->scale, to_scale = q->receive_scale;

	event_text_id(t, "id", &p->id);
	event_text_id(t, "walletAddressId", wallet);
	event_text_string(t, "client", p->client);
	if (id_is_zero(grant))
		json_text_null(t, "grantId");
	else
		event_text_id(t, "grantId", grant);
	json_text_string(t, "state", payment_state_name(p->state));
	json_text_string(t, "receiver", q->receiver);
	json_text_amount(t, "debitAmount", q->debit_amount, from, scale);
	json_text_amount(t, "receiveAmount", q->receive_amount, to, to_scale);
	json_text_amount(t, "fee", p->fee, from, scale);
	json_text_amount(t, "sentAmount", p->sent, from, scale);
	json_text_amount(t, "deliveredAmount", p->delivered, to, to_scale);
	json_text_amount(t, "refundedAmount", p->refunded, from, scale);
	json_text_amount(t, "inDoubtAmount", p->in_doubt, from, scale);
	json_text_amount(t, "balance", balance, from, scale);
	json_text_int(t, "stateAttempts", p->attempts);
	event_text_string(t, "error", p->error);
	event_text_raw(t, "metadata", p->metadata);
	event_text_time(t, "createdAt", p->created_ms);
}

static enum result tell_holder(struct batch *b, const struct payment_row *p)
{
	const struct notice_new n = {.kind = p->sent ? NOTICE_PARTLY : NOTICE_FAILED,
	        .wallet = p->quote.wallet,
	        .subject = &p->id,
	        .amount = p->sent ? p->sent : p->quote.debit_amount};

	return batch_notice(b, &n);
}

/* retry_at_ms: when the next attempt comes; NULL for events that say nothing of it. */
static enum result event_of(struct batch *b, enum event_type type, const struct payment_row *p,
        uint64_t balance, const int64_t *retry_at_ms)
{
	const struct asset_row *asset;
	struct work_account *own;
	struct id wallet, grant = {{0}};
	struct json_text data;
	enum result r = batch_account(b, p->account, &own);

	if (!r)
		r = batch_asset(b, own->now.asset, &asset);
	if (!r)
		r = batch_wallet_id(b, p->quote.wallet, &wallet);
	/* The operator's are under none. */
	if (!r && *p->client)
		r = grant_of(b, p->account, &grant);
	if (r)
		return r;
	json_text_init(&data);
	json_text_object(&data, NULL);
	write_payment(&data, p, &wallet, &grant, asset, balance);
	if (retry_at_ms)
		event_text_time(&data, "nextAttemptAt", *retry_at_ms);
	json_text_end_object(&data);
	r = event_write_text(b, type, &p->id, &data);
	return r || type != EVENT_TYPE_OUTGOING_FAILED ? r : tell_holder(b, p);
}

enum result batch_event_payment_of(
        struct batch *b, enum event_type type, const struct payment_row *p, uint64_t balance)
{
	return event_of(b, type, p, balance, NULL);
}

static enum result event_read_first(
        struct batch *b, enum event_type type, account_id account, const int64_t *retry_at_ms)
{
	struct work_account *own;
	struct payment_row p;
	enum result r = batch_payment_get(b, account, &b->arena, &p);

	if (!r)
		r = batch_account(b, account, &own);
	return r ? r : event_of(b, type, &p, ledger_available(&own->now), retry_at_ms);
}

enum result batch_event_payment(struct batch *b, enum event_type type, account_id account)
{
	return event_read_first(b, type, account, NULL);
}

enum result batch_event_attempt_failed(struct batch *b, account_id account, int64_t retry_at_ms)
{
	return event_read_first(b, EVENT_TYPE_OUTGOING_ATTEMPT_FAILED, account, &retry_at_ms);
}
