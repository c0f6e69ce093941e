#include "http/crowd.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/secret.h"
#include "http/address.h"

/* One address with at least one connection; chained within its bucket or in the free list. */
struct member {
	struct http_address address;
	unsigned count;
	struct member *next;
};

struct crowd {
	pthread_mutex_t lock; /* guards all below */
	unsigned total;
	unsigned max;
	unsigned max_each;
	uint64_t seed;
	size_t mask;
	struct member **buckets;
	struct member *members; /* max of them: as many addresses as connections */
	unsigned fresh;         /* those from here on were never used, so take no memory yet */
	struct member *free;
};

enum result crowd_new(unsigned max, unsigned max_each, struct crowd **out)
{
	struct crowd *c = calloc(1, sizeof(*c));
	size_t buckets = 16;

	if (!c)
		return RESULT_OURS_MEMORY;
	while (buckets < max)
		buckets *= 2;
	c->max = max;
	c->max_each = max_each;
	c->mask = buckets - 1;
	c->buckets = calloc(buckets, sizeof(struct member *));
	c->members = calloc(max ? max : 1, sizeof(*c->members));
	if (!c->buckets || !c->members || pthread_mutex_init(&c->lock, NULL) != 0) {
		free(c->buckets);
		free(c->members);
		free(c);
		return RESULT_OURS_MEMORY;
	}
	random_fill(&c->seed, sizeof(c->seed));
	*out = c;
	return RESULT_OK;
}

void crowd_free(struct crowd *c)
{
	if (!c)
		return;
	pthread_mutex_destroy(&c->lock);
	free(c->buckets);
	free(c->members);
	free(c);
}

/* The link that points to the member of the address, or the NULL at the end of its bucket. */
static struct member **find(struct crowd *c, const struct http_address *a)
{
	struct member **link = &c->buckets[http_address_hash(a, c->seed) & c->mask];

	while (*link && !http_address_eq(&(*link)->address, a))
		link = &(*link)->next;
	return link;
}

static bool has_room(struct crowd *c, const struct member *m, bool exempt)
{
	if (c->total >= c->max)
		return false;
	return exempt || c->max_each == 0 || !m || m->count < c->max_each;
}

bool crowd_has_room(struct crowd *c, const struct http_address *a, bool exempt)
{
	bool room;

	pthread_mutex_lock(&c->lock);
	room = has_room(c, *find(c, a), exempt);
	pthread_mutex_unlock(&c->lock);
	return room;
}

static void add(struct crowd *c, const struct http_address *a)
{
	struct member **link = find(c, a);

	if (!*link) {
		struct member *m = c->free;

		/* Never more addresses than connections. */
		assert(m || c->fresh < c->max);
		if (m)
			c->free = m->next;
		else
			m = &c->members[c->fresh++];
		*m = (struct member){.address = *a};
		*link = m;
	}
	(*link)->count++;
}

static void take_away(struct crowd *c, const struct http_address *a)
{
	struct member **link = find(c, a);
	struct member *m = *link;

	assert(m && m->count > 0);
	if (--m->count == 0) {
		*link = m->next;
		m->next = c->free;
		c->free = m;
	}
}

bool crowd_enter(struct crowd *c, const struct http_address *a, bool exempt)
{
	bool room;

	pthread_mutex_lock(&c->lock);
	room = has_room(c, *find(c, a), exempt);
	if (room)
		c->total++;
	if (room && !exempt)
		add(c, a);
	pthread_mutex_unlock(&c->lock);
	return room;
}

void crowd_leave(struct crowd *c, const struct http_address *a, bool exempt)
{
	pthread_mutex_lock(&c->lock);
	assert(c->total > 0);
	c->total--;
	if (!exempt)
		take_away(c, a);
	pthread_mutex_unlock(&c->lock);
}

bool crowd_move(struct crowd *c, const struct http_address *from, const struct http_address *to,
        unsigned max)
{
	struct member *m;
	bool room;

	pthread_mutex_lock(&c->lock);
	m = *find(c, to);
	room = !m || m->count < max;
	if (room) {
		take_away(c, from);
		add(c, to);
	}
	pthread_mutex_unlock(&c->lock);
	return room;
}

unsigned crowd_total(struct crowd *c)
{
	unsigned total;

	pthread_mutex_lock(&c->lock);
	total = c->total;
	pthread_mutex_unlock(&c->lock);
	return total;
}
