/* rate: exchange rates as exact ratios, and the conversion of packet amounts.
 *
 * A table holds one source's price list: for 1 unit of the base asset, how much of each other one.
 * Once it is shared it is immutable. Numbers are taken from the text itself; no rate ever was a
 * binary fraction. A pair that is missing or too old has no rate: never 1. A price that jumped is
 * held: the one before it counts, with its own age, until the operator accepts the new one.
 * Several tables side by side: rate_book.h. Spec: docs/configuration.md [rates];
 * t/vectors/fx_conversion.json
 */
#ifndef FLORIN_MODEL_RATE_H
#define FLORIN_MODEL_RATE_H

#include <stdbool.h>
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

struct rate_entry {
	char code[ASSET_CODE_MAX + 1];
	struct ratio price; /* of 1 base unit: the one that counts */
	int64_t as_of_ms;   /* when it was true */
	bool listed;        /* false: its source no longer names it; kept to compare with */
	bool held;          /* `next` waits for the operator */
	struct ratio next;
	int64_t next_ms;
};

/* A list from its entries, the base need not be among them. Errors: as rate_table_parse. */
MUST_USE enum result rate_table_make(const char *base, const struct rate_entry *entries,
        size_t count, int64_t as_of_ms, struct rate_table **out, struct rate_fault *fault);
/* Errors: OURS_MEMORY. */
MUST_USE enum result rate_table_dup(const struct rate_table *t, struct rate_table **out);
/* `t` comes after `before` from the same source. Where one of two prices is more than jump_bps
 * above the other, the old one stays and the new one is held; 0: nothing is. A price that was
 * missing for a while is compared with the last one. A list of another base starts afresh; before
 * may be NULL. */
void rate_table_follow(struct rate_table *t, const struct rate_table *before, unsigned jump_bps);
/* What is held of this code (NULL: of each) counts from now on. Returns how many. */
size_t rate_table_accept(struct rate_table *t, const char *code);

const char *rate_table_base(const struct rate_table *t);
/* When the list as a whole was true: the newest of its prices. */
int64_t rate_table_as_of_ms(const struct rate_table *t);
size_t rate_table_count(const struct rate_table *t);
/* The i-th code in alphabetical order, the base included, and its price for 1 base unit. */
const char *rate_table_at(const struct rate_table *t, size_t i, struct ratio *price);
const struct rate_entry *rate_table_entry(const struct rate_table *t, size_t i);
/* The entry of a listed code; NULL where there is none. */
const struct rate_entry *rate_table_find(const struct rate_table *t, const char *code);

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
	unsigned spread_bps;
};

/* major: of 1 major unit of `from`, in those of `to`. Errors: THEIRS_NO_RATE (a ratio that does not
 * fit in 128 bits), THEIRS_BAD_AMOUNT (spread above BPS_ONE). */
MUST_USE enum result rate_pair_make(const struct ratio *major, const struct rate_asset *from,
        const struct rate_asset *to, unsigned spread_bps, struct rate_pair *out);

/* The same at another spread. Errors: as rate_pair_make. */
MUST_USE enum result rate_pair_less(
        const struct rate_pair *pair, unsigned spread_bps, struct rate_pair *out);

/* One converted amount. delivered + spread = mid; what mid itself lost by rounding down stays in
 * the destination pool. */
struct conversion {
	uint64_t delivered; /* floor(amount * net) */
	uint64_t mid;       /* floor(amount * mid) */
	uint64_t spread;    /* mid - delivered */
	uint64_t margin;    /* of spread: floor(mid * basis points); the rest is rounding */
};

/* Errors: THEIRS_TOO_BIG (F08: above 2^64-1), THEIRS_BAD_AMOUNT (R01: a positive amount that
 * converts to nothing). Zero converts to zero. */
MUST_USE enum result rate_convert(
        const struct rate_pair *pair, uint64_t amount, struct conversion *out);
/* The most that converts without passing `max`: floor(max / net); for the F08 answer. 2^64-1 where
 * it is more. */
uint64_t rate_max_source(const struct rate_pair *pair, uint64_t max);

#endif
