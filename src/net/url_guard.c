#include "net/url_guard.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <ifaddrs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"

#define ALLOW_MAX     64  /* entries of the allow list */
#define OWN_MAX       512 /* own listen addresses, wildcards spread out */
#define ENTRY_MAX     (URL_HOST_MAX + 8)
#define HTTPS_PORT    443
#define DNS_LABEL_MAX 63

/* Every address is judged as 16 bytes; IPv4 as ::ffff:a.b.c.d. */
struct address {
	uint8_t b[16];
	uint16_t port;
};

struct allow_entry {
	char host[URL_HOST_MAX + 1]; /* a name; "" where it is a network */
	uint16_t port;               /* of a name; 0: any */
	struct address net;
	unsigned bits; /* of the 128 */
};

struct url_guard {
	bool dev;
	struct allow_entry allow[ALLOW_MAX];
	size_t allow_n;
	struct address own[OWN_MAX];
	size_t own_n;
};

static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

/* ---- address ranges ---- */

struct range {
	uint8_t net[16];
	unsigned bits;
	bool dev; /* a development node may use it */
};

#define V4(a, b, c, d)                                                                             \
	{                                                                                          \
		0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, a, b, c, d                               \
	}

static const struct range blocked_v4[] = {
        {V4(0, 0, 0, 0), 96 + 8, false},
        {V4(10, 0, 0, 0), 96 + 8, true},
        {V4(100, 64, 0, 0), 96 + 10, true},
        {V4(127, 0, 0, 0), 96 + 8, true},
        {V4(169, 254, 0, 0), 96 + 16, false},
        {V4(172, 16, 0, 0), 96 + 12, true},
        {V4(192, 0, 0, 0), 96 + 24, false},
        {V4(192, 0, 2, 0), 96 + 24, false},
        {V4(192, 88, 99, 0), 96 + 24, false},
        {V4(192, 168, 0, 0), 96 + 16, true},
        {V4(198, 18, 0, 0), 96 + 15, false},
        {V4(198, 51, 100, 0), 96 + 24, false},
        {V4(203, 0, 113, 0), 96 + 24, false},
        {V4(224, 0, 0, 0), 96 + 4, false},
        {V4(240, 0, 0, 0), 96 + 4, false},
};

/* Outside of 2000::/3 nothing is global: only what a development node may use is named. */
static const struct range local_v6[] = {
        {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, 128, true},
        {{0xfc}, 7, true},
};

static const struct range blocked_v6[] = {
        {{0x20, 0x01, 0x00}, 23, false},       /* protocol assignments, with Teredo */
        {{0x20, 0x01, 0x0d, 0xb8}, 32, false}, /* documentation */
        {{0x3f, 0xff, 0x00}, 20, false},       /* documentation */
        {{0x20, 0x01, 0x00, 0x20}, 28, false}, /* ORCHIDv2 */
};

static const uint8_t nat64[12] = {0x00, 0x64, 0xff, 0x9b};

static bool in_net(const uint8_t address[16], const uint8_t net[16], unsigned bits)
{
	unsigned whole = bits / 8;
	unsigned rest = bits % 8;

	if (memcmp(address, net, whole) != 0)
		return false;
	return rest == 0 || (address[whole] ^ net[whole]) >> (8 - rest) == 0;
}

static const struct range *find_range(const uint8_t b[16], const struct range *ranges, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (in_net(b, ranges[i].net, ranges[i].bits))
			return &ranges[i];
	}
	return NULL;
}

static bool is_v4(const uint8_t b[16])
{
	return memcmp(b, mapped, sizeof(mapped)) == 0;
}

static bool may_use_v4(const uint8_t b[16], bool dev)
{
	const struct range *r =
	        find_range(b, blocked_v4, sizeof(blocked_v4) / sizeof(blocked_v4[0]));

	return !r || (dev && r->dev);
}

/* NAT64 and 6to4 addresses lead to the IPv4 address inside them. */
static bool embedded_v4(const uint8_t b[16], uint8_t out[16])
{
	const uint8_t *v4;

	if (memcmp(b, nat64, sizeof(nat64)) == 0)
		v4 = b + 12;
	else if (b[0] == 0x20 && b[1] == 0x02)
		v4 = b + 2;
	else
		return false;
	memcpy(out, mapped, sizeof(mapped));
	memcpy(out + sizeof(mapped), v4, 4);
	return true;
}

static bool may_use(const uint8_t b[16], bool dev)
{
	uint8_t inner[16];
	const struct range *r;

	if (is_v4(b))
		return may_use_v4(b, dev);
	if (embedded_v4(b, inner))
		return may_use_v4(inner, dev);
	if (b[0] >> 5 == 1)
		return !find_range(b, blocked_v6, sizeof(blocked_v6) / sizeof(blocked_v6[0]));
	r = find_range(b, local_v6, sizeof(local_v6) / sizeof(local_v6[0]));
	return r && dev && r->dev;
}

static bool address_of(const struct sockaddr *sa, struct address *out)
{
	if (sa->sa_family == AF_INET) {
		struct sockaddr_in in;

		memcpy(&in, sa, sizeof(in));
		memcpy(out->b, mapped, sizeof(mapped));
		memcpy(out->b + sizeof(mapped), &in.sin_addr, 4);
		out->port = ntohs(in.sin_port);
		return true;
	}
	if (sa->sa_family == AF_INET6) {
		struct sockaddr_in6 in6;

		memcpy(&in6, sa, sizeof(in6));
		memcpy(out->b, &in6.sin6_addr, 16);
		out->port = ntohs(in6.sin6_port);
		return true;
	}
	return false;
}

/* Text of an address without port. *bits is how long its prefix is as a single host. */
static bool parse_address(const char *s, struct address *out, unsigned *width)
{
	out->port = 0;
	if (inet_pton(AF_INET, s, out->b + sizeof(mapped)) == 1) {
		memcpy(out->b, mapped, sizeof(mapped));
		*width = 32;
		return true;
	}
	*width = 128;
	return inet_pton(AF_INET6, s, out->b) == 1;
}

/* ---- host names ---- */

/* Letters, digits and hyphens, lower case, no trailing dot. The last label may not begin with a
 * digit: resolvers read such names as numbers (a single 0x7f000001), and no
 * top-level domain does. */
static bool is_host_name(const char *s)
{
	size_t label = 0;
	const char *last = s;
	const char *p;

	for (p = s; *p; p++) {
		if (*p == '.') {
			if (label == 0 || p[-1] == '-')
				return false;
			label = 0;
			last = p + 1;
			continue;
		}
		if (!((*p >= 'a' && *p <= 'z') || (*p >= '0' && *p <= '9') ||
		            (*p == '-' && label > 0)))
			return false;
		if (++label > DNS_LABEL_MAX)
			return false;
	}
	if (label == 0 || p[-1] == '-' || p - s > URL_HOST_MAX)
		return false;
	return !(*last >= '0' && *last <= '9');
}

static bool is_local_name(const char *host)
{
	const char *dot = strrchr(host, '.');

	return !dot || strcmp(dot, ".localhost") == 0;
}

static void lower(char *s)
{
	for (; *s; s++) {
		if (*s >= 'A' && *s <= 'Z')
			*s = (char)(*s + ('a' - 'A'));
	}
}

/* ---- the allow list ---- */

static bool parse_number(const char *s, unsigned max, unsigned *out)
{
	unsigned v = 0;

	if (!*s)
		return false;
	for (; *s; s++) {
		if (*s < '0' || *s > '9')
			return false;
		v = v * 10 + (unsigned)(*s - '0');
		if (v > max)
			return false;
	}
	*out = v;
	return true;
}

static bool parse_network(char *text, struct allow_entry *out)
{
	char *slash = strchr(text, '/');
	unsigned width, bits;

	if (slash)
		*slash = '\0';
	if (!parse_address(text, &out->net, &width))
		return false;
	bits = width;
	if (slash && !parse_number(slash + 1, width, &bits))
		return false;
	out->bits = bits + (128 - width);
	return true;
}

static bool parse_entry(char *text, struct allow_entry *out)
{
	char *colon;
	unsigned port = 0;

	memset(out, 0, sizeof(*out));
	if (parse_network(text, out))
		return true;
	colon = strchr(text, ':');
	if (colon) {
		*colon = '\0';
		if (!parse_number(colon + 1, UINT16_MAX, &port) || port == 0)
			return false;
	}
	lower(text);
	out->port = (uint16_t)port;
	return is_host_name(text) && text_copy(out->host, sizeof(out->host), text) == RESULT_OK;
}

static enum result parse_allow(struct url_guard *g, const char *allow)
{
	char entry[ENTRY_MAX + 1];

	while (*allow) {
		size_t n = strcspn(allow, ", \t\n");

		if (n > ENTRY_MAX || g->allow_n == ALLOW_MAX)
			return RESULT_OURS_CONFIG;
		if (n) {
			memcpy(entry, allow, n);
			entry[n] = '\0';
			if (!parse_entry(entry, &g->allow[g->allow_n]))
				return RESULT_OURS_CONFIG;
			g->allow_n++;
		}
		allow += n;
		allow += strspn(allow, ", \t\n");
	}
	return RESULT_OK;
}

enum result url_guard_new(bool dev, const char *allow, struct url_guard **out)
{
	struct url_guard *g = calloc(1, sizeof(*g));
	enum result r;

	if (!g)
		return RESULT_OURS_MEMORY;
	g->dev = dev;
	r = parse_allow(g, allow ? allow : "");
	if (r) {
		url_guard_free(g);
		return r;
	}
	*out = g;
	return RESULT_OK;
}

bool url_guard_allows_http(const struct url_guard *g)
{
	return g->dev;
}

void url_guard_free(struct url_guard *g)
{
	free(g);
}

static bool is_wildcard(const struct address *a)
{
	static const uint8_t any6[16];
	static const uint8_t any4[16] = V4(0, 0, 0, 0);

	return memcmp(a->b, any6, 16) == 0 || memcmp(a->b, any4, 16) == 0;
}

static enum result add_own(struct url_guard *g, const struct address *a)
{
	if (g->own_n == OWN_MAX)
		return RESULT_OURS_MEMORY;
	g->own[g->own_n++] = *a;
	return RESULT_OK;
}

enum result url_guard_add_listener(struct url_guard *g, const struct sockaddr *sa)
{
	struct ifaddrs *all = NULL;
	struct address a, each;
	enum result r = RESULT_OK;

	if (!address_of(sa, &a))
		return RESULT_OK;
	if (!is_wildcard(&a))
		return add_own(g, &a);
	if (getifaddrs(&all) != 0)
		return RESULT_OURS_IO;
	for (struct ifaddrs *i = all; i && !r; i = i->ifa_next) {
		if (i->ifa_addr && address_of(i->ifa_addr, &each)) {
			each.port = a.port;
			r = add_own(g, &each);
		}
	}
	freeifaddrs(all);
	return r;
}

/* ---- judging ---- */

static bool allowed_name(const struct url_guard *g, const char *host, uint16_t port)
{
	for (size_t i = 0; i < g->allow_n; i++) {
		const struct allow_entry *e = &g->allow[i];

		if (e->host[0] && strcmp(e->host, host) == 0 && (!e->port || e->port == port))
			return true;
	}
	return false;
}

static bool allowed_address(const struct url_guard *g, const struct address *a)
{
	for (size_t i = 0; i < g->allow_n; i++) {
		const struct allow_entry *e = &g->allow[i];

		if (!e->host[0] && in_net(a->b, e->net.b, e->bits))
			return true;
	}
	return false;
}

enum result url_guard_address(const struct url_guard *g, enum url_policy policy, const char *host,
        const struct sockaddr *sa, socklen_t size)
{
	struct address a;

	if (size < (socklen_t)sizeof(sa->sa_family) ||
	        (sa->sa_family == AF_INET && size < (socklen_t)sizeof(struct sockaddr_in)) ||
	        (sa->sa_family == AF_INET6 && size < (socklen_t)sizeof(struct sockaddr_in6)) ||
	        !address_of(sa, &a))
		return RESULT_THEIRS_BLOCKED;
	for (size_t i = 0; i < g->own_n && !g->dev; i++) {
		if (g->own[i].port == a.port && memcmp(g->own[i].b, a.b, 16) == 0)
			return RESULT_THEIRS_BLOCKED;
	}
	if (may_use(a.b, g->dev))
		return RESULT_OK;
	if (policy == URL_POLICY_OPERATOR &&
	        (allowed_name(g, host, a.port) || allowed_address(g, &a)))
		return RESULT_OK;
	return RESULT_THEIRS_BLOCKED;
}

/* What the parser would let through or read in its own way is refused by the raw text. */
static enum result check_text(const char *url)
{
	size_t n = strlen(url);
	const char *authority;
	size_t authority_n;

	if (n > URL_MAX_CHARS)
		return RESULT_THEIRS_TOO_BIG;
	for (size_t i = 0; i < n; i++) {
		if (url[i] <= ' ' || url[i] >= 0x7f || url[i] == '\\' || url[i] == '#')
			return RESULT_THEIRS_MALFORMED;
	}
	if (strncasecmp(url, "https://", 8) == 0)
		authority = url + 8;
	else if (strncasecmp(url, "http://", 7) == 0)
		authority = url + 7;
	else
		return strstr(url, "://") ? RESULT_THEIRS_BLOCKED : RESULT_THEIRS_MALFORMED;
	authority_n = strcspn(authority, "/?");
	if (authority_n == 0 || memchr(authority, '@', authority_n) ||
	        memchr(authority, '%', authority_n))
		return RESULT_THEIRS_MALFORMED;
	return RESULT_OK;
}

static enum result url_result(CURLUcode code)
{
	if (code == CURLUE_OK)
		return RESULT_OK;
	return code == CURLUE_OUT_OF_MEMORY ? RESULT_OURS_MEMORY : RESULT_THEIRS_MALFORMED;
}

static enum result copy_part(CURLU *u, CURLUPart part, unsigned flags, char *out, size_t size)
{
	char *text = NULL;
	enum result r = url_result(curl_url_get(u, part, &text, flags));

	if (!r && strlen(text) >= size)
		r = RESULT_THEIRS_TOO_BIG;
	if (!r)
		snprintf(out, size, "%s", text);
	curl_free(text);
	return r;
}

/* The host as the parser left it: a name, a dotted IPv4 address or an IPv6 one in brackets. */
static enum result read_host(CURLU *u, struct url_parts *out, struct address *address)
{
	char text[URL_HOST_MAX + 1];
	unsigned width;
	enum result r = copy_part(u, CURLUPART_HOST, 0, text, sizeof(text));
	size_t n;

	if (r)
		return r;
	lower(text);
	n = strlen(text);
	if (n > 2 && text[0] == '[' && text[n - 1] == ']') {
		text[n - 1] = '\0';
		snprintf(out->host, sizeof(out->host), "%s", text + 1);
		out->literal = true;
		return parse_address(out->host, address, &width) && width == 128
		               ? RESULT_OK
		               : RESULT_THEIRS_MALFORMED;
	}
	snprintf(out->host, sizeof(out->host), "%s", text);
	out->literal = parse_address(text, address, &width);
	if (!out->literal && !is_host_name(text))
		return RESULT_THEIRS_MALFORMED;
	return out->literal ? RESULT_OK : url_result(curl_url_set(u, CURLUPART_HOST, text, 0));
}

static enum result read_parts(CURLU *u, struct url_parts *out, struct address *address)
{
	char text[16];
	unsigned port;
	enum result r = copy_part(u, CURLUPART_SCHEME, 0, text, sizeof(text));

	if (r)
		return r;
	out->tls = strcasecmp(text, "https") == 0;
	r = copy_part(u, CURLUPART_PORT, CURLU_DEFAULT_PORT, text, sizeof(text));
	if (r)
		return r;
	if (!parse_number(text, UINT16_MAX, &port) || port == 0)
		return RESULT_THEIRS_MALFORMED;
	out->port = (uint16_t)port;
	r = read_host(u, out, address);
	if (r)
		return r;
	return copy_part(u, CURLUPART_URL, CURLU_NO_DEFAULT_PORT, out->url, sizeof(out->url));
}

static enum result judge_parts(const struct url_guard *g, enum url_policy policy,
        const struct url_parts *p, const struct address *address)
{
	bool listed =
	        policy == URL_POLICY_OPERATOR &&
	        (p->literal ? allowed_address(g, address) : allowed_name(g, p->host, p->port));

	if (g->dev)
		return RESULT_OK;
	if (!p->tls)
		return RESULT_THEIRS_BLOCKED;
	if (listed)
		return RESULT_OK;
	if (p->literal || is_local_name(p->host) || p->port != HTTPS_PORT)
		return RESULT_THEIRS_BLOCKED;
	return RESULT_OK;
}

enum result url_guard_url(
        const struct url_guard *g, enum url_policy policy, const char *url, struct url_parts *out)
{
	struct address address = {0};
	CURLU *u = NULL;
	enum result r = check_text(url);

	if (r)
		goto out;
	memset(out, 0, sizeof(*out));
	r = RESULT_OURS_MEMORY;
	u = curl_url();
	if (!u)
		goto out;
	r = url_result(curl_url_set(u, CURLUPART_URL, url, CURLU_DISALLOW_USER));
	if (r)
		goto out;
	r = read_parts(u, out, &address);
	if (r)
		goto out;
	r = judge_parts(g, policy, out, &address);
out:
	curl_url_cleanup(u);
	return r;
}
