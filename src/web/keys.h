/* keys: the public keys of the holder's programs and browser extensions, which sign in the name of
 * a wallet address: published, revoked, and since when they were not used. Private keys are never
 * taken: a pasted one is refused, and one that a page makes stays in its browser.
 */
#ifndef FLORIN_WEB_KEYS_H
#define FLORIN_WEB_KEYS_H

#include "http/request.h"

/* GET and POST /wallet/keys, POST /wallet/keys/{id}/revoke, GET /wallet/monetization. */
http_handler keys_get, keys_post, key_revoke, monetization_get;

#endif
