/* Conformance: withdrawals in two phases, with the audit after each step. */
#include "unit/harness.h"

#include <string.h>

#include "store/fee.h"
#include "store/fixture.h"
#include "store/incoming.h"
#include "store/settlement.h"
#include "store/statement.h"
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

#define LIFE_MS 1000

static struct withdrawal_new of(uint8_t id, account_id account, uint64_t amount)
{
	return (struct withdrawal_new){{{id}}, account, amount, LIFE_MS};
}

static struct withdrawal_row add(uint8_t id, account_id account, uint64_t amount)
{
	struct withdrawal_new n = of(id, account, amount);
	struct withdrawal_row row;

	fixture_begin(&f);
	OK(batch_withdrawal_add(f.b, &n, &row));
	fixture_end(&f);
	return row;
}

static struct withdrawal_row get(const struct withdrawal_row *w)
{
	struct withdrawal_row row;

	OK(store_withdrawal_get(f.reader, &w->id, &row));
	return row;
}

static void holds(account_id account, int64_t balance, uint64_t pending)
{
	struct account a = fixture_account(&f, account);

	ck_assert_int_eq(ledger_balance(&a), balance);
	ck_assert_uint_eq(a.debits_pending, pending);
	ck_assert_int_eq(ledger_free(&a), balance - (int64_t)pending);
}

/* Each kind of account; posted, void and expired. */
START_TEST(two_phases)
{
	struct asset_row usd;
	account_id accounts[3];

	OK(store_asset_get(f.reader, f.usd, &usd));
	accounts[0] = f.alice;
	accounts[1] = usd.pool;
	accounts[2] = f.west;
	for (size_t i = 0; i < 3; i++) {
		int64_t before = fixture_balance(&f, accounts[i]);
		struct withdrawal_row post = add((uint8_t)(i * 3 + 1), accounts[i], 300);
		struct withdrawal_row stop = add((uint8_t)(i * 3 + 2), accounts[i], 50);
		struct withdrawal_row late = add((uint8_t)(i * 3 + 3), accounts[i], 7);
		struct withdrawal_row row;
		size_t expired;
		bool more, due;

		ck_assert_int_eq(post.account, accounts[i]);
		ck_assert_int_eq(post.state, WITHDRAWAL_PENDING);
		ck_assert_int_eq(post.expires_ms, f.now_ms + LIFE_MS);
		holds(accounts[i], before, 357);
		fixture_audit(&f, "pending");
		f.now_ms += LIFE_MS - 1;
		fixture_begin(&f);
		OK(batch_withdrawal_end(f.b, &post.id, WITHDRAWAL_POSTED, &row));
		OK(batch_withdrawal_end(f.b, &stop.id, WITHDRAWAL_VOID, &row));
		IS(batch_withdrawal_end(f.b, &post.id, WITHDRAWAL_VOID, &row), RESULT_THEIRS_STATE);
		IS(batch_withdrawal_end(f.b, &stop.id, WITHDRAWAL_POSTED, &row),
		        RESULT_THEIRS_STATE);
		OK(batch_withdrawal_expire(f.b, &expired, &more));
		ck_assert_uint_eq(expired, 0);
		fixture_end(&f);
		holds(accounts[i], before - 300, 7);
		OK(store_withdrawal_due(f.reader, f.now_ms, &due));
		ck_assert(!due);
		f.now_ms += 1;
		OK(store_withdrawal_due(f.reader, f.now_ms, &due));
		ck_assert(due);
		fixture_begin(&f);
		IS(batch_withdrawal_end(f.b, &late.id, WITHDRAWAL_POSTED, &row),
		        RESULT_THEIRS_EXPIRED);
		IS(batch_withdrawal_end(f.b, &late.id, WITHDRAWAL_VOID, &row),
		        RESULT_THEIRS_EXPIRED);
		OK(batch_withdrawal_expire(f.b, &expired, &more));
		ck_assert_uint_eq(expired, 1);
		ck_assert(!more);
		IS(batch_withdrawal_end(f.b, &late.id, WITHDRAWAL_POSTED, &row),
		        RESULT_THEIRS_EXPIRED);
		fixture_end(&f);
		holds(accounts[i], before - 300, 0);
		ck_assert_int_eq(get(&post).state, WITHDRAWAL_POSTED);
		ck_assert_int_eq(get(&stop).state, WITHDRAWAL_VOID);
		ck_assert_int_eq(get(&late).state, WITHDRAWAL_EXPIRED);
		ck_assert_int_eq(get(&late).ended_ms, f.now_ms);
		fixture_audit(&f, "ended");
	}
}
END_TEST

/* What a peer got in two phases is a settlement, and no packets: both sides' books can agree. */
START_TEST(peers_are_settled)
{
	struct page page = {.limit = 10};
	struct peer_statement statement;
	struct reconcile figures = {.peer = f.west};
	struct reconciled done;
	struct movement m = {
	        .id = {{1}}, .kind = MOVEMENT_SETTLE_OUT, .account = f.west, .amount = 300};
	struct withdrawal_row row = add(1, f.west, 300);
	struct settlement_row *rows;
	uint64_t sent = 1;
	bool more, repeated;
	size_t n;

	(void)add(2, f.west, 50);
	OK(store_settlement_list(f.reader, &f.arena, f.west, &page, &rows, &n, &more));
	ck_assert_uint_eq(n, 0);
	fixture_begin(&f);
	OK(batch_withdrawal_end(f.b, &row.id, WITHDRAWAL_POSTED, &row));
	IS(batch_move(f.b, &m, &repeated), RESULT_THEIRS_CONFLICT);
	fixture_end(&f);
	OK(store_settlement_list(f.reader, &f.arena, f.west, &page, &rows, &n, &more));
	ck_assert_uint_eq(n, 1);
	ck_assert(id_eq(&rows[0].id, &row.id));
	ck_assert(!rows[0].received && !rows[0].by_engine);
	ck_assert_int_eq(rows[0].state, SETTLEMENT_DONE);
	ck_assert_uint_eq(rows[0].amount, 300);
	OK(store_statement(f.reader, &f.arena, f.west, 0, f.now_ms + 1, &statement));
	ck_assert_int_eq(statement.closing, fixture_balance(&f, f.west));
	/* no packet was ever sent either way */
	figures.sent = &sent;
	fixture_begin(&f);
	IS(batch_reconcile(f.b, &figures, &done), RESULT_THEIRS_EXPIRED);
	sent = 0;
	OK(batch_reconcile(f.b, &figures, &done));
	fixture_end(&f);
	fixture_audit(&f, "settled");
}
END_TEST

START_TEST(refusals)
{
	struct withdrawal_new n = of(1, f.alice, 0), same;
	struct movement m = {
	        .id = {{9}}, .kind = MOVEMENT_DEPOSIT, .account = f.alice, .amount = 1};
	struct withdrawal_row row;
	struct asset_row usd;
	bool repeated;

	OK(store_asset_get(f.reader, f.usd, &usd));
	fixture_begin(&f);
	OK(batch_move(f.b, &m, &repeated));
	IS(batch_withdrawal_add(f.b, &n, &row), RESULT_THEIRS_BAD_AMOUNT);
	n.amount = AMOUNT_MAX + 1;
	IS(batch_withdrawal_add(f.b, &n, &row), RESULT_THEIRS_BAD_AMOUNT);
	n = of(1, f.alice, 1);
	n.life_ms = 0;
	IS(batch_withdrawal_add(f.b, &n, &row), RESULT_THEIRS_BAD_AMOUNT);
	n = of(9, f.alice, 1);
	IS(batch_withdrawal_add(f.b, &n, &row), RESULT_THEIRS_CONFLICT);
	n = of(1, 9999, 1);
	IS(batch_withdrawal_add(f.b, &n, &row), RESULT_THEIRS_NOT_FOUND);
	n = of(1, usd.fee, 1);
	IS(batch_withdrawal_add(f.b, &n, &row), RESULT_THEIRS_BAD_TYPE);
	n = of(1, f.alice, 100002);
	IS(batch_withdrawal_add(f.b, &n, &row), RESULT_THEIRS_INSUFFICIENT);
	n = of(1, f.alice, 100000);
	OK(batch_withdrawal_add(f.b, &n, &row));
	/* The same is there already; another of its id is none. */
	OK(batch_withdrawal_add(f.b, &n, &row));
	same = n;
	same.amount = 5;
	IS(batch_withdrawal_add(f.b, &same, &row), RESULT_THEIRS_CONFLICT);
	same = n;
	same.life_ms++;
	IS(batch_withdrawal_add(f.b, &same, &row), RESULT_THEIRS_CONFLICT);
	m.id = n.id;
	IS(batch_move(f.b, &m, &repeated), RESULT_THEIRS_CONFLICT);
	/* What is set aside is nobody's to spend. */
	n = of(2, f.alice, 2);
	IS(batch_withdrawal_add(f.b, &n, &row), RESULT_THEIRS_INSUFFICIENT);
	IS(batch_wallet_close(f.b, &f.alice_id), RESULT_THEIRS_STATE);
	IS(batch_withdrawal_end(f.b, &(struct id){{77}}, WITHDRAWAL_POSTED, &row),
	        RESULT_THEIRS_NOT_FOUND);
	fixture_end(&f);
	IS(store_withdrawal_get(f.reader, &(struct id){{77}}, &row), RESULT_THEIRS_NOT_FOUND);
	fixture_audit(&f, "refusals");
}
END_TEST

/* A start takes over what is pending; more than one step can expire. */
START_TEST(many)
{
	struct page page = {.limit = 3};
	struct withdrawal_row *rows;
	size_t count, expired;
	bool more;

	for (unsigned i = 0; i < WITHDRAWAL_EXPIRE_MAX + 2; i++) {
		struct withdrawal_new n = of(1, f.alice, 1);
		struct withdrawal_row row;

		n.id.b[1] = (uint8_t)i;
		n.id.b[2] = (uint8_t)(i >> 8);
		if (i % 100 == 0)
			fixture_begin(&f);
		OK(batch_withdrawal_add(f.b, &n, &row));
		if (i % 100 == 99)
			fixture_end(&f);
	}
	fixture_end(&f);
	OK(store_withdrawal_list(f.reader, &f.arena, &page, &rows, &count, &more));
	ck_assert_uint_eq(count, 3);
	ck_assert(more);
	ck_assert_int_gt(rows[0].key, rows[2].key);
	page.after = rows[2].id;
	OK(store_withdrawal_list(f.reader, &f.arena, &page, &rows, &count, &more));
	ck_assert_uint_eq(count, 3);
	fixture_restart(&f);
	f.now_ms += LIFE_MS + 60000;
	fixture_audit(&f, "past its time, not written down");
	holds(f.alice, 100000, WITHDRAWAL_EXPIRE_MAX + 2);
	fixture_begin(&f);
	OK(batch_withdrawal_expire(f.b, &expired, &more));
	fixture_end(&f);
	ck_assert_uint_eq(expired, WITHDRAWAL_EXPIRE_MAX);
	ck_assert(more);
	fixture_begin(&f);
	OK(batch_withdrawal_expire(f.b, &expired, &more));
	fixture_end(&f);
	ck_assert_uint_eq(expired, 2);
	ck_assert(!more);
	holds(f.alice, 100000, 0);
	fixture_audit(&f, "many");
}
END_TEST

/* ---- of what an incoming payment brought ---- */

static enum result take(int64_t incoming, uint8_t id, uint64_t amount)
{
	const struct movement m = {
	        .id = {{id}}, .kind = MOVEMENT_WITHDRAWAL, .account = f.alice, .amount = amount};
	bool repeated;
	enum result r;

	fixture_begin(&f);
	r = batch_incoming_withdraw(f.b, incoming, &m.id, amount);
	if (!r)
		r = batch_move(f.b, &m, &repeated);
	if (r)
		fixture_cancel(&f);
	else
		fixture_end(&f);
	return r;
}

static enum result set_aside(int64_t incoming, uint8_t id, uint64_t amount)
{
	struct withdrawal_new n = of(id, f.alice, amount);
	struct withdrawal_row row;
	enum result r;

	fixture_begin(&f);
	r = batch_incoming_withdraw(f.b, incoming, &n.id, amount);
	if (!r)
		r = batch_withdrawal_add(f.b, &n, &row);
	if (r)
		fixture_cancel(&f);
	else
		fixture_end(&f);
	return r;
}

static void arrives(int64_t incoming, uint64_t amount)
{
	struct credit c = {.peer = f.west,
	        .wallet = f.alice,
	        .amount_in = amount,
	        .amount_out = amount,
	        .expires_at_ms = f.now_ms + 1,
	        .incoming = incoming};
	int64_t batch;

	fixture_begin(&f);
	OK(batch_credit(f.b, &c, &batch));
	fixture_end(&f);
}

/* alice has more, of which nothing is this payment's. Her asset takes a tenth of what arrives. */
START_TEST(of_incoming)
{
	struct incoming_new wanted = {.wallet = f.alice, .expires_ms = f.now_ms + 1000000};
	struct withdrawal_row ended;
	struct incoming_row row;
	struct fee_row fee;
	struct id third = {{3}}, fourth = {{4}};
	size_t expired;
	bool more;

	fixture_begin(&f);
	OK(batch_fee_set(f.b, f.usd, FEE_RECEIVING, 0, 1000, &fee));
	OK(batch_incoming_add(f.b, &wanted, &row));
	fixture_end(&f);
	IS(take(row.key, 1, 1), RESULT_THEIRS_INSUFFICIENT);
	IS(take(row.key + 1, 1, 1), RESULT_THEIRS_NOT_FOUND);
	arrives(row.key, 1000);
	IS(take(row.key, 1, 0), RESULT_THEIRS_BAD_AMOUNT);
	IS(take(row.key, 1, AMOUNT_MAX + 1), RESULT_THEIRS_BAD_AMOUNT);
	IS(take(row.key, 1, 901), RESULT_THEIRS_INSUFFICIENT);
	OK(take(row.key, 1, 400));
	OK(take(row.key, 1, 400)); /* the same again */
	IS(take(row.key, 1, 401), RESULT_THEIRS_CONFLICT);
	IS(take(row.key, 2, 501), RESULT_THEIRS_INSUFFICIENT);
	OK(set_aside(row.key, 3, 500));
	IS(take(row.key, 2, 1), RESULT_THEIRS_INSUFFICIENT);
	fixture_begin(&f);
	OK(batch_withdrawal_end(f.b, &third, WITHDRAWAL_VOID, &ended));
	fixture_end(&f);
	OK(set_aside(row.key, 4, 500));
	f.now_ms += LIFE_MS;
	fixture_begin(&f);
	OK(batch_withdrawal_expire(f.b, &expired, &more));
	fixture_end(&f);
	ck_assert_uint_eq(expired, 1);
	ck_assert_int_eq(get(&(struct withdrawal_row){.id = fourth}).state, WITHDRAWAL_EXPIRED);
	OK(take(row.key, 5, 500));
	IS(take(row.key, 6, 1), RESULT_THEIRS_INSUFFICIENT);
	arrives(row.key, 10);
	OK(take(row.key, 6, 9));
	fixture_audit(&f, "of an incoming payment");
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, two_phases);
	tcase_add_test(t, peers_are_settled);
	tcase_add_test(t, refusals);
	tcase_add_test(t, many);
	tcase_add_test(t, of_incoming);
}

TEST_MAIN("withdrawal", fill)
