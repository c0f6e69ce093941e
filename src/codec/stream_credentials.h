/* stream_credentials: address tokens of the stateless STREAM receiver.
 *
 * What the receiver must know of a connection travels in the last part of its address, encrypted
 * for itself, and the shared secret follows from the token: no state is kept, and any process that
 * has the server secret can answer. The format is that of @interledger/stream-receiver. Token:
 * envelope (envelope.h) of `flags u8 [VarOctets tag] [nonce 16, secret 32] [VarOctets asset
 * code, scale u8]`, each part where its flag is set; in an address as base64url without padding.
 * t/vectors/stream_credentials.json
 */
#ifndef FLORIN_CODEC_STREAM_CREDENTIALS_H
#define FLORIN_CODEC_STREAM_CREDENTIALS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/limits.h"
#include "base/result.h"
#include "base/secret.h"
#include "codec/envelope.h"
#include "codec/receipt.h"

/* All that base64url text of an address's length can hold. */
#define STREAM_TOKEN_MAX       (ILP_ADDRESS_MAX * 3 / 4)
#define STREAM_TOKEN_PLAIN_MAX (STREAM_TOKEN_MAX - ENVELOPE_SIZE)
#define STREAM_TOKEN_TEXT_SIZE (ILP_ADDRESS_MAX + 1)

/* What a token says. */
struct stream_token {
	bool has_tag;
	bool has_receipt;
	bool has_asset;
	struct bytes tag; /* whose payment this is */
	uint8_t receipt_nonce[RECEIPT_NONCE_SIZE];
	struct secret32 receipt_secret;
	struct bytes asset_code;
	uint8_t asset_scale;
};

/* The plaintext by itself. The format is private to the server, so nothing is ignored.
 * Errors: THEIRS_TRUNCATED, THEIRS_NONCANONICAL, THEIRS_MALFORMED (unknown flags, bytes left over).
 * *out points into `in`. */
MUST_USE enum result stream_token_decode(struct bytes in, struct stream_token *out);
void stream_token_encode(struct buf *b, const struct stream_token *t);

/* The server's keys. One owner thread; no call but _new allocates. */
struct stream_credentials;

/* NULL when memory is out. */
struct stream_credentials *stream_credentials_new(const struct secret32 *server_secret);
void stream_credentials_free(struct stream_credentials *c);

/* A new token as NUL-terminated text, and the shared secret that goes with it. The address is
 * "<base>.<text>" and must be checked for its length there.
 * Errors: THEIRS_TOO_BIG (tag and asset code do not fit in an address). */
MUST_USE enum result stream_credentials_seal(struct stream_credentials *c,
        const struct stream_token *t, char out_text[STREAM_TOKEN_TEXT_SIZE],
        struct secret32 *out_shared_secret);
/* The same token and secret for the same `t` each time, whichever process is asked: the IV follows
 * from what is sealed, so that no two texts share one. Who holds two such tokens can see that they
 * are equal. Errors: as above. */
MUST_USE enum result stream_credentials_seal_stable(struct stream_credentials *c,
        const struct stream_token *t, char out_text[STREAM_TOKEN_TEXT_SIZE],
        struct secret32 *out_shared_secret);
/* The same under a chosen IV: only for known answers. */
MUST_USE enum result stream_credentials_seal_with_iv(struct stream_credentials *c,
        const uint8_t iv[ENVELOPE_IV_SIZE], const struct stream_token *t,
        char out_text[STREAM_TOKEN_TEXT_SIZE], struct secret32 *out_shared_secret);

/* `text` is the one address segment after the receiver's base. *out points into the bytes that this
 * appends to `storage`, which needs STREAM_TOKEN_PLAIN_MAX bytes of room.
 * Errors: THEIRS_MALFORMED (not base64url), THEIRS_UNAUTHENTIC (not made by us), THEIRS_TOO_BIG (no
 * room, or a text longer than any address), and those of stream_token_decode. */
MUST_USE enum result stream_credentials_open(struct stream_credentials *c, struct bytes text,
        struct buf *storage, struct stream_token *out, struct secret32 *out_shared_secret);

#endif
