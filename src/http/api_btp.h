/* api_btp: GET /ilp/btp, where a peer opens its BTP link: a WebSocket, on which it says who it is.
 *
 * 101 for a well-formed request for one; 400, or 426 for another version of WebSockets. No token is
 * looked at here. Spec: RFC 6455 4.2; RFC 0023; ilp/btp.h.
 */
#ifndef FLORIN_HTTP_API_BTP_H
#define FLORIN_HTTP_API_BTP_H

#include "http/request.h"

enum http_next api_btp_get(struct http_request *rq);

#endif
