/* incoming_sweep: writes down which incoming payments have expired, on the outbound thread.
 *
 * Money and readers go by the clock, so nothing waits for this: it is for what is told of an
 * expiry, and for what is searched by state. It looks once in a while with the thread's read
 * connection, and asks the writer only when something is due.
 */
#ifndef FLORIN_ILP_INCOMING_SWEEP_H
#define FLORIN_ILP_INCOMING_SWEEP_H

#include "ilp/node.h"

#define INCOMING_SWEEP_MS 1000

struct incoming_sweep;

/* Errors: OURS_MEMORY. */
MUST_USE enum result incoming_sweep_new(struct node *n, struct incoming_sweep **out);
void incoming_sweep_free(struct incoming_sweep *s);
/* Any thread, once, when the outbound thread runs. */
void incoming_sweep_start(struct incoming_sweep *s);

#endif
