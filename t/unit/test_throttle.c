#include "unit/harness.h"

#include "ilp/throttle.h"

static unsigned passed_of(
        struct throttle *t, uint64_t per_s, uint64_t burst, int64_t now_ns, unsigned tries)
{
	unsigned n = 0;

	for (unsigned i = 0; i < tries; i++)
		n += throttle_pass(t, per_s, burst, now_ns);
	return n;
}

static unsigned passed(struct throttle *t, uint64_t per_s, int64_t now_ns, unsigned tries)
{
	return passed_of(t, per_s, 2 * per_s, now_ns, tries);
}

START_TEST(burst_then_rate)
{
	struct throttle t;

	throttle_init(&t);
	ck_assert_uint_eq(passed(&t, 100, 5000000000, 1000), 200);
	ck_assert_uint_eq(passed(&t, 100, 5000000000, 1000), 0);
	/* half a second later half of a second's packets pass */
	ck_assert_uint_eq(passed(&t, 100, 5500000000, 1000), 50);
	/* a long pause gives one burst, not more */
	ck_assert_uint_eq(passed(&t, 100, 500000000000, 1000), 200);
}
END_TEST

/* What passes at once, and in the second after it. */
START_TEST(bursts)
{
	static const struct {
		uint64_t per_s, burst;
		unsigned at_once, after;
	} rows[] = {
	        {100, 1, 1, 1},
	        {100, 50, 50, 50},
	        {100, 500, 500, 100},
	        {1, 3, 3, 1},
	        {1, 100000000, 1000, 1000}, /* more than are tried */
	        {UINT64_MAX, UINT64_MAX, 1000, 1000},
	        {1, UINT64_MAX, 1000, 1000},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct throttle t;

		throttle_init(&t);
		ck_assert_uint_eq(passed_of(&t, rows[i].per_s, rows[i].burst, 5000000000, 1000),
		        rows[i].at_once);
		ck_assert_uint_eq(passed_of(&t, rows[i].per_s, rows[i].burst, 6000000000, 1000),
		        rows[i].after);
	}
}
END_TEST

START_TEST(zero_lifts_the_limit)
{
	struct throttle t;

	throttle_init(&t);
	ck_assert_uint_eq(passed(&t, 0, 1, 100000), 100000);
}
END_TEST

/* Money: what it costs is said in time. */
START_TEST(costs)
{
	static const struct {
		int64_t now_ns, cost_ns;
		bool passes, given_back;
	} steps[] = {
	        {0, 1500000000, true, false},
	        {0, 600000000, false, false},
	        {0, 500000000, true, false},
	        {0, 1, false, false},
	        {1000000000, 1000000001, false, false},
	        {1000000000, 1000000000, true, true},
	        {1000000000, 1000000000, true, false},
	        {1000000000, 1, false, false},
	        {90000000000, 2000000001, false, false}, /* more than a burst never passes */
	        {90000000000, 2000000000, true, true},
	        {180000000000, 2000000000, true, false}, /* what came back long ago gives no more */
	        {180000000000, 1, false, false},
	};
	struct throttle t;

	throttle_init(&t);
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		ck_assert_msg(
		        throttle_take(&t, steps[i].cost_ns, steps[i].now_ns) == steps[i].passes,
		        "step %zu", i);
		if (steps[i].given_back)
			throttle_give_back(&t, steps[i].cost_ns);
	}
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_test(t, costs);
	tcase_add_test(t, burst_then_rate);
	tcase_add_test(t, bursts);
	tcase_add_test(t, zero_lifts_the_limit);
}

TEST_MAIN("throttle", fill)
