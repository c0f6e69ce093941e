/* The ledger's rules, ordered by precedence of refusal. */
#include "unit/harness.h"

#include <string.h>

#include "model/ledger.h"

static struct account account(uint64_t credits, uint64_t debits, uint64_t pending, uint64_t limit)
{
	return (struct account){.id = 1,
	        .kind = ACCOUNT_WALLET,
	        .asset = 1,
	        .credit_limit = limit,
	        .credits_posted = credits,
	        .debits_posted = debits,
	        .debits_pending = pending};
}

static const struct {
	const char *what;
	struct account debit, credit;
	uint64_t amount;
	enum result expected;
} cases[] = {
        {"has it", {.asset = 1, .credits_posted = 10}, {.asset = 1}, 10, RESULT_OK},
        {"nothing", {.asset = 1}, {.asset = 1}, 0, RESULT_OK},
        {"other asset, and all else wrong", {.asset = 1, .closed = true}, {.asset = 2},
                AMOUNT_MAX + 1, RESULT_THEIRS_BAD_ASSET},
        {"too large, and closed", {.asset = 1, .closed = true}, {.asset = 1}, AMOUNT_MAX + 1,
                RESULT_THEIRS_BAD_AMOUNT},
        {"debit closed, and empty", {.asset = 1, .closed = true}, {.asset = 1}, 1,
                RESULT_THEIRS_STATE},
        {"credit closed, and empty", {.asset = 1}, {.asset = 1, .closed = true}, 1,
                RESULT_THEIRS_STATE},
        {"empty, and the sum too large", {.asset = 1, .credits_posted = 10},
                {.asset = 1, .credits_posted = AMOUNT_MAX}, 11, RESULT_THEIRS_INSUFFICIENT},
        {"one too much", {.asset = 1, .credits_posted = 10}, {.asset = 1}, 11,
                RESULT_THEIRS_INSUFFICIENT},
        {"held already", {.asset = 1, .credits_posted = 10, .debits_pending = 1}, {.asset = 1}, 10,
                RESULT_THEIRS_INSUFFICIENT},
        {"pending credits are nobody's", {.asset = 1, .credits_pending = 10}, {.asset = 1}, 1,
                RESULT_THEIRS_INSUFFICIENT},
        {"on credit", {.asset = 1, .credits_posted = 10, .credit_limit = 5}, {.asset = 1}, 15,
                RESULT_OK},
        {"above credit", {.asset = 1, .credits_posted = 10, .credit_limit = 5}, {.asset = 1}, 16,
                RESULT_THEIRS_INSUFFICIENT},
        {"may go negative", {.asset = 1, .may_go_negative = true}, {.asset = 1}, AMOUNT_MAX,
                RESULT_OK},
        {"the credit side's sum", {.asset = 1, .credits_posted = 10},
                {.asset = 1, .credits_posted = AMOUNT_MAX - 9}, 10, RESULT_THEIRS_BAD_AMOUNT},
        {"the credit side's sum with what is pending", {.asset = 1, .credits_posted = 10},
                {.asset = 1, .credits_posted = AMOUNT_MAX - 10, .credits_pending = 1}, 10,
                RESULT_THEIRS_BAD_AMOUNT},
        {"the debit side's sum", {.asset = 1, .may_go_negative = true, .debits_posted = AMOUNT_MAX},
                {.asset = 1}, 1, RESULT_THEIRS_BAD_AMOUNT},
};

START_TEST(refusals)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct account d = cases[i].debit, c = cases[i].credit;
		enum result r = ledger_transfer(&d, &c, cases[i].amount);

		ck_assert_msg(r == cases[i].expected, "%s: %s", cases[i].what, result_name(r));
		ck_assert_uint_eq(
		        d.debits_posted - cases[i].debit.debits_posted, r ? 0 : cases[i].amount);
		ck_assert_uint_eq(
		        c.credits_posted - cases[i].credit.credits_posted, r ? 0 : cases[i].amount);
		d = cases[i].debit;
		c = cases[i].credit;
		r = ledger_hold(&d, &c, cases[i].amount);
		ck_assert_msg(r == cases[i].expected, "%s: %s", cases[i].what, result_name(r));
		ck_assert_uint_eq(
		        d.debits_pending - cases[i].debit.debits_pending, r ? 0 : cases[i].amount);
		ck_assert_uint_eq(d.debits_posted, cases[i].debit.debits_posted);
	}
}
END_TEST

START_TEST(settling)
{
	struct account d = account(100, 0, 0, 0), c = account(0, 0, 0, 0);

	ck_assert_int_eq(ledger_hold(&d, &c, 60), RESULT_OK);
	ck_assert_uint_eq(ledger_available(&d), 40);
	ck_assert_int_eq(ledger_balance(&d), 100);
	ck_assert_int_eq(ledger_settle(&d, &c, 61, 1), RESULT_OURS_BUG);
	ck_assert_int_eq(ledger_settle(&d, &c, 10, 11), RESULT_OURS_BUG);
	d.closed = true;
	ck_assert_int_eq(ledger_settle(&d, &c, 50, 20), RESULT_OK);
	ck_assert_uint_eq(ledger_available(&d), 70);
	ck_assert_int_eq(ledger_settle(&d, &c, 10, 0), RESULT_OK);
	ck_assert_int_eq(ledger_balance(&d), 80);
	ck_assert_int_eq(ledger_balance(&c), 20);
	ck_assert_uint_eq(d.debits_pending, 0);
	ck_assert_uint_eq(c.credits_pending, 0);
}
END_TEST

START_TEST(available)
{
	struct account a = account(AMOUNT_MAX, 0, 0, AMOUNT_MAX);

	ck_assert_uint_eq(ledger_available(&a), AMOUNT_MAX);
	a = account(10, 8, 4, 0); /* only a damaged store has this */
	ck_assert_uint_eq(ledger_available(&a), 0);
	a.may_go_negative = true;
	ck_assert_uint_eq(ledger_available(&a), AMOUNT_MAX);
	a = account(0, AMOUNT_MAX, 0, 0);
	ck_assert_int_eq(ledger_balance(&a), -INT64_MAX);
}
END_TEST

START_TEST(names)
{
	enum account_kind kind;

	for (unsigned i = 0; i < ACCOUNT_KINDS; i++) {
		ck_assert_int_eq(account_kind_parse(account_kind_name((enum account_kind)i), &kind),
		        RESULT_OK);
		ck_assert_int_eq(kind, i);
	}
	ck_assert_int_eq(account_kind_parse("Wallet", &kind), RESULT_THEIRS_MALFORMED);
}
END_TEST

START_TEST(debts)
{
	static const struct {
		struct account a;
		uint64_t more;
		bool fits;
	} rows[] = {
	        {{.debt_limit = 0, .credits_posted = 100}, AMOUNT_MAX, true},
	        {{.debt_limit = 10}, 10, true},
	        {{.debt_limit = 10}, 11, false},
	        {{.debt_limit = 10, .credits_posted = 4, .credits_pending = 5}, 1, true},
	        {{.debt_limit = 10, .credits_posted = 4, .credits_pending = 5}, 2, false},
	        {{.debt_limit = 10, .credits_posted = 20}, 0, false},
	        {{.debt_limit = 10, .credits_posted = 20, .debits_posted = 15}, 5, true},
	        {{.debt_limit = 10, .credits_posted = 20, .debits_posted = 15}, 6, false},
	        /* what is only pending may go back */
	        {{.debt_limit = 10, .credits_posted = 20, .debits_pending = 15}, 0, false},
	        {{.debt_limit = AMOUNT_MAX, .debits_posted = AMOUNT_MAX}, AMOUNT_MAX, true},
	        {{.debt_limit = 1, .credits_posted = AMOUNT_MAX, .credits_pending = 0}, 1, false},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		ck_assert_msg(
		        ledger_debt_fits(&rows[i].a, rows[i].more) == rows[i].fits, "row %zu", i);
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_test(t, debts);
	tcase_add_test(t, refusals);
	tcase_add_test(t, settling);
	tcase_add_test(t, available);
	tcase_add_test(t, names);
}

TEST_MAIN("ledger", fill)
