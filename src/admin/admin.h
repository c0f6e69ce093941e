/* admin: the operator's API and the metrics: who may ask, and which handler answers what.
 *
 * Every path under /admin/v1 wants the bearer token of the node before anything of the request is
 * looked at; /metrics does not. Handlers find their loop's part of the node with http_app(rq),
 * which is a `struct node_loop`. Bodies, answers and error codes: docs/admin-api.md.
 */
#ifndef FLORIN_ADMIN_ADMIN_H
#define FLORIN_ADMIN_ADMIN_H

#include <stddef.h>

#include "http/router.h"

#define ADMIN_BASE       "/admin/v1"
#define ADMIN_ROUTES_MAX 64

/* Writes the rows of the admin listener to out[max] and returns how many they are; the assembly may
 * add its own behind them. max of ADMIN_ROUTES_MAX is enough (assert). */
size_t admin_routes(struct http_route *out, size_t max);

#endif
