/* envelope: authenticated encryption as STREAM lays it out: iv 12 | tag 16 | ciphertext.
 *
 * AES-256-GCM without associated data. The tag comes before the ciphertext, unlike in most
 * libraries. Spec: RFC 0029, section 4.1.
 */
#ifndef FLORIN_CODEC_ENVELOPE_H
#define FLORIN_CODEC_ENVELOPE_H

#include <stdint.h>

#include "base/bytes.h"
#include "base/limits.h"
#include "base/result.h"
#include "base/secret.h"

#define ENVELOPE_IV_SIZE  12
#define ENVELOPE_TAG_SIZE 16
#define ENVELOPE_SIZE     (ENVELOPE_IV_SIZE + ENVELOPE_TAG_SIZE) /* overhead */
#define ENVELOPE_MAX      ILP_DATA_MAX

/* Keyed contexts, kept between uses since the key schedule costs more than a packet. One owner
 * thread; no call but _new allocates. */
struct envelope;

/* NULL when memory is out. */
struct envelope *envelope_new(const struct secret32 *key);
/* Use another key from now on. */
void envelope_rekey(struct envelope *e, const struct secret32 *key);
/* Wipes the key. NULL is nothing to do. */
void envelope_free(struct envelope *e);

/* Append the plaintext of `sealed` to `plain`.
 * Errors: THEIRS_UNAUTHENTIC (not an envelope, or not of this key; plain is unchanged),
 * THEIRS_TOO_BIG (no room in plain, which is then failed). */
MUST_USE enum result envelope_open(struct envelope *e, struct bytes sealed, struct buf *plain);

/* Append the envelope of `plain`, which must not overlap the buffer. Fails the buffer where the
 * envelope would pass ENVELOPE_MAX. An IV used for two texts breaks the key: it comes from
 * random_fill, or follows from the text under a secret, or is chosen for known answers. */
void envelope_seal(struct envelope *e, const uint8_t iv[ENVELOPE_IV_SIZE], struct bytes plain,
        struct buf *sealed);

#endif
