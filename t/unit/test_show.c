#include "cli/show.h"

#include <string.h>

#include "unit/harness.h"

static const struct {
	const char *json;
	enum show_kind kind;
	const char *cell;
} cells[] = {
        {"{\"m\":\"text\"}", SHOW_TEXT, "text"},
        {"{\"m\":\"a\\u001b[2Jb\\nc\"}", SHOW_TEXT, "a [2Jb c"},
        {"{\"m\":null}", SHOW_TEXT, "-"},
        {"{}", SHOW_TEXT, "-"},
        {"{\"m\":17}", SHOW_NUMBER, "17"},
        {"{\"m\":0}", SHOW_NUMBER, "0"},
        {"{\"m\":true}", SHOW_FLAG, "yes"},
        {"{\"m\":false}", SHOW_FLAG, "no"},
        {"{\"m\":[\"a\",\"b\"]}", SHOW_WORDS, "a b"},
        {"{\"m\":[]}", SHOW_WORDS, "-"},
        {"{\"m\":{\"a\":1,\"b\":\"x\"}}", SHOW_PAIRS, "a=1 b=x"},
        {"{\"m\":{\"a\":{\"b\":\"x\",\"n\":[1]},\"c\":true,\"d\":null}}", SHOW_PAIRS,
                "a={\"b\":\"x\",\"n\":[1]} c=true d=null"},
        {"{\"m\":{\"value\":\"1000\",\"assetCode\":\"USD\",\"assetScale\":2}}", SHOW_AMOUNT,
                "10.00 USD"},
        {"{\"m\":{\"value\":\"-5\",\"assetCode\":\"USD\",\"assetScale\":2}}", SHOW_AMOUNT,
                "-0.05 USD"},
        {"{\"m\":{\"value\":\"7\",\"assetCode\":\"JPY\",\"assetScale\":0}}", SHOW_AMOUNT, "7 JPY"},
        {"{\"m\":{\"value\":\"x\",\"assetCode\":\"JPY\",\"assetScale\":0}}", SHOW_AMOUNT, "?"},
        {"{\"m\":{\"value\":\"1\",\"assetCode\":\"JPY\",\"assetScale\":99}}", SHOW_AMOUNT, "?"},
        {"{\"m\":null}", SHOW_AMOUNT, "-"},
};

START_TEST(test_cell)
{
	struct show_column column = {"M", "m", cells[_i].kind};
	json_t *object = json_loads(cells[_i].json, 0, NULL);
	char out[SHOW_CELL_BYTES];

	ck_assert_ptr_nonnull(object);
	show_cell(object, &column, out);
	ck_assert_str_eq(out, cells[_i].cell);
	json_decref(object);
}
END_TEST

/* A payment's error: its sentence, which ends with the last Reject, and its code. */
START_TEST(test_member_of_member)
{
	static const char payment[] =
	        "{\"error\":{\"code\":\"IdleTimeout\",\"description\":\"no packet got through; the "
	        "last "
	        "Reject was T04 from test.b: no\",\"reject\":{\"code\":\"T04\"}},\"none\":null}";
	struct show_column description = {"ERROR", "error.description", SHOW_TEXT},
	                   code = {"ERROR", "error.code", SHOW_TEXT},
	                   none = {"ERROR", "none.code", SHOW_TEXT};
	json_t *object = json_loads(payment, 0, NULL);
	char out[SHOW_CELL_BYTES];

	ck_assert_ptr_nonnull(object);
	show_cell(object, &description, out);
	ck_assert_str_eq(out, "no packet got through; the last Reject was T04 from test.b: no");
	show_cell(object, &code, out);
	ck_assert_str_eq(out, "IdleTimeout");
	show_cell(object, &none, out);
	ck_assert_str_eq(out, "-");
	json_decref(object);
}
END_TEST

static void fill(TCase *tc)
{
	tcase_add_test(tc, test_member_of_member);
	tcase_add_loop_test(tc, test_cell, 0, sizeof cells / sizeof cells[0]);
}

TEST_MAIN("show", fill)
