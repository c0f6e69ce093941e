/* Rows of grants as statements give them, and the secrets that belong to them. */
#include "store/grant_core.h"

#include <string.h>

/* ---- secrets ---- */

void grant_secret(const struct secret32 *seal_key, enum secret_kind kind, const struct id *id,
        char out[TOKEN_TEXT_SIZE])
{
	static const char *const labels[] = {
	        [SECRET_ACCESS] = "florin grant access",
	        [SECRET_CONTINUE] = "florin grant continue",
	        [SECRET_NONCE] = "florin grant nonce",
	        [SECRET_REFERENCE] = "florin grant reference",
	};
	struct secret32 key, value;

	/* A key for each kind, so that none is ever used for two things. */
	hmac_sha256(bytes_of(seal_key->b, sizeof(seal_key->b)), bytes_str(labels[kind]), key.b);
	hmac_sha256(bytes_of(key.b, sizeof(key.b)), bytes_of(id->b, sizeof(id->b)), value.b);
	base64_encode(bytes_of(value.b, sizeof(value.b)), BASE64_URL | BASE64_NO_PAD, out);
	secret_clear(&key);
	secret_clear(&value);
}

void secret_hash(const char *value, uint8_t out[32])
{
	sha256(bytes_str(value), out);
}

bool secret_is(const char *value, const uint8_t hash[32])
{
	uint8_t own[32];

	secret_hash(value, own);
	return secret_eq_bytes(bytes_of(own, sizeof(own)), bytes_of(hash, 32));
}

/* ---- rows ---- */

static enum grant_state query_grant_state(struct query *q)
{
	char state[16], reason[16];
	enum grant_state out = GRANT_REVOKED;

	query_text_into(q, state, sizeof(state));
	query_text_into(q, reason, sizeof(reason));
	if (grant_state_parse(state, reason, &out) && !q->failed)
		q->failed = RESULT_OURS_STORE;
	return out;
}

void row_grant(struct query *q, struct arena *a, struct grant_full *out)
{
	struct grant_row *g = &out->row;

	g->key = query_int(q);
	query_blob(q, g->id.b, sizeof(g->id.b));
	g->client = query_text(q, a);
	g->jwk = query_text(q, a);
	g->client_name = query_text(q, a);
	g->state = query_grant_state(q);
	g->subject = query_text(q, a);
	g->subject_wallet = query_int(q);
	g->wallet = query_int(q);
	g->ends_ms = query_int(q);
	g->poll_after_ms = query_int(q);
	g->created_ms = query_int(q);
	g->changed_ms = query_int(q);
	query_blob(q, out->continue_hash, sizeof(out->continue_hash));
}

/* NULL for "". */
static const char *query_optional(struct query *q, struct arena *a)
{
	const char *s = query_text(q, a);

	return s[0] ? s : NULL;
}

static void row_access(struct query *q, struct arena *a, struct access_item *out)
{
	struct access_limits *l = &out->limits;
	char name[24], cap[8];

	query_text_into(q, name, sizeof(name));
	if (access_type_parse(name, &out->type) && !q->failed)
		q->failed = RESULT_OURS_STORE;
	out->actions = (unsigned)query_int(q);
	out->identifier = query_optional(q, a);
	out->wallet = query_int(q);
	l->given = query_int(q) != 0;
	l->receiver = query_optional(q, a);
	l->interval = query_optional(q, a);
	query_text_into(q, cap, sizeof(cap));
	l->cap = cap[0] == '\0' ? CAP_NONE : cap[0] == 'd' ? CAP_DEBIT : CAP_RECEIVE;
	l->amount = query_u64(q);
	query_text_into(q, l->code, sizeof(l->code));
	l->scale = (unsigned)query_int(q);
}

enum result grant_items(struct db *db, struct arena *a, struct grant_row *row)
{
	struct query q;

	row->access_count = 0;
	query_start(&q, db, STMT_GRANT_ACCESS_LIST);
	query_put_int(&q, row->key);
	while (query_row(&q)) {
		/* Its own place, which a payment's record names. */
		if (query_int(&q) != (int64_t)row->access_count ||
		        row->access_count == ACCESS_ITEMS_MAX) {
			q.failed = RESULT_OURS_STORE;
			break;
		}
		row_access(&q, a, &row->access[row->access_count++]);
	}
	return query_end(&q);
}

static enum result found_items(struct query *q, bool found, struct arena *a, struct grant_row *row)
{
	struct db *db = q->db;
	enum result r = query_end(q);

	if (r)
		return r;
	return found ? grant_items(db, a, row) : RESULT_THEIRS_NOT_FOUND;
}

enum result grant_one(struct query *q, struct arena *a, struct grant_full *out)
{
	bool found = query_row(q);

	if (found)
		row_grant(q, a, out);
	return found_items(q, found, a, &out->row);
}

enum result token_one(struct query *q, struct arena *a, struct token_full *out)
{
	struct grant_full grant;
	bool found = query_row(q);

	if (found) {
		out->row.key = query_int(q);
		query_blob(q, out->row.id.b, sizeof(out->row.id.b));
		out->row.expires_ms = query_int(q);
		out->row.ended = query_bytes(q).n > 0;
		query_blob(q, out->hash, sizeof(out->hash));
		row_grant(q, a, &grant);
		out->row.grant = grant.row;
		memcpy(out->continue_hash, grant.continue_hash, sizeof(out->continue_hash));
	}
	return found_items(q, found, a, &out->row.grant);
}

static enum interaction_state query_interaction_state(struct query *q)
{
	struct bytes s = query_bytes(q);

	if (bytes_eq_str(s, "PENDING"))
		return INTERACTION_PENDING;
	return bytes_eq_str(s, "ACCEPTED") ? INTERACTION_ACCEPTED : INTERACTION_REJECTED;
}

enum result interaction_one(struct query *q, struct arena *a, struct interaction_full *out)
{
	struct interaction_row *i = &out->row;
	struct grant_full grant;
	bool found = query_row(q);

	if (found) {
		struct bytes session;

		query_blob(q, i->id.b, sizeof(i->id.b));
		i->state = query_interaction_state(q);
		i->finish_uri = query_text(q, a);
		i->client_nonce = query_text(q, a);
		i->server_nonce = query_text(q, a);
		session = query_bytes(q);
		i->bound = session.n == sizeof(i->session);
		if (i->bound)
			memcpy(i->session, session.p, sizeof(i->session));
		i->created_ms = query_int(q);
		i->expires_ms = query_int(q);
		query_blob(q, out->nonce_hash, sizeof(out->nonce_hash));
		query_blob(q, out->ref_hash, sizeof(out->ref_hash));
		out->used = query_int(q) != 0;
		row_grant(q, a, &grant);
		i->grant = grant.row;
		memcpy(out->continue_hash, grant.continue_hash, sizeof(out->continue_hash));
	}
	return found_items(q, found, a, &i->grant);
}

/* ---- rules on rows ---- */

enum result token_check(const struct token_row *t, int64_t now_ms)
{
	if (t->ended || t->grant.state != GRANT_ISSUED || now_ms >= t->expires_ms)
		return RESULT_THEIRS_UNAUTHORIZED;
	return t->grant.ends_ms && now_ms >= t->grant.ends_ms ? RESULT_THEIRS_EXPIRED : RESULT_OK;
}

/* Length before text, so that no two lists of texts give the same bytes. */
static void digest_text(struct buf *b, const char *s)
{
	size_t n = s ? strlen(s) : 0;

	buf_u32(b, (uint32_t)n + (s != NULL));
	buf_put(b, s, n);
}

static void digest_item(struct buf *b, const struct access_item *item)
{
	const struct access_limits *l = &item->limits;

	buf_u8(b, (uint8_t)item->type);
	buf_u32(b, item->actions);
	digest_text(b, item->identifier);
	buf_u8(b, l->given);
	digest_text(b, l->receiver);
	digest_text(b, l->interval);
	buf_u8(b, (uint8_t)l->cap);
	buf_u64(b, l->amount);
	digest_text(b, l->cap ? l->code : NULL);
	buf_u32(b, l->scale);
}

#define DIGEST_BYTES (32 * 1024) /* above all texts of a grant at their longest */

enum result interaction_digest(const struct interaction_row *i, struct arena *a, uint8_t out[32])
{
	uint8_t *storage = arena_alloc(a, DIGEST_BYTES);
	struct buf b;

	if (!storage)
		return RESULT_OURS_MEMORY;
	buf_init(&b, storage, DIGEST_BYTES);
	buf_put(&b, i->id.b, sizeof(i->id.b));
	digest_text(&b, i->grant.client);
	digest_text(&b, i->grant.client_name);
	digest_text(&b, i->grant.subject);
	digest_text(&b, i->finish_uri);
	for (size_t n = 0; n < i->grant.access_count; n++)
		digest_item(&b, &i->grant.access[n]);
	if (b.failed)
		return RESULT_OURS_BUG;
	sha256(buf_view(&b), out);
	return RESULT_OK;
}
