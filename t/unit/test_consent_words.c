/* A grant's facts in words. */
#include "unit/harness.h"

#include <string.h>

#include "web/consent_view.h"
#include "web/consent_words.h"

static const struct {
	const char *interval;
	const char *want;
} periods[] = {
        {"R/2026-01-01T00:00:00Z/P1M", "each month"},
        {"R2/2026-01-01T00:00:00Z/P3M", "every 3 months"},
        {"R/2026-01-01T00:00:00Z/P1Y", "each year"},
        {"R/2026-01-01T00:00:00Z/P24M", "every 2 years"},
        {"R/2026-01-01T00:00:00Z/P1W", "each week"},
        {"R/2026-01-01T00:00:00Z/P14D", "every 2 weeks"},
        {"R/2026-01-01T00:00:00Z/P1D", "each day"},
        {"R/2026-01-01T00:00:00Z/P10D", "every 10 days"},
        {"R/2026-01-01T00:00:00Z/PT1H", "each hour"},
        {"R/2026-01-01T00:00:00Z/PT90M", "every 90 minutes"},
        {"R/2026-01-01T00:00:00Z/PT1S", "each second"},
        {"R/2026-01-01T00:00:00Z/P1M1D", "every 1 months and 86400 seconds"},
        {"R/2026-01-01T00:00:00Z/2026-01-01T00:00:00.250Z", "every 250 milliseconds"},
};

START_TEST(period)
{
	char out[CONSENT_WORDS_SIZE];
	struct interval i;

	ck_assert_int_eq(
	        interval_parse(periods[_i].interval, strlen(periods[_i].interval), &i), RESULT_OK);
	consent_period(&languages[0], &i, out);
	ck_assert_str_eq(out, periods[_i].want);
}
END_TEST

/* Every action that a type knows has words, and no other. */
START_TEST(actions)
{
	for (unsigned t = 0; t < ACCESS_TYPES; t++) {
		for (unsigned a = 0; a < ACCESS_ACTIONS; a++) {
			bool known = access_actions_of((enum access_type)t) & 1u << a;

			ck_assert_int_eq(
			        consent_action((enum access_type)t, (enum access_action)a) != NULL,
			        known);
		}
	}
}
END_TEST

START_TEST(amounts)
{
	char out[CONSENT_WORDS_SIZE];

	consent_amount(&languages[0], 1000, "USD", 2, out);
	ck_assert_str_eq(out, "10.00 USD");
	consent_amount(&languages[0], 7, "JPY", 0, out);
	ck_assert_str_eq(out, "7 JPY");
	consent_amount(&languages[0], 7, "ODD", 200, out);
	ck_assert_str_eq(out, "7 units of ODD (scale 200)");
	consent_amount(language_tagged("es", 2), 1000, "USD", 2, out);
	ck_assert_str_eq(out, "10,00 USD");
}
END_TEST

static const struct {
	const char *day;
	int64_t want; /* 0: refused */
} days[] = {
        {"1970-01-01", 86400000},
        {"2096-02-29", INT64_C(3981398400000)},
        {"2027-02-29", 0},
        {"2027-13-01", 0},
        {"2027-00-01", 0},
        {"2027-01-00", 0},
        {"2027-1-01", 0},
        {"2027-01-1", 0},
        {"2027-01-011", 0},
        {"2027-01-01 ", 0},
        {"2027/01/01", 0},
        {"+027-01-01", 0},
        {"", 0},
        {"2027", 0},
        {"2027-", 0},
};

START_TEST(day_ends)
{
	int64_t ms = 0;
	enum result r = consent_day_end(days[_i].day, &ms);

	ck_assert_msg(
	        r == (days[_i].want ? RESULT_OK : RESULT_THEIRS_MALFORMED), "%s", days[_i].day);
	ck_assert_int_eq(ms, days[_i].want);
}
END_TEST

static const struct {
	const char *text;
	uint64_t want; /* 0 and bad: no limit of ours */
	bool bad;
} limits[] = {
        {"", 0, false},
        {"80.00", 8000, false},
        {"80", 8000, false},
        {"0.01", 1, false},
        {"80.01", 0, true},
        {"0", 0, true},
        {"-1", 0, true},
        {"1.001", 0, true},
        {"ten", 0, true},
        {"1e1", 0, true},
};

START_TEST(lower_limits)
{
	const struct access_limits asked = {.cap = CAP_DEBIT, .amount = 8000, .scale = 2};
	uint64_t got;
	enum result r = consent_limit_read(&languages[0], &asked, limits[_i].text, &got);

	ck_assert_int_eq(r, limits[_i].bad ? RESULT_THEIRS_BAD_AMOUNT : RESULT_OK);
	if (!r)
		ck_assert_uint_eq(got, limits[_i].want);
}
END_TEST

static const struct {
	enum access_cap cap;
	uint64_t amount, lower;
	unsigned scale;
	uint64_t above;
	bool want;
	const char *interval, *code; /* of the limit; the wallet has USD */
	size_t items;                /* so many of the same */
} passwords[] = {
        {CAP_DEBIT, 10000, 0, 2, 100, false, NULL, "USD", 1},
        {CAP_DEBIT, 10001, 0, 2, 100, true, NULL, "USD", 1},
        {CAP_DEBIT, 10001, 10000, 2, 100, false, NULL, "USD", 1},
        {CAP_DEBIT, 50000, 10001, 2, 100, true, NULL, "USD", 1},
        {CAP_RECEIVE, 10001, 0, 2, 100, true, NULL, "USD", 1},
        {CAP_DEBIT, 1, 0, 2, 0, true, NULL, "USD", 1},
        {CAP_NONE, 0, 0, 2, 100, true, NULL, "USD", 1},
        {CAP_DEBIT, AMOUNT_MAX, 0, 18, 1000000000, false, NULL, "USD", 1},
        {CAP_DEBIT, 101, 0, 0, 100, true, NULL, "USD", 1},
        {CAP_DEBIT, INT64_MAX, 0, 255, 0, true, NULL, "USD", 1},
        {CAP_DEBIT, INT64_MAX, 0, 255, 1, false, NULL, "USD", 1},
        {CAP_DEBIT, INT64_MAX, 0, 17, 92, true, NULL, "USD", 1},
        {CAP_DEBIT, INT64_MAX, 0, 17, 93, false, NULL, "USD", 1},
        {CAP_DEBIT, INT64_MAX, 0, 19, 0, true, NULL, "USD", 1},
        /* within 30 days */
        {CAP_DEBIT, 10000, 0, 2, 100, false, "R/2026-01-01T00:00:00Z/P1M", "USD", 1},
        {CAP_DEBIT, 10000, 0, 2, 100, false, "R/2026-01-01T00:00:00Z/P1Y", "USD", 1},
        {CAP_DEBIT, 10000, 0, 2, 100, true, "R/2026-01-01T00:00:00Z/PT1S", "USD", 1},
        {CAP_DEBIT, 10000, 0, 2, 100, true, "R1/2026-01-01T00:00:00Z/PT1S", "USD", 1},
        {CAP_DEBIT, 10000, 0, 2, 100, false, "R0/2026-01-01T00:00:00Z/PT1S", "USD", 1},
        {CAP_DEBIT, 5000, 0, 2, 100, false, "R1/PT1S/2026-12-31T00:00:00Z", "USD", 1},
        {CAP_DEBIT, 2000, 0, 2, 100, false, "R/2026-01-01T00:00:00Z/P1W", "USD", 1},
        {CAP_DEBIT, 2001, 0, 2, 100, true, "R/2026-01-01T00:00:00Z/P1W", "USD", 1},
        {CAP_DEBIT, 2001, 2000, 2, 100, false, "R/2026-01-01T00:00:00Z/P1W", "USD", 1},
        {CAP_DEBIT, 2000, 0, 2, 100, false, "R/2026-01-01T00:00:00Z/2026-01-08T00:00:00Z", "USD",
                1},
        {CAP_DEBIT, INT64_MAX, 0, 2, 100, true, "R/2026-01-01T00:00:00Z/PT1S", "USD", 1},
        /* what arrives in another asset */
        {CAP_RECEIVE, 1, 0, 2, 100, true, NULL, "BTC", 1},
        {CAP_RECEIVE, 10000, 0, 2, 100, false, NULL, "USD", 1},
        {CAP_DEBIT, 10000, 0, 2, 100, false, NULL, "BTC", 1},
        /* several items together */
        {CAP_DEBIT, 5000, 0, 2, 100, false, NULL, "USD", 2},
        {CAP_DEBIT, 5001, 0, 2, 100, true, NULL, "USD", 2},
        {CAP_DEBIT, INT64_MAX, 0, 0, INT64_MAX, true, NULL, "USD", 3},
};

START_TEST(password_again)
{
	const struct access_item item = {.type = ACCESS_OUTGOING_PAYMENT,
	        .actions = 1U << ACTION_CREATE,
	        .limits = {.cap = passwords[_i].cap,
	                .amount = passwords[_i].amount,
	                .interval = passwords[_i].interval,
	                .scale = passwords[_i].scale}};
	struct grant_row g = {.access_count = passwords[_i].items};
	struct consent_threshold t = {.above = passwords[_i].above};
	const uint64_t lower[ACCESS_ITEMS_MAX] = {passwords[_i].lower};

	for (size_t i = 0; i < g.access_count; i++) {
		g.access[i] = item;
		(void)snprintf(g.access[i].limits.code, sizeof(g.access[i].limits.code), "%s",
		        passwords[_i].code);
		(void)snprintf(t.code[i], sizeof(t.code[i]), "USD");
	}
	ck_assert_int_eq(consent_needs_password(&g, lower, &t), passwords[_i].want);
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_loop_test(t, lower_limits, 0, sizeof(limits) / sizeof(limits[0]));
	tcase_add_loop_test(t, password_again, 0, sizeof(passwords) / sizeof(passwords[0]));
	tcase_add_loop_test(t, period, 0, sizeof(periods) / sizeof(periods[0]));
	tcase_add_test(t, actions);
	tcase_add_test(t, amounts);
	tcase_add_loop_test(t, day_ends, 0, sizeof(days) / sizeof(days[0]));
}

TEST_MAIN("consent words", fill)
