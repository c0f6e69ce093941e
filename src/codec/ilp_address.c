#include "codec/ilp_address.h"

#include <string.h>

static const struct {
	const char *name;
	enum ilp_scheme scheme;
} schemes[] = {
        {"g", ILP_SCHEME_G},
        {"private", ILP_SCHEME_PRIVATE},
        {"example", ILP_SCHEME_EXAMPLE},
        {"local", ILP_SCHEME_LOCAL},
        {"self", ILP_SCHEME_SELF},
        {"peer", ILP_SCHEME_PEER},
        {"test", ILP_SCHEME_TEST},
        {"test1", ILP_SCHEME_TEST},
        {"test2", ILP_SCHEME_TEST},
        {"test3", ILP_SCHEME_TEST},
};

static struct bytes first_segment(struct bytes a)
{
	const uint8_t *dot = a.n ? memchr(a.p, '.', a.n) : NULL;

	return dot ? bytes_of(a.p, (size_t)(dot - a.p)) : a;
}

enum ilp_scheme ilp_address_scheme(struct bytes address)
{
	struct bytes first = first_segment(address);

	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++)
		if (bytes_eq_str(first, schemes[i].name))
			return schemes[i].scheme;
	return ILP_SCHEME_NONE;
}

/* Written as ranges, so that a byte above 127 can't pass for the ASCII one with its low bits. */
static bool is_segment_byte(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_' || c == '~' || c == '-';
}

/* Counts the segments of an address or prefix that is not empty. */
static enum result check(struct bytes a, size_t *out_segments)
{
	size_t segments = 1;
	size_t in_segment = 0;

	if (a.n > ILP_ADDRESS_MAX)
		return RESULT_THEIRS_TOO_BIG;
	for (size_t i = 0; i < a.n; i++) {
		if (is_segment_byte(a.p[i])) {
			in_segment++;
			continue;
		}
		if (a.p[i] != '.' || in_segment == 0)
			return RESULT_THEIRS_MALFORMED;
		segments++;
		in_segment = 0;
	}
	if (in_segment == 0 || ilp_address_scheme(a) == ILP_SCHEME_NONE)
		return RESULT_THEIRS_MALFORMED;
	*out_segments = segments;
	return RESULT_OK;
}

enum result ilp_address_check(struct bytes address)
{
	size_t segments;

	TRY(check(address, &segments));
	return segments > 1 ? RESULT_OK : RESULT_THEIRS_MALFORMED;
}

enum result ilp_address_check_prefix(struct bytes prefix)
{
	size_t segments;

	return prefix.n == 0 ? RESULT_OK : check(prefix, &segments);
}

bool ilp_address_under(struct bytes address, struct bytes prefix)
{
	if (prefix.n == 0)
		return true;
	if (address.n < prefix.n || memcmp(address.p, prefix.p, prefix.n) != 0)
		return false;
	return address.n == prefix.n || address.p[prefix.n] == '.';
}

struct bytes ilp_address_segment_after(struct bytes address, struct bytes prefix)
{
	size_t skip = prefix.n ? prefix.n + 1 : 0;

	if (address.n <= skip || !ilp_address_under(address, prefix))
		return bytes_of(NULL, 0);
	return first_segment(bytes_of(address.p + skip, address.n - skip));
}
