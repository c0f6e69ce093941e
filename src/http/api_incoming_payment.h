/* api_incoming_payment: /op/incoming-payments, what a wallet asks for.
 *
 * Without an Authorization header a payment's URL shows how much it has received, and where to ask
 * for more; every other call needs a token and a signature (access.h). `methods` are the same each
 * time they are asked for, and none of a payment that is over.
 * Spec: Open Payments, resource server, pagination, incoming payments.
 */
#ifndef FLORIN_HTTP_API_INCOMING_PAYMENT_H
#define FLORIN_HTTP_API_INCOMING_PAYMENT_H

#include "http/request.h"

http_handler api_incoming_payment_create, api_incoming_payment_list, api_incoming_payment_get;
http_handler api_incoming_payment_complete;

#endif
