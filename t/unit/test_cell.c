#include "unit/harness.h"

#include <string.h>

#include "console/cell.h"

static struct arena a;
static const struct when now = {
        .zone = "", .language = languages, .now_ms = INT64_C(1795671061234)}; /* 05:31:01.234 */

static void setup(void)
{
	arena_init(&a, 256 * 1024);
}

static void teardown(void)
{
	arena_clear(&a);
}

static const char object[] =
        "{\"name\":\"acme\",\"odd\":\"a/b c\",\"none\":null,\"on\":true,\"off\":false,\"n\":12,"
        "\"bps\":50,\"at\":\"2026-11-26T05:30:01.234Z\",\"list\":[\"a\",\"b\"],"
        "\"money\":{\"value\":\"-1050\",\"assetCode\":\"USD\",\"assetScale\":2},"
        "\"state\":\"PENDING\",\"health\":{\"state\":\"up\",\"latencyMs\":12345}}";

START_TEST(texts)
{
	static const struct {
		struct column column;
		const char *text;
	} cases[] = {
	        {{"", "name", CELL_TEXT, NULL}, "acme"},
	        {{"", "absent", CELL_TEXT, NULL}, ""},
	        {{"", "none", CELL_TEXT, NULL}, ""},
	        {{"", "name.deeper", CELL_TEXT, NULL}, ""},
	        {{"", "health.state", CELL_STATE, NULL}, "up"},
	        {{"", "state", CELL_STATE, NULL}, "pending"},
	        {{"", "state", CELL_TEXT, NULL}, "PENDING"},
	        {{"", "health.latencyMs", CELL_MS, NULL}, "12 s"},
	        {{"", "n", CELL_NUMBER, NULL}, "12"},
	        {{"", "bps", CELL_BPS, NULL}, "0.50 %"},
	        {{"", "on", CELL_FLAG, NULL}, "yes"},
	        {{"", "off", CELL_FLAG, NULL}, "no"},
	        {{"", "at", CELL_TIME, NULL}, "2026-11-26 05:30:01 UTC"},
	        {{"", "list", CELL_LIST, NULL}, "a, b"},
	        {{"", "money", CELL_AMOUNT, NULL}, "-10.50 USD"},
	};
	json_t *o = json_loads(object, 0, NULL);

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		ck_assert_str_eq(cell_text(languages, &a, &cases[i].column, o), cases[i].text);
	json_decref(o);
}
END_TEST

/* In Spanish, the API's words are words, and figures have a comma; names stay. */
START_TEST(texts_in_spanish)
{
	static const struct {
		struct column column;
		const char *text;
	} cases[] = {
	        {{"", "money", CELL_AMOUNT, NULL}, "-10,50 USD"},
	        {{"", "bps", CELL_BPS, NULL}, "0,50 %"},
	        {{"", "rate", CELL_DECIMAL, NULL}, "0,9054"},
	        {{"", "days", CELL_MS, NULL}, "12 días"},
	        {{"", "on", CELL_FLAG, NULL}, "sí"},
	        {{"", "state", CELL_STATE, NULL}, "completado"},
	        {{"", "state", CELL_WORD, NULL}, "completado"},
	        {{"", "words", CELL_WORDS, NULL}, "crear, leer, a"},
	        {{"", "words", CELL_LIST, NULL}, "create, read, a"},
	        {{"", "state", CELL_TEXT, NULL}, "COMPLETED"},
	        {{"", "peer", CELL_STATE, NULL}, "Peers"},
	        {{"", "why", CELL_SAID, NULL}, "Las dos no son iguales."},
	};
	json_t *o = json_loads(
	        "{\"money\":{\"value\":\"-1050\",\"assetCode\":\"USD\",\"assetScale\":2},"
	        "\"bps\":50,\"rate\":\"0.9054\",\"days\":1036800000,\"on\":true,"
	        "\"state\":\"COMPLETED\",\"words\":[\"create\",\"read\",\"a\"],\"peer\":\"Peers\","
	        "\"why\":\"The two are not the same.\"}",
	        0, NULL);
	const struct language *es = language_tagged("es", 2);

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		ck_assert_str_eq(cell_text(es, &a, &cases[i].column, o), cases[i].text);
	json_decref(o);
}
END_TEST

START_TEST(paths)
{
	static const struct {
		const char *pattern, *path;
	} cases[] = {
	        {"/console/peers/{name}", "/console/peers/acme"},
	        {"/x/{odd}/y", "/x/a%2Fb%20c/y"},
	        {"/x?n={n}", "/x?n=12"},
	        {"/x/{absent}", NULL},
	        {"/x/{none}", NULL},
	        {"/x", "/x"},
	};
	json_t *o = json_loads(object, 0, NULL);

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *path = cell_path(&a, cases[i].pattern, o);

		if (cases[i].path)
			ck_assert_str_eq(path, cases[i].path);
		else
			ck_assert_ptr_null(path);
	}
	json_decref(o);
}
END_TEST

static char *csv_of(const struct column *columns, json_t *o)
{
	const size_t cap = 4096;
	char *text = arena_alloc(&a, cap); /* zeroed */
	struct buf out;

	buf_init(&out, text, cap - 1);
	cell_csv_head(columns, &out);
	cell_csv_row(&a, columns, o, &out);
	json_decref(o);
	return text;
}

START_TEST(csv_of_all_kinds)
{
	static const struct column columns[] = {
	        {"Name", "name", CELL_TEXT, NULL},
	        {"Amount", "money", CELL_AMOUNT, NULL},
	        {"When", "at", CELL_TIME, NULL},
	        {"Age", "health.latencyMs", CELL_MS, NULL},
	        COLUMN_REST,
	        {"Nothing", "none", CELL_AMOUNT, NULL},
	        {NULL, NULL, CELL_TEXT, NULL},
	};
	char *text = csv_of(columns, json_loads(object, 0, NULL));

	ck_assert_str_eq(text,
	        "\"Name\",\"Amount\",\"Asset\",\"When\",\"Age\",\"Nothing\",\"Asset\"\r\n"
	        "\"acme\",\"-10.50\",\"USD\",\"2026-11-26T05:30:01.234Z\",\"12345\","
	        "\"\",\"\"\r\n");
}
END_TEST

/* What a spreadsheet would run, and what would end a field early. */
START_TEST(csv_is_inert)
{
	static const struct {
		const char *value, *field;
	} cases[] = {
	        {"=1+1", "\"'=1+1\"\r\n"},
	        {"+1", "\"'+1\"\r\n"},
	        {"-1", "\"'-1\"\r\n"},
	        {"@x", "\"'@x\"\r\n"},
	        {"\tx", "\"'\tx\"\r\n"},
	        {"a\"b,c\r\nd", "\"a\"\"b,c\r\nd\"\r\n"},
	        {"plain", "\"plain\"\r\n"},
	};
	static const struct column columns[] = {
	        {"V", "v", CELL_TEXT, NULL}, {NULL, NULL, CELL_TEXT, NULL}};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *text = csv_of(columns, json_pack("{s:s}", "v", cases[i].value));

		ck_assert_str_eq(text + strlen("\"V\"\r\n"), cases[i].field);
	}
}
END_TEST

/* What others write makes no page too long, and is cut between characters. */
START_TEST(long_texts)
{
	static const struct column text = {"", "v", CELL_TEXT, NULL},
	                           copy = {"", "v", CELL_COPY, NULL};
	char long_text[1000];
	json_t *o, *cell;

	for (size_t i = 0; i < sizeof(long_text) - 1; i += 3)
		memcpy(long_text + i, "€", 3);
	long_text[sizeof(long_text) - 1] = '\0';
	o = json_pack("{s:s}", "v", long_text);
	cell = cell_json(&now, &a, &copy, o, 100);
	ck_assert_str_eq(json_string_value(json_object_get(cell, "copy")), "");
	ck_assert_uint_eq(json_string_length(json_object_get(cell, "plain")), 99 + strlen("…"));
	json_decref(cell);
	cell = cell_json(&now, &a, &text, o, 0);
	ck_assert_str_eq(json_string_value(json_object_get(cell, "plain")), long_text);
	json_decref(cell);
	json_decref(o);
}
END_TEST

/* A table shows the end of an id, also behind a URL, and copies all of it; what is long may break.
 * A page of its own shows it whole. */
START_TEST(ids)
{
	static const struct {
		const char *text, *shown;
		bool wraps;
	} cases[] = {
	        {"01a21737-fb89-77a8-a0b9-ef566340fabe", "…ef566340fabe", false},
	        {"https://w.example/incoming-payments/01a21737-fb89-77a8-a0b9-ef566340fabe",
	                "https://w.example/incoming-payments/…ef566340fabe", true},
	        {"x01a21737-fb89-77a8-a0b9-ef566340fabe", "x01a21737-fb89-77a8-a0b9-ef566340fabe",
	                true},
	        {"https://wallet.example/alice", "https://wallet.example/alice", true},
	        {"https://w.example/alice", "https://w.example/alice", false},
	        {"short", "short", false},
	};
	static const struct column copy = {"", "id", CELL_COPY, NULL};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		json_t *o = json_pack("{s:s}", "id", cases[i].text);
		json_t *cell = cell_json(&now, &a, &copy, o, CELL_TABLE_MAX);
		json_t *fact = cell_json(&now, &a, &copy, o, 0);

		ck_assert_str_eq(json_string_value(json_object_get(cell, "copy")), cases[i].text);
		ck_assert_str_eq(json_string_value(json_object_get(cell, "short")), cases[i].shown);
		ck_assert(json_is_true(json_object_get(cell, "wrap")) == cases[i].wraps);
		ck_assert(json_is_false(json_object_get(cell, "nothing")));
		ck_assert_str_eq(json_string_value(json_object_get(fact, "short")), cases[i].text);
		ck_assert(json_is_false(json_object_get(fact, "wrap")));
		json_decref(cell);
		json_decref(fact);
		json_decref(o);
	}
}
END_TEST

/* A moment, and how long ago it was; what is no time has none. */
START_TEST(moments)
{
	static const struct column at = {"", "at", CELL_TIME, NULL},
	                           name = {"", "name", CELL_TIME, NULL};
	json_t *o = json_loads(object, 0, NULL);
	json_t *cell = cell_json(&now, &a, &at, o, 0);

	ck_assert_str_eq(
	        json_string_value(json_object_get(cell, "iso")), "2026-11-26T05:30:01.234Z");
	ck_assert_str_eq(json_string_value(json_object_get(cell, "ago")), "1 minute ago");
	json_decref(cell);
	cell = cell_json(&now, &a, &name, o, 0);
	ck_assert_str_eq(json_string_value(json_object_get(cell, "ago")), "");
	json_decref(cell);
	json_decref(o);
}
END_TEST

/* What a chart draws of a figure; a path of ours in a link stays as it is. */
START_TEST(values)
{
	static const struct {
		struct column column;
		const char *value;
	} cases[] = {
	        {{"", "money", CELL_AMOUNT, NULL}, "-10.50"},
	        {{"", "n", CELL_NUMBER, NULL}, "12"},
	        {{"", "bps", CELL_BPS, NULL}, "0.50"},
	        {{"", "health.latencyMs", CELL_MS, NULL}, "12345"},
	        {{"", "name", CELL_DECIMAL, NULL}, "acme"},
	        {{"", "name", CELL_TEXT, NULL}, ""},
	        {{"", "none", CELL_NUMBER, NULL}, ""},
	};
	json_t *o = json_loads(object, 0, NULL);

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		ck_assert_str_eq(cell_value(&a, &cases[i].column, o), cases[i].value);
	ck_assert_str_eq(cell_path(&a, "{+odd}?x={odd}", o), "a/b c?x=a%2Fb%20c");
	json_decref(o);
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, texts);
	tcase_add_test(t, texts_in_spanish);
	tcase_add_test(t, paths);
	tcase_add_test(t, csv_of_all_kinds);
	tcase_add_test(t, csv_is_inert);
	tcase_add_test(t, long_texts);
	tcase_add_test(t, ids);
	tcase_add_test(t, moments);
	tcase_add_test(t, values);
}

TEST_MAIN("cell", fill)
