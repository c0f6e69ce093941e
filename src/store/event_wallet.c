/* What is told of wallet addresses: one that there is not, and money without an incoming payment.
 */
#include <string.h>

#include "base/secret.h"
#include "store/batch_core.h"
#include "store/event_json.h"
#include "store/notice.h"
#include "store/wallet.h"

/* As a UUID of the custom kind (RFC 9562 5.8): the start of the SHA-256 of the name. */
static void id_of_name(const char *name, struct id *out)
{
	uint8_t hash[32];

	sha256(bytes_str(name), hash);
	memcpy(out->b, hash, sizeof(out->b));
	out->b[6] = (uint8_t)((out->b[6] & 0x0f) | 0x80);
	out->b[8] = (uint8_t)((out->b[8] & 0x3f) | 0x80);
}

enum result batch_wallet_asked(struct batch *b, const char *name, const char *url)
{
	struct query q;
	struct id id;
	int64_t told_ms;
	enum result r;

	id_of_name(name, &id);
	batch_query(b, &q, STMT_EVENT_TOLD);
	query_put_id(&q, &id);
	r = query_one_int(&q, &told_ms);
	if (r == RESULT_OK && b->now_ms < told_ms + WALLET_ASKED_MS)
		return RESULT_OK;
	if (r && r != RESULT_THEIRS_NOT_FOUND)
		return r;
	return event_write(b, EVENT_TYPE_WALLET_NOT_FOUND, &id,
	        json_pack("{s:o, s:s}", "id", event_id(&id), "walletAddressUrl", url));
}

/* ---- money without an incoming payment ---- */

static enum result tell_monetized(
        struct batch *b, account_id wallet, const struct asset_row *asset, uint64_t units)
{
	struct query q;
	struct id id = {{0}};
	int64_t created_ms = 0;
	enum result r;

	batch_query(b, &q, STMT_MONETIZED_WALLET);
	query_put_int(&q, wallet);
	if (query_row(&q)) {
		query_blob(&q, id.b, sizeof(id.b));
		created_ms = query_int(&q);
	}
	r = query_end(&q);
	if (r)
		return r;
	batch_query(b, &q, STMT_MONETIZED_TOLD);
	query_put_int(&q, wallet);
	r = query_run(&q);
	if (!r)
		r = event_write(b, EVENT_TYPE_WALLET_WEB_MONETIZATION, &id,
		        json_pack("{s:o, s:{s:o, s:o, s:o}}", "id", event_id(&id), "walletAddress",
		                "id", event_id(&id), "createdAt", event_time(created_ms),
		                "receivedAmount", event_amount(units, asset->code, asset->scale)));
	return r ? r
	         : batch_notice(
	                   b, &(struct notice_new){
	                              .kind = NOTICE_RECEIVED, .wallet = wallet, .amount = units});
}

enum result batch_monetized(struct batch *b, account_id wallet, uint64_t units)
{
	const struct asset_row *asset;
	struct work_account *account;
	struct query q;
	int64_t untold;
	enum result r = batch_account(b, wallet, &account);

	if (!r)
		r = batch_asset(b, account->now.asset, &asset);
	if (r || asset->withdrawal_threshold == 0)
		return r;
	batch_query(b, &q, STMT_MONETIZED_ADD);
	query_put_int(&q, wallet);
	query_put_u64(&q, units);
	r = query_one_int(&q, &untold);
	if (r || (uint64_t)untold < asset->withdrawal_threshold)
		return r;
	return tell_monetized(b, wallet, asset, (uint64_t)untold);
}
