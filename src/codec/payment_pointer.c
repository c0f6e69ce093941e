#include "codec/payment_pointer.h"

#include <arpa/inet.h>
#include <string.h>
#include <strings.h>

#define PORT_DIGITS_MAX 5

/* The parts of an account's URL; all borrowed. */
struct account_url {
	bool https;
	struct bytes host;
	struct bytes port; /* digits; empty where none is given */
	struct bytes path; /* empty, or from the first slash */
	struct bytes tail; /* from ? or # to the end */
};

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

/* Everything after the scheme: host, port, path, tail. A user name fails as part of the host. */
static enum result split(struct bytes s, struct account_url *out)
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

static enum result split_url(
        struct bytes url, enum payment_pointer_rules rules, struct account_url *out)
{
	static const char http[] = "http://", https[] = "https://";
	size_t scheme_n;

	out->https = url.n >= strlen(https) && memcmp(url.p, https, strlen(https)) == 0;
	scheme_n = out->https ? strlen(https) : strlen(http);
	if (!out->https && (url.n < scheme_n || memcmp(url.p, http, scheme_n) != 0))
		return RESULT_THEIRS_MALFORMED;
	TRY(split(from(url, scheme_n), out));
	if (bytes_eq_str(out->port, out->https ? "443" : "80"))
		out->port.n = 0;
	if (out->port.n && rules == PAYMENT_POINTER_STRICT)
		return RESULT_THEIRS_MALFORMED;
	if (out->path.n > 1 && out->path.p[out->path.n - 1] == '/')
		out->path.n--;
	return RESULT_OK;
}

static bool is_loopback(struct bytes host)
{
	static const char name[] = "localhost", network[] = "127.";

	if (host.n == strlen(name) && strncasecmp((const char *)host.p, name, host.n) == 0)
		return true;
	if (host.n > strlen(network) && memcmp(host.p, network, strlen(network)) == 0)
		return is_ip(AF_INET, host);
	return bytes_eq_str(host, "[::1]");
}

/* ---- writing ---- */

static void put_text(struct buf *b, const char *s)
{
	buf_bytes(b, bytes_str(s));
}

static uint8_t lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c - 'A' + 'a') : c;
}

static void put_host(struct buf *b, const struct account_url *u)
{
	for (size_t i = 0; i < u->host.n; i++)
		buf_u8(b, lower(u->host.p[i]));
	if (u->port.n) {
		buf_u8(b, ':');
		buf_bytes(b, u->port);
	}
}

static bool has_path(const struct account_url *u)
{
	return u->path.n > 0 && !bytes_eq_str(u->path, "/");
}

static enum result finish(struct buf *b)
{
	buf_u8(b, '\0');
	return b->failed ? RESULT_THEIRS_TOO_BIG : RESULT_OK;
}

static enum result write_url(const struct account_url *u, char out[URL_MAX_CHARS + 1])
{
	struct buf b;

	buf_init(&b, out, URL_MAX_CHARS + 1);
	put_text(&b, u->https ? "https://" : "http://");
	put_host(&b, u);
	if (has_path(u))
		buf_bytes(&b, u->path);
	else
		put_text(&b, PAYMENT_POINTER_WELL_KNOWN);
	buf_bytes(&b, u->tail);
	return finish(&b);
}

enum result payment_pointer_resolve(
        struct bytes pointer, enum payment_pointer_rules rules, char out[URL_MAX_CHARS + 1])
{
	struct account_url u;

	if (pointer.n == 0 || pointer.p[0] != '$')
		return RESULT_THEIRS_MALFORMED;
	TRY(split(from(pointer, 1), &u));
	if (u.tail.n || (u.port.n && rules == PAYMENT_POINTER_STRICT))
		return RESULT_THEIRS_MALFORMED;
	u.https = rules == PAYMENT_POINTER_STRICT || !(u.port.n || is_loopback(u.host));
	return write_url(&u, out);
}

enum result payment_pointer_endpoint(
        struct bytes url, enum payment_pointer_rules rules, char out[URL_MAX_CHARS + 1])
{
	struct account_url u;

	TRY(split_url(url, rules, &u));
	return write_url(&u, out);
}

enum result payment_pointer_from_url(struct bytes url, char out[URL_MAX_CHARS + 1])
{
	struct account_url u;
	struct buf b;

	TRY(split_url(url, PAYMENT_POINTER_STRICT, &u));
	if (!u.https || u.tail.n)
		return RESULT_THEIRS_BAD_TYPE;
	buf_init(&b, out, URL_MAX_CHARS + 1);
	buf_u8(&b, '$');
	put_host(&b, &u);
	if (has_path(&u) && !bytes_eq_str(u.path, PAYMENT_POINTER_WELL_KNOWN))
		buf_bytes(&b, u.path);
	return finish(&b);
}
