/* rate: exchange rates as exact ratios, and the conversion of packet amounts.
 *
 * A table holds one price list: for 1 unit of the base asset, how much of each other one. It is
 * immutable and may be read by any thread. Numbers are taken from the JSON text itself; no rate
 * ever was a binary fraction. A pair that is missing or too old has no rate: never 1.
 * Spec: contract section 3 [rates]; interledger page 6.2; vectors/fx_conversion.json
 */
#ifndef FLORIN_MODEL_RATE_H
#define FLORIN_MODEL_RATE_H

#include <stddef.h>
#include <stdint.h>

#include "base/amount.h"
#include "base/bytes.h"
#include "base/result.h"

#define RATE_CODES_MAX 512 /* assets in one table */

struct rate_table;

/* Where a price list is wrong, for the operator. */
struct rate_fault {
	size_t at;        /* byte offset */
	const char *what; /* static text */
};

/* {"base":"USD","rates":{"EUR":0.91,"XRP":"1.95"}}: other members are ignored, a rate may be a
 * number or a string, also with an exponent. as_of_ms: when the prices were true (Unix). fault may
 * be NULL.
 * Errors: THEIRS_MALFORMED (not this JSON, a code twice or too long), THEIRS_TOO_BIG (more than
 * RATIO_DIGITS_MAX digits, RATE_CODES_MAX codes), THEIRS_BAD_AMOUNT (zero or negative rate, or a
 * base that is not 1), OURS_MEMORY. */
MUST_USE enum result rate_table_parse(
        struct bytes json, int64_t as_of_ms, struct rate_table **out, struct rate_fault *fault);
void rate_table_free(struct rate_table *t);
const char *rate_table_base(const struct rate_table *t);
int64_t rate_table_as_of_ms(const struct rate_table *t);
size_t rate_table_count(const struct rate_table *t);
/* The i-th code in alphabetical order, the base included, and its price for 1 base unit. */
const char *rate_table_at(const struct rate_table *t, size_t i, struct ratio *price);

/* Price of 1 major unit of `from` in major units of `to`, by cross rate; 1 for the same code, even
 * without a table (t NULL). max_age_ms 0: any age.
 * Errors: THEIRS_NO_RATE (missing, or older than max_age_ms). */
MUST_USE enum result rate_get(const struct rate_table *t, const char *from, const char *to,
        int64_t now_ms, int64_t max_age_ms, struct ratio *out);

struct rate_asset {
	const char *code;
	unsigned scale;
};

/* Rate of one pair in smallest units. */
struct rate_pair {
	struct ratio mid; /* without our spread */
	struct ratio net; /* what the customer gets */
};

/* Errors: THEIRS_NO_RATE (also a pair whose ratio does not fit in 128 bits), THEIRS_BAD_AMOUNT
 * (spread above BPS_ONE). */
MUST_USE enum result rate_pair_make(const struct rate_table *t, const struct rate_asset *from,
        const struct rate_asset *to, unsigned spread_bps, int64_t now_ms, int64_t max_age_ms,
        struct rate_pair *out);

/* One converted amount. delivered + spread = mid; what mid itself lost by rounding down stays in
 * the destination pool. */
struct conversion {
	uint64_t delivered; /* floor(amount * net) */
	uint64_t mid;       /* floor(amount * mid) */
	uint64_t spread;    /* mid - delivered */
};

/* Errors: THEIRS_TOO_BIG (F08: above 2^64-1), THEIRS_BAD_AMOUNT (R01: a positive amount that
 * converts to nothing). Zero converts to zero. */
MUST_USE enum result rate_convert(
        const struct rate_pair *pair, uint64_t amount, struct conversion *out);
/* The most that converts without passing `max`: floor(max / net); for the F08 answer. 2^64-1 where
 * it is more. */
uint64_t rate_max_source(const struct rate_pair *pair, uint64_t max);

#endif
