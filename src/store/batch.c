#include "store/batch_core.h"
#include "store/settlement.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"

#define ID_TIME_BYTES  6 /* that an id begins with */
#define ID_COUNTER_MAX 0x0fff

/* ---- life ---- */

enum result batch_new(struct store *s, struct batch **out)
{
	struct batch *b = calloc(1, sizeof(*b));

	if (!b)
		return RESULT_OURS_MEMORY;
	b->store = s;
	arena_init(&b->arena, BATCH_ARENA_MAX);
	*out = b;
	return RESULT_OK;
}

void batch_free(struct batch *b)
{
	if (!b)
		return;
	batch_rollback(b);
	arena_clear(&b->arena);
	free(b);
}

static size_t bucket_of(enum work_kind kind, int64_t a, int64_t key_b)
{
	uint64_t h = (uint64_t)a * 0x9e3779b97f4a7c15U;

	h ^= ((uint64_t)key_b + (uint64_t)kind) * 0xc2b2ae3d27d4eb4fU;
	return (size_t)(h >> 52) % BATCH_BUCKETS;
}

void batch_reset(struct batch *b, int64_t now_ms)
{
	assert(!b->begun);
	for (int kind = 0; kind < WORK_KINDS; kind++) {
		for (struct work *w = b->first[kind]; w; w = w->kind_next)
			b->buckets[bucket_of(w->kind, w->a, w->b)] = NULL;
		b->first[kind] = b->last[kind] = NULL;
	}
	arena_clear(&b->arena);
	memset(b->next_id, 0, sizeof(b->next_id));
	memset(&b->tally, 0, sizeof(b->tally));
	b->changes = 0;
	b->kinds_changed = 0;
	b->events = 0;
	b->settles = false;
	b->now_ms = now_ms;
}

int64_t batch_now(const struct batch *b)
{
	return b->now_ms;
}

void batch_query(struct batch *b, struct query *q, enum statement s)
{
	struct db *db = b->store->db;
	enum result r = RESULT_OK;

	if (!b->begun) {
		r = db->engine->begin(db);
		b->begun = !r;
	}
	query_start(q, db, s);
	b->kinds_changed |= db->engine->changes(s);
	if (r)
		q->failed = r;
}

enum result batch_commit(struct batch *b)
{
	struct db *db = b->store->db;
	enum result r;

	if (!b->begun)
		return RESULT_OK;
	b->begun = false;
	r = db->engine->commit(db);
	/* Before anybody is told of it. */
	kept_changed(b->store->changes, b->kinds_changed);
	return r;
}

void batch_rollback(struct batch *b)
{
	if (b->begun)
		b->store->db->engine->rollback(b->store->db);
	b->begun = false;
}

/* ---- the working set ---- */

void *batch_find(struct batch *b, enum work_kind kind, int64_t a, int64_t key_b)
{
	for (struct work *w = b->buckets[bucket_of(kind, a, key_b)]; w; w = w->bucket_next)
		if (w->kind == kind && w->a == a && w->b == key_b)
			return w;
	return NULL;
}

void *batch_make(struct batch *b, enum work_kind kind, int64_t a, int64_t key_b, size_t size)
{
	struct work **bucket = &b->buckets[bucket_of(kind, a, key_b)];
	struct work *w = arena_alloc(&b->arena, size);

	if (!w)
		return NULL;
	w->kind = kind;
	w->a = a;
	w->b = key_b;
	w->bucket_next = *bucket;
	*bucket = w;
	if (b->last[kind])
		b->last[kind]->kind_next = w;
	else
		b->first[kind] = w;
	b->last[kind] = w;
	return w;
}

enum result batch_next_id(struct batch *b, enum sequence s, int64_t *out)
{
	static const enum statement last[SEQUENCES] = {
	        [SEQUENCE_ACCOUNT] = STMT_ACCOUNT_LAST,
	        [SEQUENCE_TRANSFER] = STMT_TRANSFER_LAST,
	        [SEQUENCE_CREDIT_BATCH] = STMT_CREDIT_BATCH_LAST,
	        [SEQUENCE_WINDOW] = STMT_WINDOW_LAST,
	        [SEQUENCE_DOUBT] = STMT_DOUBT_LAST,
	        [SEQUENCE_INCOMING] = STMT_INCOMING_LAST,
	        [SEQUENCE_EVENT] = STMT_EVENT_LAST,
	        [SEQUENCE_GRANT] = STMT_GRANT_LAST,
	        [SEQUENCE_GRANT_TOKEN] = STMT_GRANT_TOKEN_LAST,
	};

	if (!b->next_id[s]) {
		struct query q;
		enum result r;

		batch_query(b, &q, last[s]);
		r = query_one_int(&q, &b->next_id[s]);
		if (r)
			return r;
		b->next_id[s]++;
	}
	*out = b->next_id[s]++;
	return RESULT_OK;
}

void batch_id_new(struct batch *b, struct id *out)
{
	const uint8_t *last = b->last_id.b;
	unsigned counter = ((last[6] & 0x0fU) << 8 | last[7]) + 1;
	int64_t last_ms = 0, ms = b->now_ms;
	bool counts;

	for (size_t i = 0; i < ID_TIME_BYTES; i++)
		last_ms = last_ms << 8 | last[i];
	counts = last_ms >= ms && counter <= ID_COUNTER_MAX;
	if (last_ms >= ms)
		ms = counts ? last_ms : last_ms + 1;
	id_new(ms, out);
	/* the counter is 12 bits, behind the version; it starts in its lower half */
	out->b[6] = (uint8_t)(out->b[6] & 0xf7U);
	if (counts) {
		out->b[6] = (uint8_t)(0x70U | counter >> 8);
		out->b[7] = (uint8_t)counter;
	}
	b->last_id = *out;
}

enum result batch_account(struct batch *b, account_id id, struct work_account **out)
{
	struct work_account *w = batch_find(b, WORK_ACCOUNT, id, 0);
	struct account row;
	struct query q;
	bool found;
	enum result r;

	if (!w) {
		batch_query(b, &q, STMT_ACCOUNT_GET);
		query_put_int(&q, id);
		found = query_row(&q);
		if (found)
			row_account(&q, &row);
		r = query_end(&q);
		if (r)
			return r;
		if (!found)
			return RESULT_THEIRS_NOT_FOUND;
		w = batch_make(b, WORK_ACCOUNT, id, 0, sizeof(*w));
		if (!w)
			return RESULT_OURS_MEMORY;
		w->now = row;
	}
	*out = w;
	return RESULT_OK;
}

enum result batch_account_get(struct batch *b, account_id id, struct account *out)
{
	struct work_account *w;
	enum result r = batch_account(b, id, &w);

	if (!r)
		*out = w->now;
	return r;
}

enum result batch_payment(struct batch *b, account_id id, struct work_payment **out)
{
	struct work_payment *w = batch_find(b, WORK_PAYMENT, id, 0);
	struct work_payment row = {0};
	struct query q;
	bool found;
	enum result r;

	if (!w) {
		batch_query(b, &q, STMT_PAYMENT_LOAD);
		query_put_int(&q, id);
		found = query_row(&q);
		if (found) {
			query_blob(&q, row.id.b, sizeof(row.id.b));
			row.wallet = query_int(&q);
			row.state = query_payment_state(&q);
			row.debit_amount = query_u64(&q);
			row.fee = query_u64(&q);
			row.sent = query_u64(&q);
			row.delivered = query_u64(&q);
			row.refunded = query_u64(&q);
			row.in_doubt = query_u64(&q);
			row.packets = query_u64(&q);
			row.cancel_asked = query_int(&q) != 0;
			row.lease_until_ms = query_int(&q);
		}
		r = query_end(&q);
		if (r)
			return r;
		if (!found)
			return RESULT_THEIRS_NOT_FOUND;
		w = batch_make(b, WORK_PAYMENT, id, 0, sizeof(*w));
		if (!w)
			return RESULT_OURS_MEMORY;
		row.work = w->work;
		*w = row;
	}
	*out = w;
	return RESULT_OK;
}

enum result batch_asset(struct batch *b, asset_id id, const struct asset_row **out)
{
	struct work_asset *w = batch_find(b, WORK_ASSET, id, 0);
	struct asset_row row;
	struct query q;
	bool found;
	enum result r;

	if (!w) {
		batch_query(b, &q, STMT_ASSET_GET);
		query_put_int(&q, id);
		found = query_row(&q);
		if (found)
			row_asset(&q, &row);
		r = query_end(&q);
		if (r)
			return r;
		if (!found)
			return RESULT_THEIRS_NOT_FOUND;
		w = batch_make(b, WORK_ASSET, id, 0, sizeof(*w));
		if (!w)
			return RESULT_OURS_MEMORY;
		w->row = row;
	}
	*out = &w->row;
	return RESULT_OK;
}

enum result batch_account_new(struct batch *b, enum account_kind kind, asset_id asset,
        uint64_t credit_limit, struct work_account **out)
{
	account_id id;
	enum result r = batch_next_id(b, SEQUENCE_ACCOUNT, &id);

	if (r)
		return r;
	*out = batch_make(b, WORK_ACCOUNT, id, 0, sizeof(**out));
	if (!*out)
		return RESULT_OURS_MEMORY;
	(*out)->now = (struct account){
	        .id = id,
	        .kind = kind,
	        .asset = asset,
	        /* The outside world, and losses in suspense, are the two that may be below zero. */
	        .may_go_negative = kind == ACCOUNT_SETTLEMENT || kind == ACCOUNT_SUSPENSE,
	        .credit_limit = credit_limit,
	};
	return RESULT_OK;
}

enum result batch_account_insert(struct batch *b, struct work_account *a)
{
	struct query q;

	assert(a->now.debits_pending == 0 && a->now.credits_pending == 0);
	batch_query(b, &q, STMT_ACCOUNT_INSERT);
	query_put_int(&q, a->now.id);
	query_put_text(&q, account_kind_name(a->now.kind));
	query_put_int(&q, a->now.asset);
	query_put_int(&q, a->now.may_go_negative);
	query_put_u64(&q, a->now.credit_limit);
	query_put_int(&q, a->now.closed);
	query_put_u64(&q, a->now.debits_posted);
	query_put_u64(&q, a->now.credits_posted);
	a->dirty = false;
	b->changes++;
	return query_run(&q);
}

enum result batch_account_add(struct batch *b, enum account_kind kind, asset_id asset,
        uint64_t credit_limit, account_id *out)
{
	struct work_account *a;
	enum result r = batch_account_new(b, kind, asset, credit_limit, &a);

	if (r)
		return r;
	*out = a->now.id;
	return batch_account_insert(b, a);
}

/* ---- legs ---- */

enum result legs_add(
        struct batch *b, struct legs *l, account_id debit, account_id credit, uint64_t amount)
{
	struct leg *leg = &l->leg[l->n];
	enum result r;

	assert(l->n < LEGS_MAX);
	r = batch_account(b, debit, &leg->debit);
	if (!r)
		r = batch_account(b, credit, &leg->credit);
	if (r)
		return r;
	leg->amount = amount;
	leg->posted = 0;
	leg->ref = NULL;
	l->n++;
	return RESULT_OK;
}

enum result legs_portion(
        struct batch *b, struct legs *l, account_id from, account_id to, const struct portion *p)
{
	struct work_account *source, *target;
	const struct asset_row *asset;
	account_id paying = from;
	enum result r = batch_account(b, from, &source);

	if (!r)
		r = batch_account(b, to, &target);
	if (r)
		return r;
	if (source->now.asset != target->now.asset) {
		r = batch_asset(b, source->now.asset, &asset);
		if (!r)
			r = legs_add(b, l, from, asset->pool, p->in);
		if (!r)
			r = batch_asset(b, target->now.asset, &asset);
		if (r)
			return r;
		paying = asset->pool;
	}
	r = legs_add(b, l, paying, to, p->out);
	if (r || p->spread == 0)
		return r;
	r = batch_asset(b, target->now.asset, &asset);
	return r ? r : legs_add(b, l, paying, asset->spread, p->spread);
}

enum result legs_exchange(
        struct batch *b, struct legs *l, account_id from, account_id to, const struct portion *p)
{
	struct work_account *source, *target;
	enum result r;

	if (p->in == 0 || p->out == 0 || p->in > AMOUNT_MAX || p->out > AMOUNT_MAX ||
	        p->spread > AMOUNT_MAX)
		return RESULT_THEIRS_BAD_AMOUNT;
	r = batch_account(b, from, &source);
	if (!r)
		r = batch_account(b, to, &target);
	if (r)
		return r;
	if (source->now.asset == target->now.asset && p->in != p->out + p->spread)
		return RESULT_THEIRS_BAD_AMOUNT;
	return legs_portion(b, l, from, to, p);
}

/* Runs `rule` on every leg, or on none: what came before a refusal is put back. */
static enum result legs_each(struct legs *l, enum result (*rule)(struct leg *leg))
{
	struct account before[LEGS_MAX][2];
	enum result r = RESULT_OK;
	size_t i;

	for (i = 0; i < l->n; i++) {
		struct leg *leg = &l->leg[i];

		before[i][0] = leg->debit->now;
		before[i][1] = leg->credit->now;
		r = rule(leg);
		if (r)
			break;
	}
	if (r) {
		while (i-- > 0) {
			l->leg[i].debit->now = before[i][0];
			l->leg[i].credit->now = before[i][1];
		}
		return r;
	}
	for (i = 0; i < l->n; i++)
		l->leg[i].debit->dirty = l->leg[i].credit->dirty = true;
	return RESULT_OK;
}

static enum result leg_transfer(struct leg *leg)
{
	return ledger_transfer(&leg->debit->now, &leg->credit->now, leg->amount);
}

static enum result leg_hold(struct leg *leg)
{
	return ledger_hold(&leg->debit->now, &leg->credit->now, leg->amount);
}

static enum result leg_settle(struct leg *leg)
{
	return ledger_settle(&leg->debit->now, &leg->credit->now, leg->amount, leg->posted);
}

enum result legs_transfer(struct legs *l)
{
	return legs_each(l, leg_transfer);
}

enum result legs_hold(struct legs *l)
{
	return legs_each(l, leg_hold);
}

enum result legs_settle(struct legs *l)
{
	return legs_each(l, leg_settle);
}

static enum result legs_insert(struct batch *b, const struct legs *l, const char *ref,
        int64_t ref_id, int64_t hold_until_ms, int64_t *group)
{
	enum result r = RESULT_OK;

	*group = 0;
	for (size_t i = 0; !r && i < l->n; i++) {
		const struct leg *leg = &l->leg[i];
		struct query q;
		int64_t id;

		r = batch_next_id(b, SEQUENCE_TRANSFER, &id);
		if (r)
			break;
		if (i == 0)
			*group = id;
		batch_query(b, &q, hold_until_ms ? STMT_TRANSFER_PEND : STMT_TRANSFER_POST);
		query_put_int(&q, id);
		query_put_int(&q, *group);
		query_put_int(&q, leg->debit->now.id);
		query_put_int(&q, leg->credit->now.id);
		query_put_u64(&q, leg->amount);
		query_put_text(&q, leg->ref ? leg->ref : ref);
		query_put_int(&q, ref_id);
		query_put_int(&q, b->now_ms);
		if (hold_until_ms)
			query_put_int(&q, hold_until_ms);
		r = query_run(&q);
	}
	return r;
}

enum result legs_post(
        struct batch *b, const struct legs *l, const char *ref, int64_t ref_id, int64_t *group)
{
	return legs_insert(b, l, ref, ref_id, 0, group);
}

enum result legs_pend(struct batch *b, const struct legs *l, const char *ref, int64_t ref_id,
        int64_t hold_until_ms, int64_t *group)
{
	return legs_insert(b, l, ref, ref_id, hold_until_ms, group);
}

enum result legs_move(
        struct batch *b, struct legs *l, const char *ref, int64_t ref_id, int64_t *group)
{
	enum result r = legs_transfer(l);

	if (r)
		return r;
	b->changes++;
	return legs_post(b, l, ref, ref_id, group);
}

/* ---- writing ---- */

static enum result flush_accounts(struct batch *b)
{
	enum result r = RESULT_OK;

	for (struct work *w = b->first[WORK_ACCOUNT]; !r && w; w = w->kind_next) {
		struct work_account *a = OWNER_OF(w, struct work_account, work);
		struct query q;

		if (!a->dirty)
			continue;
		batch_query(b, &q, STMT_ACCOUNT_UPDATE);
		query_put_int(&q, a->now.id);
		query_put_int(&q, a->now.closed);
		query_put_u64(&q, a->now.credit_limit);
		query_put_u64(&q, a->now.debits_posted);
		query_put_u64(&q, a->now.debits_pending);
		query_put_u64(&q, a->now.credits_posted);
		query_put_u64(&q, a->now.credits_pending);
		query_put_u64(&q, a->now.debt_limit);
		r = query_run(&q);
		a->dirty = false;
		if (!r)
			r = batch_liquidity_check(b, &a->now);
		if (!r)
			r = batch_settlement_check(b, &a->now);
	}
	return r;
}

enum result batch_flush_payments(struct batch *b)
{
	enum result r = RESULT_OK;

	for (struct work *w = b->first[WORK_PAYMENT]; !r && w; w = w->kind_next) {
		struct work_payment *p = OWNER_OF(w, struct work_payment, work);
		struct query q;

		if (!p->dirty)
			continue;
		batch_query(b, &q, STMT_PAYMENT_UPDATE);
		query_put_int(&q, w->a);
		query_put_u64(&q, p->sent);
		query_put_u64(&q, p->delivered);
		query_put_u64(&q, p->refunded);
		query_put_u64(&q, p->in_doubt);
		query_put_u64(&q, p->packets);
		r = query_run(&q);
		p->dirty = false;
	}
	return r;
}

static enum result flush_tally(struct batch *b)
{
	static const struct tally nothing;
	struct query q;

	if (memcmp(&b->tally, &nothing, sizeof(nothing)) == 0)
		return RESULT_OK;
	batch_query(b, &q, STMT_TALLY_ADD);
	query_put_int(&q, b->tally.wallets);
	query_put_int(&q, b->tally.payments_completed);
	query_put_int(&q, b->tally.payments_failed);
	query_put_int(&q, b->tally.packets_credited);
	query_put_int(&q, b->tally.packets_forwarded);
	return query_run(&q);
}

enum result batch_flush(struct batch *b)
{
	enum result r;

	r = batch_flush_credits(b);
	if (!r)
		r = batch_flush_windows(b);
	if (!r)
		r = batch_flush_payments(b);
	if (!r)
		r = batch_flush_incoming(b);
	if (!r)
		r = batch_flush_revenue(b);
	if (!r)
		r = flush_accounts(b);
	if (!r)
		r = flush_tally(b);
	if (!r && b->begun)
		r = b->store->db->engine->flush(b->store->db);
	return r;
}
