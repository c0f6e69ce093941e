/* Peers, their tokens, and routes. */
#include "store/batch_core.h"
#include "store/spread.h"

#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "store/event_json.h"
#include "store/seal.h"
#include "store/settlement.h"

static enum result seal_token(
        struct batch *b, const struct id *id, const char *token, struct buf *out)
{
	enum result r = seal_close(
	        &b->store->seal_key, bytes_of(id->b, sizeof(id->b)), bytes_str(token), out);

	return r == RESULT_THEIRS_TOO_BIG ? RESULT_THEIRS_MALFORMED : r;
}

static enum result token_add(struct batch *b, account_id peer, const char *token)
{
	uint8_t hash[32];
	struct query q;
	int64_t owner;
	enum result r;

	if (!token[0] || strlen(token) > SEAL_TEXT_MAX)
		return RESULT_THEIRS_MALFORMED;
	sha256(bytes_str(token), hash);
	batch_query(b, &q, STMT_TOKEN_OWNER);
	query_put_blob(&q, hash, sizeof(hash));
	r = query_one_int(&q, &owner);
	if (!r)
		return owner == peer ? RESULT_OK : RESULT_THEIRS_CONFLICT;
	if (r != RESULT_THEIRS_NOT_FOUND)
		return r;
	batch_query(b, &q, STMT_TOKEN_INSERT);
	query_put_blob(&q, hash, sizeof(hash));
	query_put_int(&q, peer);
	query_put_int(&q, b->now_ms);
	b->changes++;
	r = query_run(&q);
	if (r)
		return r;
	batch_query(b, &q, STMT_TOKEN_KEEP_NEWEST);
	query_put_int(&q, peer);
	query_put_int(&q, PEER_TOKENS_MAX);
	return query_run(&q);
}

/* One that is not the last. */
static enum result token_revoke(struct batch *b, account_id peer, const uint8_t hash[32])
{
	struct query q;
	int64_t n;
	enum result r;

	batch_query(b, &q, STMT_TOKEN_OWNER);
	query_put_blob(&q, hash, 32);
	r = query_one_int(&q, &n);
	if (!r && n != peer)
		r = RESULT_THEIRS_NOT_FOUND;
	if (r)
		return r;
	batch_query(b, &q, STMT_TOKEN_COUNT);
	query_put_int(&q, peer);
	r = query_one_int(&q, &n);
	if (r)
		return r;
	if (n < 2)
		return RESULT_THEIRS_STATE;
	batch_query(b, &q, STMT_TOKEN_DELETE);
	query_put_int(&q, peer);
	query_put_blob(&q, hash, 32);
	b->changes++;
	return query_run(&q);
}

static enum result token_drop_all(struct batch *b, account_id peer)
{
	struct query q;

	batch_query(b, &q, STMT_TOKEN_DELETE_ALL);
	query_put_int(&q, peer);
	b->changes++;
	return query_run(&q);
}

static enum result route_add(struct batch *b, account_id peer, const char *prefix)
{
	struct query q;
	int64_t n;
	enum result r;

	if (strlen(prefix) > ILP_ADDRESS_MAX)
		return RESULT_THEIRS_MALFORMED;
	batch_query(b, &q, STMT_ROUTE_OWNER);
	query_put_text(&q, prefix);
	r = query_one_int(&q, &n);
	if (!r)
		return n == peer ? RESULT_OK : RESULT_THEIRS_CONFLICT;
	if (r != RESULT_THEIRS_NOT_FOUND)
		return r;
	batch_query(b, &q, STMT_ROUTE_COUNT);
	query_put_int(&q, peer);
	r = query_one_int(&q, &n);
	if (r)
		return r;
	if (n >= PEER_ROUTES_MAX)
		return RESULT_THEIRS_TOO_BIG;
	batch_query(b, &q, STMT_ROUTE_INSERT);
	query_put_text(&q, prefix);
	query_put_int(&q, peer);
	b->changes++;
	return query_run(&q);
}

static enum result route_remove(struct batch *b, account_id peer, const char *prefix)
{
	struct query q;

	batch_query(b, &q, STMT_ROUTE_DELETE);
	query_put_text(&q, prefix);
	query_put_int(&q, peer);
	b->changes++;
	return query_run(&q);
}

/* NULL: as it is. */
static enum result set_limits(
        struct batch *b, account_id peer, const uint64_t *credit, const uint64_t *debt)
{
	struct work_account *account;
	struct account after;
	enum result r = batch_account(b, peer, &account);

	if (r)
		return r;
	after = account->now;
	if (credit)
		after.credit_limit = *credit;
	if (debt)
		after.debt_limit = *debt;
	if (after.credits_posted + after.credit_limit < after.debits_posted + after.debits_pending)
		return RESULT_THEIRS_STATE;
	account->now = after;
	account->dirty = true;
	b->changes++;
	return RESULT_OK;
}

/* ---- adding ---- */

/* Only a parent's may be unknown, and only a child's is below our own. */
static bool address_fits(const struct peer_new *p)
{
	switch (p->relation) {
	case PEER_RELATION_PARENT:
		return p->ilp_address[0] != '.';
	case PEER_RELATION_CHILD:
		return p->ilp_address[0] && strcmp(p->ilp_address, ".") != 0;
	case PEER_RELATION_PEER:
		break;
	}
	return p->ilp_address[0] && p->ilp_address[0] != '.';
}

/* What is below our address is a wallet's or a child's, not both: the money would go astray. */
static enum result wallet_in_the_way(struct batch *b, const struct peer_new *p)
{
	char name[ILP_ADDRESS_MAX + 1];
	struct query q;
	int64_t wallet;
	enum result r;

	if (p->ilp_address[0] != '.')
		return RESULT_OK;
	text_copy_cut(name, sizeof(name), p->ilp_address + 1);
	name[strcspn(name, ".")] = '\0';
	batch_query(b, &q, STMT_WALLET_BY_NAME);
	query_put_text(&q, name);
	r = query_one_int(&q, &wallet);
	if (r == RESULT_THEIRS_NOT_FOUND)
		return RESULT_OK;
	return r ? r : RESULT_THEIRS_CONFLICT;
}

static enum result peer_check(struct batch *b, const struct peer_new *p)
{
	const struct asset_row *asset;
	struct query q;
	int64_t n;
	enum result r;

	if (!text_is_name(p->name) || !address_fits(p) ||
	        strlen(p->ilp_address) > ILP_ADDRESS_MAX || strlen(p->url) > URL_MAX_CHARS ||
	        !p->incoming_token[0])
		return RESULT_THEIRS_MALFORMED;
	r = batch_asset(b, p->asset, &asset);
	if (r)
		return r == RESULT_THEIRS_NOT_FOUND ? RESULT_THEIRS_BAD_ASSET : r;
	if (p->credit_limit > AMOUNT_MAX || p->max_packet > AMOUNT_MAX || p->spread_bps > BPS_ONE ||
	        p->debt_limit > AMOUNT_MAX || p->packets_per_s > AMOUNT_MAX ||
	        p->in_flight > AMOUNT_MAX || p->amount_per_s > AMOUNT_MAX)
		return RESULT_THEIRS_BAD_AMOUNT;
	batch_query(b, &q, STMT_PEER_COUNT);
	r = query_one_int(&q, &n);
	if (r)
		return r;
	if (n >= LIMIT_PEERS)
		return RESULT_THEIRS_TOO_BIG;
	batch_query(b, &q, STMT_PEER_TAKEN);
	query_put_text(&q, p->name);
	query_put_int(&q, p->relation == PEER_RELATION_PARENT);
	r = query_one_int(&q, &n);
	if (r)
		return r;
	return n > 0 ? RESULT_THEIRS_CONFLICT : wallet_in_the_way(b, p);
}

static enum result peer_insert(
        struct batch *b, const struct peer_new *p, const struct id *id, account_id account)
{
	uint8_t storage[SEAL_TEXT_MAX + SEAL_OVERHEAD];
	struct buf sealed;
	struct query q;
	enum result r;

	buf_init(&sealed, storage, sizeof(storage));
	r = seal_token(b, id, p->outgoing_token, &sealed);
	if (r)
		return r;
	batch_query(b, &q, STMT_PEER_INSERT);
	query_put_int(&q, account);
	query_put_id(&q, id);
	query_put_text(&q, p->name);
	query_put_text(&q, p->ilp_address);
	query_put_text(&q, p->url);
	query_put_blob(&q, sealed.p, sealed.len);
	query_put_u64(&q, p->max_packet);
	query_put_int(&q, p->spread_bps);
	query_put_int(&q, p->relation == PEER_RELATION_PARENT);
	query_put_int(&q, p->relation == PEER_RELATION_CHILD);
	query_put_int(&q, b->now_ms);
	query_put_int(&q, p->ccp);
	query_put_u64(&q, p->packets_per_s);
	query_put_u64(&q, p->in_flight);
	query_put_u64(&q, p->amount_per_s);
	query_put_int(&q, p->url_is_foreign);
	b->changes++;
	return query_run(&q);
}

/* Of what comes from the peer, for any pair. */
static enum result set_spread(struct batch *b, account_id peer, unsigned bps)
{
	const struct spread_rule rule = {.peer = peer, .direction = SPREAD_IN, .bps = bps};
	int64_t version;

	return batch_spread_set(b, &rule, false, SPREAD_WHO_PEER, &version);
}

enum result batch_peer_add(
        struct batch *b, const struct peer_new *p, struct id *id, account_id *account)
{
	enum result r = peer_check(b, p);

	if (!r)
		r = batch_account_add(b, ACCOUNT_PEER, p->asset, p->credit_limit, account);
	if (r)
		return r;
	id_new(b->now_ms, id);
	r = peer_insert(b, p, id, *account);
	/* 0: nothing is said of it, so that what is said of a pair counts. */
	if (!r && p->spread_bps)
		r = set_spread(b, *account, p->spread_bps);
	if (!r)
		r = token_add(b, *account, p->incoming_token);
	if (!r)
		r = route_add(
		        b, *account, p->relation == PEER_RELATION_PARENT ? "" : p->ilp_address);
	for (size_t i = 0; !r && i < p->routes_count; i++)
		r = route_add(b, *account, p->routes[i]);
	if (!r && p->debt_limit)
		r = set_limits(b, *account, NULL, &p->debt_limit);
	if (!r && (p->liquidity.low || p->liquidity.high))
		r = batch_liquidity_set(b, *account, &p->liquidity.low, &p->liquidity.high);
	return r;
}

enum result batch_peer_assign(struct batch *b, const struct id *id, const char *address)
{
	struct query q;
	int64_t peer;
	enum result r;

	if (!address[0] || strlen(address) > ILP_ADDRESS_MAX)
		return RESULT_THEIRS_MALFORMED;
	batch_query(b, &q, STMT_PEER_PARENT);
	query_put_id(&q, id);
	r = query_one_int(&q, &peer);
	if (r)
		return r;
	batch_query(b, &q, STMT_PEER_ASSIGN);
	query_put_int(&q, peer);
	query_put_text(&q, address);
	b->changes++;
	return query_run(&q);
}

/* ---- changing ---- */

static enum result peer_account(struct batch *b, const struct id *id, account_id *out)
{
	struct query q;

	batch_query(b, &q, STMT_PEER_BY_ID);
	query_put_id(&q, id);
	return query_one_int(&q, out);
}

static enum result set_outgoing_token(
        struct batch *b, const struct id *id, account_id peer, const char *token)
{
	uint8_t storage[SEAL_TEXT_MAX + SEAL_OVERHEAD];
	struct buf sealed;
	struct query q;
	enum result r;

	buf_init(&sealed, storage, sizeof(storage));
	r = seal_token(b, id, token, &sealed);
	if (r)
		return r;
	batch_query(b, &q, STMT_PEER_SET_TOKEN);
	query_put_int(&q, peer);
	query_put_blob(&q, sealed.p, sealed.len);
	b->changes++;
	return query_run(&q);
}

static void put_or_null(struct query *q, const uint64_t *value)
{
	if (value)
		query_put_u64(q, *value);
	else
		query_put_null(q);
}

static enum result set_plain(struct batch *b, account_id peer, const struct peer_change *c)
{
	struct query q;

	batch_query(b, &q, STMT_PEER_SET);
	query_put_int(&q, peer);
	if (c->url)
		query_put_text(&q, c->url);
	else
		query_put_null(&q);
	put_or_null(&q, c->max_packet);
	if (c->spread_bps)
		query_put_int(&q, *c->spread_bps);
	else
		query_put_null(&q);
	if (c->ccp)
		query_put_int(&q, *c->ccp);
	else
		query_put_null(&q);
	put_or_null(&q, c->packets_per_s);
	put_or_null(&q, c->in_flight);
	put_or_null(&q, c->amount_per_s);
	if (c->state)
		query_put_text(&q, peer_state_name(*c->state));
	else
		query_put_null(&q);
	b->changes++;
	return query_run(&q);
}

static bool is_amount(const uint64_t *value)
{
	return !value || *value <= AMOUNT_MAX;
}

enum result batch_peer_set(struct batch *b, const struct id *id, const struct peer_change *c)
{
	account_id peer;
	enum result r = peer_account(b, id, &peer);

	if (r)
		return r;
	if (c->url && strlen(c->url) > URL_MAX_CHARS)
		return RESULT_THEIRS_MALFORMED;
	if (!is_amount(c->credit_limit) || !is_amount(c->debt_limit) || !is_amount(c->max_packet) ||
	        !is_amount(c->packets_per_s) || !is_amount(c->in_flight) ||
	        !is_amount(c->amount_per_s) || (c->spread_bps && *c->spread_bps > BPS_ONE))
		return RESULT_THEIRS_BAD_AMOUNT;
	if (c->credit_limit || c->debt_limit)
		r = set_limits(b, peer, c->credit_limit, c->debt_limit);
	if (!r)
		r = set_plain(b, peer, c);
	if (!r && c->spread_bps)
		r = set_spread(b, peer, *c->spread_bps);
	if (!r && c->outgoing_token)
		r = set_outgoing_token(b, id, peer, c->outgoing_token);
	if (!r && c->incoming_token && c->incoming_token_only)
		r = token_drop_all(b, peer);
	if (!r && c->incoming_token)
		r = token_add(b, peer, c->incoming_token);
	if (!r && c->revoked_token)
		r = token_revoke(b, peer, c->revoked_token);
	for (size_t i = 0; !r && i < c->routes_remove_count; i++)
		r = route_remove(b, peer, c->routes_remove[i]);
	for (size_t i = 0; !r && i < c->routes_add_count; i++)
		r = route_add(b, peer, c->routes_add[i]);
	if (!r && (c->liquidity_low || c->liquidity_high))
		r = batch_liquidity_set(b, peer, c->liquidity_low, c->liquidity_high);
	return r;
}

enum result batch_peer_remove(struct batch *b, const struct id *id)
{
	static const enum statement gone[] = {
	        STMT_TOKEN_DELETE_ALL, STMT_ROUTE_DELETE_ALL, STMT_PEER_FORGET_TOKEN};
	struct work_account *account;
	account_id peer;
	int64_t doubts;
	struct query q;
	enum result r = peer_account(b, id, &peer);

	if (!r)
		r = batch_account(b, peer, &account);
	if (r)
		return r;
	if (ledger_balance(&account->now) != 0 || account->now.debits_pending > 0 ||
	        account->now.credits_pending > 0)
		return RESULT_THEIRS_STATE;
	batch_query(b, &q, STMT_PEER_DOUBTS);
	query_put_int(&q, peer);
	r = query_one_int(&q, &doubts);
	if (r)
		return r;
	if (doubts > 0)
		return RESULT_THEIRS_STATE;
	r = batch_settlement_leave(b, peer);
	if (r)
		return r;
	account->now.closed = true;
	account->dirty = true;
	b->changes++;
	for (size_t i = 0; !r && i < sizeof(gone) / sizeof(gone[0]); i++) {
		batch_query(b, &q, gone[i]);
		query_put_int(&q, peer);
		r = query_run(&q);
	}
	if (!r)
		r = batch_liquidity_forget(b, peer);
	if (r)
		return r;
	batch_query(b, &q, STMT_PEER_REMOVE);
	query_put_int(&q, peer);
	query_put_int(&q, b->now_ms);
	return query_run(&q);
}

/* ---- health ---- */

struct watched {
	account_id account;
	const char *name;
	int64_t down_ms;
};

static enum result watched_get(struct batch *b, const struct id *id, struct watched *out)
{
	struct query q;
	bool found;
	enum result r;

	batch_query(b, &q, STMT_PEER_WATCH);
	query_put_id(&q, id);
	found = query_row(&q);
	if (found) {
		out->account = query_int(&q);
		out->name = query_text(&q, &b->arena);
		out->down_ms = query_int(&q);
	}
	r = query_end(&q);
	return r ? r : found ? RESULT_OK : RESULT_THEIRS_NOT_FOUND;
}

enum result batch_peer_down(struct batch *b, const struct id *id, int64_t down_ms, const char *why)
{
	struct watched peer;
	struct query q;
	enum result r = watched_get(b, id, &peer);

	if (r || (peer.down_ms == 0) == (down_ms == 0))
		return r;
	batch_query(b, &q, STMT_PEER_DOWN);
	query_put_int(&q, peer.account);
	if (down_ms)
		query_put_int(&q, down_ms);
	else
		query_put_null(&q);
	b->changes++;
	r = query_run(&q);
	if (r)
		return r;
	return event_write(b, down_ms ? EVENT_TYPE_PEER_DOWN : EVENT_TYPE_PEER_UP, id,
	        json_pack("{s:o, s:s, s:o, s:o}", "id", event_id(id), "name", peer.name,
	                "downSince", event_time(down_ms ? down_ms : peer.down_ms), "reason",
	                event_text(why)));
}
