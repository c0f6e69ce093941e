/* When an account's liquidity is low or high. */
#include "unit/harness.h"

#include "model/liquidity.h"

#define FINE LIQUIDITY_FINE
#define LOW  LIQUIDITY_LOW
#define HIGH LIQUIDITY_HIGH

static const struct {
	struct liquidity_limits limits;
	enum liquidity_side told;
	uint64_t units;
	enum liquidity_side side;
} rows[] = {
        /* without limits nothing is told */
        {{0, 0}, FINE, 0, FINE},
        {{0, 0}, FINE, AMOUNT_MAX, FINE},
        {{0, 0}, LOW, 0, FINE},
        {{0, 0}, HIGH, 5, FINE},
        /* at a limit, and one unit away from it */
        {{100, 0}, FINE, 101, FINE},
        {{100, 0}, FINE, 100, LOW},
        {{100, 0}, FINE, 0, LOW},
        {{0, 500}, FINE, 499, FINE},
        {{0, 500}, FINE, 500, HIGH},
        {{0, AMOUNT_MAX}, FINE, AMOUNT_MAX, HIGH},
        {{1, 0}, FINE, 1, LOW},
        {{1, 0}, LOW, 2, FINE},
        /* once told, it is left a tenth away */
        {{100, 0}, LOW, 110, LOW},
        {{100, 0}, LOW, 111, FINE},
        {{0, 500}, HIGH, 450, HIGH},
        {{0, 500}, HIGH, 449, FINE},
        {{100, 500}, LOW, 300, FINE},
        {{100, 500}, HIGH, 300, FINE},
        /* from one side to the other, where they are near each other as well */
        {{100, 500}, LOW, 500, HIGH},
        {{100, 500}, HIGH, 100, LOW},
        {{95, 100}, LOW, 99, LOW},
        {{95, 100}, HIGH, 96, HIGH},
        {{95, 100}, FINE, 97, FINE},
};

START_TEST(sides)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		ck_assert_msg(liquidity_side(&rows[i].limits, rows[i].told, rows[i].units) ==
		                      rows[i].side,
		        "row %zu", i);
}
END_TEST

START_TEST(amounts)
{
	const struct account pool = {.credits_posted = 70,
	        .debits_posted = 30,
	        .debits_pending = 9,
	        .credits_pending = 9};
	const struct account peer = {.credits_posted = 10, .debits_posted = 30, .credit_limit = 50};

	ck_assert_uint_eq(liquidity_of(&pool), 40);
	ck_assert_uint_eq(liquidity_of(&peer), 30);
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_test(t, sides);
	tcase_add_test(t, amounts);
}

TEST_MAIN("liquidity", fill)
