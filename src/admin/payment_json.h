/* payment_json: outgoing payments as the API shows them. */
#ifndef FLORIN_ADMIN_PAYMENT_JSON_H
#define FLORIN_ADMIN_PAYMENT_JSON_H

#include <jansson.h>

#include "admin/row.h"

/* The asset at the receiver's end of a quote: it may be none of this node's. */
void admin_receive_asset(const struct quote_row *q, struct asset_row *out);
/* What arrived for what was paid, in major units, cut after six significant digits; null where
 * nothing arrived. */
json_t *admin_rate(uint64_t delivered, const struct asset_row *to, uint64_t paid,
        const struct asset_row *from);
/* wallet: the one that pays. now_ms: for the time that an unfinished payment has taken. */
json_t *admin_payment_json(const struct node *n, const struct payment_row *p,
        const struct admin_wallet *wallet, int64_t now_ms);

#endif
