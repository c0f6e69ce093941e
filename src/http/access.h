/* access: who asks at the resource server, and what the token allows.
 *
 * A handler of /op begins with access_require and goes on in `then`:
 *
 *	return access_require(rq, ACCESS_QUOTE, ACTION_CREATE, NULL, create);
 *
 * Refusals carry the exact texts of the specification, which clients match, and WWW-Authenticate.
 * What was read here may change before a transaction: a verb that acts on it checks again
 * (batch_token_check, batch_grant_spend).
 * Spec: Open Payments, the flow, errors, tokens
 */
#ifndef FLORIN_HTTP_ACCESS_H
#define FLORIN_HTTP_ACCESS_H

#include "http/request.h"
#include "model/access.h"
#include "store/grant.h"

struct caller {             /* in the request's arena */
	int64_t grant;      /* the store's key of the grant */
	int64_t token;      /* and of the token */
	struct id grant_id; /* as the outside knows it */
	const char *client; /* canonical; "jwk:THUMBPRINT" for a client that sent its key */
	bool all;           /* read-all, list-all: every client's resources, else only `client`'s */
	const char *identifier;         /* of the item that matched; NULL: any wallet */
	account_id wallet;              /* that identifier names; 0: any */
	size_t access_index;            /* which item matched */
	const struct grant_row *access; /* the whole grant */
};

/* Accept, Authorization, token, type and action (and, where it is known, the wallet address, as its
 * document shows it), then the signature by the grant's client; then `then` runs, with
 * access_caller set. Else the reply is set: 406, 401 Invalid Token, 403 Inactive Token, 403
 * unauthorized (past the end that the holder set), 403 Insufficient Grant, or signed_require's. Of
 * several items that match the first counts. */
enum http_next access_require(struct http_request *rq, enum access_type type,
        enum access_action action, const char *wallet_address, http_handler *then);
const struct caller *access_caller(const struct http_request *rq);
/* For a wallet address that stood in the body: tries the other items too, and then sets the caller
 * anew. False has set 403 Insufficient Grant. */
bool access_covers(struct http_request *rq, const char *wallet_address);
/* The same for one in any spelling: a wallet of this node, open or closed, that the token is good
 * for. False has set 404 unknown wallet address, or as above. */
bool access_wallet(struct http_request *rq, const char *wallet_address, struct wallet_row *out);
/* The same for the member wallet-address of a list's query, which must be there. */
bool access_wallet_of_query(struct http_request *rq, struct wallet_row *out);

/* The refusals, for what a transaction found out: r of batch_token_check or batch_grant_spend.
 * THEIRS_UNAUTHORIZED: 403 Inactive Token; else 403 unauthorized. */
enum http_next access_refused(struct http_request *rq, enum result r);

#endif
