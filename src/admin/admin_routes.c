#include "admin/admin_routes.h"

#include <string.h>

#include "admin/answer.h"
#include "admin/condition.h"
#include "admin/resource.h"
#include "base/secret.h"
#include "http/api_health.h"
#include "ilp/node.h"

#define BASE    "/admin/v1"
#define ENGINES "/settlement" /* the base URL that settlement engines are given */

/* Method, path below BASE, and the handler behind the token check. */
/* clang-format off */
#define ROWS(ROW) \
	ROW(GET, "/whoami", admin_whoami) \
	ROW(POST, "/receipts/verify", admin_receipt_verify) \
	ROW(GET, "/openapi.json", admin_openapi_get) \
	\
	ROW(GET, "/assets", admin_asset_list) \
	ROW(POST, "/assets", admin_asset_add) \
	ROW(GET, "/assets/{id}", admin_asset_get) \
	ROW(PATCH, "/assets/{id}", admin_asset_set) \
	ROW(GET, "/assets/{id}/fees", admin_fee_list) \
	ROW(GET, "/assets/{id}/fees/examples", admin_fee_examples) \
	ROW(GET, "/assets/{id}/history", admin_asset_history) \
	ROW(POST, "/assets/{id}/fees", admin_fee_add) \
	ROW(POST, "/assets/{id}/liquidity/deposits", admin_asset_deposit) \
	ROW(POST, "/assets/{id}/liquidity/withdrawals", admin_asset_withdraw) \
	\
	ROW(GET, "/wallet-addresses", admin_wallet_list) \
	ROW(POST, "/wallet-addresses", admin_wallet_add) \
	ROW(GET, "/wallet-addresses/{id}", admin_wallet_get) \
	ROW(PATCH, "/wallet-addresses/{id}", admin_wallet_set) \
	ROW(GET, "/wallet-addresses/{id}/balance", admin_wallet_balance) \
	ROW(POST, "/wallet-addresses/{id}/deposits", admin_wallet_deposit) \
	ROW(POST, "/wallet-addresses/{id}/withdrawals", admin_wallet_withdraw) \
	ROW(GET, "/users", admin_user_list) \
	ROW(GET, "/withdrawals", admin_withdrawal_list) \
	ROW(GET, "/withdrawals/{id}", admin_withdrawal_get) \
	ROW(POST, "/withdrawals/{id}/post", admin_withdrawal_post) \
	ROW(POST, "/withdrawals/{id}/void", admin_withdrawal_void) \
	ROW(GET, "/cash-requests", admin_cash_list) \
	ROW(GET, "/cash-requests/{id}", admin_cash_get) \
	ROW(POST, "/cash-requests/{id}/approve", admin_cash_approve) \
	ROW(POST, "/cash-requests/{id}/refuse", admin_cash_refuse) \
	\
	ROW(GET, "/wallet-addresses/{id}/keys", admin_key_list) \
	ROW(POST, "/wallet-addresses/{id}/keys", admin_key_add) \
	ROW(DELETE, "/wallet-addresses/{id}/keys/{key}", admin_key_revoke) \
	ROW(GET, "/keys", admin_keys_list) \
	ROW(GET, "/keys/{id}", admin_keys_get) \
	ROW(DELETE, "/keys/{id}", admin_keys_revoke) \
	ROW(GET, "/node/keys", admin_node_key_list) \
	ROW(POST, "/node/keys", admin_node_key_rotate) \
	\
	ROW(GET, "/peers", admin_peer_list) \
	ROW(POST, "/peers", admin_peer_add) \
	ROW(GET, "/peers/invitations", admin_invitation_list) \
	ROW(POST, "/peers/invitations", admin_invitation_add) \
	ROW(DELETE, "/peers/invitations/{invitation}", admin_invitation_remove) \
	ROW(POST, "/peers/invitations/preview", admin_invitation_preview) \
	ROW(POST, "/peers/invitations/accept", admin_invitation_accept) \
	ROW(POST, "/peers/auto", admin_peer_auto) \
	ROW(GET, "/peers/{id}", admin_peer_get) \
	ROW(PATCH, "/peers/{id}", admin_peer_set) \
	ROW(DELETE, "/peers/{id}", admin_peer_remove) \
	ROW(POST, "/peers/{id}/test", admin_peer_test) \
	ROW(POST, "/peers/{id}/settlements", admin_peer_settle) \
	ROW(GET, "/peers/{id}/settlements", admin_settlement_list) \
	ROW(POST, "/peers/{id}/settlements/{settlement}/end", admin_settlement_end) \
	ROW(GET, "/peers/{id}/settlement-terms", admin_settlement_terms_get) \
	ROW(PATCH, "/peers/{id}/settlement-terms", admin_settlement_terms_set) \
	ROW(GET, "/peers/{id}/statement", admin_peer_statement) \
	ROW(GET, "/peers/{id}/history", admin_peer_history) \
	ROW(POST, "/peers/{id}/reconcile", admin_peer_reconcile) \
	ROW(POST, "/peers/{id}/liquidity/withdrawals", admin_peer_withdraw) \
	\
	ROW(GET, "/routes", admin_route_list) \
	ROW(GET, "/routes/explain", admin_route_explain) \
	ROW(GET, "/rates", admin_rates_list) \
	ROW(GET, "/rates/source", admin_rates_source) \
	ROW(GET, "/rates/sources", admin_rates_sources) \
	ROW(POST, "/rates/accept", admin_rates_accept) \
	ROW(GET, "/rates/history", admin_rates_history) \
	ROW(GET, "/rates/course", admin_rates_course) \
	ROW(GET, "/spreads", admin_spread_list) \
	ROW(PUT, "/spreads", admin_spread_set) \
	ROW(GET, "/spreads/course", admin_spread_course) \
	ROW(GET, "/revenue", admin_revenue_get) \
	ROW(GET, "/revenue/course", admin_revenue_course) \
	ROW(GET, "/receivers/resolve", admin_receiver_resolve) \
	ROW(GET, "/receivers", admin_receiver_get) \
	ROW(POST, "/receivers", admin_receiver_add) \
	ROW(POST, "/receivers/complete", admin_receiver_complete) \
	\
	ROW(POST, "/quotes", admin_quote_add) \
	ROW(GET, "/quotes/{id}", admin_quote_get) \
	ROW(POST, "/quotes/{id}/data", admin_quote_data) \
	ROW(GET, "/outgoing-payments", admin_outgoing_list) \
	ROW(POST, "/outgoing-payments", admin_outgoing_add) \
	ROW(GET, "/outgoing-payments/{id}", admin_outgoing_get) \
	ROW(GET, "/outgoing-payments/{id}/trace", admin_outgoing_trace) \
	ROW(POST, "/outgoing-payments/{id}/fund", admin_outgoing_fund) \
	ROW(POST, "/outgoing-payments/{id}/cancel", admin_outgoing_cancel) \
	ROW(GET, "/incoming-payments", admin_incoming_list) \
	ROW(POST, "/incoming-payments", admin_incoming_add) \
	ROW(GET, "/incoming-payments/{id}", admin_incoming_get) \
	ROW(PATCH, "/incoming-payments/{id}", admin_incoming_set) \
	ROW(POST, "/incoming-payments/{id}/complete", admin_incoming_complete) \
	ROW(POST, "/incoming-payments/{id}/approve", admin_incoming_approve) \
	ROW(POST, "/incoming-payments/{id}/cancel", admin_incoming_cancel) \
	ROW(POST, "/incoming-payments/{id}/withdrawals", admin_incoming_withdraw) \
	ROW(POST, "/incoming-payments/{id}/partials/{pid}/confirm", admin_partial_confirm) \
	ROW(POST, "/incoming-payments/{id}/partials/{pid}/reject", admin_partial_reject) \
	ROW(GET, "/payments", admin_payment_list) \
	ROW(GET, "/payments/{id}", admin_payment_get) \
	\
	ROW(GET, "/events", admin_event_list) \
	ROW(GET, "/events/{id}", admin_event_get) \
	ROW(POST, "/events/{id}/redeliver", admin_event_redeliver) \
	\
	ROW(GET, "/webhook-endpoints", admin_endpoint_list) \
	ROW(POST, "/webhook-endpoints", admin_endpoint_add) \
	ROW(GET, "/webhook-endpoints/{id}", admin_endpoint_get) \
	ROW(PATCH, "/webhook-endpoints/{id}", admin_endpoint_set) \
	ROW(DELETE, "/webhook-endpoints/{id}", admin_endpoint_remove) \
	ROW(POST, "/webhook-endpoints/{id}/secret", admin_endpoint_secret) \
	ROW(GET, "/webhook-endpoints/{id}/deliveries", admin_delivery_list) \
	ROW(GET, "/webhook-endpoints/{id}/deliveries/{event}", admin_delivery_get) \
	ROW(POST, "/webhook-endpoints/{id}/deliveries/{event}/redeliver", \
	        admin_delivery_redeliver) \
	\
	ROW(POST, "/backup", admin_backup_add) \
	ROW(GET, "/activity", admin_activity_get) \
	ROW(GET, "/activity/history", admin_activity_history) \
	ROW(GET, "/logs", admin_log_list) \
	ROW(GET, "/operators", admin_operator_list) \
	ROW(POST, "/operators", admin_operator_add) \
	ROW(DELETE, "/operators/{id}", admin_operator_remove) \
	ROW(GET, "/operator-acts", admin_act_list) \
	ROW(GET, "/clients", admin_client_list) \
	ROW(GET, "/grants", admin_grant_list) \
	ROW(GET, "/grants/{id}", admin_grant_get) \
	ROW(POST, "/grants/{id}/revoke", admin_grant_revoke) \
	\
	ROW(GET, "/ledger/accounts", admin_ledger_accounts) \
	ROW(GET, "/ledger/transfers", admin_ledger_transfers) \
	ROW(GET, "/ledger/export", admin_ledger_export) \
	\
	ROW(GET, "/doubts", admin_doubt_list) \
	ROW(POST, "/doubts/{id}/release", admin_doubt_release)
/* clang-format on */

#define BODY_MAX_GET    0
#define BODY_MAX_DELETE 0
#define BODY_MAX_POST   LIMIT_JSON_BYTES
#define BODY_MAX_PATCH  LIMIT_JSON_BYTES
#define BODY_MAX_PUT    LIMIT_JSON_BYTES

static http_handler enter;

#define ROUTE(method, path, handler)   {HTTP_##method, BASE path, enter, BODY_MAX_##method, 0},
#define HANDLER(method, path, handler) handler,

const struct http_route admin_routes[] = {
        ROWS(ROUTE){HTTP_GET, "/health", api_health_get, 0, 0},
        {HTTP_GET, "/metrics", admin_metrics, 0, 0},
        {HTTP_POST, ENGINES "/accounts/{id}/settlements", admin_engine_settlement, LIMIT_JSON_BYTES,
                0},
        {HTTP_POST, ENGINES "/accounts/{id}/messages", admin_engine_message, ILP_DATA_MAX, 0},
};

const size_t admin_route_count = sizeof(admin_routes) / sizeof(admin_routes[0]);

/* In the order of admin_routes. */
static http_handler *const handlers[] = {ROWS(HANDLER)};

static bool is_operator(const struct http_request *rq)
{
	const struct node_loop *loop = http_app(rq);
	const char *token = http_authorization(rq, "Bearer");
	uint8_t hash[32];

	if (!token)
		return false;
	sha256(bytes_str(token), hash);
	return secret_eq_bytes(
	        bytes_of(hash, sizeof(hash)), bytes_of(loop->node->admin_token_hash, sizeof(hash)));
}

#define ROWS_COUNT (sizeof(handlers) / sizeof(handlers[0]))

static bool changes(enum http_method m)
{
	return m == HTTP_PATCH || m == HTTP_DELETE || m == HTTP_PUT;
}

/* The handler of the path's row that reads it, or that changes it; NULL where there is none. */
static http_handler *sibling(size_t row, bool that_changes)
{
	for (size_t i = 0; i < ROWS_COUNT; i++) {
		const struct http_route *r = &admin_routes[i];

		if ((that_changes ? changes(r->method) : r->method == HTTP_GET) &&
		        strcmp(r->pattern, admin_routes[row].pattern) == 0)
			return handlers[i];
	}
	return NULL;
}

/* Lists that can be replaced (PUT) have no ETag: what a page shows is not all of it. */
static enum http_next run(struct http_request *rq, size_t row)
{
	enum http_method method = admin_routes[row].method;

	if (method == HTTP_GET && strchr(admin_routes[row].pattern, '{') && sibling(row, true))
		return admin_condition_get(rq, handlers[row]);
	if (changes(method))
		return admin_condition_change(
		        rq, method == HTTP_PUT ? NULL : sibling(row, false), handlers[row]);
	return handlers[row](rq);
}

/* What stands before every handler under BASE. */
static enum http_next enter(struct http_request *rq)
{
	/* Only a handler of ours sets it. */
	if (rq->before || is_operator(rq))
		return run(rq, (size_t)(rq->route - admin_routes));
	http_reply_header(rq, "WWW-Authenticate", "Bearer");
	return admin_refuse(rq, RESULT_THEIRS_UNAUTHORIZED, NULL,
	        "this needs the token of the node's admin.token file");
}
