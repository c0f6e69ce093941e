/* /auth/continue/{id}: a client goes on with a grant, or gives it back. */
#include "http/api_grant.h"

#include <string.h>

#include "base/failpoint.h"
#include "http/gnap_answer.h"
#include "http/gnap_client.h"
#include "http/gnap_error.h"
#include "http/reply.h"
#include "ilp/node.h"

struct continuing {
	struct op op;
	struct http_request *rq;
	struct grant_continue how;
	/* on the writer's thread */
	struct arena memory;
	enum continue_outcome outcome;
	struct grant_row grant;
	struct grant_secrets secrets;
};

#define CONTINUING_BYTES (64 * 1024) /* of one grant's texts */

static void wipe(void *p)
{
	struct continuing *c = p;

	secret_wipe(&c->secrets, sizeof(c->secrets));
	arena_clear(&c->memory);
}

static void op_done(struct task *t)
{
	http_resume(OWNER_OF(t, struct continuing, op.task)->rq);
}

/* NULL where the reply is set. */
static struct continuing *begin(struct http_request *rq)
{
	const struct gnap_request *g = gnap_request_of(rq);
	struct continuing *c = arena_alloc(&rq->arena, sizeof(*c));

	if (c)
		arena_init(&c->memory, CONTINUING_BYTES);
	if (!c || http_defer(rq, wipe, c)) {
		(void)gnap_failed(rq, RESULT_OURS_MEMORY);
		return NULL;
	}
	c->rq = rq;
	c->how.id = g->id;
	c->how.token = g->secret;
	c->op.task.done = op_done;
	rq->state = c;
	return c;
}

static enum http_next submit(struct continuing *c,
        enum result (*apply)(struct op *op, struct batch *b), http_handler *then)
{
	c->op.apply = apply;
	http_park(c->rq, then);
	node_submit(http_app(c->rq), &c->op);
	return HTTP_PARKED;
}

/* ---- going on ---- */

static enum result apply_continue(struct op *op, struct batch *b)
{
	struct continuing *c = OWNER_OF(op, struct continuing, op);

	arena_clear(&c->memory);
	return batch_grant_continue(b, &c->how, &c->memory, &c->outcome, &c->grant, &c->secrets);
}

static enum http_next reply_waiting(struct http_request *rq, const struct continuing *c)
{
	return http_reply_json(rq, 200,
	        json_pack("{s:o}", "continue",
	                gnap_continue_json(rq, &c->how.id, c->how.token, CONTINUE_WAIT_MS)));
}

static enum http_next reply_issued(struct http_request *rq, const struct continuing *c)
{
	const struct grant_row *g = &c->grant;
	json_t *answer =
	        json_pack("{s:o}", "continue", gnap_continue_json(rq, &c->how.id, c->how.token, 0));
	int failed = !answer;

	if (c->secrets.access_token[0])
		failed |= json_object_set_new(answer, "access_token",
		        gnap_token_json(rq, &c->secrets, g->access, g->access_count));
	if (g->subject[0])
		failed |= json_object_set_new(answer, "subject", gnap_subject_json(g->subject));
	if (failed) {
		json_decref(answer);
		answer = NULL;
	}
	return http_reply_json(rq, 200, answer);
}

static enum http_next continued(struct http_request *rq)
{
	struct continuing *c = rq->state;

	if (c->op.result)
		return gnap_failed(rq, c->op.result);
	switch (c->outcome) {
	case CONTINUE_ISSUED:
		(void)FAILPOINT("grant.issued");
		return reply_issued(rq, c);
	case CONTINUE_WAIT:
		return reply_waiting(rq, c);
	case CONTINUE_TOO_FAST:
		return gnap_error(rq, GNAP_ERROR_TOO_FAST);
	case CONTINUE_INVALID:
		return gnap_error(rq, GNAP_ERROR_ENDED);
	case CONTINUE_UNKNOWN_REF:
		return gnap_error(rq, GNAP_ERROR_UNKNOWN_REF);
	case CONTINUE_USED_REF:
		return gnap_error(rq, GNAP_ERROR_USED_REF);
	case CONTINUE_CANNOT_POLL:
		return gnap_error(rq, GNAP_ERROR_NOT_POLLED);
	case CONTINUE_DONE:
		return gnap_error(rq, GNAP_ERROR_GIVEN);
	case CONTINUE_DENIED:
		return gnap_error(rq, GNAP_ERROR_DENIED);
	case CONTINUE_EXPIRED:
		return gnap_error(rq, GNAP_ERROR_EXPIRED);
	}
	return gnap_failed(rq, RESULT_OURS_BUG);
}

static enum http_next continue_signed(struct http_request *rq)
{
	struct node_loop *l = http_app(rq);
	struct continuing *c = begin(rq);
	json_t *body;
	struct json_fault fault;

	if (!c || gnap_body(rq, &body))
		return HTTP_DONE;
	const struct json_member members[] = {
	        {"interact_ref", JSON_TO_STRING, .target = &c->how.interact_ref},
	};
	if (json_spec_read(body, members, 1, 0, &fault))
		return gnap_error_why(rq, GNAP_ERROR_REQUEST, fault.text);
	c->how.token_ms = l->node->options.token_lifetime_ms;
	return submit(c, apply_continue, continued);
}

enum http_next api_continue_post(struct http_request *rq)
{
	return gnap_require_continue(rq, continue_signed);
}

/* ---- giving back ---- */

static enum result apply_revoke(struct op *op, struct batch *b)
{
	struct continuing *c = OWNER_OF(op, struct continuing, op);

	return batch_grant_revoke(b, &c->how.id, c->how.token);
}

static enum http_next revoked(struct http_request *rq)
{
	const struct continuing *c = rq->state;

	if (c->op.result)
		return gnap_failed(rq, c->op.result);
	(void)FAILPOINT("grant.revoked");
	return http_reply_empty(rq, 204);
}

static enum http_next revoke_signed(struct http_request *rq)
{
	struct continuing *c = begin(rq);

	return c ? submit(c, apply_revoke, revoked) : HTTP_DONE;
}

enum http_next api_continue_delete(struct http_request *rq)
{
	return gnap_require_continue(rq, revoke_signed);
}
