#include "unit/harness.h"

#include <jansson.h>
#include <string.h>

#include "codec/json_scan.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const struct json_scan_limits small = {.bytes = 200, .depth = 3, .tokens = 8};

static const struct {
	const char *text;
	enum result result;
	size_t at;
} cases[] = {
        {"{}", RESULT_OK, 2},
        {" [ ] ", RESULT_OK, 5},
        {"{\"a\":1}", RESULT_OK, 7},
        {"{ \"a\" : [ 1 , { } , \"x\" ] }\n", RESULT_OK, 28},
        {"\"x\"", RESULT_OK, 3},
        {"true", RESULT_OK, 4},
        {"null", RESULT_OK, 4},
        {"-0.5e+10", RESULT_OK, 8},
        {"0", RESULT_OK, 1},
        {"\"\\u00e4\\ud83d\\ude00\\\"\\\\\\/\\b\\f\\n\\r\\t\"", RESULT_OK, 36},
        {"\"\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\"", RESULT_OK, 11},
        {"[[[]]]", RESULT_OK, 6},
        {"[1,2,3,4,5,6,7]", RESULT_OK, 15},
        /* ends too early */
        {"", RESULT_THEIRS_TRUNCATED, 0},
        {"  ", RESULT_THEIRS_TRUNCATED, 2},
        {"{", RESULT_THEIRS_TRUNCATED, 1},
        {"{\"a\"", RESULT_THEIRS_TRUNCATED, 4},
        {"{\"a\":", RESULT_THEIRS_TRUNCATED, 5},
        {"{\"a\":1", RESULT_THEIRS_TRUNCATED, 6},
        {"[1,", RESULT_THEIRS_TRUNCATED, 3},
        {"\"a", RESULT_THEIRS_TRUNCATED, 2},
        {"\"\\", RESULT_THEIRS_TRUNCATED, 2},
        {"\"\\u12", RESULT_THEIRS_TRUNCATED, 5},
        {"tru", RESULT_THEIRS_TRUNCATED, 3},
        {"-", RESULT_THEIRS_TRUNCATED, 1},
        {"1.", RESULT_THEIRS_TRUNCATED, 2},
        {"1e", RESULT_THEIRS_TRUNCATED, 2},
        {"\"\xc3", RESULT_THEIRS_TRUNCATED, 2},
        /* is something else */
        {"{,}", RESULT_THEIRS_MALFORMED, 1},
        {"[,]", RESULT_THEIRS_MALFORMED, 1},
        {"[1,]", RESULT_THEIRS_MALFORMED, 3},
        {"{\"a\":1,}", RESULT_THEIRS_MALFORMED, 7},
        {"{a:1}", RESULT_THEIRS_MALFORMED, 1},
        {"{\"a\" 1}", RESULT_THEIRS_MALFORMED, 5},
        {"{\"a\"}", RESULT_THEIRS_MALFORMED, 4},
        {"[1 2]", RESULT_THEIRS_MALFORMED, 3},
        {"[1}", RESULT_THEIRS_MALFORMED, 2},
        {"{\"a\":1]", RESULT_THEIRS_MALFORMED, 6},
        {"]", RESULT_THEIRS_MALFORMED, 0},
        {"{} {}", RESULT_THEIRS_MALFORMED, 3},
        {"1 2", RESULT_THEIRS_MALFORMED, 2},
        {"01", RESULT_THEIRS_MALFORMED, 1},
        {"+1", RESULT_THEIRS_MALFORMED, 0},
        {".5", RESULT_THEIRS_MALFORMED, 0},
        {"1.x", RESULT_THEIRS_MALFORMED, 2},
        {"NaN", RESULT_THEIRS_MALFORMED, 0},
        {"True", RESULT_THEIRS_MALFORMED, 0},
        {"'a'", RESULT_THEIRS_MALFORMED, 0},
        {"\"\n\"", RESULT_THEIRS_MALFORMED, 1},
        {"\"\\x\"", RESULT_THEIRS_MALFORMED, 2},
        {"\"\\u000g\"", RESULT_THEIRS_MALFORMED, 6},
        {"\"\\u0000\"", RESULT_THEIRS_MALFORMED, 7},
        {"\"\\ud800\"", RESULT_THEIRS_MALFORMED, 7},
        {"\"\\udc00\"", RESULT_THEIRS_MALFORMED, 7},
        {"\"\\ud800\\u0041\"", RESULT_THEIRS_MALFORMED, 13},
        {"\"\x80\"", RESULT_THEIRS_MALFORMED, 2},
        {"\"\xc0\xaf\"", RESULT_THEIRS_MALFORMED, 2},
        {"\"\xe0\x80\x80\"", RESULT_THEIRS_MALFORMED, 2},
        {"\"\xed\xa0\x80\"", RESULT_THEIRS_MALFORMED, 2},
        {"\"\xf4\x90\x80\x80\"", RESULT_THEIRS_MALFORMED, 2},
        {"\"\xf5\"", RESULT_THEIRS_MALFORMED, 2},
        {"\xef\xbb\xbf{}", RESULT_THEIRS_MALFORMED, 0},
        {"/**/{}", RESULT_THEIRS_MALFORMED, 0},
        /* is too much */
        {"[[[[", RESULT_THEIRS_TOO_BIG, 3},
        {"{\"a\":{\"b\":{\"c\":{", RESULT_THEIRS_TOO_BIG, 15},
        {"[1,2,3,4,5,6,7,8]", RESULT_THEIRS_TOO_BIG, 15},
        {"{\"a\":1,\"b\":2,\"c\":3,\"d\":4}", RESULT_THEIRS_TOO_BIG, 23},
};

START_TEST(table)
{
	for (size_t i = 0; i < COUNT(cases); i++) {
		size_t at = 999;
		enum result r = json_scan(bytes_str(cases[i].text), &small, &at);

		ck_assert_msg(
		        r == cases[i].result, "case %zu: %s: %s", i, cases[i].text, result_name(r));
		ck_assert_msg(at == cases[i].at, "case %zu: %s: at %zu", i, cases[i].text, at);
	}
}
END_TEST

START_TEST(nul_and_size)
{
	char large[201];
	size_t at;

	memset(large, ' ', sizeof(large));
	large[0] = '1';
	ck_assert_int_eq(json_scan(bytes_of(large, 200), &small, &at), RESULT_OK);
	ck_assert_int_eq(json_scan(bytes_of(large, 201), &small, &at), RESULT_THEIRS_TOO_BIG);
	ck_assert_int_eq(json_scan(bytes_of("1\0", 2), &small, &at), RESULT_THEIRS_MALFORMED);
	ck_assert_int_eq(json_scan(bytes_of("\"\0\"", 3), &small, &at), RESULT_THEIRS_MALFORMED);
	ck_assert_int_eq(json_scan(bytes_of("\"\\\0\"", 4), &small, &at), RESULT_THEIRS_MALFORMED);
}
END_TEST

/* What the scan lets through the parser takes, and what it refuses as malformed the parser refuses:
 * over every change of one byte of a text that has everything in it. */
START_TEST(agrees_with_the_parser)
{
	static const char text[] =
	        "{\"a\":[1,-2.5e3,true,false,null],\"\\u00e4\\n\":{\"x\":\"\xc3\xa4\"},\"c\":\"\"}";
	char changed[sizeof(text)];
	unsigned accepted = 0, refused = 0;

	for (size_t i = 0; i + 1 < sizeof(text); i++) {
		for (unsigned c = 0; c < 256; c++) {
			json_t *parsed;
			enum result r;
			size_t at;

			memcpy(changed, text, sizeof(text));
			changed[i] = (char)c;
			r = json_scan(bytes_of(changed, sizeof(text) - 1), &json_scan_default, &at);
			parsed = json_loadb(
			        changed, sizeof(text) - 1, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
			if (!r)
				ck_assert_msg(parsed != NULL, "%s", changed);
			else if (parsed) /* only a NUL is refused here and not there */
				ck_assert_msg(strstr(changed, "\\u0000") != NULL, "%s", changed);
			accepted += r == RESULT_OK;
			refused += r != RESULT_OK;
			json_decref(parsed);
		}
	}
	ck_assert_uint_gt(accepted, 500);
	ck_assert_uint_gt(refused, 1000);
}
END_TEST

START_TEST(deep_without_recursion)
{
	static char deep[60000];
	struct json_scan_limits limits = {.bytes = sizeof(deep), .depth = 64, .tokens = 100000};
	size_t at;

	memset(deep, '[', sizeof(deep));
	ck_assert_int_eq(
	        json_scan(bytes_of(deep, sizeof(deep)), &limits, &at), RESULT_THEIRS_TOO_BIG);
	ck_assert_uint_eq(at, 64);
	limits.depth = 1000; /* above what the scan can hold */
	ck_assert_int_eq(
	        json_scan(bytes_of(deep, sizeof(deep)), &limits, &at), RESULT_THEIRS_TOO_BIG);
	ck_assert_uint_eq(at, JSON_SCAN_DEPTH_MAX);
	memset(deep + 64, ']', 64);
	limits.depth = 64;
	ck_assert_int_eq(json_scan(bytes_of(deep, 128), &limits, &at), RESULT_OK);
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_test(t, table);
	tcase_add_test(t, nul_and_size);
	tcase_add_test(t, agrees_with_the_parser);
	tcase_add_test(t, deep_without_recursion);
}

TEST_MAIN("json_scan", fill)
