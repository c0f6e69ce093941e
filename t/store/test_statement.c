/* Statements of a peer's account, and doubts that end by the peer's books. */
#include "unit/harness.h"

#include <string.h>

#include "store/fixture.h"
#include "store/settlement.h"
#include "store/statement.h"

static struct fixture f;

#define REFUSED(expr, as) ck_assert_str_eq(result_name(expr), result_name(as))
#define DAY               STATEMENT_DAY_MS

static void setup(void)
{
	fixture_setup(&f);
}

static void teardown(void)
{
	fixture_audit(&f, "at the end");
	fixture_teardown(&f);
}

/* Packets from south to alice, which are answered, and left unanswered. */
static void credit(uint64_t amount, bool answered)
{
	struct credit c = {.peer = f.south,
	        .wallet = f.alice,
	        .amount_in = amount,
	        .amount_out = amount,
	        .expires_at_ms = f.now_ms + 1};
	struct answer a = {.packets = 1, .amount = amount};

	fixture_begin(&f);
	OK(batch_credit(f.b, &c, &a.credit_batch));
	fixture_end(&f);
	if (!answered)
		return;
	fixture_begin(&f);
	OK(batch_answered(f.b, &a));
	fixture_end(&f);
}

/* A payment by packets to south: `sent` fulfilled, `doubt` of an unknown outcome. */
static void pay(uint64_t sent, uint64_t doubt, bool ends, struct id *id)
{
	struct flight all = {.to = f.south, .amount_in = sent + doubt, .amount_out = sent + doubt};
	struct flight part = {.to = f.south, .amount_in = doubt, .amount_out = doubt};
	struct settlement s = {.packets = 1, .delivered = sent};
	int64_t claim;

	fixture_begin(&f);
	fixture_pay(&f, id, &all.from);
	part.from = all.from;
	OK(batch_window_reserve(f.b, &all, f.now_ms + 20000));
	fixture_end(&f);
	s.flight = all;
	s.flight.amount_in = s.flight.amount_out = sent;
	fixture_begin(&f);
	if (sent)
		OK(batch_window_settle(f.b, &s, &claim));
	if (doubt)
		OK(batch_window_doubt(f.b, &part));
	if (ends)
		OK(batch_payment_finish(f.b, id, PAYMENT_FAILED, "x"));
	fixture_end(&f);
}

static void settle(enum movement_kind kind, uint64_t amount)
{
	struct movement m = {.kind = kind, .account = f.south, .amount = amount};
	bool repeated;

	id_new(f.now_ms, &m.id);
	fixture_begin(&f);
	OK(batch_move(f.b, &m, &repeated));
	fixture_end(&f);
}

static void statement(int64_t from_ms, int64_t to_ms, struct peer_statement *out)
{
	OK(store_statement(f.reader, &f.arena, f.south, from_ms, to_ms, out));
}

static enum result reconcile(uint64_t received, const uint64_t *sent, struct reconciled *out)
{
	const struct reconcile in = {.peer = f.south, .received = received, .sent = sent};
	enum result r;

	fixture_begin(&f);
	r = batch_reconcile(f.b, &in, out);
	fixture_end(&f);
	return r;
}

START_TEST(days)
{
	static const struct {
		int day; /* from the first; -1: before */
		enum statement_sort sort;
		int64_t amount;
	} wanted[] = {
	        {-1, STATEMENT_PACKETS_IN, 700},
	        {-1, STATEMENT_SETTLEMENTS_IN, 50},
	        {0, STATEMENT_PACKETS_OUT, 120},
	        {0, STATEMENT_PACKETS_IN, 30},
	        {0, STATEMENT_SETTLEMENTS_OUT, 5},
	        {2, STATEMENT_PACKETS_IN, 1},
	};
	int64_t first = (f.now_ms / DAY + 1) * DAY;
	struct peer_statement s;
	struct id id;

	credit(300, true);
	credit(400, true);
	settle(MOVEMENT_SETTLE_IN, 50);
	f.now_ms = first;
	credit(30, true);
	pay(120, 0, true, &id);
	settle(MOVEMENT_SETTLE_OUT, 5);
	f.now_ms = first + 2 * DAY;
	credit(1, true);
	f.now_ms = first + 3 * DAY;
	credit(99, true);

	statement(first, first + 3 * DAY, &s);
	ck_assert_uint_eq(s.count, sizeof(wanted) / sizeof(wanted[0]));
	for (size_t i = 0; i < s.count; i++) {
		int64_t day = wanted[i].day < 0 ? STATEMENT_FIRST : first + wanted[i].day * DAY;

		ck_assert_msg(s.rows[i].day_ms == day && s.rows[i].sort == wanted[i].sort &&
		                      s.rows[i].amount == wanted[i].amount,
		        "row %zu", i);
	}
	ck_assert_int_eq(s.opening, -650);
	ck_assert_int_eq(s.closing, -650 + 120 - 30 - 5 - 1);
	statement(0, f.now_ms + DAY, &s);
	ck_assert_int_eq(s.opening, 0);
	ck_assert_int_eq(s.closing, fixture_balance(&f, f.south));
}
END_TEST

START_TEST(open_amounts)
{
	struct settlement_change engine = {.engine = "http://127.0.0.1:4000"};
	struct peer_statement s;
	bool repeated;
	struct id id;

	pay(100, 40, true, &id);
	credit(30, false);
	fixture_restart(&f);
	id_new(f.now_ms, &id);
	fixture_begin(&f);
	OK(batch_settlement_set(f.b, &f.south_id, &engine));
	OK(batch_settlement_order(f.b, &id, f.south, 7, NULL, &repeated));
	fixture_end(&f);
	statement(0, f.now_ms + DAY, &s);
	ck_assert_uint_eq(s.we_may_owe, 40);
	ck_assert_uint_eq(s.they_may_owe, 30);
	ck_assert_uint_eq(s.ordered, 7);
	ck_assert_int_eq(s.closing, fixture_balance(&f, f.south));
	statement(0, f.now_ms / DAY * DAY, &s);
	ck_assert_uint_eq(s.we_may_owe + s.they_may_owe + s.ordered, 0);
}
END_TEST

/* Two payments with 40 and 60 in doubt, after 100 and 200 that are not. */
START_TEST(admitted)
{
	static const struct {
		uint64_t received;
		enum result result;
		uint64_t admitted, denied;
		int64_t refunded_first, refunded_second; /* besides the rest of either payment */
	} rows[] = {
	        {299, RESULT_THEIRS_EXPIRED, 0, 0, 0, 0},
	        {300, RESULT_OK, 0, 100, 40, 60},
	        {301, RESULT_OK, 1, 99, 39, 60},
	        {339, RESULT_OK, 39, 61, 1, 60},
	        {340, RESULT_OK, 40, 60, 0, 60},
	        {341, RESULT_OK, 41, 59, 0, 59},
	        {400, RESULT_OK, 100, 0, 0, 0},
	        {401, RESULT_THEIRS_BAD_AMOUNT, 0, 0, 0, 0},
	};
	uint64_t before_first, before_second;
	struct reconciled did;
	struct peer_statement s;
	struct id first, second;
	enum result r;

	pay(100, 40, true, &first);
	pay(200, 60, true, &second);
	before_first = fixture_payment(&f, &first).refunded;
	before_second = fixture_payment(&f, &second).refunded;
	r = reconcile(rows[_i].received, NULL, &did);
	ck_assert_str_eq(result_name(r), result_name(rows[_i].result));
	if (r) {
		ck_assert_int_eq(fixture_balance(&f, f.south), 300);
		return;
	}
	ck_assert_uint_eq(did.admitted, rows[_i].admitted);
	ck_assert_uint_eq(did.denied, rows[_i].denied);
	ck_assert_int_eq(fixture_balance(&f, f.south), (int64_t)rows[_i].received);
	ck_assert_int_eq((int64_t)(fixture_payment(&f, &first).refunded - before_first),
	        rows[_i].refunded_first);
	ck_assert_int_eq((int64_t)(fixture_payment(&f, &second).refunded - before_second),
	        rows[_i].refunded_second);
	statement(0, f.now_ms + DAY, &s);
	ck_assert_uint_eq(s.we_may_owe, 0);
	ck_assert_int_eq(s.closing, (int64_t)rows[_i].received);
	/* nothing is left to do, and doing it again does nothing */
	OK(reconcile(rows[_i].received, NULL, &did));
	ck_assert_uint_eq(did.admitted + did.denied, 0);
}
END_TEST

START_TEST(kept)
{
	const uint64_t less = 129, all = 130, more = 131;
	struct reconciled did;
	struct peer_statement s;

	credit(100, true);
	credit(30, false);
	fixture_restart(&f);
	REFUSED(reconcile(0, &more, &did), RESULT_THEIRS_EXPIRED);
	OK(reconcile(0, &less, &did));
	ck_assert_uint_eq(did.open, 30);
	OK(reconcile(0, NULL, &did));
	ck_assert_uint_eq(did.open, 30);
	OK(reconcile(0, &all, &did));
	ck_assert_uint_eq(did.kept, 30);
	ck_assert_int_eq(fixture_balance(&f, f.south), -130);
	statement(0, f.now_ms + DAY, &s);
	ck_assert_uint_eq(s.they_may_owe, 0);
}
END_TEST

/* Settlements, claims that were given up by hand and refused orders are no packets. */
START_TEST(only_packets_count)
{
	const struct settlement_change engine = {.engine = "http://127.0.0.1:4000"};
	const uint64_t sent = 100;
	struct engine_end end = {.answer = SETTLEMENT_TAKEN, .error = ""};
	struct page page = {.limit = 10};
	struct doubt_row *rows;
	struct engine_call call;
	struct reconciled did;
	int64_t next;
	size_t n;
	bool more, repeated, found;
	struct id id;

	credit(100, true);
	credit(30, false);
	fixture_restart(&f);
	OK(store_doubt_list(f.reader, &f.arena, true, &page, &rows, &n, &more));
	ck_assert_uint_eq(n, 1);
	fixture_begin(&f);
	OK(batch_doubt_release(f.b, &rows[0].id, DOUBT_TO_PEER));
	OK(batch_settlement_set(f.b, &f.south_id, &engine));
	id_new(f.now_ms, &id);
	OK(batch_settlement_order(f.b, &id, f.south, 11, NULL, &repeated));
	for (int i = 0; i < 2; i++) {
		OK(batch_engine_claim(f.b, &f.arena, &call, &found, &next));
		end.key = call.key;
		OK(batch_engine_end(f.b, &end));
		end.answer = SETTLEMENT_REFUSED;
	}
	fixture_end(&f);
	settle(MOVEMENT_SETTLE_IN, 500);
	settle(MOVEMENT_SETTLE_OUT, 90);
	pay(70, 5, true, &id);
	OK(reconcile(75, &sent, &did));
	ck_assert_uint_eq(did.admitted, 5);
	REFUSED(reconcile(76, &sent, &did), RESULT_THEIRS_BAD_AMOUNT);
	REFUSED(reconcile(74, &sent, &did), RESULT_THEIRS_EXPIRED);
}
END_TEST

START_TEST(not_while_it_sends)
{
	struct reconciled did;
	struct id id;

	pay(70, 5, false, &id);
	REFUSED(reconcile(75, NULL, &did), RESULT_THEIRS_STATE);
	REFUSED(reconcile(70, NULL, &did), RESULT_THEIRS_STATE);
	fixture_begin(&f);
	OK(batch_payment_finish(f.b, &id, PAYMENT_FAILED, "x"));
	REFUSED(batch_reconcile(f.b, &(struct reconcile){.peer = f.alice}, &did),
	        RESULT_THEIRS_NOT_FOUND);
	fixture_end(&f);
	OK(reconcile(75, NULL, &did));
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, days);
	tcase_add_test(t, open_amounts);
	tcase_add_loop_test(t, admitted, 0, 8);
	tcase_add_test(t, kept);
	tcase_add_test(t, only_packets_count);
	tcase_add_test(t, not_while_it_sends);
}

TEST_MAIN("statement", fill)
