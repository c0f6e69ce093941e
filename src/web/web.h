/* web: what the account holders' pages share, and how a page is answered.
 *
 * Pages work without scripts. Each is a template (template.h); the headers that keep it from being
 * framed, scripted or cached come from http/reply.h. A handler is an http_handler whose node has a
 * struct web.
 */
#ifndef FLORIN_WEB_WEB_H
#define FLORIN_WEB_WEB_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "auth/login_guard.h"
#include "base/result.h"
#include "base/secret.h"
#include "codec/form.h"
#include "http/request.h"
#include "ilp/node.h"

#define COOKIE_NAME_SIZE 48

struct web_options {
	const char *public_url; /* no trailing slash; borrowed */
	const struct secret32 *master_key;
	int64_t session_idle_ms; /* a session ends after so long without use ... */
	int64_t session_life_ms; /* ... and at the latest so long after the login */
	const char *consent_url; /* of an identity provider; NULL: our own pages ask. Borrowed */
	const char *idp_secret;  /* of its back channel; NULL: none. Borrowed */
};

struct web {
	const char *public_url;
	bool secure; /* https: cookies are bound to it */
	/* With the port, so that several nodes live on one host. */
	char session_cookie[COOKIE_NAME_SIZE];
	char browser_cookie[COOKIE_NAME_SIZE];
	struct secret32 form_key; /* of the tokens in forms */
	struct login_guard *guard;
	int64_t session_idle_ms, session_life_ms;
	const char *consent_url; /* NULL: our own pages ask */
	const char *idp_secret;  /* NULL: there is no back channel */
};

#define IDP_SECRET_MIN 32 /* bytes; a shorter one is none */

/* Errors: OURS_MEMORY. */
MUST_USE enum result web_new(const struct web_options *o, struct web **out);
void web_free(struct web *w);
struct web *web_of(const struct http_request *rq);
/* "3000" of http://localhost:3000; the scheme's own port where the URL names none. */
void web_port(const char *public_url, char out[6]);

/* ---- replies ---- */

/* The page of this template. Steals view (NULL: out of memory). form_origin: where else than here
 * the page's forms may lead by a redirect ("https://shop.example"), NULL or "": nowhere. */
enum http_next web_page(struct http_request *rq, unsigned status, const char *name, json_t *view,
        const char *form_origin);
/* A page with a heading and one sentence. */
enum http_next web_say(
        struct http_request *rq, unsigned status, const char *heading, const char *sentence);
/* What a result means for a person. */
enum http_next web_fail(struct http_request *rq, enum result r);
/* 303 (RFC 9110 15.4.4): the browser goes on with GET. location is in the request's arena. */
enum http_next web_see(struct http_request *rq, const char *location);

/* ---- forms ---- */

struct web_form {
	struct form form;
	char *storage;
	size_t storage_n;
};

/* The form in the body of a POST that came from a page of ours. On an error the reply is set.
 * Errors: THEIRS_FORBIDDEN (from another site), THEIRS_BAD_TYPE, THEIRS_MALFORMED, OURS_MEMORY. */
MUST_USE enum result web_form_read(struct http_request *rq, struct web_form *out);
/* A field, "" where it is absent. */
const char *web_field(const struct web_form *f, const char *name);
/* Wipes the form and the body, where it held a password. */
void web_form_wipe(struct http_request *rq, struct web_form *f);

/* The token of a form: only a page that was shown to the holder of this cookie has it. `what` is
 * the form's purpose and subject. Without a cookie ("") no token is right. */
#define FORM_TOKEN_SIZE TOKEN_TEXT_SIZE
void web_form_token(
        const struct web *w, const char *cookie, const char *what, char out[FORM_TOKEN_SIZE]);
bool web_form_token_is(
        const struct web *w, const char *cookie, const char *what, const char *given);

#endif
