#include "unit/harness.h"

#include "base/amount.h"

START_TEST(major_units)
{
	static const struct {
		const char *text;
		unsigned scale;
		enum result expected;
		uint64_t value;
	} cases[] = {
	        {"10.00", 2, RESULT_OK, 1000},
	        {"10", 2, RESULT_OK, 1000},
	        {"10.5", 2, RESULT_OK, 1050},
	        {"0.01", 2, RESULT_OK, 1},
	        {"0", 0, RESULT_OK, 0},
	        {"9223372036854775807", 0, RESULT_OK, INT64_MAX},
	        {"9223372036854775808", 0, RESULT_THEIRS_BAD_AMOUNT, 0},
	        {"92233720368547758.08", 2, RESULT_THEIRS_BAD_AMOUNT, 0},
	        {"10.001", 2, RESULT_THEIRS_BAD_AMOUNT, 0},
	        {"10.", 2, RESULT_THEIRS_BAD_AMOUNT, 0},
	        {".5", 2, RESULT_THEIRS_BAD_AMOUNT, 0},
	        {"", 2, RESULT_THEIRS_BAD_AMOUNT, 0},
	        {"-1", 2, RESULT_THEIRS_BAD_AMOUNT, 0},
	        {"1e3", 2, RESULT_THEIRS_BAD_AMOUNT, 0},
	        {"01", 2, RESULT_THEIRS_BAD_AMOUNT, 0},
	        {"1.0.0", 2, RESULT_THEIRS_BAD_AMOUNT, 0},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint64_t v = 0;
		enum result r = amount_parse_major(
		        cases[i].text, strlen(cases[i].text), cases[i].scale, &v);

		ck_assert_msg(r == cases[i].expected, "%s: %s", cases[i].text, result_name(r));
		ck_assert_uint_eq(v, cases[i].value);
	}
}
END_TEST

START_TEST(major_format)
{
	char out[AMOUNT_TEXT_SIZE];

	amount_format_major(1000, 2, out);
	ck_assert_str_eq(out, "10.00");
	amount_format_major(1, 9, out);
	ck_assert_str_eq(out, "0.000000001");
	amount_format_major(7, 0, out);
	ck_assert_str_eq(out, "7");
	amount_format_major(UINT64_MAX, 18, out);
	ck_assert_str_eq(out, "18.446744073709551615");
}
END_TEST

START_TEST(ratios)
{
	struct ratio r, s;
	uint64_t v;
	char text[RATIO_TEXT_SIZE];

	ck_assert_int_eq(ratio_parse("0.91", 4, &r), RESULT_OK);
	ck_assert_int_eq(ratio_less_bps(&r, 50, &s), RESULT_OK);
	ratio_format(&s, 6, text);
	ck_assert_str_eq(text, "0.90545");
	ck_assert_int_eq(ratio_apply_floor(&s, 1000, &v), RESULT_OK);
	ck_assert_uint_eq(v, 905);
	ck_assert_int_eq(ratio_apply_ceil(&s, 1000, &v), RESULT_OK);
	ck_assert_uint_eq(v, 906);
	ck_assert_int_eq(ratio_scale(&s, 2, 9, &r), RESULT_OK);
	ck_assert_int_eq(ratio_apply_floor(&r, 1, &v), RESULT_OK);
	ck_assert_uint_eq(v, 9054500);
	ck_assert_int_eq(ratio_unapply_floor(&r, 9054500, &v), RESULT_OK);
	ck_assert_uint_eq(v, 1);
	ck_assert_int_eq(ratio_parse("1234567890123456789", 19, &r), RESULT_THEIRS_TOO_BIG);
	ck_assert_int_eq(ratio_parse("1e3", 3, &r), RESULT_THEIRS_MALFORMED);
	ck_assert_int_eq(ratio_parse("1.", 2, &r), RESULT_THEIRS_MALFORMED);
	ck_assert_int_eq(ratio_parse("0.000", 5, &r), RESULT_THEIRS_BAD_AMOUNT);
	ck_assert_int_eq(ratio_parse("0.000000001", 11, &r), RESULT_OK);
	ck_assert_uint_eq(r.den_lo, 1000000000);
}
END_TEST

/* A numerator past 64 bits takes the 256-bit path; both paths agree where both apply. */
START_TEST(wide_path)
{
	struct ratio big, small, both;
	uint64_t v;

	ck_assert_int_eq(ratio_parse("999999999999999999", 18, &big), RESULT_OK);
	ck_assert_int_eq(ratio_mul(&big, &big, &both), RESULT_OK);
	ck_assert_int_eq(ratio_parse("0.000000000000000001", 20, &small), RESULT_OK);
	ck_assert_int_eq(ratio_apply_floor(&both, 1, &v), RESULT_THEIRS_TOO_BIG);
	ck_assert_int_eq(ratio_mul(&both, &small, &both), RESULT_OK);
	ck_assert_int_eq(ratio_apply_floor(&both, 10, &v), RESULT_OK);
	ck_assert_uint_eq(v, 9999999999999999980ULL);
	ck_assert_int_eq(ratio_cmp(&big, &both), 1);
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_test(t, major_units);
	tcase_add_test(t, major_format);
	tcase_add_test(t, ratios);
	tcase_add_test(t, wide_path);
}

TEST_MAIN("amount", fill)
