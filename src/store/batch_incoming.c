/* Incoming payments: their rows, and what their transactions change. */
#include "store/incoming.h"

#include <string.h>

#include "base/text.h"
#include "store/batch_core.h"

enum result batch_incoming(struct batch *b, int64_t key, struct work_incoming **out)
{
	struct work_incoming *w = batch_find(b, WORK_INCOMING, key, 0);
	struct incoming_row row;
	struct query q;
	bool found;
	enum result r;

	if (!w) {
		batch_query(b, &q, STMT_INCOMING_OF_KEY);
		query_put_int(&q, key);
		found = query_row(&q);
		if (found)
			row_incoming(&q, &b->arena, &row);
		r = query_end(&q);
		if (r)
			return r;
		if (!found)
			return RESULT_THEIRS_NOT_FOUND;
		w = batch_make(b, WORK_INCOMING, key, 0, sizeof(*w));
		if (!w)
			return RESULT_OURS_MEMORY;
		w->row = row;
	}
	*out = w;
	return RESULT_OK;
}

enum result batch_incoming_try(struct batch *b, const struct incoming_credit *c,
        struct work_incoming **out, struct incoming_terms *after)
{
	struct work_account *from, *wallet;
	enum result r = batch_incoming(b, c->key, out);

	if (!r)
		r = batch_account(b, c->from, &from);
	if (!r)
		r = batch_account(b, c->wallet, &wallet);
	if (r)
		return r;
	if ((*out)->row.wallet != c->wallet)
		return RESULT_THEIRS_NOT_FOUND;
	*after = (*out)->row.terms;
	return incoming_take(
	        after, c->units, !c->exchanged && from->now.asset == wallet->now.asset, b->now_ms);
}

/* From the wallet to the asset's fee account. The money moves with each credit, so that nobody can
 * spend it in the same transaction; the transfers are written as one. */
static enum result fee_legs(
        struct batch *b, const struct work_incoming *w, uint64_t amount, struct legs *legs)
{
	const struct asset_row *asset;
	struct work_account *wallet;
	enum result r = batch_account(b, w->row.wallet, &wallet);

	if (!r)
		r = batch_asset(b, wallet->now.asset, &asset);
	return r ? r : legs_add(b, legs, w->row.wallet, asset->fee, amount);
}

static enum result write_fee(struct batch *b, struct work_incoming *w)
{
	struct legs legs = {0};
	int64_t group;
	enum result r = fee_legs(b, w, w->fee, &legs);

	if (!r)
		r = legs_post(b, &legs, "fee", -w->row.key, &group);
	w->fee = 0;
	return r;
}

enum result batch_incoming_set(
        struct batch *b, struct work_incoming *w, const struct incoming_terms *after)
{
	uint64_t fee = incoming_fee(after) - incoming_fee(&w->row.terms);
	struct legs legs = {0};
	enum result r = RESULT_OK;

	if (fee > 0)
		r = fee_legs(b, w, fee, &legs);
	if (!r && fee > 0)
		r = legs_transfer(&legs);
	if (r)
		return r;
	r = batch_revenue_fee(b, REVENUE_RECEIVING_FEE, w->row.wallet, fee);
	if (r)
		return r;
	w->fee += fee;
	if (incoming_state_is_final(after->state) && !incoming_state_is_final(w->row.terms.state)) {
		w->row.finished_ms = b->now_ms;
		w->ended = true;
	}
	w->row.terms = *after;
	w->dirty = true;
	b->changes++;
	return RESULT_OK;
}

/* One that expired with nothing in it is nobody's business. */
static enum result announce_end(struct batch *b, struct work_incoming *w)
{
	bool completed = w->row.terms.state == INCOMING_COMPLETED;

	if (!w->ended || (!completed && w->row.terms.received == 0))
		return RESULT_OK;
	w->ended = false;
	return batch_event_incoming(b,
	        completed ? EVENT_TYPE_INCOMING_COMPLETED : EVENT_TYPE_INCOMING_EXPIRED, &w->row,
	        NULL);
}

enum result batch_flush_incoming(struct batch *b)
{
	enum result r = RESULT_OK;

	for (struct work *w = b->first[WORK_INCOMING]; !r && w; w = w->kind_next) {
		struct work_incoming *i = OWNER_OF(w, struct work_incoming, work);
		struct query q;

		if (!i->dirty)
			continue;
		batch_query(b, &q, STMT_INCOMING_UPDATE);
		query_put_int(&q, w->a);
		query_put_u64(&q, i->row.terms.received);
		query_put_text(&q, incoming_state_name(i->row.terms.state));
		if (i->row.finished_ms)
			query_put_int(&q, i->row.finished_ms);
		else
			query_put_null(&q);
		r = query_run(&q);
		i->dirty = false;
		if (!r && i->fee > 0)
			r = write_fee(b, i);
		if (!r)
			r = announce_end(b, i);
	}
	return r;
}

/* ---- verbs ---- */

static enum result insert(struct batch *b, const struct incoming_row *row)
{
	struct query q;

	batch_query(b, &q, STMT_INCOMING_INSERT);
	query_put_int(&q, row->key);
	query_put_id(&q, &row->id);
	query_put_int(&q, row->wallet);
	query_put_text(&q, row->client);
	query_put_int(&q, row->grant);
	if (row->terms.amount)
		query_put_u64(&q, row->terms.amount);
	else
		query_put_null(&q);
	query_put_u64(&q, row->terms.excess_max);
	query_put_text(&q, row->metadata);
	query_put_int(&q, row->created_ms);
	query_put_int(&q, row->terms.expires_ms);
	query_put_u64(&q, row->terms.fee_fixed);
	query_put_int(&q, row->terms.fee_bps);
	query_put_int(&q, row->terms.waits);
	b->changes++;
	return query_run(&q);
}

enum result batch_incoming_add(
        struct batch *b, const struct incoming_new *n, struct incoming_row *out)
{
	const struct asset_row *asset;
	struct work_account *wallet;
	enum result r = batch_account(b, n->wallet, &wallet);

	if (r)
		return r;
	if (wallet->now.kind != ACCOUNT_WALLET)
		return RESULT_THEIRS_BAD_TYPE;
	if (wallet->now.closed || wallet->now.inactive_ms)
		return RESULT_THEIRS_STATE;
	r = batch_asset(b, wallet->now.asset, &asset);
	if (r)
		return r;
	if (n->amount > AMOUNT_MAX)
		return RESULT_THEIRS_BAD_AMOUNT;
	*out = (struct incoming_row){
	        .wallet = n->wallet,
	        .client = n->client ? n->client : "",
	        .grant = n->grant,
	        .terms = {.state = INCOMING_PENDING,
	                .amount = n->amount,
	                .excess_max = incoming_excess_max(n->amount, n->slack_bps),
	                .expires_ms = n->expires_ms,
	                .fee_fixed = asset->receive_fee_fixed,
	                .fee_bps = asset->receive_fee_bps,
	                .waits = b->store->incoming_approval},
	        .metadata = n->metadata ? n->metadata : "",
	        .created_ms = b->now_ms,
	        .cancel_reason = "",
	};
	/* The table's check adds the two. */
	if (out->terms.excess_max > AMOUNT_MAX - n->amount)
		out->terms.excess_max = AMOUNT_MAX - n->amount;
	batch_id_new(b, &out->id);
	r = batch_next_id(b, SEQUENCE_INCOMING, &out->key);
	if (!r)
		r = batch_event_lane_new(b, &out->id);
	if (!r)
		r = insert(b, out);
	return r ? r : batch_event_incoming(b, EVENT_TYPE_INCOMING_CREATED, out, NULL);
}

/* The working copy, and the row as the verbs before this one in the transaction left it. */
static enum result find(
        struct batch *b, const struct id *id, struct arena *a, struct work_incoming **w)
{
	struct incoming_row row;
	struct query q;
	bool found;
	enum result r;

	batch_query(b, &q, STMT_INCOMING_GET);
	query_put_id(&q, id);
	found = query_row(&q);
	if (found)
		row_incoming(&q, a, &row);
	r = query_end(&q);
	if (r)
		return r;
	return found ? batch_incoming(b, row.key, w) : RESULT_THEIRS_NOT_FOUND;
}

static enum result copy_out(
        const struct work_incoming *w, struct arena *a, struct incoming_row *out)
{
	*out = w->row;
	out->client = arena_strdup(a, w->row.client);
	out->metadata = arena_strdup(a, w->row.metadata);
	out->cancel_reason = arena_strdup(a, w->row.cancel_reason);
	return out->client && out->metadata && out->cancel_reason ? RESULT_OK : RESULT_OURS_MEMORY;
}

enum result batch_incoming_complete(
        struct batch *b, const struct id *id, struct arena *a, struct incoming_row *out)
{
	struct incoming_terms after;
	struct work_incoming *w;
	enum result r = find(b, id, a, &w);

	if (r)
		return r;
	after = w->row.terms;
	r = incoming_complete(&after, b->now_ms);
	if (r)
		return r;
	r = batch_incoming_set(b, w, &after);
	return r ? r : copy_out(w, a, out);
}

enum result batch_incoming_set_metadata(struct batch *b, const struct id *id, const char *metadata,
        struct arena *a, struct incoming_row *out)
{
	struct work_incoming *w;
	struct query q;
	enum result r = find(b, id, a, &w);

	if (r)
		return r;
	w->row.metadata = arena_strdup(&b->arena, metadata);
	if (!w->row.metadata)
		return RESULT_OURS_MEMORY;
	batch_query(b, &q, STMT_INCOMING_SET_METADATA);
	query_put_int(&q, w->row.key);
	query_put_text(&q, metadata);
	b->changes++;
	r = query_run(&q);
	return r ? r : copy_out(w, a, out);
}

enum result batch_incoming_approve(
        struct batch *b, const struct id *id, struct arena *a, struct incoming_row *out)
{
	struct work_incoming *w;
	struct query q;
	enum result r = find(b, id, a, &w);

	if (!r)
		r = incoming_approve(&w->row.terms, b->now_ms);
	if (r)
		return r;
	if (!w->row.approved_ms) {
		w->row.approved_ms = b->now_ms;
		batch_query(b, &q, STMT_INCOMING_SET_APPROVAL);
		query_put_int(&q, w->row.key);
		query_put_int(&q, 0);
		query_put_int(&q, b->now_ms);
		b->changes++;
		r = query_run(&q);
	}
	return r ? r : copy_out(w, a, out);
}

enum result batch_incoming_cancel(struct batch *b, const struct id *id, const char *reason,
        struct arena *a, struct incoming_row *out)
{
	struct incoming_terms after;
	struct work_incoming *w;
	struct query q;
	enum result r;

	if (strlen(reason) > INCOMING_REASON_MAX)
		return RESULT_THEIRS_TOO_BIG;
	if (!text_is_clean_utf8(reason, strlen(reason)))
		return RESULT_THEIRS_MALFORMED;
	r = find(b, id, a, &w);
	if (r)
		return r;
	after = w->row.terms;
	r = incoming_cancel(&after, b->now_ms);
	if (!r)
		r = batch_incoming_set(b, w, &after);
	if (r)
		return r;
	w->row.cancelled_ms = b->now_ms;
	w->row.cancel_reason = arena_strdup(&b->arena, reason);
	if (!w->row.cancel_reason)
		return RESULT_OURS_MEMORY;
	batch_query(b, &q, STMT_INCOMING_SET_CANCELLED);
	query_put_int(&q, w->row.key);
	query_put_int(&q, b->now_ms);
	query_put_text(&q, reason);
	r = query_run(&q);
	return r ? r : copy_out(w, a, out);
}

/* The open payment that expires next after the position. Errors: THEIRS_NOT_FOUND. */
static enum result next_due(struct batch *b, int64_t *expires_ms, int64_t *key)
{
	struct query q;
	bool found;
	enum result r;

	batch_query(b, &q, STMT_INCOMING_DUE);
	query_put_int(&q, *expires_ms);
	query_put_int(&q, *key);
	found = query_row(&q);
	if (found) {
		*key = query_int(&q);
		*expires_ms = query_int(&q);
	}
	r = query_end(&q);
	if (r)
		return r;
	return found ? RESULT_OK : RESULT_THEIRS_NOT_FOUND;
}

enum result batch_incoming_expire(struct batch *b, size_t *expired, int64_t *next_ms)
{
	int64_t expires_ms = 0, key = 0;
	enum result r;

	*expired = 0;
	*next_ms = 0;
	while (*expired < INCOMING_EXPIRE_MAX) {
		struct incoming_terms after;
		struct work_incoming *w;

		r = next_due(b, &expires_ms, &key);
		if (r == RESULT_THEIRS_NOT_FOUND)
			return RESULT_OK;
		if (!r && expires_ms > b->now_ms) {
			*next_ms = expires_ms;
			return RESULT_OK;
		}
		if (!r)
			r = batch_incoming(b, key, &w);
		if (r)
			return r;
		after = w->row.terms;
		/* One that was completed in this transaction is no longer due. */
		if (incoming_expire(&after, b->now_ms))
			continue;
		r = batch_incoming_set(b, w, &after);
		if (r)
			return r;
		++*expired;
	}
	*next_ms = b->now_ms;
	return RESULT_OK;
}
