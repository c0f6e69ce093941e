#include "admin/outgoing_wait.h"

#include "admin/answer.h"
#include "ilp/node.h"

#define LOOK_BYTES (64 * 1024) /* one payment and its texts */

/* Goes to the outbound thread, which has timers and knows the ends of attempts, and comes home for
 * each look. */
struct outgoing_wait {
	struct task task;
	struct timer timer;
	struct payment_watch watch;
	struct http_request *rq; /* loop thread only */
	struct node_loop *loop;  /* loop thread only */
	http_handler *then;
	struct node *node;
	int64_t until_ms; /* monotonic */
	struct id id;
	bool woken; /* an attempt has ended */
	/* as seen last */
	enum payment_state state;
	uint64_t sent, delivered, packets;
	unsigned attempts;
	enum result result; /* the outbound thread takes no more */
};

static http_handler look;

static void come_home(struct task *t)
{
	http_resume(OWNER_OF(t, struct outgoing_wait, task)->rq);
}

/* ---- on the outbound thread ---- */

static void send_home(struct outgoing_wait *w)
{
	outbound_timer_cancel(w->node->outbound, &w->timer);
	payment_watch_leave(&w->node->watches, &w->watch);
	outbound_busy(w->node->outbound, -1);
	node_send_home(w->task.home, &w->task, come_home);
}

static void fire(struct timer *timer)
{
	send_home(OWNER_OF(timer, struct outgoing_wait, timer));
}

static void wake(struct payment_watch *watch)
{
	struct outgoing_wait *w = OWNER_OF(watch, struct outgoing_wait, watch);

	w->woken = true;
	send_home(w);
}

static void begin(struct task *t)
{
	struct outgoing_wait *w = OWNER_OF(t, struct outgoing_wait, task);

	outbound_busy(w->node->outbound, 1);
	w->watch.payment = w->id;
	w->watch.wake = wake;
	payment_watch_join(&w->node->watches, &w->watch);
	payment_watches_looked(&w->node->watches, &w->id, outbound_now_ms(w->node->outbound));
	w->timer.fire = fire;
	outbound_timer_set(w->node->outbound, &w->timer,
	        outbound_now_ms(w->node->outbound) + OUTGOING_WAIT_STEP_MS);
}

/* ---- on the loop thread ---- */

static enum http_next step(struct outgoing_wait *w)
{
	http_park(w->rq, look);
	w->task.done = begin;
	(void)node_post_outbound(w->loop, &w->task, come_home, &w->result);
	return HTTP_PARKED;
}

/* Looks many times: what it reads is not kept in the request's arena. */
static bool has_moved(const struct outgoing_wait *w)
{
	struct payment_row p;
	struct arena memory;
	bool moved = true;

	arena_init(&memory, LOOK_BYTES);
	if (!store_payment_get(w->loop->reader, &memory, &w->id, &p))
		moved = p.state != w->state || p.sent != w->sent || p.delivered != w->delivered ||
		        p.packets != w->packets || p.attempts != w->attempts;
	arena_clear(&memory);
	return moved;
}

static enum http_next look(struct http_request *rq)
{
	struct outgoing_wait *w = rq->state;

	if (w->result || w->woken || http_mono_ms(rq) >= w->until_ms || has_moved(w))
		return w->then(rq);
	return step(w);
}

enum http_next admin_outgoing_wait(struct http_request *rq, const struct payment_row *seen,
        int64_t wait_ms, http_handler *then)
{
	struct outgoing_wait *w = arena_alloc(&rq->arena, sizeof(*w));

	if (!w)
		return admin_refuse_by(rq, RESULT_OURS_MEMORY, NULL);
	w->rq = rq;
	w->loop = http_app(rq);
	w->then = then;
	w->node = w->loop->node;
	w->task.home = w->loop->home;
	w->until_ms = http_mono_ms(rq) + wait_ms;
	w->id = seen->id;
	w->state = seen->state;
	w->sent = seen->sent;
	w->delivered = seen->delivered;
	w->packets = seen->packets;
	w->attempts = seen->attempts;
	rq->state = w;
	return step(w);
}
