/* amount: money as integers, and the exact arithmetic on it.
 *
 * An amount is a count of the asset's smallest unit. It is never above AMOUNT_MAX (2^63-1), so a
 * store's signed column holds it; wire values above are refused at the edge. Only amount_* touches
 * `.value`. Every multiplication is 128 or 192 bits wide and names its rounding. No floating point.
 */
#ifndef FLORIN_BASE_AMOUNT_H
#define FLORIN_BASE_AMOUNT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/result.h"

#define AMOUNT_MAX       ((uint64_t)INT64_MAX)
#define ASSET_CODE_MAX   12 /* characters */
#define ASSET_SCALE_MAX  18
#define AMOUNT_TEXT_SIZE 32 /* 20 digits, point, leading zero, NUL */
#define RATIO_DIGITS_MAX 18 /* significant digits of a decimal rate */

typedef uint32_t asset_id; /* row of the node's asset table; 0 is none */

struct amount {
	uint64_t value; /* smallest units */
	asset_id asset;
};

/* value may be anything up to AMOUNT_MAX. Errors: THEIRS_BAD_AMOUNT above it. */
MUST_USE enum result amount_make(uint64_t value, asset_id asset, struct amount *out);
struct amount amount_zero(asset_id asset);
uint64_t amount_units(struct amount a);
bool amount_is_zero(struct amount a);
/* Comparing or adding two assets is a bug (assert). */
int amount_cmp(struct amount a, struct amount b);
/* Errors: THEIRS_BAD_AMOUNT when the sum passes AMOUNT_MAX. */
MUST_USE enum result amount_add(struct amount a, struct amount b, struct amount *out);
/* Errors: THEIRS_INSUFFICIENT when b > a. */
MUST_USE enum result amount_sub(struct amount a, struct amount b, struct amount *out);

/* Digits of a wire amount ("1000"): no sign, blank, leading zero (but "0") or more than AMOUNT_MAX.
 * Errors: THEIRS_BAD_AMOUNT. */
MUST_USE enum result amount_parse_units(const char *s, size_t n, uint64_t *out);
/* Major units ("10.00", "10", ".5" is refused) with at most `scale` decimals.
 * Errors: THEIRS_BAD_AMOUNT. */
MUST_USE enum result amount_parse_major(const char *s, size_t n, unsigned scale, uint64_t *out);
/* Major units with exactly `scale` decimals, e.g. 1000, 2 -> "10.00". */
void amount_format_major(uint64_t value, unsigned scale, char out[AMOUNT_TEXT_SIZE]);

/* ---- exact ratios ----
 * num/den with den > 0. Both may be up to 128 bits, kept as two halves so that no 128-bit type
 * leaves amount.c. Always reduced. */
struct ratio {
	uint64_t num_hi, num_lo;
	uint64_t den_hi, den_lo;
};

/* Errors: THEIRS_BAD_AMOUNT (den 0). */
MUST_USE enum result ratio_make(uint64_t num, uint64_t den, struct ratio *out);
/* A positive decimal ("0.91", "1e-3" is refused). Errors: THEIRS_MALFORMED (not a plain decimal),
 * THEIRS_TOO_BIG (more than RATIO_DIGITS_MAX significant digits), THEIRS_BAD_AMOUNT (zero). */
MUST_USE enum result ratio_parse(const char *s, size_t n, struct ratio *out);
bool ratio_is_zero(const struct ratio *r);
/* a * b, a / b, reduced. Errors: THEIRS_BAD_AMOUNT when a half passes 128 bits or b is 0 in div. */
MUST_USE enum result ratio_mul(const struct ratio *a, const struct ratio *b, struct ratio *out);
MUST_USE enum result ratio_div(const struct ratio *a, const struct ratio *b, struct ratio *out);
#define BPS_ONE 10000u /* basis points of the whole */
/* r * (BPS_ONE - bps) / BPS_ONE. Errors: THEIRS_BAD_AMOUNT (bps above BPS_ONE). */
MUST_USE enum result ratio_less_bps(const struct ratio *r, unsigned bps, struct ratio *out);
/* r * 10^(to_scale - from_scale): turns a rate of major units into one of smallest units.
 * Errors: THEIRS_BAD_AMOUNT where it does not fit in 128 bits. */
MUST_USE enum result ratio_scale(
        const struct ratio *r, unsigned from_scale, unsigned to_scale, struct ratio *out);
int ratio_cmp(const struct ratio *a, const struct ratio *b);
/* Decimal text cut (never rounded) after `digits` significant digits: 0.90544 -> "0.9054". */
#define RATIO_TEXT_SIZE 64
void ratio_format(const struct ratio *r, unsigned digits, char out[RATIO_TEXT_SIZE]);

/* value * r, rounded down or up. The result may be anything up to 2^64-1, since wire amounts of
 * packets are; the ledger's edge checks AMOUNT_MAX. Errors: THEIRS_TOO_BIG above 2^64-1. */
MUST_USE enum result ratio_apply_floor(const struct ratio *r, uint64_t value, uint64_t *out);
MUST_USE enum result ratio_apply_ceil(const struct ratio *r, uint64_t value, uint64_t *out);
/* value / r. Errors: THEIRS_TOO_BIG above 2^64-1 or when r is zero. */
MUST_USE enum result ratio_unapply_floor(const struct ratio *r, uint64_t value, uint64_t *out);
MUST_USE enum result ratio_unapply_ceil(const struct ratio *r, uint64_t value, uint64_t *out);

/* a * b / c through 128 bits, saturating at 2^64-1; c must not be 0 (assert).
 * t/vectors/mul_div_u64.json */
uint64_t mul_div_floor(uint64_t a, uint64_t b, uint64_t c);
uint64_t mul_div_ceil(uint64_t a, uint64_t b, uint64_t c);

#endif
