/* api_wallet_address: GET /NAME and GET /.well-known/pay.
 *
 * By Accept: SPSP (application/spsp4+json, application/spsp+json) gives a fresh ILP address and
 * shared secret; JSON, and whatever else is asked with a wildcard, gives the Open Payments wallet
 * address document. Closed and unknown wallets are 404. A trailing
 * slash and letters' case make no difference.
 * Spec: RFC 0009; Open Payments wallet address server; Interledger, SPSP,
 * Open Payments, URLs.
 */
#ifndef FLORIN_HTTP_API_WALLET_ADDRESS_H
#define FLORIN_HTTP_API_WALLET_ADDRESS_H

#include "http/request.h"

enum http_next api_wallet_address_get(struct http_request *rq);
/* /.well-known/pay: the configured root wallet, else the node's only wallet, else 404. */
enum http_next api_wallet_address_get_root(struct http_request *rq);

#endif
