/* Calls to settlement engines: claimed, and ended. */
#include <string.h>

#include "store/seal.h"
#include "store/settlement_core.h"

static const char *const kinds[] = {[ENGINE_CALL_OPEN] = "OPEN",
        [ENGINE_CALL_SETTLE] = "SETTLE",
        [ENGINE_CALL_CLOSE] = "CLOSE"};

enum result batch_engine_take_over(struct batch *b)
{
	struct query q;

	batch_query(b, &q, STMT_ENGINE_CALL_TAKE_OVER);
	query_put_u64(&q, b->store->generation);
	b->changes++;
	return query_run(&q);
}

/* ---- claiming ---- */

/* sealed: empty for none. */
static enum result token_open(struct batch *b, struct arena *a, const struct id *peer,
        struct bytes sealed, const char **out)
{
	char *token = arena_alloc(a, SETTLEMENT_TOKEN_MAX + 1);
	enum result r = RESULT_OK;
	struct buf text;

	if (!token)
		return RESULT_OURS_MEMORY;
	buf_init(&text, token, SETTLEMENT_TOKEN_MAX);
	if (sealed.n)
		r = seal_open(
		        &b->store->seal_key, bytes_of(peer->b, sizeof(peer->b)), sealed, &text);
	token[text.len] = '\0';
	*out = token;
	return r ? RESULT_OURS_STORE : RESULT_OK;
}

static enum result hold(struct batch *b, int64_t key)
{
	struct query q;

	batch_query(b, &q, STMT_ENGINE_CALL_HOLD);
	query_put_int(&q, key);
	query_put_u64(&q, b->store->generation);
	b->changes++;
	return query_run(&q);
}

enum result batch_engine_claim(
        struct batch *b, struct arena *a, struct engine_call *out, bool *found, int64_t *next_ms)
{
	const struct asset_row *asset;
	enum result opened = RESULT_OK, r;
	asset_id asset_key = 0;
	struct query q;

	*next_ms = 0;
	*out = (struct engine_call){.engine = "", .token = ""};
	batch_query(b, &q, STMT_ENGINE_CALL_CLAIM);
	query_put_int(&q, b->now_ms);
	*found = query_row(&q);
	if (*found) {
		struct bytes kind;

		out->key = query_int(&q);
		(void)query_int(&q);
		query_blob(&q, out->peer.b, sizeof(out->peer.b));
		out->engine = query_text(&q, a);
		kind = query_bytes(&q);
		for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
			if (bytes_eq_str(kind, kinds[i]))
				out->kind = (enum engine_call_kind)i;
		query_blob(&q, out->settlement.b, sizeof(out->settlement.b));
		out->amount = query_u64(&q);
		asset_key = (asset_id)query_int(&q);
		out->attempts = (unsigned)query_int(&q) + 1;
		opened = token_open(b, a, &out->peer, query_bytes(&q), &out->token);
	}
	r = query_end(&q);
	if (!r)
		r = opened;
	if (r)
		return r;
	if (!*found) {
		batch_query(b, &q, STMT_ENGINE_CALL_NEXT);
		return query_one_int(&q, next_ms);
	}
	r = batch_asset(b, asset_key, &asset);
	if (r)
		return r;
	out->scale = asset->scale;
	return hold(b, out->key);
}

/* ---- ending ---- */

struct held {
	account_id peer;
	bool settles;
	bool unanswered; /* an attempt before this one may have been taken */
	struct id settlement;
};

static enum result held_get(struct batch *b, int64_t key, struct held *out)
{
	struct query q;
	bool found;
	enum result r;

	batch_query(b, &q, STMT_ENGINE_CALL_HELD);
	query_put_int(&q, key);
	query_put_u64(&q, b->store->generation);
	found = query_row(&q);
	if (found) {
		out->peer = query_int(&q);
		out->settles = query_int(&q) != 0;
		out->unanswered = query_int(&q) != 0;
		query_blob(&q, out->settlement.b, sizeof(out->settlement.b));
	}
	r = query_end(&q);
	return r ? r : found ? RESULT_OK : RESULT_THEIRS_NOT_FOUND;
}

static enum result order_end(
        struct batch *b, const struct held *h, const char *state, const struct id *refund)
{
	struct query q;

	batch_query(b, &q, STMT_SETTLEMENT_END);
	query_put_id(&q, &h->settlement);
	query_put_text(&q, state);
	if (refund)
		query_put_id(&q, refund);
	else
		query_put_null(&q);
	query_put_int(&q, b->now_ms);
	return query_run(&q);
}

/* The money is the peer's again, as if nothing had been ordered. */
static enum result take_back(struct batch *b, const struct held *h)
{
	struct movement m = {.kind = MOVEMENT_SETTLE_IN, .account = h->peer};
	struct query q;
	bool found;
	enum result r;

	batch_query(b, &q, STMT_SETTLEMENT_LOAD);
	query_put_id(&q, &h->settlement);
	found = query_row(&q);
	if (found) {
		(void)query_int(&q);
		m.amount = query_u64(&q);
	}
	r = query_end(&q);
	if (r || !found)
		return r ? r : RESULT_OURS_BUG;
	id_new(b->now_ms, &m.id);
	r = batch_movement_make(b, &m);
	if (!r)
		r = order_end(b, h, "REFUSED", &m.id);
	if (r)
		return r;
	batch_query(b, &q, STMT_SETTLEMENT_PAUSE);
	query_put_int(&q, h->peer);
	query_put_int(&q, b->now_ms + SETTLEMENT_REFUSED_PAUSE_MS);
	return query_run(&q);
}

static enum result call_end(
        struct batch *b, const struct engine_end *e, const char *state, bool again)
{
	struct query q;

	batch_query(b, &q, STMT_ENGINE_CALL_END);
	query_put_int(&q, e->key);
	query_put_text(&q, state);
	query_put_int(&q, again ? e->next_ms : b->now_ms);
	query_put_int(&q, e->status);
	query_put_text(&q, e->error);
	if (again)
		query_put_null(&q);
	else
		query_put_int(&q, b->now_ms);
	query_put_int(&q, e->unanswered);
	b->changes++;
	return query_run(&q);
}

enum result batch_engine_end(struct batch *b, const struct engine_end *e)
{
	struct held h;
	enum result r = held_get(b, e->key, &h);

	if (r)
		return r;
	switch (e->answer) {
	case SETTLEMENT_TAKEN:
		r = h.settles ? order_end(b, &h, "DONE", NULL) : RESULT_OK;
		return r ? r : call_end(b, e, "DONE", false);
	case SETTLEMENT_REFUSED:
		/* The engine may have paid before, and this be somebody else's word: the next
		 * attempt, with the same key, or the operator decides. */
		if (h.settles && h.unanswered)
			break;
		r = h.settles ? take_back(b, &h) : RESULT_OK;
		return r ? r : call_end(b, e, "REFUSED", false);
	case SETTLEMENT_NO_ACCOUNT:
	case SETTLEMENT_AGAIN:
		break;
	}
	return call_end(b, e, "QUEUED", true);
}

enum result batch_settlement_decide(
        struct batch *b, account_id peer, const struct id *id, bool paid)
{
	struct engine_end e = {.error = "decided by the operator"};
	const struct held h = {.peer = peer, .settles = true, .settlement = *id};
	bool found, idle = false;
	struct query q;
	enum result r;

	batch_query(b, &q, STMT_SETTLEMENT_CALL);
	query_put_id(&q, id);
	query_put_int(&q, peer);
	found = query_row(&q);
	if (found) {
		e.key = query_int(&q);
		idle = query_int(&q) == 0;
		idle = query_int(&q) != 0 && idle;
	}
	r = query_end(&q);
	if (r || !found)
		return r ? r : RESULT_THEIRS_NOT_FOUND;
	if (!idle)
		return RESULT_THEIRS_STATE;
	r = paid ? order_end(b, &h, "DONE", NULL) : take_back(b, &h);
	return r ? r : call_end(b, &e, paid ? "DONE" : "REFUSED", false);
}
