#include "unit/harness.h"

#include <string.h>

#include "model/expiry.h"
#include "unit/vectors.h"

START_TEST(outgoing)
{
	struct vectors v;
	json_t *cases;
	size_t refused = 0;

	vectors_open(&v, "expiry");
	cases = vectors_cases(&v, "cases", 52);
	for (size_t i = 0; i < json_array_size(cases); i++) {
		json_t *c = json_array_get(cases, i);
		json_t *expected = vectors_get(c, "rafiki_and_ilp_connector");
		struct expiry_rules rules = {
		        .min_message_window_ms = vectors_int(c, "min_message_window_ms"),
		        .max_hold_ms = vectors_int(c, "max_hold_ms")};
		int64_t now = vectors_int(c, "now_ms");
		int64_t out = 0;
		enum result r =
		        expiry_outgoing(now, vectors_int(c, "source_expiry_ms"), &rules, &out);

		if (json_object_get(expected, "reject")) {
			ck_assert_str_eq(vectors_text(expected, "reject"), "R02");
			ck_assert_msg(r == RESULT_THEIRS_EXPIRED, "case %zu", i);
			refused++;
			continue;
		}
		ck_assert_msg(r == RESULT_OK, "case %zu: %s", i, result_name(r));
		ck_assert_int_eq(out, vectors_int(expected, "expires_at_ms"));
		ck_assert_int_eq(out - now, vectors_int(expected, "hold_ms"));
	}
	ck_assert_uint_gt(refused, 0);
	vectors_close(&v);
}
END_TEST

START_TEST(edges)
{
	const struct expiry_rules rules = {.clamp_ms = 60000};

	ck_assert(!expiry_is_over(999, 1000));
	ck_assert(expiry_is_over(1000, 1000));
	ck_assert(expiry_allows_fulfill(1000, 1000));
	ck_assert(!expiry_allows_fulfill(1001, 1000));
	ck_assert_int_eq(expiry_clamp(1000, 5000, &rules), 5000);
	ck_assert_int_eq(expiry_clamp(1000, 61000, &rules), 61000);
	ck_assert_int_eq(expiry_clamp(1000, INT64_MAX, &rules), 61000);
}
END_TEST

START_TEST(decision)
{
	static const struct {
		int64_t now, expires, wait;
		enum result result;
		int64_t until;
	} cases[] = {
	        {1000, 31000, 1500, RESULT_OK, 2500},
	        {1000, 3500, 1500, RESULT_OK, 2500},
	        {1000, 3499, 1500, RESULT_OK, 2499},
	        {1000, 2001, 1500, RESULT_OK, 1001},
	        {1000, 2000, 1500, RESULT_THEIRS_EXPIRED, 0},
	        {1000, 900, 1500, RESULT_THEIRS_EXPIRED, 0},
	};
	const struct expiry_rules rules = {.min_message_window_ms = 1000, .max_hold_ms = 30000};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int64_t until = 0;
		enum result r = expiry_decision(
		        cases[i].now, cases[i].expires, cases[i].wait, &rules, &until);

		ck_assert_msg(r == cases[i].result, "case %zu: %s", i, result_name(r));
		ck_assert_int_eq(until, cases[i].until);
	}
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_test(t, decision);
	tcase_add_test(t, outgoing);
	tcase_add_test(t, edges);
}

TEST_MAIN("expiry", fill)
