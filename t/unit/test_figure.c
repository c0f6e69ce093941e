/* Amounts and moments of a language, and amounts as they are typed. */
#include "unit/harness.h"

#include <inttypes.h>
#include <string.h>

#include "base/figure.h"

#define NARROW "\xe2\x80\xaf"
#define THIN   "\xe2\x80\x89"
#define FIXED  "\xc2\xa0"

static const struct language *language(const char *tag)
{
	return language_tagged(tag, strlen(tag));
}

/* ---- reading ---- */

#define EITHER UINT64_MAX       /* it might be read in two ways */
#define NONE   (UINT64_MAX - 1) /* no amount */

static const struct {
	const char *text;
	unsigned scale;
	uint64_t en, es;
} typed[] = {
        {"10", 2, 1000, 1000},
        {"10.5", 2, 1050, 1050},
        {"10,5", 2, 1050, 1050},
        {"10.50", 2, 1050, 1050},
        {"10,50", 2, 1050, 1050},
        {" 10,50 ", 2, 1050, 1050},
        {"0,5", 2, 50, 50},
        {"0", 2, 0, 0},
        {"0.00", 2, 0, 0},
        /* three digits behind one sign */
        {"1,000", 2, EITHER, NONE},
        {"1.000", 2, NONE, EITHER},
        {"1,000", 0, EITHER, NONE},
        {"1.000", 0, NONE, EITHER},
        {"1,000", 3, EITHER, 1000},
        {"1.000", 3, 1000, EITHER},
        {"1,000", 9, EITHER, 1000000000},
        {"1.000", 9, 1000000000, EITHER},
        {"12,345", 3, EITHER, 12345},
        {"123,456", 3, EITHER, 123456},
        {"123.456", 3, 123456, EITHER},
        {"1234,567", 3, 1234567, 1234567},
        {"1234.567", 3, 1234567, 1234567},
        {"0,123", 3, 123, 123},
        {"0.123", 3, 123, 123},
        {"1,0000", 4, 10000, 10000},
        /* both signs */
        {"1,234.50", 2, 123450, 123450},
        {"1.234,50", 2, 123450, 123450},
        {"1,234,567.5", 2, 123456750, 123456750},
        {"1.234.567,5", 2, 123456750, 123456750},
        {"1,234.567", 3, 1234567, 1234567},
        {"12,34.50", 2, NONE, NONE},
        {"1234,567.50", 2, NONE, NONE},
        {"1.234.50", 2, NONE, NONE},
        {"1,234.50,1", 2, NONE, NONE},
        {"1.2,3.4", 2, NONE, NONE},
        {"0,123,456", 2, NONE, NONE},
        /* several of one sign are groups */
        {"1,234,567", 2, 123456700, 123456700},
        {"1.234.567", 2, 123456700, 123456700},
        {"1,234,56", 2, NONE, NONE},
        {"1,,234", 2, NONE, NONE},
        {",123,456", 2, NONE, NONE},
        {"123,456,", 2, NONE, NONE},
        /* spaces */
        {"1 234", 2, 123400, 123400},
        {"1 234,50", 2, 123450, 123450},
        {"1 234.50", 2, 123450, 123450},
        {"1 234 567.5", 2, 123456750, 123456750},
        {"1" NARROW "234,50", 2, 123450, 123450},
        {"12" FIXED "345", 2, 1234500, 1234500},
        {"12" THIN "345", 2, 1234500, 1234500},
        {"1 234,567", 3, 1234567, 1234567},
        {"1 234.567", 3, 1234567, 1234567},
        {"1 234,567.00", 2, NONE, NONE},
        {"1,5 0", 2, NONE, NONE},
        {"1  234", 2, NONE, NONE},
        {"12 34", 2, NONE, NONE},
        /* no amounts */
        {"", 2, NONE, NONE},
        {" ", 2, NONE, NONE},
        {".", 2, NONE, NONE},
        {",", 2, NONE, NONE},
        {".5", 2, NONE, NONE},
        {",5", 2, NONE, NONE},
        {"5.", 2, NONE, NONE},
        {"5,", 2, NONE, NONE},
        {"-5", 2, NONE, NONE},
        {"+5", 2, NONE, NONE},
        {"1e3", 2, NONE, NONE},
        {"5 USD", 2, NONE, NONE},
        {"$5", 2, NONE, NONE},
        {"1'000", 2, NONE, NONE},
        {"10.555", 1, NONE, EITHER},
        {"10.5555", 2, NONE, NONE},
        {"\xe2\x80", 2, NONE, NONE},
        {"\xd9\xa1\xd9\xa2", 2, NONE, NONE},
        /* the ends */
        {"92233720368547758.07", 2, AMOUNT_MAX, AMOUNT_MAX},
        {"92233720368547758.08", 2, NONE, NONE},
        {"99,999,999,999,999,999,999", 0, NONE, NONE},
        {"111111111111111111111111111111111111111111111111111111111111111", 0, NONE, NONE},
        {"1111111111111111111111111111111111111111111111111111111111111111", 0, NONE, NONE},
};

static uint64_t parsed(const char *tag, const char *text, unsigned scale)
{
	uint64_t value;

	enum result r = figure_parse(language(tag), text, scale, &value);

	ck_assert_msg(!r || r == RESULT_THEIRS_NONCANONICAL || r == RESULT_THEIRS_BAD_AMOUNT,
	        "\"%s\": %s", text, result_name(r));
	if (r == RESULT_THEIRS_NONCANONICAL)
		return EITHER;
	return r ? NONE : value;
}

START_TEST(reading)
{
	uint64_t en = parsed("en", typed[_i].text, typed[_i].scale);
	uint64_t es = parsed("es", typed[_i].text, typed[_i].scale);

	ck_assert_msg(en == typed[_i].en, "\"%s\" in English: %" PRIu64, typed[_i].text, en);
	ck_assert_msg(es == typed[_i].es, "\"%s\" in Spanish: %" PRIu64, typed[_i].text, es);
}
END_TEST

/* ---- writing ---- */

START_TEST(amounts)
{
	static const uint64_t values[] = {0, 1, 105, 1000, 1234, 123456, 1000000, AMOUNT_MAX};
	static const char *const tags[] = {"en", "es"};
	char out[AMOUNT_TEXT_SIZE];
	uint64_t back;

	figure_amount(language("en"), 123456, 2, out);
	ck_assert_str_eq(out, "1234.56");
	figure_amount(language("es"), 123456, 2, out);
	ck_assert_str_eq(out, "1234,56");
	figure_amount(language("es"), 7, 0, out);
	ck_assert_str_eq(out, "7");
	/* What a field shows is read as what it was, whatever the scale. */
	for (size_t l = 0; l < 2; l++)
		for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
			for (unsigned scale = 0; scale <= ASSET_SCALE_MAX; scale++) {
				figure_amount(language(tags[l]), values[i], scale, out);
				ck_assert_int_eq(figure_parse(language(tags[l]), out, scale, &back),
				        RESULT_OK);
				ck_assert_uint_eq(back, values[i]);
			}
}
END_TEST

START_TEST(decimals)
{
	static const struct {
		const char *text, *want;
	} texts[] = {{"0.9054", "0,9054"}, {"1.000", "1,000"}, {"10", "10"}, {"1,000", "1,000"},
	        {"1.2.3", "1.2.3"}, {".5", ".5"}, {"1.x", "1.x"}, {"", ""}, {"a.1", "a.1"}};
	char text[16];

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		snprintf(text, sizeof(text), "%s", texts[i].text);
		figure_decimal(language("es"), text);
		ck_assert_str_eq(text, texts[i].want);
		snprintf(text, sizeof(text), "%s", texts[i].text);
		figure_decimal(language("en"), text);
		ck_assert_str_eq(text, texts[i].text);
	}
}
END_TEST

START_TEST(moments)
{
	char out[FIGURE_TIME_SIZE];

	figure_time(language("en"), INT64_C(1795774985123), 0, out);
	ck_assert_str_eq(out, "27 November 2026, 10:23 UTC");
	figure_time(language("en"), 0, 0, out);
	ck_assert_str_eq(out, "1 January 1970, 00:00 UTC");
	figure_day(language("en"), 0, 0, out);
	ck_assert_str_eq(out, "1 January 1970");
	figure_time(language("es"), INT64_C(1795774985123), 0, out);
	ck_assert_str_eq(out, "27 de noviembre de 2026, 10:23 UTC");
	figure_time(language("es"), INT64_C(1795774985123), 50400, out);
	ck_assert_str_eq(out, "28 de noviembre de 2026, 00:23 UTC+14");
	figure_time(language("en"), INT64_C(1795774985123), -12600, out);
	ck_assert_str_eq(out, "27 November 2026, 06:53 UTC-3:30");
	figure_day(language("en"), INT64_C(1795774985123), 50400, out);
	ck_assert_str_eq(out, "28 November 2026");
	figure_day(language("es"), INT64_C(1795774985123), 0, out);
	ck_assert_str_eq(out, "27 de noviembre de 2026");
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_loop_test(t, reading, 0, sizeof(typed) / sizeof(typed[0]));
	tcase_add_test(t, amounts);
	tcase_add_test(t, decimals);
	tcase_add_test(t, moments);
}

TEST_MAIN("figure", fill)
