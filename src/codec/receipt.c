#include "codec/receipt.h"

#define SIGNED_SIZE (1 + RECEIPT_NONCE_SIZE + 1 + 8)

enum result receipt_decode(struct bytes in, struct receipt *out)
{
	struct cursor c;
	struct bytes nonce;

	if (in.n > RECEIPT_SIZE)
		return RESULT_THEIRS_TOO_BIG;
	if (in.n < RECEIPT_SIZE)
		return RESULT_THEIRS_TRUNCATED;
	cursor_init(&c, in);
	if (cursor_u8(&c) != RECEIPT_VERSION)
		return RESULT_THEIRS_MALFORMED;
	nonce = cursor_take(&c, RECEIPT_NONCE_SIZE);
	for (size_t i = 0; i < nonce.n; i++)
		out->nonce[i] = nonce.p[i];
	out->stream_id = cursor_u8(&c);
	out->total_received = cursor_u64(&c);
	return c.failed;
}

static void sign(struct bytes fields, const struct secret32 *secret, struct secret32 *out)
{
	hmac_sha256(bytes_of(secret->b, sizeof(secret->b)), fields, out->b);
}

enum result receipt_verify(struct bytes in, const struct secret32 *secret, struct receipt *out)
{
	struct secret32 expected;
	bool authentic;

	TRY(receipt_decode(in, out));
	sign(bytes_of(in.p, SIGNED_SIZE), secret, &expected);
	authentic = secret_eq_bytes(bytes_of(expected.b, sizeof(expected.b)),
	        bytes_of(in.p + SIGNED_SIZE, RECEIPT_SIZE - SIGNED_SIZE));
	secret_clear(&expected);
	return authentic ? RESULT_OK : RESULT_THEIRS_UNAUTHENTIC;
}

void receipt_encode(struct buf *b, const struct receipt *r, const struct secret32 *secret)
{
	struct secret32 signature;
	size_t at = b->len;

	buf_u8(b, RECEIPT_VERSION);
	buf_put(b, r->nonce, RECEIPT_NONCE_SIZE);
	buf_u8(b, r->stream_id);
	buf_u64(b, r->total_received);
	if (b->failed)
		return;
	sign(bytes_of(b->p + at, SIGNED_SIZE), secret, &signature);
	buf_put(b, signature.b, sizeof(signature.b));
}

void receipt_secret(
        struct bytes seed, const uint8_t nonce[RECEIPT_NONCE_SIZE], struct secret32 *out)
{
	hmac_sha256(seed, bytes_of(nonce, RECEIPT_NONCE_SIZE), out->b);
}
