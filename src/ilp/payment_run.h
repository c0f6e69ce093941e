/* payment_run: one attempt at one outgoing payment, on the outbound thread.
 *
 * Resolve, connect, and then two loops that feed each other: the controller sends within its
 * budget, and the writer settles what was fulfilled and reserves the next budget, one operation at
 * a time. The window in the store always covers what is in flight and what may be sent next. At the
 * end one operation settles the rest, gives the window back and ends the payment.
 */
#ifndef FLORIN_ILP_PAYMENT_RUN_H
#define FLORIN_ILP_PAYMENT_RUN_H

#include "base/arena.h"
#include "ilp/node.h"
#include "ilp/stream_connection.h"
#include "ilp/way_back.h"

#define PAYMENT_RUN_ARENA_BYTES 65536

/* Money by what happened to it since the last operation. */
struct payment_money {
	uint64_t in;  /* paying wallet's asset */
	uint64_t out; /* next hop's asset */
};

struct payment_run {
	struct op op; /* the one operation that is with the writer */
	struct node *node;
	void (*ended)(struct payment_run *run); /* frees it */
	void *owner;
	struct arena memory;
	struct payment_row row; /* as claimed; texts in memory */

	struct resolution resolution;
	struct stream_connection connection;
	char way_back[WAY_BACK_ADDRESS_SIZE];
	bool connected;
	bool finished;      /* the connection has ended */
	bool over;          /* the end is stored; only packets without money keep the run */
	bool op_out;        /* op is with the writer */
	int64_t op_ms;      /* when the newest went there */
	bool budget_wanted; /* the connection stands still without more */
	struct timer settle_timer;
	uint64_t data; /* bytes that follow the money; 0: none */
	struct timer data_timer;
	int64_t watch_ms; /* it ends when nobody looks at it for so long; 0: nobody need */
	struct payment_look look;
	bool final;             /* op ends the attempt */
	struct timer end_timer; /* the end is written again when it fires */
	bool failed;            /* an op could not be written: what is left is for the end */

	struct payment_money window;    /* reserved in the store and not yet settled */
	struct payment_money fulfilled; /* not yet settled */
	struct payment_money doubted;   /* not yet listed */
	uint64_t delivered, packets;    /* of fulfilled */
	int64_t window_until_ms;        /* wall: last expiry that the window covers */

	/* What op carries, so that the counts above can go on meanwhile. */
	struct {
		struct settlement settle;
		struct flight doubt, release, reserve;
		int64_t expires_at_ms;
		enum result refusal;      /* of the reservation */
		bool unwatched;           /* it is to be cancelled, as nobody looks at it */
		bool cancelled;           /* no more is to be sent */
		enum payment_state state; /* of the end */
		const char *why; /* of the end: a name or a sentence; "" where it is complete */
		char error[PAYMENT_ERROR_SIZE]; /* the same with the last Reject, as it is stored */
		int64_t retry_at_ms;            /* 0: the end is final */
	} asked;
};

/* NULL when memory is out. */
struct payment_run *payment_run_new(
        struct node *n, void (*ended)(struct payment_run *run), void *owner);
void payment_run_free(struct payment_run *run);
/* row is filled in. ended() is called once, never before this returns: the end is an operation. */
void payment_run_start(struct payment_run *run);

#endif
