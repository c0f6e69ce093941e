/* Money asked for in or out: every state, every end, before and after its time. */
#include "unit/harness.h"

#include <string.h>

#include "model/cash.h"

#define NOW 1000

static const struct {
	enum cash_state state, to;
	enum result before, after; /* its time */
} rows[] = {
        {CASH_PENDING, CASH_APPROVED, RESULT_OK, RESULT_THEIRS_EXPIRED},
        {CASH_PENDING, CASH_REFUSED, RESULT_OK, RESULT_THEIRS_EXPIRED},
        {CASH_PENDING, CASH_CANCELLED, RESULT_OK, RESULT_THEIRS_EXPIRED},
        {CASH_PENDING, CASH_EXPIRED, RESULT_THEIRS_STATE, RESULT_OK},
        {CASH_PENDING, CASH_PENDING, RESULT_THEIRS_STATE, RESULT_THEIRS_STATE},
        {CASH_APPROVED, CASH_APPROVED, RESULT_THEIRS_STATE, RESULT_THEIRS_STATE},
        {CASH_APPROVED, CASH_REFUSED, RESULT_THEIRS_STATE, RESULT_THEIRS_STATE},
        {CASH_APPROVED, CASH_EXPIRED, RESULT_THEIRS_STATE, RESULT_THEIRS_STATE},
        {CASH_REFUSED, CASH_APPROVED, RESULT_THEIRS_STATE, RESULT_THEIRS_STATE},
        {CASH_REFUSED, CASH_CANCELLED, RESULT_THEIRS_STATE, RESULT_THEIRS_STATE},
        {CASH_CANCELLED, CASH_APPROVED, RESULT_THEIRS_STATE, RESULT_THEIRS_STATE},
        {CASH_CANCELLED, CASH_EXPIRED, RESULT_THEIRS_STATE, RESULT_THEIRS_STATE},
        {CASH_EXPIRED, CASH_APPROVED, RESULT_THEIRS_EXPIRED, RESULT_THEIRS_EXPIRED},
        {CASH_EXPIRED, CASH_EXPIRED, RESULT_THEIRS_EXPIRED, RESULT_THEIRS_EXPIRED},
};

START_TEST(ends)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		enum cash_state early = rows[i].state, late = rows[i].state;

		ck_assert_msg(
		        cash_end(&early, rows[i].to, NOW + 1, NOW) == rows[i].before, "row %zu", i);
		ck_assert_msg(cash_end(&late, rows[i].to, NOW, NOW) == rows[i].after, "row %zu", i);
		ck_assert_int_eq(early, rows[i].before ? rows[i].state : rows[i].to);
		ck_assert_int_eq(late, rows[i].after ? rows[i].state : rows[i].to);
	}
}
END_TEST

START_TEST(names)
{
	for (unsigned i = 0; i < CASH_STATES; i++) {
		enum cash_state s = (enum cash_state)i, parsed;

		ck_assert_int_eq(cash_state_at(s, NOW + 1, NOW), s);
		ck_assert_int_eq(cash_state_at(s, NOW, NOW), s == CASH_PENDING ? CASH_EXPIRED : s);
		ck_assert_int_eq(cash_state_parse(cash_state_name(s), &parsed), RESULT_OK);
		ck_assert_int_eq(parsed, s);
	}
	for (unsigned i = 0; i < CASH_KINDS; i++) {
		enum cash_kind parsed;

		ck_assert_int_eq(
		        cash_kind_parse(cash_kind_name((enum cash_kind)i), &parsed), RESULT_OK);
		ck_assert_int_eq(parsed, i);
	}
	ck_assert_int_eq(
	        cash_state_parse("pending", &(enum cash_state){0}), RESULT_THEIRS_MALFORMED);
	ck_assert_int_eq(cash_kind_parse("", &(enum cash_kind){0}), RESULT_THEIRS_MALFORMED);
}
END_TEST

START_TEST(notes)
{
	char longest[CASH_NOTE_MAX + 2];

	memset(longest, 'x', sizeof(longest));
	longest[CASH_NOTE_MAX] = '\0';
	ck_assert_int_eq(cash_note_check(""), RESULT_OK);
	ck_assert_int_eq(cash_note_check("account 12-34, \xc3\xa9"), RESULT_OK);
	ck_assert_int_eq(cash_note_check(longest), RESULT_OK);
	longest[CASH_NOTE_MAX] = 'x';
	longest[CASH_NOTE_MAX + 1] = '\0';
	ck_assert_int_eq(cash_note_check(longest), RESULT_THEIRS_TOO_BIG);
	ck_assert_int_eq(cash_note_check("two\nlines"), RESULT_THEIRS_MALFORMED);
	ck_assert_int_eq(cash_note_check("\xc3"), RESULT_THEIRS_MALFORMED);
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_test(t, ends);
	tcase_add_test(t, names);
	tcase_add_test(t, notes);
}

TEST_MAIN("cash", fill)
