#include "console/view.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "codec/form.h"
#include "console/act.h"
#include "console/login.h"
#include "console/pages.h"
#include "http/language.h"
#include "http/live.h"
#include "http/reply.h"
#include "http/router.h"
#include "http/target.h"

#define BASE       "/admin/v1"
#define TARGET_MAX 4096
#define REFRESH_S  30 /* of a live page without scripts */
#define CSV_LINE   (64 * 1024)

/* ---- asking ---- */

static void release(void *p)
{
	struct console_view *v = p;

	for (size_t i = 0; i < CONSOLE_READS_MAX; i++)
		json_decref(v->answers[i]);
	json_decref(v->parts);
	if (v->file_out)
		(void)fclose(v->file_out);
	free(v->file_text);
}

struct console_view *console_view_new(struct http_request *rq)
{
	struct console_view *v = arena_alloc(&rq->arena, sizeof(*v));

	if (!v || http_defer(rq, release, v)) {
		(void)page_fail(rq, RESULT_OURS_MEMORY);
		return NULL;
	}
	v->rq = rq;
	v->status = 200;
	v->problem_api = "";
	v->parts = json_array();
	return v;
}

const char *console_param(const struct http_request *rq, const char *name)
{
	const char *p = rq->route->pattern;
	size_t n = strlen(name);

	for (const char *at = strchr(p, '{'); at; at = strchr(at + 1, '{'))
		if (strncmp(at + 1, name, n) == 0 && at[n + 1] == '}')
			return http_param(rq, name);
	return "";
}

/* Query members whose names stand in `names` and that say something. */
static void put_query(const struct http_request *rq, const char *names, struct buf *b)
{
	char mark = memchr(b->p, '?', b->len) ? '&' : '?';

	while (*names) {
		size_t n = strcspn(names, " ");
		char name[32] = "";
		const char *value;

		if (n < sizeof(name))
			memcpy(name, names, n);
		value = http_query(rq, name);
		if (value && *value) {
			buf_u8(b, (uint8_t)mark);
			buf_put(b, name, strlen(name));
			buf_u8(b, '=');
			form_escape(bytes_str(value), b);
			mark = '&';
		}
		names += n + (names[n] == ' ');
	}
}

static void put_path(struct http_request *rq, const char *pattern, struct buf *b)
{
	buf_put(b, BASE, strlen(BASE));
	while (*pattern) {
		size_t n = strcspn(pattern, "{");
		char name[32] = "";

		buf_put(b, pattern, n);
		pattern += n;
		if (!*pattern)
			return;
		n = strcspn(pattern, "}");
		if (n - 1 < sizeof(name))
			memcpy(name, pattern + 1, n - 1);
		form_escape(bytes_str(console_param(rq, name)), b);
		pattern += n + 1;
	}
}

char *console_path(struct console_view *v, const char *pattern)
{
	char *out = arena_alloc(&v->rq->arena, TARGET_MAX);
	struct buf b;

	if (!out)
		return NULL;
	buf_init(&b, out, TARGET_MAX - 1);
	put_path(v->rq, pattern, &b);
	return b.failed ? NULL : out;
}

/* The target of the read that is next. */
static char *read_target(struct console_view *v)
{
	const struct console_read *read = &v->page->reads[v->at];
	char *out = arena_alloc(&v->rq->arena, TARGET_MAX);
	struct buf b;

	if (!out)
		return NULL;
	buf_init(&b, out, TARGET_MAX - 1);
	put_path(v->rq, read->path, &b);
	if (read->query)
		put_query(v->rq, read->query, &b);
	if (v->cursor) {
		const char *mark = strchr(out, '?') ? "&cursor=" : "?cursor=";

		buf_put(&b, mark, strlen(mark));
		form_escape(bytes_str(v->cursor), &b);
	}
	return b.failed ? NULL : out;
}

enum http_next console_view_call(
        struct console_view *v, enum http_method method, http_handler *then)
{
	if (!v->call.target)
		return page_fail(v->rq, RESULT_OURS_MEMORY);
	v->rq->state = v;
	v->actor.name = operator_visitor_name(&v->visitor);
	v->call.method = method;
	v->call.before = &v->actor;
	v->call.then = then;
	return http_inner(v->rq, console_of(v->rq)->admin, &v->call);
}

json_t *console_answer(const struct console_view *v)
{
	/* It is ours: what jansson can't read is none. */
	return json_loadb((const char *)v->call.answer.p, v->call.answer.n, 0, NULL);
}

static http_handler ask, asked;

static bool is_wanted(const struct console_view *v)
{
	const struct console_read *read = &v->page->reads[v->at];
	const char *value;
	char name[32] = "";

	if (!read->asked_for)
		return true;
	memcpy(name, read->query, strcspn(read->query, " "));
	value = http_query(v->rq, name);
	return value && *value;
}

/* ---- the reply ---- */

static enum http_next refused(struct console_view *v)
{
	const char *who = operator_visitor_name(&v->visitor);

	if (v->call.status == 404)
		return console_say(v->rq, 404, who, "There is nothing here",
		        "The address is wrong, or what it named is gone.");
	if (v->call.status >= 500)
		return console_say(v->rq, v->call.status, who, "That can't be shown just now",
		        "Please try again in a moment. The node's log has more.");
	return console_say(v->rq, v->call.status, who, "That can't be shown",
	        "Something in the address is wrong.");
}

void console_refuse(struct console_view *v, unsigned status, const char *field, const char *text)
{
	v->status = status;
	v->problem = words(v->rq, text ? text : WORDS("That was refused."));
	v->problem_api = "";
	v->problem_field = field;
}

static const struct {
	const char *code, *sentence;
} refusals[] = {
        {"malformed", WORDS("That is not of the form that is needed.")},
        {"truncated", WORDS("That is not whole.")},
        {"noncanonical", WORDS("That might be read in more than one way.")},
        {"bad_amount", WORDS("That is not an amount that can be taken here.")},
        {"bad_asset", WORDS("That is not the asset that is needed here.")},
        {"unauthorized", WORDS("You may not do that.")},
        {"unauthentic", WORDS("That is not genuine.")},
        {"forbidden", WORDS("That is not allowed.")},
        {"not_found", WORDS("There is no such thing here.")},
        {"conflict", WORDS("That is taken already, or was done otherwise before.")},
        {"expired", WORDS("Its time is over.")},
        {"wrong_state", WORDS("That can't be done in its present state.")},
        {"changed", WORDS("It was changed meanwhile.")},
        {"too_big", WORDS("That is too long, or too much.")},
        {"no_rate", WORDS("There is no rate between the two assets.")},
        {"insufficient", WORDS("There is not enough money for that.")},
        {"blocked", WORDS("The host does not allow it.")},
        {"protocol_violation", WORDS("The other server gave an answer that can't be used.")},
        {"refused", WORDS("The other server refuses it.")},
        {"timeout", WORDS("The other server took too long to answer.")},
        {"busy", WORDS("Too busy just now. Please try again in a moment.")},
        {"unreachable", WORDS("The other server can't be reached.")},
        {"peer_unreachable", WORDS("The other server can't be reached.")},
        {"outcome_unknown", WORDS("Whether it was done is not known.")},
        {"draining", WORDS("That is being stopped, and takes nothing new.")},
};

/* The API speaks English: who reads another language gets a sentence by the code, with its own
 * words behind, or what they say, where that is known. */
void console_refused(struct console_view *v, const json_t *answer)
{
	const json_t *error = json_object_get(answer, "error");
	const char *text = json_string_value(json_object_get(error, "description"));
	const char *code = json_string_value(json_object_get(error, "code"));
	const char *field = json_string_value(cell_member(error, "details.field"));
	struct arena *a = &v->rq->arena;
	const char *own = text ? arena_strdup(a, text) : NULL;
	const char *said = own ? words_again(v->rq, own) : NULL;

	field = field ? arena_strdup(a, field) : NULL;
	console_refuse(v, v->call.status, field ? field : "", WORDS("That was refused."));
	if (!said)
		return;
	if (language_of(v->rq) == &languages[0] || strcmp(said, own) != 0) {
		v->problem = said;
		return;
	}
	for (size_t i = 0; code && i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		if (strcmp(refusals[i].code, code) == 0)
			v->problem = words(v->rq, refusals[i].sentence);
	}
	v->problem_api = own;
}

const char *console_text(struct console_view *v, const struct column *c, const json_t *object)
{
	return cell_text(language_of(v->rq), &v->rq->arena, c, object);
}

static json_t *flash_json(struct console_view *v)
{
	const char *done = http_query(v->rq, "done");
	const struct console_act *act = done ? console_act_named(done) : NULL;

	return json_string(act ? words(v->rq, act->title) : "");
}

static enum http_next shown(struct http_request *rq)
{
	struct console_view *v = rq->state;
	const char *heading = v->heading ? v->heading : words(rq, v->page->title);
	bool above = v->problem && !v->act && !*v->problem_field;
	char token[FORM_TOKEN_SIZE];
	json_t *view;

	page_form_token(&console_of(rq)->form_key, v->visitor.token, "logout", token);
	view = v->failed ? NULL
	                 : json_pack("{s:s,s:s,s:O,s:s,s:s,s:s,s:o,s:s,s:s}", "title", heading,
	                           "heading", heading, "parts", v->parts, "problem",
	                           above ? v->problem : "", "api", above ? v->problem_api : "",
	                           "token", token, "done", flash_json(v), "back",
	                           strcmp(v->page->pattern, v->page->nav) ? v->page->nav : "",
	                           "pattern", v->page->pattern);
	if (view && v->live_url) {
		(void)json_object_set_new(view, "live", live_json(v->live_url, v->live_stamp));
		(void)json_object_set_new(view, "refresh", json_integer(REFRESH_S));
	}
	if (view && v->has_chart)
		(void)json_object_set_new(view, "scripts",
		        json_pack("[s,s,s]", "florin.js", "chart.js", "charts.js"));
	return console_reply(rq, v->status, "console-page", view,
	        operator_visitor_name(&v->visitor), v->page->nav);
}

static enum http_next build(struct console_view *v)
{
	v->page->build(v);
	/* One that the page does not have is its first part. */
	if (v->act && !v->act_shown) {
		json_t *parts = v->parts;

		v->parts = json_array();
		part_form(v, v->act->name, v->answers[0]);
		(void)json_array_extend(v->parts, parts);
		json_decref(parts);
	}
	return shown(v->rq);
}

/* ---- a list as a file ---- */

static const struct {
	const char *word, *type;
} files[] = {
        [CONSOLE_CSV] = {"csv", "text/csv; charset=utf-8"},
        [CONSOLE_JSON] = {"json", "application/json"},
};

static enum console_file file_wanted(const struct console_view *v)
{
	const char *format = http_query(v->rq, "format");

	if (!v->page->list || v->act || !format)
		return CONSOLE_NO_FILE;
	if (strcmp(format, files[CONSOLE_JSON].word) == 0)
		return CONSOLE_JSON;
	return strcmp(format, files[CONSOLE_CSV].word) == 0 ? CONSOLE_CSV : CONSOLE_NO_FILE;
}

static void put_text(struct console_view *v, const void *text, size_t n)
{
	if (fwrite(text, 1, n, v->file_out) != n)
		v->failed = true;
}

static enum http_next file_end(struct console_view *v)
{
	FILE *out = v->file_out;
	char *text;

	if (v->file == CONSOLE_JSON)
		put_text(v, "]\n", 2);
	v->file_out = NULL;
	if (fclose(out) != 0 || !v->file_text || v->failed)
		return page_fail(v->rq, RESULT_OURS_MEMORY);
	text = v->file_text;
	v->file_text = NULL;
	http_reply_header(v->rq, "Content-Disposition",
	        arena_printf(&v->rq->arena, "attachment; filename=\"%s.%s\"",
	                strrchr(v->page->pattern, '/') + 1, files[v->file].word));
	return http_reply_take(v->rq, 200, files[v->file].type, bytes_of(text, v->file_n));
}

/* item NULL: the line of names. A line that does not fit fails the file. */
static void put_csv(struct console_view *v, const json_t *item)
{
	struct arena memory;
	uint8_t *storage;
	struct buf b;

	arena_init(&memory, LIMIT_REQUEST_ARENA);
	storage = arena_alloc(&memory, CSV_LINE);
	buf_init(&b, storage, storage ? CSV_LINE : 0);
	if (item)
		cell_csv_row(&memory, v->page->list, item, &b);
	else
		cell_csv_head(v->page->list, &b);
	if (b.failed)
		v->failed = true;
	else
		put_text(v, b.p, b.len);
	arena_clear(&memory);
}

static void put_json(struct console_view *v, const json_t *item)
{
	char *text = json_dumps(item, JSON_COMPACT);

	put_text(v, v->file_rows ? ",\n" : "\n", v->file_rows ? 2 : 1);
	if (text)
		put_text(v, text, strlen(text));
	else
		v->failed = true;
	free(text);
}

static bool file_begin(struct console_view *v)
{
	if (v->file_out)
		return true;
	v->file_out = open_memstream(&v->file_text, &v->file_n);
	if (!v->file_out)
		return false;
	if (v->file == CONSOLE_CSV)
		put_csv(v, NULL);
	else
		put_text(v, "[", 1);
	return true;
}

/* One page of the list behind the other, until the last. */
static enum http_next file_more(struct console_view *v, json_t *answer)
{
	const json_t *items = json_object_get(answer, "items");
	const char *next = json_string_value(json_object_get(answer, "nextCursor"));
	size_t i;
	json_t *item;

	if (!file_begin(v))
		return page_fail(v->rq, RESULT_OURS_MEMORY);
	json_array_foreach(items, i, item)
	{
		if (v->file == CONSOLE_CSV)
			put_csv(v, item);
		else
			put_json(v, item);
		v->file_rows++;
	}
	if (!next)
		return file_end(v);
	if (v->file_rows >= CONSOLE_FILE_ROWS)
		return console_say(v->rq, 413, operator_visitor_name(&v->visitor),
		        "Too much for one file",
		        "This list has more than 10,000 lines. Filter it first.");
	v->cursor = arena_strdup(&v->rq->arena, next);
	return v->cursor ? ask(v->rq) : page_fail(v->rq, RESULT_OURS_MEMORY);
}

/* ---- one read after the other ---- */

static enum http_next asked(struct http_request *rq)
{
	struct console_view *v = rq->state;
	const struct console_read *read = &v->page->reads[v->at];
	json_t *answer = console_answer(v);
	bool ok = v->call.status == 200 && answer;

	if (ok && v->file) {
		enum http_next next = file_more(v, answer);

		json_decref(answer);
		return next;
	}
	if (ok) {
		v->answers[v->at] = answer;
	} else {
		/* What is wrong with a filter is said beside it. */
		bool filter = v->call.status == 400 && (v->page->filters || read->asked_for);

		if (filter && !v->problem)
			console_refused(v, answer);
		json_decref(answer);
		if (!filter && !read->optional)
			return refused(v);
	}
	v->at++;
	return ask(rq);
}

static enum http_next ask(struct http_request *rq)
{
	struct console_view *v = rq->state;

	while (v->at < CONSOLE_READS_MAX && v->page->reads[v->at].path && !is_wanted(v))
		v->at++;
	if (v->at == CONSOLE_READS_MAX || !v->page->reads[v->at].path)
		return build(v);
	/* Each read may take a page of rows more. */
	http_allow_rows(rq, LIMIT_PAGE_SIZE * (v->at + 1));
	v->call = (struct http_inner){.target = read_target(v)};
	return console_view_call(v, HTTP_GET, asked);
}

enum http_next console_view_show(struct console_view *v)
{
	v->rq->state = v;
	v->actor = (struct admin_actor){.act = NULL};
	v->at = 0;
	v->file = file_wanted(v);
	return ask(v->rq);
}

/* A browser sends the blanks of a form as '+', which elsewhere in an address is a plus. */
static enum result read_blanks(struct http_request *rq)
{
	const char *from = strchr(rq->target, '?');
	char *out;
	struct buf b;

	if (!from || !strchr(from, '+'))
		return RESULT_OK;
	out = arena_alloc(&rq->arena, 3 * strlen(rq->target) + 1);
	if (!out)
		return RESULT_OURS_MEMORY;
	buf_init(&b, out, 3 * strlen(rq->target));
	buf_put(&b, rq->target, (size_t)(from - rq->target));
	for (; *from; from++) {
		if (*from == '+')
			buf_put(&b, "%20", 3);
		else
			buf_u8(&b, (uint8_t)*from);
	}
	rq->target = out;
	return target_split(rq);
}

enum http_next console_page_get(struct http_request *rq)
{
	struct console_view *v = console_view_new(rq);
	enum result r = v ? read_blanks(rq) : RESULT_OK;

	if (!v)
		return HTTP_DONE;
	if (r)
		return page_fail(rq, r);
	if (operator_visitor_read(rq, &v->visitor))
		return HTTP_DONE;
	if (!v->visitor.known) {
		char *next = arena_alloc(&rq->arena, TARGET_MAX);
		struct buf b;

		if (!next)
			return page_fail(rq, RESULT_OURS_MEMORY);
		buf_init(&b, next, TARGET_MAX - 1);
		buf_put(&b, CONSOLE_LOGIN "?next=", strlen(CONSOLE_LOGIN "?next="));
		form_escape(bytes_str(rq->target), &b);
		return page_see(rq, b.failed ? CONSOLE_LOGIN : next);
	}
	v->page = console_page_of(rq->route->pattern);
	return console_view_show(v);
}
