/* settler: orders what is due at the peers' settlement engines, and makes the calls that are queued
 * for them (store/settlement.h).
 *
 * A call is made again, with the same Idempotency-Key and the same body, until the engine has
 * answered: with growing gaps, at most an hour. One call at a time for each peer at each engine, in
 * their order; a few in all. Redirects are not followed, and the engines' addresses are the
 * operator's (url_guard).
 *
 * Lives on the outbound thread. What it works on is held in the store, so that a kill loses
 * nothing: the next start calls again. Failpoints: settle.after_call (the engine answered, and that
 * is not written down yet), settle.before_end (it is about to be). Spec: RFC 0038 "Settlement
 * Engine HTTP API", "Idempotence"; Interledger, settlement engines
 */
#ifndef FLORIN_ILP_SETTLER_H
#define FLORIN_ILP_SETTLER_H

#include "ilp/node.h"

struct settler;

#define SETTLER_IN_FLIGHT_MAX 8 /* calls at a time */

/* Before the writer starts, which wakes it. timeout_ms: of one call.
 * Errors: OURS_MEMORY. */
MUST_USE enum result settler_new(struct node *n, int64_t timeout_ms, struct settler **out);
/* After outbound_stop. */
void settler_free(struct settler *s);
/* From any thread: there may be something to do. Once after the start; then it knows by itself. */
void settler_wake(struct settler *s);

#endif
