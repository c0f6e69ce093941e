/* grant_request: what a client asks the authorization server for, read and judged.
 *
 * Pure: whose wallets the addresses are is for the caller to look up. Texts live in the JSON value
 * or in the arena. Unknown members are passed over, but not within access items and client objects.
 * Spec: RFC 9635 2; Open Payments, authorization server
 */
#ifndef FLORIN_AUTH_GRANT_REQUEST_H
#define FLORIN_AUTH_GRANT_REQUEST_H

#include <jansson.h>
#include <stdbool.h>

#include "base/arena.h"
#include "codec/jwk.h"
#include "model/access.h"
#include "store/grant.h"

/* A refusal as the client sees it, always with status 400. */
struct gnap_fault {
	bool of_client; /* it may not ask for this; else the request is wrong */
	char text[JSON_FAULT_TEXT_SIZE + 32];
};

struct grant_client {
	const char *name; /* canonical wallet address, or "jwk:THUMBPRINT" */
	bool by_key;      /* it sent its key: */
	struct jwk jwk;
	const char *jwk_text; /* as it is stored */
};

struct grant_request {
	struct access_item access[ACCESS_ITEMS_MAX]; /* identifiers canonical */
	size_t access_count;
	const char *subject; /* canonical; NULL: none */
	bool interacts;      /* there is an interact member */
	bool finishes;
	struct grant_finish finish;
};

/* Who asks: needed before the signature can be checked. A string, {"walletAddress"} or {"jwk"}.
 * Errors, with *fault: THEIRS_MALFORMED; OURS_MEMORY. */
MUST_USE enum result grant_client_read(
        const json_t *body, struct arena *a, struct grant_client *out, struct gnap_fault *fault);
/* What for. dev: finish URIs may be http to anywhere. Errors as above. */
MUST_USE enum result grant_request_read(const json_t *body, bool dev, struct arena *a,
        struct grant_request *out, struct gnap_fault *fault);
/* A person must be asked. */
bool grant_request_asks(const struct grant_request *r);
/* The rules of who may ask a person, and for what. Errors, with *fault: THEIRS_FORBIDDEN. */
MUST_USE enum result grant_request_judge(
        const struct grant_request *r, const struct grant_client *client, struct gnap_fault *fault);

#endif
