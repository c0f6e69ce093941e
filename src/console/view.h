/* view: one page of the console, from what it asks the admin API to what it shows.
 *
 * A page is a row of a table: which resources it reads, which parameters of its own URL it hands
 * on, and a function that puts the answers into parts. The parts of a page are shown by the
 * template "console-page": facts, tables, forms, bars, steps.
 *
 *	GET /console/peers/acme
 *	console_page_get()      signed in? else the login form
 *	ask(), asked() ...      each read is an inner request
 *	page->build(v)          part_*()
 *	shown()                 the reply
 *
 * An act that was refused is shown by the same page, with what is wrong beside its field.
 *
 * Texts of the tables, and what part_*() are given, are messages (docs/languages.md): they are
 * looked up where they are put on the page. What a build function makes itself, it says by words().
 */
#ifndef FLORIN_CONSOLE_VIEW_H
#define FLORIN_CONSOLE_VIEW_H

#include "admin/admin_routes.h"
#include "console/cell.h"
#include "console/chart.h"
#include "console/operator_visitor.h"
#include "http/inner.h"
#include "ilp/node.h"

#define CONSOLE_READS_MAX 6
#define CONSOLE_FILE_ROWS 10000 /* of a list; more are refused: a filter makes them fewer */

struct console_act;
struct console_view;
struct sent;

struct console_read {
	const char *path;  /* below /admin/v1; {id} is the page's. NULL: no more */
	const char *query; /* blank-separated names of the page's own query that are handed on */
	bool optional;     /* where it is refused the page does without */
	bool asked_for;    /* only where the first name of `query` is given */
};

#define FILTER_EVENTS "*"

/* Tables of filters end with a NULL name. */
struct console_filter {
	const char *name; /* of the query */
	const char *label;
	const char *choices; /* blank-separated; FILTER_EVENTS: the types of events; NULL: a text */
};

struct console_page {
	const char *pattern; /* of its URL */
	const char *title;
	const char *nav;
	struct console_read reads[CONSOLE_READS_MAX];
	void (*build)(struct console_view *v);
	/* Where the first read is a list: how it is shown, and as CSV with ?format=csv. As JSON
	 * (?format=json) it is what the API says of each item. */
	const struct column *list;
	const struct console_filter *filters;
	const char *empty; /* what to do about a list without items */
	/* Where that is done; NULL: on this page, or nothing is. */
	const char *empty_label, *empty_href;
};

enum console_file { CONSOLE_NO_FILE, CONSOLE_CSV, CONSOLE_JSON };

struct console_view {
	struct http_request *rq;
	struct operator_visitor visitor;
	struct admin_actor actor;
	const struct console_page *page;
	struct http_inner call;
	size_t at;                          /* the read that is asked */
	json_t *answers[CONSOLE_READS_MAX]; /* NULL: refused, or not asked */
	json_t *parts;
	bool failed; /* no memory */
	bool has_chart;
	const char *heading;  /* as it is shown; NULL: the page's title */
	const char *live_url; /* NULL: the page is not live */
	uint64_t live_stamp;
	/* A refusal that is shown: of an act, else of the page's filters. */
	unsigned status;
	const struct console_act *act;
	bool act_shown; /* its form is among the parts */
	const struct page_form *given;
	struct sent *sent; /* act.c's: what is under way */
	const char *problem, *problem_field;
	const char *problem_api; /* the API's own words, where they say more; "": they do not */
	/* a list as a file */
	enum console_file file;
	char *file_text;
	size_t file_n, file_rows;
	FILE *file_out;
	const char *cursor;
};

/* For a page that was found: asks, builds and replies. `v` is memory of the request, with rq,
 * visitor and page set, and maybe what was refused; rq->state becomes v. */
enum http_next console_view_show(struct console_view *v);
/* v->call.target is set: the admin API is asked in the operator's name. */
enum http_next console_view_call(
        struct console_view *v, enum http_method method, http_handler *then);
/* A new one, released with the request; NULL: no memory, and the reply is set. */
struct console_view *console_view_new(struct http_request *rq);
/* {name} of the path of this request, "" where its route has none. */
const char *console_param(const struct http_request *rq, const char *name);
/* ADMIN path with {id} filled in; NULL: no memory. */
char *console_path(struct console_view *v, const char *pattern);
/* What the API answered, a new reference; NULL: it is no JSON. */
json_t *console_answer(const struct console_view *v);
/* What was refused becomes the view's problem: `text`, a message, at this field ("": at none). */
void console_refuse(struct console_view *v, unsigned status, const char *field, const char *text);
/* The same of an answer that is a refusal. */
void console_refused(struct console_view *v, const json_t *answer);
/* cell_text in the reader's language. */
const char *console_text(struct console_view *v, const struct column *c, const json_t *object);

/* ---- parts ---- */

/* members of the object, one line each. title "": none. */
void part_facts(struct console_view *v, const char *title, const struct column *columns,
        const json_t *object);
/* id: of the section on its page, for links; empty: where there are none. */
void part_table(struct console_view *v, const char *title, const struct column *columns,
        const json_t *items, const char *empty);
/* The page's own list: with its filters, the way to the next page, and its files. */
void part_list(struct console_view *v);
void part_text(struct console_view *v, const char *title, const char *text);
/* A text with a link behind it. */
void part_link(struct console_view *v, const char *title, const char *text, const char *label,
        const char *href);
/* An act's form by its name; object: what its fields are filled with, and its choices are of. */
void part_form(struct console_view *v, const char *act, const json_t *object);
/* Folded away until it is wanted. */
void part_forms(
        struct console_view *v, const char *title, const json_t *object, const char *const *acts);
/* {"label","text","percent","badge"} of each bar. */
void part_bars(struct console_view *v, const char *title, json_t *bars);
/* {"label","value","hint"} of each figure. */
void part_tiles(struct console_view *v, const char *title, json_t *tiles);
/* With its table below it. */
void part_chart(struct console_view *v, const char *title, const struct chart *c);
/* Links that say ?span= of the same page. */
void part_spans(struct console_view *v);
/* {"label","class","href"} of each step, and "cell" of its time where it has one. */
void part_steps(struct console_view *v, const char *title, json_t *steps);

#endif
