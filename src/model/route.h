/* route: which peer an ILP address goes to: longest prefix by whole segments.
 *
 * A table is immutable: any number of threads read it without a lock, and a change makes a new
 * table that shares with the old one all but the parts that changed, so that it costs what it
 * changes and not what the table holds. A prefix matches an address that equals it or goes on with
 * a dot: g.acme matches g.acme.bob, never g.acmebank. The empty prefix is the default route. Case
 * matters.
 * Spec: Interledger, addresses; t/vectors/routing.json
 */
#ifndef FLORIN_MODEL_ROUTE_H
#define FLORIN_MODEL_ROUTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/result.h"

#define ROUTES_MAX     (4 * 1024 * 1024)
#define ROUTE_PATH_MAX 32768 /* bytes */

struct route {
	struct bytes prefix; /* without trailing dot */
	struct bytes path;   /* how it was announced, for people; not read here */
	uint64_t next_hop;   /* the owner's number for a peer; not read here */
};

struct route_change {
	struct route route;
	bool gone; /* only its prefix is read; one that the table has not is ignored */
};

struct route_table;

/* What a route says points into the table, which must be held as long. */

/* Copies the routes; of a prefix given twice the last counts. Born with one hold.
 * Errors: THEIRS_MALFORMED (characters, empty segments), THEIRS_TOO_BIG, OURS_MEMORY. */
MUST_USE enum result route_table_new(
        const struct route *routes, size_t count, struct route_table **out);
/* The table after these changes, in their order. Errors: as route_table_new. */
MUST_USE enum result route_table_change(const struct route_table *t,
        const struct route_change *changes, size_t count, struct route_table **out);
struct route_table *route_table_hold(struct route_table *t);
/* NULL is fine. */
void route_table_release(struct route_table *t);
size_t route_table_count(const struct route_table *t);
/* Memory that it takes, what it shares included. */
size_t route_table_bytes(const struct route_table *t);
/* The first `max` routes behind `after` in byte order of the prefixes; NULL: from the start.
 * Looks at every route of the table. Returns how many. */
size_t route_table_page(
        const struct route_table *t, const struct bytes *after, struct route *out, size_t max);

/* The best route of one table. */
bool route_find(const struct route_table *t, struct bytes destination, struct route *out);
/* Every route of the tables that matches, best first, at most `max`: why an address goes where it
 * goes. Of equal prefixes the earlier table's comes first; a table may be NULL.
 * Returns how many. */
size_t route_explain(const struct route_table *const *tables, size_t count,
        struct bytes destination, struct route *out, size_t max);

#endif
