#include "model/routing_base.h"

#include <stdlib.h>
#include <string.h>

#include "codec/ilp_address.h"

#define SLOTS_FIRST 256

/* ---- entries ---- */

struct bytes routing_prefix(const struct routing_entry *e)
{
	return bytes_of(e->prefix, e->prefix_n);
}

#define HASH_FIRST 14695981039346656037u

static uint64_t hash_on(uint64_t h, uint8_t next)
{
	return (h ^ next) * 1099511628211u;
}

static uint64_t hash_end(uint64_t h)
{
	return h ^ h >> 32;
}

static uint64_t hash_of(struct bytes b)
{
	uint64_t h = HASH_FIRST;

	for (size_t i = 0; i < b.n; i++)
		h = hash_on(h, b.p[i]);
	return hash_end(h);
}

/* Doubles the table where it is full; without memory the chains grow instead. */
static void grow(struct routing *c)
{
	size_t count = c->slot_count ? 2 * c->slot_count : SLOTS_FIRST;
	struct routing_entry **slots;

	if (c->slot_count && c->entry_count < c->slot_count)
		return;
	slots = calloc(count, sizeof(struct routing_entry *));
	if (!slots)
		return;
	for (size_t i = 0; i < c->slot_count; i++) {
		struct routing_entry *e, *next;

		for (e = c->slots[i]; e; e = next) {
			next = e->chain;
			e->chain = slots[e->hash & (count - 1)];
			slots[e->hash & (count - 1)] = e;
		}
	}
	free(c->slots);
	c->slots = slots;
	c->slot_count = count;
}

static struct routing_entry *find(const struct routing *c, struct bytes prefix, uint64_t hash)
{
	struct routing_entry *e = NULL;

	if (c->slot_count)
		e = c->slots[hash & (c->slot_count - 1)];
	while (e && !(e->hash == hash && bytes_eq(routing_prefix(e), prefix)))
		e = e->chain;
	return e;
}

struct routing_entry *routing_entry_of(struct routing *c, struct bytes prefix, bool make)
{
	uint64_t hash = hash_of(prefix);
	struct routing_entry *e = find(c, prefix, hash);

	if (e || !make || prefix.n > ILP_ADDRESS_MAX)
		return e;
	grow(c);
	e = c->slot_count ? calloc(1, sizeof(*e) + prefix.n) : NULL;
	if (!e)
		return NULL;
	e->hash = hash;
	e->prefix_n = (uint16_t)prefix.n;
	if (prefix.n)
		memcpy(e->prefix, prefix.p, prefix.n);
	e->chain = c->slots[hash & (c->slot_count - 1)];
	c->slots[hash & (c->slot_count - 1)] = e;
	c->entry_count++;
	return e;
}

bool routing_is_public(const struct routing *c, struct bytes prefix)
{
	return prefix.n > c->scheme_n && c->scheme_n > 0 &&
	       ilp_address_under(prefix, bytes_of(c->own, c->scheme_n));
}

/* One pass, however many segments there are. */
bool routing_may_tell(const struct routing *c, struct bytes prefix, uint64_t peer)
{
	uint64_t h = HASH_FIRST;
	bool may = true;

	for (size_t n = 1; n <= prefix.n; n++) {
		const struct routing_entry *e;

		h = hash_on(h, prefix.p[n - 1]);
		if (n < prefix.n && prefix.p[n] != '.')
			continue;
		e = find(c, bytes_of(prefix.p, n), hash_end(h));
		if (e && e->fixed && e->is_home)
			may = e->fixed_hop == peer;
	}
	return may;
}

/* ---- choosing ---- */

static bool is_better(const struct routing_way *a, const struct routing_way *b)
{
	if (a->peer->relation != b->peer->relation)
		return a->peer->relation > b->peer->relation;
	if (a->hops != b->hops)
		return a->hops < b->hops;
	return a->peer->account < b->peer->account;
}

/* What the peers are told of it changes with the next epoch. Without memory they hear of it when
 * the table begins anew. */
void routing_note_told(struct routing *c, struct routing_entry *e)
{
	if (c->epoch == c->log_cap) {
		size_t more = c->log_cap ? 2 * c->log_cap : 64;
		void *grown = realloc(c->log, more * sizeof(struct routing_entry *));

		if (!grown)
			return;
		c->log = grown;
		c->log_cap = more;
	}
	c->log[c->epoch] = e;
	e->epoch = ++c->epoch;
}

static void note_dirty(struct routing *c, struct routing_entry *e)
{
	if (e->dirty)
		return;
	e->dirty = true;
	e->next_dirty = NULL;
	if (c->dirty_last)
		c->dirty_last->next_dirty = e;
	else
		c->dirty_first = e;
	c->dirty_last = e;
	c->dirty_count++;
}

void routing_choose(struct routing *c, struct routing_entry *e, bool told)
{
	struct routing_way *best = NULL;

	for (struct routing_way *w = e->ways; w; w = w->other)
		if (!best || is_better(w, best))
			best = w;
	if (best != e->best || told)
		note_dirty(c, e);
	if (told || (best != e->best && !e->fixed && !e->own))
		routing_note_told(c, e);
	e->best = best;
}

/* ---- ways ---- */

static struct routing_way **link_of(struct routing_entry *e, const struct routing_peer *p)
{
	struct routing_way **at = &e->ways;

	while (*at && (*at)->peer != p)
		at = &(*at)->other;
	return at;
}

static void way_free(struct routing *c, struct routing_way *w)
{
	struct routing_peer *p = w->peer;

	*link_of(w->entry, p) = w->other;
	if (w->previous)
		w->previous->next = w->next;
	else
		p->ways = w->next;
	if (w->next)
		w->next->previous = w->previous;
	p->ways_n--;
	c->way_count--;
	free(w);
}

static bool is_same(const struct routing_way *w, struct bytes path, const uint8_t *auth)
{
	return bytes_eq(bytes_of(w->path, w->path_n), path) &&
	       memcmp(w->auth, auth, CCP_AUTH_SIZE) == 0;
}

static struct routing_way *way_new(struct routing *c, struct routing_peer *p,
        struct routing_entry *e, struct bytes path, size_t hops, const uint8_t *auth)
{
	struct routing_way *w = calloc(1, sizeof(*w) + path.n);

	if (!w)
		return NULL;
	w->entry = e;
	w->peer = p;
	w->generation = p->generation;
	w->hops = hops;
	w->path_n = path.n;
	memcpy(w->auth, auth, CCP_AUTH_SIZE);
	if (path.n)
		memcpy(w->path, path.p, path.n);
	w->other = e->ways;
	e->ways = w;
	w->next = p->ways;
	if (w->next)
		w->next->previous = w;
	p->ways = w;
	p->ways_n++;
	c->way_count++;
	return w;
}

bool routing_way_put(struct routing *c, struct routing_peer *p, struct bytes prefix,
        struct bytes path, size_t hops, const uint8_t auth[CCP_AUTH_SIZE])
{
	struct routing_entry *e = routing_entry_of(c, prefix, false);
	struct routing_way *before = e ? *link_of(e, p) : NULL;
	bool was_best = before && e->best == before;

	if (before && is_same(before, path, auth)) {
		before->generation = p->generation;
		return true;
	}
	if (!before && (p->ways_n >= c->limits.routes_per_peer || c->way_count >= c->limits.routes))
		return false;
	if (!e)
		e = routing_entry_of(c, prefix, true);
	if (!e)
		return false;
	if (before) {
		way_free(c, before);
		e->best = was_best ? NULL : e->best;
	}
	/* Without memory the one before has gone all the same: it does not hold any more. */
	before = way_new(c, p, e, path, hops, auth);
	routing_choose(c, e, was_best);
	return before != NULL;
}

static void drop(struct routing *c, struct routing_way *w)
{
	struct routing_entry *e = w->entry;
	bool was_best = e->best == w;

	way_free(c, w);
	if (!was_best)
		return;
	e->best = NULL;
	note_dirty(c, e);
	/* A choice of nothing looks like no change. */
	if (e->ways)
		routing_choose(c, e, false);
	else if (!e->fixed && !e->own)
		routing_note_told(c, e);
}

void routing_way_drop(struct routing *c, struct routing_peer *p, struct bytes prefix)
{
	struct routing_entry *e = routing_entry_of(c, prefix, false);
	struct routing_way *w = e ? *link_of(e, p) : NULL;

	if (w)
		drop(c, w);
}

void routing_ways_drop(struct routing *c, struct routing_peer *p, bool keep_generation)
{
	struct routing_way *w, *next;

	for (w = p->ways; w; w = next) {
		next = w->next;
		if (!keep_generation || w->generation != p->generation)
			drop(c, w);
	}
}

void routing_ways_drop_strange(struct routing *c)
{
	for (size_t i = 0; i < c->peer_count; i++) {
		struct routing_peer *p = c->peers[i];
		struct routing_way *w, *next;

		for (w = p->ways; w; w = next) {
			next = w->next;
			if (!routing_may_tell(c, routing_prefix(w->entry), p->account))
				drop(c, w);
		}
	}
}
