/* The statement of a peer's account. */
#include "store/statement.h"

#include "store/batch_core.h"

static void add(struct peer_statement *s, const struct statement_row *row)
{
	bool owes_more =
	        row->sort == STATEMENT_PACKETS_OUT || row->sort == STATEMENT_SETTLEMENTS_IN;
	int64_t change = owes_more ? row->amount : -row->amount;

	s->closing += change;
	if (row->day_ms == STATEMENT_FIRST)
		s->opening += change;
}

static enum result rows(struct reader *r, struct arena *a, account_id peer, int64_t from_ms,
        int64_t to_ms, struct peer_statement *out)
{
	enum result result;
	struct query q;
	bool more = false;

	out->rows = arena_alloc(a, STATEMENT_ROWS_MAX * sizeof(*out->rows));
	if (!out->rows)
		return RESULT_OURS_MEMORY;
	query_start(&q, r->db, STMT_STATEMENT_DAYS);
	query_put_int(&q, peer);
	query_put_int(&q, from_ms);
	query_put_int(&q, to_ms);
	while (query_row(&q)) {
		struct statement_row *row = &out->rows[out->count];
		int64_t day;

		more = out->count == STATEMENT_ROWS_MAX;
		if (more)
			break;
		day = query_int(&q);
		row->day_ms = day < 0 ? STATEMENT_FIRST : day * STATEMENT_DAY_MS;
		row->sort = (enum statement_sort)query_int(&q);
		row->amount = query_int(&q);
		add(out, row);
		out->count++;
	}
	result = query_end(&q);
	return result ? result : more ? RESULT_THEIRS_TOO_BIG : RESULT_OK;
}

enum result store_statement(struct reader *r, struct arena *a, account_id peer, int64_t from_ms,
        int64_t to_ms, struct peer_statement *out)
{
	struct query q;
	enum result result;

	*out = (struct peer_statement){0};
	result = rows(r, a, peer, from_ms, to_ms, out);
	if (result)
		return result;
	query_start(&q, r->db, STMT_STATEMENT_OPEN);
	query_put_int(&q, peer);
	query_put_int(&q, to_ms);
	if (query_row(&q)) {
		out->they_may_owe = query_u64(&q);
		out->we_may_owe = query_u64(&q);
		out->ordered = query_u64(&q);
	}
	return query_end(&q);
}
