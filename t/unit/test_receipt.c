#include "unit/harness.h"
#include "unit/vectors.h"

#include "codec/receipt.h"

START_TEST(valid_both_ways)
{
	struct vectors v;
	json_t *c;
	size_t i;

	vectors_open(&v, "stream_receipts");
	json_array_foreach(vectors_cases(&v, "cases", 54), i, c)
	{
		struct bytes wire = vectors_hex(&v, c, "receipt");
		uint8_t out[RECEIPT_SIZE];
		struct secret32 secret;
		struct receipt r;
		struct buf b;

		vectors_secret(&v, c, "secret", &secret);
		ck_assert_int_eq(receipt_verify(wire, &secret, &r), RESULT_OK);
		vectors_expect_hex(&v, c, "nonce", bytes_of(r.nonce, sizeof(r.nonce)), i);
		ck_assert_uint_eq(r.stream_id, (uint64_t)vectors_int(c, "stream_id"));
		ck_assert_uint_eq(r.total_received, vectors_u64(c, "total_received"));
		buf_init(&b, out, sizeof(out));
		receipt_encode(&b, &r, &secret);
		ck_assert(!b.failed);
		ck_assert_msg(bytes_eq(buf_view(&b), wire), "case %zu", i);
	}
	vectors_close(&v);
}
END_TEST

START_TEST(invalid)
{
	struct vectors v;
	json_t *c;
	size_t i;

	vectors_open(&v, "stream_receipts");
	json_array_foreach(vectors_cases(&v, "invalid", 19), i, c)
	{
		struct bytes wire = vectors_hex(&v, c, "receipt");
		struct secret32 secret;
		struct receipt r;
		enum result expected = RESULT_THEIRS_UNAUTHENTIC;

		if (wire.n != RECEIPT_SIZE)
			expected = wire.n < RECEIPT_SIZE ? RESULT_THEIRS_TRUNCATED
			                                 : RESULT_THEIRS_TOO_BIG;
		else if (wire.p[0] != RECEIPT_VERSION)
			expected = RESULT_THEIRS_MALFORMED;
		vectors_secret(&v, c, "secret", &secret);
		ck_assert_msg(receipt_verify(wire, &secret, &r) == expected, "%s",
		        vectors_text(c, "description"));
	}
	vectors_close(&v);
}
END_TEST

START_TEST(secret_of_a_stateless_verifier)
{
	struct vectors v;
	json_t *c;
	size_t i;

	vectors_open(&v, "stream_receipts");
	json_array_foreach(vectors_cases(&v, "stateless_verifier", 10), i, c)
	{
		struct bytes nonce = vectors_hex(&v, c, "nonce");
		struct secret32 secret;

		ck_assert_uint_eq(nonce.n, RECEIPT_NONCE_SIZE);
		receipt_secret(vectors_hex(&v, c, "seed"), nonce.p, &secret);
		vectors_expect_hex(&v, c, "secret", bytes_of(secret.b, sizeof(secret.b)), i);
	}
	vectors_close(&v);
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_test(t, valid_both_ways);
	tcase_add_test(t, invalid);
	tcase_add_test(t, secret_of_a_stateless_verifier);
}

TEST_MAIN("receipt", fill)
