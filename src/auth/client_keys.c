#include "auth/client_keys.h"

#include <jansson.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/secret.h"
#include "base/text.h"
#include "codec/json_scan.h"

#define SETS 128
#define WAYS 4
#define JWKS "/jwks.json"

struct kept_key {
	uint8_t kid_hash[32];
	uint8_t public_key[JWK_PUBLIC_SIZE];
};

/* One client's document. */
struct entry {
	uint8_t client[32]; /* keyed hash; all zero: none */
	int64_t asked_ms;
	enum result result; /* of the fetch */
	struct kept_key *keys;
	size_t count;
};

struct fetch {
	struct outbound_request rq;
	struct client_keys *owner;
	struct fetch *next;
	struct client_keys_call *calls;
	uint8_t client[32];
	int64_t asked_ms;
	char url[URL_MAX_CHARS + sizeof(JWKS)];
};

struct client_keys {
	struct outbound *outbound;
	struct secret32 seed; /* of the hashes: nobody chooses who displaces whom */
	pthread_mutex_t lock;
	struct entry entries[SETS][WAYS]; /* guarded by lock */
	/* on the outbound thread only */
	struct fetch *fetches;
	size_t fetch_count;
};

enum result client_keys_new(struct outbound *o, struct client_keys **out)
{
	struct client_keys *c = calloc(1, sizeof(*c));

	if (!c)
		return RESULT_OURS_MEMORY;
	if (pthread_mutex_init(&c->lock, NULL) != 0) {
		free(c);
		return RESULT_OURS_MEMORY;
	}
	c->outbound = o;
	secret_random(&c->seed);
	*out = c;
	return RESULT_OK;
}

void client_keys_free(struct client_keys *c)
{
	if (!c)
		return;
	for (size_t i = 0; i < SETS; i++)
		for (size_t way = 0; way < WAYS; way++)
			free(c->entries[i][way].keys);
	pthread_mutex_destroy(&c->lock);
	secret_clear(&c->seed);
	free(c);
}

static void client_hash(const struct client_keys *c, const char *client, uint8_t out[32])
{
	hmac_sha256(bytes_of(c->seed.b, sizeof(c->seed.b)), bytes_str(client), out);
}

/* ---- what is kept ---- */

static struct entry *set_of(struct client_keys *c, const uint8_t client[32])
{
	return c->entries[client[0] % SETS];
}

static struct entry *entry_of(struct client_keys *c, const uint8_t client[32])
{
	struct entry *set = set_of(c, client);

	for (size_t way = 0; way < WAYS; way++)
		if (memcmp(set[way].client, client, sizeof(set[way].client)) == 0)
			return &set[way];
	return NULL;
}

static bool key_in(const struct entry *e, const char *kid, uint8_t out[JWK_PUBLIC_SIZE])
{
	uint8_t hash[32];

	sha256(bytes_str(kid), hash);
	for (size_t i = 0; i < e->count; i++) {
		if (memcmp(e->keys[i].kid_hash, hash, sizeof(hash)) != 0)
			continue;
		memcpy(out, e->keys[i].public_key, JWK_PUBLIC_SIZE);
		return true;
	}
	return false;
}

/* With the lock held. */
static bool look(struct client_keys *c, const uint8_t client[32], const char *kid, int64_t mono_ms,
        enum result *result, uint8_t out[JWK_PUBLIC_SIZE])
{
	const struct entry *e = entry_of(c, client);
	int64_t age = e ? mono_ms - e->asked_ms : 0;

	if (!e || age >= (e->result ? CLIENT_KEYS_FAILED_MS : CLIENT_KEYS_AGE_MS))
		return false;
	*result = e->result;
	if (e->result)
		return true;
	if (key_in(e, kid, out))
		return true;
	*result = RESULT_THEIRS_NOT_FOUND;
	return age < CLIENT_KEYS_AGAIN_MS;
}

static bool find_hashed(struct client_keys *c, const uint8_t client[32], const char *kid,
        int64_t mono_ms, enum result *result, uint8_t out[JWK_PUBLIC_SIZE])
{
	bool known;

	pthread_mutex_lock(&c->lock);
	known = look(c, client, kid, mono_ms, result, out);
	pthread_mutex_unlock(&c->lock);
	return known;
}

bool client_keys_find(struct client_keys *c, const char *client, const char *kid, int64_t mono_ms,
        enum result *result, uint8_t public_key[JWK_PUBLIC_SIZE])
{
	uint8_t hash[32];

	client_hash(c, client, hash);
	return find_hashed(c, hash, kid, mono_ms, result, public_key);
}

/* Takes the keys. The oldest of a full set makes room. */
static void keep(struct client_keys *c, const struct fetch *f, enum result result,
        struct kept_key *keys, size_t count)
{
	struct entry *e, *set = set_of(c, f->client);

	pthread_mutex_lock(&c->lock);
	e = entry_of(c, f->client);
	for (size_t way = 0; !e && way < WAYS; way++)
		if (!set[way].asked_ms)
			e = &set[way];
	if (!e) {
		e = &set[0];
		for (size_t way = 1; way < WAYS; way++)
			if (set[way].asked_ms < e->asked_ms)
				e = &set[way];
	}
	free(e->keys);
	memcpy(e->client, f->client, sizeof(e->client));
	e->asked_ms = f->asked_ms;
	e->result = result;
	e->keys = keys;
	e->count = count;
	pthread_mutex_unlock(&c->lock);
}

/* ---- a document that arrived ---- */

static json_t *parse(const struct outbound_request *rq)
{
	size_t at;

	if (json_scan(bytes_of(rq->answer, rq->answer_n), &json_scan_default, &at))
		return NULL;
	return json_loadb((const char *)rq->answer, rq->answer_n, JSON_REJECT_DUPLICATES, NULL);
}

/* The well-formed keys of a document; of two with one kid the first is found. */
static enum result read_keys(const json_t *document, struct kept_key **out, size_t *count)
{
	const json_t *list = json_object_get(document, "keys"), *value;
	struct kept_key *keys;
	struct jwk jwk;
	const char *why;
	size_t i;

	*count = 0;
	if (!json_is_array(list))
		return RESULT_THEIRS_PROTOCOL;
	keys = calloc(CLIENT_KEYS_MAX, sizeof(*keys));
	if (!keys)
		return RESULT_OURS_MEMORY;
	json_array_foreach(list, i, value)
	{
		if (*count == CLIENT_KEYS_MAX)
			break;
		if (jwk_parse(value, &jwk, &why))
			continue;
		sha256(bytes_str(jwk.kid), keys[*count].kid_hash);
		memcpy(keys[*count].public_key, jwk.public_key, JWK_PUBLIC_SIZE);
		(*count)++;
	}
	*out = keys;
	if (*count > 0) {
		keys = realloc(*out, *count * sizeof(*keys));
		*out = keys ? keys : *out;
	}
	return RESULT_OK;
}

static enum result read_answer(
        const struct outbound_request *rq, struct kept_key **keys, size_t *count)
{
	json_t *document;
	enum result r;

	*keys = NULL;
	*count = 0;
	if (rq->result)
		return rq->result;
	if (rq->status == 404 || rq->status == 410)
		return RESULT_THEIRS_NOT_FOUND;
	if (rq->status != 200)
		return RESULT_THEIRS_PROTOCOL;
	document = parse(rq);
	if (!document)
		return RESULT_THEIRS_PROTOCOL;
	r = read_keys(document, keys, count);
	json_decref(document);
	return r;
}

/* ---- on the outbound thread ---- */

static void send_home(struct client_keys_call *call)
{
	struct mail_list one;

	call->task.done = call->done;
	mail_list_init(&one);
	mail_list_add(&one, &call->task.mail);
	mailbox_answer(call->task.home, &one);
}

static void serve(struct client_keys_call *call);

/* What was just kept answers a call, however long the fetch took. One that joined a fetch which did
 * not bring its key waits for a fetch that began after it came. */
static void answer(struct client_keys *c, const uint8_t client[32], struct client_keys_call *call)
{
	const struct entry *e = entry_of(c, client); /* this thread alone writes */

	call->result = e->result;
	if (!call->result && !key_in(e, call->kid, call->public_key))
		call->result = RESULT_THEIRS_NOT_FOUND;
	if (call->result == RESULT_THEIRS_NOT_FOUND && call->joined) {
		call->joined = false;
		serve(call);
	} else {
		send_home(call);
	}
}

static void fetched(struct task *t)
{
	struct fetch *f = OWNER_OF(t, struct fetch, rq.task);
	struct client_keys *c = f->owner;
	struct client_keys_call *calls = f->calls;
	uint8_t client[32];
	char url[LOG_TEXT_SIZE];
	struct kept_key *keys;
	size_t count;
	enum result r = read_answer(&f->rq, &keys, &count);

	log_info("client_keys", "url=%s result=%s status=%d keys=%zu", log_text(url, f->url),
	        result_name(r), f->rq.status, count);
	keep(c, f, r, keys, count);
	for (struct fetch **at = &c->fetches; *at; at = &(*at)->next) {
		if (*at == f) {
			*at = f->next;
			break;
		}
	}
	c->fetch_count--;
	memcpy(client, f->client, sizeof(client));
	outbound_request_clear(&f->rq);
	free(f);
	while (calls) {
		struct client_keys_call *call = calls;

		calls = call->next;
		answer(c, client, call);
	}
	outbound_busy(c->outbound, -1);
}

static struct fetch *fetch_under_way(struct client_keys *c, const uint8_t client[32])
{
	struct fetch *f = c->fetches;

	while (f && memcmp(f->client, client, sizeof(f->client)) != 0)
		f = f->next;
	return f;
}

static enum result fetch_start(
        struct client_keys *c, const char *client, const uint8_t hash[32], struct fetch **out)
{
	size_t n = strlen(client);
	struct fetch *f;

	if (c->fetch_count == CLIENT_KEYS_FETCHES_MAX)
		return RESULT_RETRY_BUSY;
	if (n > URL_MAX_CHARS)
		return RESULT_THEIRS_TOO_BIG;
	f = calloc(1, sizeof(*f));
	if (!f)
		return RESULT_OURS_MEMORY;
	memcpy(f->url, client, n);
	memcpy(f->url + n, JWKS, sizeof(JWKS));
	memcpy(f->client, hash, sizeof(f->client));
	f->owner = c;
	f->asked_ms = clock_mono_ms();
	f->rq.url = f->url;
	f->rq.method = OUTBOUND_GET;
	f->rq.policy = URL_POLICY_FOREIGN;
	f->rq.accept = "application/json";
	f->rq.deadline_ms = f->asked_ms + CLIENT_KEYS_FETCH_MS;
	f->rq.task.home = outbound_home(c->outbound);
	f->rq.task.done = fetched;
	f->next = c->fetches;
	c->fetches = f;
	c->fetch_count++;
	outbound_busy(c->outbound, 1);
	outbound_send(c->outbound, &f->rq);
	*out = f;
	return RESULT_OK;
}

/* Answers from what is kept, or waits for a fetch. */
static void serve(struct client_keys_call *call)
{
	struct client_keys *c = call->owner;
	uint8_t hash[32];
	struct fetch *f;
	enum result r = RESULT_OK;

	client_hash(c, call->client, hash);
	if (find_hashed(c, hash, call->kid, clock_mono_ms(), &call->result, call->public_key)) {
		send_home(call);
		return;
	}
	f = fetch_under_way(c, hash);
	call->joined = f != NULL && !call->again;
	call->again = true;
	if (!f)
		r = fetch_start(c, call->client, hash, &f);
	if (r) {
		call->result = r;
		send_home(call);
		return;
	}
	call->next = f->calls;
	f->calls = call;
}

static void begin(struct task *t)
{
	serve(OWNER_OF(t, struct client_keys_call, task));
}

enum result client_keys_fetch(struct client_keys *c, struct client_keys_call *call)
{
	struct mail_list one;
	enum result r;

	call->owner = c;
	call->done = call->task.done;
	call->task.done = begin;
	call->joined = call->again = false;
	mail_list_init(&one);
	mail_list_add(&one, &call->task.mail);
	r = outbound_post(c->outbound, &one);
	if (r)
		call->task.done = call->done;
	return r;
}
