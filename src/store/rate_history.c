/* The prices that were in force. */
#include "store/rate_history.h"

#include <string.h>

#include "store/batch_core.h"

static void read_row(struct query *q, struct rate_history_row *out)
{
	out->at_ms = query_int(q);
	query_text_into(q, out->base, sizeof(out->base));
	query_ratio(q, &out->price);
}

enum result store_rate_history(struct reader *r, enum rate_origin o, const char *code,
        int64_t before_ms, size_t limit, struct rate_history_row *out, size_t *count)
{
	struct query q;

	*count = 0;
	query_start(&q, r->db, STMT_RATE_HISTORY_LIST);
	query_put_text(&q, rate_origin_name(o));
	query_put_text(&q, code);
	query_put_int(&q, before_ms);
	query_put_int(&q, (int64_t)limit);
	while (*count < limit && query_row(&q))
		read_row(&q, &out[(*count)++]);
	return query_end(&q);
}

/* ---- adding ---- */

static void start(
        struct batch *b, struct query *q, enum statement s, enum rate_origin o, const char *code)
{
	batch_query(b, q, s);
	query_put_text(q, rate_origin_name(o));
	query_put_text(q, code);
}

static enum result thin(struct batch *b, enum rate_origin o, const char *code)
{
	struct query q;
	enum result r;

	start(b, &q, STMT_RATE_HISTORY_THIN, o, code);
	query_put_int(&q, b->now_ms - RATE_HISTORY_FINE_MS);
	r = query_run(&q);
	if (r)
		return r;
	start(b, &q, STMT_RATE_HISTORY_DROP, o, code);
	query_put_int(&q, b->now_ms - RATE_HISTORY_KEPT_MS);
	return query_run(&q);
}

static enum result add(
        struct batch *b, enum rate_origin o, const char *base, const struct rate_entry *e)
{
	uint8_t price[RATIO_PACKED_SIZE];
	struct rate_history_row newest = {0};
	struct query q;
	bool found;
	enum result r;

	start(b, &q, STMT_RATE_HISTORY_NEWEST, o, e->code);
	found = query_row(&q);
	if (found)
		read_row(&q, &newest);
	r = query_end(&q);
	if (r)
		return r;
	if (found && strcmp(newest.base, base) == 0 && ratio_cmp(&newest.price, &e->price) == 0)
		return RESULT_OK;
	ratio_pack(&e->price, price);
	start(b, &q, STMT_RATE_HISTORY_PUT, o, e->code);
	/* A source whose clock went back says something new all the same. */
	query_put_int(&q, found && e->as_of_ms <= newest.at_ms ? newest.at_ms + 1 : e->as_of_ms);
	query_put_text(&q, base);
	query_put_blob(&q, price, sizeof(price));
	b->changes++;
	r = query_run(&q);
	return r ? r : thin(b, o, e->code);
}

static bool is_asset(const char *code, const struct asset_row *assets, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(assets[i].code, code) == 0)
			return true;
	return false;
}

enum result batch_rate_history_add(struct batch *b, enum rate_origin o, const struct rate_table *t,
        const struct asset_row *assets, size_t asset_count)
{
	const char *base = rate_table_base(t);
	enum result r = RESULT_OK;

	for (size_t i = 0; !r && i < rate_table_count(t); i++) {
		const struct rate_entry *e = rate_table_entry(t, i);

		/* The base is one of itself. */
		if (e->listed && strcmp(e->code, base) != 0 &&
		        is_asset(e->code, assets, asset_count))
			r = add(b, o, base, e);
	}
	return r;
}
