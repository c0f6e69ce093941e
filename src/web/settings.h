/* settings: the holder's password, sessions in browsers, and how times are shown; and the end of a
 * wallet address.
 */
#ifndef FLORIN_WEB_SETTINGS_H
#define FLORIN_WEB_SETTINGS_H

#include "http/request.h"

/* GET /wallet/settings; POST of its forms below it: password, sessions, zone. */
http_handler settings_get, settings_password, settings_sessions, settings_zone;
/* GET and POST /wallet/close: the address takes no new payments, after its name was typed. */
http_handler close_get, close_post;

#endif
