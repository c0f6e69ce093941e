/* bilateral: one packet of a protocol below "peer." to a peer, and its answer.
 *
 * No money, the condition that everybody knows, and nobody forwards it. On the outbound thread.
 * Spec: RFC 0031; Interledger, ILDCP, CCP
 */
#ifndef FLORIN_ILP_BILATERAL_H
#define FLORIN_ILP_BILATERAL_H

#include "ilp/link.h"
#include "ilp/node.h"
#include "ilp/peer_health.h"

#define BILATERAL_LIFE_MS 20000 /* of the packet, and so the longest wait */

/* Zeroed memory is one that was never used; one question at a time. */
struct bilateral {
	void (*done)(struct bilateral *b); /* set by the owner */
	struct link_answer answer;         /* judged; points into this until the next question */

	/* private */
	struct node *node;
	struct outbound_request request;
	struct peer_call call;
	struct link_prepare prepare;
	struct snapshot *snapshot;
	uint8_t *wire;
};

/* Asks a peer that has a target; data is copied. The snapshot is held until done() runs.
 * Errors: OURS_MEMORY: done() does not run. */
MUST_USE enum result bilateral_ask(struct bilateral *b, struct node *n, struct snapshot *s,
        const struct peer *peer, const char *destination, struct bytes data);
/* Why the answer is no Fulfill, for people. */
const char *bilateral_why(const struct bilateral *b);
/* Not while a question is under way. */
void bilateral_clear(struct bilateral *b);

#endif
