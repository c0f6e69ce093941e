#include "unit/harness.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "base/calendar.h"
#include "base/clock.h"

#define MS_PER_DAY 86400000
#define FIRST_DAY  (-719528) /* 1 January of year 0 */
#define LAST_DAY   2932896   /* 31 December of year 9999 */

/* A sanitizer looks at memory and not at dates: it sees each day of the month and
 * of the year too. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define DAY_STEP 37
#else
#define DAY_STEP 1
#endif

START_TEST(every_day_against_libc)
{
	for (int64_t day = FIRST_DAY; day <= LAST_DAY; day += DAY_STEP) {
		time_t t = (time_t)(day * 86400);
		struct calendar c;
		struct tm tm;

		ck_assert_ptr_nonnull(gmtime_r(&t, &tm));
		calendar_split(day * MS_PER_DAY, &c);
		if (c.year != tm.tm_year + 1900 || c.month != (unsigned)tm.tm_mon + 1 ||
		        c.day != (unsigned)tm.tm_mday || c.hour || c.minute || c.second || c.ms ||
		        !calendar_exists(&c) || calendar_join(&c) != day * MS_PER_DAY)
			ck_abort_msg("day %" PRId64, day);
	}
}
END_TEST

START_TEST(both_ways)
{
	static const struct {
		int64_t ms;
		struct calendar c;
	} rows[] = {
	        {0, {1970, 1, 1, 0, 0, 0, 0}},
	        {-1, {1969, 12, 31, 23, 59, 59, 999}},
	        {951782400000, {2000, 2, 29, 0, 0, 0, 0}},
	        {1767322345678, {2026, 1, 2, 2, 52, 25, 678}},
	        {253402300799999, {9999, 12, 31, 23, 59, 59, 999}},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct calendar *want = &rows[i].c;
		struct calendar c;

		calendar_split(rows[i].ms, &c);
		ck_assert_msg(c.year == want->year && c.month == want->month &&
		                      c.day == want->day && c.hour == want->hour &&
		                      c.minute == want->minute && c.second == want->second &&
		                      c.ms == want->ms,
		        "row %zu", i);
		ck_assert_int_eq(calendar_join(want), rows[i].ms);
	}
}
END_TEST

START_TEST(what_exists)
{
	static const struct {
		struct calendar c;
		bool exists;
	} rows[] = {
	        {{2024, 2, 29, 0, 0, 0, 0}, true},
	        {{2023, 2, 29, 0, 0, 0, 0}, false},
	        {{1900, 2, 29, 0, 0, 0, 0}, false},
	        {{2000, 2, 29, 0, 0, 0, 0}, true},
	        {{2026, 0, 1, 0, 0, 0, 0}, false},
	        {{2026, 13, 1, 0, 0, 0, 0}, false},
	        {{2026, 4, 0, 0, 0, 0, 0}, false},
	        {{2026, 4, 31, 0, 0, 0, 0}, false},
	        {{2026, 4, 30, 23, 59, 59, 999}, true},
	        {{2026, 4, 30, 24, 0, 0, 0}, false},
	        {{2026, 4, 30, 0, 60, 0, 0}, false},
	        {{2026, 4, 30, 0, 0, 60, 0}, false},
	        {{2026, 4, 30, 0, 0, 0, 1000}, false},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		ck_assert_msg(calendar_exists(&rows[i].c) == rows[i].exists, "row %zu", i);
}
END_TEST

START_TEST(times)
{
	static const struct {
		const char *text;
		int64_t ms; /* -1: malformed */
	} rows[] = {
	        {"1970-01-01T00:00:00Z", 0},
	        {"2026-01-02T02:52:25.678Z", 1767322345678},
	        {"2026-01-02t02:52:25.678z", 1767322345678},
	        {"2026-01-02T02:52:25.6789999Z", 1767322345678},
	        {"2026-01-02T02:52:25.6Z", 1767322345600},
	        {"2026-01-02T04:52:25.678+02:00", 1767322345678},
	        {"2026-01-01T21:22:25.678-05:30", 1767322345678},
	        {"2024-02-29T00:00:00Z", 1709164800000},
	        {"2023-02-29T00:00:00Z", -1},
	        {"2026-01-02T02:52:60Z", -1},
	        {"2026-01-02T24:00:00Z", -1},
	        {"2026-01-02 02:52:25Z", -1},
	        {"2026-01-02T02:52:25", -1},
	        {"2026-01-02T02:52:25.Z", -1},
	        {"2026-01-02T02:52:25ZZ", -1},
	        {"2026-01-02T02:52:25+2:00", -1},
	        {"2026-01-02T02:52:25+24:00", -1},
	        {"2026-01-02T02:52:25+02:60", -1},
	        {"2026-01-02T02:52Z", -1},
	        {"2026-01-02", -1},
	        {"9999-12-31T23:59:59.999Z", 253402300799999},
	        {"9999-12-31T23:59:59-00:01", -1},
	        {"0000-01-01T00:00:00+00:01", -1},
	        {"+026-01-02T02:52:25Z", -1},
	        {"1767322345", -1},
	        {"", -1},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int64_t ms = -1;
		enum result r = time_parse(rows[i].text, strlen(rows[i].text), &ms);

		ck_assert_msg((r == RESULT_OK) == (rows[i].ms != -1), "%s", rows[i].text);
		ck_assert_int_eq(ms, rows[i].ms);
	}
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_test(t, every_day_against_libc);
	tcase_add_test(t, both_ways);
	tcase_add_test(t, what_exists);
	tcase_add_test(t, times);
}

TEST_MAIN("calendar", fill)
