/* Moments as pages show them. */
#include "unit/harness.h"

#include "codec/tzif.h"
#include "http/when.h"

#define NOW INT64_C(1795774985123) /* 27 November 2026, 10:23:05.123 UTC */

#define SECOND INT64_C(1000)
#define MINUTE (60 * SECOND)
#define HOUR   (60 * MINUTE)
#define DAY    (24 * HOUR)

static const struct when utc = {.zone = "", .language = &languages[0], .now_ms = NOW};

static const struct {
	int64_t ms; /* after now */
	const char *want;
} spans[] = {
        {0, "now"},
        {-4999, "now"},
        {4999, "now"},
        {-5000, "5 seconds ago"},
        {5000, "in 5 seconds"},
        {-MINUTE + 1, "59 seconds ago"},
        {-MINUTE, "1 minute ago"},
        {MINUTE, "in 1 minute"},
        {2 * MINUTE, "in 2 minutes"},
        {-5 * MINUTE - 1, "5 minutes ago"},
        {HOUR - 1, "in 59 minutes"},
        {HOUR, "in 1 hour"},
        {-2 * HOUR, "2 hours ago"},
        {-HOUR, "1 hour ago"},
        {DAY - 1, "in 23 hours"},
        {DAY, "in 1 day"},
        {3 * DAY, "in 3 days"},
        {-DAY, "1 day ago"},
        {-29 * DAY, "29 days ago"},
        {-30 * DAY, "1 month ago"},
        {364 * DAY, "in 12 months"},
        {365 * DAY, "in 1 year"},
        {-365 * DAY, "1 year ago"},
        {-800 * DAY, "2 years ago"},
        {-NOW, "56 years ago"},
};

START_TEST(how_long_ago)
{
	char out[WHEN_TEXT_SIZE];

	when_ago(&utc, NOW + spans[_i].ms, out);
	ck_assert_str_eq(out, spans[_i].want);
}
END_TEST

START_TEST(in_utc)
{
	char out[WHEN_TEXT_SIZE], day[WHEN_DAY_SIZE];

	when_text(&utc, NOW, out);
	ck_assert_str_eq(out, "27 November 2026, 10:23 UTC");
	when_text(&utc, 0, out);
	ck_assert_str_eq(out, "1 January 1970, 00:00 UTC");
	when_day(&utc, NOW, day);
	ck_assert_str_eq(day, "2026-11-27");
	ck_assert_str_eq(when_zone_name(&utc), "UTC");
	ck_assert_int_eq(when_of_local(&utc, NOW), NOW);
}
END_TEST

static const struct {
	int32_t offset_s;
	int64_t ms;
	const char *text, *day;
} zones[] = {
        {3600, NOW, "27 November 2026, 11:23 UTC+1", "2026-11-27"},
        {20700, NOW, "27 November 2026, 16:08 UTC+5:45", "2026-11-27"},
        {-12600, NOW, "27 November 2026, 06:53 UTC-3:30", "2026-11-27"},
        {-36000, NOW, "27 November 2026, 00:23 UTC-10", "2026-11-27"},
        {-39600, NOW, "26 November 2026, 23:23 UTC-11", "2026-11-26"},
        {50400, NOW, "28 November 2026, 00:23 UTC+14", "2026-11-28"},
};

/* As the browser's Intl says it. */
START_TEST(in_spanish)
{
	const struct when w = {.zone = "", .language = language_tagged("es", 2), .now_ms = NOW};
	char out[WHEN_TEXT_SIZE];

	when_text(&w, NOW, out);
	ck_assert_str_eq(out, "27 de noviembre de 2026, 10:23 UTC");
	when_day_text(&w, NOW, out);
	ck_assert_str_eq(out, "27 de noviembre de 2026");
	when_ago(&w, NOW - 5 * MINUTE, out);
	ck_assert_str_eq(out, "hace 5 minutos");
	when_ago(&w, NOW + HOUR, out);
	ck_assert_str_eq(out, "dentro de 1 hora");
	when_ago(&w, NOW, out);
	ck_assert_str_eq(out, "ahora");
}
END_TEST

START_TEST(in_a_zone)
{
	static struct tzif clock;
	const struct when w = {
	        .zone = "X", .clock = &clock, .language = &languages[0], .now_ms = NOW};
	char out[WHEN_TEXT_SIZE], day[WHEN_DAY_SIZE];
	json_t *json;

	clock.types = 1;
	clock.offset_s[0] = zones[_i].offset_s;
	when_text(&w, zones[_i].ms, out);
	ck_assert_str_eq(out, zones[_i].text);
	when_day(&w, zones[_i].ms, day);
	ck_assert_str_eq(day, zones[_i].day);
	ck_assert_str_eq(when_zone_name(&w), "X");
	ck_assert_int_eq(when_of_local(&w, NOW), NOW - INT64_C(1000) * zones[_i].offset_s);
	json = when_json(&w, NOW - 5 * MINUTE);
	ck_assert_str_eq(
	        json_string_value(json_object_get(json, "iso")), "2026-11-27T10:18:05.123Z");
	ck_assert_str_eq(json_string_value(json_object_get(json, "ago")), "5 minutes ago");
	json_decref(json);
	json = when_json(&w, 0);
	ck_assert(json_is_null(json));
	json_decref(json);
}
END_TEST

/* A day begins at the offset that holds then, not at that of midnight in UTC. */
START_TEST(days_of_changes)
{
	static struct tzif clock = {.changes = 1, .types = 2, .at_s = {NOW / 1000}, .type = {1}};
	const struct when w = {
	        .zone = "X", .clock = &clock, .language = &languages[0], .now_ms = NOW};

	clock.offset_s[0] = 7200;
	clock.offset_s[1] = 3600;
	ck_assert_int_eq(when_of_local(&w, NOW + 2 * HOUR), NOW + HOUR);
	ck_assert_int_eq(when_of_local(&w, NOW + 30 * MINUTE), NOW - 90 * MINUTE);
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_loop_test(t, how_long_ago, 0, sizeof(spans) / sizeof(spans[0]));
	tcase_add_test(t, in_utc);
	tcase_add_test(t, in_spanish);
	tcase_add_loop_test(t, in_a_zone, 0, sizeof(zones) / sizeof(zones[0]));
	tcase_add_test(t, days_of_changes);
}

TEST_MAIN("when", fill)
