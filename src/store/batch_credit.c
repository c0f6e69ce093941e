/* Prepares for wallets of this node, and what became of the replies. */
#include "store/batch_core.h"

#include <string.h>

#include "store/notice.h"
#include "store/refund.h"

static struct work_credit *credit_find_or_make(struct batch *b, const struct credit *c)
{
	account_id other = c->outgoing ? c->outgoing : c->wallet;
	int64_t target = c->incoming ? -c->incoming : other;
	struct work_credit *w = batch_find(b, WORK_CREDIT, c->peer, target);

	if (w)
		return w;
	w = batch_make(b, WORK_CREDIT, c->peer, target, sizeof(*w));
	if (w) {
		w->wallet = c->wallet;
		w->incoming = c->incoming;
		w->outgoing = c->outgoing;
	}
	return w;
}

/* Packets of one batch and address count together. False: memory is out. */
static bool note_payer(struct batch *b, struct work_credit *w, const struct credit *c)
{
	struct work_way_back *way = w->ways;

	if (!c->incoming || !c->payer.address)
		return true;
	while (way && strcmp(way->payer.address, c->payer.address) != 0)
		way = way->next;
	if (!way) {
		way = arena_alloc(&b->arena, sizeof(*way));
		if (!way)
			return false;
		way->payer = c->payer;
		way->payer.address = arena_strdup(&b->arena, c->payer.address);
		way->payer.asset_code = arena_strdup(&b->arena, c->payer.asset_code);
		if (!way->payer.address || !way->payer.asset_code)
			return false;
		way->next = w->ways;
		w->ways = way;
	}
	way->amount += c->amount_out;
	return true;
}

static enum result incoming_allows(struct batch *b, const struct credit *c,
        struct work_incoming **incoming, struct incoming_terms *after)
{
	struct incoming_credit wanted = {
	        c->incoming, c->peer, c->wallet, c->amount_out, c->exchanged};

	*incoming = NULL;
	return c->incoming ? batch_incoming_try(b, &wanted, incoming, after) : RESULT_OK;
}

enum result batch_incoming_ask(struct batch *b, const struct incoming_partial *p)
{
	struct work_incoming *incoming;
	struct incoming_terms after;
	enum result r;

	if (b->now_ms >= p->decide_by_ms)
		return RESULT_THEIRS_EXPIRED;
	r = incoming_allows(b, p->credit, &incoming, &after);
	if (r)
		return r;
	if (!incoming)
		return RESULT_OURS_BUG;
	return batch_event_incoming(b, EVENT_TYPE_INCOMING_PARTIAL, &incoming->row, p);
}

enum result batch_credit(struct batch *b, const struct credit *c, int64_t *credit_batch)
{
	struct portion p = {c->amount_in, c->amount_out, c->spread};
	struct work_account *peer, *wallet;
	struct work_incoming *incoming;
	struct incoming_terms after;
	struct work_credit *w;
	struct legs legs = {0};
	enum result r;

	if (b->now_ms >= c->expires_at_ms)
		return RESULT_THEIRS_EXPIRED;
	r = batch_account(b, c->peer, &peer);
	if (!r)
		r = batch_account(b, c->wallet, &wallet);
	if (r)
		return r;
	if (peer->now.kind != ACCOUNT_PEER || wallet->now.kind != ACCOUNT_WALLET)
		return RESULT_THEIRS_NOT_FOUND;
	/* An incoming payment ends with its wallet's use by itself; what comes back may always. */
	if (!c->incoming && !c->outgoing && wallet->now.inactive_ms &&
	        wallet->now.inactive_ms <= b->now_ms)
		return RESULT_THEIRS_STATE;
	r = incoming_allows(b, c, &incoming, &after);
	if (!r)
		r = legs_exchange(b, &legs, c->peer, c->wallet, &p);
	if (r)
		return r;
	w = credit_find_or_make(b, c);
	if (!w)
		return RESULT_OURS_MEMORY;
	if (w->sum.in > AMOUNT_MAX - p.in || w->sum.out > AMOUNT_MAX - p.out ||
	        w->sum.spread > AMOUNT_MAX - p.spread)
		return RESULT_THEIRS_BAD_AMOUNT;
	if (!w->id) {
		r = batch_next_id(b, SEQUENCE_CREDIT_BATCH, &w->id);
		if (r)
			return r;
	}
	r = legs_transfer(&legs);
	if (r)
		return r;
	b->changes++;
	r = batch_revenue_spread(b, c->peer, c->wallet, 1, p.spread, c->margin);
	if (!r && incoming)
		r = batch_incoming_set(b, incoming, &after);
	if (!r && !note_payer(b, w, c))
		r = RESULT_OURS_MEMORY;
	if (r)
		return r;
	w->sum.in += p.in;
	w->sum.out += p.out;
	w->sum.spread += p.spread;
	w->packets++;
	*credit_batch = w->id;
	return RESULT_OK;
}

static enum result credit_flush(struct batch *b, const struct work_credit *w)
{
	struct legs legs = {0};
	struct query q;
	int64_t group;
	enum result r;

	r = legs_exchange(b, &legs, w->work.a, w->wallet, &w->sum);
	if (!r)
		r = legs_post(b, &legs, "credit", w->id, &group);
	if (r)
		return r;
	b->tally.packets_credited += (int64_t)w->packets;
	batch_query(b, &q, STMT_CREDIT_BATCH_INSERT);
	query_put_int(&q, w->id);
	query_put_u64(&q, b->store->generation);
	query_put_int(&q, w->work.a);
	query_put_int(&q, w->wallet);
	query_put_int(&q, group);
	query_put_u64(&q, w->packets);
	query_put_u64(&q, w->sum.in);
	query_put_u64(&q, w->sum.out);
	query_put_int(&q, b->now_ms);
	if (w->incoming)
		query_put_int(&q, w->incoming);
	else
		query_put_null(&q);
	if (w->outgoing)
		query_put_int(&q, w->outgoing);
	else
		query_put_null(&q);
	r = query_run(&q);
	for (struct work_way_back *way = w->ways; !r && way; way = way->next)
		r = batch_way_back_add(b, w->incoming, &way->payer, way->amount);
	if (!r && !w->incoming && !w->outgoing)
		r = batch_monetized(b, w->wallet, w->sum.out);
	if (!r && w->outgoing)
		r = batch_notice_returned(b, w->wallet, w->outgoing, w->sum.out);
	return r;
}

/* ---- replies ---- */

static enum result answer_get(struct batch *b, int64_t id, struct work_answer **out)
{
	struct work_answer *w = batch_find(b, WORK_ANSWER, id, 0);
	struct work_answer row = {0};
	struct query q;
	bool found;
	enum result r;

	if (!w) {
		batch_query(b, &q, STMT_CREDIT_BATCH_GET);
		query_put_int(&q, id);
		found = query_row(&q);
		if (found) {
			row.peer = query_int(&q);
			row.packets = query_u64(&q);
			row.amount_in = query_u64(&q);
			row.answered = query_u64(&q);
			row.answered_amount = query_u64(&q);
			row.doubted = query_u64(&q);
			row.doubted_amount = query_u64(&q);
		}
		r = query_end(&q);
		if (r)
			return r;
		if (!found)
			return RESULT_THEIRS_NOT_FOUND;
		w = batch_make(b, WORK_ANSWER, id, 0, sizeof(*w));
		if (!w)
			return RESULT_OURS_MEMORY;
		row.work = w->work;
		*w = row;
	}
	*out = w;
	return RESULT_OK;
}

static enum result claim_doubt(
        struct batch *b, const struct work_answer *w, int64_t credit_batch, uint64_t amount)
{
	struct work_account *peer;
	struct doubt_new d;
	int64_t key;
	enum result r = batch_account(b, w->peer, &peer);

	if (r)
		return r;
	d = (struct doubt_new){DOUBT_THEY_MAY_OWE, w->peer, 0, "credit", credit_batch,
	        peer->now.asset, amount, amount};
	return batch_doubt_add(b, &d, &key);
}

enum result batch_answered(struct batch *b, const struct answer *a)
{
	struct work_answer *w;
	uint64_t packets_left, amount_left;
	enum result r = answer_get(b, a->credit_batch, &w);

	if (r)
		return r;
	packets_left = w->packets - w->answered - w->doubted;
	amount_left = w->amount_in - w->answered_amount - w->doubted_amount;
	if (a->packets > packets_left || a->failed_packets > packets_left - a->packets ||
	        a->amount > amount_left || a->failed_amount > amount_left - a->amount)
		return RESULT_THEIRS_BAD_AMOUNT;
	if (a->failed_amount > 0) {
		r = claim_doubt(b, w, a->credit_batch, a->failed_amount);
		if (r)
			return r;
	}
	w->answered += a->packets;
	w->answered_amount += a->amount;
	w->doubted += a->failed_packets;
	w->doubted_amount += a->failed_amount;
	w->dirty = true;
	b->changes++;
	return RESULT_OK;
}

static enum result answer_flush(struct batch *b, struct work_answer *w)
{
	struct query q;

	batch_query(b, &q, STMT_CREDIT_BATCH_ANSWER);
	query_put_int(&q, w->work.a);
	query_put_u64(&q, w->answered);
	query_put_u64(&q, w->answered_amount);
	query_put_u64(&q, w->doubted);
	query_put_u64(&q, w->doubted_amount);
	w->dirty = false;
	return query_run(&q);
}

enum result batch_flush_credits(struct batch *b)
{
	enum result r = RESULT_OK;

	for (struct work *w = b->first[WORK_CREDIT]; !r && w; w = w->kind_next) {
		const struct work_credit *c = (const struct work_credit *)w;

		/* One whose first packet was refused stays empty. */
		if (c->packets > 0)
			r = credit_flush(b, c);
	}
	for (struct work *w = b->first[WORK_ANSWER]; !r && w; w = w->kind_next) {
		struct work_answer *a = OWNER_OF(w, struct work_answer, work);

		if (a->dirty)
			r = answer_flush(b, a);
	}
	return r;
}

enum result batch_recover_credits(struct batch *b, size_t *listed)
{
	enum result r = RESULT_OK;
	int64_t id = 0;

	*listed = 0;
	for (;;) {
		struct query q;
		struct work_answer *w;
		uint64_t rest;

		batch_query(b, &q, STMT_CREDIT_BATCH_OPEN_AFTER);
		query_put_int(&q, id);
		query_put_u64(&q, b->store->generation);
		r = query_one_int(&q, &id);
		if (r == RESULT_THEIRS_NOT_FOUND)
			return RESULT_OK;
		if (!r)
			r = answer_get(b, id, &w);
		if (r)
			return r;
		rest = w->amount_in - w->answered_amount - w->doubted_amount;
		if (rest > 0) {
			r = claim_doubt(b, w, id, rest);
			if (r)
				return r;
			++*listed;
		}
		w->doubted_amount += rest;
		w->doubted = w->packets - w->answered;
		w->dirty = true;
		b->changes++;
	}
}
