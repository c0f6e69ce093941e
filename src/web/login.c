#include "web/login.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/secret.h"
#include "base/text.h"
#include "http/reply.h"
#include "web/interact.h"
#include "web/password_check.h"

#define FORM_LOGIN "login"
#define HOME       "/wallet"

static const char wrong[] = WORDS("The wallet or the password is wrong.");

bool login_next_allowed(const char *path)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	                              "0123456789-_/";
	bool ours = text_starts(path, "/wallet") || text_starts(path, "/auth/interact/");

	return ours && strlen(path) <= LOGIN_NEXT_MAX && path[strspn(path, letters)] == '\0' &&
	       !strstr(path, "//");
}

const char *login_next(struct http_request *rq)
{
	const char *next = http_query(rq, "next");

	return next && login_next_allowed(next) ? next : "";
}

/* ---- the form ---- */

enum http_next login_ask(struct http_request *rq, struct visitor *v, const struct login_ask *ask)
{
	char token[FORM_TOKEN_SIZE];

	if (visitor_mark(rq, v))
		return page_fail(rq, RESULT_OURS_MEMORY);
	web_form_token(web_of(rq), v->browser, FORM_LOGIN, token);
	return page_reply(rq, ask->status, "login",
	        json_pack("{s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:s}", "title", words(rq, "Sign in"),
	                "token", token, "problem", ask->problem, "intro", ask->intro, "wallet",
	                ask->wallet, "next", ask->next, "back",
	                v->known && ask->next[0] ? ask->next : "", "signedIn",
	                v->known ? v->session.user_name : ""),
	        ask->form_origin);
}

enum http_next login_get(struct http_request *rq)
{
	const char *next = login_next(rq), *wallet = http_query(rq, "wallet");
	struct visitor v;

	if (visitor_read(rq, &v))
		return HTTP_DONE;
	return login_ask(rq, &v,
	        &(struct login_ask){.status = 200,
	                .problem = "",
	                .intro = "",
	                .wallet = wallet ? wallet : "",
	                .next = next,
	                .form_origin = interact_origin(rq, next)});
}

/* ---- a try ---- */

struct login {
	struct password_check check;
	struct op op;
	struct visitor visitor;
	struct session_new session;
	const char *wallet, *next;
	char token[TOKEN_TEXT_SIZE], known[TOKEN_TEXT_SIZE];
	uint8_t known_hash[SESSION_HASH_BYTES];
};

static void wipe(void *p)
{
	struct login *l = p;

	secret_wipe(l->token, sizeof(l->token));
	secret_wipe(l->known, sizeof(l->known));
}

static enum http_next ask_again(
        struct http_request *rq, struct login *l, unsigned status, const char *problem)
{
	return login_ask(rq, &l->visitor,
	        &(struct login_ask){.status = status,
	                .problem = problem,
	                .intro = "",
	                .wallet = l->wallet,
	                .next = l->next,
	                .form_origin = interact_origin(rq, l->next)});
}

const char *login_wait(struct http_request *rq, int64_t wait_ms)
{
	long long wait_s = (long long)((wait_ms + 999) / 1000);
	char *seconds = arena_printf(&rq->arena, "%lld", wait_s);
	const char *problem =
	        words_count(rq, "Too many tries. Please wait {n} second and try again.",
	                "Too many tries. Please wait {n} seconds and try again.", (uint64_t)wait_s);

	if (!seconds || !problem)
		return NULL;
	http_reply_header(rq, "Retry-After", seconds);
	return problem;
}

static enum http_next ask_later(struct http_request *rq, struct login *l)
{
	const char *problem = login_wait(rq, l->check.wait_ms);

	return problem ? ask_again(rq, l, 429, problem) : page_fail(rq, RESULT_OURS_MEMORY);
}

static struct login *login_of(struct http_request *rq)
{
	return OWNER_OF((struct password_check *)rq->state, struct login, check);
}

static enum http_next session_made(struct http_request *rq)
{
	struct login *l = login_of(rq);
	enum result r = l->op.result;

	if (r == RESULT_THEIRS_STATE) /* the password was changed meanwhile */
		return ask_again(rq, l, 403, words(rq, wrong));
	if (r || visitor_set_session(rq, l->token) || visitor_set_known(rq, l->known))
		return page_fail(rq, r ? r : RESULT_OURS_MEMORY);
	return page_see(rq, l->next[0] ? l->next : HOME);
}

static enum result session_apply(struct op *op, struct batch *b)
{
	return batch_session_add(b, &OWNER_OF(op, struct login, op)->session);
}

static void session_done(struct task *t)
{
	http_resume(OWNER_OF(t, struct login, op.task)->check.rq);
}

/* A new token with each login: what the browser had before is nobody's. */
static enum http_next make_session(struct http_request *rq, struct login *l)
{
	const struct web *w = web_of(rq);

	token_random(l->token);
	sha256(bytes_str(l->token), l->session.hash);
	visitor_known_make(rq, l->known, l->known_hash);
	l->session.browser = l->known_hash;
	l->session.password_hash = l->check.job.hash;
	l->session.renewed = l->check.job.renewed;
	l->session.idle_ms = w->session_idle_ms;
	l->session.life_ms = w->session_life_ms;
	l->session.replaced = l->visitor.token[0] ? l->visitor.hash : NULL;
	l->op.apply = session_apply;
	l->op.task.done = session_done;
	http_park(rq, session_made);
	node_submit(http_app(rq), &l->op);
	return HTTP_PARKED;
}

static enum http_next checked(struct http_request *rq)
{
	struct login *l = login_of(rq);
	enum result r = l->check.result;

	if (r == RESULT_THEIRS_UNAUTHENTIC)
		return ask_again(rq, l, 403, words(rq, wrong));
	if (r == RESULT_RETRY_BUSY)
		return ask_later(rq, l);
	return r ? page_fail(rq, r) : make_session(rq, l);
}

/* Wallets' names are lower case, and a phone's keyboard begins with a capital. */
static char *wallet_name(struct http_request *rq, const char *typed)
{
	char *name = arena_strdup(&rq->arena, typed + strspn(typed, " "));
	size_t n = name ? strlen(name) : 0;

	while (n > 0 && name[n - 1] == ' ')
		name[--n] = '\0';
	for (size_t i = 0; i < n; i++)
		name[i] = (char)tolower((unsigned char)name[i]);
	return name;
}

/* Whether or not there is such a user, the same is done from here on. */
static enum http_next try(struct http_request *rq, struct login *l, struct page_form *f)
{
	const struct node_loop *loop = http_app(rq);
	struct user_row user = {.password_hash = ""};
	enum result r = store_user_of_wallet(loop->reader, &rq->arena, l->wallet, &user);
	enum http_next next;

	if (r && r != RESULT_THEIRS_NOT_FOUND)
		return page_fail(rq, r);
	l->session.user = user.id;
	l->check.user = r ? NULL : &l->session.user;
	next = password_check(rq, &l->check, bytes_str(r ? l->wallet : user.name),
	        page_field(f, "password"), user.password_hash, checked);
	page_form_wipe(rq, f);
	return next;
}

enum http_next login_post(struct http_request *rq)
{
	struct login *l = arena_alloc(&rq->arena, sizeof(*l));
	const char *next;
	struct page_form f;

	if (!l || http_defer(rq, wipe, l))
		return page_fail(rq, RESULT_OURS_MEMORY);
	if (web_form_read(rq, &f) || visitor_read(rq, &l->visitor))
		return HTTP_DONE;
	next = page_field(&f, "next");
	l->next = login_next_allowed(next) ? arena_strdup(&rq->arena, next) : "";
	l->wallet = wallet_name(rq, page_field(&f, "wallet"));
	if (!l->next || !l->wallet)
		return page_fail(rq, RESULT_OURS_MEMORY);
	if (!web_form_token_is(web_of(rq), l->visitor.browser, FORM_LOGIN, page_field(&f, "token")))
		return ask_again(
		        rq, l, 403, words(rq, "That form was too old. Please sign in again."));
	return try(rq, l, &f);
}
