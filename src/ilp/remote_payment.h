/* remote_payment: an incoming payment at another wallet's server, as its payer sees it: made, read
 * and completed under this node's own grants. On the outbound thread.
 * Spec: Open Payments, payments between servers.
 */
#ifndef FLORIN_ILP_REMOTE_PAYMENT_H
#define FLORIN_ILP_REMOTE_PAYMENT_H

#include "ilp/remote_grant.h"

#define REMOTE_WHY_SIZE 160

enum remote_work {
	REMOTE_WORK_READ,     /* url: the payment's. Its authorization server is asked first */
	REMOTE_WORK_CREATE,   /* at `wallet` */
	REMOTE_WORK_COMPLETE, /* url: the payment's */
};

struct remote_payment {
	/* asked; borrowed until done */
	enum remote_work work;
	const char *url;
	const struct remote_wallet *wallet; /* CREATE */
	bool has_amount;                    /* CREATE: it asks for this, in the wallet's asset */
	uint64_t amount;
	int64_t expires_ms;   /* CREATE: wall */
	const char *metadata; /* CREATE: JSON object; NULL, "" for none */

	/* answered
	 * OK; THEIRS_NOT_FOUND; THEIRS_BLOCKED, THEIRS_MALFORMED (the address); THEIRS_REFUSED (no
	 * grant, or another status of 4xx); THEIRS_PROTOCOL; RETRY_*; OURS_*. */
	enum result result;
	char why[REMOTE_WHY_SIZE];      /* for people, after an error */
	struct remote_incoming payment; /* of READ and CREATE */

	/* private */
	struct node *node;
	void (*done)(struct remote_payment *p);
	struct remote_call call;
	struct remote_grant_call grant;
	char auth_server[URL_MAX_CHARS + 1];
	char target[URL_MAX_CHARS + 32];
	char *body;
	bool remembered; /* auth_server is what another payment there said ... */
	bool doubted;    /* ... and has refused, so that this one is asked */
	bool again;      /* a token was refused once */
};

/* p is zeroed, or cleared. done(p) runs once, perhaps before this returns. */
void remote_payment_start(
        struct node *n, struct remote_payment *p, void (*done)(struct remote_payment *p));
void remote_payment_clear(struct remote_payment *p);

/* Completes a payment that this node had made, now that nothing more is sent to it. Nobody waits:
 * where it does not succeed, the payment expires. */
void remote_payment_complete(struct node *n, const char *url);

#endif
