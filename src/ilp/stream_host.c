#include "ilp/stream_host.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "ilp/link.h"
#include "ilp/peer_health.h"
#include "ilp/way_back.h"

#define MARKS 1024 /* a power of two */
#define WIRE_BYTES                                                                                 \
	(96 + ILP_ADDRESS_MAX + STREAM_SEND_BYTES + ENVELOPE_SIZE) /* of a packet of our own */

struct stream_host {
	struct stream_hosts *all;
	struct secret32 shared_secret;
	struct stream_keys *keys;
	struct stream_endpoint endpoint;
	char asset_code[ASSET_CODE_MAX + 1];
	int64_t incoming; /* key of the payment that it is for; 0: the wallet itself */
	uint64_t replied; /* the stream of the last note that was answered */
	unsigned parked;  /* packets of theirs that are with the writer */
	struct timer timer;

	/* the packet of ours that is under way */
	bool sending;
	struct stream_out out;
	struct outbound_request request;
	struct link_prepare prepare;
	struct peer_call call;
	struct snapshot *snapshot; /* held meanwhile */
	uint8_t condition[ILP_CONDITION_SIZE];
	uint8_t *wire; /* WIRE_BYTES */
};

struct stream_hosts {
	struct node *node;
	struct stream_host *hosts[STREAM_HOSTS_MAX];
	size_t count;
	/* How many hosts fall on each mark: read by all threads. */
	_Atomic unsigned char marks[MARKS];
	uint8_t scratch[STREAM_PLAINTEXT_MAX];
	uint8_t plain[STREAM_PLAINTEXT_MAX];
	uint8_t sealed[STREAM_SEND_BYTES + ENVELOPE_SIZE];
};

/* A shared secret is the output of an HMAC: any of its bits will do. */
static size_t mark_of(const struct secret32 *shared_secret)
{
	return (shared_secret->b[0] | (size_t)shared_secret->b[1] << 8) % MARKS;
}

bool stream_hosts_may_have(const struct stream_hosts *h, const struct secret32 *shared_secret)
{
	return h && atomic_load_explicit(&h->marks[mark_of(shared_secret)], memory_order_relaxed);
}

enum result stream_hosts_new(struct node *n, struct stream_hosts **out)
{
	struct stream_hosts *h = calloc(1, sizeof(*h));

	if (!h)
		return RESULT_OURS_MEMORY;
	h->node = n;
	*out = h;
	return RESULT_OK;
}

/* ---- hosts ---- */

/* Its timer is not set any more: it fired, was cancelled, or went with the outbound thread. */
static void host_free(struct stream_host *h)
{
	struct stream_hosts *all = h->all;

	assert(!h->parked && !h->sending);
	for (size_t i = 0; i < all->count; i++) {
		if (all->hosts[i] != h)
			continue;
		all->hosts[i] = all->hosts[--all->count];
		atomic_fetch_sub(&all->marks[mark_of(&h->shared_secret)], 1);
		break;
	}
	stream_endpoint_clear(&h->endpoint);
	stream_keys_free(h->keys);
	outbound_request_clear(&h->request);
	free(h->wire);
	secret_clear(&h->shared_secret);
	free(h);
}

void stream_hosts_free(struct stream_hosts *h)
{
	if (!h)
		return;
	while (h->count)
		host_free(h->hosts[h->count - 1]);
	secret_wipe(h->plain, sizeof(h->plain));
	secret_wipe(h->scratch, sizeof(h->scratch));
	free(h);
}

static struct stream_host *host_find(
        const struct stream_hosts *all, const struct secret32 *shared_secret)
{
	for (size_t i = 0; i < all->count; i++)
		if (secret_eq(&all->hosts[i]->shared_secret, shared_secret))
			return all->hosts[i];
	return NULL;
}

/* Room for one more, at the cost of the one that was quiet longest. */
static bool make_room(struct stream_hosts *all, int64_t now_ms)
{
	struct stream_host *quiet = NULL;

	if (all->count < STREAM_HOSTS_MAX)
		return true;
	for (size_t i = 0; i < all->count; i++) {
		struct stream_host *h = all->hosts[i];

		if (h->parked || h->sending)
			continue;
		if (!quiet || h->endpoint.active_ms < quiet->endpoint.active_ms)
			quiet = h;
	}
	if (!quiet || now_ms - quiet->endpoint.active_ms < STREAM_HOST_QUIET_MS)
		return false;
	outbound_timer_cancel(all->node->outbound, &quiet->timer);
	host_free(quiet);
	return true;
}

static void on_timer(struct timer *timer);

static struct stream_host *host_new(
        struct stream_hosts *all, const struct stream_call *call, int64_t now_ms)
{
	struct stream_endpoint_options o = {.server = true,
	        .asset_scale = (uint8_t)call->asset->scale,
	        .receive_max = UINT64_MAX, /* the store decides */
	        .first_sequence = 1};
	struct stream_host *h;

	if (outbound_draining(all->node->outbound) || !make_room(all, now_ms))
		return NULL;
	h = calloc(1, sizeof(*h));
	if (!h)
		return NULL;
	h->all = all;
	h->shared_secret = call->shared_secret;
	h->incoming = call->credit.incoming;
	h->keys = stream_keys_new(bytes_of(call->shared_secret.b, sizeof(call->shared_secret.b)));
	if (!h->keys) {
		free(h);
		return NULL;
	}
	memcpy(h->asset_code, call->asset->code, sizeof(h->asset_code));
	o.asset_code = h->asset_code;
	stream_endpoint_init(&h->endpoint, &o, now_ms);
	h->timer.fire = on_timer;
	all->hosts[all->count++] = h;
	atomic_fetch_add(&all->marks[mark_of(&h->shared_secret)], 1);
	return h;
}

/* ---- what the streams are for ---- */

/* A developer's node sends everything back. */
static void echo(struct stream_endpoint *e, struct stream *s)
{
	struct bytes piece;

	while ((piece = stream_endpoint_peek(s)).n) {
		size_t n = stream_endpoint_write(s, piece);

		stream_endpoint_read(e, s, n);
		if (n < piece.n)
			return;
	}
	if (stream_endpoint_is_read_out(s))
		stream_endpoint_end(e, s);
}

/* Nobody reads what comes: its sender is told. */
static void turn_away(struct stream_endpoint *e, struct stream *s)
{
	struct bytes piece;

	if (s->in.top && !s->ending)
		stream_endpoint_refuse(s, STREAM_APPLICATION_ERROR);
	while ((piece = stream_endpoint_peek(s)).n)
		stream_endpoint_read(e, s, piece.n);
	if (stream_endpoint_is_read_out(s))
		stream_endpoint_end(e, s);
}

/* A stream to an incoming payment that ends after a little text is a note. */
static bool may_become_note(const struct stream_host *h, const struct stream *s)
{
	return h->incoming && s->in.top && s->in.top <= NOTE_BYTES_MAX && !s->in.read && !s->ending;
}

/* It stays in the stream until it is in the store, and goes with every packet until then: none may
 * be fulfilled before. */
static void take_note(struct stream_host *h, struct stream *s, struct stream_call *call)
{
	struct bytes text = stream_endpoint_peek(s);

	if (!text_is_clean_utf8((const char *)text.p, text.n)) {
		turn_away(&h->endpoint, s);
		return;
	}
	if (!call || call->note.stream)
		return;
	memcpy(call->note_text, text.p, text.n);
	call->note = (struct note_arrived){
	        h->incoming, s->id, bytes_of(call->note_text, text.n), call->reply};
	if (call->reply && h->replied != s->id)
		(void)stream_endpoint_write(s, bytes_str(call->reply));
	h->replied = s->id;
}

/* call: the packet that is being judged, or NULL. */
static void serve(struct stream_host *h, struct stream_call *call)
{
	const struct node_options *o = &h->all->node->options;

	for (size_t i = 0; i < 2 * STREAM_STREAMS_MAX; i++) {
		struct stream *s = &h->endpoint.streams[i];

		if (!s->id)
			continue;
		if (o->stream_echo)
			echo(&h->endpoint, s);
		else if (!may_become_note(h, s))
			turn_away(&h->endpoint, s);
		else if (s->closed_there && s->in.ready == s->in.top)
			take_note(h, s, call);
	}
}

/* The operation that took the note along is over, with that result. Where the money was refused, or
 * the packet was a repetition, nobody has judged the note: it goes with the next packet. */
static void note_over(struct stream_host *h, const struct stream_call *call, enum result r)
{
	struct stream *s = stream_endpoint_find(&h->endpoint, call->note.stream);

	if (!s || s->in.read || !call->note_judged)
		return;
	if (result_class(call->note_result) == RESULT_CLASS_THEIRS) {
		turn_away(&h->endpoint, s);
	} else if (r == RESULT_OK) {
		stream_endpoint_read(&h->endpoint, s, (size_t)s->in.top);
		stream_endpoint_end(&h->endpoint, s);
	}
}

/* ---- packets of our own ---- */

static void answered(struct task *t);

static bool build(struct stream_host *h, struct bytes plain, int64_t wall_now_ms)
{
	struct stream_hosts *all = h->all;
	uint8_t fulfillment[ILP_FULFILLMENT_SIZE];
	struct ilp_prepare prepare;
	struct buf data, wire;

	if (!h->wire)
		h->wire = malloc(WIRE_BYTES);
	if (!h->wire)
		return false;
	buf_init(&data, all->sealed, sizeof(all->sealed));
	stream_keys_seal(h->keys, plain, &data);
	if (h->out.fulfillable) {
		stream_keys_fulfillment(h->keys, buf_view(&data), fulfillment);
		stream_condition(fulfillment, h->condition);
	} else {
		env_random(all->node->env, h->condition, sizeof(h->condition));
	}
	prepare = (struct ilp_prepare){
	        .expires_at_ms = wall_now_ms + all->node->options.expiry.max_hold_ms,
	        .condition = h->condition,
	        .destination = bytes_str(h->endpoint.address),
	        .data = buf_view(&data),
	};
	buf_init(&wire, h->wire, WIRE_BYTES);
	ilp_prepare_encode(&wire, &prepare);
	h->prepare = (struct link_prepare){buf_view(&wire), h->condition, prepare.expires_at_ms};
	return !data.failed && !wire.failed;
}

/* False: it can't be sent. */
static bool send_packet(struct stream_host *h, struct bytes plain)
{
	struct node *n = h->all->node;
	int64_t wall = env_wall_ms(n->env);
	struct snapshot *snapshot = snapshots_get(n->snapshots);
	const struct peer *peer = snapshot_route(snapshot, bytes_str(h->endpoint.address), NULL);

	if (!peer || !peer->target || !build(h, plain, wall)) {
		snapshot_release(snapshot);
		return false;
	}
	h->snapshot = snapshot;
	h->sending = true;
	link_request(&h->request, peer->target, &h->prepare, wall, outbound_now_ms(n->outbound));
	h->request.task.home = outbound_home(n->outbound);
	h->request.task.done = answered;
	peer_call_begin(&h->call, peer);
	outbound_busy(n->outbound, 1);
	outbound_send(n->outbound, &h->request);
	return true;
}

/* Sends what there is to send, and sets the timer for what is next. */
static void pump(struct stream_host *h)
{
	const struct stream_limits no_money = {.packet_max = 0};
	struct stream_hosts *all = h->all;
	struct outbound *o = all->node->outbound;
	int64_t now = outbound_now_ms(o), wait = INT64_MAX, idle;
	struct buf plain;

	while (!h->sending && !outbound_draining(o)) {
		buf_init(&plain, all->plain, STREAM_SEND_BYTES);
		if (!stream_endpoint_next(&h->endpoint, &no_money, now, STREAM_SEND_BYTES,
		            all->scratch, &plain, &h->out, &wait))
			break;
		if (plain.failed || !send_packet(h, buf_view(&plain)))
			stream_endpoint_report(&h->endpoint, &h->out, STREAM_LOST, NULL, now);
	}
	idle = h->endpoint.active_ms + STREAM_IDLE_MS;
	outbound_timer_set(o, &h->timer, wait < idle ? wait : idle > now ? idle : now + 1);
}

static void on_timer(struct timer *timer)
{
	struct stream_host *h = OWNER_OF(timer, struct stream_host, timer);

	if (!h->parked && !h->sending &&
	        stream_endpoint_is_idle(&h->endpoint, outbound_now_ms(h->all->node->outbound)))
		host_free(h);
	else
		pump(h);
}

/* An authentic reply to the packet under way. */
static bool read_reply(
        struct stream_host *h, const struct link_answer *a, struct stream_packet *out)
{
	struct stream_hosts *all = h->all;
	struct bytes data;
	struct buf b;

	if (a->outcome == LINK_FULFILLED)
		data = a->fulfill.data;
	else if (a->outcome == LINK_REJECTED)
		data = a->reject.data;
	else
		return false;
	buf_init(&b, all->plain, sizeof(all->plain));
	return !stream_keys_open(h->keys, data, &b) && !stream_packet_decode(buf_view(&b), out) &&
	       out->sequence == h->out.sequence && out->type != ILP_PREPARE;
}

static void answered(struct task *t)
{
	struct stream_host *h = OWNER_OF(t, struct stream_host, request.task);
	struct node *n = h->all->node;
	struct stream_packet reply;
	struct link_answer a;
	enum stream_fate fate = STREAM_REJECTED;
	bool authentic;

	outbound_busy(n->outbound, -1);
	h->sending = false;
	link_judge(&h->request, &h->prepare, env_wall_ms(n->env), &a);
	peer_call_end(&h->call, n, &h->request, &a);
	if (a.outcome == LINK_FULFILLED)
		fate = STREAM_FULFILLED;
	else if (a.outcome == LINK_UNKNOWN)
		fate = STREAM_LOST;
	authentic = read_reply(h, &a, &reply);
	stream_endpoint_report(&h->endpoint, &h->out, fate, authentic ? &reply : NULL,
	        outbound_now_ms(n->outbound));
	outbound_request_clear(&h->request);
	snapshot_release(h->snapshot);
	h->snapshot = NULL;
	serve(h, NULL);
	pump(h);
}

/* ---- packets of theirs ---- */

/* Secrets, and what people write to each other. */
static void forget(struct stream_call *call)
{
	secret_clear(&call->shared_secret);
	secret_wipe((void *)(uintptr_t)call->plain.p, call->plain.n);
	secret_wipe(call->note_text, sizeof(call->note_text));
}

/* The last step, back on the loop thread. */
static void finished(struct task *t)
{
	struct packet *p = OWNER_OF(t, struct packet, op.task);
	struct stream_call *call = p->delivery;

	forget(call);
	if (p->op.result == RESULT_OK) {
		p->reply = bytes_of(p->op.replay ? p->replay.reply : call->fulfill,
		        p->op.replay ? p->replay.reply_len : call->fulfill_n);
		/* A repetition promises nothing new: the first reply's fate is told once. */
		if (!p->op.replay || p->replay.repeated)
			p->credit_batch = 0;
		else
			p->credit_amount = call->credit.amount_in;
	} else {
		p->credit_batch = 0;
		if (p->op.result == RESULT_THEIRS_TOO_BIG)
			packet_reject_data(p, ILP_F99_APPLICATION_ERROR, "",
			        bytes_of(call->refusal, call->refusal_n));
		else
			packet_reject_result(p, p->op.result);
	}
	p->answered(p);
}

static void no_state(struct task *t)
{
	struct packet *p = OWNER_OF(t, struct packet, op.task);
	struct stream_call *call = p->delivery;

	forget(call);
	call->stateless(p);
}

static enum result credit_apply(struct op *op, struct batch *b)
{
	struct packet *p = OWNER_OF(op, struct packet, op);
	struct stream_call *call = p->delivery;
	enum result r;

	if (!call->taken.fulfil)
		return RESULT_THEIRS_TOO_BIG;
	r = call->credit.amount_in ? batch_credit(b, &call->credit, &p->credit_batch) : RESULT_OK;
	call->note_result = RESULT_OK;
	call->note_judged = !r && call->note.stream;
	if (call->note_judged)
		call->note_result = batch_note_arrived(b, &call->note);
	/* That a note is refused is no reason against the money that came with it. */
	if (call->note_result &&
	        !(call->credit.amount_in && result_class(call->note_result) == RESULT_CLASS_THEIRS))
		r = call->note_result;
	if (!r)
		p->replay.reply_len = call->fulfill_n;
	return r;
}

static void committed(struct task *t)
{
	struct packet *p = OWNER_OF(t, struct packet, op.task);
	struct stream_call *call = p->delivery;
	struct stream_host *h = call->host;

	h->parked--;
	outbound_busy(h->all->node->outbound, -1);
	stream_endpoint_settle(&h->endpoint, &call->taken,
	        p->op.result == RESULT_OK && !p->replay.repeated &&
	                !(call->partial && call->partial->refused));
	if (call->note.stream)
		note_over(h, call, p->op.result);
	serve(h, NULL);
	pump(h);
	node_send_home(p->loop->home, &p->op.task, finished);
}

static void write_answers(struct stream_host *h, struct stream_call *call)
{
	struct stream_hosts *all = h->all;
	uint8_t sealed[STREAM_ANSWER_BYTES];
	struct buf plain, data, fulfill;

	buf_init(&plain, all->plain, STREAM_REFUSAL_BYTES - ENVELOPE_SIZE);
	stream_endpoint_answer(&h->endpoint, &call->taken, false, 0, all->scratch, &plain);
	buf_init(&data, call->refusal, sizeof(call->refusal));
	if (!plain.failed)
		stream_keys_seal(h->keys, buf_view(&plain), &data);
	call->refusal_n = data.failed ? 0 : data.len;
	if (!call->taken.fulfil)
		return;
	buf_init(&plain, all->plain, STREAM_ANSWER_BYTES - ENVELOPE_SIZE);
	stream_endpoint_answer(&h->endpoint, &call->taken, true,
	        STREAM_ANSWER_BYTES - ENVELOPE_SIZE, all->scratch, &plain);
	buf_init(&data, sealed, sizeof(sealed));
	if (!plain.failed)
		stream_keys_seal(h->keys, buf_view(&plain), &data);
	buf_init(&fulfill, call->fulfill, sizeof(call->fulfill));
	ilp_fulfill_encode(&fulfill, call->fulfillment, buf_view(&data));
	assert(!fulfill.failed);
	call->fulfill_n = fulfill.len;
}

/* Data from the middle on a connection that we know nothing of: what came before was read by a node
 * that has stopped since, or given up here. */
static bool is_a_continuation(const struct stream_packet *p)
{
	struct stream_frames it;
	struct stream_frame f;

	stream_frames_init(&it, p);
	while (stream_frames_next(&it, &f))
		if (f.type == STREAM_FRAME_STREAM_DATA && f.data.offset)
			return true;
	return false;
}

static struct stream_host *host_of(
        struct stream_hosts *all, const struct stream_call *call, const struct stream_packet *p)
{
	struct stream_host *h = host_find(all, &call->shared_secret);

	if (h || !call->wants_state)
		return h;
	h = host_new(all, call, outbound_now_ms(all->node->outbound));
	if (h && is_a_continuation(p))
		stream_endpoint_close(&h->endpoint, STREAM_INTERNAL_ERROR);
	return h;
}

/* With the writer where there is money, refused packets included: a repetition is to get the reply
 * of the first one, whatever has happened since. */
static void decide(struct packet *p, struct stream_call *call)
{
	struct stream_host *h = call->host;
	struct node *n = h->all->node;

	if ((call->credit.amount_in && call->fulfillable) ||
	        (call->note.stream && call->taken.fulfil)) {
		h->parked++;
		outbound_busy(n->outbound, 1);
		p->op.apply = credit_apply;
		p->op.task.done = committed;
		p->op.task.home = outbound_home(n->outbound);
		packet_claim_replay(p, REPLAY_ANSWER, call->fulfill, sizeof(call->fulfill));
		if (call->partial && call->taken.fulfil) {
			call->partial->refusal = bytes_of(call->refusal, call->refusal_n);
			call->partial->ended = committed;
			partial_take(p, call->partial);
			return;
		}
		submitter_add(&n->outbound_submitter, &p->op);
		return;
	}
	p->op.result = RESULT_OK;
	if (!call->taken.fulfil)
		p->op.result = call->over ? RESULT_THEIRS_STATE : RESULT_THEIRS_TOO_BIG;
	node_send_home(p->loop->home, &p->op.task, finished);
	pump(h);
}

/* The address that the connection's packets have told; the host may end before the commit. */
static void tell_payer(const struct stream_endpoint *e, struct stream_call *call)
{
	if (!e->address[0])
		return;
	text_copy_cut(call->payer, sizeof(call->payer), e->address);
	way_back_asset(bytes_str(e->asset_told ? e->asset_code : ""), call->payer_asset);
	call->credit.payer = (struct way_back){call->payer, call->payer_asset, e->asset_scale};
}

static void take(struct task *t)
{
	struct packet *p = OWNER_OF(t, struct packet, op.task);
	struct stream_call *call = p->delivery;
	struct stream_hosts *all = p->loop->node->stream_hosts;
	struct stream_packet request;
	struct stream_host *h = NULL;

	if (!stream_packet_decode(call->plain, &request))
		h = host_of(all, call, &request);
	call->host = h;
	if (!h) {
		node_send_home(p->loop->home, &p->op.task, no_state);
		return;
	}
	stream_endpoint_take(&h->endpoint, &request, call->credit.amount_out, call->fulfillable,
	        outbound_now_ms(all->node->outbound), &call->taken);
	call->credit.exchanged = call->taken.exchanged;
	tell_payer(&h->endpoint, call);
	serve(h, call);
	write_answers(h, call);
	decide(p, call);
}

enum packet_next stream_host_take(struct packet *p, struct stream_call *call)
{
	p->delivery = call;
	p->op.task.done = take;
	p->op.task.home = p->loop->home;
	/* Where the thread takes no more, `finished` refuses the packet. */
	(void)node_post_outbound(p->loop, &p->op.task, finished, &p->op.result);
	return PACKET_PARKED;
}
