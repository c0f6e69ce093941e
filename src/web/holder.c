#include "web/holder.h"

#include <string.h>

#include "base/figure.h"
#include "http/reply.h"
#include "http/router.h"
#include "store/notice.h"
#include "web/login.h"
#include "web/show.h"

#define LOGIN "/wallet/login"

/* ---- who ---- */

/* Back to the page that was asked for, where that is one that can be asked for again. */
static enum http_next to_login(struct http_request *rq)
{
	size_t n = strcspn(rq->target, "?");
	char *path = arena_strndup(&rq->arena, rq->target, n);

	if (!path)
		return page_fail(rq, RESULT_OURS_MEMORY);
	if (rq->method == HTTP_POST || strcmp(path, "/wallet") == 0 || !login_next_allowed(path))
		return page_see(rq, LOGIN);
	return page_see(rq, arena_printf(&rq->arena, LOGIN "?next=%s", path));
}

static enum result read_wallets(struct http_request *rq, struct holder *out)
{
	const struct node_loop *l = http_app(rq);
	enum result r;

	if (!out->visitor.known) {
		(void)to_login(rq);
		return RESULT_THEIRS_UNAUTHORIZED;
	}
	r = store_user_wallets(
	        l->reader, &rq->arena, &out->visitor.session.user, &out->wallets, &out->count);
	if (r)
		(void)page_fail(rq, r);
	return r;
}

enum result holder_read(struct http_request *rq, struct holder *out)
{
	enum result r = visitor_read(rq, &out->visitor);

	return r ? r : read_wallets(rq, out);
}

enum result holder_form(struct http_request *rq, struct holder *out, struct page_form *form)
{
	enum result r = web_form_read(rq, form);

	if (!r)
		r = holder_read(rq, out);
	if (r)
		return r;
	if (web_form_token_is(
	            web_of(rq), out->visitor.token, FORM_HOLDER, page_field(form, "token")))
		return RESULT_OK;
	(void)page_say(rq, 403, "Not from this page",
	        "That form was not made for you, or is too old. Please go back and try again.");
	return RESULT_THEIRS_FORBIDDEN;
}

/* ---- what is theirs ---- */

enum result holder_still(struct http_request *rq, const struct holder *h, struct arena *memory)
{
	const struct node_loop *l = http_app(rq);
	struct session_row session;

	return store_session_get(l->reader, memory, h->visitor.hash, http_wall_ms(rq), &session);
}

const struct wallet_row *holder_wallet_named(const struct holder *h, const char *name)
{
	for (size_t i = 0; i < h->count; i++)
		if (strcmp(h->wallets[i].name, name) == 0)
			return &h->wallets[i];
	return NULL;
}

const struct wallet_row *holder_wallet_of(const struct holder *h, account_id account)
{
	for (size_t i = 0; i < h->count; i++)
		if (h->wallets[i].account == account)
			return &h->wallets[i];
	return NULL;
}

bool holder_path_id(const struct http_request *rq, const char *name, struct id *out)
{
	const char *text = http_param(rq, name);

	return id_parse(text, strlen(text), out) == RESULT_OK;
}

const char *holder_wallet_url(struct http_request *rq, const struct wallet_row *w)
{
	return arena_printf(&rq->arena, "%s/%s", web_of(rq)->public_url, w->name);
}

const struct asset_row *holder_asset(struct http_request *rq, const struct wallet_row *w)
{
	return snapshot_asset(node_snapshot(http_app(rq)), w->asset);
}

enum result holder_available(struct http_request *rq, const struct wallet_row *w, uint64_t *out)
{
	const struct node_loop *l = http_app(rq);
	struct account account;
	enum result r = store_account_get(l->reader, w->account, &account);

	if (!r)
		*out = ledger_available(&account);
	return r;
}

/* ---- views ---- */

static const struct {
	const char *href, *label;
} parts[HOLDER_PARTS] = {
        [HOLDER_HOME] = {"/wallet", WORDS("Overview")},
        [HOLDER_SEND] = {"/wallet/send", WORDS("Send")},
        [HOLDER_REQUEST] = {"/wallet/request", WORDS("Request")},
        [HOLDER_PAYMENTS] = {"/wallet/payments", WORDS("Transactions")},
        [HOLDER_NOTICES] = {"/wallet/notices", WORDS("Notifications")},
        [HOLDER_APPS] = {"/wallet/apps", WORDS("Apps")},
        [HOLDER_KEYS] = {"/wallet/keys", WORDS("Keys")},
        [HOLDER_SETTINGS] = {"/wallet/settings", WORDS("Settings")},
};

/* Beside the notifications, how many are new. */
static json_t *item_json(struct http_request *rq, enum holder_part which, enum holder_part here,
        const struct notice_state *notices)
{
	json_t *item = json_pack("{s:s,s:s,s:b}", "href", parts[which].href, "label",
	        words(rq, parts[which].label), "here", (int)(which == here));

	if (which == HOLDER_NOTICES && notices->unread)
		(void)json_object_update_new(
		        item, json_pack("{s:o,s:I}", "navCount",
		                      json_sprintf("%llu", (unsigned long long)notices->unread),
		                      "navNewest", (json_int_t)notices->newest));
	return item;
}

static json_t *nav_json(
        struct http_request *rq, enum holder_part part, const struct notice_state *notices)
{
	json_t *items = json_array();

	for (unsigned i = 0; i < HOLDER_PARTS; i++)
		(void)json_array_append_new(
		        items, item_json(rq, (enum holder_part)i, part, notices));
	return json_pack("{s:s,s:o}", "label", words(rq, "Your wallet"), "items", items);
}

json_t *holder_view(
        struct http_request *rq, const struct holder *h, enum holder_part part, const char *title)
{
	const struct node_loop *l = http_app(rq);
	const struct web *w = web_of(rq);
	struct notice_state notices;
	char token[FORM_TOKEN_SIZE];

	if (store_notice_state(l->reader, &h->visitor.session.user, &notices))
		return NULL;
	web_form_token(w, h->visitor.token, FORM_HOLDER, token);
	return json_pack("{s:s,s:s,s:b,s:s,s:o,s:[s,s]}", "title", words(rq, title), "user",
	        h->visitor.session.user_name, "signOut", 1, "token", token, "nav",
	        nav_json(rq, part, &notices), "scripts", "florin.js", "wallet.js");
}

static json_t *choice_json(struct http_request *rq, const struct wallet_row *w, bool selected)
{
	const struct asset_row *asset = holder_asset(rq, w);
	char held[AMOUNT_TEXT_SIZE];
	uint64_t available;

	if (!asset || holder_available(rq, w, &available))
		return NULL;
	figure_amount(language_of(rq), available, asset->scale, held);
	return json_pack("{s:s,s:o,s:b}", "name", w->name, "label",
	        json_sprintf("%s: %s %s", w->name, held, asset->code), "selected", (int)selected);
}

json_t *holder_wallets_json(
        struct http_request *rq, const struct holder *h, const struct wallet_row *selected)
{
	json_t *list = json_array();

	for (size_t i = 0; i < h->count; i++) {
		if (json_array_append_new(
		            list, choice_json(rq, &h->wallets[i], &h->wallets[i] == selected))) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

/* ---- changes ---- */

static enum result change_apply(struct op *op, struct batch *b)
{
	struct holder_change *c = OWNER_OF(op, struct holder_change, op);
	struct id user;
	enum result r = batch_session_check(b, c->holder->visitor.hash, &user);

	return r ? r : c->apply(c, b);
}

static void change_done(struct task *t)
{
	http_resume(OWNER_OF(t, struct holder_change, op.task)->rq);
}

enum http_next holder_submit(struct http_request *rq, const struct holder *h,
        struct holder_change *c, http_handler *then)
{
	c->rq = rq;
	c->holder = h;
	c->op.apply = change_apply;
	c->op.task.done = change_done;
	rq->state = c;
	http_park(rq, then);
	node_submit(http_app(rq), &c->op);
	return HTTP_PARKED;
}
