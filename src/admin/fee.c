/* fee: the fees of an asset's payments, in versions that are only ever added to; what payments cost
 * by them. */
#include <stdio.h>

#include "admin/change.h"
#include "admin/page.h"
#include "admin/resource.h"
#include "admin/row.h"
#include "base/text.h"
#include "base/words.h"
#include "model/incoming_payment.h"
#include "model/quote.h"
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

/* ---- what payments cost ---- */

#define EXAMPLES 16 /* 1, 2, 5, 10 ... 100000 times the first */

/* A fee of an amount, and its part of it. */
static void put_example(json_t *item, const char *side, bool possible, uint64_t fee, uint64_t units,
        const struct asset_row *asset)
{
	json_t *value = json_pack("{s:o, s:I}", "amount", admin_amount(fee, asset), "basisPoints",
	        (json_int_t)mul_div_floor(fee, BPS_ONE, units));

	if (!possible) {
		json_decref(value);
		value = json_null();
	}
	(void)json_object_set_new(item, side, value);
}

/* As quotes and incoming payments are charged now. */
static json_t *example_json(const struct asset_row *asset, uint64_t units)
{
	const struct quote_fee sending = {asset->fee_fixed, asset->fee_bps};
	const struct incoming_terms receiving = {.received = units,
	        .fee_fixed = asset->receive_fee_fixed,
	        .fee_bps = asset->receive_fee_bps};
	json_t *item = json_pack("{s:o}", "amount", admin_amount(units, asset));
	uint64_t fee = 0;
	bool possible = quote_fee_of_debit(&sending, units, &fee) == RESULT_OK;

	put_example(item, fee_side_name(FEE_SENDING), possible, fee, units, asset);
	put_example(
	        item, fee_side_name(FEE_RECEIVING), true, incoming_fee(&receiving), units, asset);
	return item;
}

/* The power of ten that is not above the larger fixed fee; without one a tenth of a major unit. */
static uint64_t first_example(const struct asset_row *asset)
{
	uint64_t most = asset->fee_fixed > asset->receive_fee_fixed ? asset->fee_fixed
	                                                            : asset->receive_fee_fixed;
	uint64_t first = 1;

	for (unsigned i = 1; most == 0 && i < asset->scale; i++)
		first *= 10;
	while (first <= most / 10)
		first *= 10;
	return first;
}

enum http_next admin_fee_examples(struct http_request *rq)
{
	static const uint64_t times[] = {1, 2, 5};
	const struct asset_row *asset = admin_asset_of_path(rq);
	json_t *items;
	uint64_t ten;
	enum result r = RESULT_OK;

	if (!asset)
		return HTTP_DONE;
	ten = first_example(asset);
	items = json_array();
	for (size_t i = 0; !r && i < EXAMPLES && ten <= AMOUNT_MAX / times[i % 3]; i++) {
		r = admin_page_add(items, example_json(asset, ten * times[i % 3]));
		if (i % 3 == 2 && ten > AMOUNT_MAX / 10)
			break;
		ten *= i % 3 == 2 ? 10 : 1;
	}
	return admin_page_items(rq, r, items, NULL);
}
