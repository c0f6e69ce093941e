#include "ilp/settlement_message.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "codec/ildcp.h"
#include "ilp/bilateral.h"
#include "store/settlement.h"

#define CALL_MS_MAX    10000
#define CALL_MARGIN_MS 500 /* for the way back */

bool settlement_message_is(const struct ilp_prepare *p)
{
	return bytes_eq_str(p->destination, SETTLEMENT_DESTINATION);
}

/* ---- messages that come ---- */

struct arriving {
	struct outbound_request rq;
	struct packet *packet;
	bool counted;
	char url[SETTLEMENT_URL_MAX + ID_TEXT_SIZE + 32];
	char token[SETTLEMENT_TOKEN_MAX + 32];
	const char *headers[2];
};

/* SHA-256 of nothing, as the RFC has it. */
static const uint8_t condition_of_rfc[ILP_CONDITION_SIZE] = {0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc,
        0x1c, 0x14, 0x9a, 0xfb, 0xf4, 0xc8, 0x99, 0x6f, 0xb9, 0x24, 0x27, 0xae, 0x41, 0xe4, 0x64,
        0x9b, 0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52, 0xb8, 0x55};

static void reject(struct packet *p, const char *code, const char *message, struct bytes data)
{
	uint8_t *storage = arena_alloc(p->arena, PACKET_REJECT_SIZE + data.n);
	struct buf b;

	if (!storage) /* the reply stays empty */
		return;
	buf_init(&b, storage, PACKET_REJECT_SIZE + data.n);
	ilp_reject_encode(&b, code, bytes_str(SETTLEMENT_DESTINATION), bytes_str(message), data);
	assert(!b.failed);
	p->reply = buf_view(&b);
}

static void fulfill(struct packet *p, struct bytes data)
{
	size_t size = ILP_FULFILLMENT_SIZE + 16 + data.n;
	uint8_t *storage = arena_alloc(p->arena, size);
	struct buf b;

	if (!storage) {
		packet_reject_result(p, RESULT_OURS_MEMORY);
		return;
	}
	buf_init(&b, storage, size);
	ilp_fulfill_encode(&b, ildcp_fulfillment, data);
	assert(!b.failed);
	p->reply = buf_view(&b);
}

static void arriving_end(struct packet *p)
{
	struct arriving *a = p->delivery;

	outbound_request_clear(&a->rq);
	secret_wipe(a->token, sizeof(a->token));
	if (!a->counted)
		return;
	atomic_fetch_sub(&p->loop->node->settlement_messages, 1);
	atomic_fetch_sub(&p->from->live->settlement_messages, 1);
}

static void engine_answered(struct task *t)
{
	struct arriving *a = OWNER_OF(t, struct arriving, rq.task);
	struct packet *p = a->packet;
	struct bytes data = bytes_of(a->rq.answer, a->rq.answer_n);
	int status = a->rq.result ? 0 : a->rq.status;

	if (status >= 200 && status <= 299)
		fulfill(p, data);
	else if (status >= 400 && status <= 499)
		reject(p, ILP_F00_BAD_REQUEST, "the settlement engine refuses the message", data);
	else
		reject(p, ILP_T00_INTERNAL_ERROR, "the settlement engine gave no answer",
		        status ? data : bytes_of(NULL, 0));
	if (status < 200 || status > 299)
		log_warn("engine_message", "peer=%s status=%d result=%s", p->from->row.name, status,
		        result_name(a->rq.result));
	p->answered(p);
}

/* The packet's own end, less the way back, or sooner. */
static int64_t call_ms(const struct packet *p)
{
	int64_t left = p->prepare.expires_at_ms - p->now_ms - CALL_MARGIN_MS;

	return left < CALL_MS_MAX ? left : CALL_MS_MAX;
}

static void request(struct arriving *a, const char *engine, const char *token)
{
	struct packet *p = a->packet;
	const struct node *n = p->loop->node;
	struct outbound_request *rq = &a->rq;
	char peer[ID_TEXT_SIZE];
	enum result r;

	id_format(&p->from->row.id, peer);
	(void)snprintf(a->url, sizeof(a->url), "%s/accounts/%s/messages", engine, peer);
	if (*token) {
		(void)snprintf(a->token, sizeof(a->token), "Authorization: Bearer %s", token);
		secret_wipe((char *)(uintptr_t)token, strlen(token));
		a->headers[0] = a->token;
	}
	*rq = (struct outbound_request){
	        .task = {.home = p->loop->home, .done = engine_answered},
	        .url = a->url,
	        .headers = a->headers,
	        .content_type = "application/octet-stream",
	        .accept = "application/octet-stream",
	        .policy = URL_POLICY_OPERATOR,
	        .method = OUTBOUND_POST,
	        .body = p->prepare.data,
	        .deadline_ms = env_mono_ns(n->env) / 1000000 + call_ms(p),
	        .body_max = ILP_DATA_MAX,
	};
	r = outbound_submit(n->outbound, &rq, 1);
	if (r) {
		a->rq.result = r;
		node_send_home(p->loop->home, &a->rq.task, engine_answered);
	}
}

enum packet_next settlement_message_take(struct packet *p)
{
	struct node *n = p->loop->node;
	const char *engine, *token;
	unsigned all, own;
	struct arriving *a;
	enum result r = ildcp_request_check(&p->prepare);

	if (r == RESULT_THEIRS_BAD_AMOUNT) {
		packet_reject(p, ILP_F03_INVALID_AMOUNT, "settlement messages carry no money");
		return PACKET_ANSWERED;
	}
	if (r && memcmp(p->prepare.condition, condition_of_rfc, ILP_CONDITION_SIZE) != 0) {
		packet_reject(p, ILP_F00_BAD_REQUEST, "not a settlement message");
		return PACKET_ANSWERED;
	}
	r = store_settlement_engine(
	        p->loop->reader, p->arena, &p->from->row.id, p->from->row.account, &engine, &token);
	if (r == RESULT_THEIRS_NOT_FOUND) {
		packet_reject(p, ILP_F02_UNREACHABLE, "no settlement engine for this peer");
		return PACKET_ANSWERED;
	}
	if (!r && call_ms(p) <= 0)
		r = RESULT_THEIRS_EXPIRED;
	a = r ? NULL : arena_alloc(p->arena, sizeof(*a));
	if (!a) {
		packet_reject_result(p, r ? r : RESULT_OURS_MEMORY);
		return PACKET_ANSWERED;
	}
	a->packet = p;
	p->delivery = a;
	p->delivery_end = arriving_end;
	a->counted = true;
	all = atomic_fetch_add(&n->settlement_messages, 1);
	own = atomic_fetch_add(&p->from->live->settlement_messages, 1);
	if (all >= SETTLEMENT_MESSAGES_MAX || own >= SETTLEMENT_MESSAGES_PER_PEER) {
		packet_reject_result(p, RESULT_RETRY_BUSY);
		return PACKET_ANSWERED;
	}
	request(a, engine, token);
	return PACKET_PARKED;
}

/* ---- messages that go ---- */

struct settlement_sending {
	struct bilateral question;
	struct settlement_message *message;
	struct node *node;
	struct mailbox *home;
	void (*done)(struct task *t);
};

static void finish(struct settlement_sending *s, enum result r, const char *why)
{
	struct settlement_message *m = s->message;

	m->result = r;
	(void)snprintf(m->why, sizeof(m->why), "%s", why);
	m->sending = NULL;
	bilateral_clear(&s->question);
	node_send_home(s->home, &m->task, s->done);
	free(s);
}

static void peer_answered(struct bilateral *b)
{
	struct settlement_sending *s = OWNER_OF(b, struct settlement_sending, question);
	struct settlement_message *m = s->message;
	struct bytes data = b->answer.fulfill.data;

	switch (b->answer.outcome) {
	case LINK_FULFILLED:
		m->reply = data.n ? malloc(data.n) : NULL;
		if (data.n && !m->reply) {
			finish(s, RESULT_OURS_MEMORY, "");
			return;
		}
		if (data.n)
			memcpy(m->reply, data.p, data.n);
		m->reply_n = data.n;
		finish(s, RESULT_OK, "");
		return;
	case LINK_REJECTED:
		finish(s, RESULT_THEIRS_REFUSED, bilateral_why(b));
		return;
	case LINK_REFUSED:
	case LINK_UNKNOWN:
		finish(s, RESULT_RETRY_UNREACHABLE, bilateral_why(b));
		return;
	}
}

static void begin(struct task *t)
{
	struct settlement_message *m = OWNER_OF(t, struct settlement_message, task);
	struct settlement_sending *s = m->sending;
	struct snapshot *snapshot = snapshots_get(s->node->snapshots);
	const struct peer *peer = snapshot_peer_of_account(snapshot, m->peer);
	enum result r = RESULT_THEIRS_NOT_FOUND;

	if (peer && peer->target)
		r = bilateral_ask(
		        &s->question, s->node, snapshot, peer, SETTLEMENT_DESTINATION, m->data);
	snapshot_release(snapshot);
	if (r)
		finish(s, r, "no such peer, or its URL can't be used");
}

void settlement_message_send(struct node_loop *l, struct settlement_message *m)
{
	struct settlement_sending *s = calloc(1, sizeof(*s));
	void (*done)(struct task * t) = m->task.done;

	m->reply = NULL;
	m->reply_n = 0;
	m->result = RESULT_OURS_MEMORY;
	if (!s) {
		node_send_home(l->home, &m->task, done);
		return;
	}
	s->question.done = peer_answered;
	s->message = m;
	s->node = l->node;
	s->home = l->home;
	s->done = done;
	m->sending = s;
	m->task.done = begin;
	if (node_post_outbound(l, &m->task, done, &m->result))
		free(s);
}
