#include "codec/stream_credentials.h"

#include <stdlib.h>

#include "codec/oer.h"

enum {
	FLAG_TAG = 1,
	FLAG_RECEIPT = 2,
	FLAG_ASSET = 4,
	FLAGS_KNOWN = FLAG_TAG | FLAG_RECEIPT | FLAG_ASSET,
};

struct stream_credentials {
	struct envelope *envelope;
	struct secret32 generator;    /* of shared secrets */
	struct secret32 iv_generator; /* of stable tokens */
};

static void take_array(struct cursor *c, uint8_t *out, size_t n)
{
	struct bytes b = cursor_take(c, n);

	for (size_t i = 0; i < b.n; i++)
		out[i] = b.p[i];
}

enum result stream_token_decode(struct bytes in, struct stream_token *out)
{
	struct cursor c;
	uint8_t flags;

	cursor_init(&c, in);
	*out = (struct stream_token){0};
	flags = cursor_u8(&c);
	if (flags & ~FLAGS_KNOWN)
		cursor_fail(&c, RESULT_THEIRS_MALFORMED);
	out->has_tag = flags & FLAG_TAG;
	out->has_receipt = flags & FLAG_RECEIPT;
	out->has_asset = flags & FLAG_ASSET;
	if (out->has_tag)
		out->tag = oer_octets(&c, STREAM_TOKEN_PLAIN_MAX);
	if (out->has_receipt) {
		take_array(&c, out->receipt_nonce, sizeof(out->receipt_nonce));
		take_array(&c, out->receipt_secret.b, sizeof(out->receipt_secret.b));
	}
	if (out->has_asset) {
		out->asset_code = oer_octets(&c, STREAM_TOKEN_PLAIN_MAX);
		out->asset_scale = cursor_u8(&c);
	}
	if (cursor_left(&c))
		cursor_fail(&c, RESULT_THEIRS_MALFORMED);
	return c.failed;
}

void stream_token_encode(struct buf *b, const struct stream_token *t)
{
	buf_u8(b, (uint8_t)((t->has_tag ? FLAG_TAG : 0) | (t->has_receipt ? FLAG_RECEIPT : 0) |
	                    (t->has_asset ? FLAG_ASSET : 0)));
	if (t->has_tag)
		oer_put_octets(b, t->tag);
	if (t->has_receipt) {
		buf_put(b, t->receipt_nonce, sizeof(t->receipt_nonce));
		buf_put(b, t->receipt_secret.b, sizeof(t->receipt_secret.b));
	}
	if (t->has_asset) {
		oer_put_octets(b, t->asset_code);
		buf_u8(b, t->asset_scale);
	}
}

struct stream_credentials *stream_credentials_new(const struct secret32 *server_secret)
{
	struct stream_credentials *c = calloc(1, sizeof(*c));
	const struct bytes secret = bytes_of(server_secret->b, sizeof(server_secret->b));
	struct secret32 key;

	if (!c)
		return NULL;
	hmac_sha256(secret, bytes_str("ilp_stream_shared_secret"), c->generator.b);
	hmac_sha256(secret, bytes_str("ilp_stream_connection_token"), key.b);
	hmac_sha256(secret, bytes_str("florin_stable_token_iv"), c->iv_generator.b);
	c->envelope = envelope_new(&key);
	secret_clear(&key);
	if (!c->envelope) {
		stream_credentials_free(c);
		return NULL;
	}
	return c;
}

void stream_credentials_free(struct stream_credentials *c)
{
	if (!c)
		return;
	envelope_free(c->envelope);
	secret_clear(&c->generator);
	secret_clear(&c->iv_generator);
	free(c);
}

static void shared_secret(
        const struct stream_credentials *c, struct bytes token, struct secret32 *out)
{
	hmac_sha256(bytes_of(c->generator.b, sizeof(c->generator.b)), token, out->b);
}

enum result stream_credentials_seal(struct stream_credentials *c, const struct stream_token *t,
        char out_text[STREAM_TOKEN_TEXT_SIZE], struct secret32 *out_shared_secret)
{
	uint8_t iv[ENVELOPE_IV_SIZE];

	random_fill(iv, sizeof(iv));
	return stream_credentials_seal_with_iv(c, iv, t, out_text, out_shared_secret);
}

enum result stream_credentials_seal_stable(struct stream_credentials *c,
        const struct stream_token *t, char out_text[STREAM_TOKEN_TEXT_SIZE],
        struct secret32 *out_shared_secret)
{
	const struct bytes generator = bytes_of(c->iv_generator.b, sizeof(c->iv_generator.b));
	uint8_t storage[STREAM_TOKEN_PLAIN_MAX];
	struct secret32 iv;
	struct buf plain;

	buf_init(&plain, storage, sizeof(storage));
	stream_token_encode(&plain, t);
	if (plain.failed)
		return RESULT_THEIRS_TOO_BIG;
	hmac_sha256(generator, buf_view(&plain), iv.b);
	secret_wipe(storage, sizeof(storage));
	return stream_credentials_seal_with_iv(c, iv.b, t, out_text, out_shared_secret);
}

enum result stream_credentials_seal_with_iv(struct stream_credentials *c,
        const uint8_t iv[ENVELOPE_IV_SIZE], const struct stream_token *t,
        char out_text[STREAM_TOKEN_TEXT_SIZE], struct secret32 *out_shared_secret)
{
	uint8_t plain_storage[STREAM_TOKEN_PLAIN_MAX];
	uint8_t token_storage[STREAM_TOKEN_MAX];
	struct buf plain, token;

	buf_init(&plain, plain_storage, sizeof(plain_storage));
	buf_init(&token, token_storage, sizeof(token_storage));
	stream_token_encode(&plain, t);
	if (!plain.failed)
		envelope_seal(c->envelope, iv, buf_view(&plain), &token);
	secret_wipe(plain_storage, sizeof(plain_storage));
	if (plain.failed || token.failed)
		return RESULT_THEIRS_TOO_BIG;
	base64_encode(buf_view(&token), BASE64_URL | BASE64_NO_PAD, out_text);
	shared_secret(c, buf_view(&token), out_shared_secret);
	return RESULT_OK;
}

enum result stream_credentials_open(struct stream_credentials *c, struct bytes text,
        struct buf *storage, struct stream_token *out, struct secret32 *out_shared_secret)
{
	uint8_t token[STREAM_TOKEN_MAX];
	size_t token_n, plain_at = storage->len;

	TRY(base64_decode((const char *)text.p, text.n, token, sizeof(token), &token_n));
	TRY(envelope_open(c->envelope, bytes_of(token, token_n), storage));
	TRY(stream_token_decode(bytes_of(storage->p + plain_at, storage->len - plain_at), out));
	shared_secret(c, bytes_of(token, token_n), out_shared_secret);
	return RESULT_OK;
}
