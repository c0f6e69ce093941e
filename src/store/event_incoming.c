/* What events say about an incoming payment. */
#include "base/limits.h"
#include "store/batch_core.h"
#include "store/event_json.h"
#include "store/notice.h"

static void write_partial(
        struct json_text *to, const struct incoming_partial *p, const struct asset_row *asset)
{
	char text[BASE64_LEN(LIMIT_PARTIAL_DATA_BYTES) + 1];

	event_text_id(to, "partialIncomingPaymentId", &p->id);
	json_text_amount(to, "partialIncomingPaymentAmount", p->credit->amount_out, asset->code,
	        asset->scale);
	event_text_time(to, "partialIncomingPaymentExpiresAt", p->decide_by_ms);
	if (!p->data.n)
		return;
	(void)base64_encode(p->data, 0, text);
	json_text_string(to, "dataFromSender", text);
	json_text_bool(to, "dataFromSenderIsCut", p->data_is_cut);
}

/* partial: NULL for an event that is not about one. */
static void write_incoming(struct json_text *to, const struct incoming_row *row,
        const struct id *wallet, const struct asset_row *asset, int64_t now_ms,
        const struct incoming_partial *partial)
{
	const struct incoming_terms *t = &row->terms;

	json_text_object(to, NULL);
	event_text_id(to, "id", &row->id);
	event_text_id(to, "walletAddressId", wallet);
	event_text_string(to, "client", row->client);
	json_text_string(to, "state", incoming_state_name(t->state));
	json_text_bool(to, "completed", t->state == INCOMING_COMPLETED);
	if (t->amount)
		json_text_amount(to, "incomingAmount", t->amount, asset->code, asset->scale);
	else
		json_text_null(to, "incomingAmount");
	json_text_amount(to, "receivedAmount", t->received, asset->code, asset->scale);
	event_text_raw(to, "metadata", row->metadata);
	event_text_time(to, "createdAt", row->created_ms);
	event_text_time(to, "updatedAt", now_ms);
	event_text_time(to, "expiresAt", t->expires_ms);
	json_text_bool(to, "waitsForApproval", t->waits);
	if (partial)
		write_partial(to, partial, asset);
	json_text_end_object(to);
}

static enum result tell_holder(struct batch *b, const struct incoming_row *row)
{
	const struct notice_new n = {.kind = NOTICE_RECEIVED,
	        .wallet = row->wallet,
	        .subject = &row->id,
	        .amount = row->terms.received};

	return n.amount ? batch_notice(b, &n) : RESULT_OK;
}

enum result batch_event_incoming(struct batch *b, enum event_type type,
        const struct incoming_row *row, const struct incoming_partial *partial)
{
	const struct asset_row *asset;
	struct work_account *account;
	struct json_text data;
	struct id wallet;
	enum result r = batch_account(b, row->wallet, &account);

	if (!r)
		r = batch_asset(b, account->now.asset, &asset);
	if (!r)
		r = batch_wallet_id(b, row->wallet, &wallet);
	if (r)
		return r;
	json_text_init(&data);
	write_incoming(&data, row, &wallet, asset, b->now_ms, partial);
	r = event_write_text(b, type, &row->id, &data);
	return r || (type != EVENT_TYPE_INCOMING_COMPLETED && type != EVENT_TYPE_INCOMING_EXPIRED)
	               ? r
	               : tell_holder(b, row);
}
