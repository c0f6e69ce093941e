/* async_ask: Prepares of ours to peers that answer later ("async+https://..."), on the outbound
 * thread.
 *
 * The packet is posted once, with a Request-Id of its own and our endpoint as Callback-Url. On 202
 * it waits, until its expiry, for the peer's post of a Fulfill or Reject with that id: the first
 * one is the answer. A peer may also answer at once (200 with the packet). Whoever sends a packet
 * does not know which link it takes: it is carried for an outbound_request (net/outbound.h) to the
 * peer's target. Spec: RFC 0035; Interledger, ILP over HTTP.
 */
#ifndef FLORIN_ILP_ASYNC_ASK_H
#define FLORIN_ILP_ASYNC_ASK_H

#include "base/id.h"
#include "ilp/node.h"

struct async_asks;

/* Of a node with arrivals. Errors: OURS_MEMORY. */
MUST_USE enum result async_asks_new(struct node *n, struct async_asks **out);
/* After the outbound thread has ended. NULL is fine. */
void async_asks_free(struct async_asks *a);
/* Any thread but its own, at the stop, while answers still come in: no new packets; those under way
 * get their answers, or wait_ms pass. NULL is fine. */
void async_asks_drain(struct async_asks *a, int64_t wait_ms);

/* A peer's Fulfill or Reject. It goes to the outbound thread and comes home to its loop. */
struct async_reply {
	struct task task;
	struct node_loop *loop;
	account_id peer;
	struct id id;
	struct bytes packet; /* borrowed until it is home */
	/* OK; THEIRS_NOT_FOUND (nothing of ours waits for it: late, doubled, another's);
	 * RETRY_BUSY, RETRY_DRAINING */
	enum result result;
	void (*home)(struct task *t);
};

/* On a loop thread; the task's done is set here. */
void async_reply_give(struct async_reply *reply);

/* ---- for the assembly: outbound_options ---- */

enum result async_carry(struct async_asks *a, account_id peer, struct outbound_request *rq);
void async_carry_no_more(struct async_asks *a, struct outbound_request *rq);

/* Any thread; a may be NULL. */
struct async_ask_stats {
	uint64_t waiting;    /* for their answers */
	uint64_t unexpected; /* answers to nothing */
};
void async_ask_stats_get(const struct async_asks *a, struct async_ask_stats *out);

#endif
