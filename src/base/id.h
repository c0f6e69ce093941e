/* id: time-ordered UUIDs (version 7, RFC 9562 5.7), so that keys made together lie together. */
#ifndef FLORIN_BASE_ID_H
#define FLORIN_BASE_ID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/result.h"

struct id {
	uint8_t b[16];
};

#define ID_TEXT_SIZE 37

/* unix_ms in the first 48 bits, the rest random. */
void id_new(int64_t unix_ms, struct id *out);
bool id_is_zero(const struct id *id);
bool id_eq(const struct id *a, const struct id *b);
void id_format(const struct id *id, char out[ID_TEXT_SIZE]);
/* Any UUID in 8-4-4-4-12 form, either case. Errors: THEIRS_MALFORMED. */
MUST_USE enum result id_parse(const char *s, size_t n, struct id *out);

#endif
