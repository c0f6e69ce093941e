/* Payers on their way: what is kept, who may go on, and when it is over. */
#include "unit/harness.h"

#include <string.h>

#include "base/secret.h"
#include "store/fixture.h"
#include "store/seal.h"
#include "store/visit.h"

static struct fixture f;

static struct visit_row a_visit(void)
{
	struct visit_row v = {.browser = {7},
	        .incoming = {{9}},
	        .facts = "{\"payer\":\"https://w.example/a\"}",
	        .secret = "token nonce"};

	id_new(f.now_ms, &v.id);
	return v;
}

static enum result add(struct visit_row *v)
{
	enum result r;

	fixture_begin(&f);
	r = batch_visit_add(f.b, v);
	if (r)
		fixture_cancel(&f);
	else
		fixture_end(&f);
	return r;
}

static enum result step(const struct visit_row *v, enum visit_state from)
{
	enum result r;

	fixture_begin(&f);
	r = batch_visit_step(f.b, from, v);
	if (r)
		fixture_cancel(&f);
	else
		fixture_end(&f);
	return r;
}

START_TEST(kept)
{
	struct visit_row v = a_visit(), got, other = a_visit();

	IS(store_visit_get(f.reader, &f.arena, &v.id, f.now_ms, &got), RESULT_THEIRS_NOT_FOUND);
	OK(add(&v));
	OK(store_visit_get(f.reader, &f.arena, &v.id, f.now_ms, &got));
	ck_assert_int_eq(got.state, VISIT_ASKED);
	ck_assert_str_eq(got.facts, v.facts);
	ck_assert_str_eq(got.secret, v.secret);
	ck_assert_int_eq(memcmp(got.browser, v.browser, 32), 0);
	ck_assert_int_eq(memcmp(got.incoming.b, v.incoming.b, 16), 0);
	IS(store_visit_get(f.reader, &f.arena, &v.id, got.expires_ms, &got),
	        RESULT_THEIRS_NOT_FOUND);
	IS(step(&other, VISIT_ASKED), RESULT_THEIRS_NOT_FOUND);
}
END_TEST

START_TEST(claimed_once)
{
	struct visit_row v = a_visit(), got;

	OK(add(&v));
	v.state = VISIT_GOING;
	v.secret = "";
	v.facts = "{\"a\":1}";
	OK(step(&v, VISIT_ASKED));
	IS(step(&v, VISIT_ASKED), RESULT_THEIRS_STATE);
	v.state = VISIT_SENDING;
	OK(step(&v, VISIT_GOING));
	OK(store_visit_get(f.reader, &f.arena, &v.id, f.now_ms, &got));
	ck_assert_int_eq(got.state, VISIT_SENDING);
	ck_assert_str_eq(got.facts, "{\"a\":1}");
	ck_assert_str_eq(got.secret, "");
}
END_TEST

START_TEST(bounded)
{
	static char text[VISIT_FACTS_MAX + 2];
	struct visit_row v = a_visit();

	memset(text, 'x', sizeof(text) - 1);
	v.facts = text;
	IS(add(&v), RESULT_THEIRS_TOO_BIG);
	v = a_visit();
	text[SEAL_TEXT_MAX + 1] = '\0';
	v.secret = text;
	IS(add(&v), RESULT_THEIRS_TOO_BIG);
}
END_TEST

/* The oldest that nobody has agreed to goes; one that is under way stays. */
START_TEST(full)
{
	struct visit_row going = a_visit(), oldest, newest, got;

	OK(add(&going));
	going.state = VISIT_GOING;
	OK(step(&going, VISIT_ASKED));
	oldest = a_visit();
	OK(add(&oldest));
	fixture_begin(&f);
	for (int i = 2; i < VISITS_MAX; i++) {
		struct visit_row v = a_visit();

		OK(batch_visit_add(f.b, &v));
	}
	fixture_end(&f);
	OK(store_visit_get(f.reader, &f.arena, &oldest.id, f.now_ms, &got));
	newest = a_visit();
	OK(add(&newest));
	OK(store_visit_get(f.reader, &f.arena, &newest.id, f.now_ms, &got));
	OK(store_visit_get(f.reader, &f.arena, &going.id, f.now_ms, &got));
	IS(store_visit_get(f.reader, &f.arena, &oldest.id, f.now_ms, &got),
	        RESULT_THEIRS_NOT_FOUND);
}
END_TEST

static void open_store(void)
{
	fixture_setup(&f);
}

static void close_store(void)
{
	fixture_teardown(&f);
}

static void fill(TCase *t)
{
	tcase_add_checked_fixture(t, open_store, close_store);
	tcase_add_test(t, kept);
	tcase_add_test(t, claimed_once);
	tcase_add_test(t, bounded);
	tcase_add_test(t, full);
}

TEST_MAIN("visit", fill)
