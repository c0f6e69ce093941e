/* Doubts: what a lost reply or a crash leaves for a person to decide. */
#include "store/batch_core.h"
#include "store/grant.h"

#include <string.h>

enum result batch_doubt_add(struct batch *b, const struct doubt_new *d, int64_t *key)
{
	struct query q;
	struct id id;
	enum result r = batch_next_id(b, SEQUENCE_DOUBT, key);

	if (r)
		return r;
	id_new(b->now_ms, &id);
	batch_query(b, &q, STMT_DOUBT_INSERT);
	query_put_int(&q, *key);
	query_put_id(&q, &id);
	query_put_text(&q, doubt_direction_name(d->direction));
	query_put_int(&q, d->peer);
	if (d->payment)
		query_put_int(&q, d->payment);
	else
		query_put_null(&q);
	query_put_text(&q, d->source);
	query_put_int(&q, d->source_id);
	query_put_int(&q, d->asset);
	query_put_u64(&q, d->amount);
	query_put_u64(&q, d->peer_amount);
	query_put_int(&q, b->now_ms);
	b->changes++;
	return query_run(&q);
}

struct doubt {
	int64_t key;
	enum doubt_direction direction;
	account_id peer;
	account_id payment;
	asset_id asset;
	uint64_t amount;
	uint64_t peer_amount;
	bool open;
};

static enum result doubt_get(struct batch *b, const struct id *id, struct doubt *out)
{
	struct query q;
	bool found;
	enum result r;

	batch_query(b, &q, STMT_DOUBT_LOAD);
	query_put_id(&q, id);
	found = query_row(&q);
	if (found) {
		out->key = query_int(&q);
		out->direction = query_doubt_direction(&q);
		out->peer = query_int(&q);
		out->payment = query_int(&q);
		out->asset = (asset_id)query_int(&q);
		out->amount = query_u64(&q);
		out->peer_amount = query_u64(&q);
		out->open = query_int(&q) != 0;
	}
	r = query_end(&q);
	if (r)
		return r;
	return found ? RESULT_OK : RESULT_THEIRS_NOT_FOUND;
}

/* The peer gets what it says that we owe; for a payment out of what its account put aside. */
static enum result pay_peer(struct batch *b, const struct doubt *d, struct legs *l)
{
	struct work_account *peer;
	const struct asset_row *asset, *peer_asset;
	enum result r = batch_account(b, d->peer, &peer);

	if (!r)
		r = batch_asset(b, d->asset, &asset);
	if (!r)
		r = batch_asset(b, peer->now.asset, &peer_asset);
	if (r)
		return r;
	if (asset == peer_asset) {
		r = legs_add(b, l, asset->suspense, d->peer, d->peer_amount);
		/* What the peer does not get of it is the spread that we asked for. */
		if (!r && d->amount > d->peer_amount)
			r = legs_add(
			        b, l, asset->suspense, asset->spread, d->amount - d->peer_amount);
		return r;
	}
	r = legs_add(b, l, asset->suspense, asset->pool, d->amount);
	return r ? r : legs_add(b, l, peer_asset->pool, d->peer, d->peer_amount);
}

static enum result refund_payer(
        struct batch *b, const struct doubt *d, const struct work_payment *p, struct legs *l)
{
	const struct asset_row *asset;
	account_id payer;
	enum result r = batch_asset(b, d->asset, &asset);

	if (!r)
		r = batch_payment_payer(b, d->payment, p, &payer);
	return r ? r : legs_add(b, l, asset->suspense, payer, d->amount);
}

/* What pay_peer gave to the spread account. */
static enum result earn_rest(struct batch *b, const struct doubt *d)
{
	uint64_t rest = d->amount > d->peer_amount ? d->amount - d->peer_amount : 0;
	struct work_account *peer;
	enum result r = batch_account(b, d->peer, &peer);

	if (r || rest == 0 || peer->now.asset != d->asset)
		return r;
	return batch_revenue_add(
	        b, &(struct revenue_row){REVENUE_SPREAD, d->asset, d->asset, 0, 0, rest});
}

static enum result release_payment(
        struct batch *b, const struct doubt *d, enum doubt_end end, struct legs *l)
{
	struct work_payment *p;
	enum result r = batch_payment(b, d->payment, &p);

	if (r)
		return r;
	if (!payment_state_is_final(p->state))
		return RESULT_THEIRS_STATE;
	r = end == DOUBT_TO_PAYER ? refund_payer(b, d, p, l) : pay_peer(b, d, l);
	if (!r)
		r = legs_transfer(l);
	if (r)
		return r;
	b->changes++;
	r = end == DOUBT_TO_PEER ? earn_rest(b, d) : RESULT_OK;
	if (r)
		return r;
	p->in_doubt -= d->amount;
	if (end == DOUBT_TO_PAYER) {
		p->sent -= d->amount;
		p->refunded += d->amount;
	}
	p->dirty = true;
	/* One that completed keeps all that it reserved of its grant. */
	return end == DOUBT_TO_PAYER && p->state != PAYMENT_COMPLETED
	               ? batch_grant_refund(b, d->payment, p->sent)
	               : RESULT_OK;
}

static enum result release_other(
        struct batch *b, const struct doubt *d, enum doubt_end end, struct legs *l)
{
	const struct asset_row *asset;
	enum result r;

	/* The claim is kept, or the debt denied: the books already say so. */
	if (end == DOUBT_TO_PAYER)
		return RESULT_OK;
	r = batch_asset(b, d->asset, &asset);
	if (!r)
		r = legs_add(b, l, asset->suspense, d->peer, d->peer_amount);
	if (!r)
		r = legs_transfer(l);
	if (!r)
		b->changes++;
	return r;
}

enum result batch_doubt_release(struct batch *b, const struct id *id, enum doubt_end end)
{
	struct legs legs = {0};
	struct doubt d;
	struct query q;
	int64_t group;
	enum result r = doubt_get(b, id, &d);

	if (r)
		return r;
	if (!d.open)
		return RESULT_THEIRS_STATE;
	r = d.payment ? release_payment(b, &d, end, &legs) : release_other(b, &d, end, &legs);
	if (r)
		return r;
	r = legs_post(b, &legs, "doubt", d.key, &group);
	if (r)
		return r;
	batch_query(b, &q, STMT_DOUBT_END);
	query_put_int(&q, d.key);
	query_put_text(&q, end == DOUBT_TO_PAYER ? "payer" : "peer");
	query_put_int(&q, b->now_ms);
	b->changes++;
	return query_run(&q);
}
