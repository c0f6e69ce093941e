/* remote_pay: a payment out of a wallet on another server, which its holder agrees to there: this
 * node as an Open Payments client, with its own identity (PUBLIC_URL/node).
 *
 * MEET reads the payer's wallet address. ASK has the payer's server say what the payment costs, and
 * asks for a grant of exactly that for this receiver, so that the holder is sent to
 * `consent.redirect`. GO goes on with what the browser brought back: the grant, a new quote where
 * the first one is over, and the outgoing payment. LOOK reads what became of it. All addresses are
 * judged by url_guard.
 * Spec: Open Payments, client keys, interaction, quotes, outgoing payments.
 */
#ifndef FLORIN_ILP_REMOTE_PAY_H
#define FLORIN_ILP_REMOTE_PAY_H

#include "ilp/remote_grant.h"

#define REMOTE_PAY_WHY_SIZE 200

enum remote_pay_work { REMOTE_PAY_MEET, REMOTE_PAY_ASK, REMOTE_PAY_GO, REMOTE_PAY_LOOK };

struct remote_pay {
	struct task task; /* its done() runs on the asker's loop */

	/* asked; texts are borrowed until done */
	enum remote_pay_work work;
	const char *payer;     /* MEET: a wallet address URL */
	const char *receiver;  /* ASK, GO: URL of the incoming payment */
	const char *finish;    /* ASK: where the browser is to come back to */
	const char *reference; /* GO: what it brought */

	/* Known, or found out: MEET fills in wallet, ASK quote, nonce and consent, GO token and
	 * outgoing, and quote where it was made anew. */
	struct remote_wallet wallet;
	struct remote_quote quote;
	struct remote_consent consent;
	char nonce[TOKEN_TEXT_SIZE];      /* ours, for the hash */
	char token[REMOTE_TOKEN_MAX + 1]; /* the owner wipes it, and consent's */
	struct remote_outgoing outgoing;

	/* answered
	 * OK; THEIRS_BLOCKED, THEIRS_MALFORMED (an address); THEIRS_NOT_FOUND (no such wallet);
	 * THEIRS_REFUSED (their server says no); THEIRS_EXPIRED (it would cost more by now);
	 * THEIRS_PROTOCOL; RETRY_*; OURS_*. */
	enum result result;
	char why[REMOTE_PAY_WHY_SIZE]; /* for people, after an error */
	bool doubtful;                 /* GO, after an error: the payment may have been made */

	/* private */
	struct node *node;
	struct mailbox *home;
	void (*done)(struct task *t);
	struct remote_call call;
	struct remote_grant_call grant;
	char url[URL_MAX_CHARS + 32];
	char *body;
	uint64_t limit; /* of the grant */
	bool again;     /* a token for quotes was refused once */
};

/* Zeroed at first, or cleared: fill in what is asked, what is known, and task.done, which runs once
 * on this loop, never before this returns. */
void remote_pay_start(struct node_loop *l, struct remote_pay *p);
void remote_pay_clear(struct remote_pay *p);

#endif
