#include "unit/harness.h"

#include <string.h>

#include "store/seal.h"

START_TEST(round_trip)
{
	struct secret32 master = {{1}}, other = {{2}}, key, wrong;
	uint8_t storage[SEAL_TEXT_MAX + SEAL_OVERHEAD], plain[SEAL_TEXT_MAX];
	struct bytes context = bytes_str("row 1"), secret = bytes_str("token");
	struct buf sealed, out;

	seal_key_derive(&master, &key);
	seal_key_derive(&other, &wrong);
	buf_init(&sealed, storage, sizeof(storage));
	ck_assert_int_eq(seal_close(&key, context, secret, &sealed), RESULT_OK);
	ck_assert_uint_eq(sealed.len, secret.n + SEAL_OVERHEAD);
	buf_init(&out, plain, sizeof(plain));
	ck_assert_int_eq(seal_open(&key, context, buf_view(&sealed), &out), RESULT_OK);
	ck_assert(bytes_eq(buf_view(&out), secret));

	buf_init(&out, plain, sizeof(plain));
	ck_assert_int_eq(
	        seal_open(&wrong, context, buf_view(&sealed), &out), RESULT_THEIRS_UNAUTHENTIC);
	ck_assert_int_eq(seal_open(&key, bytes_str("row 2"), buf_view(&sealed), &out),
	        RESULT_THEIRS_UNAUTHENTIC);
	ck_assert_int_eq(seal_open(&key, context, bytes_of(storage, SEAL_OVERHEAD - 1), &out),
	        RESULT_THEIRS_MALFORMED);
	for (size_t i = 0; i < sealed.len; i++) {
		storage[i] ^= 1;
		buf_init(&out, plain, sizeof(plain));
		ck_assert_int_ne(seal_open(&key, context, buf_view(&sealed), &out), RESULT_OK);
		storage[i] ^= 1;
	}
}
END_TEST

START_TEST(sizes)
{
	static const char long_text[SEAL_TEXT_MAX + 1];
	struct secret32 key = {{3}};
	uint8_t storage[SEAL_TEXT_MAX + SEAL_OVERHEAD], plain[SEAL_TEXT_MAX];
	struct buf sealed, out;

	buf_init(&sealed, storage, sizeof(storage));
	ck_assert_int_eq(
	        seal_close(&key, bytes_str(""), bytes_of(long_text, SEAL_TEXT_MAX + 1), &sealed),
	        RESULT_THEIRS_TOO_BIG);
	ck_assert_int_eq(
	        seal_close(&key, bytes_str(""), bytes_of(long_text, SEAL_TEXT_MAX), &sealed),
	        RESULT_OK);
	buf_init(&out, plain, 3);
	ck_assert_int_eq(
	        seal_open(&key, bytes_str(""), buf_view(&sealed), &out), RESULT_THEIRS_TOO_BIG);
	buf_init(&sealed, storage, sizeof(storage));
	ck_assert_int_eq(seal_close(&key, bytes_str("c"), bytes_str(""), &sealed), RESULT_OK);
	buf_init(&out, plain, sizeof(plain));
	ck_assert_int_eq(seal_open(&key, bytes_str("c"), buf_view(&sealed), &out), RESULT_OK);
	ck_assert_uint_eq(out.len, 0);
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_test(t, round_trip);
	tcase_add_test(t, sizes);
}

TEST_MAIN("seal", fill)
