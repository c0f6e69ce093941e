/* Reading the books. */
#include "store/journal.h"

#include "base/limits.h"
#include "store/batch_core.h"

enum result store_journal_accounts(struct reader *r, struct arena *a,
        const struct journal_filter *f, struct account **out, size_t *count, bool *more)
{
	struct query q;

	*count = 0;
	*more = false;
	*out = arena_alloc(a, f->limit * sizeof(**out));
	if (!*out)
		return RESULT_OURS_MEMORY;
	query_start(&q, r->db, STMT_JOURNAL_ACCOUNTS);
	query_put_int(&q, f->after ? f->after->asset : 0);
	query_put_text(&q, f->after ? account_kind_name(f->after->kind) : "");
	query_put_int(&q, f->after ? f->after->id : 0);
	query_put_int(&q, f->asset);
	if (f->kind)
		query_put_text(&q, f->kind);
	else
		query_put_null(&q);
	query_put_u64(&q, f->limit + 1);
	while (query_row(&q)) {
		if (*count == f->limit) {
			*more = true;
			break;
		}
		row_account(&q, &(*out)[(*count)++]);
	}
	return query_end(&q);
}

enum result store_journal_end(struct reader *r, int64_t *out)
{
	struct query q;

	query_start(&q, r->db, STMT_JOURNAL_END);
	return query_one_int(&q, out);
}

enum result store_journal_transfers(struct reader *r, struct arena *a,
        const struct journal_range *f, struct transfer_row **out, size_t *count, int64_t *next)
{
	int64_t newest, low, high;
	struct query q;
	enum result result = store_journal_end(r, &newest);

	*count = 0;
	*next = 0;
	if (result)
		return result;
	if (f->back) {
		high = f->from && f->from < newest ? f->from : newest;
		low = high > JOURNAL_SCAN ? high - JOURNAL_SCAN + 1 : 1;
	} else {
		low = f->from > 0 ? f->from : 1;
		high = newest - low < JOURNAL_SCAN ? newest : low + JOURNAL_SCAN - 1;
	}
	query_start(&q, r->db, f->back ? STMT_JOURNAL_TRANSFERS_BACK : STMT_JOURNAL_TRANSFERS);
	query_put_int(&q, low);
	query_put_int(&q, high);
	query_put_int(&q, f->account);
	query_put_u64(&q, f->limit);
	result = rows_transfers(&q, a, out, count);
	if (result)
		return result;
	if (f->back)
		*next = (*count == f->limit ? (*out)[*count - 1].id : low) - 1;
	else
		*next = (*count == f->limit ? (*out)[*count - 1].id : high) + 1;
	if (*next > newest)
		*next = 0;
	return RESULT_OK;
}
