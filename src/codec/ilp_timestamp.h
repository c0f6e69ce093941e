/* ilp_timestamp: the 17 digits YYYYMMDDHHmmSSfff (UTC) of a Prepare's expiry.
 *
 * Moments of base/calendar.h. Spec: RFC 0030 "GeneralizedTime".
 */
#ifndef FLORIN_CODEC_ILP_TIMESTAMP_H
#define FLORIN_CODEC_ILP_TIMESTAMP_H

#include <stdint.h>

#include "base/bytes.h"
#include "base/result.h"

#define ILP_TIMESTAMP_SIZE   17
#define ILP_TIMESTAMP_MIN_MS (-62167219200000) /* year 0 begins */
#define ILP_TIMESTAMP_MAX_MS 253402300799999   /* year 9999 ends */

/* Milliseconds since 1970. Errors: THEIRS_TRUNCATED (fewer than 17 bytes; more are a bug of the
 * caller's), THEIRS_MALFORMED (not a digit, or not a moment of the calendar). */
MUST_USE enum result ilp_timestamp_decode(struct bytes in, int64_t *out_ms);

/* A moment outside ILP_TIMESTAMP_MIN_MS .. ILP_TIMESTAMP_MAX_MS is written as the nearest bound. */
void ilp_timestamp_encode(int64_t ms, uint8_t out[ILP_TIMESTAMP_SIZE]);

#endif
