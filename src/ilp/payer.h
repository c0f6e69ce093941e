/* payer: executes outgoing payments, on the outbound thread.
 *
 * A payment in state SENDING is claimed by lease, its receiver resolved again, and its money sent
 * with STREAM inside a durable window; what was fulfilled is settled in batches; at the end the
 * rest goes back. After a crash the payment is claimed again once nothing of its old window can
 * still be fulfilled (batch_recover). See docs/ilp.md.
 */
#ifndef FLORIN_ILP_PAYER_H
#define FLORIN_ILP_PAYER_H

#include "ilp/node.h"

#define PAYER_LEASE_MS     30000 /* another process may take a payment over after it */
#define PAYER_ATTEMPTS_MAX 3
#define PAYER_END_AGAIN_MS 1000 /* before an end that the store refused is written again */
#define PAYER_SETTLE_MS    20   /* what is fulfilled in that time is settled together */
#define PAYER_PACE_LOOK_MS 1000 /* how often a paced payment looks whether it is to stop */
#define PAYER_DATA_LOOK_MS 5000 /* the same of one that sends its data; it keeps the lease so */
#define PAYER_RETRY_MS     2000 /* after the first attempt; doubled after each */

struct payer;
struct stream_credentials;
struct traces;

/* store: to open the outbound thread's read connection; borrowed.
 * Errors: OURS_MEMORY, and those of reader_open. */
MUST_USE enum result payer_new(
        struct node *n, const struct store_options *store, struct payer **out);
void payer_free(struct payer *p);
/* Any thread: there may be payments to claim. Call after the commit that made one. */
void payer_wake(struct payer *p);
/* The outbound thread's read connection. */
struct reader *payer_reader(struct payer *p);
/* The outbound thread's keys of address tokens. */
struct stream_credentials *payer_credentials(struct payer *p);
struct traces *payer_traces(struct payer *p);
/* Payments at work now; any thread. */
unsigned payer_active(const struct payer *p);

#endif
