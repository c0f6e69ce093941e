#include "http/page.h"

#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "http/cookie.h"
#include "http/language.h"
#include "http/page_form.h"
#include "http/qr.h"
#include "http/reply.h"
#include "http/router.h"
#include "http/template.h"
#include "http/when.h"
#include "ilp/node.h"

#define TYPE_HTML    "text/html; charset=utf-8"
#define THEME_COOKIE "florin-theme"
#define EXAMPLE_MS   (5 * INT64_C(60000)) /* of a component: so long ago, and ahead */

static const struct {
	const char *value, *label;
} themes[] = {{"auto", WORDS("Auto")}, {"light", WORDS("Light")}, {"dark", WORDS("Dark")}};

#define THEMES (sizeof(themes) / sizeof(themes[0]))

static const char *theme_known(const char *text)
{
	for (size_t i = 0; i < THEMES; i++) {
		if (strcmp(themes[i].value, text) == 0)
			return themes[i].value;
	}
	return NULL;
}

static const char *theme_of(const struct http_request *rq)
{
	char text[8];
	const char *theme = NULL;

	if (cookie_read(http_header(rq, "Cookie"), THEME_COOKIE, text, sizeof(text)))
		theme = theme_known(text);
	return theme ? theme : themes[0].value;
}

bool page_path_is_local(const char *path)
{
	size_t n = strlen(path);

	if (n == 0 || n > PAGE_PATH_MAX || path[0] != '/' || path[1] == '/')
		return false;
	for (size_t i = 0; i < n; i++) {
		if (path[i] <= ' ' || path[i] > '~' || path[i] == '\\')
			return false;
	}
	return true;
}

/* ---- replies ---- */

/* Chromium applies form-action to every redirect after a form's post. */
static void set_policy(struct http_request *rq, bool scripts, const char *form_origin)
{
	char *policy;

	if (!scripts && !*form_origin)
		return;
	policy = arena_printf(&rq->arena,
	        "default-src 'none'; %sstyle-src 'self'; img-src 'self'; form-action 'self'%s%s; "
	        "base-uri 'none'; frame-ancestors 'none'",
	        scripts ? "script-src 'self'; connect-src 'self'; " : "", *form_origin ? " " : "",
	        form_origin);
	/* Without memory the stricter policy holds. */
	if (policy)
		http_reply_header(rq, "Content-Security-Policy", policy);
}

static void set_new(json_t *view, const char *name, json_t *value)
{
	if (json_object_get(view, name))
		json_decref(value);
	else
		(void)json_object_set_new(view, name, value);
}

static json_t *themes_json(struct http_request *rq, const char *theme)
{
	json_t *list = json_array();

	for (size_t i = 0; i < THEMES; i++)
		(void)json_array_append_new(
		        list, json_pack("{s:s,s:s,s:b}", "value", themes[i].value, "label",
		                      words(rq, themes[i].label), "chosen",
		                      strcmp(themes[i].value, theme) == 0));
	return list;
}

/* Each in its own words, so that those who can't read the page find theirs. */
static json_t *languages_json(const struct language *chosen)
{
	json_t *list = json_array();

	for (size_t i = 0; i < language_count; i++) {
		const struct language *l = &languages[i];

		if (!l->hidden)
			(void)json_array_append_new(
			        list, json_pack("{s:s,s:s,s:b}", "value", l->tag, "label", l->name,
			                      "chosen", (int)(l == chosen)));
	}
	return list;
}

static void fill(struct http_request *rq, unsigned status, json_t *view)
{
	/* Its pages have a listener of their own; a wallet may be called so. */
	bool console = rq->route && text_starts(rq->route->pattern, "/console");
	bool again = (rq->method == HTTP_GET || rq->method == HTTP_HEAD) &&
	             page_path_is_local(rq->target);
	const struct language *language = language_of(rq);
	const char *theme = theme_of(rq);

	set_new(view, "theme", json_string(theme));
	set_new(view, "zone", json_string(when_of(rq).zone)); /* "" for the browser's own */
	set_new(view, "scripted",
	        json_boolean(json_array_size(json_object_get(view, "scripts")) > 0));
	set_new(view, "themes", themes_json(rq, theme));
	set_new(view, "language", json_string(language->tag));
	set_new(view, "group", json_string(language->group));
	set_new(view, "groupFrom", json_integer((json_int_t)language->group_from));
	set_new(view, "languages", languages_json(language));
	set_new(view, "languageAction",
	        json_string(
	                console ? "/console" PAGE_LANGUAGE_PATH : "/wallet" PAGE_LANGUAGE_PATH));
	set_new(view, "themeAction",
	        json_string(console ? "/console" PAGE_THEME_PATH : "/wallet" PAGE_THEME_PATH));
	set_new(view, "ownPath",
	        json_string(again     ? rq->target
	                    : console ? "/console"
	                              : "/wallet"));
	set_new(view, "now", json_integer(http_wall_ms(rq)));
	/* Who asks for help can quote it. */
	set_new(view, "requestId", json_string(status >= 400 ? rq->id : ""));
	set_new(view, "logs", json_string(""));
}

enum http_next page_reply(struct http_request *rq, unsigned status, const char *name, json_t *view,
        const char *form_origin)
{
	bool scripts = json_array_size(json_object_get(view, "scripts")) > 0;
	struct bytes text;
	enum result r = RESULT_OURS_MEMORY;

	if (view) {
		fill(rq, status, view);
		r = template_render(name, view, language_of(rq), &text);
	}
	json_decref(view);
	if (r)
		return http_reply_error(rq, 500, "internal", "the page can't be shown");
	set_policy(rq, scripts, form_origin ? form_origin : "");
	http_reply_header(rq, "Content-Language", language_of(rq)->tag);
	http_reply_header(rq, "Vary", "Accept-Language, Cookie");
	http_reply_header(rq, "X-Frame-Options", "DENY"); /* for browsers without frame-ancestors */
	return http_reply_take(rq, status, TYPE_HTML, text);
}

enum http_next page_say(
        struct http_request *rq, unsigned status, const char *heading, const char *sentence)
{
	return page_reply(rq, status, "message",
	        json_pack("{s:s,s:s,s:s}", "title", words(rq, heading), "heading",
	                words(rq, heading), "sentence", words(rq, sentence)),
	        NULL);
}

enum http_next page_fail(struct http_request *rq, enum result r)
{
	unsigned status = http_status_of(r);

	if (result_class(r) == RESULT_CLASS_OURS) {
		log_error("page", "pattern=%s result=%s", rq->route->pattern, result_name(r));
		/* It may be the answer that failed, after the commit. */
		return page_say(rq, 500, "Something went wrong here",
		        rq->route->method == HTTP_POST
		                ? "It may have been done all the same: please look before you try "
		                  "again."
		                : "Nothing was changed. Please try again later.");
	}
	if (result_class(r) == RESULT_CLASS_RETRY) {
		http_reply_header(rq, "Retry-After", "2");
		return page_say(rq, status, "Too busy just now",
		        "Nothing was changed. Please try again in a moment.");
	}
	if (r == RESULT_THEIRS_NOT_FOUND)
		return page_say(rq, status, "There is nothing here",
		        "The address is wrong, or what it named is gone.");
	return page_say(rq, status, "That did not work", "Please go back and try again.");
}

enum http_next page_see(struct http_request *rq, const char *location)
{
	if (!location)
		return page_fail(rq, RESULT_OURS_MEMORY);
	http_reply_header(rq, "Location", location);
	http_reply_header(rq, "Referrer-Policy", "no-referrer");
	return http_reply_empty(rq, 303);
}

/* ---- light and dark, and the language ---- */

/* value: NULL where the form's is none that there is. */
static enum http_next keep_choice(
        struct http_request *rq, const struct page_form *f, const char *name, const char *value)
{
	const char *next = page_field(f, "next");
	char *cookie;

	if (!value || !page_path_is_local(next))
		return page_say(rq, 400, "Not a choice of ours", "Please go back and try again.");
	cookie = arena_printf(
	        &rq->arena, "%s=%s; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax", name, value);
	if (!cookie)
		return page_fail(rq, RESULT_OURS_MEMORY);
	http_reply_header(rq, "Set-Cookie", cookie);
	return page_see(rq, arena_strdup(&rq->arena, next));
}

enum http_next page_theme(struct http_request *rq)
{
	struct page_form f;

	if (page_form_read(rq, NULL, &f))
		return HTTP_DONE;
	return keep_choice(rq, &f, THEME_COOKIE, theme_known(page_field(&f, "theme")));
}

enum http_next page_language(struct http_request *rq)
{
	const struct language *l;
	struct page_form f;
	const char *tag;

	if (page_form_read(rq, NULL, &f))
		return HTTP_DONE;
	tag = page_field(&f, "language");
	l = language_tagged(tag, strlen(tag));
	return keep_choice(rq, &f, LANGUAGE_COOKIE, l ? l->tag : NULL);
}

/* ---- what there is ---- */

enum http_next page_components(struct http_request *rq)
{
	const struct node_loop *l = http_app(rq);
	const struct when w = when_of(rq);

	if (!l->node->options.dev)
		return page_fail(rq, RESULT_THEIRS_NOT_FOUND);
	return page_reply(rq, 200, "components",
	        json_pack("{s:s,s:[s],s:{s:s,s:s},s:o,s:o,s:o,s:{s:s,s:[{s:s,s:s,s:b},{s:s,s:s}]}}",
	                "title", "Components", "scripts", "florin.js", "copied", "value",
	                "https://wallet.example/alice", "what", "the wallet address", "made",
	                when_json(&w, w.now_ms - EXAMPLE_MS), "ends",
	                when_json(&w, w.now_ms + EXAMPLE_MS), "qr",
	                qr_json("https://wallet.example/alice", "https://wallet.example/alice"),
	                "nav", "label", "Example", "items", "href", "/static/components", "label",
	                "Components", "here", 1, "href", "#c-qr", "label", "QR code"),
	        NULL);
}
