#include "model/route.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"

#define FNV_START 14695981039346656037u
#define FNV_PRIME 1099511628211u

/* A route lies in one of 4096 shards by the first bits of its prefix's hash, in two levels of 64. A
 * change copies the table's head, the groups and the shards that it touches, and holds the rest. */
#define FAN_BITS 6
#define FAN      (1u << FAN_BITS)
#define BUCKETS  (FAN * FAN)
/* How many prefixes there are of each length, so that no others are looked for; the last row counts
 * the longer ones. */
#define DEPTHS 33

/* The text is the prefix and behind it the path. */
struct entry {
	const uint8_t *text;
	uint64_t next_hop;
	uint32_t tag; /* bits of the hash */
	uint16_t prefix_n;
	uint16_t path_n;
};

/* The hash index holds 1 + the number of an entry. */
struct shard {
	_Atomic unsigned holds;
	uint32_t count;
	uint32_t mask; /* slots - 1 */
	uint32_t *slots;
	uint8_t *text;
	size_t bytes;
	struct entry entries[];
};

struct group {
	_Atomic unsigned holds;
	struct shard *shards[FAN];
};

struct route_table {
	_Atomic unsigned holds;
	size_t count;
	size_t bytes;
	uint32_t depths[DEPTHS];
	uint64_t depth_bits; /* of those that are not 0 */
	struct group *groups[FAN];
};

/* ---- prefixes ---- */

static uint64_t hash_step(uint64_t h, uint8_t c)
{
	return (h ^ c) * FNV_PRIME;
}

/* FNV alone spreads badly. */
static uint64_t hash_end(uint64_t h)
{
	h ^= h >> 32;
	h *= 0x9e3779b97f4a7c15u;
	return h ^ h >> 29;
}

static uint64_t hash_of(struct bytes prefix)
{
	uint64_t h = FNV_START;

	for (size_t i = 0; i < prefix.n; i++)
		h = hash_step(h, prefix.p[i]);
	return hash_end(h);
}

static unsigned bucket_of(uint64_t hash)
{
	return (unsigned)(hash >> (64 - 2 * FAN_BITS));
}

static uint32_t tag_of(uint64_t hash)
{
	return (uint32_t)(hash >> 16);
}

static bool is_segment_char(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_' || c == '~' || c == '-';
}

static bool is_prefix(struct bytes prefix)
{
	bool in_segment = false;

	if (prefix.n > ILP_ADDRESS_MAX)
		return false;
	for (size_t i = 0; i < prefix.n; i++) {
		if (prefix.p[i] == '.' ? !in_segment : !is_segment_char(prefix.p[i]))
			return false;
		in_segment = prefix.p[i] != '.';
	}
	return in_segment || prefix.n == 0;
}

/* Segments of a good prefix, as the index of its row in `depths`. */
static size_t depth_of(struct bytes prefix)
{
	size_t segments = prefix.n > 0;

	for (size_t i = 0; i < prefix.n; i++)
		segments += prefix.p[i] == '.';
	return segments < DEPTHS ? segments : DEPTHS - 1;
}

/* ---- holding ---- */

static void shard_release(struct shard *s)
{
	if (!s || atomic_fetch_sub(&s->holds, 1) != 1)
		return;
	free(s->slots);
	free(s->text);
	free(s);
}

static void group_release(struct group *g)
{
	if (!g || atomic_fetch_sub(&g->holds, 1) != 1)
		return;
	for (size_t i = 0; i < FAN; i++)
		shard_release(g->shards[i]);
	free(g);
}

struct route_table *route_table_hold(struct route_table *t)
{
	if (t)
		atomic_fetch_add_explicit(&t->holds, 1, memory_order_relaxed);
	return t;
}

void route_table_release(struct route_table *t)
{
	if (!t || atomic_fetch_sub(&t->holds, 1) != 1)
		return;
	for (size_t i = 0; i < FAN; i++)
		group_release(t->groups[i]);
	free(t);
}

/* ---- look-ups ---- */

size_t route_table_count(const struct route_table *t)
{
	return t->count;
}

size_t route_table_bytes(const struct route_table *t)
{
	return t->bytes;
}

static struct bytes prefix_of(const struct entry *e)
{
	return bytes_of(e->text, e->prefix_n);
}

static struct route route_of(const struct entry *e)
{
	return (struct route){
	        prefix_of(e), bytes_of(e->text + e->prefix_n, e->path_n), e->next_hop};
}

static const struct entry *lookup(const struct route_table *t, struct bytes prefix, uint64_t hash)
{
	unsigned bucket = bucket_of(hash);
	const struct group *g = t->groups[bucket >> FAN_BITS];
	const struct shard *s = g ? g->shards[bucket & (FAN - 1)] : NULL;
	uint32_t slot;

	if (!s)
		return NULL;
	for (slot = (uint32_t)hash & s->mask; s->slots[slot]; slot = (slot + 1) & s->mask) {
		const struct entry *e = &s->entries[s->slots[slot] - 1];

		if (e->tag == tag_of(hash) && bytes_eq(prefix_of(e), prefix))
			return e;
	}
	return NULL;
}

/* No address has more segments than this. */
#define SEGMENTS_MAX ((ILP_ADDRESS_MAX + 1) / 2)

struct cut {
	uint64_t hash;
	size_t n; /* bytes of the prefix */
};

/* Bit k: some route of the tables has k segments; the last bit stands for more as well. */
static uint64_t all_depths(const struct route_table *const *tables, size_t count)
{
	uint64_t all = 0;

	for (size_t i = 0; i < count; i++)
		all |= tables[i] ? tables[i]->depth_bits : 0;
	return all;
}

/* Where the address can be cut into a prefix of that many segments as some route has: at its dots
 * and at its end. The shortest first. */
static size_t find_cuts(
        uint64_t depths, struct bytes destination, struct cut cuts[SEGMENTS_MAX + 1])
{
	uint64_t left = depths; /* those of the segments so far and more */
	uint64_t hash = FNV_START;
	size_t n = 0, depth = 0;

	if (left & 1)
		cuts[n++] = (struct cut){hash_end(hash), 0};
	if (left <= 1)
		return n;
	for (size_t i = 0; i <= destination.n && left; i++) {
		if (i > 0 && (i == destination.n || destination.p[i] == '.')) {
			if (depth < DEPTHS - 1) {
				depth++;
				left >>= 1;
			}
			if (left & 1)
				cuts[n++] = (struct cut){hash_end(hash), i};
			if (left == 1 && depth < DEPTHS - 1)
				break;
		}
		if (i < destination.n)
			hash = hash_step(hash, destination.p[i]);
	}
	return n;
}

size_t route_explain(const struct route_table *const *tables, size_t count,
        struct bytes destination, struct route *out, size_t max)
{
	struct cut cuts[SEGMENTS_MAX + 1];
	size_t n = find_cuts(all_depths(tables, count), destination, cuts);
	size_t found = 0;

	while (n-- > 0) {
		struct bytes prefix = bytes_of(destination.p, cuts[n].n);

		for (size_t i = 0; i < count && found < max; i++) {
			const struct entry *e =
			        tables[i] ? lookup(tables[i], prefix, cuts[n].hash) : NULL;

			if (e)
				out[found++] = route_of(e);
		}
		if (found == max)
			break;
	}
	return found;
}

bool route_find(const struct route_table *t, struct bytes destination, struct route *out)
{
	return route_explain(&t, 1, destination, out, 1) > 0;
}

/* Into its place among the smallest so far. */
static size_t page_insert(struct route *out, size_t n, size_t max, const struct entry *e)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (bytes_compare(out[middle].prefix, prefix_of(e)) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == max)
		return n;
	if (n == max)
		n--;
	memmove(&out[low + 1], &out[low], (n - low) * sizeof(out[0]));
	out[low] = route_of(e);
	return n + 1;
}

size_t route_table_page(
        const struct route_table *t, const struct bytes *after, struct route *out, size_t max)
{
	size_t n = 0;

	for (size_t i = 0; i < BUCKETS && max; i++) {
		const struct group *g = t->groups[i >> FAN_BITS];
		const struct shard *s = g ? g->shards[i & (FAN - 1)] : NULL;

		for (uint32_t k = 0; s && k < s->count; k++) {
			const struct entry *e = &s->entries[k];

			if (after && bytes_compare(prefix_of(e), *after) <= 0)
				continue;
			if (n < max || bytes_compare(prefix_of(e), out[max - 1].prefix) < 0)
				n = page_insert(out, n, max, e);
		}
	}
	return n;
}

/* ---- changing ---- */

/* A change, or a route that was there before: what a bucket is made of again. */
struct item {
	uint64_t hash;
	size_t order; /* of the changes */
	struct route route;
	bool gone;
};

static int compare_items(const void *a, const void *b)
{
	const struct item *x = a, *y = b;
	unsigned i = bucket_of(x->hash), k = bucket_of(y->hash);

	if (i != k)
		return i < k ? -1 : 1;
	return (x->order > y->order) - (x->order < y->order);
}

static enum result shard_alloc(size_t count, size_t text_bytes, struct shard **out)
{
	uint32_t slots = 2;
	struct shard *s;

	while (slots < 2 * count)
		slots *= 2;
	s = calloc(1, sizeof(*s) + count * sizeof(s->entries[0]));
	if (!s)
		return RESULT_OURS_MEMORY;
	atomic_init(&s->holds, 1);
	s->slots = calloc(slots, sizeof(s->slots[0]));
	s->text = malloc(text_bytes + 1);
	s->mask = slots - 1;
	s->bytes = sizeof(*s) + count * sizeof(s->entries[0]) + slots * sizeof(s->slots[0]) +
	           text_bytes + 1;
	if (!s->slots || !s->text) {
		shard_release(s);
		return RESULT_OURS_MEMORY;
	}
	*out = s;
	return RESULT_OK;
}

static void shard_add(struct shard *s, const struct item *item, uint8_t **text)
{
	struct bytes prefix = item->route.prefix, path = item->route.path;
	uint32_t slot = (uint32_t)item->hash & s->mask;

	s->entries[s->count] = (struct entry){*text, item->route.next_hop, tag_of(item->hash),
	        (uint16_t)prefix.n, (uint16_t)path.n};
	if (prefix.n)
		memcpy(*text, prefix.p, prefix.n);
	if (path.n)
		memcpy(*text + prefix.n, path.p, path.n);
	*text += prefix.n + path.n;
	while (s->slots[slot])
		slot = (slot + 1) & s->mask;
	s->slots[slot] = ++s->count;
}

static enum result shard_make(const struct item *items, size_t count, struct shard **out)
{
	size_t alive = 0, bytes = 0;
	uint8_t *text;
	enum result r;

	*out = NULL;
	for (size_t i = 0; i < count; i++) {
		if (items[i].gone)
			continue;
		alive++;
		bytes += items[i].route.prefix.n + items[i].route.path.n;
	}
	if (alive == 0)
		return RESULT_OK;
	r = shard_alloc(alive, bytes, out);
	if (r)
		return r;
	text = (*out)->text;
	for (size_t i = 0; i < count; i++)
		if (!items[i].gone)
			shard_add(*out, &items[i], &text);
	return RESULT_OK;
}

/* Room for one bucket's items and an index of them, as large as the largest needs. */
struct scratch {
	struct item *items;
	uint32_t *slots;
	size_t count, cap;
	uint32_t mask;
};

static enum result scratch_fit(struct scratch *s, size_t cap)
{
	uint32_t slots = 2;

	while (slots < 2 * cap)
		slots *= 2;
	if (cap > s->cap) {
		free(s->items);
		free(s->slots);
		s->cap = 0;
		s->items = malloc(cap * sizeof(s->items[0]));
		s->slots = malloc(slots * sizeof(s->slots[0]));
		if (!s->items || !s->slots)
			return RESULT_OURS_MEMORY;
		s->cap = cap;
	}
	s->count = 0;
	s->mask = slots - 1;
	memset(s->slots, 0, slots * sizeof(s->slots[0]));
	return RESULT_OK;
}

/* Puts the item in, or in the place of the one with its prefix. The result tells which one was
 * there before: NULL for none. */
static struct item *scratch_put(struct scratch *s, const struct item *item, struct item *before)
{
	uint32_t slot = (uint32_t)item->hash & s->mask;

	for (; s->slots[slot]; slot = (slot + 1) & s->mask) {
		struct item *there = &s->items[s->slots[slot] - 1];

		if (there->hash != item->hash || !bytes_eq(there->route.prefix, item->route.prefix))
			continue;
		*before = *there;
		*there = *item;
		return before;
	}
	s->items[s->count] = *item;
	s->slots[slot] = (uint32_t)++s->count;
	return NULL;
}

static void count_route(struct route_table *t, struct bytes prefix, int by)
{
	t->count = by > 0 ? t->count + 1 : t->count - 1;
	if (by > 0)
		t->depths[depth_of(prefix)]++;
	else
		t->depths[depth_of(prefix)]--;
}

/* Makes one shard again; `items` are all of its changes. */
static enum result change_shard(struct route_table *t, struct scratch *scratch,
        const struct shard *old, const struct item *items, size_t count, struct shard **out)
{
	enum result r = scratch_fit(scratch, (old ? old->count : 0) + count);
	struct item before;

	for (uint32_t i = 0; !r && old && i < old->count; i++) {
		struct item item = {.route = route_of(&old->entries[i])};

		item.hash = hash_of(item.route.prefix);
		(void)scratch_put(scratch, &item, &before);
	}
	for (size_t i = 0; !r && i < count; i++) {
		const struct item *there = scratch_put(scratch, &items[i], &before);
		bool was = there && !there->gone;

		if (was != !items[i].gone)
			count_route(t, items[i].route.prefix, was ? -1 : 1);
	}
	return r ? r : shard_make(scratch->items, scratch->count, out);
}

static enum result own_group(struct route_table *t, struct group **at)
{
	struct group *mine = calloc(1, sizeof(*mine));

	if (!mine)
		return RESULT_OURS_MEMORY;
	atomic_init(&mine->holds, 1);
	for (size_t i = 0; *at && i < FAN; i++) {
		mine->shards[i] = (*at)->shards[i];
		if (mine->shards[i])
			atomic_fetch_add(&mine->shards[i]->holds, 1);
	}
	if (!*at)
		t->bytes += sizeof(*mine);
	group_release(*at);
	*at = mine;
	return RESULT_OK;
}

/* Applies sorted items, bucket by bucket; every group that is touched becomes the table's own. */
static enum result change_buckets(struct route_table *t, const struct item *items, size_t count)
{
	struct scratch scratch = {0};
	unsigned own = FAN; /* the group that is the table's own by now */
	enum result r = RESULT_OK;

	for (size_t i = 0, n; !r && i < count; i += n) {
		unsigned bucket = bucket_of(items[i].hash), g = bucket >> FAN_BITS;
		struct shard *made, **at;

		for (n = 1; i + n < count && bucket_of(items[i + n].hash) == bucket;)
			n++;
		if (g != own)
			r = own_group(t, &t->groups[g]);
		if (r)
			break;
		own = g;
		at = &t->groups[g]->shards[bucket & (FAN - 1)];
		r = change_shard(t, &scratch, *at, &items[i], n, &made);
		if (r)
			break;
		t->bytes += (made ? made->bytes : 0) - (*at ? (*at)->bytes : 0);
		shard_release(*at);
		*at = made;
	}
	free(scratch.items);
	free(scratch.slots);
	return r;
}

static struct route_table *table_copy(const struct route_table *old)
{
	struct route_table *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	atomic_init(&t->holds, 1);
	t->bytes = sizeof(*t);
	if (!old)
		return t;
	t->count = old->count;
	t->bytes = old->bytes;
	memcpy(t->depths, old->depths, sizeof(t->depths));
	for (size_t i = 0; i < FAN; i++) {
		t->groups[i] = old->groups[i];
		if (t->groups[i])
			atomic_fetch_add(&t->groups[i]->holds, 1);
	}
	return t;
}

/* Sorts and applies; the items are the caller's. */
static enum result table_make(
        const struct route_table *old, struct item *items, size_t count, struct route_table **out)
{
	struct route_table *t;
	enum result r;

	if (count > ROUTES_MAX || (old ? old->count : 0) + count > 2 * (size_t)ROUTES_MAX)
		return RESULT_THEIRS_TOO_BIG;
	for (size_t i = 0; i < count; i++) {
		if (!is_prefix(items[i].route.prefix))
			return RESULT_THEIRS_MALFORMED;
		if (items[i].route.path.n > ROUTE_PATH_MAX)
			return RESULT_THEIRS_TOO_BIG;
		items[i].order = i;
		items[i].hash = hash_of(items[i].route.prefix);
	}
	if (count > 1)
		qsort(items, count, sizeof(items[0]), compare_items);
	t = table_copy(old);
	if (!t)
		return RESULT_OURS_MEMORY;
	r = change_buckets(t, items, count);
	t->depth_bits = 0;
	for (size_t i = 0; i < DEPTHS; i++)
		t->depth_bits |= (uint64_t)(t->depths[i] > 0) << i;
	if (!r && t->count > ROUTES_MAX)
		r = RESULT_THEIRS_TOO_BIG;
	if (r) {
		route_table_release(t);
		return r;
	}
	*out = t;
	return RESULT_OK;
}

enum result route_table_new(const struct route *routes, size_t count, struct route_table **out)
{
	struct item *items = calloc(count + 1, sizeof(*items));
	enum result r;

	if (!items)
		return RESULT_OURS_MEMORY;
	for (size_t i = 0; i < count; i++)
		items[i].route = routes[i];
	r = table_make(NULL, items, count, out);
	free(items);
	return r;
}

enum result route_table_change(const struct route_table *t, const struct route_change *changes,
        size_t count, struct route_table **out)
{
	struct item *items = calloc(count + 1, sizeof(*items));
	enum result r;

	if (!items)
		return RESULT_OURS_MEMORY;
	for (size_t i = 0; i < count; i++) {
		items[i].route = changes[i].route;
		items[i].gone = changes[i].gone;
	}
	r = table_make(t, items, count, out);
	free(items);
	return r;
}
