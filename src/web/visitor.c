#include "web/visitor.h"

#include <stdlib.h>
#include <string.h>

#include "http/cookie.h"
#include "http/reply.h"

#define TOUCH_PARTS  8     /* a session's use is noted this often within its idle time ... */
#define TOUCH_MS_MAX 60000 /* ... and each minute */
#define KNOWN_AGE    "; Max-Age=31536000" /* BROWSER_KNOWN_MS */

static bool is_token(const char *s)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	                              "0123456789-_";

	return strlen(s) == TOKEN_TEXT_SIZE - 1 && strspn(s, letters) == TOKEN_TEXT_SIZE - 1;
}

bool visitor_cookie(const char *field, const char *name, char out[TOKEN_TEXT_SIZE])
{
	if (cookie_read(field, name, out, TOKEN_TEXT_SIZE) && is_token(out))
		return true;
	out[0] = '\0';
	return false;
}

/* ---- use ---- */

/* Told to the store in passing; it outlives the request. */
struct touch {
	struct op op;
	uint8_t hash[SESSION_HASH_BYTES];
};

static enum result touch_apply(struct op *op, struct batch *b)
{
	return batch_session_touch(b, OWNER_OF(op, struct touch, op)->hash);
}

static void touch_done(struct task *t)
{
	free(OWNER_OF(t, struct touch, op.task));
}

static void touch(struct http_request *rq, const struct visitor *v)
{
	int64_t step = web_of(rq)->session_idle_ms / TOUCH_PARTS;
	struct touch *t;

	if (step > TOUCH_MS_MAX)
		step = TOUCH_MS_MAX;
	if (http_wall_ms(rq) - v->session.used_ms < step)
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

enum result visitor_read(struct http_request *rq, struct visitor *out)
{
	const struct web *w = web_of(rq);
	const struct node_loop *l = http_app(rq);
	const char *field = http_header(rq, "Cookie");
	enum result r;

	*out = (struct visitor){.known = false};
	(void)visitor_cookie(field, w->browser_cookie, out->browser);
	if (!visitor_cookie(field, w->session_cookie, out->token))
		return RESULT_OK;
	sha256(bytes_str(out->token), out->hash);
	r = store_session_get(l->reader, &rq->arena, out->hash, http_wall_ms(rq), &out->session);
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

/* ---- setting ---- */

static enum result set_cookie(
        struct http_request *rq, const char *name, const char *value, const char *more)
{
	char *text = arena_printf(&rq->arena, "%s=%s; Path=/; HttpOnly; SameSite=Lax%s%s", name,
	        value, web_of(rq)->secure ? "; Secure" : "", more);

	if (!text)
		return RESULT_OURS_MEMORY;
	http_reply_header(rq, "Set-Cookie", text);
	return RESULT_OK;
}

enum result visitor_mark(struct http_request *rq, struct visitor *v)
{
	if (v->browser[0])
		return RESULT_OK;
	token_random(v->browser);
	return set_cookie(rq, web_of(rq)->browser_cookie, v->browser, "");
}

enum result visitor_set_session(struct http_request *rq, const char *token)
{
	const char *name = web_of(rq)->session_cookie;

	return token ? set_cookie(rq, name, token, "") : set_cookie(rq, name, "", "; Max-Age=0");
}

bool visitor_known_token(struct http_request *rq, char out[TOKEN_TEXT_SIZE])
{
	return visitor_cookie(http_header(rq, "Cookie"), web_of(rq)->known_cookie, out);
}

void visitor_known_make(
        struct http_request *rq, char token[TOKEN_TEXT_SIZE], uint8_t hash[SESSION_HASH_BYTES])
{
	if (!visitor_known_token(rq, token))
		token_random(token);
	sha256(bytes_str(token), hash);
}

enum result visitor_set_known(struct http_request *rq, const char *token)
{
	return set_cookie(rq, web_of(rq)->known_cookie, token, KNOWN_AGE);
}
