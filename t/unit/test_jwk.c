#include "unit/harness.h"
#include "unit/vectors.h"

#include <string.h>

#include "codec/jwk.h"

#define X "6vDAtlkQCktErVYxZWWGjEPRPJEuCnS6fYV6KzFjoEo"

static json_t *parse(const char *text)
{
	json_t *value = json_loads(text, JSON_REJECT_DUPLICATES, NULL);

	ck_assert_msg(value != NULL, "%s", text);
	return value;
}

START_TEST(vectors)
{
	struct vectors v;
	const char *name, *why;
	json_t *c;
	struct jwk k;
	size_t i;

	vectors_open(&v, "httpsig");
	json_object_foreach(vectors_get(v.root, "keys"), name, c)
	{
		json_t *public = vectors_get(c, "public_jwk"), *written;

		ck_assert_int_eq(jwk_parse(public, &k, &why), RESULT_OK);
		ck_assert_str_eq(k.kid, name);
		vectors_expect_hex(
		        &v, c, "public_key_hex", bytes_of(k.public_key, sizeof(k.public_key)), 0);
		written = jwk_json(&k);
		ck_assert(json_equal(written, public));
		json_decref(written);
		ck_assert_int_eq(jwk_parse(vectors_get(c, "private_jwk"), &k, &why),
		        RESULT_THEIRS_FORBIDDEN);
	}
	json_array_foreach(vectors_cases(&v, "invalid_jwks", 7), i, c)
	{
		why = NULL;
		ck_assert_msg(jwk_parse(vectors_get(c, "jwk"), &k, &why) != RESULT_OK, "%s",
		        vectors_text(c, "reason"));
		ck_assert_ptr_nonnull(why);
	}
	vectors_close(&v);
}
END_TEST

START_TEST(members)
{
	static const struct {
		const char *text;
		enum result r;
	} rows[] = {
	        {"{\"kid\":\"k\",\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"" X "\"}", RESULT_OK},
	        {"{\"kid\":\"k\",\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"" X
	         "\",\"key_ops\":[\"verify\"],\"ext\":true,\"nickname\":\"n\"}",
	                RESULT_OK},
	        {"{\"kid\":\"k\",\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"" X
	         "\",\"use\":\"enc\"}",
	                RESULT_THEIRS_MALFORMED},
	        {"{\"kid\":\"k\",\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"" X "\",\"alg\":null}",
	                RESULT_THEIRS_MALFORMED},
	        {"{\"kid\":\"\",\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"" X "\"}",
	                RESULT_THEIRS_MALFORMED},
	        {"{\"kid\":\"a\\nb\",\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"" X "\"}",
	                RESULT_THEIRS_MALFORMED},
	        {"{\"kid\":5,\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"" X "\"}",
	                RESULT_THEIRS_MALFORMED},
	        {"{\"kid\":\"k\",\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"" X "=\"}",
	                RESULT_THEIRS_MALFORMED},
	        /* spare bits, the other alphabet, not on the curve, twist of small order */
	        {"{\"kid\":\"k\",\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":"
	         "\"6vDAtlkQCktErVYxZWWGjEPRPJEuCnS6fYV6KzFjoEp\"}",
	                RESULT_THEIRS_MALFORMED},
	        {"{\"kid\":\"k\",\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":"
	         "\"+vDAtlkQCktErVYxZWWGjEPRPJEuCnS6fYV6KzFjoEo\"}",
	                RESULT_THEIRS_MALFORMED},
	        {"{\"kid\":\"k\",\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":"
	         "\"AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}",
	                RESULT_THEIRS_MALFORMED},
	        {"{\"kid\":\"k\",\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":"
	         "\"__________________________________________8\"}",
	                RESULT_THEIRS_MALFORMED},
	        {"{\"kid\":\"k\",\"kty\":\"OKP\",\"crv\":\"Ed25519\"}", RESULT_THEIRS_MALFORMED},
	        {"{\"kid\":\"k\",\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"" X "\",\"d\":null}",
	                RESULT_THEIRS_FORBIDDEN},
	        {"{\"kid\":\"k\",\"kty\":\"oct\",\"k\":\"AAAA\"}", RESULT_THEIRS_FORBIDDEN},
	        {"[]", RESULT_THEIRS_MALFORMED},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		json_t *value = parse(rows[i].text);
		const char *why = NULL;
		struct jwk k;

		ck_assert_msg(jwk_parse(value, &k, &why) == rows[i].r, "%s", rows[i].text);
		ck_assert(rows[i].r == RESULT_OK || why);
		json_decref(value);
	}
}
END_TEST

START_TEST(documents)
{
	json_t *doc =
	        parse("{\"keys\":[1,{\"kid\":\"b\",\"kty\":\"RSA\",\"n\":\"x\"},"
	              "{\"kid\":\"a\",\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"short\"},"
	              "{\"kid\":\"a\",\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"" X "\"}]}");
	json_t *none = parse("{\"keys\":{}}");
	struct jwk k;

	ck_assert_int_eq(jwks_find(doc, "a", &k), RESULT_OK);
	ck_assert_int_eq(jwks_find(doc, "b", &k), RESULT_THEIRS_NOT_FOUND);
	ck_assert_int_eq(jwks_find(doc, "A", &k), RESULT_THEIRS_NOT_FOUND);
	ck_assert_int_eq(jwks_find(doc, "", &k), RESULT_THEIRS_NOT_FOUND);
	ck_assert_int_eq(jwks_find(none, "a", &k), RESULT_THEIRS_MALFORMED);
	json_decref(doc);
	json_decref(none);
}
END_TEST

#define HEX "eaf0c0b659100a4b44ad56316565868c43d13c912e0a74ba7d857a2b3163a04a"
#define PEM                                                                                        \
	"-----BEGIN PUBLIC KEY-----\n"                                                             \
	"MCowBQYDK2VwAyEA6vDAtlkQCktErVYxZWWGjEPRPJEuCnS6fYV6KzFjoEo=\n"                           \
	"-----END PUBLIC KEY-----"

/* The extension's form: padded base64 of a JWK without alg. */
static void base64_of(const char *json, char *out)
{
	base64_encode(bytes_str(json), BASE64_STD, out);
}

START_TEST(pasted)
{
	static const char with_kid[] =
	        "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"" X "\",\"kid\":\"k-1\"}";
	static const char private[] =
	        "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"" X "\",\"d\":\"" X "\"}";
	char extension[512], secret[512], broken[600];
	const struct {
		const char *text;
		enum result r;
		const char *kid;
	} rows[] = {
	        {with_kid, RESULT_OK, "k-1"},
	        {"  {\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"" X "\"}\n", RESULT_OK, ""},
	        {extension, RESULT_OK, "k-1"},
	        {broken, RESULT_OK, "k-1"},
	        {HEX, RESULT_OK, ""},
	        {" " HEX "\n", RESULT_OK, ""},
	        {X, RESULT_OK, ""},
	        {X "=", RESULT_OK, ""},
	        {PEM, RESULT_OK, ""},
	        {PEM "\r\n", RESULT_OK, ""},
	        {"MCowBQYDK2VwAyEA6vDAtlkQCktErVYxZWWGjEPRPJEuCnS6fYV6KzFjoEo=", RESULT_OK, ""},
	        {private, RESULT_THEIRS_FORBIDDEN, ""},
	        {secret, RESULT_THEIRS_FORBIDDEN, ""},
	        {"-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIA==\n-----END PRIVATE KEY-----",
	                RESULT_THEIRS_FORBIDDEN, ""},
	        {"-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VuAyEA6vDAtlkQCktErVYxZWWGjEPRPJEuCnS6fYV6K"
	         "zFjoEo=\n-----END PUBLIC KEY-----",
	                RESULT_THEIRS_MALFORMED, ""}, /* X25519 */
	        {"-----BEGIN PUBLIC KEY-----", RESULT_THEIRS_MALFORMED, ""},
	        {"{", RESULT_THEIRS_MALFORMED, ""},
	        {"{\"kid\":1}", RESULT_THEIRS_MALFORMED, ""},
	        {"", RESULT_THEIRS_MALFORMED, ""},
	        {"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", RESULT_THEIRS_MALFORMED, ""},
	        {"0000000000000000000000000000000000000000000000000000000000000000",
	                RESULT_THEIRS_MALFORMED, ""},
	        {"hello", RESULT_THEIRS_MALFORMED, ""},
	};

	base64_of(with_kid, extension);
	base64_of(private, secret);
	snprintf(broken, sizeof(broken), "%.40s\n%s", extension, extension + 40);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *why = NULL;
		char hex[2 * JWK_PUBLIC_SIZE + 1];
		struct jwk k;

		ck_assert_msg(jwk_parse_text(bytes_str(rows[i].text), &k, &why) == rows[i].r,
		        "%s: %s", rows[i].text, why ? why : "");
		if (rows[i].r) {
			ck_assert_ptr_nonnull(why);
			continue;
		}
		ck_assert_str_eq(k.kid, rows[i].kid);
		hex_encode(bytes_of(k.public_key, sizeof(k.public_key)), hex);
		ck_assert_str_eq(hex, HEX);
	}
}
END_TEST

START_TEST(too_long)
{
	static char text[JWK_TEXT_MAX + 1];
	const char *why;
	struct jwk k;

	memset(text, 'A', sizeof(text));
	ck_assert_int_eq(
	        jwk_parse_text(bytes_of(text, sizeof(text)), &k, &why), RESULT_THEIRS_TOO_BIG);
	ck_assert_int_eq(jwk_parse_text(bytes_of(text, sizeof(text) - 1), &k, &why),
	        RESULT_THEIRS_MALFORMED);
}
END_TEST

/* RFC 8037 A.3 */
START_TEST(thumbprint)
{
	static const char x[] = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
	char out[JWK_THUMBPRINT_SIZE];
	uint8_t key[JWK_PUBLIC_SIZE];
	size_t n;

	ck_assert_int_eq(base64_decode(x, strlen(x), key, sizeof(key), &n), RESULT_OK);
	jwk_thumbprint(key, out);
	ck_assert_str_eq(out, "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_test(t, vectors);
	tcase_add_test(t, members);
	tcase_add_test(t, documents);
	tcase_add_test(t, pasted);
	tcase_add_test(t, too_long);
	tcase_add_test(t, thumbprint);
}

TEST_MAIN("jwk", fill)
