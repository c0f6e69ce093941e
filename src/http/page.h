/* page: how a page of HTML is answered, on either listener.
 *
 * A page is a template (template.h) and its view. It works without scripts; one whose view names
 * scripts may run those files of ours and ask this server, and nothing else (Content-Security-
 * Policy). No page can be framed or is kept by caches.
 *
 * What every page may have in its view, for the parts `head` and `foot`:
 *	title    text, required
 *	user     text: who is signed in; with signOut, token: and a button to sign out
 *	nav      {"label": text, "items": [{"href", "label", "here": bool}]}; an item may have
 *	         navCount, text: how many are new, and navNewest, the number of the newest
 *	wide     true: for tables
 *	scripts  ["florin.js"]
 *	refresh  seconds after which a browser without scripts asks again
 *	live     {"url", "stamp"}: http/live.h
 *	links    [{"href", "label"}]: at the foot
 *
 * page_reply adds what head and foot need besides: theme, language, their choices, the page's own
 * path, and the time. The page is in the language of the request (http/language.h), as the view's
 * texts are already.
 */
#ifndef FLORIN_HTTP_PAGE_H
#define FLORIN_HTTP_PAGE_H

#include <jansson.h>
#include <stdbool.h>

#include "base/result.h"
#include "http/request.h"

/* The page of this template. Steals view (NULL: out of memory). form_origin: where else than here
 * the page's forms may lead by a redirect ("https://shop.example"), NULL or "": nowhere. */
enum http_next page_reply(struct http_request *rq, unsigned status, const char *name, json_t *view,
        const char *form_origin);
/* A page with a heading and one sentence, both of which are messages. */
enum http_next page_say(
        struct http_request *rq, unsigned status, const char *heading, const char *sentence);
/* What a result means for a person. */
enum http_next page_fail(struct http_request *rq, enum result r);
/* 303 (RFC 9110 15.4.4): the browser goes on with GET. location is in the request's arena. */
enum http_next page_see(struct http_request *rq, const char *location);

/* Light, dark, or as the system says: POST of `theme` and `next`, a path of ours to go on at. The
 * choice is a cookie of this host. For PAGE_THEME_PATH below "/wallet" and "/console". */
#define PAGE_THEME_PATH "/theme"
http_handler page_theme;

/* The language (http/language.h): POST of `language` and `next`, likewise. */
#define PAGE_LANGUAGE_PATH "/language"
http_handler page_language;

/* A path of this server, and no way to another one. */
#define PAGE_PATH_MAX 512
bool page_path_is_local(const char *path);

/* Every component on one page, on a dev node only. */
http_handler page_components;

#endif
