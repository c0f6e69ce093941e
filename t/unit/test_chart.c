/* Figures over time as the server draws them: where a bar or a line is, and what the table says. */
#include "unit/harness.h"

#include <string.h>

#include "console/chart.h"

static struct arena a;

static void setup(void)
{
	arena_init(&a, 1024 * 1024);
}

static void teardown(void)
{
	arena_clear(&a);
}

static const struct column columns[] = {
        {"From", "at", CELL_TIME, NULL},
        {"One", "one", CELL_NUMBER, NULL},
        {"Other", "other", CELL_DECIMAL, NULL},
        {NULL, NULL, CELL_TEXT, NULL},
};
static const struct column money[] = {
        {"From", "at", CELL_TIME, NULL},
        {"Money", "money", CELL_AMOUNT, NULL},
        {NULL, NULL, CELL_TEXT, NULL},
};

#define UNITS(value) "{\"money\":{\"value\":\"" value "\",\"assetCode\":\"XAU\",\"assetScale\":18}}"

static json_t *table_of(const char *rows)
{
	return json_pack("{s:s,s:[{s:s},{s:s},{s:s}],s:o}", "label", "Las dos", "columns", "name",
	        "Desde", "name", "Una", "name", "Otra", "rows", json_loads(rows, 0, NULL));
}

/* The chart's member, of the i-th bar or line. */
static const char *drawn(enum chart_kind kind, const struct column *c, const char *items,
        const char *list, size_t i, const char *member)
{
	json_t *given = json_loads(items, 0, NULL), *table = table_of("[]");
	const struct chart chart = {
	        .kind = kind, .label = "x", .columns = c, .items = given, .step_ms = 60000};
	json_t *view = chart_json(&a, &chart, table);
	const json_t *one = json_array_get(json_object_get(view, list), i);
	const json_t *value = json_object_get(one, member);
	const char *text = json_is_string(value)
	                           ? arena_strdup(&a, json_string_value(value))
	                           : arena_printf(&a, "%lld", (long long)json_integer_value(value));

	if (!view)
		text = "nothing";
	else if (!one)
		text = "none";
	json_decref(given);
	json_decref(table);
	json_decref(view);
	return text;
}

START_TEST(shapes)
{
	static const char three[] = "[{\"one\":0},{\"one\":10,\"other\":\"5.5\"},{\"one\":null}]";
	static const struct {
		enum chart_kind kind;
		const struct column *columns;
		const char *items, *list;
		size_t i;
		const char *member, *expected;
	} cases[] = {
	        {CHART_LINES, columns, "[]", "lines", 0, "path", "nothing"},
	        {CHART_LINES, columns, "[{\"one\":null},{}]", "lines", 0, "path", "nothing"},
	        {CHART_LINES, columns, "[{\"other\":\"\"},{\"one\":\"x\"}]", "lines", 0, "path",
	                "nothing"},
	        {CHART_LINES, columns, "[{\"one\":0},{\"one\":10}]", "lines", 0, "path",
	                "M0 118 h1 L600 2 "},
	        {CHART_STEPS, columns, "[{\"one\":0},{\"one\":10}]", "lines", 0, "path",
	                "M0 118 h1 H600 V2 "},
	        /* A gap begins a new piece. */
	        {CHART_LINES, columns, "[{\"one\":10},{},{\"one\":10}]", "lines", 0, "path",
	                "M0 2 h1 M600 2 h1 "},
	        /* What is below zero has zero in sight; prices have their own range. */
	        {CHART_STEPS, columns, "[{\"one\":-10},{\"one\":10}]", "lines", 0, "path",
	                "M0 118 h1 H600 V2 "},
	        {CHART_COURSE, columns, "[{\"other\":\"0.91\"},{\"other\":\"0.92\"}]", "lines", 1,
	                "path", "M0 118 h1 H600 V2 "},
	        {CHART_COURSE, columns, "[{\"other\":\"0.91\"},{\"other\":\"0.91\"}]", "lines", 1,
	                "path", "M0 60 h1 H600 V60 "},
	        /* Bars stand upon each other; of nothing there is none. */
	        {CHART_BARS, columns, "[{\"one\":5},{\"one\":10}]", "bars", 0, "h", "60"},
	        {CHART_BARS, columns, "[{\"one\":5},{\"one\":10}]", "bars", 1, "x", "300"},
	        {CHART_BARS, columns, three, "bars", 1, "series", "2"},
	        {CHART_BARS, columns, three, "bars", 2, "h", "none"},
	        /* Amounts as large as there are. */
	        {CHART_STEPS, money, "[" UNITS("0") "," UNITS("9223372036854775807") "]", "lines",
	                0, "path", "M0 118 h1 H600 V3 "},
	        {CHART_STEPS, money,
	                "[" UNITS("-9223372036854775807") "," UNITS("9223372036854775807") "]",
	                "lines", 0, "path", "M0 60 h1 H600 V60 "},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		ck_assert_msg(strcmp(drawn(cases[i].kind, cases[i].columns, cases[i].items,
		                             cases[i].list, cases[i].i, cases[i].member),
		                      cases[i].expected) == 0,
		        "case %zu: %s", i,
		        drawn(cases[i].kind, cases[i].columns, cases[i].items, cases[i].list,
		                cases[i].i, cases[i].member));
}
END_TEST

/* The table's cells get the figures as digits. */
START_TEST(values)
{
	json_t *items = json_loads("[{\"one\":3,\"other\":\"1.50\"},{}]", 0, NULL);
	json_t *table = table_of("[{\"cells\":[{},{},{}]},{\"cells\":[{},{},{}]}]");
	const struct chart chart = {.kind = CHART_LINES,
	        .label = "x",
	        .columns = columns,
	        .items = items,
	        .step_ms = 60000};
	json_t *view = chart_json(&a, &chart, table);
	char *text = json_dumps(json_object_get(table, "rows"), JSON_COMPACT);
	const json_t *keys = json_object_get(view, "keys");

	ck_assert_str_eq(text, "[{\"cells\":[{},{\"value\":\"3\"},{\"value\":\"1.50\"}]},"
	                       "{\"cells\":[{},{\"value\":\"\"},{\"value\":\"\"}]}]");
	ck_assert(json_is_true(json_object_get(view, "hasKeys")));
	/* Names are those of the reader's table. */
	ck_assert_str_eq(json_string_value(json_object_get(view, "label")), "Las dos");
	ck_assert_str_eq(
	        json_string_value(json_object_get(json_array_get(keys, 1), "name")), "Otra");
	free(text);
	json_decref(view);
	json_decref(table);
	json_decref(items);
}
END_TEST

/* A column that is not drawn stands in the table alone. */
START_TEST(drawn_in_part)
{
	json_t *items = json_loads("[{\"at\":\"x\",\"one\":3,\"other\":\"999\"}]", 0, NULL);
	json_t *table = table_of("[{\"cells\":[{},{},{}]}]");
	const struct chart chart = {
	        .kind = CHART_LINES, .label = "x", .columns = columns, .drawn = 1, .items = items};
	json_t *view = chart_json(&a, &chart, table);
	char *text = json_dumps(json_object_get(table, "rows"), JSON_COMPACT);

	ck_assert_str_eq(text, "[{\"cells\":[{},{\"value\":\"3\"},{}]}]");
	ck_assert_uint_eq(json_array_size(json_object_get(view, "lines")), 1);
	ck_assert(json_is_false(json_object_get(view, "hasKeys")));
	free(text);
	json_decref(view);
	json_decref(table);
	json_decref(items);
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, shapes);
	tcase_add_test(t, values);
	tcase_add_test(t, drawn_in_part);
}

TEST_MAIN("chart", fill)
