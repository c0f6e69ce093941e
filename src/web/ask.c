#include "web/ask.h"

#include <stdlib.h>
#include <string.h>

#include "base/figure.h"
#include "http/reply.h"
#include "store/incoming.h"
#include "web/activity.h"
#include "web/holder.h"
#include "web/show.h"

#define DESCRIPTION_MAX 500 /* bytes */
#define HOUR_MS         3600000LL
#define DAY_MS          (24 * HOUR_MS)

static const struct {
	const char *name, *label;
	int64_t ms;
} lives[] = {
        {"1h", WORDS("1 hour"), HOUR_MS},
        {"1d", WORDS("1 day"), DAY_MS},
        {"7d", WORDS("7 days"), 7 * DAY_MS},
        {"30d", WORDS("30 days"), 30 * DAY_MS},
};
#define LIVES (sizeof(lives) / sizeof(lives[0]))

struct ask_form {
	const char *wallet, *amount, *description, *expires;
	const char *amount_problem, *description_problem, *problem;
};

struct ask {
	struct holder_change change;
	struct holder holder;
	struct ask_form form;
	struct incoming_new wanted;
	int64_t life_ms;
	struct id made;
};

/* ---- the form ---- */

/* What is longer than the node allows is not offered. */
static json_t *lives_json(struct http_request *rq, const char *selected)
{
	const struct node_loop *l = http_app(rq);
	json_t *list = json_array();

	if (!*selected)
		selected = "1d";
	for (size_t i = 0; i < LIVES; i++) {
		if (lives[i].ms > l->node->options.incoming_life.max_ms)
			break;
		(void)json_array_append_new(
		        list, json_pack("{s:s,s:s,s:b}", "name", lives[i].name, "label",
		                      words(rq, lives[i].label), "selected",
		                      (int)(strcmp(lives[i].name, selected) == 0)));
	}
	return list;
}

static enum http_next show_form(
        struct http_request *rq, unsigned status, const struct holder *h, const struct ask_form *f)
{
	json_t *view = holder_view(rq, h, HOLDER_REQUEST, "Ask for a payment");
	json_t *fields = json_pack("{s:o,s:s,s:s,s:o,s:s,s:s,s:s}", "wallets",
	        holder_wallets_json(rq, h, holder_wallet_named(h, f->wallet)), "amount", f->amount,
	        "description", f->description, "lives", lives_json(rq, f->expires), "amountProblem",
	        f->amount_problem, "descriptionProblem", f->description_problem, "problem",
	        f->problem);

	if (!fields || json_object_update_new(view, fields)) {
		json_decref(view);
		view = NULL;
	}
	return page_reply(rq, status, "request", view, NULL);
}

enum http_next ask_get(struct http_request *rq)
{
	const char *wallet = http_query(rq, "wallet");
	const struct ask_form f = {.wallet = wallet ? wallet : "",
	        .amount = "",
	        .description = "",
	        .expires = "",
	        .amount_problem = "",
	        .description_problem = "",
	        .problem = ""};
	struct holder h;

	return holder_read(rq, &h) ? HTTP_DONE : show_form(rq, 200, &h, &f);
}

/* ---- making one ---- */

static enum result ask_apply(struct holder_change *c, struct batch *b)
{
	struct ask *a = OWNER_OF(c, struct ask, change);
	struct incoming_row row;
	enum result r;

	a->wanted.expires_ms = batch_now(b) + a->life_ms;
	r = batch_incoming_add(b, &a->wanted, &row);
	if (!r)
		a->made = row.id;
	return r;
}

static enum http_next asked(struct http_request *rq)
{
	struct ask *a = OWNER_OF((struct holder_change *)rq->state, struct ask, change);
	enum result r = a->change.op.result;
	char text[ID_TEXT_SIZE];

	if (r == RESULT_THEIRS_UNAUTHORIZED)
		return page_see(rq, "/wallet/login");
	if (r == RESULT_THEIRS_STATE) {
		a->form.problem =
		        words(rq, "This wallet address is closed, or takes no new payments.");
		return show_form(rq, http_status_of(r), &a->holder, &a->form);
	}
	if (r)
		return page_fail(rq, r);
	id_format(&a->made, text);
	return page_see(rq, arena_printf(&rq->arena, "/wallet/payments/%s", text));
}

static bool read_amount(struct http_request *rq, struct ask *a, const struct asset_row *asset)
{
	const char *text = a->form.amount;
	enum result r;

	if (!*text)
		return true;
	r = figure_parse(language_of(rq), text, asset->scale, &a->wanted.amount);
	if (!r && a->wanted.amount > 0)
		return true;
	a->form.amount_problem = show_amount_problem(rq, r, asset->code, asset->scale);
	return false;
}

static bool read_life(struct http_request *rq, struct ask *a)
{
	const struct node_loop *l = http_app(rq);

	for (size_t i = 0; i < LIVES; i++) {
		if (strcmp(lives[i].name, a->form.expires) == 0 &&
		        lives[i].ms <= l->node->options.incoming_life.max_ms) {
			a->life_ms = lives[i].ms;
			return true;
		}
	}
	a->life_ms = l->node->options.incoming_life.default_ms;
	if (!*a->form.expires)
		return true;
	a->form.problem = words(rq, "Please choose from what the form offers.");
	return false;
}

/* Also without a word: what its holder has asked for is known by its description. */
static bool read_description(struct http_request *rq, struct ask *a)
{
	json_t *value;
	char *text;

	if (strlen(a->form.description) > DESCRIPTION_MAX) {
		a->form.description_problem = words_count(rq, "A description has at most {n} byte.",
		        "A description has at most {n} bytes.", DESCRIPTION_MAX);
		return false;
	}
	value = json_pack("{s:s}", "description", a->form.description);
	text = value ? json_dumps(value, JSON_COMPACT) : NULL;
	json_decref(value);
	a->wanted.metadata = text ? arena_strdup(&rq->arena, text) : NULL;
	free(text);
	return a->wanted.metadata != NULL;
}

enum http_next ask_post(struct http_request *rq)
{
	struct ask *a = arena_alloc(&rq->arena, sizeof(*a));
	const struct node_loop *l = http_app(rq);
	const struct wallet_row *wallet;
	const struct asset_row *asset;
	struct page_form f;
	bool right;

	if (!a)
		return page_fail(rq, RESULT_OURS_MEMORY);
	if (holder_form(rq, &a->holder, &f))
		return HTTP_DONE;
	a->form = (struct ask_form){.wallet = page_field(&f, "wallet"),
	        .amount = page_field(&f, "amount"),
	        .description = page_field(&f, "description"),
	        .expires = page_field(&f, "expires"),
	        .amount_problem = "",
	        .description_problem = "",
	        .problem = ""};
	wallet = holder_wallet_named(&a->holder, a->form.wallet);
	asset = wallet ? holder_asset(rq, wallet) : NULL;
	if (!asset)
		return page_fail(rq, wallet ? RESULT_OURS_BUG : RESULT_THEIRS_NOT_FOUND);
	a->wanted.wallet = wallet->account;
	a->wanted.slack_bps = l->node->options.incoming_slack_bps;
	right = read_amount(rq, a, asset);
	right = read_life(rq, a) && right;
	right = read_description(rq, a) && right;
	if (!right)
		return show_form(rq, 400, &a->holder, &a->form);
	a->change.apply = ask_apply;
	return holder_submit(rq, &a->holder, &a->change, asked);
}
