#include "unit/harness.h"

#include <string.h>

#include "auth/login_guard.h"

static struct login_guard *g;
static uint8_t home[16] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 0, 2, 1};

static void setup(void)
{
	ck_assert_int_eq(login_guard_new(&g), RESULT_OK);
}

static void teardown(void)
{
	login_guard_free(g);
}

static const struct login_try *tried(const char *user, const uint8_t address[16])
{
	static struct login_try t;

	t = (struct login_try){.user = bytes_str(user), .address = bytes_of(address, 16)};
	return &t;
}

static int64_t enter(const char *user, uint8_t last, int64_t now_ms)
{
	home[15] = last;
	return login_guard_enter(g, tried(user, home), now_ms);
}

/* With a browser that is known of this user. */
static int64_t known(const char *user, const char *browser, uint8_t last, int64_t now_ms)
{
	struct login_try t;

	home[15] = last;
	t = *tried(user, home);
	t.browser = bytes_str(browser);
	return login_guard_enter(g, &t, now_ms);
}

/* From an address that nothing is known of. */
static int64_t elsewhere(const char *user, int64_t now_ms)
{
	static uint32_t next;
	uint8_t address[16] = {0x20, 1, 0xd, 0xb8};

	next++;
	memcpy(address + 4, &next, sizeof(next));
	return login_guard_enter(g, tried(user, address), now_ms);
}

START_TEST(delay_grows)
{
	int64_t now = 1000000;
	static const int64_t waits[] = {
	        1000, 2000, 4000, 8000, 16000, 32000, 64000, 128000, 256000, 300000, 300000};

	for (int i = 0; i < LOGIN_FAILURES_FREE; i++)
		ck_assert_int_eq(elsewhere("alice", now), 0);
	for (size_t i = 0; i < sizeof(waits) / sizeof(waits[0]); i++) {
		ck_assert_int_eq(elsewhere("alice", now), waits[i]);
		/* a try that was refused counts for nothing */
		ck_assert_int_eq(elsewhere("alice", now + waits[i] - 1), 1);
		now += waits[i];
		ck_assert_int_eq(elsewhere("alice", now), 0);
	}
	ck_assert_int_gt(elsewhere("alice", now), 0);
	ck_assert_int_eq(elsewhere("bob", now), 0);
	ck_assert_int_eq(elsewhere("alice", now + LOGIN_FORGET_MS), 0);
	ck_assert_int_eq(elsewhere("alice", now + LOGIN_FORGET_MS), 0);
}
END_TEST

START_TEST(address_counts_too)
{
	char user[16];

	for (int i = 0; i < LOGIN_FAILURES_FREE; i++) {
		snprintf(user, sizeof(user), "user%d", i);
		ck_assert_int_eq(enter(user, 7, 1000), 0);
	}
	ck_assert_int_eq(enter("one-more", 7, 1000), 1000);
	ck_assert_int_eq(enter("one-more", 8, 1000), 0);
}
END_TEST

/* All of a /64 is one client; an IPv4 address is one of its own. */
START_TEST(networks)
{
	uint8_t six[16] = {0x20, 1, 0xd, 0xb8, 0, 0, 0, 1};
	char user[16];

	for (uint8_t i = 0; i < LOGIN_FAILURES_FREE; i++) {
		six[15] = i;
		snprintf(user, sizeof(user), "user%d", i);
		ck_assert_int_eq(login_guard_enter(g, tried(user, six), 1), 0);
	}
	six[9] = 99;
	ck_assert_int_eq(login_guard_enter(g, tried("x", six), 1), 1000);
	six[7] = 2;
	ck_assert_int_eq(login_guard_enter(g, tried("x", six), 1), 0);
}
END_TEST

START_TEST(right_password_forgives_the_user)
{
	for (uint8_t i = 0; i < LOGIN_FAILURES_FREE - 1; i++)
		ck_assert_int_eq(enter("alice", i, 1000), 0);
	ck_assert_int_eq(enter("alice", 50, 1000), 0);
	login_guard_passed(g, tried("alice", home));
	for (int i = 0; i < LOGIN_FAILURES_FREE; i++)
		ck_assert_int_eq(elsewhere("alice", 1000), 0);
	ck_assert_int_eq(elsewhere("alice", 1000), 1000);
}
END_TEST

/* ... but not the address, which may have an account of its own. */
START_TEST(right_password_does_not_forgive_the_address)
{
	ck_assert_int_eq(enter("mallory", 9, 1000), 0);
	login_guard_passed(g, tried("mallory", home));
	for (int i = 0; i < LOGIN_FAILURES_FREE; i++) {
		ck_assert_int_eq(enter("alice", 9, 1000), 0);
		if (i == LOGIN_FAILURES_FREE - 1)
			break;
		ck_assert_int_eq(enter("mallory", 9, 1000), i == LOGIN_FAILURES_FREE - 1);
		login_guard_passed(g, tried("mallory", home));
	}
	ck_assert_int_eq(enter("mallory", 9, 1000), 1000);
}
END_TEST

START_TEST(undecided_counts_for_nothing)
{
	for (int i = 0; i < 100; i++) {
		ck_assert_int_eq(enter("alice", 1, 1000), 0);
		login_guard_undecided(g, tried("alice", home));
	}
	/* nor where there is nothing to take back */
	login_guard_undecided(g, tried("nobody", home));
}
END_TEST

/* However many fail in the user's name, a browser that is known of the user is free; it has a count
 * of its own, and neither gives the others new tries. */
START_TEST(known_browsers)
{
	struct login_try right;

	for (int i = 0; i < 50; i++)
		(void)elsewhere("alice", 1000);
	for (int i = 0; i < 50; i++)
		(void)enter("bob", 7, 1000);
	ck_assert_int_gt(elsewhere("alice", 1000), 0);
	/* not even from an address that is slowed down */
	for (int i = 0; i < LOGIN_FAILURES_FREE; i++)
		ck_assert_int_eq(known("alice", "phone", 7, 1000), 0);
	ck_assert_int_eq(known("alice", "phone", 8, 1000), 1000);
	ck_assert_int_eq(known("alice", "desk", 8, 1000), 0);
	/* the same browser of another user is another one */
	ck_assert_int_eq(known("bob", "phone", 7, 1000), 0);
	ck_assert_int_eq(known("alice", "phone", 8, 2000), 0);
	right = *tried("alice", home);
	right.browser = bytes_str("phone");
	login_guard_passed(g, &right);
	for (int i = 0; i < LOGIN_FAILURES_FREE; i++)
		ck_assert_int_eq(known("alice", "phone", 8, 2000), 0);
	ck_assert_int_gt(known("alice", "phone", 8, 2000), 0);
	login_guard_undecided(g, &right);
	ck_assert_int_eq(known("alice", "phone", 8, 2000), 0);
	ck_assert_int_gt(elsewhere("alice", 1000), 0);
}
END_TEST

/* A crowd of new names does not push out one that is being guessed at. */
START_TEST(bounded)
{
	char user[32];

	for (int i = 0; i < LOGIN_FAILURES_FREE; i++)
		ck_assert_int_eq(elsewhere("alice", 1000), 0);
	for (int i = 0; i < 5 * LOGIN_GUARD_SETS * LOGIN_GUARD_WAYS; i++) {
		snprintf(user, sizeof(user), "user%d", i);
		(void)elsewhere(user, 1000);
	}
	ck_assert_int_eq(elsewhere("alice", 1000), 1000);
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, delay_grows);
	tcase_add_test(t, address_counts_too);
	tcase_add_test(t, networks);
	tcase_add_test(t, right_password_forgives_the_user);
	tcase_add_test(t, right_password_does_not_forgive_the_address);
	tcase_add_test(t, undecided_counts_for_nothing);
	tcase_add_test(t, known_browsers);
	tcase_add_test(t, bounded);
}

TEST_MAIN("login_guard", fill)
