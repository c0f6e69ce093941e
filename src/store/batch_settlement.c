/* Terms of settlement, what is due by them, and settlements. */
#include <string.h>

#include "base/text.h"
#include "store/event_json.h"
#include "store/seal.h"
#include "store/settlement_core.h"
#include "store/withdrawal.h"

#define DUE_MAX 64 /* orders in one transaction */

static enum result terms_get(struct batch *b, account_id peer, struct settlement_terms_row *out)
{
	struct query q;

	batch_query(b, &q, STMT_SETTLEMENT_TERMS_GET);
	return settlement_terms_row(&q, &b->arena, peer, out);
}

static enum result call_add(struct batch *b, account_id peer, const char *engine, const char *kind,
        const struct id *settlement)
{
	struct query q;

	batch_query(b, &q, STMT_ENGINE_CALL_ADD);
	query_put_int(&q, peer);
	query_put_text(&q, engine);
	query_put_text(&q, kind);
	if (settlement)
		query_put_id(&q, settlement);
	else
		query_put_null(&q);
	query_put_int(&q, b->now_ms);
	b->changes++;
	b->settles = true;
	return query_run(&q);
}

/* An engine is the peer's no more: it is told, with the token that it knows. */
static enum result engine_leave(struct batch *b, account_id peer, const char *engine)
{
	struct query q;
	enum result r;

	if (!*engine)
		return RESULT_OK;
	r = call_add(b, peer, engine, "CLOSE", NULL);
	if (r)
		return r;
	batch_query(b, &q, STMT_ENGINE_CALL_KEEP_TOKEN);
	query_put_int(&q, peer);
	query_put_text(&q, engine);
	return query_run(&q);
}

/* ---- terms ---- */

static enum result token_set(
        struct batch *b, account_id peer, const struct id *id, const char *token)
{
	uint8_t storage[SETTLEMENT_TOKEN_MAX + SEAL_OVERHEAD], hash[32];
	struct buf sealed;
	struct query q;
	enum result r = RESULT_OK;

	buf_init(&sealed, storage, sizeof(storage));
	if (*token)
		r = seal_close(&b->store->seal_key, bytes_of(id->b, sizeof(id->b)),
		        bytes_str(token), &sealed);
	if (r)
		return r;
	batch_query(b, &q, STMT_SETTLEMENT_TOKEN_SET);
	query_put_int(&q, peer);
	if (*token) {
		sha256(bytes_str(token), hash);
		query_put_blob(&q, hash, sizeof(hash));
		query_put_blob(&q, sealed.p, sealed.len);
	} else {
		query_put_null(&q);
		query_put_null(&q);
	}
	return query_run(&q);
}

static enum result terms_set(
        struct batch *b, account_id peer, const struct settlement_terms *t, const char *engine)
{
	struct query q;

	batch_query(b, &q, STMT_SETTLEMENT_TERMS_SET);
	query_put_int(&q, peer);
	if (t->pays) {
		query_put_int(&q, t->pay_at);
		query_put_int(&q, t->pay_to);
	} else {
		query_put_null(&q);
		query_put_null(&q);
	}
	query_put_u64(&q, t->claim_at);
	query_put_text(&q, engine);
	b->changes++;
	return query_run(&q);
}

/* The terms as they will be. */
static void merge(const struct settlement_change *c, struct settlement_terms *t)
{
	if (c->sets_pays)
		t->pays = c->terms.pays;
	if (c->sets_pay_at)
		t->pay_at = c->terms.pay_at;
	if (c->sets_pay_to)
		t->pay_to = c->terms.pay_to;
	if (c->sets_claim)
		t->claim_at = c->terms.claim_at;
}

enum result batch_settlement_set(
        struct batch *b, const struct id *id, const struct settlement_change *c)
{
	struct settlement_terms_row row;
	struct work_account *account;
	const char *engine;
	bool another;
	account_id peer;
	struct query q;
	enum result r;

	batch_query(b, &q, STMT_PEER_BY_ID);
	query_put_id(&q, id);
	r = query_one_int(&q, &peer);
	if (!r)
		r = terms_get(b, peer, &row);
	if (r)
		return r;
	merge(c, &row.terms);
	engine = c->engine ? c->engine : row.engine;
	if (!settlement_terms_fit(&row.terms))
		return RESULT_THEIRS_BAD_AMOUNT;
	if (strlen(engine) > SETTLEMENT_URL_MAX ||
	        (c->token && strlen(c->token) > SETTLEMENT_TOKEN_MAX))
		return RESULT_THEIRS_MALFORMED;
	another = strcmp(row.engine, engine) != 0;
	r = batch_account(b, peer, &account);
	if (!r && another)
		r = engine_leave(b, peer, row.engine);
	if (!r)
		r = terms_set(b, peer, &row.terms, engine);
	if (!r && c->token)
		r = token_set(b, peer, id, c->token);
	if (r)
		return r;
	account->dirty = true; /* the present balance may be told at once */
	return another && *engine ? call_add(b, peer, engine, "OPEN", NULL) : RESULT_OK;
}

enum result batch_settlement_leave(struct batch *b, account_id peer)
{
	const struct settlement_terms none = {0};
	struct settlement_terms_row old;
	struct query q;
	int64_t open;
	enum result r;

	batch_query(b, &q, STMT_SETTLEMENT_OPEN_COUNT);
	query_put_int(&q, peer);
	r = query_one_int(&q, &open);
	if (!r)
		r = terms_get(b, peer, &old);
	if (r)
		return r;
	if (open > 0)
		return RESULT_THEIRS_STATE;
	if (!*old.engine && !old.terms.pays && !old.terms.claim_at)
		return RESULT_OK;
	r = engine_leave(b, peer, old.engine);
	return r ? r : terms_set(b, peer, &none, "");
}

/* ---- what is due ---- */

static json_t *balance_json(int64_t balance, const struct asset_row *asset)
{
	char text[AMOUNT_TEXT_SIZE + 1];
	uint64_t size = balance < 0 ? 0 - (uint64_t)balance : (uint64_t)balance;

	text[0] = '-';
	amount_format_major(size, 0, text + 1);
	return json_pack("{s:s, s:s, s:i}", "value", balance < 0 ? text : text + 1, "assetCode",
	        asset->code, "assetScale", (int)asset->scale);
}

static enum result announce_due(struct batch *b, const struct account *a,
        const struct settlement_terms_row *t, enum settlement_side side)
{
	int64_t balance = ledger_balance(a);
	uint64_t amount = settlement_amount(&t->terms, side, balance);
	const struct asset_row *asset;
	const char *name = "";
	struct id id;
	enum result r = batch_asset(b, a->asset, &asset);

	if (!r)
		r = batch_peer_names(b, a->id, &id, &name);
	if (r)
		return r;
	return event_write(b, EVENT_TYPE_SETTLEMENT_DUE, &id,
	        json_pack("{s:o, s:s, s:s, s:o, s:o, s:b}", "id", event_id(&id), "name", name,
	                "direction", side == SETTLEMENT_PAY ? "sent" : "received", "amount",
	                event_amount(amount, asset->code, asset->scale), "balance",
	                balance_json(balance, asset), "engine",
	                (int)(side == SETTLEMENT_PAY && *t->engine)));
}

enum result batch_settlement_check(struct batch *b, const struct account *a)
{
	struct settlement_terms_row t;
	enum settlement_side side;
	struct query q;
	enum result r;

	if (a->closed || a->kind != ACCOUNT_PEER)
		return RESULT_OK;
	r = terms_get(b, a->id, &t);
	if (r)
		return r;
	side = settlement_side(&t.terms, t.told, ledger_balance(a));
	if (side == t.told)
		return RESULT_OK;
	batch_query(b, &q, STMT_SETTLEMENT_TELL);
	query_put_int(&q, a->id);
	query_put_text(&q, settlement_side_name(side));
	r = query_run(&q);
	b->settles = b->settles || (side == SETTLEMENT_PAY && *t.engine);
	return r || side == SETTLEMENT_NOTHING ? r : announce_due(b, a, &t, side);
}

/* ---- settlements ---- */

/* Those that an engine received have their key and what it said. */
struct settlement_new {
	const struct movement *m; /* amount 0: none was made */
	bool received;
	const char *state;
	const struct settlement_in *in;             /* NULL: of the operator, or an order */
	const struct settlement_quantity *leftover; /* with `in` */
};

static enum result settlement_add(struct batch *b, const struct settlement_new *s, bool by_engine)
{
	bool done = strcmp(s->state, "DONE") == 0;
	struct query q;

	batch_query(b, &q, STMT_SETTLEMENT_INSERT);
	query_put_id(&q, &s->m->id);
	query_put_int(&q, s->m->account);
	query_put_text(&q, s->received ? "received" : "sent");
	query_put_int(&q, by_engine);
	query_put_text(&q, s->state);
	query_put_u64(&q, s->m->amount);
	if (s->m->amount)
		query_put_id(&q, &s->m->id);
	else
		query_put_null(&q);
	query_put_text(&q, s->m->reference ? s->m->reference : "");
	if (s->in) {
		query_put_text(&q, s->in->key);
		query_put_blob(&q, s->in->hash, 32);
		query_put_text(&q, s->in->quantity.digits);
		query_put_int(&q, s->in->quantity.scale);
		query_put_text(&q, s->leftover->digits);
		query_put_int(&q, s->leftover->scale);
	} else {
		for (int i = 0; i < 6; i++)
			query_put_null(&q);
	}
	query_put_int(&q, b->now_ms);
	if (done)
		query_put_int(&q, b->now_ms);
	else
		query_put_null(&q);
	b->changes++;
	return query_run(&q);
}

enum result batch_settlement_note(struct batch *b, const struct movement *m)
{
	const struct settlement_new s = {
	        .m = m, .received = m->kind == MOVEMENT_SETTLE_IN, .state = "DONE"};

	return settlement_add(b, &s, false);
}

enum result batch_settlement_announce(struct batch *b, const struct movement *m)
{
	struct work_account *account;
	const struct asset_row *asset;
	const char *name = "";
	struct id peer;
	enum result r = batch_account(b, m->account, &account);

	if (!r)
		r = batch_asset(b, account->now.asset, &asset);
	if (!r)
		r = batch_peer_names(b, m->account, &peer, &name);
	if (r)
		return r;
	return event_write(b, EVENT_TYPE_SETTLEMENT_RECEIVED, &m->id,
	        json_pack("{s:o, s:o, s:s, s:o, s:o, s:o}", "id", event_id(&m->id), "peerId",
	                event_id(&peer), "name", name, "amount",
	                event_amount(m->amount, asset->code, asset->scale), "reference",
	                event_text(m->reference), "createdAt", event_time(b->now_ms)));
}

struct known {
	account_id peer;
	uint64_t amount;
	bool ordered;
};

/* Errors: THEIRS_NOT_FOUND. */
static enum result known_get(struct batch *b, const struct id *id, struct known *out)
{
	struct query q;
	bool found;
	enum result r;

	batch_query(b, &q, STMT_SETTLEMENT_LOAD);
	query_put_id(&q, id);
	found = query_row(&q);
	if (found) {
		out->peer = query_int(&q);
		out->amount = query_u64(&q);
		out->ordered = query_int(&q) != 0;
	}
	r = query_end(&q);
	return r || found ? r : RESULT_THEIRS_NOT_FOUND;
}

enum result batch_order_none(struct batch *b, const struct id *id)
{
	struct known known = {.ordered = false};
	enum result r = known_get(b, id, &known);

	if (r && r != RESULT_THEIRS_NOT_FOUND)
		return r;
	return known.ordered ? RESULT_THEIRS_CONFLICT : RESULT_OK;
}

/* The order of that id, where there is one. Errors: THEIRS_NOT_FOUND (the id is new),
 * THEIRS_CONFLICT. */
static enum result order_known(struct batch *b, const struct movement *m)
{
	struct known known;
	enum result r = known_get(b, &m->id, &known);

	if (!r)
		return known.ordered && known.peer == m->account && known.amount == m->amount
		               ? RESULT_OK
		               : RESULT_THEIRS_CONFLICT;
	if (r == RESULT_THEIRS_NOT_FOUND)
		r = batch_movement_none(b, &m->id);
	if (!r)
		r = batch_withdrawal_none(b, &m->id);
	return r ? r : RESULT_THEIRS_NOT_FOUND;
}

enum result batch_settlement_order(struct batch *b, const struct id *id, account_id peer,
        uint64_t amount, const char *reference, bool *repeated)
{
	const struct movement m = {.id = *id,
	        .kind = MOVEMENT_SETTLE_OUT,
	        .account = peer,
	        .amount = amount,
	        .reference = reference};
	const struct settlement_new s = {.m = &m, .state = "ORDERED"};
	struct settlement_terms_row t;
	enum result r = order_known(b, &m);

	*repeated = !r;
	if (r != RESULT_THEIRS_NOT_FOUND)
		return r;
	r = terms_get(b, peer, &t);
	if (r)
		return r;
	if (!*t.engine)
		return RESULT_THEIRS_STATE;
	r = batch_movement_make(b, &m);
	if (!r)
		r = settlement_add(b, &s, true);
	return r ? r : call_add(b, peer, t.engine, "SETTLE", id);
}

static enum result due_list(struct batch *b, account_id list[DUE_MAX], size_t *count)
{
	struct query q;

	*count = 0;
	batch_query(b, &q, STMT_SETTLEMENT_DUE);
	query_put_int(&q, DUE_MAX);
	query_put_int(&q, b->now_ms);
	while (*count < DUE_MAX && query_row(&q))
		list[(*count)++] = query_int(&q);
	return query_end(&q);
}

static enum result pause_orders(struct batch *b, account_id peer, int64_t pause_ms)
{
	struct query q;

	batch_query(b, &q, STMT_SETTLEMENT_PAUSE);
	query_put_int(&q, peer);
	query_put_int(&q, b->now_ms + pause_ms);
	b->changes++;
	return query_run(&q);
}

/* Put off where the ledger does not allow it now: money in flight, or a limit. */
static enum result order_one(struct batch *b, account_id peer)
{
	struct settlement_terms_row t;
	struct work_account *account;
	struct id id;
	bool repeated;
	uint64_t amount;
	enum result r = batch_account(b, peer, &account);

	if (!r)
		r = terms_get(b, peer, &t);
	if (r)
		return r;
	amount = settlement_amount(&t.terms, SETTLEMENT_PAY, ledger_balance(&account->now));
	if (amount == 0 || !t.terms.pays)
		return RESULT_OK;
	id_new(b->now_ms, &id);
	r = batch_settlement_order(b, &id, peer, amount, NULL, &repeated);
	if (result_class(r) != RESULT_CLASS_THEIRS)
		return r;
	return pause_orders(b, peer, SETTLEMENT_BUSY_PAUSE_MS);
}

enum result batch_settlement_order_due(struct batch *b, int64_t *next_ms)
{
	account_id list[DUE_MAX];
	struct query q;
	size_t count;
	enum result r = due_list(b, list, &count);

	for (size_t i = 0; !r && i < count; i++)
		r = order_one(b, list[i]);
	if (r)
		return r;
	batch_query(b, &q, STMT_SETTLEMENT_DUE_NEXT);
	query_put_int(&q, b->now_ms);
	r = query_one_int(&q, next_ms);
	/* There may be more than one transaction takes. */
	if (!r && count == DUE_MAX)
		*next_ms = b->now_ms;
	return r;
}

/* ---- received by an engine ---- */

/* The row under the engine's key. Errors: THEIRS_NOT_FOUND, THEIRS_CONFLICT. */
static enum result taken_before(struct batch *b, const struct settlement_in *in, struct arena *a,
        struct settlement_row *out)
{
	struct query q;
	bool found, equal = false;
	int64_t key = 0;
	enum result r;

	batch_query(b, &q, STMT_SETTLEMENT_BY_ENGINE_KEY);
	query_put_int(&q, in->peer);
	query_put_text(&q, in->key);
	found = query_row(&q);
	if (found) {
		key = query_int(&q);
		equal = bytes_eq(query_bytes(&q), bytes_of(in->hash, 32));
	}
	r = query_end(&q);
	if (r || !found)
		return r ? r : RESULT_THEIRS_NOT_FOUND;
	if (!equal)
		return RESULT_THEIRS_CONFLICT;
	batch_query(b, &q, STMT_SETTLEMENT_GET);
	return settlement_row(&q, a, key, out);
}

static enum result leftover_set(
        struct batch *b, account_id peer, const struct settlement_quantity *left)
{
	struct query q;

	batch_query(b, &q, STMT_SETTLEMENT_LEFTOVER_SET);
	query_put_int(&q, peer);
	query_put_text(&q, left->digits);
	query_put_int(&q, left->scale);
	return query_run(&q);
}

enum result batch_settlement_take(struct batch *b, const struct settlement_in *in, struct arena *a,
        struct settlement_row *out)
{
	struct movement m = {.kind = MOVEMENT_SETTLE_IN, .account = in->peer};
	struct settlement_new s = {.m = &m, .received = true, .state = "DONE", .in = in};
	struct settlement_terms_row t;
	struct settlement_quantity left;
	struct work_account *account;
	const struct asset_row *asset;
	enum result r = taken_before(b, in, a, out);

	if (r != RESULT_THEIRS_NOT_FOUND)
		return r;
	r = batch_account(b, in->peer, &account);
	if (!r)
		r = batch_asset(b, account->now.asset, &asset);
	if (!r)
		r = terms_get(b, in->peer, &t);
	if (r)
		return r;
	if (account->now.closed)
		return RESULT_THEIRS_STATE;
	r = settlement_credit(&in->quantity, &t.leftover, asset->scale, &m.amount, &left);
	if (r)
		return r;
	id_new(b->now_ms, &m.id);
	s.leftover = &left;
	if (m.amount)
		r = batch_movement_make(b, &m);
	if (!r)
		r = settlement_add(b, &s, true);
	if (!r)
		r = leftover_set(b, in->peer, &left);
	if (!r && m.amount)
		r = batch_settlement_announce(b, &m);
	return r ? r : taken_before(b, in, a, out);
}
