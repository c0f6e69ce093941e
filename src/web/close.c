/* The end of a wallet address (settings.h): it takes no new payments, and is not shown any more
 * after a day. What it holds stays its holder's, and can be sent. */
#include <string.h>

#include "http/reply.h"
#include "store/wallet.h"
#include "web/holder.h"
#include "web/settings.h"
#include "web/show.h"

#define GRACE_MS 86400000LL /* what was begun is still paid for so long */

struct close {
	struct holder_change change;
	struct holder holder;
	const struct wallet_row *wallet;
	bool open; /* again */
	int64_t inactive_ms;
};

static enum http_next show(struct http_request *rq, unsigned status, const struct holder *h,
        const struct wallet_row *w, const char *typed, const char *problem)
{
	const char *url = holder_wallet_url(rq, w);
	json_t *view = holder_view(rq, h, HOLDER_SETTINGS, "Close an address");

	if (!url) {
		json_decref(view);
		return page_fail(rq, RESULT_OURS_MEMORY);
	}
	(void)json_object_update_new(view,
	        json_pack("{s:s,s:o,s:s,s:s,s:b,s:o}", "wallet", w->name, "pointer",
	                show_pointer(url), "typed", typed, "nameProblem", problem, "inactive",
	                (int)!wallet_is_active(w), "inactiveAt", show_time(rq, w->inactive_ms)));
	return page_reply(rq, status, "close", view, NULL);
}

enum http_next close_get(struct http_request *rq)
{
	const char *name = http_query(rq, "wallet");
	const struct wallet_row *w;
	struct holder h;

	if (holder_read(rq, &h))
		return HTTP_DONE;
	w = holder_wallet_named(&h, name ? name : "");
	return w ? show(rq, 200, &h, w, "", "") : page_fail(rq, RESULT_THEIRS_NOT_FOUND);
}

static enum result close_apply(struct holder_change *c, struct batch *b)
{
	struct close *o = OWNER_OF(c, struct close, change);
	const struct wallet_change change = {.inactive_ms = &o->inactive_ms};

	/* One that is closed already keeps its day. */
	if (!o->open && !wallet_is_active(o->wallet))
		return RESULT_OK;
	o->inactive_ms = o->open ? 0 : batch_now(b) + GRACE_MS;
	return batch_wallet_set(b, o->wallet->account, &change);
}

static enum http_next closed(struct http_request *rq)
{
	struct close *o = OWNER_OF((struct holder_change *)rq->state, struct close, change);
	enum result r = o->change.op.result;

	if (r == RESULT_THEIRS_UNAUTHORIZED)
		return page_see(rq, "/wallet/login");
	return r ? page_fail(rq, r) : page_see(rq, "/wallet");
}

enum http_next close_post(struct http_request *rq)
{
	struct close *o = arena_alloc(&rq->arena, sizeof(*o));
	struct page_form f;
	const char *typed;

	if (!o)
		return page_fail(rq, RESULT_OURS_MEMORY);
	if (holder_form(rq, &o->holder, &f))
		return HTTP_DONE;
	o->wallet = holder_wallet_named(&o->holder, page_field(&f, "wallet"));
	if (!o->wallet)
		return page_fail(rq, RESULT_THEIRS_NOT_FOUND);
	typed = page_field(&f, "name");
	o->open = strcmp(page_field(&f, "end"), "open") == 0;
	if (!o->open && strcmp(typed, o->wallet->name) != 0)
		return show(rq, 400, &o->holder, o->wallet, typed,
		        words(rq, "That is not the name of the wallet."));
	o->change.apply = close_apply;
	return holder_submit(rq, &o->holder, &o->change, closed);
}
