/* rate_text: reads the JSON text of a price list, member by member, without ever turning a number
 * into a binary fraction. Private to model/rate.
 */
#ifndef FLORIN_MODEL_RATE_TEXT_H
#define FLORIN_MODEL_RATE_TEXT_H

#include <stddef.h>

#include "base/amount.h"
#include "base/bytes.h"
#include "base/result.h"
#include "model/rate.h"

#define RATE_TEXT_DEPTH_MAX    16 /* nested values in members that are skipped */
#define RATE_TEXT_EXPONENT_MAX 30 /* powers of ten, either way */

/* A positive number by JSON's grammar, exactly. Errors: THEIRS_MALFORMED, THEIRS_TOO_BIG (digits,
 * exponent), THEIRS_BAD_AMOUNT (zero or negative). */
MUST_USE enum result rate_text_number(struct bytes text, struct ratio *out);

/* The base and up to `max` entries of "rates", in the order of the text, code and price
 * only; the base itself may be among them. Errors: those of rate_table_parse but for
 * doubled codes. */
MUST_USE enum result rate_text_parse(struct bytes json, char base[ASSET_CODE_MAX + 1],
        struct rate_entry *entries, size_t max, size_t *count, struct rate_fault *fault);

#endif
