#include "unit/harness.h"

#include <string.h>

#include "model/route.h"
#include "unit/vectors.h"

#define HOPS_MAX 16

/* The routes of a vectors' table; next_hop is the number of the peer's name. */
static struct route_table *table_of(json_t *routes, const char *names[HOPS_MAX])
{
	struct route list[HOPS_MAX];
	struct route_table *t = NULL;
	const char *prefix;
	json_t *hop;
	size_t n = 0;

	json_object_foreach(routes, prefix, hop)
	{
		ck_assert_uint_lt(n, HOPS_MAX);
		names[n] = json_string_value(hop);
		list[n] = (struct route){bytes_str(prefix), n};
		n++;
	}
	ck_assert_int_eq(route_table_new(list, n, &t), RESULT_OK);
	ck_assert_uint_eq(route_table_count(t), n);
	return t;
}

START_TEST(vectors)
{
	struct vectors v;
	json_t *tables, *cases, *table;
	size_t i, done = 0;

	vectors_open(&v, "routing");
	tables = vectors_cases(&v, "tables", 3);
	cases = vectors_cases(&v, "cases", 40);
	json_array_foreach(tables, i, table)
	{
		const char *names[HOPS_MAX];
		struct route_table *t = table_of(vectors_get(table, "routes"), names);
		json_t *c;
		size_t k;

		json_array_foreach(cases, k, c)
		{
			const struct route *r;
			json_t *expected = vectors_get(c, "result");

			if (strcmp(vectors_text(c, "table"), vectors_text(table, "name")) != 0)
				continue;
			r = route_find(t, bytes_str(vectors_text(c, "destination")));
			done++;
			if (json_is_null(expected)) {
				ck_assert_msg(r == NULL, "case %zu", k);
				continue;
			}
			ck_assert_msg(r != NULL, "case %zu", k);
			ck_assert(bytes_eq_str(r->prefix, vectors_text(expected, "prefix")));
			ck_assert_str_eq(names[r->next_hop], vectors_text(expected, "next_hop"));
		}
		route_table_free(t);
	}
	ck_assert_uint_eq(done, 40);
	vectors_close(&v);
}
END_TEST

START_TEST(explained)
{
	struct route list[] = {{bytes_str("g"), 1}, {bytes_str("g.a.b"), 2}, {bytes_str(""), 3},
	        {bytes_str("g.a"), 4}, {bytes_str("g.ab"), 5}};
	const struct route *found[8];
	struct route_table *t = NULL;

	ck_assert_int_eq(route_table_new(list, 5, &t), RESULT_OK);
	ck_assert_uint_eq(route_explain(t, bytes_str("g.a.b.c"), found, 8), 4);
	ck_assert_uint_eq(found[0]->next_hop, 2);
	ck_assert_uint_eq(found[1]->next_hop, 4);
	ck_assert_uint_eq(found[2]->next_hop, 1);
	ck_assert_uint_eq(found[3]->next_hop, 3);
	ck_assert_uint_eq(route_explain(t, bytes_str("g.a.b.c"), found, 2), 2);
	ck_assert_uint_eq(route_explain(t, bytes_str("x"), found, 8), 1);
	/* in byte order */
	ck_assert(bytes_eq_str(route_table_at(t, 0)->prefix, ""));
	ck_assert(bytes_eq_str(route_table_at(t, 3)->prefix, "g.a.b"));
	ck_assert(bytes_eq_str(route_table_at(t, 4)->prefix, "g.ab"));
	ck_assert_ptr_null(route_table_at(t, 5));
	route_table_free(t);
}
END_TEST

START_TEST(refused)
{
	static const struct {
		const char *a, *b;
		enum result expected;
	} cases[] = {
	        {"g.a", "g.a", RESULT_THEIRS_CONFLICT},
	        {"", "", RESULT_THEIRS_CONFLICT},
	        {"g", "g.", RESULT_THEIRS_MALFORMED},
	        {"g", ".g", RESULT_THEIRS_MALFORMED},
	        {"g", "g..a", RESULT_THEIRS_MALFORMED},
	        {"g", "g.a b", RESULT_THEIRS_MALFORMED},
	        {"g", "g.\xe9", RESULT_THEIRS_MALFORMED},
	        {"g", ".", RESULT_THEIRS_MALFORMED},
	        {"g", "g.A", RESULT_OK},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct route list[] = {{bytes_str(cases[i].a), 1}, {bytes_str(cases[i].b), 2}};
		struct route_table *t = NULL;
		enum result r = route_table_new(list, 2, &t);

		ck_assert_msg(r == cases[i].expected, "case %zu: %s", i, result_name(r));
		route_table_free(t);
	}
}
END_TEST

/* Thousands of routes against a plain search over all of them. */
START_TEST(like_a_plain_search)
{
	enum { COUNT = 3000, ASKED = 3000 };
	static char names[COUNT][32];
	static struct route list[COUNT];
	struct route_table *t = NULL;
	unsigned seed = 11;

	for (size_t i = 0; i < COUNT; i++) {
		snprintf(names[i], sizeof(names[i]), i % 3 ? "g.%zu.p%zu" : "g.%zu", i / 7, i);
		list[i] = (struct route){bytes_str(names[i]), i};
		if (i % 3 == 0 && i / 7 == (i - 3) / 7 && i >= 3)
			list[i].prefix.n = (size_t)snprintf(names[i], sizeof(names[i]), "h.%zu", i);
	}
	ck_assert_int_eq(route_table_new(list, COUNT, &t), RESULT_OK);
	for (size_t k = 0; k < ASKED; k++) {
		char destination[64];
		const struct route *found, *best = NULL;

		seed = seed * 1103515245u + 12345u;
		snprintf(destination, sizeof(destination), "%s%s", names[(seed >> 8) % COUNT],
		        k % 3 == 0   ? ""
		        : k % 3 == 1 ? ".x.y"
		                     : "5");
		for (size_t i = 0; i < COUNT; i++) {
			size_t n = list[i].prefix.n;

			if (strncmp(names[i], destination, n) == 0 &&
			        (destination[n] == '\0' || destination[n] == '.') &&
			        (!best || n > best->prefix.n))
				best = &list[i];
		}
		found = route_find(t, bytes_str(destination));
		ck_assert_msg((found != NULL) == (best != NULL), "%s", destination);
		if (best)
			ck_assert_uint_eq(found->next_hop, best->next_hop);
	}
	route_table_free(t);
}
END_TEST

START_TEST(empty_table)
{
	struct route_table *t = NULL;

	ck_assert_int_eq(route_table_new(NULL, 0, &t), RESULT_OK);
	ck_assert_ptr_null(route_find(t, bytes_str("g.a")));
	ck_assert_uint_eq(route_table_count(t), 0);
	route_table_free(t);
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_test(t, vectors);
	tcase_add_test(t, explained);
	tcase_add_test(t, refused);
	tcase_add_test(t, like_a_plain_search);
	tcase_add_test(t, empty_table);
}

TEST_MAIN("route", fill)
