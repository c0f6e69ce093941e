/* peer_change: adding, changing and removing peers. */
#include <string.h>

#include "admin/change.h"
#include "admin/resource.h"
#include "admin/row.h"
#include "base/text.h"
#include "base/words.h"
#include "codec/ilp_address.h"
#include "ilp/async_form.h"
#include "ilp/btp_dial.h"
#include "ilp/routes.h"
#include "ilp/upstream.h"
#include "model/quote.h"
#include "net/url_guard.h"

#define PEER_RATE_MAX      100000000
#define PEER_IN_FLIGHT_MAX 1000000
#define PEER_TOKEN_MAX     1024       /* characters of a bearer token */
#define KEPT               UINT64_MAX /* a PATCH that does not name it */

/* The members that POST and PATCH share, as they came. */
struct peer_in {
	const char *url;
	const char *ilp_address;
	const char *outgoing_token;
	const char *incoming_token;
	json_t *credit_limit, *debt_limit;
	json_t *max_packet;
	json_t *amount_per_s;
	uint64_t packets_per_s, in_flight; /* KEPT: not named */
	uint64_t spread_bps;
	json_t *routes;
	bool ccp;
	struct admin_limits_in limits;
};

/* ---- checking ---- */

/* The guard's word now, so that no peer is kept that could never be called. */
static bool check_url(struct http_request *rq, const char *url)
{
	const struct node_loop *loop = http_app(rq);
	struct url_parts *parts = arena_alloc(&rq->arena, sizeof(*parts));
	const char *later = async_url(url);
	enum result r = RESULT_OURS_MEMORY;

	if (parts)
		r = btp_url_is(url)
		            ? btp_url_check(loop->node->guard, URL_POLICY_OPERATOR, url, parts)
		            : url_guard_url(loop->node->guard, URL_POLICY_OPERATOR,
		                      later ? later : url, parts);
	if (r == RESULT_THEIRS_BLOCKED)
		(void)admin_refuse_with(rq, r, "url",
		        WORDS("this node may not call \"{url}\" (see [outbound] allow)"), "url",
		        url, NULL);
	else if (r)
		(void)admin_refuse_with(rq, r, "url",
		        WORDS("\"{url}\" is not a URL to send packets to"), "url", url, NULL);
	return r == RESULT_OK;
}

/* A token stands in a header: visible ASCII without blanks. */
static bool check_token(struct http_request *rq, const char *token, const char *field)
{
	bool good = *token != '\0';

	for (const char *c = token; *c; c++)
		good = good && *c > ' ' && *c < 0x7f;
	if (!good)
		(void)admin_refuse_with(rq, RESULT_THEIRS_MALFORMED, field,
		        WORDS("\"{name}\" must be visible ASCII without blanks"), "name", field,
		        NULL);
	return good;
}

static bool check_routes(struct http_request *rq, const json_t *routes, const char ***out)
{
	size_t count = json_array_size(routes);

	*out = arena_alloc(&rq->arena, (count + 1) * sizeof(**out));
	if (!*out) {
		(void)admin_refuse_by(rq, RESULT_OURS_MEMORY, NULL);
		return false;
	}
	for (size_t i = 0; i < count; i++) {
		const json_t *route = json_array_get(routes, i);

		(*out)[i] = json_string_value(route);
		/* The empty prefix is the parent's. */
		if (!(*out)[i] || !*(*out)[i] || ilp_address_check_prefix(bytes_str((*out)[i]))) {
			(void)admin_refuse(rq, RESULT_THEIRS_MALFORMED, "routes",
			        WORDS("each of \"routes\" must be a prefix of ILP addresses, and "
			              "not "
			              "empty: "
			              "everything goes to a parent"));
			return false;
		}
	}
	return true;
}

/* Whatever was given, in the order of the page. On an error the reply is set. */
static bool check(struct http_request *rq, const struct peer_in *in, const char ***routes)
{
	if (in->ilp_address && ilp_address_check(bytes_str(in->ilp_address))) {
		(void)admin_refuse_with(rq, RESULT_THEIRS_MALFORMED, "ilpAddress",
		        WORDS("\"{address}\" is not an ILP address"), "address", in->ilp_address,
		        NULL);
		return false;
	}
	if (in->url && !check_url(rq, in->url))
		return false;
	if (in->outgoing_token && *in->outgoing_token &&
	        !check_token(rq, in->outgoing_token, "outgoingToken"))
		return false;
	if (in->incoming_token && !check_token(rq, in->incoming_token, "incomingToken"))
		return false;
	return check_routes(rq, in->routes, routes);
}

static const struct admin_refusal refusals[] = {
        {RESULT_THEIRS_CONFLICT, NULL,
                WORDS("the name, the incoming token or a route is taken, there is a parent "
                      "already, or "
                      "a wallet has the child's name")},
        {RESULT_THEIRS_STATE, NULL,
                WORDS("the peer owes more than that, packets are under way, or it would be left "
                      "without "
                      "an "
                      "incoming token")},
        {RESULT_THEIRS_NOT_FOUND, NULL, WORDS("there is no such peer, or it has no such token")},
        {RESULT_THEIRS_TOO_BIG, NULL, WORDS("too many peers, or too many routes of one peer")},
        {RESULT_OK, NULL, NULL},
};

/* ---- adding ---- */

struct peer_add {
	struct admin_change change;
	struct peer_new wanted;
	const char *ilp_address; /* as it is shown: whole */
	struct asset_row asset;
};

/* A new parent, or one that is reached in another way, is asked. */
static enum result committed(struct admin_change *c)
{
	enum result r = admin_change_reload(c);

	upstream_wake(c->loop->node->upstream);
	routes_wake(c->loop->node->routes);
	return r;
}

static enum result add_apply(struct admin_change *c, struct batch *b, json_t **answer)
{
	const struct peer_add *a = OWNER_OF(c, struct peer_add, change);
	const struct peer_new *w = &a->wanted;
	const struct account empty = {0};
	struct peer_row row = {
	        .name = w->name,
	        .ilp_address = a->ilp_address,
	        .assigned = "",
	        .url = w->url,
	        .credit_limit = w->credit_limit,
	        .debt_limit = w->debt_limit,
	        .packets_per_s = w->packets_per_s,
	        .in_flight = w->in_flight,
	        .amount_per_s = w->amount_per_s,
	        .incoming_tokens = 1,
	        .incoming_token_ms = {batch_now(b)},
	        .max_packet = w->max_packet,
	        .spread_bps = w->spread_bps,
	        .relation = w->relation,
	        .ccp = w->ccp,
	        .created_ms = batch_now(b),
	        .liquidity = w->liquidity,
	};
	enum result r = batch_peer_add(b, w, &row.id, &row.account);

	sha256(bytes_str(w->incoming_token), row.incoming_token_hashes[0]);
	if (!r)
		*answer =
		        admin_peer_json(&row, &a->asset, &empty, w->routes, w->routes_count, NULL);
	return r;
}

/* A parent's address need not be known; a child's is kept relative to our own where it is below it,
 * and is made from its name where none is given. */
static enum result take_address(struct http_request *rq, const char *given, struct peer_add *a)
{
	const char *own = admin_own_address(rq);
	struct peer_new *w = &a->wanted;

	w->ilp_address = given ? given : "";
	a->ilp_address = w->ilp_address;
	if (w->relation != PEER_RELATION_CHILD)
		return RESULT_OK;
	if (!given)
		w->ilp_address = arena_printf(&rq->arena, ".%s", w->name);
	else if (strlen(given) > strlen(own) && ilp_address_under(bytes_str(given), bytes_str(own)))
		w->ilp_address = given + strlen(own);
	if (w->ilp_address && w->ilp_address[0] == '.')
		a->ilp_address = arena_printf(&rq->arena, "%s%s", own, w->ilp_address);
	return w->ilp_address && a->ilp_address ? RESULT_OK : RESULT_OURS_MEMORY;
}

static enum http_next add(struct http_request *rq, const char *name, const char *code,
        const struct peer_in *in, enum peer_relation relation)
{
	const struct asset_row *asset = admin_asset_of_code(rq, code, "assetCode");
	const char **routes;
	struct peer_add *a;

	if (!asset || !check(rq, in, &routes))
		return HTTP_DONE;
	a = admin_change_new(rq, sizeof(*a), ADMIN_KEY_OPTIONAL);
	if (!a)
		return HTTP_DONE;
	a->asset = *asset;
	a->wanted = (struct peer_new){
	        .name = name,
	        .asset = asset->id,
	        .url = in->url,
	        .outgoing_token = in->outgoing_token,
	        .incoming_token = in->incoming_token,
	        .spread_bps = (unsigned)in->spread_bps,
	        .packets_per_s = in->packets_per_s,
	        .in_flight = in->in_flight,
	        .relation = relation,
	        .ccp = in->ccp,
	        .routes = routes,
	        .routes_count = json_array_size(in->routes),
	};
	if (admin_amount_read(
	            rq, in->credit_limit, "creditLimit", asset, &a->wanted.credit_limit) ||
	        admin_amount_read(rq, in->debt_limit, "debtLimit", asset, &a->wanted.debt_limit) ||
	        admin_amount_read(
	                rq, in->amount_per_s, "amountPerSecond", asset, &a->wanted.amount_per_s) ||
	        admin_amount_read(
	                rq, in->max_packet, "maxPacketAmount", asset, &a->wanted.max_packet) ||
	        admin_limits_read(rq, &in->limits, asset, &a->wanted.liquidity))
		return HTTP_DONE;
	if (take_address(rq, in->ilp_address, a))
		return admin_refuse_by(rq, RESULT_OURS_MEMORY, NULL);
	a->change.apply = add_apply;
	a->change.committed = committed;
	a->change.refusals = refusals;
	return admin_change_submit(&a->change);
}

enum http_next admin_peer_add(struct http_request *rq)
{
	const char *name = NULL, *code = NULL;
	struct peer_in in = {0};
	bool parent = false, child = false;
	const struct json_member members[] = {
	        {"name", JSON_TO_STRING, &name, .required = true, .max = NAME_MAX_CHARS},
	        {"assetCode", JSON_TO_STRING, &code, .required = true, .max = ASSET_CODE_MAX},
	        {"ilpAddress", JSON_TO_STRING, &in.ilp_address, .max = ILP_ADDRESS_MAX},
	        {"url", JSON_TO_STRING, &in.url, .required = true, .max = URL_MAX_CHARS},
	        {"outgoingToken", JSON_TO_STRING, &in.outgoing_token, .max = PEER_TOKEN_MAX},
	        {"incomingToken", JSON_TO_STRING, &in.incoming_token, .required = true,
	                .max = PEER_TOKEN_MAX},
	        {"creditLimit", JSON_TO_OBJECT, &in.credit_limit, .required = false},
	        {"maxPacketAmount", JSON_TO_OBJECT, &in.max_packet, .required = false},
	        {"debtLimit", JSON_TO_OBJECT, &in.debt_limit, .required = false},
	        {"amountPerSecond", JSON_TO_OBJECT, &in.amount_per_s, .required = false},
	        {"packetsPerSecond", JSON_TO_UINT, &in.packets_per_s, .max = PEER_RATE_MAX},
	        {"inFlightLimit", JSON_TO_UINT, &in.in_flight, .max = PEER_IN_FLIGHT_MAX},
	        {"spreadBps", JSON_TO_UINT, &in.spread_bps, .max = BPS_ONE},
	        {"routes", JSON_TO_ARRAY, &in.routes, .max = PEER_ROUTES_MAX},
	        {"ccp", JSON_TO_BOOL, &in.ccp, .required = false},
	        {"parent", JSON_TO_BOOL, &parent, .required = false},
	        {"child", JSON_TO_BOOL, &child, .required = false},
	        ADMIN_LIMIT_MEMBERS(in.limits),
	};

	if (http_json_read(
	            rq, false, members, sizeof(members) / sizeof(members[0]), JSON_SPEC_STRICT))
		return HTTP_DONE;
	if (!text_is_name(name))
		return admin_refuse(rq, RESULT_THEIRS_MALFORMED, "name",
		        WORDS("a name begins with a-z or 0-9 and goes on with a-z, 0-9, - or _"));
	if (strcmp(name, "invitations") == 0 || strcmp(name, "auto") == 0)
		return admin_refuse_with(rq, RESULT_THEIRS_MALFORMED, "name",
		        WORDS("\"{name}\" is a path of this API"), "name", name, NULL);
	if (parent && child)
		return admin_refuse(rq, RESULT_THEIRS_MALFORMED, "child",
		        WORDS("a peer is a parent or a child, not both"));
	if (!in.outgoing_token && strcmp(in.url, BTP_THEY_DIAL) == 0)
		in.outgoing_token = "";
	else if (!in.outgoing_token)
		return admin_refuse(rq, RESULT_THEIRS_MALFORMED, "outgoingToken",
		        WORDS("\"outgoingToken\" is required, except for a peer that opens its "
		              "link "
		              "itself (\"btp:\")"));
	if (!in.ilp_address && !parent && !child)
		return admin_refuse(rq, RESULT_THEIRS_MALFORMED, "ilpAddress",
		        WORDS("\"ilpAddress\" is required: only a parent's and a child's follow "
		              "from "
		              "the relation"));
	return add(rq, name, code, &in,
	        parent  ? PEER_RELATION_PARENT
	        : child ? PEER_RELATION_CHILD
	                : PEER_RELATION_PEER);
}

/* ---- changing ---- */

struct peer_set {
	struct admin_change change;
	struct id id;
	struct peer_change wanted;
	uint64_t credit_limit, debt_limit, max_packet;
	uint64_t packets_per_s, in_flight, amount_per_s;
	unsigned spread_bps;
	enum peer_state state;
	uint8_t revoked[32];
	bool ccp;
	struct liquidity_limits liquidity;
};

static enum result set_apply(struct admin_change *c, struct batch *b, json_t **answer)
{
	const struct peer_set *s = OWNER_OF(c, struct peer_set, change);

	(void)answer;
	return batch_peer_set(b, &s->id, &s->wanted);
}

/* Those of a that are not in b. */
static enum result without(struct arena *arena, const char *const *a, size_t a_count,
        const char *const *b, size_t b_count, const char *const **out, size_t *out_count)
{
	const char **left = arena_alloc(arena, (a_count + 1) * sizeof(*left));
	size_t n = 0;

	if (!left)
		return RESULT_OURS_MEMORY;
	for (size_t i = 0; i < a_count; i++) {
		size_t k = 0;

		while (k < b_count && strcmp(a[i], b[k]) != 0)
			k++;
		if (k == b_count)
			left[n++] = a[i];
	}
	*out = left;
	*out_count = n;
	return RESULT_OK;
}

/* The store adds and removes routes; the API replaces them. */
static enum result replace_routes(struct http_request *rq, const struct peer *peer,
        const char *const *wanted, size_t count, struct peer_change *c)
{
	const char **present;
	size_t present_count;
	enum result r = admin_peer_routes(rq, peer, &present, &present_count);

	if (!r)
		r = without(&rq->arena, wanted, count, present, present_count, &c->routes_add,
		        &c->routes_add_count);
	if (!r)
		r = without(&rq->arena, present, present_count, wanted, count, &c->routes_remove,
		        &c->routes_remove_count);
	return r;
}

/* The members that only a PATCH has. */
struct peer_set_in {
	bool sets_ccp;
	const char *state;
	const char *added_token, *revoked_token; /* the latter: the token, or its id */
};

/* False: the reply is set. */
static bool find_token(
        struct http_request *rq, const struct peer *peer, const char *text, uint8_t hash[32])
{
	sha256(bytes_str(text), hash);
	for (size_t i = 0; i < peer->row.incoming_tokens; i++) {
		char id[ADMIN_TOKEN_ID_SIZE];

		admin_token_id(peer->row.incoming_token_hashes[i], id);
		if (strcmp(id, text) != 0 &&
		        memcmp(hash, peer->row.incoming_token_hashes[i], 32) != 0)
			continue;
		memcpy(hash, peer->row.incoming_token_hashes[i], 32);
		return true;
	}
	(void)admin_refuse(rq, RESULT_THEIRS_NOT_FOUND, "revokeIncomingToken",
	        WORDS("the peer has no such incoming token"));
	return false;
}

static bool check_set(struct http_request *rq, const struct peer *peer, const struct peer_in *in,
        const struct peer_set_in *more, struct peer_set *s)
{
	if (more->state && !admin_peer_state(more->state, &s->state)) {
		(void)admin_refuse(rq, RESULT_THEIRS_MALFORMED, "state",
		        WORDS("\"state\" is active, draining or disabled"));
		return false;
	}
	if (more->added_token && in->incoming_token) {
		(void)admin_refuse(rq, RESULT_THEIRS_MALFORMED, "addIncomingToken",
		        WORDS("\"incomingToken\" replaces all tokens: name one of the two"));
		return false;
	}
	if (more->added_token && !check_token(rq, more->added_token, "addIncomingToken"))
		return false;
	if (more->added_token && peer->row.incoming_tokens >= PEER_TOKENS_MAX) {
		(void)admin_refuse_with(rq, RESULT_THEIRS_TOO_BIG, "addIncomingToken",
		        WORDS("a peer has at most {n} incoming tokens: revoke one first"), "n",
		        arena_printf(&rq->arena, "%d", PEER_TOKENS_MAX), NULL);
		return false;
	}
	return !more->revoked_token || find_token(rq, peer, more->revoked_token, s->revoked);
}

static enum http_next set(struct http_request *rq, const struct peer *peer,
        const struct peer_in *in, const struct peer_set_in *more)
{
	struct peer_set *s;
	const char **routes;
	enum result r = RESULT_OK;

	if (!check(rq, in, &routes))
		return HTTP_DONE;
	s = admin_change_new(rq, sizeof(*s), ADMIN_KEY_NONE);
	if (s)
		s->liquidity = peer->row.liquidity;
	if (!s || !check_set(rq, peer, in, more, s) ||
	        admin_amount_read(
	                rq, in->credit_limit, "creditLimit", &peer->asset, &s->credit_limit) ||
	        admin_amount_read(rq, in->debt_limit, "debtLimit", &peer->asset, &s->debt_limit) ||
	        admin_amount_read(
	                rq, in->amount_per_s, "amountPerSecond", &peer->asset, &s->amount_per_s) ||
	        admin_amount_read(
	                rq, in->max_packet, "maxPacketAmount", &peer->asset, &s->max_packet) ||
	        admin_limits_read(rq, &in->limits, &peer->asset, &s->liquidity))
		return HTTP_DONE;
	s->id = peer->row.id;
	s->spread_bps = (unsigned)in->spread_bps;
	s->ccp = in->ccp;
	s->packets_per_s = in->packets_per_s;
	s->in_flight = in->in_flight;
	s->wanted = (struct peer_change){
	        .url = in->url,
	        .outgoing_token = in->outgoing_token,
	        .incoming_token = in->incoming_token ? in->incoming_token : more->added_token,
	        .incoming_token_only = in->incoming_token != NULL,
	        .revoked_token = more->revoked_token ? s->revoked : NULL,
	        .state = more->state ? &s->state : NULL,
	        .packets_per_s = in->packets_per_s == KEPT ? NULL : &s->packets_per_s,
	        .in_flight = in->in_flight == KEPT ? NULL : &s->in_flight,
	        .amount_per_s = in->amount_per_s ? &s->amount_per_s : NULL,
	        .credit_limit = in->credit_limit ? &s->credit_limit : NULL,
	        .debt_limit = in->debt_limit ? &s->debt_limit : NULL,
	        .max_packet = in->max_packet ? &s->max_packet : NULL,
	        .spread_bps = in->spread_bps == KEPT ? NULL : &s->spread_bps,
	        .ccp = more->sets_ccp ? &s->ccp : NULL,
	        .liquidity_low = in->limits.low ? &s->liquidity.low : NULL,
	        .liquidity_high = in->limits.high ? &s->liquidity.high : NULL,
	};
	if (in->routes)
		r = replace_routes(rq, peer, routes, json_array_size(in->routes), &s->wanted);
	if (r)
		return admin_refuse_by(rq, r, NULL);
	s->change.apply = set_apply;
	s->change.committed = committed;
	s->change.then = admin_peer_get;
	s->change.refusals = refusals;
	return admin_change_submit(&s->change);
}

enum http_next admin_peer_set(struct http_request *rq)
{
	const struct peer *peer = admin_peer_of_path(rq);
	struct peer_in in = {.spread_bps = KEPT, .packets_per_s = KEPT, .in_flight = KEPT};
	struct peer_set_in more = {0};
	json_t *address = NULL, *parent = NULL, *child = NULL, *ccp = NULL;
	const struct json_member members[] = {
	        {"ilpAddress", JSON_TO_ANY, &address, .required = false},
	        {"url", JSON_TO_STRING, &in.url, .max = URL_MAX_CHARS},
	        {"outgoingToken", JSON_TO_STRING, &in.outgoing_token, .max = PEER_TOKEN_MAX},
	        {"incomingToken", JSON_TO_STRING, &in.incoming_token, .max = PEER_TOKEN_MAX},
	        {"creditLimit", JSON_TO_OBJECT, &in.credit_limit, .required = false},
	        {"maxPacketAmount", JSON_TO_OBJECT, &in.max_packet, .required = false},
	        {"debtLimit", JSON_TO_OBJECT, &in.debt_limit, .required = false},
	        {"amountPerSecond", JSON_TO_OBJECT, &in.amount_per_s, .required = false},
	        {"packetsPerSecond", JSON_TO_UINT, &in.packets_per_s, .max = PEER_RATE_MAX},
	        {"inFlightLimit", JSON_TO_UINT, &in.in_flight, .max = PEER_IN_FLIGHT_MAX},
	        {"spreadBps", JSON_TO_UINT, &in.spread_bps, .max = BPS_ONE},
	        {"routes", JSON_TO_ARRAY, &in.routes, .max = PEER_ROUTES_MAX},
	        {"ccp", JSON_TO_ANY, &ccp, .required = false},
	        {"state", JSON_TO_STRING, &more.state, .required = false},
	        {"addIncomingToken", JSON_TO_STRING, &more.added_token, .max = PEER_TOKEN_MAX},
	        {"revokeIncomingToken", JSON_TO_STRING, &more.revoked_token, .max = PEER_TOKEN_MAX},
	        {"parent", JSON_TO_ANY, &parent, .required = false},
	        {"child", JSON_TO_ANY, &child, .required = false},
	        ADMIN_LIMIT_MEMBERS(in.limits),
	};

	if (!peer || http_json_read(rq, false, members, sizeof(members) / sizeof(members[0]),
	                     JSON_SPEC_STRICT))
		return HTTP_DONE;
	if (address || parent || child) {
		const char *field = address ? "ilpAddress" : parent ? "parent" : "child";

		return admin_refuse(rq, RESULT_THEIRS_STATE, field,
		        "\"%s\" can't be changed: remove the peer and add it again", field);
	}
	if (ccp && !json_is_boolean(ccp))
		return admin_refuse(
		        rq, RESULT_THEIRS_MALFORMED, "ccp", WORDS("\"ccp\" must be true or false"));
	in.ccp = json_is_true(ccp);
	more.sets_ccp = ccp != NULL;
	return set(rq, peer, &in, &more);
}

/* ---- removing ---- */

struct peer_remove {
	struct admin_change change;
	struct id id;
	account_id account;
	json_t *peer;     /* as it was */
	json_t *disabled; /* as it is where its books are not empty */
};

/* What has a balance, or is in doubt, is not forgotten: it is disabled, and can be settled. */
static enum result disable(const struct peer_remove *p, struct batch *b)
{
	enum peer_state state = PEER_DISABLED;
	const struct peer_change change = {.state = &state};
	struct account account;
	enum result r = batch_account_get(b, p->account, &account);

	if (!r && (account.debits_pending || account.credits_pending))
		r = RESULT_THEIRS_STATE;
	return r ? r : batch_peer_set(b, &p->id, &change);
}

static enum result remove_apply(struct admin_change *c, struct batch *b, json_t **answer)
{
	const struct peer_remove *p = OWNER_OF(c, struct peer_remove, change);
	enum result r = batch_peer_remove(b, &p->id);
	bool kept = r == RESULT_THEIRS_STATE;

	if (kept)
		r = disable(p, b);
	if (!r)
		*answer = json_incref(kept ? p->disabled : p->peer);
	return r;
}

static void drop_json(void *p)
{
	json_decref(p);
}

enum http_next admin_peer_remove(struct http_request *rq)
{
	const struct node_loop *loop = http_app(rq);
	const struct peer *peer = admin_peer_of_path(rq);
	struct account account;
	struct peer_remove *p;
	const char **routes;
	size_t count;
	enum result r;

	if (!peer)
		return HTTP_DONE;
	p = admin_change_new(rq, sizeof(*p), ADMIN_KEY_NONE);
	if (!p)
		return HTTP_DONE;
	r = store_account_get(loop->reader, peer->row.account, &account);
	if (!r)
		r = admin_peer_routes(rq, peer, &routes, &count);
	if (r)
		return admin_refuse_by(rq, r, NULL);
	p->peer = admin_peer_json(&peer->row, &peer->asset, &account, routes, count, peer->live);
	if (!p->peer || http_defer(rq, drop_json, p->peer))
		return admin_refuse_by(rq, RESULT_OURS_MEMORY, NULL);
	p->disabled = json_copy(p->peer);
	if (!p->disabled || http_defer(rq, drop_json, p->disabled) ||
	        json_object_set_new(p->disabled, "state", json_string("disabled")))
		return admin_refuse_by(rq, RESULT_OURS_MEMORY, NULL);
	p->id = peer->row.id;
	p->account = peer->row.account;
	p->change.status = 200;
	p->change.apply = remove_apply;
	p->change.committed = committed;
	p->change.refusals = refusals;
	return admin_change_submit(&p->change);
}
