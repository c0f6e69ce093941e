#include "store/kept.h"

#include <stdlib.h>
#include <string.h>

struct slot {
	uint64_t version;
	struct arena memory; /* of the key and the row */
	struct bytes key;    /* empty: nothing is here */
	void *row;
};

struct kept {
	struct store_changes *changes;
	struct slot slots[KEPT_KINDS][KEPT_SLOTS];
};

struct kept *kept_new(struct store_changes *changes)
{
	struct kept *k = changes ? calloc(1, sizeof(*k)) : NULL;

	if (!k)
		return NULL;
	k->changes = changes;
	for (int kind = 0; kind < KEPT_KINDS; kind++)
		for (size_t i = 0; i < KEPT_SLOTS; i++)
			arena_init(&k->slots[kind][i].memory, KEPT_ROW_BYTES);
	return k;
}

void kept_free(struct kept *k)
{
	if (!k)
		return;
	for (int kind = 0; kind < KEPT_KINDS; kind++)
		for (size_t i = 0; i < KEPT_SLOTS; i++)
			arena_clear(&k->slots[kind][i].memory);
	free(k);
}

void kept_key_init(struct kept_key *key, enum kept_kind kind)
{
	key->kind = kind;
	key->n = 0;
	key->version = 0;
}

void kept_key_put(struct kept_key *key, const void *p, size_t n)
{
	if (key->n <= sizeof(key->bytes) && n <= sizeof(key->bytes) - key->n)
		memcpy(key->bytes + key->n, p, n);
	key->n += n;
}

static bool fits(const struct kept_key *key)
{
	return key->n > 0 && key->n <= sizeof(key->bytes);
}

/* FNV-1a: who makes two names meet makes both be read each time, no more. */
static struct slot *slot_of(struct kept *k, const struct kept_key *key)
{
	uint32_t hash = 2166136261U;

	for (size_t i = 0; i < key->n; i++)
		hash = (hash ^ key->bytes[i]) * 16777619U;
	return &k->slots[key->kind][(hash ^ hash >> 16) % KEPT_SLOTS];
}

bool kept_find(struct kept *k, struct kept_key *key, kept_copy *copy, struct arena *a, void *to)
{
	const struct slot *s;

	if (!k || !fits(key))
		return false;
	key->version = atomic_load_explicit(&k->changes->of[key->kind], memory_order_acquire);
	s = slot_of(k, key);
	return s->row && s->version == key->version &&
	       bytes_eq(s->key, bytes_of(key->bytes, key->n)) && copy(a, s->row, to);
}

void kept_put(
        struct kept *k, const struct kept_key *key, kept_copy *copy, const void *row, size_t size)
{
	struct slot *s;
	void *own_key, *own;

	if (!k || !fits(key))
		return;
	s = slot_of(k, key);
	arena_clear(&s->memory);
	s->row = NULL;
	own_key = arena_memdup(&s->memory, key->bytes, key->n);
	own = arena_alloc(&s->memory, size);
	if (!own_key || !own || !copy(&s->memory, row, own)) {
		arena_clear(&s->memory);
		return;
	}
	s->version = key->version;
	s->key = bytes_of(own_key, key->n);
	s->row = own;
}

void kept_changed(struct store_changes *changes, unsigned kinds)
{
	for (int kind = 0; changes && kind < KEPT_KINDS; kind++)
		if (kinds & 1U << kind)
			atomic_fetch_add_explicit(&changes->of[kind], 1, memory_order_release);
}
