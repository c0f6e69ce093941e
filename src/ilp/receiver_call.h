/* receiver_call: an incoming payment at another wallet's server, made, read or completed for a loop
 * thread: what remote_payment does, on the outbound thread and back. Wallets of this node need no
 * call: what comes to them is in the store.
 * Spec: Open Payments, payments between servers.
 */
#ifndef FLORIN_ILP_RECEIVER_CALL_H
#define FLORIN_ILP_RECEIVER_CALL_H

#include <jansson.h>

#include "ilp/remote_payment.h"

struct receiving;

struct receiver_call {
	struct task task; /* its done runs on the loop's thread */

	/* asked; borrowed until done */
	enum remote_work work;
	const char *url; /* CREATE: of the wallet's document, of receiver_wallet_url; else the
	                    payment's */
	/* CREATE: */
	bool has_amount;
	uint64_t amount;
	const char *code; /* asset of the amount, which must be the wallet's */
	unsigned scale;
	int64_t expires_ms;
	const char *metadata; /* JSON object, "" for none */

	/* answered
	 * as of remote_payment; also THEIRS_BAD_ASSET, and of the wallet THEIRS_NOT_FOUND and
	 * THEIRS_PROTOCOL. */
	enum result result;
	char why[REMOTE_WHY_SIZE];
	struct remote_incoming payment;
	json_t *other_metadata; /* what the payment has; NULL for none; owned */

	/* private */
	struct receiving *receiving;
};

void receiver_call(struct node_loop *l, struct receiver_call *call);
void receiver_call_clear(struct receiver_call *call);

/* What a person gave as a wallet (a payment pointer or URL) as the URL of its document. *local: it
 * is of this node, and `name` is the wallet's, as of node_wallet_name. Errors: THEIRS_MALFORMED. */
MUST_USE enum result receiver_wallet_url(const struct node *n, const char *text,
        char url[URL_MAX_CHARS + 1], bool *local, char name[NAME_MAX_CHARS + 1]);

#endif
