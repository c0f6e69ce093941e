/* Where money of an incoming payment came from, how much of it may go back, and what comes back. */
#include "unit/harness.h"

#include <stdio.h>
#include <string.h>

#include "store/fixture.h"
#include "store/incoming.h"
#include "store/login.h"
#include "store/notice.h"
#include "store/refund.h"

static struct fixture f;

static void setup(void)
{
	fixture_setup(&f);
}

static void teardown(void)
{
	fixture_audit(&f, "at the end");
	fixture_teardown(&f);
}

static int64_t incoming(void)
{
	const struct incoming_new n = {.wallet = f.alice, .expires_ms = f.now_ms + 1000000};
	struct incoming_row row;

	fixture_begin(&f);
	OK(batch_incoming_add(f.b, &n, &row));
	fixture_end(&f);
	return row.key;
}

/* Packets with that address of their payer, `times` in one transaction; NULL: none is told. */
static void arrive(int64_t key, uint64_t amount, const char *address, unsigned times)
{
	struct credit c = {.peer = f.west,
	        .wallet = f.alice,
	        .amount_in = amount,
	        .amount_out = amount,
	        .expires_at_ms = f.now_ms + 1,
	        .incoming = key,
	        .payer = {address, "XRP", 9}};
	int64_t id;

	fixture_begin(&f);
	while (times--)
		OK(batch_credit(f.b, &c, &id));
	fixture_end(&f);
}

static int64_t rows_of(int64_t key)
{
	char sql[96];

	snprintf(sql, sizeof(sql), "SELECT count(*) FROM way_back WHERE incoming = %lld",
	        (long long)key);
	return fixture_sql(&f, sql);
}

static enum result source(int64_t key, struct refund_source *out)
{
	return store_refund_source(f.reader, &f.arena, key, out);
}

/* A refund of that much; OK: *id is its payment. */
static enum result give_back(int64_t key, uint64_t amount, struct id *id)
{
	struct quote_row q = {.wallet = f.alice,
	        .receiver = "x",
	        .debit_amount = amount,
	        .receive_amount = amount,
	        .receive_code = "USD",
	        .receive_scale = 2,
	        .expires_ms = f.now_ms + 1000,
	        .refund_of = key};
	struct payment_new p = {.wallet = f.alice};
	account_id account;
	enum result r;

	fixture_begin(&f);
	OK(ratio_make(1, 1, &q.min_rate));
	OK(batch_quote_add(f.b, &q));
	p.quote_id = q.id;
	r = batch_payment_create(f.b, &p, NULL, id, &account);
	fixture_end(&f);
	return r;
}

START_TEST(addresses)
{
	int64_t one = incoming(), untold = incoming(), two = incoming(), many = incoming();
	int64_t dust = incoming();
	struct refund_source s;

	IS(source(one, &s), RESULT_THEIRS_NOT_FOUND);
	arrive(one, 30, "test.payer.a", 3);
	arrive(one, 10, "test.payer.a", 1);
	arrive(one, 500, NULL, 2);
	OK(source(one, &s));
	ck_assert_str_eq(s.payer.address, "test.payer.a");
	ck_assert_str_eq(s.payer.asset_code, "XRP");
	ck_assert_uint_eq(s.payer.asset_scale, 9);
	ck_assert_msg(s.left == 100, "what came from elsewhere is not this payer's: %llu",
	        (unsigned long long)s.left);
	arrive(untold, 30, NULL, 1);
	IS(source(untold, &s), RESULT_THEIRS_NOT_FOUND);
	arrive(two, 30, "test.payer.a", 1);
	arrive(two, 1, "test.payer.b", 1);
	IS(source(two, &s), RESULT_THEIRS_CONFLICT);
	/* One unit of a stranger's is in nobody's way, whoever came first; two are. */
	arrive(dust, 1, "test.payer.b", 1);
	arrive(dust, 199, "test.payer.a", 1);
	OK(source(dust, &s));
	ck_assert_str_eq(s.payer.address, "test.payer.a");
	ck_assert_uint_eq(s.left, 199);
	arrive(dust, 1, "test.payer.c", 1);
	IS(source(dust, &s), RESULT_THEIRS_CONFLICT);
	/* Strangers with new addresses make no more rows. */
	for (unsigned i = 0; i < 2 * WAYS_BACK_MAX; i++) {
		char address[32];

		snprintf(address, sizeof(address), "test.stranger.%u", i);
		arrive(many, 1, address, 1);
	}
	arrive(many, 1, "test.stranger.0", 1);
	ck_assert_int_eq(rows_of(many), WAYS_BACK_MAX);
	IS(source(many, &s), RESULT_THEIRS_CONFLICT);
	/* They don't keep out who really pays: the one that brought least goes. */
	arrive(many, 1000, "test.payer.a", 1);
	ck_assert_int_eq(rows_of(many), WAYS_BACK_MAX);
	OK(source(many, &s));
	ck_assert_str_eq(s.payer.address, "test.payer.a");
	ck_assert_uint_eq(s.left, 1000);
	/* And nobody who brings as little as the least, or nothing, takes a place. */
	arrive(many, 1, "test.stranger.late", 1);
	arrive(many, 1, "test.payer.a", 1);
	OK(source(many, &s));
	ck_assert_uint_eq(s.left, 1001);
	ck_assert_int_eq(rows_of(many), WAYS_BACK_MAX);
	ck_assert_int_eq(fixture_sql(&f, "SELECT count(*) FROM way_back WHERE "
	                                 "address = 'test.stranger.late'"),
	        0);
}
END_TEST

START_TEST(limits)
{
	int64_t key = incoming();
	struct refund_source s;
	struct id first, second;

	arrive(key, 100, "test.payer.a", 1);
	IS(give_back(key, 101, &first), RESULT_THEIRS_TOO_BIG);
	OK(give_back(key, 60, &first));
	OK(source(key, &s));
	ck_assert_uint_eq(s.left, 40);
	IS(give_back(key, 41, &second), RESULT_THEIRS_TOO_BIG);
	/* What did not get there may be given back again. */
	fixture_begin(&f);
	OK(batch_payment_finish(f.b, &first, PAYMENT_FAILED, "ConnectorError"));
	fixture_end(&f);
	OK(source(key, &s));
	ck_assert_uint_eq(s.left, 100);
	OK(give_back(key, 100, &second));
	IS(give_back(key, 1, &first), RESULT_THEIRS_TOO_BIG);
	/* Another has paid since: nobody guesses. */
	arrive(key, 100, "test.payer.b", 1);
	IS(give_back(key, 1, &first), RESULT_THEIRS_TOO_BIG);
}
END_TEST

/* So many notices, the newest of so much that came back of this payment. */
static void told(const struct id *payment, size_t count, uint64_t amount)
{
	struct notice_row *rows;
	struct user_row user;
	size_t n;

	OK(store_user_of_wallet(f.reader, &f.arena, "alice", &user));
	OK(store_notice_list(f.reader, &f.arena, &user.id, 0, 10, &rows, &n));
	ck_assert_uint_eq(n, count);
	ck_assert_int_eq(rows[0].kind, NOTICE_RETURNED);
	ck_assert_int_eq(rows[0].wallet, f.alice);
	ck_assert_uint_eq(rows[0].amount, amount);
	ck_assert(id_eq(&rows[0].subject, payment));
}

/* A payment's receiver sends some of it back: the wallet has it, the payment says so, and its
 * holder is told. */
START_TEST(coming_back)
{
	struct credit c = {.peer = f.west,
	        .wallet = f.alice,
	        .amount_in = 70,
	        .amount_out = 70,
	        .expires_at_ms = f.now_ms + 1};
	struct credit plain = c;
	struct user_row user;
	account_id account;
	int64_t back, other;
	struct id id;

	fixture_begin(&f);
	OK(batch_password_set(f.b, "alice", "$argon2id$v=19$a"));
	fixture_pay(&f, &id, &account);
	fixture_end(&f);
	OK(store_user_of_wallet(f.reader, &f.arena, "alice", &user));
	c.outgoing = account;
	fixture_begin(&f);
	OK(batch_credit(f.b, &c, &back));
	OK(batch_credit(f.b, &plain, &other));
	OK(batch_credit(f.b, &c, &back));
	fixture_end(&f);
	ck_assert_int_ne(back, other);
	ck_assert_uint_eq(fixture_payment(&f, &id).returned, 140);
	told(&id, 1, 140);
	/* In another batch, seen before or not. */
	fixture_begin(&f);
	OK(batch_credit(f.b, &c, &back));
	fixture_end(&f);
	told(&id, 1, 210);
	fixture_begin(&f);
	OK(batch_notice_seen(f.b, &user.id, 1));
	OK(batch_credit(f.b, &c, &back));
	fixture_end(&f);
	told(&id, 2, 70);
	ck_assert_int_eq(fixture_balance(&f, f.alice), 100000 - 10000 + 350);
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, addresses);
	tcase_add_test(t, limits);
	tcase_add_test(t, coming_back);
}

TEST_MAIN("refund", fill)
