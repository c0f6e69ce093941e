/* What the routing table costs: bench_route [routes...].
 *
 * For each number of routes: the time to build the table from nothing, its memory, the time to
 * find the best route of a destination (two segments behind the prefix, in random order, so that
 * the processor's caches help as little as they would), and the time to change 100 routes, which
 * makes a new table that readers of the old one do not notice.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "model/route.h"

#define ASKED   (1u << 16)
#define ROUNDS  20
#define CHANGES 100
#define CHANGED 50 /* times */
#define TEXT    96

static char (*names)[TEXT];
static char asked[ASKED][TEXT];
static struct bytes destinations[ASKED];

static void must(enum result r, const char *what)
{
	if (!r)
		return;
	fprintf(stderr, "bench_route: %s: %s\n", what, result_name(r));
	exit(1);
}

static int64_t cpu_ns(void)
{
	struct timespec t;

	if (clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t) != 0)
		return 0;
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static uint64_t chance(void)
{
	static uint64_t x = 88172645463325252u;

	x ^= x << 13;
	x ^= x >> 7;
	return x ^= x << 17;
}

/* Networks of a thousand nodes each. */
static void name_all(struct route *routes, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		snprintf(names[i], TEXT, "g.net%zu.node%zu", i / 1000, i);
		routes[i] = (struct route){.prefix = bytes_str(names[i]), .next_hop = i % 16 + 1};
	}
	for (size_t i = 0; i < ASKED; i++) {
		snprintf(asked[i], TEXT, "%s.alice.9fG2kQ7LtZbW1xYvR3sN0pAe",
		        names[chance() % count]);
		destinations[i] = bytes_str(asked[i]);
	}
}

static double find_ns(const struct route_table *t)
{
	int64_t best = INT64_MAX;
	uint64_t sum = 0;

	for (int round = 0; round < ROUNDS; round++) {
		int64_t start = cpu_ns(), took;

		for (size_t i = 0; i < ASKED; i++) {
			struct route found;

			if (!route_find(t, destinations[i], &found))
				must(RESULT_THEIRS_NOT_FOUND, "find");
			sum += found.next_hop;
		}
		took = cpu_ns() - start;
		best = took < best ? took : best;
	}
	if (sum == 0)
		must(RESULT_OURS_BUG, "find");
	return (double)best / ASKED;
}

/* Each change is made to the table that the one before made, and the old one is given up. */
static double change_us(struct route_table **t, size_t count)
{
	static struct route_change changes[CHANGES];
	int64_t start = cpu_ns();

	for (int i = 0; i < CHANGED; i++) {
		struct route_table *next = NULL;

		for (size_t k = 0; k < CHANGES; k++) {
			changes[k].route = (struct route){
			        .prefix = bytes_str(names[chance() % count]), .next_hop = 17};
			changes[k].gone = false;
		}
		must(route_table_change(*t, changes, CHANGES, &next), "change");
		route_table_release(*t);
		*t = next;
	}
	return (double)(cpu_ns() - start) / 1000 / CHANGED;
}

static void measure(size_t count)
{
	struct route *routes = calloc(count, sizeof(*routes));
	struct route_table *t = NULL;
	int64_t start;
	double build_ms;

	names = calloc(count, TEXT);
	if (!routes || !names)
		must(RESULT_OURS_MEMORY, "names");
	name_all(routes, count);
	start = cpu_ns();
	must(route_table_new(routes, count, &t), "build");
	build_ms = (double)(cpu_ns() - start) / 1e6;
	printf("routes=%zu build_ms=%.2f bytes=%zu bytes_per_route=%zu find_ns=%.0f", count,
	        build_ms, route_table_bytes(t), route_table_bytes(t) / count, find_ns(t));
	printf(" change_100_us=%.0f\n", change_us(&t, count));
	fflush(stdout);
	route_table_release(t);
	free(routes);
	free(names);
}

int main(int argc, char **argv)
{
	static const size_t sizes[] = {1, 1000, 1000000};

	for (int i = 1; i < argc; i++) {
		unsigned long long n = strtoull(argv[i], NULL, 10);

		if (n == 0 || n > ROUTES_MAX) {
			fprintf(stderr, "usage: bench_route [routes...]\n");
			return 2;
		}
		measure((size_t)n);
	}
	for (size_t i = 0; argc < 2 && i < sizeof(sizes) / sizeof(sizes[0]); i++)
		measure(sizes[i]);
	return 0;
}
