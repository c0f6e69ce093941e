#include "ilp/peer_health.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "codec/ildcp.h"
#include "ilp/bilateral.h"

#define RETRY_TELL_MS 1000

struct peer_health {
	struct node *node;
	struct task start;
	struct timer timer;
	bool armed;
	int64_t armed_for_ms;
	struct probe *probes; /* under way */
};

struct probe {
	struct bilateral bilateral;
	struct peer_health *health;
	struct peer_live *live;
	struct probe *previous, *next;
};

/* Going down, or up again, on its way to the store. */
struct news {
	struct op op;
	struct peer_health *health;
	struct peer_live *live;
	struct id id;
	int64_t down_ms;
	char why[sizeof(((struct peer_live *)NULL)->why)];
};

/* ---- what one request says ---- */

enum peer_sign peer_sign_of(const struct outbound_request *rq, const struct link_answer *a)
{
	if (rq->result == RESULT_RETRY_BUSY || rq->result == RESULT_RETRY_DRAINING ||
	        result_class(rq->result) == RESULT_CLASS_OURS)
		return PEER_SIGN_NONE;
	switch (a->outcome) {
	case LINK_FULFILLED:
	case LINK_REJECTED:
		return PEER_SIGN_ANSWER;
	case LINK_REFUSED:
	case LINK_UNKNOWN:
		break;
	}
	/* A Fulfill that does not count is an answer all the same. */
	if (!rq->result && (strcmp(a->code, ILP_F05_WRONG_CONDITION) == 0 ||
	                           strcmp(a->code, ILP_R00_TRANSFER_TIMED_OUT) == 0))
		return PEER_SIGN_ANSWER;
	return PEER_SIGN_SILENCE;
}

/* ---- the periodic look ---- */

static void wake_at(struct peer_health *h, int64_t at_ms)
{
	if (!h || outbound_draining(h->node->outbound) || (h->armed && h->armed_for_ms <= at_ms))
		return;
	h->armed = true;
	h->armed_for_ms = at_ms;
	outbound_timer_set(h->node->outbound, &h->timer, at_ms);
}

static enum result news_apply(struct op *op, struct batch *b)
{
	const struct news *n = OWNER_OF(op, struct news, op);
	enum result r = batch_peer_down(b, &n->id, n->down_ms, n->why);

	return r == RESULT_THEIRS_NOT_FOUND ? RESULT_OK : r; /* it was removed meanwhile */
}

static void news_done(struct task *t)
{
	struct news *n = OWNER_OF(t, struct news, op.task);

	n->live->telling = false;
	if (!n->op.result)
		n->live->told_down_ms = n->down_ms;
	else
		log_warn("peer_health", "result=%s", result_name(n->op.result));
	/* It may have changed again, or is to be tried again. */
	wake_at(n->health, outbound_now_ms(n->health->node->outbound) + RETRY_TELL_MS);
	peer_live_release(n->live);
	free(n);
}

static void tell(struct peer_health *h, struct peer_live *live, const struct id *id)
{
	int64_t down_ms = atomic_load(&live->down_ms);
	struct news *n;

	if (!h || live->telling || (live->told_down_ms == 0) == (down_ms == 0))
		return;
	n = calloc(1, sizeof(*n));
	if (!n) {
		wake_at(h, outbound_now_ms(h->node->outbound) + RETRY_TELL_MS);
		return;
	}
	n->health = h;
	n->live = peer_live_hold(live);
	n->id = *id;
	n->down_ms = down_ms;
	if (down_ms)
		text_copy_cut(n->why, sizeof(n->why), live->why);
	live->telling = true;
	n->op.apply = news_apply;
	n->op.task.done = news_done;
	n->op.task.home = outbound_home(h->node->outbound);
	submitter_add(&h->node->outbound_submitter, &n->op);
}

static void probe_free(struct probe *p)
{
	if (p->next)
		p->next->previous = p->previous;
	if (p->previous)
		p->previous->next = p->next;
	else
		p->health->probes = p->next;
	p->live->probing = false;
	peer_live_release(p->live);
	bilateral_clear(&p->bilateral);
	free(p);
}

/* Whatever it says was counted where the answer was judged. */
static void probed(struct bilateral *b)
{
	probe_free(OWNER_OF(b, struct probe, bilateral));
}

static void probe(struct peer_health *h, struct snapshot *s, const struct peer *peer)
{
	struct probe *p;

	if (!peer->target || peer->live->probing)
		return;
	p = calloc(1, sizeof(*p));
	if (!p)
		return;
	p->health = h;
	p->live = peer_live_hold(peer->live);
	p->live->probing = true;
	p->bilateral.done = probed;
	p->next = h->probes;
	if (p->next)
		p->next->previous = p;
	h->probes = p;
	if (bilateral_ask(&p->bilateral, h->node, s, peer, ILDCP_DESTINATION, bytes_of(NULL, 0)))
		probe_free(p);
}

static void look(struct peer_health *h)
{
	int64_t now_ms = outbound_now_ms(h->node->outbound), next_ms = INT64_MAX;
	struct snapshot *s = snapshots_get(h->node->snapshots);

	h->armed = false;
	for (size_t i = 0; i < s->peer_count; i++) {
		const struct peer *p = &s->peers[i];
		struct peer_live *live = p->live;

		tell(h, live, &p->row.id);
		if (p->row.state == PEER_DISABLED ||
		        (live->failures == 0 && !atomic_load(&live->down_ms)))
			continue;
		if (now_ms >= live->probe_ms) {
			live->probe_gap_ms =
			        live->probe_gap_ms ? 2 * live->probe_gap_ms : PEER_PROBE_MS;
			if (live->probe_gap_ms > PEER_PROBE_MAX_MS)
				live->probe_gap_ms = PEER_PROBE_MAX_MS;
			live->probe_ms = now_ms + live->probe_gap_ms;
			probe(h, s, p);
		}
		if (live->probe_ms < next_ms)
			next_ms = live->probe_ms;
	}
	snapshot_release(s);
	if (next_ms != INT64_MAX)
		wake_at(h, next_ms);
}

static void on_timer(struct timer *t)
{
	look(OWNER_OF(t, struct peer_health, timer));
}

static void on_start(struct task *t)
{
	look(OWNER_OF(t, struct peer_health, start));
}

/* ---- requests ---- */

void peer_call_begin(struct peer_call *c, const struct peer *p)
{
	c->peer = p;
	c->started_us = clock_mono_us();
	atomic_fetch_add_explicit(&p->live->packets_out, 1, memory_order_relaxed);
	atomic_fetch_add_explicit(&p->live->in_flight_out, 1, memory_order_relaxed);
}

static void count_answer(struct peer_live *live, struct node *n, int64_t took_us, bool fulfilled)
{
	int64_t before = atomic_load_explicit(&live->latency_us, memory_order_relaxed);

	atomic_fetch_add_explicit(
	        fulfilled ? &live->fulfilled : &live->rejected, 1, memory_order_relaxed);
	atomic_store_explicit(&live->latency_us,
	        before ? before + (took_us - before) / PEER_LATENCY_PART : took_us,
	        memory_order_relaxed);
	atomic_store_explicit(&live->last_answer_ms, env_wall_ms(n->env), memory_order_relaxed);
	live->failures = 0;
	live->probe_ms = 0;
	live->probe_gap_ms = 0;
	atomic_store(&live->down_ms, 0);
}

static void count_silence(struct peer_live *live, struct node *n, const char *why)
{
	int64_t now_ms = outbound_now_ms(n->outbound);

	atomic_fetch_add_explicit(&live->failed, 1, memory_order_relaxed);
	text_copy_cut(live->why, sizeof(live->why), why);
	if (live->failures++ == 0) {
		live->failing_ms = now_ms;
		live->probe_ms = now_ms + PEER_PROBE_MS;
	}
	if (live->failures >= PEER_DOWN_FAILURES && now_ms - live->failing_ms >= PEER_DOWN_MS &&
	        !atomic_load(&live->down_ms))
		atomic_store(&live->down_ms, env_wall_ms(n->env));
	wake_at(n->peer_health, live->probe_ms);
}

void peer_call_end(struct peer_call *c, struct node *n, const struct outbound_request *rq,
        const struct link_answer *a)
{
	struct peer_live *live = c->peer->live;
	bool was_down = atomic_load(&live->down_ms) != 0;

	atomic_fetch_sub_explicit(&live->in_flight_out, 1, memory_order_relaxed);
	switch (peer_sign_of(rq, a)) {
	case PEER_SIGN_ANSWER:
		count_answer(
		        live, n, clock_mono_us() - c->started_us, a->outcome == LINK_FULFILLED);
		break;
	case PEER_SIGN_SILENCE:
		count_silence(live, n, a->message);
		break;
	case PEER_SIGN_NONE:
		break;
	}
	if (was_down != (atomic_load(&live->down_ms) != 0)) {
		log_info("peer_health", "peer=%s state=%s", c->peer->row.name,
		        was_down ? "up" : "down");
		tell(n->peer_health, live, &c->peer->row.id);
	}
}

/* ---- from other threads ---- */

enum result peer_health_new(struct node *n, struct peer_health **out)
{
	struct peer_health *h = calloc(1, sizeof(*h));

	if (!h)
		return RESULT_OURS_MEMORY;
	h->node = n;
	h->start.done = on_start;
	h->timer.fire = on_timer;
	*out = h;
	return RESULT_OK;
}

void peer_health_free(struct peer_health *h)
{
	if (!h)
		return;
	while (h->probes)
		probe_free(h->probes);
	free(h);
}

void peer_health_wake(struct peer_health *h)
{
	struct mail_list one;

	if (!h)
		return;
	mail_list_init(&one);
	mail_list_add(&one, &h->start.mail);
	if (outbound_post(h->node->outbound, &one))
		log_warn("peer_health", "result=not_started");
}
