#include "web/show.h"
#include "http/address.h"
#include "web/visit.h"

#include <string.h>

#include "base/failpoint.h"
#include "base/log.h"
#include "base/figure.h"
#include "base/text.h"
#include "codec/payment_pointer.h"
#include "http/op_json.h"
#include "http/rate.h"
#include "http/reply.h"
#include "ilp/node_wallet.h"
#include "web/landing.h"
#include "web/web.h"

/* ---- what its steps share ---- */

static void clear(void *p)
{
	remote_pay_clear(p);
}

struct visit *visit_new(struct http_request *rq)
{
	struct visit *v = arena_alloc(&rq->arena, sizeof(*v));

	if (!v || http_defer(rq, clear, &v->pay)) {
		(void)page_fail(rq, RESULT_OURS_MEMORY);
		return NULL;
	}
	v->rq = rq;
	v->payer = v->amount = v->why = "";
	rq->state = v;
	return v;
}

const char *visit_path(struct http_request *rq, const struct visit *v, const char *more)
{
	char id[ID_TEXT_SIZE];

	id_format(&v->row.id, id);
	return arena_printf(&rq->arena, "/%s/pay/%s%s", v->wallet.name, id, more);
}

static void op_done(struct task *t)
{
	http_resume(OWNER_OF(t, struct visit, op.task)->rq);
}

enum http_next visit_apply(
        struct visit *v, enum result (*apply)(struct op *op, struct batch *b), http_handler *then)
{
	v->op.apply = apply;
	v->op.task.done = op_done;
	http_park(v->rq, then);
	node_submit(http_app(v->rq), &v->op);
	return HTTP_PARKED;
}

static void called(struct task *t)
{
	http_resume(OWNER_OF(t, struct visit, pay.task)->rq);
}

enum http_next visit_call(struct visit *v, enum remote_pay_work work, http_handler *then)
{
	v->pay.work = work;
	v->pay.task.done = called;
	http_park(v->rq, then);
	remote_pay_start(http_app(v->rq), &v->pay);
	return HTTP_PARKED;
}

/* ---- what was typed ---- */

static enum http_next again(struct visit *v, unsigned status, const char *problem)
{
	return landing_again(v->rq, &v->wallet,
	        &(struct landing_form){.status = status,
	                .problem = problem ? problem : "",
	                .payer = v->payer,
	                .amount = v->amount,
	                .request = v->incoming.key ? &v->incoming : NULL});
}

static enum http_next no_luck(struct visit *v, const char *what)
{
	unsigned status = result_class(v->pay.result) == RESULT_CLASS_THEIRS ? 422 : 502;
	const char *host = strstr(v->pay.payer, "://");
	struct http_request *rq = v->rq;

	log_info("visit", "step=%d result=%s", (int)v->pay.work, result_name(v->pay.result));
	host = host ? host + 3 : v->pay.payer;
	host = arena_strndup(&rq->arena, host, strcspn(host, "/"));
	if (!host)
		return page_fail(rq, RESULT_OURS_MEMORY);
	return again(v, status,
	        words_with(rq, what, "host", host, "why", words_again(rq, v->pay.why), NULL));
}

static bool take_payer(struct visit *v)
{
	const struct node_loop *l = http_app(v->rq);
	enum payment_pointer_rules rules =
	        l->node->options.dev ? PAYMENT_POINTER_DEV : PAYMENT_POINTER_STRICT;
	struct bytes text = bytes_str(v->payer);
	char *url = arena_alloc(&v->rq->arena, URL_MAX_CHARS + 1);
	enum result r;

	if (!url)
		return false;
	if (text.n && text.p[0] == '$')
		r = payment_pointer_resolve(text, rules, url);
	else
		r = payment_pointer_endpoint(text, rules, url);
	v->pay.payer = url;
	return !r;
}

/* ---- the steps ---- */

static enum http_next kept(struct http_request *rq)
{
	struct visit *v = rq->state;

	if (v->op.result)
		return page_fail(rq, v->op.result);
	(void)FAILPOINT("visit.kept");
	return page_see(rq, visit_path(rq, v, ""));
}

static enum result keep_apply(struct op *op, struct batch *b)
{
	struct visit *v = OWNER_OF(op, struct visit, op);

	return batch_visit_add(b, &v->row);
}

static enum http_next asked(struct http_request *rq)
{
	const struct node_loop *l = http_app(rq);
	struct visit *v = rq->state;
	enum result r;

	if (!v->pay.result && !text_starts(v->pay.consent.redirect, "https://") &&
	        !url_guard_allows_http(l->node->guard)) {
		v->pay.result = RESULT_THEIRS_PROTOCOL;
		text_copy_cut(
		        v->pay.why, sizeof(v->pay.why), WORDS("it asks where nothing is secret"));
	}
	if (v->pay.result)
		return no_luck(
		        v, WORDS("Your wallet can’t be asked for this payment, at {host}: {why}."));
	r = visit_state_write(&v->pay, "", &rq->arena, &v->row);
	if (!r)
		r = visitor_mark(rq, &v->visitor);
	if (r)
		return page_fail(rq, r);
	sha256(bytes_str(v->visitor.browser), v->row.browser);
	v->row.incoming = v->incoming.id;
	return visit_apply(v, keep_apply, kept);
}

static enum http_next ask(struct visit *v)
{
	struct http_request *rq = v->rq;
	char id[ID_TEXT_SIZE];

	id_new(http_wall_ms(rq), &v->row.id);
	id_format(&v->incoming.id, id);
	v->pay.receiver =
	        arena_printf(&rq->arena, "%s/op/incoming-payments/%s", web_of(rq)->public_url, id);
	v->pay.finish = visit_path(rq, v, "/finish");
	if (v->pay.finish)
		v->pay.finish =
		        arena_printf(&rq->arena, "%s%s", web_of(rq)->public_url, v->pay.finish);
	if (!v->pay.receiver || !v->pay.finish)
		return page_fail(rq, RESULT_OURS_MEMORY);
	return visit_call(v, REMOTE_PAY_ASK, asked);
}

static enum http_next made(struct http_request *rq)
{
	struct visit *v = rq->state;

	if (v->op.result == RESULT_THEIRS_STATE || v->op.result == RESULT_THEIRS_BAD_AMOUNT)
		return again(v, 422, words(rq, "This wallet does not take that payment."));
	return v->op.result ? page_fail(rq, v->op.result) : ask(v);
}

static enum result make_apply(struct op *op, struct batch *b)
{
	struct visit *v = OWNER_OF(op, struct visit, op);

	return batch_incoming_add(b, &v->wanted, &v->incoming);
}

/* Made for a client, this node: so what nobody pays is swept away. */
static enum http_next make(struct visit *v)
{
	const struct node_loop *l = http_app(v->rq);
	int64_t asked_ms = http_wall_ms(v->rq) + VISIT_PAYMENT_MS;
	enum result r;

	r = incoming_expiry(&l->node->options.incoming_life, &asked_ms, http_wall_ms(v->rq),
	        &v->wanted.expires_ms);
	if (r == RESULT_THEIRS_TOO_BIG)
		r = incoming_expiry(&l->node->options.incoming_life, NULL, http_wall_ms(v->rq),
		        &v->wanted.expires_ms);
	v->wanted.client =
	        arena_printf(&v->rq->arena, "%s/" NODE_IDENTITY_NAME, web_of(v->rq)->public_url);
	if (r || !v->wanted.client)
		return page_fail(v->rq, r ? r : RESULT_OURS_MEMORY);
	v->wanted.wallet = v->wallet.account;
	v->wanted.slack_bps = l->node->options.incoming_slack_bps;
	return visit_apply(v, make_apply, made);
}

static enum http_next met(struct http_request *rq)
{
	struct visit *v = rq->state;

	if (v->pay.result)
		return no_luck(v, WORDS("There is no wallet that can pay at {host}: {why}."));
	return v->incoming.key ? ask(v) : make(v);
}

static enum http_next begin(struct visit *v, const struct page_form *f)
{
	struct http_request *rq = v->rq;
	char own[NAME_MAX_CHARS + 1];
	const struct node_loop *l = http_app(rq);
	struct http_address holder;

	v->payer = page_field(f, "payer");
	if (visitor_read(rq, &v->visitor))
		return HTTP_DONE;
	http_address_holder(&rq->client, &holder);
	if (!rate_pass(web_of(rq)->visits, holder.b, http_mono_ms(rq))) {
		http_reply_header(rq, "Retry-After", "2");
		return again(v, 429, words(rq, "Too many tries in a moment. Please try again."));
	}
	if (!take_payer(v))
		return again(v, 400,
		        words(rq,
		                "That is no payment pointer and no wallet address. A pointer looks "
		                "like $wallet.example/alice."));
	if (node_wallet_name(l->node, v->pay.payer, own))
		return again(v, 422,
		        words(rq, "That wallet is of this provider: sign in here, and send from "
		                  "there."));
	return visit_call(v, REMOTE_PAY_MEET, met);
}

enum http_next visit_begin(struct http_request *rq)
{
	struct node_loop *l = http_app(rq);
	const char *name = http_param(rq, "wallet");
	struct page_form f;
	struct visit *v;
	enum result r;

	if (web_form_read(rq, &f))
		return HTTP_DONE;
	v = visit_new(rq);
	if (!v)
		return HTTP_DONE;
	r = store_wallet_find(l->reader, &rq->arena, name, &v->wallet);
	if (r == RESULT_THEIRS_NOT_FOUND || (!r && !wallet_is_active(&v->wallet)))
		return landing_page(rq, NULL);
	if (r)
		return page_fail(rq, r);
	v->asset = snapshot_asset(node_snapshot(l), v->wallet.asset);
	v->amount = page_field(&f, "amount");
	v->payer = page_field(&f, "payer");
	if (!v->asset)
		return page_fail(rq, RESULT_OURS_BUG);
	r = figure_parse(language_of(rq), v->amount, v->asset->scale, &v->wanted.amount);
	if (r || v->wanted.amount == 0)
		return again(v, 400, show_amount_problem(rq, r, v->asset->code, v->asset->scale));
	return begin(v, &f);
}

enum http_next visit_begin_request(struct http_request *rq)
{
	struct node_loop *l = http_app(rq);
	struct page_form f;
	struct visit *v;
	struct id id;
	enum result r = RESULT_THEIRS_NOT_FOUND;

	if (web_form_read(rq, &f))
		return HTTP_DONE;
	v = visit_new(rq);
	if (!v)
		return HTTP_DONE;
	if (op_id_of_path(rq, &id))
		r = store_incoming_get(l->reader, &rq->arena, &id, &v->incoming);
	if (!r)
		r = store_wallet_of_account(l->reader, &rq->arena, v->incoming.wallet, &v->wallet);
	/* Somebody else's affair. */
	if (!r && *v->incoming.client)
		r = RESULT_THEIRS_NOT_FOUND;
	if (r)
		return page_fail(rq, r);
	v->asset = snapshot_asset(node_snapshot(l), v->wallet.asset);
	if (!v->asset ||
	        incoming_state_is_final(incoming_state_at(&v->incoming.terms, http_wall_ms(rq))) ||
	        !v->incoming.terms.amount)
		return page_say(rq, 422, "Nothing is to be paid",
		        "This payment is over, or names no amount.");
	return begin(v, &f);
}
