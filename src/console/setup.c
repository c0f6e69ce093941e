#include "console/setup.h"

#include <string.h>

#include "auth/password.h"
#include "auth/totp.h"
#include "base/log.h"
#include "console/operator_visitor.h"
#include "http/language.h"
#include "http/qr.h"
#include "http/reply.h"
#include "ilp/node.h"

#define FORM_SETUP            "setup"
#define OPERATOR_PASSWORD_MIN 12 /* characters */

struct console_setup {
	struct password_job job;
	struct op op;
	struct http_request *rq;
	struct operator_visitor visitor;
	struct operator_row operator_row;
	const char *setup; /* the token */
	uint8_t hash[OPERATOR_HASH_BYTES];
	struct secret32 codes; /* the first OPERATOR_TOTP_BYTES are the secret */
	int64_t step;
	const char *name;
	char token[TOKEN_TEXT_SIZE]; /* of the session */
	uint8_t token_hash[OPERATOR_HASH_BYTES];
};

/* ---- the forms ---- */

static json_t *view_of(struct http_request *rq, struct operator_visitor *v, const char *problem)
{
	char token[FORM_TOKEN_SIZE];

	if (operator_visitor_mark(rq, v))
		return NULL;
	page_form_token(&console_of(rq)->form_key, v->browser, FORM_SETUP, token);
	return json_pack("{s:s,s:s,s:s}", "title", words(rq, "Set up an operator"), "token", token,
	        "problem", words(rq, problem));
}

static enum http_next ask_token(
        struct http_request *rq, struct operator_visitor *v, unsigned status, const char *problem)
{
	return console_reply(rq, status, "console-setup", view_of(rq, v, problem), "", NULL);
}

enum http_next console_setup_get(struct http_request *rq)
{
	struct operator_visitor v;

	if (operator_visitor_read(rq, &v))
		return HTTP_DONE;
	return ask_token(rq, &v, 200, "");
}

/* What an authenticator app reads (the format that they have in common: otpauth, type totp). */
static json_t *codes_json(struct http_request *rq, const struct console_setup *s)
{
	char text[TOTP_TEXT_SIZE];
	const char *host = http_header(rq, "Host");
	char *uri;
	json_t *value;

	if (totp_text(bytes_of(s->codes.b, OPERATOR_TOTP_BYTES), text))
		return NULL;
	uri = arena_printf(&rq->arena,
	        "otpauth://totp/Florin%%20%s:%s?secret=%s&issuer=Florin%%20%s", host ? host : "",
	        s->operator_row.name, text, host ? host : "");
	value = uri ? json_pack("{s:s,s:s,s:o}", "value", text, "what", words(rq, "secret"), "qr",
	                      qr_json(uri,
	                              words(rq,
	                                      "The secret of the codes, for an authenticator app")))
	            : NULL;
	secret_wipe(text, sizeof(text));
	return value;
}

/* field: of the form, where a problem belongs to one; "" for none. */
static enum http_next ask_password(struct http_request *rq, struct console_setup *s,
        unsigned status, const char *field, const char *problem)
{
	json_t *view = view_of(rq, &s->visitor, "");
	json_t *problems = json_pack(
	        "{s:s,s:s,s:s}", "passwordProblem", "", "againProblem", "", "codeProblem", "");

	if (*field)
		(void)json_object_set_new(problems, field, json_string(words(rq, problem)));
	(void)json_object_update(view, problems);
	json_decref(problems);
	(void)json_object_set_new(view, "name", json_string(s->operator_row.name));
	(void)json_object_set_new(view, "setup", json_string(s->setup));
	(void)json_object_set_new(view, "least", json_integer(OPERATOR_PASSWORD_MIN));
	if (json_object_set_new(view, "codes", codes_json(rq, s))) {
		json_decref(view);
		view = NULL;
	}
	return console_reply(rq, status, "console-setup-password", view, "", NULL);
}

/* ---- setting ---- */

static enum http_next set_up(struct http_request *rq)
{
	struct console_setup *s = rq->state;
	enum result r = s->op.result;

	if (r == RESULT_THEIRS_NOT_FOUND)
		return ask_token(rq, &s->visitor, 403,
		        WORDS("That token has been used, or its time is over."));
	if (r || operator_visitor_set(rq, s->token))
		return page_fail(rq, r ? r : RESULT_OURS_MEMORY);
	log_info("console_setup", "operator=%s", s->operator_row.name);
	return page_see(rq, "/console/checklist");
}

/* The operator is signed in at once: the code that proves the secret is that of the login too. */
static enum result set_up_apply(struct op *op, struct batch *b)
{
	struct console_setup *s = OWNER_OF(op, struct console_setup, op);
	const struct operator_setup setup = {.token_hash = s->hash,
	        .password_hash = s->job.hash,
	        .totp = s->codes.b,
	        .step = s->step - 1};
	struct operator_session_new session = {.operator_id = s->operator_row.id,
	        .password_hash = s->job.hash,
	        .step = s->step,
	        .idle_ms = CONSOLE_IDLE_MS,
	        .life_ms = CONSOLE_LIFE_MS};
	struct act_row act = {.act = "operator.set_up", .subject = "", .details = "{}"};
	enum result r = batch_operator_set_up(b, &setup, &act.who);

	memcpy(session.hash, s->token_hash, sizeof(session.hash));
	if (!r)
		r = batch_operator_session_add(b, &session);
	return r ? r : batch_act_add(b, &act);
}

static void set_up_done(struct task *t)
{
	http_resume(OWNER_OF(t, struct console_setup, op.task)->rq);
}

static enum http_next hashed(struct http_request *rq)
{
	struct console_setup *s = rq->state;

	if (s->job.result)
		return page_fail(rq, s->job.result);
	token_random(s->token);
	sha256(bytes_str(s->token), s->token_hash);
	s->op.apply = set_up_apply;
	s->op.task.done = set_up_done;
	http_park(rq, set_up);
	node_submit(http_app(rq), &s->op);
	return HTTP_PARKED;
}

static void hash_done(struct task *t)
{
	http_resume(OWNER_OF(t, struct console_setup, job.job.task)->rq);
}

static enum http_next make_hash(
        struct http_request *rq, struct console_setup *s, const char *password)
{
	const struct node_loop *l = http_app(rq);
	enum result r;

	password_take(&s->job, PASSWORD_MAKE, &l->node->password_pepper, password, NULL);
	s->job.job.task.home = l->home;
	s->job.job.task.done = hash_done;
	http_park(rq, hashed);
	r = slow_give(l->node->slow, &s->job.job);
	if (r) {
		password_clear(&s->job);
		s->job.result = r;
		http_resume(rq);
	}
	return HTTP_PARKED;
}

static enum http_next take(
        struct http_request *rq, struct console_setup *s, const struct page_form *f)
{
	const char *password = page_field(f, "password");
	enum result r;

	if (!password[0])
		return ask_password(rq, s, 200, "", "");
	r = password_allowed(password, OPERATOR_PASSWORD_MIN);
	if (r)
		return ask_password(rq, s, 400, "passwordProblem",
		        r == RESULT_THEIRS_TRUNCATED ? WORDS("That password is too short.")
		                                     : WORDS("That can't be a password."));
	if (!secret_eq_bytes(bytes_str(password), bytes_str(page_field(f, "again"))))
		return ask_password(rq, s, 400, "againProblem", WORDS("The two are not the same."));
	r = totp_check(bytes_of(s->codes.b, OPERATOR_TOTP_BYTES), page_field(f, "code"),
	        http_wall_ms(rq), &s->step);
	if (r)
		return ask_password(rq, s, 400, "codeProblem",
		        WORDS("That is not the code of now. Is the clock of this machine right?"));
	return make_hash(rq, s, password);
}

static void wipe(void *p)
{
	struct console_setup *s = p;

	secret_clear(&s->codes);
	secret_wipe(s->token, sizeof(s->token));
}

enum http_next console_setup_post(struct http_request *rq)
{
	const struct node_loop *l = http_app(rq);
	struct console_setup *s = arena_alloc(&rq->arena, sizeof(*s));
	const struct console *c = console_of(rq);
	enum http_next next;
	struct page_form f;
	enum result r;

	if (!s || http_defer(rq, wipe, s))
		return page_fail(rq, RESULT_OURS_MEMORY);
	s->rq = rq;
	rq->state = s;
	if (page_form_read(rq, NULL, &f) || operator_visitor_read(rq, &s->visitor))
		return HTTP_DONE;
	if (!page_form_token_is(
	            &c->form_key, s->visitor.browser, FORM_SETUP, page_field(&f, "token"))) {
		page_form_wipe(rq, &f);
		return ask_token(
		        rq, &s->visitor, 403, WORDS("That form was too old. Please try again."));
	}
	s->setup = arena_strdup(&rq->arena, page_field(&f, "setup"));
	if (!s->setup)
		return page_fail(rq, RESULT_OURS_MEMORY);
	sha256(bytes_str(s->setup), s->hash);
	r = store_operator_of_setup(
	        l->reader, &rq->arena, s->hash, http_wall_ms(rq), &s->operator_row);
	if (r) {
		page_form_wipe(rq, &f);
		return r == RESULT_THEIRS_NOT_FOUND ? ask_token(rq, &s->visitor, 403,
		                                              WORDS("That token is wrong, has been "
		                                                    "used, or its time is over."))
		                                    : page_fail(rq, r);
	}
	/* It follows from the token, so that nothing need be kept until the form comes back. */
	hmac_sha256(
	        bytes_of(c->codes_key.b, sizeof(c->codes_key.b)), bytes_str(s->setup), s->codes.b);
	next = take(rq, s, &f);
	page_form_wipe(rq, &f);
	return next;
}
