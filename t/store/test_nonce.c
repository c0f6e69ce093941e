/* Nonces of signatures: each once by a key, remembered for their time, and never too many. */
#include "unit/harness.h"

#include <stdio.h>

#include "store/fixture.h"
#include "store/nonce.h"
#include "store/sweep.h"

#define KEEP_MS 1000

static struct fixture f;
static const uint8_t one[32] = {1}, two[32] = {2};

static void setup(void)
{
	fixture_setup(&f);
}

static void teardown(void)
{
	fixture_audit(&f, "at the end");
	fixture_teardown(&f);
}

static enum result use_of(const struct nonce_client *c, const uint8_t key[32], const char *nonce)
{
	enum result r;

	fixture_begin(&f);
	r = batch_nonce_use(f.b, c, key, bytes_str(nonce), KEEP_MS);
	fixture_end(&f);
	return r;
}

/* Each key is another client's. */
static enum result use(const uint8_t key[32], const char *nonce)
{
	struct nonce_client c = {{key[0]}, false};

	return use_of(&c, key, nonce);
}

START_TEST(once_by_a_key)
{
	IS(use(one, "a"), RESULT_OK);
	IS(use(one, "a"), RESULT_THEIRS_CONFLICT);
	IS(use(two, "a"), RESULT_OK);
	IS(use(one, "b"), RESULT_OK);
	IS(use(one, "A"), RESULT_OK);
	IS(use(one, ""), RESULT_OK);
	IS(use(one, ""), RESULT_THEIRS_CONFLICT);
	fixture_restart(&f);
	IS(use(one, "a"), RESULT_THEIRS_CONFLICT);
	IS(use(two, "a"), RESULT_THEIRS_CONFLICT);
}
END_TEST

/* What a transaction that did not commit has used is not used. */
START_TEST(undone)
{
	fixture_begin(&f);
	IS(batch_nonce_use(f.b, &(struct nonce_client){{1}, false}, one, bytes_str("a"), KEEP_MS),
	        RESULT_OK);
	fixture_cancel(&f);
	IS(use(one, "a"), RESULT_OK);
}
END_TEST

static int64_t ask(const char *sql)
{
	return fixture_sql(&f, sql);
}

static int64_t rows(void)
{
	return ask("SELECT count(*) FROM signature_nonce");
}

START_TEST(forgotten_after_their_time)
{
	char nonce[16];

	for (int i = 0; i < 40; i++) {
		snprintf(nonce, sizeof(nonce), "%d", i);
		IS(use(i % 2 ? one : two, nonce), RESULT_OK);
	}
	f.now_ms += KEEP_MS - 1;
	IS(use(one, "x"), RESULT_OK);
	ck_assert_int_eq(rows(), 41);
	IS(use(two, "0"), RESULT_THEIRS_CONFLICT);
	f.now_ms++;
	/* the oldest go first, so many with each new one */
	IS(use(one, "y"), RESULT_OK);
	ck_assert_int_eq(rows(), 42 - NONCES_DROPPED_MAX);
	IS(use(two, "0"), RESULT_OK);
	IS(use(one, "z"), RESULT_OK);
	ck_assert_int_eq(rows(), 4); /* x, y, 0, z */
	IS(use(one, "x"), RESULT_THEIRS_CONFLICT);
}
END_TEST

/* Where no new ones come, the sweep removes them. */
START_TEST(swept)
{
	struct swept out;
	bool due;

	IS(use(one, "a"), RESULT_OK);
	f.now_ms += 10;
	IS(use(one, "b"), RESULT_OK);
	f.now_ms += KEEP_MS - 11;
	for (int64_t left = 1; left >= 0; left--) {
		IS(store_sweep_due(f.reader, f.now_ms, &due), RESULT_OK);
		ck_assert(!due);
		f.now_ms += left ? 1 : 10;
		IS(store_sweep_due(f.reader, f.now_ms, &due), RESULT_OK);
		ck_assert(due);
		fixture_begin(&f);
		IS(batch_sweep(f.b, &out), RESULT_OK);
		fixture_end(&f);
		ck_assert(!out.more);
		ck_assert_int_eq(rows(), left);
	}
}
END_TEST

/* As if they had come one by one; those of `client` count from 1. */
static void many(const char *client, int n)
{
	char sql[512];

	snprintf(sql, sizeof(sql),
	        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)"
	        " INSERT INTO signature_nonce (id, client, number, kept_until_ms)"
	        " SELECT CAST(printf('%%016d', i) AS BLOB), %s, i, %lld FROM n",
	        n, client, (long long)(f.now_ms + KEEP_MS));
	(void)ask(sql);
}

#define ONE "x'01000000000000000000000000000000'"

START_TEST(never_too_many_of_a_client)
{
	const struct nonce_client c = {{1}, false};

	many(ONE, NONCES_PER_CLIENT_MAX - 1);
	IS(use(one, "a"), RESULT_OK);
	IS(use(one, "b"), RESULT_THEIRS_TOO_BIG);
	/* another key of the same client has no more room */
	IS(use_of(&c, two, "b"), RESULT_THEIRS_TOO_BIG);
	IS(use(two, "b"), RESULT_OK);
	f.now_ms += KEEP_MS;
	IS(use(two, "c"), RESULT_OK); /* makes room */
	IS(use(one, "b"), RESULT_OK);
}
END_TEST

/* Strangers leave room for the clients of our own wallets. */
START_TEST(never_too_many)
{
	const struct nonce_client ours = {{1}, true};

	many("CAST(printf('%016d', i) AS BLOB)", NONCES_STRANGERS_MAX - 1); /* in order: faster */
	IS(use(one, "a"), RESULT_OK);
	IS(use(one, "b"), RESULT_RETRY_BUSY);
	IS(use(one, "a"), RESULT_THEIRS_CONFLICT);
	IS(use_of(&ours, one, "b"), RESULT_OK);
	/* as if there had been as many as may be */
	(void)ask("UPDATE signature_nonce SET seq = seq + 131072 WHERE seq = (SELECT max(seq)"
	          " FROM signature_nonce)");
	IS(use_of(&ours, one, "c"), RESULT_RETRY_BUSY);
	(void)ask("DELETE FROM signature_nonce WHERE length(id) = 16"); /* for the audit */
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, once_by_a_key);
	tcase_add_test(t, undone);
	tcase_add_test(t, forgotten_after_their_time);
	tcase_add_test(t, swept);
	tcase_add_test(t, never_too_many_of_a_client);
	tcase_add_test(t, never_too_many);
}

TEST_MAIN("nonce", fill)
