/* sweep: what has ended by itself is ended in the books, and removed when its time is over.
 *
 * - an interaction that nobody finished in time: its grant ends as EXPIRED;
 * - a token that was rotated or given back, LIMIT_TOKEN_KEPT_DAYS later;
 * - a grant with which nothing can be done, LIMIT_GRANT_KEPT_DAYS later (grant_removable_at), with
 *   its tokens and its interaction; never one that a payment refers to, and not the newest one,
 *   since its key would be given again;
 * - a browser session past its end;
 * - a nonce whose signature can be good no more;
 * - a quote that nobody used, LIMIT_QUOTE_KEPT_DAYS after its end;
 * - an incoming payment that a client made and nobody paid, LIMIT_EMPTY_KEPT_DAYS after its end,
 *   with its events, taken by the host or not: clients are strangers, and must not fill the store.
 *   It stays where something refers to it that is not over, or that brought it something, and the
 *   newest of all stays, since its key would be given again.
 *
 * One step does at most LIMIT_SWEEP_ROWS of each kind, so that nobody waits for it long. Any
 * process may do it at any time.
 */
#ifndef FLORIN_STORE_SWEEP_H
#define FLORIN_STORE_SWEEP_H

#include "store/batch.h"

/* Whether there is something for a step. */
MUST_USE enum result store_sweep_due(struct reader *r, int64_t now_ms, bool *due);

struct swept {
	size_t expired; /* interactions */
	size_t removed; /* grants and incoming payments */
	bool more;      /* another step has something to do */
};
MUST_USE enum result batch_sweep(struct batch *b, struct swept *out);

#endif
