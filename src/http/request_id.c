#include "http/request_id.h"

#include <string.h>

#include "base/secret.h"

#define DIGIT_BITS 5
#define ALL        (UINT64_C(1) << (DIGIT_BITS * REQUEST_ID_DIGITS))
/* Odd, so that all numbers below ALL come before one comes again. */
#define STEP UINT64_C(0x9e3779b97f)

static const char digits[] = "0123456789abcdefghjkmnpqrstvwxyz";

void request_ids_init(struct request_ids *s)
{
	uint8_t random[REQUEST_ID_PREFIX + sizeof(s->at)];

	random_fill(random, sizeof(random));
	for (size_t i = 0; i < REQUEST_ID_PREFIX; i++)
		s->prefix[i] = digits[random[i] % (sizeof(digits) - 1)];
	s->prefix[REQUEST_ID_PREFIX] = '-';
	memcpy(&s->at, random + REQUEST_ID_PREFIX, sizeof(s->at));
	s->left = ALL;
}

void request_id_next(struct request_ids *s, char out[REQUEST_ID_SIZE])
{
	char *p = out + sizeof(s->prefix);
	uint64_t n;

	if (s->left-- == 0)
		request_ids_init(s);
	s->at += STEP;
	n = s->at;
	memcpy(out, s->prefix, sizeof(s->prefix));
	for (size_t i = 0; i < REQUEST_ID_DIGITS; i++) {
		p[i] = digits[n & ((1 << DIGIT_BITS) - 1)];
		n >>= DIGIT_BITS;
	}
	p[REQUEST_ID_DIGITS] = '\0';
}

static bool is_ours(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '-' || c == '_' || c == '.';
}

bool request_id_is(const char *text)
{
	size_t n = strnlen(text, REQUEST_ID_MAX + 1);

	if (n < REQUEST_ID_MIN || n > REQUEST_ID_MAX)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!is_ours(text[i]))
			return false;
	}
	return true;
}
