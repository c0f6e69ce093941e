/* api_routes: the public listener's table, from URL to handler. */
#ifndef FLORIN_HTTP_API_ROUTES_H
#define FLORIN_HTTP_API_ROUTES_H

#include <stddef.h>

#include "http/router.h"

extern const struct http_route api_routes[];
extern const size_t api_route_count;

#endif
