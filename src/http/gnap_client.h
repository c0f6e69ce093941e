/* gnap_client: the step before every handler that continues a grant or manages a token: the secret
 * that the request carries, and the signature by the client that the grant was given to.
 *
 * Spec: Open Payments, client keys, continuation, tokens
 */
#ifndef FLORIN_HTTP_GNAP_CLIENT_H
#define FLORIN_HTTP_GNAP_CLIENT_H

#include "http/request.h"
#include "http/signed.h"
#include "store/grant.h"

/* Who must have signed, by a grant's client. jwk is filled where the client sent its key; both must
 * live as long as *out. Errors: OURS_STORE (the key is damaged). */
MUST_USE enum result gnap_client_of(
        const struct grant_row *g, struct jwk *jwk, struct signed_by *out);

/* What the request is about; rq->before of the handlers below. */
struct gnap_request {
	struct id id;       /* of the path: the grant's, or the token's */
	const char *secret; /* continuation token or access token, as sent */
	struct jwk jwk;
	struct signed_by by;
	struct grant_row grant; /* as it was when the request came */
};
const struct gnap_request *gnap_request_of(const struct http_request *rq);

/* {id} is a grant and the secret its continuation token, else 401 invalid_continuation. */
enum http_next gnap_require_continue(struct http_request *rq, http_handler *then);
/* {id} is a token and the secret is its value, else 404 invalid_rotation; without a secret 401
 * invalid_client. Ended tokens pass. */
enum http_next gnap_require_token(struct http_request *rq, http_handler *then);

#endif
