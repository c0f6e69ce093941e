#include "web/passkeys.h"

#include <string.h>

#include "base/secret.h"
#include "base/text.h"
#include "http/reply.h"
#include "web/holder.h"
#include "web/interact.h"
#include "web/login.h"
#include "web/passkey_form.h"
#include "web/password_check.h"
#include "web/show.h"

#define PATH    "/wallet/passkeys"
#define PURPOSE "new passkey"

/* ---- the list ---- */

static json_t *rows_json(struct http_request *rq, const struct holder *h)
{
	const struct node_loop *l = http_app(rq);
	json_t *list = json_array();
	struct passkey_row *rows;
	size_t count;

	if (store_passkey_list(l->reader, &rq->arena, &h->visitor.session.user, &rows, &count)) {
		json_decref(list);
		return NULL;
	}
	for (size_t i = 0; i < count; i++)
		(void)json_array_append_new(
		        list, json_pack("{s:o,s:s,s:o,s:o}", "key",
		                      json_sprintf("%lld", (long long)rows[i].key), "name",
		                      rows[i].name, "created", show_time(rq, rows[i].created_ms),
		                      "used", show_time(rq, rows[i].used_ms)));
	return list;
}

static enum http_next show(
        struct http_request *rq, unsigned status, const struct holder *h, const char *problem)
{
	json_t *view = holder_view(rq, h, HOLDER_SETTINGS, "Passkeys"), *rows = rows_json(rq, h);

	/* No script runs where a password is typed. */
	(void)json_object_del(view, "scripts");
	(void)json_object_update_new(
	        view, json_pack("{s:o,s:s}", "passkeys", rows, "problem", problem));
	return page_reply(rq, status, "passkeys", rows ? view : (json_decref(view), NULL), NULL);
}

/* Only whose password was right sees this page: the challenge in it is what a new passkey must have
 * signed, and ends by itself. */
static enum http_next show_new(struct http_request *rq, const struct holder *h)
{
	char user[2 * sizeof(struct id) + 1];
	json_t *view = holder_view(rq, h, HOLDER_SETTINGS, "A new passkey");

	hex_encode(bytes_of(h->visitor.session.user.b, sizeof(h->visitor.session.user.b)), user);
	(void)json_object_set_new(view, "scripts", json_pack("[s,s]", "florin.js", "passkey.js"));
	(void)json_object_update_new(
	        view, json_pack("{s:o,s:s}", "site", passkey_site(rq, h->visitor.token, PURPOSE),
	                      "userId", user));
	return page_reply(rq, 200, "passkey-new", view, NULL);
}

enum http_next passkeys_get(struct http_request *rq)
{
	struct holder h;

	return holder_read(rq, &h) ? HTTP_DONE : show(rq, 200, &h, "");
}

/* ---- the password, before a new one ---- */

struct passkey_ask {
	struct password_check check;
	struct holder holder;
};

static enum http_next password_checked(struct http_request *rq)
{
	struct passkey_ask *p =
	        OWNER_OF((struct password_check *)rq->state, struct passkey_ask, check);
	enum result r = p->check.result;

	if (r == RESULT_THEIRS_UNAUTHENTIC)
		return show(rq, 403, &p->holder, words(rq, "This is not your password."));
	if (r == RESULT_RETRY_BUSY) {
		const char *wait = login_wait(rq, p->check.wait_ms);

		return wait ? show(rq, 429, &p->holder, wait) : page_fail(rq, RESULT_OURS_MEMORY);
	}
	return r ? page_fail(rq, r) : show_new(rq, &p->holder);
}

enum http_next passkeys_ask(struct http_request *rq)
{
	const struct node_loop *l = http_app(rq);
	struct passkey_ask *p = arena_alloc(&rq->arena, sizeof(*p));
	struct user_row user;
	struct page_form f;
	enum http_next next;
	enum result r;

	if (!p)
		return page_fail(rq, RESULT_OURS_MEMORY);
	if (holder_form(rq, &p->holder, &f))
		return HTTP_DONE;
	r = store_user_get(l->reader, &rq->arena, &p->holder.visitor.session.user, &user);
	if (r)
		return page_fail(rq, r);
	next = password_check(rq, &p->check, bytes_str(user.name), page_field(&f, "password"),
	        user.password_hash, password_checked);
	page_form_wipe(rq, &f);
	return next;
}

/* Reached by going back, or by choosing light or dark on the page that the form led to. */
enum http_next passkeys_ask_again(struct http_request *rq)
{
	return page_see(rq, PATH);
}

/* ---- changes ---- */

struct passkey_change {
	struct holder_change change;
	struct holder holder;
	struct passkey made;
	struct passkey_row row;
};

static enum result add_apply(struct holder_change *c, struct batch *b)
{
	return batch_passkey_add(b, &OWNER_OF(c, struct passkey_change, change)->row);
}

static enum result remove_apply(struct holder_change *c, struct batch *b)
{
	struct passkey_change *p = OWNER_OF(c, struct passkey_change, change);

	return batch_passkey_remove(b, p->row.key, &p->holder.visitor.session.user);
}

static enum http_next changed(struct http_request *rq)
{
	struct passkey_change *p =
	        OWNER_OF((struct holder_change *)rq->state, struct passkey_change, change);
	enum result r = p->change.op.result;

	if (r == RESULT_THEIRS_UNAUTHORIZED)
		return page_see(rq, "/wallet/login");
	if (r == RESULT_THEIRS_CONFLICT)
		return show(rq, 409, &p->holder, words(rq, "This passkey is known here already."));
	if (r == RESULT_THEIRS_TOO_BIG)
		return show(rq, 409, &p->holder,
		        words(rq, "You have as many passkeys as can be kept."));
	return r ? page_fail(rq, r) : page_see(rq, PATH);
}

/* On an error the reply is set. */
static struct passkey_change *begin(struct http_request *rq, struct page_form *f)
{
	struct passkey_change *p = arena_alloc(&rq->arena, sizeof(*p));

	if (!p) {
		(void)page_fail(rq, RESULT_OURS_MEMORY);
		return NULL;
	}
	return holder_form(rq, &p->holder, f) ? NULL : p;
}

enum http_next passkeys_post(struct http_request *rq)
{
	struct passkey_change *p;
	struct page_form f;
	enum result r;

	p = begin(rq, &f);
	if (!p)
		return HTTP_DONE;
	p->row.name = page_field(&f, "name");
	if (!*p->row.name || strlen(p->row.name) > PASSKEY_NAME_MAX)
		return show(rq, 400, &p->holder,
		        words(rq, "Give the passkey a name of at most 64 bytes."));
	r = passkey_form_new(rq, &f, p->holder.visitor.token, PURPOSE, &p->made);
	if (result_class(r) == RESULT_CLASS_THEIRS)
		return show(rq, 400, &p->holder,
		        words(rq, "The device's answer can't be used. Please try again."));
	if (r)
		return page_fail(rq, r);
	p->row.user = p->holder.visitor.session.user;
	p->row.credential = bytes_of(p->made.id, p->made.id_n);
	p->row.algorithm = p->made.algorithm;
	p->row.public_key = bytes_of(p->made.public_key, p->made.public_n);
	p->row.counter = p->made.counter;
	p->change.apply = add_apply;
	return holder_submit(rq, &p->holder, &p->change, changed);
}

enum http_next passkeys_remove(struct http_request *rq)
{
	struct passkey_change *p;
	struct page_form f;
	uint64_t key;

	p = begin(rq, &f);
	if (!p)
		return HTTP_DONE;
	if (text_parse_u64(page_field(&f, "passkey"), INT64_MAX, &key))
		return page_fail(rq, RESULT_THEIRS_NOT_FOUND);
	p->row.key = (int64_t)key;
	p->change.apply = remove_apply;
	return holder_submit(rq, &p->holder, &p->change, changed);
}

/* ---- signing in ---- */

#define LOGIN_PURPOSE "passkey login"

struct passkey_login {
	struct op op;
	struct http_request *rq;
	struct visitor visitor;
	struct passkey_signed sign;
	struct session_new session;
	const char *next;
	char token[TOKEN_TEXT_SIZE], known[TOKEN_TEXT_SIZE];
	uint8_t known_hash[SESSION_HASH_BYTES];
};

static void wipe_login(void *p)
{
	struct passkey_login *l = p;

	secret_wipe(l->token, sizeof(l->token));
	secret_wipe(l->known, sizeof(l->known));
}

/* next: where it leads, "" for home. */
static enum http_next ask(struct http_request *rq, unsigned status, struct visitor *v,
        const char *next, const char *problem)
{
	json_t *site;

	if (visitor_mark(rq, v))
		return page_fail(rq, RESULT_OURS_MEMORY);
	site = passkey_site(rq, v->browser, LOGIN_PURPOSE);
	return page_reply(rq, status, "passkey-login",
	        site ? json_pack("{s:s,s:[s,s],s:o,s:s,s:s}", "title",
	                       words(rq, "Sign in with a passkey"), "scripts", "florin.js",
	                       "passkey.js", "site", site, "next", next, "problem", problem)
	             : NULL,
	        interact_origin(rq, next));
}

enum http_next passkey_login_get(struct http_request *rq)
{
	struct visitor v;

	return visitor_read(rq, &v) ? HTTP_DONE : ask(rq, 200, &v, login_next(rq), "");
}

static enum result login_apply(struct op *op, struct batch *b)
{
	struct passkey_login *p = OWNER_OF(op, struct passkey_login, op);
	enum result r = batch_passkey_used(
	        b, p->sign.by.key, &p->sign.by.user, p->sign.use.counter, p->sign.use.asked_ms);

	return r ? r : batch_session_add(b, &p->session);
}

static void login_done(struct task *t)
{
	http_resume(OWNER_OF(t, struct passkey_login, op.task)->rq);
}

static const char unknown[] =
        WORDS("This passkey is not known here, or was not used as it should be.");

static enum http_next signed_in(struct http_request *rq)
{
	struct passkey_login *p = rq->state;
	enum result r = p->op.result;

	if (r == RESULT_THEIRS_NOT_FOUND || r == RESULT_THEIRS_CONFLICT)
		return ask(rq, 403, &p->visitor, p->next, words(rq, unknown));
	if (r || visitor_set_session(rq, p->token) || visitor_set_known(rq, p->known))
		return page_fail(rq, r ? r : RESULT_OURS_MEMORY);
	return page_see(rq, p->next[0] ? p->next : "/wallet");
}

static enum http_next make_session(struct http_request *rq, struct passkey_login *p)
{
	const struct web *w = web_of(rq);

	token_random(p->token);
	sha256(bytes_str(p->token), p->session.hash);
	visitor_known_make(rq, p->known, p->known_hash);
	p->session.browser = p->known_hash;
	p->session.user = p->sign.by.user;
	p->session.idle_ms = w->session_idle_ms;
	p->session.life_ms = w->session_life_ms;
	p->session.replaced = p->visitor.token[0] ? p->visitor.hash : NULL;
	p->rq = rq;
	p->op.apply = login_apply;
	p->op.task.done = login_done;
	rq->state = p;
	http_park(rq, signed_in);
	node_submit(http_app(rq), &p->op);
	return HTTP_PARKED;
}

enum http_next passkey_login_post(struct http_request *rq)
{
	struct passkey_login *p = arena_alloc(&rq->arena, sizeof(*p));
	const char *next;
	struct page_form f;
	enum result r;

	if (!p || http_defer(rq, wipe_login, p))
		return page_fail(rq, RESULT_OURS_MEMORY);
	if (web_form_read(rq, &f) || visitor_read(rq, &p->visitor))
		return HTTP_DONE;
	next = page_field(&f, "next");
	p->next = login_next_allowed(next) ? arena_strdup(&rq->arena, next) : "";
	if (!p->next)
		return page_fail(rq, RESULT_OURS_MEMORY);
	r = passkey_form_check(rq, &f, p->visitor.browser, LOGIN_PURPOSE, &p->sign);
	if (result_class(r) == RESULT_CLASS_THEIRS)
		return ask(rq, 403, &p->visitor, p->next, words(rq, unknown));
	return r ? page_fail(rq, r) : make_session(rq, p);
}
