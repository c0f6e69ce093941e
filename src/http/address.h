/* address: client addresses, networks, and which client stands behind a trusted proxy. */
#ifndef FLORIN_HTTP_ADDRESS_H
#define FLORIN_HTTP_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/result.h"
#include "http/request.h"

struct sockaddr;

/* All zero for a family that is neither IPv4 nor IPv6. */
void http_address_of(const struct sockaddr *sa, struct http_address *out);
/* Text of n characters, IPv4 or IPv6 without brackets. Errors: THEIRS_MALFORMED. */
MUST_USE enum result http_address_parse(const char *s, size_t n, struct http_address *out);
/* Whose the address is: an IPv4 address, or of an IPv6 address the half that its holder can't
 * choose, the rest zero. What is counted by client is counted by this. */
void http_address_holder(const struct http_address *a, struct http_address *out);
bool http_address_eq(const struct http_address *a, const struct http_address *b);
/* For hash tables; seed keeps a client from choosing collisions. */
uint64_t http_hash16(const uint8_t b[16], uint64_t seed);
uint64_t http_address_hash(const struct http_address *a, uint64_t seed);

#define NETWORKS_MAX 64
struct networks {
	struct {
		struct http_address base;
		unsigned bits; /* of the 128 */
	} item[NETWORKS_MAX];
	size_t count;
};

/* "10.0.0.0/8, ::1 192.168.1.7"; NULL or "" is none. Errors: OURS_CONFIG (logged). */
MUST_USE enum result networks_parse(const char *text, struct networks *out);
bool networks_contain(const struct networks *n, const struct http_address *a);

/* The client of a request whose peer is `peer`: the peer itself, or where that is a trusted proxy
 * the last address of X-Forwarded-For that is none (RFC 7239 7.4 reasons why only the end of the
 * list can be believed). forwarded may be NULL. */
void http_client_of(const struct http_address *peer, const char *forwarded,
        const struct networks *trusted, struct http_address *out);

#endif
