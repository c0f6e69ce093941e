/* When peers settle, and quantities of engines. */
#include "unit/harness.h"
#include "unit/vectors.h"

#include "model/settlement.h"

#include <string.h>

#define NOTHING SETTLEMENT_NOTHING
#define PAY     SETTLEMENT_PAY
#define CLAIM   SETTLEMENT_CLAIM
#define MAX     ((int64_t)AMOUNT_MAX)

static const struct {
	struct settlement_terms terms; /* pays, pay_at, pay_to, claim_at */
	enum settlement_side told;
	int64_t balance;
	enum settlement_side side;
	uint64_t amount;
} sides[] = {
        /* without terms nothing is due */
        {{false, 0, 0, 0}, NOTHING, MAX, NOTHING, 0},
        {{false, 0, 0, 0}, PAY, MAX, NOTHING, 0},
        {{false, 0, 0, 0}, CLAIM, -MAX, NOTHING, 0},
        /* we pay what we owe, down to pay_to */
        {{true, 100, 0, 0}, NOTHING, 99, NOTHING, 0},
        {{true, 100, 0, 0}, NOTHING, 100, PAY, 100},
        {{true, 100, 40, 0}, NOTHING, 130, PAY, 90},
        {{true, 100, 0, 0}, NOTHING, -5, NOTHING, 0},
        /* in advance: before we owe, or before what was paid in advance is used up */
        {{true, 0, -50, 0}, NOTHING, 0, PAY, 50},
        {{true, -20, -100, 0}, NOTHING, -21, NOTHING, 0},
        {{true, -20, -100, 0}, NOTHING, -20, PAY, 80},
        {{true, -20, -100, 0}, NOTHING, 7, PAY, 107},
        /* once told, a side is left a tenth of its range away */
        {{true, 100, 0, 0}, PAY, 90, PAY, 90},
        {{true, 100, 0, 0}, PAY, 89, NOTHING, 0},
        {{true, 100, 50, 0}, PAY, 95, PAY, 45},
        {{true, 100, 50, 0}, PAY, 94, NOTHING, 0},
        {{false, 0, 0, 100}, CLAIM, -90, CLAIM, 90},
        {{false, 0, 0, 100}, CLAIM, -89, NOTHING, 0},
        {{false, 0, 0, 100}, CLAIM, 5, NOTHING, 0},
        /* the peer is to pay */
        {{false, 0, 0, 100}, NOTHING, -99, NOTHING, 0},
        {{false, 0, 0, 100}, NOTHING, -100, CLAIM, 100},
        {{false, 0, 0, 100}, NOTHING, -250, CLAIM, 250},
        {{false, 0, 0, 1}, CLAIM, 0, NOTHING, 0},
        /* both: the one is left for the other */
        {{true, 100, 0, 100}, CLAIM, 100, PAY, 100},
        {{true, 100, 0, 100}, PAY, -100, CLAIM, 100},
        {{true, -50, -200, 40}, NOTHING, -45, PAY, 155},
        /* the ends of what there is */
        {{true, MAX, -MAX, 0}, NOTHING, MAX, PAY, AMOUNT_MAX},
        {{true, MAX, -MAX, 0}, PAY, -MAX, NOTHING, 0},
        {{false, 0, 0, AMOUNT_MAX}, NOTHING, -MAX, CLAIM, AMOUNT_MAX},
};

START_TEST(what_is_due)
{
	for (size_t i = 0; i < sizeof(sides) / sizeof(sides[0]); i++) {
		enum settlement_side side =
		        settlement_side(&sides[i].terms, sides[i].told, sides[i].balance);

		ck_assert_msg(side == sides[i].side, "row %zu", i);
		ck_assert_msg(settlement_amount(&sides[i].terms, side, sides[i].balance) ==
		                      sides[i].amount,
		        "row %zu", i);
	}
}
END_TEST

START_TEST(terms)
{
	static const struct {
		struct settlement_terms terms;
		bool fit;
	} rows[] = {
	        {{false, 0, 0, 0}, true},
	        {{false, 5, 9, 0}, true}, /* not looked at */
	        {{true, 1, 0, 0}, true},
	        {{true, 0, 0, 0}, false},
	        {{true, 0, 1, 0}, false},
	        {{true, -1, -MAX, 0}, true},
	        {{true, -1, INT64_MIN, 0}, false},
	        {{false, 0, 0, AMOUNT_MAX}, true},
	        {{false, 0, 0, AMOUNT_MAX + 1}, false},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		ck_assert_msg(settlement_terms_fit(&rows[i].terms) == rows[i].fit, "row %zu", i);
}
END_TEST

START_TEST(quantities)
{
	static const struct {
		const char *digits;
		uint64_t scale;
		enum result result;
	} rows[] = {
	        {"0", 0, RESULT_OK},
	        {"905", 255, RESULT_OK},
	        {"123456789012345678901234567890", 18, RESULT_OK},
	        {"1", 256, RESULT_THEIRS_TOO_BIG},
	        {"", 2, RESULT_THEIRS_BAD_AMOUNT},
	        {"00", 2, RESULT_THEIRS_BAD_AMOUNT},
	        {"01", 2, RESULT_THEIRS_BAD_AMOUNT},
	        {"-1", 2, RESULT_THEIRS_BAD_AMOUNT},
	        {"+1", 2, RESULT_THEIRS_BAD_AMOUNT},
	        {"1.5", 2, RESULT_THEIRS_BAD_AMOUNT},
	        {"1e3", 2, RESULT_THEIRS_BAD_AMOUNT},
	        {" 1", 2, RESULT_THEIRS_BAD_AMOUNT},
	        {"0x1", 2, RESULT_THEIRS_BAD_AMOUNT},
	};
	char longest[SETTLEMENT_DIGITS_MAX + 2];
	struct settlement_quantity q;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		ck_assert_msg(settlement_quantity_read(rows[i].digits, rows[i].scale, &q) ==
		                      rows[i].result,
		        "row %zu", i);
	memset(longest, '9', sizeof(longest));
	longest[sizeof(longest) - 1] = '\0';
	ck_assert_int_eq(settlement_quantity_read(longest, 0, &q), RESULT_THEIRS_BAD_AMOUNT);
	longest[sizeof(longest) - 2] = '\0';
	ck_assert_int_eq(settlement_quantity_read(longest, 0, &q), RESULT_OK);
}
END_TEST

/* Each case credits one quantity after the other, and keeps what is left. */
START_TEST(credits_of_the_vectors)
{
	struct vectors v;
	json_t *c, *step;
	size_t i, n;

	vectors_open(&v, "settlement_scale");
	json_array_foreach(vectors_cases(&v, "cases", 16), i, c)
	{
		struct settlement_quantity left = {"0", 0}, q;
		uint64_t units, total = 0;

		json_array_foreach(vectors_get(c, "steps"), n, step)
		{
			ck_assert_int_eq(settlement_quantity_read(vectors_text(step, "amount"),
			                         (uint64_t)vectors_int(step, "scale"), &q),
			        RESULT_OK);
			ck_assert_int_eq(
			        settlement_credit(&q, &left,
			                (unsigned)vectors_int(c, "account_scale"), &units, &left),
			        RESULT_OK);
			total += units;
			ck_assert_msg(units == vectors_u64(step, "credited"), "case %zu", i);
			ck_assert_msg(total == vectors_u64(step, "total_credited"), "case %zu", i);
			ck_assert_str_eq(left.digits, vectors_text(step, "leftover"));
			ck_assert_int_eq((int)left.scale, vectors_int(step, "leftover_scale"));
		}
	}
	vectors_close(&v);
}
END_TEST

START_TEST(credits_at_the_ends)
{
	static const struct {
		struct settlement_quantity quantity, leftover;
		unsigned scale;
		enum result result;
		uint64_t units;
		struct settlement_quantity left;
	} rows[] = {
	        {{"0", 0}, {"0", 0}, 9, RESULT_OK, 0, {"0", 0}},
	        {{"0", 255}, {"0", 0}, 0, RESULT_OK, 0, {"0", 255}},
	        {{"1", 255}, {"0", 0}, 18, RESULT_OK, 0, {"1", 255}},
	        {{"9223372036854775807", 2}, {"0", 0}, 2, RESULT_OK, AMOUNT_MAX, {"0", 2}},
	        {{"9223372036854775808", 2}, {"0", 0}, 2, RESULT_THEIRS_BAD_AMOUNT, 0, {"0", 0}},
	        {{"9223372036854775807", 2}, {"9", 3}, 2, RESULT_OK, AMOUNT_MAX, {"9", 3}},
	        {{"9223372036854775807", 2}, {"10", 3}, 2, RESULT_THEIRS_BAD_AMOUNT, 0, {"0", 0}},
	        {{"1", 0}, {"0", 0}, 18, RESULT_OK, 1000000000000000000, {"0", 0}},
	        {{"10", 0}, {"0", 0}, 18, RESULT_THEIRS_BAD_AMOUNT, 0, {"0", 0}},
	        {{"1", 1}, {"99", 3}, 0, RESULT_OK, 0, {"199", 3}},
	        {{"95", 2}, {"5", 2}, 0, RESULT_OK, 1, {"0", 2}},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct settlement_quantity left = {"untouched", 7};
		uint64_t units = 0;
		enum result r = settlement_credit(
		        &rows[i].quantity, &rows[i].leftover, rows[i].scale, &units, &left);

		ck_assert_msg(r == rows[i].result, "row %zu", i);
		if (r) {
			ck_assert_str_eq(left.digits, "untouched");
			continue;
		}
		ck_assert_msg(units == rows[i].units, "row %zu", i);
		ck_assert_msg(strcmp(left.digits, rows[i].left.digits) == 0, "row %zu", i);
		ck_assert_msg(left.scale == rows[i].left.scale, "row %zu", i);
	}
}
END_TEST

/* The largest amount at the finest scale, after the largest leftover. */
START_TEST(most_digits)
{
	struct settlement_quantity q = {.scale = 255}, left = {.scale = 255};
	uint64_t units;

	memset(left.digits, '9', 255);
	memcpy(q.digits, "9223372036854775806", 19);
	memset(q.digits + 19, '0', 254);
	q.digits[19 + 254] = '1';
	q.digits[19 + 255] = '\0';
	ck_assert_int_eq(settlement_credit(&q, &left, 0, &units, &left), RESULT_OK);
	ck_assert_uint_eq(units, AMOUNT_MAX);
	ck_assert_str_eq(left.digits, "0");
	memset(q.digits, '9', SETTLEMENT_DIGITS_MAX);
	q.digits[SETTLEMENT_DIGITS_MAX] = '\0';
	ck_assert_int_eq(settlement_credit(&q, &left, 18, &units, &left), RESULT_THEIRS_BAD_AMOUNT);
}
END_TEST

START_TEST(answers)
{
	static const struct {
		int status;
		enum settlement_answer answer;
	} rows[] = {
	        {0, SETTLEMENT_AGAIN},
	        {100, SETTLEMENT_AGAIN},
	        {200, SETTLEMENT_TAKEN},
	        {201, SETTLEMENT_TAKEN},
	        {299, SETTLEMENT_TAKEN},
	        {301, SETTLEMENT_AGAIN},
	        {400, SETTLEMENT_REFUSED},
	        {401, SETTLEMENT_AGAIN},
	        {403, SETTLEMENT_AGAIN},
	        {404, SETTLEMENT_NO_ACCOUNT},
	        {408, SETTLEMENT_AGAIN},
	        {409, SETTLEMENT_AGAIN},
	        {410, SETTLEMENT_REFUSED},
	        {413, SETTLEMENT_REFUSED},
	        {422, SETTLEMENT_REFUSED},
	        {425, SETTLEMENT_AGAIN},
	        {429, SETTLEMENT_AGAIN},
	        {500, SETTLEMENT_AGAIN},
	        {503, SETTLEMENT_AGAIN},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		ck_assert_msg(settlement_answer(rows[i].status) == rows[i].answer, "row %zu", i);
}
END_TEST

START_TEST(gaps)
{
	ck_assert_int_eq(settlement_gap_ms(1, 0), 1000);
	ck_assert_int_eq(settlement_gap_ms(1, 499), 501);
	ck_assert_int_eq(settlement_gap_ms(2, 0), 2000);
	ck_assert_int_eq(settlement_gap_ms(12, 0), 2048000);
	ck_assert_int_eq(settlement_gap_ms(13, 0), SETTLEMENT_GAP_MAX_MS);
	ck_assert_int_eq(settlement_gap_ms(1000000, 0), SETTLEMENT_GAP_MAX_MS);
	for (uint32_t random = 1; random < 4000000000U; random += 99999989) {
		ck_assert_int_le(settlement_gap_ms(40, random), SETTLEMENT_GAP_MAX_MS);
		ck_assert_int_gt(settlement_gap_ms(40, random), SETTLEMENT_GAP_MAX_MS / 2);
	}
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_test(t, what_is_due);
	tcase_add_test(t, terms);
	tcase_add_test(t, quantities);
	tcase_add_test(t, credits_of_the_vectors);
	tcase_add_test(t, credits_at_the_ends);
	tcase_add_test(t, most_digits);
	tcase_add_test(t, answers);
	tcase_add_test(t, gaps);
}

TEST_MAIN("settlement", fill)
