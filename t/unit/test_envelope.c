#include "unit/harness.h"

#include "codec/envelope.h"

static const struct secret32 key = {{1, 2, 3}};
static const uint8_t iv[ENVELOPE_IV_SIZE] = {9};
static uint8_t sealed_storage[ENVELOPE_MAX], plain_storage[ENVELOPE_MAX];

START_TEST(sizes)
{
	static const uint8_t zeros[ENVELOPE_MAX];
	static const struct {
		size_t n;
		bool fits;
	} rows[] = {
	        {0, true},
	        {1, true},
	        {ENVELOPE_MAX - ENVELOPE_SIZE, true},
	        {ENVELOPE_MAX - ENVELOPE_SIZE + 1, false},
	};
	struct envelope *e = envelope_new(&key);

	ck_assert_ptr_nonnull(e);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buf sealed, plain;

		buf_init(&sealed, sealed_storage, sizeof(sealed_storage));
		buf_init(&plain, plain_storage, sizeof(plain_storage));
		envelope_seal(e, iv, bytes_of(zeros, rows[i].n), &sealed);
		ck_assert_msg(sealed.failed == !rows[i].fits, "row %zu", i);
		if (!rows[i].fits)
			continue;
		ck_assert_uint_eq(sealed.len, rows[i].n + ENVELOPE_SIZE);
		ck_assert_int_eq(envelope_open(e, buf_view(&sealed), &plain), RESULT_OK);
		ck_assert(bytes_eq(buf_view(&plain), bytes_of(zeros, rows[i].n)));
	}
	envelope_free(e);
}
END_TEST

START_TEST(appends_and_leaves_nothing_of_a_forgery)
{
	struct envelope *e = envelope_new(&key);
	struct buf sealed, plain;

	ck_assert_ptr_nonnull(e);
	buf_init(&sealed, sealed_storage, sizeof(sealed_storage));
	buf_init(&plain, plain_storage, 16);
	buf_u8(&sealed, 'x');
	envelope_seal(e, iv, bytes_str("hello"), &sealed);
	buf_u8(&plain, 'y');
	sealed_storage[sealed.len - 1] ^= 1;
	ck_assert_int_eq(envelope_open(e, bytes_of(sealed_storage + 1, sealed.len - 1), &plain),
	        RESULT_THEIRS_UNAUTHENTIC);
	ck_assert(bytes_eq_str(buf_view(&plain), "y"));
	for (size_t i = 1; i < 6; i++)
		ck_assert_uint_eq(plain_storage[i], 0);
	sealed_storage[sealed.len - 1] ^= 1;
	ck_assert_int_eq(
	        envelope_open(e, bytes_of(sealed_storage + 1, sealed.len - 1), &plain), RESULT_OK);
	ck_assert(bytes_eq_str(buf_view(&plain), "yhello"));
	envelope_free(e);
}
END_TEST

START_TEST(no_room)
{
	struct envelope *e = envelope_new(&key);
	struct buf sealed, plain;

	ck_assert_ptr_nonnull(e);
	buf_init(&sealed, sealed_storage, ENVELOPE_SIZE + 4);
	envelope_seal(e, iv, bytes_str("hello"), &sealed);
	ck_assert(sealed.failed);
	buf_init(&sealed, sealed_storage, ENVELOPE_SIZE + 5);
	envelope_seal(e, iv, bytes_str("hello"), &sealed);
	ck_assert(!sealed.failed);
	buf_init(&plain, plain_storage, 4);
	ck_assert_int_eq(envelope_open(e, buf_view(&sealed), &plain), RESULT_THEIRS_TOO_BIG);
	ck_assert(plain.failed);
	envelope_free(e);
	envelope_free(NULL);
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_test(t, sizes);
	tcase_add_test(t, appends_and_leaves_nothing_of_a_forgery);
	tcase_add_test(t, no_room);
}

TEST_MAIN("envelope", fill)
