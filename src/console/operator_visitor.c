#include "console/operator_visitor.h"

#include <stdlib.h>
#include <string.h>

#include "http/cookie.h"
#include "http/reply.h"
#include "ilp/node.h"

#define TOUCH_MS 60000 /* a session's use is noted this often */

static bool token_of(const char *field, const char *name, char out[TOKEN_TEXT_SIZE])
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	                              "0123456789-_";

	if (cookie_read(field, name, out, TOKEN_TEXT_SIZE) &&
	        strspn(out, letters) == TOKEN_TEXT_SIZE - 1)
		return true;
	out[0] = '\0';
	return false;
}

/* ---- use ---- */

/* Told to the store in passing; it outlives the request. */
struct touch {
	struct op op;
	uint8_t hash[OPERATOR_HASH_BYTES];
};

static enum result touch_apply(struct op *op, struct batch *b)
{
	return batch_operator_session_touch(b, OWNER_OF(op, struct touch, op)->hash);
}

static void touch_done(struct task *t)
{
	free(OWNER_OF(t, struct touch, op.task));
}

static void touch(struct http_request *rq, const struct operator_visitor *v)
{
	struct touch *t;

	if (http_wall_ms(rq) - v->session.used_ms < TOUCH_MS)
		return;
	t = calloc(1, sizeof(*t));
	if (!t) /* the session ends a little earlier */
		return;
	t->op.apply = touch_apply;
	t->op.lazy = true;
	t->op.task.done = touch_done;
	memcpy(t->hash, v->hash, sizeof(t->hash));
	node_submit(http_app(rq), &t->op);
}

enum result operator_visitor_read(struct http_request *rq, struct operator_visitor *out)
{
	const struct console *c = console_of(rq);
	const struct node_loop *l = http_app(rq);
	const char *field = http_header(rq, "Cookie");
	enum result r;

	*out = (struct operator_visitor){.known = false};
	(void)token_of(field, c->browser_cookie, out->browser);
	if (!token_of(field, c->session_cookie, out->token))
		return RESULT_OK;
	sha256(bytes_str(out->token), out->hash);
	r = store_operator_session_get(
	        l->reader, &rq->arena, out->hash, http_wall_ms(rq), &out->session);
	if (r == RESULT_THEIRS_NOT_FOUND)
		return RESULT_OK;
	if (r) {
		(void)page_fail(rq, r);
		return r;
	}
	out->known = true;
	touch(rq, out);
	return RESULT_OK;
}

const char *operator_visitor_name(const struct operator_visitor *v)
{
	return v->known ? v->session.name : "";
}

/* ---- setting ---- */

static enum result set_cookie(
        struct http_request *rq, const char *name, const char *value, const char *more)
{
	char *text = arena_printf(&rq->arena,
	        "%s=%s; Path=" CONSOLE_HOME "; HttpOnly; SameSite=Strict%s", name, value, more);

	if (!text)
		return RESULT_OURS_MEMORY;
	http_reply_header(rq, "Set-Cookie", text);
	return RESULT_OK;
}

enum result operator_visitor_mark(struct http_request *rq, struct operator_visitor *v)
{
	if (v->browser[0])
		return RESULT_OK;
	token_random(v->browser);
	return set_cookie(rq, console_of(rq)->browser_cookie, v->browser, "");
}

enum result operator_visitor_set(struct http_request *rq, const char *token)
{
	const char *name = console_of(rq)->session_cookie;

	return token ? set_cookie(rq, name, token, "") : set_cookie(rq, name, "", "; Max-Age=0");
}
