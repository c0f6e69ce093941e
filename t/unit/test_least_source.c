#include "unit/harness.h"

#include "model/least_source.h"

__extension__ typedef unsigned __int128 u128;

/* A path of up to three conversions, each rounded down. */
struct hops {
	uint64_t num[3], den[3];
	int n;
};

static uint64_t brings(const struct hops *h, uint64_t source)
{
	for (int i = 0; i < h->n; i++)
		source = (uint64_t)((u128)source * h->num[i] / h->den[i]);
	return source;
}

static struct pay_bounds bounds_of(const struct hops *h, uint64_t probe)
{
	struct pay_bounds b;

	pay_bounds_init(&b);
	pay_bounds_add(&b, probe, brings(h, probe));
	return b;
}

static uint64_t search(
        const struct hops *h, uint64_t probe, uint64_t want, uint64_t max, int *asked)
{
	struct pay_bounds b = bounds_of(h, probe);
	struct least_source s;
	uint64_t source;

	least_source_init(&s, want, &b, max);
	for (*asked = 0; (source = least_source_ask(&s)) != 0; ++*asked) {
		ck_assert_uint_le(source, max);
		ck_assert_int_lt(*asked, 140);
		least_source_answer(&s, source, brings(h, source));
	}
	return s.high;
}

START_TEST(table)
{
	static const struct {
		struct hops hops;
		uint64_t probe, want, max, least;
	} cases[] = {
	        {{{1}, {1}, 1}, 1000000, 1, UINT64_MAX, 1},
	        {{{1}, {1}, 1}, 1000000, 999, UINT64_MAX, 999},
	        {{{1}, {3}, 1}, 1000000, 1, UINT64_MAX, 3},
	        {{{90545}, {100000}, 1}, 1000000, 1, UINT64_MAX, 2},
	        /* satoshi -> cent -> drop: one satoshi would be worth many drops, and is no cent */
	        {{{6, 2000000}, {10000, 1}, 2}, 1000000000, 1, UINT64_MAX, 1667},
	        {{{6, 2000000}, {10000, 1}, 2}, 1000000000, 2000001, UINT64_MAX, 3334},
	        /* and nothing where one packet can't be large enough */
	        {{{6, 2000000}, {10000, 1}, 2}, 1000000000, 1, 1666, 0},
	        {{{6, 2000000}, {10000, 1}, 2}, 1000000000, 1, 1667, 1667},
	        {{{1}, {1000}, 1}, 999, 1, UINT64_MAX, 1000},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int asked;

		ck_assert_uint_eq(
		        search(&cases[i].hops, cases[i].probe, cases[i].want, cases[i].max, &asked),
		        cases[i].least);
	}
}
END_TEST

static uint64_t random_below(uint64_t *seed, uint64_t below)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return (*seed >> 20) % below;
}

START_TEST(is_the_least)
{
	uint64_t seed = 7;
	int found = 0, asked, most = 0;

	for (int i = 0; i < 50000; i++) {
		struct hops h = {.n = 1 + i % 3};
		uint64_t want = 1 + random_below(&seed, i % 2 ? 5 : 5000), least;

		for (int k = 0; k < h.n; k++) {
			h.num[k] = 1 + random_below(&seed, 20000);
			h.den[k] = 1 + random_below(&seed, 20000);
		}
		least = search(&h, 1000000000, want, 1000000000000000, &asked);
		if (asked > most)
			most = asked;
		if (!least)
			continue;
		found++;
		ck_assert_uint_ge(brings(&h, least), want);
		ck_assert_uint_lt(brings(&h, least - 1), want);
	}
	ck_assert_int_gt(found, 49000);
	ck_assert_int_lt(most, 100);
}
END_TEST

/* The rate changes while it is asked: it ends all the same. */
START_TEST(moving)
{
	uint64_t seed = 11;

	for (int i = 0; i < 1000; i++) {
		struct hops h = {{1}, {2}, 1};
		struct pay_bounds b = bounds_of(&h, 1000000);
		struct least_source s;
		uint64_t source;
		int asked = 0;

		least_source_init(&s, 50, &b, 1000000);
		while ((source = least_source_ask(&s)) != 0 && asked++ < 200)
			least_source_answer(&s, source, random_below(&seed, 100));
		ck_assert_int_lt(asked, 200);
	}
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_test(t, table);
	tcase_add_test(t, is_the_least);
	tcase_add_test(t, moving);
}

TEST_MAIN("least_source", fill)
