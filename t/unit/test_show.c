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

static void fill(TCase *tc)
{
	tcase_add_loop_test(tc, test_cell, 0, sizeof cells / sizeof cells[0]);
}

TEST_MAIN("show", fill)
