/* payment_json: outgoing payments, found and shown. */
#ifndef FLORIN_ADMIN_PAYMENT_JSON_H
#define FLORIN_ADMIN_PAYMENT_JSON_H

#include <jansson.h>

#include "admin/row.h"

/* By {id} of the path. On an error the reply is set. */
MUST_USE enum result admin_payment_of_path(struct http_request *rq, struct payment_row *out);
/* direction: as member, where the list is one of both directions; else NULL.
 * Errors: OURS_MEMORY, and those of a read. */
MUST_USE enum result admin_payment_json(
        struct http_request *rq, const struct payment_row *p, const char *direction, json_t **out);
/* What each attempt at it did: totals as they were at its end. Errors: as above. */
MUST_USE enum result admin_attempts_json(
        struct http_request *rq, const struct payment_row *p, json_t **out);
/* What was written along with a payment of ours, or with an incoming one (its key; then payment is
 * 0). Errors: as above. */
MUST_USE enum result admin_notes_json(
        struct http_request *rq, account_id payment, int64_t incoming, json_t **out);
/* The data that follows a payment's money, by its quote; JSON null where there is none.
 * Errors: as above. */
MUST_USE enum result admin_data_json(struct http_request *rq, const struct id *quote, json_t **out);
/* The page that the request asks for; wallet 0: of every wallet. */
enum http_next admin_payment_page(
        struct http_request *rq, account_id wallet, const char *direction);

/* A payment whose wallet is known; for threads other than the loop's, too. now_ms: for the time
 * that an unfinished payment has taken. */
json_t *admin_payment_json_of(const struct node *n, const struct payment_row *p,
        const struct admin_wallet *wallet, int64_t now_ms);

/* The asset at the receiver's end of a quote: it may be none of this node's. */
void admin_receive_asset(const struct quote_row *q, struct asset_row *out);
/* What arrives for what is paid, in major units, cut after six significant digits; null where
 * nothing arrives. */
json_t *admin_rate(uint64_t delivered, const struct asset_row *to, uint64_t paid,
        const struct asset_row *from);

#endif
