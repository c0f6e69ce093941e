/* finish: how an interaction ends for the client: where the browser is sent, and with what.
 *
 * The hash is what clients in the field compare: SHA-256 in standard base64 with padding, over the
 * client's nonce, ours, the reference and the grant endpoint as published, joined by line feeds.
 * RFC 9635 4.2.3 has base64url without padding; docs/deviations.md.
 */
#ifndef FLORIN_AUTH_FINISH_H
#define FLORIN_AUTH_FINISH_H

#include "base/bytes.h"
#include "base/result.h"

#define FINISH_HASH_SIZE (BASE64_LEN(32) + 1)

void finish_hash(const char *client_nonce, const char *our_nonce, const char *reference,
        const char *grant_endpoint, char out[FINISH_HASH_SIZE]);

/* Of the client's URI with what we add: its other query parameters stay as they are, and any that
 * it has of ours (hash, interact_ref, result) are dropped first. reference NULL: `result` alone,
 * else hash and reference. The URI has no fragment: that was checked when the grant was asked for.
 * NUL-terminated text in out. Errors: THEIRS_TOO_BIG (out is too small). */
MUST_USE enum result finish_uri(const char *uri, const char *result, const char *reference,
        const char *hash, struct buf *out);

/* "https://shop.example:8443" of a URI: for the form-action of the page that leads there. Empty
 * where it has none, or one that is not a plain host with or without a port: a policy would read
 * a host with a star as many. out holds n bytes; an origin that does not fit is none. */
void finish_origin(const char *uri, char *out, size_t n);

#endif
