#include "model/route.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"

#define FNV_START 14695981039346656037u
#define FNV_PRIME 1099511628211u

/* Prefixes live in one block; the hash index holds 1 + the number of a route. A look-up hashes the
 * address once, remembers the hash at each dot, and asks from the longest prefix to the empty one.
 */
struct route_table {
	size_t count;
	size_t segments_max; /* of any prefix */
	size_t mask;         /* slots - 1 */
	uint32_t *slots;
	uint8_t *text;
	struct route routes[];
};

struct cut {
	uint64_t hash;
	size_t n; /* bytes of the prefix */
};

static uint64_t hash_step(uint64_t h, uint8_t c)
{
	return (h ^ c) * FNV_PRIME;
}

static bool is_segment_char(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_' || c == '~' || c == '-';
}

/* Segments of a prefix; 0 for the empty one. False where it is none. */
static bool count_segments(struct bytes prefix, size_t *out)
{
	size_t segments = prefix.n > 0;
	bool in_segment = false;

	if (prefix.n > ILP_ADDRESS_MAX)
		return false;
	for (size_t i = 0; i < prefix.n; i++) {
		if (prefix.p[i] == '.') {
			if (!in_segment)
				return false;
			in_segment = false;
			segments++;
		} else if (is_segment_char(prefix.p[i])) {
			in_segment = true;
		} else {
			return false;
		}
	}
	*out = segments;
	return in_segment || prefix.n == 0;
}

static int compare_routes(const void *a, const void *b)
{
	struct bytes x = ((const struct route *)a)->prefix;
	struct bytes y = ((const struct route *)b)->prefix;
	size_t n = x.n < y.n ? x.n : y.n;
	int order = n ? memcmp(x.p, y.p, n) : 0;

	return order ? order : (x.n > y.n) - (x.n < y.n);
}

static uint64_t hash_of(struct bytes prefix)
{
	uint64_t h = FNV_START;

	for (size_t i = 0; i < prefix.n; i++)
		h = hash_step(h, prefix.p[i]);
	return h;
}

/* FNV's low bits alone spread badly. */
static size_t slot_of(const struct route_table *t, uint64_t hash)
{
	return (size_t)(hash ^ hash >> 32) & t->mask;
}

static enum result fill_index(struct route_table *t)
{
	for (size_t i = 0; i < t->count; i++) {
		size_t slot = slot_of(t, hash_of(t->routes[i].prefix));

		if (i > 0 && bytes_eq(t->routes[i - 1].prefix, t->routes[i].prefix))
			return RESULT_THEIRS_CONFLICT;
		while (t->slots[slot])
			slot = (slot + 1) & t->mask;
		t->slots[slot] = (uint32_t)(i + 1);
	}
	return RESULT_OK;
}

static void copy_routes(struct route_table *t, const struct route *routes)
{
	uint8_t *p = t->text;

	for (size_t i = 0; i < t->count; i++) {
		struct bytes prefix = routes[i].prefix;

		if (prefix.n)
			memcpy(p, prefix.p, prefix.n);
		t->routes[i] = (struct route){bytes_of(p, prefix.n), routes[i].next_hop};
		p += prefix.n;
	}
	if (t->count)
		qsort(t->routes, t->count, sizeof(t->routes[0]), compare_routes);
}

enum result route_table_new(const struct route *routes, size_t count, struct route_table **out)
{
	struct route_table *t = NULL;
	enum result r = RESULT_THEIRS_TOO_BIG;
	size_t bytes = 0, segments_max = 0, slots = 2;

	if (count > ROUTES_MAX)
		return r;
	for (size_t i = 0; i < count; i++) {
		size_t segments;

		if (!count_segments(routes[i].prefix, &segments))
			return RESULT_THEIRS_MALFORMED;
		if (segments > segments_max)
			segments_max = segments;
		bytes += routes[i].prefix.n;
	}
	while (slots < 2 * count)
		slots *= 2;
	r = RESULT_OURS_MEMORY;
	t = calloc(1, sizeof(*t) + count * sizeof(t->routes[0]));
	if (!t)
		goto out;
	t->count = count;
	t->segments_max = segments_max;
	t->mask = slots - 1;
	t->slots = calloc(slots, sizeof(t->slots[0]));
	t->text = malloc(bytes + 1);
	if (!t->slots || !t->text)
		goto out;
	copy_routes(t, routes);
	r = fill_index(t);
	if (r)
		goto out;
	*out = t;
	t = NULL;
out:
	route_table_free(t);
	return r;
}

void route_table_free(struct route_table *t)
{
	if (!t)
		return;
	free(t->slots);
	free(t->text);
	free(t);
}

size_t route_table_count(const struct route_table *t)
{
	return t->count;
}

const struct route *route_table_at(const struct route_table *t, size_t i)
{
	return i < t->count ? &t->routes[i] : NULL;
}

static const struct route *lookup(const struct route_table *t, struct bytes prefix, uint64_t hash)
{
	for (size_t slot = slot_of(t, hash); t->slots[slot]; slot = (slot + 1) & t->mask) {
		const struct route *r = &t->routes[t->slots[slot] - 1];

		if (bytes_eq(r->prefix, prefix))
			return r;
	}
	return NULL;
}

/* No address has more segments than this, so no prefix that fits has. */
#define SEGMENTS_MAX ((ILP_ADDRESS_MAX + 1) / 2)

/* Where the address can be cut into a prefix of the table: at each dot and at its end, as far as
 * the table's longest prefix. The shortest first; the empty prefix is always there. */
static size_t find_cuts(
        const struct route_table *t, struct bytes destination, struct cut cuts[SEGMENTS_MAX + 1])
{
	uint64_t hash = FNV_START;
	size_t n = 0;

	cuts[n++] = (struct cut){hash, 0};
	for (size_t i = 0; i <= destination.n && n <= t->segments_max; i++) {
		if (i > 0 && (i == destination.n || destination.p[i] == '.'))
			cuts[n++] = (struct cut){hash, i};
		if (i < destination.n)
			hash = hash_step(hash, destination.p[i]);
	}
	return n;
}

size_t route_explain(
        const struct route_table *t, struct bytes destination, const struct route **out, size_t max)
{
	struct cut cuts[SEGMENTS_MAX + 1];
	size_t n = find_cuts(t, destination, cuts);
	size_t found = 0;

	while (n-- > 0 && found < max) {
		const struct route *r = lookup(t, bytes_of(destination.p, cuts[n].n), cuts[n].hash);

		if (r)
			out[found++] = r;
	}
	return found;
}

const struct route *route_find(const struct route_table *t, struct bytes destination)
{
	const struct route *best = NULL;

	return route_explain(t, destination, &best, 1) ? best : NULL;
}
