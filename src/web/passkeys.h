/* passkeys: signing in by a key of the person's device instead of a password (auth/passkey.h), and
 * the list of such keys. Browsers have them by scripts alone, so the password that a new one needs
 * is typed on the page before.
 */
#ifndef FLORIN_WEB_PASSKEYS_H
#define FLORIN_WEB_PASSKEYS_H

#include "http/request.h"

/* GET /wallet/passkeys; POST: a new one; POST /wallet/passkeys/remove. */
http_handler passkeys_get, passkeys_post, passkeys_remove;
/* POST /wallet/passkeys/new: the password, and the page on which a new one is made; GET leads to
 * the list. */
http_handler passkeys_ask, passkeys_ask_again;
/* GET and POST /wallet/login/passkey; the query's `next` is where it leads, as /wallet/login's. */
http_handler passkey_login_get, passkey_login_post;

#endif
