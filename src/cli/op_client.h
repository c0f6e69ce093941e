/* op_client: an application that uses Open Payments for a wallet's holder: signs its requests with
 * a key that the wallet publishes, as any client does. One request at a time, waited for.
 * Spec: Open Payments, the flow, request headers, client keys.
 */
#ifndef FLORIN_CLI_OP_CLIENT_H
#define FLORIN_CLI_OP_CLIENT_H

#include <jansson.h>

#include "codec/http_sig.h"
#include "net/client.h"

#define OP_CLIENT_WHY_BYTES 256

struct op_client {
	const char *name; /* its wallet address, under which its key stands; borrowed */
	char why[OP_CLIENT_WHY_BYTES]; /* after an error, for people */

	/* private */
	struct http_sig_signer signer;
	struct client *http;
};

/* Makes its key; *key is the public half, for the wallet to publish. The caller closes c after
 * success. Errors: OURS_MEMORY. */
MUST_USE enum result op_client_open(struct op_client *c, const char *name, struct jwk *key);
void op_client_close(struct op_client *c);

struct op_request {
	const char *method;
	const char *url;
	const char *token; /* NULL for none */
	json_t *body;      /* taken; NULL for none */
	int wanted;        /* status */
	bool open;         /* public: sent without a signature */
};

/* *out: the answer, a JSON object of the caller's; NULL after an error.
 * Errors: THEIRS_REFUSED (another status), THEIRS_PROTOCOL (no JSON object), OURS_MEMORY, those of
 * client_call and signed_headers_make. */
MUST_USE enum result op_client_call(struct op_client *c, const struct op_request *rq, json_t **out);

#endif
