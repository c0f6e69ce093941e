#include "ilp/partial.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "codec/stream_packet.h"

struct partials {
	struct node *node;
	struct partial *placed[LIMIT_PARTIALS];
	size_t count;
	struct task drain;
	_Atomic bool draining;
};

enum result partials_new(struct node *n, struct partials **out)
{
	struct partials *all;

	if (!n->options.confirm_partial_ms)
		return RESULT_OK;
	all = calloc(1, sizeof(*all));
	if (!all)
		return RESULT_OURS_MEMORY;
	all->node = n;
	*out = all;
	return RESULT_OK;
}

void partials_free(struct partials *all)
{
	free(all);
}

/* ---- places ---- */

/* A repetition takes none: it waits in the writer for the first one's end. */
static bool place(struct partials *all, struct partial *x)
{
	size_t of_payment = 0;

	for (size_t i = 0; i < all->count; i++) {
		const struct partial *other = all->placed[i];

		if (memcmp(other->packet->replay.key, x->packet->replay.key,
		            sizeof(x->packet->replay.key)) == 0)
			return false;
		of_payment += other->ask.credit->incoming == x->ask.credit->incoming;
	}
	if (all->count == LIMIT_PARTIALS || of_payment >= LIMIT_PARTIALS_PER_PAYMENT)
		return false;
	all->placed[all->count++] = x;
	return true;
}

static void leave(struct partial *x)
{
	struct partials *all = x->all;

	outbound_timer_cancel(all->node->outbound, &x->timer);
	for (size_t i = 0; i < all->count; i++) {
		if (all->placed[i] != x)
			continue;
		all->placed[i] = all->placed[--all->count];
		return;
	}
}

/* ---- ends ---- */

static void decision_home(struct partial_decision *d, bool found, enum result r)
{
	d->found = found;
	d->result = r;
	node_send_home(d->loop->home, &d->task, d->home);
}

/* The packet may be gone when this returns. */
static void finished(struct task *t)
{
	struct packet *p = OWNER_OF(t, struct packet, op.task);
	struct partial *x = p->partial;

	leave(x);
	outbound_busy(x->all->node->outbound, -1);
	if (x->decision)
		decision_home(x->decision, true, p->op.result);
	x->ended(t);
}

static enum result nothing_apply(struct op *op, struct batch *b)
{
	(void)op;
	(void)b;
	return RESULT_OK;
}

/* The end of what asking began: with the credit, or with the Reject as the reply. */
static void submit_end(struct partial *x, enum result (*apply)(struct op *op, struct batch *b))
{
	struct packet *p = x->packet;

	x->state = PARTIAL_DECIDED;
	outbound_timer_cancel(x->all->node->outbound, &x->timer);
	p->op.apply = apply;
	p->op.task.done = finished;
	p->op.task.home = outbound_home(x->all->node->outbound);
	p->replay.role = REPLAY_FINISH;
	submitter_must(&x->all->node->outbound_submitter, &p->op);
}

static void refuse(struct partial *x, const char *code, const char *message, struct bytes data)
{
	struct packet *p = x->packet;
	struct bytes reply = packet_reject_encode(p->snapshot, code, message, data, x->reject);

	x->refused = true;
	packet_claim_replay(p, REPLAY_FINISH, x->reject, reply.n);
	p->replay.reply_len = reply.n;
	submit_end(x, nothing_apply);
}

/* For a while only. */
static void refuse_for_now(struct partial *x, const char *code, const char *message)
{
	refuse(x, code, message, bytes_of(NULL, 0));
}

static void carry_out(struct partial *x)
{
	const struct partial_decision *d = x->decision;

	if (d->confirm)
		submit_end(x, x->credit_apply);
	else
		refuse(x, ILP_F99_APPLICATION_ERROR, d->reason, x->refusal);
}

static void on_timer(struct timer *t)
{
	struct partial *x = OWNER_OF(t, struct partial, timer);

	refuse_for_now(x, ILP_T99_APPLICATION_ERROR, "nobody decided about it in time");
}

static void refuse_for_stop(struct partial *x)
{
	refuse_for_now(x, ILP_T03_CONNECTOR_BUSY, "connector is stopping");
}

static void drain(struct task *t)
{
	struct partials *all = OWNER_OF(t, struct partials, drain);

	/* They leave when the writer has answered. */
	for (size_t i = 0; i < all->count; i++)
		if (all->placed[i]->state == PARTIAL_WAITING)
			refuse_for_stop(all->placed[i]);
}

void partials_drain(struct partials *all)
{
	struct mail_list one;

	if (!all)
		return;
	atomic_store(&all->draining, true);
	all->drain.done = drain;
	mail_list_init(&one);
	mail_list_add(&one, &all->drain.mail);
	if (outbound_post(all->node->outbound, &one))
		log_warn("partials_drain", "result=not_posted"); /* each ends at its time */
}

/* ---- asking ---- */

static enum result ask_apply(struct op *op, struct batch *b)
{
	struct packet *p = OWNER_OF(op, struct packet, op);

	/* Only here is it known that the packet is none that was answered before. */
	if (!p->partial->placed)
		return RESULT_THEIRS_FORBIDDEN;
	return batch_incoming_ask(b, &p->partial->ask);
}

static void asked(struct task *t)
{
	struct packet *p = OWNER_OF(t, struct packet, op.task);
	struct partial *x = p->partial;
	struct node *n = x->all->node;

	if (p->op.result || p->replay.repeated) {
		if (p->op.result == RESULT_THEIRS_FORBIDDEN && !x->placed)
			p->op.result = RESULT_RETRY_BUSY;
		finished(t);
		return;
	}
	x->state = PARTIAL_WAITING;
	if (x->decision)
		carry_out(x);
	else if (atomic_load(&x->all->draining))
		refuse_for_stop(x);
	else
		outbound_timer_set(n->outbound, &x->timer,
		        outbound_now_ms(n->outbound) + x->ask.decide_by_ms - env_wall_ms(n->env));
}

void partial_take(struct packet *p, struct partial *x)
{
	struct partials *all = x->all;
	struct node *n = all->node;
	int64_t now_ms = env_wall_ms(n->env);

	outbound_busy(n->outbound, 1);
	p->op.result = atomic_load(&all->draining) ? RESULT_RETRY_DRAINING : RESULT_OK;
	/* A repetition of one that was answered comes in time for that answer alone. */
	if (!p->op.result &&
	        expiry_decision(now_ms, p->prepare.expires_at_ms, n->options.confirm_partial_ms,
	                &n->options.expiry, &x->ask.decide_by_ms))
		x->ask.decide_by_ms = now_ms;
	if (p->op.result) {
		finished(&p->op.task);
		return;
	}
	id_new(now_ms, &x->ask.id);
	x->placed = place(all, x);
	x->credit_apply = p->op.apply;
	p->op.apply = ask_apply;
	p->op.task.done = asked;
	p->op.task.home = outbound_home(n->outbound);
	p->replay.role = REPLAY_BEGIN;
	submitter_add(&n->outbound_submitter, &p->op);
}

static void take(struct task *t)
{
	struct packet *p = OWNER_OF(t, struct packet, op.task);

	partial_take(p, p->partial);
}

void partial_give(struct packet *p, struct partial *x, void (*home_done)(struct task *t))
{
	(void)x;
	p->op.task.done = take;
	p->op.task.home = p->loop->home;
	(void)node_post_outbound(p->loop, &p->op.task, home_done, &p->op.result);
}

/* What the frames of the request carry for the application, in their order. */
static void read_data(struct bytes plain, struct buf *out, bool *cut)
{
	struct stream_packet request;
	struct stream_frames it;
	struct stream_frame f;

	*cut = false;
	if (stream_packet_decode(plain, &request))
		return;
	stream_frames_init(&it, &request);
	while (stream_frames_next(&it, &f)) {
		struct bytes piece;

		if (f.type != STREAM_FRAME_STREAM_DATA)
			continue;
		piece = f.data.bytes;
		if (piece.n > LIMIT_PARTIAL_DATA_BYTES - out->len) {
			piece.n = LIMIT_PARTIAL_DATA_BYTES - out->len;
			*cut = true;
		}
		buf_bytes(out, piece);
	}
}

struct partial *partial_new(struct packet *p, const struct credit *credit, struct bytes plain)
{
	struct partial *x = arena_alloc(p->arena, sizeof(*x));
	uint8_t *data = arena_alloc(p->arena, LIMIT_PARTIAL_DATA_BYTES);
	struct buf b;

	if (!x || !data)
		return NULL;
	memset(x, 0, sizeof(*x));
	x->reject = arena_alloc(p->arena, PACKET_REJECT_SIZE + PARTIAL_REFUSAL_BYTES);
	if (!x->reject)
		return NULL;
	buf_init(&b, data, LIMIT_PARTIAL_DATA_BYTES);
	read_data(plain, &b, &x->ask.data_is_cut);
	x->ask.data = buf_view(&b);
	x->ask.credit = credit;
	x->all = p->loop->node->partials;
	x->packet = p;
	x->timer.fire = on_timer;
	p->partial = x;
	return x;
}

/* ---- decisions ---- */

static struct partial *find(const struct partials *all, const struct partial_decision *d)
{
	for (size_t i = 0; i < all->count; i++) {
		struct partial *x = all->placed[i];

		if (x->ask.credit->incoming == d->incoming && id_eq(&x->ask.id, &d->id))
			return x->state == PARTIAL_DECIDED || x->decision ? NULL : x;
	}
	return NULL;
}

static void decide(struct task *t)
{
	struct partial_decision *d = OWNER_OF(t, struct partial_decision, task);
	struct partial *x = find(d->loop->node->partials, d);

	if (!x) {
		decision_home(d, false, RESULT_THEIRS_NOT_FOUND);
		return;
	}
	x->decision = d;
	/* The host may be told of the commit before this thread is. */
	if (x->state == PARTIAL_WAITING)
		carry_out(x);
}

void partial_decide(struct node_loop *l, struct partial_decision *d)
{
	d->loop = l;
	d->found = false;
	if (!l->node->partials) {
		decision_home(d, false, RESULT_THEIRS_NOT_FOUND);
		return;
	}
	d->task.done = decide;
	(void)node_post_outbound(l, &d->task, d->home, &d->result);
}
