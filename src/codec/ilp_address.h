/* ilp_address: the grammar of ILP addresses, and matching by whole segments.
 *
 * scheme ("." segment)+, a segment being one or more of A-Z a-z 0-9 _ ~ -; case matters; at most
 * ILP_ADDRESS_MAX bytes. Spec: RFC 0015.
 */
#ifndef FLORIN_CODEC_ILP_ADDRESS_H
#define FLORIN_CODEC_ILP_ADDRESS_H

#include <stdbool.h>

#include "base/bytes.h"
#include "base/limits.h"
#include "base/result.h"

enum ilp_scheme {
	ILP_SCHEME_NONE, /* not a scheme that exists */
	ILP_SCHEME_G,
	ILP_SCHEME_PRIVATE,
	ILP_SCHEME_EXAMPLE,
	ILP_SCHEME_LOCAL,
	ILP_SCHEME_SELF,
	ILP_SCHEME_PEER, /* link-local protocols: never forwarded */
	ILP_SCHEME_TEST, /* test, test1, test2, test3 */
};

/* The scheme of an address or prefix; only its first segment is looked at. */
enum ilp_scheme ilp_address_scheme(struct bytes address);

/* A full address, as a packet's destination must be. Errors: THEIRS_TOO_BIG, THEIRS_MALFORMED. */
MUST_USE enum result ilp_address_check(struct bytes address);

/* A routing prefix: an address, a bare scheme, or nothing (which matches every address).
 * Errors: as ilp_address_check. */
MUST_USE enum result ilp_address_check_prefix(struct bytes prefix);

/* Is `address` equal to `prefix` or below it by whole segments: g.acme is not a prefix of
 * g.acmebank. */
bool ilp_address_under(struct bytes address, struct bytes prefix);

/* The first segment of `address` after `prefix`, borrowed; empty where there is none or the address
 * is not under the prefix. Later segments are not included. */
struct bytes ilp_address_segment_after(struct bytes address, struct bytes prefix);

#endif
