/* Conformance: credits, windows, answers, recovery and doubts, with the audit after each step. */
#include "unit/harness.h"

#include <string.h>

#include "store/fixture.h"

static struct fixture f;

static void setup(void)
{
	fixture_setup(&f);
}

static void teardown(void)
{
	fixture_teardown(&f);
}

static size_t doubts(struct doubt_row **rows)
{
	struct page page = {.limit = 100};
	size_t n;
	bool more;

	OK(store_doubt_list(f.reader, &f.arena, true, &page, rows, &n, &more));
	return n;
}

/* ---- credits ---- */

/* What packets may make us owe a peer, what is under way included. */
START_TEST(debt_limit)
{
	uint64_t limit = 100;
	struct peer_change c = {.debt_limit = &limit};
	struct flight part = {f.south, f.west, 60, 60, 0};
	struct settlement done = {.flight = part, .packets = 1};
	int64_t credit;

	fixture_begin(&f);
	OK(batch_peer_set(f.b, &f.west_id, &c));
	OK(batch_window_reserve(f.b, &part, f.now_ms + 1000));
	IS(batch_window_reserve(f.b, &part, f.now_ms + 1000), RESULT_THEIRS_INSUFFICIENT);
	fixture_end(&f);
	fixture_begin(&f);
	OK(batch_window_release(f.b, &part));
	fixture_end(&f);
	fixture_begin(&f);
	OK(batch_window_reserve(f.b, &part, f.now_ms + 1000));
	fixture_end(&f);
	fixture_begin(&f);
	OK(batch_window_settle(f.b, &done, &credit));
	fixture_end(&f);
	fixture_begin(&f);
	IS(batch_window_reserve(f.b, &part, f.now_ms + 1000), RESULT_THEIRS_INSUFFICIENT);
	part.amount_in = part.amount_out = 40;
	OK(batch_window_reserve(f.b, &part, f.now_ms + 1000));
	fixture_end(&f);
	fixture_begin(&f);
	OK(batch_window_release(f.b, &part));
	fixture_end(&f);
	fixture_begin(&f);
	limit = 0;
	OK(batch_peer_set(f.b, &f.west_id, &c));
	part.amount_in = part.amount_out = 4000;
	OK(batch_window_reserve(f.b, &part, f.now_ms + 1000));
	fixture_end(&f);
	fixture_audit(&f, "debt limit");
}
END_TEST

START_TEST(credits_are_summed)
{
	struct credit c = {f.west, f.alice, 100, 95, 5, f.now_ms + 1, 0, false, 0, {0}, 0};
	struct credit cross = {f.west, f.bob, 1000, 905, 4, f.now_ms + 1, 0, false, 0, {0}, 0};
	struct store_totals totals;
	int64_t first, second, third;

	fixture_begin(&f);
	OK(batch_credit(f.b, &c, &first));
	OK(batch_credit(f.b, &c, &second));
	OK(batch_credit(f.b, &cross, &third));
	ck_assert_int_eq(first, second);
	ck_assert_int_ne(first, third);
	fixture_end(&f);
	ck_assert_int_eq(fixture_balance(&f, f.alice), 100190);
	ck_assert_int_eq(fixture_balance(&f, f.bob), 100905);
	ck_assert_int_eq(fixture_balance(&f, f.west), -1200);
	OK(store_totals(f.reader, &totals));
	ck_assert_uint_eq(totals.packets_credited, 3);
	fixture_audit(&f, "credits");
}
END_TEST

START_TEST(credits_are_refused)
{
	struct credit good = {f.west, f.alice, 100, 100, 0, f.now_ms + 1, 0, false, 0, {0}, 0};
	static const struct {
		const char *what;
		struct credit change; /* members that differ from `good`; 0: the same */
		enum result expected;
	} cases[] = {
	        {"expired", {.expires_at_ms = FIXTURE_START_MS}, RESULT_THEIRS_EXPIRED},
	        {"no such wallet", {.wallet = 9999}, RESULT_THEIRS_NOT_FOUND},
	        {"no such peer", {.peer = 9999}, RESULT_THEIRS_NOT_FOUND},
	        {"one asset, in differs from out", {.amount_in = 101}, RESULT_THEIRS_BAD_AMOUNT},
	        {"above 2^63-1", {.amount_in = AMOUNT_MAX + 1, .amount_out = AMOUNT_MAX + 1},
	                RESULT_THEIRS_BAD_AMOUNT},
	        {"above the credit limit", {.amount_in = 1000001, .amount_out = 1000001},
	                RESULT_THEIRS_INSUFFICIENT},
	};
	int64_t id;

	fixture_begin(&f);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct credit c = good;
		uint64_t changes = f.b->changes;

		c.peer = cases[i].change.peer ? cases[i].change.peer : c.peer;
		c.wallet = cases[i].change.wallet ? cases[i].change.wallet : c.wallet;
		if (cases[i].change.amount_in)
			c.amount_in = cases[i].change.amount_in;
		if (cases[i].change.amount_out)
			c.amount_out = cases[i].change.amount_out;
		if (cases[i].change.expires_at_ms)
			c.expires_at_ms = cases[i].change.expires_at_ms;
		ck_assert_msg(batch_credit(f.b, &c, &id) == cases[i].expected, "%s", cases[i].what);
		ck_assert_uint_eq(f.b->changes, changes);
	}
	good.wallet = f.west;
	IS(batch_credit(f.b, &good, &id), RESULT_THEIRS_NOT_FOUND);
	fixture_end(&f);
	ck_assert_int_eq(fixture_balance(&f, f.west), 0);
	fixture_audit(&f, "refused");
}
END_TEST

START_TEST(liquidity_runs_out)
{
	struct credit c = {f.west, f.bob, 1000000, 1000001, 0, f.now_ms + 1, 0, false, 0, {0}, 0};
	int64_t id;

	fixture_begin(&f);
	IS(batch_credit(f.b, &c, &id), RESULT_THEIRS_INSUFFICIENT);
	c.amount_out = 1000000;
	OK(batch_credit(f.b, &c, &id));
	fixture_end(&f);
	fixture_audit(&f, "liquidity");
}
END_TEST

START_TEST(closed_wallet)
{
	struct credit c = {f.west, 0, 100, 100, 0, f.now_ms + 1, 0, false, 0, {0}, 0};
	struct wallet_new w = {.name = "carol", .asset = f.usd};
	struct id id;
	int64_t batch;

	fixture_begin(&f);
	OK(batch_wallet_add(f.b, &w, &id, &c.wallet));
	OK(batch_wallet_close(f.b, &id));
	IS(batch_credit(f.b, &c, &batch), RESULT_THEIRS_STATE);
	fixture_end(&f);
	fixture_begin(&f);
	IS(batch_credit(f.b, &c, &batch), RESULT_THEIRS_STATE);
	fixture_end(&f);
}
END_TEST

/* What was answered is settled; what failed is in doubt at once; the rest after a restart. */
START_TEST(answers)
{
	struct credit c = {f.west, f.alice, 100, 100, 0, f.now_ms + 1, 0, false, 0, {0}, 0};
	struct answer a = {0};
	struct doubt_row *rows;

	fixture_begin(&f);
	for (int i = 0; i < 5; i++)
		OK(batch_credit(f.b, &c, &a.credit_batch));
	fixture_end(&f);
	fixture_begin(&f);
	a.packets = 2;
	a.amount = 200;
	OK(batch_answered(f.b, &a));
	a = (struct answer){a.credit_batch, 0, 0, 1, 100};
	OK(batch_answered(f.b, &a));
	a.failed_packets = 3;
	IS(batch_answered(f.b, &a), RESULT_THEIRS_BAD_AMOUNT);
	a = (struct answer){.credit_batch = 999, .packets = 1};
	IS(batch_answered(f.b, &a), RESULT_THEIRS_NOT_FOUND);
	fixture_end(&f);
	ck_assert_uint_eq(doubts(&rows), 1);
	ck_assert_uint_eq(rows[0].amount, 100);
	fixture_audit(&f, "answers");

	fixture_restart(&f);
	ck_assert_uint_eq(doubts(&rows), 2);
	ck_assert_uint_eq(rows[1].amount, 200);
	ck_assert_int_eq(rows[1].direction, DOUBT_THEY_MAY_OWE);
	ck_assert_str_eq(rows[1].peer_name, "west");
	fixture_audit(&f, "restart");
	fixture_restart(&f);
	ck_assert_uint_eq(doubts(&rows), 2);

	/* The claim is given up, or kept. */
	fixture_begin(&f);
	OK(batch_doubt_release(f.b, &rows[0].id, DOUBT_TO_PEER));
	IS(batch_doubt_release(f.b, &rows[0].id, DOUBT_TO_PEER), RESULT_THEIRS_STATE);
	OK(batch_doubt_release(f.b, &rows[1].id, DOUBT_TO_PAYER));
	fixture_end(&f);
	ck_assert_int_eq(fixture_balance(&f, f.west), -400);
	ck_assert_uint_eq(doubts(&rows), 0);
	fixture_audit(&f, "released");
}
END_TEST

/* ---- windows ---- */

START_TEST(forward)
{
	struct flight flight = {f.west, f.east, 1000, 900, 5};
	struct settlement s = {.flight = flight, .packets = 1};
	struct answer a;
	struct account west;
	int64_t claim;

	fixture_begin(&f);
	OK(batch_window_reserve(f.b, &flight, f.now_ms + 2000));
	OK(batch_window_reserve(f.b, &flight, f.now_ms + 1000));
	IS(batch_window_settle(f.b, &s, &claim), RESULT_THEIRS_BAD_AMOUNT); /* not committed yet */
	fixture_end(&f);
	fixture_audit(&f, "reserved");
	west = fixture_account(&f, f.west);
	ck_assert_uint_eq(west.debits_pending, 2000);
	ck_assert_uint_eq(west.debits_posted, 0);

	f.now_ms += 10;
	fixture_begin(&f);
	OK(batch_window_settle(f.b, &s, &claim));
	OK(batch_window_reserve(f.b, &flight, f.now_ms + 3000));
	OK(batch_window_release(f.b, &flight));
	fixture_end(&f);
	fixture_audit(&f, "settled");
	west = fixture_account(&f, f.west);
	ck_assert_uint_eq(west.debits_pending, 1000);
	ck_assert_uint_eq(west.debits_posted, 1000);
	ck_assert_int_eq(fixture_balance(&f, f.east), 900);

	fixture_begin(&f);
	OK(batch_window_release(f.b, &flight));
	IS(batch_window_release(f.b, &flight), RESULT_THEIRS_BAD_AMOUNT);
	a = (struct answer){.credit_batch = claim, .packets = 1, .amount = 1000};
	OK(batch_answered(f.b, &a));
	flight.to = f.south;
	IS(batch_window_release(f.b, &flight), RESULT_THEIRS_NOT_FOUND);
	fixture_end(&f);
	west = fixture_account(&f, f.west);
	ck_assert_uint_eq(west.debits_pending, 0);
	fixture_restart(&f);
	fixture_audit(&f, "forward");
}
END_TEST

START_TEST(reserve_is_refused)
{
	struct flight good = {f.west, f.east, 1000, 900, 5};
	struct flight bad;
	int64_t later = f.now_ms + 1000;

	fixture_begin(&f);
	bad = good;
	bad.amount_out = 0;
	IS(batch_window_reserve(f.b, &bad, later), RESULT_THEIRS_BAD_AMOUNT);
	bad = good;
	bad.to = f.south;
	IS(batch_window_reserve(f.b, &bad, later), RESULT_THEIRS_BAD_AMOUNT);
	IS(batch_window_reserve(f.b, &good, f.now_ms), RESULT_THEIRS_EXPIRED);
	bad = good;
	bad.to = 9999;
	IS(batch_window_reserve(f.b, &bad, later), RESULT_THEIRS_NOT_FOUND);
	bad.to = f.bob;
	IS(batch_window_reserve(f.b, &bad, later), RESULT_THEIRS_BAD_TYPE);
	bad = good;
	bad.from = f.alice;
	IS(batch_window_reserve(f.b, &bad, later), RESULT_THEIRS_BAD_TYPE);
	bad = good;
	bad.amount_in = 1000001;
	IS(batch_window_reserve(f.b, &bad, later), RESULT_THEIRS_INSUFFICIENT);
	bad = good;
	bad.amount_out = 999999;
	IS(batch_window_reserve(f.b, &bad, later),
	        RESULT_THEIRS_INSUFFICIENT); /* with its spread */
	ck_assert_uint_eq(f.b->changes, 0);
	fixture_end(&f);
	fixture_audit(&f, "refused");
}
END_TEST

/* A payment reserves ahead and spends it in packets whose roundings differ from the whole. */
START_TEST(payment_window_roundings)
{
	struct flight all = {.to = f.south, .amount_in = 1000, .amount_out = 995, .spread = 5};
	struct settlement s = {.packets = 1, .delivered = 99};
	struct payment_row row;
	struct id id;
	int64_t claim;

	fixture_begin(&f);
	fixture_pay(&f, &id, &all.from);
	OK(batch_window_reserve(f.b, &all, f.now_ms + 1000));
	fixture_end(&f);
	/* Each packet of 100 gives 1 to spread: 10 in all, where 5 were reserved. */
	s.flight = (struct flight){all.from, f.south, 100, 99, 1};
	for (int i = 0; i < 10; i++) {
		fixture_begin(&f);
		OK(batch_window_settle(f.b, &s, &claim));
		fixture_end(&f);
		fixture_audit(&f, "rounding");
	}
	ck_assert_int_eq(fixture_balance(&f, f.south), 990);
	fixture_begin(&f);
	IS(batch_window_settle(f.b, &s, &claim), RESULT_THEIRS_BAD_AMOUNT);
	OK(batch_payment_finish(f.b, &id, PAYMENT_FAILED, "stopped"));
	fixture_end(&f);
	row = fixture_payment(&f, &id);
	ck_assert_uint_eq(row.fee, 10); /* of 100, for 1000 of 9900 */
	ck_assert_uint_eq(row.sent, 1010);
	ck_assert_uint_eq(row.refunded, 8990);
	fixture_audit(&f, "finished");
}
END_TEST

/* The whole of what is left goes back, whatever its parts are by then. */
START_TEST(release_of_the_rest)
{
	struct flight all = {.to = f.east, .amount_in = 10, .amount_out = 5, .spread = 1};
	struct settlement s = {.packets = 1, .delivered = 4};
	struct id id;
	account_id account;
	int64_t claim;

	fixture_begin(&f);
	fixture_pay(&f, &id, &account);
	all.from = account;
	OK(batch_window_reserve(f.b, &all, f.now_ms + 1000));
	fixture_end(&f);
	s.flight = (struct flight){account, f.east, 9, 5, 0};
	fixture_begin(&f);
	OK(batch_window_settle(f.b, &s, &claim));
	fixture_end(&f);
	fixture_audit(&f, "one unit of nothing");
	fixture_begin(&f);
	s.flight = (struct flight){account, f.east, 1, 0, 0};
	OK(batch_window_release(f.b, &s.flight));
	OK(batch_payment_finish(f.b, &id, PAYMENT_COMPLETED, NULL));
	fixture_end(&f);
	fixture_audit(&f, "rest");
}
END_TEST

/* A window that lives on keeps what it holds, and one that holds nothing is left alone. */
START_TEST(window_lives_on)
{
	struct flight flight = {f.west, f.east, 1000, 900, 5};
	struct settlement s = {.flight = flight, .packets = 1};
	struct account west;
	int64_t claim, due;

	fixture_begin(&f);
	OK(batch_window_extend(f.b, f.west, f.east, f.now_ms + 1000));
	OK(batch_window_reserve(f.b, &flight, f.now_ms + 1000));
	fixture_end(&f);
	fixture_begin(&f);
	IS(batch_window_extend(f.b, f.west, f.east, f.now_ms), RESULT_THEIRS_EXPIRED);
	OK(batch_window_extend(f.b, f.west, f.east, f.now_ms + 60000));
	OK(batch_window_extend(f.b, f.west, f.east, f.now_ms + 500));
	fixture_end(&f);
	fixture_audit(&f, "extended");
	west = fixture_account(&f, f.west);
	ck_assert_uint_eq(west.debits_pending, 1000);

	fixture_restart(&f);
	f.now_ms += 60000 + WINDOW_MARGIN_MS - 1;
	fixture_begin(&f);
	OK(batch_recover(f.b, &due));
	fixture_end(&f);
	ck_assert_int_gt(due, f.now_ms);
	fixture_audit(&f, "not due");

	f.now_ms += 10;
	fixture_begin(&f);
	OK(batch_recover(f.b, &due));
	OK(batch_window_reserve(f.b, &flight, f.now_ms + 1000));
	fixture_end(&f);
	fixture_begin(&f);
	OK(batch_window_settle(f.b, &s, &claim));
	OK(batch_window_extend(f.b, f.west, f.east, f.now_ms + 2000));
	fixture_end(&f);
	fixture_audit(&f, "empty");
}
END_TEST

START_TEST(live_doubt)
{
	struct flight flight = {f.west, f.east, 1000, 900, 5};
	struct flight own = {.to = f.east, .amount_in = 500, .amount_out = 450, .spread = 3};
	struct doubt_row *rows, row;
	struct payment_row payment;
	struct id id;

	fixture_begin(&f);
	fixture_pay(&f, &id, &own.from);
	OK(batch_window_reserve(f.b, &flight, f.now_ms + 1000));
	OK(batch_window_reserve(f.b, &own, f.now_ms + 1000));
	fixture_end(&f);
	f.now_ms += 1001;
	fixture_begin(&f);
	OK(batch_window_doubt(f.b, &flight));
	OK(batch_window_doubt(f.b, &own));
	fixture_end(&f);
	fixture_audit(&f, "doubt");
	ck_assert_uint_eq(doubts(&rows), 2);
	ck_assert_int_eq(rows[0].direction, DOUBT_WE_MAY_OWE);
	ck_assert_uint_eq(rows[0].amount, 900);
	ck_assert(id_is_zero(&rows[0].payment));
	ck_assert_uint_eq(rows[1].amount, 500);
	ck_assert(id_eq(&rows[1].payment, &id));
	payment = fixture_payment(&f, &id);
	ck_assert_uint_eq(payment.sent, 500);
	ck_assert_uint_eq(payment.in_doubt, 500);

	fixture_begin(&f);
	IS(batch_doubt_release(f.b, &rows[1].id, DOUBT_TO_PAYER), RESULT_THEIRS_STATE);
	OK(batch_payment_finish(f.b, &id, PAYMENT_FAILED, "x"));
	OK(batch_doubt_release(f.b, &rows[1].id, DOUBT_TO_PAYER));
	OK(batch_doubt_release(f.b, &rows[0].id, DOUBT_TO_PEER));
	fixture_end(&f);
	payment = fixture_payment(&f, &id);
	ck_assert_uint_eq(payment.sent, 0);
	ck_assert_uint_eq(payment.refunded, 10000);
	ck_assert_int_eq(fixture_balance(&f, f.alice), 100000);
	ck_assert_int_eq(fixture_balance(&f, f.east), 900);
	OK(store_doubt_get(f.reader, &f.arena, &rows[0].id, &row));
	ck_assert(!row.open);
	ck_assert_int_eq(row.end, DOUBT_TO_PEER);
	fixture_audit(&f, "released");
}
END_TEST

/* A process dies with a payment and a forward in flight. */
START_TEST(recovery)
{
	struct flight flight = {f.west, f.east, 1000, 900, 5};
	struct flight own = {.to = f.east, .amount_in = 500, .amount_out = 450, .spread = 3};
	struct payment_row payment;
	struct doubt_row *rows;
	struct id id;
	int64_t due, expiry = f.now_ms + 1000;

	fixture_begin(&f);
	fixture_pay(&f, &id, &own.from);
	OK(fixture_claim(&f, 60000, &payment));
	OK(batch_window_reserve(f.b, &flight, expiry));
	OK(batch_window_reserve(f.b, &own, expiry + 500));
	fixture_end(&f);
	fixture_restart(&f);
	fixture_audit(&f, "restart");

	fixture_begin(&f);
	OK(batch_recover(f.b, &due));
	ck_assert_int_eq(due, expiry + WINDOW_MARGIN_MS + 1);
	IS(fixture_claim(&f, 60000, &payment), RESULT_THEIRS_NOT_FOUND);
	fixture_end(&f);
	ck_assert_uint_eq(doubts(&rows), 0);

	f.now_ms = due;
	fixture_begin(&f);
	OK(batch_recover(f.b, &due));
	ck_assert_int_eq(due, expiry + 500 + WINDOW_MARGIN_MS + 1);
	fixture_end(&f);
	ck_assert_uint_eq(doubts(&rows), 1);
	fixture_audit(&f, "forward recovered");

	f.now_ms = due;
	fixture_begin(&f);
	OK(batch_recover(f.b, &due));
	ck_assert_int_eq(due, 0);
	fixture_end(&f);
	fixture_begin(&f);
	OK(batch_recover(f.b, &due));
	ck_assert_int_eq(due, 0);
	OK(fixture_claim(&f, 60000, &payment));
	ck_assert_uint_eq(payment.in_doubt, 500);
	/* It goes on with a fresh window. */
	own.amount_in = 9400;
	own.amount_out = 8460;
	OK(batch_window_reserve(f.b, &own, f.now_ms + 1000));
	OK(batch_window_release(f.b, &own));
	OK(batch_payment_finish(f.b, &id, PAYMENT_FAILED, "x"));
	fixture_end(&f);
	ck_assert_uint_eq(doubts(&rows), 2);
	ck_assert_uint_eq(rows[1].amount, 500);
	fixture_audit(&f, "payment recovered");

	fixture_begin(&f);
	OK(batch_doubt_release(f.b, &rows[1].id, DOUBT_TO_PEER));
	OK(batch_doubt_release(f.b, &rows[0].id, DOUBT_TO_PAYER));
	fixture_end(&f);
	payment = fixture_payment(&f, &id);
	ck_assert_uint_eq(payment.sent, 500);
	ck_assert_uint_eq(payment.in_doubt, 0);
	ck_assert_uint_eq(payment.refunded, 9500);
	ck_assert_int_eq(fixture_balance(&f, f.east), 450);
	fixture_audit(&f, "released");
}
END_TEST

START_TEST(what_is_busy_stays)
{
	struct flight flight = {f.west, f.east, 1000, 900, 5};
	struct peer_change c = {0};
	uint64_t limit = 999;
	struct id id;
	account_id account;

	fixture_begin(&f);
	OK(batch_window_reserve(f.b, &flight, f.now_ms + 1000));
	IS(batch_peer_remove(f.b, &f.west_id), RESULT_THEIRS_STATE);
	IS(batch_peer_remove(f.b, &f.east_id), RESULT_THEIRS_STATE);
	OK(batch_peer_remove(f.b, &f.south_id));
	c.credit_limit = &limit;
	IS(batch_peer_set(f.b, &f.west_id, &c), RESULT_THEIRS_STATE);
	limit = 1000;
	OK(batch_peer_set(f.b, &f.west_id, &c));
	fixture_pay(&f, &id, &account);
	fixture_end(&f);
	fixture_audit(&f, "busy");
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_test(t, debt_limit);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, credits_are_summed);
	tcase_add_test(t, credits_are_refused);
	tcase_add_test(t, liquidity_runs_out);
	tcase_add_test(t, closed_wallet);
	tcase_add_test(t, answers);
	tcase_add_test(t, forward);
	tcase_add_test(t, reserve_is_refused);
	tcase_add_test(t, payment_window_roundings);
	tcase_add_test(t, release_of_the_rest);
	tcase_add_test(t, window_lives_on);
	tcase_add_test(t, live_doubt);
	tcase_add_test(t, recovery);
	tcase_add_test(t, what_is_busy_stays);
}

TEST_MAIN("packets", fill)
