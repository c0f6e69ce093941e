#include "codec/oer.h"

#include <stdbool.h>

#define SHORT_LENGTH_MAX 127 /* above it a length takes the long form */
#define LONG_FORM        0x80
#define UINT_BYTES_MAX   8

/* Big-endian bytes without a leading zero. Errors: THEIRS_NONCANONICAL. */
static uint64_t minimal_be(struct cursor *c, struct bytes b)
{
	uint64_t v = 0;

	if (b.n && b.p[0] == 0) {
		cursor_fail(c, RESULT_THEIRS_NONCANONICAL);
		return 0;
	}
	for (size_t i = 0; i < b.n; i++)
		v = v << 8 | b.p[i];
	return v;
}

size_t oer_length(struct cursor *c)
{
	uint8_t first = cursor_u8(c);
	uint64_t n = first;

	if (first == LONG_FORM)
		cursor_fail(c, RESULT_THEIRS_NONCANONICAL);
	if (first > LONG_FORM + UINT_BYTES_MAX)
		cursor_fail(c, RESULT_THEIRS_TOO_BIG);
	if (first > LONG_FORM) {
		n = minimal_be(c, cursor_take(c, first - LONG_FORM));
		if (n <= SHORT_LENGTH_MAX)
			cursor_fail(c, RESULT_THEIRS_NONCANONICAL);
	}
	if (n > cursor_left(c))
		cursor_fail(c, RESULT_THEIRS_TRUNCATED);
	return c->failed ? 0 : (size_t)n;
}

struct bytes oer_octets(struct cursor *c, size_t max)
{
	size_t n = oer_length(c);

	if (n > max)
		cursor_fail(c, RESULT_THEIRS_TOO_BIG);
	return cursor_take(c, n);
}

/* The value and whether it passes 64 bits, which the two public readers judge differently. */
static uint64_t read_uint(struct cursor *c, bool *wide)
{
	struct bytes b = oer_octets(c, SIZE_MAX);

	*wide = false;
	if (c->failed)
		return 0;
	if (b.n == 0)
		cursor_fail(c, RESULT_THEIRS_NONCANONICAL);
	if (b.n == 1)
		return b.p[0];
	*wide = b.n > UINT_BYTES_MAX;
	return minimal_be(c, b);
}

uint64_t oer_uint(struct cursor *c)
{
	bool wide;
	uint64_t v = read_uint(c, &wide);

	if (wide)
		cursor_fail(c, RESULT_THEIRS_TOO_BIG);
	return c->failed ? 0 : v;
}

uint64_t oer_uint_saturating(struct cursor *c)
{
	bool wide;
	uint64_t v = read_uint(c, &wide);

	if (c->failed)
		return 0;
	return wide ? UINT64_MAX : v;
}

static size_t bytes_of_value(uint64_t v)
{
	size_t n = 1;

	while (v >>= 8)
		n++;
	return n;
}

static void put_minimal_be(struct buf *b, uint64_t v)
{
	for (size_t i = bytes_of_value(v); i > 0; i--)
		buf_u8(b, (uint8_t)(v >> (8 * (i - 1))));
}

size_t oer_length_size(size_t n)
{
	return n <= SHORT_LENGTH_MAX ? 1 : 1 + bytes_of_value(n);
}

void oer_put_length(struct buf *b, size_t n)
{
	if (n > SHORT_LENGTH_MAX)
		buf_u8(b, (uint8_t)(LONG_FORM + bytes_of_value(n)));
	put_minimal_be(b, n);
}

void oer_put_octets(struct buf *b, struct bytes v)
{
	oer_put_length(b, v.n);
	buf_bytes(b, v);
}

void oer_put_uint(struct buf *b, uint64_t v)
{
	oer_put_length(b, bytes_of_value(v));
	put_minimal_be(b, v);
}
