#include "unit/harness.h"

#include <string.h>

#include "codec/json_spec.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

struct in {
	const char *name;
	const char *text;
	uint64_t scale;
	uint64_t amount;
	bool flag;
	json_t *object;
	json_t *array;
	json_t *any;
};

static enum result read(const char *text, int flags, struct in *in, struct json_fault *fault)
{
	const struct json_member members[] = {
	        {"name", JSON_TO_STRING, .target = &in->name, .required = true, .min = 1, .max = 8},
	        {"text", JSON_TO_TEXT, .target = &in->text},
	        {"scale", JSON_TO_UINT, .target = &in->scale, .min = 1, .max = 18},
	        {"amount", JSON_TO_AMOUNT, .target = &in->amount},
	        {"flag", JSON_TO_BOOL, .target = &in->flag},
	        {"object", JSON_TO_OBJECT, .target = &in->object},
	        {"array", JSON_TO_ARRAY, .target = &in->array, .max = 2},
	        {"any", JSON_TO_ANY, .target = &in->any},
	};
	json_t *value = json_loads(text, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
	enum result r;

	ck_assert_ptr_nonnull(value);
	memset(fault, 0, sizeof(*fault));
	r = json_spec_read(value, members, COUNT(members), flags, fault);
	json_decref(value);
	return r;
}

static const struct {
	const char *json;
	int flags;
	enum result result;
	const char *member;
} cases[] = {
        {"{\"name\":\"a\"}", JSON_SPEC_STRICT, RESULT_OK, ""},
        {"{\"name\":\"a\",\"other\":1}", 0, RESULT_OK, ""},
        {"{\"name\":\"a\",\"other\":1}", JSON_SPEC_STRICT, RESULT_THEIRS_MALFORMED, "other"},
        {"[]", 0, RESULT_THEIRS_MALFORMED, ""},
        {"1", 0, RESULT_THEIRS_MALFORMED, ""},
        {"{}", 0, RESULT_THEIRS_MALFORMED, "name"},
        {"{\"name\":null}", 0, RESULT_THEIRS_MALFORMED, "name"},
        {"{\"name\":1}", 0, RESULT_THEIRS_MALFORMED, "name"},
        {"{\"name\":\"\"}", 0, RESULT_THEIRS_MALFORMED, "name"},
        {"{\"name\":\"123456789\"}", 0, RESULT_THEIRS_TOO_BIG, "name"},
        {"{\"name\":\"a\\nb\"}", 0, RESULT_THEIRS_MALFORMED, "name"},
        {"{\"name\":\"a\\u0000b\"}", 0, RESULT_THEIRS_MALFORMED, "name"},
        {"{\"name\":\"a\\u007f\"}", 0, RESULT_THEIRS_MALFORMED, "name"},
        {"{\"name\":\"a\",\"text\":\"a\\n\\tb\"}", 0, RESULT_OK, ""},
        {"{\"name\":\"a\",\"text\":\"a\\u0001b\"}", 0, RESULT_THEIRS_MALFORMED, "text"},
        {"{\"name\":\"a\",\"scale\":1}", 0, RESULT_OK, ""},
        {"{\"name\":\"a\",\"scale\":0}", 0, RESULT_THEIRS_MALFORMED, "scale"},
        {"{\"name\":\"a\",\"scale\":19}", 0, RESULT_THEIRS_MALFORMED, "scale"},
        {"{\"name\":\"a\",\"scale\":-1}", 0, RESULT_THEIRS_MALFORMED, "scale"},
        {"{\"name\":\"a\",\"scale\":2.0}", 0, RESULT_THEIRS_MALFORMED, "scale"},
        {"{\"name\":\"a\",\"scale\":\"2\"}", 0, RESULT_THEIRS_MALFORMED, "scale"},
        {"{\"name\":\"a\",\"amount\":5}", 0, RESULT_THEIRS_BAD_AMOUNT, "amount"},
        {"{\"name\":\"a\",\"amount\":\"5\"}", 0, RESULT_OK, ""},
        {"{\"name\":\"a\",\"flag\":1}", 0, RESULT_THEIRS_MALFORMED, "flag"},
        {"{\"name\":\"a\",\"object\":[]}", 0, RESULT_THEIRS_MALFORMED, "object"},
        {"{\"name\":\"a\",\"array\":{}}", 0, RESULT_THEIRS_MALFORMED, "array"},
        {"{\"name\":\"a\",\"array\":[1,2]}", 0, RESULT_OK, ""},
        {"{\"name\":\"a\",\"array\":[1,2,3]}", 0, RESULT_THEIRS_TOO_BIG, "array"},
};

START_TEST(table)
{
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct in in = {0};
		struct json_fault fault;
		enum result r = read(cases[i].json, cases[i].flags, &in, &fault);

		ck_assert_msg(
		        r == cases[i].result, "case %zu: %s: %s", i, cases[i].json, result_name(r));
		ck_assert_str_eq(fault.member, cases[i].member);
		ck_assert_int_eq(r == RESULT_OK, fault.text[0] == '\0');
	}
}
END_TEST

START_TEST(values_and_defaults)
{
	struct in in = {.scale = 7, .amount = 8, .flag = true};
	struct json_fault fault;

	ck_assert_int_eq(read("{\"name\":\"x\",\"scale\":null}", 0, &in, &fault), RESULT_OK);
	ck_assert_uint_eq(in.scale, 7);
	ck_assert_uint_eq(in.amount, 8);
	ck_assert(in.flag);
	ck_assert_int_eq(read("{\"name\":\"x\",\"scale\":3,\"amount\":\"9223372036854775807\","
	                      "\"flag\":false,\"any\":[]}",
	                         0, &in, &fault),
	        RESULT_OK);
	ck_assert_uint_eq(in.scale, 3);
	ck_assert_uint_eq(in.amount, INT64_MAX);
	ck_assert(!in.flag);
	ck_assert_ptr_nonnull(in.any);
}
END_TEST

START_TEST(amount_text)
{
	static const struct {
		const char *text;
		bool good;
		uint64_t value;
	} amounts[] = {
	        {"0", true, 0}, {"1", true, 1}, {"9223372036854775807", true, INT64_MAX},
	        {"9223372036854775808", false, 0}, {"9999999999999999999", false, 0},
	        {"18446744073709551616", false, 0}, {"", false, 0}, {"00", false, 0},
	        {"01", false, 0}, {"+1", false, 0}, {"-1", false, 0}, {"1.0", false, 0},
	        {"1e3", false, 0}, {" 1", false, 0}, {"1 ", false, 0}, {"0x1", false, 0},
	        {"\xd9\xa1", false, 0}, /* a digit, but not one of ours */
	};

	for (size_t i = 0; i < COUNT(amounts); i++) {
		json_t *v = json_string(amounts[i].text);
		uint64_t value = 0;
		enum result r = json_amount(v, &value);

		ck_assert_msg((r == RESULT_OK) == amounts[i].good, "%s", amounts[i].text);
		ck_assert_uint_eq(value, amounts[i].value);
		json_decref(v);
	}
}
END_TEST

/* A name that is cut is still text: it goes into an error body. */
START_TEST(long_foreign_name)
{
	static const char text[] =
	        "{\"name\":\"a\",\"\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4"
	        "\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4"
	        "\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4"
	        "\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\":1}";
	struct json_fault fault;
	struct in in = {0};
	json_t *s;

	ck_assert_int_eq(read(text, JSON_SPEC_STRICT, &in, &fault), RESULT_THEIRS_MALFORMED);
	ck_assert_uint_eq(strlen(fault.member), 62);
	s = json_string(fault.member);
	ck_assert_ptr_nonnull(s);
	json_decref(s);
	s = json_string(fault.text);
	ck_assert_ptr_nonnull(s);
	json_decref(s);
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_test(t, table);
	tcase_add_test(t, values_and_defaults);
	tcase_add_test(t, amount_text);
	tcase_add_test(t, long_foreign_name);
}

TEST_MAIN("json_spec", fill)
