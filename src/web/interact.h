/* interact: the pages on which an account holder agrees to a grant, or does not.
 *
 * GET shows the grant to its holder, who signs in first; POST decides; `finish` leads the browser
 * back to the client. An interaction belongs to the browser that was first shown it, and a decision
 * to exactly what was shown: the form carries the digest of it. Where an identity provider asks
 * instead ([auth] consent is a URL), GET leads there, and its browser comes back to `finish`.
 * Spec: Open Payments, interaction, interaction hash; docs/http.md
 */
#ifndef FLORIN_WEB_INTERACT_H
#define FLORIN_WEB_INTERACT_H

#include "store/grant.h"
#include "web/web.h"

/* GET and POST /auth/interact/{id}/{nonce}, GET /auth/interact/{id}/{nonce}/finish. */
http_handler interact_get, interact_post, interact_finish;
/* POST /auth/interact/{id}/{nonce}/passkey: the same form leads to the page on which what was
 * chosen is signed by a passkey, instead of the password; GET leads back. What is signed is that
 * choice alone, and it is sent to the POST above. */
http_handler interact_passkey, interact_passkey_again;

/* The interaction of the path's {id} and {nonce}. Errors: THEIRS_NOT_FOUND, and those of a read; no
 * reply is set. */
MUST_USE enum result interact_of_path(struct http_request *rq, struct interaction_row *out);
/* Where the forms of a page that leads to `path` may end: the client's origin where that is an
 * interaction, else "". In the request's arena. */
const char *interact_origin(struct http_request *rq, const char *path);

#endif
