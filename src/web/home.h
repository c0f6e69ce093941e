/* home: the account holder's first page, and the way out. */
#ifndef FLORIN_WEB_HOME_H
#define FLORIN_WEB_HOME_H

#include "http/request.h"

/* GET /wallet, its live stream, POST /wallet/logout. */
http_handler home_get, home_live, home_logout;

#endif
