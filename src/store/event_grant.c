/* What events say about a grant that has ended its way. */
#include "store/event_json.h"
#include "store/grant_core.h"
#include "store/notice.h"

static json_t *grant_json(const struct grant_row *g, json_t *wallet)
{
	return json_pack("{s:o, s:s, s:o, s:s, s:o, s:o, s:o, s:o, s:o, s:o}", "id",
	        event_id(&g->id), "client", g->client, "clientName", event_text(g->client_name),
	        "state", grant_state_name(g->state), "reason",
	        event_text(grant_reason_name(g->state)), "walletAddressId", wallet, "subject",
	        event_text(g->subject), "endsAt", event_time(g->ends_ms), "createdAt",
	        event_time(g->created_ms), "changedAt", event_time(g->changed_ms));
}

static enum result tell_holder(struct batch *b, const struct grant_row *g)
{
	const struct notice_new n = {
	        .kind = g->state == GRANT_REVOKED ? NOTICE_APP_ENDED : NOTICE_APP_ALLOWED,
	        .wallet = g->wallet,
	        .subject = &g->id,
	        .text = *g->client_name ? g->client_name : g->client};

	return g->state == GRANT_REVOKED || g->state == GRANT_ISSUED ? batch_notice(b, &n)
	                                                             : RESULT_OK;
}

enum result batch_event_grant(struct batch *b, const struct grant_row *g)
{
	enum event_type type =
	        g->state == GRANT_REVOKED ? EVENT_TYPE_GRANT_REVOKED : EVENT_TYPE_GRANT_FINALIZED;
	json_t *wallet = json_null();
	struct id id;
	enum result r;

	if (g->wallet) {
		r = batch_wallet_id(b, g->wallet, &id);
		if (r)
			return r;
		wallet = event_id(&id);
	}
	r = event_write(b, type, &g->id, grant_json(g, wallet));
	return r || !g->wallet ? r : tell_holder(b, g);
}
