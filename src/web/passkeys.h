/* passkeys: signing in by a key of the person's device instead of a password (auth/passkey.h), and
 * the list of such keys. Browsers have them by scripts alone; no page of these asks for a password.
 */
#ifndef FLORIN_WEB_PASSKEYS_H
#define FLORIN_WEB_PASSKEYS_H

#include "http/request.h"

/* GET /wallet/passkeys; POST: a new one; POST /wallet/passkeys/remove. */
http_handler passkeys_get, passkeys_post, passkeys_remove;
/* GET and POST /wallet/login/passkey. */
http_handler passkey_login_get, passkey_login_post;

#endif
