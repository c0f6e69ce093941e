/* Reading assets, wallets, peers and routes. */
#include "store/batch_core.h"

#include <string.h>

#include "base/limits.h"
#include "base/log.h"
#include "store/seal.h"

bool wallet_is_shown(const struct wallet_row *w, int64_t now_ms)
{
	return w->state == WALLET_OPEN && (!w->inactive_ms || now_ms < w->inactive_ms);
}

bool wallet_is_active(const struct wallet_row *w)
{
	return w->state == WALLET_OPEN && !w->inactive_ms;
}

/* Rows that a list may hold: a bound on what a damaged table can make us allocate. */
#define ASSETS_MAX 1000
#define ROUTES_MAX (LIMIT_PEERS * PEER_ROUTES_MAX)

/* ---- assets ---- */

static enum result asset_one(struct query *q, struct asset_row *out)
{
	bool found = query_row(q);
	enum result r;

	if (found)
		row_asset(q, out);
	r = query_end(q);
	if (r)
		return r;
	return found ? RESULT_OK : RESULT_THEIRS_NOT_FOUND;
}

enum result store_asset_get(struct reader *r, asset_id id, struct asset_row *out)
{
	struct query q;

	query_start(&q, r->db, STMT_ASSET_GET);
	query_put_int(&q, id);
	return asset_one(&q, out);
}

enum result store_asset_find(struct reader *r, const char *code, struct asset_row *out)
{
	struct query q;

	query_start(&q, r->db, STMT_ASSET_FIND);
	query_put_text(&q, code);
	return asset_one(&q, out);
}

/* A growing array in an arena; what it outgrows stays there until the arena is cleared. */
static void *array_room(struct arena *a, void *items, size_t count, size_t size)
{
	void *more;

	/* Full at 8, 16, 32 ... */
	if (items && (count < 8 || (count & (count - 1)) != 0))
		return items;
	more = arena_alloc(a, (count ? 2 * count : 8) * size);
	if (more && count)
		memcpy(more, items, count * size);
	return more;
}

enum result store_asset_list(
        struct reader *r, struct arena *a, struct asset_row **out, size_t *count)
{
	struct query q;

	*out = NULL;
	*count = 0;
	query_start(&q, r->db, STMT_ASSET_LIST);
	while (*count < ASSETS_MAX && query_row(&q)) {
		struct asset_row *items = array_room(a, *out, *count, sizeof(**out));

		if (!items) {
			q.failed = RESULT_OURS_MEMORY;
			break;
		}
		*out = items;
		row_asset(&q, &items[(*count)++]);
	}
	return query_end(&q);
}

/* ---- wallets ---- */

static enum result wallet_one(struct query *q, struct arena *a, struct wallet_row *out)
{
	bool found = query_row(q);
	enum result r;

	if (found)
		row_wallet(q, a, out);
	r = query_end(q);
	if (r)
		return r;
	return found ? RESULT_OK : RESULT_THEIRS_NOT_FOUND;
}

static bool wallet_copy(struct arena *a, const void *from, void *to)
{
	const struct wallet_row *w = from;
	struct wallet_row *out = to;

	*out = *w;
	out->name = arena_strdup(a, w->name);
	out->public_name = arena_strdup(a, w->public_name);
	out->user = arena_strdup(a, w->user);
	return out->name && out->public_name && out->user;
}

/* As wallet_one; found once, it is kept. */
static enum result wallet_keep(struct reader *r, const struct kept_key *key, struct query *q,
        struct arena *a, struct wallet_row *out)
{
	enum result result = wallet_one(q, a, out);

	if (!result)
		kept_put(r->kept, key, wallet_copy, out, sizeof(*out));
	return result;
}

enum result store_wallet_get(
        struct reader *r, struct arena *a, const struct id *id, struct wallet_row *out)
{
	struct query q;

	query_start(&q, r->db, STMT_WALLET_GET);
	query_put_id(&q, id);
	return wallet_one(&q, a, out);
}

enum result store_wallet_find(
        struct reader *r, struct arena *a, const char *name, struct wallet_row *out)
{
	struct kept_key key;
	struct query q;

	kept_key_init(&key, KEPT_WALLET);
	kept_key_put(&key, "n", 1);
	kept_key_put(&key, name, strlen(name));
	if (kept_find(r->kept, &key, wallet_copy, a, out))
		return RESULT_OK;
	query_start(&q, r->db, STMT_WALLET_FIND);
	query_put_text(&q, name);
	return wallet_keep(r, &key, &q, a, out);
}

enum result store_wallet_of_account(
        struct reader *r, struct arena *a, account_id account, struct wallet_row *out)
{
	struct kept_key key;
	struct query q;

	kept_key_init(&key, KEPT_WALLET);
	kept_key_put(&key, "a", 1);
	kept_key_put(&key, &account, sizeof(account));
	if (kept_find(r->kept, &key, wallet_copy, a, out))
		return RESULT_OK;
	query_start(&q, r->db, STMT_WALLET_OF_ACCOUNT);
	query_put_int(&q, account);
	return wallet_keep(r, &key, &q, a, out);
}

enum result store_wallet_list(struct reader *r, struct arena *a, const struct page *p,
        struct wallet_row **out, size_t *count, bool *more)
{
	struct query q;

	*count = 0;
	*more = false;
	*out = arena_alloc(a, p->limit * sizeof(**out));
	if (!*out)
		return RESULT_OURS_MEMORY;
	query_start(&q, r->db, STMT_WALLET_LIST);
	query_put_id(&q, &p->after);
	query_put_u64(&q, p->limit + 1);
	while (query_row(&q)) {
		if (*count == p->limit) {
			*more = true;
			break;
		}
		row_wallet(&q, a, &(*out)[(*count)++]);
	}
	return query_end(&q);
}

/* ---- peers ---- */

static const char *token_open(
        struct reader *r, struct query *q, struct arena *a, const struct id *id)
{
	struct bytes sealed = query_bytes(q);
	char *text = arena_alloc(a, SEAL_TEXT_MAX + 1);
	struct buf out;
	enum result opened;

	if (!text) {
		q->failed = RESULT_OURS_MEMORY;
		return "";
	}
	buf_init(&out, text, SEAL_TEXT_MAX);
	opened = seal_open(&r->seal_key, bytes_of(id->b, sizeof(id->b)), sealed, &out);
	if (opened) {
		log_error("peer_token", "result=%s", result_name(opened));
		q->failed = RESULT_OURS_STORE;
		return "";
	}
	text[out.len] = '\0';
	return text;
}

static const char *const peer_states[PEER_STATES] = {"ACTIVE", "DRAINING", "DISABLED"};

const char *peer_state_name(enum peer_state s)
{
	return (unsigned)s < PEER_STATES ? peer_states[s] : "";
}

/* What is none would be a broken store, which the CHECK prevents: such a peer takes part in
 * nothing. */
static enum peer_state row_peer_state(struct query *q)
{
	struct bytes name = query_bytes(q);

	for (unsigned i = 0; i < PEER_STATES; i++)
		if (bytes_eq_str(name, peer_states[i]))
			return (enum peer_state)i;
	return PEER_DISABLED;
}

static void row_peer(struct reader *r, struct query *q, struct arena *a, struct peer_row *out)
{
	query_blob(q, out->id.b, sizeof(out->id.b));
	out->account = query_int(q);
	out->asset = (asset_id)query_int(q);
	out->name = query_text(q, a);
	out->ilp_address = query_text(q, a);
	out->url = query_text(q, a);
	out->outgoing_token = token_open(r, q, a, &out->id);
	out->credit_limit = query_u64(q);
	out->max_packet = query_u64(q);
	out->spread_bps = (unsigned)query_int(q);
	out->relation = query_int(q) ? PEER_RELATION_PARENT : PEER_RELATION_PEER;
	if (query_int(q))
		out->relation = PEER_RELATION_CHILD;
	out->assigned = query_text(q, a);
	out->ccp = query_int(q) != 0;
	out->created_ms = query_int(q);
	out->liquidity.low = query_u64(q);
	out->liquidity.high = query_u64(q);
	out->state = row_peer_state(q);
	out->packets_per_s = query_u64(q);
	out->in_flight = query_u64(q);
	out->amount_per_s = query_u64(q);
	out->debt_limit = query_u64(q);
	out->url_is_foreign = query_int(q) != 0;
	out->down_ms = query_int(q);
}

static enum result peer_tokens(struct reader *r, struct peer_row *peer)
{
	struct query q;

	peer->incoming_tokens = 0;
	query_start(&q, r->db, STMT_TOKEN_LIST);
	query_put_int(&q, peer->account);
	while (peer->incoming_tokens < PEER_TOKENS_MAX && query_row(&q)) {
		query_blob(&q, peer->incoming_token_hashes[peer->incoming_tokens], 32);
		peer->incoming_token_ms[peer->incoming_tokens++] = query_int(&q);
	}
	return query_end(&q);
}

static enum result peer_one(
        struct reader *r, struct query *q, struct arena *a, struct peer_row *out)
{
	bool found = query_row(q);
	enum result result;

	if (found)
		row_peer(r, q, a, out);
	result = query_end(q);
	if (result)
		return result;
	return found ? peer_tokens(r, out) : RESULT_THEIRS_NOT_FOUND;
}

enum result store_peer_get(
        struct reader *r, struct arena *a, const struct id *id, struct peer_row *out)
{
	struct query q;

	query_start(&q, r->db, STMT_PEER_GET);
	query_put_id(&q, id);
	return peer_one(r, &q, a, out);
}

enum result store_peer_find(
        struct reader *r, struct arena *a, const char *name, struct peer_row *out)
{
	struct query q;

	query_start(&q, r->db, STMT_PEER_FIND);
	query_put_text(&q, name);
	return peer_one(r, &q, a, out);
}

enum result store_peer_list(struct reader *r, struct arena *a, struct peer_row **out, size_t *count)
{
	struct query q;
	enum result result;

	*out = NULL;
	*count = 0;
	query_start(&q, r->db, STMT_PEER_LIST);
	while (*count < LIMIT_PEERS && query_row(&q)) {
		struct peer_row *items = array_room(a, *out, *count, sizeof(**out));

		if (!items) {
			q.failed = RESULT_OURS_MEMORY;
			break;
		}
		*out = items;
		row_peer(r, &q, a, &items[(*count)++]);
	}
	result = query_end(&q);
	for (size_t i = 0; !result && i < *count; i++)
		result = peer_tokens(r, &(*out)[i]);
	return result;
}

enum result store_route_list(
        struct reader *r, struct arena *a, struct route_row **out, size_t *count)
{
	struct query q;

	*out = NULL;
	*count = 0;
	query_start(&q, r->db, STMT_ROUTE_LIST);
	while (*count < ROUTES_MAX && query_row(&q)) {
		struct route_row *items = array_room(a, *out, *count, sizeof(**out));

		if (!items) {
			q.failed = RESULT_OURS_MEMORY;
			break;
		}
		*out = items;
		items[*count].prefix = query_text(&q, a);
		items[*count].peer = query_int(&q);
		++*count;
	}
	return query_end(&q);
}
