/* api_outgoing_payment: outgoing payments for Open Payments clients: POST /op/outgoing-payments,
 * GET one and the list. Spec: Open Payments, outgoing payments, pagination, limits. */
#ifndef FLORIN_HTTP_API_OUTGOING_PAYMENT_H
#define FLORIN_HTTP_API_OUTGOING_PAYMENT_H

#include <jansson.h>

#include "http/request.h"
#include "store/store.h"

struct node;

enum http_next api_outgoing_payment_post(struct http_request *rq);
enum http_next api_outgoing_payment_get(struct http_request *rq);
enum http_next api_outgoing_payment_list(struct http_request *rq);

/* As clients see it: there is no state, so the end shows in sentAmount and failed. NULL without
 * memory. */
json_t *op_outgoing_json(const struct node *n, const struct payment_row *p,
        const struct asset_row *asset, const char *wallet_address);

#endif
