#include "web/address.h"

#include <string.h>

#include "base/text.h"
#include "http/reply.h"
#include "model/wallet_name.h"
#include "store/wallet.h"

/* What was typed, and what is wrong with it; "" for nothing. */
struct address_form {
	const char *name, *asset, *public_name;
	const char *name_problem, *asset_problem, *public_name_problem, *problem;
};

static const struct address_form form_empty = {"", "", "", "", "", "", ""};

struct address {
	struct holder_change change;
	struct holder holder;
	struct address_form form;
	const struct wallet_row *wallet; /* that is named */
	struct wallet_new wanted;        /* that is added */
};

bool address_may_add(struct http_request *rq, const struct holder *h)
{
	const struct node_loop *l = http_app(rq);

	return h->count < l->node->options.addresses_per_user;
}

/* Control characters come in no form (http/page_form.h). */
static const char *public_name_problem(struct http_request *rq, const char *text)
{
	return strlen(text) > PUBLIC_NAME_MAX ? words(rq, "That is too long.") : "";
}

/* ---- what others read ---- */

static enum http_next show_name(struct http_request *rq, unsigned status, const struct holder *h,
        const struct wallet_row *w, const struct address_form *f)
{
	json_t *view = holder_view(rq, h, HOLDER_SETTINGS, "Name for others");

	(void)json_object_update_new(
	        view, json_pack("{s:s,s:s,s:s}", "wallet", w->name, "publicName", f->public_name,
	                      "publicNameProblem", f->public_name_problem));
	return page_reply(rq, status, "address-name", view, NULL);
}

enum http_next address_name_get(struct http_request *rq)
{
	const char *name = http_query(rq, "wallet");
	struct address_form f = form_empty;
	const struct wallet_row *w;
	struct holder h;

	if (holder_read(rq, &h))
		return HTTP_DONE;
	w = holder_wallet_named(&h, name ? name : "");
	if (!w)
		return page_fail(rq, RESULT_THEIRS_NOT_FOUND);
	f.public_name = w->public_name;
	return show_name(rq, 200, &h, w, &f);
}

static enum result name_apply(struct holder_change *c, struct batch *b)
{
	const struct address *a = OWNER_OF(c, struct address, change);
	const struct wallet_change change = {.public_name = a->form.public_name};

	return batch_wallet_set(b, a->wallet->account, &change);
}

static enum http_next named(struct http_request *rq)
{
	enum result r = ((struct holder_change *)rq->state)->op.result;

	if (r == RESULT_THEIRS_UNAUTHORIZED)
		return page_see(rq, "/wallet/login");
	return r ? page_fail(rq, r) : page_see(rq, "/wallet");
}

enum http_next address_name_post(struct http_request *rq)
{
	struct address *a = arena_alloc(&rq->arena, sizeof(*a));
	struct page_form f;

	if (!a)
		return page_fail(rq, RESULT_OURS_MEMORY);
	if (holder_form(rq, &a->holder, &f))
		return HTTP_DONE;
	a->wallet = holder_wallet_named(&a->holder, page_field(&f, "wallet"));
	if (!a->wallet)
		return page_fail(rq, RESULT_THEIRS_NOT_FOUND);
	a->form = form_empty;
	a->form.public_name = page_field(&f, "publicName");
	a->form.public_name_problem = public_name_problem(rq, a->form.public_name);
	if (*a->form.public_name_problem)
		return show_name(rq, 400, &a->holder, a->wallet, &a->form);
	a->change.apply = name_apply;
	return holder_submit(rq, &a->holder, &a->change, named);
}

/* ---- another one ---- */

static json_t *assets_json(struct http_request *rq, const char *chosen)
{
	const struct snapshot *s = node_snapshot(http_app(rq));
	json_t *list = json_array();

	for (size_t i = 0; i < s->asset_count; i++)
		(void)json_array_append_new(
		        list, json_pack("{s:s,s:b}", "code", s->assets[i].code, "chosen",
		                      (int)(strcmp(s->assets[i].code, chosen) == 0)));
	return list;
}

static enum http_next show_new(struct http_request *rq, unsigned status, const struct holder *h,
        const struct address_form *f)
{
	json_t *view = holder_view(rq, h, HOLDER_SETTINGS, "Another address");

	(void)json_object_update_new(
	        view, json_pack("{s:s,s:s,s:s,s:s,s:s,s:s,s:o}", "name", f->name, "publicName",
	                      f->public_name, "nameProblem", f->name_problem, "assetProblem",
	                      f->asset_problem, "publicNameProblem", f->public_name_problem,
	                      "problem", f->problem, "assets", assets_json(rq, f->asset)));
	return page_reply(rq, status, "address-new", view, NULL);
}

static bool is_offered(struct http_request *rq)
{
	const struct node_loop *l = http_app(rq);

	return l->node->options.addresses_per_user > 0;
}

static const char *full_problem(struct http_request *rq)
{
	return words(rq, "You have as many addresses as one person may have here, closed ones "
	                 "counted.");
}

enum http_next address_new_get(struct http_request *rq)
{
	struct address_form f = form_empty;
	struct holder h;

	if (holder_read(rq, &h))
		return HTTP_DONE;
	if (!is_offered(rq))
		return page_fail(rq, RESULT_THEIRS_NOT_FOUND);
	if (!address_may_add(rq, &h))
		f.problem = full_problem(rq);
	return show_new(rq, 200, &h, &f);
}

/* False: a problem is noted. */
static bool read_new(struct http_request *rq, struct address *a)
{
	const struct snapshot *s = node_snapshot(http_app(rq));
	struct address_form *f = &a->form;
	bool known = false;

	if (!text_is_name(f->name))
		f->name_problem = words(
		        rq, "A name begins with a-z or 0-9 and goes on with a-z, 0-9, - or _.");
	else if (wallet_name_is_reserved(f->name))
		f->name_problem = words(rq, "This name is taken.");
	for (size_t i = 0; i < s->asset_count && !known; i++) {
		known = strcmp(s->assets[i].code, f->asset) == 0;
		a->wanted.asset = s->assets[i].id;
	}
	if (!known)
		f->asset_problem = words(rq, "Choose a currency.");
	f->public_name_problem = public_name_problem(rq, f->public_name);
	return !*f->name_problem && !*f->asset_problem && !*f->public_name_problem;
}

static enum result add_apply(struct holder_change *c, struct batch *b)
{
	const struct address *a = OWNER_OF(c, struct address, change);
	account_id account;
	struct id id;

	return batch_wallet_add(b, &a->wanted, &id, &account);
}

static enum http_next added(struct http_request *rq)
{
	struct address *a = OWNER_OF((struct holder_change *)rq->state, struct address, change);
	enum result r = a->change.op.result;

	if (r == RESULT_THEIRS_CONFLICT) {
		a->form.name_problem = words(rq, "This name is taken.");
		return show_new(rq, 409, &a->holder, &a->form);
	}
	if (r == RESULT_THEIRS_REFUSED) {
		a->form.problem = full_problem(rq);
		return show_new(rq, 409, &a->holder, &a->form);
	}
	return named(rq);
}

enum http_next address_new_post(struct http_request *rq)
{
	const struct node_loop *l = http_app(rq);
	struct address *a = arena_alloc(&rq->arena, sizeof(*a));
	struct page_form f;

	if (!a)
		return page_fail(rq, RESULT_OURS_MEMORY);
	if (holder_form(rq, &a->holder, &f))
		return HTTP_DONE;
	if (!is_offered(rq))
		return page_fail(rq, RESULT_THEIRS_NOT_FOUND);
	a->form = form_empty;
	a->form.name = page_field(&f, "name");
	a->form.asset = page_field(&f, "asset");
	a->form.public_name = page_field(&f, "publicName");
	if (!read_new(rq, a))
		return show_new(rq, 400, &a->holder, &a->form);
	a->wanted.name = a->form.name;
	a->wanted.public_name = a->form.public_name;
	a->wanted.user = a->holder.visitor.session.user_name;
	a->wanted.user_max = l->node->options.addresses_per_user;
	a->change.apply = add_apply;
	return holder_submit(rq, &a->holder, &a->change, added);
}
