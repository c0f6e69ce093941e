#include "console/cell.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/amount.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/text.h"
#include "codec/csv.h"
#include "codec/form.h"
#include "console/word.h"

#define NOTHING   "–"
#define ID_SHORT  12 /* digits that a table shows */
#define WRAP_MIN  24 /* bytes from which a text in a table may break anywhere */
#define DAY_MS    86400000
#define PATH_SIZE 2048

const json_t *cell_member(const json_t *object, const char *path)
{
	char name[64];

	while (object && *path) {
		size_t n = strcspn(path, ".");

		if (n >= sizeof(name))
			return NULL;
		memcpy(name, path, n);
		name[n] = '\0';
		object = json_object_get(object, name);
		path += n + (path[n] == '.');
	}
	return json_is_null(object) ? NULL : object;
}

bool cell_is_rest(const struct column *c)
{
	return c->title && !c->member;
}

/* ---- links ---- */

static const char *text_of(struct arena *a, const json_t *v)
{
	if (json_is_string(v))
		return json_string_value(v);
	if (json_is_integer(v))
		return arena_printf(a, "%lld", (long long)json_integer_value(v));
	return NULL;
}

const char *cell_path(struct arena *a, const char *pattern, const json_t *object)
{
	/* On the stack: of a table there is one for each row, and most are short. */
	char out[PATH_SIZE] = "";
	struct buf b;

	buf_init(&b, out, sizeof(out) - 1);
	while (*pattern) {
		size_t n = strcspn(pattern, "{");
		const char *text;
		char name[64];

		buf_put(&b, pattern, n);
		pattern += n;
		if (!*pattern)
			break;
		n = strcspn(pattern, "}");
		if (n - 1 >= sizeof(name))
			return NULL;
		memcpy(name, pattern + 1, n - 1);
		name[n - 1] = '\0';
		pattern += n + 1;
		text = text_of(a, cell_member(object, name + (name[0] == '+')));
		if (!text)
			return NULL;
		if (name[0] == '+')
			buf_put(&b, text, strlen(text));
		else
			form_escape(bytes_str(text), &b);
	}
	return b.failed ? NULL : arena_strdup(a, out);
}

/* ---- as text ---- */

/* The digits of an amount object in major units: "-10.00"; NULL where it is none. */
static const char *amount_digits(struct arena *a, const json_t *v)
{
	const char *value = json_string_value(json_object_get(v, "value"));
	const json_t *scale = json_object_get(v, "assetScale");
	char text[AMOUNT_TEXT_SIZE];
	bool negative;
	uint64_t units;

	if (!value || !json_is_integer(scale))
		return NULL;
	negative = value[0] == '-';
	/* Ours: digits, below 2^63. */
	if (amount_parse_major(value + negative, strlen(value + negative), 0, &units))
		return NULL;
	amount_format_major(units, (unsigned)json_integer_value(scale), text);
	return arena_printf(a, "%s%s", negative ? "-" : "", text);
}

/* The same with the language's decimal sign. */
static const char *amount_figure(const struct language *l, struct arena *a, const json_t *v)
{
	const char *digits = amount_digits(a, v);
	char *out = digits ? arena_strdup(a, digits) : NULL;

	if (out)
		figure_decimal(l, out + (out[0] == '-'));
	return out;
}

/* "2026-11-26 05:30:00" of RFC 3339: read in every language, and put into the reader's by the
 * page's script. */
static const char *time_text(struct arena *a, const char *iso)
{
	if (strlen(iso) < 19 || iso[10] != 'T')
		return iso;
	return arena_printf(a, "%.10s %.8s UTC", iso, iso + 11);
}

static const char *ms_text(const struct language *l, struct arena *a, int64_t ms)
{
	char *days;

	if (ms < 10000)
		return arena_printf(a, "%lld ms", (long long)ms);
	if (ms < 600000)
		return arena_printf(a, "%lld s", (long long)(ms / 1000));
	if (ms < 2LL * DAY_MS)
		return arena_printf(a, "%lld min", (long long)(ms / 60000));
	days = arena_alloc(a, WORDS_TEXT_MAX);
	if (days)
		words_counted(l, WORDS_PLURAL("{n} day", "{n} days"), (uint64_t)(ms / DAY_MS), days,
		        WORDS_TEXT_MAX);
	return days;
}

/* words: of the API's, in that language; NULL: as they are. */
static const char *list_text(const struct language *words, struct arena *a, const json_t *v)
{
	const char *all = "";

	for (size_t i = 0; all && i < json_array_size(v); i++) {
		const char *one = text_of(a, json_array_get(v, i));

		if (one && words)
			one = word_said(words, one);
		all = arena_printf(a, "%s%s%s", all, i ? ", " : "", one ? one : "?");
	}
	return all;
}

static const char *json_text_of(struct arena *a, const json_t *v)
{
	char *text = json_dumps(v, JSON_ENCODE_ANY | JSON_SORT_KEYS | JSON_INDENT(2));
	const char *copy = text ? arena_strdup(a, text) : NULL;

	free(text);
	return copy;
}

static const char *bps_text(const struct language *l, struct arena *a, int64_t bps)
{
	return arena_printf(
	        a, "%lld%c%02lld %%", (long long)(bps / 100), l->decimal, (long long)(bps % 100));
}

static const char *decimal_text(const struct language *l, struct arena *a, const char *text)
{
	char *out = arena_strdup(a, text);

	if (out)
		figure_decimal(l, out + (out[0] == '-'));
	return out;
}

/* What a lower level made of a message, or another server said. */
static const char *said_text(const struct language *l, struct arena *a, const char *text)
{
	char *out = arena_alloc(a, WORDS_TEXT_MAX);

	if (!out || strlen(text) >= WORDS_TEXT_MAX)
		return text;
	words_recognize(l, text, out, WORDS_TEXT_MAX);
	return out;
}

const char *cell_text(
        const struct language *l, struct arena *a, const struct column *c, const json_t *object)
{
	const json_t *v = cell_member(object, c->member);
	const char *text;

	if (!v)
		return "";
	switch (c->kind) {
	case CELL_AMOUNT:
		text = amount_figure(l, a, v);
		return text ? arena_printf(a, "%s %s", text,
		                      json_string_value(json_object_get(v, "assetCode")))
		            : "";
	case CELL_TIME:
		return json_is_string(v) ? time_text(a, json_string_value(v)) : "";
	case CELL_FLAG:
		return word_said(l, json_is_true(v) ? "yes" : "no");
	case CELL_MS:
		return ms_text(l, a, json_integer_value(v));
	case CELL_BPS:
		return bps_text(l, a, json_integer_value(v));
	case CELL_LIST:
		return list_text(NULL, a, v);
	case CELL_WORDS:
		return list_text(l, a, v);
	case CELL_JSON:
		return json_text_of(a, v);
	case CELL_TEXT:
	case CELL_COPY:
	case CELL_NUMBER:
	case CELL_DECIMAL:
	case CELL_STATE:
	case CELL_WORD:
	case CELL_SAID:
	case CELL_LINE:
		break;
	}
	text = text_of(a, v);
	if (!text)
		return json_text_of(a, v);
	if (c->kind == CELL_DECIMAL)
		return decimal_text(l, a, text);
	if (c->kind == CELL_SAID)
		return said_text(l, a, text);
	return c->kind == CELL_STATE || c->kind == CELL_WORD ? word_said(l, text) : text;
}

/* ---- as a page shows it ---- */

bool cell_is_number(enum cell_kind kind)
{
	return kind == CELL_AMOUNT || kind == CELL_NUMBER || kind == CELL_DECIMAL ||
	       kind == CELL_MS || kind == CELL_BPS;
}

const char *cell_value(struct arena *a, const struct column *c, const json_t *object)
{
	const json_t *v = cell_member(object, c->member);
	const char *text = NULL;

	if (!v || !cell_is_number(c->kind))
		return "";
	if (c->kind == CELL_AMOUNT)
		text = amount_digits(a, v);
	else if (c->kind == CELL_BPS)
		return arena_printf(a, "%lld.%02lld", (long long)(json_integer_value(v) / 100),
		        (long long)(json_integer_value(v) % 100));
	else
		text = text_of(a, v);
	return text ? text : "";
}

/* Every name that the part looks for: what is not there would be looked for outside. */
static json_t *empty_cell(const struct column *c)
{
	return json_pack(
	        "{s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:b,s:s,s:s,s:s,s:s,s:b,s:b}",
	        "plain", "", "word", "", "href", "", "copy", "", "amount", "", "time", "", "badge",
	        "", "block", "", "unit", "", "iso", "", "ago", "", "number",
	        cell_is_number(c->kind), "title", "", "value", "", "short", "", "what", "",
	        "nothing", 0, "wrap", 0);
}

static const char *shown_as(enum cell_kind kind)
{
	switch (kind) {
	case CELL_COPY:
		return "copy";
	case CELL_AMOUNT:
		return "amount";
	case CELL_TIME:
		return "time";
	case CELL_STATE:
		return "badge";
	case CELL_JSON:
	case CELL_LINE:
		return "block";
	case CELL_WORD:
	case CELL_WORDS:
	case CELL_NUMBER:
	case CELL_DECIMAL:
	case CELL_FLAG:
	case CELL_MS:
	case CELL_BPS:
		return "word";
	case CELL_TEXT:
	case CELL_SAID:
	case CELL_LIST:
		break;
	}
	return "plain";
}

static void put(json_t *cell, const char *name, const char *text)
{
	(void)json_object_set_new(cell, name, json_string(text));
}

static const char *cut(struct arena *a, const char *text, size_t max)
{
	char *out = arena_strndup(a, text, max);

	if (!out)
		return NULL;
	text_trim_utf8(out);
	return arena_printf(a, "%s…", out);
}

/* An id, also at the end of a URL, begins with its time, so that its end tells it from its
 * neighbours. */
static const char *shortened(struct arena *a, const char *text)
{
	const size_t digits = ID_TEXT_SIZE - 1, n = strlen(text);
	struct id id;

	if (n < digits || id_parse(text + n - digits, digits, &id))
		return text;
	if (n > digits && text[n - digits - 1] != '/')
		return text;
	return arena_printf(a, "%.*s…%s", (int)(n - digits), text, text + n - ID_SHORT);
}

static void put_time(json_t *cell, const struct when *w, const char *iso)
{
	char ago[WHEN_TEXT_SIZE];
	int64_t unix_ms;

	put(cell, "iso", iso);
	if (time_parse(iso, strlen(iso), &unix_ms))
		return;
	when_ago(w, unix_ms, ago);
	put(cell, "ago", ago);
}

static void put_units(json_t *cell, const struct language *l, const char *units)
{
	char text[WORDS_TEXT_MAX];

	words_fill(text, sizeof(text), words_in(l, WORDS("{n} of the smallest unit")), "n", units,
	        NULL);
	put(cell, "title", text);
}

json_t *cell_json(const struct when *w, struct arena *a, const struct column *c,
        const json_t *object, size_t max)
{
	const json_t *v = cell_member(object, c->member);
	const char *text = cell_text(w->language, a, c, object);
	enum cell_kind kind = c->kind;
	json_t *cell;
	const char *href, *shown;

	if (text && max > 0 && strlen(text) > max && kind != CELL_LINE) {
		text = cut(a, text, max);
		/* Half of it is not to be copied. */
		kind = kind == CELL_COPY ? CELL_TEXT : kind;
	}
	cell = text ? empty_cell(c) : NULL;
	if (!cell)
		return NULL;
	shown = text;
	if (!text[0]) {
		put(cell, "word", NOTHING);
		(void)json_object_set_new(cell, "nothing", json_true());
		return cell;
	}
	if (kind == CELL_AMOUNT) {
		const char *units = json_string_value(json_object_get(v, "value"));

		put(cell, "unit", json_string_value(json_object_get(v, "assetCode")));
		put_units(cell, w->language, units ? units : "");
		text = amount_figure(w->language, a, v);
	} else if (kind == CELL_TIME) {
		put_time(cell, w, json_string_value(v));
	} else if (kind == CELL_COPY) {
		put(cell, "what", words_in(w->language, c->title));
		shown = max > 0 ? shortened(a, text) : text;
		put(cell, "short", shown);
	} else if (kind == CELL_STATE) {
		put(cell, "unit", word_badge(json_is_string(v) ? json_string_value(v) : ""));
	}
	put(cell, shown_as(kind), text);
	(void)json_object_set_new(
	        cell, "wrap", json_boolean(max > 0 && shown && strlen(shown) >= WRAP_MIN));
	href = c->href ? cell_path(a, c->href, object) : NULL;
	if (href)
		put(cell, "href", href);
	return cell;
}

/* ---- as CSV ---- */

void cell_csv_head(const struct column *columns, struct buf *out)
{
	for (const struct column *c = columns; c->title; c++) {
		if (cell_is_rest(c))
			continue;
		csv_cell(c->title, c == columns, out);
		/* A spreadsheet adds up what has no unit beside it. */
		if (c->kind == CELL_AMOUNT)
			csv_cell("Asset", false, out);
	}
	csv_end(out);
}

void cell_csv_row(
        struct arena *a, const struct column *columns, const json_t *object, struct buf *out)
{
	for (const struct column *c = columns; c->title; c++) {
		const json_t *v;
		const char *text;

		if (cell_is_rest(c))
			continue;
		v = cell_member(object, c->member);
		/* Machines read what people do not: times and numbers as they came. */
		if (c->kind == CELL_AMOUNT)
			text = amount_digits(a, v);
		else if (json_is_string(v) || json_is_integer(v))
			text = text_of(a, v);
		else
			text = cell_text(&languages[0], a, c, object);
		if (cell_is_number(c->kind))
			csv_number(text ? text : "", c == columns, out);
		else
			csv_cell(text ? text : "", c == columns, out);
		if (c->kind == CELL_AMOUNT) {
			const char *code = json_string_value(json_object_get(v, "assetCode"));

			csv_cell(code ? code : "", false, out);
		}
	}
	csv_end(out);
}
