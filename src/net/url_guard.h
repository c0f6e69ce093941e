/* url_guard: which addresses this server may call.
 *
 * One judge for every outgoing request. A URL is judged before it is used, and the socket address
 * again when a connection is opened, because a name may resolve to anything, and to something else
 * the second time. Pure functions over an immutable guard, but for url_guard_add_listener.
 *
 * See docs/net.md.
 */
#ifndef FLORIN_NET_URL_GUARD_H
#define FLORIN_NET_URL_GUARD_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "base/limits.h"
#include "base/result.h"

#define URL_HOST_MAX 253 /* characters of a host name */

/* Who chose the address. */
enum url_policy {
	URL_POLICY_FOREIGN,  /* a client, a payer, a pointer: the allow list does not apply */
	URL_POLICY_OPERATOR, /* configuration or the admin API: peers, webhooks, rates */
};

struct url_guard;

/* allow: entries separated by commas or blanks: a host name, host:port, an address or a network in
 * CIDR form; NULL or "" for none. It opens hosts, their ports and otherwise blocked addresses to
 * URL_POLICY_OPERATOR; never plain http. dev: development node: plain http, address literals,
 * ports, loopback and private addresses for everybody.
 * Errors: OURS_CONFIG (an entry that is none of these), OURS_MEMORY. */
MUST_USE enum result url_guard_new(bool dev, const char *allow, struct url_guard **out);
void url_guard_free(struct url_guard *g);
bool url_guard_allows_http(const struct url_guard *g);
/* Addresses that this node listens on are refused too, unless dev. A wildcard address stands for
 * each address of the machine. Before the guard is shared. Errors: OURS_IO, OURS_MEMORY. */
MUST_USE enum result url_guard_add_listener(struct url_guard *g, const struct sockaddr *address);

struct url_parts {
	char url[URL_MAX_CHARS + 1]; /* normalised: what is requested, and signed */
	char host[URL_HOST_MAX + 1]; /* lower case; an IPv6 literal without brackets */
	uint16_t port;
	bool tls;
	bool literal; /* host is an address */
};

/* Judge a URL by its text and normalise it. Decimal, octal and hex spellings of IPv4 addresses are
 * literals.
 * Errors: THEIRS_MALFORMED (no absolute URL, a fragment, user information, a host that is not plain
 * ASCII, a trailing dot), THEIRS_TOO_BIG, THEIRS_BLOCKED (scheme, port or host not allowed),
 * OURS_MEMORY. */
MUST_USE enum result url_guard_url(
        const struct url_guard *g, enum url_policy policy, const char *url, struct url_parts *out);

/* Judge the socket address that a connection to `host` is about to use.
 * Errors: THEIRS_BLOCKED. */
MUST_USE enum result url_guard_address(const struct url_guard *g, enum url_policy policy,
        const char *host, const struct sockaddr *address, socklen_t size);

#endif
