/* partial: packets of money that the host decides about, one by one ([accounts] confirm_partials).
 *
 * Such a packet is for an incoming payment and could be credited as it is. It is announced by an
 * event (store/incoming.h), whose commit begins its replay key, and then waits on the outbound
 * thread: for POST /incoming-payments/{id}/partials/{pid}/confirm, after which it is credited and
 * fulfilled as any other, or /reject; at its time, and when the node stops, it is rejected with a
 * code that says "later". Until then no money moves. The end of the key has the reply that the
 * packet got, so a repetition gets it too, and nobody is asked again. Nothing of this is kept by a
 * node that dies: the packet is as one that never had an answer.
 * Spec: Interledger, STREAM receivers
 */
#ifndef FLORIN_ILP_PARTIAL_H
#define FLORIN_ILP_PARTIAL_H

#include "ilp/packet.h"
#include "store/incoming.h"

#define PARTIAL_REFUSAL_BYTES 4608 /* data field of a Reject */

struct partials;

/* *out stays NULL where the node's options have no time for it. Errors: OURS_MEMORY. */
MUST_USE enum result partials_new(struct node *n, struct partials **out);
/* After the outbound thread has stopped. NULL is fine. */
void partials_free(struct partials *all);
/* Any thread: rejects what waits, and takes no more. NULL is fine. */
void partials_drain(struct partials *all);

enum partial_state {
	PARTIAL_ASKING,  /* the event is with the writer */
	PARTIAL_WAITING, /* for the host */
	PARTIAL_DECIDED,
};

/* In the request's arena. */
struct partial {
	/* Set before it is given away: */
	struct bytes
	        refusal; /* what the sender reads with a Reject, at most PARTIAL_REFUSAL_BYTES */
	/* On the outbound thread: op.result and p->replay are as after the credit. Of a packet that
	 * was refused, the result is OK, and the reply is the Reject. */
	void (*ended)(struct task *t);

	bool refused; /* out */

	/* private */
	struct partials *all;
	struct packet *packet;
	struct incoming_partial ask;
	enum result (*credit_apply)(struct op *op, struct batch *b);
	enum partial_state state;
	bool placed;
	struct partial_decision *decision;
	struct timer timer;
	uint8_t *reject; /* PACKET_REJECT_SIZE + PARTIAL_REFUSAL_BYTES */
};

/* On the loop thread. plain: the decrypted request, of which the sender's data is copied; credit
 * lives as long as the packet. NULL: memory is out. */
struct partial *partial_new(struct packet *p, const struct credit *credit, struct bytes plain);
/* The packet's operation is as it would go to the writer, its replay claim included. */
void partial_take(struct packet *p, struct partial *x); /* on the outbound thread */
/* On a loop thread; home_done ends it there, where the outbound thread takes no more. */
void partial_give(struct packet *p, struct partial *x, void (*home_done)(struct task *t));

/* What the host says. It goes to the outbound thread and comes home to its loop, at a confirmation
 * when the credit is committed or has failed. */
struct partial_decision {
	struct task task;
	struct node_loop *loop;
	int64_t incoming; /* key */
	struct id id;
	bool confirm;
	const char *reason; /* of a rejection, for the sender; at most PACKET_MESSAGE_MAX bytes */
	/* found: it was the one that decided. result: OK; of the credit; else (and not found)
	 * RETRY_BUSY, RETRY_DRAINING, THEIRS_NOT_FOUND */
	bool found;
	enum result result;
	void (*home)(struct task *t);
};

/* On a loop thread; borrowed until it is home. */
void partial_decide(struct node_loop *l, struct partial_decision *d);

#endif
