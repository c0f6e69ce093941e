/* part: what a page is made of, as views of the template "console-page". */
#include <stdlib.h>
#include <string.h>

#include "codec/form.h"
#include "console/act.h"
#include "console/view.h"
#include "console/word.h"
#include "http/language.h"
#include "store/event.h"

#define LINK_MAX 2048

/* Every name that the template asks for: what a part lacks would be looked for outside of it. */
static json_t *new_part(const struct console_view *v, const char *title)
{
	return json_pack("{s:s,s:b,s:b,s:b,s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:s}",
	        "title", words(v->rq, title), "half", 0, "hasTiles", 0, "hasSteps", 0, "text", "",
	        "facts", "", "table", "", "forms", "", "form", "", "bars", "", "steps", "", "link",
	        "", "filters", "", "tiles", "", "chart", "", "spans", "");
}

static void add(struct console_view *v, json_t *part)
{
	if (json_array_append_new(v->parts, part))
		v->failed = true;
}

/* Steals value. */
static void add_one(struct console_view *v, const char *title, const char *name, json_t *value)
{
	json_t *part = new_part(v, title);

	/* A list shows nothing by itself: its items do. */
	if (strcmp(name, "tiles") == 0)
		(void)json_object_set_new(part, "hasTiles", json_true());
	if (strcmp(name, "steps") == 0)
		(void)json_object_set_new(part, "hasSteps", json_true());
	if (json_object_set_new(part, name, value)) {
		json_decref(part);
		part = NULL;
	}
	add(v, part);
}

void part_text(struct console_view *v, const char *title, const char *text)
{
	add_one(v, title, "text", json_string(words(v->rq, text)));
}

void part_link(struct console_view *v, const char *title, const char *text, const char *label,
        const char *href)
{
	json_t *part = new_part(v, title);

	(void)json_object_set_new(part, "text", json_string(words(v->rq, text)));
	(void)json_object_set_new(
	        part, "link", json_pack("{s:s,s:s}", "label", words(v->rq, label), "href", href));
	add(v, part);
}

void part_facts(struct console_view *v, const char *title, const struct column *columns,
        const json_t *object)
{
	const struct when w = when_of(v->rq);
	json_t *list = json_array();

	for (const struct column *c = columns; c->title; c++) {
		json_t *cell;

		if (cell_is_rest(c))
			continue;
		cell = cell_json(&w, &v->rq->arena, c, object, 0);
		if (json_array_append_new(list,
		            json_pack("{s:s,s:o}", "name", words(v->rq, c->title), "cell", cell)))
			v->failed = true;
	}
	add_one(v, title, "facts", json_pack("{s:o}", "list", list));
}

/* ---- tables ---- */

static json_t *columns_json(const struct console_view *v, const struct column *columns)
{
	json_t *list = json_array();

	for (const struct column *c = columns; c->title && !cell_is_rest(c); c++)
		(void)json_array_append_new(
		        list, json_pack("{s:s,s:b}", "name", words(v->rq, c->title), "number",
		                      cell_is_number(c->kind)));
	return list;
}

static json_t *row_json(struct console_view *v, const struct column *columns, const json_t *item)
{
	const struct when w = when_of(v->rq);
	json_t *cells = json_array();

	for (const struct column *c = columns; c->title && !cell_is_rest(c); c++) {
		json_t *cell = cell_json(&w, &v->rq->arena, c, item, CELL_TABLE_MAX);

		(void)json_object_set_new(cell, "name", json_string(words(v->rq, c->title)));
		if (json_array_append_new(cells, cell))
			v->failed = true;
	}
	return json_pack("{s:o}", "cells", cells);
}

static json_t *table_json(struct console_view *v, const char *label, const struct column *columns,
        const json_t *items, const char *empty)
{
	json_t *rows = json_array(), *item;
	size_t i;

	json_array_foreach(items, i, item)
	{
		if (json_array_append_new(rows, row_json(v, columns, item)))
			v->failed = true;
	}
	return json_pack("{s:s,s:b,s:b,s:o,s:o,s:s,s:s,s:s,s:s,s:s,s:s,s:s}", "label",
	        words(v->rq, label), "hasPages", 0, "hasRows", json_array_size(rows) > 0, "columns",
	        columns_json(v, columns), "rows", rows, "empty", words(v->rq, empty), "emptyLabel",
	        "", "emptyHref", "", "csv", "", "json", "", "next", "", "first", "");
}

void part_table(struct console_view *v, const char *title, const struct column *columns,
        const json_t *items, const char *empty)
{
	add_one(v, title, "table", table_json(v, title, columns, items, empty));
}

/* ---- the page's list ---- */

/* The page's own address with its filters, and one member more. */
static const char *list_href(const struct console_view *v, const char *name, const char *value)
{
	char *out = arena_alloc(&v->rq->arena, LINK_MAX);
	const char *path = v->rq->target;
	size_t n = strcspn(path, "?");
	struct buf b;

	if (!out)
		return "";
	buf_init(&b, out, LINK_MAX - 1);
	buf_put(&b, path, n);
	buf_u8(&b, '?');
	for (const struct console_filter *f = v->page->filters; f && f->name; f++) {
		const char *given = http_query(v->rq, f->name);

		if (!given || !*given)
			continue;
		buf_put(&b, f->name, strlen(f->name));
		buf_u8(&b, '=');
		form_escape(bytes_str(given), &b);
		buf_u8(&b, '&');
	}
	buf_put(&b, name, strlen(name));
	buf_u8(&b, '=');
	form_escape(bytes_str(value), &b);
	return b.failed ? "" : out;
}

static json_t *choices_json(
        struct http_request *rq, const char *choices, const char *chosen, const char *none)
{
	json_t *list = json_array();

	if (none)
		(void)json_array_append_new(
		        list, json_pack("{s:s,s:s,s:b}", "value", "", "label", none, "chosen", 0));
	while (*choices) {
		size_t n = strcspn(choices, " ");
		const char *word = arena_strndup(&rq->arena, choices, n);

		if (!word)
			break;
		(void)json_array_append_new(list, json_pack("{s:s,s:s,s:b}", "value", word, "label",
		                                          word_said(language_of(rq), word),
		                                          "chosen", strcmp(word, chosen) == 0));
		choices += n + (choices[n] == ' ');
	}
	return list;
}

/* Of a filter, blank-separated; NULL: no memory. */
static const char *choices_of(const struct console_view *v, const struct console_filter *f)
{
	const char *all = event_type_name(0);

	if (strcmp(f->choices, FILTER_EVENTS) != 0)
		return f->choices;
	for (enum event_type t = 1; all && t < EVENT_TYPES; t++)
		all = arena_printf(&v->rq->arena, "%s %s", all, event_type_name(t));
	return all;
}

static json_t *filters_json(const struct console_view *v)
{
	json_t *list = json_array();

	for (const struct console_filter *f = v->page->filters; f && f->name; f++) {
		const char *given = http_query(v->rq, f->name);
		const char *choices = f->choices ? choices_of(v, f) : NULL;
		bool wrong = v->problem && !v->act && strcmp(v->problem_field, f->name) == 0;

		given = given ? given : "";
		(void)json_array_append_new(list,
		        json_pack("{s:s,s:s,s:s,s:b,s:o,s:s,s:s}", "name", f->name, "label",
		                words(v->rq, f->label), "value", given, "isChoice", choices != NULL,
		                "choices",
		                choices ? choices_json(v->rq, choices, given, words(v->rq, "Any"))
		                        : json_string(""),
		                "problem", wrong ? v->problem : "", "api",
		                wrong ? v->problem_api : ""));
	}
	return list;
}

static bool is_filtered(const struct console_view *v)
{
	for (const struct console_filter *f = v->page->filters; f && f->name; f++) {
		const char *given = http_query(v->rq, f->name);

		if (given && *given)
			return true;
	}
	return false;
}

/* What to do about a list that shows nothing: look without the filter, else what the page says. */
static void put_way_on(const struct console_view *v, json_t *table)
{
	const char *path = v->rq->target;

	if (is_filtered(v)) {
		(void)json_object_set_new(
		        table, "empty", json_string(words(v->rq, "Nothing matches.")));
		(void)json_object_set_new(
		        table, "emptyLabel", json_string(words(v->rq, "Show all")));
		(void)json_object_set_new(
		        table, "emptyHref", json_stringn(path, strcspn(path, "?")));
	} else if (v->page->empty_href) {
		(void)json_object_set_new(
		        table, "emptyLabel", json_string(words(v->rq, v->page->empty_label)));
		(void)json_object_set_new(table, "emptyHref", json_string(v->page->empty_href));
	}
}

void part_list(struct console_view *v)
{
	const json_t *answer = v->answers[0];
	const char *next = json_string_value(json_object_get(answer, "nextCursor"));
	const char *cursor = http_query(v->rq, "cursor");
	json_t *table = table_json(
	        v, v->page->title, v->page->list, json_object_get(answer, "items"), v->page->empty);
	json_t *part = new_part(v, "");

	(void)json_object_set_new(table, "hasPages", json_true());
	(void)json_object_set_new(table, "csv", json_string(list_href(v, "format", "csv")));
	(void)json_object_set_new(table, "json", json_string(list_href(v, "format", "json")));
	put_way_on(v, table);
	if (next)
		(void)json_object_set_new(table, "next", json_string(list_href(v, "cursor", next)));
	if (cursor && *cursor)
		(void)json_object_set_new(table, "first", json_string(list_href(v, "cursor", "")));
	if (v->page->filters)
		(void)json_object_set_new(part, "filters",
		        json_pack("{s:o,s:s%}", "list", filters_json(v), "action", v->rq->target,
		                strcspn(v->rq->target, "?")));
	if (json_object_set_new(part, "table", table))
		v->failed = true;
	add(v, part);
}

/* ---- the rest ---- */

void part_form(struct console_view *v, const char *act, const json_t *object)
{
	add_one(v, "", "form", act_form_json(v, console_act_named(act), object));
}

/* Whether the object is already as the act would make it. */
static bool is_so(struct console_view *v, const struct console_act *act, const json_t *object)
{
	size_t n = act->unless ? strcspn(act->unless, "=") : 0;
	const char *name = n ? arena_strndup(&v->rq->arena, act->unless, n) : NULL;
	const char *is = name ? json_string_value(json_object_get(object, name)) : NULL;

	return is && strcmp(is, act->unless + n + 1) == 0;
}

/* Open where what is wrong is shown in it. */
void part_forms(
        struct console_view *v, const char *title, const json_t *object, const char *const *acts)
{
	json_t *list = json_array();

	for (; *acts; acts++) {
		const struct console_act *act = console_act_named(*acts);
		json_t *form;

		if (is_so(v, act, object) && v->act != act)
			continue;
		form = act_form_json(v, act, object);
		if (json_array_append_new(
		            list, json_pack("{s:s,s:b,s:o}", "title", words(v->rq, act->title),
		                          "open", v->act == act, "form", form)))
			v->failed = true;
	}
	add_one(v, title, "forms", list);
}

void part_bars(struct console_view *v, const char *title, json_t *bars)
{
	add_one(v, title, "bars", bars);
}

void part_tiles(struct console_view *v, const char *title, json_t *tiles)
{
	add_one(v, title, "tiles", tiles);
}

void part_chart(struct console_view *v, const char *title, const struct chart *c)
{
	json_t *table = table_json(v, c->label, c->columns, c->items, "");
	json_t *part = new_part(v, title), *chart;

	chart = chart_json(&v->rq->arena, c, table);
	(void)json_object_set_new(part, "half", json_boolean(c->half));
	if (!chart)
		(void)json_object_set_new(part, "text", json_string(words(v->rq, c->empty)));
	else if (json_object_set_new(part, "chart", chart))
		v->failed = true;
	else
		v->has_chart = true;
	json_decref(table);
	add(v, part);
}

void part_spans(struct console_view *v)
{
	static const char *const spans[][2] = {{"hour", WORDS("Last hour")},
	        {"day", WORDS("Last day")}, {"month", WORDS("Last month")}};
	const char *given = http_query(v->rq, "span");
	json_t *list = json_array();

	given = given && *given ? given : spans[0][0];
	for (size_t i = 0; i < sizeof(spans) / sizeof(spans[0]); i++)
		(void)json_array_append_new(
		        list, json_pack("{s:s,s:s,s:b}", "href", list_href(v, "span", spans[i][0]),
		                      "label", words(v->rq, spans[i][1]), "here",
		                      strcmp(given, spans[i][0]) == 0));
	add_one(v, "", "spans", json_pack("{s:o}", "list", list));
}

void part_steps(struct console_view *v, const char *title, json_t *steps)
{
	add_one(v, title, "steps", steps);
}
