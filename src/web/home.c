#include "web/home.h"

#include <string.h>

#include "http/live.h"
#include "http/qr.h"
#include "http/reply.h"
#include "store/notice.h"
#include "web/activity.h"
#include "web/address.h"
#include "web/holder.h"
#include "web/show.h"

#define LOGIN  "/wallet/login"
#define LIVE   "/wallet/live"
#define NEWEST 8 /* payments on the first page */

/* ---- what it shows ---- */

/* A wallet: what it holds, what its payments on their way still hold, and what is to be paid out.
 */
struct amounts {
	uint64_t free, held, set_aside;
};

static enum result amounts_of(
        struct http_request *rq, const struct wallet_row *w, struct amounts *out)
{
	const struct node_loop *l = http_app(rq);
	struct account account;
	enum result r = store_account_get(l->reader, w->account, &account);

	if (r)
		return r;
	out->free = ledger_available(&account);
	out->set_aside = account.debits_pending;
	return store_wallet_held(l->reader, w->account, &out->held);
}

static json_t *wallet_json(struct http_request *rq, const struct wallet_row *w)
{
	const struct asset_row *asset = holder_asset(rq, w);
	const char *url = holder_wallet_url(rq, w);
	const struct node_loop *l = http_app(rq);
	struct amounts a;

	if (!asset || !url || amounts_of(rq, w, &a))
		return NULL;
	return json_pack("{s:s,s:s,s:o,s:o,s:o,s:s,s:o,s:o,s:o,s:b,s:o,s:b}", "name", w->name,
	        "publicName", w->public_name[0] ? w->public_name : w->name, "balance",
	        show_amount_of(rq, a.free, asset), "held",
	        a.held ? show_amount_of(rq, a.held, asset) : json_null(), "setAside",
	        a.set_aside ? show_amount_of(rq, a.set_aside, asset) : json_null(), "asset",
	        asset->code, "url", show_copied(url, words(rq, "the wallet address")), "pointer",
	        show_pointer_copied(rq, url), "qr",
	        qr_json(url, words(rq, "QR code of this wallet address")), "inactive",
	        (int)!wallet_is_active(w), "inactiveAt", show_time(rq, w->inactive_ms), "cash",
	        (int)!l->node->options.headless);
}

static json_t *wallets_json(struct http_request *rq, const struct holder *h)
{
	json_t *list = json_array();

	for (size_t i = 0; i < h->count; i++) {
		if (json_array_append_new(list, wallet_json(rq, &h->wallets[i]))) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

/* ---- live ---- */

/* Balances, and how many payments there are: whatever moves one of these moves a balance, but the
 * end of a payment that held nothing any more; that one shows itself by what is held. */
static enum result stamp_of(struct http_request *rq, const struct holder *h, uint64_t *out)
{
	struct node_loop *l = http_app(rq);
	uint64_t stamp = LIVE_HASH_SEED;
	struct amounts a;
	struct holder_place first = HOLDER_PLACE_FIRST;
	struct holder_entry newest;
	struct notice_state notices;
	size_t count;
	enum result r = store_notice_state(l->reader, &h->visitor.session.user, &notices);

	if (r)
		return r;
	stamp = live_hash_u64(
	        live_hash_u64(stamp, (uint64_t)notices.newest), (uint64_t)notices.seen);
	for (size_t i = 0; !r && i < h->count; i++) {
		r = amounts_of(rq, &h->wallets[i], &a);
		if (!r)
			stamp = live_hash(stamp, &a, sizeof(a));
		if (!r)
			r = store_holder_payments(
			        l->reader, &h->wallets[i].account, 1, &first, 1, &newest, &count);
		if (!r && count)
			stamp = live_hash(stamp, &newest.place.id, sizeof(newest.place.id));
	}
	*out = stamp;
	return r;
}

/* A session that has ended sees nothing more. */
static enum result probe(struct http_request *rq, void *arg, struct arena *memory, uint64_t *out)
{
	const struct holder *h = arg;
	enum result r = holder_still(rq, h, memory);

	return r ? r : stamp_of(rq, h, out);
}

enum http_next home_live(struct http_request *rq)
{
	struct holder *h = arena_alloc(&rq->arena, sizeof(*h));

	if (!h)
		return page_fail(rq, RESULT_OURS_MEMORY);
	if (holder_read(rq, h))
		return HTTP_DONE;
	return live_reply(rq, probe, h);
}

enum http_next home_get(struct http_request *rq)
{
	uint64_t stamp;
	struct holder h;
	json_t *view, *wallets;

	if (holder_read(rq, &h))
		return HTTP_DONE;
	if (stamp_of(rq, &h, &stamp))
		return page_fail(rq, RESULT_OURS_STORE);
	wallets = wallets_json(rq, &h);
	if (!wallets)
		return page_fail(rq, RESULT_OURS_STORE);
	view = holder_view(rq, &h, HOLDER_HOME, "Overview");
	(void)json_object_set_new(view, "wallets", wallets);
	(void)json_object_set_new(view, "mayAdd", json_boolean(address_may_add(rq, &h)));
	(void)json_object_set_new(view, "payments", activity_newest(rq, &h, NEWEST));
	(void)json_object_set_new(view, "live", live_json(LIVE, stamp));
	return page_reply(rq, 200, "home", view, NULL);
}
/* ---- out, from any page ---- */

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
	if (!web_form_token_is(web_of(rq), l->visitor.token, FORM_HOLDER, page_field(&f, "token")))
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
