#include "unit/harness.h"
#include "unit/vectors.h"

#include <sodium.h>
#include <string.h>
#include <strings.h>

#include "codec/http_sig.h"

#define FIELDS_MAX 16
#define BASE_MAX   8192
#define NOW        1767225600
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define MUTATIONS 10000 /* each costs ten times as much there; the other build makes them all */
#else
#define MUTATIONS 100000
#endif

/* ---- requests of the vectors ---- */

struct request {
	struct http_sig_field fields[FIELDS_MAX];
	struct http_sig_message m;
};

/* A copy that may be changed. */
static struct bytes copy(struct arena *a, const char *s)
{
	char *p = arena_strdup(a, s ? s : "");

	ck_assert_ptr_nonnull(p);
	return bytes_of(p, strlen(p));
}

static void load(struct arena *a, const json_t *request, struct request *out)
{
	const char *body = vectors_text(request, "body_base64"), *name;
	uint8_t *decoded = arena_alloc(a, BASE_MAX);
	json_t *value;
	size_t n = 0;

	ck_assert_ptr_nonnull(decoded);
	if (body)
		ck_assert_int_eq(
		        base64_decode(body, strlen(body), decoded, BASE_MAX, &n), RESULT_OK);
	*out = (struct request){.m = {.method = copy(a, vectors_text(request, "method")),
	                                .target_uri = copy(a, vectors_text(request, "target_uri")),
	                                .body = bytes_of(decoded, n)}};
	json_object_foreach(vectors_get(request, "headers"), name, value)
	{
		ck_assert_uint_lt(out->m.field_count, FIELDS_MAX);
		out->fields[out->m.field_count++] =
		        (struct http_sig_field){copy(a, name), copy(a, json_string_value(value))};
	}
	out->m.fields = out->fields;
}

static struct http_sig_field *field(struct request *rq, const char *name)
{
	for (size_t i = 0; i < rq->m.field_count; i++) {
		if (rq->fields[i].name.n == strlen(name) &&
		        strncasecmp((const char *)rq->fields[i].name.p, name, strlen(name)) == 0)
			return &rq->fields[i];
	}
	return NULL;
}

static const struct http_sig_rules rules_strict = {HTTP_SIG_DIGEST_STRICT, NOW, 300};

/* As a server does it: the first signature of a key that the client has. */
static enum http_sig_fault check_with(const struct http_sig_message *m,
        enum http_sig_profile profile, const struct http_sig_rules *rules, const struct jwk *client,
        struct buf *base)
{
	struct http_sig sig;
	enum http_sig_fault fault = http_sig_parse(m, profile, &sig);

	if (fault)
		return fault;
	fault = HTTP_SIG_UNKNOWN_KEYID;
	for (size_t i = 0; i < sig.count; i++) {
		if (sig.inputs[i].fault)
			fault = sig.inputs[i].fault;
		else if (strcmp(sig.inputs[i].keyid, client->kid) == 0)
			return http_sig_verify(
			        m, rules, &sig, &sig.inputs[i], client->public_key, base);
	}
	return fault;
}

static enum http_sig_fault check(const struct request *rq, enum http_sig_profile profile,
        const struct http_sig_rules *rules, const struct jwk *client, struct buf *base)
{
	static uint8_t storage[BASE_MAX];

	ck_assert_uint_le(http_sig_base_max(&rq->m), sizeof(storage));
	buf_init(base, storage, http_sig_base_max(&rq->m));
	return check_with(&rq->m, profile, rules, client, base);
}

static void client_key(const struct vectors *v, struct jwk *out)
{
	const json_t *keys = vectors_get(v->root, "keys");
	const char *why;

	ck_assert_int_eq(
	        jwk_parse(vectors_get(vectors_get(keys, "client-key-1"), "public_jwk"), out, &why),
	        RESULT_OK);
}

static const char *expected(const json_t *c, const char *profile)
{
	return vectors_text(vectors_get(c, "expect"), profile);
}

START_TEST(positive)
{
	struct vectors v;
	struct jwk key;
	json_t *c;
	size_t i;

	vectors_open(&v, "httpsig");
	client_key(&v, &key);
	json_array_foreach(vectors_cases(&v, "positive", 16), i, c)
	{
		const char *id = vectors_text(c, "id");
		struct bytes base_wanted = vectors_bytes(c, "signature_base");
		struct http_sig_rules rules = rules_strict;
		enum http_sig_fault fault;
		struct request rq;
		struct buf base;

		load(&v.arena, vectors_get(c, "request"), &rq);
		rules.now_s = vectors_int(c, "now");
		fault = check(&rq, HTTP_SIG_COMPAT, &rules, &key, &base);
		ck_assert_msg(!fault, "%s compat: %s", id, http_sig_fault_name(fault));
		ck_assert_msg(bytes_eq(buf_view(&base), base_wanted), "%s: base differs", id);
		fault = check(&rq, HTTP_SIG_STRICT, &rules, &key, &base);
		ck_assert_msg(!fault == !strcmp(expected(c, "strict"), "accept"), "%s strict: %s",
		        id, http_sig_fault_name(fault));
	}
	vectors_close(&v);
}
END_TEST

START_TEST(negative)
{
	struct vectors v;
	struct jwk key;
	json_t *c;
	size_t i;

	vectors_open(&v, "httpsig");
	client_key(&v, &key);
	json_array_foreach(vectors_cases(&v, "negative", 24), i, c)
	{
		const char *id = vectors_text(c, "id"), *reason = vectors_text(c, "reason");
		struct http_sig_rules rules = rules_strict;
		enum http_sig_fault fault;
		struct request rq;
		struct buf base;

		load(&v.arena, vectors_get(c, "request"), &rq);
		rules.now_s = vectors_int(c, "now");
		for (int profile = 0; profile < 2; profile++) {
			fault = check(&rq, (enum http_sig_profile)profile, &rules, &key, &base);
			ck_assert_msg(strcmp(http_sig_fault_name(fault), reason) == 0,
			        "%s: %s, not %s", id, http_sig_fault_name(fault), reason);
		}
		if (strcmp(expected(c, "compat"), "reject") == 0)
			continue;
		rules.digest = HTTP_SIG_DIGEST_OFF;
		ck_assert_msg(!check(&rq, HTTP_SIG_COMPAT, &rules, &key, &base), "%s", id);
	}
	vectors_close(&v);
}
END_TEST

/* ---- requests of our own, signed by an independent writer of bases ---- */

struct own {
	uint8_t secret[crypto_sign_SECRETKEYBYTES];
	struct jwk key;
	char input[1024], signature[256], base[BASE_MAX];
	struct request rq;
};

static void own_key(struct own *o, const char *kid)
{
	static const uint8_t seed[crypto_sign_SEEDBYTES] = {7};

	crypto_sign_seed_keypair(o->key.public_key, o->secret, seed);
	ck_assert_int_eq(text_copy(o->key.kid, sizeof(o->key.kid), kid), RESULT_OK);
}

static void own_field(struct own *o, const char *name, const char *value)
{
	ck_assert_uint_lt(o->rq.m.field_count, FIELDS_MAX);
	o->rq.fields[o->rq.m.field_count++] =
	        (struct http_sig_field){bytes_str(name), bytes_str(value)};
	o->rq.m.fields = o->rq.fields;
}

/* Signs `lines` (with a newline behind each) and the parameters' line. */
static void own_sign(struct own *o, const char *lines, const char *parameters)
{
	uint8_t raw[crypto_sign_BYTES];
	char text[BASE64_LEN(sizeof(raw)) + 1];
	int n = snprintf(
	        o->base, sizeof(o->base), "%s\"@signature-params\": %s", lines, parameters);

	crypto_sign_detached(raw, NULL, (const uint8_t *)o->base, (unsigned)n, o->secret);
	base64_encode(bytes_of(raw, sizeof(raw)), BASE64_STD, text);
	snprintf(o->input, sizeof(o->input), "sig1=%s", parameters);
	snprintf(o->signature, sizeof(o->signature), "sig1=:%s:", text);
	own_field(o, "Signature-Input", o->input);
	own_field(o, "Signature", o->signature);
}

#define URI "https://wallet.example/op/quotes/7?a=%20b"
#define M   "\"@method\": GET\n"
#define T   "\"@target-uri\": " URI "\n"

static void own_get(struct own *o)
{
	*o = (struct own){0};
	own_key(o, "k");
	o->rq.m.method = bytes_str("GET");
	o->rq.m.target_uri = bytes_str(URI);
}

START_TEST(signature_parameters)
{
	static const struct {
		const char *rest; /* behind the covered components */
		enum http_sig_fault fault;
	} rows[] = {
	        {";created=1767225600;keyid=\"k\"", HTTP_SIG_GOOD},
	        {";keyid=\"k\";created=1767225600;alg=\"ed25519\"", HTTP_SIG_GOOD},
	        {";keyid=\"k\";created=1767225600;tag=\"t\";nonce=\"n\";x;y=1.5", HTTP_SIG_GOOD},
	        {";keyid=\"k\";created=1767225300", HTTP_SIG_GOOD},
	        {";keyid=\"k\";created=1767225299", HTTP_SIG_TOO_OLD},
	        {";keyid=\"k\";created=1767225660", HTTP_SIG_GOOD},
	        {";keyid=\"k\";created=1767225661", HTTP_SIG_IN_FUTURE},
	        {";keyid=\"k\";created=-1", HTTP_SIG_TOO_OLD},
	        {";keyid=\"k\";created=999999999999999", HTTP_SIG_IN_FUTURE},
	        {";keyid=\"k\";created=1767225600;expires=1767225600", HTTP_SIG_GOOD},
	        {";keyid=\"k\";created=1767225590;expires=1767225599", HTTP_SIG_EXPIRED},
	        {";keyid=\"k\"", HTTP_SIG_NO_CREATED},
	        {";created=1767225600", HTTP_SIG_NO_KEYID},
	        {";created=1767225600;keyid=\"\"", HTTP_SIG_NO_KEYID},
	        {";created=1767225600;keyid=\"K\"", HTTP_SIG_UNKNOWN_KEYID},
	        {";created=1767225600;keyid=k", HTTP_SIG_BAD_PARAMETER},
	        {";created=1767225600;keyid=:aw==:", HTTP_SIG_BAD_PARAMETER},
	        {";created=\"1767225600\";keyid=\"k\"", HTTP_SIG_BAD_PARAMETER},
	        {";created=1767225600.0;keyid=\"k\"", HTTP_SIG_BAD_PARAMETER},
	        {";created=@1767225600;keyid=\"k\"", HTTP_SIG_BAD_PARAMETER},
	        {";created;keyid=\"k\"", HTTP_SIG_BAD_PARAMETER},
	        {";created=1767225600;created=1767225600;keyid=\"k\"", HTTP_SIG_BAD_PARAMETER},
	        {";created=1767225600;keyid=\"k\";keyid=\"k\"", HTTP_SIG_BAD_PARAMETER},
	        {";created=1767225600;keyid=\"k\";nonce=1", HTTP_SIG_BAD_PARAMETER},
	        {";created=1767225600;keyid=\"k\";alg=ed25519", HTTP_SIG_BAD_PARAMETER},
	        {";created=1767225600;keyid=\"k\";alg=\"rsa-pss-sha512\"", HTTP_SIG_ALGORITHM},
	        {";created=1767225600;keyid=\"k\";expires=\"x\"", HTTP_SIG_BAD_PARAMETER},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char parameters[512];
		enum http_sig_fault fault;
		struct own o;
		struct buf base;

		own_get(&o);
		snprintf(parameters, sizeof(parameters), "(\"@method\" \"@target-uri\")%s",
		        rows[i].rest);
		own_sign(&o, M T, parameters);
		fault = check(&o.rq, HTTP_SIG_STRICT, &rules_strict, &o.key, &base);
		ck_assert_msg(
		        fault == rows[i].fault, "%s: %s", rows[i].rest, http_sig_fault_name(fault));
	}
}
END_TEST

START_TEST(components)
{
	static const struct {
		const char *list, *lines;
		enum http_sig_fault fault;
	} rows[] = {
	        {"\"@target-uri\" \"@method\"", T M, HTTP_SIG_GOOD},
	        {"\"@method\" \"@target-uri\" \"x\"", M T "\"x\": 1, 2,, 3\n", HTTP_SIG_GOOD},
	        {"\"@method\" \"@target-uri\" \"@authority\" \"@scheme\" \"@path\" \"@query\" "
	         "\"@request-target\"",
	                M T "\"@authority\": wallet.example\n\"@scheme\": https\n"
	                    "\"@path\": /op/quotes/7\n\"@query\": ?a=%20b\n"
	                    "\"@request-target\": /op/quotes/7?a=%20b\n",
	                HTTP_SIG_GOOD},
	        {"\"@method\" \"@target-uri\" \"absent\"", M T "\"absent\": \n",
	                HTTP_SIG_COMPONENT_ABSENT},
	        {"\"@method\" \"@target-uri\" \"X\"", M T "\"X\": 1, 2,, 3\n",
	                HTTP_SIG_NOT_LOWER_CASE},
	        {"\"@method\" \"@target-uri\" \"@status\"", M T "\"@status\": 200\n",
	                HTTP_SIG_UNKNOWN_COMPONENT},
	        {"\"@method\" \"@target-uri\" \"@signature-params\"", M T,
	                HTTP_SIG_UNKNOWN_COMPONENT},
	        {"\"@method\" \"@target-uri\" \"@\"", M T, HTTP_SIG_UNKNOWN_COMPONENT},
	        {"\"@method\" \"@target-uri\" \"\"", M T, HTTP_SIG_UNKNOWN_COMPONENT},
	        {"\"@method\" \"@target-uri\" \"a b\"", M T, HTTP_SIG_UNKNOWN_COMPONENT},
	        {"\"@method\" \"@target-uri\" \"x\";sf", M T "\"x\";sf: 1, 2,, 3\n",
	                HTTP_SIG_UNKNOWN_COMPONENT},
	        {"\"@method\" \"@target-uri\";req", M T, HTTP_SIG_UNKNOWN_COMPONENT},
	        {"\"@method\" \"@target-uri\" \"x\" \"x\"", M T "\"x\": 1\n\"x\": 1\n",
	                HTTP_SIG_COMPONENT_TWICE},
	        {"\"@method\" \"@target-uri\" x", M T "\"x\": 1, 2,, 3\n", HTTP_SIG_BAD_INPUT},
	        {"\"@target-uri\"", T, HTTP_SIG_NO_METHOD},
	        {"\"@method\"", M, HTTP_SIG_NO_TARGET_URI},
	        {"", "", HTTP_SIG_NO_METHOD},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char parameters[512];
		enum http_sig_fault fault;
		struct own o;
		struct buf base;

		own_get(&o);
		own_field(&o, "X", " 1 ");
		own_field(&o, "x", "2, ");
		own_field(&o, "X", "\t3");
		snprintf(parameters, sizeof(parameters), "(%s);created=1767225600;keyid=\"k\"",
		        rows[i].list);
		own_sign(&o, rows[i].lines, parameters);
		fault = check(&o.rq, HTTP_SIG_STRICT, &rules_strict, &o.key, &base);
		ck_assert_msg(fault == rows[i].fault, "%s: %s\n%.*s", rows[i].list,
		        http_sig_fault_name(fault), (int)base.len, (char *)base.p);
	}
}
END_TEST

#define SHORT ";created=1767225600;keyid=\"k\""

/* Both header fields as they come, over a signature that is right. */
START_TEST(headers)
{
	static const char list[] = "(\"@method\" \"@target-uri\")" SHORT;
	struct own good;
	char s[100] = {0};
	struct {
		const char *input, *signature;
		enum http_sig_fault strict, compat;
	} rows[] = {
	        {"sig1=%s", "sig1=:%s:", HTTP_SIG_GOOD, HTTP_SIG_GOOD},
	        {"a.b_c-*=%s", "a.b_c-*=:%s:", HTTP_SIG_GOOD, HTTP_SIG_GOOD},
	        {" sig=%s ", " sig=:%s: ", HTTP_SIG_GOOD, HTTP_SIG_GOOD},
	        {"sig1=%s", "x=1,sig1=:%s:;p", HTTP_SIG_GOOD, HTTP_SIG_GOOD},
	        {NULL, "sig1=:%s:", HTTP_SIG_NO_INPUT, HTTP_SIG_NO_INPUT},
	        {"sig1=%s", NULL, HTTP_SIG_NO_SIGNATURE, HTTP_SIG_NO_SIGNATURE},
	        {"", "sig1=:%s:", HTTP_SIG_BAD_INPUT, HTTP_SIG_BAD_INPUT},
	        {"sig1", "sig1=:%s:", HTTP_SIG_BAD_INPUT, HTTP_SIG_BAD_INPUT},
	        {"sig1=\"x\"", "sig1=:%s:", HTTP_SIG_BAD_INPUT, HTTP_SIG_BAD_INPUT},
	        {"sig1=%s,", "sig1=:%s:", HTTP_SIG_BAD_INPUT, HTTP_SIG_BAD_INPUT},
	        {"sig1=%s,sig1=(\"@method\")", "sig1=:%s:", HTTP_SIG_LABEL_TWICE,
	                HTTP_SIG_LABEL_TWICE},
	        {"sig1=%s", "sig1=:%s:,sig1=:AA==:", HTTP_SIG_LABEL_TWICE, HTTP_SIG_LABEL_TWICE},
	        {"sig1=%s", "sig2=:%s:", HTTP_SIG_LABEL_MISMATCH, HTTP_SIG_LABEL_MISMATCH},
	        {"sig1=%s", "sig1=?1,x=:%s:", HTTP_SIG_BAD_SIGNATURE, HTTP_SIG_BAD_SIGNATURE},
	        {"sig1=%s", "sig1=(:%s:)", HTTP_SIG_BAD_SIGNATURE, HTTP_SIG_BAD_SIGNATURE},
	        {"sig1=%s", "sig1=\"%s\"", HTTP_SIG_BAD_SIGNATURE, HTTP_SIG_BAD_SIGNATURE},
	        {"sig1=%s", "sig1=:AA==:", HTTP_SIG_BAD_SIGNATURE, HTTP_SIG_BAD_SIGNATURE},
	        {"sig1=%s", "sig1=:%s", HTTP_SIG_BAD_SIGNATURE, HTTP_SIG_BAD_SIGNATURE},
	        {"sig1=%s", "sig1=:%s:x", HTTP_SIG_BAD_SIGNATURE, HTTP_SIG_BAD_SIGNATURE},
	        /* what deployed SDKs write */
	        {"sig1=%s", "sig1=%s", HTTP_SIG_BAD_SIGNATURE, HTTP_SIG_GOOD},
	        {"sig1=%s", "%s", HTTP_SIG_BAD_SIGNATURE, HTTP_SIG_GOOD},
	        {"sig1=%s", "sig2=%s", HTTP_SIG_BAD_SIGNATURE, HTTP_SIG_BAD_SIGNATURE},
	        {"sig1=%s", "sig1= %s", HTTP_SIG_BAD_SIGNATURE, HTTP_SIG_BAD_SIGNATURE},
	        {"sig1=%s,b=(\"@method\");keyid=\"b\"", "%s", HTTP_SIG_BAD_SIGNATURE,
	                HTTP_SIG_BAD_SIGNATURE},
	        {"sig1=%s,b=(\"@method\");keyid=\"b\"", "sig1=:%s:", HTTP_SIG_GOOD, HTTP_SIG_GOOD},
	};

	own_get(&good);
	own_sign(&good, M T, list);
	ck_assert_uint_lt(strlen(good.signature), sizeof(s));
	snprintf(s, sizeof(s), "%.*s", (int)BASE64_LEN(HTTP_SIG_SIZE), good.signature + 6);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *input = rows[i].input, *signature = rows[i].signature;
		const char *at;
		char in[512], sg[512];
		enum http_sig_fault strict, compat;
		struct own o;
		struct buf base;

		own_get(&o);
		at = input ? strstr(input, "%s") : NULL;
		snprintf(in, sizeof(in), "%.*s%s%s", at ? (int)(at - input) : 100,
		        input ? input : "", at ? list : "", at ? at + 2 : "");
		at = signature ? strstr(signature, "%s") : NULL;
		snprintf(sg, sizeof(sg), "%.*s%s%s", at ? (int)(at - signature) : 100,
		        signature ? signature : "", at ? s : "", at ? at + 2 : "");
		if (input)
			own_field(&o, "signature-INPUT", in);
		if (signature)
			own_field(&o, "Signature", sg);
		strict = check(&o.rq, HTTP_SIG_STRICT, &rules_strict, &o.key, &base);
		compat = check(&o.rq, HTTP_SIG_COMPAT, &rules_strict, &o.key, &base);
		ck_assert_msg(strict == rows[i].strict, "%s / %s strict: %s", in, sg,
		        http_sig_fault_name(strict));
		ck_assert_msg(compat == rows[i].compat, "%s / %s compat: %s", in, sg,
		        http_sig_fault_name(compat));
	}
}
END_TEST

START_TEST(too_many)
{
	char input[2048] = "", list[4096] = "";
	struct own o;
	struct buf base;

	own_get(&o);
	for (int i = 0; i <= HTTP_SIG_LABELS_MAX; i++)
		snprintf(input + strlen(input), sizeof(input) - strlen(input),
		        "%ss%d=(\"@method\")%s", i ? "," : "", i, SHORT);
	own_field(&o, "Signature-Input", input);
	own_field(&o, "Signature", "s0=:AA==:");
	ck_assert_int_eq(
	        check(&o.rq, HTTP_SIG_STRICT, &rules_strict, &o.key, &base), HTTP_SIG_TOO_MANY);
	own_get(&o);
	snprintf(list, sizeof(list), "sig1=(\"@method\"");
	own_field(&o, "x", "1");
	for (int i = 0; i < HTTP_SIG_COMPONENTS_MAX; i++)
		snprintf(list + strlen(list), sizeof(list) - strlen(list), " \"x\"");
	snprintf(list + strlen(list), sizeof(list) - strlen(list), ")%s", SHORT);
	own_field(&o, "Signature-Input", list);
	own_field(&o, "Signature",
	        "sig1=:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
	        "AAAAAAAAAAAAAA==:");
	ck_assert_int_eq(check(&o.rq, HTTP_SIG_STRICT, &rules_strict, &o.key, &base),
	        HTTP_SIG_COMPONENT_TWICE);
}
END_TEST

/* ---- bodies ---- */

#define BODY "{\"a\":1}"

START_TEST(bodies)
{
	static const char *const signed_lists[] = {"\"@method\" \"@target-uri\"",
	        "\"@method\" \"@target-uri\" \"content-digest\"",
	        "\"@method\" \"@target-uri\" \"content-digest\" \"content-length\""};
	char own_digest[CONTENT_DIGEST_SIZE], both[256], wrong_one[256];
	const struct {
		const char *digest; /* NULL: none */
		const char *length;
		size_t list;
		enum http_sig_fault strict, off;
	} rows[] = {
	        {own_digest, "7", 1, HTTP_SIG_GOOD, HTTP_SIG_GOOD},
	        {own_digest, "7", 2, HTTP_SIG_GOOD, HTTP_SIG_GOOD},
	        {own_digest, "07", 2, HTTP_SIG_GOOD, HTTP_SIG_GOOD},
	        {own_digest, "8", 2, HTTP_SIG_CONTENT_LENGTH, HTTP_SIG_CONTENT_LENGTH},
	        {own_digest, "", 2, HTTP_SIG_CONTENT_LENGTH, HTTP_SIG_CONTENT_LENGTH},
	        {own_digest, "7", 0, HTTP_SIG_NO_CONTENT_DIGEST, HTTP_SIG_GOOD},
	        {NULL, "7", 0, HTTP_SIG_NO_CONTENT_DIGEST, HTTP_SIG_GOOD},
	        {both, "7", 1, HTTP_SIG_GOOD, HTTP_SIG_GOOD},
	        {"md5=:AAAA:", "7", 1, HTTP_SIG_UNKNOWN_DIGEST, HTTP_SIG_UNKNOWN_DIGEST},
	        {"", "7", 1, HTTP_SIG_UNKNOWN_DIGEST, HTTP_SIG_UNKNOWN_DIGEST},
	        {"sha-256=:AAAA:", "7", 1, HTTP_SIG_BAD_DIGEST, HTTP_SIG_BAD_DIGEST},
	        {"sha-256=\"AAAA\"", "7", 1, HTTP_SIG_BAD_DIGEST, HTTP_SIG_BAD_DIGEST},
	        {"sha-256", "7", 1, HTTP_SIG_BAD_DIGEST, HTTP_SIG_BAD_DIGEST},
	        {"sha-256=()", "7", 1, HTTP_SIG_BAD_DIGEST, HTTP_SIG_BAD_DIGEST},
	        {"x", "7", 0, HTTP_SIG_NO_CONTENT_DIGEST, HTTP_SIG_UNKNOWN_DIGEST},
	        {",", "7", 1, HTTP_SIG_BAD_DIGEST, HTTP_SIG_BAD_DIGEST},
	        {wrong_one, "7", 1, HTTP_SIG_DIGEST_MISMATCH, HTTP_SIG_DIGEST_MISMATCH},
	        {wrong_one, "7", 0, HTTP_SIG_NO_CONTENT_DIGEST, HTTP_SIG_DIGEST_MISMATCH},
	};
	uint8_t sum[32];
	char sum_text[BASE64_LEN(32) + 1];

	sha256(bytes_str(BODY), sum);
	base64_encode(bytes_of(sum, 32), BASE64_STD, sum_text);
	content_digest_make(bytes_str(BODY), own_digest);
	snprintf(both, sizeof(both), "md5=:AAAA:, %s, sha-256=:%s:", own_digest, sum_text);
	sum[5] ^= 1;
	base64_encode(bytes_of(sum, 32), BASE64_STD, sum_text);
	snprintf(wrong_one, sizeof(wrong_one), "%s, sha-256=:%s:", own_digest, sum_text);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct http_sig_rules rules = rules_strict;
		char parameters[256], lines[1024];
		enum http_sig_fault strict, off;
		struct own o;
		struct buf base;
		int n;

		own_get(&o);
		o.rq.m.body = bytes_str(BODY);
		if (rows[i].digest)
			own_field(&o, "Content-Digest", rows[i].digest);
		own_field(&o, "Content-Length", rows[i].length);
		snprintf(parameters, sizeof(parameters), "(%s)" SHORT, signed_lists[rows[i].list]);
		n = snprintf(lines, sizeof(lines), "%s", M T);
		if (rows[i].list > 0)
			n += snprintf(lines + n, sizeof(lines) - (size_t)n,
			        "\"content-digest\": %s\n", rows[i].digest);
		if (rows[i].list > 1)
			snprintf(lines + n, sizeof(lines) - (size_t)n, "\"content-length\": %s\n",
			        rows[i].length);
		own_sign(&o, lines, parameters);
		strict = check(&o.rq, HTTP_SIG_STRICT, &rules, &o.key, &base);
		rules.digest = HTTP_SIG_DIGEST_OFF;
		off = check(&o.rq, HTTP_SIG_STRICT, &rules, &o.key, &base);
		ck_assert_msg(
		        strict == rows[i].strict, "row %zu: %s", i, http_sig_fault_name(strict));
		ck_assert_msg(off == rows[i].off, "row %zu: %s", i, http_sig_fault_name(off));
	}
}
END_TEST

/* ---- forgeries ---- */

static uint32_t random_state = 12345;

static size_t random_below(size_t n)
{
	random_state = random_state * 1664525 + 1013904223;
	return (random_state >> 8) % n;
}

/* One byte becomes another one. */
static void mutate(struct bytes b)
{
	/* the requests are copies of this test's own */
	uint8_t *p = (uint8_t *)(uintptr_t)b.p;

	ck_assert_uint_gt(b.n, 0);
	p[random_below(b.n)] ^= (uint8_t)(1 + random_below(255));
}

/* What of a request the signature speaks for: its parts in turn. */
static bool mutate_part(struct request *rq, const struct http_sig *sig, size_t part)
{
	static const char *const names[] = {"signature", "signature-input", "authorization",
	        "content-digest", "content-length", "content-type", "date"};
	struct http_sig_field *f;

	if (part == 0)
		mutate(rq->m.target_uri);
	else if (part == 1)
		mutate(rq->m.method);
	else if (part == 2 && rq->m.body.n > 0)
		mutate(rq->m.body);
	else if (part == 2)
		return false;
	else {
		part -= 3;
		f = field(rq, names[part]);
		if (!f || (part >= 2 && !http_sig_covers(sig, &sig->inputs[0], names[part])))
			return false;
		mutate(f->text);
	}
	return true;
}
#define PARTS 10

/* The requests that strict accepts and that have one signature. */
static size_t good_requests(struct vectors *v, json_t *out[32])
{
	json_t *c;
	size_t i, n = 0;

	json_array_foreach(vectors_cases(v, "positive", 16), i, c)
	{
		if (strcmp(expected(c, "strict"), "accept") == 0 &&
		        strcmp(vectors_text(c, "id"), "P17") != 0)
			out[n++] = vectors_get(c, "request");
	}
	return n;
}

START_TEST(one_byte)
{
	size_t done = 0, refused[HTTP_SIG_FAULTS] = {0}, count;
	json_t *requests[32];
	struct vectors v;
	struct arena a;
	struct jwk key;

	vectors_open(&v, "httpsig");
	client_key(&v, &key);
	count = good_requests(&v, requests);
	ck_assert_uint_eq(count, 13);
	arena_init(&a, 1 << 20);
	for (size_t i = 0; done < MUTATIONS; i++) {
		enum http_sig_fault fault;
		struct http_sig sig;
		struct request rq;
		struct buf base;

		arena_reset(&a);
		load(&a, requests[i % count], &rq);
		ck_assert_int_eq(http_sig_parse(&rq.m, HTTP_SIG_STRICT, &sig), HTTP_SIG_GOOD);
		if (!mutate_part(&rq, &sig, i / count % PARTS))
			continue;
		fault = check(&rq, HTTP_SIG_STRICT, &rules_strict, &key, &base);
		ck_assert_msg(
		        fault != HTTP_SIG_GOOD, "accepted: %.*s", (int)base.len, (char *)base.p);
		refused[fault]++;
		done++;
	}
	/* the cheap reasons are not all there is */
	ck_assert_uint_gt(refused[HTTP_SIG_MISMATCH], MUTATIONS / 10);
	ck_assert_uint_gt(refused[HTTP_SIG_NOT_CANONICAL], 0);
	ck_assert_uint_gt(refused[HTTP_SIG_DIGEST_MISMATCH], 0);
	arena_clear(&a);
	vectors_close(&v);
}
END_TEST

/* Every other way: signed well, but not what is asked for. */
START_TEST(other_ways)
{
	static const char *const lists[][2] = {
	        {"\"@target-uri\" \"authorization\" \"content-digest\"", "TAD"},
	        {"\"@method\" \"authorization\" \"content-digest\"", "MAD"},
	        {"\"@method\" \"@target-uri\" \"content-digest\"", "MTD"},
	        {"\"@method\" \"@target-uri\" \"authorization\"", "MTA"},
	        {"\"@method\" \"@target-uri\" \"authorization\" \"content-digest\"", "MTAD"},
	};
	char digest[CONTENT_DIGEST_SIZE];

	content_digest_make(bytes_str(BODY), digest);
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		for (int created = -1000; created <= 1000; created += 10) {
			char lines[1024] = "", parameters[512];
			bool good = i == 4 && created >= -300 && created <= 60;
			enum http_sig_fault fault;
			struct own o, other;
			struct buf base;

			own_get(&o);
			o.rq.m.body = bytes_str(BODY);
			own_field(&o, "authorization", "GNAP abc");
			own_field(&o, "content-digest", digest);
			for (const char *p = lists[i][1]; *p; p++) {
				size_t n = strlen(lines);

				if (*p == 'M' || *p == 'T')
					snprintf(lines + n, sizeof(lines) - n, "%s",
					        *p == 'M' ? M : T);
				else
					snprintf(lines + n, sizeof(lines) - n, "\"%s\": %s\n",
					        *p == 'A' ? "authorization" : "content-digest",
					        *p == 'A' ? "GNAP abc" : digest);
			}
			snprintf(parameters, sizeof(parameters), "(%s);created=%d;keyid=\"k\"",
			        lists[i][0], NOW + created);
			own_sign(&o, lines, parameters);
			fault = check(&o.rq, HTTP_SIG_STRICT, &rules_strict, &o.key, &base);
			ck_assert_msg(!fault == good, "%s %d: %s", parameters, created,
			        http_sig_fault_name(fault));
			/* the same by a key that only claims to be the client's */
			other = o;
			crypto_sign_keypair(other.key.public_key, other.secret);
			ck_assert_int_ne(
			        check(&o.rq, HTTP_SIG_STRICT, &rules_strict, &other.key, &base),
			        HTTP_SIG_GOOD);
		}
	}
}
END_TEST

/* ---- making ---- */

START_TEST(signing)
{
	char digest[CONTENT_DIGEST_SIZE], length[16];

	content_digest_make(bytes_str(BODY), digest);
	snprintf(length, sizeof(length), "%zu", strlen(BODY));
	for (unsigned with = 0; with < 4; with++) {
		struct http_sig_signer signer = {.keyid = "node-key"};
		struct http_sig_made made;
		enum http_sig_fault fault;
		struct own o;
		struct buf base;

		own_get(&o);
		own_key(&o, "node-key");
		for (size_t i = 0; i < sizeof(signer.private_key); i++)
			signer.private_key[i] = o.secret[i];
		if (with & 1)
			own_field(&o, "Authorization", "GNAP abc");
		if (with & 2) {
			o.rq.m.body = bytes_str(BODY);
			own_field(&o, "Content-Digest", digest);
			own_field(&o, "Content-Length", length);
			own_field(&o, "Content-Type", "application/json");
		}
		ck_assert_int_eq(http_sig_sign(&o.rq.m, &signer, NOW, &made), RESULT_OK);
		own_field(&o, "Signature-Input", made.input);
		own_field(&o, "Signature", made.signature);
		fault = check(&o.rq, HTTP_SIG_STRICT, &rules_strict, &o.key, &base);
		ck_assert_msg(!fault, "%u: %s", with, http_sig_fault_name(fault));
	}
}
END_TEST

/* What the reference's clients write is what we write. */
START_TEST(signing_vectors)
{
	static const char *const same[] = {"P01", "P04", "P05", "P08"};
	struct http_sig_signer signer = {.keyid = "client-key-1"};
	uint8_t public_key[32];
	struct vectors v;
	json_t *c, *key;
	size_t i, n, found = 0;

	vectors_open(&v, "httpsig");
	key = vectors_get(vectors_get(vectors_get(v.root, "keys"), "client-key-1"), "private_jwk");
	{
		const char *d = vectors_text(key, "d");
		uint8_t seed[32];

		ck_assert_int_eq(base64_decode(d, strlen(d), seed, sizeof(seed), &n), RESULT_OK);
		crypto_sign_seed_keypair(public_key, signer.private_key, seed);
	}
	json_array_foreach(vectors_cases(&v, "positive", 16), i, c)
	{
		struct http_sig_made made;
		struct request rq;

		for (n = 0; n < sizeof(same) / sizeof(same[0]); n++)
			if (strcmp(same[n], vectors_text(c, "id")) == 0)
				break;
		if (n == sizeof(same) / sizeof(same[0]))
			continue;
		load(&v.arena, vectors_get(c, "request"), &rq);
		if (rq.m.body.n == 0)
			field(&rq, "content-type")->name = bytes_str("x");
		ck_assert_int_eq(http_sig_sign(&rq.m, &signer, NOW, &made), RESULT_OK);
		ck_assert_msg(bytes_eq_str(field(&rq, "signature-input")->text, made.input),
		        "%s: %s", same[n], made.input);
		ck_assert_msg(
		        bytes_eq_str(field(&rq, "signature")->text, made.signature), "%s", same[n]);
		found++;
	}
	ck_assert_uint_eq(found, sizeof(same) / sizeof(same[0]));
	vectors_close(&v);
}
END_TEST

START_TEST(bad_keyids)
{
	static const char *const rows[] = {"", "a\"b", "a\\b", "a\nb", "\xc3\xbc"};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct http_sig_signer signer = {.keyid = rows[i]};
		struct http_sig_made made;
		struct own o;

		own_get(&o);
		ck_assert_int_eq(
		        http_sig_sign(&o.rq.m, &signer, NOW, &made), RESULT_THEIRS_MALFORMED);
	}
}
END_TEST

START_TEST(every_fault_has_a_text)
{
	for (int f = HTTP_SIG_GOOD + 1; f < HTTP_SIG_FAULTS; f++) {
		ck_assert_ptr_nonnull(http_sig_fault_name((enum http_sig_fault)f));
		ck_assert_uint_gt(strlen(http_sig_fault_text((enum http_sig_fault)f)), 10);
	}
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_test(t, positive);
	tcase_add_test(t, negative);
	tcase_add_test(t, signature_parameters);
	tcase_add_test(t, components);
	tcase_add_test(t, headers);
	tcase_add_test(t, too_many);
	tcase_add_test(t, bodies);
	tcase_add_test(t, one_byte);
	tcase_add_test(t, other_ways);
	tcase_add_test(t, signing);
	tcase_add_test(t, signing_vectors);
	tcase_add_test(t, bad_keyids);
	tcase_add_test(t, every_fault_has_a_text);
}

TEST_MAIN("http_sig", fill)
