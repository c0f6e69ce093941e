/* stream_crypt: keys, envelope, fulfillment and condition of a STREAM connection.
 *
 * The data field of a packet is an envelope (envelope.h) around the plaintext (stream_packet.h).
 * Fulfillment: HMAC-SHA256 over the data field as sent. All keys follow from the shared secret.
 * Spec: RFC 0029, sections 4.1 and 4.2.
 */
#ifndef FLORIN_CODEC_STREAM_CRYPT_H
#define FLORIN_CODEC_STREAM_CRYPT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/limits.h"
#include "base/result.h"
#include "base/secret.h"
#include "codec/envelope.h"

#define STREAM_PLAINTEXT_MAX (ILP_DATA_MAX - ENVELOPE_SIZE)

/* Keyed contexts for one connection, kept so that a packet pays no key schedule (performance.md,
 * "What the measurements decided", 4). One owner thread; no call but _new allocates. */
struct stream_keys;

/* A shared secret of any length. NULL when memory is out. */
struct stream_keys *stream_keys_new(struct bytes shared_secret);
/* Take the keys of another connection: cheaper than free and new, for a cache that evicts. */
void stream_keys_rekey(struct stream_keys *k, struct bytes shared_secret);
/* Wipes the keys. NULL is nothing to do. */
void stream_keys_free(struct stream_keys *k);

/* Decrypt a data field; the plaintext is appended to `plain` (which may be given
 * STREAM_PLAINTEXT_MAX bytes for all that fits in a packet). Errors: THEIRS_UNAUTHENTIC (too short
 * for an envelope, or the tag does not fit; plain unchanged), THEIRS_TOO_BIG (no room in plain,
 * which is then failed). */
MUST_USE enum result stream_keys_open(struct stream_keys *k, struct bytes data, struct buf *plain);
/* Append the envelope of `plain` under a random IV. `plain` must not overlap the buffer. */
void stream_keys_seal(struct stream_keys *k, struct bytes plain, struct buf *data);
/* The same under a chosen IV. Only for known answers: an IV used twice breaks the key. */
void stream_keys_seal_with_iv(struct stream_keys *k, const uint8_t iv[ENVELOPE_IV_SIZE],
        struct bytes plain, struct buf *data);

/* The preimage for a data field as sent or received. */
void stream_keys_fulfillment(struct stream_keys *k, struct bytes data, uint8_t out[32]);
/* The same, and whether it is the preimage of `condition`. */
MUST_USE bool stream_keys_fulfils(struct stream_keys *k, struct bytes data,
        const uint8_t condition[32], uint8_t out_fulfillment[32]);

/* SHA-256 of a fulfillment. */
void stream_condition(const uint8_t fulfillment[32], uint8_t out[32]);

/* The two keys by themselves. */
void stream_packet_key(struct bytes shared_secret, struct secret32 *out);
void stream_fulfillment_key(struct bytes shared_secret, struct secret32 *out);

#endif
