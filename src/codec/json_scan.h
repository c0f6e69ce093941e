/* json_scan: is this text small, shallow and well-formed enough for a recursive parser?
 *
 * One pass without recursion or allocation. It bounds what the parser behind it may meet (depth,
 * number of tokens, size), refuses NUL and control bytes, bad escapes and bad UTF-8, and anything
 * that is not one JSON text (RFC 8259). It does not look for repeated member names.
 */
#ifndef FLORIN_CODEC_JSON_SCAN_H
#define FLORIN_CODEC_JSON_SCAN_H

#include <stddef.h>

#include "base/bytes.h"
#include "base/result.h"

#define JSON_SCAN_DEPTH_MAX 64 /* no caller may ask for more */

struct json_scan_limits {
	size_t bytes;
	unsigned depth; /* objects and arrays inside each other */
	unsigned tokens;
};

/* The limits of limits.h. */
extern const struct json_scan_limits json_scan_default;

/* *at is the offset where the text went wrong. Errors: THEIRS_TOO_BIG (bytes, depth or tokens),
 * THEIRS_TRUNCATED, THEIRS_MALFORMED. */
MUST_USE enum result json_scan(
        struct bytes text, const struct json_scan_limits *limits, size_t *at);

#endif
