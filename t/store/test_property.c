/* Random operations, seeded: whatever their order, the audit is silent, nothing is created or lost,
 * and each wallet and peer has what simple arithmetic says. FLORIN_TEST_SEED chooses another seed,
 * FLORIN_TEST_OPERATIONS another length. */
#include "unit/harness.h"

#include <string.h>

#include "store/fixture.h"

#define FLIGHTS_MAX  64
#define CLAIMS_MAX   64
#define PAYMENTS_MAX 16
#define ACCOUNTS     5 /* alice, bob, west, east, south */

struct claim {
	int64_t credit_batch;
	uint64_t amount;
};

struct payment {
	struct id id;
	account_id account;
	uint64_t rest; /* of 10,000: neither sent nor in flight */
	unsigned in_flight;
};

/* What the test believes; copied before a transaction, put back when it is rolled back. */
struct belief {
	int64_t balance[ACCOUNTS];
	struct {
		struct flight flight;
		uint64_t settleable; /* 1: committed before this transaction */
	} flights[FLIGHTS_MAX];
	size_t flights_count;
	struct claim claims[CLAIMS_MAX];
	size_t claims_count;
	struct payment payments[PAYMENTS_MAX];
	size_t payments_count;
};

static struct fixture f;
static struct belief now;
static account_id accounts[ACCOUNTS];
static uint64_t state;

static uint64_t roll(uint64_t n)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state % n;
}

static void setup(void)
{
	const char *seed = getenv("FLORIN_TEST_SEED");

	fixture_setup(&f);
	state = seed ? strtoull(seed, NULL, 10) | 1 : 88172645463325252U;
	memset(&now, 0, sizeof(now));
	accounts[0] = f.alice;
	accounts[1] = f.bob;
	accounts[2] = f.west;
	accounts[3] = f.east;
	accounts[4] = f.south;
	now.balance[0] = now.balance[1] = 100000;
}

static void teardown(void)
{
	fixture_teardown(&f);
}

static void book(account_id account, int64_t amount)
{
	for (size_t i = 0; i < ACCOUNTS; i++)
		if (accounts[i] == account)
			now.balance[i] += amount;
}

static void refused_or_ok(enum result r, const char *what)
{
	ck_assert_msg(r == RESULT_OK || result_class(r) == RESULT_CLASS_THEIRS, "%s: %s", what,
	        result_name(r));
}

static struct payment *payment_of(account_id account)
{
	for (size_t i = 0; i < now.payments_count; i++)
		if (now.payments[i].account == account)
			return &now.payments[i];
	return NULL;
}

/* A random amount between two accounts, as a rate of 9/10 and 1 % spread give it. */
static struct flight random_flight(account_id from, account_id to, bool cross)
{
	struct flight x = {from, to, 1 + roll(3000), 0, 0};
	uint64_t mid = cross ? x.amount_in * 9 / 10 : x.amount_in;

	x.amount_out = mid * 99 / 100;
	x.spread = mid - x.amount_out;
	return x;
}

/* ---- operations ---- */

static void do_credit(void)
{
	bool cross = roll(2);
	struct flight x = random_flight(f.west, cross ? f.bob : f.alice, cross);
	struct credit c = {x.from, x.to, x.amount_in, x.amount_out, x.spread,
	        f.now_ms + (int64_t)roll(2), 0, false, 0, {0}, x.spread / 2};
	int64_t id;
	enum result r = batch_credit(f.b, &c, &id);

	refused_or_ok(r, "credit");
	if (r)
		return;
	book(c.peer, -(int64_t)c.amount_in);
	book(c.wallet, (int64_t)c.amount_out);
	if (now.claims_count < CLAIMS_MAX)
		now.claims[now.claims_count++] = (struct claim){id, c.amount_in};
}

static void do_answer(void)
{
	struct answer a = {0};
	struct claim *c;
	enum result r;
	size_t i;

	if (now.claims_count == 0)
		return;
	i = roll(now.claims_count);
	c = &now.claims[i];
	a.credit_batch = c->credit_batch;
	if (roll(4)) {
		a.packets = 1;
		a.amount = c->amount;
	} else {
		a.failed_packets = 1;
		a.failed_amount = c->amount;
	}
	r = batch_answered(f.b, &a);
	/* One of this very transaction is not there yet. */
	ck_assert(r == RESULT_OK || r == RESULT_THEIRS_NOT_FOUND);
	if (!r)
		*c = now.claims[--now.claims_count];
}

static void do_reserve(void)
{
	struct payment *p = now.payments_count ? &now.payments[roll(now.payments_count)] : NULL;
	bool own = p && roll(2), cross = roll(2);
	struct flight x = random_flight(own ? p->account : f.west, cross ? f.east : f.south, cross);
	enum result r;

	if (now.flights_count == FLIGHTS_MAX)
		return;
	r = batch_window_reserve(f.b, &x, f.now_ms + 1 + (int64_t)roll(20000));
	refused_or_ok(r, "reserve");
	if (r)
		return;
	now.flights[now.flights_count].flight = x;
	now.flights[now.flights_count++].settleable = 0;
	if (own) {
		p->rest -= x.amount_in;
		p->in_flight++;
	}
}

static void do_end_flight(void)
{
	struct settlement s = {.packets = 1, .delivered = 1};
	struct payment *p;
	int64_t claim;
	uint64_t how = roll(8);
	enum result r;
	size_t i;

	if (now.flights_count == 0)
		return;
	i = roll(now.flights_count);
	s.flight = now.flights[i].flight;
	p = payment_of(s.flight.from);
	if (how < 4) {
		if (!now.flights[i].settleable)
			return;
		r = batch_window_settle(f.b, &s, &claim);
		if (!r) {
			book(s.flight.from, -(int64_t)s.flight.amount_in);
			book(s.flight.to, (int64_t)s.flight.amount_out);
		}
		if (!r && claim && now.claims_count < CLAIMS_MAX)
			now.claims[now.claims_count++] = (struct claim){claim, s.flight.amount_in};
	} else if (how < 7) {
		r = batch_window_release(f.b, &s.flight);
		if (!r && p)
			p->rest += s.flight.amount_in;
	} else {
		r = batch_window_doubt(f.b, &s.flight);
	}
	ck_assert_msg(r == RESULT_OK, "end of a flight: %s", result_name(r));
	if (p)
		p->in_flight--;
	now.flights[i] = now.flights[--now.flights_count];
}

static void do_move(void)
{
	static const enum movement_kind kinds[] = {
	        MOVEMENT_DEPOSIT, MOVEMENT_WITHDRAWAL, MOVEMENT_SETTLE_IN, MOVEMENT_SETTLE_OUT};
	struct movement m = {.kind = kinds[roll(4)], .amount = 1 + roll(5000)};
	bool wallet = m.kind == MOVEMENT_DEPOSIT || m.kind == MOVEMENT_WITHDRAWAL;
	bool out = m.kind == MOVEMENT_WITHDRAWAL || m.kind == MOVEMENT_SETTLE_OUT;
	bool repeated;
	enum result r;

	m.account = wallet ? accounts[roll(2)] : accounts[2 + roll(3)];
	id_new(f.now_ms, &m.id);
	r = batch_move(f.b, &m, &repeated);
	refused_or_ok(r, "move");
	if (!r)
		book(m.account, out ? -(int64_t)m.amount : (int64_t)m.amount);
}

static void do_pay(void)
{
	struct payment *p = &now.payments[now.payments_count];
	struct account alice;

	if (now.payments_count == PAYMENTS_MAX)
		return;
	ck_assert_int_eq(batch_account_get(f.b, f.alice, &alice), RESULT_OK);
	if (ledger_available(&alice) < 10000)
		return;
	fixture_pay(&f, &p->id, &p->account);
	p->rest = 10000;
	p->in_flight = 0;
	now.payments_count++;
	book(f.alice, -10000);
}

static void do_finish(void)
{
	bool completed = roll(2);
	struct work_payment *before;
	uint64_t sent, fee = 100;
	struct payment *p;
	enum result r;

	if (now.payments_count == 0)
		return;
	p = &now.payments[roll(now.payments_count)];
	ck_assert_int_eq(batch_payment(f.b, p->account, &before), RESULT_OK);
	sent = before->sent - before->in_doubt;
	if (!completed)
		fee = sent / 99; /* of 100, for 9900 */
	r = batch_payment_finish(
	        f.b, &p->id, completed ? PAYMENT_COMPLETED : PAYMENT_FAILED, "random");
	ck_assert(r == (p->in_flight ? RESULT_THEIRS_STATE : RESULT_OK));
	if (r)
		return;
	book(f.alice, (int64_t)p->rest - (int64_t)fee);
	*p = now.payments[--now.payments_count];
}

static void do_release_doubt(void)
{
	enum doubt_end end = roll(2) ? DOUBT_TO_PEER : DOUBT_TO_PAYER;
	struct page page = {.limit = 50};
	struct doubt_row *rows;
	enum result r;
	size_t n;
	bool more;

	ck_assert_int_eq(
	        store_doubt_list(f.reader, &f.arena, true, &page, &rows, &n, &more), RESULT_OK);
	if (n == 0)
		return;
	rows += roll(n);
	r = batch_doubt_release(f.b, &rows[0].id, end);
	refused_or_ok(r, "release");
	if (r)
		return;
	if (!id_is_zero(&rows[0].payment)) {
		/* The payment's asset is alice's; the peer's share is not known here. */
		if (end == DOUBT_TO_PAYER) {
			book(f.alice, (int64_t)rows[0].amount);
		} else {
			struct account peer;

			ck_assert_int_eq(batch_account_get(f.b, rows[0].peer, &peer), RESULT_OK);
			for (size_t i = 0; i < ACCOUNTS; i++)
				if (accounts[i] == rows[0].peer)
					now.balance[i] = ledger_balance(&peer);
		}
	} else if (end == DOUBT_TO_PEER) {
		book(rows[0].peer, (int64_t)rows[0].amount);
	}
}

static void do_one(void)
{
	static void (*const operations[])(void) = {do_credit, do_credit, do_answer, do_answer,
	        do_reserve, do_reserve, do_reserve, do_end_flight, do_end_flight, do_end_flight,
	        do_move, do_pay, do_finish, do_release_doubt};

	operations[roll(sizeof(operations) / sizeof(operations[0]))]();
}

/* ---- between transactions ---- */

/* The process dies; what it had in flight is found in doubt when its time has come. */
static void restart(void)
{
	int64_t due;

	fixture_restart(&f);
	f.now_ms += 20000 + WINDOW_MARGIN_MS + 1;
	fixture_begin(&f);
	ck_assert_int_eq(batch_recover(f.b, &due), RESULT_OK);
	ck_assert_int_eq(due, 0);
	fixture_end(&f);
	now.flights_count = now.claims_count = 0;
	for (size_t i = 0; i < now.payments_count; i++)
		now.payments[i].in_flight = 0;
}

static void compare(void)
{
	struct balance_row *rows;
	int64_t sum[8] = {0};
	size_t n;

	for (size_t i = 0; i < ACCOUNTS; i++)
		ck_assert_int_eq(fixture_balance(&f, accounts[i]), now.balance[i]);
	ck_assert_int_eq(store_balance_list(f.reader, &f.arena, &rows, &n), RESULT_OK);
	for (size_t i = 0; i < n; i++)
		sum[rows[i].asset] += rows[i].balance;
	for (size_t i = 0; i < sizeof(sum) / sizeof(sum[0]); i++)
		ck_assert_int_eq(sum[i], 0);
	arena_clear(&f.arena);
}

START_TEST(random_operations)
{
	const char *length = getenv("FLORIN_TEST_OPERATIONS");
	unsigned long left = length ? strtoul(length, NULL, 10) : 10000;
	unsigned round = 0;

	while (left > 0) {
		unsigned long n = 1 + roll(30);
		struct belief before = now;

		n = n < left ? n : left;
		left -= n;
		fixture_begin(&f);
		while (n-- > 0)
			do_one();
		if (roll(10) == 0) {
			fixture_cancel(&f);
			now = before;
		} else {
			fixture_end(&f);
			for (size_t i = 0; i < now.flights_count; i++)
				now.flights[i].settleable = 1;
		}
		f.now_ms += (int64_t)roll(50);
		if (roll(60) == 0)
			restart();
		compare();
		if (++round % 20 == 0)
			fixture_audit(&f, "random");
	}
	fixture_audit(&f, "end");
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, random_operations);
}

TEST_MAIN("property", fill)
