#include "unit/harness.h"

#include <string.h>

#include "model/quote.h"
#include "model/quote_local.h"

__extension__ typedef unsigned __int128 u128;

static uint64_t next_random(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return *seed >> 20;
}

/* A path of the given rate, known as well as one probe of the largest packet tells it. */
static struct quote_path path_of(uint64_t num, uint64_t den, uint64_t max_packet, unsigned slippage)
{
	struct quote_path p = {.max_packet = max_packet, .slippage_bps = slippage};
	uint64_t probe = max_packet < 1000000000000 ? max_packet : 1000000000000;

	pay_bounds_init(&p.bounds);
	pay_bounds_add(&p.bounds, probe, (uint64_t)((u128)probe * num / den));
	return p;
}

static const struct quote_fee no_fee = {0, 0};

START_TEST(fees)
{
	static const struct {
		uint64_t fixed;
		unsigned bps;
		uint64_t debit;
		enum result expected;
		uint64_t fee;
	} cases[] = {
	        {0, 0, 1000, RESULT_OK, 0},
	        {5, 0, 1000, RESULT_OK, 5},
	        {0, 100, 1000, RESULT_OK, 10},
	        {0, 100, 1001, RESULT_OK, 11}, /* rounded up */
	        {5, 100, 1000, RESULT_OK, 15},
	        {0, 1, 1, RESULT_THEIRS_BAD_AMOUNT, 0},
	        {1000, 0, 1000, RESULT_THEIRS_BAD_AMOUNT, 0},
	        {0, 10000, 1000, RESULT_THEIRS_BAD_AMOUNT, 0},
	        {0, 0, 0, RESULT_THEIRS_BAD_AMOUNT, 0},
	        {0, 0, AMOUNT_MAX, RESULT_OK, 0},
	        {0, 0, AMOUNT_MAX + 1, RESULT_THEIRS_BAD_AMOUNT, 0},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct quote_fee f = {cases[i].fixed, cases[i].bps};
		uint64_t fee = 0;

		ck_assert_int_eq(quote_fee_of_debit(&f, cases[i].debit, &fee), cases[i].expected);
		ck_assert_uint_eq(fee, cases[i].fee);
	}
}
END_TEST

/* The debit for a send leaves exactly it, and one unit less leaves less. */
START_TEST(fees_backwards)
{
	uint64_t seed = 3;

	for (int i = 0; i < 100000; i++) {
		struct quote_fee f = {
		        next_random(&seed) % 100, (unsigned)(next_random(&seed) % 9999)};
		uint64_t send = 1 + next_random(&seed) % 100000;
		uint64_t debit, fee;

		ck_assert_int_eq(quote_debit_for_send(&f, send, &debit), RESULT_OK);
		ck_assert_int_eq(quote_fee_of_debit(&f, debit, &fee), RESULT_OK);
		ck_assert_uint_eq(debit - fee, send);
		if (quote_fee_of_debit(&f, debit - 1, &fee) == RESULT_OK)
			ck_assert_uint_lt(debit - 1 - fee, send);
	}
	{
		uint64_t debit;
		struct quote_fee f = {0, 5000};

		ck_assert_int_eq(
		        quote_debit_for_send(&f, AMOUNT_MAX, &debit), RESULT_THEIRS_BAD_AMOUNT);
		ck_assert_int_eq(quote_debit_for_send(&f, 0, &debit), RESULT_THEIRS_BAD_AMOUNT);
	}
}
END_TEST

START_TEST(fees_on_top)
{
	static const struct {
		uint64_t fixed;
		unsigned bps;
		uint64_t send;
		enum result expected;
		uint64_t fee;
	} cases[] = {
	        {0, 0, 1000, RESULT_OK, 0},
	        {5, 0, 1000, RESULT_OK, 5},
	        {0, 100, 10000, RESULT_OK, 100}, /* of what is sent, not of the sum */
	        {0, 100, 10001, RESULT_OK, 101},
	        {7, 1, 1, RESULT_OK, 8},
	        {0, 10000, 1000, RESULT_THEIRS_BAD_AMOUNT, 0},
	        {0, 0, 0, RESULT_THEIRS_BAD_AMOUNT, 0},
	        {1, 0, AMOUNT_MAX, RESULT_THEIRS_BAD_AMOUNT, 0},
	        {0, 0, AMOUNT_MAX, RESULT_OK, 0},
	        {0, 9999, AMOUNT_MAX, RESULT_THEIRS_BAD_AMOUNT, 0},
	        {AMOUNT_MAX, 9999, AMOUNT_MAX, RESULT_THEIRS_BAD_AMOUNT, 0},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct quote_fee f = {cases[i].fixed, cases[i].bps};
		uint64_t fee = 0;

		ck_assert_int_eq(quote_fee_on_top(&f, cases[i].send, &fee), cases[i].expected);
		ck_assert_uint_eq(fee, cases[i].fee);
	}
}
END_TEST

/* The least debit is quoted, and one unit less is not. */
START_TEST(least_local)
{
	uint64_t seed = 5;
	int found = 0;

	for (int i = 0; i < 100000; i++) {
		struct quote_fee f = {
		        next_random(&seed) % 50, (unsigned)(next_random(&seed) % 3000)};
		struct ratio rate;
		struct quote q;
		uint64_t least;

		ck_assert_int_eq(ratio_make(1 + next_random(&seed) % 2000,
		                         1 + next_random(&seed) % 2000, &rate),
		        RESULT_OK);
		ck_assert_int_eq(quote_local_least(&f, &rate, &least), RESULT_OK);
		ck_assert_int_eq(quote_local_by_debit(&f, &rate, least, &q), RESULT_OK);
		ck_assert_uint_ge(q.receive, 1);
		ck_assert_int_eq(
		        quote_local_by_debit(&f, &rate, least - 1, &q), RESULT_THEIRS_BAD_AMOUNT);
		found++;
	}
	ck_assert_int_eq(found, 100000);
}
END_TEST

START_TEST(one_to_one)
{
	static const uint64_t amounts[] = {1, 2, 999, 1000, 1001, 1000007, AMOUNT_MAX};

	for (size_t i = 0; i < sizeof(amounts) / sizeof(amounts[0]); i++) {
		for (uint64_t max = 1; max; max = max < 1000    ? 1000
		                                  : max == 1000 ? UINT64_MAX
		                                                : 0) {
			struct quote_path p = path_of(1, 1, max, 0);
			struct quote q;

			ck_assert_int_eq(quote_by_debit(&no_fee, &p, amounts[i], &q), RESULT_OK);
			ck_assert_uint_eq(q.send, amounts[i]);
			ck_assert_uint_eq(q.receive, amounts[i]);
			if (amounts[i] == AMOUNT_MAX)
				continue;
			ck_assert_int_eq(quote_by_receive(&no_fee, &p, amounts[i], &q), RESULT_OK);
			ck_assert_uint_eq(q.expected_send, amounts[i]);
			ck_assert_uint_eq(q.limits.min_delivery, amounts[i]);
			ck_assert_uint_le(q.send, amounts[i] + 1);
		}
	}
}
END_TEST

START_TEST(the_demo)
{
	struct quote_path p = path_of(90545, 100000, UINT64_MAX, 100);
	struct quote_fee fee = {10, 50};
	struct quote q;

	ck_assert_int_eq(quote_by_debit(&no_fee, &p, 1000, &q), RESULT_OK);
	ck_assert_uint_eq(q.receive, 905);
	ck_assert_uint_eq(q.limits.max_source, 1000);
	ck_assert_uint_eq(q.limits.min_delivery, 896); /* ceil(999 * 0.90545 * 0.99) */
	ck_assert_int_eq(quote_by_debit(&fee, &p, 1000, &q), RESULT_OK);
	ck_assert_uint_eq(q.fee, 15);
	ck_assert_uint_eq(q.send, 985);
	ck_assert_uint_eq(q.receive, 891);
	ck_assert_int_eq(quote_by_receive(&fee, &p, 891, &q), RESULT_OK);
	ck_assert_uint_eq(q.expected_send, 985);
	ck_assert_uint_eq(q.send, 994); /* floor(891 / (0.90545 * 0.99)) + 1 - 1 % spare */
	ck_assert_uint_eq(q.debit - q.fee, q.send);
}
END_TEST

START_TEST(refused)
{
	struct quote_path zero = path_of(1, 1000000, 1000, 100);
	struct quote_path fine = path_of(1, 2, UINT64_MAX, 100);
	struct quote_path any = path_of(1, 2, UINT64_MAX, 10000);
	struct quote_path up = path_of(1000000, 1, UINT64_MAX, 0);
	struct quote q;

	ck_assert_int_eq(quote_by_debit(&no_fee, &fine, 0, &q), RESULT_THEIRS_BAD_AMOUNT);
	ck_assert_int_eq(quote_by_debit(&no_fee, &fine, 1, &q), RESULT_THEIRS_BAD_AMOUNT);
	ck_assert_int_eq(quote_by_debit(&no_fee, &zero, 100000, &q), RESULT_THEIRS_BAD_AMOUNT);
	ck_assert_int_eq(quote_by_debit(&no_fee, &up, AMOUNT_MAX, &q), RESULT_THEIRS_BAD_AMOUNT);
	ck_assert_int_eq(quote_by_receive(&no_fee, &fine, 0, &q), RESULT_THEIRS_BAD_AMOUNT);
	ck_assert_int_eq(quote_by_receive(&no_fee, &zero, 1, &q), RESULT_THEIRS_NO_RATE);
	ck_assert_int_eq(
	        quote_by_receive(&no_fee, &fine, AMOUNT_MAX, &q), RESULT_THEIRS_BAD_AMOUNT);
	/* a slippage of all enforces nothing, which a fixed delivery cannot have */
	ck_assert_int_eq(quote_by_receive(&no_fee, &any, 5, &q), RESULT_THEIRS_BAD_AMOUNT);
	ck_assert_int_eq(quote_by_debit(&no_fee, &any, 10, &q), RESULT_OK);
	ck_assert_uint_eq(q.limits.min_delivery, 0);
}
END_TEST

/* What arrives for `source` on a path that keeps its rate, with packets as large as they go. */
static uint64_t walk(uint64_t num, uint64_t den, uint64_t max_packet, uint64_t source,
        const struct ratio *min_rate)
{
	uint64_t full = source / max_packet;
	uint64_t each = (uint64_t)((u128)max_packet * num / den);

	/* each packet but the last brings what is demanded of it */
	if (full)
		ck_assert_uint_ge(each, pay_packet_minimum(min_rate, max_packet, false));
	return full * each + (uint64_t)((u128)(source % max_packet) * num / den);
}

START_TEST(every_quote_executes)
{
	uint64_t seed = 99;
	int sends = 0, receives = 0;

	for (int i = 0; i < 100000; i++) {
		uint64_t num = 1 + next_random(&seed) % 3000;
		uint64_t den = 1 + next_random(&seed) % 3000;
		uint64_t max = 1 + next_random(&seed) % (i % 2 ? 20 : 3000);
		unsigned slippage = i % 3 ? (unsigned)(next_random(&seed) % 300) : 0;
		struct quote_fee fee = {(uint64_t)(i % 5), (unsigned)(next_random(&seed) % 500)};
		struct quote_path p = path_of(num, den, max, slippage);
		uint64_t amount = 1 + next_random(&seed) % 20000;
		struct quote q;

		if (quote_by_debit(&fee, &p, amount, &q) == RESULT_OK) {
			uint64_t got = walk(num, den, max, q.send, &q.min_rate);

			sends++;
			ck_assert_uint_eq(q.fee + q.send, amount);
			ck_assert_uint_ge(got, q.receive);
			ck_assert_uint_ge(got, q.limits.min_delivery);
			ck_assert_uint_ge(q.limits.min_delivery, 1);
			ck_assert_uint_le(q.limits.min_delivery, q.receive);
			ck_assert_uint_eq(q.limits.max_source, q.send);
		}
		if (quote_by_receive(&fee, &p, amount, &q) == RESULT_OK) {
			receives++;
			ck_assert_uint_eq(q.fee + q.send, q.debit);
			ck_assert_uint_le(q.expected_send, q.send);
			ck_assert_uint_ge(
			        walk(num, den, max, q.expected_send, &q.min_rate), amount);
			ck_assert_uint_eq(q.limits.min_delivery, amount);
		}
	}
	ck_assert_int_gt(sends, 50000);
	ck_assert_int_gt(receives, 50000);
}
END_TEST

/* Never more than the fee, all of it for all of the money, and rounded down. */
START_TEST(fees_of_a_part)
{
	static const struct {
		uint64_t fee, send, sent, want;
	} cases[] = {
	        {100, 9900, 0, 0},
	        {100, 9900, 9900, 100},
	        {100, 9900, 9899, 99},
	        {100, 9900, 99, 1},
	        {100, 9900, 98, 0},
	        {0, 9900, 4950, 0},
	        {1, 2, 1, 0},
	        {5000, 1, 1, 5000},
	        {AMOUNT_MAX / 2, AMOUNT_MAX / 2, AMOUNT_MAX / 4, AMOUNT_MAX / 4},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		ck_assert_uint_eq(quote_fee_of_part(cases[i].fee, cases[i].send, cases[i].sent),
		        cases[i].want);
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_test(t, fees);
	tcase_add_test(t, fees_backwards);
	tcase_add_test(t, fees_on_top);
	tcase_add_test(t, fees_of_a_part);
	tcase_add_test(t, least_local);
	tcase_add_test(t, one_to_one);
	tcase_add_test(t, the_demo);
	tcase_add_test(t, refused);
	tcase_add_test(t, every_quote_executes);
}

TEST_MAIN("quote", fill)
