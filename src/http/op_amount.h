/* op_amount: amounts and links as Open Payments writes them, and what requests say of them. */
#ifndef FLORIN_HTTP_OP_AMOUNT_H
#define FLORIN_HTTP_OP_AMOUNT_H

#include <jansson.h>
#include <stdint.h>

#include "base/amount.h"
#include "base/id.h"
#include "base/result.h"
#include "store/store.h"

struct op_amount {
	uint64_t value;
	char code[ASSET_CODE_MAX + 1];
	unsigned scale;
};

/* {"value":"1000","assetCode":"USD","assetScale":2}; NULL without memory. */
json_t *op_amount_json(uint64_t value, const char *code, unsigned scale);
/* An object of exactly these members. Errors: THEIRS_BAD_AMOUNT (also 0), THEIRS_MALFORMED. */
MUST_USE enum result op_amount_read(const json_t *value, struct op_amount *out);
bool op_amount_is_of(const struct op_amount *a, const struct asset_row *asset);
/* RFC 3339 in UTC with milliseconds. */
json_t *op_time_json(int64_t unix_ms);
/* The UUID that is the last segment of a link or stands by itself; one trailing slash is dropped.
 * Errors: THEIRS_MALFORMED. */
MUST_USE enum result op_link_id(const char *link, struct id *out);

#endif
