/* Windows: what may be in flight from a payment or a peer to the next peer. */
#include "store/batch_core.h"

#include "base/log.h"

/* ---- loading ---- */

static void window_row(struct query *q, struct work_window *w)
{
	w->id = query_int(q);
	w->from = query_int(q);
	w->to = query_int(q);
	w->group = query_int(q);
	w->held.in = query_u64(q);
	w->held.out = query_u64(q);
	w->held.spread = query_u64(q);
	w->last_expiry_ms = query_int(q);
	w->reserved = w->held;
}

static enum result window_ends(struct batch *b, struct work_window *w)
{
	struct work_account *from, *to;
	enum result r = batch_account(b, w->from, &from);

	if (!r)
		r = batch_account(b, w->to, &to);
	if (r)
		return r;
	w->cross = from->now.asset != to->now.asset;
	w->payment = from->now.kind == ACCOUNT_OUTGOING_PAYMENT;
	return RESULT_OK;
}

static enum result window_keep(struct batch *b, enum work_kind kind, int64_t key_a, int64_t key_b,
        const struct work_window *row, struct work_window **out)
{
	struct work_window *w = batch_make(b, kind, key_a, key_b, sizeof(*w));
	struct work work;

	if (!w)
		return RESULT_OURS_MEMORY;
	work = w->work;
	*w = *row;
	w->work = work;
	*out = w;
	return RESULT_OK;
}

/* Ends the query. Errors: THEIRS_NOT_FOUND. */
static enum result window_one(struct query *q, struct work_window *row)
{
	bool found = query_row(q);
	enum result r;

	if (found)
		window_row(q, row);
	r = query_end(q);
	if (r)
		return r;
	return found ? RESULT_OK : RESULT_THEIRS_NOT_FOUND;
}

/* Our own open window of the pair. Errors: THEIRS_NOT_FOUND. */
static enum result window_find(
        struct batch *b, account_id from, account_id to, struct work_window **out)
{
	struct work_window row = {0};
	struct query q;
	enum result r;

	*out = batch_find(b, WORK_WINDOW, from, to);
	if (*out)
		return RESULT_OK;
	batch_query(b, &q, STMT_WINDOW_FIND);
	query_put_int(&q, from);
	query_put_int(&q, to);
	query_put_u64(&q, b->store->generation);
	r = window_one(&q, &row);
	if (r)
		return r;
	r = window_ends(b, &row);
	if (r)
		return r;
	return window_keep(b, WORK_WINDOW, from, to, &row, out);
}

static enum result window_open(
        struct batch *b, account_id from, account_id to, struct work_window **out)
{
	struct work_window row = {.from = from, .to = to};
	struct query q;
	enum result r = batch_next_id(b, SEQUENCE_WINDOW, &row.id);

	if (!r)
		r = window_ends(b, &row);
	if (r)
		return r;
	batch_query(b, &q, STMT_WINDOW_INSERT);
	query_put_int(&q, row.id);
	query_put_int(&q, from);
	query_put_int(&q, to);
	query_put_u64(&q, b->store->generation);
	query_put_int(&q, b->now_ms);
	r = query_run(&q);
	if (r)
		return r;
	return window_keep(b, WORK_WINDOW, from, to, &row, out);
}

/* ---- reserving ---- */

/* A payment may put in flight what it has, but for its fee. */
static enum result payment_allows(struct batch *b, account_id payment, uint64_t amount_in)
{
	struct work_payment *p;
	struct work_account *account;
	uint64_t available;
	enum result r = batch_payment(b, payment, &p);

	if (!r)
		r = batch_account(b, payment, &account);
	if (r)
		return r;
	if (p->state != PAYMENT_SENDING)
		return RESULT_THEIRS_STATE;
	available = ledger_available(&account->now);
	if (available < p->fee || available - p->fee < amount_in)
		return RESULT_THEIRS_INSUFFICIENT;
	return RESULT_OK;
}

static void live_until(struct work_window *w, int64_t expires_at_ms)
{
	if (expires_at_ms <= w->last_expiry_ms)
		return;
	w->last_expiry_ms = expires_at_ms;
	w->renew = true;
}

enum result batch_window_reserve(struct batch *b, const struct flight *f, int64_t expires_at_ms)
{
	struct portion p = {f->amount_in, f->amount_out, f->spread};
	struct work_account *from, *to;
	struct work_window *w;
	struct legs legs = {0};
	enum result r;

	r = legs_exchange(b, &legs, f->from, f->to, &p);
	if (r)
		return r;
	if (b->now_ms >= expires_at_ms)
		return RESULT_THEIRS_EXPIRED;
	r = batch_account(b, f->from, &from);
	if (!r)
		r = batch_account(b, f->to, &to);
	if (r)
		return r;
	if (to->now.kind != ACCOUNT_PEER)
		return RESULT_THEIRS_BAD_TYPE;
	if (from->now.kind == ACCOUNT_OUTGOING_PAYMENT)
		r = payment_allows(b, f->from, f->amount_in);
	else if (from->now.kind != ACCOUNT_PEER || f->from == f->to)
		r = RESULT_THEIRS_BAD_TYPE;
	if (r)
		return r;
	r = window_find(b, f->from, f->to, &w);
	if (r && r != RESULT_THEIRS_NOT_FOUND)
		return r;
	if (r == RESULT_OK &&
	        (w->reserved.in > AMOUNT_MAX - p.in || w->reserved.out > AMOUNT_MAX - p.out ||
	                w->reserved.spread > AMOUNT_MAX - p.spread))
		return RESULT_THEIRS_BAD_AMOUNT;
	if (r == RESULT_OK && w->closing)
		return RESULT_THEIRS_STATE;
	if (!ledger_debt_fits(&to->now, p.out))
		return RESULT_THEIRS_INSUFFICIENT;
	{
		enum result held = legs_hold(&legs);

		if (held)
			return held;
	}
	b->changes++;
	if (r == RESULT_THEIRS_NOT_FOUND) {
		r = window_open(b, f->from, f->to, &w);
		if (r)
			return r;
	}
	w->reserved.in += p.in;
	w->reserved.out += p.out;
	w->reserved.spread += p.spread;
	live_until(w, expires_at_ms);
	w->dirty = true;
	return RESULT_OK;
}

enum result batch_window_extend(
        struct batch *b, account_id from, account_id to, int64_t expires_at_ms)
{
	struct work_window *w;
	enum result r;

	if (b->now_ms >= expires_at_ms)
		return RESULT_THEIRS_EXPIRED;
	r = window_find(b, from, to, &w);
	if (r)
		return r == RESULT_THEIRS_NOT_FOUND ? RESULT_OK : r;
	if (w->closing)
		return RESULT_THEIRS_STATE;
	if (w->reserved.in > 0 && expires_at_ms > w->last_expiry_ms) {
		b->changes++;
		live_until(w, expires_at_ms);
		w->dirty = true;
	}
	return RESULT_OK;
}

/* ---- ending a part of what is in flight ----
 * A part of amount_in ends. Of the rest of the window nothing may be held that is not needed, so
 * for one asset out + spread must go down by exactly amount_in: what the parts' roundings gave to
 * spread, beyond what was held as spread, is taken from out. */

struct ending {
	struct portion held;   /* taken from the reservation */
	struct portion posted; /* moves; out at most held.out, spread exactly held.spread */
	uint64_t excess;       /* moves to spread besides, out of held.out */
};

static uint64_t least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static enum result ending_of(
        const struct work_window *w, const struct flight *f, bool post, struct ending *out)
{
	struct portion left = w->reserved;
	uint64_t spread_held;

	if (f->amount_in == 0 || f->amount_in > left.in || f->amount_out > left.out)
		return RESULT_THEIRS_BAD_AMOUNT;
	if (!w->cross && f->amount_in != f->amount_out + f->spread)
		return RESULT_THEIRS_BAD_AMOUNT;
	*out = (struct ending){0};
	if (!post && f->amount_in == left.in) {
		out->held = left;
		return RESULT_OK;
	}
	spread_held = least(f->spread, left.spread);
	if (post && w->held.spread - w->settled.spread < spread_held)
		spread_held = w->held.spread - w->settled.spread;
	out->excess = f->spread - spread_held;
	if (out->excess > left.out - f->amount_out)
		return RESULT_THEIRS_BAD_AMOUNT;
	out->held = (struct portion){f->amount_in, f->amount_out + out->excess, spread_held};
	if (!post) {
		out->excess = 0;
		return RESULT_OK;
	}
	/* Only what was committed before can have been sent. */
	if (f->amount_in > w->held.in - w->settled.in ||
	        f->amount_out > w->held.out - w->settled.out)
		return RESULT_THEIRS_BAD_AMOUNT;
	out->posted = (struct portion){f->amount_in, f->amount_out, spread_held};
	/* With the last unit ends what the packets' roundings left of out: nothing could later. */
	if (w->cross && f->amount_in == left.in)
		out->held = left;
	return RESULT_OK;
}

/* From where the target and the spread are paid. */
static enum result paying_account(
        struct batch *b, const struct work_window *w, account_id *paying, account_id *spread)
{
	struct work_account *target;
	const struct asset_row *asset;
	enum result r = batch_account(b, w->to, &target);

	if (!r)
		r = batch_asset(b, target->now.asset, &asset);
	if (r)
		return r;
	*paying = w->cross ? asset->pool : w->from;
	*spread = asset->spread;
	return RESULT_OK;
}

static enum result leg_end(struct batch *b, struct legs *l, account_id debit, account_id credit,
        uint64_t held, uint64_t posted)
{
	enum result r = legs_add(b, l, debit, credit, held);

	if (!r)
		l->leg[l->n - 1].posted = posted;
	return r;
}

/* The accounts' side of an ending. */
static enum result ending_apply(
        struct batch *b, const struct work_window *w, const struct ending *e)
{
	struct work_account *from;
	const struct asset_row *asset;
	account_id paying, spread;
	struct legs legs = {0}, extra = {0};
	enum result r = batch_account(b, w->from, &from);

	if (!r)
		r = paying_account(b, w, &paying, &spread);
	if (!r && w->cross)
		r = batch_asset(b, from->now.asset, &asset);
	if (!r && w->cross)
		r = leg_end(b, &legs, w->from, asset->pool, e->held.in, e->posted.in);
	if (!r)
		r = leg_end(b, &legs, paying, w->to, e->held.out, e->posted.out);
	if (!r)
		r = leg_end(b, &legs, paying, spread, e->held.spread, e->posted.spread);
	if (!r && e->excess > 0)
		r = legs_add(b, &extra, paying, spread, e->excess);
	if (!r)
		r = legs_settle(&legs);
	if (r)
		return r;
	b->changes++;
	/* Room for the excess was freed just now: a refusal would be a bug of ending_of. */
	return legs_transfer(&extra) ? RESULT_OURS_BUG : RESULT_OK;
}

static void ending_take(struct work_window *w, const struct ending *e)
{
	w->reserved.in -= e->held.in;
	w->reserved.out -= e->held.out;
	w->reserved.spread -= e->held.spread;
	w->settled.in += e->posted.in;
	w->settled.out += e->posted.out;
	w->settled.spread += e->posted.spread;
	w->excess += e->excess;
	w->dirty = true;
}

enum result batch_window_settle(struct batch *b, const struct settlement *s, int64_t *credit_batch)
{
	const struct flight *f = &s->flight;
	struct work_payment *p = NULL;
	struct work_window *w;
	struct ending e;
	enum result r;

	*credit_batch = 0;
	r = window_find(b, f->from, f->to, &w);
	if (!r)
		r = ending_of(w, f, true, &e);
	if (!r && (s->packets == 0 || f->amount_out == 0))
		r = RESULT_THEIRS_BAD_AMOUNT;
	if (!r && w->payment)
		r = batch_payment(b, f->from, &p);
	if (!r && !p && !w->credit_batch)
		r = batch_next_id(b, SEQUENCE_CREDIT_BATCH, &w->credit_batch);
	if (!r)
		r = ending_apply(b, w, &e);
	if (r)
		return r;
	ending_take(w, &e);
	r = batch_revenue_spread(
	        b, f->from, f->to, s->packets, e.posted.spread + e.excess, s->margin);
	if (r)
		return r;
	w->packets += s->packets;
	if (p) {
		p->sent += f->amount_in;
		/* The receiver's word, whatever it is, must not keep what we owe from the books. */
		p->delivered = s->delivered > AMOUNT_MAX - p->delivered
		                       ? AMOUNT_MAX
		                       : p->delivered + s->delivered;
		p->packets += s->packets;
		p->dirty = true;
	}
	*credit_batch = w->credit_batch;
	return RESULT_OK;
}

enum result batch_window_release(struct batch *b, const struct flight *f)
{
	struct work_window *w;
	struct ending e;
	enum result r = window_find(b, f->from, f->to, &w);

	if (!r)
		r = ending_of(w, f, false, &e);
	if (!r)
		r = ending_apply(b, w, &e);
	if (!r)
		ending_take(w, &e);
	return r;
}

/* ---- doubt ---- */

static enum result window_doubt(struct batch *b, struct work_window *w, const struct flight *f)
{
	struct work_account *from, *to;
	struct work_payment *p = NULL;
	const struct asset_row *asset;
	struct doubt_new d;
	struct ending e;
	int64_t key, group;
	enum result r;

	r = ending_of(w, f, false, &e);
	if (!r)
		r = batch_account(b, w->from, &from);
	if (!r)
		r = batch_account(b, w->to, &to);
	if (!r && w->payment)
		r = batch_payment(b, w->from, &p);
	if (!r)
		r = ending_apply(b, w, &e);
	if (r)
		return r;
	ending_take(w, &e);
	w->doubt_in += e.held.in;
	d = (struct doubt_new){DOUBT_WE_MAY_OWE, w->to, p ? w->from : 0, "window", w->id,
	        p ? from->now.asset : to->now.asset, p ? e.held.in : e.held.out, e.held.out};
	r = batch_doubt_add(b, &d, &key);
	if (!r && p) {
		struct legs legs = {0};

		r = batch_asset(b, from->now.asset, &asset);
		if (!r)
			r = legs_add(b, &legs, w->from, asset->suspense, e.held.in);
		if (!r)
			r = legs_move(b, &legs, "doubt", key, &group);
		p->sent += e.held.in;
		p->in_doubt += e.held.in;
		p->dirty = true;
	}
	return r;
}

enum result batch_window_doubt(struct batch *b, const struct flight *f)
{
	struct work_window *w;
	enum result r = window_find(b, f->from, f->to, &w);

	return r ? r : window_doubt(b, w, f);
}

/* ---- the end of a payment ---- */

/* The open window after `after_to` of that owner, as of now. Errors: THEIRS_NOT_FOUND. */
static enum result window_of_owner(
        struct batch *b, account_id from, account_id *to, struct work_window **out)
{
	struct query q;
	enum result r;

	batch_query(b, &q, STMT_WINDOW_OF_OWNER_AFTER);
	query_put_int(&q, from);
	query_put_int(&q, *to);
	query_put_u64(&q, b->store->generation);
	r = query_one_int(&q, to);
	return r ? r : window_find(b, from, *to, out);
}

enum result batch_windows_close(struct batch *b, account_id from)
{
	struct work_window *w;
	account_id to = 0;
	enum result r;

	while (!(r = window_of_owner(b, from, &to, &w)))
		if (w->reserved.in > 0)
			return RESULT_THEIRS_STATE;
	if (r != RESULT_THEIRS_NOT_FOUND)
		return r;
	to = 0;
	while (!(r = window_of_owner(b, from, &to, &w))) {
		w->closing = w->dirty = true;
		b->changes++;
	}
	return r == RESULT_THEIRS_NOT_FOUND ? RESULT_OK : r;
}

/* ---- recovery ---- */

#define RECOVER_MAX 256 /* windows in one call; the next one goes on */

static enum result orphan_next(struct batch *b, int64_t after, struct work_window **out)
{
	struct work_window row = {0};
	struct query q;
	enum result r;

	batch_query(b, &q, STMT_WINDOW_ORPHAN_AFTER);
	query_put_int(&q, after);
	query_put_u64(&q, b->store->generation);
	r = window_one(&q, &row);
	if (r)
		return r;
	*out = batch_find(b, WORK_ORPHAN, row.id, 0);
	if (*out)
		return RESULT_OK;
	r = window_ends(b, &row);
	return r ? r : window_keep(b, WORK_ORPHAN, row.id, 0, &row, out);
}

enum result batch_recover(struct batch *b, int64_t *next_due_ms)
{
	struct work_window *w;
	int64_t after = 0;
	enum result r = RESULT_OK;

	*next_due_ms = 0;
	for (int i = 0; !r; i++) {
		int64_t due;

		if (i == RECOVER_MAX) {
			*next_due_ms = b->now_ms;
			return RESULT_OK;
		}
		r = orphan_next(b, after, &w);
		if (r == RESULT_THEIRS_NOT_FOUND)
			return RESULT_OK;
		if (r)
			return r;
		after = w->id;
		due = w->last_expiry_ms + WINDOW_MARGIN_MS;
		if (w->closing)
			continue;
		if (w->reserved.in > 0 && b->now_ms <= due) {
			if (!*next_due_ms || due + 1 < *next_due_ms)
				*next_due_ms = due + 1;
			continue;
		}
		if (w->reserved.in > 0) {
			struct flight rest = {w->from, w->to, w->reserved.in, w->reserved.out,
			        w->reserved.spread};

			log_warn("window_in_doubt", "window=%lld from=%lld to=%lld amount=%llu",
			        (long long)w->id, (long long)w->from, (long long)w->to,
			        (unsigned long long)w->reserved.in);
			r = window_doubt(b, w, &rest);
		}
		w->closing = w->dirty = true;
		b->changes++;
	}
	return r;
}

/* ---- writing ---- */

/* The pending group's legs, in the order in which legs_portion makes them. */
static enum result group_close(struct batch *b, const struct work_window *w)
{
	struct portion p = w->settled;
	uint64_t posted[3];
	size_t n = 0;
	enum result r = RESULT_OK;

	if (w->cross)
		posted[n++] = p.in;
	posted[n++] = p.out;
	if (w->held.spread > 0)
		posted[n++] = p.spread;
	for (size_t i = 0; !r && i < n; i++) {
		struct query q;

		batch_query(b, &q, STMT_TRANSFER_END);
		query_put_int(&q, w->group + (int64_t)i);
		query_put_text(&q, transfer_state_name(p.in > 0 ? TRANSFER_POSTED : TRANSFER_VOID));
		query_put_u64(&q, posted[i]);
		query_put_int(&q, b->now_ms);
		r = query_run(&q);
	}
	return r;
}

static enum result claim_insert(struct batch *b, const struct work_window *w)
{
	struct query q;

	b->tally.packets_forwarded += (int64_t)w->packets;
	batch_query(b, &q, STMT_CREDIT_BATCH_INSERT);
	query_put_int(&q, w->credit_batch);
	query_put_u64(&q, b->store->generation);
	query_put_int(&q, w->from);
	query_put_int(&q, w->to);
	query_put_int(&q, w->group);
	query_put_u64(&q, w->packets);
	query_put_u64(&q, w->settled.in);
	query_put_u64(&q, w->settled.out);
	query_put_int(&q, b->now_ms);
	return query_run(&q);
}

static enum result window_write(struct batch *b, const struct work_window *w, int64_t group)
{
	struct query q;

	batch_query(b, &q, STMT_WINDOW_UPDATE);
	query_put_int(&q, w->id);
	if (group)
		query_put_int(&q, group);
	else
		query_put_null(&q);
	query_put_u64(&q, w->reserved.in);
	query_put_u64(&q, w->reserved.out);
	query_put_u64(&q, w->reserved.spread);
	query_put_u64(&q, w->settled.in);
	query_put_u64(&q, w->settled.out);
	query_put_u64(&q, w->settled.spread + w->excess);
	query_put_u64(&q, w->doubt_in);
	query_put_u64(&q, w->packets);
	query_put_int(&q, w->reserved.in > 0 ? w->last_expiry_ms : 0);
	query_put_text(&q, w->closing ? "CLOSED" : "OPEN");
	if (w->closing)
		query_put_int(&q, b->now_ms);
	else
		query_put_null(&q);
	return query_run(&q);
}

static bool same(const struct portion *a, const struct portion *b)
{
	return a->in == b->in && a->out == b->out && a->spread == b->spread;
}

static enum result window_flush(struct batch *b, struct work_window *w)
{
	bool keep_group = w->settled.in == 0 && same(&w->reserved, &w->held) && !w->renew;
	int64_t group = keep_group ? w->group : 0;
	enum result r = RESULT_OK;

	if (keep_group && !w->closing && w->doubt_in == 0)
		return RESULT_OK;
	if (!keep_group && w->group)
		r = group_close(b, w);
	if (!r && w->excess > 0) {
		struct legs legs = {0};
		account_id paying, spread;
		int64_t extra;

		r = paying_account(b, w, &paying, &spread);
		if (!r)
			r = legs_add(b, &legs, paying, spread, w->excess);
		if (!r)
			r = legs_post(b, &legs, "window", w->id, &extra);
	}
	if (!r && w->credit_batch && w->settled.in > 0)
		r = claim_insert(b, w);
	if (!r && !keep_group && w->reserved.in > 0) {
		struct legs legs = {0};

		r = legs_portion(b, &legs, w->from, w->to, &w->reserved);
		if (!r)
			r = legs_pend(b, &legs, "window", w->id,
			        w->last_expiry_ms + WINDOW_MARGIN_MS, &group);
	}
	return r ? r : window_write(b, w, group);
}

enum result batch_flush_windows(struct batch *b)
{
	static const enum work_kind kinds[] = {WORK_WINDOW, WORK_ORPHAN};
	enum result r = RESULT_OK;

	for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
		for (struct work *w = b->first[kinds[k]]; !r && w; w = w->kind_next) {
			struct work_window *window = OWNER_OF(w, struct work_window, work);

			if (window->dirty)
				r = window_flush(b, window);
		}
	}
	return r;
}
