#include "web/apps.h"

#include <string.h>

#include "base/text.h"
#include "http/reply.h"
#include "store/grant.h"
#include "web/activity.h"
#include "web/consent_view.h"
#include "web/consent_words.h"
#include "web/holder.h"
#include "web/link.h"
#include "web/show.h"

#define PATH        "/wallet/apps"
#define GRANTS_PAGE 20 /* of one wallet */
#define APP_PAGE    25 /* payments under one grant */
#define PER_MILLE   1000
#define ROW_BYTES   (2 * 1024 * 1024)

/* ---- spent and left ---- */

static void set(json_t *object, const char *name, json_t *value)
{
	(void)json_object_set_new(object, name, value);
}

/* The cap of one item against what its payments of this window take of it. */
static void add_bar(
        struct http_request *rq, json_t *item, const struct access_limits *l, uint64_t spent)
{
	uint64_t left = spent < l->amount ? l->amount - spent : 0;

	set(item, "spent", show_amount(rq, spent, l->code, l->scale));
	set(item, "left", show_amount(rq, left, l->code, l->scale));
	set(item, "done",
	        json_integer((json_int_t)mul_div_floor(
	                l->amount - left, PER_MILLE, l->amount ? l->amount : 1)));
}

/* Without a cap: what was spent all the same. */
static void add_sum(struct http_request *rq, json_t *item, const struct grant_spent_row *s)
{
	const struct asset_row *asset = snapshot_asset(node_snapshot(http_app(rq)), s->asset);

	if (s->any && asset)
		set(item, "spent", show_amount_of(rq, s->debit, asset));
}

static enum result add_spent(
        struct http_request *rq, const struct grant_row *g, size_t position, json_t *item)
{
	const struct node_loop *l = http_app(rq);
	const struct access_limits *limits = &g->access[position].limits;
	struct grant_spent_row s;
	enum result r;

	if (!json_is_true(json_object_get(item, "pays")))
		return RESULT_OK;
	r = store_grant_spent(l->reader, g, position, http_wall_ms(rq), &s);
	if (r)
		return r;
	switch (limits->cap) {
	case CAP_DEBIT:
		add_bar(rq, item, limits, s.any ? s.debit : 0);
		break;
	case CAP_RECEIVE:
		add_bar(rq, item, limits, s.any ? s.receive : 0);
		break;
	case CAP_NONE:
		add_sum(rq, item, &s);
		break;
	}
	return RESULT_OK;
}

static json_t *items_json(struct http_request *rq, const struct grant_row *g)
{
	json_t *items = consent_items(rq, g);

	for (size_t i = 0; items && i < g->access_count; i++) {
		if (add_spent(rq, g, i, json_array_get(items, i))) {
			json_decref(items);
			items = NULL;
		}
	}
	return items;
}

/* ---- a grant ---- */

static bool is_live(const struct grant_row *g, int64_t now_ms)
{
	return (g->state == GRANT_ISSUED || g->state == GRANT_APPROVED) &&
	       (g->ends_ms == 0 || now_ms < g->ends_ms);
}

static const char *words_of(const struct grant_row *g, int64_t now_ms)
{
	switch (g->state) {
	case GRANT_PROCESSING:
	case GRANT_PENDING:
		return WORDS("not answered");
	case GRANT_APPROVED:
		return WORDS("accepted, not used yet");
	case GRANT_ISSUED:
		return is_live(g, now_ms) ? WORDS("connected") : WORDS("ended");
	case GRANT_REJECTED:
		return WORDS("declined");
	case GRANT_REVOKED:
		return WORDS("revoked");
	case GRANT_EXPIRED:
		return WORDS("not answered in time");
	}
	return "";
}

static json_t *grant_json(struct http_request *rq, const struct grant_row *g)
{
	int64_t now_ms = http_wall_ms(rq);
	bool live = is_live(g, now_ms);
	char id[ID_TEXT_SIZE];

	id_format(&g->id, id);
	return json_pack("{s:s,s:o,s:o,s:s+,s:o,s:s,s:s,s:s,s:b,s:s,s:s,s:o,s:o,s:o,s:o}", "id", id,
	        "idCopied", show_copied(id, words(rq, "the id")), "clientCopied",
	        show_copied(g->client, words(rq, "the client's address")), "href", PATH "/", id,
	        "host", consent_host(g->client), "client", g->client, "clientName", g->client_name,
	        "words", words(rq, words_of(g, now_ms)), "isLive", (int)live, "badge",
	        live ? "good" : "", "subject", g->subject, "created", show_time(rq, g->created_ms),
	        "changed", show_time(rq, g->changed_ms), "ends", show_time(rq, g->ends_ms), "items",
	        items_json(rq, g));
}

/* ---- all of them ---- */

static const char *older_link(
        struct http_request *rq, const struct wallet_row *w, const struct id *last)
{
	char id[ID_TEXT_SIZE];
	const struct http_pair pairs[] = {{"wallet", w->name}, {"after", id}};

	id_format(last, id);
	return link_make(rq, PATH, pairs, sizeof(pairs) / sizeof(pairs[0]));
}

/* What its holder has agreed to, newest first. */
static json_t *wallet_json(
        struct http_request *rq, const struct wallet_row *w, const struct id *after)
{
	const struct node_loop *l = http_app(rq);
	const struct grant_filter filter = {.wallet = w->account};
	const struct page page = {*after, GRANTS_PAGE};
	struct grant_row *rows;
	size_t count;
	bool more;
	json_t *grants;

	http_allow_rows(rq, GRANTS_PAGE);
	if (store_grant_list(l->reader, &rq->arena, &filter, &page, &rows, &count, &more))
		return NULL;
	grants = json_array();
	for (size_t i = 0; i < count; i++) {
		if (json_array_append_new(grants, grant_json(rq, &rows[i]))) {
			json_decref(grants);
			return NULL;
		}
	}
	return json_pack("{s:s,s:o,s:s}", "name", w->name, "grants", grants, "older",
	        more ? older_link(rq, w, &rows[count - 1].id) : "");
}

enum http_next apps_get(struct http_request *rq)
{
	const char *name = http_query(rq, "wallet"), *after = http_query(rq, "after");
	const struct wallet_row *only = NULL;
	struct id place = {{0}};
	json_t *wallets, *view;
	struct holder h;

	if (holder_read(rq, &h))
		return HTTP_DONE;
	if (name) {
		only = holder_wallet_named(&h, name);
		if (!only || (after && id_parse(after, strlen(after), &place)))
			return page_fail(rq, RESULT_THEIRS_NOT_FOUND);
	}
	wallets = json_array();
	for (size_t i = 0; i < h.count; i++) {
		if (only && only != &h.wallets[i])
			continue;
		if (json_array_append_new(wallets, wallet_json(rq, &h.wallets[i], &place))) {
			json_decref(wallets);
			return page_fail(rq, RESULT_OURS_STORE);
		}
	}
	view = holder_view(rq, &h, HOLDER_APPS, "Connected apps");
	set(view, "wallets", wallets);
	return page_reply(rq, 200, "apps", view, NULL);
}

/* ---- one of them ---- */

/* Of the path, where the holder agreed to it. Errors: THEIRS_NOT_FOUND, and those of a read. */
static enum result find(struct http_request *rq, const struct holder *h, struct grant_row *out)
{
	const struct node_loop *l = http_app(rq);
	struct id id;
	enum result r = RESULT_THEIRS_NOT_FOUND;

	if (holder_path_id(rq, "id", &id))
		r = store_grant_get(l->reader, &rq->arena, &id, out);
	if (!r && (!out->wallet || !holder_wallet_of(h, out->wallet)))
		r = RESULT_THEIRS_NOT_FOUND;
	return r;
}

/* *last: the account of the last one, for the next page. NULL: no memory, or a failed read. */
static json_t *payments_json(struct http_request *rq, const struct holder *h, int64_t grant,
        account_id before, account_id *last)
{
	const struct node_loop *l = http_app(rq);
	json_t *list = json_array();
	struct id ids[APP_PAGE + 1];
	struct arena memory;
	struct activity p;
	size_t count;
	enum result r = store_grant_payments(l->reader, grant, before, APP_PAGE + 1, ids, &count);

	*last = 0;
	for (size_t i = 0; !r && i < count && i < APP_PAGE; i++) {
		arena_init(&memory, ROW_BYTES);
		r = activity_find(rq, h, &memory, &ids[i], &p);
		if (!r && json_array_append_new(list, activity_row(rq, &p)))
			r = RESULT_OURS_MEMORY;
		if (!r && count > APP_PAGE)
			*last = p.out.account;
		arena_clear(&memory);
		/* A wallet that was closed since has no pages. */
		if (r == RESULT_THEIRS_NOT_FOUND)
			r = RESULT_OK;
	}
	if (r) {
		json_decref(list);
		return NULL;
	}
	return list;
}

enum http_next app_get(struct http_request *rq)
{
	const char *before = http_query(rq, "before");
	struct grant_row g;
	account_id last;
	uint64_t place = 0;
	struct holder h;
	json_t *view, *payments;
	enum result r;

	if (holder_read(rq, &h))
		return HTTP_DONE;
	r = find(rq, &h, &g);
	if (!r && before)
		r = text_parse_u64(before, INT64_MAX, &place);
	if (r)
		return page_fail(rq, r);
	payments = payments_json(rq, &h, g.key, (account_id)place, &last);
	if (!payments)
		return page_fail(rq, RESULT_OURS_STORE);
	view = holder_view(rq, &h, HOLDER_APPS, "Connected app");
	set(view, "grant", grant_json(rq, &g));
	set(view, "hasPaid", json_boolean(json_array_size(payments) > 0));
	set(view, "payments", payments);
	if (last)
		set(view, "older", json_sprintf("?before=%lld", (long long)last));
	if (!json_object_get(view, "grant")) {
		json_decref(view);
		return page_fail(rq, RESULT_OURS_STORE);
	}
	return page_reply(rq, 200, "app", view, NULL);
}

/* ---- the end ---- */

struct revoke {
	struct holder_change change;
	struct holder holder;
	struct grant_row grant;
};

static enum result revoke_apply(struct holder_change *c, struct batch *b)
{
	return batch_grant_revoke(b, &OWNER_OF(c, struct revoke, change)->grant.id, NULL);
}

static enum http_next revoked(struct http_request *rq)
{
	struct revoke *v = OWNER_OF((struct holder_change *)rq->state, struct revoke, change);
	enum result r = v->change.op.result;
	char id[ID_TEXT_SIZE];

	if (r == RESULT_THEIRS_UNAUTHORIZED)
		return page_see(rq, "/wallet/login");
	if (r)
		return page_fail(rq, r);
	id_format(&v->grant.id, id);
	return page_see(rq, arena_printf(&rq->arena, PATH "/%s", id));
}

enum http_next app_revoke(struct http_request *rq)
{
	struct revoke *v = arena_alloc(&rq->arena, sizeof(*v));
	struct page_form form;
	enum result r;

	if (!v)
		return page_fail(rq, RESULT_OURS_MEMORY);
	if (holder_form(rq, &v->holder, &form))
		return HTTP_DONE;
	r = find(rq, &v->holder, &v->grant);
	if (r)
		return page_fail(rq, r);
	v->change.apply = revoke_apply;
	return holder_submit(rq, &v->holder, &v->change, revoked);
}
