/* async_answer: Prepares of peers that want their answers later, on the outbound thread.
 *
 * Each takes the way of any packet (arrival.h). Its Fulfill or Reject is then posted to the peer's
 * own URL or below it, with the peer's outgoing token and the Request-Id, again after a growing
 * pause while nobody answers or the answer is a 5xx, until the packet has expired; 2xx means
 * delivered, and 4xx is the last word. What a Fulfill promised is committed before its first post,
 * and is noted as answered when it was delivered, else it is in doubt as over any link. Spec:
 * RFC 0035; Interledger, ILP over HTTP.
 */
#ifndef FLORIN_ILP_ASYNC_ANSWER_H
#define FLORIN_ILP_ASYNC_ANSWER_H

#include "ilp/async_form.h"
#include "ilp/node.h"

struct async_answers;

/* Of a node with arrivals. Errors: OURS_MEMORY. */
MUST_USE enum result async_answers_new(struct node *n, struct async_answers **out);
/* After arrivals_end. NULL is fine. */
void async_answers_free(struct async_answers *all);

/* A Prepare of a peer's. It goes to the outbound thread and comes home to its loop. */
struct async_prepare {
	struct task task;
	struct node_loop *loop;
	account_id peer;
	struct id id;
	char id_text[ID_TEXT_SIZE]; /* as it came: a peer may look for nothing else */
	char below[ASYNC_BELOW_SIZE];
	struct bytes packet; /* borrowed until it is home */
	/* OK: taken, or the same packet with the same id waits already; THEIRS_MALFORMED: no
	 * Prepare; THEIRS_CONFLICT: the id is another packet's that waits; THEIRS_NOT_FOUND: the
	 * peer has gone, or is not called over HTTP; RETRY_BUSY: too many wait; RETRY_DRAINING */
	enum result result;
	void (*home)(struct task *t);
};

/* On a loop thread; the task's done is set here. */
void async_prepare_give(struct async_prepare *prepare);

/* Any thread; all may be NULL. */
struct async_answer_stats {
	uint64_t waiting; /* packets, and answers on their way */
	uint64_t delivered, undelivered;
};
void async_answer_stats_get(const struct async_answers *all, struct async_answer_stats *out);

#endif
