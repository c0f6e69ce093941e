/* demo_flow: one payment by the public flow, as an application makes it that pays for a wallet's
 * holder: it has an incoming payment made at the payee's wallet, asks the payer for consent to a
 * limit, and quotes and pays within it. The consent is the payer's to give, by the wallet's pages;
 * in the demo's first payment the demo itself signs in and accepts, and says so.
 * Spec: Open Payments; docs/cli.md.
 */
#ifndef FLORIN_CLI_DEMO_FLOW_H
#define FLORIN_CLI_DEMO_FLOW_H

#include "cli/op_client.h"
#include "codec/remote_answer.h"

struct demo_flow {
	/* asked; borrowed */
	struct op_client *app; /* its name is the payer's wallet address */
	const char *payee;     /* a wallet address */
	const char *wallet;    /* by which the payer's holder signs in ... */
	const char *password;  /* ... */
	const char *send;      /* what is debited, in major units of the payer's asset */
	const char *finish;    /* where the payer's browser goes back to; nobody has to be there */
	bool quiet;            /* nothing is printed on the way */

	/* answered; the owner frees them with demo_flow_clear */
	json_t *incoming; /* as the payee's wallet shows it in the end */
	json_t *quote;
	json_t *outgoing;                  /* as the payer's wallet shows it in the end */
	char why[2 * OP_CLIENT_WHY_BYTES]; /* after an error, for people */

	/* private */
	struct remote_wallet from, to;
	json_t *limit; /* the amount */
	char receive_token[REMOTE_TOKEN_MAX + 1];
	char spend_token[REMOTE_TOKEN_MAX + 1];
};

/* False where a step failed: why says which. A payment that failed is no error of the flow. */
bool demo_flow_run(struct demo_flow *f);
void demo_flow_clear(struct demo_flow *f);

#endif
