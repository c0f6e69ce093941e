#include "auth/passkey.h"

#include <fido.h>
#include <fido/eddsa.h>
#include <fido/es256.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "codec/json_scan.h"

#define CHALLENGE_BYTES (8 + 32)
#define RP_HASH_BYTES   32
#define FLAGS_AT        RP_HASH_BYTES /* of authenticator data: hash, flags, counter, ... */
#define FLAG_PRESENT    0x01
#define FLAG_VERIFIED   0x04
#define FLAG_KEY        0x40
#define AUTH_DATA_MIN   37

void passkey_start(void)
{
	fido_init(0);
}

enum result passkey_host(const char *public_url, char out[PASSKEY_HOST_SIZE])
{
	const char *host = strstr(public_url, "://");
	size_t n;

	host = host ? host + 3 : public_url;
	n = strcspn(host, ":/");
	if (n >= PASSKEY_HOST_SIZE)
		return RESULT_THEIRS_TOO_BIG;
	memcpy(out, host, n);
	out[n] = '\0';
	return RESULT_OK;
}

/* ---- challenges ---- */

static void tag_of(const struct secret32 *key, const char *cookie, const char *purpose,
        const uint8_t time[8], uint8_t out[32])
{
	struct secret32 inner;
	uint8_t text[128];
	struct buf b;

	/* The cookie has one length, and so has the time: no two inputs are one. */
	hmac_sha256(bytes_of(key->b, sizeof(key->b)), bytes_str(cookie), inner.b);
	buf_init(&b, text, sizeof(text));
	buf_put(&b, time, 8);
	buf_bytes(&b, bytes_str(purpose));
	hmac_sha256(bytes_of(inner.b, sizeof(inner.b)), buf_view(&b), out);
	secret_clear(&inner);
}

void passkey_challenge(const struct secret32 *key, const char *cookie, const char *purpose,
        int64_t now_ms, char out[PASSKEY_CHALLENGE_SIZE])
{
	uint8_t bytes[CHALLENGE_BYTES];
	struct buf b;

	buf_init(&b, bytes, sizeof(bytes));
	buf_u64(&b, (uint64_t)now_ms);
	tag_of(key, cookie, purpose, bytes, bytes + 8);
	base64_encode(bytes_of(bytes, sizeof(bytes)), BASE64_URL | BASE64_NO_PAD, out);
}

static bool challenge_is_right(const struct passkey_wanted *w, const char *text, int64_t *asked_ms)
{
	uint8_t bytes[CHALLENGE_BYTES], tag[32];
	uint64_t made_ms = 0;
	size_t n;

	if (!*w->cookie ||
	        base64_decode(text, strlen(text), bytes, sizeof(bytes), &n) != RESULT_OK ||
	        n != sizeof(bytes))
		return false;
	for (size_t i = 0; i < 8; i++)
		made_ms = made_ms << 8 | bytes[i];
	*asked_ms = (int64_t)made_ms;
	tag_of(w->key, w->cookie, w->purpose, bytes, tag);
	return secret_eq_bytes(bytes_of(tag, sizeof(tag)), bytes_of(bytes + 8, sizeof(tag))) &&
	       (int64_t)made_ms <= w->now_ms && w->now_ms - (int64_t)made_ms < PASSKEY_CHALLENGE_MS;
}

/* ---- what the browser says ---- */

static bool is_text(const json_t *object, const char *name, const char *wanted)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text && strcmp(text, wanted) == 0;
}

/* WebAuthn 7.1, 7 to 10; 7.2, 11 to 13: what kind, which challenge, from which origin. */
static enum result check_words(const struct passkey_wanted *w, const struct passkey_answer *a,
        const char *type, int64_t *asked_ms)
{
	const char *challenge;
	json_t *words;
	size_t at;
	bool right;

	if (a->client_data.n > PASSKEY_DATA_MAX ||
	        json_scan(a->client_data, &json_scan_default, &at))
		return RESULT_THEIRS_MALFORMED;
	words = json_loadb(
	        (const char *)a->client_data.p, a->client_data.n, JSON_REJECT_DUPLICATES, NULL);
	if (!json_is_object(words)) {
		json_decref(words);
		return RESULT_THEIRS_MALFORMED;
	}
	challenge = json_string_value(json_object_get(words, "challenge"));
	right = challenge && is_text(words, "type", type) &&
	        is_text(words, "origin", w->public_url) &&
	        challenge_is_right(w, challenge, asked_ms) &&
	        !json_is_true(json_object_get(words, "crossOrigin"));
	json_decref(words);
	return right ? RESULT_OK : RESULT_THEIRS_UNAUTHENTIC;
}

/* 7.1, 13 to 15: for this site, by somebody who was there and was verified. */
static enum result check_site(const struct passkey_wanted *w, struct bytes data, uint8_t flags)
{
	uint8_t hash[RP_HASH_BYTES];
	char host[PASSKEY_HOST_SIZE];

	if (data.n < AUTH_DATA_MIN || data.n > PASSKEY_DATA_MAX)
		return RESULT_THEIRS_MALFORMED;
	if (passkey_host(w->public_url, host))
		return RESULT_THEIRS_UNAUTHENTIC;
	sha256(bytes_str(host), hash);
	if (memcmp(data.p, hash, sizeof(hash)) != 0 || (data.p[FLAGS_AT] & flags) != flags)
		return RESULT_THEIRS_UNAUTHENTIC;
	return RESULT_OK;
}

/* ---- a new one ---- */

static enum result take(const fido_cred_t *c, int algorithm, struct passkey *out)
{
	size_t id_n = fido_cred_id_len(c), public_n = fido_cred_pubkey_len(c);

	if (id_n == 0 || id_n > sizeof(out->id) || public_n == 0 ||
	        public_n > sizeof(out->public_key))
		return RESULT_THEIRS_MALFORMED;
	memcpy(out->id, fido_cred_id_ptr(c), id_n);
	memcpy(out->public_key, fido_cred_pubkey_ptr(c), public_n);
	out->id_n = id_n;
	out->public_n = public_n;
	out->algorithm = algorithm;
	out->counter = fido_cred_sigcount(c);
	return RESULT_OK;
}

/* The library reads a key of the algorithm that it was told to expect. */
static enum result decode(struct bytes data, int algorithm, struct passkey *out)
{
	fido_cred_t *c = fido_cred_new();
	enum result r = RESULT_THEIRS_BAD_TYPE;

	if (!c)
		return RESULT_OURS_MEMORY;
	if (fido_cred_set_type(c, algorithm) == FIDO_OK &&
	        fido_cred_set_authdata_raw(c, data.p, data.n) == FIDO_OK)
		r = take(c, algorithm, out);
	fido_cred_free(&c);
	return r;
}

enum result passkey_register(
        const struct passkey_wanted *w, const struct passkey_answer *a, struct passkey *out)
{
	int64_t asked_ms;
	enum result r = check_words(w, a, "webauthn.create", &asked_ms);

	if (!r)
		r = check_site(w, a->auth_data, FLAG_PRESENT | FLAG_VERIFIED | FLAG_KEY);
	if (!r)
		r = decode(a->auth_data, COSE_ES256, out);
	return r == RESULT_THEIRS_BAD_TYPE ? decode(a->auth_data, COSE_EDDSA, out) : r;
}

/* ---- a signature ---- */

static enum result verify(const fido_assert_t *assertion, const struct passkey *by)
{
	int r = FIDO_ERR_INTERNAL;

	if (by->algorithm == COSE_ES256) {
		es256_pk_t *pk = es256_pk_new();

		if (pk && es256_pk_from_ptr(pk, by->public_key, by->public_n) == FIDO_OK)
			r = fido_assert_verify(assertion, 0, COSE_ES256, pk);
		es256_pk_free(&pk);
	} else if (by->algorithm == COSE_EDDSA) {
		eddsa_pk_t *pk = eddsa_pk_new();

		if (pk && eddsa_pk_from_ptr(pk, by->public_key, by->public_n) == FIDO_OK)
			r = fido_assert_verify(assertion, 0, COSE_EDDSA, pk);
		eddsa_pk_free(&pk);
	}
	return r == FIDO_OK ? RESULT_OK : RESULT_THEIRS_UNAUTHENTIC;
}

static enum result fill(fido_assert_t *assertion, const struct passkey_answer *a, const char *host)
{
	uint8_t hash[32];

	sha256(a->client_data, hash);
	if (fido_assert_set_clientdata_hash(assertion, hash, sizeof(hash)) != FIDO_OK ||
	        fido_assert_set_rp(assertion, host) != FIDO_OK ||
	        fido_assert_set_count(assertion, 1) != FIDO_OK ||
	        fido_assert_set_up(assertion, FIDO_OPT_TRUE) != FIDO_OK ||
	        fido_assert_set_uv(assertion, FIDO_OPT_TRUE) != FIDO_OK)
		return RESULT_OURS_MEMORY;
	if (fido_assert_set_authdata_raw(assertion, 0, a->auth_data.p, a->auth_data.n) != FIDO_OK ||
	        fido_assert_set_sig(assertion, 0, a->signature.p, a->signature.n) != FIDO_OK)
		return RESULT_THEIRS_MALFORMED;
	return RESULT_OK;
}

enum result passkey_check(const struct passkey_wanted *w, const struct passkey_answer *a,
        const struct passkey *by, struct passkey_use *out)
{
	fido_assert_t *assertion;
	char host[PASSKEY_HOST_SIZE];
	enum result r = check_words(w, a, "webauthn.get", &out->asked_ms);

	if (!r)
		r = check_site(w, a->auth_data, FLAG_PRESENT | FLAG_VERIFIED);
	if (!r)
		r = passkey_host(w->public_url, host);
	if (r)
		return r;
	if (a->signature.n == 0 || a->signature.n > PASSKEY_DATA_MAX)
		return RESULT_THEIRS_MALFORMED;
	assertion = fido_assert_new();
	if (!assertion)
		return RESULT_OURS_MEMORY;
	r = fill(assertion, a, host);
	if (!r)
		r = verify(assertion, by);
	out->counter = fido_assert_sigcount(assertion, 0);
	fido_assert_free(&assertion);
	return r;
}
