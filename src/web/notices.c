#include "web/notices.h"

#include <string.h>

#include "base/text.h"
#include "http/live.h"
#include "store/notice.h"
#include "web/show.h"

#define PATH "/wallet/notices"
#define LIVE PATH "/live"
#define PAGE 50

/* ---- the list ---- */

static const char *href_of(
        struct http_request *rq, const struct notice_row *n, const struct wallet_row *w)
{
	char id[ID_TEXT_SIZE];

	id_format(&n->subject, id);
	switch (n->kind) {
	case NOTICE_RECEIVED:
	case NOTICE_RETURNED:
	case NOTICE_FAILED:
	case NOTICE_PARTLY:
		return id_is_zero(&n->subject)
		               ? "/wallet/payments"
		               : arena_printf(&rq->arena, "/wallet/payments/%s", id);
	case NOTICE_APP_ALLOWED:
	case NOTICE_APP_ENDED:
		return arena_printf(&rq->arena, "/wallet/apps/%s", id);
	case NOTICE_KEY_ADDED:
	case NOTICE_KEY_REVOKED:
		return w ? arena_printf(&rq->arena, "/wallet/keys?wallet=%s", w->name)
		         : "/wallet/keys";
	case NOTICE_DEPOSIT_APPROVED:
	case NOTICE_DEPOSIT_REFUSED:
	case NOTICE_DEPOSIT_EXPIRED:
		return "/wallet/deposit";
	case NOTICE_WITHDRAWAL_APPROVED:
	case NOTICE_WITHDRAWAL_REFUSED:
	case NOTICE_WITHDRAWAL_EXPIRED:
		return "/wallet/withdraw";
	case NOTICE_PASSKEY_ADDED:
	case NOTICE_PASSKEY_REMOVED:
		return "/wallet/passkeys";
	case NOTICE_SIGN_IN:
	case NOTICE_PASSWORD:
	case NOTICE_KINDS:
		break;
	}
	return "/wallet/settings";
}

/* Of a wallet that was closed since neither name nor pages are left. */
static json_t *notice_json(
        struct http_request *rq, const struct holder *h, const struct notice_row *n, int64_t seen)
{
	const struct wallet_row *w = n->wallet ? holder_wallet_of(h, n->wallet) : NULL;
	const struct asset_row *asset = w ? holder_asset(rq, w) : NULL;
	bool gone = n->wallet && !w;
	const char *href = href_of(rq, n, w);

	if (!href)
		return NULL;
	return json_pack("{s:b,s:s,s:s,s:s,s:o,s:o,s:b}", notice_kind_name(n->kind), 1, "href",
	        gone ? "" : href, "wallet",
	        w      ? w->name
	        : gone ? words(rq, "a wallet that is closed")
	               : "",
	        "text", n->text, "amount",
	        asset && n->amount ? show_amount_of(rq, n->amount, asset) : json_null(), "created",
	        show_time(rq, n->created_ms), "isNew", (int)(n->number > seen));
}

static json_t *list_json(struct http_request *rq, const struct holder *h,
        const struct notice_row *rows, size_t count, int64_t seen)
{
	json_t *list = json_array();

	for (size_t i = 0; i < count; i++) {
		if (json_array_append_new(list, notice_json(rq, h, &rows[i], seen))) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

static enum result stamp_of(struct http_request *rq, const struct holder *h, uint64_t *out)
{
	const struct node_loop *l = http_app(rq);
	struct notice_state state;
	enum result r = store_notice_state(l->reader, &h->visitor.session.user, &state);

	*out = live_hash_u64(
	        live_hash_u64(LIVE_HASH_SEED, (uint64_t)state.newest), (uint64_t)state.seen);
	*out = live_hash_u64(*out, (uint64_t)state.changed_ms);
	return r;
}

enum http_next notices_get(struct http_request *rq)
{
	const struct node_loop *l = http_app(rq);
	const char *text = http_query(rq, "before");
	const struct id *user;
	struct notice_state state;
	struct notice_row *rows;
	uint64_t before = 0, stamp;
	struct holder h;
	size_t count;
	json_t *view, *list;
	enum result r;

	if (holder_read(rq, &h))
		return HTTP_DONE;
	user = &h.visitor.session.user;
	r = text ? text_parse_u64(text, INT64_MAX, &before) : RESULT_OK;
	if (!r)
		r = stamp_of(rq, &h, &stamp);
	if (!r)
		r = store_notice_state(l->reader, user, &state);
	if (!r)
		r = store_notice_list(
		        l->reader, &rq->arena, user, (int64_t)before, PAGE + 1, &rows, &count);
	if (r)
		return page_fail(rq, r);
	list = list_json(rq, &h, rows, count > PAGE ? PAGE : count, state.seen);
	view = list ? holder_view(rq, &h, HOLDER_NOTICES, "Notifications") : NULL;
	if (!view) {
		json_decref(list);
		return page_fail(rq, RESULT_OURS_MEMORY);
	}
	(void)json_object_update_new(view,
	        json_pack("{s:o,s:b,s:I,s:o}", "notices", list, "unread", (int)(state.unread > 0),
	                "newest", (json_int_t)state.newest, "live", live_json(LIVE, stamp)));
	if (count > PAGE)
		(void)json_object_set_new(view, "older",
		        json_sprintf("?before=%lld", (long long)rows[PAGE - 1].number));
	return page_reply(rq, 200, "notices", view, NULL);
}

/* A session that has ended sees nothing more. */
static enum result probe(struct http_request *rq, void *arg, struct arena *memory, uint64_t *out)
{
	const struct holder *h = arg;
	enum result r = holder_still(rq, h, memory);

	return r ? r : stamp_of(rq, h, out);
}

enum http_next notices_live(struct http_request *rq)
{
	struct holder *h = arena_alloc(&rq->arena, sizeof(*h));

	if (!h)
		return page_fail(rq, RESULT_OURS_MEMORY);
	return holder_read(rq, h) ? HTTP_DONE : live_reply(rq, probe, h);
}

/* ---- seen, and chosen ---- */

struct noticed {
	struct holder_change change;
	struct holder holder;
	uint64_t newest;
	bool muted[NOTICE_TOPICS];
	const char *next;
};

static enum result seen_apply(struct holder_change *c, struct batch *b)
{
	const struct noticed *n = OWNER_OF(c, struct noticed, change);

	return batch_notice_seen(b, &n->holder.visitor.session.user, (int64_t)n->newest);
}

static enum result choose_apply(struct holder_change *c, struct batch *b)
{
	const struct noticed *n = OWNER_OF(c, struct noticed, change);

	return batch_notice_choose(b, &n->holder.visitor.session.user, n->muted);
}

static enum http_next changed(struct http_request *rq)
{
	struct noticed *n = OWNER_OF((struct holder_change *)rq->state, struct noticed, change);
	enum result r = n->change.op.result;

	if (r == RESULT_THEIRS_UNAUTHORIZED)
		return page_see(rq, "/wallet/login");
	return r ? page_fail(rq, r) : page_see(rq, n->next);
}

enum http_next notices_seen(struct http_request *rq)
{
	struct noticed *n = arena_alloc(&rq->arena, sizeof(*n));
	struct page_form f;
	enum result r;

	if (!n)
		return page_fail(rq, RESULT_OURS_MEMORY);
	if (holder_form(rq, &n->holder, &f))
		return HTTP_DONE;
	r = text_parse_u64(page_field(&f, "newest"), INT64_MAX, &n->newest);
	if (r)
		return page_fail(rq, r);
	n->next = PATH;
	n->change.apply = seen_apply;
	return holder_submit(rq, &n->holder, &n->change, changed);
}

enum http_next notices_choose(struct http_request *rq)
{
	struct noticed *n = arena_alloc(&rq->arena, sizeof(*n));
	struct page_form f;

	if (!n)
		return page_fail(rq, RESULT_OURS_MEMORY);
	if (holder_form(rq, &n->holder, &f))
		return HTTP_DONE;
	for (unsigned t = 0; t < NOTICE_TOPICS; t++)
		n->muted[t] = !*page_field(&f, notice_topic_name((enum notice_topic)t));
	n->next = "/wallet/settings?done=notices";
	n->change.apply = choose_apply;
	return holder_submit(rq, &n->holder, &n->change, changed);
}

json_t *notices_topics_json(struct http_request *rq, const struct holder *h)
{
	static const char *const labels[NOTICE_TOPICS] = {
	        [NOTICE_OF_RECEIVED] = WORDS("Money that has arrived"),
	        [NOTICE_OF_FAILED] = WORDS("Payments that failed"),
	        [NOTICE_OF_APPS] = WORDS("Apps that were given access, or lost it"),
	        [NOTICE_OF_KEYS] = WORDS("Keys that were added or revoked"),
	        [NOTICE_OF_ACCOUNT] = WORDS(
	                "Sign-ins from new browsers, and changes of the password and of passkeys"),
	        [NOTICE_OF_CASH] = WORDS("Answers to deposits and withdrawals"),
	};
	const struct node_loop *l = http_app(rq);
	struct notice_state state;
	json_t *list;

	if (store_notice_state(l->reader, &h->visitor.session.user, &state))
		return NULL;
	list = json_array();
	for (unsigned t = 0; t < NOTICE_TOPICS; t++)
		(void)json_array_append_new(list,
		        json_pack("{s:s,s:s,s:b}", "name", notice_topic_name((enum notice_topic)t),
		                "label", words(rq, labels[t]), "chosen", (int)!state.muted[t]));
	return list;
}
