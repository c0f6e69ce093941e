#include "codec/stream_crypt.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <stdlib.h>
#include <string.h>

struct stream_keys {
	struct envelope *envelope;
	EVP_MAC_CTX *fulfillment; /* keyed: each use starts again from the state after the key */
};

void stream_packet_key(struct bytes shared_secret, struct secret32 *out)
{
	hmac_sha256(shared_secret, bytes_str("ilp_stream_encryption"), out->b);
}

void stream_fulfillment_key(struct bytes shared_secret, struct secret32 *out)
{
	hmac_sha256(shared_secret, bytes_str("ilp_stream_fulfillment"), out->b);
}

void stream_condition(const uint8_t fulfillment[32], uint8_t out[32])
{
	sha256(bytes_of(fulfillment, 32), out);
}

static EVP_MAC_CTX *hmac_new(void)
{
	const OSSL_PARAM params[] = {
	        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, (char[]){"SHA256"}, 0),
	        OSSL_PARAM_construct_end(),
	};
	EVP_MAC *mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
	EVP_MAC_CTX *ctx = mac ? EVP_MAC_CTX_new(mac) : NULL;

	EVP_MAC_free(mac); /* the context holds it */
	if (ctx && !EVP_MAC_CTX_set_params(ctx, params)) {
		EVP_MAC_CTX_free(ctx);
		return NULL;
	}
	return ctx;
}

struct stream_keys *stream_keys_new(struct bytes shared_secret)
{
	struct stream_keys *k = calloc(1, sizeof(*k));
	struct secret32 key;

	if (!k)
		return NULL;
	stream_packet_key(shared_secret, &key);
	k->envelope = envelope_new(&key);
	secret_clear(&key);
	k->fulfillment = hmac_new();
	if (!k->envelope || !k->fulfillment) {
		stream_keys_free(k);
		return NULL;
	}
	stream_keys_rekey(k, shared_secret);
	return k;
}

void stream_keys_rekey(struct stream_keys *k, struct bytes shared_secret)
{
	struct secret32 key;

	stream_packet_key(shared_secret, &key);
	envelope_rekey(k->envelope, &key);
	stream_fulfillment_key(shared_secret, &key);
	if (!EVP_MAC_init(k->fulfillment, key.b, sizeof(key.b), NULL))
		abort(); /* as in base/secret: nothing here works without it */
	secret_clear(&key);
}

void stream_keys_free(struct stream_keys *k)
{
	if (!k)
		return;
	envelope_free(k->envelope);
	EVP_MAC_CTX_free(k->fulfillment);
	free(k);
}

enum result stream_keys_open(struct stream_keys *k, struct bytes data, struct buf *plain)
{
	return envelope_open(k->envelope, data, plain);
}

void stream_keys_seal_with_iv(struct stream_keys *k, const uint8_t iv[ENVELOPE_IV_SIZE],
        struct bytes plain, struct buf *data)
{
	envelope_seal(k->envelope, iv, plain, data);
}

void stream_keys_seal(struct stream_keys *k, struct bytes plain, struct buf *data)
{
	uint8_t iv[ENVELOPE_IV_SIZE];

	random_fill(iv, sizeof(iv));
	envelope_seal(k->envelope, iv, plain, data);
}

void stream_keys_fulfillment(struct stream_keys *k, struct bytes data, uint8_t out[32])
{
	static const uint8_t empty[1];
	size_t n = 0;

	if (!EVP_MAC_init(k->fulfillment, NULL, 0, NULL) ||
	        !EVP_MAC_update(k->fulfillment, data.n ? data.p : empty, data.n) ||
	        !EVP_MAC_final(k->fulfillment, out, &n, 32) || n != 32)
		abort();
}

bool stream_keys_fulfils(struct stream_keys *k, struct bytes data, const uint8_t condition[32],
        uint8_t out_fulfillment[32])
{
	uint8_t hash[32];

	stream_keys_fulfillment(k, data, out_fulfillment);
	stream_condition(out_fulfillment, hash);
	return memcmp(hash, condition, sizeof(hash)) == 0;
}
