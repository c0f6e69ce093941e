#include "ilp/async_answer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "ilp/arrival.h"

#define BUCKETS      256
#define LINES_SIZE   64
#define ATTEMPT_MS   5000 /* of one post */
#define PAUSE_MS     200  /* after it, doubled up to the next */
#define PAUSE_MAX_MS 2000
#define LEAST_MS     2000 /* for the answer to a packet that has no time left */

/* It lies in its arrival's arena. */
struct answer_later {
	struct answer_later *next; /* of its bucket */
	struct async_answers *all;
	struct arrival *arrival;
	struct peer_live *live;
	account_id peer;
	struct id id;
	char below[ASYNC_BELOW_SIZE];
	char lines[LINES_SIZE];
	bool posting;
	struct outbound_request post;
	struct timer timer;
	int64_t until_ms; /* monotonic */
	int64_t pause_ms;
};

struct async_answers {
	struct node *node;
	struct answer_later *buckets[BUCKETS];
	_Atomic uint64_t waiting, delivered, undelivered;
};

static void post(struct answer_later *l);

static struct answer_later **bucket_of(struct async_answers *all, const struct id *id)
{
	return &all->buckets[id->b[15]];
}

static struct answer_later *later_find(
        struct async_answers *all, account_id peer, const struct id *id)
{
	struct answer_later *l = *bucket_of(all, id);

	while (l && !(l->peer == peer && id_eq(&l->id, id)))
		l = l->next;
	return l;
}

static void later_end(struct answer_later *l, bool delivered)
{
	struct async_answers *all = l->all;
	struct answer_later **at = bucket_of(all, &l->id);

	while (*at != l)
		at = &(*at)->next;
	*at = l->next;
	atomic_fetch_sub_explicit(&all->waiting, 1, memory_order_relaxed);
	atomic_fetch_sub_explicit(&l->live->answers_later, 1, memory_order_relaxed);
	outbound_request_clear(&l->post);
	arrival_end(l->arrival, delivered);
}

/* The answer will not come, or has. */
static void answer_end(struct answer_later *l, bool delivered)
{
	char id[ID_TEXT_SIZE];

	atomic_fetch_add_explicit(
	        delivered ? &l->all->delivered : &l->all->undelivered, 1, memory_order_relaxed);
	if (!delivered) {
		id_format(&l->id, id);
		log_warn("async_undelivered", "peer=%s id=%s result=%s status=%d",
		        l->arrival->packet.from->row.name, id, result_name(l->post.result),
		        l->post.status);
	}
	later_end(l, delivered);
}

static void on_pause_over(struct timer *timer)
{
	post(OWNER_OF(timer, struct answer_later, timer));
}

static void on_posted(struct task *t)
{
	struct answer_later *l = OWNER_OF(t, struct answer_later, post.task);
	struct outbound *o = l->all->node->outbound;
	int status = l->post.result ? 0 : l->post.status;

	l->posting = false;
	if ((status >= 200 && status < 300) || (status >= 400 && status < 500)) {
		answer_end(l, status < 300);
		return;
	}
	l->pause_ms = l->pause_ms ? l->pause_ms * 2 : PAUSE_MS;
	if (l->pause_ms > PAUSE_MAX_MS)
		l->pause_ms = PAUSE_MAX_MS;
	if (outbound_now_ms(o) + l->pause_ms >= l->until_ms) {
		answer_end(l, false);
		return;
	}
	l->timer.fire = on_pause_over;
	outbound_timer_set(o, &l->timer, outbound_now_ms(o) + l->pause_ms);
}

/* Where to the peer is called over HTTP; NULL: it is not. */
static struct outbound_target *target_of(const struct peer *p)
{
	if (!p || p->later)
		return p ? p->later : NULL;
	return p->dial ? NULL : p->target;
}

/* To where the peer is now, with the token of now. */
static void post(struct answer_later *l)
{
	struct node *n = l->all->node;
	struct outbound *o = n->outbound;
	struct outbound_target *target = target_of(
	        snapshot_peer_of_account(node_snapshot(arrivals_loop(n->arrivals)), l->peer));
	int64_t attempt_ms = outbound_now_ms(o) + ATTEMPT_MS;

	if (!target) {
		answer_end(l, false);
		return;
	}
	l->posting = true;
	l->post.target = target;
	l->post.method = OUTBOUND_POST;
	l->post.body = l->arrival->packet.reply;
	l->post.below = l->below[0] ? l->below : NULL;
	l->post.lines = l->lines;
	l->post.deadline_ms = attempt_ms < l->until_ms ? attempt_ms : l->until_ms;
	l->post.task.home = outbound_home(o);
	l->post.task.done = on_posted;
	outbound_send(o, &l->post);
}

static void deliver(struct answer_later *l)
{
	struct node *n = l->all->node;
	const struct packet *p = &l->arrival->packet;
	int64_t now_ms = env_wall_ms(n->env);
	int64_t left_ms =
	        expiry_clamp(now_ms, p->prepare.expires_at_ms, &n->options.expiry) - now_ms;

	/* Without an answer nothing can be said; after the thread's end nothing can be sent. */
	if (p->reply.n == 0 || arrivals_are_over(n->arrivals)) {
		answer_end(l, false);
		return;
	}
	l->until_ms = outbound_now_ms(n->outbound) + (left_ms > LEAST_MS ? left_ms : LEAST_MS);
	post(l);
}

static void answered(struct packet *p)
{
	deliver(p->owner);
}

/* ---- taking ---- */

static enum result later_new(
        struct async_answers *all, const struct async_prepare *in, struct answer_later **out)
{
	struct arrival *a = arrival_new(all->node->arrivals, in->peer, in->packet, answered);
	struct answer_later *l = a ? arena_alloc(&a->arena, sizeof(*l)) : NULL;

	if (!l) {
		if (a)
			arrival_end(a, false);
		return RESULT_OURS_MEMORY;
	}
	memset(l, 0, sizeof(*l));
	l->all = all;
	l->arrival = a;
	l->live = a->packet.from->live;
	l->peer = in->peer;
	l->id = in->id;
	memcpy(l->below, in->below, sizeof(l->below));
	(void)snprintf(l->lines, sizeof(l->lines), "Request-Id: %s\r\n", in->id_text);
	a->packet.owner = l;
	l->next = *bucket_of(all, &l->id);
	*bucket_of(all, &l->id) = l;
	atomic_fetch_add_explicit(&all->waiting, 1, memory_order_relaxed);
	atomic_fetch_add_explicit(&l->live->answers_later, 1, memory_order_relaxed);
	*out = l;
	return RESULT_OK;
}

static enum result take(struct async_answers *all, const struct async_prepare *in)
{
	struct node *n = all->node;
	const struct peer *from =
	        snapshot_peer_of_account(node_snapshot(arrivals_loop(n->arrivals)), in->peer);
	struct answer_later *l = later_find(all, in->peer, &in->id);
	enum result r;

	/* The answer of the first one could be taken for the second one's. */
	if (l)
		return bytes_eq(l->arrival->packet.wire, in->packet) ? RESULT_OK
		                                                     : RESULT_THEIRS_CONFLICT;
	if (!target_of(from))
		return RESULT_THEIRS_NOT_FOUND;
	if (outbound_draining(n->outbound))
		return RESULT_RETRY_DRAINING;
	if (!async_may_wait(atomic_load_explicit(&from->live->answers_later, memory_order_relaxed),
	            atomic_load_explicit(&all->waiting, memory_order_relaxed)))
		return RESULT_RETRY_BUSY;
	r = later_new(all, in, &l);
	if (r)
		return r;
	switch (arrival_take(l->arrival)) {
	case PACKET_PARKED:
		return RESULT_OK;
	case PACKET_ANSWERED:
		deliver(l);
		return RESULT_OK;
	case PACKET_INVALID:
		break;
	}
	later_end(l, false);
	return RESULT_THEIRS_MALFORMED;
}

static void on_prepare(struct task *t)
{
	struct async_prepare *in = OWNER_OF(t, struct async_prepare, task);

	in->result = take(in->loop->node->async_answers, in);
	node_send_home(in->loop->home, t, in->home);
}

void async_prepare_give(struct async_prepare *prepare)
{
	prepare->task.done = on_prepare;
	(void)node_post_outbound(prepare->loop, &prepare->task, prepare->home, &prepare->result);
}

/* ---- life ---- */

enum result async_answers_new(struct node *n, struct async_answers **out)
{
	struct async_answers *all = calloc(1, sizeof(*all));

	if (!all)
		return RESULT_OURS_MEMORY;
	all->node = n;
	*out = all;
	return RESULT_OK;
}

void async_answers_free(struct async_answers *all)
{
	if (!all)
		return;
	for (size_t i = 0; i < BUCKETS; i++) {
		while (all->buckets[i])
			later_end(all->buckets[i], false);
	}
	free(all);
}

void async_answer_stats_get(const struct async_answers *all, struct async_answer_stats *out)
{
	memset(out, 0, sizeof(*out));
	if (!all)
		return;
	out->waiting = atomic_load_explicit(&all->waiting, memory_order_relaxed);
	out->delivered = atomic_load_explicit(&all->delivered, memory_order_relaxed);
	out->undelivered = atomic_load_explicit(&all->undelivered, memory_order_relaxed);
}
