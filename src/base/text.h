/* text: small checks and copies of strings. */
#ifndef FLORIN_BASE_TEXT_H
#define FLORIN_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/result.h"

/* Copies s and its NUL into out[size]. Errors: THEIRS_TOO_BIG, with out set to "". */
MUST_USE enum result text_copy(char *out, size_t size, const char *s);
/* The same, cut where it does not fit: for texts that are only shown. */
void text_copy_cut(char *out, size_t size, const char *s);
/* [a-z0-9][a-z0-9_-]{0,62} */
bool text_is_name(const char *s);
/* Well-formed UTF-8. */
bool text_is_utf8(const char *s, size_t n);
/* The same, without control characters. */
bool text_is_clean_utf8(const char *s, size_t n);
/* Removes the beginning of a UTF-8 character whose rest was cut off at the end of s. */
void text_trim_utf8(char *s);
/* Decimal digits only, at most max. Errors: THEIRS_MALFORMED, THEIRS_TOO_BIG. */
MUST_USE enum result text_parse_u64(const char *s, uint64_t max, uint64_t *out);
bool text_starts(const char *s, const char *prefix);
/* Edits (insertions, deletions, changes) between a and b, at most 63 characters of each: for
 * "unknown key X, did you mean Y". */
unsigned text_distance(const char *a, const char *b);

#endif
