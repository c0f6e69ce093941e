#include "base/id.h"

#include <string.h>

#include "base/bytes.h"
#include "base/secret.h"

void id_new(int64_t unix_ms, struct id *out)
{
	random_fill(out->b, sizeof(out->b));
	for (int i = 0; i < 6; i++)
		out->b[i] = (uint8_t)(unix_ms >> (8 * (5 - i)));
	out->b[6] = (uint8_t)(0x70 | (out->b[6] & 0x0f));
	out->b[8] = (uint8_t)(0x80 | (out->b[8] & 0x3f));
}

bool id_is_zero(const struct id *id)
{
	static const struct id zero;

	return id_eq(id, &zero);
}

bool id_eq(const struct id *a, const struct id *b)
{
	return memcmp(a->b, b->b, sizeof(a->b)) == 0;
}

static const size_t group_start[] = {0, 4, 6, 8, 10, 16};

void id_format(const struct id *id, char out[ID_TEXT_SIZE])
{
	for (size_t g = 0; g < 5; g++) {
		size_t n = group_start[g + 1] - group_start[g];

		hex_encode(bytes_of(id->b + group_start[g], n), out);
		out += 2 * n;
		if (g < 4)
			*out++ = '-';
	}
}

enum result id_parse(const char *s, size_t n, struct id *out)
{
	if (n != ID_TEXT_SIZE - 1)
		return RESULT_THEIRS_MALFORMED;
	for (size_t g = 0; g < 5; g++) {
		size_t len = group_start[g + 1] - group_start[g];
		size_t got;

		if (hex_decode(s, 2 * len, out->b + group_start[g], len, &got))
			return RESULT_THEIRS_MALFORMED;
		s += 2 * len;
		if (g < 4 && *s++ != '-')
			return RESULT_THEIRS_MALFORMED;
	}
	return RESULT_OK;
}
