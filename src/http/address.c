#include "http/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "base/log.h"
#include "base/text.h"

static const uint8_t v4_prefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

static void from_v4(const struct in_addr *in, struct http_address *out)
{
	memcpy(out->b, v4_prefix, sizeof(v4_prefix));
	memcpy(out->b + 12, in, 4);
}

void http_address_of(const struct sockaddr *sa, struct http_address *out)
{
	memset(out, 0, sizeof(*out));
	if (sa && sa->sa_family == AF_INET) {
		struct sockaddr_in in;

		memcpy(&in, sa, sizeof(in));
		from_v4(&in.sin_addr, out);
	} else if (sa && sa->sa_family == AF_INET6) {
		struct sockaddr_in6 in6;

		memcpy(&in6, sa, sizeof(in6));
		memcpy(out->b, &in6.sin6_addr, 16);
	}
}

enum result http_address_parse(const char *s, size_t n, struct http_address *out)
{
	char text[HTTP_ADDRESS_SIZE];
	struct in_addr v4;

	if (n == 0 || n >= sizeof(text))
		return RESULT_THEIRS_MALFORMED;
	memcpy(text, s, n);
	text[n] = '\0';
	if (inet_pton(AF_INET, text, &v4) == 1) {
		from_v4(&v4, out);
		return RESULT_OK;
	}
	if (inet_pton(AF_INET6, text, out->b) == 1)
		return RESULT_OK;
	return RESULT_THEIRS_MALFORMED;
}

void http_address_format(const struct http_address *a, char out[HTTP_ADDRESS_SIZE])
{
	if (memcmp(a->b, v4_prefix, sizeof(v4_prefix)) == 0)
		inet_ntop(AF_INET, a->b + 12, out, HTTP_ADDRESS_SIZE);
	else
		inet_ntop(AF_INET6, a->b, out, HTTP_ADDRESS_SIZE);
}

void http_address_holder(const struct http_address *a, struct http_address *out)
{
	*out = *a;
	if (memcmp(a->b, v4_prefix, sizeof(v4_prefix)) != 0)
		memset(out->b + sizeof(out->b) / 2, 0, sizeof(out->b) / 2);
}

bool http_address_eq(const struct http_address *a, const struct http_address *b)
{
	return memcmp(a->b, b->b, sizeof(a->b)) == 0;
}

/* The finaliser of splitmix64. */
static uint64_t mix(uint64_t x)
{
	x ^= x >> 30;
	x *= 0xbf58476d1ce4e5b9u;
	x ^= x >> 27;
	x *= 0x94d049bb133111ebu;
	return x ^ x >> 31;
}

uint64_t http_hash16(const uint8_t b[16], uint64_t seed)
{
	uint64_t high, low;

	memcpy(&high, b, 8);
	memcpy(&low, b + 8, 8);
	return mix(mix(high ^ seed) + low);
}

uint64_t http_address_hash(const struct http_address *a, uint64_t seed)
{
	return http_hash16(a->b, seed);
}

static enum result parse_network(const char *s, size_t n, struct networks *out)
{
	const char *slash = memchr(s, '/', n);
	size_t address_n = slash ? (size_t)(slash - s) : n;
	struct http_address base;
	uint64_t bits;
	bool v4;

	if (out->count == NETWORKS_MAX)
		return RESULT_OURS_CONFIG;
	if (http_address_parse(s, address_n, &base))
		return RESULT_OURS_CONFIG;
	v4 = memcmp(base.b, v4_prefix, sizeof(v4_prefix)) == 0;
	bits = v4 ? 32 : 128;
	if (slash) {
		char digits[4];
		size_t digits_n = n - address_n - 1;

		if (digits_n == 0 || digits_n >= sizeof(digits))
			return RESULT_OURS_CONFIG;
		memcpy(digits, slash + 1, digits_n);
		digits[digits_n] = '\0';
		if (text_parse_u64(digits, bits, &bits))
			return RESULT_OURS_CONFIG;
	}
	out->item[out->count].base = base;
	out->item[out->count].bits = (unsigned)bits + (v4 ? 96 : 0);
	out->count++;
	return RESULT_OK;
}

enum result networks_parse(const char *text, struct networks *out)
{
	static const char separators[] = ", \t";

	out->count = 0;
	if (!text)
		return RESULT_OK;
	for (text += strspn(text, separators); *text; text += strspn(text, separators)) {
		size_t n = strcspn(text, separators);

		if (parse_network(text, n, out)) {
			char safe[LOG_TEXT_SIZE];

			log_error("bad_network", "key=trusted_proxies at=%s", log_text(safe, text));
			return RESULT_OURS_CONFIG;
		}
		text += n;
	}
	return RESULT_OK;
}

static bool same_bits(const struct http_address *a, const struct http_address *b, unsigned bits)
{
	unsigned whole = bits / 8, rest = bits % 8;

	if (memcmp(a->b, b->b, whole) != 0)
		return false;
	return rest == 0 || (a->b[whole] ^ b->b[whole]) >> (8 - rest) == 0;
}

bool networks_contain(const struct networks *n, const struct http_address *a)
{
	for (size_t i = 0; i < n->count; i++) {
		if (same_bits(&n->item[i].base, a, n->item[i].bits))
			return true;
	}
	return false;
}

/* One member of X-Forwarded-For: an address, perhaps with brackets and a port. */
static enum result parse_hop(const char *s, size_t n, struct http_address *out)
{
	const char *colon;

	if (n > 0 && s[0] == '[') {
		const char *end = memchr(s, ']', n);

		return end ? http_address_parse(s + 1, (size_t)(end - s) - 1, out)
		           : RESULT_THEIRS_MALFORMED;
	}
	colon = memchr(s, ':', n);
	if (colon && !memchr(colon + 1, ':', n - (size_t)(colon - s) - 1))
		n = (size_t)(colon - s); /* exactly one colon: IPv4 with a port */
	return http_address_parse(s, n, out);
}

void http_client_of(const struct http_address *peer, const char *forwarded,
        const struct networks *trusted, struct http_address *out)
{
	const char *end;

	*out = *peer;
	if (!forwarded)
		return;
	end = forwarded + strlen(forwarded);
	/* Each trusted hop vouches for the one before it; the first that does not, or that is no
	 * address, ends the walk. */
	while (networks_contain(trusted, out)) {
		struct http_address hop;
		const char *start = end;

		while (start > forwarded && start[-1] != ',')
			start--;
		while (start < end && (*start == ' ' || *start == '\t'))
			start++;
		while (end > start && (end[-1] == ' ' || end[-1] == '\t'))
			end--;
		if (parse_hop(start, (size_t)(end - start), &hop))
			return;
		*out = hop;
		while (start > forwarded && start[-1] != ',')
			start--;
		if (start == forwarded)
			return;
		end = start - 1;
	}
}
