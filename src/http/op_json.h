/* op_json: what the resource server's objects have in common: amounts, times, wallet addresses,
 * metadata, pages.
 *
 * The functions that make JSON give NULL where memory is out. Members without a value are left out,
 * never null. Spec: Open Payments, request headers, resource server, pagination.
 */
#ifndef FLORIN_HTTP_OP_JSON_H
#define FLORIN_HTTP_OP_JSON_H

#include <jansson.h>

#include "codec/json_text.h"
#include "http/op_error.h"
#include "ilp/node.h"

/* May the client be answered in JSON? Else 406 is set. */
bool op_accepts_json(struct http_request *rq);

/* ---- out ---- */
json_t *op_amount(uint64_t units, const char *code, unsigned scale);
json_t *op_time(int64_t unix_ms);
/* A time as text; an amount is json_text_amount. */
void op_text_time(struct json_text *t, const char *name, int64_t unix_ms);
/* Any value; steals it, and NULL makes the text fail. */
void op_text_json(struct json_text *t, const char *name, json_t *value);
/* PUBLIC_URL/NAME in the arena; "", which no grant names, where memory is out. */
const char *op_wallet_id(struct http_request *rq, const struct wallet_row *w);

/* ---- in; on an error (false) the reply is set ---- */
/* The id of a path's last segment; false: none, and nothing is set. */
bool op_id_of_path(const struct http_request *rq, struct id *out);
/* The UUID that is the last segment of a link or stands by itself; one trailing slash is dropped.
 * Errors: THEIRS_MALFORMED. */
MUST_USE enum result op_link_id(const char *link, struct id *out);
/* A wallet of this node, open or closed, by its address in any spelling. */
bool op_wallet_find(struct http_request *rq, const char *address, struct wallet_row *out);
/* An amount object of any asset, above zero. */
struct op_amount {
	uint64_t units;
	const char *code;
	unsigned scale;
};
bool op_amount_read(
        struct http_request *rq, const json_t *value, const char *field, struct op_amount *out);
/* One of the wallet's own asset; NULL gives 0. */
bool op_amount_read_of(struct http_request *rq, const json_t *value, const char *field,
        const struct asset_row *asset, uint64_t *out);
/* The object as one line, in the arena; NULL for none. */
bool op_metadata_read(struct http_request *rq, const json_t *value, const char **out);
/* The same of one that is there, and no reply is set. Errors: THEIRS_TOO_BIG ([limits]
 * metadata_bytes), OURS_MEMORY. */
MUST_USE enum result op_metadata_text(
        struct http_request *rq, const json_t *value, const char **out);

#endif
