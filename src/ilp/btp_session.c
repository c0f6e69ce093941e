/* btp_session: one connection: packets of ours with their request ids, packets of the peer's. */
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "ilp/btp_part.h"

#define ID_TRIES_MAX 65536

/* ---- sending ---- */

static enum result send_packet(struct btp_session *s, const struct btp_packet *p)
{
	struct btp *b = s->btp;
	struct buf out;

	buf_init(&out, b->out, sizeof(b->out));
	btp_encode(&out, p);
	if (out.failed)
		return RESULT_THEIRS_TOO_BIG;
	return websocket_send(s->ws, buf_view(&out));
}

static struct btp_packet with_ilp(enum btp_type type, uint32_t id, struct bytes packet)
{
	return (struct btp_packet){.type = type,
	        .request_id = id,
	        .entries = {{bytes_str(BTP_NAME_ILP), BTP_OCTETS, packet}},
	        .entry_count = 1};
}

enum result btp_session_respond(struct btp_session *s, uint32_t id)
{
	return send_packet(s, &(struct btp_packet){.type = BTP_RESPONSE, .request_id = id});
}

void btp_session_refuse(
        struct btp_session *s, uint32_t id, const char *code, const char *name, const char *why)
{
	char time[BTP_TIME_SIZE];
	struct btp_packet p = {.type = BTP_ERROR,
	        .request_id = id,
	        .code = bytes_str(code),
	        .name = bytes_str(name),
	        .data = bytes_str(why)};

	btp_time(env_wall_ms(s->btp->node->env), time);
	p.triggered_at = bytes_str(time);
	(void)!send_packet(s, &p); /* without it the peer waits in vain, as for any lost answer */
}

enum result btp_session_greet(struct btp_session *s, const char *token)
{
	const struct btp_packet p = {.type = BTP_MESSAGE,
	        .request_id = s->greeting,
	        .entries = {{bytes_str(BTP_NAME_AUTH), BTP_OCTETS, {NULL, 0}},
	                {bytes_str(BTP_NAME_USER), BTP_TEXT, {NULL, 0}},
	                {bytes_str(BTP_NAME_TOKEN), BTP_TEXT, bytes_str(token)}},
	        .entry_count = 3};

	enum result r = send_packet(s, &p);

	secret_wipe(s->btp->out, sizeof(s->btp->out));
	return r;
}

/* ---- packets of ours ---- */

static struct btp_call **bucket_of(struct btp_session *s, uint32_t id)
{
	return &s->calls[id % BTP_CALL_BUCKETS];
}

static struct btp_call *call_find(struct btp_session *s, uint32_t id)
{
	struct btp_call *c = *bucket_of(s, id);

	while (c && c->id != id)
		c = c->next;
	return c;
}

void btp_session_forget(struct btp_call *call)
{
	struct btp_call **at = bucket_of(call->session, call->id);

	while (*at != call)
		at = &(*at)->next;
	*at = call->next;
	call->session->call_count--;
	call->rq->carrier = NULL;
	free(call);
}

static void call_end(struct btp_call *c, enum result r, struct bytes answer)
{
	struct outbound *o = c->session->btp->node->outbound;
	struct outbound_request *rq = c->rq;

	btp_session_forget(c);
	outbound_carried(o, rq, r, 200, answer);
}

static void end_calls(struct btp_session *s)
{
	for (size_t i = 0; i < BTP_CALL_BUCKETS; i++) {
		while (s->calls[i])
			call_end(s->calls[i], RESULT_RETRY_UNKNOWN, bytes_of(NULL, 0));
	}
}

enum result btp_session_ask(struct btp_session *s, struct outbound_request *rq)
{
	struct btp_call *c = malloc(sizeof(*c));
	struct btp_packet p;
	enum result r;

	if (!c)
		return RESULT_OURS_MEMORY;
	/* RFC 0023: no two that wait have one id. */
	for (unsigned tries = 0; call_find(s, s->next_id) && tries < ID_TRIES_MAX; tries++)
		s->next_id++;
	p = with_ilp(BTP_MESSAGE, s->next_id, rq->body);
	r = send_packet(s, &p);
	if (r) {
		free(c);
		return r;
	}
	*c = (struct btp_call){*bucket_of(s, s->next_id), s, rq, s->next_id};
	*bucket_of(s, s->next_id) = c;
	s->call_count++;
	s->next_id++;
	rq->carrier = c;
	return RESULT_OK;
}

/* A Response, or an Error: a peer's server says it of whatever went wrong, so that it does not
 * prove that nothing was paid. */
static void take_answer(struct btp_session *s, const struct btp_packet *p)
{
	struct btp_call *c = call_find(s, p->request_id);
	const struct btp_entry *ilp = btp_find(p, BTP_NAME_ILP);

	if (!c) {
		/* Too late, twice, or of nothing. */
		btp_count(&s->btp->unexpected, 1);
		log_info("btp_unexpected", "peer=%s type=%d id=%u", s->line ? s->line->name : "-",
		        (int)p->type, (unsigned)p->request_id);
		return;
	}
	if (p->type == BTP_ERROR)
		call_end(c, RESULT_RETRY_UNKNOWN, bytes_of(NULL, 0));
	else
		call_end(c, RESULT_OK, ilp ? ilp->data : bytes_of(NULL, 0));
}

/* ---- packets of the peer's ---- */

static void answered(struct packet *p);

static struct btp_incoming *incoming_new(struct btp_session *s, uint32_t id, struct bytes data)
{
	struct btp *b = s->btp;
	struct arrival *a = arrival_new(b->node->arrivals, s->account, data, answered);
	struct btp_incoming *i = a ? arena_alloc(&a->arena, sizeof(*i)) : NULL;

	if (!i) {
		if (a)
			arrival_end(a, false);
		return NULL;
	}
	*i = (struct btp_incoming){
	        .arrival = a, .btp = b, .session = s, .id = id, .next = s->incoming};
	a->packet.owner = i;
	if (i->next)
		i->next->previous = i;
	s->incoming = i;
	s->incoming_count++;
	return i;
}

static void incoming_detach(struct btp_incoming *i)
{
	struct btp_session *s = i->session;

	if (!s)
		return;
	if (i->previous)
		i->previous->next = i->next;
	else
		s->incoming = i->next;
	if (i->next)
		i->next->previous = i->previous;
	s->incoming_count--;
	i->session = NULL;
}

static void incoming_end(struct btp_incoming *i, bool delivered)
{
	incoming_detach(i);
	arrival_end(i->arrival, delivered);
}

/* The packet has its answer, which goes out if there is still somewhere to. */
static void incoming_reply(struct btp_incoming *i)
{
	struct btp_session *s = i->session;
	struct btp_packet p;
	enum result r;

	if (!s) {
		incoming_end(i, false);
		return;
	}
	if (i->arrival->packet.reply.n == 0) {
		btp_session_refuse(s, i->id, ILP_T00_INTERNAL_ERROR, "UnreachableError",
		        "the packet could not be answered");
		incoming_end(i, false);
		return;
	}
	p = with_ilp(BTP_RESPONSE, i->id, i->arrival->packet.reply);
	r = send_packet(s, &p);
	if (!r) {
		i->answered = true;
		return;
	}
	incoming_end(i, false);
	btp_session_close(s, WEBSOCKET_GOING_AWAY, "the peer does not read its answers");
}

static void answered(struct packet *p)
{
	incoming_reply(p->owner);
}

static bool waits_already(const struct btp_session *s, uint32_t id)
{
	for (const struct btp_incoming *i = s->incoming; i; i = i->next) {
		if (i->id == id && !i->answered)
			return true;
	}
	return false;
}

static void take_prepare(struct btp_session *s, uint32_t id, struct bytes data)
{
	struct btp *b = s->btp;
	struct btp_incoming *i;

	/* An answer could be taken for that of the first one, which still comes. */
	if (waits_already(s, id)) {
		btp_count(&b->unexpected, 1);
		log_info("btp_repeated_id", "peer=%s id=%u", s->line->name, (unsigned)id);
		return;
	}
	i = s->incoming_count < BTP_INCOMING_MAX ? incoming_new(s, id, data) : NULL;
	if (!i) {
		btp_session_refuse(s, id, ILP_T00_INTERNAL_ERROR, "UnreachableError",
		        "no room for another packet");
		return;
	}
	if (b->draining) {
		packet_reject(&i->arrival->packet, ILP_T03_CONNECTOR_BUSY, "connector is stopping");
		incoming_reply(i);
		return;
	}
	switch (arrival_take(i->arrival)) {
	case PACKET_PARKED:
		return;
	case PACKET_ANSWERED:
		incoming_reply(i);
		return;
	case PACKET_INVALID:
		break;
	}
	incoming_end(i, false);
	btp_session_refuse(
	        s, id, ILP_F01_INVALID_PACKET, "InvalidFieldsError", "not an ILP Prepare");
}

/* ---- what comes ---- */

static void take_message(struct btp_session *s, const struct btp_packet *p)
{
	const struct btp_entry *ilp = btp_find(p, BTP_NAME_ILP);

	switch (p->type) {
	case BTP_MESSAGE:
		if (ilp)
			take_prepare(s, p->request_id, ilp->data);
		else
			btp_session_refuse(s, p->request_id, ILP_F00_BAD_REQUEST,
			        "NotAcceptedError", "only the sub-protocol \"ilp\" is spoken here");
		return;
	case BTP_RESPONSE:
	case BTP_ERROR:
		take_answer(s, p);
		return;
	case BTP_TRANSFER:
		btp_session_refuse(s, p->request_id, ILP_F00_BAD_REQUEST, "NotAcceptedError",
		        "settlement does not go over BTP here");
		return;
	}
}

/* Of a server: whether we are let in. */
static void take_welcome(struct btp_session *s, const struct btp_packet *p)
{
	if (p->request_id == s->greeting && p->type == BTP_RESPONSE)
		btp_on_open(s);
	else if (p->request_id == s->greeting && p->type == BTP_ERROR)
		btp_session_close(s, WEBSOCKET_NORMAL, "the peer refuses our token");
	else
		btp_count(&s->btp->unexpected, 1);
}

static void on_message(void *arg, struct bytes message)
{
	struct btp_session *s = arg;
	struct btp_packet p;

	if (s->state == BTP_CLOSING)
		return;
	if (btp_decode(message, &p)) {
		btp_count(&s->btp->unexpected, 1);
		btp_session_close(s, WEBSOCKET_PROTOCOL_ERROR, "a message that is no BTP packet");
		return;
	}
	if (s->state == BTP_OPEN)
		take_message(s, &p);
	else if (s->dialed)
		take_welcome(s, &p);
	else
		btp_on_greeting(s, &p);
}

/* Whatever was answered is with the kernel now. */
static void on_drained(void *arg)
{
	struct btp_session *s = arg;
	struct btp_incoming *next;

	for (struct btp_incoming *i = s->incoming; i; i = next) {
		next = i->next;
		if (i->answered)
			incoming_end(i, true);
	}
}

static void on_opened(void *arg)
{
	btp_on_dialed(arg);
}

static void on_closed(void *arg, const char *why)
{
	struct btp_session *s = arg;

	s->ws = NULL;
	btp_on_closed(s, why);
}

const struct websocket_handler btp_session_handler = {
        .opened = on_opened,
        .message = on_message,
        .drained = on_drained,
        .closed = on_closed,
};

/* ---- its life ---- */

struct btp_session *btp_session_new(struct btp *b)
{
	struct btp_session *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->btp = b;
	env_random(b->node->env, &s->next_id, sizeof(s->next_id));
	s->greeting = s->next_id++;
	s->next = b->sessions;
	if (s->next)
		s->next->previous = s;
	b->sessions = s;
	atomic_fetch_add(&b->alive, 1);
	return s;
}

bool btp_session_is_idle(const struct btp_session *s)
{
	return s->call_count == 0 && s->incoming_count == 0;
}

/* What is not answered goes on without us; what is answered was not delivered. */
static void leave_incoming(struct btp_session *s)
{
	while (s->incoming) {
		struct btp_incoming *i = s->incoming;

		if (i->answered)
			incoming_end(i, false);
		else
			incoming_detach(i);
	}
}

void btp_session_close(struct btp_session *s, enum websocket_code code, const char *why)
{
	if (s->state == BTP_CLOSING)
		return;
	log_info("btp_close", "peer=%s why=\"%s\"", s->line ? s->line->name : "-", why);
	if (s->state == BTP_OPEN)
		btp_count(&s->btp->open, (uint64_t)-1);
	s->state = BTP_CLOSING;
	end_calls(s);
	if (s->ws)
		websocket_close(s->ws, code);
}

void btp_session_free(struct btp_session *s)
{
	struct btp *b = s->btp;

	end_calls(s);
	leave_incoming(s);
	websocket_drop(s->ws);
	if (s->previous)
		s->previous->next = s->next;
	else
		b->sessions = s->next;
	if (s->next)
		s->next->previous = s->previous;
	if (s->ended)
		s->ended(s->arg);
	free(s);
	atomic_fetch_sub(&b->alive, 1);
}
