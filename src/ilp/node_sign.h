/* node_sign: our own requests to other wallets' servers, signed with the node's key.
 *
 * The client is the node's identity, PUBLIC_URL/node, whose keys stand at /node/jwks.json. The URL
 * is judged and normalised before it is signed, so that what is signed is what is requested; every
 * signature covers it (@target-uri), so that it is of no use elsewhere.
 * Spec: Open Payments, HTTP signatures.
 */
#ifndef FLORIN_ILP_NODE_SIGN_H
#define FLORIN_ILP_NODE_SIGN_H

#include "codec/signed_headers.h"
#include "ilp/node.h"

/* What a signed request needs while it is under way. */
struct node_signed {
	char url[URL_MAX_CHARS + 1];
	struct signed_headers headers;
};

/* Signs a request whose url, method, policy and body are set: its url, headers, content_type (for a
 * body: JSON) and accept become those of *out, which is lent to it until done(). token: of a grant,
 * NULL for a request for one. Any thread, with a reader of its own.
 * Errors: as url_guard_url; those of signed_headers_make; those of reads. */
MUST_USE enum result node_sign(const struct node *n, struct reader *r, const char *token,
        struct outbound_request *rq, struct node_signed *out);

#endif
