#include "admin/admin.h"

#include <assert.h>

#include "admin/answer.h"
#include "admin/resource.h"
#include "base/secret.h"
#include "ilp/node.h"

#define COUNT_OF(a) (sizeof(a) / sizeof((a)[0]))

struct admin_row {
	enum http_method method;
	const char *pattern;
	http_handler *handler; /* behind the token check */
};

static const struct admin_row table[] = {
        {HTTP_GET, ADMIN_BASE "/whoami", admin_whoami},

        {HTTP_GET, ADMIN_BASE "/assets", admin_asset_list},
        {HTTP_POST, ADMIN_BASE "/assets", admin_asset_add},
        {HTTP_GET, ADMIN_BASE "/assets/{id}", admin_asset_get},
        {HTTP_PATCH, ADMIN_BASE "/assets/{id}", admin_asset_set},
        {HTTP_POST, ADMIN_BASE "/assets/{id}/liquidity/deposits", admin_asset_deposit},

        {HTTP_GET, ADMIN_BASE "/wallet-addresses", admin_wallet_list},
        {HTTP_POST, ADMIN_BASE "/wallet-addresses", admin_wallet_add},
        {HTTP_GET, ADMIN_BASE "/wallet-addresses/{id}", admin_wallet_get},
        {HTTP_PATCH, ADMIN_BASE "/wallet-addresses/{id}", admin_wallet_set},
        {HTTP_GET, ADMIN_BASE "/wallet-addresses/{id}/balance", admin_wallet_balance},
        {HTTP_POST, ADMIN_BASE "/wallet-addresses/{id}/deposits", admin_wallet_deposit},
        {HTTP_POST, ADMIN_BASE "/wallet-addresses/{id}/withdrawals", admin_wallet_withdraw},

        {HTTP_GET, ADMIN_BASE "/peers", admin_peer_list},
        {HTTP_POST, ADMIN_BASE "/peers", admin_peer_add},
        {HTTP_GET, ADMIN_BASE "/peers/{id}", admin_peer_get},
        {HTTP_PATCH, ADMIN_BASE "/peers/{id}", admin_peer_set},
        {HTTP_DELETE, ADMIN_BASE "/peers/{id}", admin_peer_remove},
        {HTTP_POST, ADMIN_BASE "/peers/{id}/settlements", admin_peer_settle},

        {HTTP_GET, ADMIN_BASE "/routes", admin_route_list},
        {HTTP_GET, ADMIN_BASE "/routes/explain", admin_route_explain},
        {HTTP_GET, ADMIN_BASE "/rates", admin_rates_list},

        {HTTP_GET, ADMIN_BASE "/outgoing-payments", admin_outgoing_list},
        {HTTP_GET, ADMIN_BASE "/outgoing-payments/{id}", admin_outgoing_get},
        {HTTP_GET, ADMIN_BASE "/payments", admin_payment_list},
        {HTTP_GET, ADMIN_BASE "/payments/{id}", admin_payment_get},

        {HTTP_GET, ADMIN_BASE "/doubts", admin_doubt_list},
        {HTTP_POST, ADMIN_BASE "/doubts/{id}/release", admin_doubt_release},
};

/* The router may hold a copy of the rows, so a row is known by its pattern's text. */
static http_handler *handler_of(const struct http_route *route)
{
	for (size_t i = 0; i < COUNT_OF(table); i++)
		if (table[i].pattern == route->pattern && table[i].method == route->method)
			return table[i].handler;
	return NULL;
}

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

/* What stands before every handler under /admin/v1. */
static enum http_next enter(struct http_request *rq)
{
	http_handler *handler = handler_of(rq->route);

	assert(handler);
	if (!is_operator(rq)) {
		http_reply_header(rq, "WWW-Authenticate", "Bearer");
		return admin_refuse(rq, RESULT_THEIRS_UNAUTHORIZED, NULL,
		        "this needs the token of the node's admin.token file");
	}
	return handler(rq);
}

static bool has_body(enum http_method m)
{
	return m == HTTP_POST || m == HTTP_PATCH;
}

size_t admin_routes(struct http_route *out, size_t max)
{
	size_t n = 0;

	assert(max > COUNT_OF(table));
	for (size_t i = 0; i < COUNT_OF(table); i++)
		out[n++] = (struct http_route){.method = table[i].method,
		        .pattern = table[i].pattern,
		        .handler = enter,
		        .body_max = has_body(table[i].method) ? LIMIT_JSON_BYTES : 0};
	out[n++] = (struct http_route){
	        .method = HTTP_GET, .pattern = "/metrics", .handler = admin_metrics};
	return n;
}
