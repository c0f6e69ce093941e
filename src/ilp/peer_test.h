/* peer_test: does a peer answer? A packet without money to the peer's own address, or to
 * peer.config where that is not known: nobody can
 * fulfill it, so any ILP answer to it shows a working link. */
#ifndef FLORIN_ILP_PEER_TEST_H
#define FLORIN_ILP_PEER_TEST_H

#include "ilp/node.h"

struct peer_test_call {
	struct task task; /* done is the caller's; runs on its loop thread */

	account_id peer; /* asked */

	/* answered
	 * result: OK (an ILP answer came); THEIRS_NOT_FOUND; THEIRS_UNAUTHORIZED (401);
	 * THEIRS_PROTOCOL; RETRY_UNREACHABLE, RETRY_TIMEOUT. */
	enum result result;
	char why[160];
	char code[4]; /* of the Reject that came */
	int64_t latency_us;

	/* private */
	struct peer_testing *testing;
};

/* Fill in `peer` and the task's done; the call is the caller's again when done runs. */
void peer_test_start(struct node_loop *l, struct peer_test_call *call);

#endif
