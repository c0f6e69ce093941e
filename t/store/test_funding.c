/* Headless mode: no money moves before the host has given exactly what a payment needs. */
#include "unit/harness.h"

#include <string.h>

#include "store/fixture.h"
#include "store/funding.h"

static struct fixture f;
static struct payment_row row;
static struct id id;
static account_id account;

static void setup(void)
{
	fixture_setup(&f);
	f.options.headless = true;
	fixture_restart(&f);
}

static void teardown(void)
{
	fixture_audit(&f, "at the end");
	fixture_teardown(&f);
}

/* fixture_pay's: a debit amount of 10,000 with a fee of 100, by packets. */
static void make(void)
{
	fixture_begin(&f);
	fixture_pay(&f, &id, &account);
	fixture_end(&f);
}

static enum result fund(uint64_t amount)
{
	enum result r;

	fixture_begin(&f);
	r = batch_payment_fund(f.b, &id, amount, &f.arena, &row);
	if (r)
		fixture_cancel(&f);
	else
		fixture_end(&f);
	return r;
}

static void claim(enum result expected)
{
	fixture_begin(&f);
	IS(fixture_claim(&f, 1000, &row), expected);
	fixture_end(&f);
}

static int64_t settlement(void)
{
	struct asset_row asset;

	OK(store_asset_get(f.reader, f.usd, &asset));
	return fixture_balance(&f, asset.settlement);
}

START_TEST(nothing_moves_without_it)
{
	int64_t outside = settlement();

	make();
	ck_assert_int_eq(fixture_payment(&f, &id).state, PAYMENT_FUNDING);
	ck_assert_int_eq(fixture_balance(&f, f.alice), 100000);
	ck_assert_int_eq(fixture_balance(&f, account), 0);
	ck_assert_int_eq(settlement(), outside);
	claim(RESULT_THEIRS_NOT_FOUND);
}
END_TEST

START_TEST(funded)
{
	int64_t outside = settlement();

	make();
	IS(fund(9999), RESULT_THEIRS_BAD_AMOUNT);
	IS(fund(10001), RESULT_THEIRS_BAD_AMOUNT);
	ck_assert_int_eq(fixture_payment(&f, &id).state, PAYMENT_FUNDING);
	OK(fund(10000));
	ck_assert_int_eq(row.state, PAYMENT_SENDING);
	ck_assert_int_eq(fixture_balance(&f, account), 10000);
	ck_assert_int_eq(fixture_balance(&f, f.alice), 100000);
	ck_assert_int_eq(settlement(), outside - 10000);
	IS(fund(10000), RESULT_THEIRS_STATE);
	claim(RESULT_OK);
	/* What is not used goes back to the host. */
	fixture_begin(&f);
	OK(batch_payment_finish(f.b, &id, PAYMENT_FAILED, "IdleTimeout"));
	fixture_end(&f);
	ck_assert_int_eq(settlement(), outside);
	ck_assert_int_eq(fixture_balance(&f, f.alice), 100000);
	ck_assert_uint_eq(fixture_payment(&f, &id).refunded, 10000);
	IS(fund(10000), RESULT_THEIRS_STATE);
}
END_TEST

START_TEST(unsaid_amount)
{
	make();
	OK(fund(0));
	ck_assert_int_eq(fixture_balance(&f, account), 10000);
}
END_TEST

/* The answer to a late host is the same before and after the payment was swept away. */
START_TEST(too_late)
{
	make();
	f.now_ms += 30001;
	IS(fund(10000), RESULT_THEIRS_EXPIRED);
	fixture_begin(&f);
	OK(batch_payment_expire_unfunded(f.b));
	fixture_end(&f);
	ck_assert_int_eq(fixture_payment(&f, &id).state, PAYMENT_CANCELLED);
	ck_assert_uint_eq(fixture_payment(&f, &id).refunded, 0);
	IS(fund(10000), RESULT_THEIRS_EXPIRED);
}
END_TEST

START_TEST(not_before_its_time)
{
	make();
	f.now_ms += 30000;
	fixture_begin(&f);
	OK(batch_payment_expire_unfunded(f.b));
	fixture_end(&f);
	OK(fund(10000));
}
END_TEST

START_TEST(cancelled)
{
	make();
	fixture_begin(&f);
	OK(batch_payment_finish(f.b, &id, PAYMENT_CANCELLED, "no money"));
	fixture_end(&f);
	IS(fund(10000), RESULT_THEIRS_STATE);
	ck_assert_str_eq(fixture_payment(&f, &id).error, "no money");
	ck_assert_int_eq(fixture_balance(&f, f.alice), 100000);
}
END_TEST

/* To a wallet of this node: paid when it is funded, not before. */
START_TEST(local)
{
	struct quote_row q = {.wallet = f.alice,
	        .kind = QUOTE_FIXED_SEND,
	        .receiver = "$here.example/bob",
	        .local_receiver = f.bob,
	        .debit_amount = 1000,
	        .receive_amount = 900,
	        .receive_code = "EUR",
	        .receive_scale = 2,
	        .expires_ms = f.now_ms + 30000};
	struct payment_new p = {.wallet = f.alice};
	const struct payment_local paid = {.amount_out = 900};

	OK(ratio_make(9, 10, &q.min_rate));
	fixture_begin(&f);
	OK(batch_quote_add(f.b, &q));
	p.quote_id = q.id;
	OK(batch_payment_create(f.b, &p, &paid, &id, &account));
	fixture_end(&f);
	ck_assert_int_eq(fixture_balance(&f, f.bob), 100000);
	OK(fund(1000));
	ck_assert_int_eq(row.state, PAYMENT_COMPLETED);
	ck_assert_int_eq(fixture_balance(&f, f.bob), 100900);
	ck_assert_int_eq(fixture_balance(&f, f.alice), 100000);
	IS(fund(1000), RESULT_THEIRS_STATE);
}
END_TEST

START_TEST(unknown)
{
	id = (struct id){{1}};
	IS(fund(1), RESULT_THEIRS_NOT_FOUND);
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, nothing_moves_without_it);
	tcase_add_test(t, funded);
	tcase_add_test(t, unsaid_amount);
	tcase_add_test(t, too_late);
	tcase_add_test(t, not_before_its_time);
	tcase_add_test(t, cancelled);
	tcase_add_test(t, local);
	tcase_add_test(t, unknown);
}

TEST_MAIN("funding", fill)
