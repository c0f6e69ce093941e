#include "unit/harness.h"

#include <string.h>

#include "model/rate_ecb.h"

#define NOW_MS 1764115200000 /* 2025-11-26 00:00 */
#define DAY    "2025-11-25"
#define AS_OF  (NOW_MS - 9 * 3600 * 1000LL) /* 15:00 of that day */

#define HEAD                                                                                       \
	"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<gesmes:Envelope "                            \
	"xmlns:gesmes=\"http://www.gesmes.org/xml/2002-08-01\" "                                   \
	"xmlns=\"http://www.ecb.int/vocabulary/2002-08-01/eurofxref\">\n\t"                        \
	"<gesmes:subject>Reference rates</gesmes:subject>\n\t<gesmes:Sender>\n\t\t"                \
	"<gesmes:name>European Central Bank</gesmes:name>\n\t</gesmes:Sender>\n\t<Cube>\n\t\t"
#define TAIL              "\n\t</Cube>\n</gesmes:Envelope>"
#define CUBES(day, inner) HEAD "<Cube time='" day "'>" inner "</Cube>" TAIL
#define USD               "\n\t\t\t<Cube currency='USD' rate='1.1573'/>"

static const struct {
	const char *text;
	enum result result;
	const char *usd; /* of one EUR */
	size_t count;    /* with EUR */
} texts[] = {
        /* XML, as it is published */
        {CUBES(DAY, USD "<Cube currency='JPY' rate='181.24'/><Cube currency='BGN' rate='1.9558'/>"),
                RESULT_OK, "1.1573", 4},
        {CUBES(DAY, "<Cube rate=\"1.15730000000000001\" currency=\"USD\"></Cube>"), RESULT_OK,
                "1.15730000000000001", 2},
        {"\xef\xbb\xbf" CUBES(DAY, USD), RESULT_OK, "1.1573", 2},
        {CUBES(DAY, ""), RESULT_THEIRS_MALFORMED, "", 0},
        {HEAD USD TAIL, RESULT_THEIRS_MALFORMED, "", 0}, /* no day */
        {CUBES("2025-11-31", USD), RESULT_THEIRS_MALFORMED, "", 0},
        {CUBES("25-11-2025", USD), RESULT_THEIRS_MALFORMED, "", 0},
        {CUBES("2025-11-27", USD), RESULT_THEIRS_MALFORMED, "", 0}, /* tomorrow */
        {HEAD "<Cube time='2025-11-25'>" USD "</Cube><Cube time='2025-11-24'>" USD "</Cube>" TAIL,
                RESULT_THEIRS_MALFORMED, "", 0},
        {CUBES(DAY, USD USD), RESULT_THEIRS_MALFORMED, "", 0},
        {CUBES(DAY, "<Cube currency='EUR' rate='1.1'/>"), RESULT_THEIRS_BAD_AMOUNT, "", 0},
        {CUBES(DAY, "<Cube currency='EUR' rate='1'/>" USD), RESULT_OK, "1.1573", 2},
        {CUBES(DAY, "<Cube currency='USD'/>"), RESULT_THEIRS_MALFORMED, "", 0},
        {CUBES(DAY, "<Cube rate='1.1'/>"), RESULT_THEIRS_MALFORMED, "", 0},
        {CUBES(DAY, "<Cube currency='usd' rate='1.1'/>"), RESULT_THEIRS_MALFORMED, "", 0},
        {CUBES(DAY, "<Cube currency='' rate='1.1'/>"), RESULT_THEIRS_MALFORMED, "", 0},
        {CUBES(DAY, "<Cube currency='ABCDEFGHIJKLM' rate='1.1'/>"), RESULT_THEIRS_MALFORMED, "", 0},
        {CUBES(DAY, "<Cube currency='USD' rate='0'/>"), RESULT_THEIRS_BAD_AMOUNT, "", 0},
        {CUBES(DAY, "<Cube currency='USD' rate='-1.1'/>"), RESULT_THEIRS_BAD_AMOUNT, "", 0},
        {CUBES(DAY, "<Cube currency='USD' rate='1,1'/>"), RESULT_THEIRS_MALFORMED, "", 0},
        {CUBES(DAY, "<Cube currency='USD' rate=''/>"), RESULT_THEIRS_MALFORMED, "", 0},
        {CUBES(DAY, "<Cube currency='USD' rate='1.123456789012345678901'/>"), RESULT_THEIRS_TOO_BIG,
                "", 0},
        {CUBES(DAY, USD) "x", RESULT_THEIRS_MALFORMED, "", 0},
        {HEAD "<Cube time='" DAY "'>" USD, RESULT_THEIRS_MALFORMED, "", 0}, /* cut off */
        {"<Cube", RESULT_THEIRS_MALFORMED, "", 0},
        {"<html><body>down for maintenance</body></html>", RESULT_THEIRS_MALFORMED, "", 0},
        /* entities are refused with what declares them */
        {"<!DOCTYPE a [<!ENTITY b 'c'>]><a><Cube time='" DAY "'>" USD "</Cube></a>",
                RESULT_THEIRS_MALFORMED, "", 0},
        {"<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a><Cube time='" DAY "'>" USD "</Cube></a>",
                RESULT_THEIRS_MALFORMED, "", 0},
        {"<a><Cube time='" DAY "'><Cube currency='&x;' rate='1'/></Cube></a>",
                RESULT_THEIRS_MALFORMED, "", 0},
        /* CSV: the daily file, and the first line of the history */
        {"Date, USD, JPY, BGN, \n25 November 2025, 1.1573, 181.24, 1.9558, \n", RESULT_OK, "1.1573",
                4},
        {"Date,USD,JPY,CYP,\r\n2025-11-25,1.1573,181.24,N/A,\r\n2025-11-24,9,9,9,\r\n", RESULT_OK,
                "1.1573", 3},
        {"Date, USD\n5 March 2024, 1.1573", RESULT_OK, "1.1573", 2},
        {"Date, USD\n25 Brumaire 2025, 1.1573\n", RESULT_THEIRS_MALFORMED, "", 0},
        {"Date, USD\n125 November 2025, 1.1573\n", RESULT_THEIRS_MALFORMED, "", 0},
        {"Date, USD\n25 November 25, 1.1573\n", RESULT_THEIRS_MALFORMED, "", 0},
        {"Date, USD\n30 February 2025, 1.1573\n", RESULT_THEIRS_MALFORMED, "", 0},
        {"Date, USD, JPY\n25 November 2025, 1.1573\n", RESULT_THEIRS_MALFORMED, "", 0},
        {"Date, USD\n25 November 2025, 1.1573, 181.24\n", RESULT_THEIRS_MALFORMED, "", 0},
        {"Date, USD, , JPY\n25 November 2025, 1.1573, 7, 181.24\n", RESULT_THEIRS_MALFORMED, "", 0},
        {"Date, USD, USD\n25 November 2025, 1.1, 1.1\n", RESULT_THEIRS_MALFORMED, "", 0},
        {"Date, USD\n25 November 2025, N/A\n", RESULT_THEIRS_MALFORMED, "", 0},
        {"Date, USD\n25 November 2025, 1.1.1\n", RESULT_THEIRS_MALFORMED, "", 0},
        {"Date, USD\n", RESULT_THEIRS_MALFORMED, "", 0},
        {"USD, JPY\n1.1, 2.2\n", RESULT_THEIRS_MALFORMED, "", 0},
        {"{\"base\":\"EUR\",\"rates\":{\"USD\":1.1}}", RESULT_THEIRS_MALFORMED, "", 0},
        {"", RESULT_THEIRS_MALFORMED, "", 0},
};

START_TEST(published)
{
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct rate_table *t = NULL;
		struct rate_fault fault = {0, NULL};
		struct ratio usd, expected;
		enum result r = rate_ecb_parse(bytes_str(texts[i].text), NOW_MS, &t, &fault);

		ck_assert_msg(r == texts[i].result, "%zu: %s, %s at %zu", i, result_name(r),
		        fault.what ? fault.what : "", fault.at);
		ck_assert_int_eq(t != NULL, r == RESULT_OK);
		ck_assert_msg(r == RESULT_OK || (fault.what && fault.at <= strlen(texts[i].text)),
		        "%zu", i);
		if (r)
			continue;
		ck_assert_str_eq(rate_table_base(t), "EUR");
		ck_assert_uint_eq(rate_table_count(t), texts[i].count);
		ck_assert_int_eq(rate_get(t, "EUR", "USD", NOW_MS, 0, &usd), RESULT_OK);
		ck_assert_int_eq(
		        ratio_parse(texts[i].usd, strlen(texts[i].usd), &expected), RESULT_OK);
		ck_assert_int_eq(ratio_cmp(&usd, &expected), 0);
		rate_table_free(t);
	}
}
END_TEST

/* A list is as old as its day, not as its fetch. */
START_TEST(age)
{
	static const char text[] = "Date, USD\n25 November 2025, 1.1573\n";
	struct rate_table *t;
	struct ratio r;

	ck_assert_int_eq(rate_ecb_parse(bytes_str(text), NOW_MS, &t, NULL), RESULT_OK);
	ck_assert_int_eq(rate_table_as_of_ms(t), AS_OF);
	ck_assert_int_eq(rate_get(t, "EUR", "USD", AS_OF + 1000, 1000, &r), RESULT_OK);
	ck_assert_int_eq(rate_get(t, "EUR", "USD", AS_OF + 1001, 1000, &r), RESULT_THEIRS_NO_RATE);
	rate_table_free(t);
	/* fetched before the hour */
	ck_assert_int_eq(rate_ecb_parse(bytes_str(text), AS_OF - 5000, &t, NULL), RESULT_OK);
	ck_assert_int_eq(rate_table_as_of_ms(t), AS_OF - 5000);
	rate_table_free(t);
}
END_TEST

/* Cut anywhere, a list is refused or another list, and never more. */
START_TEST(cut_anywhere)
{
	static const char xml[] = CUBES(DAY, USD);
	size_t good = 0;

	for (size_t n = 0; n < sizeof(xml); n++) {
		struct rate_table *t = NULL;

		if (rate_ecb_parse(bytes_of(xml, n), NOW_MS, &t, NULL) == RESULT_OK)
			good++;
		rate_table_free(t);
	}
	ck_assert_uint_eq(good, 1);
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_test(t, published);
	tcase_add_test(t, age);
	tcase_add_test(t, cut_anywhere);
}

TEST_MAIN("rate_ecb", fill)
