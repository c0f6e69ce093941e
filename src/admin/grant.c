/* grant: what clients may do, what they have spent, and the end of it. */
#include <string.h>

#include "admin/change.h"
#include "admin/page.h"
#include "admin/resource.h"
#include "admin/row.h"
#include "base/words.h"
#include "store/grant.h"

static const struct admin_refusal refusals[] = {
        {RESULT_THEIRS_NOT_FOUND, NULL, WORDS("there is no such grant")},
        {RESULT_OK, NULL, NULL},
};

/* Adds spentDebitAmount and spentReceiveAmount to an item: of the window of now. */
static enum result add_spent(
        struct http_request *rq, const struct grant_row *g, size_t position, json_t *item)
{
	struct node_loop *loop = http_app(rq);
	const struct asset_row *asset;
	struct asset_row receive = {0};
	struct grant_spent_row s;
	enum result r = store_grant_spent(loop->reader, g, position, http_wall_ms(rq), &s);

	if (r || !s.any)
		return r;
	asset = snapshot_asset(node_snapshot(loop), s.asset);
	if (!asset)
		return RESULT_OURS_BUG;
	memcpy(receive.code, s.receive_code, sizeof(receive.code));
	receive.scale = s.receive_scale;
	if (json_object_set_new(item, "spentDebitAmount", admin_amount(s.debit, asset)) ||
	        json_object_set_new(item, "spentReceiveAmount", admin_amount(s.receive, &receive)))
		return RESULT_OURS_MEMORY;
	return RESULT_OK;
}

static enum result item_json(
        struct http_request *rq, const struct grant_row *g, size_t position, json_t **out)
{
	enum result r = RESULT_OURS_MEMORY;

	*out = access_item_json(&g->access[position]);
	if (!*out)
		return r;
	if (json_object_set_new(*out, "spentDebitAmount", json_null()) ||
	        json_object_set_new(*out, "spentReceiveAmount", json_null()))
		goto out;
	r = add_spent(rq, g, position, *out);
	if (!r)
		return RESULT_OK;
out:
	json_decref(*out);
	return r;
}

static enum result access_json(struct http_request *rq, const struct grant_row *g, json_t **out)
{
	json_t *item;
	enum result r = RESULT_OK;

	*out = json_array();
	for (size_t i = 0; !r && i < g->access_count; i++) {
		r = item_json(rq, g, i, &item);
		if (!r && json_array_append_new(*out, item))
			r = RESULT_OURS_MEMORY;
	}
	if (r)
		json_decref(*out);
	return r;
}

static enum result grant_json(struct http_request *rq, const struct grant_row *g, json_t **out)
{
	struct admin_wallet wallet = {0};
	json_t *access;
	enum result r = RESULT_OK;

	if (g->wallet)
		r = admin_wallet_of_account(rq, g->wallet, &wallet);
	if (!r)
		r = access_json(rq, g, &access);
	if (r)
		return r;
	*out = json_pack("{s:o, s:s, s:o, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "id",
	        admin_id(&g->id), "client", g->client, "clientName", admin_text(g->client_name),
	        "state", grant_state_name(g->state), "reason",
	        admin_text(grant_reason_name(g->state)), "walletAddressId",
	        g->wallet ? admin_id(&wallet.row.id) : json_null(), "access", access, "subject",
	        admin_text(g->subject), "endsAt", admin_time(g->ends_ms), "createdAt",
	        admin_time(g->created_ms), "changedAt", admin_time(g->changed_ms));
	return *out ? RESULT_OK : RESULT_OURS_MEMORY;
}

static bool is_state(const char *state, const char *reason)
{
	for (unsigned i = 0; i < GRANT_STATES; i++) {
		const char *own = grant_reason_name((enum grant_state)i);

		if (state && strcmp(state, grant_state_name((enum grant_state)i)) != 0)
			continue;
		if (!reason || (own && strcmp(reason, own) == 0))
			return true;
	}
	return false;
}

/* On an error the reply is set. */
static enum result read_filter(struct http_request *rq, struct grant_filter *f)
{
	const char *name = http_query(rq, "walletAddress");
	struct admin_wallet wallet;
	enum result r;

	f->client = http_query(rq, "client");
	f->state = http_query(rq, "state");
	f->reason = http_query(rq, "reason");
	if (!is_state(f->state, f->reason)) {
		(void)admin_refuse(rq, RESULT_THEIRS_MALFORMED, f->reason ? "reason" : "state",
		        WORDS("a grant has no such state"));
		return RESULT_THEIRS_MALFORMED;
	}
	if (!name)
		return RESULT_OK;
	r = admin_wallet_named(rq, name, &wallet);
	if (!r)
		f->wallet = wallet.row.account;
	return r;
}

enum http_next admin_grant_list(struct http_request *rq)
{
	struct node_loop *loop = http_app(rq);
	struct grant_filter filter = {0};
	struct grant_row *rows;
	struct page page;
	size_t count;
	bool more;
	json_t *items, *item;
	enum result r;

	if (admin_page_read_ids(rq, &page) || read_filter(rq, &filter))
		return HTTP_DONE;
	r = store_grant_list(loop->reader, &rq->arena, &filter, &page, &rows, &count, &more);
	if (r)
		return admin_refuse_by(rq, r, NULL);
	items = json_array();
	for (size_t i = 0; !r && i < count; i++) {
		r = grant_json(rq, &rows[i], &item);
		if (!r)
			r = admin_page_add(items, item);
	}
	return admin_page_ids(rq, r, items, more, count ? &rows[count - 1].id : NULL);
}

enum http_next admin_grant_get(struct http_request *rq)
{
	const struct node_loop *loop = http_app(rq);
	struct grant_row row;
	struct id id;
	json_t *answer;
	enum result r = admin_path_id(rq, &id);

	if (!r)
		r = store_grant_get(loop->reader, &rq->arena, &id, &row);
	if (!r)
		r = grant_json(rq, &row, &answer);
	return r ? admin_refuse_by(rq, r, refusals) : http_reply_json(rq, 200, answer);
}

/* ---- the end ---- */

struct grant_revoke {
	struct admin_change change;
	struct id id;
};

static enum result revoke_apply(struct admin_change *c, struct batch *b, json_t **answer)
{
	*answer = NULL;
	return batch_grant_revoke(b, &OWNER_OF(c, struct grant_revoke, change)->id, NULL);
}

enum http_next admin_grant_revoke(struct http_request *rq)
{
	struct grant_revoke *g;

	if (http_json_read(rq, true, NULL, 0, JSON_SPEC_STRICT))
		return HTTP_DONE;
	/* To revoke again changes nothing more, so there is nothing to remember. */
	g = admin_change_new(rq, sizeof(*g), ADMIN_KEY_NONE);
	if (!g)
		return HTTP_DONE;
	if (admin_path_id(rq, &g->id))
		return admin_refuse_by(rq, RESULT_THEIRS_NOT_FOUND, refusals);
	g->change.status = 200;
	g->change.apply = revoke_apply;
	g->change.then = admin_grant_get;
	g->change.refusals = refusals;
	return admin_change_submit(&g->change);
}

/* ---- clients ---- */

enum http_next admin_client_list(struct http_request *rq)
{
	const struct node_loop *l = http_app(rq);
	struct client_row *rows;
	struct admin_page page;
	json_t *items;
	size_t count;
	bool more;
	enum result r;

	if (admin_page_read(rq, &page))
		return HTTP_DONE;
	if (page.limit > LIMIT_PAGE_SIZE)
		page.limit = LIMIT_PAGE_SIZE;
	r = store_client_list(l->reader, &rq->arena, page.cursor, page.limit, &rows, &count, &more);
	if (r)
		return admin_refuse_by(rq, r, NULL);
	items = json_array();
	for (size_t i = 0; !r && i < count; i++) {
		const struct client_row *c = &rows[i];

		r = admin_page_add(items,
		        json_pack("{s:s, s:o, s:I, s:I, s:o}", "client", c->client, "clientName",
		                admin_text(c->name), "grants", (json_int_t)c->grants, "issued",
		                (json_int_t)c->issued, "newestGrantAt", admin_time(c->newest_ms)));
	}
	return admin_page_items(rq, r, items, more ? rows[count - 1].client : NULL);
}
