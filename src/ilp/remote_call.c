#include "ilp/remote_call.h"

#include "codec/json_scan.h"
#include "ilp/payer.h"

#define CALL_MS 5000 /* whoever waits for us waits no longer than a few seconds */

static void finish(struct remote_call *c, enum result r)
{
	c->result = r;
	c->done(c);
}

static void answered(struct task *t)
{
	struct remote_call *c = OWNER_OF(t, struct remote_call, request.task);
	const struct outbound_request *rq = &c->request;
	size_t at;

	outbound_busy(c->node->outbound, -1);
	secret_wipe(&c->signature.headers, sizeof(c->signature.headers));
	c->status = rq->result ? 0 : rq->status;
	if (!rq->result && rq->answer_n &&
	        json_scan(bytes_of(rq->answer, rq->answer_n), &json_scan_default, &at) == RESULT_OK)
		c->json = json_loadb(
		        (const char *)rq->answer, rq->answer_n, JSON_REJECT_DUPLICATES, NULL);
	if (c->json && !json_is_object(c->json)) {
		json_decref(c->json);
		c->json = NULL;
	}
	if (rq->result)
		finish(c, rq->result);
	else if (c->status / 100 == 2 && c->status != 204 && !c->json)
		finish(c, RESULT_THEIRS_PROTOCOL);
	else
		finish(c, RESULT_OK);
}

void remote_call_start(struct node *n, struct remote_call *c, void (*done)(struct remote_call *c))
{
	struct outbound_request *rq = &c->request;
	enum result r = RESULT_OK;

	c->node = n;
	c->done = done;
	c->status = 0;
	json_decref(c->json);
	c->json = NULL;
	rq->url = c->url;
	rq->headers = NULL;
	rq->content_type = NULL;
	rq->policy = URL_POLICY_FOREIGN;
	rq->method = c->method;
	rq->body = c->body ? bytes_str(c->body) : bytes_of(NULL, 0);
	rq->accept = "application/json";
	if (c->sign)
		r = node_sign(n, payer_reader(n->payer), c->token, rq, &c->signature);
	if (r) {
		finish(c, r);
		return;
	}
	rq->deadline_ms = outbound_now_ms(n->outbound) + CALL_MS;
	rq->task.home = outbound_home(n->outbound);
	rq->task.done = answered;
	outbound_busy(n->outbound, 1);
	outbound_send(n->outbound, rq);
}

void remote_call_clear(struct remote_call *c)
{
	json_decref(c->json);
	c->json = NULL;
	secret_wipe(&c->signature.headers, sizeof(c->signature.headers));
	outbound_request_clear(&c->request);
}

enum result remote_call_later(const struct remote_call *c)
{
	if (c->status == 429 || c->status == 503)
		return RESULT_RETRY_BUSY;
	return c->status == 408 || c->status >= 500 ? RESULT_RETRY_UNREACHABLE : RESULT_OK;
}
