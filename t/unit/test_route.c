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
		list[n] = (struct route){.prefix = bytes_str(prefix), .next_hop = n};
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
			struct route r;
			bool found;
			json_t *expected = vectors_get(c, "result");

			if (strcmp(vectors_text(c, "table"), vectors_text(table, "name")) != 0)
				continue;
			found = route_find(t, bytes_str(vectors_text(c, "destination")), &r);
			done++;
			if (json_is_null(expected)) {
				ck_assert_msg(!found, "case %zu", k);
				continue;
			}
			ck_assert_msg(found, "case %zu", k);
			ck_assert(bytes_eq_str(r.prefix, vectors_text(expected, "prefix")));
			ck_assert_str_eq(names[r.next_hop], vectors_text(expected, "next_hop"));
		}
		route_table_release(t);
	}
	ck_assert_uint_eq(done, 40);
	vectors_close(&v);
}
END_TEST

#define ROUTE(text, hop)                                                                           \
	{                                                                                          \
		.prefix = bytes_str(text), .next_hop = (hop)                                       \
	}

START_TEST(explained)
{
	struct route list[] = {ROUTE("g", 1), ROUTE("g.a.b", 2), ROUTE("", 3), ROUTE("g.a", 4),
	        ROUTE("g.ab", 5), ROUTE("g.a", 6)};
	struct route other[] = {ROUTE("g.a", 7), ROUTE("g.a.b.c", 8)};
	const struct route_table *tables[3] = {NULL};
	struct bytes after = bytes_str("g.a");
	struct route found[8];
	struct route_table *t = NULL, *u = NULL;

	ck_assert_int_eq(route_table_new(list, 6, &t), RESULT_OK);
	ck_assert_int_eq(route_table_new(other, 2, &u), RESULT_OK);
	ck_assert_uint_eq(route_table_count(t), 5);
	tables[0] = t;
	tables[2] = u;
	ck_assert_uint_eq(route_explain(tables, 1, bytes_str("g.a.b.c"), found, 8), 4);
	ck_assert_uint_eq(found[0].next_hop, 2);
	ck_assert_uint_eq(found[1].next_hop, 6); /* the last of two counts */
	ck_assert_uint_eq(found[2].next_hop, 1);
	ck_assert_uint_eq(found[3].next_hop, 3);
	ck_assert_uint_eq(route_explain(tables, 1, bytes_str("g.a.b.c"), found, 2), 2);
	ck_assert_uint_eq(route_explain(tables, 1, bytes_str("x"), found, 8), 1);
	/* the longest of all tables; of equal ones the first table's */
	ck_assert_uint_eq(route_explain(tables, 3, bytes_str("g.a.b.c.d"), found, 8), 6);
	ck_assert_uint_eq(found[0].next_hop, 8);
	ck_assert_uint_eq(found[1].next_hop, 2);
	ck_assert_uint_eq(found[2].next_hop, 6);
	ck_assert_uint_eq(found[3].next_hop, 7);
	/* in byte order, page by page */
	ck_assert_uint_eq(route_table_page(t, NULL, found, 2), 2);
	ck_assert(bytes_eq_str(found[0].prefix, ""));
	ck_assert(bytes_eq_str(found[1].prefix, "g"));
	ck_assert_uint_eq(route_table_page(t, &after, found, 8), 2);
	ck_assert(bytes_eq_str(found[0].prefix, "g.a.b"));
	ck_assert(bytes_eq_str(found[1].prefix, "g.ab"));
	ck_assert_uint_eq(route_table_page(t, &found[1].prefix, found, 8), 0);
	route_table_release(t);
	route_table_release(u);
}
END_TEST

START_TEST(refused)
{
	static const struct {
		const char *prefix;
		enum result expected;
	} cases[] = {
	        {"g.", RESULT_THEIRS_MALFORMED},
	        {".g", RESULT_THEIRS_MALFORMED},
	        {"g..a", RESULT_THEIRS_MALFORMED},
	        {"g.a b", RESULT_THEIRS_MALFORMED},
	        {"g.\xe9", RESULT_THEIRS_MALFORMED},
	        {".", RESULT_THEIRS_MALFORMED},
	        {"g.A", RESULT_OK},
	        {"", RESULT_OK},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct route list[] = {ROUTE("g", 1), ROUTE(cases[i].prefix, 2)};
		const struct route_change change = {.route = list[1]};
		struct route_table *t = NULL, *u = NULL;
		enum result r = route_table_new(list, 2, &t);

		ck_assert_msg(r == cases[i].expected, "case %zu: %s", i, result_name(r));
		route_table_release(t);
		ck_assert_int_eq(route_table_new(list, 1, &t), RESULT_OK);
		r = route_table_change(t, &change, 1, &u);
		ck_assert_msg(r == cases[i].expected, "case %zu: %s", i, result_name(r));
		route_table_release(t);
		route_table_release(u);
	}
}
END_TEST

/* ---- against a naive model: an array of routes, looked through from end to end ---- */

enum { NAMES = 2000, ASKED = 300, ROUNDS = 150, CHANGES = 200 };

static struct {
	char text[128];
	bool there;
	uint64_t hop;
} model[NAMES];

static unsigned seed = 11;

static unsigned chance(unsigned n)
{
	seed = seed * 1103515245u + 12345u;
	return (seed >> 8) % n;
}

/* Some share their beginnings, some go on within a segment, one is deeper than any row of counts,
 * and one is empty. */
static void name_all(void)
{
	for (unsigned i = 0; i < NAMES; i++) {
		static const char *const ends[] = {"", ".p", ".p.q", "x"};

		snprintf(model[i].text, sizeof(model[i].text), "%s.%u%s", i % 8 < 4 ? "g" : "test",
		        i / 8, ends[i % 4]);
		model[i].there = false;
	}
	model[4].text[0] = '\0';
	for (size_t i = 0; i + 1 < sizeof(model[5].text); i++)
		model[5].text[i] = i % 2 ? '.' : 'a';
	model[5].text[sizeof(model[5].text) - 1] = '\0';
	model[5].text[sizeof(model[5].text) - 2] = 'b';
}

static void compare_with_model(const struct route_table *t, const char *destination)
{
	size_t best = NAMES, best_n = 0, n;
	struct route found;
	bool any = route_find(t, bytes_str(destination), &found);

	for (size_t i = 0; i < NAMES; i++) {
		n = strlen(model[i].text);
		if (!model[i].there || strncmp(model[i].text, destination, n) != 0 ||
		        (n && destination[n] && destination[n] != '.') ||
		        (best < NAMES && n < best_n))
			continue;
		best = i;
		best_n = n;
	}
	ck_assert_msg(any == (best < NAMES), "%s", destination);
	if (!any)
		return;
	ck_assert_msg(bytes_eq_str(found.prefix, model[best].text), "%s", destination);
	ck_assert_uint_eq(found.next_hop, model[best].hop);
	ck_assert_uint_eq(found.path.n, model[best].hop % 3);
}

static void compare_pages(const struct route_table *t)
{
	struct route page[7];
	struct bytes last;
	size_t count = 0, n;

	for (n = route_table_page(t, NULL, page, 7); n; n = route_table_page(t, &last, page, 7)) {
		for (size_t i = 1; i < n; i++) {
			size_t m = page[i].prefix.n < page[i - 1].prefix.n ? page[i].prefix.n
			                                                   : page[i - 1].prefix.n;

			ck_assert_int_ge(memcmp(page[i].prefix.p, page[i - 1].prefix.p, m), 0);
		}
		count += n;
		last = page[n - 1].prefix;
	}
	ck_assert_uint_eq(count, route_table_count(t));
}

START_TEST(like_the_naive_model)
{
	struct route_table *t = NULL, *before = NULL;
	size_t there = 0;

	name_all();
	ck_assert_int_eq(route_table_new(NULL, 0, &t), RESULT_OK);
	for (unsigned round = 0; round < ROUNDS; round++) {
		static struct route_change changes[CHANGES];
		unsigned n = 1 + chance(CHANGES);
		size_t old_count = route_table_count(t);

		for (unsigned i = 0; i < n; i++) {
			unsigned k = chance(NAMES);

			changes[i] = (struct route_change){.gone = chance(3) == 0};
			changes[i].route.prefix = bytes_str(model[k].text);
			changes[i].route.path = bytes_of("ab", i % 3);
			changes[i].route.next_hop = 3 * (uint64_t)round + i % 3;
			there += !model[k].there;
			there -= changes[i].gone;
			model[k].there = !changes[i].gone;
			model[k].hop = changes[i].route.next_hop;
		}
		route_table_release(before);
		before = t;
		ck_assert_int_eq(route_table_change(before, changes, n, &t), RESULT_OK);
		ck_assert_uint_eq(route_table_count(t), there);
		ck_assert_uint_eq(route_table_count(before), old_count);
		for (unsigned k = 0; k < ASKED; k++) {
			static const char *const ends[] = {"", ".x.y", "5", ".p.q.r"};
			char destination[160];

			snprintf(destination, sizeof(destination), "%s%s",
			        model[chance(NAMES)].text, ends[k % 4]);
			if (destination[0] != '.')
				compare_with_model(t, destination);
		}
	}
	compare_pages(t);
	compare_pages(before);
	/* All gone: nothing is left. */
	for (unsigned k = 0; k < NAMES; k++) {
		const struct route_change gone = {
		        .route = {.prefix = bytes_str(model[k].text)}, .gone = true};

		route_table_release(before);
		before = t;
		ck_assert_int_eq(route_table_change(before, &gone, 1, &t), RESULT_OK);
	}
	ck_assert_uint_eq(route_table_count(t), 0);
	route_table_release(t);
	ck_assert_int_eq(route_table_new(NULL, 0, &t), RESULT_OK);
	route_table_release(before);
	route_table_release(t);
}
END_TEST

START_TEST(empty_table)
{
	struct route_table *t = NULL;
	struct route found;

	ck_assert_int_eq(route_table_new(NULL, 0, &t), RESULT_OK);
	ck_assert(!route_find(t, bytes_str("g.a"), &found));
	ck_assert_uint_eq(route_table_count(t), 0);
	route_table_release(t);
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_test(t, vectors);
	tcase_add_test(t, explained);
	tcase_add_test(t, refused);
	tcase_add_test(t, like_the_naive_model);
	tcase_add_test(t, empty_table);
}

TEST_MAIN("route", fill)
