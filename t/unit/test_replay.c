#include "unit/harness.h"

#include <string.h>

#include "store/replay.h"

static struct replay_set *set;

static void setup(void)
{
	ck_assert_int_eq(replay_new(4, 100, &set), RESULT_OK);
}

static void teardown(void)
{
	replay_free(set);
}

static enum replay_state begin(uint8_t k, int64_t now, int64_t expires, struct bytes *reply)
{
	uint8_t key[32] = {k};
	enum replay_state state;

	ck_assert_int_eq(replay_begin(set, key, now, expires, &state, reply), RESULT_OK);
	return state;
}

static size_t finish(uint8_t k, const char *text)
{
	uint8_t key[32] = {k};
	struct mail_list woken;

	mail_list_init(&woken);
	replay_finish(set, key, bytes_str(text), &woken);
	return woken.count;
}

START_TEST(life)
{
	struct mail a, b;
	struct mail_list woken;
	uint8_t key[32] = {1};
	struct bytes reply;

	ck_assert_int_eq(begin(1, 0, 10, &reply), REPLAY_NEW);
	ck_assert_int_eq(begin(1, 0, 10, &reply), REPLAY_IN_PROGRESS);
	replay_wait(set, key, &a);
	replay_wait(set, key, &b);
	ck_assert_uint_eq(finish(1, "hello"), 2);
	ck_assert_uint_eq(finish(1, "again"), 0);
	ck_assert_int_eq(begin(1, 9, 10, &reply), REPLAY_KNOWN);
	ck_assert(bytes_eq_str(reply, "hello"));
	ck_assert_uint_eq(replay_bytes(set), 5);
	/* Forgotten from its expiry on. */
	ck_assert_int_eq(begin(1, 10, 20, &reply), REPLAY_NEW);
	ck_assert_uint_eq(replay_bytes(set), 0);
	replay_wait(set, key, &a);
	mail_list_init(&woken);
	replay_drop(set, key, &woken);
	ck_assert_uint_eq(woken.count, 1);
	ck_assert_uint_eq(replay_count(set), 0);
	ck_assert_uint_eq(finish(7, "nobody's"), 0);
	ck_assert_uint_eq(replay_count(set), 0);
}
END_TEST

START_TEST(bounded_by_entries)
{
	struct bytes reply;
	enum replay_state state;
	uint8_t key[32] = {9};

	for (uint8_t k = 1; k <= 4; k++) {
		begin(k, 0, 100, &reply);
		if (k > 1)
			finish(k, "x");
	}
	/* The oldest finished one goes; the one in progress stays. */
	ck_assert_int_eq(begin(5, 0, 100, &reply), REPLAY_NEW);
	ck_assert_uint_eq(replay_count(set), 4);
	ck_assert_int_eq(begin(1, 0, 100, &reply), REPLAY_IN_PROGRESS);
	ck_assert_int_eq(begin(3, 0, 100, &reply), REPLAY_KNOWN);
	ck_assert_int_eq(begin(2, 0, 100, &reply), REPLAY_NEW);
	begin(6, 0, 100, &reply);
	ck_assert_int_eq(replay_begin(set, key, 0, 100, &state, &reply), RESULT_RETRY_BUSY);
	finish(1, "");
	ck_assert_int_eq(replay_begin(set, key, 0, 100, &state, &reply), RESULT_OK);
	ck_assert_uint_eq(replay_count(set), 4);
}
END_TEST

START_TEST(bounded_by_bytes)
{
	char big[61], huge[102];
	struct bytes reply;

	memset(big, 'b', 60);
	big[60] = '\0';
	memset(huge, 'h', 101);
	huge[101] = '\0';
	begin(1, 0, 100, &reply);
	finish(1, big);
	begin(2, 0, 100, &reply);
	finish(2, big);
	ck_assert_uint_eq(replay_bytes(set), 60);
	ck_assert_int_eq(begin(2, 0, 100, &reply), REPLAY_KNOWN);
	begin(3, 0, 100, &reply);
	finish(3, huge); /* cannot be kept at all */
	ck_assert_int_eq(begin(3, 0, 100, &reply), REPLAY_NEW);
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, life);
	tcase_add_test(t, bounded_by_entries);
	tcase_add_test(t, bounded_by_bytes);
}

TEST_MAIN("replay", fill)
