/* quoter: makes a quote: resolves the receiver, learns the path's rate with packets that nobody can
 * fulfill, plans the payment with the arithmetic that will send it, and stores the result.
 *
 * A call is a task of a loop thread: it travels to the outbound thread, to the writer, and home.
 */
#ifndef FLORIN_ILP_QUOTER_H
#define FLORIN_ILP_QUOTER_H

#include "ilp/node.h"
#include "ilp/resolver.h"

#define QUOTE_PACE_MS_MAX (24 * 3600 * 1000) /* a streamed payment lasts no longer */

struct quote_call {
	struct task task; /* done is the caller's; runs on its loop thread */

	/* asked; texts borrowed until done */
	account_id wallet; /* who pays */
	asset_id asset;    /* the wallet's */
	const char *receiver;
	bool by_receive;  /* amount is what must arrive, in the receiver's asset; else what is
	                     debited */
	bool by_receiver; /* what the receiver's incoming payment still asks for must arrive; amount
	                     is then set to it */
	uint64_t amount;
	const char *receive_asked_code; /* by_receive: its asset, where the caller names it ... */
	unsigned receive_asked_scale;   /* ... else NULL */
	int64_t pace_ms;    /* of a debit: the money leaves evenly over this time; 0: at once */
	bool make;          /* at a wallet address: have an incoming payment made there */
	const char *client; /* for whom; NULL: the operator */

	/* answered
	 * result: OK; those of a resolution; THEIRS_NO_RATE; THEIRS_BAD_AMOUNT (too little or too
	 * much); THEIRS_BAD_ASSET (not the receiver's); THEIRS_REFUSED (the path does not work:
	 * `why` says how); THEIRS_CONFLICT (a wallet would pay itself); those
	 * of batch_quote_add. */
	enum result result;
	bool no_receiver;     /* the result is about the receiver: it can't be reached, or paid */
	uint64_t least_debit; /* after THEIRS_BAD_AMOUNT: nothing arrives below this; else 0 */
	char why[RESOLVE_WHY_SIZE];
	struct quote_row quote; /* stored; its texts borrow from this call */
	char receive_code[ASSET_CODE_MAX + 1];
	char receiver_url[URL_MAX_CHARS + 1];

	/* private */
	struct quoting *quoting;
};

/* Fill in what is asked and the task's done; the call is the caller's again when done runs. */
void quoter_start(struct node_loop *l, struct quote_call *call);

#endif
