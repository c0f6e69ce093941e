/* The outbox as it is read. */
#include "store/event.h"

#include "base/limits.h"
#include "store/batch_core.h"
#include "store/endpoint.h"

static enum result event_read(
        struct reader *r, struct arena *a, int64_t endpoint, int64_t key, struct event_row *out)
{
	struct query q;
	bool found;
	enum result result;

	query_start(&q, r->db, STMT_EVENT_READ);
	query_put_int(&q, key);
	query_put_int(&q, endpoint);
	found = query_row(&q);
	if (found)
		row_event(&q, a, out);
	result = query_end(&q);
	if (result)
		return result;
	return found ? RESULT_OK : RESULT_THEIRS_NOT_FOUND;
}

static enum result event_key(struct reader *r, const struct id *id, int64_t *out)
{
	struct query q;

	query_start(&q, r->db, STMT_EVENT_KEY);
	query_put_id(&q, id);
	return query_one_int(&q, out);
}

enum result store_event_get(
        struct reader *r, struct arena *a, const struct id *id, struct event_row *out)
{
	int64_t key;
	enum result result = event_key(r, id, &key);

	return result ? result : event_read(r, a, ENDPOINT_CONFIGURED, key, out);
}

enum result store_delivery_get(struct reader *r, struct arena *a, int64_t endpoint,
        const struct id *id, struct event_row *out)
{
	struct query q;
	int64_t key, known;
	enum result result;

	query_start(&q, r->db, STMT_DELIVERY_KNOWN);
	query_put_int(&q, endpoint);
	query_put_id(&q, id);
	result = query_one_int(&q, &known);
	if (!result && !known)
		result = RESULT_THEIRS_NOT_FOUND;
	if (!result)
		result = event_key(r, id, &key);
	return result ? result : event_read(r, a, endpoint, key, out);
}

/* One page of a list whose statement takes the key that it begins behind, and how many; its rows
 * are keys and types. */
struct listing {
	enum statement asc, desc;
	int64_t endpoint; /* whose deliveries the rows show */
	const struct event_filter *f;
	bool of_resource, of_endpoint, of_state; /* what the statement takes */
	bool of_type;                            /* it takes the type */
	bool every_type;                         /* those of others are passed over here */
};

static void list_start(
        struct query *q, struct reader *r, const struct listing *l, int64_t after, size_t n)
{
	query_start(q, r->db, l->f->desc ? l->desc : l->asc);
	query_put_int(q, after);
	query_put_u64(q, n);
	if (l->of_resource)
		query_put_id(q, l->f->resource);
	if (l->of_endpoint)
		query_put_int(q, l->endpoint);
	if (l->of_state)
		query_put_text(q, event_state_name(*l->f->state));
	if (l->of_type)
		query_put_text(q, event_type_name(*l->f->type));
}

/* Up to `limit` keys that fit. *next: the last one that was looked at, where there are more. */
static enum result list_keys(struct reader *r, const struct listing *l, int64_t after, size_t limit,
        int64_t *keys, size_t *count, int64_t *next)
{
	const char *type = l->every_type ? event_type_name(*l->f->type) : NULL;
	const size_t most = type ? EVENT_SCAN : limit;
	size_t looked = 0;
	int64_t last = 0;
	struct query q;

	*count = 0;
	*next = 0;
	list_start(&q, r, l, after, most + 1);
	while (query_row(&q)) {
		if (*count == limit || looked++ == most) {
			*next = last;
			break;
		}
		last = query_int(&q);
		if (!type || bytes_eq_str(query_bytes(&q), type))
			keys[(*count)++] = last;
	}
	return query_end(&q);
}

static enum result event_id(struct reader *r, int64_t key, struct id *out)
{
	struct query q;

	query_start(&q, r->db, STMT_EVENT_ID);
	query_put_int(&q, key);
	return query_one_id(&q, out);
}

static enum result list(struct reader *r, struct arena *a, const struct listing *l,
        const struct page *p, struct event_row **out, size_t *count, struct id *next)
{
	int64_t keys[LIMIT_PAGE_SIZE], after = l->f->desc ? INT64_MAX : 0, last = 0;
	size_t limit = p->limit < LIMIT_PAGE_SIZE ? p->limit : LIMIT_PAGE_SIZE;
	enum result result = RESULT_OK;

	*count = 0;
	*next = (struct id){{0}};
	if (!id_is_zero(&p->after))
		result = event_key(r, &p->after, &after);
	if (result)
		return result;
	*out = arena_alloc(a, limit * sizeof(**out));
	if (!*out)
		return RESULT_OURS_MEMORY;
	result = list_keys(r, l, after, limit, keys, count, &last);
	for (size_t i = 0; !result && i < *count; i++)
		result = event_read(r, a, l->endpoint, keys[i], &(*out)[i]);
	if (!result && last)
		result = event_id(r, last, next);
	return result;
}

/* The type is made by each payment, and has no index. */
static bool is_common(enum event_type t)
{
	return t == EVENT_TYPE_OUTGOING_CREATED || t == EVENT_TYPE_OUTGOING_COMPLETED ||
	       t == EVENT_TYPE_INCOMING_CREATED || t == EVENT_TYPE_INCOMING_COMPLETED;
}

enum result store_event_list(struct reader *r, struct arena *a, const struct event_filter *f,
        const struct page *p, struct event_row **out, size_t *count, struct id *next)
{
	struct listing l = {.asc = STMT_EVENT_LIST,
	        .desc = STMT_EVENT_LIST_DESC,
	        .endpoint = ENDPOINT_CONFIGURED,
	        .f = f,
	        .every_type = f->type != NULL};

	if (f->state) {
		l.asc = STMT_EVENT_LIST_OPEN;
		l.desc = STMT_EVENT_LIST_OPEN_DESC;
		l.of_state = true;
		l.of_endpoint = true;
	} else if (f->resource) {
		l.asc = STMT_EVENT_LIST_OF_RESOURCE;
		l.desc = STMT_EVENT_LIST_OF_RESOURCE_DESC;
		l.of_resource = true;
	} else if (f->type && !is_common(*f->type)) {
		l.asc = STMT_EVENT_LIST_OF_TYPE;
		l.desc = STMT_EVENT_LIST_OF_TYPE_DESC;
		l.of_type = true;
		l.every_type = false;
	}
	return list(r, a, &l, p, out, count, next);
}

enum result store_delivery_list(struct reader *r, struct arena *a, int64_t endpoint,
        const struct event_filter *f, const struct page *p, struct event_row **out, size_t *count,
        struct id *next)
{
	struct listing l = {.asc = STMT_DELIVERY_LIST,
	        .desc = STMT_DELIVERY_LIST_DESC,
	        .endpoint = endpoint,
	        .f = f,
	        .of_endpoint = true,
	        .every_type = f->type != NULL};

	if (f->state) {
		l.asc = STMT_DELIVERY_LIST_OPEN;
		l.desc = STMT_DELIVERY_LIST_OPEN_DESC;
		l.of_state = true;
	}
	return list(r, a, &l, p, out, count, next);
}

enum result store_event_newest(struct reader *r, struct id *out)
{
	struct query q;
	enum result result;

	*out = (struct id){{0}};
	query_start(&q, r->db, STMT_EVENT_NEWEST);
	if (query_row(&q))
		query_blob(&q, out->b, sizeof(out->b));
	result = query_end(&q);
	return result;
}
