/* Conformance: incoming payments: their cap across payers and packets, their end, their lists, with
 * the audit after each step. */
#include "unit/harness.h"

#include <string.h>

#include "store/fee.h"
#include "store/fixture.h"
#include "store/pages.h"
#include "store/wallet.h"

static struct fixture f;

static void setup(void)
{
	fixture_setup(&f);
}

static void teardown(void)
{
	fixture_teardown(&f);
}

#define LIFE_MS 60000

/* Of alice's, in USD; amount 0: any. In a begun batch. */
static struct incoming_row add(uint64_t amount, unsigned slack_bps, const char *client)
{
	const struct incoming_new n = {.wallet = f.alice,
	        .client = client,
	        .amount = amount,
	        .slack_bps = slack_bps,
	        .metadata = "{\"note\":\"x\"}",
	        .expires_ms = f.now_ms + LIFE_MS};
	struct incoming_row row;

	OK(batch_incoming_add(f.b, &n, &row));
	return row;
}

static struct incoming_row begin_one(uint64_t amount, unsigned slack_bps)
{
	struct incoming_row row;

	fixture_begin(&f);
	row = add(amount, slack_bps, NULL);
	fixture_end(&f);
	return row;
}

static struct incoming_row get(const struct incoming_row *of)
{
	struct incoming_row row;

	OK(store_incoming_get(f.reader, &f.arena, &of->id, &row));
	return row;
}

/* west pays in alice's own asset, east in another one. */
static enum result pay(const struct incoming_row *to, account_id peer, uint64_t units)
{
	struct credit c = {peer, f.alice, units, units, 0, f.now_ms + 1, to->key, false, 0, {0}, 0};
	uint64_t changes = f.b->changes;
	int64_t id;
	enum result r = batch_credit(f.b, &c, &id);

	if (r)
		ck_assert_uint_eq(f.b->changes, changes);
	return r;
}

START_TEST(made)
{
	struct incoming_row row = begin_one(500, 100), seen = get(&row);
	struct incoming_new n = {.wallet = f.alice, .expires_ms = f.now_ms + 1};
	struct id unknown = {{1}};

	ck_assert_int_eq(seen.key, row.key);
	ck_assert_int_eq(seen.wallet, f.alice);
	ck_assert_str_eq(seen.client, "");
	ck_assert_int_eq(seen.terms.state, INCOMING_PENDING);
	ck_assert_uint_eq(seen.terms.amount, 500);
	ck_assert_uint_eq(seen.terms.excess_max, 5);
	ck_assert_uint_eq(seen.terms.received, 0);
	ck_assert_int_eq(seen.terms.expires_ms, f.now_ms + LIFE_MS);
	ck_assert_str_eq(seen.metadata, "{\"note\":\"x\"}");
	ck_assert_int_eq(seen.created_ms, f.now_ms);
	ck_assert_int_eq(seen.finished_ms, 0);
	IS(store_incoming_get(f.reader, &f.arena, &unknown, &seen), RESULT_THEIRS_NOT_FOUND);
	fixture_begin(&f);
	n.wallet = f.west;
	IS(batch_incoming_add(f.b, &n, &row), RESULT_THEIRS_BAD_TYPE);
	n.wallet = 9999;
	IS(batch_incoming_add(f.b, &n, &row), RESULT_THEIRS_NOT_FOUND);
	n.wallet = f.alice;
	n.amount = AMOUNT_MAX + 1;
	IS(batch_incoming_add(f.b, &n, &row), RESULT_THEIRS_BAD_AMOUNT);
	n.amount = AMOUNT_MAX;
	n.slack_bps = 10000;
	OK(batch_incoming_add(f.b, &n, &row));
	fixture_end(&f);
	ck_assert_uint_eq(get(&row).terms.amount, AMOUNT_MAX);
	fixture_audit(&f, "made");
}
END_TEST

START_TEST(closed_wallet)
{
	struct wallet_new w = {.name = "carol", .asset = f.usd};
	struct incoming_new n = {.expires_ms = f.now_ms + 1};
	struct incoming_row row;
	struct id id;

	fixture_begin(&f);
	OK(batch_wallet_add(f.b, &w, &id, &n.wallet));
	OK(batch_wallet_close(f.b, &id));
	IS(batch_incoming_add(f.b, &n, &row), RESULT_THEIRS_STATE);
	fixture_end(&f);
}
END_TEST

/* Two payers in one batch, then in several; the received amount moves with each. */
START_TEST(capped)
{
	struct incoming_row row = begin_one(1000, 0);

	fixture_begin(&f);
	OK(pay(&row, f.west, 400));
	OK(pay(&row, f.west, 400));
	IS(pay(&row, f.west, 201), RESULT_THEIRS_TOO_BIG);
	OK(pay(&row, f.east, 100));
	fixture_end(&f);
	ck_assert_uint_eq(get(&row).terms.received, 900);
	ck_assert_int_eq(get(&row).terms.state, INCOMING_PROCESSING);
	fixture_audit(&f, "processing");
	fixture_begin(&f);
	IS(pay(&row, f.west, 101), RESULT_THEIRS_TOO_BIG); /* one asset: to the unit */
	IS(pay(&row, f.east, 102), RESULT_THEIRS_TOO_BIG);
	OK(pay(&row, f.east, 101)); /* exchanged: one unit above */
	IS(pay(&row, f.east, 1), RESULT_THEIRS_STATE);
	fixture_end(&f);
	ck_assert_uint_eq(get(&row).terms.received, 1001);
	ck_assert_int_eq(get(&row).terms.state, INCOMING_COMPLETED);
	ck_assert_int_eq(get(&row).finished_ms, f.now_ms);
	ck_assert_int_eq(fixture_balance(&f, f.alice), 100000 + 1001);
	fixture_begin(&f);
	IS(pay(&row, f.west, 1), RESULT_THEIRS_STATE);
	fixture_end(&f);
	fixture_audit(&f, "capped");
}
END_TEST

START_TEST(slack)
{
	struct incoming_row row = begin_one(1000, 100);

	fixture_begin(&f);
	OK(pay(&row, f.west, 999));
	IS(pay(&row, f.east, 12), RESULT_THEIRS_TOO_BIG);
	OK(pay(&row, f.east, 11));
	fixture_end(&f);
	ck_assert_uint_eq(get(&row).terms.received, 1010);
	fixture_audit(&f, "slack");
}
END_TEST

/* A peer of our own asset hands on what it exchanged, where the sender says so. */
START_TEST(exchanged_before)
{
	struct incoming_row row = begin_one(1000, 0);
	struct credit c = {f.west, f.alice, 1001, 1001, 0, f.now_ms + 1, row.key, false, 0, {0}, 0};
	int64_t id;

	fixture_begin(&f);
	IS(batch_credit(f.b, &c, &id), RESULT_THEIRS_TOO_BIG);
	c.exchanged = true;
	OK(batch_credit(f.b, &c, &id));
	fixture_end(&f);
	ck_assert_uint_eq(get(&row).terms.received, 1001);
	fixture_audit(&f, "exchanged before");
}
END_TEST

/* Packets for two payments of one wallet, and for the wallet alone, are told apart. */
START_TEST(apart)
{
	struct incoming_row one = begin_one(0, 0), two = begin_one(0, 0);
	struct credit plain = {f.west, f.alice, 5, 5, 0, f.now_ms + 1, 0, false, 0, {0}, 0};
	struct credit wrong = {f.west, f.bob, 5, 5, 0, f.now_ms + 1, 0, false, 0, {0}, 0};
	struct credit unknown = {f.west, f.alice, 5, 5, 0, f.now_ms + 1, 4711, false, 0, {0}, 0};
	struct credit c = {f.west, f.alice, 7, 7, 0, f.now_ms + 1, 0, false, 0, {0}, 0};
	int64_t a, b, d;

	wrong.incoming = one.key;
	fixture_begin(&f);
	OK(batch_credit(f.b, &plain, &a));
	c.incoming = one.key;
	OK(batch_credit(f.b, &c, &b));
	c.incoming = two.key;
	OK(batch_credit(f.b, &c, &d));
	ck_assert_int_ne(a, b);
	ck_assert_int_ne(b, d);
	IS(batch_credit(f.b, &wrong, &a), RESULT_THEIRS_NOT_FOUND);
	IS(batch_credit(f.b, &unknown, &a), RESULT_THEIRS_NOT_FOUND);
	fixture_end(&f);
	ck_assert_uint_eq(get(&one).terms.received, 7);
	ck_assert_uint_eq(get(&two).terms.received, 7);
	ck_assert_int_eq(fixture_balance(&f, f.alice), 100000 + 19);
	fixture_audit(&f, "apart");
}
END_TEST

START_TEST(completed)
{
	struct incoming_row row = begin_one(1000, 0), empty = begin_one(0, 0), out;
	struct id unknown = {{1}};

	fixture_begin(&f);
	OK(pay(&row, f.west, 300));
	OK(batch_incoming_complete(f.b, &row.id, &f.arena, &out));
	ck_assert_uint_eq(out.terms.received, 300);
	ck_assert_int_eq(out.terms.state, INCOMING_COMPLETED);
	IS(pay(&row, f.west, 1), RESULT_THEIRS_STATE);
	IS(batch_incoming_complete(f.b, &row.id, &f.arena, &out), RESULT_THEIRS_STATE);
	OK(batch_incoming_complete(f.b, &empty.id, &f.arena, &out));
	IS(batch_incoming_complete(f.b, &unknown, &f.arena, &out), RESULT_THEIRS_NOT_FOUND);
	fixture_end(&f);
	fixture_begin(&f);
	IS(pay(&row, f.west, 1), RESULT_THEIRS_STATE);
	IS(batch_incoming_complete(f.b, &row.id, &f.arena, &out), RESULT_THEIRS_STATE);
	fixture_end(&f);
	ck_assert_int_eq(get(&row).terms.state, INCOMING_COMPLETED);
	ck_assert_uint_eq(get(&row).terms.received, 300);
	fixture_audit(&f, "completed");
}
END_TEST

/* The time decides, whether or not somebody has written it down. */
START_TEST(expired)
{
	struct incoming_row paid = begin_one(1000, 0), unpaid = begin_one(0, 0), later, out;
	int64_t next_ms;
	size_t n;

	f.now_ms += 5000;
	later = begin_one(0, 0);
	fixture_begin(&f);
	OK(pay(&paid, f.west, 10));
	OK(batch_incoming_expire(f.b, &n, &next_ms));
	ck_assert_uint_eq(n, 0);
	ck_assert_int_eq(next_ms, FIXTURE_START_MS + LIFE_MS);
	fixture_end(&f);
	f.now_ms = FIXTURE_START_MS + LIFE_MS;
	fixture_begin(&f);
	IS(pay(&paid, f.west, 10), RESULT_THEIRS_STATE);
	IS(batch_incoming_complete(f.b, &paid.id, &f.arena, &out), RESULT_THEIRS_STATE);
	OK(batch_incoming_expire(f.b, &n, &next_ms));
	ck_assert_uint_eq(n, 2);
	ck_assert_int_eq(next_ms, FIXTURE_START_MS + LIFE_MS + 5000);
	fixture_end(&f);
	ck_assert_int_eq(get(&paid).terms.state, INCOMING_EXPIRED);
	ck_assert_uint_eq(get(&paid).terms.received, 10);
	ck_assert_int_eq(get(&unpaid).terms.state, INCOMING_EXPIRED);
	ck_assert_int_eq(get(&later).terms.state, INCOMING_PENDING);
	f.now_ms += 5000;
	fixture_begin(&f);
	OK(batch_incoming_expire(f.b, &n, &next_ms));
	ck_assert_uint_eq(n, 1);
	ck_assert_int_eq(next_ms, 0);
	fixture_end(&f);
	fixture_audit(&f, "expired");
}
END_TEST

START_TEST(many_expire)
{
	int64_t next_ms;
	size_t n;

	fixture_begin(&f);
	for (size_t i = 0; i < INCOMING_EXPIRE_MAX + 10; i++)
		add(0, 0, NULL);
	fixture_end(&f);
	f.now_ms += LIFE_MS;
	fixture_begin(&f);
	OK(batch_incoming_expire(f.b, &n, &next_ms));
	ck_assert_uint_eq(n, INCOMING_EXPIRE_MAX);
	ck_assert_int_eq(next_ms, f.now_ms); /* at once */
	fixture_end(&f);
	fixture_begin(&f);
	OK(batch_incoming_expire(f.b, &n, &next_ms));
	ck_assert_uint_eq(n, 10);
	ck_assert_int_eq(next_ms, 0);
	fixture_end(&f);
	fixture_audit(&f, "many");
}
END_TEST

START_TEST(metadata)
{
	struct incoming_row row = begin_one(0, 0), out;

	fixture_begin(&f);
	OK(pay(&row, f.west, 3));
	OK(batch_incoming_set_metadata(f.b, &row.id, "{\"a\":1}", &f.arena, &out));
	ck_assert_str_eq(out.metadata, "{\"a\":1}");
	ck_assert_uint_eq(out.terms.received, 3);
	fixture_end(&f);
	ck_assert_str_eq(get(&row).metadata, "{\"a\":1}");
	ck_assert_uint_eq(get(&row).terms.received, 3);
}
END_TEST

/* ---- payments inside the node ---- */

/* bob (EUR) or carol (USD) pays alice's incoming payment. */
static enum result pay_local(const struct incoming_row *to, account_id wallet, uint64_t units)
{
	struct quote_row q = {.wallet = wallet,
	        .kind = QUOTE_FIXED_DELIVERY,
	        .receiver = "https://wallet.example/op/incoming-payments/x",
	        .local_receiver = f.alice,
	        .local_incoming = to->key,
	        .debit_amount = units,
	        .receive_amount = units,
	        .receive_code = "USD",
	        .receive_scale = 2,
	        .expires_ms = f.now_ms + 30000};
	struct payment_new p = {.wallet = wallet};
	struct payment_local local = {.amount_out = units};
	uint64_t changes;
	account_id account;
	struct id id;
	enum result r;

	OK(ratio_make(1, 1, &q.min_rate));
	OK(batch_quote_add(f.b, &q));
	p.quote_id = q.id;
	changes = f.b->changes;
	r = batch_payment_create(f.b, &p, &local, &id, &account);
	if (r)
		ck_assert_uint_eq(f.b->changes, changes);
	return r;
}

START_TEST(local)
{
	struct incoming_row row = begin_one(1000, 0), over, out;
	struct wallet_new w = {.name = "carol", .asset = f.usd};
	struct movement m = {.kind = MOVEMENT_DEPOSIT, .amount = 5000};
	struct transfer_row *lines;
	account_id carol;
	struct id id;
	size_t n;
	bool repeated;

	id_new(f.now_ms, &m.id);
	fixture_begin(&f);
	OK(batch_wallet_add(f.b, &w, &id, &carol));
	m.account = carol;
	OK(batch_move(f.b, &m, &repeated));
	fixture_end(&f);
	fixture_begin(&f);
	OK(pay_local(&row, carol, 400));
	OK(pay(&row, f.west, 100));
	IS(pay_local(&row, carol, 501), RESULT_THEIRS_TOO_BIG);
	IS(pay_local(&row, f.bob, 502), RESULT_THEIRS_TOO_BIG);
	OK(pay_local(&row, f.bob, 501));
	IS(pay_local(&row, carol, 1), RESULT_THEIRS_REFUSED);
	fixture_end(&f);
	ck_assert_uint_eq(get(&row).terms.received, 1001);
	ck_assert_int_eq(get(&row).terms.state, INCOMING_COMPLETED);
	ck_assert_int_eq(fixture_balance(&f, f.alice), 100000 + 1001);
	fixture_audit(&f, "local");
	OK(store_incoming_transfers(f.reader, &f.arena, row.key, &lines, &n));
	ck_assert_uint_eq(n, 4); /* carol's, west's, bob's two */
	ck_assert_str_eq(lines[0].reason, "local");
	ck_assert_int_eq(lines[0].credit, f.alice);
	ck_assert_str_eq(lines[n - 1].reason, "credit");

	over = begin_one(0, 0);
	fixture_begin(&f);
	OK(batch_incoming_complete(f.b, &over.id, &f.arena, &out));
	IS(pay_local(&over, carol, 1), RESULT_THEIRS_REFUSED);
	fixture_end(&f);
	fixture_audit(&f, "over");
}
END_TEST

static void set_fee(uint64_t fixed, unsigned bps)
{
	struct fee_row row;

	fixture_begin(&f);
	OK(batch_fee_set(f.b, f.usd, FEE_RECEIVING, fixed, bps, &row));
	fixture_end(&f);
}

static int64_t fees_taken(void)
{
	struct asset_row usd;

	OK(store_asset_find(f.reader, "USD", &usd));
	return fixture_balance(&f, usd.fee);
}

/* 5 and 1 % of what arrives, as they were when the payment was made: from each credit, so that
 * nobody can spend them, and written as one line. */
START_TEST(fee)
{
	struct incoming_row row, after;
	struct movement m = {.kind = MOVEMENT_WITHDRAWAL, .account = f.alice};
	struct transfer_row *lines;
	int64_t before = fixture_balance(&f, f.alice), kept = fees_taken();
	bool repeated;
	size_t n;

	set_fee(5, 100);
	row = begin_one(1000, 0);
	set_fee(0, 0);
	after = begin_one(1000, 0);
	fixture_begin(&f);
	OK(pay(&row, f.west, 3));
	fixture_end(&f);
	ck_assert_int_eq(fixture_balance(&f, f.alice), before);
	ck_assert_int_eq(fees_taken(), kept + 3);
	fixture_audit(&f, "less than the fee");
	fixture_begin(&f);
	OK(pay(&row, f.west, 398));
	OK(pay(&row, f.west, 99));
	OK(pay(&after, f.west, 1));
	m.amount = (uint64_t)before + 492;
	id_new(f.now_ms, &m.id);
	IS(batch_move(f.b, &m, &repeated), RESULT_THEIRS_INSUFFICIENT);
	m.amount--;
	OK(batch_move(f.b, &m, &repeated));
	fixture_end(&f);
	ck_assert_uint_eq(get(&row).terms.received, 500);
	ck_assert_int_eq(fixture_balance(&f, f.alice), 0);
	ck_assert_int_eq(fees_taken(), kept + 10);
	fixture_audit(&f, "in packets");
	OK(store_incoming_transfers(f.reader, &f.arena, row.key, &lines, &n));
	ck_assert_uint_eq(n, 4);
	ck_assert_str_eq(lines[3].reason, "fee");
	ck_assert_uint_eq(lines[3].posted, 7);
	fixture_begin(&f);
	OK(pay_local(&row, f.bob, 500));
	fixture_end(&f);
	ck_assert_int_eq(get(&row).terms.state, INCOMING_COMPLETED);
	ck_assert_uint_eq(incoming_fee(&row.terms), 0);
	ck_assert_int_eq(fees_taken(), kept + 15);
	fixture_audit(&f, "local");
}
END_TEST

/* ---- lists ---- */

static size_t list(struct list_query q, struct incoming_row **rows, struct list_edges *edges)
{
	size_t n;

	OK(store_incoming_list(f.reader, &f.arena, &q, rows, &n, edges));
	return n;
}

static void page_is(struct list_query q, const struct incoming_row *all, size_t from, size_t count,
        bool newer, bool older)
{
	struct incoming_row *rows;
	struct list_edges edges;
	size_t n = list(q, &rows, &edges);

	ck_assert_uint_eq(n, count);
	for (size_t i = 0; i < n; i++)
		ck_assert_mem_eq(rows[i].id.b, all[from + i].id.b, sizeof(rows[i].id.b));
	ck_assert_int_eq(edges.newer, newer);
	ck_assert_int_eq(edges.older, older);
}

static int by_age(const void *va, const void *vb)
{
	const struct incoming_row *a = va, *b = vb;

	if (a->created_ms != b->created_ms)
		return a->created_ms > b->created_ms ? -1 : 1;
	return -memcmp(a->id.b, b->id.b, sizeof(a->id.b));
}

#define LISTED PAGES_LISTED

/* Three at each of three moments; every second one by a client. */
START_TEST(pages)
{
	struct incoming_row all[LISTED], own[LISTED], *rows;
	struct list_query q = {.wallet = f.alice, .limit = 4};
	struct list_query mine = {
	        .wallet = f.alice, .client = "https://shop.example/a", .limit = 3};
	struct list_edges edges;
	struct id unknown = {{1}};
	size_t n = 0, mine_n = 0;

	for (int moment = 0; moment < 3; moment++, f.now_ms += 10) {
		fixture_begin(&f);
		for (int i = 0; i < 3; i++, n++)
			all[n] = add(0, 0, n % 2 ? "https://shop.example/a" : NULL);
		fixture_end(&f);
	}
	qsort(all, LISTED, sizeof(all[0]), by_age);
	for (size_t i = 0; i < LISTED; i++)
		if (*all[i].client)
			own[mine_n++] = all[i];
	for (size_t i = 0; i < PAGE_CASES; i++) {
		const struct page_case *c = &page_cases[i];

		q.cursor = c->cursor < 0 ? (struct id){{0}} : all[c->cursor].id;
		q.newer = c->newer;
		page_is(q, all, c->from, c->count, c->has_newer, c->has_older);
	}
	q.limit = 100;
	q.cursor = (struct id){{0}};
	q.newer = false;
	page_is(q, all, 0, LISTED, false, false);
	q.wallet = 0;
	page_is(q, all, 0, LISTED, false, false);

	page_is(mine, own, 0, 3, false, true);
	mine.cursor = own[2].id;
	page_is(mine, own, 3, mine_n - 3, true, false);
	mine.newer = true;
	page_is(mine, own, 0, 2, false, true);
	mine.newer = false;
	for (size_t i = 0; i < LISTED; i++)
		if (!*all[i].client)
			mine.cursor = all[i].id;
	IS(store_incoming_list(f.reader, &f.arena, &mine, &rows, &n, &edges),
	        RESULT_THEIRS_NOT_FOUND); /* another's */
	mine.cursor = unknown;
	IS(store_incoming_list(f.reader, &f.arena, &mine, &rows, &n, &edges),
	        RESULT_THEIRS_NOT_FOUND);
	q = (struct list_query){.wallet = f.bob, .limit = 4};
	page_is(q, all, 0, 0, false, false);
	q.cursor = all[0].id;
	IS(store_incoming_list(f.reader, &f.arena, &q, &rows, &n, &edges),
	        RESULT_THEIRS_NOT_FOUND); /* another wallet's */
}
END_TEST

/* ---- the cap, whatever happens ---- */

#define PAYMENTS 6
#define ROUNDS   400

static uint64_t state = 88172645463325252U;

static uint64_t roll(uint64_t n)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state % n;
}

/* Random packets of two payers in batches of random length, some of them rolled back, with restarts
 * between: what came in is what was allowed, and never above the cap. */
START_TEST(property)
{
	const char *seed = getenv("FLORIN_TEST_SEED");
	struct incoming_row rows[PAYMENTS];
	uint64_t received[PAYMENTS] = {0}, expected[PAYMENTS];
	size_t taken = 0, refused = 0;
	int64_t alice = fixture_balance(&f, f.alice);

	state = seed ? strtoull(seed, NULL, 10) | 1 : state;
	for (size_t i = 0; i < PAYMENTS; i++) {
		set_fee(roll(200), (unsigned)roll(BPS_ONE));
		rows[i] = begin_one(i ? 200 * i * i : 0, i % 2 ? 0 : 250);
	}
	for (int round = 0; round < ROUNDS; round++) {
		memcpy(expected, received, sizeof(expected));
		f.now_ms += (int64_t)roll(40);
		fixture_begin(&f);
		for (uint64_t packets = 1 + roll(8); packets > 0; packets--) {
			size_t i = roll(PAYMENTS);
			const struct incoming_terms *t = &rows[i].terms;
			account_id peer = roll(2) ? f.west : f.east;
			uint64_t units = 1 + roll(90);
			uint64_t most = t->amount + (peer == f.east ? t->excess_max : 0);
			enum result r = pay(&rows[i], peer, units);
			enum result wanted = RESULT_OK;

			if (t->amount && expected[i] >= t->amount)
				wanted = RESULT_THEIRS_STATE;
			else if (t->amount && expected[i] + units > most)
				wanted = RESULT_THEIRS_TOO_BIG;
			IS(r, wanted);
			if (r)
				refused++;
			else
				taken++;
			expected[i] += r ? 0 : units;
		}
		if (roll(10) == 0) {
			fixture_cancel(&f);
		} else {
			fixture_end(&f);
			memcpy(received, expected, sizeof(received));
		}
		if (roll(100) == 0)
			fixture_restart(&f);
	}
	for (size_t i = 0; i < PAYMENTS; i++) {
		struct incoming_row now = get(&rows[i]);

		ck_assert_uint_eq(now.terms.received, received[i]);
		if (now.terms.amount)
			ck_assert_uint_le(received[i], now.terms.amount + now.terms.excess_max);
		alice += (int64_t)(received[i] - incoming_fee(&now.terms));
	}
	ck_assert_int_eq(fixture_balance(&f, f.alice), alice);
	ck_assert_uint_gt(taken, 100);
	ck_assert_uint_gt(refused, 100);
	fixture_audit(&f, "property");
}
END_TEST

/* Where the host approves payments. */
START_TEST(approved)
{
	struct incoming_row row, other, seen;
	struct event_row event;

	f.store->incoming_approval = true;
	fixture_begin(&f);
	row = add(500, 0, NULL);
	other = add(500, 0, NULL);
	fixture_end(&f);
	f.store->incoming_approval = false;
	ck_assert(get(&row).terms.waits);
	event = fixture_event(&f, &row.id, 1);
	ck_assert_ptr_nonnull(strstr(event.data, "\"waitsForApproval\":true"));
	fixture_begin(&f);
	IS(pay(&row, f.west, 1), RESULT_THEIRS_FORBIDDEN);
	OK(batch_incoming_approve(f.b, &row.id, &f.arena, &seen));
	ck_assert(!seen.terms.waits);
	ck_assert_int_eq(seen.approved_ms, f.now_ms);
	OK(pay(&row, f.west, 1));
	IS(batch_incoming_approve(f.b, &row.id, &f.arena, &seen), RESULT_THEIRS_STATE);
	IS(batch_incoming_approve(f.b, &(struct id){{1}}, &f.arena, &seen),
	        RESULT_THEIRS_NOT_FOUND);
	fixture_end(&f);
	ck_assert_int_eq(get(&row).terms.state, INCOMING_PROCESSING);
	ck_assert_int_eq(get(&row).approved_ms, f.now_ms);
	/* Again is the same; then it may still be cancelled. */
	fixture_begin(&f);
	OK(batch_incoming_approve(f.b, &other.id, &f.arena, &seen));
	fixture_end(&f);
	f.now_ms += 5;
	fixture_begin(&f);
	OK(batch_incoming_approve(f.b, &other.id, &f.arena, &seen));
	ck_assert_int_eq(seen.approved_ms, f.now_ms - 5);
	OK(batch_incoming_cancel(f.b, &other.id, "no", &f.arena, &seen));
	fixture_end(&f);
	fixture_audit(&f, "approved");
}
END_TEST

/* Where it decides about each packet: it is asked, and nothing moves. */
START_TEST(asked)
{
	struct incoming_row row = begin_one(10, 0);
	struct credit c = {f.west, f.alice, 4, 4, 0, f.now_ms + 9, row.key, false, 0, {0}, 0};
	struct incoming_partial partial = {
	        .credit = &c, .decide_by_ms = f.now_ms + 1, .data = bytes_str("hi"), .id = {{7}}};
	struct event_row event;

	fixture_begin(&f);
	OK(batch_incoming_ask(f.b, &partial));
	c.amount_out = 11;
	IS(batch_incoming_ask(f.b, &partial), RESULT_THEIRS_TOO_BIG);
	c.amount_out = 4;
	partial.decide_by_ms = f.now_ms;
	IS(batch_incoming_ask(f.b, &partial), RESULT_THEIRS_EXPIRED);
	partial.decide_by_ms = f.now_ms + 1;
	c.incoming = 4711;
	IS(batch_incoming_ask(f.b, &partial), RESULT_THEIRS_NOT_FOUND);
	fixture_end(&f);
	event = fixture_event(&f, &row.id, 2);
	ck_assert_str_eq(event.type, "incoming_payment.partial_payment_received");
	ck_assert_ptr_nonnull(strstr(event.data,
	        "\"partialIncomingPaymentId\":\"07000000-0000-0000-0000-000000000000\""));
	ck_assert_ptr_nonnull(strstr(event.data, "\"dataFromSender\":\"aGk=\""));
	ck_assert_uint_eq(get(&row).terms.received, 0);
	f.store->confirm_partials = true;
	fixture_begin(&f);
	IS(pay_local(&row, f.bob, 1), RESULT_THEIRS_REFUSED);
	fixture_end(&f);
	f.store->confirm_partials = false;
	fixture_audit(&f, "asked");
}
END_TEST

START_TEST(cancelled)
{
	char long_reason[INCOMING_REASON_MAX + 2];
	struct incoming_row row = begin_one(500, 0), seen;

	memset(long_reason, 'x', sizeof(long_reason) - 1);
	long_reason[sizeof(long_reason) - 1] = '\0';
	fixture_begin(&f);
	IS(batch_incoming_cancel(f.b, &row.id, long_reason, &f.arena, &seen),
	        RESULT_THEIRS_TOO_BIG);
	IS(batch_incoming_cancel(f.b, &row.id, "a\nb", &f.arena, &seen), RESULT_THEIRS_MALFORMED);
	IS(batch_incoming_cancel(f.b, &(struct id){{1}}, "", &f.arena, &seen),
	        RESULT_THEIRS_NOT_FOUND);
	OK(batch_incoming_cancel(f.b, &row.id, "not known", &f.arena, &seen));
	IS(pay(&row, f.west, 1), RESULT_THEIRS_STATE);
	IS(batch_incoming_cancel(f.b, &row.id, "", &f.arena, &seen), RESULT_THEIRS_STATE);
	IS(batch_incoming_complete(f.b, &row.id, &f.arena, &seen), RESULT_THEIRS_STATE);
	fixture_end(&f);
	seen = get(&row);
	ck_assert_int_eq(seen.terms.state, INCOMING_EXPIRED);
	ck_assert_int_eq(seen.terms.expires_ms, f.now_ms);
	ck_assert_int_eq(seen.cancelled_ms, f.now_ms);
	ck_assert_int_eq(seen.finished_ms, f.now_ms);
	ck_assert_str_eq(seen.cancel_reason, "not known");
	ck_assert_uint_eq(fixture_events(&f, &row.id), 1);
	row = begin_one(500, 0);
	fixture_begin(&f);
	OK(pay(&row, f.west, 1));
	IS(batch_incoming_cancel(f.b, &row.id, "", &f.arena, &seen), RESULT_THEIRS_STATE);
	fixture_end(&f);
	fixture_audit(&f, "cancelled");
}
END_TEST

/* An inactive wallet takes no new payment at once, and nothing at all from its last day on. */
START_TEST(inactive_wallet)
{
	struct incoming_row row = begin_one(500, 0), other;
	struct incoming_row plain = {.key = 0}; /* the wallet's own address */
	const int64_t end_ms = f.now_ms + 100, none = 0;
	struct wallet_change change = {.inactive_ms = &end_ms};
	struct incoming_new n = {.wallet = f.alice, .expires_ms = f.now_ms + 1};
	struct wallet_row w;

	fixture_begin(&f);
	OK(batch_wallet_set(f.b, f.alice, &change));
	IS(batch_incoming_add(f.b, &n, &other), RESULT_THEIRS_STATE);
	fixture_end(&f);
	OK(store_wallet_of_account(f.reader, &f.arena, f.alice, &w));
	ck_assert(!wallet_is_active(&w));
	ck_assert(wallet_is_shown(&w, end_ms - 1) && !wallet_is_shown(&w, end_ms));
	ck_assert_int_eq(get(&row).terms.expires_ms, end_ms);
	fixture_begin(&f);
	OK(pay(&row, f.west, 1));
	OK(pay(&plain, f.west, 1));
	fixture_end(&f);
	f.now_ms = end_ms;
	fixture_begin(&f);
	IS(pay(&row, f.west, 1), RESULT_THEIRS_STATE);
	IS(pay(&plain, f.west, 1), RESULT_THEIRS_STATE);
	fixture_end(&f);
	row = get(&row);
	ck_assert_int_eq(incoming_state_at(&row.terms, f.now_ms), INCOMING_EXPIRED);
	change.inactive_ms = &none;
	fixture_begin(&f);
	OK(batch_wallet_set(f.b, f.alice, &change));
	OK(pay(&plain, f.west, 1)); /* within the same transaction */
	fixture_end(&f);
	fixture_begin(&f);
	OK(pay(&row, f.west, 1));
	n.expires_ms = f.now_ms + 1;
	OK(batch_incoming_add(f.b, &n, &other));
	fixture_end(&f);
	fixture_audit(&f, "inactive");
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, made);
	tcase_add_test(t, closed_wallet);
	tcase_add_test(t, capped);
	tcase_add_test(t, slack);
	tcase_add_test(t, exchanged_before);
	tcase_add_test(t, apart);
	tcase_add_test(t, completed);
	tcase_add_test(t, expired);
	tcase_add_test(t, many_expire);
	tcase_add_test(t, metadata);
	tcase_add_test(t, approved);
	tcase_add_test(t, cancelled);
	tcase_add_test(t, inactive_wallet);
	tcase_add_test(t, local);
	tcase_add_test(t, fee);
	tcase_add_test(t, asked);
	tcase_add_test(t, pages);
	tcase_add_test(t, property);
}

TEST_MAIN("incoming", fill)
