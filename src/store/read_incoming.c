/* Reading incoming payments, and pages of resources. */
#include "store/incoming.h"

#include <string.h>

#include "base/limits.h"
#include "store/batch_core.h"

enum result store_incoming_get(
        struct reader *r, struct arena *a, const struct id *id, struct incoming_row *out)
{
	struct query q;
	bool found;
	enum result result;

	query_start(&q, r->db, STMT_INCOMING_GET);
	query_put_id(&q, id);
	found = query_row(&q);
	if (found)
		row_incoming(&q, a, out);
	result = query_end(&q);
	if (result)
		return result;
	return found ? RESULT_OK : RESULT_THEIRS_NOT_FOUND;
}

static const struct list_statements of_wallet = {
        STMT_INCOMING_POSITION, STMT_INCOMING_OLDER, STMT_INCOMING_NEWER};
static const struct list_statements of_client = {
        STMT_INCOMING_POSITION, STMT_INCOMING_OLDER_OF_CLIENT, STMT_INCOMING_NEWER_OF_CLIENT};
static const struct list_statements of_all = {
        STMT_INCOMING_POSITION, STMT_INCOMING_OLDER_OF_ALL, STMT_INCOMING_NEWER_OF_ALL};

enum result store_incoming_list(struct reader *r, struct arena *a, const struct list_query *q,
        struct incoming_row **out, size_t *count, struct list_edges *edges)
{
	const struct list_statements *s = &of_wallet;
	struct id ids[LIMIT_PAGE_SIZE];
	enum result result;

	if (!q->wallet)
		s = &of_all;
	else if (q->client)
		s = &of_client;
	result = list_page(r, s, q, ids, count, edges);
	if (result)
		return result;
	*out = arena_alloc(a, (*count ? *count : 1) * sizeof(**out));
	if (!*out)
		return RESULT_OURS_MEMORY;
	for (size_t i = 0; !result && i < *count; i++)
		result = store_incoming_get(r, a, &ids[i], &(*out)[i]);
	return result;
}

enum result store_incoming_transfers(
        struct reader *r, struct arena *a, int64_t key, struct transfer_row **out, size_t *count)
{
	struct query q;

	query_start(&q, r->db, STMT_INCOMING_TRANSFERS);
	query_put_int(&q, key);
	query_put_int(&q, LIMIT_PAGE_SIZE);
	return rows_transfers(&q, a, out, count);
}

enum result store_incoming_due(struct reader *r, int64_t now_ms, bool *due)
{
	struct query q;

	*due = false;
	query_start(&q, r->db, STMT_INCOMING_DUE);
	query_put_int(&q, 0);
	query_put_int(&q, 0);
	if (query_row(&q)) {
		(void)query_int(&q); /* which one */
		*due = query_int(&q) <= now_ms;
	}
	return query_end(&q);
}
