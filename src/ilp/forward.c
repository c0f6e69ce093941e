#include "ilp/forward.h"

#include <stdlib.h>
#include <string.h>

#include "base/failpoint.h"
#include "base/log.h"
#include "codec/ilp_address.h"
#include "ilp/link.h"
#include "ilp/peer_health.h"

#define DOUBT_RETRY_MS 1000

struct forward {
	struct packet *packet;
	const struct peer *to;
	struct flight flight;
	uint64_t margin; /* of its spread */
	struct link_prepare sent;
	struct outbound_request request;
	struct peer_call call;
	struct link_answer answer;
	int64_t credit_batch;
	uint8_t *reject; /* PACKET_REJECT_SIZE: room for a Reject of our own */
	struct bytes reply;
};

/* ---- on the loop thread ---- */

/* Live and test networks are never mixed. */
static bool networks_fit(struct bytes own, struct bytes destination)
{
	enum ilp_scheme a = ilp_address_scheme(own), b = ilp_address_scheme(destination);

	return !((a == ILP_SCHEME_G && b == ILP_SCHEME_TEST) ||
	         (a == ILP_SCHEME_TEST && b == ILP_SCHEME_G));
}

/* Fills in the flight; an error has set the Reject. */
static enum result price(struct packet *p, struct forward *f)
{
	uint64_t cap = f->to->row.max_packet && f->to->row.max_packet < AMOUNT_MAX
	                       ? f->to->row.max_packet
	                       : AMOUNT_MAX;
	struct conversion c;
	enum result r = packet_convert(p, f->to->row.asset, f->to, cap, &c);

	f->flight = (struct flight){
	        .from = p->from->row.account,
	        .to = f->to->row.account,
	        .amount_in = p->prepare.amount,
	        .amount_out = c.delivered,
	        .spread = c.spread,
	};
	f->margin = c.margin;
	return r;
}

/* A copy of the packet with amount and expiry of the next hop: the bytes as they came stay for the
 * replay key. */
static bool patch(struct packet *p, struct forward *f, int64_t expires_at_ms)
{
	struct ilp_prepare moved = p->prepare;
	uint8_t *copy = arena_memdup(p->arena, p->wire.p, p->wire.n);

	if (!copy)
		return false;
	ilp_prepare_patch(copy, &moved, f->flight.amount_out, expires_at_ms);
	f->sent.packet = bytes_of(copy, p->wire.n);
	f->sent.condition = p->prepare.condition;
	f->sent.expires_at_ms = expires_at_ms;
	return true;
}

static enum result reserve_apply(struct op *op, struct batch *b);
static void reserved(struct task *t);
static void forward_end(struct packet *p);

enum packet_next forward_packet(struct packet *p)
{
	const struct node *n = p->loop->node;
	const struct peer *to = snapshot_route(p->snapshot, p->prepare.destination, p->from);
	struct forward *f;
	int64_t expires_at_ms;

	if (!to || !networks_fit(p->snapshot->own, p->prepare.destination)) {
		packet_reject(p, ILP_F02_UNREACHABLE, "no route to the destination");
		return PACKET_ANSWERED;
	}
	if (!to->target) {
		packet_reject(p, ILP_T01_PEER_UNREACHABLE, "peer unreachable");
		return PACKET_ANSWERED;
	}
	f = arena_alloc(p->arena, sizeof(*f));
	if (!f) {
		packet_reject_result(p, RESULT_OURS_MEMORY);
		return PACKET_ANSWERED;
	}
	f->packet = p;
	f->to = to;
	f->reject = arena_alloc(p->arena, PACKET_REJECT_SIZE);
	if (price(p, f))
		return PACKET_ANSWERED;
	if (expiry_outgoing(p->now_ms,
	            expiry_clamp(p->now_ms, p->prepare.expires_at_ms, &n->options.expiry),
	            &n->options.expiry, &expires_at_ms)) {
		packet_reject(p, ILP_R02_INSUFFICIENT_TIMEOUT, "not enough time left");
		return PACKET_ANSWERED;
	}
	if (!f->reject || !patch(p, f, expires_at_ms)) {
		packet_reject_result(p, RESULT_OURS_MEMORY);
		return PACKET_ANSWERED;
	}
	p->delivery = f;
	p->delivery_end = forward_end;
	p->op.apply = reserve_apply;
	p->op.task.done = reserved;
	p->op.task.home = outbound_home(n->outbound);
	packet_claim_replay(p, REPLAY_BEGIN, f->reject, PACKET_REJECT_SIZE);
	submitter_add(&p->loop->submitter, &p->op);
	return PACKET_PARKED;
}

/* The last step, back on the loop thread. */
static void finished(struct task *t)
{
	struct packet *p = OWNER_OF(t, struct packet, op.task);
	struct forward *f = p->delivery;

	if (p->op.result != RESULT_OK) {
		packet_reject_result(p, p->op.result);
	} else if (p->replay.repeated) {
		p->reply = bytes_of(p->replay.reply, p->replay.reply_len);
	} else {
		p->reply = f->reply;
		p->credit_batch = f->credit_batch;
		p->credit_amount = f->flight.amount_in;
	}
	p->answered(p);
}

/* The answer's buffer lies outside the request's arena. */
static void forward_end(struct packet *p)
{
	struct forward *f = p->delivery;

	outbound_request_clear(&f->request);
}

/* ---- on the writer's thread ---- */

/* Packets without money move nothing, and still pass here: for the same reply to a repetition. */
static enum result reserve_apply(struct op *op, struct batch *b)
{
	struct forward *f = OWNER_OF(op, struct packet, op)->delivery;

	if (f->flight.amount_in == 0)
		return RESULT_OK;
	return batch_window_reserve(b, &f->flight, f->sent.expires_at_ms);
}

static enum result settle_apply(struct op *op, struct batch *b)
{
	struct forward *f = OWNER_OF(op, struct packet, op)->delivery;
	struct settlement s = {.flight = f->flight, .packets = 1, .margin = f->margin};

	if (f->flight.amount_in == 0 || f->answer.outcome == LINK_UNKNOWN)
		return RESULT_OK;
	if (f->answer.outcome == LINK_FULFILLED)
		return batch_window_settle(b, &s, &f->credit_batch);
	return batch_window_release(b, &f->flight);
}

/* ---- on the outbound thread ---- */

/* A flight whose outcome is unknown keeps its hold until no Fulfill can come any more, and is then
 * listed as in doubt. It outlives its packet, which is answered at once. */
struct open_doubt {
	struct op op;
	struct node *node;
	struct open_doubt *previous, *next;
	struct timer timer;
	struct flight flight;
};

static void doubt_free(struct open_doubt *d)
{
	if (d->next)
		d->next->previous = d->previous;
	if (d->previous)
		d->previous->next = d->next;
	else
		d->node->open_doubts = d->next;
	free(d);
}

void forward_free(struct node *n)
{
	while (n->open_doubts)
		doubt_free(n->open_doubts);
}

static enum result doubt_apply(struct op *op, struct batch *b)
{
	return batch_window_doubt(b, &OWNER_OF(op, struct open_doubt, op)->flight);
}

static void doubt_listed(struct task *t)
{
	struct open_doubt *d = OWNER_OF(t, struct open_doubt, op.task);

	if (result_class(d->op.result) == RESULT_CLASS_RETRY &&
	        !outbound_draining(d->node->outbound)) {
		outbound_timer_set(d->node->outbound, &d->timer,
		        outbound_now_ms(d->node->outbound) + DOUBT_RETRY_MS);
		return;
	}
	if (d->op.result)
		log_error("forward_doubt", "result=%s", result_name(d->op.result));
	doubt_free(d);
}

static void doubt_due(struct timer *timer)
{
	struct open_doubt *d = OWNER_OF(timer, struct open_doubt, timer);

	d->op.task.home = outbound_home(d->node->outbound);
	submitter_add(&d->node->outbound_submitter, &d->op);
}

static void doubt_open(struct node *n, const struct forward *f)
{
	struct open_doubt *d = calloc(1, sizeof(*d));
	int64_t left_ms = f->sent.expires_at_ms - env_wall_ms(n->env);

	log_warn("forward_unknown", "peer=%s amount=%llu", f->to->row.name,
	        (unsigned long long)f->flight.amount_out);
	/* Without memory the hold stays in the window, where recovery finds it after a restart. */
	if (!d || f->flight.amount_in == 0) {
		free(d);
		return;
	}
	d->node = n;
	d->flight = f->flight;
	d->next = n->open_doubts;
	if (d->next)
		d->next->previous = d;
	n->open_doubts = d;
	d->op.apply = doubt_apply;
	d->op.task.done = doubt_listed;
	d->timer.fire = doubt_due;
	outbound_timer_set(n->outbound, &d->timer,
	        outbound_now_ms(n->outbound) + (left_ms > 0 ? left_ms : 0) + WINDOW_MARGIN_MS);
}

/* The reply, made here because a repetition is to get the same bytes. */
static void choose_reply(struct packet *p, struct forward *f)
{
	if (f->answer.outcome == LINK_FULFILLED || f->answer.outcome == LINK_REJECTED)
		f->reply = f->answer.packet;
	else
		f->reply = packet_reject_encode(p->snapshot, f->answer.code, f->answer.message,
		        bytes_of(NULL, 0), f->reject);
	packet_claim_replay(p, REPLAY_FINISH, (uint8_t *)(uintptr_t)f->reply.p, f->reply.n);
	p->replay.reply_len = f->reply.n;
}

static void answered(struct task *t)
{
	struct forward *f = OWNER_OF(t, struct forward, request.task);
	struct packet *p = f->packet;
	struct node *n = p->loop->node;

	outbound_busy(n->outbound, -1);
	link_judge(&f->request, &f->sent, env_wall_ms(n->env), &f->answer);
	peer_call_end(&f->call, n, &f->request, &f->answer);
	if (f->answer.outcome == LINK_FULFILLED)
		FAILPOINT("send.fulfill_rx");
	if (f->answer.outcome == LINK_UNKNOWN)
		doubt_open(n, f);
	choose_reply(p, f);
	p->op.apply = settle_apply;
	p->op.task.done = finished;
	p->op.task.home = p->loop->home;
	submitter_must(&n->outbound_submitter, &p->op);
}

static void reserved(struct task *t)
{
	struct packet *p = OWNER_OF(t, struct packet, op.task);
	struct forward *f = p->delivery;
	struct node *n = p->loop->node;

	if (p->op.result != RESULT_OK || p->replay.repeated) {
		node_send_home(p->loop->home, &p->op.task, finished);
		return;
	}
	FAILPOINT("send.before_prepare");
	link_request(&f->request, f->to->target, &f->sent, env_wall_ms(n->env),
	        outbound_now_ms(n->outbound));
	f->request.task.home = outbound_home(n->outbound);
	f->request.task.done = answered;
	peer_call_begin(&f->call, f->to);
	outbound_busy(n->outbound, 1);
	outbound_send(n->outbound, &f->request);
}
