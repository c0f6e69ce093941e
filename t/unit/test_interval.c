/* Repeating intervals against tables, and against the C library's calendar. */
#include "unit/harness.h"

#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "model/interval.h"

static struct interval parse(const char *s)
{
	struct interval i;

	ck_assert_msg(interval_parse(s, strlen(s), &i) == RESULT_OK, "%s", s);
	return i;
}

/* The independent calendar: the C library's, in UTC. */
static int64_t moment(const char *text)
{
	struct tm t = {0};
	int ms = 0;

	ck_assert_int_ge(sscanf(text, "%d-%d-%dT%d:%d:%d.%dZ", &t.tm_year, &t.tm_mon, &t.tm_mday,
	                         &t.tm_hour, &t.tm_min, &t.tm_sec, &ms),
	        3);
	t.tm_year -= 1900;
	t.tm_mon--;
	return (int64_t)timegm(&t) * 1000 + ms;
}

static const struct {
	const char *text;
	enum result result;
} syntax[] = {
        {"R/2026-01-01T00:00:00Z/P1M", RESULT_OK},
        {"R-1/2026-01-01T00:00:00Z/P1M", RESULT_OK},
        {"R0/2026-01-01T00:00:00Z/P1M", RESULT_OK},
        {"R11/2022-08-24T14:15:22Z/P1M", RESULT_OK},
        {"R/2017-03-01T13:00:00Z/2018-05-11T15:30:00Z", RESULT_OK},
        {"R-1/P1Y2M10DT2H30M/2022-05-11T15:30:00Z", RESULT_OK},
        {"R/2026-01-01T00:00:00.123456789Z/PT1S", RESULT_OK},
        {"R/2026-01-01T00:00Z/P2W", RESULT_OK},
        {"R/2026-01-01/P1D", RESULT_OK},
        {"R/2026-01-01T00:00:00/P1D", RESULT_OK},
        {"R/2026-01-01T00:00:00+05:30/P1D", RESULT_OK},
        {"R/2024-02-29T00:00:00Z/P1Y", RESULT_OK},
        {"R/9999-12-31T23:59:59Z/P1D", RESULT_OK},
        {"R999999999/2026-01-01T00:00:00Z/P999999999Y", RESULT_OK},

        {"", RESULT_THEIRS_MALFORMED},
        {"R", RESULT_THEIRS_MALFORMED},
        {"R/", RESULT_THEIRS_MALFORMED},
        {"R//", RESULT_THEIRS_MALFORMED},
        {"2026-01-01T00:00:00Z/P1M", RESULT_THEIRS_MALFORMED},
        {"r/2026-01-01T00:00:00Z/P1M", RESULT_THEIRS_MALFORMED},
        {" R/2026-01-01T00:00:00Z/P1M", RESULT_THEIRS_MALFORMED},
        {"R/2026-01-01T00:00:00Z/P1M/", RESULT_THEIRS_MALFORMED},
        {"R/2026-01-01T00:00:00Z", RESULT_THEIRS_MALFORMED},
        {"R-2/2026-01-01T00:00:00Z/P1M", RESULT_THEIRS_MALFORMED},
        {"R+1/2026-01-01T00:00:00Z/P1M", RESULT_THEIRS_MALFORMED},
        {"R1.5/2026-01-01T00:00:00Z/P1M", RESULT_THEIRS_MALFORMED},
        {"R1x/2026-01-01T00:00:00Z/P1M", RESULT_THEIRS_MALFORMED},
        {"R/2026-02-29T00:00:00Z/P1M", RESULT_THEIRS_MALFORMED},
        {"R/2026-13-01T00:00:00Z/P1M", RESULT_THEIRS_MALFORMED},
        {"R/2026-01-01T24:00:00Z/P1M", RESULT_THEIRS_MALFORMED},
        {"R/2026-01-01T00:00:60Z/P1M", RESULT_THEIRS_MALFORMED},
        {"R/2026-1-1T00:00:00Z/P1M", RESULT_THEIRS_MALFORMED},
        {"R/20260101T000000Z/P1M", RESULT_THEIRS_MALFORMED},
        {"R/2026-01-01t00:00:00z/P1M", RESULT_THEIRS_MALFORMED},
        {"R/2026-01-01T00:00:00+0530/P1M", RESULT_THEIRS_MALFORMED},
        {"R/2026-01-01T00:00:00+24:00/P1M", RESULT_THEIRS_MALFORMED},
        {"R/2026-01-01T00:00:00.Z/P1M", RESULT_THEIRS_MALFORMED},
        {"R/2026-01-01T00:00:00ZZ/P1M", RESULT_THEIRS_MALFORMED},
        {"R/2026-01-01T00:00:00Z/P", RESULT_THEIRS_MALFORMED},
        {"R/2026-01-01T00:00:00Z/PT", RESULT_THEIRS_MALFORMED},
        {"R/2026-01-01T00:00:00Z/P1DT", RESULT_THEIRS_MALFORMED},
        {"R/2026-01-01T00:00:00Z/P1", RESULT_THEIRS_MALFORMED},
        {"R/2026-01-01T00:00:00Z/P1H", RESULT_THEIRS_MALFORMED},
        {"R/2026-01-01T00:00:00Z/PT1D", RESULT_THEIRS_MALFORMED},
        {"R/2026-01-01T00:00:00Z/P1D1M", RESULT_THEIRS_MALFORMED},
        {"R/2026-01-01T00:00:00Z/P1M1M", RESULT_THEIRS_MALFORMED},
        {"R/2026-01-01T00:00:00Z/P0D", RESULT_THEIRS_MALFORMED},
        {"R/2026-01-01T00:00:00Z/P0.5D", RESULT_THEIRS_MALFORMED},
        {"R/2026-01-01T00:00:00Z/P-1D", RESULT_THEIRS_MALFORMED},
        {"R/2026-01-01T00:00:00Z/-P1D", RESULT_THEIRS_MALFORMED},
        {"R/2026-01-01T00:00:00Z/2026-01-01T00:00:00Z", RESULT_THEIRS_MALFORMED},
        {"R/2026-01-02T00:00:00Z/2026-01-01T00:00:00Z", RESULT_THEIRS_MALFORMED},
        {"R/P1M/P1M", RESULT_THEIRS_MALFORMED},
        {"R1000000000/2026-01-01T00:00:00Z/P1M", RESULT_THEIRS_TOO_BIG},
        {"R/2026-01-01T00:00:00Z/P1000000000D", RESULT_THEIRS_TOO_BIG},
        {"R/2026-01-01T00:00:00.1234567890Z/P1D", RESULT_THEIRS_TOO_BIG},
};

START_TEST(grammar)
{
	struct interval i;
	char text[INTERVAL_TEXT_MAX + 2];

	for (size_t n = 0; n < sizeof(syntax) / sizeof(syntax[0]); n++)
		ck_assert_msg(interval_parse(syntax[n].text, strlen(syntax[n].text), &i) ==
		                      syntax[n].result,
		        "%s", syntax[n].text);
	memset(text, '0', sizeof(text));
	ck_assert_int_eq(interval_parse(text, INTERVAL_TEXT_MAX + 1, &i), RESULT_THEIRS_TOO_BIG);
	/* Every part of a good one is refused or read, never more. */
	for (size_t n = 0; n < strlen(syntax[0].text); n++)
		ck_assert(interval_parse(syntax[0].text, n, &i) != RESULT_OK || n > 23);
}
END_TEST

/* At `now` the window is [start, end), or the reason why there is none. */
static const struct {
	const char *text, *now, *start, *end;
	enum result result;
} windows[] = {
        /* Months: from the start, the day cut to what the month has. */
        {"R/2026-01-31T00:00:00Z/P1M", "2026-02-27T23:59:59.999Z", "2026-01-31T00:00:00Z",
                "2026-02-28T00:00:00Z", RESULT_OK},
        {"R/2026-01-31T00:00:00Z/P1M", "2026-02-28T00:00:00Z", "2026-02-28T00:00:00Z",
                "2026-03-31T00:00:00Z", RESULT_OK},
        {"R/2026-01-31T00:00:00Z/P1M", "2026-04-30T00:00:00Z", "2026-04-30T00:00:00Z",
                "2026-05-31T00:00:00Z", RESULT_OK},
        {"R/2024-01-31T00:00:00Z/P1M", "2024-02-29T12:00:00Z", "2024-02-29T00:00:00Z",
                "2024-03-31T00:00:00Z", RESULT_OK},
        /* Leap days. */
        {"R/2024-02-29T00:00:00Z/P1Y", "2025-03-01T00:00:00Z", "2025-02-28T00:00:00Z",
                "2026-02-28T00:00:00Z", RESULT_OK},
        {"R/2024-02-29T00:00:00Z/P1Y", "2028-02-29T00:00:00Z", "2028-02-29T00:00:00Z",
                "2029-02-28T00:00:00Z", RESULT_OK},
        {"R/2096-02-29T00:00:00Z/P4Y", "2100-03-01T00:00:00Z", "2100-02-28T00:00:00Z",
                "2104-02-29T00:00:00Z", RESULT_OK},
        {"R/2024-02-28T00:00:00Z/P1D", "2024-02-29T23:59:59.999Z", "2024-02-29T00:00:00Z",
                "2024-03-01T00:00:00Z", RESULT_OK},
        /* Mixed durations. */
        {"R/2026-01-31T10:00:00Z/P1M2DT3H", "2026-03-03T00:00:00Z", "2026-03-02T13:00:00Z",
                "2026-04-04T16:00:00Z", RESULT_OK},
        {"R/2026-01-01T00:00:00Z/P2W", "2026-01-15T00:00:00Z", "2026-01-15T00:00:00Z",
                "2026-01-29T00:00:00Z", RESULT_OK},
        {"R/2026-01-01T00:00:00.250Z/PT90S", "2026-01-01T00:01:30.250Z", "2026-01-01T00:01:30.250Z",
                "2026-01-01T00:03:00.250Z", RESULT_OK},
        {"R/2026-01-01T05:30:00+05:30/P1D", "2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z",
                "2026-01-02T00:00:00Z", RESULT_OK},
        /* Counts: R0 is one window, R2 three. */
        {"R0/2026-01-01T00:00:00Z/P1D", "2026-01-01T23:59:59.999Z", "2026-01-01T00:00:00Z",
                "2026-01-02T00:00:00Z", RESULT_OK},
        {"R0/2026-01-01T00:00:00Z/P1D", "2026-01-02T00:00:00Z", NULL, NULL, RESULT_THEIRS_EXPIRED},
        {"R2/2026-01-01T00:00:00Z/P1D", "2026-01-03T23:59:59.999Z", "2026-01-03T00:00:00Z",
                "2026-01-04T00:00:00Z", RESULT_OK},
        {"R2/2026-01-01T00:00:00Z/P1D", "2026-01-04T00:00:00Z", NULL, NULL, RESULT_THEIRS_EXPIRED},
        {"R-1/2026-01-01T00:00:00Z/P1D", "2199-01-04T00:00:00Z", "2199-01-04T00:00:00Z",
                "2199-01-05T00:00:00Z", RESULT_OK},
        /* A start two minutes ahead has begun; one that is further has not. */
        {"R/2026-01-01T00:02:00Z/P1D", "2026-01-01T00:00:00Z", "2026-01-01T00:02:00Z",
                "2026-01-02T00:02:00Z", RESULT_OK},
        {"R/2026-01-01T00:02:00.001Z/P1D", "2026-01-01T00:00:00Z", NULL, NULL, RESULT_THEIRS_STATE},
        /* Start and end: the exact length again and again. */
        {"R/2026-01-01T00:00:00Z/2026-02-01T00:00:00Z", "2026-02-28T00:00:00Z",
                "2026-02-01T00:00:00Z", "2026-03-04T00:00:00Z", RESULT_OK},
        {"R1/2026-01-01T00:00:00Z/2026-02-01T00:00:00Z", "2026-03-04T00:00:00Z", NULL, NULL,
                RESULT_THEIRS_EXPIRED},
        /* Duration and end: backwards from the end. */
        {"R2/P1M/2026-12-31T00:00:00Z", "2026-09-29T23:57:59Z", NULL, NULL, RESULT_THEIRS_STATE},
        {"R2/P1M/2026-12-31T00:00:00Z", "2026-09-30T00:00:00Z", "2026-09-30T00:00:00Z",
                "2026-10-31T00:00:00Z", RESULT_OK},
        {"R2/P1M/2026-12-31T00:00:00Z", "2026-12-01T00:00:00Z", "2026-11-30T00:00:00Z",
                "2026-12-31T00:00:00Z", RESULT_OK},
        {"R2/P1M/2026-12-31T00:00:00Z", "2026-12-31T00:00:00Z", NULL, NULL, RESULT_THEIRS_EXPIRED},
        {"R0/P1D/2026-12-31T00:00:00Z", "2026-12-30T00:00:00Z", "2026-12-30T00:00:00Z",
                "2026-12-31T00:00:00Z", RESULT_OK},
        {"R/P1M/2026-12-31T00:00:00Z", "1971-03-01T00:00:00Z", "1971-02-28T00:00:00Z",
                "1971-03-31T00:00:00Z", RESULT_OK},
        /* Beyond the calendar. */
        {"R999999999/2026-01-01T00:00:00Z/P999999999Y", "2026-01-01T00:00:00Z",
                "2026-01-01T00:00:00Z", "10000-01-01T00:00:00Z", RESULT_OK},
};

START_TEST(window_at)
{
	for (size_t n = 0; n < sizeof(windows) / sizeof(windows[0]); n++) {
		struct interval i = parse(windows[n].text);
		struct interval_window w;
		enum result r = interval_at(&i, moment(windows[n].now), &w);

		ck_assert_msg(r == windows[n].result, "%s at %s: %s", windows[n].text,
		        windows[n].now, result_name(r));
		if (r)
			continue;
		ck_assert_msg(w.start_ms == moment(windows[n].start) &&
		                      w.end_ms == moment(windows[n].end),
		        "%s at %s", windows[n].text, windows[n].now);
	}
}
END_TEST

START_TEST(next_windows)
{
	struct interval i = parse("R2/2026-01-31T00:00:00Z/P1M");
	struct interval_window w[4];
	int64_t end;

	/* Before the first, within, at the edge, in the last, after. */
	ck_assert_uint_eq(interval_next(&i, moment("2025-01-01T00:00:00Z"), w, 3), 3);
	ck_assert_int_eq(w[0].start_ms, moment("2026-01-31T00:00:00Z"));
	ck_assert_int_eq(w[2].end_ms, moment("2026-04-30T00:00:00Z"));
	ck_assert_uint_eq(interval_next(&i, moment("2026-01-31T00:00:00Z"), w, 4), 3);
	ck_assert_uint_eq(interval_next(&i, moment("2026-02-28T00:00:00Z"), w, 3), 2);
	ck_assert_int_eq(w[0].start_ms, moment("2026-02-28T00:00:00Z"));
	ck_assert_uint_eq(interval_next(&i, moment("2026-04-29T23:59:59Z"), w, 3), 1);
	ck_assert_uint_eq(interval_next(&i, moment("2026-04-30T00:00:00Z"), w, 3), 0);
	ck_assert(interval_end(&i, &end));
	ck_assert_int_eq(end, moment("2026-04-30T00:00:00Z"));
	i = parse("R/2026-01-31T00:00:00Z/P1M");
	ck_assert(!interval_end(&i, &end));
	ck_assert_uint_eq(interval_next(&i, moment("2026-01-31T00:00:00Z"), w, 3), 3);
	i = parse("R/P1M/2026-12-31T00:00:00Z");
	ck_assert(interval_end(&i, &end));
	ck_assert_int_eq(end, moment("2026-12-31T00:00:00Z"));
	/* None is without length. */
	i = parse("R/9999-12-01T00:00:00Z/P1M");
	ck_assert_uint_eq(interval_next(&i, moment("9999-12-01T00:00:00Z"), w, 3), 1);
}
END_TEST

/* ---- against the C library ---- */

static unsigned days_of_month(int year, int month)
{
	struct tm t = {.tm_year = year - 1900, .tm_mon = month, .tm_mday = 0};
	time_t last = timegm(&t);

	gmtime_r(&last, &t);
	return (unsigned)t.tm_mday;
}

/* k durations after `anchor`, by the library's own normalisation of months. */
static int64_t oracle(int64_t anchor_ms, int k, int months, int64_t ms)
{
	time_t seconds = (time_t)(anchor_ms / 1000);
	struct tm t, first;
	time_t s;

	gmtime_r(&seconds, &t);
	first = t;
	first.tm_mday = 1;
	first.tm_mon += k * months;
	s = timegm(&first);
	gmtime_r(&s, &first);
	first.tm_mday = t.tm_mday;
	if ((unsigned)first.tm_mday > days_of_month(first.tm_year + 1900, first.tm_mon + 1))
		first.tm_mday = (int)days_of_month(first.tm_year + 1900, first.tm_mon + 1);
	return (int64_t)timegm(&first) * 1000 + anchor_ms % 1000 + k * ms;
}

static uint64_t seed = 0x5eed;

static unsigned any(unsigned below)
{
	seed = seed * 6364136223846793005U + 1442695040888963407U;
	return (unsigned)(seed >> 33) % below;
}

static void compare(bool from_end)
{
	int months = (int)any(30), days = (int)any(40), minutes = (int)any(3000), n = (int)any(40);
	int64_t anchor = (int64_t)any(4000000) * 1000000 * 1000 / 1000 + any(1000);
	int64_t ms = ((int64_t)days * 1440 + minutes) * 60000;
	char text[INTERVAL_TEXT_MAX + 1], at[TIME_TEXT_SIZE];
	int first = from_end ? -n - 1 : 0;
	struct interval i;

	if (months == 0 && ms == 0)
		return;
	time_format(anchor, at);
	if (from_end)
		snprintf(text, sizeof(text), "R%d/P%dM%dDT%dM/%s", n, months, days, minutes, at);
	else
		snprintf(text, sizeof(text), "R%d/%s/P%dM%dDT%dM", n, at, months, days, minutes);
	i = parse(text);
	for (int k = first; k <= first + n; k++) {
		int64_t start = oracle(anchor, k, months, ms);
		int64_t end = oracle(anchor, k + 1, months, ms);
		int64_t inside = start + (int64_t)any(1000) * (end - start) / 1000;
		struct interval_window w;

		ck_assert_int_lt(start, end);
		ck_assert_msg(interval_at(&i, inside, &w) == RESULT_OK, "%s window %d", text, k);
		ck_assert_msg(w.start_ms == start && w.end_ms == end, "%s window %d", text, k);
		ck_assert_int_eq(interval_at(&i, start, &w), RESULT_OK);
		ck_assert_int_eq(w.start_ms, start);
		ck_assert_int_eq(interval_at(&i, end - 1, &w), RESULT_OK);
		ck_assert_int_eq(w.start_ms, start);
	}
}

START_TEST(random_windows)
{
	for (int i = 0; i < 3000; i++)
		compare(i % 2);
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_test(t, grammar);
	tcase_add_test(t, window_at);
	tcase_add_test(t, next_windows);
	tcase_add_test(t, random_windows);
}

TEST_MAIN("interval", fill)
