#include "store/seal.h"

#include <openssl/evp.h>
#include <string.h>

#define SEAL_VERSION 1
#define SEAL_KEY_ID  4
#define SEAL_IV      12
#define SEAL_TAG     16

void seal_key_derive(const struct secret32 *master, struct secret32 *key)
{
	hmac_sha256(bytes_of(master->b, sizeof(master->b)), bytes_str("florin seal key 1"), key->b);
}

void seal_key_mark(const struct secret32 *master, uint8_t mark[32])
{
	hmac_sha256(
	        bytes_of(master->b, sizeof(master->b)), bytes_str("florin master mark 1"), mark);
}

static void key_id(const struct secret32 *key, uint8_t id[SEAL_KEY_ID])
{
	uint8_t mac[32];

	hmac_sha256(bytes_of(key->b, sizeof(key->b)), bytes_str("florin seal key id"), mac);
	memcpy(id, mac, SEAL_KEY_ID);
}

enum result seal_close(
        const struct secret32 *key, struct bytes context, struct bytes secret, struct buf *out)
{
	enum result r = RESULT_OURS_BUG;
	EVP_CIPHER_CTX *c = NULL;
	uint8_t id[SEAL_KEY_ID], *iv, *text, *tag;
	int n;

	if (secret.n > SEAL_TEXT_MAX)
		return RESULT_THEIRS_TOO_BIG;
	key_id(key, id);
	buf_u8(out, SEAL_VERSION);
	buf_put(out, id, sizeof(id));
	iv = buf_skip(out, SEAL_IV);
	text = buf_skip(out, secret.n);
	tag = buf_skip(out, SEAL_TAG);
	if (out->failed)
		return RESULT_THEIRS_TOO_BIG;
	random_fill(iv, SEAL_IV);
	c = EVP_CIPHER_CTX_new();
	if (!c || EVP_EncryptInit_ex(c, EVP_aes_256_gcm(), NULL, key->b, iv) != 1)
		goto out;
	if (EVP_EncryptUpdate(c, NULL, &n, context.p, (int)context.n) != 1)
		goto out;
	if (EVP_EncryptUpdate(c, text, &n, secret.p, (int)secret.n) != 1)
		goto out;
	if (EVP_EncryptFinal_ex(c, text + n, &n) != 1)
		goto out;
	if (EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_GCM_GET_TAG, SEAL_TAG, tag) != 1)
		goto out;
	r = RESULT_OK;
out:
	EVP_CIPHER_CTX_free(c);
	return r;
}

enum result seal_open(
        const struct secret32 *key, struct bytes context, struct bytes sealed, struct buf *out)
{
	enum result r = RESULT_THEIRS_UNAUTHENTIC;
	EVP_CIPHER_CTX *c = NULL;
	struct cursor in;
	struct bytes id, iv, text, tag;
	uint8_t expected[SEAL_KEY_ID], version, *plain;
	int n;

	if (sealed.n < SEAL_OVERHEAD)
		return RESULT_THEIRS_MALFORMED;
	cursor_init(&in, sealed);
	version = cursor_u8(&in);
	id = cursor_take(&in, SEAL_KEY_ID);
	iv = cursor_take(&in, SEAL_IV);
	text = cursor_take(&in, sealed.n - SEAL_OVERHEAD);
	tag = cursor_take(&in, SEAL_TAG);
	if (in.failed || version != SEAL_VERSION)
		return RESULT_THEIRS_MALFORMED;
	key_id(key, expected);
	if (!bytes_eq(id, bytes_of(expected, sizeof(expected))))
		return RESULT_THEIRS_UNAUTHENTIC;
	plain = buf_skip(out, text.n);
	if (!plain)
		return RESULT_THEIRS_TOO_BIG;
	c = EVP_CIPHER_CTX_new();
	if (!c || EVP_DecryptInit_ex(c, EVP_aes_256_gcm(), NULL, key->b, iv.p) != 1)
		goto out;
	if (EVP_DecryptUpdate(c, NULL, &n, context.p, (int)context.n) != 1)
		goto out;
	if (EVP_DecryptUpdate(c, plain, &n, text.p, (int)text.n) != 1)
		goto out;
	/* The library wants a pointer that it may write through, and does not. */
	if (EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_GCM_SET_TAG, SEAL_TAG, (void *)(uintptr_t)tag.p) != 1)
		goto out;
	if (EVP_DecryptFinal_ex(c, plain + n, &n) != 1)
		goto out;
	r = RESULT_OK;
out:
	if (r)
		secret_wipe(plain, text.n);
	EVP_CIPHER_CTX_free(c);
	return r;
}
