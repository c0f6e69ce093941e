#include "admin/row.h"

#include <string.h>

#include "base/secret.h"
#include "base/words.h"
#include "ilp/async_form.h"
#include "ilp/btp_dial.h"

/* ---- assets ---- */

static const struct asset_row *find_asset(struct http_request *rq, const char *text)
{
	const struct snapshot *s = node_snapshot(http_app(rq));
	struct id wanted = {{0}}, id;

	(void)!id_parse(text, strlen(text), &wanted);
	for (size_t i = 0; i < s->asset_count; i++) {
		asset_row_id(&s->assets[i], &id);
		if (strcmp(s->assets[i].code, text) == 0 || id_eq(&id, &wanted))
			return &s->assets[i];
	}
	return NULL;
}

const struct asset_row *admin_asset_of_path(struct http_request *rq)
{
	const struct asset_row *asset = find_asset(rq, http_param(rq, "id"));

	if (!asset)
		(void)admin_refuse_with(rq, RESULT_THEIRS_NOT_FOUND, NULL,
		        WORDS("this node has no asset \"{name}\""), "name", http_param(rq, "id"),
		        NULL);
	return asset;
}

const struct asset_row *admin_asset_of_code(
        struct http_request *rq, const char *code, const char *field)
{
	const struct asset_row *asset = find_asset(rq, code);

	if (!asset)
		(void)admin_refuse_with(rq, RESULT_THEIRS_BAD_ASSET, field,
		        WORDS("this node has no asset \"{name}\""), "name", code, NULL);
	return asset;
}

/* null for none */
static json_t *limit_json(uint64_t units, const struct asset_row *asset)
{
	return units ? admin_amount(units, asset) : json_null();
}

json_t *admin_asset_json(const struct asset_row *asset, const struct account *pool)
{
	struct id id;

	asset_row_id(asset, &id);
	return json_pack("{s:o, s:s, s:i, s:o, s:i, s:o, s:i, s:o, s:o, s:o, s:o}", "id",
	        admin_id(&id), "code", asset->code, "scale", (int)asset->scale, "feeFixed",
	        admin_amount(asset->fee_fixed, asset), "feeBps", (int)asset->fee_bps,
	        "receiveFeeFixed", admin_amount(asset->receive_fee_fixed, asset), "receiveFeeBps",
	        (int)asset->receive_fee_bps, "liquidity",
	        admin_amount_signed(ledger_balance(pool), asset), "liquidityThreshold",
	        limit_json(asset->liquidity.low, asset), "liquidityThresholdHigh",
	        limit_json(asset->liquidity.high, asset), "withdrawalThreshold",
	        limit_json(asset->withdrawal_threshold, asset));
}

bool admin_pair_read(struct http_request *rq, const struct asset_row *out[2])
{
	static const char *const names[2] = {"from", "to"};

	for (size_t i = 0; i < 2; i++) {
		const char *text = http_query(rq, names[i]);

		out[i] = admin_asset_of_code(rq, text ? text : "", names[i]);
		if (!out[i])
			return false;
	}
	if (out[0] != out[1])
		return true;
	(void)admin_refuse(rq, RESULT_THEIRS_MALFORMED, "to", WORDS("a pair has two assets"));
	return false;
}

/* ---- wallets ---- */

const char *admin_own_address(struct http_request *rq)
{
	return node_snapshot(http_app(rq))->own_address;
}

static enum result with_asset(struct http_request *rq, struct admin_wallet *w)
{
	w->asset = snapshot_asset(node_snapshot(http_app(rq)), w->row.asset);
	w->node_address = admin_own_address(rq);
	return w->asset ? RESULT_OK : RESULT_OURS_BUG;
}

enum result admin_wallet_find(struct http_request *rq, const char *text, struct admin_wallet *out)
{
	struct node_loop *loop = http_app(rq);
	enum result r = RESULT_THEIRS_NOT_FOUND;
	struct id id;

	if (id_parse(text, strlen(text), &id) == RESULT_OK)
		r = store_wallet_get(loop->reader, &rq->arena, &id, &out->row);
	/* a UUID is a well-formed name, too */
	if (r == RESULT_THEIRS_NOT_FOUND)
		r = store_wallet_find(loop->reader, &rq->arena, text, &out->row);
	return r ? r : with_asset(rq, out);
}

enum result admin_wallet_of_path(struct http_request *rq, struct admin_wallet *out)
{
	const char *name = http_param(rq, "id");
	enum result r = admin_wallet_find(rq, name, out);

	if (r == RESULT_THEIRS_NOT_FOUND)
		(void)admin_refuse_with(rq, r, NULL, WORDS("this node has no wallet \"{name}\""),
		        "name", name, NULL);
	else if (r)
		(void)admin_refuse_by(rq, r, NULL);
	return r;
}

enum result admin_wallet_named(struct http_request *rq, const char *text, struct admin_wallet *out)
{
	enum result r = admin_wallet_find(rq, text, out);

	if (r == RESULT_THEIRS_NOT_FOUND)
		(void)admin_refuse_with(rq, r, "walletAddress",
		        WORDS("this node has no wallet \"{name}\""), "name", text, NULL);
	else if (r)
		(void)admin_refuse_by(rq, r, NULL);
	return r;
}

enum result admin_wallet_of_account(
        struct http_request *rq, account_id account, struct admin_wallet *out)
{
	struct node_loop *loop = http_app(rq);
	enum result r = store_wallet_of_account(loop->reader, &rq->arena, account, &out->row);

	return r ? r : with_asset(rq, out);
}

static const char *wallet_status(const struct wallet_row *w)
{
	switch (w->state) {
	case WALLET_OPEN:
		return w->inactive_ms ? "inactive" : "active";
	case WALLET_CLOSED:
		return "closed";
	}
	return "";
}

json_t *admin_wallet_json(const struct node *n, const struct admin_wallet *w)
{
	const struct wallet_row *row = &w->row;

	/* s++ is three texts joined */
	return json_pack("{s:o, s:s, s:s++, s:o, s:s, s:i, s:s, s:s, s:o, s:s++, s:o}", "id",
	        admin_id(&row->id), "name", row->name, "url", n->options.public_url, "/", row->name,
	        "publicName", admin_text(row->public_name), "assetCode", w->asset->code,
	        "assetScale", (int)w->asset->scale, "user", row->user, "status", wallet_status(row),
	        "inactiveAt", admin_time(row->inactive_ms), "ilpAddress", w->node_address, ".",
	        row->name, "createdAt", admin_time(row->created_ms));
}

/* ---- peers ---- */

const struct peer *admin_peer_of_path(struct http_request *rq)
{
	const struct snapshot *s = node_snapshot(http_app(rq));
	const char *text = http_param(rq, "id");
	struct id wanted = {{0}};

	(void)!id_parse(text, strlen(text), &wanted);
	for (size_t i = 0; i < s->peer_count; i++)
		if (id_eq(&s->peers[i].row.id, &wanted) || strcmp(s->peers[i].row.name, text) == 0)
			return &s->peers[i];
	(void)admin_refuse_with(rq, RESULT_THEIRS_NOT_FOUND, NULL,
	        WORDS("this node has no peer \"{name}\""), "name", text, NULL);
	return NULL;
}

static bool is_implied(const struct peer_row *row, const char *prefix)
{
	return row->relation == PEER_RELATION_PARENT ? !*prefix
	                                             : strcmp(prefix, row->ilp_address) == 0;
}

enum result admin_peer_routes(
        struct http_request *rq, const struct peer *peer, const char ***out, size_t *count)
{
	*count = 0;
	*out = arena_alloc(&rq->arena, (peer->route_count + 1) * sizeof(**out));
	if (!*out)
		return RESULT_OURS_MEMORY;
	for (size_t i = 0; i < peer->route_count; i++) {
		if (is_implied(&peer->row, peer->routes[i]))
			continue;
		/* The picture may go while the request is parked. */
		(*out)[*count] = arena_strdup(&rq->arena, peer->routes[i]);
		if (!(*out)[(*count)++])
			return RESULT_OURS_MEMORY;
	}
	return RESULT_OK;
}

static json_t *text_array(const char *const *texts, size_t count)
{
	json_t *array = json_array();

	for (size_t i = 0; i < count; i++) {
		if (json_array_append_new(array, json_string(texts[i]))) {
			json_decref(array);
			return NULL;
		}
	}
	return array;
}

static const char *relation_name(enum peer_relation r)
{
	switch (r) {
	case PEER_RELATION_PEER:
		return "peer";
	case PEER_RELATION_PARENT:
		return "parent";
	case PEER_RELATION_CHILD:
		return "child";
	}
	return "";
}

static const char *const state_words[PEER_STATES] = {"active", "draining", "disabled"};

bool admin_peer_state(const char *word, enum peer_state *out)
{
	for (unsigned i = 0; i < PEER_STATES; i++) {
		if (strcmp(word, state_words[i]) == 0) {
			*out = (enum peer_state)i;
			return true;
		}
	}
	return false;
}

void admin_token_id(const uint8_t hash[32], char out[ADMIN_TOKEN_ID_SIZE])
{
	hex_encode(bytes_of(hash, (ADMIN_TOKEN_ID_SIZE - 1) / 2), out);
}

static json_t *tokens_json(const struct peer_row *row)
{
	json_t *array = json_array();

	for (size_t i = 0; i < row->incoming_tokens; i++) {
		char id[ADMIN_TOKEN_ID_SIZE];

		admin_token_id(row->incoming_token_hashes[i], id);
		if (json_array_append_new(array, json_pack("{s:s, s:o}", "id", id, "createdAt",
		                                         admin_time(row->incoming_token_ms[i])))) {
			json_decref(array);
			return NULL;
		}
	}
	return array;
}

static uint64_t count_of(const _Atomic uint64_t *counter)
{
	return atomic_load_explicit(counter, memory_order_relaxed);
}

static json_t *health_json(const struct peer_live *live)
{
	int64_t down_ms = atomic_load(&live->down_ms);
	int64_t answer_ms = atomic_load(&live->last_answer_ms);
	int64_t latency_us = atomic_load(&live->latency_us);

	return json_pack("{s:s, s:o, s:o, s:o, s:o, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}",
	        "state",
	        down_ms     ? "down"
	        : answer_ms ? "up"
	                    : "unknown",
	        "downSince", admin_time(down_ms), "lastPacketAt",
	        admin_time(atomic_load(&live->last_packet_ms)), "lastAnswerAt",
	        admin_time(answer_ms), "latencyMs",
	        answer_ms ? json_integer((json_int_t)((latency_us + 500) / 1000)) : json_null(),
	        "inFlight", (json_int_t)count_of(&live->in_flight), "inFlightOut",
	        (json_int_t)count_of(&live->in_flight_out), "packetsIn",
	        (json_int_t)count_of(&live->packets_in), "refusedIn",
	        (json_int_t)count_of(&live->refused), "packetsOut",
	        (json_int_t)count_of(&live->packets_out), "fulfilledOut",
	        (json_int_t)count_of(&live->fulfilled), "rejectedOut",
	        (json_int_t)count_of(&live->rejected), "failedOut",
	        (json_int_t)count_of(&live->failed));
}

/* null for 0 */
static json_t *number_or_null(uint64_t n)
{
	return n ? json_integer((json_int_t)n) : json_null();
}

json_t *admin_peer_json(const struct peer_row *row, const struct asset_row *asset,
        const struct account *account, const char *const *routes, size_t routes_count,
        const struct peer_live *live)
{
	return json_pack(
	        "{s:o, s:s, s:s, s:s, s:i, s:o, s:s, s:o, s:o, s:o, s:i, s:o, s:o, s:o, s:o, s:b, "
	        "s:s, s:o, s:b, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:s, s:o}",
	        "id", admin_id(&row->id), "name", row->name, "state", state_words[row->state],
	        "assetCode", asset->code, "assetScale", (int)asset->scale, "ilpAddress",
	        admin_text(row->ilp_address), "url", row->url, "creditLimit",
	        admin_amount(row->credit_limit, asset), "debtLimit",
	        limit_json(row->debt_limit, asset), "maxPacketAmount",
	        limit_json(row->max_packet, asset), "spreadBps", (int)row->spread_bps,
	        "packetsPerSecond", number_or_null(row->packets_per_s), "amountPerSecond",
	        limit_json(row->amount_per_s, asset), "inFlightLimit",
	        number_or_null(row->in_flight), "routes", text_array(routes, routes_count),
	        "parent", (int)(row->relation == PEER_RELATION_PARENT), "relation",
	        relation_name(row->relation), "assignedAddress", admin_text(row->assigned), "ccp",
	        (int)row->ccp, "balance", admin_amount_signed(ledger_balance(account), asset),
	        "pending", admin_amount(account->debits_pending, asset), "createdAt",
	        admin_time(row->created_ms), "liquidityThreshold",
	        limit_json(row->liquidity.low, asset), "liquidityThresholdHigh",
	        limit_json(row->liquidity.high, asset), "incomingTokens", tokens_json(row),
	        "health", live ? health_json(live) : json_null(), "link",
	        btp_url_is(row->url)  ? "btp"
	        : async_url(row->url) ? "async"
	                              : "http",
	        "linkedAt", admin_time(live ? atomic_load(&live->linked_ms) : 0));
}

/* ---- accounts ---- */

const char *admin_account_name(struct node_loop *loop, struct arena *a, account_id account,
        enum account_kind kind, const struct asset_row *asset)
{
	const struct peer *peer;
	struct wallet_row wallet;
	const char *name = NULL;

	switch (kind) {
	case ACCOUNT_WALLET:
		if (!store_wallet_of_account(loop->reader, a, account, &wallet))
			name = arena_printf(a, "wallet:%s", wallet.name);
		break;
	case ACCOUNT_PEER:
		peer = snapshot_peer_of_account(node_snapshot(loop), account);
		name = arena_printf(a, "peer:%s", peer ? peer->row.name : "removed");
		break;
	case ACCOUNT_OUTGOING_PAYMENT:
		name = "payment";
		break;
	case ACCOUNT_ASSET_POOL:
		name = arena_printf(a, "pool:%s", asset->code);
		break;
	case ACCOUNT_SETTLEMENT:
	case ACCOUNT_FEE:
	case ACCOUNT_SPREAD:
	case ACCOUNT_SUSPENSE:
		name = arena_printf(a, "%s:%s", account_kind_name(kind), asset->code);
		break;
	case ACCOUNT_KINDS:
		break;
	}
	return name ? name : "?";
}
