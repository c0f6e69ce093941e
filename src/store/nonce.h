/* nonce: nonces of signed requests, each used once by a key.
 *
 * They stand in the store, so that neither a restart nor a second process forgets one. Rows that
 * are over go with the next ones, or with the sweep (sweep.h). Errors of batch.h apply.
 */
#ifndef FLORIN_STORE_NONCE_H
#define FLORIN_STORE_NONCE_H

#include "base/bytes.h"
#include "store/batch.h"

#define NONCES_MAX         524288 /* of all keys together */
#define NONCES_PER_KEY_MAX 65536
#define NONCES_DROPPED_MAX 16 /* at each new one */

/* The key uses the nonce now; it is remembered for keep_ms, which is the same for all.
 * Errors: THEIRS_CONFLICT (it has used it before), THEIRS_TOO_BIG (NONCES_PER_KEY_MAX), RETRY_BUSY
 * (NONCES_MAX). */
MUST_USE enum result batch_nonce_use(
        struct batch *b, const uint8_t public_key[32], struct bytes nonce, int64_t keep_ms);

#endif
