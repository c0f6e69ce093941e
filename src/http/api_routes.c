#include "http/api_routes.h"

#include "http/api_grant.h"
#include "http/api_health.h"
#include "http/api_btp.h"
#include "http/api_ilp.h"
#include "http/api_incoming_payment.h"
#include "http/api_key.h"
#include "http/api_outgoing_payment.h"
#include "http/api_peering.h"
#include "http/api_quote.h"
#include "http/api_wallet_address.h"

/* Clients put a slash behind these; an answer is never a redirect. */
#define AUTH (HTTP_ROUTE_CORS | HTTP_ROUTE_TRAILING_SLASH)

const struct http_route api_routes[] = {
        {HTTP_POST, "/ilp", api_ilp_post, ILP_PACKET_MAX, HTTP_ROUTE_NO_RATE},
        {HTTP_GET, "/ilp/btp", api_btp_get, 0, 0},
        {HTTP_GET, "/ilp/invitations", api_invitation_get, 0, 0},
        {HTTP_POST, "/ilp/invitations", api_invitation_post, LIMIT_JSON_BYTES, 0},
        {HTTP_POST, "/ilp/auto-peering", api_auto_peering_post, LIMIT_JSON_BYTES, 0},
        {HTTP_GET, "/health", api_health_get, 0, 0},
        {HTTP_POST, "/auth", api_grant_add, LIMIT_JSON_BYTES, AUTH},
        {HTTP_POST, "/auth/continue/{id}", api_continue_post, LIMIT_JSON_BYTES, AUTH},
        {HTTP_DELETE, "/auth/continue/{id}", api_continue_delete, 0, AUTH},
        {HTTP_POST, "/auth/token/{id}", api_token_rotate, LIMIT_JSON_BYTES, AUTH},
        {HTTP_DELETE, "/auth/token/{id}", api_token_revoke, 0, AUTH},
        {HTTP_POST, "/op/quotes", api_quote_post, LIMIT_JSON_BYTES, HTTP_ROUTE_CORS},
        {HTTP_GET, "/op/quotes/{id}", api_quote_get, 0, HTTP_ROUTE_CORS},
        {HTTP_POST, "/op/outgoing-payments", api_outgoing_payment_post, LIMIT_JSON_BYTES,
                HTTP_ROUTE_CORS},
        {HTTP_GET, "/op/outgoing-payments", api_outgoing_payment_list, 0, HTTP_ROUTE_CORS},
        {HTTP_GET, "/op/outgoing-payments/{id}", api_outgoing_payment_get, 0, HTTP_ROUTE_CORS},
        {HTTP_GET, "/op/outgoing-payment-grant", api_grant_spent_get, 0, HTTP_ROUTE_CORS},
        {HTTP_GET, "/.well-known/pay", api_wallet_address_get_root, 0,
                HTTP_ROUTE_CORS | HTTP_ROUTE_TRAILING_SLASH},
        {HTTP_POST, "/op/incoming-payments", api_incoming_payment_create, LIMIT_JSON_BYTES,
                HTTP_ROUTE_CORS},
        {HTTP_GET, "/op/incoming-payments", api_incoming_payment_list, 0, HTTP_ROUTE_CORS},
        {HTTP_GET, "/op/incoming-payments/{id}", api_incoming_payment_get, 0, HTTP_ROUTE_CORS},
        {HTTP_POST, "/op/incoming-payments/{id}/complete", api_incoming_payment_complete,
                LIMIT_JSON_BYTES, HTTP_ROUTE_CORS},
        {HTTP_GET, "/{wallet}", api_wallet_address_get, 0,
                HTTP_ROUTE_CORS | HTTP_ROUTE_TRAILING_SLASH},
        {HTTP_GET, "/.well-known/pay/jwks.json", api_key_list_root, 0, HTTP_ROUTE_CORS},
        {HTTP_GET, "/{wallet}/jwks.json", api_key_list, 0, HTTP_ROUTE_CORS},
        {HTTP_GET, "/node", api_key_node, 0, HTTP_ROUTE_CORS},
        {HTTP_GET, "/node/jwks.json", api_key_list_node, 0, HTTP_ROUTE_CORS},
};

const size_t api_route_count = sizeof(api_routes) / sizeof(api_routes[0]);
