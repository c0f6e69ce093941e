#include "base/text.h"

#include <string.h>

enum result text_copy(char *out, size_t size, const char *s)
{
	size_t n = strlen(s);

	if (n >= size) {
		out[0] = '\0';
		return RESULT_THEIRS_TOO_BIG;
	}
	memcpy(out, s, n + 1);
	return RESULT_OK;
}

void text_copy_cut(char *out, size_t size, const char *s)
{
	size_t n = strnlen(s, size - 1);

	memcpy(out, s, n);
	out[n] = '\0';
}

bool text_is_name(const char *s)
{
	size_t n = 0;

	for (; s[n]; n++) {
		bool alnum = (s[n] >= 'a' && s[n] <= 'z') || (s[n] >= '0' && s[n] <= '9');

		if (!alnum && (n == 0 || (s[n] != '_' && s[n] != '-')))
			return false;
	}
	return n >= 1 && n <= 63;
}

/* The length of the well-formed sequence at s, 0 where there is none (Unicode table 3-7). */
static size_t utf8_sequence(const unsigned char *s, size_t n)
{
	size_t len;
	unsigned char low = 0x80, high = 0xbf;

	if (s[0] < 0x80)
		return 1;
	if (s[0] >= 0xc2 && s[0] <= 0xdf)
		len = 2;
	else if ((s[0] & 0xf0) == 0xe0)
		len = 3;
	else if (s[0] >= 0xf0 && s[0] <= 0xf4)
		len = 4;
	else
		return 0;
	if (s[0] == 0xe0)
		low = 0xa0;
	else if (s[0] == 0xed)
		high = 0x9f;
	else if (s[0] == 0xf0)
		low = 0x90;
	else if (s[0] == 0xf4)
		high = 0x8f;
	if (len > n || s[1] < low || s[1] > high)
		return 0;
	for (size_t i = 2; i < len; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	return len;
}

bool text_is_utf8(const char *s, size_t n)
{
	const unsigned char *p = (const unsigned char *)s;

	while (n) {
		size_t len = utf8_sequence(p, n);

		if (len == 0)
			return false;
		p += len;
		n -= len;
	}
	return true;
}

bool text_is_clean_utf8(const char *s, size_t n)
{
	const unsigned char *p = (const unsigned char *)s;

	while (n) {
		size_t len = utf8_sequence(p, n);
		bool c1 = len == 2 && p[0] == 0xc2 && p[1] < 0xa0;

		if (len == 0 || *p < 0x20 || *p == 0x7f || c1)
			return false;
		p += len;
		n -= len;
	}
	return true;
}

void text_trim_utf8(char *s)
{
	size_t n = strlen(s), i = n;
	unsigned char c;

	while (i > 0 && n - i < 3 && ((unsigned char)s[i - 1] & 0xc0) == 0x80)
		i--;
	if (i == 0)
		return;
	c = (unsigned char)s[i - 1]; /* what should lead the n - i bytes behind it */
	if ((c >= 0xf0 && n - i < 3) || (c >= 0xe0 && n - i < 2) || (c >= 0xc0 && n - i < 1))
		s[i - 1] = '\0';
}

enum result text_parse_u64(const char *s, uint64_t max, uint64_t *out)
{
	uint64_t v = 0;

	if (*s == '\0')
		return RESULT_THEIRS_MALFORMED;
	for (; *s; s++) {
		uint64_t digit = (uint64_t)(*s - '0');

		if (*s < '0' || *s > '9')
			return RESULT_THEIRS_MALFORMED;
		if (v > (UINT64_MAX - digit) / 10)
			return RESULT_THEIRS_TOO_BIG;
		v = v * 10 + digit;
	}
	if (v > max)
		return RESULT_THEIRS_TOO_BIG;
	*out = v;
	return RESULT_OK;
}

bool text_starts(const char *s, const char *prefix)
{
	return strncmp(s, prefix, strlen(prefix)) == 0;
}

unsigned text_distance(const char *a, const char *b)
{
	size_t na = strnlen(a, 63), nb = strnlen(b, 63);
	unsigned row[64];

	for (size_t j = 0; j <= nb; j++)
		row[j] = (unsigned)j;
	for (size_t i = 1; i <= na; i++) {
		unsigned diagonal = row[0];

		row[0] = (unsigned)i;
		for (size_t j = 1; j <= nb; j++) {
			unsigned change = diagonal + (a[i - 1] != b[j - 1]);
			unsigned best = row[j] < row[j - 1] ? row[j] + 1 : row[j - 1] + 1;

			diagonal = row[j];
			row[j] = change < best ? change : best;
		}
	}
	return row[nb];
}
