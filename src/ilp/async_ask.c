#include "ilp/async_ask.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "ilp/arrival.h"

#define BUCKETS       256
#define LINES_SIZE    (URL_MAX_CHARS + 256)
#define DRAIN_LOOK_MS 10

struct ask {
	struct ask *next; /* of its bucket, while it waits for its answer */
	struct async_asks *all;
	struct outbound_request *rq; /* NULL: it has its answer, or nobody waits for one any more */
	struct outbound_request post; /* brings the Prepare */
	bool posting;
	account_id peer;
	struct id id;
	char lines[LINES_SIZE];
	uint8_t body[]; /* a copy: the answer may come before the post has ended */
};

struct async_asks {
	struct node *node;
	struct ask *buckets[BUCKETS];
	_Atomic bool draining;
	_Atomic uint64_t waiting, unexpected;
};

static struct ask **bucket_of(struct async_asks *a, const struct id *id)
{
	return &a->buckets[id->b[15]];
}

static struct ask *ask_find(struct async_asks *a, account_id peer, const struct id *id)
{
	struct ask *k = *bucket_of(a, id);

	while (k && !(k->peer == peer && id_eq(&k->id, id)))
		k = k->next;
	return k;
}

static void ask_free(struct ask *k)
{
	outbound_request_clear(&k->post);
	free(k);
}

/* Nothing waits for its answer any more. */
static void ask_forget(struct ask *k)
{
	struct ask **at = bucket_of(k->all, &k->id);

	while (*at != k)
		at = &(*at)->next;
	*at = k->next;
	atomic_fetch_sub_explicit(&k->all->waiting, 1, memory_order_relaxed);
	k->rq->carrier = NULL;
	k->rq = NULL;
	if (!k->posting)
		ask_free(k);
}

static void ask_end(struct ask *k, enum result r, int status, struct bytes answer)
{
	struct outbound *o = k->all->node->outbound;
	struct outbound_request *rq = k->rq;

	/* The answer may lie in the ask. */
	outbound_carried(o, rq, r, status, answer);
	ask_forget(k);
}

/* Where the connection died after the Prepare went, the answer may still come. */
static void on_posted(struct task *t)
{
	struct ask *k = OWNER_OF(t, struct ask, post.task);
	const struct outbound_request *post = &k->post;

	k->posting = false;
	if (!k->rq) {
		ask_free(k);
		return;
	}
	if (post->result && !post->sent) {
		k->rq->sent = false;
		ask_end(k, post->result, 0, bytes_of(NULL, 0));
	} else if (post->result && post->result != RESULT_RETRY_UNKNOWN &&
	           post->result != RESULT_RETRY_TIMEOUT) {
		ask_end(k, post->result, 0, bytes_of(NULL, 0));
	} else if (!post->result && post->status != 202) {
		ask_end(k, RESULT_OK, post->status, bytes_of(post->answer, post->answer_n));
	}
}

/* RFC 0035: a UUID of version 4. */
static void id_make(const struct env *env, struct id *out)
{
	env_random(env, out->b, sizeof(out->b));
	out->b[6] = (uint8_t)((out->b[6] & 0x0f) | 0x40);
	out->b[8] = (uint8_t)((out->b[8] & 0x3f) | 0x80);
}

static enum result lines_make(struct ask *k)
{
	char id[ID_TEXT_SIZE];
	int n;

	id_format(&k->id, id);
	n = snprintf(k->lines, sizeof(k->lines),
	        "Accept: application/octet-stream\r\nPrefer: respond-async\r\n"
	        "Request-Id: %s\r\nCallback-Url: %s/ilp\r\n",
	        id, k->all->node->options.public_url);
	return n > 0 && (size_t)n < sizeof(k->lines) ? RESULT_OK : RESULT_THEIRS_TOO_BIG;
}

enum result async_carry(struct async_asks *a, account_id peer, struct outbound_request *rq)
{
	struct node *n = a->node;
	struct snapshot *s = node_snapshot(arrivals_loop(n->arrivals));
	const struct peer *to = snapshot_peer_of_account(s, peer);
	struct ask *k;
	enum result r;

	if (atomic_load_explicit(&a->draining, memory_order_relaxed))
		return RESULT_RETRY_DRAINING;
	if (!to || !to->later)
		return RESULT_RETRY_UNREACHABLE;
	k = calloc(1, sizeof(*k) + rq->body.n);
	if (!k)
		return RESULT_OURS_MEMORY;
	k->all = a;
	k->peer = peer;
	k->rq = rq;
	id_make(n->env, &k->id);
	r = lines_make(k);
	if (r) {
		free(k);
		return r;
	}
	memcpy(k->body, rq->body.p, rq->body.n);
	k->next = *bucket_of(a, &k->id);
	*bucket_of(a, &k->id) = k;
	atomic_fetch_add_explicit(&a->waiting, 1, memory_order_relaxed);
	k->posting = true;
	k->post.target = to->later;
	k->post.method = OUTBOUND_POST;
	k->post.body = bytes_of(k->body, rq->body.n);
	k->post.lines = k->lines;
	k->post.body_max = rq->body_max;
	k->post.deadline_ms = rq->due_ms;
	k->post.task.home = outbound_home(n->outbound);
	k->post.task.done = on_posted;
	rq->carrier = k;
	outbound_send(n->outbound, &k->post);
	return RESULT_OK;
}

void async_carry_no_more(struct async_asks *a, struct outbound_request *rq)
{
	(void)a;
	if (rq->carrier)
		ask_forget(rq->carrier);
}

/* ---- answers ---- */

static void on_reply(struct task *t)
{
	struct async_reply *reply = OWNER_OF(t, struct async_reply, task);
	struct async_asks *a = reply->loop->node->async_asks;
	struct ask *k = ask_find(a, reply->peer, &reply->id);

	if (k) {
		ask_end(k, RESULT_OK, 200, reply->packet);
		reply->result = RESULT_OK;
	} else {
		char id[ID_TEXT_SIZE];

		id_format(&reply->id, id);
		log_info("async_unexpected", "account=%lld id=%s", (long long)reply->peer, id);
		atomic_fetch_add_explicit(&a->unexpected, 1, memory_order_relaxed);
		reply->result = RESULT_THEIRS_NOT_FOUND;
	}
	node_send_home(reply->loop->home, t, reply->home);
}

void async_reply_give(struct async_reply *reply)
{
	reply->task.done = on_reply;
	(void)node_post_outbound(reply->loop, &reply->task, reply->home, &reply->result);
}

/* ---- life ---- */

enum result async_asks_new(struct node *n, struct async_asks **out)
{
	struct async_asks *a = calloc(1, sizeof(*a));

	if (!a)
		return RESULT_OURS_MEMORY;
	a->node = n;
	*out = a;
	return RESULT_OK;
}

/* The thread has ended all requests, and with them all that wait. */
void async_asks_free(struct async_asks *a)
{
	free(a);
}

void async_asks_drain(struct async_asks *a, int64_t wait_ms)
{
	const struct timespec look = {.tv_nsec = DRAIN_LOOK_MS * 1000000};

	if (!a)
		return;
	atomic_store(&a->draining, true);
	while (wait_ms > 0 && atomic_load(&a->waiting) > 0) {
		nanosleep(&look, NULL);
		wait_ms -= DRAIN_LOOK_MS;
	}
}

void async_ask_stats_get(const struct async_asks *a, struct async_ask_stats *out)
{
	memset(out, 0, sizeof(*out));
	if (!a)
		return;
	out->waiting = atomic_load_explicit(&a->waiting, memory_order_relaxed);
	out->unexpected = atomic_load_explicit(&a->unexpected, memory_order_relaxed);
}
