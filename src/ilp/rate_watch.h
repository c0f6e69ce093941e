/* rate_watch: what is written down of prices, on the outbound thread.
 *
 * Looks each second whether other lists are in force, and keeps those that were fetched
 * (store/rate_rows.h), so that a jump is seen over a restart; adds the prices of each to what is
 * known of their course (store/rate_history.h); and whether a source went stale or is fresh again,
 * which the host is told. Money goes by the clock and waits for none of this.
 */
#ifndef FLORIN_ILP_RATE_WATCH_H
#define FLORIN_ILP_RATE_WATCH_H

#include "ilp/node.h"

#define RATE_WATCH_MS 1000

struct rate_watch;

/* What was kept of fetched prices is in force until the first fetch. Errors: OURS_STORE,
 * OURS_MEMORY. */
MUST_USE enum result rates_restore(struct snapshots *s, struct reader *r);

/* Errors: OURS_MEMORY. */
MUST_USE enum result rate_watch_new(struct node *n, struct rate_watch **out);
/* After the outbound thread has ended. NULL is fine. */
void rate_watch_free(struct rate_watch *w);
/* Any thread, once, when the outbound thread runs. */
void rate_watch_start(struct rate_watch *w);

#endif
