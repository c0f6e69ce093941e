/* api_peering: other operators become peers: /ilp/invitations by a link that this node's operator
 * made, /ilp/auto-peering by Rafiki's exchange, where [ilp] auto_peering is on.
 *
 * The link's token is a bearer token, so that it stands in no log: the link has it behind `#`.
 * Errors: 401 without a token, 404 for one that is none, 410 for an invitation that was used or has
 * expired, 400 for terms that do not fit, 409 where the address is another peer's.
 * Spec: Interledger, CCP; docs/peering.md.
 */
#ifndef FLORIN_HTTP_API_PEERING_H
#define FLORIN_HTTP_API_PEERING_H

#include "http/request.h"

http_handler api_invitation_get;
http_handler api_invitation_post;
http_handler api_auto_peering_post;

#endif
