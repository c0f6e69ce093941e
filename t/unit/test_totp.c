#include "unit/harness.h"

#include "auth/totp.h"

/* RFC 6238 appendix B, SHA-1, of which the last six digits. */
static const struct {
	int64_t at_s;
	const char *code;
} vectors[] = {
        {59, "287082"},
        {1111111109, "081804"},
        {1111111111, "050471"},
        {1234567890, "005924"},
        {2000000000, "279037"},
        {20000000000, "353130"},
};

static struct bytes secret(void)
{
	return bytes_str("12345678901234567890");
}

START_TEST(codes)
{
	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		int64_t step = 0;

		ck_assert_str_eq(result_name(totp_check(
		                         secret(), vectors[i].code, vectors[i].at_s * 1000, &step)),
		        "ok");
		ck_assert_int_eq(step, vectors[i].at_s / TOTP_STEP_S);
	}
}
END_TEST

/* 050471 is of the step that begins at 1111111110. */
START_TEST(drift)
{
	static const struct {
		int64_t at_s;
		bool good;
	} cases[] = {
	        {1111111080 - 1, false},
	        {1111111080, true},
	        {1111111110, true},
	        {1111111170 - 1, true},
	        {1111111170, false},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int64_t step = 0;

		ck_assert_int_eq(
		        totp_check(secret(), "050471", cases[i].at_s * 1000, &step) == RESULT_OK,
		        cases[i].good);
		if (cases[i].good)
			ck_assert_int_eq(step, 1111111110 / TOTP_STEP_S);
	}
}
END_TEST

START_TEST(what_is_typed)
{
	static const struct {
		const char *text;
		bool good;
	} cases[] = {
	        {"287082", true},
	        {"287 082", true},
	        {" 287082 ", true},
	        {"287083", false},
	        {"28708", false},
	        {"2870820", false},
	        {"28708x", false},
	        {"", false},
	        {"94287082", false},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int64_t step;

		ck_assert_msg((totp_check(secret(), cases[i].text, 59000, &step) == RESULT_OK) ==
		                      cases[i].good,
		        "%s", cases[i].text);
	}
}
END_TEST

START_TEST(text)
{
	char out[TOTP_TEXT_SIZE];

	/* RFC 4648 10 has the alphabet; this is what apps are typed. */
	ck_assert_int_eq(totp_text(secret(), out), RESULT_OK);
	ck_assert_str_eq(out, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_test(t, codes);
	tcase_add_test(t, drift);
	tcase_add_test(t, what_is_typed);
	tcase_add_test(t, text);
}

TEST_MAIN("totp", fill)
