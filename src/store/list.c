#include "store/list.h"

#include <string.h>

#include "base/limits.h"
#include "store/batch_core.h"

struct position {
	int64_t created_ms;
	struct id id;
};

/* Where the page begins: behind the cursor, or at the end that the list begins with. Errors:
 * THEIRS_NOT_FOUND. */
static enum result find_start(struct reader *r, const struct list_statements *s,
        const struct list_query *lq, struct position *out)
{
	struct query q;

	out->created_ms = lq->newer ? INT64_MIN : INT64_MAX;
	memset(out->id.b, lq->newer ? 0 : 0xff, sizeof(out->id.b));
	if (id_is_zero(&lq->cursor))
		return RESULT_OK;
	out->id = lq->cursor;
	query_start(&q, r->db, s->position);
	query_put_id(&q, &lq->cursor);
	query_put_int(&q, lq->wallet);
	if (lq->client)
		query_put_text(&q, lq->client);
	else
		query_put_null(&q);
	return query_one_int(&q, &out->created_ms);
}

/* The rows next to a position, nearest first, at most `limit`. */
static enum result take(struct reader *r, enum statement s, const struct list_query *lq,
        const struct position *from, size_t limit, struct position *out, size_t *count)
{
	struct query q;

	*count = 0;
	query_start(&q, r->db, s);
	query_put_int(&q, lq->wallet);
	if (lq->client)
		query_put_text(&q, lq->client);
	else
		query_put_null(&q);
	query_put_int(&q, from->created_ms);
	query_put_id(&q, &from->id);
	query_put_u64(&q, limit);
	while (*count < limit && query_row(&q)) {
		query_blob(&q, out[*count].id.b, sizeof(out[*count].id.b));
		out[*count].created_ms = query_int(&q);
		++*count;
	}
	return query_end(&q);
}

enum result list_page(struct reader *r, const struct list_statements *s, const struct list_query *q,
        struct id *ids, size_t *count, struct list_edges *edges)
{
	size_t limit = q->limit < LIMIT_PAGE_SIZE ? q->limit : LIMIT_PAGE_SIZE;
	struct position start, rows[LIMIT_PAGE_SIZE + 1], beyond;
	size_t others = 0;
	bool more;
	enum result result = find_start(r, s, q, &start);

	*edges = (struct list_edges){false, false};
	*count = 0;
	if (!result)
		result = take(r, q->newer ? s->newer : s->older, q, &start, limit + 1, rows, count);
	if (result)
		return result;
	more = *count > limit;
	if (more)
		*count = limit;
	if (*count == 0)
		return RESULT_OK;
	/* Behind the page, on the side that it began at. */
	result = take(r, q->newer ? s->older : s->newer, q, &rows[0], 1, &beyond, &others);
	edges->older = q->newer ? others > 0 : more;
	edges->newer = q->newer ? more : others > 0;
	for (size_t i = 0; i < *count; i++)
		ids[i] = rows[q->newer ? *count - 1 - i : i].id;
	return result;
}

enum result store_payments_list(struct reader *r, const struct list_query *q, struct id *ids,
        size_t *count, struct list_edges *edges)
{
	static const struct list_statements both = {
	        STMT_PAYMENTS_POSITION, STMT_PAYMENTS_OLDER, STMT_PAYMENTS_NEWER};

	return list_page(r, &both, q, ids, count, edges);
}
