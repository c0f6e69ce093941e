#include "store/endpoint.h"

#include <stdio.h>
#include <string.h>

#include "base/secret.h"
#include "store/batch_core.h"
#include "store/seal.h"

static void row_endpoint(struct query *q, struct arena *a, struct endpoint_row *out)
{
	out->key = query_int(q);
	query_blob(q, out->id.b, sizeof(out->id.b));
	out->url = query_text(q, a);
	out->types = query_text(q, a);
	out->enabled = query_int(q) != 0;
	out->given = query_int(q);
	out->created_ms = query_int(q);
	out->changed_ms = query_int(q);
}

/* ---- secrets ---- */

static enum result unseal(const struct secret32 *key, const struct id *id, struct bytes sealed,
        char out[ENDPOINT_SECRETS_SIZE])
{
	struct buf text;
	enum result r;

	buf_init(&text, (uint8_t *)out, ENDPOINT_SECRETS_SIZE - 1);
	r = seal_open(key, bytes_of(id->b, sizeof(id->b)), sealed, &text);
	if (r || text.failed) {
		secret_wipe(out, ENDPOINT_SECRETS_SIZE);
		return RESULT_OURS_STORE;
	}
	out[text.len] = '\0';
	return RESULT_OK;
}

/* secrets NULL: they are not opened. */
static enum result get(struct batch *b, struct arena *a, const struct id *id,
        struct endpoint_row *out, char secrets[ENDPOINT_SECRETS_SIZE])
{
	enum result opened = RESULT_OK, r;
	struct query q;
	bool found;

	if (secrets)
		secrets[0] = '\0';
	batch_query(b, &q, STMT_ENDPOINT_GET);
	query_put_id(&q, id);
	found = query_row(&q);
	if (found) {
		row_endpoint(&q, a, out);
		if (secrets && out->key != ENDPOINT_CONFIGURED)
			opened = unseal(&b->store->seal_key, id, query_bytes(&q), secrets);
	}
	r = query_end(&q);
	if (!r)
		r = found ? opened : RESULT_THEIRS_NOT_FOUND;
	return r;
}

enum result batch_endpoint_secrets(
        struct batch *b, const struct id *id, char out[ENDPOINT_SECRETS_SIZE])
{
	struct endpoint_row row;
	enum result r = get(b, &b->arena, id, &row, out);

	return r ? r : *out ? RESULT_OK : RESULT_THEIRS_NOT_FOUND;
}

static enum result seal(struct batch *b, const struct id *id, const char *secrets, struct buf *out)
{
	return seal_close(
	        &b->store->seal_key, bytes_of(id->b, sizeof(id->b)), bytes_str(secrets), out);
}

/* The new one, and behind it the first of those that are there. */
static enum result join_secrets(const char *added, char secrets[ENDPOINT_SECRETS_SIZE])
{
	char both[ENDPOINT_SECRETS_SIZE];
	int n = snprintf(both, sizeof(both), "%s %.*s", added, (int)strcspn(secrets, " "), secrets);
	bool fits = n >= 0 && (size_t)n < sizeof(both);

	if (fits)
		memcpy(secrets, both, (size_t)n + 1);
	secret_wipe(both, sizeof(both));
	return fits ? RESULT_OK : RESULT_THEIRS_TOO_BIG;
}

/* ---- changes ---- */

static enum result list(struct query *q, struct arena *a, struct endpoint_row *rows, size_t *count)
{
	*count = 0;
	query_put_int(q, ENDPOINTS_MAX);
	while (*count < ENDPOINTS_MAX && query_row(q))
		row_endpoint(q, a, &rows[(*count)++]);
	return query_end(q);
}

enum result batch_endpoint_list(
        struct batch *b, struct arena *a, struct endpoint_row *rows, size_t *count)
{
	struct query q;

	batch_query(b, &q, STMT_ENDPOINT_LIST);
	return list(&q, a, rows, count);
}

enum result batch_endpoint_id(struct batch *b, int64_t key, struct id *out)
{
	struct query q;

	batch_query(b, &q, STMT_ENDPOINT_ID);
	query_put_int(&q, key);
	return query_one_id(&q, out);
}

static enum result insert(struct batch *b, const struct endpoint_row *row, const struct buf *sealed)
{
	struct query q;

	batch_query(b, &q, STMT_ENDPOINT_INSERT);
	query_put_int(&q, row->key);
	query_put_id(&q, &row->id);
	query_put_text(&q, row->url);
	query_put_blob(&q, sealed->p, sealed->len);
	query_put_text(&q, row->types);
	query_put_int(&q, row->enabled);
	query_put_int(&q, b->now_ms);
	b->changes++;
	return query_run(&q);
}

enum result batch_endpoint_add(struct batch *b, struct arena *a,
        const struct endpoint_change *wanted, struct endpoint_row *out)
{
	uint8_t storage[ENDPOINT_SECRETS_SIZE + SEAL_OVERHEAD];
	struct endpoint_row rows[ENDPOINTS_MAX], row = {.enabled = true};
	struct buf sealed;
	char secrets[ENDPOINT_SECRETS_SIZE];
	int64_t last;
	struct query q;
	size_t count;
	enum result r = batch_endpoint_list(b, &b->arena, rows, &count);

	if (!r && count == ENDPOINTS_MAX)
		r = RESULT_THEIRS_TOO_BIG;
	if (r)
		return r;
	batch_query(b, &q, STMT_ENDPOINT_LAST);
	r = query_one_int(&q, &last);
	if (r)
		return r;
	row.key = last + 1;
	id_new(b->now_ms, &row.id);
	row.url = wanted->url;
	row.types = wanted->types ? wanted->types : "";
	if (wanted->enabled)
		row.enabled = *wanted->enabled;
	buf_init(&sealed, storage, sizeof(storage));
	r = seal(b, &row.id, wanted->secrets, &sealed);
	if (!r)
		r = insert(b, &row, &sealed);
	if (!r)
		r = get(b, a, &row.id, out, secrets);
	secret_wipe(secrets, sizeof(secrets));
	return r;
}

/* secrets: those that are there; they become what is to be. */
static enum result change_secrets(
        const struct endpoint_change *c, char secrets[ENDPOINT_SECRETS_SIZE])
{
	if (!c->secrets)
		return RESULT_OK;
	if (c->keep_secret)
		return join_secrets(c->secrets, secrets);
	if (strlen(c->secrets) >= ENDPOINT_SECRETS_SIZE)
		return RESULT_THEIRS_TOO_BIG;
	memcpy(secrets, c->secrets, strlen(c->secrets) + 1);
	return RESULT_OK;
}

static enum result set(struct batch *b, const struct endpoint_row *row,
        const struct endpoint_change *c, char secrets[ENDPOINT_SECRETS_SIZE])
{
	uint8_t storage[ENDPOINT_SECRETS_SIZE + SEAL_OVERHEAD];
	struct buf sealed;
	struct query q;
	enum result r = change_secrets(c, secrets);

	buf_init(&sealed, storage, sizeof(storage));
	if (!r)
		r = seal(b, &row->id, secrets, &sealed);
	if (r)
		return r;
	batch_query(b, &q, STMT_ENDPOINT_SET);
	query_put_int(&q, row->key);
	query_put_text(&q, c->url ? c->url : row->url);
	query_put_blob(&q, sealed.p, sealed.len);
	query_put_text(&q, c->types ? c->types : row->types);
	query_put_int(&q, c->enabled ? *c->enabled : row->enabled);
	query_put_int(&q, b->now_ms);
	b->changes++;
	return query_run(&q);
}

enum result batch_endpoint_set(struct batch *b, struct arena *a, const struct id *id,
        const struct endpoint_change *change, struct endpoint_row *out)
{
	char secrets[ENDPOINT_SECRETS_SIZE];
	enum result r = get(b, &b->arena, id, out, secrets);

	if (!r && out->key == ENDPOINT_CONFIGURED)
		r = RESULT_THEIRS_STATE;
	if (!r)
		r = set(b, out, change, secrets);
	if (!r)
		r = get(b, a, id, out, secrets);
	secret_wipe(secrets, sizeof(secrets));
	return r;
}

enum result batch_endpoint_remove(struct batch *b, const struct id *id)
{
	struct endpoint_row row;
	struct query q;
	enum result r = get(b, &b->arena, id, &row, NULL);

	if (!r && row.key == ENDPOINT_CONFIGURED)
		r = RESULT_THEIRS_STATE;
	if (r)
		return r;
	batch_query(b, &q, STMT_ENDPOINT_REMOVE);
	query_put_int(&q, row.key);
	query_put_int(&q, b->now_ms);
	b->changes++;
	return query_run(&q);
}

/* ---- giving ---- */

struct behind {
	int64_t key;
	bool wanted;
	struct id resource;
	int64_t created_ms;
};

static bool wants(const struct endpoint_row *e, const char *type)
{
	size_t n = strlen(type);

	if (!*e->types)
		return true;
	for (const char *at = e->types; (at = strstr(at, type)) != NULL; at++)
		if (at > e->types && at[-1] == ' ' && at[n] == ' ')
			return true;
	return false;
}

static enum result read_behind(struct batch *b, const struct endpoint_row *e,
        struct behind out[ENDPOINT_GIVEN_MAX], size_t *count, bool *more)
{
	struct query q;
	char type[64];

	*count = 0;
	*more = false;
	batch_query(b, &q, STMT_EVENT_BEHIND);
	query_put_int(&q, e->given);
	query_put_int(&q, ENDPOINT_GIVEN_MAX + 1);
	while (query_row(&q)) {
		struct behind *next = &out[*count];

		if (*count == ENDPOINT_GIVEN_MAX) {
			*more = true;
			break;
		}
		next->key = query_int(&q);
		query_text_into(&q, type, sizeof(type));
		next->wanted = wants(e, type);
		query_blob(&q, next->resource.b, sizeof(next->resource.b));
		next->created_ms = query_int(&q);
		++*count;
	}
	return query_end(&q);
}

static enum result give_one(struct batch *b, int64_t endpoint, const struct behind *e)
{
	struct query q;
	int64_t busy;
	enum result r;

	batch_query(b, &q, STMT_DELIVERY_LANE);
	query_put_int(&q, endpoint);
	query_put_id(&q, &e->resource);
	r = query_one_int(&q, &busy);
	if (r)
		return r;
	batch_query(b, &q, STMT_DELIVERY_INSERT);
	query_put_int(&q, endpoint);
	query_put_int(&q, e->key);
	query_put_id(&q, &e->resource);
	query_put_text(&q, event_state_name(busy ? EVENT_WAITING : EVENT_PENDING));
	query_put_int(&q, b->now_ms);
	query_put_int(&q, e->created_ms);
	return query_run(&q);
}

enum result batch_endpoint_give(struct batch *b, struct endpoint_row *e, bool *more)
{
	struct behind behind[ENDPOINT_GIVEN_MAX];
	struct query q;
	size_t count;
	enum result r = read_behind(b, e, behind, &count, more);

	if (r || count == 0)
		return r;
	b->changes++;
	for (size_t i = 0; !r && i < count; i++)
		if (behind[i].wanted)
			r = give_one(b, e->key, &behind[i]);
	if (r)
		return r;
	e->given = behind[count - 1].key;
	batch_query(b, &q, STMT_ENDPOINT_GIVEN);
	query_put_int(&q, e->key);
	query_put_int(&q, e->given);
	return query_run(&q);
}

/* ---- reading ---- */

enum result store_endpoint_get(
        struct reader *r, struct arena *a, const struct id *id, struct endpoint_row *out)
{
	struct query q;
	bool found;
	enum result result;

	query_start(&q, r->db, STMT_ENDPOINT_GET);
	query_put_id(&q, id);
	found = query_row(&q);
	if (found)
		row_endpoint(&q, a, out);
	result = query_end(&q);
	return result ? result : found ? RESULT_OK : RESULT_THEIRS_NOT_FOUND;
}

enum result store_endpoint_list(
        struct reader *r, struct arena *a, struct endpoint_row *rows, size_t *count)
{
	struct query q;

	query_start(&q, r->db, STMT_ENDPOINT_LIST);
	return list(&q, a, rows, count);
}
