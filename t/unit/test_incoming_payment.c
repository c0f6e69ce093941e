#include "unit/harness.h"

#include <string.h>

#include "model/incoming_payment.h"

#define NOW 1000000

/* Every state and every event. */
START_TEST(transitions)
{
	static const struct {
		enum incoming_state now;
		enum incoming_event event;
		enum result expected;
		enum incoming_state then;
	} cases[] = {
	        {INCOMING_PENDING, INCOMING_TAKES, RESULT_OK, INCOMING_PROCESSING},
	        {INCOMING_PENDING, INCOMING_FILLS, RESULT_OK, INCOMING_COMPLETED},
	        {INCOMING_PENDING, INCOMING_IS_ENDED, RESULT_OK, INCOMING_COMPLETED},
	        {INCOMING_PENDING, INCOMING_RUNS_OUT, RESULT_OK, INCOMING_EXPIRED},
	        {INCOMING_PROCESSING, INCOMING_TAKES, RESULT_OK, INCOMING_PROCESSING},
	        {INCOMING_PROCESSING, INCOMING_FILLS, RESULT_OK, INCOMING_COMPLETED},
	        {INCOMING_PROCESSING, INCOMING_IS_ENDED, RESULT_OK, INCOMING_COMPLETED},
	        {INCOMING_PROCESSING, INCOMING_RUNS_OUT, RESULT_OK, INCOMING_EXPIRED},
	        {INCOMING_COMPLETED, INCOMING_TAKES, RESULT_THEIRS_STATE, INCOMING_STATES},
	        {INCOMING_COMPLETED, INCOMING_FILLS, RESULT_THEIRS_STATE, INCOMING_STATES},
	        {INCOMING_COMPLETED, INCOMING_IS_ENDED, RESULT_THEIRS_STATE, INCOMING_STATES},
	        {INCOMING_COMPLETED, INCOMING_RUNS_OUT, RESULT_THEIRS_STATE, INCOMING_STATES},
	        {INCOMING_EXPIRED, INCOMING_TAKES, RESULT_THEIRS_STATE, INCOMING_STATES},
	        {INCOMING_EXPIRED, INCOMING_FILLS, RESULT_THEIRS_STATE, INCOMING_STATES},
	        {INCOMING_EXPIRED, INCOMING_IS_ENDED, RESULT_THEIRS_STATE, INCOMING_STATES},
	        {INCOMING_EXPIRED, INCOMING_RUNS_OUT, RESULT_THEIRS_STATE, INCOMING_STATES},
	};

	ck_assert_uint_eq(sizeof(cases) / sizeof(cases[0]), INCOMING_STATES * INCOMING_EVENTS);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		enum incoming_state then = INCOMING_STATES;

		ck_assert_int_eq(
		        incoming_next(cases[i].now, cases[i].event, &then), cases[i].expected);
		ck_assert_int_eq(then, cases[i].then);
	}
}
END_TEST

START_TEST(names)
{
	for (unsigned i = 0; i < INCOMING_STATES; i++) {
		enum incoming_state s = INCOMING_STATES;

		ck_assert_int_eq(
		        incoming_state_parse(incoming_state_name((enum incoming_state)i), &s),
		        RESULT_OK);
		ck_assert_uint_eq(s, i);
	}
	ck_assert_int_eq(incoming_state_parse("pending", &(enum incoming_state){0}),
	        RESULT_THEIRS_MALFORMED);
}
END_TEST

/* fixed, bps, received, fee */
START_TEST(fees)
{
	static const struct {
		uint64_t fixed;
		unsigned bps;
		uint64_t received, fee;
	} rows[] = {
	        {0, 0, 1000, 0},
	        {5, 0, 0, 0},
	        {5, 0, 3, 3},
	        {5, 0, 5, 5},
	        {5, 0, 6, 5},
	        {0, 1, 1, 1},
	        {0, 1, 10000, 1},
	        {0, 1, 10001, 2},
	        {0, 9999, 1, 1},
	        {0, 9999, 10000, 9999},
	        {3, 70, 1000, 10},
	        {3, 70, 1001, 11},
	        {AMOUNT_MAX, 0, AMOUNT_MAX, AMOUNT_MAX},
	        {AMOUNT_MAX, 9999, 7, 7},
	        {1, 9999, AMOUNT_MAX, 9222449699651090331U},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct incoming_terms t = {.received = rows[i].received,
		        .fee_fixed = rows[i].fixed,
		        .fee_bps = rows[i].bps};

		ck_assert_msg(incoming_fee(&t) == rows[i].fee, "row %zu: %llu", i,
		        (unsigned long long)incoming_fee(&t));
	}
}
END_TEST

/* What arrives raises the fee by at most as much: it can be paid from it. */
START_TEST(fee_grows_with_what_comes)
{
	static const struct {
		uint64_t fixed;
		unsigned bps;
	} rows[] = {{0, 1}, {7, 0}, {7, 333}, {1, 9999}, {0, 5000}, {40, 1}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct incoming_terms t = {.fee_fixed = rows[i].fixed, .fee_bps = rows[i].bps};
		uint64_t before = 0;

		for (uint64_t more = 1; more < 200; more++) {
			uint64_t now;

			t.received += more % 13 + 1;
			now = incoming_fee(&t);
			ck_assert_uint_ge(now, before);
			ck_assert_uint_le(now - before, more % 13 + 1);
			before = now;
		}
	}
}
END_TEST

/* What comes in, by the order of the refusals. */
START_TEST(takes)
{
	static const struct {
		const char *what;
		struct incoming_terms t;
		uint64_t units;
		bool one_asset;
		enum result expected;
		enum incoming_state then;
		uint64_t received;
	} cases[] = {
	        {"the first", {INCOMING_PENDING, 100, 1, 0, NOW + 1, 0, 0, false}, 99, true,
	                RESULT_OK, INCOMING_PROCESSING, 99},
	        {"all of it", {INCOMING_PENDING, 100, 1, 0, NOW + 1, 0, 0, false}, 100, true,
	                RESULT_OK, INCOMING_COMPLETED, 100},
	        {"the rest", {INCOMING_PROCESSING, 100, 1, 99, NOW + 1, 0, 0, false}, 1, true,
	                RESULT_OK, INCOMING_COMPLETED, 100},
	        {"one above, one asset", {INCOMING_PROCESSING, 100, 1, 99, NOW + 1, 0, 0, false}, 2,
	                true, RESULT_THEIRS_TOO_BIG, INCOMING_PROCESSING, 99},
	        {"one above, exchanged", {INCOMING_PROCESSING, 100, 1, 99, NOW + 1, 0, 0, false}, 2,
	                false, RESULT_OK, INCOMING_COMPLETED, 101},
	        {"two above, exchanged", {INCOMING_PROCESSING, 100, 1, 99, NOW + 1, 0, 0, false}, 3,
	                false, RESULT_THEIRS_TOO_BIG, INCOMING_PROCESSING, 99},
	        {"the most above", {INCOMING_PROCESSING, 1000, 10, 999, NOW + 1, 0, 0, false}, 11,
	                false, RESULT_OK, INCOMING_COMPLETED, 1010},
	        {"one more than that", {INCOMING_PROCESSING, 1000, 10, 999, NOW + 1, 0, 0, false},
	                12, false, RESULT_THEIRS_TOO_BIG, INCOMING_PROCESSING, 999},
	        {"no amount named", {INCOMING_PENDING, 0, 0, 0, NOW + 1, 0, 0, false}, AMOUNT_MAX,
	                true, RESULT_OK, INCOMING_PROCESSING, AMOUNT_MAX},
	        {"a sum too large", {INCOMING_PROCESSING, 0, 0, AMOUNT_MAX, NOW + 1, 0, 0, false},
	                1, true, RESULT_THEIRS_BAD_AMOUNT, INCOMING_PROCESSING, AMOUNT_MAX},
	        {"nothing", {INCOMING_PENDING, 100, 1, 0, NOW + 1, 0, 0, false}, 0, true,
	                RESULT_THEIRS_BAD_AMOUNT, INCOMING_PENDING, 0},
	        {"completed", {INCOMING_COMPLETED, 100, 1, 50, NOW + 1, 0, 0, false}, 1, true,
	                RESULT_THEIRS_STATE, INCOMING_COMPLETED, 50},
	        {"not approved", {INCOMING_PENDING, 100, 1, 0, NOW + 1, 0, 0, true}, 1, true,
	                RESULT_THEIRS_FORBIDDEN, INCOMING_PENDING, 0},
	        {"not approved, and nothing", {INCOMING_PENDING, 100, 1, 0, NOW + 1, 0, 0, true}, 0,
	                true, RESULT_THEIRS_FORBIDDEN, INCOMING_PENDING, 0},
	        {"not approved, past its time", {INCOMING_PENDING, 100, 1, 0, NOW, 0, 0, true}, 1,
	                true, RESULT_THEIRS_STATE, INCOMING_PENDING, 0},
	        {"expired", {INCOMING_EXPIRED, 100, 1, 50, NOW - 1, 0, 0, false}, 1, true,
	                RESULT_THEIRS_STATE, INCOMING_EXPIRED, 50},
	        {"expiring now, not written down", {INCOMING_PENDING, 100, 1, 0, NOW, 0, 0, false},
	                1, true, RESULT_THEIRS_STATE, INCOMING_PENDING, 0},
	        {"over, and too much", {INCOMING_COMPLETED, 100, 1, 100, NOW + 1, 0, 0, false},
	                1000, true, RESULT_THEIRS_STATE, INCOMING_COMPLETED, 100},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct incoming_terms t = cases[i].t;

		ck_assert_msg(incoming_take(&t, cases[i].units, cases[i].one_asset, NOW) ==
		                      cases[i].expected,
		        "%s", cases[i].what);
		ck_assert_msg(t.state == cases[i].then && t.received == cases[i].received, "%s",
		        cases[i].what);
	}
}
END_TEST

START_TEST(excess)
{
	static const struct {
		uint64_t amount;
		unsigned slack_bps;
		uint64_t expected;
	} cases[] = {
	        {0, 100, 0}, /* no amount, no excess */
	        {1, 0, 1},
	        {100, 0, 1},
	        {100, 100, 1},
	        {199, 100, 1}, /* rounded down */
	        {200, 100, 2},
	        {1000000, 1, 100},
	        {1000, 10000, 1000},
	        {AMOUNT_MAX, 10000, AMOUNT_MAX},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		ck_assert_uint_eq(incoming_excess_max(cases[i].amount, cases[i].slack_bps),
		        cases[i].expected);
}
END_TEST

START_TEST(room)
{
	ck_assert_uint_eq(incoming_room(&(struct incoming_terms){.amount = 10, .received = 4}), 6);
	ck_assert_uint_eq(incoming_room(&(struct incoming_terms){.amount = 10, .received = 11}), 0);
	ck_assert_uint_eq(incoming_room(&(struct incoming_terms){.received = 4}), AMOUNT_MAX - 4);
}
END_TEST

START_TEST(ends)
{
	static const struct {
		const char *what;
		enum incoming_state state;
		int64_t expires_ms;
		enum incoming_state seen;
		enum result complete, expire;
	} cases[] = {
	        {"open", INCOMING_PENDING, NOW + 1, INCOMING_PENDING, RESULT_OK,
	                RESULT_THEIRS_STATE},
	        {"has money", INCOMING_PROCESSING, NOW + 1, INCOMING_PROCESSING, RESULT_OK,
	                RESULT_THEIRS_STATE},
	        {"past its time", INCOMING_PENDING, NOW, INCOMING_EXPIRED, RESULT_THEIRS_STATE,
	                RESULT_OK},
	        {"past it with money", INCOMING_PROCESSING, NOW - 5, INCOMING_EXPIRED,
	                RESULT_THEIRS_STATE, RESULT_OK},
	        {"completed", INCOMING_COMPLETED, NOW + 1, INCOMING_COMPLETED, RESULT_THEIRS_STATE,
	                RESULT_THEIRS_STATE},
	        {"completed, long ago", INCOMING_COMPLETED, NOW - 1, INCOMING_COMPLETED,
	                RESULT_THEIRS_STATE, RESULT_THEIRS_STATE},
	        {"expired", INCOMING_EXPIRED, NOW - 1, INCOMING_EXPIRED, RESULT_THEIRS_STATE,
	                RESULT_THEIRS_STATE},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct incoming_terms t = {
		        .state = cases[i].state, .expires_ms = cases[i].expires_ms};
		struct incoming_terms one = t, other = t;

		ck_assert_msg(incoming_state_at(&t, NOW) == cases[i].seen, "%s", cases[i].what);
		ck_assert_msg(
		        incoming_complete(&one, NOW) == cases[i].complete, "%s", cases[i].what);
		ck_assert_msg(incoming_expire(&other, NOW) == cases[i].expire, "%s", cases[i].what);
		ck_assert_int_eq(one.state, cases[i].complete ? t.state : INCOMING_COMPLETED);
		ck_assert_int_eq(other.state, cases[i].expire ? t.state : INCOMING_EXPIRED);
	}
}
END_TEST

/* What the host decides before anything has come. */
START_TEST(decisions)
{
	static const struct {
		const char *what;
		enum incoming_state state;
		int64_t expires_ms;
		bool waits;
		enum result expected;
	} cases[] = {
	        {"waits", INCOMING_PENDING, NOW + 1, true, RESULT_OK},
	        {"needs none", INCOMING_PENDING, NOW + 1, false, RESULT_OK},
	        {"has money", INCOMING_PROCESSING, NOW + 1, false, RESULT_THEIRS_STATE},
	        {"past its time", INCOMING_PENDING, NOW, true, RESULT_THEIRS_STATE},
	        {"completed", INCOMING_COMPLETED, NOW + 1, false, RESULT_THEIRS_STATE},
	        {"expired", INCOMING_EXPIRED, NOW - 1, true, RESULT_THEIRS_STATE},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct incoming_terms t = {.state = cases[i].state,
		        .expires_ms = cases[i].expires_ms,
		        .waits = cases[i].waits};
		struct incoming_terms one = t, other = t;

		ck_assert_msg(
		        incoming_approve(&one, NOW) == cases[i].expected, "%s", cases[i].what);
		ck_assert_msg(
		        incoming_cancel(&other, NOW) == cases[i].expected, "%s", cases[i].what);
		if (cases[i].expected) {
			ck_assert_mem_eq(&one, &t, sizeof(t));
			ck_assert_mem_eq(&other, &t, sizeof(t));
			continue;
		}
		ck_assert_int_eq(one.state, INCOMING_PENDING);
		ck_assert(!one.waits);
		ck_assert_int_eq(other.state, INCOMING_EXPIRED);
		ck_assert_int_eq(other.expires_ms, NOW);
		ck_assert_int_eq(incoming_take(&other, 1, true, NOW), RESULT_THEIRS_STATE);
	}
}
END_TEST

START_TEST(lives)
{
	static const struct incoming_life life = {.default_ms = 1000, .max_ms = 5000};
	static const struct {
		int64_t asked_ms; /* -1: not asked */
		enum result expected;
		int64_t at_ms;
	} cases[] = {
	        {-1, RESULT_OK, NOW + 1000},
	        {NOW + 1, RESULT_OK, NOW + 1},
	        {NOW + 5000, RESULT_OK, NOW + 5000},
	        {NOW + 5001, RESULT_THEIRS_TOO_BIG, 0},
	        {NOW, RESULT_THEIRS_EXPIRED, 0},
	        {0, RESULT_THEIRS_EXPIRED, 0},
	        {-62135596800000, RESULT_THEIRS_EXPIRED, 0},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int64_t at_ms = 0;
		const int64_t *asked = cases[i].asked_ms == -1 ? NULL : &cases[i].asked_ms;

		ck_assert_int_eq(incoming_expiry(&life, asked, NOW, &at_ms), cases[i].expected);
		ck_assert_int_eq(at_ms, cases[i].at_ms);
	}
}
END_TEST

/* In order of precedence. */
START_TEST(notes)
{
	enum { END = 5000, LAST = END + INCOMING_NOTE_MS };
	static const struct {
		enum incoming_state state;
		uint64_t received;
		int64_t ended_ms, now_ms;
		enum result expected;
	} rows[] = {
	        {INCOMING_PENDING, 0, 0, 1, RESULT_THEIRS_REFUSED},
	        {INCOMING_EXPIRED, 0, END, LAST + 1, RESULT_THEIRS_REFUSED},
	        {INCOMING_PROCESSING, 1, 0, 1, RESULT_OK},
	        {INCOMING_PROCESSING, 1, 0, LAST, RESULT_OK}, /* its time is over, unwritten */
	        {INCOMING_PROCESSING, 1, 0, LAST + 1, RESULT_THEIRS_STATE},
	        {INCOMING_COMPLETED, 1, END, LAST, RESULT_OK},
	        {INCOMING_COMPLETED, 1, END, LAST + 1, RESULT_THEIRS_STATE},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct incoming_terms t = {
		        .state = rows[i].state, .received = rows[i].received, .expires_ms = END};

		ck_assert_msg(incoming_takes_note(&t, rows[i].ended_ms, rows[i].now_ms) ==
		                      rows[i].expected,
		        "row %zu", i);
	}
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_test(t, notes);
	tcase_add_test(t, transitions);
	tcase_add_test(t, names);
	tcase_add_test(t, fees);
	tcase_add_test(t, fee_grows_with_what_comes);
	tcase_add_test(t, takes);
	tcase_add_test(t, excess);
	tcase_add_test(t, room);
	tcase_add_test(t, ends);
	tcase_add_test(t, decisions);
	tcase_add_test(t, lives);
}

TEST_MAIN("incoming_payment", fill)
