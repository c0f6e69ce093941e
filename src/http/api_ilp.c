#include "http/api_ilp.h"

#include <strings.h>

#include "base/text.h"
#include "http/reply.h"
#include "ilp/async_answer.h"
#include "ilp/async_ask.h"
#include "ilp/packet.h"

#define ILP_CONTENT_TYPE "application/octet-stream"

static void sent(struct http_request *rq, bool delivered)
{
	packet_end(rq->state, delivered);
}

/* Sets the reply of an answered packet. */
static enum http_next reply(struct http_request *rq)
{
	struct packet *p = rq->state;

	rq->on_sent = sent;
	if (p->reply.n == 0)
		return http_reply_error(
		        rq, 500, "internal_error", "the packet could not be answered");
	return http_reply_bytes(rq, 200, ILP_CONTENT_TYPE, p->reply);
}

static void answered(struct packet *p)
{
	http_resume(p->owner);
}

/* ---- the asynchronous form ---- */

/* The one header of that name, NULL where there is none; false: there are several. */
static bool header_once(const struct http_request *rq, const char *name, const char **out)
{
	*out = NULL;
	for (size_t i = 0; i < rq->header_count; i++) {
		if (strcasecmp(rq->headers[i].name, name) != 0)
			continue;
		if (*out)
			return false;
		*out = rq->headers[i].value;
	}
	return true;
}

static enum http_next bad_id(struct http_request *rq)
{
	return http_reply_error(rq, 400, "bad_request_id", "Request-Id must be one UUID");
}

static enum http_next bad_callback(struct http_request *rq)
{
	return http_reply_error(rq, 400, "bad_callback_url",
	        "Callback-Url must be the URL that this node knows its peer by, or below it");
}

/* Nothing was taken, and the peer may know it: answered at once, as a 5xx would leave it open. */
static enum http_next no_room(struct http_request *rq)
{
	struct node_loop *loop = http_app(rq);
	uint8_t *storage = arena_alloc(&rq->arena, PACKET_REJECT_SIZE);

	if (!storage)
		return http_reply_error(rq, 503, "busy", "out of memory for this request");
	return http_reply_bytes(rq, 200, ILP_CONTENT_TYPE,
	        packet_reject_encode(node_snapshot(loop), ILP_T03_CONNECTOR_BUSY, "connector busy",
	                bytes_of(NULL, 0), storage));
}

static enum http_next prepare_taken(struct http_request *rq)
{
	const struct async_prepare *in = rq->state;

	if (in->result == RESULT_OK)
		return http_reply_empty(rq, 202);
	if (in->result == RESULT_THEIRS_MALFORMED)
		return http_reply_error(
		        rq, 400, "invalid_packet", "the body is not an ILP Prepare");
	if (in->result == RESULT_THEIRS_CONFLICT)
		return http_reply_error(rq, 400, "request_id_in_use",
		        "another packet with this Request-Id waits for its answer");
	if (in->result == RESULT_THEIRS_NOT_FOUND)
		return bad_callback(rq);
	return no_room(rq);
}

/* Whoever gave itself away is the state of its request. */
struct async_call {
	struct http_request *rq;
	struct async_prepare prepare;
	struct async_reply reply;
};

static void prepare_home(struct task *t)
{
	http_resume(OWNER_OF(t, struct async_call, prepare.task)->rq);
}

static enum http_next take_async(
        struct http_request *rq, const struct peer *peer, const char *callback, const char *id)
{
	struct async_call *c = arena_alloc(&rq->arena, sizeof(*c));
	struct node_loop *loop = http_app(rq);
	enum url_policy policy =
	        peer->row.url_is_foreign ? URL_POLICY_FOREIGN : URL_POLICY_OPERATOR;

	if (!c)
		return http_reply_error(rq, 503, "busy", "out of memory for this request");
	c->rq = rq;
	c->prepare = (struct async_prepare){
	        .loop = loop, .peer = peer->row.account, .packet = rq->body, .home = prepare_home};
	if (!id || async_id_read(id, &c->prepare.id) ||
	        text_copy(c->prepare.id_text, sizeof(c->prepare.id_text), id))
		return bad_id(rq);
	if (async_callback_read(
	            loop->node->guard, policy, peer->row.url, callback, c->prepare.below))
		return bad_callback(rq);
	rq->state = &c->prepare;
	http_park(rq, prepare_taken);
	async_prepare_give(&c->prepare);
	return HTTP_PARKED;
}

static enum http_next answer_taken(struct http_request *rq)
{
	const struct async_reply *in = rq->state;

	if (in->result == RESULT_OK)
		return http_reply_empty(rq, 200);
	if (in->result == RESULT_THEIRS_NOT_FOUND)
		return http_reply_error(
		        rq, 400, "unknown_request_id", "no packet waits for this answer");
	return http_reply_error(rq, 503, "busy", "no room for another answer");
}

static void answer_home(struct task *t)
{
	http_resume(OWNER_OF(t, struct async_call, reply.task)->rq);
}

static enum http_next take_answer(struct http_request *rq, const struct peer *peer, const char *id)
{
	struct async_call *c = arena_alloc(&rq->arena, sizeof(*c));

	if (!c)
		return http_reply_error(rq, 503, "busy", "out of memory for this request");
	c->rq = rq;
	c->reply = (struct async_reply){.loop = http_app(rq),
	        .peer = peer->row.account,
	        .packet = rq->body,
	        .home = answer_home};
	if (async_id_read(id, &c->reply.id))
		return bad_id(rq);
	rq->state = &c->reply;
	http_park(rq, answer_taken);
	async_reply_give(&c->reply);
	return HTTP_PARKED;
}

/* ---- both ---- */

enum http_next api_ilp_post(struct http_request *rq)
{
	struct node_loop *loop = http_app(rq);
	const char *token = http_authorization(rq, "Bearer");
	struct snapshot *s = node_snapshot(loop);
	const struct peer *peer = token ? snapshot_peer_of_token(s, bytes_str(token)) : NULL;
	const char *callback, *id;
	enum ilp_type type;
	struct packet *p;

	if (!peer)
		return http_reply_error(rq, 401, "unauthorized", "a peer's bearer token is needed");
	http_connection_of(rq, (uint64_t)peer->row.account);
	if (!http_content_type_is(rq, ILP_CONTENT_TYPE) &&
	        !http_content_type_is(rq, "application/ilp+octet-stream"))
		return http_reply_error(
		        rq, 400, "bad_content_type", "Content-Type must be " ILP_CONTENT_TYPE);
	if (!header_once(rq, "Request-Id", &id))
		return bad_id(rq);
	if (!header_once(rq, "Callback-Url", &callback))
		return bad_callback(rq);
	if (id && !ilp_packet_type(rq->body, &type) && type != ILP_PREPARE)
		return take_answer(rq, peer, id);
	if (callback)
		return take_async(rq, peer, callback, id);
	p = arena_alloc(&rq->arena, sizeof(*p));
	if (!p)
		return http_reply_error(rq, 503, "busy", "out of memory for this request");
	p->loop = loop;
	p->arena = &rq->arena;
	p->snapshot = snapshot_hold(s);
	p->from = peer;
	p->answered = answered;
	p->owner = rq;
	rq->state = p;
	switch (packet_take(p, rq->body)) {
	case PACKET_PARKED:
		http_park(rq, reply);
		return HTTP_PARKED;
	case PACKET_ANSWERED:
		return reply(rq);
	case PACKET_INVALID:
		break;
	}
	packet_end(p, false);
	return http_reply_error(rq, 400, "invalid_packet", "the body is not an ILP Prepare");
}
