/* Which payment is taken up next: by turns over the wallets, each with a limit, first attempts
 * before later ones. */
#include "unit/harness.h"

#include <string.h>

#include "ilp/payer_turns.h"
#include "store/fixture.h"

#define LEASE_MS 30000
#define WALLETS  4 /* a, b, c, d, in the order of their accounts */
#define MANY     128
#define CAP      LIMIT_PAYMENTS_AT_WORK_PER_WALLET

static struct fixture f;
static struct payer_turns turns;
static account_id wallets[WALLETS];
static struct payment_row at_work[MANY];
static size_t at_work_count;

static void setup(void)
{
	fixture_setup(&f);
	memset(&turns, 0, sizeof(turns));
	at_work_count = 0;
	wallets[0] = f.alice;
	wallets[1] = f.bob;
	fixture_begin(&f);
	for (size_t i = 2; i < WALLETS; i++) {
		const char name[] = {(char)('a' + i), '\0'};
		const struct wallet_new w = {.name = name, .asset = f.usd};
		struct movement m = {.kind = MOVEMENT_DEPOSIT, .amount = 100000};
		struct id id;
		bool repeated;

		OK(batch_wallet_add(f.b, &w, &id, &wallets[i]));
		m.account = wallets[i];
		batch_id_new(f.b, &m.id);
		OK(batch_move(f.b, &m, &repeated));
	}
	fixture_end(&f);
}

static void teardown(void)
{
	fixture_audit(&f, "at the end");
	fixture_teardown(&f);
}

/* A payment of each wallet named, in that order. */
static void pay(const char *who)
{
	fixture_begin(&f);
	for (; *who; who++) {
		account_id wallet = wallets[*who - 'a'], account;
		struct quote_row q = {.wallet = wallet,
		        .kind = QUOTE_FIXED_SEND,
		        .receiver = "$elsewhere.example/carol",
		        .debit_amount = 100,
		        .receive_amount = 90,
		        .receive_code = "EUR",
		        .receive_scale = 2,
		        .expires_ms = f.now_ms + 30000};
		struct payment_new p = {.wallet = wallet};
		struct id id;

		OK(ratio_make(9, 10, &q.min_rate));
		OK(batch_quote_add(f.b, &q));
		p.quote_id = q.id;
		OK(batch_payment_create(f.b, &p, NULL, &id, &account));
	}
	fixture_end(&f);
}

static char name_of(account_id wallet)
{
	for (size_t i = 0; i < WALLETS; i++)
		if (wallets[i] == wallet)
			return (char)('a' + i);
	return '?';
}

/* Takes up at most `most`, and sees whose they were; an attempt that is not the first is told in
 * capitals. */
static void taken(size_t most, const char *expected)
{
	char who[MANY + 1];
	size_t n = 0;
	bool more;
	enum result r = RESULT_OK;

	fixture_begin(&f);
	OK(batch_payment_due(f.b, &more));
	while (n < most) {
		struct payment_row *row = &at_work[at_work_count];

		r = payer_turns_claim(&turns, f.b, LEASE_MS, &f.arena, row);
		if (r)
			break;
		who[n] = name_of(row->quote.wallet);
		if (row->attempts > 1)
			who[n] = (char)(who[n] - 'a' + 'A');
		n++;
		at_work_count++;
	}
	if (n < most)
		IS(r, RESULT_THEIRS_NOT_FOUND);
	fixture_end(&f);
	who[n] = '\0';
	ck_assert_str_eq(who, expected);
}

/* The oldest at work of that wallet: put off until then, or ended where that is 0. */
static bool end_one(char who, int64_t again_at_ms)
{
	size_t i = 0;
	struct payment_row row;

	while (i < at_work_count && at_work[i].quote.wallet != wallets[who - 'a'])
		i++;
	ck_assert_uint_lt(i, at_work_count);
	row = at_work[i];
	memmove(&at_work[i], &at_work[i + 1], (--at_work_count - i) * sizeof(row));
	fixture_begin(&f);
	if (again_at_ms)
		OK(batch_payment_postpone(f.b, &row.id, again_at_ms, "IdleTimeout"));
	else
		OK(batch_payment_finish(f.b, &row.id, PAYMENT_FAILED, "no route"));
	fixture_end(&f);
	return payer_turns_end(&turns, row.quote.wallet);
}

START_TEST(by_turns)
{
	pay("aaaabc");
	taken(MANY, "abcaaa");
	/* On from the last one. */
	pay("aabbccdd");
	taken(3, "bcd");
	pay("bb");
	taken(MANY, "abcdabb");
}
END_TEST

/* However many one has, another's are taken up at once; and what ends makes room. */
START_TEST(limit)
{
	pay("aaaaaaaaaaaaaaaaaaaaaaaaaaaa");
	taken(MANY, "aaaaaaaaaaaaaaaa");
	ck_assert_uint_eq(CAP, 16);
	taken(MANY, "");
	pay("cb");
	taken(MANY, "bc");
	ck_assert(!end_one('b', 0));
	taken(MANY, "");
	ck_assert(end_one('a', 0));
	pay("b");
	taken(MANY, "ab");
	ck_assert(end_one('a', 0));
	ck_assert(!end_one('a', 0));
	taken(MANY, "aa");
}
END_TEST

/* Where many have much to do there is always a place for one more, and the counts come back to
 * nothing. */
START_TEST(counts)
{
	for (int i = 0; i < CAP + 2; i++)
		pay("dcba");
	taken(LIMIT_PAYMENTS_AT_WORK, "abcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcd");
	taken(MANY, "");
	ck_assert_uint_eq(turns.wallets_count, WALLETS);
	for (int i = 0; i < 13; i++)
		for (char who = 'a'; who <= 'd'; who++)
			(void)end_one(who, 0);
	ck_assert_uint_eq(turns.wallets_count, 0);
	taken(MANY, "abcdabcdabcdabcdabcd");
}
END_TEST

/* Three with as many as they may leave half of the rest to the next, and the other half free; what
 * ends of one makes room for another. */
START_TEST(share)
{
	for (int i = 0; i < CAP; i++)
		pay("abc");
	taken(MANY, "abcabcabcabcabcabcabcabcabcabcabcabcabcabcabcabc");
	for (int i = 0; i < CAP; i++)
		pay("d");
	taken(MANY, "dddddddd");
	ck_assert(end_one('a', 0));
	taken(MANY, "d");
	ck_assert(!end_one('a', 0));
	taken(MANY, "");
	ck_assert(end_one('b', 0));
	taken(MANY, "d");
}
END_TEST

/* What ends while a copy claims makes room that the copy did not see. */
START_TEST(copies)
{
	struct payer_turns copy, before;

	pay("aaaaaaaaaaaaaaaaaab");
	taken(15, "abaaaaaaaaaaaaa");
	before = turns;
	taken(MANY, "aa");
	copy = turns;
	turns = before;
	payer_turns_count(&turns, f.alice);
	payer_turns_count(&turns, f.alice);
	ck_assert(!payer_turns_go_on(&turns, &copy));
	ck_assert_mem_eq(&turns, &copy, sizeof(copy));
	turns = before;
	ck_assert(!end_one('a', 0));
	ck_assert(!end_one('b', 0));
	payer_turns_count(&turns, f.alice);
	payer_turns_count(&turns, f.alice);
	ck_assert(payer_turns_go_on(&turns, &copy));
	taken(MANY, "a");
}
END_TEST

/* First attempts come before later ones, but the fourth claim is a later one's. */
START_TEST(first_before_later)
{
	pay("aaaaa");
	taken(MANY, "aaaaa");
	for (int i = 0; i < 5; i++)
		(void)end_one('a', f.now_ms + 2000);
	taken(MANY, "");
	f.now_ms += 2000;
	pay("bbbbbb");
	/* Five were claimed before: the fourth of them found no later one. */
	taken(MANY, "bbAbbbAbAAA");
}
END_TEST

/* A lease that was renewed lasts on; one that nobody renews ends. */
START_TEST(lease)
{
	struct payment_row row;
	bool cancelled;
	int64_t first_ms = f.now_ms + LEASE_MS;

	pay("a");
	taken(MANY, "a");
	row = at_work[0];
	f.now_ms += PAYMENT_RENEW_MS - 1;
	fixture_begin(&f);
	OK(batch_payment_renew(f.b, &row.id, LEASE_MS, &cancelled));
	fixture_end(&f);
	ck_assert_int_eq(fixture_payment(&f, &row.id).lease_until_ms, first_ms);
	f.now_ms += 1;
	fixture_begin(&f);
	OK(batch_payment_renew(f.b, &row.id, LEASE_MS, &cancelled));
	OK(batch_payment_renew(f.b, &row.id, LEASE_MS, &cancelled));
	fixture_end(&f);
	ck_assert_int_eq(fixture_payment(&f, &row.id).lease_until_ms, f.now_ms + LEASE_MS);
	f.now_ms += LEASE_MS - 1;
	taken(MANY, "");
	f.now_ms += 1;
	taken(MANY, "A");
	ck_assert(id_eq(&at_work[1].id, &row.id));
}
END_TEST

/* What a process that died had at work, or had put off, is a later attempt for the next one. */
START_TEST(after_a_crash)
{
	pay("aabc");
	taken(2, "ab");
	(void)end_one('b', f.now_ms + 2000);
	fixture_restart(&f);
	memset(&turns, 0, sizeof(turns));
	at_work_count = 0;
	taken(MANY, "acAB");
}
END_TEST

/* So many become due in one transaction, and the rest in the next. */
START_TEST(many_due)
{
	bool more;

	for (int i = 0; i < PAYMENT_DUE_MAX + 20; i += 4) {
		pay("abcd");
		taken(MANY, "abcd");
		for (char who = 'a'; who <= 'd'; who++)
			(void)end_one(who, f.now_ms + 2000);
	}
	f.now_ms += 2000;
	fixture_begin(&f);
	OK(batch_payment_due(f.b, &more));
	ck_assert(more);
	OK(batch_payment_due(f.b, &more));
	ck_assert(!more);
	fixture_end(&f);
	ck_assert_int_eq(fixture_sql(&f, "SELECT count(*) FROM outgoing_payment WHERE waits = 2"),
	        PAYMENT_DUE_MAX + 20);
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, by_turns);
	tcase_add_test(t, limit);
	tcase_add_test(t, counts);
	tcase_add_test(t, share);
	tcase_add_test(t, copies);
	tcase_add_test(t, first_before_later);
	tcase_add_test(t, lease);
	tcase_add_test(t, after_a_crash);
	tcase_add_test(t, many_due);
}

TEST_MAIN("turns", fill)
