#include "http/api_ilp.h"

#include "http/reply.h"
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

enum http_next api_ilp_post(struct http_request *rq)
{
	struct node_loop *loop = http_app(rq);
	const char *token = http_authorization(rq, "Bearer");
	struct snapshot *s = node_snapshot(loop);
	const struct peer *peer = token ? snapshot_peer_of_token(s, bytes_str(token)) : NULL;
	struct packet *p;

	if (!peer)
		return http_reply_error(rq, 401, "unauthorized", "a peer's bearer token is needed");
	http_connection_of(rq, (uint64_t)peer->row.account);
	if (!http_content_type_is(rq, ILP_CONTENT_TYPE) &&
	        !http_content_type_is(rq, "application/ilp+octet-stream"))
		return http_reply_error(
		        rq, 400, "bad_content_type", "Content-Type must be " ILP_CONTENT_TYPE);
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
