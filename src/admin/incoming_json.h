/* incoming_json: incoming payments, found and shown. */
#ifndef FLORIN_ADMIN_INCOMING_JSON_H
#define FLORIN_ADMIN_INCOMING_JSON_H

#include <jansson.h>

#include "admin/row.h"
#include "store/incoming.h"

/* By {id} of the path. On an error the reply is set. */
MUST_USE enum result admin_incoming_of_path(struct http_request *rq, struct incoming_row *out);
/* As of now_ms; for threads other than the loop's, too. */
json_t *admin_incoming_json(const struct node_loop *l, const struct incoming_row *row,
        const struct admin_wallet *wallet, int64_t now_ms);
/* limit, cursor and order, and walletAddress where it is given; client stays. On an error the reply
 * is set. */
MUST_USE enum result admin_list_query(struct http_request *rq, struct list_query *out);
/* Which row of a page of `count` the i-th item shows: a page has the newest first, whatever was
 * asked for. */
size_t admin_list_at(const struct list_query *q, size_t i, size_t count);
/* The object as one line, in the arena; "" for NULL. On an error the reply is set. */
MUST_USE enum result admin_metadata_read(
        struct http_request *rq, const json_t *metadata, const char **out);
/* Member expiresAt of one that is made; NULL: as long as it lives where nothing is said. On an
 * error the reply is set. */
MUST_USE enum result admin_expiry_read(struct http_request *rq, const char *text, int64_t *out);

#endif
