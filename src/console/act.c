#include "console/act.h"

#include <stdlib.h>
#include <string.h>

#include "base/figure.h"
#include "base/log.h"
#include "base/text.h"
#include "codec/form.h"
#include "console/login.h"
#include "console/pages.h"
#include "http/language.h"
#include "http/reply.h"
#include "http/router.h"
#include "store/event.h"
#include "web/show.h"

#define PATH_MAX_BYTES 2048

const struct console_act *console_act_named(const char *name)
{
	for (const struct console_act *a = console_acts; a->name; a++) {
		if (strcmp(a->name, name) == 0)
			return a;
	}
	return NULL;
}

static const struct console_act *act_of(const char *pattern)
{
	for (const struct console_act *a = console_acts; a->name; a++) {
		if (strcmp(a->pattern, pattern) == 0)
			return a;
	}
	return NULL;
}

/* ---- what was sent ---- */

struct sent {
	struct console_view *v;
	const struct console_act *act;
	struct page_form form;
	struct op op;
	char key[ID_TEXT_SIZE];
	char *body; /* of the request; NULL: none yet */
};

/* The page again, with the form as it was sent and what is wrong with it. */
static enum http_next again(struct sent *s)
{
	struct console_view *v = s->v;

	v->act = s->act;
	v->given = &s->form;
	v->page = console_page_of(s->act->page);
	return console_view_show(v);
}

static enum http_next wrong(struct sent *s, unsigned status, const char *field, const char *text)
{
	console_refuse(s->v, status, field, text);
	return again(s);
}

static const struct asset_row *asset_named(struct http_request *rq, const char *code)
{
	const struct snapshot *s = node_snapshot(http_app(rq));

	for (size_t i = 0; i < s->asset_count; i++) {
		if (strcmp(s->assets[i].code, code) == 0)
			return &s->assets[i];
	}
	return NULL;
}

static json_t *words_json(const char *text)
{
	json_t *list = json_array();

	while (*text) {
		size_t n = strcspn(text, " ");

		if (n)
			(void)json_array_append_new(list, json_stringn(text, n));
		text += n + (text[n] == ' ');
	}
	return list;
}

/* NULL, with *why: it can't be one. */
static json_t *amount_json(struct sent *s, const char *text, const char **why)
{
	const struct asset_row *asset = asset_named(s->v->rq, page_field(&s->form, "assetCode"));
	bool negative = text[0] == '-';
	char units[AMOUNT_TEXT_SIZE];
	enum result r;
	uint64_t value;

	*why = WORDS("There is no such asset here.");
	if (!asset)
		return NULL;
	r = figure_parse(language_of(s->v->rq), text + negative, asset->scale, &value);
	*why = r == RESULT_THEIRS_NONCANONICAL
	               ? show_amount_problem(s->v->rq, r, asset->code, asset->scale)
	               : words_with(s->v->rq, "An amount of {asset}, such as {example}.", "asset",
	                         asset->code, "example",
	                         show_typed(s->v->rq, asset->scale < 2 ? "10" : "10.00"), NULL);
	if (r)
		return NULL;
	amount_format_major(value, 0, units);
	return json_pack("{s:o,s:s,s:i}", "value", json_sprintf("%s%s", negative ? "-" : "", units),
	        "assetCode", asset->code, "assetScale", (int)asset->scale);
}

static json_t *number_json(const char *text, const char **why)
{
	uint64_t value;

	*why = WORDS("A whole number.");
	return text_parse_u64(text, INT64_MAX, &value) ? NULL : json_integer((json_int_t)value);
}

static json_t *boxes_value(const struct sent *s, const struct act_field *f)
{
	json_t *list = json_array();

	for (enum event_type t = 0; t < EVENT_TYPES; t++) {
		const char *box = act_box_name(s->v, f, t);

		if (box && *page_field(&s->form, box))
			(void)json_array_append_new(list, json_string(event_type_name(t)));
	}
	if (json_array_size(list) > 0)
		return list;
	json_decref(list);
	return json_null();
}

static json_t *field_value(
        struct sent *s, const struct act_field *f, const char *text, const char **why)
{
	switch (f->kind) {
	case FIELD_AMOUNT:
		return amount_json(s, text, why);
	case FIELD_NUMBER:
		return number_json(text, why);
	case FIELD_FLAG:
		return json_boolean(strcmp(text, "yes") == 0);
	case FIELD_WORDS:
		return words_json(text);
	case FIELD_EVENTS:
		return boxes_value(s, f);
	case FIELD_TEXT:
	case FIELD_SECRET:
	case FIELD_CHOICE:
	case FIELD_ASSET:
	case FIELD_LINES:
	case FIELD_HIDDEN:
	case FIELD_TOKEN:
	case FIELD_PATH:
		break;
	}
	*why = WORDS("That can't be read.");
	return json_string(text);
}

/* The body of the request, and what the trail keeps of it. False: *field and *why say what is
 * wrong.
 */
static bool read_fields(
        struct sent *s, json_t *body, json_t *details, const char **field, const char **why)
{
	for (const struct act_field *f = s->act->fields; f && f->name; f++) {
		const char *text = page_field(&s->form, f->name);
		json_t *value;

		*field = f->name;
		if (!*text && f->required) {
			*why = WORDS("This is needed.");
			return false;
		}
		if (!*text && f->kind != FIELD_FLAG && f->kind != FIELD_WORDS &&
		        f->kind != FIELD_EVENTS)
			continue;
		value = field_value(s, f, text, why);
		if (!value)
			return false;
		if (f->kind != FIELD_SECRET && f->kind != FIELD_TOKEN)
			(void)json_object_set(details, f->name, value);
		if (f->kind == FIELD_PATH)
			json_decref(value);
		else
			(void)json_object_set_new(body, f->name, value);
	}
	return true;
}

/* ---- the end ---- */

/* {names} of the path, of the form, of the answer, in that order. */
static json_t *names_of(struct sent *s, const json_t *answer)
{
	static const char *const params[] = {"id", "event"};
	json_t *names = json_object();

	(void)json_object_update_missing(names, json_is_object(answer) ? (json_t *)answer : names);
	for (size_t i = 0; i < s->form.form.count; i++)
		(void)json_object_set_new(names, s->form.form.fields[i].name,
		        json_string(s->form.form.fields[i].text));
	for (size_t i = 0; i < sizeof(params) / sizeof(params[0]); i++) {
		const char *text = console_param(s->v->rq, params[i]);

		if (*text)
			(void)json_object_set_new(names, params[i], json_string(text));
	}
	return names;
}

static enum http_next see_back(struct sent *s, const json_t *answer)
{
	struct arena *a = &s->v->rq->arena;
	json_t *names = names_of(s, answer);
	const char *path = cell_path(a, s->act->back ? s->act->back : s->act->page, names);

	json_decref(names);
	return page_see(
	        s->v->rq, path ? arena_printf(a, "%s?done=%s", path, s->act->name) : CONSOLE_HOME);
}

/* The answer is shown this once: what it holds may be a secret. */
static enum http_next show_answer(struct sent *s, const json_t *answer)
{
	struct console_view *v = s->v;
	const struct console_page *own = console_page_of(s->act->page);
	const char *title = words(v->rq, s->act->title);
	char token[FORM_TOKEN_SIZE];

	part_facts(v, "", s->act->shows, answer);
	if (json_object_get(answer, "hops")) {
		static const struct column hops[] = {{WORDS("Hop"), "hop", CELL_NUMBER, NULL},
		        {WORDS("Address"), "ilpAddress", CELL_TEXT, NULL},
		        {WORDS("Answer"), "code", CELL_TEXT, NULL},
		        {WORDS("Time"), "elapsedMs", CELL_MS, NULL}, {NULL, NULL, CELL_TEXT, NULL}};

		part_table(v, "Hops", hops, json_object_get(answer, "hops"), "Nobody answered.");
	}
	if (s->act->next) {
		json_t *object = json_copy((json_t *)answer);

		(void)json_object_set_new(object, "form", names_of(s, NULL));
		part_form(v, s->act->next, object);
		json_decref(object);
	}
	page_form_token(&console_of(v->rq)->form_key, v->visitor.token, "logout", token);
	return console_reply(v->rq, 200, "console-page",
	        json_pack("{s:s,s:s,s:O,s:s,s:s,s:s,s:s,s:s}", "title", title, "heading", title,
	                "parts", v->parts, "problem", "", "token", token, "done", "", "back",
	                own->nav, "pattern", ""),
	        operator_visitor_name(&v->visitor), own->nav);
}

static enum http_next finish(struct sent *s)
{
	json_t *answer = console_answer(s->v);
	enum http_next next = s->act->shows ? show_answer(s, answer) : see_back(s, answer);

	json_decref(answer);
	return next;
}

/* What the API's handler did not do in a transaction of its own is written down behind it. */
static enum result write_apply(struct op *op, struct batch *b)
{
	const struct admin_actor *actor = &OWNER_OF(op, struct sent, op)->v->actor;
	struct act_row act = {.who = actor->name,
	        .act = actor->act,
	        .subject = actor->subject,
	        .details = actor->details};

	return batch_act_add(b, &act);
}

static void write_done(struct task *t)
{
	http_resume(OWNER_OF(t, struct sent, op.task)->v->rq);
}

static enum http_next written(struct http_request *rq)
{
	struct sent *s = rq->state;

	if (s->op.result)
		log_error(
		        "console_act", "act=%s result=%s", s->act->name, result_name(s->op.result));
	return finish(s);
}

static struct sent *sent_of(struct http_request *rq)
{
	return ((struct console_view *)rq->state)->sent;
}

static enum http_next answered(struct http_request *rq)
{
	struct sent *s = sent_of(rq);
	struct console_view *v = s->v;
	json_t *answer;

	if (v->call.status < 300 && v->actor.written)
		return finish(s);
	if (v->call.status < 300) {
		s->op.apply = write_apply;
		s->op.task.done = write_done;
		rq->state = s;
		http_park(rq, written);
		node_submit(http_app(rq), &s->op);
		return HTTP_PARKED;
	}
	answer = console_answer(v);
	console_refused(v, answer);
	json_decref(answer);
	/* A field that the form does not have is no place for a sentence. */
	for (const struct act_field *f = s->act->fields; *v->problem_field; f++) {
		if (!f || !f->name)
			v->problem_field = "";
		else if (strcmp(f->name, v->problem_field) == 0)
			break;
	}
	return again(s);
}

static enum http_next call(struct sent *s, json_t *body)
{
	struct console_view *v = s->v;
	json_t *names = names_of(s, NULL);
	const char *path = cell_path(&v->rq->arena, s->act->path, names);
	char *text = json_dumps(body, JSON_COMPACT);
	size_t n = text ? strlen(text) : 0;

	json_decref(names);
	if (text) {
		s->body = arena_strdup(&v->rq->arena, text);
		secret_wipe(text, n);
	}
	free(text);
	v->call = (struct http_inner){
	        .target = path ? arena_printf(&v->rq->arena, "/admin/v1%s", path) : NULL,
	        .key = s->act->method == HTTP_POST ? s->key : NULL};
	if (!s->body || !v->call.target)
		return page_fail(v->rq, RESULT_OURS_MEMORY);
	if (s->act->method != HTTP_DELETE)
		v->call.body = bytes_of((const uint8_t *)s->body, n);
	v->sent = s;
	return console_view_call(v, s->act->method, answered);
}

/* Was typed what says that it is meant, by the form as it is, or in another language. */
static bool is_confirmed(struct sent *s)
{
	json_t *names;
	const char *word = s->act->confirm, *typed = page_field(&s->form, "confirm");
	bool same;

	if (!word || (word[0] != '{' && strcmp(typed, words(s->v->rq, word)) == 0))
		return true;
	names = names_of(s, NULL);
	if (word[0] == '{') {
		char name[32] = "";

		memcpy(name, word + 1, strcspn(word + 1, "}"));
		word = json_string_value(json_object_get(names, name));
	}
	same = word && *word && strcmp(typed, word) == 0;
	json_decref(names);
	return same;
}

static enum http_next do_act(struct sent *s, json_t *body, json_t *details)
{
	struct console_view *v = s->v;
	json_t *constant = s->act->body ? json_loads(s->act->body, 0, NULL) : NULL;
	const char *field = "", *why = "", *subject = console_param(v->rq, "id");
	const char *once = page_field(&s->form, "once");
	struct id id;
	char *text;

	(void)json_object_update(body, constant);
	(void)json_object_update(details, constant);
	json_decref(constant);
	if (id_parse(once, strlen(once), &id))
		return wrong(s, 400, "", WORDS("That form is not whole. Please try again."));
	id_format(&id, s->key);
	if (!read_fields(s, body, details, &field, &why))
		return wrong(s, 400, field, why);
	if (!is_confirmed(s))
		return wrong(s, 400, "confirm", WORDS("Type it exactly as it stands there."));
	if (s->act->fill && !s->act->fill(v, body))
		return wrong(
		        s, 500, "", WORDS("That could not be prepared. The node's log has more."));
	text = json_dumps(details, JSON_COMPACT | JSON_SORT_KEYS);
	v->actor = (struct admin_actor){.act = s->act->name,
	        .subject = *subject ? subject : page_field(&s->form, "name"),
	        .details = text && strlen(text) <= ACT_DETAILS_MAX
	                           ? arena_strdup(&v->rq->arena, text)
	                           : "{}"};
	v->actor.subject = arena_strdup(&v->rq->arena, v->actor.subject);
	free(text);
	if (!v->actor.subject || !v->actor.details)
		return page_fail(v->rq, RESULT_OURS_MEMORY);
	return call(s, body);
}

/* Passwords and tokens are among what was typed. */
static void wipe(void *p)
{
	struct sent *s = p;

	if (s->body)
		secret_wipe(s->body, strlen(s->body));
}

enum http_next console_act_post(struct http_request *rq)
{
	struct sent *s = arena_alloc(&rq->arena, sizeof(*s));
	struct console_view *v = s ? console_view_new(rq) : NULL;
	json_t *body, *details;
	enum http_next next;
	const char *action;

	if (!s)
		return page_fail(rq, RESULT_OURS_MEMORY);
	if (!v || page_form_read(rq, NULL, &s->form) || operator_visitor_read(rq, &v->visitor))
		return HTTP_DONE;
	s->v = v;
	if (http_defer(rq, wipe, s))
		return page_fail(rq, RESULT_OURS_MEMORY);
	if (!v->visitor.known)
		return page_see(rq, CONSOLE_LOGIN);
	s->act = act_of(rq->route->pattern);
	action = act_action(v, s->act);
	if (!action || !page_form_token_is(&console_of(rq)->form_key, v->visitor.token, action,
	                       page_field(&s->form, "token")))
		return console_say(rq, 403, operator_visitor_name(&v->visitor), "Nothing was done",
		        "That form was too old, or of another page. Please go back and try again.");
	body = json_object();
	details = json_object();
	next = do_act(s, body, details);
	json_decref(body);
	json_decref(details);
	return next;
}
