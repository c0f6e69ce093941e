#include "unit/harness.h"

#include <string.h>

#include "codec/csv.h"

static const struct {
	const char *text, *cell;
} cells[] = {
        {"", "\"\""},
        {"tea", "\"tea\""},
        {"tea, cake", "\"tea, cake\""},
        {"a \"b\"", "\"a \"\"b\"\"\""},
        {"=1+1", "\"'=1+1\""},
        {"+1", "\"'+1\""},
        {"-1", "\"'-1\""},
        {"@SUM(A1)", "\"'@SUM(A1)\""},
        {"  =1", "\"'  =1\""},
        {"\t=1", "\"'\t=1\""},
        {"|cmd", "\"'|cmd\""},
        {"%x", "\"'%x\""},
        {"1=1", "\"1=1\""},
        {"\"=1", "\"\"\"=1\""},
        {"\xc3\xa9", "\"\xc3\xa9\""},
};

START_TEST(a_cell)
{
	char text[64];
	struct buf b;

	buf_init(&b, text, sizeof(text) - 1);
	csv_cell(cells[_i].text, true, &b);
	ck_assert(!b.failed);
	text[b.len] = '\0';
	ck_assert_str_eq(text, cells[_i].cell);
}
END_TEST

START_TEST(a_line)
{
	char text[64];
	struct buf b;

	buf_init(&b, text, sizeof(text) - 1);
	csv_cell("a", true, &b);
	csv_cell("", false, &b);
	csv_cell("b", false, &b);
	csv_end(&b);
	text[b.len] = '\0';
	ck_assert_str_eq(text, "\"a\",\"\",\"b\"\r\n");
	/* what does not fit is seen */
	buf_init(&b, text, 3);
	csv_cell("abc", true, &b);
	ck_assert(b.failed);
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_loop_test(t, a_cell, 0, sizeof(cells) / sizeof(cells[0]));
	tcase_add_test(t, a_line);
}

TEST_MAIN("csv", fill)
