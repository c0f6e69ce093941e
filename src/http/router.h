/* router: from method and decoded path to a handler, by tables that the assembly hands in.
 *
 * Patterns are segments: "/op/incoming-payments/{id}". {name} stands for exactly one non-empty
 * segment. A literal beats a {name} at the first segment where two patterns differ. The most
 * specific pattern that matches the path decides: where it lacks the method the answer is 405.
 * HEAD is GET without a body. A pattern answers OPTIONS by itself.
 */
#ifndef FLORIN_HTTP_ROUTER_H
#define FLORIN_HTTP_ROUTER_H

#include <stddef.h>

#include "base/result.h"
#include "http/request.h"

enum {
	HTTP_ROUTE_CORS = 1,           /* any origin may read it, without credentials */
	HTTP_ROUTE_NO_RATE = 2,        /* never answers 429 (POST /ilp) */
	HTTP_ROUTE_TRAILING_SLASH = 4, /* "/auth/" is "/auth" */
};

struct http_route {
	enum http_method method;
	const char *pattern;
	http_handler *handler;
	size_t body_max; /* bytes; a larger body is 413, and 0 refuses any */
	unsigned flags;
};

/* The routes of one folder. */
struct http_table {
	const struct http_route *routes;
	size_t count;
};
#define HTTP_TABLES_MAX 3 /* of one listener */

struct router;

/* The tables' routes must outlive the router. Errors: OURS_CONFIG (bad pattern, a pair of method
 * and pattern twice; logged), OURS_MEMORY. */
MUST_USE enum result router_new(const struct http_table *tables, size_t n, struct router **out);
void router_free(struct router *r);

struct route_match {
	const struct http_route *route; /* NULL where nothing fits */
	unsigned allowed; /* bits 1 << enum http_method of the pattern; 0: no pattern, so 404 */
	unsigned flags;   /* of the pattern's routes together */
};

/* segments: the decoded path; a path that ends with a slash has "" as its last segment, "/" has
 * none. */
struct route_match router_find(
        const struct router *r, enum http_method method, const char *const *segments, size_t count);
/* "GET, HEAD, OPTIONS" for a set of methods; out holds ROUTER_ALLOW_SIZE. */
#define ROUTER_ALLOW_SIZE 64
void router_allow(unsigned allowed, char out[ROUTER_ALLOW_SIZE]);

#endif
