/* incoming_json: an incoming payment as the resource server shows it. */
#ifndef FLORIN_HTTP_INCOMING_JSON_H
#define FLORIN_HTTP_INCOMING_JSON_H

#include "http/op_json.h"
#include "store/incoming.h"

/* Written to *t, which the caller clears after an error. With `methods`, the STREAM connection to
 * pay by, where a payment is created or read; without in lists and when it was completed. Errors:
 * OURS_MEMORY, OURS_BUG, THEIRS_TOO_BIG (the node's ILP address is too long). */
MUST_USE enum result incoming_json(struct http_request *rq, const struct incoming_row *row,
        const struct wallet_row *wallet, bool with_methods, struct json_text *t);
/* What everybody may see. Errors: OURS_MEMORY, OURS_BUG. */
MUST_USE enum result incoming_json_public(struct http_request *rq, const struct incoming_row *row,
        const struct wallet_row *wallet, json_t **out);

#endif
