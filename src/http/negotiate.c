#include "http/negotiate.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

struct range {
	const char *type; /* "text/html", not NUL-terminated */
	size_t n;
	unsigned quality; /* thousandths */
	unsigned exact;   /* 0 any, 1 any subtype, 2 one type, 3 one type with parameters */
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static void trim(const char **s, size_t *n)
{
	while (*n > 0 && is_blank(**s)) {
		(*s)++;
		(*n)--;
	}
	while (*n > 0 && is_blank((*s)[*n - 1]))
		(*n)--;
}

/* RFC 9110 12.4.2: ( "0" [ "." 0*3DIGIT ] ) / ( "1" [ "." 0*3("0") ] ) */
bool negotiate_quality(const char *s, size_t n, unsigned *out)
{
	unsigned scale = NEGOTIATE_QUALITY_ONE;

	if (n == 0 || n > 5 || (s[0] != '0' && s[0] != '1') || (n > 1 && s[1] != '.'))
		return false;
	*out = s[0] == '1' ? NEGOTIATE_QUALITY_ONE : 0;
	for (size_t i = 2; i < n; i++) {
		if (s[i] < '0' || s[i] > '9')
			return false;
		scale /= 10;
		*out += (unsigned)(s[i] - '0') * scale;
	}
	return *out <= NEGOTIATE_QUALITY_ONE;
}

/* The next piece up to `sep`, not counting separators within quotes. */
static size_t piece(const char *s, size_t n, char sep)
{
	bool quoted = false;
	size_t i;

	for (i = 0; i < n; i++) {
		if (s[i] == '"')
			quoted = !quoted;
		else if (s[i] == '\\' && quoted && i + 1 < n)
			i++;
		else if (s[i] == sep && !quoted)
			break;
	}
	return i;
}

/* One member: a media range, its parameters, q, and extensions after q. */
static bool parse_range(const char *s, size_t n, struct range *out)
{
	size_t type_n = piece(s, n, ';');
	const char *rest = s + type_n, *slash;
	size_t rest_n = n - type_n;
	bool parameters = false;

	out->type = s;
	out->n = type_n;
	trim(&out->type, &out->n);
	slash = memchr(out->type, '/', out->n);
	if (!slash || slash == out->type || slash == out->type + out->n - 1)
		return false;
	out->quality = NEGOTIATE_QUALITY_ONE;
	while (rest_n > 0) {
		size_t m = piece(rest + 1, rest_n - 1, ';');
		const char *p = rest + 1;
		size_t p_n = m;

		trim(&p, &p_n);
		if (p_n >= 2 && (p[0] == 'q' || p[0] == 'Q') && p[1] == '=') {
			if (!negotiate_quality(p + 2, p_n - 2, &out->quality))
				return false;
			break;
		}
		parameters = parameters || p_n > 0;
		rest += m + 1;
		rest_n -= m + 1;
	}
	if (out->n == 3 && memcmp(out->type, "*/*", 3) == 0)
		out->exact = 0;
	else if (out->type[0] == '*')
		return false;
	else if (slash[1] == '*' && slash + 2 == out->type + out->n)
		out->exact = 1;
	else
		out->exact = parameters ? 3 : 2;
	return true;
}

static bool matches(const struct range *r, const char *offer)
{
	switch (r->exact) {
	case 0:
		return true;
	case 1:
		return strncasecmp(r->type, offer, r->n - 1) == 0;
	default:
		/* Our offers have no parameters to compare; a client that names some (charset,
		 * profile) means the type. */
		return strlen(offer) == r->n && strncasecmp(r->type, offer, r->n) == 0;
	}
}

static size_t parse_ranges(const char *accept, struct range ranges[NEGOTIATE_RANGES_MAX])
{
	size_t n = strlen(accept), count = 0, members = 0;

	while (n > 0 && members < NEGOTIATE_RANGES_MAX) {
		size_t m = piece(accept, n, ',');

		if (parse_range(accept, m, &ranges[count]))
			count++;
		members++;
		if (m == n)
			break;
		accept += m + 1;
		n -= m + 1;
	}
	return count;
}

int negotiate(const char *accept, const char *const *offers, size_t count)
{
	struct range ranges[NEGOTIATE_RANGES_MAX];
	size_t range_count = accept ? parse_ranges(accept, ranges) : 0;
	const struct range *best = NULL;
	int chosen = -1;

	if (range_count == 0)
		return count > 0 ? 0 : -1;
	for (size_t i = 0; i < count; i++) {
		const struct range *decides = NULL;

		for (size_t j = 0; j < range_count; j++) {
			if (matches(&ranges[j], offers[i]) &&
			        (!decides || ranges[j].exact > decides->exact))
				decides = &ranges[j];
		}
		if (!decides || decides->quality == 0)
			continue;
		if (!best || decides->quality > best->quality ||
		        (decides->quality == best->quality &&
		                (decides->exact > best->exact ||
		                        (decides->exact == best->exact && decides < best)))) {
			best = decides;
			chosen = (int)i;
		}
	}
	return chosen;
}
