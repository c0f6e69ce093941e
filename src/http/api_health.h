/* api_health: GET /health, for load balancers: 200 while money operations are possible, else 503.
 */
#ifndef FLORIN_HTTP_API_HEALTH_H
#define FLORIN_HTTP_API_HEALTH_H

#include "http/request.h"

enum http_next api_health_get(struct http_request *rq);

#endif
