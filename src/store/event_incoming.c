/* What events say about an incoming payment. */
#include "store/batch_core.h"
#include "store/event_json.h"

static json_t *incoming_json(const struct incoming_row *row, const struct id *wallet,
        const struct asset_row *asset, int64_t now_ms)
{
	const struct incoming_terms *t = &row->terms;

	return json_pack("{s:o, s:o, s:o, s:s, s:b, s:o, s:o, s:o, s:o, s:o, s:o, s:b}", "id",
	        event_id(&row->id), "walletAddressId", event_id(wallet), "client",
	        event_text(row->client), "state", incoming_state_name(t->state), "completed",
	        t->state == INCOMING_COMPLETED, "incomingAmount",
	        t->amount ? event_amount(t->amount, asset->code, asset->scale) : json_null(),
	        "receivedAmount", event_amount(t->received, asset->code, asset->scale), "metadata",
	        event_parsed(row->metadata), "createdAt", event_time(row->created_ms), "updatedAt",
	        event_time(now_ms), "expiresAt", event_time(t->expires_ms), "waitsForApproval",
	        (int)t->waits);
}

enum result batch_event_incoming(
        struct batch *b, enum event_type type, const struct incoming_row *row)
{
	const struct asset_row *asset;
	struct work_account *account;
	struct id wallet;
	enum result r = batch_account(b, row->wallet, &account);

	if (!r)
		r = batch_asset(b, account->now.asset, &asset);
	if (!r)
		r = batch_wallet_id(b, row->wallet, &wallet);
	if (r)
		return r;
	return event_write(b, type, &row->id, incoming_json(row, &wallet, asset, b->now_ms));
}
