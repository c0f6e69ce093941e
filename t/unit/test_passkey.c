/* Passkeys: a device made of libsodium, whose answers are changed one by one. */
#include "unit/harness.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "auth/passkey.h"

#define URL     "http://localhost:3000"
#define COOKIE  "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define PURPOSE "passkey login"
#define NOW     1700000000000

static const struct secret32 key = {{7}};

/* What a device says; members that are not set are as they should be. */
struct device {
	const char *type, *origin, *host, *cookie, *purpose, *more;
	int64_t age_ms;
	uint8_t flags_off, algorithm;
	uint32_t counter;
	bool other_key, other_bytes, no_json, cut;
};

static uint8_t public_key[32], secret_key[64], words[512], data[256], signature[64];
static struct passkey_answer answer;

static void say(const struct device *d, const char *type)
{
	char challenge[PASSKEY_CHALLENGE_SIZE];
	int n;

	passkey_challenge(&key, d->cookie ? d->cookie : COOKIE, d->purpose ? d->purpose : PURPOSE,
	        NOW - d->age_ms, challenge);
	n = snprintf((char *)words, sizeof(words),
	        "%s{\"type\":\"%s\",\"challenge\":\"%s\",\"origin\":\"%s\"%s}",
	        d->no_json ? "x" : "", d->type ? d->type : type, challenge,
	        d->origin ? d->origin : URL, d->more ? d->more : "");
	answer.client_data = bytes_of(words, (size_t)n);
}

static void tell(const struct device *d, bool with_key)
{
	/* {1: 1, 3: -8, -1: 6, -2: h'...'} of RFC 9053 7.2 */
	static const uint8_t cose[] = {0xa4, 0x01, 0x01, 0x03, 0x27, 0x20, 0x06, 0x21, 0x58, 0x20};
	static const uint8_t aaguid[16];
	uint8_t hash[32];
	struct buf b;

	sha256(bytes_str(d->host ? d->host : "localhost"), hash);
	buf_init(&b, data, sizeof(data));
	buf_put(&b, hash, sizeof(hash));
	buf_u8(&b, (uint8_t)((with_key ? 0x45 : 0x05) & ~d->flags_off));
	buf_u32(&b, d->counter);
	if (with_key) {
		buf_put(&b, aaguid, sizeof(aaguid));
		buf_u16(&b, 4);
		buf_put(&b, "\x01\x02\x03\x04", 4);
		buf_put(&b, cose, sizeof(cose));
		if (d->algorithm)
			data[b.len - 6] = d->algorithm;
		buf_put(&b, public_key, sizeof(public_key));
	}
	answer.auth_data = bytes_of(data, d->cut ? b.len - 1 : b.len);
}

static void sign(const struct device *d)
{
	uint8_t other[32], both[sizeof(data) + 32], secret[64];
	size_t n = answer.auth_data.n;

	memcpy(both, answer.auth_data.p, n);
	sha256(answer.client_data, both + n);
	memcpy(secret, secret_key, sizeof(secret));
	if (d->other_key)
		crypto_sign_keypair(other, secret);
	crypto_sign_detached(signature, NULL, both, n + 32, secret);
	if (d->other_bytes)
		signature[0] ^= 1;
	answer.signature = bytes_of(signature, sizeof(signature));
}

static const struct passkey_wanted wanted = {&key, COOKIE, PURPOSE, URL, NOW};

static const struct {
	struct device device;
	enum result registered, checked;
} cases[] = {
        {{0}, RESULT_OK, RESULT_OK},
        {{.counter = 9}, RESULT_OK, RESULT_OK},
        {{.age_ms = PASSKEY_CHALLENGE_MS - 1}, RESULT_OK, RESULT_OK},
        {{.more = ",\"crossOrigin\":false"}, RESULT_OK, RESULT_OK},
        {{.age_ms = PASSKEY_CHALLENGE_MS}, RESULT_THEIRS_UNAUTHENTIC, RESULT_THEIRS_UNAUTHENTIC},
        {{.age_ms = -1}, RESULT_THEIRS_UNAUTHENTIC, RESULT_THEIRS_UNAUTHENTIC},
        {{.type = "webauthn.other"}, RESULT_THEIRS_UNAUTHENTIC, RESULT_THEIRS_UNAUTHENTIC},
        {{.origin = "https://localhost:3000"}, RESULT_THEIRS_UNAUTHENTIC,
                RESULT_THEIRS_UNAUTHENTIC},
        {{.origin = "http://localhost:3001"}, RESULT_THEIRS_UNAUTHENTIC, RESULT_THEIRS_UNAUTHENTIC},
        {{.host = "evil.example"}, RESULT_THEIRS_UNAUTHENTIC, RESULT_THEIRS_UNAUTHENTIC},
        {{.cookie = "BAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}, RESULT_THEIRS_UNAUTHENTIC,
                RESULT_THEIRS_UNAUTHENTIC},
        {{.purpose = "new passkey"}, RESULT_THEIRS_UNAUTHENTIC, RESULT_THEIRS_UNAUTHENTIC},
        {{.more = ",\"crossOrigin\":true"}, RESULT_THEIRS_UNAUTHENTIC, RESULT_THEIRS_UNAUTHENTIC},
        {{.more = ",\"type\":\"webauthn.get\""}, RESULT_THEIRS_MALFORMED, RESULT_THEIRS_MALFORMED},
        {{.no_json = true}, RESULT_THEIRS_MALFORMED, RESULT_THEIRS_MALFORMED},
        {{.flags_off = 0x01}, RESULT_THEIRS_UNAUTHENTIC, RESULT_THEIRS_UNAUTHENTIC},
        {{.flags_off = 0x04}, RESULT_THEIRS_UNAUTHENTIC, RESULT_THEIRS_UNAUTHENTIC},
        {{.cut = true}, RESULT_THEIRS_BAD_TYPE, RESULT_THEIRS_MALFORMED},
        {{.algorithm = 0x38}, RESULT_THEIRS_BAD_TYPE, RESULT_OK},
        {{.other_key = true}, RESULT_OK, RESULT_THEIRS_UNAUTHENTIC},
        {{.other_bytes = true}, RESULT_OK, RESULT_THEIRS_UNAUTHENTIC},
};

START_TEST(a_device)
{
	const struct device *d = &cases[_i].device;
	struct passkey made = {0}, by = {.algorithm = -8, .public_n = sizeof(public_key)};
	struct passkey_use use = {0};
	enum result r;

	ck_assert_int_ge(sodium_init(), 0);
	passkey_start();
	crypto_sign_keypair(public_key, secret_key);
	memcpy(by.public_key, public_key, sizeof(public_key));
	say(d, "webauthn.create");
	tell(d, true);
	r = passkey_register(&wanted, &answer, &made);
	ck_assert_msg(r == cases[_i].registered, "%d: made: %s", _i, result_name(r));
	if (!r) {
		ck_assert_uint_eq(made.id_n, 4);
		ck_assert_int_eq(made.algorithm, -8);
		ck_assert_uint_eq(made.public_n, sizeof(public_key));
		ck_assert_mem_eq(made.public_key, public_key, sizeof(public_key));
		ck_assert_uint_eq(made.counter, d->counter);
	}
	say(d, "webauthn.get");
	tell(d, false);
	sign(d);
	r = passkey_check(&wanted, &answer, &by, &use);
	ck_assert_msg(r == cases[_i].checked, "%d: used: %s", _i, result_name(r));
	if (!r) {
		ck_assert_uint_eq(use.counter, d->counter);
		ck_assert(use.asked_ms > 0 && use.asked_ms <= wanted.now_ms);
	}
}
END_TEST

START_TEST(hosts)
{
	char host[PASSKEY_HOST_SIZE];

	ck_assert_int_eq(passkey_host("https://wallet.example", host), RESULT_OK);
	ck_assert_str_eq(host, "wallet.example");
	ck_assert_int_eq(passkey_host("http://localhost:3000", host), RESULT_OK);
	ck_assert_str_eq(host, "localhost");
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_loop_test(t, a_device, 0, sizeof(cases) / sizeof(cases[0]));
	tcase_add_test(t, hosts);
}

TEST_MAIN("passkey", fill)
