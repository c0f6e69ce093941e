/* passkey_form: what a page asks a person's device to sign (auth/passkey.h), and the form in which
 * the answer comes: clientData, authData, and of a key that is known credential and signature, each
 * in base64url.
 *
 * cookie: what marks the browser or its session; purpose: what the signature is for, and for
 * nothing else.
 */
#ifndef FLORIN_WEB_PASSKEY_FORM_H
#define FLORIN_WEB_PASSKEY_FORM_H

#include <jansson.h>

#include "auth/passkey.h"
#include "store/passkey.h"
#include "web/web.h"

/* {"challenge", "host"} for the page's script; NULL: no memory, or no host. */
json_t *passkey_site(const struct http_request *rq, const char *cookie, const char *purpose);
/* Ids of these keys, as the script reads them; NULL: no memory. */
const char *passkey_ids(struct http_request *rq, const struct passkey_row *rows, size_t count);

/* Of a new key. Errors: as passkey_register. */
MUST_USE enum result passkey_form_new(struct http_request *rq, const struct page_form *f,
        const char *cookie, const char *purpose, struct passkey *out);

struct passkey_signed {
	struct passkey_row by;
	struct passkey_use use; /* for batch_passkey_used */
};
/* The key that the form names, and its signature; whose key it is, is the caller's to look at.
 * Errors: as passkey_check, and THEIRS_NOT_FOUND. */
MUST_USE enum result passkey_form_check(struct http_request *rq, const struct page_form *f,
        const char *cookie, const char *purpose, struct passkey_signed *out);

#endif
