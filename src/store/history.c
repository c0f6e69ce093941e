/* What was when. */
#include "store/history.h"

#include <string.h>

#include "store/batch_core.h"

enum fold { LAST, SUM, MOST };

static const struct {
	const char *name;
	enum fold fold; /* of minutes to an hour, and of hours to what is longer */
} kinds[HISTORY_SERIES] = {
        [HISTORY_BALANCE] = {"balance", LAST},
        [HISTORY_COMPLETED] = {"completed", LAST},
        [HISTORY_FAILED] = {"failed", LAST},
        [HISTORY_CREDITED] = {"credited", LAST},
        [HISTORY_FORWARDED] = {"forwarded", LAST},
        [HISTORY_SENT] = {"sent", SUM},
        [HISTORY_RECEIVED] = {"received", SUM},
        [HISTORY_PACKETS] = {"packets", SUM},
        [HISTORY_P50] = {"p50", MOST},
        [HISTORY_P99] = {"p99", MOST},
};

static int64_t floor_to(int64_t ms, int64_t step_ms)
{
	return ms - ms % step_ms;
}

/* ---- looking ---- */

#define ITEMS_MAX (HISTORY_BALANCES_MAX + 4 + 3 * HISTORY_SUMS_MAX + 2 * (HISTORY_BACK_MINUTES + 1))

struct look {
	struct reader *r;
	struct arena *a;
	int64_t minute_ms, since_ms; /* this minute; the oldest that is looked at */
	struct id since;             /* the first id of that time */
	struct history_look *out;
};

static void add(
        struct look *l, enum history_series series, int64_t subject, int64_t at_ms, int64_t value)
{
	struct history_look *out = l->out;

	if (out->count < ITEMS_MAX && at_ms >= l->since_ms && at_ms <= l->minute_ms)
		out->items[out->count++] = (struct history_item){series, subject, at_ms, value};
}

static enum result look_at_totals(struct look *l)
{
	struct query q;

	query_start(&q, l->r->db, STMT_HISTORY_TOTALS);
	if (query_row(&q)) {
		for (enum history_series s = HISTORY_COMPLETED; s <= HISTORY_FORWARDED; s++)
			add(l, s, 0, l->minute_ms, query_int(&q));
	}
	return query_end(&q);
}

static enum result look_at_balances(struct look *l)
{
	struct query q;

	query_start(&q, l->r->db, STMT_HISTORY_BALANCES);
	query_put_int(&q, HISTORY_BALANCES_MAX);
	while (query_row(&q)) {
		int64_t account = query_int(&q);

		add(l, HISTORY_BALANCE, account, l->minute_ms, query_int(&q));
	}
	return query_end(&q);
}

static enum result look_at_sent(struct look *l)
{
	struct query q;

	query_start(&q, l->r->db, STMT_HISTORY_SENT);
	query_put_id(&q, &l->since);
	query_put_int(&q, HISTORY_PAYMENTS_MAX);
	query_put_int(&q, HISTORY_SUMS_MAX);
	while (query_row(&q)) {
		int64_t at_ms = query_int(&q) * HISTORY_MINUTE_MS, asset = query_int(&q);

		add(l, HISTORY_SENT, asset, at_ms, query_sum(&q));
		add(l, HISTORY_PACKETS, asset, at_ms, query_int(&q));
	}
	return query_end(&q);
}

static enum result look_at_received(struct look *l)
{
	struct query q;

	query_start(&q, l->r->db, STMT_HISTORY_RECEIVED);
	query_put_int(&q, HISTORY_TRANSFERS_MAX);
	query_put_int(&q, l->since_ms);
	query_put_int(&q, HISTORY_SUMS_MAX);
	while (query_row(&q)) {
		int64_t at_ms = query_int(&q) * HISTORY_MINUTE_MS, asset = query_int(&q);

		add(l, HISTORY_RECEIVED, asset, at_ms, query_sum(&q));
	}
	return query_end(&q);
}

/* took: of one minute, in order. */
static void add_percentiles(struct look *l, int64_t at_ms, const int64_t *took, size_t n)
{
	if (n == 0)
		return;
	add(l, HISTORY_P50, 0, at_ms, took[(n - 1) * 50 / 100]);
	add(l, HISTORY_P99, 0, at_ms, took[(n - 1) * 99 / 100]);
}

static enum result look_at_times(struct look *l)
{
	int64_t *took = arena_alloc(l->a, HISTORY_PAYMENTS_MAX * sizeof(*took));
	int64_t at_ms = 0;
	size_t n = 0;
	struct query q;

	if (!took)
		return RESULT_OURS_MEMORY;
	query_start(&q, l->r->db, STMT_HISTORY_TOOK);
	query_put_id(&q, &l->since);
	query_put_int(&q, HISTORY_PAYMENTS_MAX);
	while (query_row(&q) && n < HISTORY_PAYMENTS_MAX) {
		int64_t minute_ms = query_int(&q) * HISTORY_MINUTE_MS;

		if (minute_ms != at_ms) {
			add_percentiles(l, at_ms, took, n);
			at_ms = minute_ms;
			n = 0;
		}
		took[n++] = query_int(&q);
	}
	add_percentiles(l, at_ms, took, n);
	return query_end(&q);
}

enum result store_history_look(
        struct reader *r, struct arena *a, int64_t now_ms, struct history_look *out)
{
	static const struct id lowest;
	struct look l = {.r = r, .a = a, .out = out};
	enum result result;

	l.minute_ms = floor_to(now_ms, HISTORY_MINUTE_MS);
	l.since_ms = l.minute_ms - HISTORY_BACK_MINUTES * HISTORY_MINUTE_MS;
	row_id_at(l.since_ms > 0 ? l.since_ms : 0, &lowest, &l.since);
	out->count = 0;
	out->items = arena_alloc(a, ITEMS_MAX * sizeof(*out->items));
	if (!out->items)
		return RESULT_OURS_MEMORY;
	result = look_at_totals(&l);
	if (!result)
		result = look_at_balances(&l);
	if (!result)
		result = look_at_sent(&l);
	if (!result)
		result = look_at_received(&l);
	return result ? result : look_at_times(&l);
}

/* ---- writing down ---- */

static enum result put(struct batch *b, const struct history_item *i, int64_t step_ms,
        int64_t at_ms, int64_t value)
{
	struct query q;

	batch_query(b, &q, STMT_HISTORY_PUT);
	query_put_text(&q, kinds[i->series].name);
	query_put_int(&q, i->subject);
	query_put_int(&q, step_ms);
	query_put_int(&q, floor_to(at_ms, step_ms));
	query_put_int(&q, value);
	b->changes++;
	return query_run(&q);
}

/* A statement about the minutes of the item's hour. */
static void query_hour(
        struct batch *b, struct query *q, enum statement s, const struct history_item *i)
{
	batch_query(b, q, s);
	query_put_text(q, kinds[i->series].name);
	query_put_int(q, i->subject);
	query_put_int(q, floor_to(i->at_ms, HISTORY_HOUR_MS));
}

static enum result put_hour_sum(struct batch *b, const struct history_item *i)
{
	int64_t sum = 0;
	struct query q;
	enum result r;

	query_hour(b, &q, STMT_HISTORY_HOUR_SUM, i);
	if (query_row(&q))
		sum = query_sum(&q);
	r = query_end(&q);
	return r ? r : put(b, i, HISTORY_HOUR_MS, i->at_ms, sum);
}

/* The minute is written down already. */
static enum result put_hour(struct batch *b, const struct history_item *i)
{
	struct query q;

	switch (kinds[i->series].fold) {
	case LAST:
		return put(b, i, HISTORY_HOUR_MS, i->at_ms, i->figure);
	case SUM:
		return put_hour_sum(b, i);
	case MOST:
		break;
	}
	query_hour(b, &q, STMT_HISTORY_HOUR_MOST, i);
	return query_run(&q);
}

/* What was before the first row of a total. */
static enum result put_begin(struct batch *b, const struct history_item *i, bool first)
{
	int64_t value = first ? i->figure : 0;
	enum result r = put(b, i, HISTORY_MINUTE_MS, i->at_ms - HISTORY_MINUTE_MS, value);

	return r ? r : put(b, i, HISTORY_HOUR_MS, i->at_ms - HISTORY_HOUR_MS, value);
}

static enum result keep(struct batch *b, const struct history_item *i, bool first)
{
	int64_t at_ms = 0, value = 0;
	struct query q;
	bool found;
	enum result r;

	batch_query(b, &q, STMT_HISTORY_NEWEST);
	query_put_text(&q, kinds[i->series].name);
	query_put_int(&q, i->subject);
	query_put_int(&q, i->at_ms);
	found = query_row(&q);
	if (found) {
		at_ms = query_int(&q);
		value = query_int(&q);
	}
	r = query_end(&q);
	if (r)
		return r;
	/* Nothing, where there was nothing, needs no row; nor what is as it was. */
	if (!found && i->figure == 0)
		return RESULT_OK;
	if (kinds[i->series].fold != LAST)
		found = found && at_ms == i->at_ms;
	if (found && value == i->figure)
		return RESULT_OK;
	if (!found && kinds[i->series].fold == LAST && i->series != HISTORY_BALANCE)
		r = put_begin(b, i, first);
	if (!r)
		r = put(b, i, HISTORY_MINUTE_MS, i->at_ms, i->figure);
	return r ? r : put_hour(b, i);
}

static enum result drop(struct batch *b, int64_t step_ms, int64_t kept_ms)
{
	struct query q;

	batch_query(b, &q, STMT_HISTORY_DROP);
	query_put_int(&q, step_ms);
	query_put_int(&q, b->now_ms - kept_ms);
	query_put_int(&q, HISTORY_DROP_ROWS);
	return query_run(&q);
}

enum result batch_history_keep(struct batch *b, const struct history_look *look, bool first)
{
	enum result r = RESULT_OK;

	for (size_t i = 0; !r && i < look->count; i++)
		r = keep(b, &look->items[i], first);
	if (!r)
		r = drop(b, HISTORY_MINUTE_MS, HISTORY_MINUTES_KEPT_MS);
	return r ? r : drop(b, HISTORY_HOUR_MS, HISTORY_HOURS_KEPT_MS);
}

/* ---- showing ---- */

/* What it was before first_ms. A minute's row is newer than an hour's. */
static enum result before(struct reader *r, enum history_series series, int64_t subject,
        int64_t step_ms, int64_t first_ms, struct history_value *out)
{
	struct query q;

	query_start(&q, r->db, STMT_HISTORY_BEFORE);
	query_put_text(&q, kinds[series].name);
	query_put_int(&q, subject);
	query_put_int(&q, step_ms);
	query_put_int(&q, first_ms);
	out->known = query_row(&q);
	if (out->known)
		out->figure = query_int(&q);
	return query_end(&q);
}

static void fold_in(struct history_value *v, enum fold fold, int64_t more)
{
	if (!v->known || fold == LAST || (fold == MOST && more > v->figure))
		v->figure = more;
	else if (fold == SUM)
		v->figure = more > INT64_MAX - v->figure ? INT64_MAX : v->figure + more;
	v->known = true;
}

enum result store_history(struct reader *r, enum history_series series, int64_t subject,
        int64_t step_ms, int64_t first_ms, size_t count, struct history_value *out)
{
	const int64_t kept_ms = step_ms == HISTORY_MINUTE_MS ? HISTORY_MINUTE_MS : HISTORY_HOUR_MS;
	const enum fold fold = kinds[series].fold;
	struct history_value last = {false, 0};
	struct query q;
	enum result result = RESULT_OK;

	memset(out, 0, count * sizeof(*out));
	if (fold == LAST) {
		result = before(r, series, subject, kept_ms, first_ms, &last);
		if (!result && !last.known && kept_ms == HISTORY_MINUTE_MS)
			result = before(r, series, subject, HISTORY_HOUR_MS,
			        floor_to(first_ms, HISTORY_HOUR_MS), &last);
	}
	if (result)
		return result;
	query_start(&q, r->db, STMT_HISTORY_LIST);
	query_put_text(&q, kinds[series].name);
	query_put_int(&q, subject);
	query_put_int(&q, kept_ms);
	query_put_int(&q, first_ms);
	query_put_int(&q, first_ms + (int64_t)count * step_ms - 1);
	while (query_row(&q)) {
		int64_t at_ms = query_int(&q);

		fold_in(&out[(at_ms - first_ms) / step_ms], fold, query_int(&q));
	}
	for (size_t i = 0; i < count; i++) {
		if (fold == SUM)
			out[i].known = true;
		else if (fold == LAST && !out[i].known)
			out[i] = last;
		if (fold == LAST)
			last = out[i];
	}
	return query_end(&q);
}
