/* Access tokens: given, rotated, revoked, checked. */
#include "store/grant_core.h"

#include <string.h>

enum result batch_token_load(
        struct batch *b, const struct id *id, struct arena *a, struct token_full *out)
{
	struct query q;

	batch_query(b, &q, STMT_GRANT_TOKEN_GET);
	query_put_id(&q, id);
	return token_one(&q, a, out);
}

enum result batch_token_add(struct batch *b, int64_t grant, int64_t lifetime_ms,
        struct grant_secrets *out, int64_t *key)
{
	uint8_t hash[32];
	struct query q;
	enum result r = batch_next_id(b, SEQUENCE_GRANT_TOKEN, key);

	if (r)
		return r;
	id_new(b->now_ms, &out->token_id);
	grant_secret(&b->store->seal_key, SECRET_ACCESS, &out->token_id, out->access_token);
	out->expires_ms = b->now_ms + lifetime_ms;
	secret_hash(out->access_token, hash);
	batch_query(b, &q, STMT_GRANT_TOKEN_INSERT);
	query_put_int(&q, *key);
	query_put_blob(&q, hash, sizeof(hash));
	query_put_id(&q, &out->token_id);
	query_put_int(&q, grant);
	query_put_int(&q, b->now_ms);
	query_put_int(&q, out->expires_ms);
	b->changes++;
	return query_run(&q);
}

/* The request that rotated it asks again, since it may not have seen the answer. */
static enum result rotate_again(struct batch *b, const struct token_full *old,
        const struct token_rotate *t, struct grant_secrets *out)
{
	struct query q;
	bool found, ended = true;
	enum result r;

	batch_query(b, &q, STMT_GRANT_TOKEN_SUCCESSOR);
	query_put_int(&q, old->row.key);
	query_put_blob(&q, t->signature, sizeof(t->signature));
	query_put_int(&q, b->now_ms - ROTATE_REPEAT_MS);
	found = query_row(&q);
	if (found) {
		query_blob(&q, out->token_id.b, sizeof(out->token_id.b));
		out->expires_ms = query_int(&q);
		ended = query_bytes(&q).n > 0;
	}
	r = query_end(&q);
	if (r)
		return r;
	if (!found || ended)
		return RESULT_THEIRS_STATE;
	grant_secret(&b->store->seal_key, SECRET_ACCESS, &out->token_id, out->access_token);
	return RESULT_OK;
}

static enum result rotate_now(struct batch *b, const struct token_full *old,
        const struct token_rotate *t, struct grant_secrets *out)
{
	struct query q;
	int64_t key;
	enum result r = batch_token_add(b, old->row.grant.key, t->token_ms, out, &key);

	if (r)
		return r;
	batch_query(b, &q, STMT_GRANT_TOKEN_ROTATE);
	query_put_int(&q, old->row.key);
	query_put_int(&q, b->now_ms);
	query_put_int(&q, key);
	query_put_blob(&q, t->signature, sizeof(t->signature));
	return query_run(&q);
}

enum result batch_token_rotate(struct batch *b, const struct token_rotate *t, struct arena *a,
        struct grant_row *g, struct grant_secrets *out)
{
	struct token_full old;
	enum result r = batch_token_load(b, &t->id, a, &old);

	memset(out, 0, sizeof(*out));
	if (r)
		return r;
	if (!secret_is(t->token, old.hash))
		return RESULT_THEIRS_UNAUTHORIZED;
	*g = old.row.grant;
	if (g->state != GRANT_ISSUED || (g->ends_ms && b->now_ms >= g->ends_ms))
		return RESULT_THEIRS_STATE;
	return old.row.ended ? rotate_again(b, &old, t, out) : rotate_now(b, &old, t, out);
}

enum result batch_token_revoke(struct batch *b, const struct id *id, const char *value)
{
	struct token_full token;
	struct query q;
	enum result r = batch_token_load(b, id, &b->arena, &token);

	if (r)
		return r;
	if (!secret_is(value, token.hash))
		return RESULT_THEIRS_UNAUTHORIZED;
	if (token.row.ended)
		return RESULT_OK;
	batch_query(b, &q, STMT_GRANT_TOKEN_REVOKE);
	query_put_int(&q, token.row.key);
	query_put_int(&q, b->now_ms);
	b->changes++;
	return query_run(&q);
}

enum result batch_token_check(struct batch *b, int64_t token)
{
	struct token_full full;
	struct query q;
	enum result r;

	batch_query(b, &q, STMT_GRANT_TOKEN_OF_KEY);
	query_put_int(&q, token);
	r = token_one(&q, &b->arena, &full);
	return r ? r : token_check(&full.row, b->now_ms);
}
