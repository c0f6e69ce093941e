#include "web/settings.h"

#include <string.h>

#include "base/text.h"
#include "http/reply.h"
#include "http/when.h"
#include "web/address.h"
#include "web/holder.h"
#include "web/login.h"
#include "web/notices.h"
#include "web/password_check.h"
#include "web/show.h"

#define PATH "/wallet/settings"

#define ZONE_KEPT_S 31536000

/* ---- the page ---- */

static json_t *session_json(
        const struct http_request *rq, const struct session_listed *s, const struct holder *h)
{
	char hex[2 * SESSION_HASH_BYTES + 1];
	bool own = memcmp(s->hash, h->visitor.hash, sizeof(s->hash)) == 0;

	hex_encode(bytes_of(s->hash, sizeof(s->hash)), hex);
	return json_pack("{s:s,s:o,s:o,s:b}", "name", hex, "created", show_time(rq, s->created_ms),
	        "used", show_time(rq, s->used_ms), "own", (int)own);
}

static json_t *sessions_json(struct http_request *rq, const struct holder *h)
{
	const struct node_loop *l = http_app(rq);
	struct session_listed rows[SESSIONS_PER_USER_MAX];
	json_t *list = json_array();
	size_t count;

	if (store_session_list(
	            l->reader, &h->visitor.session.user, http_wall_ms(rq), rows, &count)) {
		json_decref(list);
		return NULL;
	}
	for (size_t i = 0; i < count; i++)
		(void)json_array_append_new(list, session_json(rq, &rows[i], h));
	return list;
}

static json_t *zones_json(struct http_request *rq)
{
	const struct when w = when_of(rq);
	json_t *list = json_array();

	for (size_t i = 0; i < when_zone_count; i++) {
		const char *name = when_zones[i];

		(void)json_array_append_new(
		        list, json_pack("{s:s,s:s,s:b}", "name", name, "label",
		                      *name ? name : words(rq, "As this browser says"), "selected",
		                      (int)(strcmp(name, w.zone) == 0)));
	}
	return list;
}

/* What a form that was answered by a redirect has done. */
static const char *done_words(const char *done)
{
	if (done && strcmp(done, "password") == 0)
		return WORDS("The password is changed. You are signed out everywhere else.");
	if (done && strcmp(done, "sessions") == 0)
		return WORDS("Signed out there.");
	if (done && strcmp(done, "zone") == 0)
		return WORDS("The time zone is changed, for this browser.");
	if (done && strcmp(done, "notices") == 0)
		return WORDS("You are told of what is ticked below.");
	return "";
}

static enum http_next show(struct http_request *rq, unsigned status, const struct holder *h,
        const char *problem, const char *new_problem)
{
	json_t *view = holder_view(rq, h, HOLDER_SETTINGS, "Settings");
	json_t *sessions = sessions_json(rq, h), *topics = notices_topics_json(rq, h);

	if (!sessions || !topics) {
		json_decref(view);
		json_decref(sessions);
		json_decref(topics);
		return page_fail(rq, RESULT_OURS_STORE);
	}
	/* No script runs where a password is typed. */
	(void)json_object_del(view, "scripts");
	(void)json_object_update_new(view,
	        json_pack("{s:o,s:o,s:o,s:o,s:b,s:b,s:s,s:s,s:s,s:i}", "sessions", sessions,
	                "topics", topics, "zones", zones_json(rq), "wallets",
	                holder_wallets_json(rq, h, NULL), "mayAdd", (int)address_may_add(rq, h),
	                "several", (int)(json_array_size(sessions) > 1), "done",
	                words(rq, done_words(http_query(rq, "done"))), "passwordProblem", problem,
	                "newProblem", new_problem, "passwordMin", PASSWORD_MIN));
	return page_reply(rq, status, "settings", view, NULL);
}

enum http_next settings_get(struct http_request *rq)
{
	struct holder h;

	return holder_read(rq, &h) ? HTTP_DONE : show(rq, 200, &h, "", "");
}

/* ---- the password ---- */

struct settings {
	struct password_check check;
	struct password_job make;
	struct holder_change change;
	struct holder holder;
	struct http_request *rq;
	struct user_row user;
	bool all; /* sessions: every other one */
	uint8_t ended[SESSION_HASH_BYTES];
};

static enum result password_apply(struct holder_change *c, struct batch *b)
{
	struct settings *s = OWNER_OF(c, struct settings, change);

	return batch_password_change(
	        b, &s->user.id, s->check.job.hash, s->make.hash, s->holder.visitor.hash);
}

static enum http_next password_set(struct http_request *rq)
{
	struct settings *s = OWNER_OF((struct holder_change *)rq->state, struct settings, change);
	enum result r = s->change.op.result;

	if (r == RESULT_THEIRS_UNAUTHORIZED)
		return page_see(rq, "/wallet/login");
	if (r == RESULT_THEIRS_STATE)
		return show(rq, 409, &s->holder,
		        words(rq, "It was changed somewhere else meanwhile."), "");
	return r ? page_fail(rq, r) : page_see(rq, PATH "?done=password");
}

static enum http_next made(struct http_request *rq)
{
	struct settings *s = OWNER_OF((struct password_job *)rq->state, struct settings, make);

	if (s->make.result)
		return page_fail(rq, s->make.result);
	s->change.apply = password_apply;
	return holder_submit(rq, &s->holder, &s->change, password_set);
}

static void make_done(struct task *t)
{
	http_resume(OWNER_OF(t, struct settings, make.job.task)->rq);
}

static enum http_next checked(struct http_request *rq)
{
	struct settings *s = OWNER_OF((struct password_check *)rq->state, struct settings, check);
	const struct node_loop *l = http_app(rq);
	enum result r = s->check.result;

	if (r)
		password_clear(&s->make);
	if (r == RESULT_THEIRS_UNAUTHENTIC)
		return show(
		        rq, 403, &s->holder, words(rq, "This is not the present password."), "");
	if (r == RESULT_RETRY_BUSY) {
		const char *wait = login_wait(rq, s->check.wait_ms);

		return wait ? show(rq, 429, &s->holder, wait, "")
		            : page_fail(rq, RESULT_OURS_MEMORY);
	}
	if (r)
		return page_fail(rq, r);
	s->make.job.task.home = l->home;
	s->make.job.task.done = make_done;
	rq->state = &s->make;
	http_park(rq, made);
	r = slow_give(l->node->slow, &s->make.job);
	if (r) {
		password_clear(&s->make);
		s->make.result = r;
		http_resume(rq);
	}
	return HTTP_PARKED;
}

/* "" where it may become the password. */
static const char *new_problem(
        struct http_request *rq, const char *text, const char *repeated, size_t least)
{
	enum result r = password_allowed(text, least);
	const char *why = "";

	if (r == RESULT_THEIRS_TRUNCATED)
		why = words_count(rq, "A password has at least {n} character.",
		        "A password has at least {n} characters.", least);
	else if (r)
		why = words_count(rq, "A password is one line of at most {n} byte.",
		        "A password is one line of at most {n} bytes.", PASSWORD_MAX);
	else if (strcmp(text, repeated) != 0)
		why = words(rq, "The two are not the same.");
	return why ? why : words(rq, "It can't be used.");
}

enum http_next settings_password(struct http_request *rq)
{
	struct settings *s = arena_alloc(&rq->arena, sizeof(*s));
	const struct node_loop *l = http_app(rq);
	struct page_form f;
	const char *why;
	enum http_next next;
	enum result r;

	if (!s)
		return page_fail(rq, RESULT_OURS_MEMORY);
	if (holder_form(rq, &s->holder, &f))
		return HTTP_DONE;
	s->rq = rq;
	why = new_problem(rq, page_field(&f, "new"), page_field(&f, "repeated"),
	        l->node->options.dev ? 1 : PASSWORD_MIN);
	if (*why) {
		page_form_wipe(rq, &f);
		return show(rq, 400, &s->holder, "", why);
	}
	r = store_user_get(l->reader, &rq->arena, &s->holder.visitor.session.user, &s->user);
	if (r) {
		page_form_wipe(rq, &f);
		return page_fail(rq, r);
	}
	password_take(
	        &s->make, PASSWORD_MAKE, &l->node->password_pepper, page_field(&f, "new"), NULL);
	s->check.user = &s->user.id;
	next = password_check(rq, &s->check, bytes_str(s->user.name), page_field(&f, "present"),
	        s->user.password_hash, checked);
	page_form_wipe(rq, &f);
	return next;
}

/* ---- sessions ---- */

static enum result sessions_apply(struct holder_change *c, struct batch *b)
{
	struct settings *s = OWNER_OF(c, struct settings, change);
	const struct id *user = &s->holder.visitor.session.user;

	return s->all ? batch_session_end_others(b, user, s->holder.visitor.hash)
	              : batch_session_end_of(b, user, s->ended);
}

static enum http_next ended(struct http_request *rq)
{
	struct settings *s = OWNER_OF((struct holder_change *)rq->state, struct settings, change);
	enum result r = s->change.op.result;

	if (r == RESULT_THEIRS_UNAUTHORIZED)
		return page_see(rq, "/wallet/login");
	return r ? page_fail(rq, r) : page_see(rq, PATH "?done=sessions");
}

enum http_next settings_sessions(struct http_request *rq)
{
	struct settings *s = arena_alloc(&rq->arena, sizeof(*s));
	struct page_form f;
	const char *name;
	size_t n;

	if (!s)
		return page_fail(rq, RESULT_OURS_MEMORY);
	if (holder_form(rq, &s->holder, &f))
		return HTTP_DONE;
	name = page_field(&f, "session");
	s->all = strcmp(name, "others") == 0;
	if (!s->all && (hex_decode(name, strlen(name), s->ended, sizeof(s->ended), &n) ||
	                       n != sizeof(s->ended)))
		return page_fail(rq, RESULT_THEIRS_NOT_FOUND);
	s->change.apply = sessions_apply;
	return holder_submit(rq, &s->holder, &s->change, ended);
}

/* ---- how times are shown ---- */

enum http_next settings_zone(struct http_request *rq)
{
	const char *zone, *known = NULL;
	struct page_form f;
	struct holder h;
	char *cookie;

	if (holder_form(rq, &h, &f))
		return HTTP_DONE;
	zone = page_field(&f, "zone");
	for (size_t i = 0; i < when_zone_count; i++)
		if (strcmp(when_zones[i], zone) == 0)
			known = when_zones[i];
	if (!known)
		return page_fail(rq, RESULT_THEIRS_MALFORMED);
	cookie = arena_printf(&rq->arena,
	        WHEN_ZONE_COOKIE "=%s; Path=/; Max-Age=%d; HttpOnly; SameSite=Lax", known,
	        *known ? ZONE_KEPT_S : 0);
	if (!cookie)
		return page_fail(rq, RESULT_OURS_MEMORY);
	http_reply_header(rq, "Set-Cookie", cookie);
	return page_see(rq, PATH "?done=zone");
}
