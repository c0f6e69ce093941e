#include "unit/harness.h"

#include <string.h>

#include "store/fixture.h"
#include "store/operator.h"

static struct fixture f;
static const uint8_t token[32] = {1}, other[32] = {2}, session[32] = {3}, second[32] = {4};
static const uint8_t secret[OPERATOR_TOTP_BYTES] = {9, 8, 7};

static void invite(const char *name, const uint8_t hash[32], int64_t life_ms)
{
	struct id id;

	fixture_begin(&f);
	OK(batch_operator_invite(f.b, name, hash, f.now_ms + life_ms, &id));
	fixture_end(&f);
}

static enum result set_up(const uint8_t hash[32], const char *password, int64_t step)
{
	const struct operator_setup s = {hash, password, secret, step};
	const char *name = NULL;
	enum result r;

	fixture_begin(&f);
	r = batch_operator_set_up(f.b, &s, &name);
	if (r) {
		fixture_cancel(&f);
		return r;
	}
	ck_assert_str_eq(name, "ann");
	fixture_end(&f);
	return r;
}

static struct operator_row ann(void)
{
	struct operator_row row;

	OK(store_operator_named(f.reader, &f.arena, "ann", &row));
	return row;
}

static enum result sign_in(const uint8_t hash[32], const char *password, int64_t step)
{
	struct operator_session_new s = {.operator_id = ann().id,
	        .password_hash = password,
	        .step = step,
	        .idle_ms = 1000,
	        .life_ms = 5000};
	enum result r;

	memcpy(s.hash, hash, sizeof(s.hash));
	fixture_begin(&f);
	r = batch_operator_session_add(f.b, &s);
	if (r)
		fixture_cancel(&f);
	else
		fixture_end(&f);
	return r;
}

static enum result session_get(const uint8_t hash[32])
{
	struct operator_session_row row;

	return store_operator_session_get(f.reader, &f.arena, hash, f.now_ms, &row);
}

START_TEST(token_is_good_once)
{
	struct operator_row row;
	struct id id;

	fixture_begin(&f);
	IS(batch_operator_invite(f.b, "Ann", token, f.now_ms + 1000, &id), RESULT_THEIRS_MALFORMED);
	fixture_cancel(&f);
	invite("ann", token, 1000);
	row = ann();
	ck_assert_str_eq(row.password_hash, "");
	ck_assert_uint_eq(row.totp.n, 0);
	IS(store_operator_of_setup(f.reader, &f.arena, other, f.now_ms, &row),
	        RESULT_THEIRS_NOT_FOUND);
	OK(store_operator_of_setup(f.reader, &f.arena, token, f.now_ms, &row));
	IS(store_operator_of_setup(f.reader, &f.arena, token, f.now_ms + 1000, &row),
	        RESULT_THEIRS_NOT_FOUND);
	IS(set_up(other, "hash", 1), RESULT_THEIRS_NOT_FOUND);
	OK(set_up(token, "hash", 1));
	IS(set_up(token, "hash", 1), RESULT_THEIRS_NOT_FOUND);
	row = ann();
	ck_assert_str_eq(row.password_hash, "hash");
	ck_assert_mem_eq(row.totp.p, secret, sizeof(secret));
	ck_assert_uint_eq(row.totp.n, sizeof(secret));
}
END_TEST

START_TEST(token_ends)
{
	invite("ann", token, 1000);
	f.now_ms += 1000;
	IS(set_up(token, "hash", 1), RESULT_THEIRS_NOT_FOUND);
	/* Another one makes the one before void. */
	invite("ann", token, 1000);
	invite("ann", other, 1000);
	IS(set_up(token, "hash", 1), RESULT_THEIRS_NOT_FOUND);
	OK(set_up(other, "hash", 1));
}
END_TEST

START_TEST(code_is_used_once)
{
	invite("ann", token, 1000);
	OK(set_up(token, "hash", 10));
	IS(sign_in(session, "hash", 10), RESULT_THEIRS_STATE);
	IS(sign_in(session, "hash", 9), RESULT_THEIRS_STATE);
	IS(sign_in(session, "other", 11), RESULT_THEIRS_STATE);
	IS(session_get(session), RESULT_THEIRS_NOT_FOUND);
	OK(sign_in(session, "hash", 11));
	OK(session_get(session));
	IS(sign_in(second, "hash", 11), RESULT_THEIRS_STATE);
}
END_TEST

START_TEST(sessions_end)
{
	invite("ann", token, 1000);
	OK(set_up(token, "hash", 10));
	OK(sign_in(session, "hash", 11));
	f.now_ms += 900;
	fixture_begin(&f);
	OK(batch_operator_session_touch(f.b, session));
	fixture_end(&f);
	f.now_ms += 900;
	OK(session_get(session));
	f.now_ms += 200;
	IS(session_get(session), RESULT_THEIRS_NOT_FOUND); /* idle */
	/* What has ended is not brought back. */
	fixture_begin(&f);
	OK(batch_operator_session_touch(f.b, session));
	fixture_end(&f);
	IS(session_get(session), RESULT_THEIRS_NOT_FOUND);
	OK(sign_in(second, "hash", 12));
	/* Whoever begins anew ends all sessions. */
	invite("ann", other, 1000);
	OK(session_get(second));
	OK(set_up(other, "new", 20));
	IS(session_get(second), RESULT_THEIRS_NOT_FOUND);
	OK(sign_in(session, "new", 21));
	fixture_begin(&f);
	OK(batch_operator_remove(f.b, "ann"));
	fixture_end(&f);
	IS(session_get(session), RESULT_THEIRS_NOT_FOUND);
	fixture_begin(&f);
	IS(batch_operator_remove(f.b, "ann"), RESULT_THEIRS_NOT_FOUND);
	fixture_cancel(&f);
}
END_TEST

START_TEST(acts_are_only_added)
{
	struct act_row act = {
	        .who = "ann", .act = "peer.settle", .subject = "acme", .details = "{}"};
	struct page page = {.limit = 2};
	struct act_row *rows;
	size_t count;
	bool more;

	fixture_begin(&f);
	for (int i = 0; i < 3; i++)
		OK(batch_act_add(f.b, &act));
	act.who = "bea";
	OK(batch_act_add(f.b, &act));
	fixture_end(&f);
	OK(store_act_list(f.reader, &f.arena, NULL, &page, &rows, &count, &more));
	ck_assert_uint_eq(count, 2);
	ck_assert(more);
	ck_assert_str_eq(rows[0].who, "bea");
	page.after = rows[1].id;
	OK(store_act_list(f.reader, &f.arena, NULL, &page, &rows, &count, &more));
	ck_assert_uint_eq(count, 2);
	ck_assert(!more);
	page.after = (struct id){{0}};
	OK(store_act_list(f.reader, &f.arena, "bea", &page, &rows, &count, &more));
	ck_assert_uint_eq(count, 1);
	page.after.b[0] = 1;
	IS(store_act_list(f.reader, &f.arena, NULL, &page, &rows, &count, &more),
	        RESULT_THEIRS_NOT_FOUND);
}
END_TEST

static void setup(void)
{
	fixture_setup(&f);
}

static void teardown(void)
{
	fixture_teardown(&f);
}

static void fill(TCase *t)
{
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, token_is_good_once);
	tcase_add_test(t, token_ends);
	tcase_add_test(t, code_is_used_once);
	tcase_add_test(t, sessions_end);
	tcase_add_test(t, acts_are_only_added);
}

TEST_MAIN("operator", fill)
