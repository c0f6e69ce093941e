/* row: assets, wallets and peers as the API names and shows them.
 *
 * Assets and peers come from the turn's snapshot and are valid for this turn; wallets come from the
 * store. {id} of a path is a UUID or a name.
 */
#ifndef FLORIN_ADMIN_ROW_H
#define FLORIN_ADMIN_ROW_H

#include <jansson.h>

#include "admin/answer.h"
#include "ilp/node.h"

/* By {id} of the path: where there is none the reply is set and the result is NULL. */
const struct asset_row *admin_asset_of_path(struct http_request *rq);
const struct peer *admin_peer_of_path(struct http_request *rq);
/* By member `field` of a body. */
const struct asset_row *admin_asset_of_code(
        struct http_request *rq, const char *code, const char *field);

/* ?from and ?to, two different ones. False: the reply is set. */
bool admin_pair_read(struct http_request *rq, const struct asset_row *out[2]);

struct admin_wallet {
	struct wallet_row row;
	const struct asset_row *asset;
	const char *node_address;
};

/* Text is a UUID or a name. Errors: THEIRS_NOT_FOUND, and those of a read. */
MUST_USE enum result admin_wallet_find(
        struct http_request *rq, const char *text, struct admin_wallet *out);
/* By {id} of the path. On an error the reply is set. */
MUST_USE enum result admin_wallet_of_path(struct http_request *rq, struct admin_wallet *out);
/* By what member or parameter walletAddress says. On an error the reply is set. */
MUST_USE enum result admin_wallet_named(
        struct http_request *rq, const char *text, struct admin_wallet *out);
MUST_USE enum result admin_wallet_of_account(
        struct http_request *rq, account_id account, struct admin_wallet *out);

/* pool: the asset's liquidity account. */
json_t *admin_asset_json(const struct asset_row *asset, const struct account *pool);
/* {"wallet","balance","pending"}; held: by its payments. */
json_t *admin_balance_json(
        const struct admin_wallet *w, const struct account *account, uint64_t held);
json_t *admin_wallet_json(const struct node *n, const struct admin_wallet *w);
/* The own address as of this turn. */
const char *admin_own_address(struct http_request *rq);

/* The prefixes that were given with `routes`: without the peer's own address, and a parent's
 * default route. Copied; *count is at most PEER_ROUTES_MAX.
 * Errors: OURS_MEMORY. */
MUST_USE enum result admin_peer_routes(
        struct http_request *rq, const struct peer *peer, const char ***out, size_t *count);
/* routes: of admin_peer_routes, or of the request that adds the peer. */
/* live: NULL for one that is only being made. */
json_t *admin_peer_json(const struct peer_row *row, const struct asset_row *asset,
        const struct account *account, const char *const *routes, size_t routes_count,
        const struct peer_live *live);
/* "draining". False: no state is called so. */
bool admin_peer_state(const char *word, enum peer_state *out);
/* What an incoming token is called, of its SHA-256: 16 hex digits. */
#define ADMIN_TOKEN_ID_SIZE 17
void admin_token_id(const uint8_t hash[32], char out[ADMIN_TOKEN_ID_SIZE]);

/* "wallet:alice", "peer:acme", "payment", "pool:USD": whose account it is. Of this turn. */
const char *admin_account_name(struct node_loop *loop, struct arena *a, account_id account,
        enum account_kind kind, const struct asset_row *asset);
/* A line of the ledger. NULL: no memory, or an asset that the snapshot lacks. */
json_t *admin_transfer_json(struct http_request *rq, const struct transfer_row *t);

#endif
