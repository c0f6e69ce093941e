/* The states of a grant, and the arithmetic of its limits. */
#include "unit/harness.h"

#include <string.h>

#include "model/grant.h"

/* Every way that there is; all others are refused. */
static const struct {
	enum grant_state from;
	enum grant_event event;
	enum grant_state to;
} ways[] = {
        {GRANT_PROCESSING, GRANT_ASK, GRANT_PENDING},
        {GRANT_PROCESSING, GRANT_APPROVE, GRANT_APPROVED},
        {GRANT_PROCESSING, GRANT_REVOKE, GRANT_REVOKED},
        {GRANT_PENDING, GRANT_APPROVE, GRANT_APPROVED},
        {GRANT_PENDING, GRANT_REJECT, GRANT_REJECTED},
        {GRANT_PENDING, GRANT_REVOKE, GRANT_REVOKED},
        {GRANT_PENDING, GRANT_EXPIRE, GRANT_EXPIRED},
        {GRANT_APPROVED, GRANT_ISSUE, GRANT_ISSUED},
        {GRANT_APPROVED, GRANT_REVOKE, GRANT_REVOKED},
        {GRANT_APPROVED, GRANT_EXPIRE, GRANT_EXPIRED},
        {GRANT_ISSUED, GRANT_REVOKE, GRANT_REVOKED},
};

START_TEST(states)
{
	for (unsigned s = 0; s < GRANT_STATES; s++) {
		enum grant_state again;

		for (unsigned e = 0; e < GRANT_EVENTS; e++) {
			enum grant_state to = GRANT_PROCESSING;
			enum result r = grant_next((enum grant_state)s, (enum grant_event)e, &to);
			bool found = false;

			for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
				if (ways[i].from != s || ways[i].event != e)
					continue;
				found = true;
				ck_assert_int_eq(r, RESULT_OK);
				ck_assert_int_eq(to, ways[i].to);
			}
			ck_assert(found || r == RESULT_THEIRS_STATE);
		}
		ck_assert_int_eq(grant_state_parse(grant_state_name((enum grant_state)s),
		                         grant_reason_name((enum grant_state)s), &again),
		        RESULT_OK);
		ck_assert_int_eq(again, s);
	}
}
END_TEST

START_TEST(names)
{
	enum grant_state s;

	ck_assert_str_eq(grant_state_name(GRANT_REJECTED), "FINALIZED");
	ck_assert_str_eq(grant_reason_name(GRANT_REJECTED), "REJECTED");
	ck_assert_ptr_null(grant_reason_name(GRANT_PENDING));
	ck_assert_int_eq(grant_state_parse("FINALIZED", "", &s), RESULT_THEIRS_MALFORMED);
	ck_assert_int_eq(grant_state_parse("PENDING", "ISSUED", &s), RESULT_THEIRS_MALFORMED);
	ck_assert_int_eq(grant_state_parse("pending", NULL, &s), RESULT_THEIRS_MALFORMED);
}
END_TEST

/* Kept 100 after the last thing that could be done with it. */
static const struct {
	const char *what;
	struct grant_age age; /* state, changed, asked, ends, live, token */
	int64_t at;
} ages[] = {
        {"asked", {GRANT_PENDING, 5, true, 0, false, 0}, INT64_MAX},
        {"begun", {GRANT_PROCESSING, 5, false, 0, false, 0}, INT64_MAX},
        {"nobody came back", {GRANT_APPROVED, 5, true, 0, false, 0}, 105},
        {"rejected", {GRANT_REJECTED, 5, true, 0, false, 0}, 105},
        {"revoked", {GRANT_REVOKED, 5, true, 0, false, 90}, 105},
        {"expired", {GRANT_EXPIRED, 5, true, 0, false, 0}, 105},
        {"without a person", {GRANT_ISSUED, 5, false, 0, true, 20}, 120},
        {"and its token given back", {GRANT_ISSUED, 5, false, 0, false, 15}, 115},
        {"without a token", {GRANT_ISSUED, 5, true, 0, false, 0}, 105},
        {"in use", {GRANT_ISSUED, 5, true, 0, true, 20}, INT64_MAX},
        {"until its end", {GRANT_ISSUED, 5, true, 900, true, 20}, 1000},
        {"agreed to after it", {GRANT_ISSUED, 950, true, 900, true, 20}, 1050},
        {"its token given back", {GRANT_ISSUED, 5, true, 900, false, 30}, 130},
};

START_TEST(removable)
{
	for (size_t i = 0; i < sizeof(ages) / sizeof(ages[0]); i++)
		ck_assert_msg(grant_removable_at(&ages[i].age, 100) == ages[i].at, "%s: %lld",
		        ages[i].what, (long long)grant_removable_at(&ages[i].age, 100));
}
END_TEST

#define R1 "https://h/op/incoming-payments/1"
#define R2 "https://h/op/incoming-payments/2"

/* In order of precedence: receiver, asset, sum. The payment debits USD/2, the
 * receiver has EUR/2. */
static const struct {
	const char *what;
	enum access_cap cap;
	uint64_t limit;
	const char *code;
	unsigned scale;
	const char *only;
	uint64_t spent_debit, spent_receive;
	const char *receiver;
	uint64_t debit, receive;
	enum result result;
} limits[] = {
        {"no limit", CAP_NONE, 0, "", 0, NULL, 0, 0, R1, 1000, 900, RESULT_OK},
        {"the receiver", CAP_NONE, 0, "", 0, R1, 0, 0, R1, 1000, 900, RESULT_OK},
        {"another receiver", CAP_NONE, 0, "", 0, R2, 0, 0, R1, 1, 1, RESULT_THEIRS_FORBIDDEN},
        {"no receiver", CAP_NONE, 0, "", 0, R2, 0, 0, NULL, 1, 1, RESULT_THEIRS_FORBIDDEN},
        {"a slash more", CAP_NONE, 0, "", 0, R1 "/", 0, 0, R1, 1, 1, RESULT_THEIRS_FORBIDDEN},
        {"other asset", CAP_DEBIT, 1000, "EUR", 2, NULL, 0, 0, R1, 1, 1, RESULT_THEIRS_FORBIDDEN},
        {"other scale", CAP_DEBIT, 1000, "USD", 3, NULL, 0, 0, R1, 1, 1, RESULT_THEIRS_FORBIDDEN},
        {"below", CAP_DEBIT, 1000, "USD", 2, NULL, 0, 0, R1, 999, 5000, RESULT_OK},
        {"equal", CAP_DEBIT, 1000, "USD", 2, NULL, 0, 0, R1, 1000, 1, RESULT_OK},
        {"one above", CAP_DEBIT, 1000, "USD", 2, NULL, 0, 0, R1, 1001, 1, RESULT_THEIRS_FORBIDDEN},
        {"fills up", CAP_DEBIT, 1000, "USD", 2, NULL, 600, 0, R1, 400, 1, RESULT_OK},
        {"overfills", CAP_DEBIT, 1000, "USD", 2, NULL, 600, 0, R1, 401, 1, RESULT_THEIRS_FORBIDDEN},
        {"spent", CAP_DEBIT, 1000, "USD", 2, NULL, 1000, 0, R1, 1, 1, RESULT_THEIRS_FORBIDDEN},
        {"zero limit", CAP_DEBIT, 0, "USD", 2, NULL, 0, 0, R1, 1, 1, RESULT_THEIRS_FORBIDDEN},
        {"receive", CAP_RECEIVE, 900, "EUR", 2, NULL, 5000, 0, R1, 1000, 900, RESULT_OK},
        {"receive other asset", CAP_RECEIVE, 900, "USD", 2, NULL, 0, 0, R1, 1, 1,
                RESULT_THEIRS_FORBIDDEN},
        {"receive fills up", CAP_RECEIVE, 900, "EUR", 2, NULL, 0, 899, R1, 1000, 1, RESULT_OK},
        {"receive overfills", CAP_RECEIVE, 900, "EUR", 2, NULL, 0, 899, R1, 1000, 2,
                RESULT_THEIRS_FORBIDDEN},
        {"largest", CAP_DEBIT, AMOUNT_MAX, "USD", 2, NULL, 0, 0, R1, AMOUNT_MAX, 1, RESULT_OK},
        {"beyond", CAP_NONE, 0, "", 0, NULL, AMOUNT_MAX, 0, R1, 1, 1, RESULT_THEIRS_BAD_AMOUNT},
        {"wraps", CAP_NONE, 0, "", 0, NULL, 1, 0, R1, UINT64_MAX, 1, RESULT_THEIRS_BAD_AMOUNT},
        {"receive beyond", CAP_NONE, 0, "", 0, NULL, 0, AMOUNT_MAX, R1, 1, 1,
                RESULT_THEIRS_BAD_AMOUNT},
};

START_TEST(allowing)
{
	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		struct access_limits l = {.given = true,
		        .receiver = limits[i].only,
		        .cap = limits[i].cap,
		        .amount = limits[i].limit,
		        .scale = limits[i].scale};
		struct grant_payment p = {
		        limits[i].receiver, limits[i].debit, "USD", 2, limits[i].receive, "EUR", 2};
		struct grant_spent spent = {limits[i].spent_debit, limits[i].spent_receive}, after;
		enum result r;

		snprintf(l.code, sizeof(l.code), "%s", limits[i].code);
		r = grant_limits_allow(&l, &spent, &p, &after);
		ck_assert_msg(r == limits[i].result, "%s: %s", limits[i].what, result_name(r));
		if (r)
			continue;
		ck_assert_uint_eq(after.debit, limits[i].spent_debit + limits[i].debit);
		ck_assert_uint_eq(after.receive, limits[i].spent_receive + limits[i].receive);
	}
}
END_TEST

START_TEST(window)
{
	struct access_limits l = {0};
	struct interval_window w;

	ck_assert_int_eq(grant_window_at(&l, 5, &w), RESULT_OK);
	ck_assert_int_eq(w.start_ms, 0);
	ck_assert_int_eq(w.end_ms, INT64_MAX);
	l.interval = "R0/1970-01-02T00:00:00Z/P1D";
	ck_assert_int_eq(grant_window_at(&l, 5, &w), RESULT_THEIRS_FORBIDDEN);
	ck_assert_int_eq(grant_window_at(&l, 86400000, &w), RESULT_OK);
	ck_assert_int_eq(w.start_ms, 86400000);
	ck_assert_int_eq(grant_window_at(&l, 2 * 86400000, &w), RESULT_THEIRS_FORBIDDEN);
	l.interval = "broken";
	ck_assert_int_eq(grant_window_at(&l, 5, &w), RESULT_OURS_STORE);
}
END_TEST

START_TEST(settling)
{
	struct grant_spent held = {100, 90};
	struct grant_spent kept = grant_settle(&held, 40, 30);

	ck_assert_uint_eq(kept.debit, 40);
	ck_assert_uint_eq(kept.receive, 30);
	kept = grant_settle(&held, 0, 0);
	ck_assert_uint_eq(kept.debit, 0);
	/* The receiver may get a surplus: never above what was reserved. */
	kept = grant_settle(&held, 101, 95);
	ck_assert_uint_eq(kept.debit, 100);
	ck_assert_uint_eq(kept.receive, 90);
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_test(t, states);
	tcase_add_test(t, names);
	tcase_add_test(t, removable);
	tcase_add_test(t, allowing);
	tcase_add_test(t, window);
	tcase_add_test(t, settling);
}

TEST_MAIN("grant", fill)
