/* peer_health: whether peers answer, how fast, and who is told when that changes.
 *
 * Every request to a peer is counted between peer_call_begin and peer_call_end. A peer that gives
 * no ILP answer PEER_DOWN_FAILURES times in a row, over at least PEER_DOWN_MS, is down; one answer
 * ends that. Both are written with their event (store/batch.h batch_peer_down). A peer that failed
 * is asked for its address now and then until it answers, so that neither needs anybody's packets.
 * Lives on the outbound thread, but for what is marked.
 */
#ifndef FLORIN_ILP_PEER_HEALTH_H
#define FLORIN_ILP_PEER_HEALTH_H

#include "ilp/link.h"
#include "ilp/node.h"

#define PEER_DOWN_FAILURES 5
#define PEER_DOWN_MS       3000
#define PEER_PROBE_MS      1000 /* after a failure; doubled up to the next while it lasts */
#define PEER_PROBE_MAX_MS  30000
#define PEER_LATENCY_PART  8 /* the newest answer's part in the average: one of so many */

struct peer_health;

/* One request to a peer; private. */
struct peer_call {
	const struct peer *peer;
	int64_t started_us;
};

/* A request is about to be sent. The snapshot must be held until the call ends. */
void peer_call_begin(struct peer_call *c, const struct peer *p);
/* It ended, and was judged so. */
void peer_call_end(struct peer_call *c, struct node *n, const struct outbound_request *rq,
        const struct link_answer *a);

/* Errors: OURS_MEMORY. */
MUST_USE enum result peer_health_new(struct node *n, struct peer_health **out);
/* After the outbound thread and the writer have ended. NULL is fine. */
void peer_health_free(struct peer_health *h);
/* Any thread, once at the start: peers that were down are asked. NULL is fine. */
void peer_health_wake(struct peer_health *h);

/* Whether a request that ended so shows that the peer is there. */
enum peer_sign {
	PEER_SIGN_ANSWER,
	PEER_SIGN_SILENCE,
	PEER_SIGN_NONE /* it is not about the peer */
};
enum peer_sign peer_sign_of(const struct outbound_request *rq, const struct link_answer *a);

#endif
