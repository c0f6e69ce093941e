/* routes: the exchange of routes with the peers that are switched on for it.
 *
 * Gives what comes to model/routing, sends what that wants sent, and swaps a picture in with each
 * change of the best learned routes. Lives on the outbound thread, but for what is marked.
 * Spec: Interledger, CCP
 */
#ifndef FLORIN_ILP_ROUTES_H
#define FLORIN_ILP_ROUTES_H

#include "ilp/packet.h"
#include "model/routing.h"

struct routes;

/* Errors: OURS_MEMORY. */
MUST_USE enum result routes_new(
        struct node *n, const struct routing_limits *limits, struct routes **out);
/* After the outbound thread has ended. NULL is fine. */
void routes_free(struct routes *r);
/* Any thread, after the node's address or its peers have changed, and once at the start: looks at
 * the present picture. NULL is fine. */
void routes_wake(struct routes *r);

/* On a loop thread: a Prepare to peer.route.* of a peer that is switched on. The answer is an empty
 * Fulfill; F00 for a wrong condition, what does not parse and a gap; F03 for an amount; F01 for
 * another name. */
enum packet_next routes_take(struct packet *p);

/* ---- looking: why an address goes where it goes ---- */

#define ROUTES_WAYS_MAX 64

struct routes_way {
	account_id peer;
	struct bytes prefix;
	struct bytes path; /* blank-separated */
	bool chosen;       /* among the learned ways to this prefix, and none is configured */
};

struct routes_look {
	struct task task; /* done is the caller's; runs on its loop thread */

	struct bytes destination; /* asked */

	/* answered
	 * result: OK; OURS_MEMORY; RETRY_BUSY, RETRY_DRAINING: nothing was looked up. */
	enum result result;
	struct routes_way ways[ROUTES_WAYS_MAX]; /* the longest prefix first */
	size_t count;

	/* private */
	struct routes *routes;
	struct mailbox *home;
	void (*done)(struct task *t);
	struct arena memory;
};

/* On a loop thread. Every way that peers announced to a prefix of the destination. */
void routes_look_start(struct node_loop *l, struct routes_look *look);
/* Frees what the answer points to. */
void routes_look_clear(struct routes_look *look);

#endif
