#include "unit/harness.h"

#include <string.h>

#include "codec/sfv.h"

/* ---- grammar: what is a dictionary, and what is not ---- */

START_TEST(dictionaries)
{
	static const struct {
		const char *text;
		int members; /* -1: refused */
	} rows[] = {
	        {"", 0},
	        {"   ", 0},
	        {"a=1", 1},
	        {" a=1 ", 1},
	        {"a=1,b=2", 2},
	        {"a=1 ,\t b=2", 2},
	        {"a=1, b, c;x;y=2, d=?0", 4},
	        {"a, a=2", 2},
	        {"*a-b_c.1=2", 1},
	        {"a=()", 1},
	        {"a=( )", 1},
	        {"a=(\"x\"   tok 1 1.5 :AA==: ?1 @1 %\"%c3%bc\")", 1},
	        {"a=(\"x\";q=1 \"y\");p=2;r", 1},
	        {"a=-15", 1},
	        {"a=999999999999999", 1},
	        {"a=-999999999999.999", 1},
	        {"a=\"\\\"\\\\\"", 1},
	        {"a=*tok/en:x", 1},
	        {"a=::", 1},
	        {"a=1;  x=2", 1},

	        {",", -1},
	        {"a=1,", -1},
	        {"a=1, ", -1},
	        {"a=1,,b=2", -1},
	        {"a=1 b=2", -1},
	        {"A=1", -1},
	        {"1a=1", -1},
	        {"a =1", -1},
	        {"a= 1", -1},
	        {"\ta=1", -1},
	        {"a=", -1},
	        {"a=;x", -1},
	        {"a=1;", -1},
	        {"a=1;X=2", -1},
	        {"a=1;x=", -1},
	        {"a=1 ;x=2", -1},
	        {"a=(", -1},
	        {"a=(1", -1},
	        {"a=(1,2)", -1},
	        {"a=(1\t2)", -1},
	        {"a=(\"x\"\"y\")", -1},
	        {"a=(1)(2)", -1},
	        {"a=(())", -1},
	        {"a=)", -1},
	        {"a=--1", -1},
	        {"a=-", -1},
	        {"a=1000000000000000", -1},
	        {"a=1000000000000.1", -1},
	        {"a=1.", -1},
	        {"a=1.1234", -1},
	        {"a=.5", -1},
	        {"a=+1", -1},
	        {"a=\"x", -1},
	        {"a=\"\\x\"", -1},
	        {"a=\"\\", -1},
	        {"a=\"\x7f\"", -1},
	        {"a=\"\xc3\xbc\"", -1},
	        {"a=\"\n\"", -1},
	        {"a=:AA==", -1},
	        {"a=:A-_=:", -1},
	        {"a=:A A=:", -1},
	        {"a=?2", -1},
	        {"a=?", -1},
	        {"a=?true", -1},
	        {"a=@1.5", -1},
	        {"a=@", -1},
	        {"a=%\"%C3\"", -1},
	        {"a=%\"%c\"", -1},
	        {"a=%x", -1},
	        {"a=1\n", -1},
	        {"a=(@method)", -1},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct sfv_member m;
		struct sfv s;
		int n = 0;

		sfv_init(&s, bytes_str(rows[i].text));
		while (sfv_member_next(&s, &m))
			n++;
		ck_assert_msg((s.failed ? -1 : n) == rows[i].members, "%s: %d members, failed %d",
		        rows[i].text, n, (int)s.failed);
	}
}
END_TEST

/* A NUL ends no field. */
START_TEST(nul)
{
	struct sfv_member m;
	struct sfv s;

	sfv_init(&s, bytes_of("a=1\0", 4));
	ck_assert(sfv_member_next(&s, &m));
	ck_assert(!sfv_member_next(&s, &m));
	ck_assert_int_eq(s.failed, RESULT_THEIRS_MALFORMED);
}
END_TEST

START_TEST(values)
{
	static const struct {
		const char *text;
		enum sfv_type type;
		int64_t number;
		const char *content;
	} rows[] = {
	        {"k=0", SFV_INTEGER, 0, ""},
	        {"k=-42", SFV_INTEGER, -42, ""},
	        {"k=007", SFV_INTEGER, 7, ""},
	        {"k=1.5", SFV_DECIMAL, 1500, ""},
	        {"k=-0.001", SFV_DECIMAL, -1, ""},
	        {"k=@1767225600", SFV_DATE, 1767225600, ""},
	        {"k=?0", SFV_BOOLEAN, 0, ""},
	        {"k=?1", SFV_BOOLEAN, 1, ""},
	        {"k", SFV_BOOLEAN, 1, ""},
	        {"k;x=1", SFV_BOOLEAN, 1, ""},
	        {"k=tok/1", SFV_TOKEN, 0, "tok/1"},
	        {"k=\"a\\\"b\"", SFV_STRING, 0, "a\\\"b"},
	        {"k=:QUJD:", SFV_BYTES, 0, "QUJD"},
	        {"k=%\"f%c3%bc\"", SFV_DISPLAY, 0, "f%c3%bc"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct sfv_member m;
		struct sfv s;

		sfv_init(&s, bytes_str(rows[i].text));
		ck_assert(sfv_member_next(&s, &m));
		ck_assert(!sfv_member_next(&s, &m));
		ck_assert_int_eq(s.failed, RESULT_OK);
		ck_assert_msg(m.item.type == rows[i].type, "%s", rows[i].text);
		ck_assert_msg(m.item.number == rows[i].number, "%s", rows[i].text);
		ck_assert_msg(bytes_eq_str(m.item.text, rows[i].content), "%s", rows[i].text);
	}
}
END_TEST

START_TEST(parts)
{
	static const char text[] = "a=(\"x\" \"y\";k);p=1;q=\"z\" , b=2;r";
	struct sfv_parameter p;
	struct sfv_member m;
	struct sfv_item item;
	struct sfv s, t;

	sfv_init(&s, bytes_str(text));
	ck_assert(sfv_member_next(&s, &m));
	ck_assert(bytes_eq_str(m.key, "a") && m.inner_list);
	ck_assert(bytes_eq_str(m.raw, "(\"x\" \"y\";k);p=1;q=\"z\""));
	ck_assert(bytes_eq_str(m.inner, "\"x\" \"y\";k"));
	ck_assert(bytes_eq_str(m.item.parameters, ";p=1;q=\"z\""));
	sfv_init_inner(&t, &m);
	ck_assert(sfv_item_next(&t, &item) && bytes_eq_str(item.text, "x"));
	ck_assert(sfv_item_next(&t, &item) && bytes_eq_str(item.text, "y"));
	ck_assert(bytes_eq_str(item.parameters, ";k"));
	ck_assert(!sfv_item_next(&t, &item) && !t.failed);
	sfv_init(&t, m.item.parameters);
	ck_assert(sfv_parameter_next(&t, &p) && bytes_eq_str(p.key, "p") && p.item.number == 1);
	ck_assert(sfv_parameter_next(&t, &p) && bytes_eq_str(p.item.text, "z"));
	ck_assert(!sfv_parameter_next(&t, &p) && !t.failed);
	ck_assert(sfv_member_next(&s, &m));
	ck_assert(bytes_eq_str(m.raw, "2;r") && !m.inner_list);
	ck_assert(!sfv_member_next(&s, &m) && !s.failed);
}
END_TEST

START_TEST(bare_names)
{
	static const struct {
		const char *text;
		const char *names; /* NULL: refused */
	} rows[] = {
	        {"a=(@method @target-uri content-type)", "@method @target-uri content-type "},
	        {"a=(\"@method\" date)", "@method date "},
	        {"a=(@METHOD)", NULL},
	        {"a=(Date)", "Date "}, /* a token, which is no name */
	        {"a=(@method,date)", NULL},
	        {"a=@method", NULL},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char names[64] = "";
		struct sfv_member m;
		struct sfv_item item;
		struct sfv s, t;

		sfv_init(&s, bytes_str(rows[i].text));
		s.bare_names = true;
		ck_assert_msg(
		        sfv_member_next(&s, &m) == (rows[i].names != NULL), "%s", rows[i].text);
		if (!rows[i].names)
			continue;
		sfv_init_inner(&t, &m);
		t.bare_names = true;
		while (sfv_item_next(&t, &item)) {
			size_t n = strlen(names);

			snprintf(names + n, sizeof(names) - n, "%.*s ", (int)item.text.n,
			        (const char *)item.text.p);
		}
		ck_assert(!t.failed);
		ck_assert_str_eq(names, rows[i].names);
	}
}
END_TEST

START_TEST(conversions)
{
	struct sfv_item string = {.type = SFV_STRING, .text = bytes_str("a\\\\\\\"b")};
	struct sfv_item data = {.type = SFV_BYTES, .text = bytes_str("QUJD")};
	uint8_t out[8];
	char text[8];

	ck_assert_int_eq(sfv_string(&string, text, sizeof(text)), RESULT_OK);
	ck_assert_str_eq(text, "a\\\"b");
	ck_assert_int_eq(sfv_string(&string, text, 5), RESULT_OK);
	ck_assert_int_eq(sfv_string(&string, text, 4), RESULT_THEIRS_TOO_BIG);
	ck_assert_int_eq(sfv_string(&data, text, sizeof(text)), RESULT_THEIRS_BAD_TYPE);
	ck_assert_int_eq(sfv_bytes(&data, out, 3), RESULT_OK);
	ck_assert_mem_eq(out, "ABC", 3);
	ck_assert_int_eq(sfv_bytes(&data, out, 2), RESULT_THEIRS_MALFORMED);
	ck_assert_int_eq(sfv_bytes(&data, out, 4), RESULT_THEIRS_MALFORMED);
	ck_assert_int_eq(sfv_bytes(&string, out, 3), RESULT_THEIRS_BAD_TYPE);
	data.text = bytes_str("QUI");
	ck_assert_int_eq(sfv_bytes(&data, out, 2), RESULT_OK);
	data.text = bytes_str("QUI=");
	ck_assert_int_eq(sfv_bytes(&data, out, 2), RESULT_OK);
	data.text = bytes_str("QUJ=");
	ck_assert_int_eq(sfv_bytes(&data, out, 2), RESULT_THEIRS_NONCANONICAL);
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_test(t, dictionaries);
	tcase_add_test(t, nul);
	tcase_add_test(t, values);
	tcase_add_test(t, parts);
	tcase_add_test(t, bare_names);
	tcase_add_test(t, conversions);
}

TEST_MAIN("sfv", fill)
