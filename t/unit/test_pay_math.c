#include "unit/harness.h"

#include <string.h>

#include "model/pay_math.h"
#include "unit/vectors.h"

__extension__ typedef unsigned __int128 u128;

static u128 wide_of(const char *digits)
{
	u128 v = 0;

	for (; *digits; digits++)
		v = v * 10 + (unsigned)(*digits - '0');
	return v;
}

/* ["99","100"]; some have more than 64 bits. */
static struct ratio ratio_of(const json_t *pair)
{
	u128 num = wide_of(json_string_value(json_array_get(pair, 0)));
	u128 den = wide_of(json_string_value(json_array_get(pair, 1)));

	return (struct ratio){
	        (uint64_t)(num >> 64), (uint64_t)num, (uint64_t)(den >> 64), (uint64_t)den};
}

START_TEST(mul_div)
{
	struct vectors v;
	json_t *cases, *c;
	size_t i;

	vectors_open(&v, "mul_div_u64");
	cases = vectors_cases(&v, "cases", 100);
	json_array_foreach(cases, i, c)
	{
		uint64_t x = vectors_u64(c, "a");
		uint64_t y = vectors_u64(c, "b");
		uint64_t z = vectors_u64(c, "c");

		ck_assert_uint_eq(mul_div_floor(x, y, z), vectors_u64(c, "floor"));
		ck_assert_uint_eq(mul_div_ceil(x, y, z), vectors_u64(c, "ceil"));
	}
	vectors_close(&v);
}
END_TEST

START_TEST(limits)
{
	struct vectors v;
	json_t *cases, *c;
	size_t i, sends = 0;

	vectors_open(&v, "pay_math");
	cases = vectors_cases(&v, "quotes", 80);
	json_array_foreach(cases, i, c)
	{
		struct ratio rate = ratio_of(vectors_get(c, "min_rate"));
		uint64_t amount = vectors_u64(c, "amount");
		struct pay_limits out;

		if (strcmp(vectors_text(c, "payment_type"), "FixedSend") == 0) {
			pay_fixed_send(&rate, amount, &out);
			sends++;
		} else {
			ck_assert_int_eq(pay_fixed_delivery(&rate, amount, &out), RESULT_OK);
		}
		ck_assert_uint_eq(out.max_source, vectors_u64(c, "max_source_amount"));
		ck_assert_uint_eq(out.min_delivery, vectors_u64(c, "min_delivery_amount"));
	}
	ck_assert_uint_gt(sends, 0);
	ck_assert_uint_lt(sends, 80);
	vectors_close(&v);
}
END_TEST

START_TEST(bounds)
{
	struct vectors v;
	json_t *cases, *c, *step;
	size_t i, k;

	vectors_open(&v, "pay_math");
	cases = vectors_cases(&v, "rate_controller", 17);
	json_array_foreach(cases, i, c)
	{
		struct pay_bounds b;

		pay_bounds_init(&b);
		json_array_foreach(vectors_get(c, "steps"), k, step)
		{
			struct ratio lower = ratio_of(vectors_get(step, "lower"));
			struct ratio upper = ratio_of(vectors_get(step, "upper"));
			uint64_t amount = vectors_u64(step, "estimate_for");
			struct pay_estimate e;

			if (vectors_text(step, "claimed_destination"))
				pay_bounds_add(&b, vectors_u64(step, "source"),
				        vectors_u64(step, "claimed_destination"));
			if (!b.known) /* nothing is claimed of it then */
				continue;
			ck_assert_int_eq(ratio_cmp(&b.lower, &lower), 0);
			ck_assert_int_eq(ratio_cmp(&b.upper, &upper), 0);
			e = pay_bounds_destination(&b, amount);
			ck_assert_uint_eq(e.low, vectors_u64(step, "dest_low"));
			ck_assert_uint_eq(e.high, vectors_u64(step, "dest_high"));
			if (!vectors_text(step, "source_low")) {
				ck_assert(!pay_bounds_source(&b, amount, &e));
				continue;
			}
			ck_assert(pay_bounds_source(&b, amount, &e));
			ck_assert_uint_eq(e.low, vectors_u64(step, "source_low"));
			ck_assert_uint_eq(e.high, vectors_u64(step, "source_high"));
		}
	}
	vectors_close(&v);
}
END_TEST

static uint64_t read_u64(struct bytes b, size_t at)
{
	struct cursor c;

	cursor_init(&c, bytes_of(b.p + at, 8));
	return cursor_u64(&c);
}

START_TEST(max_packet)
{
	struct vectors v;
	json_t *cases, *c, *step;
	size_t i, k, with_data = 0;

	vectors_open(&v, "pay_math");
	cases = vectors_cases(&v, "max_packet", 17);
	json_array_foreach(cases, i, c)
	{
		struct pay_max_packet m;

		pay_max_packet_init(&m);
		json_array_foreach(vectors_get(c, "steps"), k, step)
		{
			uint64_t sent = vectors_u64(step, "sent");
			struct bytes data = vectors_hex(&v, step, "f08_data");
			bool has = data.n >= 16;

			with_data += has;
			if (strcmp(vectors_text(step, "outcome"), "F08") == 0)
				ck_assert_int_eq(pay_max_packet_f08(&m, sent, has,
				                         has ? read_u64(data, 0) : 0,
				                         has ? read_u64(data, 8) : 0),
				        RESULT_OK);
			else
				pay_max_packet_reached(&m, sent);
			ck_assert_msg(m.next == vectors_u64(step, "next_max"), "%zu.%zu: %llu", i,
			        k, (unsigned long long)m.next);
			ck_assert_uint_eq(m.limit, vectors_u64(step, "limit"));
			ck_assert(vectors_bool(step, "complete") == (m.verified == m.limit));
		}
	}
	ck_assert_uint_gt(with_data, 0);
	vectors_close(&v);
}
END_TEST

START_TEST(f08_data)
{
	struct vectors v;
	json_t *cases, *c;
	size_t i;

	vectors_open(&v, "f08_error_data");
	cases = vectors_cases(&v, "cases", 12);
	json_array_foreach(cases, i, c)
	{
		uint64_t sent = vectors_u64(c, "source_amount_sent");
		struct pay_max_packet m;
		enum result r;

		pay_max_packet_init(&m);
		r = pay_max_packet_f08(&m, sent, true, vectors_u64(c, "received_amount"),
		        vectors_u64(c, "maximum_amount"));
		ck_assert(m.seen_f08);
		if (vectors_bool(c, "fatal_zero")) {
			ck_assert_int_eq(r, RESULT_THEIRS_REFUSED);
			continue;
		}
		ck_assert_int_eq(r, RESULT_OK);
		ck_assert(m.precise == vectors_bool(c, "usable"));
		ck_assert_uint_eq(
		        m.limit, m.precise ? vectors_u64(c, "new_max_packet_floor") : sent - 1);
	}
	vectors_close(&v);
}
END_TEST

START_TEST(max_packet_comes_down)
{
	struct pay_max_packet m;

	pay_max_packet_init(&m);
	ck_assert_int_eq(pay_max_packet_f08(&m, 1000, true, 1000, 500), RESULT_OK);
	pay_max_packet_reached(&m, 500);
	ck_assert(m.verified == 500 && m.precise);
	/* a late answer to an older packet says nothing new */
	ck_assert_int_eq(pay_max_packet_f08(&m, 2000, true, 2000, 900), RESULT_OK);
	ck_assert_uint_eq(m.limit, 500);
	pay_max_packet_reached(&m, 800);
	ck_assert_uint_eq(m.verified, 500);
	/* what passed no longer does */
	ck_assert_int_eq(pay_max_packet_f08(&m, 400, false, 0, 0), RESULT_OK);
	ck_assert_uint_eq(m.limit, 399);
	ck_assert_uint_eq(m.next, 200);
	ck_assert_uint_eq(m.verified, 0);
	ck_assert_int_eq(pay_max_packet_f08(&m, 1, false, 0, 0), RESULT_THEIRS_REFUSED);
}
END_TEST

START_TEST(packet_minimum)
{
	static const struct {
		uint64_t num, den, source;
		bool completing;
		uint64_t expected;
	} cases[] = {
	        {99, 100, 100, false, 99},
	        {99, 100, 101, false, 100},
	        {99, 100, 101, true, 99},
	        {99, 100, 1, true, 0},
	        {99, 100, 0, true, 0},
	        {1, 1, 5, false, 5},
	        {1, 1, 5, true, 4},
	        {0, 1, 5, false, 0},
	        {UINT64_MAX, 1, 2, false, UINT64_MAX},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct ratio r;

		ck_assert_int_eq(ratio_make(cases[i].num, cases[i].den, &r), RESULT_OK);
		ck_assert_uint_eq(pay_packet_minimum(&r, cases[i].source, cases[i].completing),
		        cases[i].expected);
	}
}
END_TEST

START_TEST(extremes)
{
	struct pay_bounds b;
	struct pay_limits l;
	struct pay_estimate e;
	struct ratio zero, tiny;

	ck_assert_int_eq(ratio_make(0, 1, &zero), RESULT_OK);
	ck_assert_int_eq(ratio_make(1, UINT64_MAX, &tiny), RESULT_OK);
	ck_assert_int_eq(pay_fixed_delivery(&zero, 5, &l), RESULT_THEIRS_BAD_AMOUNT);
	ck_assert_int_eq(pay_fixed_delivery(&tiny, 5, &l), RESULT_OK);
	ck_assert_uint_eq(l.max_source, UINT64_MAX);
	pay_fixed_send(&zero, 0, &l);
	ck_assert_uint_eq(l.min_delivery, 0);
	pay_bounds_init(&b);
	pay_bounds_add(&b, 0, 5);
	pay_bounds_add(&b, 5, UINT64_MAX);
	ck_assert(!b.known);
	pay_bounds_add(&b, 1000, 0);
	ck_assert(b.known);
	ck_assert(!pay_bounds_source(&b, 1, &e));
	e = pay_bounds_destination(&b, 0);
	ck_assert_uint_eq(e.low | e.high, 0);
	pay_bounds_add(&b, 1, UINT64_MAX - 1);
	e = pay_bounds_destination(&b, 3);
	ck_assert_uint_eq(e.low, UINT64_MAX);
	ck_assert_uint_eq(e.high, UINT64_MAX);
}
END_TEST

/* The truth lies within the bounds and the estimates, whatever was probed. */
START_TEST(bounds_hold)
{
	uint64_t seed = 5;

	for (int i = 0; i < 20000; i++) {
		uint64_t num, den;
		struct pay_bounds b;

		seed = seed * 6364136223846793005u + 1442695040888963407u;
		num = 1 + (seed >> 40);
		den = 1 + ((seed >> 16) & 0xffffff);
		pay_bounds_init(&b);
		for (int k = 0; k < 5; k++) {
			uint64_t source, arrived;
			struct pay_estimate e;

			seed = seed * 6364136223846793005u + 1442695040888963407u;
			source = 1 + (seed >> 30) % 1000000000;
			arrived = (uint64_t)((u128)source * num / den);
			if (b.known) {
				e = pay_bounds_destination(&b, source);
				ck_assert(e.low <= arrived && arrived <= e.high);
				if (pay_bounds_source(&b, arrived, &e))
					ck_assert_uint_eq(
					        pay_bounds_destination(&b, e.high).low >= arrived,
					        1);
			}
			pay_bounds_add(&b, source, arrived);
		}
	}
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_test(t, mul_div);
	tcase_add_test(t, limits);
	tcase_add_test(t, bounds);
	tcase_add_test(t, max_packet);
	tcase_add_test(t, f08_data);
	tcase_add_test(t, max_packet_comes_down);
	tcase_add_test(t, packet_minimum);
	tcase_add_test(t, extremes);
	tcase_add_test(t, bounds_hold);
}

TEST_MAIN("pay_math", fill)
