/* fee: the fees of an asset's payments, in versions that are only ever added to. */
#include <stdio.h>

#include "admin/change.h"
#include "admin/page.h"
#include "admin/resource.h"
#include "admin/row.h"
#include "base/text.h"
#include "base/words.h"
#include "store/fee.h"

#define VERSION_TEXT 24

static json_t *fee_json(const struct fee_row *f, const struct asset_row *asset)
{
	return json_pack("{s:I, s:s, s:o, s:i, s:o}", "version", (json_int_t)f->version, "type",
	        fee_side_name(f->side), "fixed", admin_amount(f->fixed, asset), "basisPoints",
	        (int)f->bps, "createdAt", admin_time(f->created_ms));
}

enum http_next admin_fee_list(struct http_request *rq)
{
	const struct asset_row *asset = admin_asset_of_path(rq);
	const struct node_loop *l = http_app(rq);
	char next[VERSION_TEXT];
	struct admin_page page;
	uint64_t below = INT64_MAX;
	struct fee_row *rows;
	json_t *items;
	size_t count;
	bool more;
	enum result r;

	if (!asset || admin_page_read(rq, &page))
		return HTTP_DONE;
	if (page.cursor && text_parse_u64(page.cursor, INT64_MAX, &below))
		return admin_page_refuse_cursor(rq);
	r = store_fee_list(
	        l->reader, &rq->arena, asset->id, (int64_t)below, page.limit, &rows, &count, &more);
	if (r)
		return admin_refuse_by(rq, r, NULL);
	items = json_array();
	for (size_t i = 0; !r && i < count; i++)
		r = admin_page_add(items, fee_json(&rows[i], asset));
	if (more)
		(void)snprintf(next, sizeof(next), "%lld", (long long)rows[count - 1].version);
	return admin_page_items(rq, r, items, more ? next : NULL);
}

struct fee_add {
	struct admin_change change;
	struct asset_row asset;
	enum fee_side side;
	uint64_t fixed;
	uint64_t bps;
};

static enum result add_apply(struct admin_change *c, struct batch *b, json_t **answer)
{
	const struct fee_add *f = OWNER_OF(c, struct fee_add, change);
	struct fee_row row;
	enum result r = batch_fee_set(b, f->asset.id, f->side, f->fixed, (unsigned)f->bps, &row);

	if (!r)
		*answer = fee_json(&row, &f->asset);
	return r;
}

enum http_next admin_fee_add(struct http_request *rq)
{
	const struct asset_row *asset = admin_asset_of_path(rq);
	const char *type = NULL;
	json_t *fixed = NULL;
	uint64_t bps = 0;
	const struct json_member members[] = {
	        {"type", JSON_TO_STRING, &type, .required = true},
	        {"fixed", JSON_TO_OBJECT, &fixed, .required = false},
	        {"basisPoints", JSON_TO_UINT, &bps, .max = BPS_ONE - 1},
	};
	struct fee_add *f;

	if (!asset || http_json_read(rq, false, members, sizeof(members) / sizeof(members[0]),
	                      JSON_SPEC_STRICT))
		return HTTP_DONE;
	f = admin_change_new(rq, sizeof(*f), ADMIN_KEY_OPTIONAL);
	if (!f)
		return HTTP_DONE;
	if (fee_side_parse(type, &f->side))
		return admin_refuse(rq, RESULT_THEIRS_MALFORMED, "type",
		        WORDS("\"type\" must be \"sending\" or \"receiving\""));
	f->asset = *asset;
	f->bps = bps;
	if (admin_amount_read(rq, fixed, "fixed", asset, &f->fixed))
		return HTTP_DONE;
	f->change.apply = add_apply;
	f->change.committed = admin_change_reload;
	return admin_change_submit(&f->change);
}
