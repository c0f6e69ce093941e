/* resolver: from what a payer typed to whom it pays.
 *
 * A receiver is a payment pointer ($host/path), a wallet address URL, the URL of an incoming
 * payment, or that with "/payer" for who paid one of this node. What is of this node is looked up
 * in the store. An incoming payment elsewhere is read under a grant of this node's own
 * (remote_payment.h); at a wallet address one may be made, and a receiver that gives none is asked
 * by SPSP. Runs on the outbound thread. Spec: RFC 0009, RFC 0026;
 * Open Payments, payments between servers.
 */
#ifndef FLORIN_ILP_RESOLVER_H
#define FLORIN_ILP_RESOLVER_H

#include "ilp/node.h"

#define RESOLVE_WHY_SIZE     640
#define RESOLVE_ADDRESS_SIZE (ILP_ADDRESS_MAX + 1)
#define RESOLVE_MADE_LIFE_MS 600000 /* of an incoming payment that is made for a quote */

struct remote_receiver;

struct resolution {
	/* asked */
	const char *receiver;
	bool want_document; /* also the wallet address document, for its name and asset */
	/* Have an incoming payment made at a wallet elsewhere; of that amount, where it is not 0
	 * and of the wallet's asset. (At a wallet of this node the quoter makes it.) */
	bool make;
	uint64_t make_amount;
	const char *make_code;
	unsigned make_scale;
	int64_t make_longer_ms; /* it lives so much longer than else */

	/* answered
	 * result: OK; THEIRS_MALFORMED (not a pointer or URL), THEIRS_NOT_FOUND (no such wallet),
	 * THEIRS_PROTOCOL (answered, but not with SPSP), THEIRS_BLOCKED, RETRY_* as of outbound; of
	 * an incoming payment also THEIRS_STATE (completed or expired) and THEIRS_REFUSED. */
	enum result result;
	char why[RESOLVE_WHY_SIZE]; /* for people, after an error */
	char url[URL_MAX_CHARS + 1];
	account_id local_wallet; /* of this node; 0: of another one */
	asset_id local_asset;
	char payment_url[URL_MAX_CHARS + 1]; /* of the incoming payment; "" for none */
	bool made;                           /* it was made for this */
	int64_t local_incoming;              /* its key, where it is of this node */
	bool has_room;                       /* it names an amount ... */
	uint64_t room;                       /* ... of which this is missing */
	int64_t expires_ms;                  /* 0: never */
	char address[RESOLVE_ADDRESS_SIZE];  /* not of a local one */
	struct secret32 shared_secret;
	/* The payer of an incoming payment of this node, which is to have money back. */
	int64_t refund_of;        /* key of that payment; 0: it is another kind of receiver */
	account_id refund_wallet; /* that it was paid to */
	uint64_t refund_left;     /* of what came */
	bool joins;               /* the connection is the one that the payer opened */
	bool has_document;
	char public_name[PUBLIC_NAME_MAX + 1];
	char asset_code[ASSET_CODE_MAX + 1];
	unsigned asset_scale;

	/* private */
	struct node *node;
	void (*done)(struct resolution *r);
	struct outbound_request request;
	struct remote_receiver *remote;
};

/* On the outbound thread: done(r) runs there, before this returns where no other node must be asked
 * (errors, wallets of this one). The caller clears r afterwards. */
void resolver_start(struct node *n, struct resolution *r, void (*done)(struct resolution *r));
void resolution_clear(struct resolution *r);

/* The same as a task of a loop thread: fill in `r.receiver`, want_document and the task's done,
 * which runs on that thread. A receiver that has no document is asked for its asset over ILP, as a
 * payment would ask; where that fails too the asset stays unknown. */
struct resolve_call {
	struct task task;
	struct resolution r;

	/* private */
	struct asking *asking;
};

void resolver_call(struct node_loop *l, struct resolve_call *call);

#endif
