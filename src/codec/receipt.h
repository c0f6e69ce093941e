/* receipt: what a STREAM receiver signs to say how much arrived.
 *
 * version 1 | nonce 16 | stream id u8 | total received u64 | HMAC-SHA256(secret, those 26 bytes).
 * Spec: RFC 0039.
 */
#ifndef FLORIN_CODEC_RECEIPT_H
#define FLORIN_CODEC_RECEIPT_H

#include <stdint.h>

#include "base/bytes.h"
#include "base/result.h"
#include "base/secret.h"

#define RECEIPT_VERSION    1
#define RECEIPT_NONCE_SIZE 16
#define RECEIPT_SIZE       58

struct receipt {
	uint8_t nonce[RECEIPT_NONCE_SIZE];
	uint8_t stream_id;
	uint64_t total_received; /* smallest units of the receiver's asset */
};

/* The members, unverified. Errors: THEIRS_TRUNCATED, THEIRS_TOO_BIG (not 58 bytes),
 * THEIRS_MALFORMED (version). */
MUST_USE enum result receipt_decode(struct bytes in, struct receipt *out);
/* The members, when the receipt was made with `secret`. Errors: also THEIRS_UNAUTHENTIC. */
MUST_USE enum result receipt_verify(
        struct bytes in, const struct secret32 *secret, struct receipt *out);
void receipt_encode(struct buf *b, const struct receipt *r, const struct secret32 *secret);

/* A verifier that keeps no state: HMAC-SHA256(seed, nonce). */
void receipt_secret(
        struct bytes seed, const uint8_t nonce[RECEIPT_NONCE_SIZE], struct secret32 *out);

#endif
