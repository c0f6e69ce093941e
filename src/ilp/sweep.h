/* sweep: the store's periodic work, on the outbound thread.
 *
 * Writes down which incoming payments have expired, and ends and removes what has had its time
 * (store/sweep.h). Money and readers go by the clock, so nothing waits for this: it is for what is
 * told of an end, for what is searched by state, for the size of the file, and for charts of what
 * was when (store/history.h). Each job looks once in a while with the thread's read connection, and
 * asks the writer only when something is due; where more is due than one step does, the next comes
 * soon. Several processes may do it side by side.
 */
#ifndef FLORIN_ILP_SWEEP_H
#define FLORIN_ILP_SWEEP_H

#include "ilp/node.h"

#define SWEEP_INCOMING_MS 1000
#define SWEEP_ACCESS_MS   2000
#define SWEEP_HISTORY_MS  10000
#define SWEEP_AGAIN_MS    100 /* where a step left something */

struct sweep;

/* Errors: OURS_MEMORY. */
MUST_USE enum result sweep_new(struct node *n, struct sweep **out);
void sweep_free(struct sweep *s);
/* Any thread, once, when the outbound thread runs. */
void sweep_start(struct sweep *s);

#endif
