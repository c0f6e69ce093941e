/* Reading what the account holder's pages list. */
#include <string.h>

#include "base/limits.h"
#include "store/batch_core.h"
#include "store/holder.h"

static bool is_newer(const struct holder_place *a, const struct holder_place *b)
{
	if (a->created_ms != b->created_ms)
		return a->created_ms > b->created_ms;
	return memcmp(a->id.b, b->id.b, sizeof(a->id.b)) > 0;
}

/* The ids of payments begin with their time; that of the place may be another one, chosen by
 * whoever moved money. Of the payments of its millisecond all come before it, none, or those below
 * it. */
static void payments_below(const struct holder_place *after, struct id *out)
{
	static const struct id lowest;
	struct id first, next;

	row_id_at(after->created_ms, &lowest, &first);
	row_id_at(after->created_ms + (after->created_ms < INT64_MAX), &lowest, &next);
	*out = after->id;
	if (memcmp(out->b, first.b, sizeof(out->b)) < 0)
		*out = first;
	else if (after->created_ms < INT64_MAX && memcmp(out->b, next.b, sizeof(out->b)) > 0)
		*out = next;
}

static enum result of_wallet(struct reader *r, account_id wallet, const struct holder_place *after,
        size_t limit, struct holder_entry *out, size_t *count)
{
	struct id below;
	struct query q;

	payments_below(after, &below);
	*count = 0;
	query_start(&q, r->db, STMT_HOLDER_PAYMENTS_OLDER);
	query_put_int(&q, wallet);
	query_put_int(&q, after->created_ms);
	query_put_id(&q, &after->id);
	query_put_u64(&q, limit);
	query_put_id(&q, &below);
	while (*count < limit && query_row(&q)) {
		struct holder_entry *e = &out[(*count)++];

		query_blob(&q, e->place.id.b, sizeof(e->place.id.b));
		e->place.created_ms = query_int(&q);
		e->kind = (enum holder_entry_kind)query_int(&q);
		e->amount = query_u64(&q);
		e->wallet = wallet;
	}
	return query_end(&q);
}

/* The newest `limit` of both. */
static size_t merge(
        struct holder_entry *all, size_t n, const struct holder_entry *more, size_t m, size_t limit)
{
	struct holder_entry merged[LIMIT_PAGE_SIZE];
	size_t i = 0, j = 0, k = 0;

	while (k < limit && (i < n || j < m)) {
		bool first = j == m || (i < n && is_newer(&all[i].place, &more[j].place));

		merged[k++] = first ? all[i++] : more[j++];
	}
	memcpy(all, merged, k * sizeof(*all));
	return k;
}

enum result store_holder_payments(struct reader *r, const account_id *wallets, size_t n,
        const struct holder_place *after, size_t limit, struct holder_entry *out, size_t *count)
{
	struct holder_entry own[LIMIT_PAGE_SIZE];
	size_t own_count;

	*count = 0;
	if (limit > LIMIT_PAGE_SIZE)
		limit = LIMIT_PAGE_SIZE;
	for (size_t i = 0; i < n; i++) {
		enum result result = of_wallet(r, wallets[i], after, limit, own, &own_count);

		if (result)
			return result;
		*count = merge(out, *count, own, own_count, limit);
	}
	return RESULT_OK;
}

enum result store_payment_of_quote(struct reader *r, const struct id *quote, struct id *out)
{
	struct query q;

	query_start(&q, r->db, STMT_PAYMENT_BY_QUOTE);
	query_put_id(&q, quote);
	return query_one_id(&q, out);
}

enum result store_grant_payments(struct reader *r, int64_t grant, account_id before, size_t limit,
        struct id *out, size_t *count)
{
	struct query q;

	*count = 0;
	query_start(&q, r->db, STMT_GRANT_PAYMENTS_OLDER);
	query_put_int(&q, grant);
	query_put_int(&q, before ? before : INT64_MAX);
	query_put_u64(&q, limit);
	while (*count < limit && query_row(&q)) {
		query_blob(&q, out[*count].b, sizeof(out[*count].b));
		++*count;
	}
	return query_end(&q);
}
