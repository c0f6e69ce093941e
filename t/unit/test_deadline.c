#include "unit/harness.h"

#include "http/deadline.h"

static const int64_t lengths[DEADLINE_KINDS] = {
        [DEADLINE_HEADER] = 100,
        [DEADLINE_BODY] = 150,
        [DEADLINE_RESPONSE] = 300,
        [DEADLINE_LOOK] = 20,
        [DEADLINE_IDLE] = 50,
        [DEADLINE_HELD] = 40,
};

START_TEST(due_in_order)
{
	struct deadline a = {0}, b = {0}, c = {0};
	struct deadlines q;

	deadlines_init(&q, lengths);
	ck_assert_int_eq(deadlines_wait_ms(&q, 1000), -1);
	ck_assert_ptr_null(deadline_due(&q, 1000));
	deadline_set(&q, &a, DEADLINE_HEADER, 1000); /* 1100 */
	deadline_set(&q, &b, DEADLINE_HEADER, 1010); /* 1110 */
	deadline_set(&q, &c, DEADLINE_IDLE, 1020);   /* 1070 */
	ck_assert_int_eq(deadlines_wait_ms(&q, 1020), 50);
	ck_assert_ptr_null(deadline_due(&q, 1069));
	ck_assert_ptr_eq(deadline_due(&q, 1070), &c);
	ck_assert_int_eq(deadlines_wait_ms(&q, 1070), 30);
	ck_assert_int_eq(deadlines_wait_ms(&q, 1200), 0);
	ck_assert_ptr_eq(deadline_due(&q, 1110), &a);
	ck_assert_ptr_eq(deadline_due(&q, 1110), &b);
	ck_assert_ptr_null(deadline_due(&q, 9999));
	ck_assert_int_eq(deadlines_wait_ms(&q, 9999), -1);
}
END_TEST

START_TEST(moved_and_unset)
{
	struct deadline a = {0}, b = {0}, c = {0};
	struct deadlines q;

	deadlines_init(&q, lengths);
	deadline_set(&q, &a, DEADLINE_BODY, 0);
	deadline_set(&q, &b, DEADLINE_BODY, 1);
	deadline_set(&q, &c, DEADLINE_BODY, 2);
	deadline_unset(&q, &b); /* from the middle */
	deadline_unset(&q, &b); /* again: nothing */
	ck_assert(!b.set);
	deadline_set(&q, &a, DEADLINE_BODY, 10); /* behind c */
	ck_assert_ptr_eq(deadline_due(&q, 152), &c);
	ck_assert_ptr_null(deadline_due(&q, 159));
	deadline_set(&q, &a, DEADLINE_IDLE, 20); /* to another kind */
	ck_assert_ptr_eq(deadline_due(&q, 70), &a);
	deadline_set(&q, &c, DEADLINE_RESPONSE, 100);
	deadline_unset(&q, &c);
	ck_assert_int_eq(deadlines_wait_ms(&q, 0), -1);
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_test(t, due_in_order);
	tcase_add_test(t, moved_and_unset);
}

TEST_MAIN("deadline", fill)
