/* JSON as text: the same bytes that the tree's writer would give. */
#include "unit/harness.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "codec/json_text.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static void expect(struct json_text *t, const char *wanted)
{
	size_t n = 0;
	char *text = json_text_take(t, &n);

	ck_assert_ptr_nonnull(text);
	ck_assert_str_eq(text, wanted);
	ck_assert_uint_eq(n, strlen(wanted));
	free(text);
	ck_assert_ptr_null(t->p);
}

START_TEST(shapes)
{
	struct json_text t;

	json_text_init(&t);
	json_text_object(&t, NULL);
	json_text_end_object(&t);
	expect(&t, "{}");

	json_text_array(&t, NULL);
	json_text_end_array(&t);
	expect(&t, "[]");

	json_text_object(&t, NULL);
	json_text_string(&t, "a", "");
	json_text_int(&t, "b", INT64_MIN);
	json_text_bool(&t, "c", true);
	json_text_null(&t, "d");
	json_text_object(&t, "e");
	json_text_bool(&t, "f", false);
	json_text_end_object(&t);
	json_text_array(&t, "g");
	json_text_int(&t, NULL, 0);
	json_text_object(&t, NULL);
	json_text_end_object(&t);
	json_text_array(&t, NULL);
	json_text_end_array(&t);
	json_text_string(&t, NULL, "[");
	json_text_int(&t, NULL, -1);
	json_text_end_array(&t);
	json_text_raw(&t, "h", "{\"x\":[1]}");
	json_text_name(&t, "i\n:");
	json_text_string(&t, NULL, ":");
	json_text_name(&t, "");
	json_text_object(&t, NULL);
	json_text_name(&t, "j");
	json_text_int(&t, NULL, 7);
	json_text_end_object(&t);
	json_text_end_object(&t);
	expect(&t, "{\"a\":\"\",\"b\":-9223372036854775808,\"c\":true,\"d\":null,"
	           "\"e\":{\"f\":false},\"g\":[0,{},[],\"[\",-1],\"h\":{\"x\":[1]},\"i\\n:\":\":\","
	           "\"\":{\"j\":7}}");
}
END_TEST

/* Every single byte, and texts of several. */
START_TEST(strings_as_the_tree_writes_them)
{
	static const char *const texts[] = {"", "plain", "\"\\/\b\f\n\r\t\x01\x1f\x7f",
	        "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80", "\"", "ends in \\", "\n\n",
	        "a\"b\\c\x02"
	        "d"};
	char one[2] = {0};
	struct json_text t;

	json_text_init(&t);
	for (size_t i = 0; i < COUNT(texts) + 127; i++) {
		json_t *string;
		char *wanted;

		one[0] = (char)(i - COUNT(texts) + 1);
		string = json_string(i < COUNT(texts) ? texts[i] : one);
		wanted = json_dumps(string, JSON_COMPACT | JSON_ENCODE_ANY);
		json_text_string(&t, NULL, i < COUNT(texts) ? texts[i] : one);
		expect(&t, wanted);
		free(wanted);
		json_decref(string);
	}
}
END_TEST

START_TEST(long_texts_grow)
{
	static char large[100001];
	struct json_text t;
	size_t n;
	char *text;

	memset(large, 'x', sizeof(large) - 1);
	json_text_init(&t);
	json_text_array(&t, NULL);
	for (int i = 0; i < 5; i++)
		json_text_string(&t, NULL, large);
	json_text_end_array(&t);
	text = json_text_take(&t, &n);
	ck_assert_ptr_nonnull(text);
	ck_assert_uint_eq(n, 5 * (sizeof(large) + 1) + 4 + 2);
	ck_assert_uint_eq(strlen(text), n);
	free(text);
}
END_TEST

START_TEST(failure_is_sticky)
{
	static const char *const wrong[] = {"\x80", "\xc0\xaf", "\xed\xa0\x80", "a\xc3"};
	struct json_text t;
	size_t n;

	for (size_t i = 0; i < COUNT(wrong); i++) {
		json_text_init(&t);
		json_text_object(&t, NULL);
		json_text_string(&t, "a", wrong[i]);
		json_text_string(&t, "b", "good");
		json_text_end_object(&t);
		ck_assert_ptr_null(json_text_take(&t, &n));
		ck_assert_uint_eq(n, 0);
	}
	json_text_init(&t);
	json_text_string(&t, NULL, "not taken");
	json_text_clear(&t);
	ck_assert_ptr_null(json_text_take(&t, &n));
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_test(t, shapes);
	tcase_add_test(t, strings_as_the_tree_writes_them);
	tcase_add_test(t, long_texts_grow);
	tcase_add_test(t, failure_is_sticky);
}

TEST_MAIN("json_text", fill)
