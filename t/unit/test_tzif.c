/* Zones' clocks: against libc, which reads the same files, and what is no such file. */
#include "unit/harness.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/file.h"
#include "codec/tzif.h"
#include "http/when.h"

#define DIR  "/usr/share/zoneinfo/"
#define FROM INT64_C(-2000000000) /* 1906 */
#define TO   INT64_C(4102444800)  /* 2100 */
#define STEP (INT64_C(5) * 86400 + 3607)

static struct tzif z;

/* A file of two changes, 0 and 1000000, between two types, and a rule. */
static size_t make(uint8_t *out, char version, const char *rule)
{
	static const uint8_t first[44] = "TZif2";
	uint8_t *p = out;

	memcpy(p, first, sizeof(first));
	p[4] = (uint8_t)version;
	p += sizeof(first);
	memcpy(p, first, sizeof(first));
	p[35] = 2; /* changes */
	p[39] = 2; /* types */
	p[43] = 4; /* characters */
	p += sizeof(first);
	memset(p, 0, 16);
	p[13] = 0x0f; /* 1000000 */
	p[14] = 0x42;
	p[15] = 0x40;
	p += 16;
	*p++ = 1;
	*p++ = 0;
	memcpy(p, "\0\0\x0e\x10\0\0\xff\xff\xf1\xf0\1\0", 12); /* 3600 and -3600 */
	memcpy(p + 12, "ABC", 4);
	p += 16;
	*p++ = (uint8_t)'\n';
	memcpy(p, rule, strlen(rule));
	p += strlen(rule);
	*p++ = (uint8_t)'\n';
	return (size_t)(p - out);
}

static enum result decode(char version, const char *rule)
{
	uint8_t file[512];

	return tzif_decode(bytes_of(file, make(file, version, rule)), &z);
}

START_TEST(every_zone_against_libc)
{
	const char *name = when_zones[_i];
	char path[64], *file;
	size_t n;

	if (!*name)
		return;
	(void)snprintf(path, sizeof(path), DIR "%s", name);
	ck_assert_msg(file_read(path, TZIF_BYTES_MAX, &file, &n) == RESULT_OK,
	        "%s is not there: the package tzdata is needed", path);
	ck_assert_int_eq(tzif_decode(bytes_of(file, n), &z), RESULT_OK);
	free(file);
	ck_assert_int_eq(setenv("TZ", name, 1), 0);
	tzset();
	for (int64_t s = FROM; s < TO; s += STEP) {
		time_t t = (time_t)s;
		struct tm tm;

		ck_assert_ptr_nonnull(localtime_r(&t, &tm));
		if (tzif_offset_s(&z, s * 1000) != tm.tm_gmtoff)
			ck_abort_msg("%s at %lld: %d, not %ld", name, (long long)s,
			        tzif_offset_s(&z, s * 1000), tm.tm_gmtoff);
	}
}
END_TEST

static const struct {
	const char *rule;
	bool good;
	int64_t s;
	int32_t want;
} rules[] = {
        {"", true, 2000000, 3600}, /* the last type stays */
        {"", true, 999999, -3600},
        {"", true, -1, 3600}, /* before the first change: the first type */
        {"UTC0", true, 2000000, 0},
        {"<-03>3", true, 2000000, -10800},
        {"IST-5:30", true, 2000000, 19800},
        {"CET-1CEST,M3.5.0,M10.5.0/3", true, 1774746000 - 1, 3600}, /* 29 March 2026, 01:00 UTC */
        {"CET-1CEST,M3.5.0,M10.5.0/3", true, 1774746000, 7200},
        {"CET-1CEST,M3.5.0,M10.5.0/3", true, 1792890000 - 1, 7200}, /* 25 October 2026 */
        {"CET-1CEST,M3.5.0,M10.5.0/3", true, 1792890000, 3600},
        {"AEST-10AEDT,M10.1.0,M4.1.0/3", true, 1798761600, 39600}, /* summer at New Year */
        {"AEST-10AEDT,M10.1.0,M4.1.0/3", true, 1782864000, 36000},
        {"XXX0YYY,J60/0,J61/0", true, 1835395200 - 1,
                0}, /* 1 March 2028, a leap year: J60 is 1 March */
        {"XXX0YYY,J60/0,J61/0", true, 1835481600, 3600},
        {"XXX0YYY,59/0,60/0", true, 1835395200, 3600}, /* counted from 0: 29 February 2028 */
        {"EST5EDT4:30,0/0,J365/25", true, 1782864000, -16200},
        {"X0", false, 0, 0},
        {"UTC", false, 0, 0},
        {"UTC25", false, 0, 0},
        {"<ABC0", false, 0, 0},
        {"CET-1CEST", false, 0, 0},
        {"CET-1CEST,M3.5.0", false, 0, 0},
        {"CET-1CEST,M13.5.0,M10.5.0", false, 0, 0},
        {"CET-1CEST,M3.6.0,M10.5.0", false, 0, 0},
        {"CET-1CEST,M3.5.7,M10.5.0", false, 0, 0},
        {"CET-1CEST,M0.5.0,M10.5.0", false, 0, 0},
        {"CET-1CEST,J0,J1", false, 0, 0},
        {"CET-1CEST,J1,366", false, 0, 0},
        {"CET-1CEST,J1/168,J2", false, 0, 0},
        {"CET-1CEST,J1,J2,", false, 0, 0},
        {"UTC0:60", false, 0, 0},
};

START_TEST(by_rules)
{
	enum result r = decode('2', rules[_i].rule);

	ck_assert_int_eq(r, rules[_i].good ? RESULT_OK : RESULT_THEIRS_MALFORMED);
	if (rules[_i].good)
		ck_assert_int_eq(tzif_offset_s(&z, rules[_i].s * 1000), rules[_i].want);
}
END_TEST

START_TEST(what_is_none)
{
	uint8_t file[512];
	size_t n = make(file, '2', "UTC0");

	ck_assert_int_eq(decode('3', "UTC0"), RESULT_OK);
	ck_assert_int_eq(decode('\0', "UTC0"), RESULT_THEIRS_MALFORMED);
	for (size_t i = 0; i < n; i++)
		ck_assert_int_eq(tzif_decode(bytes_of(file, i), &z), RESULT_THEIRS_TRUNCATED);
	file[0] = 'X';
	ck_assert_int_eq(tzif_decode(bytes_of(file, n), &z), RESULT_THEIRS_MALFORMED);
	n = make(file, '2', "UTC0");
	file[44 + 44 + 16] = 2; /* a type that is not there */
	ck_assert_int_eq(tzif_decode(bytes_of(file, n), &z), RESULT_THEIRS_MALFORMED);
	n = make(file, '2', "UTC0");
	memset(file + 44 + 44 + 8, 0, 8); /* two changes at once */
	ck_assert_int_eq(tzif_decode(bytes_of(file, n), &z), RESULT_THEIRS_MALFORMED);
	n = make(file, '2', "UTC0");
	file[44 + 44 + 18 + 1] = 2; /* 36 hours ahead */
	ck_assert_int_eq(tzif_decode(bytes_of(file, n), &z), RESULT_THEIRS_MALFORMED);
	n = make(file, '2', "UTC0");
	file[44 + 34] = 0x40; /* more changes than we keep, and than there are bytes */
	ck_assert_int_eq(tzif_decode(bytes_of(file, n), &z), RESULT_THEIRS_TOO_BIG);
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_loop_test(t, every_zone_against_libc, 0, (int)when_zone_count);
	tcase_add_loop_test(t, by_rules, 0, sizeof(rules) / sizeof(rules[0]));
	tcase_add_test(t, what_is_none);
}

TEST_MAIN("tzif", fill)
