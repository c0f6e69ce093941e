/* api_ilp: POST /ilp, ILP over HTTP as deployed: a Prepare in, a Fulfill or Reject in the 200
 * answer.
 *
 * 401 for a missing or unknown bearer token, 400 for another content type or bytes that are no
 * Prepare, 413 above ILP_PACKET_MAX; never 429 (a packet over a rate is a Reject). 500 where memory
 * was out for even a Reject: to the peer an unknown outcome. Spec: RFC 0035 as deployed;
 * spec/interledger.md 5.1.
 */
#ifndef FLORIN_HTTP_API_ILP_H
#define FLORIN_HTTP_API_ILP_H

#include "http/request.h"

enum http_next api_ilp_post(struct http_request *rq);

#endif
