/* rate_history: the prices that were in force: each with its source and time, and the course of a
 * pair's rate.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "admin/history.h"
#include "admin/page.h"
#include "admin/resource.h"
#include "admin/row.h"
#include "base/words.h"
#include "store/history.h"
#include "store/rate_history.h"

#define RATE_DIGITS  12 /* shown */
#define PAIR_MAX     (2 * ASSET_CODE_MAX + 1)
#define SIDES        2
#define LISTS        (SIDES * RATE_ORIGINS)
#define CURSOR_BYTES 24

static json_t *rate_json(const struct ratio *r)
{
	char text[RATIO_TEXT_SIZE];

	ratio_format(r, RATE_DIGITS, text);
	return json_string(text);
}

/* ---- the prices ---- */

struct list {
	enum rate_origin origin;
	const char *code;
	struct rate_history_row *rows;
	size_t count, at;
};

static json_t *price_json(const struct list *l, const struct rate_history_row *row)
{
	char pair[PAIR_MAX + 1];

	(void)snprintf(pair, sizeof(pair), "%s/%s", row->base, l->code);
	return json_pack("{s:o, s:s, s:s, s:o}", "at", admin_time(row->at_ms), "source",
	        rate_origin_name(l->origin), "pair", pair, "rate", rate_json(&row->price));
}

/* The newest that is left of all. */
static struct list *newest(struct list lists[LISTS])
{
	struct list *found = NULL;

	for (size_t i = 0; i < LISTS; i++) {
		struct list *l = &lists[i];

		if (l->at < l->count &&
		        (!found || l->rows[l->at].at_ms > found->rows[found->at].at_ms))
			found = l;
	}
	return found;
}

/* A page ends between two times, so that its cursor is one. */
static enum http_next prices_reply(struct http_request *rq, struct list lists[LISTS], size_t limit)
{
	char cursor[CURSOR_BYTES] = "";
	json_t *items = json_array();
	int64_t last_ms = 0;
	enum result r = RESULT_OK;
	struct list *l;

	while (!r && (l = newest(lists)) != NULL) {
		const struct rate_history_row *row = &l->rows[l->at];

		if (json_array_size(items) >= limit && row->at_ms < last_ms) {
			(void)snprintf(cursor, sizeof(cursor), "%lld", (long long)last_ms);
			break;
		}
		r = admin_page_add(items, price_json(l, row));
		last_ms = row->at_ms;
		l->at++;
	}
	return admin_page_items(rq, r, items, cursor);
}

static bool read_cursor(const char *text, int64_t *out)
{
	char *end;

	*out = INT64_MAX;
	if (!text)
		return true;
	errno = 0;
	*out = strtoll(text, &end, 10);
	return *text >= '0' && *text <= '9' && !*end && !errno;
}

/* Of either side of the pair, whatever the source: the newest first. */
enum http_next admin_rates_history(struct http_request *rq)
{
	const struct node_loop *loop = http_app(rq);
	struct list lists[LISTS];
	const struct asset_row *pair[SIDES];
	struct admin_page page;
	int64_t before_ms;
	enum result r = RESULT_OK;

	if (!admin_pair_read(rq, pair) || admin_page_read(rq, &page))
		return HTTP_DONE;
	if (!read_cursor(page.cursor, &before_ms))
		return admin_page_refuse_cursor(rq);
	for (size_t i = 0; !r && i < LISTS; i++) {
		struct list *l = &lists[i];

		*l = (struct list){
		        .origin = (enum rate_origin)(i / SIDES), .code = pair[i % SIDES]->code};
		l->rows = arena_alloc(&rq->arena, (page.limit + 1) * sizeof(*l->rows));
		r = l->rows ? store_rate_history(loop->reader, l->origin, l->code, before_ms,
		                      page.limit + 1, l->rows, &l->count)
		            : RESULT_OURS_MEMORY;
	}
	return r ? admin_refuse_by(rq, r, NULL) : prices_reply(rq, lists, page.limit);
}

/* ---- the course ---- */

/* What 1 base unit of the source's list was in `code` before that time. Errors: THEIRS_NO_RATE. */
static enum result price_before(struct reader *r, enum rate_origin o, const char *code,
        int64_t before_ms, struct rate_history_row *out)
{
	size_t count;
	enum result result = store_rate_history(r, o, code, before_ms, 1, out, &count);

	return result || count ? result : RESULT_THEIRS_NO_RATE;
}

/* A list does not say what its base is worth: one. */
static enum result rate_before(struct reader *r, enum rate_origin o,
        const struct asset_row *const pair[SIDES], int64_t before_ms, struct ratio *out)
{
	struct rate_history_row side[SIDES];
	enum result found[SIDES];

	for (size_t i = 0; i < SIDES; i++) {
		found[i] = price_before(r, o, pair[i]->code, before_ms, &side[i]);
		if (found[i] && found[i] != RESULT_THEIRS_NO_RATE)
			return found[i];
	}
	for (size_t i = 0; i < SIDES; i++) {
		if (!found[i] || found[1 - i] || strcmp(side[1 - i].base, pair[i]->code) != 0)
			continue;
		if (ratio_make(1, 1, &side[i].price))
			return RESULT_OURS_BUG;
		memcpy(side[i].base, side[1 - i].base, sizeof(side[i].base));
		found[i] = RESULT_OK;
	}
	if (found[0] || found[1] || strcmp(side[0].base, side[1].base) != 0)
		return RESULT_THEIRS_NO_RATE;
	return ratio_div(&side[1].price, &side[0].price, out);
}

/* {"at","ms","rates":{"url":"0.91"}} */
static enum result course_point(struct reader *r, const struct admin_span *s, size_t i,
        const struct asset_row *const pair[SIDES], json_t *items)
{
	json_t *point = admin_span_point(s, i), *rates = json_object();
	enum result result = RESULT_OK;

	for (enum rate_origin o = RATE_ORIGIN_FILE; !result && o < RATE_ORIGINS; o++) {
		struct ratio rate;

		result = rate_before(r, o, pair, admin_span_end(s, i), &rate);
		if (!result)
			(void)json_object_set_new(rates, rate_origin_name(o), rate_json(&rate));
		else if (result == RESULT_THEIRS_NO_RATE || result == RESULT_THEIRS_BAD_AMOUNT)
			result = RESULT_OK;
	}
	(void)json_object_set_new(point, "rates", rates);
	(void)json_array_append_new(items, point);
	return result;
}

enum http_next admin_rates_course(struct http_request *rq)
{
	const struct node_loop *loop = http_app(rq);
	const struct asset_row *pair[SIDES];
	struct admin_span s;
	json_t *items;
	enum result r = RESULT_OK;

	if (!admin_pair_read(rq, pair) || admin_span_read(rq, &s))
		return HTTP_DONE;
	items = json_array();
	for (size_t i = 0; !r && i < s.count; i++)
		r = course_point(loop->reader, &s, i, pair, items);
	return admin_span_reply(rq, r, &s, items);
}
