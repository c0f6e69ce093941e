/* api_grant: GNAP: asking for a grant, continuing it, and managing its tokens.
 *
 * Spec: RFC 9635; Open Payments, authorization server, errors
 */
#ifndef FLORIN_HTTP_API_GRANT_H
#define FLORIN_HTTP_API_GRANT_H

#include "http/request.h"

/* POST /auth */
http_handler api_grant_add;
/* POST and DELETE /auth/continue/{id} */
http_handler api_continue_post, api_continue_delete;
/* POST and DELETE /auth/token/{id} */
http_handler api_token_rotate, api_token_revoke;
/* GET /op/outgoing-payment-grant */
http_handler api_grant_spent_get;

#endif
