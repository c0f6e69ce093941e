#include "unit/harness.h"
#include "unit/vectors.h"

#include <string.h>

#include "codec/stream_credentials.h"

static struct bytes view(const struct secret32 *s)
{
	return bytes_of(s->b, sizeof(s->b));
}

static void token_of_case(struct vectors *v, const json_t *c, struct stream_token *t)
{
	*t = (struct stream_token){
	        .has_tag = vectors_text(c, "payment_tag") != NULL,
	        .has_receipt = vectors_text(c, "receipt_nonce") != NULL,
	        .has_asset = vectors_text(c, "asset_code") != NULL,
	};
	if (t->has_tag)
		t->tag = vectors_bytes(c, "payment_tag");
	if (t->has_receipt) {
		struct bytes nonce = vectors_hex(v, c, "receipt_nonce");

		ck_assert_uint_eq(nonce.n, sizeof(t->receipt_nonce));
		memcpy(t->receipt_nonce, nonce.p, nonce.n);
		vectors_secret(v, c, "receipt_secret", &t->receipt_secret);
	}
	if (t->has_asset) {
		t->asset_code = vectors_bytes(c, "asset_code");
		t->asset_scale = (uint8_t)vectors_int(c, "asset_scale");
	}
}

static void check_same(const struct stream_token *a, const struct stream_token *b)
{
	ck_assert(a->has_tag == b->has_tag);
	ck_assert(a->has_receipt == b->has_receipt);
	ck_assert(a->has_asset == b->has_asset);
	ck_assert(bytes_eq(a->tag, b->tag));
	ck_assert_mem_eq(a->receipt_nonce, b->receipt_nonce, sizeof(a->receipt_nonce));
	ck_assert(secret_eq(&a->receipt_secret, &b->receipt_secret));
	ck_assert(bytes_eq(a->asset_code, b->asset_code));
	ck_assert_uint_eq(a->asset_scale, b->asset_scale);
}

START_TEST(vectors_both_ways)
{
	struct vectors v;
	struct secret32 server_secret;
	struct stream_credentials *server;
	json_t *c;
	size_t i;

	vectors_open(&v, "stream_credentials");
	vectors_secret(&v, v.root, "server_secret", &server_secret);
	server = stream_credentials_new(&server_secret);
	ck_assert_ptr_nonnull(server);
	json_array_foreach(vectors_cases(&v, "cases", 34), i, c)
	{
		struct bytes iv = vectors_hex(&v, c, "iv");
		uint8_t storage[STREAM_TOKEN_PLAIN_MAX];
		char text[STREAM_TOKEN_TEXT_SIZE];
		struct stream_token want, got;
		struct secret32 shared;
		struct buf b;

		token_of_case(&v, c, &want);
		buf_init(&b, storage, sizeof(storage));
		stream_token_encode(&b, &want);
		vectors_expect_hex(&v, c, "token_plaintext", buf_view(&b), i);
		ck_assert_int_eq(
		        stream_credentials_seal_with_iv(server, iv.p, &want, text, &shared),
		        RESULT_OK);
		ck_assert_str_eq(text, vectors_text(c, "ilp_address") +
		                               strlen(vectors_text(v.root, "server_address")) + 1);
		vectors_expect_hex(&v, c, "shared_secret", view(&shared), i);

		buf_init(&b, storage, sizeof(storage));
		secret_clear(&shared);
		ck_assert_int_eq(
		        stream_credentials_open(server, bytes_str(text), &b, &got, &shared),
		        RESULT_OK);
		check_same(&got, &want);
		vectors_expect_hex(&v, c, "shared_secret", view(&shared), i);
	}
	stream_credentials_free(server);
	vectors_close(&v);
}
END_TEST

/* The other derivations of the vectors, of which we use one: from the bytes of the token. */
START_TEST(key_generator)
{
	struct vectors v;
	json_t *c;
	size_t i;

	vectors_open(&v, "stream_crypto");
	json_array_foreach(vectors_cases(&v, "server", 40), i, c)
	{
		struct secret32 generator, shared;

		hmac_sha256(vectors_hex(&v, c, "server_secret"),
		        bytes_str("ilp_stream_shared_secret"), generator.b);
		vectors_expect_hex(&v, c, "keygen", view(&generator), i);
		hmac_sha256(view(&generator), vectors_hex(&v, c, "token"), shared.b);
		vectors_expect_hex(&v, c, "shared_secret_from_raw_token", view(&shared), i);
	}
	vectors_close(&v);
}
END_TEST

START_TEST(every_damage_is_noticed)
{
	const struct secret32 secret = {{7}};
	const struct stream_token token = {.has_tag = true, .tag = bytes_str("alice")};
	struct stream_credentials *server = stream_credentials_new(&secret);
	char text[STREAM_TOKEN_TEXT_SIZE];
	uint8_t storage[STREAM_TOKEN_PLAIN_MAX];
	struct stream_token got;
	struct secret32 shared;
	struct buf b;
	size_t n;

	ck_assert_ptr_nonnull(server);
	ck_assert_int_eq(stream_credentials_seal(server, &token, text, &shared), RESULT_OK);
	n = strlen(text);
	for (size_t i = 0; i < n; i++) {
		char kept = text[i];

		text[i] = kept == 'A' ? 'B' : 'A';
		buf_init(&b, storage, sizeof(storage));
		ck_assert_int_ne(
		        stream_credentials_open(server, bytes_of(text, n), &b, &got, &shared),
		        RESULT_OK);
		text[i] = kept;
		buf_init(&b, storage, sizeof(storage));
		ck_assert_int_ne(
		        stream_credentials_open(server, bytes_of(text, i), &b, &got, &shared),
		        RESULT_OK);
	}
	buf_init(&b, storage, sizeof(storage));
	ck_assert_int_eq(
	        stream_credentials_open(server, bytes_of(text, n), &b, &got, &shared), RESULT_OK);
	ck_assert(bytes_eq_str(got.tag, "alice"));
	stream_credentials_free(server);
}
END_TEST

START_TEST(too_long_for_an_address)
{
	static const uint8_t tag[STREAM_TOKEN_PLAIN_MAX];
	const struct secret32 secret = {{7}};
	struct stream_credentials *server = stream_credentials_new(&secret);
	struct stream_token token = {.has_tag = true};
	char text[STREAM_TOKEN_TEXT_SIZE];
	struct secret32 shared;

	ck_assert_ptr_nonnull(server);
	token.tag = bytes_of(tag, STREAM_TOKEN_PLAIN_MAX - 4);
	ck_assert_int_eq(stream_credentials_seal(server, &token, text, &shared), RESULT_OK);
	ck_assert_uint_le(strlen(text), ILP_ADDRESS_MAX);
	token.tag.n++;
	ck_assert_int_eq(
	        stream_credentials_seal(server, &token, text, &shared), RESULT_THEIRS_TOO_BIG);
	stream_credentials_free(server);
}
END_TEST

START_TEST(plaintext_is_strict)
{
	static const struct {
		const char *hex;
		enum result expected;
	} rows[] = {
	        {"00", RESULT_OK},
	        {"010161", RESULT_OK},
	        {"", RESULT_THEIRS_TRUNCATED},
	        {"01", RESULT_THEIRS_TRUNCATED},
	        {"010261", RESULT_THEIRS_TRUNCATED},
	        {"0200", RESULT_THEIRS_TRUNCATED},
	        {"0400", RESULT_THEIRS_TRUNCATED},
	        {"01810161", RESULT_THEIRS_NONCANONICAL},
	        {"08", RESULT_THEIRS_MALFORMED},
	        {"0000", RESULT_THEIRS_MALFORMED},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint8_t in[8];
		size_t n;
		struct stream_token t;

		ck_assert_int_eq(hex_decode(rows[i].hex, strlen(rows[i].hex), in, sizeof(in), &n),
		        RESULT_OK);
		ck_assert_msg(stream_token_decode(bytes_of(in, n), &t) == rows[i].expected, "%s",
		        rows[i].hex);
	}
}
END_TEST

/* Equal each time and in each process; another tag gives other values. */
START_TEST(stable)
{
	static const struct secret32 secret = {{1}};
	struct stream_credentials *one = stream_credentials_new(&secret);
	struct stream_credentials *other = stream_credentials_new(&secret);
	struct stream_token a = {.has_tag = true, .tag = bytes_str("a")}, said;
	struct stream_token b = {.has_tag = true, .tag = bytes_str("b")};
	char text[4][STREAM_TOKEN_TEXT_SIZE];
	struct secret32 shared[4], opened;
	uint8_t storage[STREAM_TOKEN_PLAIN_MAX];
	struct buf plain;

	ck_assert_int_eq(stream_credentials_seal_stable(one, &a, text[0], &shared[0]), RESULT_OK);
	ck_assert_int_eq(stream_credentials_seal_stable(one, &a, text[1], &shared[1]), RESULT_OK);
	ck_assert_int_eq(stream_credentials_seal_stable(other, &a, text[2], &shared[2]), RESULT_OK);
	ck_assert_int_eq(stream_credentials_seal_stable(one, &b, text[3], &shared[3]), RESULT_OK);
	ck_assert_str_eq(text[0], text[1]);
	ck_assert_str_eq(text[0], text[2]);
	ck_assert(secret_eq(&shared[0], &shared[1]));
	ck_assert(secret_eq(&shared[0], &shared[2]));
	ck_assert_int_ne(strncmp(text[0], text[3], 16), 0); /* the IV's part */
	ck_assert(!secret_eq(&shared[0], &shared[3]));
	buf_init(&plain, storage, sizeof(storage));
	ck_assert_int_eq(stream_credentials_open(one, bytes_str(text[3]), &plain, &said, &opened),
	        RESULT_OK);
	ck_assert(bytes_eq(said.tag, b.tag));
	ck_assert(secret_eq(&opened, &shared[3]));
	stream_credentials_free(one);
	stream_credentials_free(other);
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_test(t, vectors_both_ways);
	tcase_add_test(t, key_generator);
	tcase_add_test(t, every_damage_is_noticed);
	tcase_add_test(t, too_long_for_an_address);
	tcase_add_test(t, plaintext_is_strict);
	tcase_add_test(t, stable);
}

TEST_MAIN("stream_credentials", fill)
