/* route: which peer an ILP address goes to: longest prefix by whole segments.
 *
 * A table is immutable and may be read by any number of threads. A prefix matches an address that
 * equals it or goes on with a dot: g.acme matches g.acme.bob, never g.acmebank. The empty prefix is
 * the default route. Case matters.
 * Spec: interledger page 1.5, 8.2 trap 13; vectors/routing.json
 */
#ifndef FLORIN_MODEL_ROUTE_H
#define FLORIN_MODEL_ROUTE_H

#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/result.h"

#define ROUTES_MAX 65536

struct route {
	struct bytes prefix; /* without trailing dot */
	uint64_t next_hop;   /* the owner's number for a peer; not read here */
};

struct route_table;

/* Copies the routes. Errors: THEIRS_MALFORMED (characters, empty segments),
 * THEIRS_CONFLICT (a prefix given twice), THEIRS_TOO_BIG, OURS_MEMORY. */
MUST_USE enum result route_table_new(
        const struct route *routes, size_t count, struct route_table **out);
void route_table_free(struct route_table *t);
size_t route_table_count(const struct route_table *t);
/* The i-th route in byte order of the prefixes. */
const struct route *route_table_at(const struct route_table *t, size_t i);

/* The best route; NULL without one. */
const struct route *route_find(const struct route_table *t, struct bytes destination);
/* Every route that matches, best first, at most `max`: why an address goes where it goes.
 * Returns how many. */
size_t route_explain(const struct route_table *t, struct bytes destination,
        const struct route **out, size_t max);

#endif
