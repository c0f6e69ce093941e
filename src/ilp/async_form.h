/* async_form: the asynchronous form of ILP over HTTP, as its headers and URLs say it.
 *
 * A Prepare with Callback-Url and Request-Id is answered 202, and its Fulfill or Reject is posted
 * to the callback later, with the same Request-Id. Nobody but the peer itself is ever called: a
 * callback is the peer's own configured URL, or a path below it. Pure functions. Spec: RFC 0035;
 * Interledger, ILP over HTTP.
 */
#ifndef FLORIN_ILP_ASYNC_FORM_H
#define FLORIN_ILP_ASYNC_FORM_H

#include <stdbool.h>
#include <stdint.h>

#include "base/id.h"
#include "net/url_guard.h"

#define ASYNC_BELOW_SIZE 257 /* path below a peer's URL, with its NUL */

/* Of a peer's URL: what comes behind "async+", where our packets go to it in this form; NULL: it is
 * another URL. */
const char *async_url(const char *url);

/* As a Request-Id has it: a UUID. Errors: THEIRS_MALFORMED. */
MUST_USE enum result async_id_read(const char *text, struct id *out);

/* Whether one more of a peer's packets may wait for its answer, where so many of it and of all do.
 * Of one no more wait than may of the others, so a few that take no answers leave room. Pure. */
#define ASYNC_WAITING_MAX 4096
bool async_may_wait(uint64_t of_peer, uint64_t of_all);

/* Where below its peer's URL (as configured, with or without "async+") a callback lies: "" where it
 * is the same. Errors: as url_guard_url; THEIRS_BLOCKED (it is not below; a query; a segment that
 * leads upwards; characters other than A-Z a-z 0-9 . _ ~ - /), THEIRS_TOO_BIG. */
MUST_USE enum result async_callback_read(const struct url_guard *g, enum url_policy policy,
        const char *peer_url, const char *callback, char below[ASYNC_BELOW_SIZE]);

#endif
