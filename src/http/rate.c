#include "http/rate.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/secret.h"
#include "http/address.h"

#define RATE_LOCKS 16

struct bucket {
	uint8_t key[RATE_KEY_SIZE];
	int64_t seen_ms;
	uint64_t millitokens; /* a request takes 1000 */
	bool used;
};

struct rate {
	uint64_t per_s;
	uint64_t seed;
	pthread_mutex_t locks[RATE_LOCKS]; /* set i belongs to lock i % RATE_LOCKS */
	struct bucket sets[RATE_SETS][RATE_WAYS];
};

enum result rate_new(unsigned per_s, struct rate **out)
{
	struct rate *r = calloc(1, sizeof(*r));

	if (!r)
		return RESULT_OURS_MEMORY;
	r->per_s = per_s;
	random_fill(&r->seed, sizeof(r->seed));
	for (int i = 0; i < RATE_LOCKS; i++)
		pthread_mutex_init(&r->locks[i], NULL);
	*out = r;
	return RESULT_OK;
}

void rate_free(struct rate *r)
{
	if (!r)
		return;
	for (int i = 0; i < RATE_LOCKS; i++)
		pthread_mutex_destroy(&r->locks[i]);
	free(r);
}

static struct bucket *find(struct bucket set[RATE_WAYS], const uint8_t key[RATE_KEY_SIZE],
        uint64_t full, int64_t now_ms)
{
	struct bucket *oldest = &set[0];

	for (int i = 0; i < RATE_WAYS; i++) {
		struct bucket *b = &set[i];

		if (b->used && memcmp(b->key, key, RATE_KEY_SIZE) == 0)
			return b;
		if (!b->used || (oldest->used && b->seen_ms < oldest->seen_ms))
			oldest = b;
	}
	*oldest = (struct bucket){.seen_ms = now_ms, .millitokens = full, .used = true};
	memcpy(oldest->key, key, RATE_KEY_SIZE);
	return oldest;
}

static bool take(struct bucket *b, uint64_t per_s, int64_t now_ms)
{
	uint64_t full = per_s * 1000;

	/* The loops read their clocks apart: time may seem to go back by a turn. */
	if (now_ms > b->seen_ms) {
		uint64_t elapsed = (uint64_t)(now_ms - b->seen_ms);

		b->seen_ms = now_ms;
		if (elapsed >= 1000 || b->millitokens + elapsed * per_s > full)
			b->millitokens = full;
		else
			b->millitokens += elapsed * per_s;
	}
	if (b->millitokens < 1000)
		return false;
	b->millitokens -= 1000;
	return true;
}

bool rate_pass(struct rate *r, const uint8_t key[RATE_KEY_SIZE], int64_t now_ms)
{
	pthread_mutex_t *lock;
	size_t set;
	bool passed;

	if (r->per_s == 0)
		return true;
	set = http_hash16(key, r->seed) % RATE_SETS;
	lock = &r->locks[set % RATE_LOCKS];
	pthread_mutex_lock(lock);
	passed = take(find(r->sets[set], key, r->per_s * 1000, now_ms), r->per_s, now_ms);
	pthread_mutex_unlock(lock);
	return passed;
}
