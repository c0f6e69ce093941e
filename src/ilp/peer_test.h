/* peer_test: does a peer answer, and how far is it? Packets without money that nobody can fulfill.
 *
 * First a question that only the peer itself answers (peer.config): it is reached, and takes our
 * token. Then a packet to an address, by default the peer's own, with the least life that takes it
 * over one hop, then over two, and so on: each connector shortens the expiry by its window and
 * refuses what has too little left (R02), so that the Rejects come from one hop after the other.
 * The last is from whoever has the address, or from where the way ends.
 */
#ifndef FLORIN_ILP_PEER_TEST_H
#define FLORIN_ILP_PEER_TEST_H

#include "ilp/node.h"

#define PEER_TEST_HOPS_MAX  8
#define PEER_TEST_WINDOW_MS 1000 /* what each hop is taken to shorten the expiry by */

struct peer_test_hop {
	char address[ILP_ADDRESS_MAX + 1]; /* as the Reject names it; "" where it names none */
	char code[4];                      /* of the Reject; "" for a Fulfill */
	int64_t latency_us;
};

struct peer_test_call {
	struct task task; /* done is the caller's; runs on its loop thread */

	/* asked */
	account_id peer;
	const char *destination; /* ""; or an ILP address, lent */

	/* answered
	 * result: OK (an ILP answer came to each packet); THEIRS_NOT_FOUND; THEIRS_UNAUTHORIZED
	 * (401); THEIRS_BLOCKED, THEIRS_PROTOCOL; RETRY_UNREACHABLE, RETRY_TIMEOUT. */
	enum result result;
	char why[160];
	int64_t ping_us; /* of the first packet; 0: it had no answer */
	struct peer_test_hop hops[PEER_TEST_HOPS_MAX];
	size_t hop_count;
	bool arrived; /* the last hop is where the way ends */

	/* private */
	struct peer_testing *testing;
};

/* Fill in what is asked and the task's done; the call is the caller's again when done runs. */
void peer_test_start(struct node_loop *l, struct peer_test_call *call);

#endif
