/* Limits of liquidity: set by the operator, looked at when an account's balance is written. */
#include "model/liquidity.h"

#include <string.h>

#include "store/batch_core.h"
#include "store/event_json.h"

static const char *const sides[] = {
        [LIQUIDITY_FINE] = "", [LIQUIDITY_LOW] = "LOW", [LIQUIDITY_HIGH] = "HIGH"};

static enum result limits_get(struct batch *b, account_id account, struct liquidity_limits *limits,
        enum liquidity_side *told)
{
	struct query q;

	*limits = (struct liquidity_limits){0, 0};
	*told = LIQUIDITY_FINE;
	batch_query(b, &q, STMT_LIQUIDITY_GET);
	query_put_int(&q, account);
	if (query_row(&q)) {
		struct bytes side;

		limits->low = query_u64(&q);
		limits->high = query_u64(&q);
		side = query_bytes(&q);
		for (size_t i = 0; i < sizeof(sides) / sizeof(sides[0]); i++)
			if (bytes_eq_str(side, sides[i]))
				*told = (enum liquidity_side)i;
	}
	return query_end(&q);
}

/* ---- setting ---- */

enum result batch_liquidity_set(
        struct batch *b, account_id account, const uint64_t *low, const uint64_t *high)
{
	struct liquidity_limits limits;
	struct work_account *w;
	enum liquidity_side told;
	struct query q;
	enum result r = batch_account(b, account, &w);

	if (!r)
		r = limits_get(b, account, &limits, &told);
	if (r)
		return r;
	if (low)
		limits.low = *low;
	if (high)
		limits.high = *high;
	if (limits.low > AMOUNT_MAX || limits.high > AMOUNT_MAX ||
	        (limits.high && limits.low >= limits.high))
		return RESULT_THEIRS_BAD_AMOUNT;
	w->dirty = true; /* the present balance may be told at once */
	b->changes++;
	if (!limits.low && !limits.high)
		return batch_liquidity_forget(b, account);
	batch_query(b, &q, STMT_LIQUIDITY_SET);
	query_put_int(&q, account);
	query_put_u64(&q, limits.low);
	query_put_u64(&q, limits.high);
	return query_run(&q);
}

enum result batch_liquidity_forget(struct batch *b, account_id account)
{
	struct query q;

	batch_query(b, &q, STMT_LIQUIDITY_FORGET);
	query_put_int(&q, account);
	return query_run(&q);
}

/* ---- telling ---- */

enum result batch_peer_names(struct batch *b, account_id peer, struct id *id, const char **name)
{
	struct query q;
	bool found;
	enum result r;

	batch_query(b, &q, STMT_PEER_OF_ACCOUNT);
	query_put_int(&q, peer);
	found = query_row(&q);
	if (found) {
		query_blob(&q, id->b, sizeof(id->b));
		*name = query_text(&q, &b->arena);
	}
	r = query_end(&q);
	return r ? r : found ? RESULT_OK : RESULT_OURS_BUG;
}

static enum result announce(
        struct batch *b, const struct account *a, enum liquidity_side side, uint64_t limit)
{
	bool low = side == LIQUIDITY_LOW, peer = a->kind == ACCOUNT_PEER;
	enum event_type type =
	        low ? EVENT_TYPE_ASSET_LIQUIDITY_LOW : EVENT_TYPE_ASSET_LIQUIDITY_HIGH;
	const struct asset_row *asset;
	const char *name = NULL;
	struct id id, asset_uuid;
	json_t *data;
	enum result r = batch_asset(b, a->asset, &asset);

	if (r)
		return r;
	asset_row_id(asset, &asset_uuid);
	id = asset_uuid;
	if (peer) {
		type = low ? EVENT_TYPE_PEER_LIQUIDITY_LOW : EVENT_TYPE_PEER_LIQUIDITY_HIGH;
		r = batch_peer_names(b, a->id, &id, &name);
	}
	if (r)
		return r;
	data = json_pack("{s:o, s:{s:o, s:s, s:i}, s:o, s:o}", "id", event_id(&id), "asset", "id",
	        event_id(&asset_uuid), "code", asset->code, "scale", (int)asset->scale,
	        "liquidityThreshold", event_amount(limit, asset->code, asset->scale), "balance",
	        event_amount(liquidity_of(a), asset->code, asset->scale));
	if (data && peer && json_object_set_new(data, "name", json_string(name))) {
		json_decref(data);
		return RESULT_OURS_MEMORY;
	}
	return event_write(b, type, &id, data);
}

enum result batch_liquidity_check(struct batch *b, const struct account *a)
{
	struct liquidity_limits limits;
	enum liquidity_side told, side;
	struct query q;
	enum result r;

	if (a->closed || (a->kind != ACCOUNT_ASSET_POOL && a->kind != ACCOUNT_PEER))
		return RESULT_OK;
	r = limits_get(b, a->id, &limits, &told);
	if (r)
		return r;
	side = liquidity_side(&limits, told, liquidity_of(a));
	if (side == told)
		return RESULT_OK;
	batch_query(b, &q, STMT_LIQUIDITY_TELL);
	query_put_int(&q, a->id);
	query_put_text(&q, sides[side]);
	r = query_run(&q);
	if (r || side == LIQUIDITY_FINE)
		return r;
	return announce(b, a, side, side == LIQUIDITY_LOW ? limits.low : limits.high);
}
