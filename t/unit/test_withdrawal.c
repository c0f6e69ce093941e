/* Withdrawals in two phases: every state, every end, before and after its time. */
#include "unit/harness.h"

#include "model/withdrawal.h"

#define NOW 1000

static const struct {
	enum withdrawal_state state, to;
	enum result before, after; /* its time */
} rows[] = {
        {WITHDRAWAL_PENDING, WITHDRAWAL_POSTED, RESULT_OK, RESULT_THEIRS_EXPIRED},
        {WITHDRAWAL_PENDING, WITHDRAWAL_VOID, RESULT_OK, RESULT_THEIRS_EXPIRED},
        {WITHDRAWAL_PENDING, WITHDRAWAL_EXPIRED, RESULT_THEIRS_STATE, RESULT_OK},
        {WITHDRAWAL_PENDING, WITHDRAWAL_PENDING, RESULT_THEIRS_STATE, RESULT_THEIRS_STATE},
        {WITHDRAWAL_POSTED, WITHDRAWAL_POSTED, RESULT_THEIRS_STATE, RESULT_THEIRS_STATE},
        {WITHDRAWAL_POSTED, WITHDRAWAL_VOID, RESULT_THEIRS_STATE, RESULT_THEIRS_STATE},
        {WITHDRAWAL_POSTED, WITHDRAWAL_EXPIRED, RESULT_THEIRS_STATE, RESULT_THEIRS_STATE},
        {WITHDRAWAL_VOID, WITHDRAWAL_POSTED, RESULT_THEIRS_STATE, RESULT_THEIRS_STATE},
        {WITHDRAWAL_VOID, WITHDRAWAL_VOID, RESULT_THEIRS_STATE, RESULT_THEIRS_STATE},
        {WITHDRAWAL_VOID, WITHDRAWAL_EXPIRED, RESULT_THEIRS_STATE, RESULT_THEIRS_STATE},
        {WITHDRAWAL_EXPIRED, WITHDRAWAL_POSTED, RESULT_THEIRS_EXPIRED, RESULT_THEIRS_EXPIRED},
        {WITHDRAWAL_EXPIRED, WITHDRAWAL_VOID, RESULT_THEIRS_EXPIRED, RESULT_THEIRS_EXPIRED},
        {WITHDRAWAL_EXPIRED, WITHDRAWAL_EXPIRED, RESULT_THEIRS_EXPIRED, RESULT_THEIRS_EXPIRED},
};

START_TEST(ends)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		enum withdrawal_state early = rows[i].state, late = rows[i].state;

		ck_assert_msg(withdrawal_end(&early, rows[i].to, NOW + 1, NOW) == rows[i].before,
		        "row %zu", i);
		ck_assert_msg(
		        withdrawal_end(&late, rows[i].to, NOW, NOW) == rows[i].after, "row %zu", i);
		ck_assert_int_eq(early, rows[i].before ? rows[i].state : rows[i].to);
		ck_assert_int_eq(late, rows[i].after ? rows[i].state : rows[i].to);
	}
}
END_TEST

START_TEST(seen)
{
	for (unsigned i = 0; i < WITHDRAWAL_STATES; i++) {
		enum withdrawal_state s = (enum withdrawal_state)i, parsed;

		ck_assert_int_eq(withdrawal_state_at(s, NOW + 1, NOW), s);
		ck_assert_int_eq(withdrawal_state_at(s, NOW, NOW),
		        s == WITHDRAWAL_PENDING ? WITHDRAWAL_EXPIRED : s);
		ck_assert_int_eq(
		        withdrawal_state_parse(withdrawal_state_name(s), &parsed), RESULT_OK);
		ck_assert_int_eq(parsed, s);
	}
	ck_assert_int_eq(withdrawal_state_parse("pending", &(enum withdrawal_state){0}),
	        RESULT_THEIRS_MALFORMED);
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_test(t, ends);
	tcase_add_test(t, seen);
}

TEST_MAIN("withdrawal", fill)
