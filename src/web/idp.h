/* idp: an identity provider outside that asks the account holder instead of our pages.
 *
 * It takes part where [auth] consent is its URL and idp_secret has at least IDP_SECRET_MIN bytes:
 * the browser is sent there, the provider reads the request and tells the decision over the back
 * channel, with the secret in the header x-idp-secret, and sends the browser back to
 * /auth/interact/{id}/{nonce}/finish. Paths, parameters and answers are those of Rafiki.
 */
#ifndef FLORIN_WEB_IDP_H
#define FLORIN_WEB_IDP_H

#include "store/grant.h"
#include "web/web.h"

/* GET /auth/grant/{id}/{nonce}, POST .../accept and .../reject. 404 where no provider takes part,
 * 401 without its secret, 429 after wrong ones from one address. */
http_handler idp_get, idp_accept, idp_reject;

/* 303 to the provider. */
enum http_next idp_ask(struct http_request *rq, const struct interaction_row *i);

#endif
