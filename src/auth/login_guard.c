#include "auth/login_guard.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/secret.h"

#define WAIT_FIRST_MS 1000
#define DOUBLINGS_MAX 20

/* What is counted: the keyed hash of a user's name or of an address. */
struct entry {
	uint8_t key[32];
	unsigned failures; /* 0: free */
	int64_t seen_ms;   /* of the last one */
};

struct login_guard {
	pthread_mutex_t lock;
	struct secret32 seed; /* nobody else knows which names share a set */
	struct entry sets[LOGIN_GUARD_SETS][LOGIN_GUARD_WAYS];
};

enum result login_guard_new(struct login_guard **out)
{
	struct login_guard *g = calloc(1, sizeof(*g));

	if (!g)
		return RESULT_OURS_MEMORY;
	if (pthread_mutex_init(&g->lock, NULL) != 0) {
		free(g);
		return RESULT_OURS_MEMORY;
	}
	secret_random(&g->seed);
	*out = g;
	return RESULT_OK;
}

void login_guard_free(struct login_guard *g)
{
	if (!g)
		return;
	pthread_mutex_destroy(&g->lock);
	secret_clear(&g->seed);
	free(g);
}

static void key_of(const struct login_guard *g, char kind, struct bytes what, uint8_t out[32])
{
	uint8_t inner[33];

	inner[0] = (uint8_t)kind;
	sha256(what, inner + 1);
	hmac_sha256(bytes_of(g->seed.b, sizeof(g->seed.b)), bytes_of(inner, sizeof(inner)), out);
}

/* The part of an address that names one client. */
static struct bytes client_of(struct bytes address)
{
	static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

	if (address.n == 16 && memcmp(address.p, mapped, sizeof(mapped)) != 0)
		address.n = 8;
	return address;
}

static struct entry *set_of(struct login_guard *g, const uint8_t key[32])
{
	return g->sets[((size_t)key[0] << 8 | key[1]) % LOGIN_GUARD_SETS];
}

/* The failures of this key; NULL for none. */
static struct entry *find(struct login_guard *g, const uint8_t key[32])
{
	struct entry *set = set_of(g, key);

	for (size_t i = 0; i < LOGIN_GUARD_WAYS; i++) {
		if (set[i].failures && memcmp(set[i].key, key, sizeof(set[i].key)) == 0)
			return &set[i];
	}
	return NULL;
}

static void count(struct login_guard *g, const uint8_t key[32], int64_t now_ms)
{
	struct entry *set = set_of(g, key), *e = find(g, key), *least = &set[0];

	if (e && now_ms - e->seen_ms >= LOGIN_FORGET_MS)
		e->failures = 0;
	for (size_t i = 1; !e && i < LOGIN_GUARD_WAYS; i++) {
		if (set[i].failures < least->failures ||
		        (set[i].failures == least->failures && set[i].seen_ms < least->seen_ms))
			least = &set[i];
	}
	if (!e) {
		e = least;
		e->failures = 0;
		memcpy(e->key, key, sizeof(e->key));
	}
	e->failures++;
	e->seen_ms = now_ms;
}

static int64_t wait_of(const struct entry *e, int64_t now_ms)
{
	int64_t wait = WAIT_FIRST_MS;
	unsigned over;

	if (!e || e->failures < LOGIN_FAILURES_FREE || now_ms - e->seen_ms >= LOGIN_FORGET_MS)
		return 0;
	over = e->failures - LOGIN_FAILURES_FREE;
	wait = over > DOUBLINGS_MAX ? LOGIN_WAIT_MAX_MS : wait << over;
	if (wait > LOGIN_WAIT_MAX_MS)
		wait = LOGIN_WAIT_MAX_MS;
	wait -= now_ms - e->seen_ms;
	return wait > 0 ? wait : 0;
}

/* What a try is counted by; the first is what the right password forgives. */
struct counted {
	uint8_t keys[2][32];
	size_t n;
};

static void counted_by(const struct login_guard *g, const struct login_try *t, struct counted *out)
{
	uint8_t both[64];

	if (t->browser.n) {
		sha256(t->user, both);
		sha256(t->browser, both + 32);
		key_of(g, 'b', bytes_of(both, sizeof(both)), out->keys[0]);
		out->n = 1;
		return;
	}
	key_of(g, 'u', t->user, out->keys[0]);
	key_of(g, 'a', client_of(t->address), out->keys[1]);
	out->n = 2;
}

int64_t login_guard_enter(struct login_guard *g, const struct login_try *t, int64_t now_ms)
{
	struct counted by;
	int64_t wait = 0;

	counted_by(g, t, &by);
	pthread_mutex_lock(&g->lock);
	for (size_t i = 0; i < by.n; i++) {
		int64_t one = wait_of(find(g, by.keys[i]), now_ms);

		wait = one > wait ? one : wait;
	}
	for (size_t i = 0; !wait && i < by.n; i++)
		count(g, by.keys[i], now_ms);
	pthread_mutex_unlock(&g->lock);
	return wait;
}

static void take_back(struct login_guard *g, const struct login_try *t, bool forgive)
{
	struct counted by;

	counted_by(g, t, &by);
	pthread_mutex_lock(&g->lock);
	for (size_t i = 0; i < by.n; i++) {
		struct entry *e = find(g, by.keys[i]);

		if (e)
			e->failures = forgive && i == 0 ? 0 : e->failures - 1;
	}
	pthread_mutex_unlock(&g->lock);
}

void login_guard_passed(struct login_guard *g, const struct login_try *t)
{
	take_back(g, t, true);
}

void login_guard_undecided(struct login_guard *g, const struct login_try *t)
{
	take_back(g, t, false);
}
