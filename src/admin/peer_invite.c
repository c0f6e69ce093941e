/* peer_invite: invitations to be a peer, made, taken back and accepted; and Rafiki's exchange. */
#include <stdlib.h>
#include <string.h>

#include "admin/change.h"
#include "admin/page.h"
#include "admin/resource.h"
#include "admin/row.h"
#include "base/secret.h"
#include "base/text.h"
#include "base/words.h"
#include "codec/ilp_address.h"
#include "ilp/peering_call.h"
#include "ilp/routes.h"
#include "net/url_guard.h"
#include "store/invitation.h"

#define EXPIRES_MIN_S     60
#define EXPIRES_MAX_S     (30 * 24 * 3600)
#define EXPIRES_DEFAULT_S (24 * 3600)
#define INVITATION_PATH   "/ilp/invitations"
#define AUTO_TOKEN_LABEL  "auto-peering " /* and the other node's URL */

/* ---- showing ---- */

/* Without its link, which is shown once. */
static json_t *invitation_json(const struct invitation_row *row, const struct asset_row *asset)
{
	return json_pack("{s:o, s:s, s:s, s:i, s:o, s:o, s:i, s:o, s:o}", "id", admin_id(&row->id),
	        "name", row->name, "assetCode", asset->code, "assetScale", (int)asset->scale,
	        "creditLimit", admin_amount(row->credit_limit, asset), "maxPacketAmount",
	        row->max_packet ? admin_amount(row->max_packet, asset) : json_null(), "spreadBps",
	        (int)row->spread_bps, "createdAt", admin_time(row->created_ms), "expiresAt",
	        admin_time(row->expires_ms));
}

struct invitations {
	const struct snapshot *snapshot;
	const struct invitation_row *rows;
	char key[ID_TEXT_SIZE];
};

static const char *invitation_key(void *arg, size_t i)
{
	struct invitations *all = arg;

	id_format(&all->rows[i].id, all->key);
	return all->key;
}

static json_t *invitation_item(void *arg, size_t i)
{
	const struct invitations *all = arg;
	const struct asset_row *asset = snapshot_asset(all->snapshot, all->rows[i].asset);

	return asset ? invitation_json(&all->rows[i], asset) : NULL;
}

enum http_next admin_invitation_list(struct http_request *rq)
{
	struct node_loop *loop = http_app(rq);
	struct invitation_row *rows;
	struct invitations all = {node_snapshot(loop), NULL, ""};
	struct admin_list list = {0, invitation_key, invitation_item, &all};
	enum result r = store_invitation_list(
	        loop->reader, &rq->arena, http_wall_ms(rq), &rows, &list.count);

	if (r)
		return admin_refuse_by(rq, r, NULL);
	all.rows = rows;
	return admin_page_reply(rq, &list);
}

/* ---- making one ---- */

struct invite {
	struct admin_change change;
	struct invitation_row row;
	struct asset_row asset;
	const char *public_url;
	char token[TOKEN_TEXT_SIZE];
};

static void wipe_invite(void *p)
{
	struct invite *i = p;

	secret_wipe(i->token, sizeof(i->token));
}

static enum result invite_apply(struct admin_change *c, struct batch *b, json_t **answer)
{
	struct invite *i = OWNER_OF(c, struct invite, change);
	uint8_t hash[32];
	enum result r;

	sha256(bytes_str(i->token), hash);
	r = batch_invitation_add(b, hash, &i->row);
	if (r)
		return r;
	*answer = invitation_json(&i->row, &i->asset);
	if (*answer && json_object_set_new(*answer, "url",
	                       json_sprintf("%s" INVITATION_PATH "#%s", i->public_url, i->token))) {
		json_decref(*answer);
		*answer = NULL;
	}
	return RESULT_OK;
}

static const struct admin_refusal invite_refusals[] = {
        {RESULT_THEIRS_MALFORMED, "name",
                WORDS("a name begins with a-z or 0-9 and goes on with a-z, 0-9, - or _")},
        {RESULT_THEIRS_CONFLICT, "name", WORDS("there is a peer of that name already")},
        {RESULT_THEIRS_TOO_BIG, NULL, WORDS("too many invitations are open")},
        {RESULT_OK, NULL, NULL},
};

enum http_next admin_invitation_add(struct http_request *rq)
{
	const struct node_loop *loop = http_app(rq);
	const char *name = NULL, *code = NULL;
	uint64_t expires_s = EXPIRES_DEFAULT_S, spread_bps = 0;
	json_t *credit_limit = NULL, *max_packet = NULL;
	const struct json_member members[] = {
	        {"name", JSON_TO_STRING, &name, .required = true, .max = NAME_MAX_CHARS},
	        {"assetCode", JSON_TO_STRING, &code, .required = true, .max = ASSET_CODE_MAX},
	        {"creditLimit", JSON_TO_OBJECT, &credit_limit, .required = false},
	        {"maxPacketAmount", JSON_TO_OBJECT, &max_packet, .required = false},
	        {"spreadBps", JSON_TO_UINT, &spread_bps, .max = BPS_ONE},
	        {"expiresInS", JSON_TO_UINT, &expires_s, .min = EXPIRES_MIN_S,
	                .max = EXPIRES_MAX_S},
	};
	const struct asset_row *asset;
	struct invite *i;

	if (http_json_read(
	            rq, false, members, sizeof(members) / sizeof(members[0]), JSON_SPEC_STRICT))
		return HTTP_DONE;
	asset = admin_asset_of_code(rq, code, "assetCode");
	/* The answer holds a secret, so it is not kept under a key: the same name makes it once. */
	i = asset ? admin_change_new(rq, sizeof(*i), ADMIN_KEY_NONE) : NULL;
	if (!i || admin_amount_read(rq, credit_limit, "creditLimit", asset, &i->row.credit_limit) ||
	        admin_amount_read(rq, max_packet, "maxPacketAmount", asset, &i->row.max_packet))
		return HTTP_DONE;
	if (http_defer(rq, wipe_invite, i))
		return admin_refuse_by(rq, RESULT_OURS_MEMORY, NULL);
	token_random(i->token);
	i->asset = *asset;
	i->public_url = loop->node->options.public_url;
	i->row.name = name;
	i->row.asset = asset->id;
	i->row.spread_bps = (unsigned)spread_bps;
	i->row.expires_ms = env_wall_ms(loop->node->env) + (int64_t)expires_s * 1000;
	i->change.status = 201;
	i->change.apply = invite_apply;
	i->change.refusals = invite_refusals;
	return admin_change_submit(&i->change);
}

struct uninvite {
	struct admin_change change;
	struct id id;
};

static enum result uninvite_apply(struct admin_change *c, struct batch *b, json_t **answer)
{
	const struct uninvite *u = OWNER_OF(c, struct uninvite, change);
	enum result r = batch_invitation_revoke(b, &u->id);

	if (!r)
		*answer = json_pack("{s:o}", "id", admin_id(&u->id));
	return r;
}

enum http_next admin_invitation_remove(struct http_request *rq)
{
	struct uninvite *u = admin_change_new(rq, sizeof(*u), ADMIN_KEY_NONE);

	if (!u)
		return HTTP_DONE;
	if (admin_param_id(rq, "invitation", &u->id))
		return admin_refuse(
		        rq, RESULT_THEIRS_NOT_FOUND, NULL, WORDS("there is no such invitation"));
	u->change.status = 200;
	u->change.apply = uninvite_apply;
	return admin_change_submit(&u->change);
}

/* ---- accepting one ---- */

struct accept {
	struct admin_change change;
	struct peering_call call;
	struct http_request *rq;
	bool preview, automatic;
	const char *link;  /* as it came, in the body */
	const char *url;   /* that is asked */
	const char *token; /* the invitation's; for an automatic one a label */
	struct asset_row asset;
	/* the peer to be */
	json_t *credit_in, *max_packet_in;
	struct peer_new wanted;
	char shows[TOKEN_TEXT_SIZE], accepts[TOKEN_TEXT_SIZE];
};

static void drop_accept(void *p)
{
	struct accept *a = p;

	peering_call_clear(&a->call);
	secret_wipe(a->shows, sizeof(a->shows));
	secret_wipe(a->accepts, sizeof(a->accepts));
}

static void asked(struct task *t)
{
	http_resume(OWNER_OF(t, struct accept, call.task)->rq);
}

static enum http_next ask(struct accept *a, char *body, http_handler *then)
{
	a->call.url = a->url;
	a->call.token = a->automatic ? NULL : a->token;
	a->call.body = body;
	a->call.task.done = asked;
	http_park(a->rq, then);
	peering_call_start(http_app(a->rq), &a->call);
	return HTTP_PARKED;
}

/* What the other node refused, in its words. True: the reply is set. */
static bool refused_there(struct accept *a)
{
	const struct peering_call *call = &a->call;
	const char *code = "", *why = "";
	json_t *error;
	enum result r = call->result;

	if (!r && call->status == 200)
		return false;
	if (result_class(r) == RESULT_CLASS_OURS) {
		(void)admin_refuse_by(a->rq, r, NULL);
		return true;
	}
	if (r) {
		(void)admin_refuse(
		        a->rq, r, "url", "the other node can't be asked: %s", result_name(r));
		return true;
	}
	error = json_object_get(call->json, "error");
	if (json_is_object(error)) {
		const char *c = json_string_value(json_object_get(error, "code"));
		const char *d = json_string_value(json_object_get(error, "description"));

		code = c ? c : "";
		why = d ? d : "";
	}
	r = call->status == 404   ? RESULT_THEIRS_NOT_FOUND
	    : call->status == 410 ? (strcmp(code, "invitation_used") == 0 ? RESULT_THEIRS_CONFLICT
	                                                                  : RESULT_THEIRS_EXPIRED)
	    : call->status == 409 ? RESULT_THEIRS_CONFLICT
	                          : RESULT_THEIRS_REFUSED;
	(void)admin_refuse(a->rq, r, "url", "the other node refuses it (HTTP %d): %.200s",
	        call->status, *why ? why : "without a word");
	return true;
}

/* A text of its answer, kept for the request. */
static bool keep_text(struct accept *a, const char *text, const char **out)
{
	*out = arena_strdup(&a->rq->arena, text);
	return *out != NULL;
}

static enum http_next not_understood(struct accept *a)
{
	return admin_refuse(a->rq, RESULT_THEIRS_PROTOCOL, "url",
	        WORDS("the other node's answer is not understood"));
}

static bool is_good_address(const char *address)
{
	return ilp_address_check(bytes_str(address)) == RESULT_OK &&
	       ilp_address_scheme(bytes_str(address)) != ILP_SCHEME_PEER;
}

static enum result accept_apply(struct admin_change *c, struct batch *b, json_t **answer)
{
	const struct accept *a = OWNER_OF(c, struct accept, change);
	struct id id;
	account_id account;

	(void)answer;
	return batch_peer_add(b, &a->wanted, &id, &account);
}

static enum result accept_committed(struct admin_change *c)
{
	enum result r = admin_change_reload(c);

	routes_wake(c->loop->node->routes);
	return r;
}

/* The change's own answer: the peer as it is now. */
static enum http_next accepted_peer(struct http_request *rq)
{
	const struct accept *a = OWNER_OF((struct admin_change *)rq->state, struct accept, change);
	const struct node_loop *loop = http_app(rq);
	const struct snapshot *s = node_snapshot(http_app(rq));

	for (size_t i = 0; i < s->peer_count; i++) {
		const struct peer *p = &s->peers[i];
		struct account account;
		const char **routes;
		size_t count;

		if (strcmp(p->row.name, a->wanted.name) != 0)
			continue;
		if (store_account_get(loop->reader, p->row.account, &account) ||
		        admin_peer_routes(rq, p, &routes, &count))
			return admin_refuse_by(rq, RESULT_OURS_STORE, NULL);
		return http_reply_json(rq, 201,
		        admin_peer_json(&p->row, &p->asset, &account, routes, count, p->live));
	}
	return admin_refuse_by(rq, RESULT_OURS_BUG, NULL);
}

static const struct admin_refusal accept_refusals[] = {
        {RESULT_THEIRS_CONFLICT, NULL,
                WORDS("there is a peer of that name or address here already; the other side has "
                      "accepted: "
                      "give another name with the same link")},
        {RESULT_OK, NULL, NULL},
};

/* The other side has made us its peer. */
static enum http_next taken(struct http_request *rq)
{
	struct accept *a = OWNER_OF((struct admin_change *)rq->state, struct accept, change);
	const char *address = NULL, *url = NULL, *token = NULL;
	const struct json_member members[] = {
	        {a->automatic ? "staticIlpAddress" : "ilpAddress", JSON_TO_STRING, &address,
	                .required = true, .max = ILP_ADDRESS_MAX},
	        {a->automatic ? "ilpConnectorUrl" : "url", JSON_TO_STRING, &url, .required = true,
	                .max = URL_MAX_CHARS},
	        {"httpToken", JSON_TO_STRING, &token, .required = a->automatic, .max = 1024},
	};
	struct url_parts *parts = arena_alloc(&rq->arena, sizeof(*parts));
	struct json_fault fault;

	if (refused_there(a))
		return HTTP_DONE;
	if (json_spec_read(a->call.json, members, 3, 0, &fault) || !is_good_address(address) ||
	        !parts ||
	        url_guard_url(a->change.loop->node->guard, URL_POLICY_FOREIGN, url, parts))
		return not_understood(a);
	if (!keep_text(a, address, &a->wanted.ilp_address) || !keep_text(a, url, &a->wanted.url) ||
	        !keep_text(a, token ? token : a->shows, &a->wanted.outgoing_token))
		return admin_refuse_by(rq, RESULT_OURS_MEMORY, NULL);
	a->wanted.incoming_token = a->accepts;
	a->wanted.url_is_foreign = true;
	a->change.status = 201;
	a->change.apply = accept_apply;
	a->change.committed = accept_committed;
	a->change.then = accepted_peer;
	a->change.refusals = accept_refusals;
	return admin_change_submit(&a->change);
}

static enum http_next send_acceptance(struct accept *a)
{
	const struct node *n = a->change.loop->node;
	const char *own = admin_own_address(a->rq);
	json_t *body;
	char *text;

	peering_token(n, a->token, true, a->accepts);
	peering_token(n, a->token, false, a->shows);
	if (a->automatic)
		body = json_pack("{s:s, s:s++, s:{s:s, s:i}, s:s, s:s}", "staticIlpAddress", own,
		        "ilpConnectorUrl", n->options.public_url, "/ilp", "", "asset", "code",
		        a->asset.code, "scale", (int)a->asset.scale, "httpToken", a->accepts,
		        "name", own);
	else
		body = json_pack("{s:s, s:s++, s:{s:s, s:i}, s:s, s:s}", "ilpAddress", own, "url",
		        n->options.public_url, "/ilp", "", "asset", "code", a->asset.code, "scale",
		        (int)a->asset.scale, "showsToken", a->shows, "acceptsToken", a->accepts);
	text = body ? json_dumps(body, JSON_COMPACT) : NULL;
	json_decref(body);
	if (!text)
		return admin_refuse_by(a->rq, RESULT_OURS_MEMORY, NULL);
	return ask(a, text, taken);
}

/* The amounts that were typed are of the asset, which is known now. */
static bool take_limits(struct accept *a)
{
	return !admin_amount_read(
	               a->rq, a->credit_in, "creditLimit", &a->asset, &a->wanted.credit_limit) &&
	       !admin_amount_read(a->rq, a->max_packet_in, "maxPacketAmount", &a->asset,
	               &a->wanted.max_packet);
}

/* What the other node says of the link that it offers; borrowed from its answer. */
struct terms {
	const char *address, *url, *code, *expires;
	json_t *credit, *max_packet; /* the latter may be NULL */
	uint64_t scale, spread;
};

/* False: that is no offer. */
static bool terms_read(const json_t *answer, struct terms *t)
{
	json_t *asset = NULL;
	const struct json_member members[] = {
	        {"ilpAddress", JSON_TO_STRING, &t->address, .required = true,
	                .max = ILP_ADDRESS_MAX},
	        {"url", JSON_TO_STRING, &t->url, .required = true, .max = URL_MAX_CHARS},
	        {"asset", JSON_TO_OBJECT, &asset, .required = true},
	        {"creditLimit", JSON_TO_ANY, &t->credit, .required = true},
	        {"maxPacketAmount", JSON_TO_ANY, &t->max_packet, .required = false},
	        {"spreadBps", JSON_TO_UINT, &t->spread, .required = true, .max = BPS_ONE},
	        {"expiresAt", JSON_TO_STRING, &t->expires, .required = true, .max = 40},
	};
	const struct json_member of_asset[] = {
	        {"code", JSON_TO_STRING, &t->code, .required = true, .max = ASSET_CODE_MAX},
	        {"scale", JSON_TO_UINT, &t->scale, .required = true, .max = 255},
	};
	struct json_fault fault;

	*t = (struct terms){.address = NULL};
	return !json_spec_read(answer, members, sizeof(members) / sizeof(members[0]), 0, &fault) &&
	       !json_spec_read(asset, of_asset, 2, 0, &fault) && is_good_address(t->address);
}

/* An amount in their words, of the asset; null for none. */
static json_t *their_amount(const struct accept *a, const json_t *value)
{
	uint64_t n = 0;

	if (json_is_null(value) || json_amount(value, &n))
		return json_null();
	return admin_amount(n, &a->asset);
}

/* The terms have come. */
static enum http_next told(struct http_request *rq)
{
	struct accept *a = OWNER_OF((struct admin_change *)rq->state, struct accept, change);
	const struct asset_row *ours;
	struct terms t;

	if (refused_there(a))
		return HTTP_DONE;
	if (!terms_read(a->call.json, &t))
		return not_understood(a);
	ours = admin_asset_of_code(rq, t.code, "url");
	if (!ours)
		return HTTP_DONE;
	if (ours->scale != t.scale)
		return admin_refuse(rq, RESULT_THEIRS_BAD_ASSET, "url",
		        "the invitation is for %s of scale %u, here it has scale %u", t.code,
		        (unsigned)t.scale, ours->scale);
	a->asset = *ours;
	a->wanted.asset = ours->id;
	if (!take_limits(a))
		return HTTP_DONE;
	if (!a->preview)
		return send_acceptance(a);
	return http_reply_json(rq, 200,
	        json_pack("{s:s, s:s, s:s, s:i, s:o, s:o, s:i, s:s}", "ilpAddress", t.address,
	                "url", t.url, "assetCode", a->asset.code, "assetScale", (int)a->asset.scale,
	                "creditLimit", their_amount(a, t.credit), "maxPacketAmount",
	                t.max_packet ? their_amount(a, t.max_packet) : json_null(), "spreadBps",
	                (int)t.spread, "expiresAt", t.expires));
}

static enum http_next begin(struct http_request *rq)
{
	struct accept *a = OWNER_OF((struct admin_change *)rq->state, struct accept, change);

	return a->automatic ? send_acceptance(a) : ask(a, NULL, told);
}

enum joining { JOIN_PREVIEW, JOIN_LINK, JOIN_AUTO };

/* The link's parts: where to ask, and the token behind `#`. */
static bool take_link(struct accept *a)
{
	const char *hash = strchr(a->link, '#');

	if (!hash || hash == a->link || !hash[1])
		return false;
	a->url = arena_strndup(&a->rq->arena, a->link, (size_t)(hash - a->link));
	a->token = hash + 1;
	return a->url != NULL;
}

/* An amount that was typed is of one of our assets, whatever the other side then says: nobody is
 * asked in vain. False: the reply is set. */
static bool check_limit(struct http_request *rq, const json_t *value, const char *field)
{
	const struct asset_row *asset;
	struct asset_row typed;
	uint64_t units;

	if (!value)
		return true;
	if (admin_amount_read_any(rq, value, field, &typed, &units))
		return false;
	asset = admin_asset_of_code(rq, typed.code, field);
	return asset && !admin_amount_read(rq, value, field, asset, &units);
}

/* What was typed. */
struct typed {
	const char *link, *name, *code; /* NULL: not given */
	json_t *credit, *max_packet;
	uint64_t spread;
};

/* A look needs the link alone, and only an automatic one the asset: an invitation says it. False:
 * the reply is set. */
static bool read_typed(struct http_request *rq, enum joining joining, struct typed *t)
{
	const bool automatic = joining == JOIN_AUTO, preview = joining == JOIN_PREVIEW;
	const struct json_member members[] = {
	        {"url", JSON_TO_STRING, &t->link, .required = true, .max = URL_MAX_CHARS},
	        {"name", JSON_TO_STRING, &t->name, .max = NAME_MAX_CHARS},
	        {"creditLimit", JSON_TO_OBJECT, &t->credit, .required = false},
	        {"maxPacketAmount", JSON_TO_OBJECT, &t->max_packet, .required = false},
	        {"spreadBps", JSON_TO_UINT, &t->spread, .max = BPS_ONE},
	        {"assetCode", JSON_TO_STRING, &t->code, .required = true, .max = ASSET_CODE_MAX},
	};
	const size_t all = sizeof(members) / sizeof(members[0]);

	*t = (struct typed){.link = NULL};
	return !http_json_read(rq, false, members,
	        preview     ? 1
	        : automatic ? all
	                    : all - 1,
	        JSON_SPEC_STRICT);
}

/* False: the reply is set. */
static bool check_typed(struct http_request *rq, enum joining joining, const struct typed *t)
{
	if (!t->name && joining != JOIN_PREVIEW) {
		(void)admin_refuse(rq, RESULT_THEIRS_MALFORMED, "name",
		        WORDS("\"name\" is required: what the peer is to be called here"));
		return false;
	}
	if (t->name && (!text_is_name(t->name) || strcmp(t->name, "invitations") == 0 ||
	                       strcmp(t->name, "auto") == 0)) {
		(void)admin_refuse(rq, RESULT_THEIRS_MALFORMED, "name",
		        WORDS("a name begins with a-z or 0-9 and goes on with a-z, 0-9, - or _"));
		return false;
	}
	return check_limit(rq, t->credit, "creditLimit") &&
	       check_limit(rq, t->max_packet, "maxPacketAmount");
}

/* NULL: the reply is set. */
static struct accept *accept_new(
        struct http_request *rq, enum joining joining, const struct typed *t)
{
	/* Asked again with the same link it comes to the same end. */
	struct accept *a = admin_change_new(rq, sizeof(*a), ADMIN_KEY_NONE);

	if (!a)
		return NULL;
	a->rq = rq;
	a->link = t->link;
	if (http_defer(rq, drop_accept, a)) {
		(void)admin_refuse_by(rq, RESULT_OURS_MEMORY, NULL);
		return NULL;
	}
	a->preview = joining == JOIN_PREVIEW;
	a->automatic = joining == JOIN_AUTO;
	a->credit_in = t->credit;
	a->max_packet_in = t->max_packet;
	a->wanted.name = t->name;
	a->wanted.spread_bps = (unsigned)t->spread;
	return a;
}

/* Another node's own exchange, in the asset that was typed. False: the reply is set. */
static bool aim_automatic(struct accept *a, const char *code)
{
	const struct asset_row *asset = admin_asset_of_code(a->rq, code, "assetCode");

	if (!asset)
		return false;
	a->url = a->link;
	a->token = arena_printf(&a->rq->arena, AUTO_TOKEN_LABEL "%s %s", a->link, code);
	a->asset = *asset;
	a->wanted.asset = asset->id;
	return take_limits(a);
}

static enum http_next start(struct http_request *rq, enum joining joining)
{
	struct url_parts *parts = arena_alloc(&rq->arena, sizeof(*parts));
	const struct node_loop *loop = http_app(rq);
	enum result r = RESULT_OURS_MEMORY;
	struct accept *a;
	struct typed t;

	if (!read_typed(rq, joining, &t) || !check_typed(rq, joining, &t))
		return HTTP_DONE;
	a = accept_new(rq, joining, &t);
	if (!a || (a->automatic && !aim_automatic(a, t.code)))
		return HTTP_DONE;
	if (!a->automatic && !take_link(a))
		return admin_refuse(rq, RESULT_THEIRS_MALFORMED, "url",
		        WORDS("that is not an invitation: a link with a token behind \"#\""));
	if (parts && a->url && a->token)
		r = url_guard_url(loop->node->guard, URL_POLICY_OPERATOR, a->url, parts);
	if (r)
		return admin_refuse(rq, r, "url", WORDS("this node can't ask that URL"));
	return admin_change_unless_known(&a->change, begin);
}

enum http_next admin_invitation_preview(struct http_request *rq)
{
	return start(rq, JOIN_PREVIEW);
}

enum http_next admin_invitation_accept(struct http_request *rq)
{
	return start(rq, JOIN_LINK);
}

enum http_next admin_peer_auto(struct http_request *rq)
{
	return start(rq, JOIN_AUTO);
}
