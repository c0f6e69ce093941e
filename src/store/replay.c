#include "store/replay.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct entry {
	struct entry *bucket_next;
	struct entry *older, *newer; /* among the finished */
	uint8_t key[32];
	int64_t expires_at_ms;
	bool finished;
	uint8_t *reply; /* owned */
	size_t reply_len;
	struct mail_list waiting;
};

struct replay_set {
	struct entry **buckets;
	size_t buckets_count; /* a power of two */
	size_t entries, entries_max;
	size_t bytes, bytes_max;
	struct entry *oldest, *newest; /* finished ones */
};

enum result replay_new(size_t entries, size_t bytes, struct replay_set **out)
{
	struct replay_set *s = calloc(1, sizeof(*s));

	if (!s)
		return RESULT_OURS_MEMORY;
	s->buckets_count = 1;
	while (s->buckets_count < entries)
		s->buckets_count *= 2;
	s->buckets = calloc(s->buckets_count, sizeof(s->buckets[0]));
	if (!s->buckets) {
		free(s);
		return RESULT_OURS_MEMORY;
	}
	s->entries_max = entries;
	s->bytes_max = bytes;
	*out = s;
	return RESULT_OK;
}

void replay_free(struct replay_set *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->buckets_count; i++) {
		struct entry *next;

		for (struct entry *e = s->buckets[i]; e; e = next) {
			next = e->bucket_next;
			assert(!e->waiting.head);
			free(e->reply);
			free(e);
		}
	}
	free(s->buckets);
	free(s);
}

/* The keys are hashes, so any of their bits will do. */
static struct entry **bucket(struct replay_set *s, const uint8_t key[32])
{
	uint64_t h;

	memcpy(&h, key, sizeof(h));
	return &s->buckets[h & (s->buckets_count - 1)];
}

static struct entry *find(struct replay_set *s, const uint8_t key[32])
{
	for (struct entry *e = *bucket(s, key); e; e = e->bucket_next)
		if (memcmp(e->key, key, sizeof(e->key)) == 0)
			return e;
	return NULL;
}

static void unlink_finished(struct replay_set *s, struct entry *e)
{
	if (e->older)
		e->older->newer = e->newer;
	else
		s->oldest = e->newer;
	if (e->newer)
		e->newer->older = e->older;
	else
		s->newest = e->older;
}

static void forget(struct replay_set *s, struct entry *e)
{
	struct entry **at = bucket(s, e->key);

	while (*at != e)
		at = &(*at)->bucket_next;
	*at = e->bucket_next;
	if (e->finished)
		unlink_finished(s, e);
	s->entries--;
	s->bytes -= e->reply_len;
	free(e->reply);
	free(e);
}

enum result replay_begin(struct replay_set *s, const uint8_t key[32], int64_t now_ms,
        int64_t expires_at_ms, enum replay_state *state, struct bytes *reply)
{
	struct entry *e = find(s, key);
	struct entry **at;

	if (e && e->finished && e->expires_at_ms <= now_ms) {
		forget(s, e);
		e = NULL;
	}
	if (e) {
		*state = e->finished ? REPLAY_KNOWN : REPLAY_IN_PROGRESS;
		*reply = bytes_of(e->reply, e->reply_len);
		return RESULT_OK;
	}
	while (s->oldest && (s->oldest->expires_at_ms <= now_ms || s->entries >= s->entries_max))
		forget(s, s->oldest);
	if (s->entries >= s->entries_max)
		return RESULT_RETRY_BUSY;
	e = calloc(1, sizeof(*e));
	if (!e)
		return RESULT_OURS_MEMORY;
	memcpy(e->key, key, sizeof(e->key));
	e->expires_at_ms = expires_at_ms;
	mail_list_init(&e->waiting);
	at = bucket(s, key);
	e->bucket_next = *at;
	*at = e;
	s->entries++;
	*state = REPLAY_NEW;
	*reply = bytes_of(NULL, 0);
	return RESULT_OK;
}

void replay_wait(struct replay_set *s, const uint8_t key[32], struct mail *waiting)
{
	struct entry *e = find(s, key);

	assert(e && !e->finished);
	mail_list_add(&e->waiting, waiting);
}

void replay_finish(
        struct replay_set *s, const uint8_t key[32], struct bytes reply, struct mail_list *woken)
{
	struct entry *e = find(s, key);

	if (!e || e->finished)
		return;
	mail_list_join(woken, &e->waiting);
	while (s->oldest && s->bytes + reply.n > s->bytes_max)
		forget(s, s->oldest);
	e->reply = reply.n <= s->bytes_max ? malloc(reply.n ? reply.n : 1) : NULL;
	if (!e->reply) {
		forget(s, e);
		return;
	}
	if (reply.n)
		memcpy(e->reply, reply.p, reply.n);
	e->reply_len = reply.n;
	s->bytes += reply.n;
	e->finished = true;
	e->older = s->newest;
	if (s->newest)
		s->newest->newer = e;
	else
		s->oldest = e;
	s->newest = e;
}

void replay_drop(struct replay_set *s, const uint8_t key[32], struct mail_list *woken)
{
	struct entry *e = find(s, key);

	if (!e || e->finished)
		return;
	mail_list_join(woken, &e->waiting);
	forget(s, e);
}

size_t replay_count(const struct replay_set *s)
{
	return s->entries;
}

size_t replay_bytes(const struct replay_set *s)
{
	return s->bytes;
}
