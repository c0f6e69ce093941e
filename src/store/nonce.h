/* nonce: nonces of signed requests, each used once by a key.
 *
 * They stand in the store, so that neither a restart nor a second process forgets one. Rows that
 * are over go with the next one that is taken, some at a time, and with the sweep (sweep.h); one
 * that is refused removes none. Errors of batch.h apply.
 */
#ifndef FLORIN_STORE_NONCE_H
#define FLORIN_STORE_NONCE_H

#include "base/bytes.h"
#include "store/batch.h"

/* A row and its indexes take some 115 bytes. With the default of signature_max_age_s one is kept
 * for 361 s, so that a client can keep up 181 each second and all together 1,452, less with a
 * longer age. */
#define NONCES_MAX            524288
#define NONCES_STRANGERS_MAX  393216 /* what only our own wallets' clients may fill is above it */
#define NONCES_PER_CLIENT_MAX 65536
#define NONCES_DROPPED_MAX    16 /* at each new one */

/* Whose nonces are counted together: keys cost nothing, and so their number is no limit. */
#define NONCE_CLIENT_SIZE 16
struct nonce_client {
	uint8_t id[NONCE_CLIENT_SIZE];
	bool ours; /* it signs by a key of a wallet of this node */
};

/* The key, one of this client's, uses the nonce now; it is remembered for keep_ms, which is the
 * same for all.
 * Errors: THEIRS_CONFLICT (the key has used it before), THEIRS_TOO_BIG (NONCES_PER_CLIENT_MAX),
 * RETRY_BUSY (NONCES_STRANGERS_MAX, NONCES_MAX). */
MUST_USE enum result batch_nonce_use(struct batch *b, const struct nonce_client *client,
        const uint8_t public_key[32], struct bytes nonce, int64_t keep_ms);

#endif
