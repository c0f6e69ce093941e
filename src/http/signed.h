/* signed: the HTTP message signature of a request, checked by the client's key: a step before a
 * handler's own work.
 *
 *	return signed_require(rq, SIGNED_AS, &by, grant_requested);
 *
 * Keys of wallets of this node, and of the node itself, come from the store at once. Those of other
 * clients are fetched (auth/client_keys.h): then the request is parked. `then` runs when the
 * signature is good; else the reply is set, with what is wrong in words:
 *
 *	SIGNED_AS  401 invalid_client; 400 invalid_client where the client or its key is not found
 *	SIGNED_RS  401 "Signature validation error: ..." with WWW-Authenticate
 *
 * Both answer 429 where the key has signed more than [limits] requests_per_key_per_s (only good
 * signatures count, so that nobody uses up another's), and 503 where the client's keys cannot be
 * asked for now, or there is no room for one more nonce. A signature with the parameter `nonce` is
 * good once: it is remembered in the store, and committed before `then` runs. What must be covered
 * is said in codec/http_sig.h; profile, age and the rule about digests are of the node's options.
 * Spec: Open Payments, errors, client keys, HTTP signatures.
 */
#ifndef FLORIN_HTTP_SIGNED_H
#define FLORIN_HTTP_SIGNED_H

#include "codec/jwk.h"
#include "http/request.h"
#include "store/batch.h"

enum signed_side { SIGNED_AS, SIGNED_RS };

/* By whose key: one of both. Lent until the reply is set or `then` runs. */
struct signed_by {
	const char *client;    /* wallet address, in any form; or as signed_client gave it, where
	                          `jwk` is the key that it stands for */
	const struct jwk *jwk; /* of a client that brought its key */
};

enum http_next signed_require(struct http_request *rq, enum signed_side side,
        const struct signed_by *by, http_handler *then);

/* Who has signed: the canonical wallet address, or "jwk:THUMBPRINT". NULL before `then`. In the
 * request's arena. */
const char *signed_client(const struct http_request *rq);
/* The canonical form of a client, as signed_client gives it, for comparing before a signature is
 * checked. NULL where the address is not well-formed or memory is out. */
const char *signed_client_of(struct http_request *rq, const struct signed_by *by);

/* Under which key a signed request that moves money is remembered with its answer
 * (batch_idempotency_get and _put, in the transaction of the effect): its Idempotency-Key where it
 * has one, else its signature with target and body. Ed25519 signatures of one request made twice in
 * one second are equal, so a repetition gets the first one's answer and moves nothing. Texts live
 * in the request's arena. After `then`. Errors: OURS_MEMORY, THEIRS_MALFORMED (an Idempotency-Key
 * that is empty or too long), THEIRS_UNAUTHENTIC (one that the signature does not cover). */
MUST_USE enum result signed_idempotency(
        struct http_request *rq, const char *route, struct idempotency_key *out);

#endif
