#include "ilp/stream_connection.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/failpoint.h"
#include "base/log.h"
#include "base/text.h"
#include "codec/stream_packet.h"
#include "ilp/stream_flight.h"

#define DOUBT_MARGIN_MS 50 /* clocks of one machine; the hold's own margin is WINDOW_MARGIN_MS */

static int64_t now_ms(const struct stream_connection *c)
{
	return outbound_now_ms(c->node->outbound);
}

static struct stream_flight *flight_new(struct stream_connection *c)
{
	struct stream_flight *f = c->free;

	if (f) {
		c->free = f->next_free;
		return f;
	}
	f = calloc(1, sizeof(*f));
	if (!f)
		return NULL;
	f->connection = c;
	f->next = c->all;
	c->all = f;
	return f;
}

static void flight_end(struct stream_flight *f)
{
	struct stream_connection *c = f->connection;

	f->next_free = c->free;
	c->free = f;
	c->in_flight--;
	if (!c->ended)
		stream_connection_pump(c);
	else if (c->in_flight == 0)
		c->events.idle(c->events.arg);
}

/* ---- for people ---- */

/* A code comes from others. */
static const char *code_text(const char code[4])
{
	for (size_t i = 0; i < ILP_CODE_SIZE; i++)
		if ((code[i] < '0' || code[i] > '9') && (code[i] < 'A' || code[i] > 'Z'))
			return "?";
	return code;
}

/* What happened to a packet, and how the sender goes on. code: of a Reject; "" for none. */
static void trace(struct stream_connection *c, const char *event, const struct stream_send *p,
        const char *code)
{
	const struct stream_sender *s = &c->sender;
	uint64_t most = s->largest.seen_f08 && s->largest.next < s->cap ? s->largest.next : s->cap;
	char limit[24] = "null";
	int64_t pause = s->window.resume_at_ms - now_ms(c);

	if (!c->traces)
		return;
	if (most != UINT64_MAX)
		(void)snprintf(limit, sizeof(limit), "\"%llu\"", (unsigned long long)most);
	traces_add(c->traces, &c->traced,
	        "{\"ms\":%lld,\"event\":\"%s\",\"sequence\":%u,\"amount\":\"%llu\","
	        "\"minimum\":\"%llu\",\"code\":\"%.3s\",\"inFlight\":%u,\"window\":%u,"
	        "\"packetMax\":%s,\"pauseMs\":%lld,\"sent\":\"%llu\",\"delivered\":\"%llu\"}",
	        (long long)(now_ms(c) - c->traced_from_ms), event, p->sequence,
	        (unsigned long long)p->amount, (unsigned long long)p->minimum, code,
	        s->packets_in_flight, s->window.size, limit, (long long)(pause > 0 ? pause : 0),
	        (unsigned long long)s->sent, (unsigned long long)s->delivered);
}

void stream_connection_trace(
        struct stream_connection *c, struct traces *traces, const struct id *payment)
{
	c->traces = traces;
	c->traced = *payment;
	c->traced_from_ms = now_ms(c);
}

/* ---- what came back ---- */

static void read_frames(const struct stream_packet *p, struct stream_reply *out)
{
	struct stream_frames it;
	struct stream_frame f;

	stream_frames_init(&it, p);
	while (stream_frames_next(&it, &f)) {
		if (f.type == STREAM_FRAME_CONNECTION_CLOSE ||
		        (f.type == STREAM_FRAME_STREAM_CLOSE && f.stream_id == 1)) {
			out->closed = true;
		} else if (f.type == STREAM_FRAME_STREAM_MAX_MONEY && f.stream_id == 1) {
			out->has_receive_max = true;
			out->receive_max = f.max_money.receive_max;
			out->total_received = f.max_money.total_received;
		} else if (f.type == STREAM_FRAME_CONNECTION_ASSET_DETAILS) {
			size_t n = f.asset.code.n < sizeof(out->asset.code)
			                   ? f.asset.code.n
			                   : sizeof(out->asset.code) - 1;

			out->asset.known = true;
			out->asset.scale = f.asset.scale;
			memcpy(out->asset.code, f.asset.code.p, n);
			out->asset.code[n] = '\0';
		}
	}
}

static bool refuses(const struct stream_frame *f, uint64_t stream)
{
	bool is_close = f->type == STREAM_FRAME_CONNECTION_CLOSE ||
	                (f->type == STREAM_FRAME_STREAM_CLOSE && f->stream_id == stream);

	return is_close && f->close.code != STREAM_NO_ERROR;
}

static void read_note_reply(
        struct stream_connection *c, const struct stream_packet *p, struct stream_reply *out)
{
	struct stream_frames it;
	struct stream_frame f;

	stream_frames_init(&it, p);
	while (stream_frames_next(&it, &f)) {
		out->after_refused = out->after_refused || refuses(&f, STREAM_NOTE_STREAM);
		if (f.type != STREAM_FRAME_STREAM_DATA || f.stream_id != STREAM_NOTE_STREAM ||
		        f.data.offset || f.data.bytes.n > sizeof(c->note_reply))
			continue;
		memcpy(c->note_reply, f.data.bytes.p, f.data.bytes.n);
		c->note_reply_n = f.data.bytes.n;
	}
}

static void read_data_reply(const struct stream_packet *p, struct stream_reply *out)
{
	struct stream_frames it;
	struct stream_frame f;

	stream_frames_init(&it, p);
	while (stream_frames_next(&it, &f)) {
		out->after_refused = out->after_refused || refuses(&f, STREAM_DATA_STREAM);
		if (f.type == STREAM_FRAME_CONNECTION_MAX_DATA)
			out->data_all_max = f.max_offset;
		else if (f.type == STREAM_FRAME_STREAM_MAX_DATA &&
		         f.stream_id == STREAM_DATA_STREAM)
			out->data_max = f.max_offset;
	}
}

/* An authentic STREAM reply to this very packet. A Reject may say that it left the receiver as a
 * Fulfill: a node on the way timed out. */
static bool read_reply(
        struct stream_flight *f, struct bytes data, bool fulfilled, struct stream_reply *out)
{
	uint8_t plain[STREAM_PLAINTEXT_MAX];
	struct stream_packet packet;
	struct buf b;

	memset(out, 0, sizeof(*out));
	buf_init(&b, plain, sizeof(plain));
	if (stream_keys_open(f->connection->keys, data, &b) ||
	        stream_packet_decode(buf_view(&b), &packet) ||
	        packet.sequence != f->send.sequence || packet.type == ILP_PREPARE ||
	        (fulfilled && packet.type != ILP_FULFILL))
		return false;
	out->received = packet.amount;
	read_frames(&packet, out);
	if (fulfilled && f->send.frames & STREAM_PACKET_NOTE)
		read_note_reply(f->connection, &packet, out);
	if (f->send.frames & STREAM_PACKET_DATA)
		read_data_reply(&packet, out);
	return true;
}

static void on_fulfilled(struct stream_flight *f, const struct link_answer *a)
{
	struct stream_connection *c = f->connection;
	struct stream_reply reply;
	bool authentic = read_reply(f, a->fulfill.data, true, &reply);
	uint64_t before = c->sender.delivered;
	struct stream_end end = {.amount_in = f->send.amount, .amount_out = f->amount_out};

	FAILPOINT("send.fulfill_rx");
	stream_sender_fulfilled(&c->sender, &f->send, now_ms(c), authentic ? &reply : NULL);
	end.delivered = c->sender.delivered - before;
	trace(c, "fulfilled", &f->send, "");
	if (c->events.fulfilled && end.amount_in)
		c->events.fulfilled(c->events.arg, &end);
}

static void note_reject(struct stream_connection *c, const char *code, struct bytes triggered_by,
        struct bytes message)
{
	if (c->sender.outcome == STREAM_RUNNING)
		payment_reject_set(&c->last_reject, code, triggered_by, message);
}

static struct bytes own_address(const struct stream_connection *c)
{
	return c->snapshot->own;
}

static void on_rejected(struct stream_flight *f, const struct link_answer *a)
{
	struct stream_connection *c = f->connection;
	struct stream_reject reject = {.has_maximum = false};
	struct stream_reply reply;
	struct ilp_f08_data amounts;

	if (a->outcome == LINK_REJECTED)
		note_reject(c, a->reject.code, a->reject.triggered_by, a->reject.message);
	else
		note_reject(c, a->code, own_address(c), bytes_str(a->message));
	memcpy(reject.code, a->outcome == LINK_REJECTED ? a->reject.code : a->code,
	        sizeof(reject.code));
	if (a->outcome == LINK_REJECTED) {
		if (read_reply(f, a->reject.data, false, &reply))
			reject.reply = &reply;
		if (memcmp(a->reject.code, ILP_F08_AMOUNT_TOO_LARGE, ILP_CODE_SIZE) == 0 &&
		        !ilp_f08_decode(a->reject.data, &amounts)) {
			reject.has_maximum = true;
			reject.received = amounts.received;
			reject.maximum = amounts.maximum;
		}
	}
	stream_sender_rejected(&c->sender, &f->send, now_ms(c), &reject);
	trace(c, "rejected", &f->send, code_text(reject.code));
}

/* No Fulfill can count any more. Money that may have moved is not free to be sent again. */
static void on_expired(struct timer *timer)
{
	struct stream_flight *f = OWNER_OF(timer, struct stream_flight, timer);
	struct stream_connection *c = f->connection;
	struct stream_end end = {.amount_in = f->send.amount, .amount_out = f->amount_out};

	if (f->send.fulfillable && f->send.amount) {
		stream_sender_doubt(&c->sender, f->send.amount);
		if (c->events.doubted)
			c->events.doubted(c->events.arg, &end);
	}
	stream_sender_lost(&c->sender, &f->send, now_ms(c));
	trace(c, "lost", &f->send, "");
	flight_end(f);
}

static void on_answer(struct task *t)
{
	struct stream_flight *f = OWNER_OF(t, struct stream_flight, request.task);
	struct stream_connection *c = f->connection;
	struct link_answer a;
	int64_t wall = env_wall_ms(c->node->env);

	outbound_busy(c->node->outbound, -1);
	link_judge(&f->request, &f->prepare, wall, &a);
	peer_call_end(&f->call, c->node, &f->request, &a);
	if (c->ended) {
		flight_end(f); /* carried no money, and nobody waits for its end */
		return;
	}
	switch (a.outcome) {
	case LINK_FULFILLED:
		on_fulfilled(f, &a);
		break;
	case LINK_REJECTED:
	case LINK_REFUSED:
		on_rejected(f, &a);
		break;
	case LINK_UNKNOWN:
		if (!f->send.fulfillable) {
			on_rejected(f, &a); /* nobody can have fulfilled it */
			break;
		}
		log_warn("send_unknown", "peer=%s amount=%llu", c->peer->row.name,
		        (unsigned long long)f->amount_out);
		f->timer.fire = on_expired;
		outbound_timer_set(c->node->outbound, &f->timer,
		        now_ms(c) +
		                (f->prepare.expires_at_ms > wall ? f->prepare.expires_at_ms - wall
		                                                 : 0) +
		                DOUBT_MARGIN_MS);
		stream_connection_pump(c);
		return;
	}
	flight_end(f);
}

/* ---- sending ---- */

/* What this node itself has to say against a packet: the codes are those that a connector would
 * answer. False: it may go. */
static bool refused_here(const struct stream_connection *c, uint64_t amount, uint64_t *out,
        struct stream_reject *why)
{
	uint64_t cap = c->peer->row.max_packet;
	struct conversion converted;
	const char *code = NULL;

	*out = 0;
	*why = (struct stream_reject){.has_maximum = false};
	if (amount == 0)
		return false;
	if (rate_convert(&c->pair, amount, &converted)) {
		code = ILP_R01_INSUFFICIENT_SOURCE_AMOUNT;
	} else if (cap && converted.delivered > cap) {
		code = ILP_F08_AMOUNT_TOO_LARGE;
		why->has_maximum = true;
		why->received = converted.delivered;
		why->maximum = cap;
	} else {
		*out = converted.delivered;
		return false;
	}
	memcpy(why->code, code, sizeof(why->code));
	return true;
}

/* Where the packet can't be sent the controller is told. */
static void send_packet(struct stream_connection *c, const struct stream_send *send)
{
	struct stream_reject refusal;
	struct stream_flight *f;
	uint64_t amount_out;
	int64_t wall = env_wall_ms(c->node->env);

	if (refused_here(c, send->amount, &amount_out, &refusal)) {
		note_reject(
		        c, refusal.code, own_address(c), bytes_str("refused before it was sent"));
		stream_sender_rejected(&c->sender, send, now_ms(c), &refusal);
		trace(c, "refused", send, code_text(refusal.code));
		return;
	}
	f = flight_new(c);
	if (!f) {
		stream_sender_lost(&c->sender, send, now_ms(c));
		return;
	}
	f->send = *send;
	f->amount_out = amount_out;
	if (!stream_flight_build(f, wall)) {
		stream_sender_lost(&c->sender, send, now_ms(c));
		f->next_free = c->free;
		c->free = f;
		return;
	}
	FAILPOINT("send.before_prepare");
	trace(c, "send", send, "");
	c->in_flight++;
	link_request(&f->request, c->peer->target, &f->prepare, wall, now_ms(c));
	f->request.task.home = outbound_home(c->node->outbound);
	f->request.task.done = on_answer;
	peer_call_begin(&f->call, c->peer);
	outbound_busy(c->node->outbound, 1);
	outbound_send(c->node->outbound, &f->request);
}

int64_t stream_connection_life_ms(const struct stream_connection *c)
{
	int64_t hold = c->node->options.expiry.max_hold_ms;

	return hold < STREAM_PACKET_LIFE_MS ? hold : STREAM_PACKET_LIFE_MS;
}

bool stream_connection_is_late(const struct stream_connection *c)
{
	int64_t life = stream_connection_life_ms(c);
	int64_t least = c->renew_ms ? 2 * life - c->renew_ms : life;

	return c->until_ms && c->until_ms - env_wall_ms(c->node->env) < least;
}

static void on_timer(struct timer *timer)
{
	stream_connection_pump(OWNER_OF(timer, struct stream_connection, timer));
}

void stream_connection_pump(struct stream_connection *c)
{
	bool asked = false;

	if (c->pumping || c->ended)
		return;
	c->pumping = true;
	if (outbound_draining(c->node->outbound))
		stream_sender_cancel(&c->sender, STREAM_CANCELLED);
	/* Another attempt goes another way. */
	if (!peer_is_active(c->peer))
		stream_sender_cancel(&c->sender, STREAM_CONNECTOR_ERROR);
	for (;;) {
		struct stream_send send;
		int64_t until = INT64_MAX;
		enum stream_step step = STREAM_STEP_BUDGET;

		if (c->sender.outcome != STREAM_RUNNING || !stream_connection_is_late(c))
			step = stream_sender_next(&c->sender, now_ms(c), &send, &until);
		if (step == STREAM_STEP_SEND) {
			send_packet(c, &send);
			continue;
		}
		outbound_timer_cancel(c->node->outbound, &c->timer);
		if (step == STREAM_STEP_WAIT && until != INT64_MAX)
			outbound_timer_set(c->node->outbound, &c->timer, until);
		asked = step == STREAM_STEP_BUDGET;
		c->ended = step == STREAM_STEP_DONE;
		break;
	}
	c->pumping = false;
	if (c->ended)
		c->events.done(c->events.arg);
	else if (asked && c->events.budget)
		c->events.budget(c->events.arg);
}

enum result stream_connection_init(struct stream_connection *c, struct node *n, asset_id asset,
        const char *address, const struct secret32 *shared_secret,
        const struct stream_sender_options *options, const struct stream_connection_events *events,
        const char **why)
{
	struct stream_sender_options o = *options;
	enum result r = RESULT_THEIRS_REFUSED;

	*why = "";
	memset(c, 0, sizeof(*c));
	c->node = n;
	c->events = *events;
	c->timer.fire = on_timer;
	c->snapshot = snapshots_get(n->snapshots);
	if (text_copy(c->address, sizeof(c->address), address)) {
		*why = "the receiver's ILP address is too long";
		goto out;
	}
	c->peer = snapshot_route(c->snapshot, bytes_str(address), NULL);
	if (!c->peer || !c->peer->target) {
		*why = "no route to the receiver: add a peer with a route that covers its ILP "
		       "address";
		goto out;
	}
	r = RESULT_OURS_BUG;
	c->asset = snapshot_asset(c->snapshot, asset);
	if (!c->asset)
		goto out;
	r = snapshot_own_pair(
	        c->snapshot, asset, c->peer->row.asset, env_wall_ms(n->env), &c->pair);
	if (r) {
		*why = "no exchange rate to the next hop's asset";
		goto out;
	}
	r = RESULT_OURS_MEMORY;
	c->keys = stream_keys_new(bytes_of(shared_secret->b, sizeof(shared_secret->b)));
	if (!c->keys)
		goto out;
	o.packet_life_ms = stream_connection_life_ms(c);
	stream_sender_init(&c->sender, &o);
	return RESULT_OK;
out:
	stream_connection_clear(c);
	return r;
}

enum result stream_connection_note(struct stream_connection *c, struct bytes text)
{
	c->note_wire = malloc(NOTE_WIRE_BYTES);
	if (!c->note_wire)
		return RESULT_OURS_MEMORY;
	c->note = text;
	return RESULT_OK;
}

enum result stream_connection_data(struct stream_connection *c, stream_data_read *read, void *arg)
{
	c->room = malloc(sizeof(*c->room));
	if (!c->room)
		return RESULT_OURS_MEMORY;
	c->data_read = read;
	c->data_arg = arg;
	return RESULT_OK;
}

void stream_connection_tell(struct stream_connection *c, const char *way_back)
{
	assert(strlen(way_back) < WAY_BACK_ADDRESS_SIZE);
	c->way_back = way_back;
}

void stream_connection_pin(
        struct stream_connection *c, const struct ratio *own_rate, asset_id next_hop)
{
	if (!ratio_is_zero(own_rate) && c->peer->row.asset == next_hop)
		c->pair = (struct rate_pair){*own_rate, *own_rate, 0};
}

bool stream_connection_busy(const struct stream_connection *c)
{
	return c->in_flight > 0;
}

void stream_connection_clear(struct stream_connection *c)
{
	assert(c->in_flight == 0);
	if (c->node)
		outbound_timer_cancel(c->node->outbound, &c->timer);
	while (c->all) {
		struct stream_flight *next = c->all->next;

		outbound_request_clear(&c->all->request);
		free(c->all);
		c->all = next;
	}
	free(c->note_wire);
	free(c->room);
	stream_keys_free(c->keys);
	snapshot_release(c->snapshot);
	memset(c, 0, sizeof(*c));
}
