/* asset: what money is made of here, the fees of payments in both directions, and the liquidity for
 * exchange. */
#include <string.h>

#include "admin/change.h"
#include "admin/page.h"
#include "admin/resource.h"
#include "admin/row.h"
#include "base/text.h"
#include "base/words.h"
#include "model/quote.h"
#include "store/fee.h"

/* ---- reading ---- */

struct asset_list {
	struct node_loop *loop;
	const struct snapshot *snapshot;
};

static json_t *asset_now(struct node_loop *loop, const struct asset_row *asset)
{
	struct account pool;

	if (store_account_get(loop->reader, asset->pool, &pool))
		return NULL;
	return admin_asset_json(asset, &pool);
}

static const char *list_key(void *arg, size_t i)
{
	const struct asset_list *l = arg;

	return l->snapshot->assets[i].code;
}

static json_t *list_item(void *arg, size_t i)
{
	const struct asset_list *l = arg;

	return asset_now(l->loop, &l->snapshot->assets[i]);
}

enum http_next admin_asset_list(struct http_request *rq)
{
	struct asset_list l = {http_app(rq), node_snapshot(http_app(rq))};
	const struct admin_list list = {l.snapshot->asset_count, list_key, list_item, &l};

	return admin_page_reply(rq, &list);
}

enum http_next admin_asset_get(struct http_request *rq)
{
	const struct asset_row *asset = admin_asset_of_path(rq);

	return asset ? http_reply_json(rq, 200, asset_now(http_app(rq), asset)) : HTTP_DONE;
}

/* ---- adding, and setting the fee ---- */

struct asset_change {
	struct admin_change change;
	struct asset_row asset; /* as it is to be, where a body names it: */
	bool sending, receiving, withdrawal, low, high;
};

/* The members of a request that set fees, and when the host is to take money out; a body that names
 * none leaves them as they are. */
struct fee_members {
	json_t *fixed, *receive_fixed, *withdrawal;
	uint64_t bps, receive_bps; /* UNNAMED */
};
#define UNNAMED UINT64_MAX
#define FEES_NEW                                                                                   \
	{                                                                                          \
		.bps = UNNAMED, .receive_bps = UNNAMED                                             \
	}

#define FEE_MEMBERS(f)                                                                             \
	{"feeFixed", JSON_TO_OBJECT, &(f)->fixed, .required = false},                              \
	        {"feeBps", JSON_TO_UINT, &(f)->bps, .max = BPS_ONE - 1},                           \
	        {"receiveFeeFixed", JSON_TO_OBJECT, &(f)->receive_fixed, .required = false},       \
	        {"withdrawalThreshold", JSON_TO_OBJECT, &(f)->withdrawal, .required = false},      \
	{                                                                                          \
		"receiveFeeBps", JSON_TO_UINT, &(f)->receive_bps, .max = BPS_ONE - 1               \
	}

/* False: the reply is set. */
static bool take_fees(struct http_request *rq, const struct fee_members *f, struct asset_change *c)
{
	struct asset_row *asset = &c->asset;

	if (f->bps != UNNAMED)
		asset->fee_bps = (unsigned)f->bps;
	if (f->receive_bps != UNNAMED)
		asset->receive_fee_bps = (unsigned)f->receive_bps;
	c->sending = f->fixed || f->bps != UNNAMED;
	c->receiving = f->receive_fixed || f->receive_bps != UNNAMED;
	c->withdrawal = f->withdrawal != NULL;
	return !admin_amount_read(rq, f->fixed, "feeFixed", asset, &asset->fee_fixed) &&
	       !admin_amount_read(
	               rq, f->receive_fixed, "receiveFeeFixed", asset, &asset->receive_fee_fixed) &&
	       !admin_amount_read(rq, f->withdrawal, "withdrawalThreshold", asset,
	               &asset->withdrawal_threshold);
}

/* What was not named may be what another request sets meanwhile. */
static enum result set_named(struct batch *b, const struct asset_change *c)
{
	const struct asset_row *asset = &c->asset;
	struct fee_row fee;
	enum result r = RESULT_OK;

	if (c->sending)
		r = batch_fee_set(
		        b, asset->id, FEE_SENDING, asset->fee_fixed, asset->fee_bps, &fee);
	if (!r && c->receiving)
		r = batch_fee_set(b, asset->id, FEE_RECEIVING, asset->receive_fee_fixed,
		        asset->receive_fee_bps, &fee);
	if (!r && (c->low || c->high))
		r = batch_asset_set_liquidity(b, asset->id, c->low ? &asset->liquidity.low : NULL,
		        c->high ? &asset->liquidity.high : NULL);
	if (!r && c->withdrawal)
		r = batch_asset_set_withdrawal(b, asset->id, asset->withdrawal_threshold);
	return r;
}

/* False: the reply is set. */
static bool take_named(struct http_request *rq, const struct fee_members *fees,
        const struct admin_limits_in *limits, struct asset_change *c)
{
	c->low = limits->low != NULL;
	c->high = limits->high != NULL;
	return take_fees(rq, fees, c) &&
	       !admin_limits_read(rq, limits, &c->asset, &c->asset.liquidity);
}

static enum result add_apply(struct admin_change *c, struct batch *b, json_t **answer)
{
	struct asset_change *new = OWNER_OF(c, struct asset_change, change);
	struct asset_row *asset = &new->asset;
	const struct account empty = {0};
	enum result r = batch_asset_add(b, asset->code, asset->scale, &asset->id);

	if (!r)
		r = set_named(b, new);
	if (!r)
		*answer = admin_asset_json(asset, &empty);
	return r;
}

enum http_next admin_asset_add(struct http_request *rq)
{
	static const struct admin_refusal refusals[] = {
	        {RESULT_THEIRS_CONFLICT, "code", WORDS("there is an asset with this code")},
	        {RESULT_THEIRS_BAD_ASSET, "code", WORDS("a code has 1 to 12 letters or digits")},
	        {RESULT_OK, NULL, NULL},
	};
	const char *code = NULL;
	uint64_t scale = 0;
	struct fee_members fees = FEES_NEW;
	struct admin_limits_in limits = {NULL, NULL};
	const struct json_member members[] = {
	        {"code", JSON_TO_STRING, &code, .required = true, .min = 1, .max = ASSET_CODE_MAX},
	        {"scale", JSON_TO_UINT, &scale, .required = true, .max = ASSET_SCALE_MAX},
	        FEE_MEMBERS(&fees),
	        ADMIN_LIMIT_MEMBERS(limits),
	};
	struct asset_change *c;

	if (http_json_read(
	            rq, false, members, sizeof(members) / sizeof(members[0]), JSON_SPEC_STRICT))
		return HTTP_DONE;
	c = admin_change_new(rq, sizeof(*c), ADMIN_KEY_OPTIONAL);
	if (!c)
		return HTTP_DONE;
	(void)!text_copy(c->asset.code, sizeof(c->asset.code), code);
	c->asset.scale = (unsigned)scale;
	if (!take_named(rq, &fees, &limits, c))
		return HTTP_DONE;
	c->change.apply = add_apply;
	c->change.committed = admin_change_reload;
	c->change.refusals = refusals;
	return admin_change_submit(&c->change);
}

static enum result set_apply(struct admin_change *c, struct batch *b, json_t **answer)
{
	(void)answer;
	return set_named(b, OWNER_OF(c, struct asset_change, change));
}

enum http_next admin_asset_set(struct http_request *rq)
{
	const struct asset_row *asset = admin_asset_of_path(rq);
	struct fee_members fees = FEES_NEW;
	struct admin_limits_in limits = {NULL, NULL};
	const struct json_member members[] = {
	        FEE_MEMBERS(&fees),
	        ADMIN_LIMIT_MEMBERS(limits),
	};
	struct asset_change *c;

	if (!asset || http_json_read(rq, false, members, sizeof(members) / sizeof(members[0]),
	                      JSON_SPEC_STRICT))
		return HTTP_DONE;
	c = admin_change_new(rq, sizeof(*c), ADMIN_KEY_NONE);
	if (!c)
		return HTTP_DONE;
	c->asset = *asset;
	if (!take_named(rq, &fees, &limits, c))
		return HTTP_DONE;
	c->change.apply = set_apply;
	c->change.committed = admin_change_reload;
	c->change.then = admin_asset_get;
	return admin_change_submit(&c->change);
}

/* ---- liquidity ---- */

struct asset_deposit {
	struct admin_change change;
	struct asset_row asset;
	uint64_t amount;
};

static enum result deposit_apply(struct admin_change *c, struct batch *b, json_t **answer)
{
	const struct asset_deposit *d = OWNER_OF(c, struct asset_deposit, change);
	const struct movement m = {
	        .id = c->id,
	        .kind = MOVEMENT_LIQUIDITY,
	        .account = d->asset.pool,
	        .amount = d->amount,
	};
	struct account pool;
	bool repeated;
	enum result r = batch_move(b, &m, &repeated);

	if (!r)
		r = batch_account_get(b, d->asset.pool, &pool);
	if (!r)
		*answer = json_pack("{s:o, s:o, s:o}", "id", admin_id(&c->id), "amount",
		        admin_amount(d->amount, &d->asset), "asset",
		        admin_asset_json(&d->asset, &pool));
	return r;
}

enum http_next admin_asset_deposit(struct http_request *rq)
{
	const struct asset_row *asset = admin_asset_of_path(rq);
	json_t *amount = NULL;
	const struct json_member members[] = {
	        {"amount", JSON_TO_OBJECT, &amount, .required = true},
	};
	struct asset_deposit *d;

	if (!asset || http_json_read(rq, false, members, 1, JSON_SPEC_STRICT))
		return HTTP_DONE;
	d = admin_change_new(rq, sizeof(*d), ADMIN_KEY_REQUIRED);
	if (!d || admin_amount_read(rq, amount, "amount", asset, &d->amount))
		return HTTP_DONE;
	d->asset = *asset;
	d->change.apply = deposit_apply;
	d->change.refusals = admin_move_refusals;
	return admin_change_submit(&d->change);
}
