#include "base/bytes.h"

#include <string.h>

struct bytes bytes_str(const char *s)
{
	return bytes_of(s, strlen(s));
}

bool bytes_eq(struct bytes a, struct bytes b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

bool bytes_eq_str(struct bytes a, const char *s)
{
	return bytes_eq(a, bytes_str(s));
}

int bytes_compare(struct bytes a, struct bytes b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int order = n ? memcmp(a.p, b.p, n) : 0;

	return order ? order : (a.n > b.n) - (a.n < b.n);
}

void cursor_init(struct cursor *c, struct bytes in)
{
	c->p = in.p;
	c->end = in.n ? in.p + in.n : in.p;
	c->failed = RESULT_OK;
}

size_t cursor_left(const struct cursor *c)
{
	return c->failed ? 0 : (size_t)(c->end - c->p);
}

void cursor_fail(struct cursor *c, enum result r)
{
	if (!c->failed)
		c->failed = r;
}

struct bytes cursor_take(struct cursor *c, size_t n)
{
	struct bytes out = {NULL, 0};

	if (n > cursor_left(c)) {
		cursor_fail(c, RESULT_THEIRS_TRUNCATED);
		return out;
	}
	out = bytes_of(c->p, n);
	if (n)
		c->p += n;
	return out;
}

static uint64_t take_be(struct cursor *c, size_t n)
{
	struct bytes b = cursor_take(c, n);
	uint64_t v = 0;

	for (size_t i = 0; i < b.n; i++)
		v = v << 8 | b.p[i];
	return v;
}

uint8_t cursor_u8(struct cursor *c)
{
	return (uint8_t)take_be(c, 1);
}

uint16_t cursor_u16(struct cursor *c)
{
	return (uint16_t)take_be(c, 2);
}

uint32_t cursor_u32(struct cursor *c)
{
	return (uint32_t)take_be(c, 4);
}

uint64_t cursor_u64(struct cursor *c)
{
	return take_be(c, 8);
}

void buf_init(struct buf *b, void *storage, size_t cap)
{
	b->p = storage;
	b->len = 0;
	b->cap = cap;
	b->failed = false;
}

uint8_t *buf_skip(struct buf *b, size_t n)
{
	uint8_t *at;

	if (b->failed || n > b->cap - b->len) {
		b->failed = true;
		return NULL;
	}
	at = b->p + b->len;
	b->len += n;
	return at;
}

void buf_put(struct buf *b, const void *p, size_t n)
{
	uint8_t *at = buf_skip(b, n);

	if (at && n)
		memcpy(at, p, n);
}

void buf_bytes(struct buf *b, struct bytes v)
{
	buf_put(b, v.p, v.n);
}

static void put_be(struct buf *b, uint64_t v, size_t n)
{
	uint8_t *at = buf_skip(b, n);

	for (size_t i = 0; at && i < n; i++)
		at[i] = (uint8_t)(v >> (8 * (n - 1 - i)));
}

void buf_u8(struct buf *b, uint8_t v)
{
	put_be(b, v, 1);
}

void buf_u16(struct buf *b, uint16_t v)
{
	put_be(b, v, 2);
}

void buf_u32(struct buf *b, uint32_t v)
{
	put_be(b, v, 4);
}

void buf_u64(struct buf *b, uint64_t v)
{
	put_be(b, v, 8);
}

struct bytes buf_view(const struct buf *b)
{
	return bytes_of(b->p, b->len);
}

void hex_encode(struct bytes in, char *out)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < in.n; i++) {
		*out++ = digits[in.p[i] >> 4];
		*out++ = digits[in.p[i] & 15];
	}
	*out = '\0';
}

int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

enum result hex_decode(const char *s, size_t n, uint8_t *out, size_t cap, size_t *out_n)
{
	if (n % 2)
		return RESULT_THEIRS_MALFORMED;
	if (n / 2 > cap)
		return RESULT_THEIRS_TOO_BIG;
	for (size_t i = 0; i < n / 2; i++) {
		int hi = hex_digit(s[2 * i]);
		int lo = hex_digit(s[2 * i + 1]);

		if (hi < 0 || lo < 0)
			return RESULT_THEIRS_MALFORMED;
		out[i] = (uint8_t)(hi << 4 | lo);
	}
	*out_n = n / 2;
	return RESULT_OK;
}

size_t base64_encode(struct bytes in, int flags, char *out)
{
	static const char std[] =
	        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	static const char url[] =
	        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	const char *alphabet = flags & BASE64_URL ? url : std;
	char *at = out;

	for (size_t i = 0; i < in.n; i += 3) {
		size_t left = in.n - i;
		uint32_t v = (uint32_t)in.p[i] << 16;

		if (left > 1)
			v |= (uint32_t)in.p[i + 1] << 8;
		if (left > 2)
			v |= in.p[i + 2];
		*at++ = alphabet[v >> 18];
		*at++ = alphabet[v >> 12 & 63];
		if (left > 1)
			*at++ = alphabet[v >> 6 & 63];
		else if (!(flags & BASE64_NO_PAD))
			*at++ = '=';
		if (left > 2)
			*at++ = alphabet[v & 63];
		else if (!(flags & BASE64_NO_PAD))
			*at++ = '=';
	}
	*at = '\0';
	return (size_t)(at - out);
}

static int base64_digit(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == '+' || c == '-')
		return 62;
	if (c == '/' || c == '_')
		return 63;
	return -1;
}

enum result base64_decode(const char *s, size_t n, uint8_t *out, size_t cap, size_t *out_n)
{
	size_t padding = 0;
	size_t len = 0;
	uint32_t acc = 0;
	unsigned bits = 0;

	while (n > 0 && padding < 2 && s[n - 1] == '=') {
		n--;
		padding++;
	}
	if (n % 4 == 1 || (padding && (n + padding) % 4 != 0))
		return RESULT_THEIRS_MALFORMED;
	for (size_t i = 0; i < n; i++) {
		int d = base64_digit(s[i]);

		if (d < 0)
			return RESULT_THEIRS_MALFORMED;
		acc = acc << 6 | (uint32_t)d;
		bits += 6;
		if (bits < 8)
			continue;
		bits -= 8;
		if (len == cap)
			return RESULT_THEIRS_TOO_BIG;
		out[len++] = (uint8_t)(acc >> bits);
		acc &= (1U << bits) - 1;
	}
	if (acc != 0)
		return RESULT_THEIRS_NONCANONICAL;
	*out_n = len;
	return RESULT_OK;
}
