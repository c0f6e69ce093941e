/* bytes: borrowed byte ranges, a reading cursor and a writing buffer, both with sticky failure.
 *
 * A `struct bytes` never owns. A cursor borrows its input: what it hands out points into it. A
 * `struct buf` writes into caller's storage and never grows: writing past `cap` sets `failed` and
 * writes nothing more, so that a sequence of writes is checked once, at its end.
 */
#ifndef FLORIN_BASE_BYTES_H
#define FLORIN_BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/result.h"

struct bytes {
	const uint8_t *p;
	size_t n;
};

static inline struct bytes bytes_of(const void *p, size_t n)
{
	return (struct bytes){p, n};
}

/* The bytes of a string without its NUL. */
struct bytes bytes_str(const char *s);
bool bytes_eq(struct bytes a, struct bytes b);
bool bytes_eq_str(struct bytes a, const char *s);
/* Below, at or above 0: by their bytes, and what the other begins with comes first. */
int bytes_compare(struct bytes a, struct bytes b);

struct cursor {
	const uint8_t *p;
	const uint8_t *end;
	enum result failed; /* first failure; RESULT_OK while good */
};

void cursor_init(struct cursor *c, struct bytes in);
size_t cursor_left(const struct cursor *c);
/* Each reader returns 0 or empty bytes after a failure; check c->failed at the end. */
void cursor_fail(struct cursor *c, enum result r);
uint8_t cursor_u8(struct cursor *c);
uint16_t cursor_u16(struct cursor *c);
uint32_t cursor_u32(struct cursor *c);
uint64_t cursor_u64(struct cursor *c);
/* n bytes, borrowed from the input. RESULT_THEIRS_TRUNCATED where fewer are left. */
struct bytes cursor_take(struct cursor *c, size_t n);

struct buf {
	uint8_t *p;
	size_t len;
	size_t cap;
	bool failed;
};

void buf_init(struct buf *b, void *storage, size_t cap);
void buf_u8(struct buf *b, uint8_t v);
void buf_u16(struct buf *b, uint16_t v);
void buf_u32(struct buf *b, uint32_t v);
void buf_u64(struct buf *b, uint64_t v);
void buf_put(struct buf *b, const void *p, size_t n);
void buf_bytes(struct buf *b, struct bytes v);
/* Reserve n bytes to be filled by the caller; NULL (and failed) where they do not fit. */
uint8_t *buf_skip(struct buf *b, size_t n);
/* What was written, borrowed; only meaningful while !failed. */
struct bytes buf_view(const struct buf *b);

/* 0 to 15, or -1. Upper case as well. */
int hex_digit(char c);
/* Hex, lower case. `out` holds 2 * n + 1 bytes. */
void hex_encode(struct bytes in, char *out);
/* Errors: THEIRS_MALFORMED (odd length, not hex), THEIRS_TOO_BIG (more than cap bytes). */
MUST_USE enum result hex_decode(const char *s, size_t n, uint8_t *out, size_t cap, size_t *out_n);

enum {
	BASE64_STD = 0,
	BASE64_URL = 1,
	BASE64_NO_PAD = 2,
};
/* Characters needed for n bytes, with padding, without the NUL. */
#define BASE64_LEN(n) ((((n) + 2) / 3) * 4)
/* `out` holds BASE64_LEN(n) + 1. Returns the length written without the NUL. */
size_t base64_encode(struct bytes in, int flags, char *out);
/* Accepts both alphabets and optional padding; refuses non-zero spare bits, blanks and misplaced
 * padding. Errors: THEIRS_MALFORMED, THEIRS_NONCANONICAL (spare bits), THEIRS_TOO_BIG. */
MUST_USE enum result base64_decode(
        const char *s, size_t n, uint8_t *out, size_t cap, size_t *out_n);

#endif
