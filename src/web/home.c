#include "web/home.h"

#include <string.h>

#include "http/reply.h"
#include "web/login.h"

#define FORM_LOGOUT "logout"
#define LOGIN       "/wallet/login"

static json_t *wallet_json(struct node_loop *l, const struct wallet_row *w)
{
	const struct asset_row *asset = snapshot_asset(node_snapshot(l), w->asset);
	struct account account;
	char value[AMOUNT_TEXT_SIZE];

	if (!asset || store_account_get(l->reader, w->account, &account))
		return NULL;
	/* A wallet never goes below zero. */
	amount_format_major((uint64_t)ledger_free(&account), asset->scale, value);
	return json_pack("{s:s,s:s,s:s,s:s}", "name", w->name, "publicName",
	        w->public_name[0] ? w->public_name : w->name, "balance", value, "asset",
	        asset->code);
}

static json_t *wallets_json(struct http_request *rq, const struct id *user)
{
	struct node_loop *l = http_app(rq);
	json_t *list = json_array();
	struct wallet_row *rows;
	size_t count;

	if (store_user_wallets(l->reader, &rq->arena, user, &rows, &count)) {
		json_decref(list);
		return NULL;
	}
	for (size_t i = 0; i < count; i++) {
		if (json_array_append_new(list, wallet_json(l, &rows[i]))) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

enum http_next home_get(struct http_request *rq)
{
	char token[FORM_TOKEN_SIZE];
	struct visitor v;
	json_t *wallets;

	if (visitor_read(rq, &v))
		return HTTP_DONE;
	if (!v.known)
		return page_see(rq, LOGIN);
	wallets = wallets_json(rq, &v.session.user);
	if (!wallets)
		return page_fail(rq, RESULT_OURS_STORE);
	web_form_token(web_of(rq), v.token, FORM_LOGOUT, token);
	return page_reply(rq, 200, "home",
	        json_pack("{s:s,s:s,s:s,s:o}", "title", "Your wallets", "user", v.session.user_name,
	                "token", token, "wallets", wallets),
	        NULL);
}

/* ---- out ---- */

struct logout {
	struct op op;
	struct http_request *rq;
	struct visitor visitor;
};

static enum http_next ended(struct http_request *rq)
{
	const struct logout *l = rq->state;
	enum result r = l->op.result;

	if (!r)
		r = visitor_set_session(rq, NULL);
	return r ? page_fail(rq, r) : page_see(rq, LOGIN);
}

static enum result end_apply(struct op *op, struct batch *b)
{
	return batch_session_end(b, OWNER_OF(op, struct logout, op)->visitor.hash);
}

static void end_done(struct task *t)
{
	http_resume(OWNER_OF(t, struct logout, op.task)->rq);
}

enum http_next home_logout(struct http_request *rq)
{
	struct logout *l = arena_alloc(&rq->arena, sizeof(*l));
	struct page_form f;

	if (!l)
		return page_fail(rq, RESULT_OURS_MEMORY);
	if (web_form_read(rq, &f) || visitor_read(rq, &l->visitor))
		return HTTP_DONE;
	if (!web_form_token_is(web_of(rq), l->visitor.token, FORM_LOGOUT, page_field(&f, "token")))
		return page_say(rq, 403, "Not signed out",
		        "That form was too old. Please go back and try again.");
	l->rq = rq;
	l->op.apply = end_apply;
	l->op.task.done = end_done;
	rq->state = l;
	http_park(rq, ended);
	node_submit(http_app(rq), &l->op);
	return HTTP_PARKED;
}
