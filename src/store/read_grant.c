/* Reading grants, tokens and interactions. */
#include "store/grant_core.h"

#include <string.h>

/* NULL stays NULL; false where the arena is full. */
static bool copy_text(struct arena *a, const char **text)
{
	const char *copy = *text ? arena_strdup(a, *text) : NULL;
	bool ok = copy || !*text;

	*text = copy;
	return ok;
}

static bool copy_item(struct arena *a, struct access_item *item)
{
	return copy_text(a, &item->identifier) && copy_text(a, &item->limits.receiver) &&
	       copy_text(a, &item->limits.interval);
}

static bool token_copy(struct arena *a, const void *from, void *to)
{
	struct token_row *out = to;
	struct grant_row *g = &out->grant;
	bool ok;

	memcpy(out, from, sizeof(*out));
	ok = copy_text(a, &g->client) && copy_text(a, &g->jwk) && copy_text(a, &g->client_name) &&
	     copy_text(a, &g->subject);
	for (size_t i = 0; ok && i < g->access_count; i++)
		ok = copy_item(a, &g->access[i]);
	return ok;
}

enum result store_token_find(
        struct reader *r, struct arena *a, const char *value, struct token_row *out)
{
	struct token_full full = {0};
	struct kept_key key;
	uint8_t hash[32];
	struct query q;
	enum result result;

	secret_hash(value, hash);
	kept_key_init(&key, KEPT_TOKEN);
	kept_key_put(&key, hash, sizeof(hash));
	if (kept_find(r->kept, &key, token_copy, a, out))
		return RESULT_OK;
	query_start(&q, r->db, STMT_GRANT_TOKEN_FIND);
	query_put_blob(&q, hash, sizeof(hash));
	result = token_one(&q, a, &full);
	*out = full.row;
	if (!result)
		kept_put(r->kept, &key, token_copy, out, sizeof(*out));
	return result;
}

enum result store_token_managed(struct reader *r, struct arena *a, const struct id *id,
        const char *value, struct token_row *out)
{
	struct token_full full = {0};
	struct query q;
	enum result result;

	query_start(&q, r->db, STMT_GRANT_TOKEN_GET);
	query_put_id(&q, id);
	result = token_one(&q, a, &full);
	*out = full.row;
	return result || secret_is(value, full.hash) ? result : RESULT_THEIRS_NOT_FOUND;
}

static enum result grant_read(
        struct reader *r, struct arena *a, const struct id *id, struct grant_full *out)
{
	struct query q;

	query_start(&q, r->db, STMT_GRANT_GET);
	query_put_id(&q, id);
	return grant_one(&q, a, out);
}

enum result store_grant_get(
        struct reader *r, struct arena *a, const struct id *id, struct grant_row *out)
{
	struct grant_full full = {0};
	enum result result = grant_read(r, a, id, &full);

	*out = full.row;
	return result;
}

enum result store_grant_continued(struct reader *r, struct arena *a, const struct id *id,
        const char *token, struct grant_row *out)
{
	struct grant_full full = {0};
	enum result result = grant_read(r, a, id, &full);

	*out = full.row;
	return result || secret_is(token, full.continue_hash) ? result : RESULT_THEIRS_NOT_FOUND;
}

static enum statement list_statement(const struct grant_filter *f)
{
	if (f->wallet)
		return STMT_GRANT_LIST_OF_WALLET;
	return f->client ? STMT_GRANT_LIST_OF_CLIENT : STMT_GRANT_LIST;
}

enum result store_grant_list(struct reader *r, struct arena *a, const struct grant_filter *f,
        const struct page *p, struct grant_row **out, size_t *count, bool *more)
{
	struct query q;
	enum result result;

	*count = 0;
	*more = false;
	*out = arena_alloc(a, p->limit * sizeof(**out));
	if (!*out)
		return RESULT_OURS_MEMORY;
	query_start(&q, r->db, list_statement(f));
	query_put_id(&q, &p->after);
	query_put_text(&q, f->client ? f->client : "");
	query_put_int(&q, f->wallet);
	query_put_text(&q, f->state ? f->state : "");
	query_put_text(&q, f->reason ? f->reason : "");
	query_put_u64(&q, p->limit + 1);
	while (query_row(&q)) {
		struct grant_full full = {0};

		if (*count == p->limit) {
			*more = true;
			break;
		}
		row_grant(&q, a, &full);
		(*out)[(*count)++] = full.row;
	}
	result = query_end(&q);
	for (size_t i = 0; !result && i < *count; i++)
		result = grant_items(r->db, a, &(*out)[i]);
	return result;
}

static enum result newest_payment(
        struct reader *r, int64_t grant, size_t position, struct grant_spent_row *out)
{
	struct query q;

	query_start(&q, r->db, STMT_GRANT_NEWEST_PAYMENT);
	query_put_int(&q, grant);
	query_put_u64(&q, position);
	out->any = query_row(&q);
	if (out->any) {
		query_text_into(&q, out->receive_code, sizeof(out->receive_code));
		out->receive_scale = (unsigned)query_int(&q);
		out->asset = (asset_id)query_int(&q);
	}
	return query_end(&q);
}

enum result store_grant_spent(struct reader *r, const struct grant_row *g, size_t position,
        int64_t now_ms, struct grant_spent_row *out)
{
	struct interval_window window;
	struct query q;
	enum result result;

	*out = (struct grant_spent_row){0};
	result = newest_payment(r, g->key, position, out);
	if (result || !out->any)
		return result;
	result = grant_window_at(&g->access[position].limits, now_ms, &window);
	if (result) /* outside of all windows nothing counts */
		return result == RESULT_THEIRS_FORBIDDEN ? RESULT_OK : result;
	query_start(&q, r->db, STMT_GRANT_SPENT_SUM);
	query_put_int(&q, g->key);
	query_put_u64(&q, position);
	query_put_int(&q, window.start_ms);
	query_put_text(&q, out->receive_code);
	query_put_int(&q, out->receive_scale);
	if (query_row(&q)) {
		out->debit = query_u64(&q);
		out->receive = query_u64(&q);
	}
	return query_end(&q);
}

enum result store_interaction_find(struct reader *r, struct arena *a, const struct id *id,
        const char *nonce, struct interaction_row *out)
{
	struct interaction_full full = {0};
	struct query q;
	enum result result;

	query_start(&q, r->db, STMT_INTERACTION_GET);
	query_put_id(&q, id);
	result = interaction_one(&q, a, &full);
	if (result)
		return result;
	if (!secret_is(nonce, full.nonce_hash))
		return RESULT_THEIRS_NOT_FOUND;
	*out = full.row;
	return RESULT_OK;
}

/* ---- clients ---- */

enum result store_client_list(struct reader *r, struct arena *a, const char *after, size_t limit,
        struct client_row **out, size_t *count, bool *more)
{
	struct query q;

	*count = 0;
	*more = false;
	*out = arena_alloc(a, limit * sizeof(**out));
	if (!*out)
		return RESULT_OURS_MEMORY;
	query_start(&q, r->db, STMT_CLIENT_LIST);
	query_put_text(&q, after ? after : "");
	query_put_u64(&q, limit + 1);
	while (query_row(&q)) {
		struct client_row *c = &(*out)[*count];

		if (*count == limit) {
			*more = true;
			break;
		}
		++*count;
		c->client = query_text(&q, a);
		c->grants = query_u64(&q);
		c->newest_ms = query_int(&q);
		c->issued = query_u64(&q);
		c->name = query_text(&q, a);
	}
	return query_end(&q);
}
