/* web: what the pages of the public listener share. A page itself is http/page.h. A handler is an
 * http_handler whose node has a struct web.
 */
#ifndef FLORIN_WEB_WEB_H
#define FLORIN_WEB_WEB_H

#include <stdbool.h>
#include <stdint.h>

#include "auth/login_guard.h"
#include "base/result.h"
#include "base/secret.h"
#include "http/language.h"
#include "http/page.h"
#include "http/page_form.h"
#include "http/rate.h"
#include "ilp/node.h"

#define COOKIE_NAME_SIZE 48

struct web_options {
	const char *public_url; /* no trailing slash; borrowed */
	const struct secret32 *master_key;
	int64_t session_idle_ms; /* a session ends after so long without use ... */
	int64_t session_life_ms; /* ... and at the latest so long after the login */
	const char *consent_url; /* of an identity provider; NULL: our own pages ask. Borrowed */
	const char *idp_secret;  /* of its back channel; NULL: none. Borrowed */
	uint64_t password_above; /* major units: a larger limit needs the password again */
};

struct web {
	const char *public_url;
	bool secure; /* https: cookies are bound to it */
	/* With the port, so that several nodes live on one host. */
	char session_cookie[COOKIE_NAME_SIZE];
	char browser_cookie[COOKIE_NAME_SIZE];
	char known_cookie[COOKIE_NAME_SIZE];
	struct secret32 form_key; /* of the tokens in forms */
	struct login_guard *guard;
	struct rate *visits; /* that an address begins (visit.h) */
	int64_t session_idle_ms, session_life_ms;
	const char *consent_url; /* NULL: our own pages ask */
	const char *idp_secret;  /* NULL: there is no back channel */
	uint64_t password_above; /* as above */
};

#define IDP_SECRET_MIN 32 /* bytes; a shorter one is none */

/* Errors: OURS_MEMORY. */
MUST_USE enum result web_new(const struct web_options *o, struct web **out);
void web_free(struct web *w);
struct web *web_of(const struct http_request *rq);
/* "3000" of http://localhost:3000; the scheme's own port where the URL names none. */
void web_port(const char *public_url, char out[6]);

/* ---- forms ---- */

/* As page_form_read, from a page of the public listener. */
MUST_USE enum result web_form_read(struct http_request *rq, struct page_form *out);
/* As page_form_token, with the key of these pages. */
void web_form_token(
        const struct web *w, const char *cookie, const char *what, char out[FORM_TOKEN_SIZE]);
bool web_form_token_is(
        const struct web *w, const char *cookie, const char *what, const char *given);

#endif
