/* api_ilp: POST /ilp, ILP over HTTP as deployed: a Prepare in, a Fulfill or Reject in the 200
 * answer. With Callback-Url and Request-Id the answer is 202, and the Fulfill or Reject is posted
 * there later (ilp/async_answer.h); a Fulfill or Reject that comes in answers a Prepare of ours
 * (ilp/async_ask.h): 200, or 400 where none waits for it. Prefer: respond-async alone changes
 * nothing.
 *
 * 401 for a missing or unknown bearer token; 400 for another content type, bytes that are no
 * Prepare, a Request-Id that is no UUID or another packet's that waits, and a callback that is not
 * at or below the peer's own URL; 413 above ILP_PACKET_MAX; never
 * 429 (a packet over a rate is a Reject). 500 where memory was out for even a Reject: to the peer
 * an unknown outcome. Spec: RFC 0035; Interledger, ILP over HTTP.
 */
#ifndef FLORIN_HTTP_API_ILP_H
#define FLORIN_HTTP_API_ILP_H

#include "http/request.h"

enum http_next api_ilp_post(struct http_request *rq);

#endif
