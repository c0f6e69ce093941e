/* seal: secrets that we must be able to read again, encrypted with the node's master key.
 *
 * AES-256-GCM; sealed = version 1 byte (1) | key id 4 bytes | IV 12 bytes | ciphertext | tag 16
 * bytes. The key id tells which master key sealed it, so that one day two can be accepted during a
 * change. `context` (a row's UUID) is authenticated with it: a sealed text moved to another row
 * does not open.
 */
#ifndef FLORIN_STORE_SEAL_H
#define FLORIN_STORE_SEAL_H

#include "base/bytes.h"
#include "base/secret.h"

#define SEAL_OVERHEAD (1 + 4 + 12 + 16)
#define SEAL_TEXT_MAX 1024 /* bytes of a secret */

/* The key for sealing, and a mark of the master key that may be stored beside the data. */
void seal_key_derive(const struct secret32 *master, struct secret32 *key);
void seal_key_mark(const struct secret32 *master, uint8_t mark[32]);

/* Appends the sealed text to `out`. Errors: THEIRS_TOO_BIG, OURS_BUG. */
MUST_USE enum result seal_close(
        const struct secret32 *key, struct bytes context, struct bytes secret, struct buf *out);
/* Appends the secret to `out`. Errors: THEIRS_MALFORMED, THEIRS_UNAUTHENTIC (another key or
 * context, or altered), THEIRS_TOO_BIG. */
MUST_USE enum result seal_open(
        const struct secret32 *key, struct bytes context, struct bytes sealed, struct buf *out);

#endif
