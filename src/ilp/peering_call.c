#include "ilp/peering_call.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "codec/json_scan.h"

#define HEADER_SIZE 256

struct peering_asking {
	struct peering_call *call;
	struct node *node;
	struct mailbox *home;
	void (*done)(struct task *t);
	struct outbound_request request;
	const char *headers[2];
	char header[HEADER_SIZE];
};

static void body_drop(struct peering_call *call)
{
	if (!call->body)
		return;
	secret_wipe(call->body, strlen(call->body));
	free(call->body);
	call->body = NULL;
}

static void asking_free(struct peering_asking *a)
{
	body_drop(a->call);
	outbound_request_clear(&a->request);
	secret_wipe(a->header, sizeof(a->header));
	free(a);
}

static void finish(struct peering_asking *a, enum result r)
{
	struct peering_call *call = a->call;
	struct mailbox *home = a->home;
	void (*done)(struct task * t) = a->done;

	call->result = r;
	call->asking = NULL;
	asking_free(a);
	node_send_home(home, &call->task, done);
}

static void answered(struct task *t)
{
	struct peering_asking *a = OWNER_OF(t, struct peering_asking, request.task);
	const struct outbound_request *rq = &a->request;
	struct peering_call *call = a->call;
	size_t at;

	outbound_busy(a->node->outbound, -1);
	if (rq->result) {
		finish(a, rq->result);
		return;
	}
	call->status = rq->status;
	if (rq->answer_n &&
	        json_scan(bytes_of(rq->answer, rq->answer_n), &json_scan_default, &at) == RESULT_OK)
		call->json = json_loadb(
		        (const char *)rq->answer, rq->answer_n, JSON_REJECT_DUPLICATES, NULL);
	if (call->json && !json_is_object(call->json)) {
		json_decref(call->json);
		call->json = NULL;
	}
	finish(a, call->status / 100 == 2 && !call->json ? RESULT_THEIRS_PROTOCOL : RESULT_OK);
}

static void begin(struct task *t)
{
	struct peering_call *call = OWNER_OF(t, struct peering_call, task);
	struct peering_asking *a = call->asking;
	struct outbound_request *rq = &a->request;
	static const char bearer[] = "Authorization: Bearer ";

	rq->url = call->url;
	rq->policy = URL_POLICY_OPERATOR;
	rq->method = call->body ? OUTBOUND_POST : OUTBOUND_GET;
	rq->body = call->body ? bytes_str(call->body) : bytes_of(NULL, 0);
	rq->content_type = call->body ? "application/json" : NULL;
	rq->accept = "application/json";
	if (call->token) {
		if (strlen(call->token) + sizeof(bearer) > sizeof(a->header)) {
			finish(a, RESULT_THEIRS_MALFORMED);
			return;
		}
		memcpy(a->header, bearer, sizeof(bearer) - 1);
		memcpy(a->header + sizeof(bearer) - 1, call->token, strlen(call->token) + 1);
		a->headers[0] = a->header;
		rq->headers = a->headers;
	}
	rq->deadline_ms = outbound_now_ms(a->node->outbound) + PEERING_CALL_MS;
	rq->task.home = outbound_home(a->node->outbound);
	rq->task.done = answered;
	outbound_busy(a->node->outbound, 1);
	outbound_send(a->node->outbound, rq);
}

void peering_call_start(struct node_loop *l, struct peering_call *call)
{
	struct peering_asking *a = calloc(1, sizeof(*a));
	void (*done)(struct task * t) = call->task.done;

	peering_call_clear(call);
	call->result = RESULT_OURS_MEMORY;
	call->status = 0;
	if (!a) {
		body_drop(call);
		node_send_home(l->home, &call->task, done);
		return;
	}
	a->call = call;
	a->node = l->node;
	a->home = l->home;
	a->done = done;
	call->asking = a;
	call->task.done = begin;
	if (node_post_outbound(l, &call->task, done, &call->result))
		asking_free(a);
}

void peering_call_clear(struct peering_call *call)
{
	json_decref(call->json);
	call->json = NULL;
}

void peering_token(
        const struct node *n, const char *invitation, bool ours, char out[TOKEN_TEXT_SIZE])
{
	uint8_t half[32], token[32];

	hmac_sha256(bytes_of(n->receiver_secret.b, sizeof(n->receiver_secret.b)),
	        bytes_str(ours ? "florin peering, ours" : "florin peering, theirs"), half);
	hmac_sha256(bytes_of(half, sizeof(half)), bytes_str(invitation), token);
	(void)base64_encode(bytes_of(token, sizeof(token)), BASE64_URL | BASE64_NO_PAD, out);
	secret_wipe(half, sizeof(half));
	secret_wipe(token, sizeof(token));
}
