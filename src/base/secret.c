#include "base/secret.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/core_names.h>
#include <openssl/rand.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define RANDOM_POOL_BYTES 4096

struct crypto_thread {
	EVP_MD *md;
	EVP_MD_CTX *md_ctx;
	EVP_MAC *mac;
	EVP_MAC_CTX *mac_ctx;
	uint8_t pool[RANDOM_POOL_BYTES];
	size_t pool_used;
	unsigned pool_epoch;
};

static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t key;
/* Grows in a forked child, so that its pools are not its parent's. */
static unsigned fork_epoch;

static void crypto_thread_free(void *p)
{
	struct crypto_thread *t = p;

	EVP_MD_CTX_free(t->md_ctx);
	EVP_MD_free(t->md);
	EVP_MAC_CTX_free(t->mac_ctx);
	EVP_MAC_free(t->mac);
	OPENSSL_cleanse(t->pool, sizeof(t->pool));
	free(t);
}

static void child_forked(void)
{
	fork_epoch++;
}

static void init_once(void)
{
	if (pthread_key_create(&key, crypto_thread_free) != 0 ||
	        pthread_atfork(NULL, NULL, child_forked) != 0)
		abort();
}

/* Without these algorithms nothing here can work, so failing to get them ends the process. */
static struct crypto_thread *crypto_thread_get(void)
{
	struct crypto_thread *t;
	OSSL_PARAM params[2] = {
	        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, (char[]){"SHA256"}, 0),
	        OSSL_PARAM_construct_end(),
	};

	pthread_once(&once, init_once);
	t = pthread_getspecific(key);
	if (t)
		return t;
	t = calloc(1, sizeof(*t));
	if (!t)
		abort();
	t->pool_used = RANDOM_POOL_BYTES;
	t->md = EVP_MD_fetch(NULL, "SHA256", NULL);
	t->md_ctx = EVP_MD_CTX_new();
	t->mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
	t->mac_ctx = t->mac ? EVP_MAC_CTX_new(t->mac) : NULL;
	if (!t->md || !t->md_ctx || !t->mac_ctx || !EVP_MAC_CTX_set_params(t->mac_ctx, params) ||
	        pthread_setspecific(key, t) != 0)
		abort();
	return t;
}

void secret_wipe(void *p, size_t n)
{
	OPENSSL_cleanse(p, n);
}

void secret_clear(struct secret32 *s)
{
	OPENSSL_cleanse(s, sizeof(*s));
}

bool secret_eq(const struct secret32 *a, const struct secret32 *b)
{
	return CRYPTO_memcmp(a->b, b->b, sizeof(a->b)) == 0;
}

bool secret_eq_bytes(struct bytes a, struct bytes b)
{
	uint8_t ha[32], hb[32];

	sha256(a, ha);
	sha256(b, hb);
	return CRYPTO_memcmp(ha, hb, sizeof(ha)) == 0;
}

void random_fill(void *p, size_t n)
{
	struct crypto_thread *t = crypto_thread_get();
	uint8_t *out = p;

	if (t->pool_epoch != fork_epoch) {
		t->pool_epoch = fork_epoch;
		t->pool_used = RANDOM_POOL_BYTES;
	}
	while (n) {
		size_t take = RANDOM_POOL_BYTES - t->pool_used;

		if (take == 0) {
			if (RAND_bytes(t->pool, RANDOM_POOL_BYTES) != 1)
				abort();
			t->pool_used = 0;
			continue;
		}
		if (take > n)
			take = n;
		memcpy(out, t->pool + t->pool_used, take);
		memset(t->pool + t->pool_used, 0, take);
		t->pool_used += take;
		out += take;
		n -= take;
	}
}

void secret_random(struct secret32 *out)
{
	random_fill(out->b, sizeof(out->b));
}

void sha256(struct bytes in, uint8_t out[32])
{
	struct crypto_thread *t = crypto_thread_get();

	if (!EVP_DigestInit_ex2(t->md_ctx, t->md, NULL) ||
	        !EVP_DigestUpdate(t->md_ctx, in.p, in.n) ||
	        !EVP_DigestFinal_ex(t->md_ctx, out, NULL))
		abort();
}

void hmac_sha256(struct bytes hmac_key, struct bytes in, uint8_t out[32])
{
	struct crypto_thread *t = crypto_thread_get();
	static const uint8_t empty[1];
	size_t n = 0;

	if (!EVP_MAC_init(t->mac_ctx, hmac_key.n ? hmac_key.p : empty, hmac_key.n, NULL) ||
	        !EVP_MAC_update(t->mac_ctx, in.p, in.n) ||
	        !EVP_MAC_final(t->mac_ctx, out, &n, 32) || n != 32)
		abort();
}

void token_random(char out[TOKEN_TEXT_SIZE])
{
	struct secret32 s;

	secret_random(&s);
	base64_encode(bytes_of(s.b, sizeof(s.b)), BASE64_URL | BASE64_NO_PAD, out);
	secret_clear(&s);
}
