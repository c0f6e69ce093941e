/* admin_routes: the admin listener's table, from URL to handler, and who may ask.
 *
 * Every path under /admin/v1 wants the bearer token of the node before anything of the request is
 * looked at; /health and /metrics do not. Handlers find their loop's part of the node with
 * http_app(rq), which is a `struct node_loop`. Bodies, answers and codes: docs/admin-api.md.
 */
#ifndef FLORIN_ADMIN_ADMIN_ROUTES_H
#define FLORIN_ADMIN_ADMIN_ROUTES_H

#include <stddef.h>

#include "http/router.h"

extern const struct http_route admin_routes[];
extern const size_t admin_route_count;

#endif
