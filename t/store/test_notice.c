/* Conformance: what account holders are told of. */
#include "unit/harness.h"

#include <string.h>

#include "store/cash.h"
#include "store/fixture.h"
#include "store/login.h"
#include "store/notice.h"
#include "store/passkey.h"

#define HASH "$argon2id$v=19$a"

static struct fixture f;
static struct id alice;

/* alice can sign in, bob can't. */
static void setup(void)
{
	struct user_row user;

	fixture_setup(&f);
	fixture_begin(&f);
	OK(batch_password_set(f.b, "alice", HASH));
	fixture_end(&f);
	OK(store_user_of_wallet(f.reader, &f.arena, "alice", &user));
	alice = user.id;
}

static void teardown(void)
{
	fixture_teardown(&f);
}

static struct notice_state state(void)
{
	struct notice_state s;

	OK(store_notice_state(f.reader, &alice, &s));
	return s;
}

/* The newest one. */
static struct notice_row newest(void)
{
	struct notice_row *rows;
	size_t n;

	OK(store_notice_list(f.reader, &f.arena, &alice, 0, 1, &rows, &n));
	ck_assert_uint_eq(n, 1);
	return rows[0];
}

static void tell(enum notice_kind kind, account_id wallet, const char *text)
{
	fixture_begin(&f);
	OK(batch_notice(f.b, &(struct notice_new){.kind = kind, .wallet = wallet, .text = text}));
	fixture_end(&f);
}

START_TEST(told_and_seen)
{
	struct notice_state s = state();
	struct notice_row row;

	/* The first password is no change. */
	ck_assert_int_eq(s.newest, 0);
	ck_assert_uint_eq(s.unread, 0);
	tell(NOTICE_KEY_ADDED, f.alice, "laptop");
	tell(NOTICE_KEY_REVOKED, f.bob, "nobody reads it");
	tell(NOTICE_FAILED, f.alice, NULL);
	s = state();
	ck_assert_int_eq(s.newest, 2);
	ck_assert_uint_eq(s.unread, 2);
	row = newest();
	ck_assert_int_eq(row.kind, NOTICE_FAILED);
	ck_assert_int_eq(row.wallet, f.alice);
	ck_assert_int_eq(row.created_ms, f.now_ms);
	fixture_begin(&f);
	OK(batch_notice_seen(f.b, &alice, 1));
	fixture_end(&f);
	ck_assert_uint_eq(state().unread, 1);
	/* Neither ahead of what there is nor back. */
	fixture_begin(&f);
	OK(batch_notice_seen(f.b, &alice, 1000));
	OK(batch_notice_seen(f.b, &alice, 1));
	fixture_end(&f);
	ck_assert_int_eq(state().seen, 2);
	tell(NOTICE_FAILED, f.alice, NULL);
	ck_assert_uint_eq(state().unread, 1);
	ck_assert_int_eq(fixture_sql(&f, "SELECT count(*) FROM notice"), 3);
	fixture_audit(&f, "told");
}
END_TEST

START_TEST(topics)
{
	for (unsigned k = 0; k < NOTICE_KINDS; k++) {
		enum notice_topic t = notice_topic_of((enum notice_kind)k);
		bool muted[NOTICE_TOPICS] = {false};
		int64_t before = state().newest;

		muted[t] = true;
		fixture_begin(&f);
		OK(batch_notice_choose(f.b, &alice, muted));
		fixture_end(&f);
		tell((enum notice_kind)k, f.alice, "x");
		ck_assert_msg(state().newest == before, "kind %u is not muted", k);
		ck_assert(state().muted[t]);
		muted[t] = false;
		for (unsigned i = 0; i < NOTICE_TOPICS; i++)
			muted[i] = i != (unsigned)t;
		fixture_begin(&f);
		OK(batch_notice_choose(f.b, &alice, muted));
		fixture_end(&f);
		tell((enum notice_kind)k, f.alice, "x");
		ck_assert_msg(state().newest == before + 1, "kind %u is muted", k);
		ck_assert_int_eq(newest().kind, k);
	}
}
END_TEST

static void returned(uint8_t payment, uint64_t amount)
{
	fixture_begin(&f);
	OK(batch_notice(f.b, &(struct notice_new){.kind = NOTICE_RETURNED,
	                             .wallet = f.alice,
	                             .subject = &(struct id){{payment}},
	                             .amount = amount,
	                             .adds = true}));
	fixture_end(&f);
}

/* What comes little by little is one notice, until it is seen. */
START_TEST(growing)
{
	bool muted[NOTICE_TOPICS] = {false};
	int64_t first_ms;

	returned(1, 10);
	first_ms = state().changed_ms;
	tell(NOTICE_FAILED, f.alice, NULL);
	returned(2, 1);
	f.now_ms += 5;
	returned(1, 20);
	ck_assert_int_eq(state().newest, 3);
	ck_assert_int_eq(state().changed_ms, first_ms + 5);
	ck_assert_int_eq(fixture_sql(&f, "SELECT amount FROM notice WHERE number = 1"), 30);
	ck_assert_int_eq(fixture_sql(&f, "SELECT amount FROM notice WHERE number = 3"), 1);
	returned(1, AMOUNT_MAX);
	ck_assert_int_eq(fixture_sql(&f, "SELECT amount FROM notice WHERE number = 1"), INT64_MAX);
	fixture_begin(&f);
	OK(batch_notice_seen(f.b, &alice, 2));
	fixture_end(&f);
	returned(1, 7);
	returned(2, 1);
	ck_assert_int_eq(state().newest, 4);
	ck_assert_uint_eq(newest().amount, 7);
	ck_assert_int_eq(fixture_sql(&f, "SELECT amount FROM notice WHERE number = 3"), 2);
	/* Muted, also what is not seen yet says no more. */
	muted[NOTICE_OF_RECEIVED] = true;
	fixture_begin(&f);
	OK(batch_notice_choose(f.b, &alice, muted));
	fixture_end(&f);
	returned(1, 1);
	ck_assert_int_eq(state().newest, 4);
	ck_assert_uint_eq(newest().amount, 7);
}
END_TEST

START_TEST(bounds)
{
	char text[400];
	struct notice_row *rows;
	size_t n;

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	for (int i = 0; i < NOTICES_PER_USER_MAX + 5; i++)
		tell(NOTICE_FAILED, f.alice, text);
	ck_assert_int_eq(fixture_sql(&f, "SELECT count(*) FROM notice"), NOTICES_PER_USER_MAX);
	ck_assert_int_eq(state().newest, NOTICES_PER_USER_MAX + 5);
	ck_assert_uint_eq(state().unread, NOTICES_PER_USER_MAX);
	ck_assert_uint_eq(strlen(newest().text), 255);
	OK(store_notice_list(f.reader, &f.arena, &alice, 8, 10, &rows, &n));
	ck_assert_uint_eq(n, 2);
	ck_assert_int_eq(rows[0].number, 7);
}
END_TEST

static void session(uint8_t hash, const uint8_t *browser)
{
	const struct session_new s = {.user = alice,
	        .password_hash = HASH,
	        .hash = {hash},
	        .idle_ms = 1000,
	        .life_ms = 1000,
	        .browser = browser};

	fixture_begin(&f);
	OK(batch_session_add(f.b, &s));
	fixture_end(&f);
}

START_TEST(their_causes)
{
	const uint8_t one[SESSION_HASH_BYTES] = {1}, two[SESSION_HASH_BYTES] = {2};
	struct notice_row told;
	struct passkey_row passkey;
	struct cash_row row;
	int64_t before;

	session(1, one);
	ck_assert_int_eq(newest().kind, NOTICE_SIGN_IN);
	before = state().newest;
	session(2, one);
	ck_assert_int_eq(state().newest, before);
	session(3, two);
	ck_assert_int_eq(state().newest, before + 1);
	fixture_begin(&f);
	OK(batch_password_change(f.b, &alice, HASH, "other", one));
	fixture_end(&f);
	ck_assert_int_eq(newest().kind, NOTICE_PASSWORD);
	fixture_begin(&f);
	OK(batch_password_set(f.b, "alice", HASH));
	fixture_end(&f);
	ck_assert_int_eq(state().newest, before + 3);
	fixture_begin(&f);
	OK(batch_passkey_add(f.b, &(struct passkey_row){.user = alice,
	                                  .credential = bytes_str("c"),
	                                  .algorithm = -8,
	                                  .public_key = bytes_str("k"),
	                                  .name = "phone"}));
	fixture_end(&f);
	ck_assert_int_eq(newest().kind, NOTICE_PASSKEY_ADDED);
	ck_assert_str_eq(newest().text, "phone");
	OK(store_passkey_find(f.reader, &f.arena, bytes_str("c"), &passkey));
	fixture_begin(&f);
	OK(batch_passkey_remove(f.b, passkey.key + 1, &alice));
	OK(batch_passkey_remove(f.b, passkey.key, &alice));
	fixture_end(&f);
	ck_assert_int_eq(newest().kind, NOTICE_PASSKEY_REMOVED);
	ck_assert_str_eq(newest().text, "phone");
	ck_assert_int_eq(state().newest, before + 5);
	/* The answer to what was asked for, and none to what was taken back. */
	fixture_begin(&f);
	for (uint8_t i = 1; i <= 3; i++)
		OK(batch_cash_add(f.b,
		        &(struct cash_new){{{i}}, f.alice, CASH_WITHDRAWAL, 10U * i, "x"}, &row));
	OK(batch_cash_end(f.b, &(struct id){{1}}, CASH_APPROVED, "", &row));
	OK(batch_cash_end(f.b, &(struct id){{2}}, CASH_CANCELLED, "", &row));
	fixture_end(&f);
	ck_assert_int_eq(state().newest, before + 6);
	ck_assert_int_eq(newest().kind, NOTICE_WITHDRAWAL_APPROVED);
	ck_assert_uint_eq(newest().amount, 10);
	told = newest();
	ck_assert(id_eq(&told.subject, &(struct id){{1}}));
}
END_TEST

/* Of a payment that failed on its way the holder is told how much was sent. */
START_TEST(failed_on_its_way)
{
	struct settlement s = {.packets = 1, .delivered = 99};
	struct flight part = {.to = f.south, .amount_in = 100, .amount_out = 99, .spread = 1};
	struct id first, second;
	account_id account;
	int64_t claim;

	fixture_begin(&f);
	fixture_pay(&f, &second, &part.from);
	OK(batch_window_reserve(f.b, &part, f.now_ms + 1000));
	fixture_end(&f);
	s.flight = part;
	fixture_begin(&f);
	OK(batch_window_settle(f.b, &s, &claim));
	OK(batch_payment_finish(f.b, &second, PAYMENT_FAILED, "IdleTimeout"));
	fixture_end(&f);
	ck_assert_int_eq(newest().kind, NOTICE_PARTLY);
	ck_assert_uint_eq(newest().amount, fixture_payment(&f, &second).sent);
	ck_assert_uint_gt(newest().amount, 99);
	fixture_begin(&f);
	fixture_pay(&f, &first, &account);
	OK(batch_payment_finish(f.b, &first, PAYMENT_FAILED, "IdleTimeout"));
	fixture_end(&f);
	ck_assert_int_eq(newest().kind, NOTICE_FAILED);
	ck_assert_uint_eq(newest().amount, fixture_payment(&f, &first).quote.debit_amount);
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, told_and_seen);
	tcase_add_test(t, topics);
	tcase_add_test(t, growing);
	tcase_add_test(t, bounds);
	tcase_add_test(t, their_causes);
	tcase_add_test(t, failed_on_its_way);
}

TEST_MAIN("notice", fill)
