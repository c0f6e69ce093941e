/* Conformance: deposits and withdrawals that holders ask for, with the audit after each step. */
#include "unit/harness.h"

#include <string.h>

#include "store/cash.h"
#include "store/fixture.h"
#include "store/withdrawal.h"

static struct fixture f;

static void setup(void)
{
	fixture_setup(&f);
}

static void teardown(void)
{
	fixture_teardown(&f);
}

static struct cash_new of(uint8_t id, enum cash_kind kind, uint64_t amount)
{
	return (struct cash_new){{{id}}, f.alice, kind, amount, "account 12"};
}

static void add(const struct cash_new *n)
{
	struct cash_row row;

	fixture_begin(&f);
	OK(batch_cash_add(f.b, n, &row));
	ck_assert_int_eq(row.state, CASH_PENDING);
	ck_assert_int_eq(row.expires_ms, f.now_ms + CASH_LIFE_MS);
	ck_assert_str_eq(row.note, n->note);
	fixture_end(&f);
}

/* As one request of an operator or a holder: what is refused changes nothing. */
static enum result end(uint8_t id, enum cash_state to, const char *answer)
{
	struct cash_row row;
	enum result r;

	fixture_begin(&f);
	r = batch_cash_end(f.b, &(struct id){{id}}, to, answer, &row);
	if (r) {
		fixture_cancel(&f);
	} else {
		ck_assert_int_eq(row.state, to);
		ck_assert_str_eq(row.answer, answer);
		fixture_end(&f);
	}
	fixture_audit(&f, "ended");
	return r;
}

static void is(uint8_t id, enum cash_state state, const char *answer)
{
	struct cash_row row;

	OK(store_cash_get(f.reader, &f.arena, &(struct id){{id}}, &row));
	ck_assert_int_eq(row.state, state);
	ck_assert_str_eq(row.answer, answer);
	ck_assert_int_eq(row.ended_ms, state == CASH_PENDING ? 0 : f.now_ms);
}

static void holds(int64_t balance, uint64_t pending)
{
	struct account a = fixture_account(&f, f.alice);

	ck_assert_int_eq(ledger_balance(&a), balance);
	ck_assert_uint_eq(a.debits_pending, pending);
}

START_TEST(deposits)
{
	struct cash_new n = of(1, CASH_DEPOSIT, 500);

	add(&n);
	n = of(2, CASH_DEPOSIT, 40);
	add(&n);
	n = of(3, CASH_DEPOSIT, 3);
	n.note = "";
	add(&n);
	holds(100000, 0);
	fixture_audit(&f, "asked for");
	OK(end(1, CASH_APPROVED, "thanks"));
	holds(100500, 0);
	is(1, CASH_APPROVED, "thanks");
	/* Two approvals at once are one after the other. */
	IS(end(1, CASH_APPROVED, ""), RESULT_THEIRS_STATE);
	IS(end(1, CASH_REFUSED, ""), RESULT_THEIRS_STATE);
	OK(end(2, CASH_REFUSED, "it never came"));
	is(2, CASH_REFUSED, "it never came");
	IS(end(2, CASH_APPROVED, ""), RESULT_THEIRS_STATE);
	OK(end(3, CASH_CANCELLED, ""));
	IS(end(3, CASH_APPROVED, ""), RESULT_THEIRS_STATE);
	IS(end(9, CASH_APPROVED, ""), RESULT_THEIRS_NOT_FOUND);
	holds(100500, 0);
}
END_TEST

START_TEST(withdrawals)
{
	struct withdrawal_row row;
	struct cash_new n;

	for (uint8_t i = 1; i <= 4; i++) {
		n = of(i, CASH_WITHDRAWAL, 100U * i);
		add(&n);
	}
	holds(100000, 1000);
	fixture_audit(&f, "asked for");
	OK(end(1, CASH_APPROVED, "sent today"));
	is(1, CASH_APPROVED, "sent today");
	holds(99900, 900);
	IS(end(1, CASH_CANCELLED, ""), RESULT_THEIRS_STATE);
	OK(end(2, CASH_REFUSED, "no such account"));
	is(2, CASH_REFUSED, "no such account");
	holds(99900, 700);
	IS(end(2, CASH_APPROVED, ""), RESULT_THEIRS_STATE);
	OK(end(3, CASH_CANCELLED, ""));
	is(3, CASH_CANCELLED, "");
	holds(99900, 400);
	/* By the other way to end it, the request ends as well. */
	fixture_begin(&f);
	OK(batch_withdrawal_end(f.b, &(struct id){{4}}, WITHDRAWAL_POSTED, &row));
	fixture_end(&f);
	is(4, CASH_APPROVED, "");
	fixture_audit(&f, "posted");
	n = of(5, CASH_WITHDRAWAL, 7);
	add(&n);
	fixture_begin(&f);
	OK(batch_withdrawal_end(f.b, &(struct id){{5}}, WITHDRAWAL_VOID, &row));
	fixture_end(&f);
	is(5, CASH_REFUSED, "");
	fixture_audit(&f, "void");
	holds(99500, 0);
}
END_TEST

/* Nobody answers: over a restart, and in full. */
START_TEST(their_time)
{
	struct cash_new n = of(1, CASH_DEPOSIT, 500);
	size_t expired;
	bool due, more;

	add(&n);
	n = of(2, CASH_WITHDRAWAL, 500);
	add(&n);
	fixture_restart(&f);
	f.now_ms += CASH_LIFE_MS - 1;
	OK(store_cash_due(f.reader, f.now_ms, &due));
	ck_assert(!due);
	f.now_ms++;
	OK(store_cash_due(f.reader, f.now_ms, &due));
	ck_assert(due);
	IS(end(1, CASH_APPROVED, ""), RESULT_THEIRS_EXPIRED);
	IS(end(2, CASH_APPROVED, ""), RESULT_THEIRS_EXPIRED);
	IS(end(2, CASH_CANCELLED, ""), RESULT_THEIRS_EXPIRED);
	fixture_begin(&f);
	OK(batch_cash_expire(f.b, &expired, &more));
	ck_assert_uint_eq(expired, 1);
	OK(batch_withdrawal_expire(f.b, &expired, &more));
	ck_assert_uint_eq(expired, 1);
	fixture_end(&f);
	is(1, CASH_EXPIRED, "");
	is(2, CASH_EXPIRED, "");
	holds(100000, 0);
	fixture_audit(&f, "expired");
	OK(store_cash_due(f.reader, f.now_ms, &due));
	ck_assert(!due);
	IS(end(1, CASH_APPROVED, ""), RESULT_THEIRS_EXPIRED);
}
END_TEST

static enum result try(const struct cash_new *n)
{
	struct cash_row row;
	enum result r;

	fixture_begin(&f);
	r = batch_cash_add(f.b, n, &row);
	if (r)
		fixture_cancel(&f);
	else
		fixture_end(&f);
	return r;
}

START_TEST(refusals)
{
	static const struct {
		enum cash_kind kind;
		uint64_t amount;
		const char *note;
		enum result expected;
	} rows[] = {
	        {CASH_DEPOSIT, 0, "x", RESULT_THEIRS_BAD_AMOUNT},
	        {CASH_DEPOSIT, AMOUNT_MAX + 1, "x", RESULT_THEIRS_BAD_AMOUNT},
	        {CASH_DEPOSIT, 1, "a\nb", RESULT_THEIRS_MALFORMED},
	        {CASH_WITHDRAWAL, 1, "", RESULT_THEIRS_MALFORMED},
	        {CASH_WITHDRAWAL, 100001, "x", RESULT_THEIRS_INSUFFICIENT},
	        {CASH_DEPOSIT, 1, "", RESULT_OK},
	        {CASH_WITHDRAWAL, 100000, "x", RESULT_OK},
	};
	struct cash_new n;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		n = of((uint8_t)(i + 1), rows[i].kind, rows[i].amount);
		n.note = rows[i].note;
		ck_assert_msg(try(&n) == rows[i].expected, "row %zu", i);
	}
	n = of(50, CASH_DEPOSIT, 1);
	n.account = f.west;
	IS(try(&n), RESULT_THEIRS_BAD_TYPE);
	n.account = 12345;
	IS(try(&n), RESULT_THEIRS_NOT_FOUND);
	fixture_audit(&f, "refused");
}
END_TEST

/* An id is used once, whatever it is used for. */
START_TEST(ids)
{
	struct movement m = {
	        .id = {{1}}, .kind = MOVEMENT_DEPOSIT, .account = f.alice, .amount = 5};
	struct withdrawal_new w = {{{1}}, f.alice, 5, 1000};
	struct cash_new n = of(1, CASH_DEPOSIT, 5);
	struct withdrawal_row row;
	struct cash_row asked;
	bool repeated;

	add(&n);
	fixture_begin(&f);
	OK(batch_cash_add(f.b, &n, &asked));
	ck_assert(id_eq(&asked.id, &n.id));
	IS(batch_move(f.b, &m, &repeated), RESULT_THEIRS_CONFLICT);
	IS(batch_withdrawal_add(f.b, &w, &row), RESULT_THEIRS_CONFLICT);
	n.amount = 6;
	IS(batch_cash_add(f.b, &n, &asked), RESULT_THEIRS_CONFLICT);
	n = of(1, CASH_WITHDRAWAL, 5);
	IS(batch_cash_add(f.b, &n, &asked), RESULT_THEIRS_CONFLICT);
	n = of(1, CASH_DEPOSIT, 5);
	n.account = f.bob;
	IS(batch_cash_add(f.b, &n, &asked), RESULT_THEIRS_CONFLICT);
	m.id.b[0] = 2;
	OK(batch_move(f.b, &m, &repeated));
	w.id.b[0] = 3;
	OK(batch_withdrawal_add(f.b, &w, &row));
	n = of(2, CASH_DEPOSIT, 5);
	IS(batch_cash_add(f.b, &n, &asked), RESULT_THEIRS_CONFLICT);
	n = of(3, CASH_DEPOSIT, 5);
	IS(batch_cash_add(f.b, &n, &asked), RESULT_THEIRS_CONFLICT);
	fixture_end(&f);
	/* What was approved is not asked for again by the same form. */
	OK(end(1, CASH_APPROVED, ""));
	n = of(1, CASH_DEPOSIT, 5);
	OK(try(&n));
	is(1, CASH_APPROVED, "");
	holds(100010, 5);
}
END_TEST

START_TEST(bounds)
{
	struct cash_new n;
	uint8_t id = 1;

	for (; id <= CASH_OPEN_MAX; id++) {
		n = of(id, CASH_DEPOSIT, 1);
		OK(try(&n));
	}
	n = of(id, CASH_DEPOSIT, 1);
	IS(try(&n), RESULT_THEIRS_REFUSED);
	n.account = f.bob;
	OK(try(&n));
	for (id = 1; id <= CASH_OPEN_MAX; id++)
		OK(end(id, CASH_CANCELLED, ""));
	for (id = 100; id < 100 + CASH_DAY_MAX - CASH_OPEN_MAX; id++) {
		n = of(id, CASH_WITHDRAWAL, 1);
		OK(try(&n));
		OK(end(id, CASH_CANCELLED, ""));
	}
	n = of(200, CASH_DEPOSIT, 1);
	IS(try(&n), RESULT_THEIRS_REFUSED);
	f.now_ms += 86400000;
	OK(try(&n));
}
END_TEST

START_TEST(lists)
{
	struct page page = {.limit = 2};
	struct cash_row *rows;
	size_t n;
	bool more;

	for (uint8_t id = 1; id <= 3; id++) {
		struct cash_new c = of(id, CASH_DEPOSIT, id);

		add(&c);
	}
	OK(end(2, CASH_REFUSED, "no"));
	OK(store_cash_list(f.reader, &f.arena, false, &page, &rows, &n, &more));
	ck_assert_uint_eq(n, 2);
	ck_assert(more);
	ck_assert_uint_eq(rows[0].amount, 3);
	ck_assert_uint_eq(rows[1].amount, 2);
	page.after = rows[1].id;
	OK(store_cash_list(f.reader, &f.arena, false, &page, &rows, &n, &more));
	ck_assert_uint_eq(n, 1);
	ck_assert(!more);
	ck_assert_uint_eq(rows[0].amount, 1);
	page = (struct page){.limit = 2};
	OK(store_cash_list(f.reader, &f.arena, true, &page, &rows, &n, &more));
	ck_assert_uint_eq(n, 2);
	ck_assert(!more);
	ck_assert_uint_eq(rows[1].amount, 1);
	page.after = rows[0].id;
	OK(store_cash_list(f.reader, &f.arena, true, &page, &rows, &n, &more));
	ck_assert_uint_eq(n, 1);
	OK(store_cash_of_wallet(f.reader, &f.arena, f.alice, 10, &rows, &n));
	ck_assert_uint_eq(n, 3);
	OK(store_cash_of_wallet(f.reader, &f.arena, f.bob, 10, &rows, &n));
	ck_assert_uint_eq(n, 0);
}
END_TEST

/* A wallet that was closed since takes nothing in; the request can still be refused. */
START_TEST(closed)
{
	struct cash_new n = {{{1}}, 0, CASH_DEPOSIT, 5, ""};
	struct wallet_new w = {.name = "carol", .asset = f.usd};
	struct id id;

	fixture_begin(&f);
	OK(batch_wallet_add(f.b, &w, &id, &n.account));
	fixture_end(&f);
	add(&n);
	fixture_begin(&f);
	OK(batch_wallet_close(f.b, &id));
	fixture_end(&f);
	IS(end(1, CASH_APPROVED, ""), RESULT_THEIRS_STATE);
	is(1, CASH_PENDING, "");
	OK(end(1, CASH_REFUSED, "it is closed"));
	n.id.b[0] = 2;
	IS(try(&n), RESULT_THEIRS_STATE);
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, deposits);
	tcase_add_test(t, withdrawals);
	tcase_add_test(t, their_time);
	tcase_add_test(t, refusals);
	tcase_add_test(t, ids);
	tcase_add_test(t, bounds);
	tcase_add_test(t, closed);
	tcase_add_test(t, lists);
}

TEST_MAIN("cash", fill)
