/* The fees of assets and their versions. */
#include "store/fee.h"

#include <string.h>

#include "store/batch_core.h"

static const char *const names[FEE_SIDES] = {
        [FEE_SENDING] = "sending", [FEE_RECEIVING] = "receiving"};

const char *fee_side_name(enum fee_side s)
{
	return names[s];
}

enum result fee_side_parse(const char *name, enum fee_side *out)
{
	for (unsigned i = 0; i < FEE_SIDES; i++)
		if (strcmp(names[i], name) == 0) {
			*out = (enum fee_side)i;
			return RESULT_OK;
		}
	return RESULT_THEIRS_MALFORMED;
}

static void row_fee(struct query *q, struct fee_row *out)
{
	char side[16];

	out->version = query_int(q);
	query_text_into(q, side, sizeof(side));
	if (fee_side_parse(side, &out->side) && !q->failed)
		q->failed = RESULT_OURS_STORE;
	out->fixed = query_u64(q);
	out->bps = (unsigned)query_int(q);
	out->created_ms = query_int(q);
}

enum result store_fee_list(struct reader *r, struct arena *a, asset_id asset, int64_t below,
        size_t limit, struct fee_row **out, size_t *count, bool *more)
{
	struct query q;

	*count = 0;
	*out = arena_alloc(a, limit * sizeof(**out));
	if (!*out)
		return RESULT_OURS_MEMORY;
	query_start(&q, r->db, STMT_ASSET_FEE_LIST);
	query_put_int(&q, asset);
	query_put_int(&q, below);
	query_put_int(&q, (int64_t)limit + 1);
	while (*count < limit && query_row(&q))
		row_fee(&q, &(*out)[(*count)++]);
	*more = *count == limit && query_row(&q);
	return query_end(&q);
}

/* ---- changes ---- */

/* The newest version; version 0 where there is none. */
static enum result newest(struct batch *b, asset_id asset, enum fee_side side, struct fee_row *out)
{
	struct query q;

	*out = (struct fee_row){.side = side};
	batch_query(b, &q, STMT_ASSET_FEE_NEWEST);
	query_put_int(&q, asset);
	query_put_text(&q, names[side]);
	if (query_row(&q))
		row_fee(&q, out);
	return query_end(&q);
}

/* In the asset's own row, where the hot paths find it. */
static enum result write_asset(
        struct batch *b, struct asset_row *asset, enum fee_side side, uint64_t fixed, unsigned bps)
{
	struct query q;

	switch (side) {
	case FEE_SENDING:
		asset->fee_fixed = fixed;
		asset->fee_bps = bps;
		batch_query(b, &q, STMT_ASSET_SET_FEE);
		break;
	case FEE_RECEIVING:
		asset->receive_fee_fixed = fixed;
		asset->receive_fee_bps = bps;
		batch_query(b, &q, STMT_ASSET_SET_RECEIVE_FEE);
		break;
	case FEE_SIDES:
		return RESULT_OURS_BUG;
	}
	query_put_int(&q, asset->id);
	query_put_u64(&q, fixed);
	query_put_int(&q, bps);
	return query_run(&q);
}

enum result batch_fee_set(struct batch *b, asset_id asset, enum fee_side side, uint64_t fixed,
        unsigned bps, struct fee_row *out)
{
	const struct asset_row *row;
	struct work_asset *cached;
	struct query q;
	enum result r = batch_asset(b, asset, &row);

	if (r)
		return r;
	if (fixed > AMOUNT_MAX || bps >= BPS_ONE)
		return RESULT_THEIRS_BAD_AMOUNT;
	r = newest(b, asset, side, out);
	if (r || (out->fixed == fixed && out->bps == bps))
		return r;
	batch_query(b, &q, STMT_ASSET_FEE_INSERT);
	query_put_int(&q, asset);
	query_put_text(&q, names[side]);
	query_put_u64(&q, fixed);
	query_put_int(&q, bps);
	query_put_int(&q, b->now_ms);
	b->changes++;
	r = query_run(&q);
	if (r)
		return r;
	cached = batch_find(b, WORK_ASSET, asset, 0);
	r = write_asset(b, &cached->row, side, fixed, bps);
	return r ? r : newest(b, asset, side, out);
}
