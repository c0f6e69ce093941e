#include "console/login.h"

#include <string.h>

#include "auth/totp.h"
#include "base/log.h"
#include "base/secret.h"
#include "base/text.h"
#include "http/language.h"
#include "http/reply.h"
#include "web/login.h"
#include "web/password_check.h"

#define FORM_LOGIN  "login"
#define FORM_LOGOUT "logout"

static const char wrong[] = WORDS("The name, the password or the code is wrong.");

static bool next_allowed(const char *path)
{
	return page_path_is_local(path) && text_starts(path, CONSOLE_HOME) && !strstr(path, "//");
}

enum http_next console_login_ask(struct http_request *rq, struct operator_visitor *v,
        unsigned status, const char *problem, const char *name, const char *next)
{
	char token[FORM_TOKEN_SIZE];

	if (operator_visitor_mark(rq, v))
		return page_fail(rq, RESULT_OURS_MEMORY);
	page_form_token(&console_of(rq)->form_key, v->browser, FORM_LOGIN, token);
	return console_reply(rq, status, "console-login",
	        json_pack("{s:s,s:s,s:s,s:s,s:s}", "title", words(rq, "Sign in to the console"),
	                "token", token, "problem", words(rq, problem), "name", name, "next", next),
	        "", NULL);
}

enum http_next console_login_get(struct http_request *rq)
{
	const char *next = http_query(rq, "next");
	struct operator_visitor v;

	if (operator_visitor_read(rq, &v))
		return HTTP_DONE;
	return console_login_ask(rq, &v, 200, "", "", next && next_allowed(next) ? next : "");
}

/* ---- a try ---- */

struct console_login {
	struct password_check check;
	struct op op;
	struct operator_visitor visitor;
	struct operator_row operator_row;
	struct operator_session_new session;
	const char *name, *code, *next;
	char token[TOKEN_TEXT_SIZE];
};

static void wipe_login(void *p)
{
	struct console_login *l = p;

	secret_wipe(l->token, sizeof(l->token));
}

static struct console_login *login_of(struct http_request *rq)
{
	return OWNER_OF((struct password_check *)rq->state, struct console_login, check);
}

static enum http_next again(
        struct http_request *rq, struct console_login *l, unsigned status, const char *problem)
{
	if (!problem)
		return page_fail(rq, RESULT_OURS_MEMORY);
	return console_login_ask(rq, &l->visitor, status, problem, l->name, l->next);
}

static enum http_next session_made(struct http_request *rq)
{
	struct console_login *l = login_of(rq);
	enum result r = l->op.result;

	/* The password was changed meanwhile, or the code was used before. */
	if (r == RESULT_THEIRS_STATE)
		return again(rq, l, 403, wrong);
	if (r || operator_visitor_set(rq, l->token))
		return page_fail(rq, r ? r : RESULT_OURS_MEMORY);
	password_check_passed(rq, &l->check);
	return page_see(rq, l->next[0] ? l->next : CONSOLE_HOME);
}

static enum result session_apply(struct op *op, struct batch *b)
{
	struct console_login *l = OWNER_OF(op, struct console_login, op);
	struct act_row act = {.who = l->operator_row.name,
	        .act = "operator.sign_in",
	        .subject = "",
	        .details = "{}"};
	enum result r = batch_operator_session_add(b, &l->session);

	return r ? r : batch_act_add(b, &act);
}

static void session_done(struct task *t)
{
	http_resume(OWNER_OF(t, struct console_login, op.task)->check.rq);
}

/* A new token with each login: what the browser had before is nobody's. */
static enum http_next make_session(struct http_request *rq, struct console_login *l)
{
	token_random(l->token);
	sha256(bytes_str(l->token), l->session.hash);
	l->session.operator_id = l->operator_row.id;
	l->session.password_hash = l->check.job.hash;
	l->session.renewed = l->check.job.renewed;
	l->session.idle_ms = CONSOLE_IDLE_MS;
	l->session.life_ms = CONSOLE_LIFE_MS;
	l->session.replaced = l->visitor.token[0] ? l->visitor.hash : NULL;
	l->op.apply = session_apply;
	l->op.task.done = session_done;
	http_park(rq, session_made);
	node_submit(http_app(rq), &l->op);
	return HTTP_PARKED;
}

static enum http_next checked(struct http_request *rq)
{
	struct console_login *l = login_of(rq);
	enum result r = l->check.result;

	if (r == RESULT_RETRY_BUSY)
		return again(rq, l, 429, login_wait(rq, l->check.wait_ms));
	if (r == RESULT_OK)
		r = totp_check(l->operator_row.totp, l->code, http_wall_ms(rq), &l->session.step);
	if (r == RESULT_OK && l->session.step <= l->operator_row.totp_step)
		r = RESULT_THEIRS_UNAUTHENTIC;
	if (r == RESULT_OK)
		return make_session(rq, l);
	if (r != RESULT_THEIRS_UNAUTHENTIC)
		return page_fail(rq, r);
	log_warn("console_login", "result=wrong");
	return again(rq, l, 403, wrong);
}

enum http_next console_login_post(struct http_request *rq)
{
	const struct node_loop *node = http_app(rq);
	struct console_login *l = arena_alloc(&rq->arena, sizeof(*l));
	enum http_next next;
	struct page_form f;
	const char *who;
	enum result r;

	if (!l || http_defer(rq, wipe_login, l))
		return page_fail(rq, RESULT_OURS_MEMORY);
	if (operator_visitor_read(rq, &l->visitor) || page_form_read(rq, NULL, &f))
		return HTTP_DONE;
	if (!page_form_token_is(&console_of(rq)->form_key, l->visitor.browser, FORM_LOGIN,
	            page_field(&f, "token"))) {
		page_form_wipe(rq, &f);
		l->name = l->next = "";
		return again(rq, l, 403, WORDS("That form was too old. Please try again."));
	}
	l->name = arena_strdup(&rq->arena, page_field(&f, "name"));
	l->code = arena_strdup(&rq->arena, page_field(&f, "code"));
	l->next = arena_strdup(&rq->arena, page_field(&f, "next"));
	/* Beside the account holders' names in the guard, not among them. */
	who = l->name ? arena_printf(&rq->arena, "operator %s", l->name) : NULL;
	if (!l->code || !l->next || !who) {
		page_form_wipe(rq, &f);
		return page_fail(rq, RESULT_OURS_MEMORY);
	}
	if (!next_allowed(l->next))
		l->next = "";
	/* One that does not exist takes the same way and the same time. */
	l->operator_row.password_hash = "";
	r = store_operator_named(node->reader, &rq->arena, l->name, &l->operator_row);
	if (r && r != RESULT_THEIRS_NOT_FOUND) {
		page_form_wipe(rq, &f);
		return page_fail(rq, r);
	}
	l->check.more = true;
	next = password_check(rq, &l->check, bytes_str(who), page_field(&f, "password"),
	        l->operator_row.password_hash, checked);
	page_form_wipe(rq, &f);
	return next;
}

/* ---- out ---- */

struct console_logout {
	struct op op;
	struct http_request *rq;
	struct operator_visitor visitor;
};

static enum http_next ended(struct http_request *rq)
{
	const struct console_logout *l = rq->state;
	enum result r = l->op.result;

	if (!r)
		r = operator_visitor_set(rq, NULL);
	return r ? page_fail(rq, r) : page_see(rq, CONSOLE_LOGIN);
}

static enum result end_apply(struct op *op, struct batch *b)
{
	const struct console_logout *l = OWNER_OF(op, struct console_logout, op);
	struct act_row act = {.who = l->visitor.session.name,
	        .act = "operator.sign_out",
	        .subject = "",
	        .details = "{}"};
	enum result r = batch_operator_session_end(b, l->visitor.hash);

	return r ? r : batch_act_add(b, &act);
}

static void end_done(struct task *t)
{
	http_resume(OWNER_OF(t, struct console_logout, op.task)->rq);
}

enum http_next console_logout(struct http_request *rq)
{
	struct console_logout *l = arena_alloc(&rq->arena, sizeof(*l));
	struct page_form f;

	if (!l)
		return page_fail(rq, RESULT_OURS_MEMORY);
	if (page_form_read(rq, NULL, &f) || operator_visitor_read(rq, &l->visitor))
		return HTTP_DONE;
	if (!l->visitor.known)
		return page_see(rq, CONSOLE_LOGIN);
	if (!page_form_token_is(&console_of(rq)->form_key, l->visitor.token, FORM_LOGOUT,
	            page_field(&f, "token")))
		return console_say(rq, 403, l->visitor.session.name, "Not signed out",
		        "That form was too old. Please go back and try again.");
	l->rq = rq;
	l->op.apply = end_apply;
	l->op.task.done = end_done;
	rq->state = l;
	http_park(rq, ended);
	node_submit(http_app(rq), &l->op);
	return HTTP_PARKED;
}
