#include "codec/envelope.h"

#include <openssl/evp.h>
#include <stdlib.h>

struct envelope {
	EVP_CIPHER *cipher;
	EVP_CIPHER_CTX *sealing;
	EVP_CIPHER_CTX *opening;
};

/* With fixed sizes and a fetched cipher these calls fail only on a broken library, and there is no
 * way to go on without encryption. */
static void must(int ok)
{
	if (ok != 1)
		abort();
}

struct envelope *envelope_new(const struct secret32 *key)
{
	struct envelope *e = calloc(1, sizeof(*e));

	if (!e)
		return NULL;
	e->cipher = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
	e->sealing = EVP_CIPHER_CTX_new();
	e->opening = EVP_CIPHER_CTX_new();
	if (!e->cipher || !e->sealing || !e->opening) {
		envelope_free(e);
		return NULL;
	}
	envelope_rekey(e, key);
	return e;
}

void envelope_rekey(struct envelope *e, const struct secret32 *key)
{
	must(EVP_EncryptInit_ex2(e->sealing, e->cipher, key->b, NULL, NULL));
	must(EVP_DecryptInit_ex2(e->opening, e->cipher, key->b, NULL, NULL));
}

void envelope_free(struct envelope *e)
{
	if (!e)
		return;
	EVP_CIPHER_CTX_free(e->sealing);
	EVP_CIPHER_CTX_free(e->opening);
	EVP_CIPHER_free(e->cipher);
	free(e);
}

enum result envelope_open(struct envelope *e, struct bytes sealed, struct buf *plain)
{
	size_t len = plain->len;
	struct bytes ciphertext;
	uint8_t tag[ENVELOPE_TAG_SIZE];
	uint8_t *at;
	int n = 0;

	if (sealed.n < ENVELOPE_SIZE || sealed.n > ENVELOPE_MAX)
		return RESULT_THEIRS_UNAUTHENTIC;
	ciphertext = bytes_of(sealed.p + ENVELOPE_SIZE, sealed.n - ENVELOPE_SIZE);
	at = buf_skip(plain, ciphertext.n);
	if (!at)
		return RESULT_THEIRS_TOO_BIG;
	for (size_t i = 0; i < ENVELOPE_TAG_SIZE; i++)
		tag[i] = sealed.p[ENVELOPE_IV_SIZE + i];
	must(EVP_DecryptInit_ex2(e->opening, NULL, NULL, sealed.p, NULL));
	if (ciphertext.n)
		must(EVP_DecryptUpdate(e->opening, at, &n, ciphertext.p, (int)ciphertext.n));
	must(EVP_CIPHER_CTX_ctrl(e->opening, EVP_CTRL_AEAD_SET_TAG, ENVELOPE_TAG_SIZE, tag));
	if (EVP_DecryptFinal_ex(e->opening, at + n, &n) == 1)
		return RESULT_OK;
	/* what was decrypted is somebody else's choice: nobody may see it */
	secret_wipe(at, ciphertext.n);
	plain->len = len;
	return RESULT_THEIRS_UNAUTHENTIC;
}

void envelope_seal(struct envelope *e, const uint8_t iv[ENVELOPE_IV_SIZE], struct bytes plain,
        struct buf *sealed)
{
	uint8_t *at;
	int n = 0;

	if (plain.n > ENVELOPE_MAX - ENVELOPE_SIZE)
		sealed->failed = true;
	at = buf_skip(sealed, ENVELOPE_SIZE + plain.n);
	if (!at)
		return;
	for (size_t i = 0; i < ENVELOPE_IV_SIZE; i++)
		at[i] = iv[i];
	at += ENVELOPE_SIZE;
	must(EVP_EncryptInit_ex2(e->sealing, NULL, NULL, iv, NULL));
	if (plain.n)
		must(EVP_EncryptUpdate(e->sealing, at, &n, plain.p, (int)plain.n));
	must(EVP_EncryptFinal_ex(e->sealing, at + n, &n));
	must(EVP_CIPHER_CTX_ctrl(
	        e->sealing, EVP_CTRL_AEAD_GET_TAG, ENVELOPE_TAG_SIZE, at - ENVELOPE_TAG_SIZE));
}
