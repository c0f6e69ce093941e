/* doubt: amounts that a crash or a lost answer left in doubt, and where they go in the end. */
#include <string.h>

#include "admin/change.h"
#include "admin/page.h"
#include "admin/resource.h"
#include "admin/row.h"
#include "base/words.h"

static json_t *doubt_json(const struct doubt_row *d, const struct asset_row *asset)
{
	return json_pack("{s:o, s:s?, s:o, s:s, s:o, s:o}", "id", admin_id(&d->id), "peer",
	        d->peer_name, "payment",
	        id_is_zero(&d->payment) ? json_null() : admin_id(&d->payment), "direction",
	        doubt_direction_name(d->direction), "amount", admin_amount(d->amount, asset),
	        "since", admin_time(d->since_ms));
}

enum http_next admin_doubt_list(struct http_request *rq)
{
	struct node_loop *loop = http_app(rq);
	struct doubt_row *rows;
	struct page page;
	size_t count;
	bool more;
	json_t *items;
	enum result r;

	if (admin_page_read_ids(rq, &page))
		return HTTP_DONE;
	r = store_doubt_list(loop->reader, &rq->arena, true, &page, &rows, &count, &more);
	if (r)
		return admin_refuse_by(rq, r, NULL);
	items = json_array();
	for (size_t i = 0; !r && i < count; i++) {
		const struct asset_row *asset = snapshot_asset(node_snapshot(loop), rows[i].asset);

		r = admin_page_add(items, asset ? doubt_json(&rows[i], asset) : NULL);
	}
	return admin_page_ids(rq, r, items, more, count ? &rows[count - 1].id : NULL);
}

/* ---- release ---- */

struct doubt_release {
	struct admin_change change;
	struct doubt_row doubt;
	struct asset_row asset;
	const char *to;
	enum doubt_end end;
};

static enum result release_apply(struct admin_change *c, struct batch *b, json_t **answer)
{
	const struct doubt_release *d = OWNER_OF(c, struct doubt_release, change);
	enum result r = batch_doubt_release(b, &d->doubt.id, d->end);

	if (r)
		return r;
	*answer = doubt_json(&d->doubt, &d->asset);
	if (json_object_set_new(*answer, "releasedTo", json_string(d->to)) ||
	        json_object_set_new(*answer, "releasedAt", admin_time(batch_now(b)))) {
		json_decref(*answer);
		*answer = NULL;
	}
	return RESULT_OK;
}

static enum result find_doubt(struct http_request *rq, struct doubt_release *d)
{
	struct node_loop *loop = http_app(rq);
	const struct asset_row *asset;
	struct id id;
	enum result r = admin_path_id(rq, &id);

	if (!r)
		r = store_doubt_get(loop->reader, &rq->arena, &id, &d->doubt);
	if (r)
		return r;
	asset = snapshot_asset(node_snapshot(loop), d->doubt.asset);
	if (!asset)
		return RESULT_OURS_BUG;
	d->asset = *asset;
	return RESULT_OK;
}

enum http_next admin_doubt_release(struct http_request *rq)
{
	static const struct admin_refusal refusals[] = {
	        {RESULT_THEIRS_NOT_FOUND, NULL, WORDS("there is no such amount in doubt")},
	        {RESULT_THEIRS_STATE, NULL,
	                WORDS("it was released before, or its payment still sends")},
	        {RESULT_THEIRS_INSUFFICIENT, NULL, WORDS("the pool has too little to exchange it")},
	        {RESULT_OK, NULL, NULL},
	};
	const char *to = NULL;
	const struct json_member members[] = {
	        {"to", JSON_TO_STRING, &to, .required = true},
	};
	struct doubt_release *d;
	enum result r;

	if (http_json_read(rq, false, members, 1, JSON_SPEC_STRICT))
		return HTTP_DONE;
	if (strcmp(to, "payer") != 0 && strcmp(to, "peer") != 0)
		return admin_refuse(rq, RESULT_THEIRS_MALFORMED, "to",
		        WORDS("\"to\" must be \"payer\" or \"peer\""));
	d = admin_change_new(rq, sizeof(*d), ADMIN_KEY_REQUIRED);
	if (!d)
		return HTTP_DONE;
	r = find_doubt(rq, d);
	if (r)
		return admin_refuse_by(rq, r, refusals);
	d->to = to;
	d->end = strcmp(to, "payer") == 0 ? DOUBT_TO_PAYER : DOUBT_TO_PEER;
	d->change.status = 200;
	d->change.apply = release_apply;
	d->change.refusals = refusals;
	return admin_change_submit(&d->change);
}
