/* jwk: the public keys of clients: Ed25519 and nothing else.
 *
 * A key arrives as a JWK (in a grant request, in a key document) or as whatever a person pastes
 * into a form. A text that holds the private half of a key is refused before anything is kept of
 * it. Spec: RFC 7517, RFC 8037, RFC 7638; Open Payments, wallet address server, client keys.
 */
#ifndef FLORIN_CODEC_JWK_H
#define FLORIN_CODEC_JWK_H

#include <jansson.h>
#include <stdbool.h>

#include "base/bytes.h"
#include "base/result.h"

#define JWK_KID_MAX         256 /* characters: ASCII without control characters */
#define JWK_PUBLIC_SIZE     32
#define JWK_X_SIZE          44   /* base64url of the key, with its NUL */
#define JWK_THUMBPRINT_SIZE 44   /* base64url of a SHA-256, with its NUL */
#define JWK_TEXT_MAX        4096 /* bytes of a pasted text */

struct jwk {
	char kid[JWK_KID_MAX + 1]; /* "" where the text gave none (jwk_parse_text only) */
	uint8_t public_key[JWK_PUBLIC_SIZE];
};

/* A JWK with kty OKP, crv Ed25519, a kid, x of 32 bytes in base64url without padding that are a
 * point of the curve's large group; alg EdDSA and use sig where they are given. Other members are
 * not looked at. *why tells a person what is wrong; never NULL after an error.
 * Errors: THEIRS_MALFORMED, THEIRS_FORBIDDEN (it has private members). */
MUST_USE enum result jwk_parse(const json_t *value, struct jwk *out, const char **why);

/* The key of that kid in a key document {"keys":[...]}. Keys that are not well-formed are passed
 * over, so that one bad key never spoils the others; of two with one kid the first counts.
 * Errors: THEIRS_MALFORMED (no such document), THEIRS_NOT_FOUND. */
MUST_USE enum result jwks_find(const json_t *document, const char *kid, struct jwk *out);

/* What people paste: a JWK (its kid may be missing), the base64 of a JWK as the Web Monetization
 * extension shows it, a PEM public key, or the key's 32 bytes in hex, base64 or base64url.
 * Errors: as jwk_parse; THEIRS_TOO_BIG. */
MUST_USE enum result jwk_parse_text(struct bytes text, struct jwk *out, const char **why);

/* Whether this is a kid: 1 to JWK_KID_MAX printable ASCII characters. */
bool jwk_is_kid(const char *kid);
/* Whether these bytes are a public key that can be trusted to have one owner. */
bool jwk_is_public_key(const uint8_t public_key[JWK_PUBLIC_SIZE]);

/* {"kid","alg","use","kty","crv","x"}; a new reference, NULL without memory. */
json_t *jwk_json(const struct jwk *k);
/* RFC 7638: one name for a key, whatever its kid. */
void jwk_thumbprint(const uint8_t public_key[JWK_PUBLIC_SIZE], char out[JWK_THUMBPRINT_SIZE]);

#endif
