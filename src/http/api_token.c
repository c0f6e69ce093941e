/* /auth/token/{id}: a client rotates an access token, or gives it back. */
#include "http/api_grant.h"

#include "base/failpoint.h"
#include "base/secret.h"
#include "http/gnap_answer.h"
#include "http/gnap_client.h"
#include "http/gnap_error.h"
#include "http/reply.h"
#include "ilp/node.h"

struct managing {
	struct op op;
	struct http_request *rq;
	struct token_rotate rotate;
	/* on the writer's thread */
	struct arena memory;
	struct grant_row grant;
	struct grant_secrets secrets;
};

#define MANAGING_BYTES (64 * 1024) /* of one grant's texts */

static void wipe(void *p)
{
	struct managing *m = p;

	secret_wipe(&m->secrets, sizeof(m->secrets));
	arena_clear(&m->memory);
}

static void op_done(struct task *t)
{
	http_resume(OWNER_OF(t, struct managing, op.task)->rq);
}

static enum http_next submit(struct http_request *rq,
        enum result (*apply)(struct op *op, struct batch *b), http_handler *then)
{
	const struct gnap_request *g = gnap_request_of(rq);
	const char *signature = http_header(rq, "Signature");
	struct node_loop *l = http_app(rq);
	struct managing *m = arena_alloc(&rq->arena, sizeof(*m));

	if (m)
		arena_init(&m->memory, MANAGING_BYTES);
	if (!m || http_defer(rq, wipe, m))
		return gnap_failed(rq, RESULT_OURS_MEMORY);
	m->rq = rq;
	m->rotate.id = g->id;
	m->rotate.token = g->secret;
	m->rotate.token_ms = l->node->options.token_lifetime_ms;
	sha256(bytes_str(signature ? signature : ""), m->rotate.signature);
	m->op.apply = apply;
	m->op.task.done = op_done;
	rq->state = m;
	http_park(rq, then);
	node_submit(l, &m->op);
	return HTTP_PARKED;
}

static enum http_next refuse(struct http_request *rq, enum result r)
{
	if (result_class(r) != RESULT_CLASS_THEIRS)
		return gnap_failed(rq, r);
	return gnap_error(rq, GNAP_ERROR_TOKEN_ENDED);
}

/* ---- rotating ---- */

static enum result apply_rotate(struct op *op, struct batch *b)
{
	struct managing *m = OWNER_OF(op, struct managing, op);

	arena_clear(&m->memory);
	return batch_token_rotate(b, &m->rotate, &m->memory, &m->grant, &m->secrets);
}

static enum http_next rotated(struct http_request *rq)
{
	const struct managing *m = rq->state;

	if (m->op.result)
		return refuse(rq, m->op.result);
	(void)FAILPOINT("token.rotated");
	return http_reply_json(rq, 200,
	        json_pack("{s:o}", "access_token",
	                gnap_token_json(rq, &m->secrets, m->grant.access, m->grant.access_count)));
}

static enum http_next rotate_signed(struct http_request *rq)
{
	return submit(rq, apply_rotate, rotated);
}

enum http_next api_token_rotate(struct http_request *rq)
{
	return gnap_require_token(rq, rotate_signed);
}

/* ---- giving back ---- */

static enum result apply_revoke(struct op *op, struct batch *b)
{
	struct managing *m = OWNER_OF(op, struct managing, op);

	return batch_token_revoke(b, &m->rotate.id, m->rotate.token);
}

static enum http_next revoked(struct http_request *rq)
{
	const struct managing *m = rq->state;

	if (m->op.result)
		return refuse(rq, m->op.result);
	(void)FAILPOINT("token.revoked");
	return http_reply_empty(rq, 204);
}

static enum http_next revoke_signed(struct http_request *rq)
{
	return submit(rq, apply_revoke, revoked);
}

enum http_next api_token_revoke(struct http_request *rq)
{
	return gnap_require_token(rq, revoke_signed);
}
