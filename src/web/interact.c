#include "web/interact.h"

#include <string.h>

#include "auth/finish.h"
#include "base/failpoint.h"
#include "base/log.h"
#include "base/text.h"
#include "http/reply.h"
#include "http/router.h"
#include "http/when.h"
#include "store/login.h"
#include "web/consent_view.h"
#include "web/idp.h"
#include "web/interact_end.h"
#include "web/login.h"
#include "web/password_check.h"
#include "web/visitor.h"

#define PATH        "/auth/interact/"
#define ORIGIN_SIZE 320
#define DIGEST_TEXT (BASE64_LEN(32) + 1)

/* One request, from the row that it is about to its answer. */
struct interact {
	struct password_check check;
	struct op op;
	struct http_request *rq;
	struct visitor visitor;
	struct interaction_row row;
	bool owner;
	account_id wallet;          /* one of the user's */
	struct wallet_row *wallets; /* all of theirs */
	size_t wallet_count;
	uint8_t browser[32]; /* hash of the browser's mark: what the interaction is bound to */
	uint8_t digest[32];  /* of what was shown */
	const char *problem; /* to be shown above the form; "" for none */
	const char *until;   /* as typed */
	unsigned status;     /* of the page */
	/* of the decision */
	bool accept;
	int64_t ends_ms;
	uint64_t lower[ACCESS_ITEMS_MAX]; /* limits; 0: as asked */
	char reference[TOKEN_TEXT_SIZE];
};

/* ---- finding ---- */

enum result interact_of_path(struct http_request *rq, struct interaction_row *out)
{
	const struct node_loop *l = http_app(rq);
	const char *text = http_param(rq, "id");
	struct id id;

	if (id_parse(text, strlen(text), &id))
		return RESULT_THEIRS_NOT_FOUND;
	return store_interaction_find(l->reader, &rq->arena, &id, http_param(rq, "nonce"), out);
}

static const char *origin_of(struct http_request *rq, const struct interaction_row *i)
{
	char *origin = arena_alloc(&rq->arena, ORIGIN_SIZE);

	if (!origin)
		return "";
	finish_origin(i->finish_uri, origin, ORIGIN_SIZE);
	return origin;
}

const char *interact_origin(struct http_request *rq, const char *path)
{
	const struct node_loop *l = http_app(rq);
	struct interaction_row row;
	const char *slash;
	char *nonce;
	struct id id;

	if (!text_starts(path, PATH))
		return "";
	path += strlen(PATH);
	slash = strchr(path, '/');
	if (!slash || id_parse(path, (size_t)(slash - path), &id))
		return "";
	nonce = arena_strndup(&rq->arena, slash + 1, strcspn(slash + 1, "/"));
	if (!nonce || store_interaction_find(l->reader, &rq->arena, &id, nonce, &row))
		return "";
	return origin_of(rq, &row);
}

/* Reads everything that the request is about. NULL: the reply is set. */
static struct interact *begin(struct http_request *rq)
{
	const struct node_loop *l = http_app(rq);
	struct interact *x = arena_alloc(&rq->arena, sizeof(*x));
	enum result r = x ? interact_of_path(rq, &x->row) : RESULT_OURS_MEMORY;

	if (r) {
		(void)page_fail(rq, r);
		return NULL;
	}
	if (visitor_read(rq, &x->visitor))
		return NULL;
	if (x->visitor.known) {
		r = store_user_wallets(l->reader, &rq->arena, &x->visitor.session.user, &x->wallets,
		        &x->wallet_count);
		if (r) {
			(void)page_fail(rq, r);
			return NULL;
		}
		x->owner = consent_is_owner(&x->row.grant, x->wallets, x->wallet_count);
		x->wallet = x->wallet_count ? x->wallets[0].account : 0;
	}
	x->rq = rq;
	x->problem = x->until = "";
	x->status = 200;
	return x;
}

static bool is_over(const struct http_request *rq, const struct interaction_row *i)
{
	return i->state != INTERACTION_PENDING || i->grant.state != GRANT_PENDING ||
	       http_wall_ms(rq) >= i->expires_ms;
}

static const char *own_path(struct http_request *rq)
{
	const char *path = arena_printf(
	        &rq->arena, PATH "%s/%s", http_param(rq, "id"), http_param(rq, "nonce"));

	return path ? path : "";
}

/* ---- the pages ---- */

static void form_purpose(const struct http_request *rq, char out[64])
{
	text_copy_cut(out, 64, "consent ");
	text_copy_cut(out + strlen(out), 64 - strlen(out), http_param(rq, "id"));
}

static enum http_next page(struct http_request *rq, struct interact *x, const char *name)
{
	char token[FORM_TOKEN_SIZE], digest[DIGEST_TEXT], purpose[64];
	json_t *view, *others;

	if (interaction_digest(&x->row, &rq->arena, x->digest))
		return page_fail(rq, RESULT_OURS_MEMORY);
	base64_encode(bytes_of(x->digest, sizeof(x->digest)), BASE64_URL | BASE64_NO_PAD, digest);
	form_purpose(rq, purpose);
	web_form_token(web_of(rq), x->visitor.token, purpose, token);
	view = consent_view(rq, &x->row, web_of(rq)->password_above);
	if (!view)
		return page_fail(rq, RESULT_OURS_STORE);
	(void)json_object_set_new(view, "user", json_string(x->visitor.session.user_name));
	(void)json_object_set_new(view, "action", json_string(own_path(rq)));
	(void)json_object_set_new(view, "token", json_string(token));
	(void)json_object_set_new(view, "shown", json_string(digest));
	(void)json_object_set_new(view, "problem", json_string(x->problem));
	(void)json_object_set_new(view, "until", json_string(x->until));
	(void)json_object_set_new(view, "wallet", consent_wallet(rq, &x->row.grant));
	others = consent_others(rq, &x->row.grant, x->wallets, x->wallet_count);
	(void)json_object_set_new(view, "several", json_boolean(json_array_size(others) > 0));
	(void)json_object_set_new(view, "others", others);
	return page_reply(rq, x->status, name, view, origin_of(rq, &x->row));
}

static enum http_next consent_page(struct http_request *rq, struct interact *x)
{
	if (x->owner)
		return page(rq, x, "consent");
	x->status = 403;
	return page(rq, x, "consent-other");
}

static enum http_next sign_in(struct http_request *rq, struct interact *x)
{
	return login_ask(rq, &x->visitor,
	        &(struct login_ask){.status = 200,
	                .problem = "",
	                .intro = words(rq,
	                        "Somebody asks for access to your wallet. Sign in to see who it is "
	                        "and what they ask for; nothing happens before you agree to it."),
	                .wallet = "",
	                .next = own_path(rq),
	                .form_origin = origin_of(rq, &x->row)});
}

static enum http_next other_browser(struct http_request *rq)
{
	return page_say(rq, 403, "Opened in another browser",
	        "This request is open in another browser already. Answer it there, or start again "
	        "where you came from.");
}

/* ---- showing ---- */

static struct interact *interact_of(struct task *t)
{
	return OWNER_OF(t, struct interact, op.task);
}

static void op_done(struct task *t)
{
	http_resume(interact_of(t)->rq);
}

static enum http_next submit(struct http_request *rq, struct interact *x,
        enum result (*apply)(struct op *op, struct batch *b), http_handler *then)
{
	rq->state = &x->check;
	x->op.apply = apply;
	x->op.task.done = op_done;
	http_park(rq, then);
	node_submit(http_app(rq), &x->op);
	return HTTP_PARKED;
}

static struct interact *state_of(struct http_request *rq)
{
	return OWNER_OF((struct password_check *)rq->state, struct interact, check);
}

static enum result bind_apply(struct op *op, struct batch *b)
{
	struct interact *x = OWNER_OF(op, struct interact, op);

	return batch_interaction_bind(b, &x->row.id, x->browser, NULL);
}

/* What a verb's refusal means here; `ok` follows where there was none. */
static enum http_next after(struct http_request *rq, struct interact *x, http_handler *ok)
{
	enum result r = x->op.result;

	if (r == RESULT_OK)
		return ok(rq);
	if (r == RESULT_THEIRS_STATE || r == RESULT_THEIRS_EXPIRED)
		return interact_invalid(rq, &x->row);
	if (r == RESULT_THEIRS_FORBIDDEN)
		return other_browser(rq);
	return page_fail(rq, r);
}

static enum http_next show(struct http_request *rq)
{
	return consent_page(rq, state_of(rq));
}

static enum http_next to_provider(struct http_request *rq)
{
	return idp_ask(rq, &state_of(rq)->row);
}

static enum http_next bound(struct http_request *rq)
{
	return after(rq, state_of(rq), web_of(rq)->consent_url ? to_provider : show);
}

static void hash_browser(struct interact *x)
{
	sha256(bytes_str(x->visitor.browser), x->browser);
}

enum http_next interact_get(struct http_request *rq)
{
	struct interact *x = begin(rq);

	if (!x)
		return HTTP_DONE;
	if (is_over(rq, &x->row))
		return interact_invalid(rq, &x->row);
	if (!x->visitor.known && !web_of(rq)->consent_url)
		return sign_in(rq, x);
	if (visitor_mark(rq, &x->visitor))
		return page_fail(rq, RESULT_OURS_MEMORY);
	hash_browser(x);
	return submit(rq, x, bind_apply, bound);
}

/* ---- deciding ---- */

static enum result decide_apply(struct op *op, struct batch *b)
{
	struct interact *x = OWNER_OF(op, struct interact, op);
	struct interaction_accept accept = {.id = x->row.id,
	        .session = x->browser,
	        .digest = x->digest,
	        .wallet = x->wallet,
	        .ends_ms = x->ends_ms};
	struct id user;
	enum result r = batch_session_check(b, x->visitor.hash, &user);

	if (r)
		return r;
	memcpy(accept.lower, x->lower, sizeof(accept.lower));
	if (!x->accept)
		return batch_interaction_reject(b, &x->row.id, x->browser);
	return batch_interaction_accept(b, &accept, x->reference);
}

static enum http_next leave(struct http_request *rq)
{
	struct interact *x = state_of(rq);
	char id[ID_TEXT_SIZE];

	(void)FAILPOINT("consent.decided");
	id_format(&x->row.grant.id, id);
	log_info("consent", "grant=%s result=%s", id, x->accept ? "accepted" : "rejected");
	if (!x->accept)
		return interact_rejected(rq, &x->row);
	return interact_accepted(rq, &x->row, x->reference);
}

static enum http_next decided(struct http_request *rq)
{
	struct interact *x = state_of(rq);

	/* Signed out meanwhile, or another grant than the one that was shown: look again. */
	if (x->op.result == RESULT_THEIRS_UNAUTHORIZED || x->op.result == RESULT_THEIRS_CONFLICT)
		return page_see(rq, own_path(rq));
	return after(rq, x, leave);
}

static enum http_next again(
        struct http_request *rq, struct interact *x, unsigned status, const char *problem)
{
	if (!problem)
		return page_fail(rq, RESULT_OURS_MEMORY);
	x->status = status;
	x->problem = problem;
	return consent_page(rq, x);
}

static enum http_next password_checked(struct http_request *rq)
{
	struct interact *x = state_of(rq);
	enum result r = x->check.result;

	if (r == RESULT_THEIRS_UNAUTHENTIC)
		return again(rq, x, 403, words(rq, "The password is wrong. Nothing was accepted."));
	if (r == RESULT_RETRY_BUSY)
		return again(rq, x, 429, login_wait(rq, x->check.wait_ms));
	return r ? page_fail(rq, r) : submit(rq, x, decide_apply, decided);
}

static enum http_next ask_password(struct http_request *rq, struct interact *x, struct page_form *f)
{
	const struct node_loop *l = http_app(rq);
	struct user_row user;
	enum result r = store_user_get(l->reader, &rq->arena, &x->visitor.session.user, &user);
	enum http_next next;

	if (r)
		return page_fail(rq, r);
	x->check.user = &x->visitor.session.user;
	next = password_check(rq, &x->check, bytes_str(user.name), page_field(f, "password"),
	        user.password_hash, password_checked);
	page_form_wipe(rq, f);
	return next;
}

/* Each may be lowered before it is accepted. */
static bool read_limits(struct http_request *rq, struct interact *x, const struct page_form *f)
{
	const struct grant_row *g = &x->row.grant;

	for (size_t i = 0; i < g->access_count; i++) {
		char name[] = CONSENT_LIMIT_NAME "0";

		name[sizeof(name) - 2] = (char)('0' + i);
		if (g->access[i].limits.cap != CAP_NONE &&
		        consent_limit_read(language_of(rq), &g->access[i].limits,
		                page_field(f, name), &x->lower[i]))
			return false;
	}
	return true;
}

/* The last day is one of the holder's zone, as the page says. */
static bool read_until(const struct http_request *rq, struct interact *x)
{
	const struct when w = when_of(rq);

	if (consent_day_end(x->until, &x->ends_ms))
		return false;
	x->ends_ms = when_of_local(&w, x->ends_ms);
	return x->ends_ms > w.now_ms;
}

static enum http_next accept_grant(struct http_request *rq, struct interact *x, struct page_form *f)
{
	const char *shown = page_field(f, "shown");
	uint8_t now[sizeof(x->digest)];
	size_t n;

	x->accept = true;
	if (base64_decode(shown, strlen(shown), x->digest, sizeof(x->digest), &n) ||
	        n != sizeof(x->digest))
		return page_see(rq, own_path(rq));
	/* Another grant than the one that was shown: look again. The transaction compares once
	 * more. */
	if (interaction_digest(&x->row, &rq->arena, now))
		return page_fail(rq, RESULT_OURS_MEMORY);
	if (!bytes_eq(bytes_of(now, sizeof(now)), bytes_of(x->digest, sizeof(x->digest))))
		return page_see(rq, own_path(rq));
	x->until = arena_strdup(&rq->arena, page_field(f, "until"));
	if (!x->until)
		return page_fail(rq, RESULT_OURS_MEMORY);
	if (x->until[0] && !read_until(rq, x))
		return again(rq, x, 400, words(rq, "The last day must be a day from today on."));
	if (!read_limits(rq, x, f))
		return again(rq, x, 400,
		        words(rq, "A limit must be an amount above zero, and no more than was "
		                  "asked for."));
	if (consent_needs_password(&x->row.grant, x->lower, web_of(rq)->password_above))
		return ask_password(rq, x, f);
	return submit(rq, x, decide_apply, decided);
}

enum http_next interact_post(struct http_request *rq)
{
	char purpose[64];
	const char *decision;
	struct interact *x;
	struct page_form f;

	if (web_form_read(rq, &f))
		return HTTP_DONE;
	x = begin(rq);
	if (!x)
		return HTTP_DONE;
	/* The same browser may ask again for the way back that it has lost. */
	if (is_over(rq, &x->row) && x->row.state != INTERACTION_ACCEPTED)
		return interact_invalid(rq, &x->row);
	if (!x->visitor.known || !x->visitor.browser[0])
		return page_see(rq, own_path(rq));
	form_purpose(rq, purpose);
	if (!web_form_token_is(web_of(rq), x->visitor.token, purpose, page_field(&f, "token")))
		return page_say(rq, 403, "Not from this page",
		        "That form was not made for you. Please go back and try again.");
	hash_browser(x);
	decision = page_field(&f, "decision");
	if (strcmp(decision, "accept") != 0 && strcmp(decision, "reject") != 0)
		return again(rq, x, 400, words(rq, "Please accept or decline."));
	/* Only its holder can agree: from anybody else it is a no, whatever the button was. */
	if (x->owner && strcmp(decision, "accept") == 0)
		return accept_grant(rq, x, &f);
	return submit(rq, x, decide_apply, decided);
}

/* ---- the way back ---- */

static enum result finish_apply(struct op *op, struct batch *b)
{
	struct interact *x = OWNER_OF(op, struct interact, op);
	const struct interaction_accept again = {.id = x->row.id, .session = x->browser};

	return batch_interaction_accept(b, &again, x->reference);
}

static enum http_next finish(struct http_request *rq)
{
	struct interact *x = state_of(rq);

	return interact_accepted(rq, &x->row, x->reference);
}

static enum http_next finished(struct http_request *rq)
{
	return after(rq, state_of(rq), finish);
}

enum http_next interact_finish(struct http_request *rq)
{
	struct interact *x = begin(rq);

	if (!x)
		return HTTP_DONE;
	if (x->row.state == INTERACTION_PENDING)
		return interact_invalid(rq, &x->row);
	hash_browser(x);
	if (!x->visitor.browser[0] || !x->row.bound ||
	        !secret_eq_bytes(bytes_of(x->browser, sizeof(x->browser)),
	                bytes_of(x->row.session, sizeof(x->row.session))))
		return other_browser(rq);
	if (!x->row.finish_uri[0])
		return interact_done(rq, x->row.state == INTERACTION_ACCEPTED);
	if (x->row.state == INTERACTION_REJECTED)
		return interact_rejected(rq, &x->row);
	return submit(rq, x, finish_apply, finished);
}
