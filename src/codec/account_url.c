#include "codec/account_url.h"

#include <arpa/inet.h>
#include <string.h>
#include <strings.h>

#define PORT_DIGITS_MAX 5

/* ---- grammar of RFC 3986, which RFC 26 refers to ---- */

static bool is_alnum(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static bool is_hex(uint8_t c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* unreserved or sub-delims, or one of `more` */
static bool is_plain(uint8_t c, const char *more)
{
	return is_alnum(c) || (c != 0 && (strchr("-._~!$&'()*+,;=", c) || strchr(more, c)));
}

/* All bytes plain, or % and two hex digits. */
static bool is_text_of(struct bytes s, const char *more)
{
	for (size_t i = 0; i < s.n; i++) {
		if (is_plain(s.p[i], more))
			continue;
		if (s.p[i] != '%' || s.n - i < 3 || !is_hex(s.p[i + 1]) || !is_hex(s.p[i + 2]))
			return false;
		i += 2;
	}
	return true;
}

static bool is_ip(int family, struct bytes s)
{
	char text[INET6_ADDRSTRLEN];
	struct in6_addr unused; /* large enough for both families */

	/* a NUL would end the text for inet_pton, and hide what follows it */
	if (s.n >= sizeof(text) || memchr(s.p, '\0', s.n))
		return false;
	memcpy(text, s.p, s.n);
	text[s.n] = '\0';
	return inet_pton(family, text, &unused) == 1;
}

static bool is_host(struct bytes host)
{
	if (host.n == 0)
		return false;
	if (host.p[0] != '[')
		return is_text_of(host, "");
	return host.n > 2 && host.p[host.n - 1] == ']' &&
	       is_ip(AF_INET6, bytes_of(host.p + 1, host.n - 2));
}

static bool is_port(struct bytes port)
{
	unsigned v = 0;

	if (port.n == 0 || port.n > PORT_DIGITS_MAX)
		return false;
	for (size_t i = 0; i < port.n; i++) {
		if (port.p[i] < '0' || port.p[i] > '9')
			return false;
		v = v * 10 + (port.p[i] - '0');
	}
	return v > 0 && v <= UINT16_MAX;
}

/* ---- parts ---- */

static size_t index_of_any(struct bytes s, const char *set)
{
	size_t i = 0;

	while (i < s.n && (s.p[i] == 0 || !strchr(set, s.p[i])))
		i++;
	return i;
}

static struct bytes before(struct bytes s, size_t at)
{
	return bytes_of(s.p, at);
}

static struct bytes from(struct bytes s, size_t at)
{
	return bytes_of(s.p + at, s.n - at);
}

enum result account_url_split_rest(struct bytes s, struct account_url *out)
{
	size_t authority_n = index_of_any(s, "/?#");
	struct bytes authority = before(s, authority_n);
	struct bytes rest = from(s, authority_n);
	size_t host_n;

	if (authority.n && authority.p[0] == '[')
		host_n = index_of_any(authority, "]") + 1;
	else
		host_n = index_of_any(authority, ":");
	if (host_n > authority.n)
		return RESULT_THEIRS_MALFORMED;
	out->host = before(authority, host_n);
	out->port = from(authority, host_n);
	if (out->port.n) {
		if (out->port.p[0] != ':' || !is_port(from(out->port, 1)))
			return RESULT_THEIRS_MALFORMED;
		out->port = from(out->port, 1);
	}
	out->path = before(rest, index_of_any(rest, "?#"));
	out->tail = from(rest, out->path.n);
	if (!is_host(out->host) || !is_text_of(out->path, "/:@") || !is_text_of(out->tail, "/:@?#"))
		return RESULT_THEIRS_MALFORMED;
	return RESULT_OK;
}

static bool takes_scheme(struct bytes url, const char *scheme, struct bytes *rest)
{
	size_t n = strlen(scheme);

	if (url.n < n || strncasecmp((const char *)url.p, scheme, n) != 0)
		return false;
	*rest = from(url, n);
	return true;
}

enum result account_url_split(struct bytes url, struct account_url *out)
{
	struct bytes rest;

	out->https = takes_scheme(url, "https://", &rest);
	if (!out->https && !takes_scheme(url, "http://", &rest))
		return RESULT_THEIRS_MALFORMED;
	TRY(account_url_split_rest(rest, out));
	if (bytes_eq_str(out->port, out->https ? "443" : "80"))
		out->port.n = 0;
	if (out->path.n > 1 && out->path.p[out->path.n - 1] == '/')
		out->path.n--;
	return RESULT_OK;
}

bool account_url_is_loopback(const struct account_url *u)
{
	static const char name[] = "localhost", network[] = "127.";
	struct bytes host = u->host;

	if (host.n == strlen(name) && strncasecmp((const char *)host.p, name, host.n) == 0)
		return true;
	if (host.n > strlen(network) && memcmp(host.p, network, strlen(network)) == 0)
		return is_ip(AF_INET, host);
	return bytes_eq_str(host, "[::1]");
}

/* ---- writing ---- */

static uint8_t lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c - 'A' + 'a') : c;
}

void account_url_put_host(struct buf *b, const struct account_url *u)
{
	for (size_t i = 0; i < u->host.n; i++)
		buf_u8(b, lower(u->host.p[i]));
	if (u->port.n) {
		buf_u8(b, ':');
		buf_bytes(b, u->port);
	}
}

bool account_url_has_path(const struct account_url *u)
{
	return u->path.n > 0 && !bytes_eq_str(u->path, "/");
}

void account_url_put(struct buf *b, const struct account_url *u, const char *no_path)
{
	buf_bytes(b, bytes_str(u->https ? "https://" : "http://"));
	account_url_put_host(b, u);
	if (account_url_has_path(u))
		buf_bytes(b, u->path);
	else
		buf_bytes(b, bytes_str(no_path));
	buf_bytes(b, u->tail);
}

enum result account_url_end(struct buf *b)
{
	buf_u8(b, '\0');
	return b->failed ? RESULT_THEIRS_TOO_BIG : RESULT_OK;
}
