#include "unit/harness.h"

#include "model/spread.h"

#define ACME 11
#define BETA 12

enum { USD = 1, EUR = 2, XRP = 3 };

static const struct spread_rule rules[] = {
        {ACME, SPREAD_IN, 0, 0, 50},
        {ACME, SPREAD_IN, USD, XRP, 70},
        {ACME, SPREAD_OUT, 0, 0, 5},
        {ACME, SPREAD_OUT, XRP, USD, 0},
        {0, SPREAD_IN, USD, EUR, 30},
        {0, SPREAD_IN, USD, USD, 1},
        {BETA, SPREAD_IN, USD, EUR, 0},
};

static const struct {
	account_id peer;
	enum spread_direction direction;
	asset_id from, to;
	bool found;
	unsigned bps;
} rows[] = {
        {ACME, SPREAD_IN, USD, XRP, true, 70}, /* the peer's pair */
        {ACME, SPREAD_IN, USD, EUR, true, 50}, /* the peer, before the pair of anybody */
        {ACME, SPREAD_IN, XRP, USD, true, 50}, /* a pair is ordered */
        {BETA, SPREAD_IN, USD, EUR, true, 0},  /* nothing is a word, too */
        {BETA, SPREAD_IN, USD, USD, true, 1}, {BETA, SPREAD_IN, EUR, USD, false, 0},
        {99, SPREAD_IN, USD, EUR, true, 30}, {99, SPREAD_IN, EUR, USD, false, 0},
        {ACME, SPREAD_OUT, XRP, USD, true, 0}, {ACME, SPREAD_OUT, EUR, USD, true, 5},
        {BETA, SPREAD_OUT, USD, EUR, false, 0}, /* a pair of anybody says nothing of what goes */
};

START_TEST(what_counts)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		unsigned bps = 9999;
		bool found = spread_find(rules, sizeof(rules) / sizeof(rules[0]), rows[i].peer,
		        rows[i].direction, rows[i].from, rows[i].to, &bps);

		ck_assert_msg(found == rows[i].found && bps == rows[i].bps, "%zu: %u", i, bps);
	}
	ck_assert_uint_eq(spread_sum(50, 5), 55);
	ck_assert_uint_eq(spread_sum(9000, 1000), BPS_ONE);
	ck_assert_uint_eq(spread_sum(9000, 1001), BPS_ONE);
	ck_assert_uint_eq(spread_sum(BPS_ONE, BPS_ONE), BPS_ONE);
}
END_TEST

static const struct {
	struct spread_rule rule;
	enum result result;
} checks[] = {
        {{ACME, SPREAD_IN, 0, 0, 0}, RESULT_OK},
        {{ACME, SPREAD_OUT, USD, EUR, BPS_ONE}, RESULT_OK},
        {{0, SPREAD_IN, USD, USD, 1}, RESULT_OK},
        {{ACME, SPREAD_IN, USD, 0, 1}, RESULT_THEIRS_MALFORMED},
        {{ACME, SPREAD_IN, 0, USD, 1}, RESULT_THEIRS_MALFORMED},
        {{0, SPREAD_IN, 0, 0, 1}, RESULT_THEIRS_MALFORMED},
        {{0, SPREAD_OUT, USD, EUR, 1}, RESULT_THEIRS_MALFORMED},
        {{ACME, SPREAD_IN, 0, 0, BPS_ONE + 1}, RESULT_THEIRS_BAD_AMOUNT},
};

START_TEST(what_may_be_said)
{
	enum spread_direction d;

	for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++)
		ck_assert_int_eq(spread_rule_check(&checks[i].rule), checks[i].result);
	ck_assert_int_eq(spread_direction_parse("out", &d), RESULT_OK);
	ck_assert_int_eq(d, SPREAD_OUT);
	ck_assert_int_eq(spread_direction_parse("OUT", &d), RESULT_THEIRS_MALFORMED);
	ck_assert_str_eq(spread_direction_name(SPREAD_IN), "in");
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_test(t, what_counts);
	tcase_add_test(t, what_may_be_said);
}

TEST_MAIN("spread", fill)
