/* settlement: what moved between a peer and us outside Interledger, and when and where it does. */
#include <string.h>

#include "admin/change.h"
#include "admin/page.h"
#include "admin/resource.h"
#include "admin/row.h"
#include "base/log.h"
#include "base/words.h"
#include "net/url_guard.h"
#include "store/settlement.h"

/* ---- the list ---- */

static json_t *quantity_json(const char *digits, unsigned scale)
{
	if (!*digits)
		return json_null();
	return json_pack("{s:s, s:i}", "amount", digits, "scale", (int)scale);
}

static json_t *settlement_json(const struct settlement_row *s, const struct asset_row *asset)
{
	return json_pack("{s:o, s:s, s:o, s:o, s:s, s:b, s:o, s:o, s:o, s:o, s:o, s:o, s:i}", "id",
	        admin_id(&s->id), "direction", s->received ? "received" : "sent", "amount",
	        admin_amount(s->amount, asset), "reference", admin_text(s->reference), "state",
	        settlement_state_name(s->state), "engine", (int)s->by_engine, "engineKey",
	        admin_text(s->engine_key), "quantity",
	        quantity_json(s->quantity, s->quantity_scale), "leftover",
	        quantity_json(s->leftover, s->leftover_scale), "createdAt",
	        admin_time(s->created_ms), "endedAt", admin_time(s->ended_ms), "error",
	        admin_text(s->error), "attempts", (int)s->attempts);
}

enum http_next admin_settlement_list(struct http_request *rq)
{
	struct node_loop *loop = http_app(rq);
	const struct peer *peer = admin_peer_of_path(rq);
	struct settlement_row *rows;
	struct page page;
	json_t *items;
	size_t count;
	bool more;
	enum result r;

	if (!peer || admin_page_read_ids(rq, &page))
		return HTTP_DONE;
	r = store_settlement_list(
	        loop->reader, &rq->arena, peer->row.account, &page, &rows, &count, &more);
	if (r)
		return admin_refuse_by(rq, r, NULL);
	items = json_array();
	for (size_t i = 0; !r && i < count; i++)
		r = admin_page_add(items, settlement_json(&rows[i], &peer->asset));
	return admin_page_ids(rq, r, items, more, count ? &rows[count - 1].id : NULL);
}

/* ---- a settlement ---- */

struct peer_settle {
	struct admin_change change;
	bool received, by_engine;
	const char *reference; /* NULL: none */
	struct peer_row peer;  /* its texts are in the request's arena */
	struct asset_row asset;
	const char **routes;
	size_t routes_count;
	uint64_t amount;
};

static enum result move(const struct peer_settle *s, struct batch *b)
{
	const struct movement m = {
	        .id = s->change.id,
	        .kind = s->received ? MOVEMENT_SETTLE_IN : MOVEMENT_SETTLE_OUT,
	        .account = s->peer.account,
	        .amount = s->amount,
	        .reference = s->reference,
	};
	bool repeated;

	if (s->by_engine)
		return batch_settlement_order(
		        b, &m.id, m.account, m.amount, s->reference, &repeated);
	return batch_move(b, &m, &repeated);
}

static enum result settle_apply(struct admin_change *c, struct batch *b, json_t **answer)
{
	const struct peer_settle *s = OWNER_OF(c, struct peer_settle, change);
	struct account account;
	enum result r = move(s, b);

	if (!r)
		r = batch_account_get(b, s->peer.account, &account);
	if (!r)
		*answer = json_pack("{s:o, s:s, s:o, s:o, s:s, s:b, s:o}", "id", admin_id(&c->id),
		        "direction", s->received ? "received" : "sent", "amount",
		        admin_amount(s->amount, &s->asset), "reference", admin_text(s->reference),
		        "state",
		        settlement_state_name(s->by_engine ? SETTLEMENT_ORDERED : SETTLEMENT_DONE),
		        "engine", (int)s->by_engine, "peer",
		        admin_peer_json(
		                &s->peer, &s->asset, &account, s->routes, s->routes_count, NULL));
	return r;
}

static enum result settle_log(struct admin_change *c)
{
	const struct peer_settle *s = OWNER_OF(c, struct peer_settle, change);
	char reference[LOG_TEXT_SIZE], id[ID_TEXT_SIZE];

	id_format(&c->id, id);
	log_info("settlement", "id=%s peer=%s direction=%s amount=%llu asset=%s/%u reference=%s",
	        id, s->peer.name, s->received ? "received" : "sent", (unsigned long long)s->amount,
	        s->asset.code, s->asset.scale,
	        log_text(reference, s->reference ? s->reference : ""));
	return RESULT_OK;
}

/* The snapshot may be swapped while the request is parked: what the answer shows is copied. */
static enum result copy_peer(
        struct http_request *rq, const struct peer *peer, struct peer_settle *s)
{
	s->peer = peer->row;
	s->asset = peer->asset;
	s->peer.name = arena_strdup(&rq->arena, peer->row.name);
	s->peer.url = arena_strdup(&rq->arena, peer->row.url);
	s->peer.ilp_address = arena_strdup(&rq->arena, peer->row.ilp_address);
	s->peer.assigned = arena_strdup(&rq->arena, peer->row.assigned);
	if (!s->peer.name || !s->peer.url || !s->peer.ilp_address || !s->peer.assigned)
		return RESULT_OURS_MEMORY;
	return admin_peer_routes(rq, peer, &s->routes, &s->routes_count);
}

/* admin_move_refusals, and what an order may meet. */
static const struct admin_refusal order_refusals[] = {
        {RESULT_THEIRS_STATE, "engine", WORDS("the peer has no settlement engine")},
        {RESULT_THEIRS_INSUFFICIENT, "amount", WORDS("the peer may not owe us that much")},
        {RESULT_THEIRS_CONFLICT, "Idempotency-Key", WORDS("the key was used for something else")},
        {RESULT_OK, NULL, NULL},
};

enum http_next admin_peer_settle(struct http_request *rq)
{
	const struct peer *peer = admin_peer_of_path(rq);
	const char *direction = NULL, *reference = NULL;
	json_t *amount = NULL;
	bool engine = false, received;
	const struct json_member members[] = {
	        {"direction", JSON_TO_STRING, &direction, .required = true},
	        {"amount", JSON_TO_OBJECT, &amount, .required = true},
	        {"reference", JSON_TO_STRING, &reference, .max = SETTLEMENT_REFERENCE_MAX},
	        {"engine", JSON_TO_BOOL, &engine, .required = false},
	};
	struct peer_settle *s;

	if (!peer || http_json_read(rq, false, members, sizeof(members) / sizeof(members[0]),
	                     JSON_SPEC_STRICT))
		return HTTP_DONE;
	received = strcmp(direction, "received") == 0;
	if (!received && strcmp(direction, "sent") != 0)
		return admin_refuse(rq, RESULT_THEIRS_MALFORMED, "direction",
		        WORDS("\"direction\" must be \"received\" or \"sent\""));
	if (received && engine)
		return admin_refuse(rq, RESULT_THEIRS_MALFORMED, "engine",
		        WORDS("an engine says itself what it received: only \"sent\" is ordered"));
	s = admin_change_new(rq, sizeof(*s), ADMIN_KEY_REQUIRED);
	if (!s || admin_amount_read(rq, amount, "amount", &peer->asset, &s->amount))
		return HTTP_DONE;
	if (copy_peer(rq, peer, s))
		return admin_refuse_by(rq, RESULT_OURS_MEMORY, NULL);
	s->received = received;
	s->by_engine = engine;
	s->reference = reference;
	s->change.apply = settle_apply;
	s->change.committed = settle_log;
	s->change.refusals = engine ? order_refusals : admin_move_refusals;
	return admin_change_submit(&s->change);
}

/* ---- what a person found out ---- */

struct settle_end {
	struct admin_change change;
	account_id peer;
	struct asset_row asset;
	struct id id;
	bool paid;
};

static enum result end_apply(struct admin_change *c, struct batch *b, json_t **answer)
{
	const struct settle_end *e = OWNER_OF(c, struct settle_end, change);
	struct account account;
	enum result r = batch_settlement_decide(b, e->peer, &e->id, e->paid);

	if (!r)
		r = batch_account_get(b, e->peer, &account);
	if (!r)
		*answer = json_pack("{s:o, s:s, s:o}", "id", admin_id(&e->id), "state",
		        settlement_state_name(e->paid ? SETTLEMENT_DONE : SETTLEMENT_TAKEN_BACK),
		        "balance", admin_amount_signed(ledger_balance(&account), &e->asset));
	return r;
}

enum http_next admin_settlement_end(struct http_request *rq)
{
	static const struct admin_refusal refusals[] = {
	        {RESULT_THEIRS_NOT_FOUND, NULL,
	                WORDS("there is no such order at the peer's engine")},
	        {RESULT_THEIRS_STATE, NULL,
	                WORDS("it is over, or the engine is being called just now; try again")},
	        {RESULT_OK, NULL, NULL},
	};
	const struct peer *peer = admin_peer_of_path(rq);
	const char *as = NULL;
	const struct json_member members[] = {
	        {"as", JSON_TO_STRING, &as, .required = true},
	};
	struct settle_end *e;

	if (!peer || http_json_read(rq, false, members, 1, JSON_SPEC_STRICT))
		return HTTP_DONE;
	if (strcmp(as, "paid") != 0 && strcmp(as, "refused") != 0)
		return admin_refuse(rq, RESULT_THEIRS_MALFORMED, "as",
		        WORDS("\"as\" must be \"paid\" or \"refused\""));
	e = admin_change_new(rq, sizeof(*e), ADMIN_KEY_REQUIRED);
	if (!e)
		return HTTP_DONE;
	if (admin_param_id(rq, "settlement", &e->id))
		return admin_refuse_by(rq, RESULT_THEIRS_NOT_FOUND, refusals);
	e->peer = peer->row.account;
	e->asset = peer->asset;
	e->paid = strcmp(as, "paid") == 0;
	e->change.status = 200;
	e->change.apply = end_apply;
	e->change.refusals = refusals;
	return admin_change_submit(&e->change);
}

/* ---- terms ---- */

enum http_next admin_settlement_terms_get(struct http_request *rq)
{
	struct node_loop *loop = http_app(rq);
	const struct peer *peer = admin_peer_of_path(rq);
	struct settlement_terms_row t;
	const struct asset_row *asset;
	struct account account;
	enum result r;

	if (!peer)
		return HTTP_DONE;
	asset = &peer->asset;
	r = store_settlement_terms(loop->reader, &rq->arena, peer->row.account, &t);
	if (!r)
		r = store_account_get(loop->reader, peer->row.account, &account);
	if (r)
		return admin_refuse_by(rq, r, NULL);
	return http_reply_json(rq, 200,
	        json_pack("{s:s, s:s, s:i, s:o, s:o, s:o, s:o, s:o, s:b, s:o, s:o}", "peer",
	                peer->row.name, "assetCode", asset->code, "assetScale", (int)asset->scale,
	                "balance", admin_amount_signed(ledger_balance(&account), asset),
	                "settleThreshold",
	                t.terms.pays ? admin_amount_signed(t.terms.pay_at, asset) : json_null(),
	                "settleTo",
	                t.terms.pays ? admin_amount_signed(t.terms.pay_to, asset) : json_null(),
	                "claimThreshold",
	                t.terms.claim_at ? admin_amount(t.terms.claim_at, asset) : json_null(),
	                "engineUrl", admin_text(t.engine), "engineToken", (int)t.token, "leftover",
	                quantity_json(t.leftover.digits, t.leftover.scale), "due",
	                t.told == SETTLEMENT_NOTHING
	                        ? json_null()
	                        : json_string(t.told == SETTLEMENT_PAY ? "sent" : "received")));
}

struct terms_set {
	struct admin_change change;
	struct id peer;
	struct settlement_change wanted;
};

static enum result terms_apply(struct admin_change *c, struct batch *b, json_t **answer)
{
	const struct terms_set *t = OWNER_OF(c, struct terms_set, change);

	(void)answer;
	return batch_settlement_set(b, &t->peer, &t->wanted);
}

/* An amount that may be below zero; null clears. False: the reply is set. */
static bool read_signed(struct http_request *rq, const json_t *value, const char *field,
        const struct asset_row *asset, int64_t *out)
{
	const char *digits = json_string_value(json_object_get(value, "value"));
	bool negative = digits && *digits == '-';
	json_t *size = negative ? json_copy((json_t *)(uintptr_t)value) : NULL;
	uint64_t units = 0;
	enum result r = RESULT_OURS_MEMORY;

	if (!negative)
		r = admin_amount_read(rq, value, field, asset, &units);
	else if (size && json_object_set_new(size, "value", json_string(digits + 1)) == 0)
		r = admin_amount_read(rq, size, field, asset, &units);
	json_decref(size);
	*out = negative ? -(int64_t)units : (int64_t)units;
	if (r == RESULT_OURS_MEMORY)
		(void)admin_refuse_by(rq, r, NULL);
	return r == RESULT_OK;
}

/* The base URL of an engine, without the slash that people end it with; null is none. */
static bool read_engine(struct http_request *rq, const json_t *value, const char **out)
{
	const struct node_loop *loop = http_app(rq);
	struct url_parts *parts = arena_alloc(&rq->arena, sizeof(*parts));
	const char *url = json_string_value(value);
	size_t n;
	enum result r = RESULT_THEIRS_MALFORMED;

	if (json_is_null(value)) {
		*out = "";
		return true;
	}
	if (!parts) {
		(void)admin_refuse_by(rq, RESULT_OURS_MEMORY, NULL);
		return false;
	}
	if (url && *url && strlen(url) <= SETTLEMENT_URL_MAX && !strpbrk(url, "?#"))
		r = url_guard_url(loop->node->guard, URL_POLICY_OPERATOR, url, parts);
	if (r == RESULT_THEIRS_BLOCKED)
		(void)admin_refuse(rq, r, "engineUrl",
		        "this node may not call \"%s\" (see [outbound] allow)", url);
	else if (r)
		(void)admin_refuse(rq, RESULT_THEIRS_MALFORMED, "engineUrl",
		        WORDS("\"engineUrl\" must be the base URL of a settlement engine, or "
		              "null"));
	if (r)
		return false;
	n = strlen(parts->url);
	while (n > 0 && parts->url[n - 1] == '/')
		n--;
	*out = arena_strndup(&rq->arena, parts->url, n);
	return *out != NULL;
}

/* A token stands in a header: visible ASCII without blanks. */
static bool read_token(struct http_request *rq, const json_t *value, const char **out)
{
	const char *token = json_is_null(value) ? "" : json_string_value(value);
	bool good = token && strlen(token) <= SETTLEMENT_TOKEN_MAX;

	for (const char *c = good ? token : ""; *c; c++)
		good = good && *c > ' ' && *c < 0x7f;
	if (!good || (!*token && !json_is_null(value))) {
		(void)admin_refuse(rq, RESULT_THEIRS_MALFORMED, "engineToken",
		        "\"engineToken\" must be visible ASCII without blanks, at most %d "
		        "characters, or null",
		        SETTLEMENT_TOKEN_MAX);
		return false;
	}
	*out = token;
	return true;
}

/* One member of the body. False: the reply is set. */
static bool read_member(struct http_request *rq, const char *name, const json_t *value,
        const struct asset_row *asset, struct settlement_change *c)
{
	bool none = json_is_null(value);
	int64_t units;

	if (strcmp(name, "engineUrl") == 0)
		return read_engine(rq, value, &c->engine);
	if (strcmp(name, "engineToken") == 0)
		return read_token(rq, value, &c->token);
	if (strcmp(name, "settleThreshold") == 0) {
		c->sets_pays = true;
		c->terms.pays = !none;
		c->sets_pay_at = !none;
		return none || read_signed(rq, value, name, asset, &c->terms.pay_at);
	}
	if (strcmp(name, "settleTo") == 0) {
		c->sets_pay_to = true;
		return none || read_signed(rq, value, name, asset, &c->terms.pay_to);
	}
	if (strcmp(name, "claimThreshold") == 0) {
		c->sets_claim = true;
		if (none)
			return true;
		if (!read_signed(rq, value, name, asset, &units))
			return false;
		c->terms.claim_at = (uint64_t)units;
		if (units >= 0)
			return true;
		(void)admin_refuse(rq, RESULT_THEIRS_BAD_AMOUNT, name,
		        "\"%s\" is what the peer owes: not below zero", name);
		return false;
	}
	(void)admin_refuse(rq, RESULT_THEIRS_MALFORMED, name, "unknown member \"%s\"", name);
	return false;
}

enum http_next admin_settlement_terms_set(struct http_request *rq)
{
	static const struct admin_refusal refusals[] = {
	        {RESULT_THEIRS_BAD_AMOUNT, "settleTo",
	                WORDS("\"settleTo\" must be below \"settleThreshold\"")},
	        {RESULT_OK, NULL, NULL},
	};
	const struct peer *peer = admin_peer_of_path(rq);
	struct terms_set *t;
	const char *name;
	json_t *body, *value;

	if (!peer || http_json_body(rq, false, &body))
		return HTTP_DONE;
	if (!json_is_object(body))
		return admin_refuse(
		        rq, RESULT_THEIRS_MALFORMED, NULL, WORDS("the body must be an object"));
	t = admin_change_new(rq, sizeof(*t), ADMIN_KEY_NONE);
	if (!t)
		return HTTP_DONE;
	json_object_foreach(body, name, value)
	{
		if (!read_member(rq, name, value, &peer->asset, &t->wanted))
			return HTTP_DONE;
	}
	t->peer = peer->row.id;
	t->change.apply = terms_apply;
	t->change.then = admin_settlement_terms_get;
	t->change.refusals = refusals;
	return admin_change_submit(&t->change);
}
