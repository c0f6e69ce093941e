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
#include "web/consent_choice.h"
#include "web/consent_view.h"
#include "web/idp.h"
#include "web/interact_end.h"
#include "web/login.h"
#include "web/passkey_form.h"
#include "web/password_check.h"
#include "web/show.h"
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
	const char *problem; /* to be shown above the form; "" for none */
	unsigned status;     /* of the page */
	/* of the decision */
	struct consent_choice choice;
	bool accept;
	bool by_passkey;
	struct passkey_signed sign; /* where by_passkey */
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
	x->problem = "";
	consent_choice_init(&x->choice);
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

/* The view of a page that shows this grant with a form, which is about the grant of x->row. NULL:
 * no memory, or a read has failed. */
static json_t *view_of(
        struct http_request *rq, struct interact *x, const struct interaction_row *shown)
{
	char token[FORM_TOKEN_SIZE], digest[DIGEST_TEXT], purpose[64];
	uint8_t hash[32];
	json_t *view;

	if (interaction_digest(&x->row, &rq->arena, hash))
		return NULL;
	base64_encode(bytes_of(hash, sizeof(hash)), BASE64_URL | BASE64_NO_PAD, digest);
	form_purpose(rq, purpose);
	web_form_token(web_of(rq), x->visitor.token, purpose, token);
	view = consent_view(rq, shown);
	(void)json_object_update_new(
	        view, json_pack("{s:s,s:s,s:s,s:s,s:s,s:s}", "user", x->visitor.session.user_name,
	                      "action", own_path(rq), "ownPath", own_path(rq), "token", token,
	                      "shown", digest, "problem", x->problem));
	return view;
}

/* Those of the holder who answers. */
static enum result passkeys_of(
        struct http_request *rq, struct interact *x, struct passkey_row **out, size_t *count)
{
	const struct node_loop *l = http_app(rq);

	return store_passkey_list(l->reader, &rq->arena, &x->visitor.session.user, out, count);
}

static enum http_next page(struct http_request *rq, struct interact *x, const char *name)
{
	struct passkey_row *passkeys;
	json_t *view, *others;
	size_t count;

	if (passkeys_of(rq, x, &passkeys, &count))
		return page_fail(rq, RESULT_OURS_STORE);
	view = view_of(rq, x, &x->row);
	if (!view)
		return page_fail(rq, RESULT_OURS_STORE);
	consent_choice_fill(&x->choice, view);
	(void)json_object_set_new(view, "hasPasskey", json_boolean(count > 0));
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

/* Of what was accepted, for the browser that did. */
static enum http_next way_back(struct http_request *rq, struct interact *x)
{
	return submit(rq, x, finish_apply, finished);
}

/* ---- deciding ---- */

static enum result decide_apply(struct op *op, struct batch *b)
{
	struct interact *x = OWNER_OF(op, struct interact, op);
	struct interaction_accept accept = {.id = x->row.id,
	        .session = x->browser,
	        .digest = x->choice.shown,
	        .wallet = x->wallet,
	        .ends_ms = x->choice.ends_ms};
	struct id user;
	enum result r = batch_session_check(b, x->visitor.hash, &user);

	if (r)
		return r;
	if (!x->accept)
		return batch_interaction_reject(b, &x->row.id, x->browser);
	/* Used up with the accept. Where that fails it stays good, for this very choice. */
	if (x->by_passkey)
		r = batch_passkey_used(
		        b, x->sign.by.key, &user, x->sign.use.counter, x->sign.use.asked_ms);
	if (result_class(r) == RESULT_CLASS_THEIRS)
		return RESULT_THEIRS_UNAUTHENTIC;
	if (r)
		return r;
	memcpy(accept.lower, x->choice.lower, sizeof(accept.lower));
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

static enum http_next again(
        struct http_request *rq, struct interact *x, unsigned status, const char *problem)
{
	if (!problem)
		return page_fail(rq, RESULT_OURS_MEMORY);
	x->status = status;
	x->problem = problem;
	return consent_page(rq, x);
}

static enum http_next not_signed(struct http_request *rq, struct interact *x)
{
	enum result r = interact_of_path(rq, &x->row);

	if (r)
		return page_fail(rq, r);
	/* The form was sent twice, and the other one has accepted. */
	if (x->row.state == INTERACTION_ACCEPTED)
		return way_back(rq, x);
	if (is_over(rq, &x->row))
		return interact_invalid(rq, &x->row);
	return again(rq, x, 403,
	        words(rq, "The passkey could not be used for this. Nothing was accepted. Please "
	                  "try again, or enter your password."));
}

static enum http_next decided(struct http_request *rq)
{
	struct interact *x = state_of(rq);
	enum result r = x->op.result;

	/* Signed out meanwhile, or another grant than the one that was shown: look again. */
	if (r == RESULT_THEIRS_UNAUTHORIZED || r == RESULT_THEIRS_CONFLICT)
		return page_see(rq, own_path(rq));
	if (r == RESULT_THEIRS_UNAUTHENTIC)
		return not_signed(rq, x);
	if (x->by_passkey)
		password_check_passed(rq, &x->check);
	return after(rq, x, leave);
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

static enum http_next ask_password(struct http_request *rq, struct interact *x, struct page_form *f,
        const struct user_row *user)
{
	enum http_next next = password_check(rq, &x->check, bytes_str(user->name),
	        page_field(f, "password"), user->password_hash, password_checked);

	page_form_wipe(rq, f);
	return next;
}

/* By a passkey of the same person, for this choice and nothing else. */
static enum result check_signature(
        struct http_request *rq, struct interact *x, const struct page_form *f)
{
	char purpose[CONSENT_CHOICE_NAME_SIZE];
	enum result r;

	consent_choice_name(&x->choice, &x->row, purpose);
	r = passkey_form_check(rq, f, x->visitor.token, purpose, &x->sign);
	if (!r && !id_eq(&x->sign.by.user, &x->visitor.session.user))
		r = RESULT_THEIRS_UNAUTHENTIC;
	log_info("consent_passkey", "result=%s", result_name(r));
	return r;
}

static enum http_next ask_signature(struct http_request *rq, struct interact *x,
        const struct page_form *f, const struct user_row *user)
{
	enum result r;

	if (password_try(rq, &x->check, bytes_str(user->name)) > 0)
		return again(rq, x, 429, login_wait(rq, x->check.wait_ms));
	r = check_signature(rq, x, f);
	if (result_class(r) == RESULT_CLASS_THEIRS)
		return not_signed(rq, x);
	if (r) {
		login_guard_undecided(web_of(rq)->guard, &x->check.try);
		return page_fail(rq, r);
	}
	x->by_passkey = true;
	return submit(rq, x, decide_apply, decided);
}

/* Who agrees proves once more who they are: by a passkey, or by the password where that must be. */
static enum http_next ask_proof(struct http_request *rq, struct interact *x, struct page_form *f)
{
	const struct node_loop *l = http_app(rq);
	bool is_signed = *page_field(f, "credential") != '\0';
	struct consent_threshold threshold;
	struct user_row user;
	enum result r;

	consent_threshold_read(rq, &x->row.grant, &threshold);
	if (!is_signed && !consent_needs_password(&x->row.grant, x->choice.lower, &threshold))
		return submit(rq, x, decide_apply, decided);
	r = store_user_get(l->reader, &rq->arena, &x->visitor.session.user, &user);
	if (r)
		return page_fail(rq, r);
	x->check.user = &x->visitor.session.user;
	return is_signed ? ask_signature(rq, x, f, &user) : ask_password(rq, x, f, &user);
}

/* False: the reply is set. The transaction compares once more what was shown. */
static bool choose(struct http_request *rq, struct interact *x, const struct page_form *f)
{
	const char *problem;
	enum result r = consent_choice_read(rq, &x->row, f, &x->choice, &problem);

	if (r == RESULT_OK)
		return true;
	if (r == RESULT_THEIRS_CONFLICT)
		(void)page_see(rq, own_path(rq)); /* another grant than was shown: look again */
	else if (r == RESULT_THEIRS_MALFORMED)
		(void)again(rq, x, 400, problem);
	else
		(void)page_fail(rq, r);
	return false;
}

/* A form of these pages, from the session that it was made for. NULL: the reply is set. */
static struct interact *posted(struct http_request *rq, struct page_form *f)
{
	char purpose[64];
	struct interact *x;

	if (web_form_read(rq, f))
		return NULL;
	x = begin(rq);
	if (!x)
		return NULL;
	/* The same browser may ask again for the way back that it has lost. */
	if (is_over(rq, &x->row) && x->row.state != INTERACTION_ACCEPTED) {
		(void)interact_invalid(rq, &x->row);
		return NULL;
	}
	if (!x->visitor.known || !x->visitor.browser[0]) {
		(void)page_see(rq, own_path(rq));
		return NULL;
	}
	form_purpose(rq, purpose);
	if (!web_form_token_is(web_of(rq), x->visitor.token, purpose, page_field(f, "token"))) {
		(void)page_say(rq, 403, "Not from this page",
		        "That form was not made for you. Please go back and try again.");
		return NULL;
	}
	hash_browser(x);
	return x;
}

enum http_next interact_post(struct http_request *rq)
{
	const char *decision;
	struct interact *x;
	struct page_form f;

	x = posted(rq, &f);
	if (!x)
		return HTTP_DONE;
	decision = page_field(&f, "decision");
	if (strcmp(decision, "accept") != 0 && strcmp(decision, "reject") != 0)
		return again(rq, x, 400, words(rq, "Please accept or decline."));
	/* Only its holder can agree: from anybody else it is a no, whatever the button was. */
	x->accept = x->owner && strcmp(decision, "accept") == 0;
	if (!x->accept)
		return submit(rq, x, decide_apply, decided);
	/* The form was sent twice; the grant may be a lowered one by now. */
	if (x->row.state == INTERACTION_ACCEPTED)
		return way_back(rq, x);
	return choose(rq, x, &f) ? ask_proof(rq, x, &f) : HTTP_DONE;
}

/* ---- with a passkey ---- */

/* The grant as it would be with what was chosen, and a challenge for that. */
static enum http_next show_passkey(struct http_request *rq)
{
	struct interact *x = state_of(rq);
	struct interaction_row shown;
	char purpose[CONSENT_CHOICE_NAME_SIZE];
	struct passkey_row *passkeys;
	const char *ids = NULL;
	json_t *view, *site;
	size_t count;

	if (passkeys_of(rq, x, &passkeys, &count))
		return page_fail(rq, RESULT_OURS_STORE);
	if (count == 0) /* the last one was removed meanwhile */
		return page_see(rq, own_path(rq));
	consent_choice_apply(&x->choice, &x->row, &shown);
	consent_choice_name(&x->choice, &x->row, purpose);
	site = passkey_site(rq, x->visitor.token, purpose);
	ids = passkey_ids(rq, passkeys, count);
	view = view_of(rq, x, &shown);
	if (!site || !ids || !view) {
		json_decref(site);
		json_decref(view);
		return page_fail(rq, RESULT_OURS_STORE);
	}
	(void)json_object_update_new(
	        view, json_pack("{s:s,s:[s,s],s:o,s:s,s:o,s:o}", "title",
	                      words(rq, "Accept with a passkey"), "scripts", "florin.js",
	                      "passkey.js", "site", site, "credentials", ids, "chosen",
	                      consent_choice_fields(&x->choice), "ends",
	                      show_time(rq, x->choice.ends_ms)));
	return page_reply(rq, 200, "consent-passkey", view, origin_of(rq, &x->row));
}

static enum http_next passkey_bound(struct http_request *rq)
{
	return after(rq, state_of(rq), show_passkey);
}

enum http_next interact_passkey(struct http_request *rq)
{
	struct interact *x;
	struct page_form f;

	x = posted(rq, &f);
	if (!x)
		return HTTP_DONE;
	if (x->row.state == INTERACTION_ACCEPTED)
		return way_back(rq, x);
	if (!x->owner)
		return consent_page(rq, x);
	return choose(rq, x, &f) ? submit(rq, x, bind_apply, passkey_bound) : HTTP_DONE;
}

/* Reached by going back, or by choosing light or dark on that page. */
enum http_next interact_passkey_again(struct http_request *rq)
{
	return page_see(rq, own_path(rq));
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
	return way_back(rq, x);
}
