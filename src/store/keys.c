/* Keys of wallets' clients and of the node: reading and changing them. */
#include "store/key.h"
#include "store/notice.h"

#include <sodium.h>
#include <string.h>

#include "base/log.h"
#include "codec/jwk.h"
#include "store/batch_core.h"
#include "store/event_json.h"
#include "store/seal.h"

/* ---- wallets' keys ---- */

/* After its last change. */
static enum result announce(struct batch *b, enum event_type type, const struct wallet_key_row *key)
{
	const struct notice_new n = {
	        .kind = type == EVENT_TYPE_KEY_ADDED ? NOTICE_KEY_ADDED : NOTICE_KEY_REVOKED,
	        .wallet = key->wallet,
	        .text = key->kid};
	struct id wallet;
	enum result r = batch_wallet_id(b, key->wallet, &wallet);

	if (r)
		return r;
	r = event_write(b, type, &key->id,
	        json_pack("{s:o, s:o, s:s, s:o, s:o}", "id", event_id(&key->id), "walletAddressId",
	                event_id(&wallet), "kid", key->kid, "createdAt",
	                event_time(key->created_ms), "revokedAt", event_time(key->revoked_ms)));
	return r ? r : batch_notice(b, &n);
}

static void row_wallet_key(struct query *q, struct arena *a, struct wallet_key_row *out)
{
	query_blob(q, out->id.b, sizeof(out->id.b));
	out->wallet = query_int(q);
	out->kid = query_text(q, a);
	query_blob(q, out->public_key, sizeof(out->public_key));
	out->created_ms = query_int(q);
	out->revoked_ms = query_int(q);
	out->last_used_ms = query_int(q);
}

static enum result wallet_key_one(struct query *q, struct arena *a, struct wallet_key_row *out)
{
	bool found = query_row(q);
	enum result r;

	if (found)
		row_wallet_key(q, a, out);
	r = query_end(q);
	if (r)
		return r;
	return found ? RESULT_OK : RESULT_THEIRS_NOT_FOUND;
}

static bool wallet_key_copy(struct arena *a, const void *from, void *to)
{
	const struct wallet_key_row *k = from;
	struct wallet_key_row *out = to;

	*out = *k;
	out->kid = arena_strdup(a, k->kid);
	return out->kid != NULL;
}

enum result store_wallet_key_find(struct reader *r, struct arena *a, account_id wallet,
        const char *kid, struct wallet_key_row *out)
{
	struct kept_key key;
	struct query q;
	enum result result;

	kept_key_init(&key, KEPT_WALLET_KEY);
	kept_key_put(&key, &wallet, sizeof(wallet));
	kept_key_put(&key, kid, strlen(kid));
	if (kept_find(r->kept, &key, wallet_key_copy, a, out))
		return RESULT_OK;
	query_start(&q, r->db, STMT_WALLET_KEY_OF_KID);
	query_put_int(&q, wallet);
	query_put_text(&q, kid);
	result = wallet_key_one(&q, a, out);
	if (!result)
		kept_put(r->kept, &key, wallet_key_copy, out, sizeof(*out));
	return result;
}

enum result store_wallet_key_get(struct reader *r, struct arena *a, account_id wallet,
        const struct id *id, struct wallet_key_row *out)
{
	struct query q;

	query_start(&q, r->db, STMT_WALLET_KEY_GET);
	query_put_int(&q, wallet);
	query_put_id(&q, id);
	return wallet_key_one(&q, a, out);
}

/* Up to `limit` rows of a statement that was asked for one more. */
static enum result wallet_key_rows(struct query *q, struct arena *a, size_t limit,
        struct wallet_key_row **out, size_t *count, bool *more)
{
	*count = 0;
	*more = false;
	*out = arena_alloc(a, limit * sizeof(**out));
	if (!*out)
		q->failed = RESULT_OURS_MEMORY;
	while (query_row(q)) {
		if (*count == limit) {
			*more = true;
			break;
		}
		row_wallet_key(q, a, &(*out)[(*count)++]);
	}
	return query_end(q);
}

enum result store_wallet_key_published(struct reader *r, struct arena *a, account_id wallet,
        struct wallet_key_row **out, size_t *count)
{
	struct query q;
	bool more;

	query_start(&q, r->db, STMT_WALLET_KEY_PUBLISHED);
	query_put_int(&q, wallet);
	query_put_int(&q, WALLET_KEYS_MAX);
	return wallet_key_rows(&q, a, WALLET_KEYS_MAX, out, count, &more);
}

enum result store_wallet_key_list(struct reader *r, struct arena *a, account_id wallet,
        const struct page *p, struct wallet_key_row **out, size_t *count, bool *more)
{
	struct query q;

	query_start(&q, r->db, STMT_WALLET_KEY_LIST);
	query_put_int(&q, wallet);
	query_put_id(&q, &p->after);
	query_put_u64(&q, p->limit + 1);
	return wallet_key_rows(&q, a, p->limit, out, count, more);
}

enum result store_key_list(struct reader *r, struct arena *a, const struct key_filter *f,
        const struct page *p, struct wallet_key_row **out, size_t *count, bool *more)
{
	struct id before = p->after;
	enum statement s = STMT_KEY_LIST;
	struct query q;

	if (id_is_zero(&before))
		memset(before.b, 0xff, sizeof(before.b));
	if (f->kid)
		s = STMT_KEY_LIST_OF_KID;
	else if (f->wallet)
		s = STMT_KEY_LIST_OF_WALLET;
	else if (f->state != KEY_ANY)
		s = STMT_KEY_LIST_OF_STATE;
	query_start(&q, r->db, s);
	query_put_id(&q, &before);
	query_put_u64(&q, p->limit + 1);
	if (s != STMT_KEY_LIST)
		query_put_int(&q, f->state);
	if (f->kid || f->wallet)
		query_put_int(&q, f->wallet);
	if (f->kid)
		query_put_text(&q, f->kid);
	return wallet_key_rows(&q, a, p->limit, out, count, more);
}

enum result store_key_get(
        struct reader *r, struct arena *a, const struct id *id, struct wallet_key_row *out)
{
	struct query q;

	query_start(&q, r->db, STMT_KEY_GET);
	query_put_id(&q, id);
	return wallet_key_one(&q, a, out);
}

static enum result wallet_may_publish(struct batch *b, account_id wallet)
{
	struct work_account *account;
	int64_t count;
	struct query q;
	enum result r = batch_account(b, wallet, &account);

	if (r)
		return r;
	if (account->now.kind != ACCOUNT_WALLET)
		return RESULT_THEIRS_NOT_FOUND;
	if (account->now.closed)
		return RESULT_THEIRS_STATE;
	batch_query(b, &q, STMT_WALLET_KEY_COUNT);
	query_put_int(&q, wallet);
	r = query_one_int(&q, &count);
	if (r)
		return r;
	return count < WALLET_KEYS_MAX ? RESULT_OK : RESULT_THEIRS_TOO_BIG;
}

static enum result wallet_key_insert(struct batch *b, struct arena *a, account_id wallet,
        const char *kid, const uint8_t public_key[32], struct wallet_key_row *out)
{
	struct query q;
	enum result r;

	*out = (struct wallet_key_row){.wallet = wallet, .created_ms = b->now_ms};
	id_new(b->now_ms, &out->id);
	memcpy(out->public_key, public_key, sizeof(out->public_key));
	out->kid = arena_strdup(a, kid);
	if (!out->kid)
		return RESULT_OURS_MEMORY;
	batch_query(b, &q, STMT_WALLET_KEY_INSERT);
	query_put_id(&q, &out->id);
	query_put_int(&q, wallet);
	query_put_text(&q, kid);
	query_put_blob(&q, public_key, sizeof(out->public_key));
	query_put_int(&q, b->now_ms);
	b->changes++;
	r = query_run(&q);
	return r ? r : announce(b, EVENT_TYPE_KEY_ADDED, out);
}

enum result batch_wallet_key_add(struct batch *b, struct arena *a, account_id wallet,
        const char *kid, const uint8_t public_key[32], struct wallet_key_row *out)
{
	struct query q;
	enum result r;

	if (!jwk_is_kid(kid) || !jwk_is_public_key(public_key))
		return RESULT_THEIRS_MALFORMED;
	batch_query(b, &q, STMT_WALLET_KEY_OF_KID);
	query_put_int(&q, wallet);
	query_put_text(&q, kid);
	r = wallet_key_one(&q, a, out);
	if (!r)
		return memcmp(out->public_key, public_key, sizeof(out->public_key)) == 0
		               ? RESULT_OK
		               : RESULT_THEIRS_CONFLICT;
	if (r != RESULT_THEIRS_NOT_FOUND)
		return r;
	r = wallet_may_publish(b, wallet);
	return r ? r : wallet_key_insert(b, a, wallet, kid, public_key, out);
}

enum result batch_wallet_key_revoke(struct batch *b, struct arena *a, account_id wallet,
        const struct id *id, struct wallet_key_row *out)
{
	struct query q;
	enum result r;

	batch_query(b, &q, STMT_WALLET_KEY_GET);
	query_put_int(&q, wallet);
	query_put_id(&q, id);
	r = wallet_key_one(&q, a, out);
	if (r || out->revoked_ms)
		return r;
	out->revoked_ms = b->now_ms;
	batch_query(b, &q, STMT_WALLET_KEY_REVOKE);
	query_put_id(&q, id);
	query_put_int(&q, b->now_ms);
	b->changes++;
	r = query_run(&q);
	return r ? r : announce(b, EVENT_TYPE_KEY_REVOKED, out);
}

enum result batch_wallet_key_used(struct batch *b, const struct id *id)
{
	struct query q;

	batch_query(b, &q, STMT_WALLET_KEY_USED);
	query_put_id(&q, id);
	query_put_int(&q, b->now_ms);
	b->changes++;
	return query_run(&q);
}

/* ---- the node's identity ---- */

enum result store_node_key_published(
        struct reader *r, int64_t now_ms, struct node_key_row out[NODE_KEYS_MAX], size_t *count)
{
	struct query q;

	*count = 0;
	query_start(&q, r->db, STMT_NODE_KEY_PUBLISHED);
	query_put_int(&q, now_ms);
	query_put_int(&q, NODE_KEYS_MAX);
	while (*count < NODE_KEYS_MAX && query_row(&q)) {
		struct node_key_row *row = &out[(*count)++];

		query_blob(&q, row->id.b, sizeof(row->id.b));
		query_blob(&q, row->public_key, sizeof(row->public_key));
		row->created_ms = query_int(&q);
		row->signs_from_ms = query_int(&q);
		row->published_until_ms = query_int(&q);
	}
	return query_end(&q);
}

/* The sealed seed opens with this master key and belongs to the public key beside it. */
static enum result key_open(
        struct reader *r, const struct id *id, const uint8_t public_key[32], struct bytes sealed)
{
	uint8_t derived[crypto_sign_PUBLICKEYBYTES];
	struct secret32 seed;
	struct buf out;
	enum result opened;

	buf_init(&out, seed.b, sizeof(seed.b));
	opened = seal_open(&r->seal_key, bytes_of(id->b, sizeof(id->b)), sealed, &out);
	if (!opened && out.len != sizeof(seed.b))
		opened = RESULT_THEIRS_MALFORMED;
	if (!opened) {
		crypto_sign_seed_keypair(derived, r->node_private_key, seed.b);
		if (memcmp(derived, public_key, sizeof(derived)) != 0)
			opened = RESULT_THEIRS_UNAUTHENTIC;
	}
	secret_clear(&seed);
	if (!opened) {
		r->node_key = *id;
		return RESULT_OK;
	}
	log_error("node_key", "result=%s", result_name(opened));
	secret_wipe(r->node_private_key, sizeof(r->node_private_key));
	r->node_key = (struct id){0};
	return RESULT_OURS_STORE;
}

_Static_assert(NODE_PRIVATE_KEY_SIZE == crypto_sign_SECRETKEYBYTES, "one size of private keys");

enum result store_node_key_signing(
        struct reader *r, int64_t now_ms, struct id *id, uint8_t private_key[NODE_PRIVATE_KEY_SIZE])
{
	uint8_t public_key[32];
	struct query q;
	bool found;
	enum result opened = RESULT_OK, result;

	query_start(&q, r->db, STMT_NODE_KEY_SIGNING);
	query_put_int(&q, now_ms);
	found = query_row(&q);
	if (found) {
		query_blob(&q, id->b, sizeof(id->b));
		query_blob(&q, public_key, sizeof(public_key));
		/* The row of an id never changes. */
		if (!id_eq(id, &r->node_key))
			opened = key_open(r, id, public_key, query_bytes(&q));
	}
	result = query_end(&q);
	if (!result)
		result = opened;
	if (!result && !found)
		result = RESULT_THEIRS_NOT_FOUND;
	if (!result)
		memcpy(private_key, r->node_private_key, NODE_PRIVATE_KEY_SIZE);
	return result;
}

/* A key pair of its own; the seed leaves this function sealed only. */
static enum result node_key_make(struct batch *b, struct node_key_row *out, struct buf *sealed)
{
	uint8_t pair[crypto_sign_SECRETKEYBYTES];
	struct secret32 seed;
	enum result r;

	secret_random(&seed);
	id_new(b->now_ms, &out->id);
	crypto_sign_seed_keypair(out->public_key, pair, seed.b);
	r = seal_close(&b->store->seal_key, bytes_of(out->id.b, sizeof(out->id.b)),
	        bytes_of(seed.b, sizeof(seed.b)), sealed);
	secret_wipe(pair, sizeof(pair));
	secret_clear(&seed);
	return r;
}

static enum result node_key_insert(struct batch *b, bool first, struct node_key_row *out)
{
	uint8_t storage[SEAL_OVERHEAD + sizeof(struct secret32)];
	struct buf sealed;
	struct query q;
	enum result r;

	buf_init(&sealed, storage, sizeof(storage));
	*out = (struct node_key_row){
	        .created_ms = b->now_ms, .signs_from_ms = first ? 0 : b->now_ms + NODE_KEY_LEAD_MS};
	r = node_key_make(b, out, &sealed);
	if (r)
		return r;
	batch_query(b, &q, STMT_NODE_KEY_INSERT);
	query_put_id(&q, &out->id);
	query_put_blob(&q, out->public_key, sizeof(out->public_key));
	query_put_blob(&q, sealed.p, sealed.len);
	query_put_int(&q, out->created_ms);
	query_put_int(&q, out->signs_from_ms);
	b->changes++;
	return query_run(&q);
}

static enum result node_key_count(struct batch *b, int64_t *out)
{
	struct query q;

	batch_query(b, &q, STMT_NODE_KEY_COUNT);
	return query_one_int(&q, out);
}

enum result batch_node_key_ensure(struct batch *b)
{
	struct node_key_row unused;
	int64_t count;
	enum result r = node_key_count(b, &count);

	if (r || count > 0)
		return r;
	return node_key_insert(b, true, &unused);
}

enum result batch_node_key_rotate(struct batch *b, struct node_key_row *out)
{
	int64_t count, last;
	struct query q;
	enum result r = node_key_count(b, &count);

	if (r)
		return r;
	if (count == 0)
		return node_key_insert(b, true, out);
	batch_query(b, &q, STMT_NODE_KEY_LAST_CREATED);
	r = query_one_int(&q, &last);
	if (r)
		return r;
	if (b->now_ms < last + NODE_KEY_INTERVAL_MS)
		return RESULT_THEIRS_STATE;
	batch_query(b, &q, STMT_NODE_KEY_REPLACE);
	query_put_int(&q, b->now_ms + NODE_KEY_OVERLAP_MS);
	b->changes++;
	r = query_run(&q);
	return r ? r : node_key_insert(b, false, out);
}
