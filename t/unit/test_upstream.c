#include "unit/harness.h"

#include <stdio.h>
#include <string.h>

#include "ilp/upstream.h"

START_TEST(answers)
{
	static char long_one[NODE_ADDRESS_CHARS + 2] = "test.";
	static const struct {
		const char *address, *code;
		unsigned scale;
		bool dev;
		enum result expected;
	} cases[] = {
	        {"test.up.me", "USD", 2, true, RESULT_OK},
	        {"test.up.me", "USD", 2, false, RESULT_OK},
	        {"test3.up.me", "USD", 2, true, RESULT_OK},
	        {"g.up.me", "USD", 2, false, RESULT_OK},
	        {"private.me", "USD", 2, false, RESULT_OK},
	        {"example.me", "USD", 2, true, RESULT_OK},
	        {"local.me", "USD", 2, true, RESULT_OK},
	        {"g.up.me", "USD", 2, true, RESULT_THEIRS_REFUSED},
	        {"self.me", "USD", 2, true, RESULT_THEIRS_REFUSED},
	        {"peer.me", "USD", 2, true, RESULT_THEIRS_REFUSED},
	        {"what.me", "USD", 2, true, RESULT_THEIRS_REFUSED},
	        {"test.up.me", "EUR", 2, true, RESULT_THEIRS_BAD_ASSET},
	        {"test.up.me", "usd", 2, true, RESULT_THEIRS_BAD_ASSET},
	        {"test.up.me", "", 2, true, RESULT_THEIRS_BAD_ASSET},
	        {"test.up.me", "USD", 3, true, RESULT_THEIRS_BAD_ASSET},
	        {"test.up.me", "USD", 255, true, RESULT_THEIRS_BAD_ASSET},
	        {long_one, "USD", 2, true, RESULT_THEIRS_TOO_BIG},
	};
	const struct asset_row usd = {.code = "USD", .scale = 2};

	memset(long_one + strlen(long_one), 'x', sizeof(long_one) - 1 - strlen("test."));
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct ildcp_info info = {bytes_str(cases[i].address),
		        (uint8_t)cases[i].scale, bytes_str(cases[i].code)};
		enum result r = upstream_check(&info, &usd, cases[i].dev);

		ck_assert_msg(r == cases[i].expected, "case %zu: %s", i, result_name(r));
	}
}
END_TEST

START_TEST(pauses)
{
	static const int64_t expected[] = {
	        60000, 1000, 2000, 4000, 8000, 16000, 32000, 60000, 60000};

	for (unsigned i = 0; i < sizeof(expected) / sizeof(expected[0]); i++)
		ck_assert_int_eq(upstream_pause_ms(i), expected[i]);
	ck_assert_int_eq(upstream_pause_ms(1000000), 60000);
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_test(t, answers);
	tcase_add_test(t, pauses);
}

TEST_MAIN("upstream", fill)
