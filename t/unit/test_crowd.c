#include "unit/harness.h"

#include "http/crowd.h"

static struct http_address number(unsigned n)
{
	struct http_address a = {{0}};

	a.b[14] = (uint8_t)(n >> 8);
	a.b[15] = (uint8_t)n;
	return a;
}

START_TEST(limits)
{
	struct http_address a = number(1), b = number(2), proxy = number(3);
	struct crowd *c;

	ck_assert_int_eq(crowd_new(5, 2, &c), RESULT_OK);
	ck_assert(crowd_enter(c, &a, false));
	ck_assert(crowd_enter(c, &a, false));
	ck_assert(!crowd_has_room(c, &a, false));
	ck_assert(!crowd_enter(c, &a, false));
	ck_assert(crowd_has_room(c, &b, false));
	ck_assert(crowd_enter(c, &b, false));
	/* an exempt address counts in the total only */
	ck_assert(crowd_enter(c, &proxy, true));
	ck_assert(crowd_enter(c, &proxy, true));
	ck_assert(!crowd_enter(c, &proxy, true));
	ck_assert(!crowd_enter(c, &b, false));
	ck_assert_uint_eq(crowd_total(c), 5);
	crowd_leave(c, &a, false);
	ck_assert(crowd_enter(c, &a, false));
	crowd_leave(c, &proxy, true);
	ck_assert(!crowd_enter(c, &a, false)); /* room in all, but not for a */
	ck_assert(crowd_enter(c, &b, false));
	crowd_free(c);
}
END_TEST

/* Who moves makes room where it was, and nowhere else. */
START_TEST(moves)
{
	struct http_address a = number(1), b = number(2);
	struct crowd *c;

	ck_assert_int_eq(crowd_new(4, 1, &c), RESULT_OK);
	for (int i = 0; i < 3; i++) {
		ck_assert(crowd_enter(c, &a, false));
		ck_assert(!crowd_has_room(c, &a, false));
		if (i < 2)
			ck_assert(crowd_move(c, &a, &b, 2));
	}
	ck_assert(!crowd_move(c, &a, &b, 2));
	ck_assert(!crowd_has_room(c, &a, false));
	ck_assert(!crowd_has_room(c, &b, false));
	ck_assert_uint_eq(crowd_total(c), 3);
	crowd_leave(c, &b, false);
	ck_assert(crowd_move(c, &a, &b, 2));
	crowd_leave(c, &b, false);
	crowd_leave(c, &b, false);
	ck_assert_uint_eq(crowd_total(c), 0);
	ck_assert(crowd_has_room(c, &a, false) && crowd_has_room(c, &b, false));
	crowd_free(c);
}
END_TEST

START_TEST(as_many_addresses_as_connections)
{
	struct crowd *c;

	ck_assert_int_eq(crowd_new(300, 1, &c), RESULT_OK);
	for (int round = 0; round < 3; round++) {
		for (unsigned i = 0; i < 300; i++) {
			struct http_address a = number(i + 1000 * (unsigned)round);

			ck_assert(crowd_enter(c, &a, false));
			ck_assert(!crowd_enter(c, &a, false));
		}
		for (unsigned i = 300; i-- > 0;) {
			struct http_address a = number(i + 1000 * (unsigned)round);

			crowd_leave(c, &a, false);
		}
	}
	ck_assert_uint_eq(crowd_total(c), 0);
	crowd_free(c);
}
END_TEST

START_TEST(no_limit_for_each)
{
	struct http_address a = number(1);
	struct crowd *c;

	ck_assert_int_eq(crowd_new(100, 0, &c), RESULT_OK);
	for (int i = 0; i < 100; i++)
		ck_assert(crowd_enter(c, &a, false));
	ck_assert(!crowd_enter(c, &a, false));
	crowd_free(c);
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_test(t, limits);
	tcase_add_test(t, moves);
	tcase_add_test(t, as_many_addresses_as_connections);
	tcase_add_test(t, no_limit_for_each);
}

TEST_MAIN("crowd", fill)
