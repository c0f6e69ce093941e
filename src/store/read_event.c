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

/* One page of a list whose statement takes the key that it begins behind, and how many. */
struct listing {
	enum statement asc, desc;
	int64_t endpoint; /* whose deliveries the rows show */
	const struct id *resource;
	const enum event_state *state;
	bool of_endpoint; /* the statement takes the endpoint */
	bool newest_first;
};

static void list_start(
        struct query *q, struct reader *r, const struct listing *l, int64_t after, size_t n)
{
	query_start(q, r->db, l->newest_first ? l->desc : l->asc);
	query_put_int(q, after);
	query_put_u64(q, n);
	if (l->resource)
		query_put_id(q, l->resource);
	if (l->of_endpoint)
		query_put_int(q, l->endpoint);
	if (l->state)
		query_put_text(q, event_state_name(*l->state));
}

static enum result list(struct reader *r, struct arena *a, const struct listing *l,
        const struct page *p, struct event_row **out, size_t *count, bool *more)
{
	int64_t keys[LIMIT_PAGE_SIZE], after = l->newest_first ? INT64_MAX : 0;
	size_t limit = p->limit < LIMIT_PAGE_SIZE ? p->limit : LIMIT_PAGE_SIZE;
	struct query q;
	enum result result = RESULT_OK;

	*count = 0;
	*more = false;
	if (!id_is_zero(&p->after))
		result = event_key(r, &p->after, &after);
	if (result)
		return result;
	*out = arena_alloc(a, limit * sizeof(**out));
	if (!*out)
		return RESULT_OURS_MEMORY;
	list_start(&q, r, l, after, limit + 1);
	while (query_row(&q)) {
		if (*count == limit) {
			*more = true;
			break;
		}
		keys[(*count)++] = query_int(&q);
	}
	result = query_end(&q);
	for (size_t i = 0; !result && i < *count; i++)
		result = event_read(r, a, l->endpoint, keys[i], &(*out)[i]);
	return result;
}

enum result store_event_list(struct reader *r, struct arena *a, const struct event_filter *f,
        const struct page *p, struct event_row **out, size_t *count, bool *more)
{
	struct listing l = {STMT_EVENT_LIST, STMT_EVENT_LIST_DESC, ENDPOINT_CONFIGURED, NULL, NULL,
	        false, f->desc};

	if (f->state) {
		l.asc = STMT_EVENT_LIST_OPEN;
		l.desc = STMT_EVENT_LIST_OPEN_DESC;
		l.state = f->state;
		l.of_endpoint = true;
	} else if (f->resource) {
		l.asc = STMT_EVENT_LIST_OF_RESOURCE;
		l.desc = STMT_EVENT_LIST_OF_RESOURCE_DESC;
		l.resource = f->resource;
	}
	return list(r, a, &l, p, out, count, more);
}

enum result store_delivery_list(struct reader *r, struct arena *a, int64_t endpoint,
        const struct event_filter *f, const struct page *p, struct event_row **out, size_t *count,
        bool *more)
{
	struct listing l = {STMT_DELIVERY_LIST, STMT_DELIVERY_LIST_DESC, endpoint, NULL, f->state,
	        true, f->desc};

	if (f->state) {
		l.asc = STMT_DELIVERY_LIST_OPEN;
		l.desc = STMT_DELIVERY_LIST_OPEN_DESC;
	}
	return list(r, a, &l, p, out, count, more);
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
