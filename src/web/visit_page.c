/* A visit that has begun: its page, and the way back from the payer's wallet. */
#include <string.h>

#include "auth/finish.h"
#include "base/failpoint.h"
#include "base/log.h"
#include "http/live.h"
#include "http/op_json.h"
#include "http/reply.h"
#include "web/show.h"
#include "web/visit.h"
#include "web/web.h"

/* The visit of the path, of this browser. NULL: the reply is set. */
static struct visit *find(struct http_request *rq)
{
	struct node_loop *l = http_app(rq);
	struct visit *v = visit_new(rq);
	const char *text = http_param(rq, "id");
	uint8_t browser[32];
	struct id id;
	enum result r = RESULT_THEIRS_NOT_FOUND;

	if (!v || visitor_read(rq, &v->visitor))
		return NULL;
	if (!id_parse(text, strlen(text), &id))
		r = store_visit_get(l->reader, &rq->arena, &id, http_wall_ms(rq), &v->row);
	sha256(bytes_str(v->visitor.browser), browser);
	if (!r && (!v->visitor.browser[0] ||
	                  !secret_eq_bytes(bytes_of(browser, sizeof(browser)),
	                          bytes_of(v->row.browser, sizeof(v->row.browser)))))
		r = RESULT_THEIRS_NOT_FOUND;
	if (!r)
		r = store_incoming_get(l->reader, &rq->arena, &v->row.incoming, &v->incoming);
	if (!r)
		r = store_wallet_of_account(l->reader, &rq->arena, v->incoming.wallet, &v->wallet);
	if (!r)
		r = visit_state_read(&v->row, &rq->arena, &v->pay, &v->why);
	v->asset = r ? NULL : snapshot_asset(node_snapshot(l), v->wallet.asset);
	if (r == RESULT_THEIRS_NOT_FOUND) {
		(void)page_say(rq, 404, "No such payment",
		        "It is over, or it was begun in another browser.");
		return NULL;
	}
	if (r || !v->asset) {
		(void)page_fail(rq, r ? r : RESULT_OURS_BUG);
		return NULL;
	}
	return v;
}

static uint64_t stamp_of(const struct incoming_row *i, enum visit_state state, int64_t now_ms)
{
	uint64_t h = live_hash_u64(LIVE_HASH_SEED, i->terms.received);

	h = live_hash_u64(h, (uint64_t)incoming_state_at(&i->terms, now_ms));
	return live_hash_u64(h, (uint64_t)state);
}

/* ---- the page ---- */

static void set(json_t *view, const char *name, json_t *value)
{
	(void)json_object_set_new(view, name, value);
}

static json_t *host_json(const char *url)
{
	const char *host = strstr(url, "://");

	host = host ? host + 3 : url;
	return json_stringn(host, strcspn(host, "/?#"));
}

static bool is_whole(const struct incoming_terms *t)
{
	return t->received >= t->amount;
}

/* Why it ended: also where the one who is paid has closed it. */
static const char *why_of(const struct visit *v)
{
	return *v->why ? v->why : WORDS("No more money is taken for this payment.");
}

/* What stands in the page: one of paid, asked, going, ended, over. */
static const char *phase_of(struct http_request *rq, const struct visit *v)
{
	enum incoming_state state = incoming_state_at(&v->incoming.terms, http_wall_ms(rq));

	if (state == INCOMING_COMPLETED && is_whole(&v->incoming.terms))
		return "paid";
	if (v->row.state == VISIT_ENDED || state == INCOMING_COMPLETED)
		return "ended";
	if (state == INCOMING_EXPIRED)
		return "over";
	return v->row.state == VISIT_ASKED ? "asked" : "going";
}

static enum http_next show(struct http_request *rq, const struct visit *v)
{
	const char *phase = phase_of(rq, v);
	const char *name = v->wallet.public_name[0] ? v->wallet.public_name : v->wallet.name;
	bool waits = strcmp(phase, "going") == 0, ended = strcmp(phase, "ended") == 0;
	json_t *view =
	        json_pack("{s:s,s:[s],s:s,s:s,s:o,s:o,s:o,s:s,s:s,s:o,s:o,s:s,s:o,s:o,s:b,s:o}",
	                "title", words(rq, "Your payment"), "scripts", "florin.js", "publicName",
	                name, "path", arena_printf(&rq->arena, "/%s", v->wallet.name), "amount",
	                show_amount_of(rq, v->incoming.terms.amount, v->asset), "received",
	                show_amount_of(rq, v->incoming.terms.received, v->asset), "cost",
	                show_amount(rq, v->pay.quote.debit, v->pay.quote.asset_code,
	                        v->pay.quote.asset_scale),
	                "payer", v->pay.wallet.id, "payerName", v->pay.wallet.public_name,
	                "payerHost", host_json(v->pay.wallet.id), "consentHost",
	                host_json(v->pay.consent.redirect), "redirect", v->pay.consent.redirect,
	                "made", show_time(rq, v->row.created_ms), "live",
	                live_json(visit_path(rq, v, "/events"),
	                        stamp_of(&v->incoming, v->row.state, http_wall_ms(rq))),
	                "some", v->incoming.terms.received > 0, "why",
	                json_string(words_again(rq, ended ? why_of(v) : v->why)));

	if (!view)
		return page_fail(rq, RESULT_OURS_MEMORY);
	set(view, phase, json_true());
	if (waits) {
		set(view, "refresh", json_integer(LIVE_REFRESH_S));
		set(view, "again", json_integer(LIVE_REFRESH_S));
	}
	return page_reply(rq, 200, "visit", view, NULL);
}

/* ---- what became of it ---- */

static enum result step_apply(struct op *op, struct batch *b)
{
	struct visit *v = OWNER_OF(op, struct visit, op);

	return batch_visit_step(b, v->from, &v->row);
}

static enum http_next stepped_back(struct http_request *rq)
{
	struct visit *v = rq->state;

	/* Another request of this browser was quicker. */
	if (v->op.result && v->op.result != RESULT_THEIRS_STATE)
		return page_fail(rq, v->op.result);
	return page_see(rq, visit_path(rq, v, ""));
}

/* The visit is in another state from now on; then the browser looks at it. why is kept in English,
 * as a message. */
static enum http_next step(
        struct visit *v, enum visit_state to, const char *why, http_handler *then)
{
	enum result r = visit_state_write(&v->pay, why, &v->rq->arena, &v->row);

	if (r)
		return page_fail(v->rq, r);
	v->from = v->row.state;
	v->row.state = to;
	return visit_apply(v, step_apply, then);
}

static enum http_next looked(struct http_request *rq)
{
	struct visit *v = rq->state;

	/* An answer that can't be had says nothing. */
	if (!v->pay.result && v->pay.outgoing.failed)
		return step(v, VISIT_ENDED,
		        WORDS("Your wallet made the payment, but it did not go through. What did "
		              "not arrive is yours."),
		        stepped_back);
	return show(rq, v);
}

enum http_next visit_page(struct http_request *rq)
{
	struct visit *v = find(rq);

	if (!v)
		return HTTP_DONE;
	if (v->row.state == VISIT_SENDING && strcmp(phase_of(rq, v), "going") == 0)
		return visit_call(v, REMOTE_PAY_LOOK, looked);
	return show(rq, v);
}

/* ---- the way back ---- */

static enum http_next went(struct http_request *rq)
{
	struct visit *v = rq->state;
	char why[WORDS_TEXT_MAX];

	log_info("visit", "step=go result=%s", result_name(v->pay.result));
	(void)FAILPOINT("visit.went");
	if (!v->pay.result)
		return step(v, VISIT_SENDING, "", stepped_back);
	/* Whoever was told that nothing was paid would pay again. */
	if (v->pay.doubtful)
		return step(v, VISIT_GOING,
		        WORDS("Your wallet did not say whether it made the payment. Look there "
		              "before you pay again: what it sends arrives here."),
		        stepped_back);
	words_fill(why, sizeof(why), WORDS("Your wallet did not make the payment: {why}."), "why",
	        v->pay.why, NULL);
	return step(v, VISIT_ENDED, why, stepped_back);
}

static enum http_next claimed(struct http_request *rq)
{
	struct visit *v = rq->state;

	if (v->op.result)
		return stepped_back(rq);
	return visit_call(v, REMOTE_PAY_GO, went);
}

enum http_next visit_finish(struct http_request *rq)
{
	struct visit *v = find(rq);
	const char *hash = http_query(rq, "hash"), *reference = http_query(rq, "interact_ref");
	const char *result = http_query(rq, "result");
	char wanted[FINISH_HASH_SIZE], id[ID_TEXT_SIZE];

	if (!v)
		return HTTP_DONE;
	if (v->row.state != VISIT_ASKED)
		return page_see(rq, visit_path(rq, v, ""));
	if (!hash || !reference)
		return step(v, VISIT_ENDED,
		        result && strcmp(result, "grant_rejected") == 0
		                ? WORDS("You declined at your wallet. Nothing was paid.")
		                : WORDS("Your wallet did not give its consent. Nothing was paid."),
		        stepped_back);
	finish_hash(
	        v->pay.nonce, v->pay.consent.nonce, reference, v->pay.wallet.auth_server, wanted);
	if (!secret_eq_bytes(bytes_str(wanted), bytes_str(hash)))
		return page_say(rq, 400, "Not of this payment",
		        "What your wallet sent back does not belong to this payment. Nothing was "
		        "paid.");
	id_format(&v->incoming.id, id);
	v->pay.reference = reference;
	v->pay.receiver =
	        arena_printf(&rq->arena, "%s/op/incoming-payments/%s", web_of(rq)->public_url, id);
	if (!v->pay.receiver)
		return page_fail(rq, RESULT_OURS_MEMORY);
	return step(v, VISIT_GOING, "", claimed);
}

/* ---- live ---- */

static enum result probe(struct http_request *rq, void *arg, struct arena *memory, uint64_t *out)
{
	const struct node_loop *l = http_app(rq);
	const struct visit *v = arg;
	struct visit_row row;
	struct incoming_row incoming;
	enum result r = store_visit_get(l->reader, memory, &v->row.id, http_wall_ms(rq), &row);

	if (!r)
		r = store_incoming_get(l->reader, memory, &row.incoming, &incoming);
	if (!r)
		*out = stamp_of(&incoming, row.state, http_wall_ms(rq));
	return r;
}

enum http_next visit_events(struct http_request *rq)
{
	struct visit *v = find(rq);

	return v ? live_reply(rq, probe, v) : HTTP_DONE;
}
