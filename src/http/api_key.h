/* api_key: the key documents, and the node's own identity.
 *
 *	GET /NAME/jwks.json, /.well-known/pay/jwks.json   the public keys of a wallet's clients
 *	GET /node, /node/jwks.json                        the node, as it signs its own requests
 *
 * Revoked keys are left out from the moment of their commit, and no copy may be kept: a client that
 * adds a key reads the document again at once. Spec: Open Payments, wallet address server.
 */
#ifndef FLORIN_HTTP_API_KEY_H
#define FLORIN_HTTP_API_KEY_H

#include "http/request.h"

http_handler api_key_list;      /* {wallet} */
http_handler api_key_list_root; /* the root wallet */
http_handler api_key_list_node;
http_handler api_key_node;

#endif
