#include "unit/harness.h"

#include "ilp/throttle.h"

static unsigned passed(struct throttle *t, uint64_t per_s, int64_t now_ns, unsigned tries)
{
	unsigned n = 0;

	for (unsigned i = 0; i < tries; i++)
		n += throttle_pass(t, per_s, now_ns);
	return n;
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

START_TEST(zero_lifts_the_limit)
{
	struct throttle t;

	throttle_init(&t);
	ck_assert_uint_eq(passed(&t, 0, 1, 100000), 100000);
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_test(t, burst_then_rate);
	tcase_add_test(t, zero_lifts_the_limit);
}

TEST_MAIN("throttle", fill)
