/* admin_routes: the admin listener's table, from URL to handler, and who may ask.
 *
 * Every path under /admin/v1 wants the bearer token of the node before anything of the request is
 * looked at; /health and /metrics do not. Handlers find their loop's part of the node with
 * http_app(rq), which is a `struct node_loop`. Bodies, answers and codes: docs/admin-api.md.
 */
#ifndef FLORIN_ADMIN_ADMIN_ROUTES_H
#define FLORIN_ADMIN_ADMIN_ROUTES_H

#include <stdbool.h>
#include <stddef.h>

#include "http/router.h"

/* Who asks, where a handler of this program does so for an operator who has signed in
 * (http/inner.h): rq->before of the inner request. It needs no token, and what it changes is
 * written down in the same transaction (store/operator.h). Lives as long as the request. */
struct admin_actor {
	const char *name;    /* the operator's */
	const char *act;     /* "peer.settle"; NULL for a read */
	const char *subject; /* "" for none */
	const char *details; /* JSON object, without secrets */
	bool written;        /* out: the act is written down, or its answer was a stored one */
};

extern const struct http_route admin_routes[];
extern const size_t admin_route_count;

#endif
