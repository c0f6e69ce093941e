/* GET /op/outgoing-payment-grant: what was spent under the grant of the token.
 *
 * In the window of now, or since ever where the limit has no interval; null before the first
 * payment. Spec: Open Payments, resource server, limits */
#include "http/api_grant.h"

#include "http/access.h"
#include "http/op_json.h"
#include "http/reply.h"
#include "ilp/node.h"

static enum http_next spent(struct http_request *rq)
{
	struct node_loop *l = http_app(rq);
	const struct caller *caller = access_caller(rq);
	const struct asset_row *asset;
	struct grant_spent_row s;
	enum result r = store_grant_spent(
	        l->reader, caller->access, caller->access_index, http_wall_ms(rq), &s);

	if (r)
		return http_reply_result(rq, r, "what was spent can't be read");
	if (!s.any)
		return http_reply_json(
		        rq, 200, json_pack("{s:n, s:n}", "spentDebitAmount", "spentReceiveAmount"));
	asset = snapshot_asset(node_snapshot(l), s.asset);
	if (!asset)
		return http_reply_result(rq, RESULT_OURS_STORE, "the asset is not known");
	return http_reply_json(rq, 200,
	        json_pack("{s:o, s:o}", "spentDebitAmount",
	                op_amount(s.debit, asset->code, asset->scale), "spentReceiveAmount",
	                op_amount(s.receive, s.receive_code, s.receive_scale)));
}

enum http_next api_grant_spent_get(struct http_request *rq)
{
	return access_require(rq, ACCESS_OUTGOING_PAYMENT, ACTION_CREATE, NULL, spent);
}
