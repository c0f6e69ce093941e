/* Prices of sources, and what the host is told of them. */
#include "store/rate_rows.h"

#include <stdio.h>
#include <string.h>

#include "store/batch_core.h"
#include "store/event_json.h"

#define ROWS_MAX    (2 * RATE_CODES_MAX)
#define RATE_DIGITS 12 /* shown */
#define PAIR_BYTES  (2 * ASSET_CODE_MAX + 2)

void rate_origin_id(enum rate_origin o, struct id *out)
{
	char name[32];
	uint8_t hash[32];

	(void)snprintf(name, sizeof(name), "rates:%s", rate_origin_name(o));
	sha256(bytes_str(name), hash);
	memcpy(out->b, hash, sizeof(out->b));
	out->b[6] = (uint8_t)((out->b[6] & 0x0f) | 0x80);
	out->b[8] = (uint8_t)((out->b[8] & 0x3f) | 0x80);
}

struct kept {
	char base[ASSET_CODE_MAX + 1];
	size_t count;
	struct rate_entry entries[ROWS_MAX]; /* by code */
};

/* Rows of rate_price; ends the query. */
static enum result read_kept(struct query *q, struct kept *k)
{
	k->base[0] = '\0';
	k->count = 0;
	while (k->count < ROWS_MAX && query_row(q)) {
		struct rate_entry *e = &k->entries[k->count++];
		struct bytes next;

		query_text_into(q, e->code, sizeof(e->code));
		query_text_into(q, k->base, sizeof(k->base));
		query_ratio(q, &e->price);
		e->as_of_ms = query_int(q);
		e->listed = query_int(q) != 0;
		next = query_bytes(q);
		e->held = next.n == RATIO_PACKED_SIZE;
		if (e->held)
			ratio_unpack(next.p, &e->next);
		e->next_ms = query_int(q);
	}
	return query_end(q);
}

enum result store_rate_table(
        struct reader *r, struct arena *a, enum rate_origin o, struct rate_table **out)
{
	struct kept *k = arena_alloc(a, sizeof(*k));
	int64_t newest = 0;
	struct query q;
	enum result result;

	*out = NULL;
	if (!k)
		return RESULT_OURS_MEMORY;
	query_start(&q, r->db, STMT_RATE_PRICE_LIST);
	query_put_text(&q, rate_origin_name(o));
	result = read_kept(&q, k);
	if (result || k->count == 0)
		return result;
	for (size_t i = 0; i < k->count; i++)
		if (k->entries[i].listed && k->entries[i].as_of_ms > newest)
			newest = k->entries[i].as_of_ms;
	result = rate_table_make(k->base, k->entries, k->count, newest, out, NULL);
	return result_class(result) == RESULT_CLASS_THEIRS ? RESULT_OURS_STORE : result;
}

/* ---- changes ---- */

static bool same(const struct rate_entry *a, const struct rate_entry *b)
{
	return ratio_cmp(&a->price, &b->price) == 0 && a->listed == b->listed &&
	       a->held == b->held && (!a->held || ratio_cmp(&a->next, &b->next) == 0);
}

static enum result put(
        struct batch *b, enum rate_origin o, const char *base, const struct rate_entry *e)
{
	uint8_t price[RATIO_PACKED_SIZE], next[RATIO_PACKED_SIZE];
	struct query q;

	ratio_pack(&e->price, price);
	batch_query(b, &q, STMT_RATE_PRICE_PUT);
	query_put_text(&q, rate_origin_name(o));
	query_put_text(&q, e->code);
	query_put_text(&q, base);
	query_put_blob(&q, price, sizeof(price));
	query_put_int(&q, e->as_of_ms);
	query_put_int(&q, e->listed);
	if (e->held) {
		ratio_pack(&e->next, next);
		query_put_blob(&q, next, sizeof(next));
	} else {
		query_put_null(&q);
	}
	query_put_int(&q, e->held ? e->next_ms : 0);
	b->changes++;
	return query_run(&q);
}

static enum result drop(struct batch *b, enum rate_origin o, const char *code)
{
	struct query q;

	batch_query(b, &q, STMT_RATE_PRICE_DROP);
	query_put_text(&q, rate_origin_name(o));
	query_put_text(&q, code);
	b->changes++;
	return query_run(&q);
}

static enum result announce_jump(
        struct batch *b, enum rate_origin o, const char *base, const struct rate_entry *e)
{
	char pair[PAIR_BYTES], rate[RATIO_TEXT_SIZE], next[RATIO_TEXT_SIZE];
	struct id id;

	rate_origin_id(o, &id);
	(void)snprintf(pair, sizeof(pair), "%s/%s", base, e->code);
	ratio_format(&e->price, RATE_DIGITS, rate);
	ratio_format(&e->next, RATE_DIGITS, next);
	return event_write(b, EVENT_TYPE_RATES_JUMP, &id,
	        json_pack("{s:o, s:s, s:s, s:s, s:o, s:s, s:o}", "id", event_id(&id), "source",
	                rate_origin_name(o), "pair", pair, "rate", rate, "rateAt",
	                event_time(e->as_of_ms), "heldRate", next, "heldAt",
	                event_time(e->next_ms)));
}

static const struct rate_entry *kept_of(const struct kept *k, const char *code)
{
	for (size_t i = 0; i < k->count; i++)
		if (strcmp(k->entries[i].code, code) == 0)
			return &k->entries[i];
	return NULL;
}

static bool has(const struct rate_table *t, const char *code)
{
	for (size_t i = 0; i < rate_table_count(t); i++)
		if (strcmp(rate_table_entry(t, i)->code, code) == 0)
			return true;
	return false;
}

enum result batch_rates_keep(struct batch *b, enum rate_origin o, const struct rate_table *t)
{
	struct kept *k = arena_alloc(&b->arena, sizeof(*k));
	const char *base = rate_table_base(t);
	struct query q;
	enum result r;

	if (!k)
		return RESULT_OURS_MEMORY;
	batch_query(b, &q, STMT_RATE_PRICE_KEPT);
	query_put_text(&q, rate_origin_name(o));
	r = read_kept(&q, k);
	for (size_t i = 0; !r && i < k->count; i++)
		if (!has(t, k->entries[i].code))
			r = drop(b, o, k->entries[i].code);
	for (size_t i = 0; !r && i < rate_table_count(t); i++) {
		const struct rate_entry *e = rate_table_entry(t, i);
		const struct rate_entry *before = kept_of(k, e->code);

		if (before && same(before, e) && strcmp(base, k->base) == 0)
			continue;
		r = put(b, o, base, e);
		if (!r && e->held && (!before || !before->held))
			r = announce_jump(b, o, base, e);
	}
	return r;
}

/* ---- stale sources ---- */

static enum result announce_stale(struct batch *b, const struct rate_staleness *s)
{
	struct id id;

	rate_origin_id(s->origin, &id);
	return event_write(b, EVENT_TYPE_RATES_STALE, &id,
	        json_pack("{s:o, s:s, s:o, s:I, s:o}", "id", event_id(&id), "source",
	                rate_origin_name(s->origin), "updatedAt", event_time(s->as_of_ms),
	                "maxAgeMs", (json_int_t)s->max_age_ms, "reason", event_text(s->reason)));
}

enum result batch_rates_stale(struct batch *b, const struct rate_staleness *s)
{
	int64_t since;
	struct query q;
	enum result r;

	batch_query(b, &q, STMT_RATE_STALE_GET);
	query_put_text(&q, rate_origin_name(s->origin));
	r = query_one_int(&q, &since);
	if (r && r != RESULT_THEIRS_NOT_FOUND)
		return r;
	if ((r == RESULT_OK) == s->stale)
		return RESULT_OK;
	b->changes++;
	batch_query(b, &q, s->stale ? STMT_RATE_STALE_PUT : STMT_RATE_STALE_DROP);
	query_put_text(&q, rate_origin_name(s->origin));
	if (s->stale)
		query_put_int(&q, b->now_ms);
	r = query_run(&q);
	return r || !s->stale ? r : announce_stale(b, s);
}
