/* apps: what the holder has agreed to: which client may do what, what it has spent and has left,
 * what it did, and the end of it.
 */
#ifndef FLORIN_WEB_APPS_H
#define FLORIN_WEB_APPS_H

#include "http/request.h"

/* GET /wallet/apps, GET /wallet/apps/{id}, POST /wallet/apps/{id}/revoke. */
http_handler apps_get, app_get, app_revoke;

#endif
