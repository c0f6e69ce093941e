#include "unit/harness.h"

#include "http/rate.h"
#include "http/request.h"

static struct http_address number(unsigned n)
{
	struct http_address a = {{0}};

	a.b[13] = (uint8_t)(n >> 16);
	a.b[14] = (uint8_t)(n >> 8);
	a.b[15] = (uint8_t)n;
	return a;
}

static unsigned passed(struct rate *r, const struct http_address *a, int64_t now_ms, unsigned tries)
{
	unsigned n = 0;

	for (unsigned i = 0; i < tries; i++)
		n += rate_pass(r, a->b, now_ms);
	return n;
}

START_TEST(a_second_ahead_then_the_rate)
{
	struct http_address a = number(1), b = number(2);
	struct rate *r;

	ck_assert_int_eq(rate_new(100, &r), RESULT_OK);
	ck_assert_uint_eq(passed(r, &a, 5000, 1000), 100);
	ck_assert_uint_eq(passed(r, &b, 5000, 1000), 100); /* each address has its own */
	ck_assert_uint_eq(passed(r, &a, 5010, 1000), 1);
	ck_assert_uint_eq(passed(r, &a, 5510, 1000), 50);
	ck_assert_uint_eq(passed(r, &a, 5505, 1000), 0); /* another loop's clock lags */
	ck_assert_uint_eq(passed(r, &a, 900000, 1000), 100);
	rate_free(r);
}
END_TEST

START_TEST(zero_lifts_it)
{
	struct http_address a = number(1);
	struct rate *r;

	ck_assert_int_eq(rate_new(0, &r), RESULT_OK);
	ck_assert_uint_eq(passed(r, &a, 1, 100000), 100000);
	rate_free(r);
}
END_TEST

/* Far more addresses than fit: each new one passes, and a loud one that keeps
 * coming stays known. */
START_TEST(full_table)
{
	struct http_address loud = number(1);
	struct rate *r;

	ck_assert_int_eq(rate_new(10, &r), RESULT_OK);
	ck_assert_uint_eq(passed(r, &loud, 1000, 10), 10);
	for (unsigned i = 0; i < 20 * RATE_SETS * RATE_WAYS; i++) {
		struct http_address a = number(i + 2);
		int64_t now_ms = 1000 + i / 4096;

		ck_assert(rate_pass(r, a.b, now_ms));
		if (i % 64 == 0)
			ck_assert(!rate_pass(r, loud.b, now_ms));
	}
	rate_free(r);
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_test(t, a_second_ahead_then_the_rate);
	tcase_add_test(t, zero_lifts_it);
	tcase_add_test(t, full_table);
}

TEST_MAIN("rate", fill)
