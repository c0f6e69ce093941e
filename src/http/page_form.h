/* page_form: the form in the body of a POST that came from a page of ours.
 *
 * Browsers say themselves where a request comes from (Sec-Fetch-Site, else Origin); besides, a form
 * that changes something carries a token that only the page shown to the holder of a cookie has.
 */
#ifndef FLORIN_HTTP_PAGE_FORM_H
#define FLORIN_HTTP_PAGE_FORM_H

#include <stdbool.h>

#include "base/result.h"
#include "base/secret.h"
#include "codec/form.h"
#include "http/request.h"

struct page_form {
	struct form form;
	char *storage;
	size_t storage_n;
};

/* What was typed may hold a password: form and body are wiped at the end of the request. origin: of
 * this site, as browsers write it; NULL: only Sec-Fetch-Site is looked at. On an error the reply is
 * set. Errors: THEIRS_FORBIDDEN (from another site), THEIRS_BAD_TYPE, THEIRS_MALFORMED,
 * OURS_MEMORY. */
MUST_USE enum result page_form_read(
        struct http_request *rq, const char *origin, struct page_form *out);
/* A field, "" where it is absent. */
const char *page_field(const struct page_form *f, const char *name);
/* Wipes the form and the body before that, where it held a password that has been taken. */
void page_form_wipe(struct http_request *rq, struct page_form *f);

/* The token of a form: only a page that was shown to the holder of this cookie has it. `what` is
 * the form's purpose and subject. Without a cookie ("") no token is right. */
#define FORM_TOKEN_SIZE TOKEN_TEXT_SIZE
void page_form_token(const struct secret32 *key, const char *cookie, const char *what,
        char out[FORM_TOKEN_SIZE]);
bool page_form_token_is(
        const struct secret32 *key, const char *cookie, const char *what, const char *given);

#endif
