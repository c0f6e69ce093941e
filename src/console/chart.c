#include "console/chart.h"

#include <stdlib.h>
#include <string.h>

#include "base/amount.h"

#define WIDTH     600
#define HEIGHT    120
#define DECIMALS  9           /* of a figure that are drawn */
#define EXACT_MAX (1LL << 50) /* ranges up to here are multiplied by HEIGHT */
#define POINT_MAX 24          /* bytes of "L600 120 " */

static const char *const kind_names[] = {
        [CHART_BARS] = "bars",
        [CHART_LINES] = "lines",
        [CHART_STEPS] = "steps",
        [CHART_COURSE] = "course",
};

struct drawing {
	struct arena *a;
	const struct chart *c;
	size_t series, points;
	int64_t *values; /* points of the first series, then of the next ... */
	bool *known;
	int64_t low, high;
};

/* A figure's digits as a whole number of its billionth part; false: it is none, or too large. */
static bool parse(const char *text, int64_t *out)
{
	bool negative = *text == '-';
	const char *point = strchr(text, '.');
	size_t n = strlen(text);
	uint64_t units;

	if (point && n > (size_t)(point - text) + 1 + DECIMALS)
		n = (size_t)(point - text) + 1 + DECIMALS;
	if (n <= negative || amount_parse_major(text + negative, n - negative, DECIMALS, &units))
		return false;
	*out = negative ? -(int64_t)units : (int64_t)units;
	return true;
}

/* Amounts are drawn in units, since billions of billionths are too many. */
static bool figure(const struct column *c, const json_t *item, struct arena *a, int64_t *out)
{
	const json_t *v = cell_member(item, c->member);
	const char *text;

	if (json_is_integer(v)) {
		*out = json_integer_value(v);
		return true;
	}
	if (c->kind != CELL_AMOUNT) {
		text = cell_value(a, c, item);
		return text && *text && parse(text, out);
	}
	text = json_string_value(json_object_get(v, "value"));
	if (!text)
		return false;
	*out = strtoll(text, NULL, 10);
	return true;
}

static int64_t *value_at(const struct drawing *d, size_t series, size_t point)
{
	return &d->values[series * d->points + point];
}

static void read_figures(struct drawing *d)
{
	for (size_t s = 0; s < d->series; s++)
		for (size_t i = 0; i < d->points; i++)
			d->known[s * d->points + i] = figure(&d->c->columns[s + 1],
			        json_array_get(d->c->items, i), d->a, value_at(d, s, i));
}

/* Bars stand upon each other. Returns whether there is anything. */
static bool find_range(struct drawing *d)
{
	bool any = false;

	d->low = d->c->kind == CHART_COURSE ? INT64_MAX : 0;
	d->high = d->c->kind == CHART_COURSE ? INT64_MIN : 0;
	for (size_t i = 0; i < d->points; i++) {
		int64_t sum = 0;

		for (size_t s = 0; s < d->series; s++) {
			int64_t v = *value_at(d, s, i);

			if (!d->known[s * d->points + i])
				continue;
			any = true;
			sum = v > INT64_MAX / CHART_SERIES_MAX ? INT64_MAX / CHART_SERIES_MAX
			                                       : sum + v;
			v = d->c->kind == CHART_BARS ? sum : v;
			d->low = v < d->low ? v : d->low;
			d->high = v > d->high ? v : d->high;
		}
	}
	return any;
}

/* How far up a value is. */
static int64_t up(const struct drawing *d, int64_t value)
{
	int64_t range;

	/* Ranges beyond 63 bits are those of balances that no node has. */
	if (d->low < 0 && d->high > INT64_MAX + d->low)
		return HEIGHT / 2;
	range = d->high - d->low;
	if (range == 0)
		return d->high == 0 ? 0 : HEIGHT / 2;
	if (range < EXACT_MAX)
		return (value - d->low) * (HEIGHT - 4) / range + 2;
	return (value - d->low) / (range / (HEIGHT - 4) + 1) + 2;
}

static json_t *bars_json(const struct drawing *d)
{
	const int64_t step = WIDTH / (int64_t)d->points, gap = step > 4 ? 2 : 0;
	json_t *bars = json_array();

	for (size_t i = 0; i < d->points; i++) {
		int64_t below = 0;

		for (size_t s = 0; s < d->series; s++) {
			int64_t v = *value_at(d, s, i), y = up(d, below + v);

			if (!d->known[s * d->points + i] || v <= 0)
				continue;
			(void)json_array_append_new(bars,
			        json_pack("{s:I,s:I,s:I,s:I,s:i}", "x", (json_int_t)i * step, "y",
			                (json_int_t)(HEIGHT - y), "w", (json_int_t)(step - gap),
			                "h", (json_int_t)(below ? y - up(d, below) : y), "series",
			                (int)s + 1));
			below += v;
		}
	}
	return bars;
}

/* "M0 20 L10 30 ...": a new piece behind each gap. */
static const char *path_text(const struct drawing *d, size_t s)
{
	const bool steps = d->c->kind != CHART_LINES;
	const size_t cap = d->points * 2 * POINT_MAX + 1;
	char *text = arena_alloc(d->a, cap);
	struct buf b;
	bool drawn = false;

	if (!text)
		return NULL;
	buf_init(&b, text, cap - 1);
	for (size_t i = 0; i < d->points; i++) {
		int64_t x = (int64_t)i * WIDTH / (d->points > 1 ? (int64_t)d->points - 1 : 1);
		int64_t y = HEIGHT - up(d, *value_at(d, s, i));
		const char *point;

		if (!d->known[s * d->points + i]) {
			drawn = false;
			continue;
		}
		if (!drawn)
			point = arena_printf(d->a, "M%d %d h1 ", (int)x, (int)y);
		else if (steps)
			point = arena_printf(d->a, "H%d V%d ", (int)x, (int)y);
		else
			point = arena_printf(d->a, "L%d %d ", (int)x, (int)y);
		if (!point)
			return NULL;
		buf_put(&b, point, strlen(point));
		drawn = true;
	}
	return b.failed ? NULL : text;
}

static json_t *lines_json(const struct drawing *d)
{
	json_t *lines = json_array();

	for (size_t s = 0; s < d->series; s++) {
		const char *path = path_text(d, s);

		(void)json_array_append_new(lines,
		        json_pack("{s:i,s:s}", "series", (int)s + 1, "path", path ? path : ""));
	}
	return lines;
}

/* The name of each series, as the table has it, with its colour. */
static json_t *keys_json(const struct drawing *d, const json_t *table)
{
	const json_t *columns = json_object_get(table, "columns");
	json_t *keys = json_array();

	for (size_t s = 0; s < d->series; s++) {
		const json_t *column = json_array_get(columns, s + 1);

		(void)json_array_append_new(keys, json_pack("{s:i,s:O}", "series", (int)s + 1,
		                                          "name", json_object_get(column, "name")));
	}
	return keys;
}

/* The table's cells of figures get what is drawn of them. */
static void put_values(const struct drawing *d, json_t *table)
{
	json_t *row;
	size_t i;

	json_array_foreach(json_object_get(table, "rows"), i, row)
	{
		const json_t *cells = json_object_get(row, "cells");

		for (size_t s = 0; s < d->series; s++) {
			const char *value = cell_value(
			        d->a, &d->c->columns[s + 1], json_array_get(d->c->items, i));

			(void)json_object_set_new(json_array_get(cells, s + 1), "value",
			        json_string(value ? value : ""));
		}
	}
}

json_t *chart_json(struct arena *a, const struct chart *c, json_t *table)
{
	struct drawing d = {.a = a, .c = c, .points = json_array_size(c->items)};
	bool bars = c->kind == CHART_BARS;

	while (d.series < (c->drawn ? c->drawn : CHART_SERIES_MAX) &&
	        c->columns[d.series + 1].title)
		d.series++;
	d.values = arena_alloc(a, (d.series * d.points + 1) * sizeof(*d.values));
	d.known = arena_alloc(a, (d.series * d.points + 1) * sizeof(*d.known));
	if (!d.values || !d.known)
		return NULL;
	read_figures(&d);
	if (!find_range(&d))
		return NULL;
	put_values(&d, table);
	return json_pack("{s:s,s:O,s:I,s:i,s:i,s:b,s:o,s:o,s:o,s:O}", "kind", kind_names[c->kind],
	        "label", json_object_get(table, "label"), "step", (json_int_t)c->step_ms, "width",
	        WIDTH, "height", HEIGHT, "hasKeys", d.series > 1, "keys", keys_json(&d, table),
	        "bars", bars ? bars_json(&d) : json_array(), "lines",
	        bars ? json_array() : lines_json(&d), "table", table);
}
