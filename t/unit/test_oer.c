#include "unit/harness.h"
#include "unit/vectors.h"

#include <string.h>

#include "codec/oer.h"

#define OCTETS_MAX 70000

START_TEST(uints_both_ways)
{
	struct vectors v;
	json_t *c;
	size_t i;

	vectors_open(&v, "oer");
	json_array_foreach(vectors_cases(&v, "varuint", 53), i, c)
	{
		uint64_t value = vectors_u64(c, "value");
		uint8_t out[16];
		struct cursor cursor;
		struct buf b;

		cursor_init(&cursor, vectors_hex(&v, c, "hex"));
		ck_assert_uint_eq(oer_uint(&cursor), value);
		ck_assert_int_eq(cursor.failed, RESULT_OK);
		ck_assert_uint_eq(cursor_left(&cursor), 0);
		buf_init(&b, out, sizeof(out));
		oer_put_uint(&b, value);
		ck_assert(!b.failed);
		vectors_expect_hex(&v, c, "hex", buf_view(&b), i);
	}
	vectors_close(&v);
}
END_TEST

START_TEST(octets_both_ways)
{
	static uint8_t content[OCTETS_MAX], out[OCTETS_MAX];
	struct vectors v;
	json_t *c;
	size_t i;

	vectors_open(&v, "oer");
	json_array_foreach(vectors_cases(&v, "var_octet_string", 13), i, c)
	{
		size_t n = (size_t)vectors_int(c, "length");
		struct bytes prefix = vectors_hex(&v, c, "prefix");
		struct cursor cursor;
		struct buf b;

		memset(content, (int)vectors_int(c, "fill_byte"), n);
		buf_init(&b, out, sizeof(out));
		oer_put_octets(&b, bytes_of(content, n));
		ck_assert(!b.failed);
		ck_assert_uint_eq(b.len, (size_t)vectors_int(c, "total_length"));
		ck_assert_uint_eq(oer_length_size(n), prefix.n);
		ck_assert(bytes_eq(bytes_of(out, prefix.n), prefix));

		cursor_init(&cursor, buf_view(&b));
		ck_assert(bytes_eq(oer_octets(&cursor, n), bytes_of(content, n)));
		ck_assert_int_eq(cursor.failed, RESULT_OK);
		ck_assert_uint_eq(cursor_left(&cursor), 0);
		if (n == 0)
			continue;
		cursor_init(&cursor, buf_view(&b));
		ck_assert_uint_eq(oer_octets(&cursor, n - 1).n, 0);
		ck_assert_int_eq(cursor.failed, RESULT_THEIRS_TOO_BIG);
	}
	vectors_close(&v);
}
END_TEST

START_TEST(bad_lengths_fail)
{
	struct vectors v;
	json_t *c;
	size_t i;

	vectors_open(&v, "oer");
	json_array_foreach(vectors_cases(&v, "length_prefix_invalid", 15), i, c)
	{
		struct cursor cursor;

		cursor_init(&cursor, vectors_hex(&v, c, "hex"));
		ck_assert_uint_eq(oer_octets(&cursor, SIZE_MAX).n, 0);
		ck_assert_msg(cursor.failed != RESULT_OK, "%s", vectors_text(c, "note"));
	}
	vectors_close(&v);
}
END_TEST

START_TEST(bad_uints_fail)
{
	struct vectors v;
	json_t *c;
	size_t i;

	vectors_open(&v, "oer");
	json_array_foreach(vectors_cases(&v, "varuint_invalid", 7), i, c)
	{
		bool accept = strcmp(vectors_text(c, "expected"), "accept") == 0;
		struct cursor cursor;

		cursor_init(&cursor, vectors_hex(&v, c, "hex"));
		ck_assert_uint_eq(oer_uint(&cursor), 0);
		ck_assert_msg(
		        (cursor.failed == RESULT_OK) == accept, "%s", vectors_text(c, "note"));
	}
	vectors_close(&v);
}
END_TEST

/* Which failure, and what the saturating reader makes of the same bytes. */
START_TEST(failures_by_kind)
{
	static const struct {
		const char *hex;
		enum result strict;
		enum result saturating;
		uint64_t saturated;
	} rows[] = {
	        {"", RESULT_THEIRS_TRUNCATED, RESULT_THEIRS_TRUNCATED, 0},
	        {"00", RESULT_THEIRS_NONCANONICAL, RESULT_THEIRS_NONCANONICAL, 0},
	        {"80", RESULT_THEIRS_NONCANONICAL, RESULT_THEIRS_NONCANONICAL, 0},
	        {"8101ff", RESULT_THEIRS_NONCANONICAL, RESULT_THEIRS_NONCANONICAL, 0},
	        {"8900", RESULT_THEIRS_TOO_BIG, RESULT_THEIRS_TOO_BIG, 0},
	        {"88ffffffffffffffff", RESULT_THEIRS_TRUNCATED, RESULT_THEIRS_TRUNCATED, 0},
	        {"020001", RESULT_THEIRS_NONCANONICAL, RESULT_THEIRS_NONCANONICAL, 0},
	        {"0201", RESULT_THEIRS_TRUNCATED, RESULT_THEIRS_TRUNCATED, 0},
	        {"08ffffffffffffffff", RESULT_OK, RESULT_OK, UINT64_MAX},
	        {"09010000000000000000", RESULT_THEIRS_TOO_BIG, RESULT_OK, UINT64_MAX},
	        {"09000000000000000001", RESULT_THEIRS_NONCANONICAL, RESULT_THEIRS_NONCANONICAL, 0},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint8_t in[16];
		size_t n;
		struct cursor c;

		ck_assert_int_eq(hex_decode(rows[i].hex, strlen(rows[i].hex), in, sizeof(in), &n),
		        RESULT_OK);
		cursor_init(&c, bytes_of(in, n));
		oer_uint(&c);
		ck_assert_msg(c.failed == rows[i].strict, "%s", rows[i].hex);
		cursor_init(&c, bytes_of(in, n));
		ck_assert_uint_eq(oer_uint_saturating(&c), rows[i].saturated);
		ck_assert_msg(c.failed == rows[i].saturating, "%s", rows[i].hex);
	}
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_test(t, uints_both_ways);
	tcase_add_test(t, octets_both_ways);
	tcase_add_test(t, bad_lengths_fail);
	tcase_add_test(t, bad_uints_fail);
	tcase_add_test(t, failures_by_kind);
}

TEST_MAIN("oer", fill)
