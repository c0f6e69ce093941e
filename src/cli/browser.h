/* browser: what a person does with a wallet's pages, done by the demo: looks at a page, fills in
 * its form, and goes where the answer leads. Cookies are kept; no script is run, nor needed.
 */
#ifndef FLORIN_CLI_BROWSER_H
#define FLORIN_CLI_BROWSER_H

#include "base/limits.h"
#include "base/result.h"
#include "net/client.h"

#define BROWSER_COOKIES_MAX  4
#define BROWSER_COOKIE_BYTES 256 /* name=value */
#define BROWSER_PAGE_BYTES   32768

struct browser {
	struct client *http;
	char url[URL_MAX_CHARS + 1]; /* where it is, or is sent */
	char cookies[BROWSER_COOKIES_MAX][BROWSER_COOKIE_BYTES];
	char page[BROWSER_PAGE_BYTES]; /* what it shows */
};

/* The caller closes b after success. Errors: OURS_MEMORY. */
MUST_USE enum result browser_open(struct browser *b);
void browser_close(struct browser *b);

/* Shows the page of b->url. Errors: THEIRS_REFUSED (no 200), THEIRS_TOO_BIG, those
 * of client_call. */
MUST_USE enum result browser_look(struct browser *b);

struct browser_field {
	const char *name; /* NULL ends a list */
	const char *text;
};
/* Fills in and posts the page's form, with what is hidden in it; b->url is then where the answer
 * sends the browser, which is not shown yet.
 * Errors: THEIRS_PROTOCOL (no form on the page), THEIRS_REFUSED (no 303), THEIRS_TOO_BIG, those of
 * client_call. */
MUST_USE enum result browser_submit(struct browser *b, const struct browser_field *fields);

#endif
