/* The outbox as it is read. */
#include "store/event.h"

#include "base/limits.h"
#include "store/batch_core.h"

static enum result event_read(struct reader *r, struct arena *a, int64_t key, struct event_row *out)
{
	struct query q;
	bool found;
	enum result result;

	query_start(&q, r->db, STMT_EVENT_READ);
	query_put_int(&q, key);
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

	return result ? result : event_read(r, a, key, out);
}

static void list_start(
        struct query *q, struct reader *r, const struct event_filter *f, int64_t after, size_t n)
{
	enum statement s = STMT_EVENT_LIST;

	if (f->state)
		s = STMT_EVENT_LIST_OPEN;
	else if (f->resource)
		s = STMT_EVENT_LIST_OF_RESOURCE;
	query_start(q, r->db, s);
	query_put_int(q, after);
	query_put_u64(q, n);
	if (f->state)
		query_put_text(q, event_state_name(*f->state));
	else if (f->resource)
		query_put_id(q, f->resource);
}

enum result store_event_list(struct reader *r, struct arena *a, const struct event_filter *f,
        const struct page *p, struct event_row **out, size_t *count, bool *more)
{
	int64_t keys[LIMIT_PAGE_SIZE], after = 0;
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
	list_start(&q, r, f, after, limit + 1);
	while (query_row(&q)) {
		if (*count == limit) {
			*more = true;
			break;
		}
		keys[(*count)++] = query_int(&q);
	}
	result = query_end(&q);
	for (size_t i = 0; !result && i < *count; i++)
		result = event_read(r, a, keys[i], &(*out)[i]);
	return result;
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
