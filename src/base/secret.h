/* secret: key material and tokens, and the random source.
 *
 * Secrets are never printed: log.h has no way to take one. They are compared in constant time and
 * wiped when done.
 */
#ifndef FLORIN_BASE_SECRET_H
#define FLORIN_BASE_SECRET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/result.h"

struct secret32 {
	uint8_t b[32];
};

void secret_clear(struct secret32 *s);
/* Wipe any memory, not removed by the optimiser. */
void secret_wipe(void *p, size_t n);
bool secret_eq(const struct secret32 *a, const struct secret32 *b);
/* Compares the SHA-256 of both sides, so that lengths do not show. */
bool secret_eq_bytes(struct bytes a, struct bytes b);

/* Fills from a per-thread pool of the operating system's generator; the pool is wiped as it is
 * used and dropped in a forked child. A failing generator ends the process: there
 * is no fallback. */
void random_fill(void *p, size_t n);
void secret_random(struct secret32 *out);

/* SHA-256 and HMAC-SHA256 with algorithms fetched once per thread. */
void sha256(struct bytes in, uint8_t out[32]);
void hmac_sha256(struct bytes key, struct bytes in, uint8_t out[32]);

/* A new access token as text: 32 random bytes in base64url without padding, 43 characters. */
#define TOKEN_TEXT_SIZE 44
void token_random(char out[TOKEN_TEXT_SIZE]);

#endif
