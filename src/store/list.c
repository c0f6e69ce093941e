#include "store/list.h"

#include <string.h>

#include "base/limits.h"
#include "store/batch_core.h"

/* Where the page begins: behind the cursor, or at the end that the list begins with. Ids are in
 * order of time, which they begin with. Errors: THEIRS_NOT_FOUND. */
static enum result find_start(struct reader *r, const struct list_statements *s,
        const struct list_query *lq, struct id *out)
{
	int64_t found;
	struct query q;

	memset(out->b, lq->newer ? 0 : 0xff, sizeof(out->b));
	if (id_is_zero(&lq->cursor))
		return RESULT_OK;
	*out = lq->cursor;
	query_start(&q, r->db, s->position);
	query_put_id(&q, &lq->cursor);
	query_put_int(&q, lq->wallet);
	if (lq->client)
		query_put_text(&q, lq->client);
	else
		query_put_null(&q);
	return query_one_int(&q, &found);
}

/* The rows next to a position, nearest first, at most `limit`. */
static enum result take(struct reader *r, enum statement s, const struct list_query *lq,
        const struct id *from, size_t limit, struct id *out, size_t *count)
{
	struct query q;

	*count = 0;
	query_start(&q, r->db, s);
	query_put_int(&q, lq->wallet);
	if (lq->client)
		query_put_text(&q, lq->client);
	else
		query_put_null(&q);
	query_put_id(&q, from);
	query_put_u64(&q, limit);
	while (*count < limit && query_row(&q)) {
		query_blob(&q, out[*count].b, sizeof(out[*count].b));
		++*count;
	}
	return query_end(&q);
}

enum result list_page(struct reader *r, const struct list_statements *s, const struct list_query *q,
        struct id *ids, size_t *count, struct list_edges *edges)
{
	size_t limit = q->limit < LIMIT_PAGE_SIZE ? q->limit : LIMIT_PAGE_SIZE;
	struct id start, rows[LIMIT_PAGE_SIZE + 1], beyond;
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
		ids[i] = rows[q->newer ? *count - 1 - i : i];
	return result;
}

enum result store_payments_list(struct reader *r, const struct list_query *q, struct id *ids,
        size_t *count, struct list_edges *edges)
{
	static const struct list_statements of_wallet = {
	        STMT_PAYMENTS_POSITION, STMT_PAYMENTS_OLDER, STMT_PAYMENTS_NEWER};
	static const struct list_statements of_all = {
	        STMT_PAYMENTS_POSITION, STMT_PAYMENTS_OLDER_OF_ALL, STMT_PAYMENTS_NEWER_OF_ALL};

	return list_page(r, q->wallet ? &of_wallet : &of_all, q, ids, count, edges);
}
