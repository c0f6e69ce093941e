#include "codec/jwk.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "base/secret.h"
#include "base/text.h"
#include "base/words.h"
#include "codec/json_scan.h"

/* SubjectPublicKeyInfo of an Ed25519 key up to its 32 bytes: RFC 8410 4. */
static const uint8_t spki[] = {
        0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00};
#define DER_SIZE (sizeof(spki) + JWK_PUBLIC_SIZE)

static const char no_point[] = WORDS("the key is not a point of Ed25519's group");

static enum result refuse(const char **why, enum result r, const char *text)
{
	*why = text;
	return r;
}

static enum result malformed(const char **why, const char *text)
{
	return refuse(why, RESULT_THEIRS_MALFORMED, text);
}

bool jwk_is_kid(const char *kid)
{
	size_t n = strlen(kid);

	for (size_t i = 0; i < n; i++)
		if (kid[i] < ' ' || kid[i] > '~')
			return false;
	return n > 0 && n <= JWK_KID_MAX;
}

bool jwk_is_public_key(const uint8_t public_key[JWK_PUBLIC_SIZE])
{
	return crypto_core_ed25519_is_valid_point(public_key) == 1;
}

/* ---- JWK ---- */

/* RFC 7518 6.2.2, 6.3.2, 6.4.1; RFC 8037 2 */
static bool has_private_member(const json_t *value)
{
	static const char *const members[] = {"d", "p", "q", "dp", "dq", "qi", "oth", "k"};

	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
		if (json_object_get(value, members[i]))
			return true;
	return false;
}

static bool is_text(const json_t *value, const char *member, const char *wanted)
{
	const json_t *v = json_object_get(value, member);

	return json_is_string(v) && json_string_length(v) == strlen(wanted) &&
	       strcmp(json_string_value(v), wanted) == 0;
}

static bool is_text_or_absent(const json_t *value, const char *member, const char *wanted)
{
	return !json_object_get(value, member) || is_text(value, member, wanted);
}

static enum result read_x(const json_t *value, struct jwk *out, const char **why)
{
	const json_t *v = json_object_get(value, "x");
	const char *x = json_string_value(v);
	size_t n = 0;

	if (!x || json_string_length(v) != JWK_X_SIZE - 1 || strpbrk(x, "+/="))
		return malformed(why, WORDS("x must be 32 bytes in base64url without padding"));
	if (base64_decode(x, JWK_X_SIZE - 1, out->public_key, JWK_PUBLIC_SIZE, &n) ||
	        n != JWK_PUBLIC_SIZE)
		return malformed(why, WORDS("x must be 32 bytes in base64url without padding"));
	if (!jwk_is_public_key(out->public_key))
		return malformed(why, no_point);
	return RESULT_OK;
}

/* All but the kid. */
static enum result read_key(const json_t *value, struct jwk *out, const char **why)
{
	if (!json_is_object(value))
		return malformed(why, WORDS("a JWK is a JSON object"));
	if (has_private_member(value))
		return refuse(why, RESULT_THEIRS_FORBIDDEN,
		        WORDS("this holds a private key: give the public half only, and make a new "
		              "key"));
	if (!is_text(value, "kty", "OKP"))
		return malformed(why, WORDS("kty must be OKP"));
	if (!is_text(value, "crv", "Ed25519"))
		return malformed(why, WORDS("crv must be Ed25519"));
	if (!is_text_or_absent(value, "alg", "EdDSA"))
		return malformed(why, WORDS("alg must be EdDSA"));
	if (!is_text_or_absent(value, "use", "sig"))
		return malformed(why, WORDS("use must be sig"));
	return read_x(value, out, why);
}

static enum result read_kid(const json_t *value, struct jwk *out, const char **why)
{
	const json_t *v = json_object_get(value, "kid");
	const char *kid = json_string_value(v);

	if (!kid || strlen(kid) != json_string_length(v) || !jwk_is_kid(kid))
		return malformed(why, WORDS("kid must be 1 to 256 printable ASCII characters"));
	return text_copy(out->kid, sizeof(out->kid), kid);
}

enum result jwk_parse(const json_t *value, struct jwk *out, const char **why)
{
	TRY(read_key(value, out, why));
	return read_kid(value, out, why);
}

enum result jwks_find(const json_t *document, const char *kid, struct jwk *out)
{
	const json_t *keys = json_object_get(document, "keys"), *value;
	const char *why;
	size_t i;

	if (!json_is_array(keys))
		return RESULT_THEIRS_MALFORMED;
	json_array_foreach(keys, i, value)
	{
		if (is_text(value, "kid", kid) && jwk_parse(value, out, &why) == RESULT_OK)
			return RESULT_OK;
	}
	return RESULT_THEIRS_NOT_FOUND;
}

/* ---- what people paste ---- */

static bool is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static struct bytes trim(struct bytes s)
{
	while (s.n > 0 && is_blank(s.p[s.n - 1]))
		s.n--;
	while (s.n > 0 && is_blank(s.p[0]))
		s = bytes_of(s.p + 1, s.n - 1);
	return s;
}

/* Without the blanks in between. Errors: THEIRS_TOO_BIG. */
static enum result squeeze(struct bytes s, char *out, size_t size, size_t *n)
{
	*n = 0;
	for (size_t i = 0; i < s.n; i++) {
		if (is_blank(s.p[i]))
			continue;
		if (*n == size)
			return RESULT_THEIRS_TOO_BIG;
		out[(*n)++] = (char)s.p[i];
	}
	return RESULT_OK;
}

static enum result parse_json(struct bytes text, struct jwk *out, const char **why)
{
	json_t *value = NULL;
	enum result r;
	size_t at;

	r = json_scan(text, &json_scan_default, &at);
	if (!r)
		value = json_loadb((const char *)text.p, text.n, JSON_REJECT_DUPLICATES, NULL);
	if (!value)
		return malformed(
		        why, WORDS("the text looks like a JWK but is not well-formed JSON"));
	r = read_key(value, out, why);
	if (!r && json_object_get(value, "kid"))
		r = read_kid(value, out, why);
	json_decref(value);
	return r;
}

static enum result take_point(const uint8_t *key, struct jwk *out, const char **why)
{
	if (!jwk_is_public_key(key))
		return malformed(why, no_point);
	memcpy(out->public_key, key, JWK_PUBLIC_SIZE);
	return RESULT_OK;
}

static enum result parse_pem(struct bytes text, struct jwk *out, const char **why)
{
	static const char begin[] = "-----BEGIN PUBLIC KEY-----";
	static const char end[] = "-----END PUBLIC KEY-----";
	char body[BASE64_LEN(DER_SIZE)];
	uint8_t der[DER_SIZE];
	size_t n;

	if (memmem(text.p, text.n, "PRIVATE KEY", strlen("PRIVATE KEY")))
		return refuse(why, RESULT_THEIRS_FORBIDDEN,
		        WORDS("this holds a private key: give the public half only, and make a new "
		              "key"));
	if (text.n < strlen(begin) + strlen(end) || memcmp(text.p, begin, strlen(begin)) != 0 ||
	        memcmp(text.p + text.n - strlen(end), end, strlen(end)) != 0)
		return malformed(why, WORDS("a PEM key must be one PUBLIC KEY block"));
	text = bytes_of(text.p + strlen(begin), text.n - strlen(begin) - strlen(end));
	if (squeeze(text, body, sizeof(body), &n) || base64_decode(body, n, der, sizeof(der), &n) ||
	        n != sizeof(der) || memcmp(der, spki, sizeof(spki)) != 0)
		return malformed(why, WORDS("the PEM block is not an Ed25519 public key"));
	return take_point(der + sizeof(spki), out, why);
}

/* Base64 of 32 bytes or of a JWK; hex. */
static enum result parse_encoded(struct bytes text, struct jwk *out, const char **why)
{
	char squeezed[JWK_TEXT_MAX];
	uint8_t plain[JWK_TEXT_MAX];
	size_t n, plain_n;
	enum result r;

	TRY(squeeze(text, squeezed, sizeof(squeezed), &n));
	if (n == (size_t)2 * JWK_PUBLIC_SIZE &&
	        hex_decode(squeezed, n, plain, sizeof(plain), &plain_n) == RESULT_OK)
		return take_point(plain, out, why);
	if (base64_decode(squeezed, n, plain, sizeof(plain), &plain_n) == RESULT_OK) {
		if (plain_n == JWK_PUBLIC_SIZE)
			return take_point(plain, out, why);
		if (plain_n == DER_SIZE && memcmp(plain, spki, sizeof(spki)) == 0)
			return take_point(plain + sizeof(spki), out, why);
		if (plain_n > 0 && plain[0] == '{') {
			r = parse_json(bytes_of(plain, plain_n), out, why);
			secret_wipe(plain, sizeof(plain)); /* it may have been a private key */
			return r;
		}
	}
	return malformed(why, WORDS("this is no JWK, no base64 of a JWK, no PEM public key and no "
	                            "Ed25519 key of 32 bytes in hex or base64"));
}

enum result jwk_parse_text(struct bytes text, struct jwk *out, const char **why)
{
	static const char dashes[] = "-----";

	text = trim(text);
	out->kid[0] = '\0';
	if (text.n > JWK_TEXT_MAX)
		return refuse(why, RESULT_THEIRS_TOO_BIG, WORDS("the text is too long for a key"));
	if (text.n > 0 && text.p[0] == '{')
		return parse_json(text, out, why);
	if (text.n > strlen(dashes) && memcmp(text.p, dashes, strlen(dashes)) == 0)
		return parse_pem(text, out, why);
	return parse_encoded(text, out, why);
}

/* ---- writing ---- */

static void x_of(const uint8_t public_key[JWK_PUBLIC_SIZE], char out[JWK_X_SIZE])
{
	base64_encode(bytes_of(public_key, JWK_PUBLIC_SIZE), BASE64_URL | BASE64_NO_PAD, out);
}

json_t *jwk_json(const struct jwk *k)
{
	char x[JWK_X_SIZE];

	x_of(k->public_key, x);
	return json_pack("{s:s,s:s,s:s,s:s,s:s,s:s}", "kid", k->kid, "alg", "EdDSA", "use", "sig",
	        "kty", "OKP", "crv", "Ed25519", "x", x);
}

/* RFC 7638 3: the required members in order of name, no blanks. */
void jwk_thumbprint(const uint8_t public_key[JWK_PUBLIC_SIZE], char out[JWK_THUMBPRINT_SIZE])
{
	char x[JWK_X_SIZE], text[128];
	uint8_t sum[32];
	int n;

	x_of(public_key, x);
	n = snprintf(text, sizeof(text), "{\"crv\":\"Ed25519\",\"kty\":\"OKP\",\"x\":\"%s\"}", x);
	sha256(bytes_of(text, (size_t)n), sum);
	base64_encode(bytes_of(sum, sizeof(sum)), BASE64_URL | BASE64_NO_PAD, out);
}
