#include "http/api_peering.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/secret.h"
#include "codec/ilp_address.h"
#include "http/json_body.h"
#include "http/reply.h"
#include "ilp/node.h"
#include "ilp/routes.h"
#include "net/url_guard.h"
#include "store/invitation.h"

#define TOKEN_CHARS_MIN 16
#define TOKEN_CHARS_MAX 1024

/* Strangers leave the other half to the operator. */
#define STRANGERS_MAX (LIMIT_PEERS / 2)

/* Somebody who becomes a peer. */
struct joining {
	struct op op;
	struct http_request *rq;
	uint8_t invitation[32]; /* hash of its token */
	uint8_t acceptance[32];
	struct peer_new peer;
	/* of an automatic one */
	char name[NAME_MAX_CHARS + 1];
	char token[TOKEN_TEXT_SIZE]; /* that it is to show us */
};

static void wipe(void *p)
{
	struct joining *j = p;

	secret_wipe(j->token, sizeof(j->token));
}

/* NULL: the reply is set. */
static struct joining *joining_new(struct http_request *rq)
{
	struct joining *j = arena_alloc(&rq->arena, sizeof(*j));

	if (j)
		j->rq = rq;
	if (j && !http_defer(rq, wipe, j))
		return j;
	(void)http_reply_error(rq, 503, "busy", "out of memory for this request");
	return NULL;
}

static json_t *our_url(const struct node *n)
{
	return json_sprintf("%s/ilp", n->options.public_url);
}

static json_t *asset_json(const struct asset_row *asset)
{
	return json_pack("{s:s, s:i}", "code", asset->code, "scale", (int)asset->scale);
}

/* {"code":"USD","scale":2}; flags: of json_spec_read. False: the reply is set. */
static bool read_asset(struct http_request *rq, const json_t *object, int flags, const char **code,
        uint64_t *scale)
{
	const struct json_member members[] = {
	        {"code", JSON_TO_STRING, code, .required = true, .max = ASSET_CODE_MAX},
	        {"scale", JSON_TO_UINT, scale, .required = true, .max = 255},
	};
	struct json_fault fault;

	if (!json_spec_read(object, members, 2, flags, &fault))
		return true;
	(void)http_reply_error(rq, 400, "bad_asset", "%s", fault.text);
	return false;
}

static json_t *units(uint64_t n)
{
	return n ? json_sprintf("%llu", (unsigned long long)n) : json_null();
}

/* False: the reply is set. */
static bool is_token(struct http_request *rq, const char *token, const char *member)
{
	size_t n = strlen(token);
	bool good = n >= TOKEN_CHARS_MIN && n <= TOKEN_CHARS_MAX;

	for (const char *c = token; *c; c++)
		good = good && *c > ' ' && *c < 0x7f;
	if (!good)
		(void)http_reply_error(rq, 400, "bad_token",
		        "\"%s\" must have %d to %d visible ASCII characters", member,
		        TOKEN_CHARS_MIN, TOKEN_CHARS_MAX);
	return good;
}

/* False: the reply is set. */
static bool is_reachable(struct http_request *rq, const char *url, const char *address)
{
	const struct node_loop *loop = http_app(rq);
	struct url_parts *parts = arena_alloc(&rq->arena, sizeof(*parts));

	if (!parts || url_guard_url(loop->node->guard, URL_POLICY_FOREIGN, url, parts)) {
		(void)http_reply_error(
		        rq, 400, "bad_url", "this node can't send packets to that URL");
		return false;
	}
	if (ilp_address_check(bytes_str(address)) ||
	        ilp_address_scheme(bytes_str(address)) == ILP_SCHEME_PEER) {
		(void)http_reply_error(rq, 400, "bad_address", "that is not an ILP address");
		return false;
	}
	return true;
}

/* Nobody draws the packets of somebody else to itself. False: the reply is set. */
static bool is_unclaimed(struct http_request *rq, unsigned status, const char *address)
{
	bool unclaimed = snapshot_is_unclaimed(node_snapshot(http_app(rq)), bytes_str(address));

	if (!unclaimed)
		(void)http_reply_error(rq, status, "conflict",
		        "that address is of another network, or at, above or below one that is "
		        "taken");
	return unclaimed;
}

static void op_done(struct task *t)
{
	http_resume(OWNER_OF(t, struct joining, op.task)->rq);
}

static enum http_next submit(struct joining *j, http_handler *then)
{
	j->op.task.done = op_done;
	j->rq->state = j;
	http_park(j->rq, then);
	node_submit(http_app(j->rq), &j->op);
	return HTTP_PARKED;
}

/* The peer is there on every thread before the other side hears of it. */
static void renew(struct node_loop *loop)
{
	(void)!node_reload(loop); /* says itself what went wrong */
	routes_wake(loop->node->routes);
}

/* ---- invitations ---- */

/* The invitation of the bearer token; NULL: the reply is set. */
static struct invitation_row *invitation_of(struct http_request *rq, uint8_t hash[32])
{
	struct node_loop *loop = http_app(rq);
	const char *token = http_authorization(rq, "Bearer");
	struct invitation_row *row = arena_alloc(&rq->arena, sizeof(*row));
	enum result r = RESULT_OURS_MEMORY;

	if (!token) {
		(void)http_reply_error(rq, 401, "unauthorized",
		        "this needs the token of an invitation: give the whole link to florin peer "
		        "accept");
		return NULL;
	}
	sha256(bytes_str(token), hash);
	if (row)
		r = store_invitation_get(loop->reader, &rq->arena, hash, row);
	if (r == RESULT_THEIRS_NOT_FOUND)
		(void)http_reply_error(
		        rq, 404, "invitation_unknown", "there is no such invitation");
	else if (r)
		(void)http_reply_result(rq, r, "the invitation can't be read now");
	return r ? NULL : row;
}

static enum http_next gone(struct http_request *rq, bool used)
{
	return http_reply_error(rq, 410, used ? "invitation_used" : "invitation_expired",
	        used ? "this invitation was accepted by somebody else, or in another way"
	             : "this invitation has expired");
}

enum http_next api_invitation_get(struct http_request *rq)
{
	const struct node_loop *loop = http_app(rq);
	const struct snapshot *s = node_snapshot(http_app(rq));
	const struct invitation_row *row;
	const struct asset_row *asset;
	char expires[TIME_TEXT_SIZE];
	uint8_t hash[32];

	row = invitation_of(rq, hash);
	if (!row)
		return HTTP_DONE;
	if (row->peer)
		return gone(rq, true);
	if (env_wall_ms(loop->node->env) >= row->expires_ms)
		return gone(rq, false);
	asset = snapshot_asset(s, row->asset);
	if (!asset)
		return http_reply_error(rq, 503, "busy", "try again");
	time_format(row->expires_ms, expires);
	return http_reply_json(rq, 200,
	        json_pack("{s:s, s:o, s:o, s:o, s:o, s:i, s:s}", "ilpAddress", s->own_address,
	                "url", our_url(loop->node), "asset", asset_json(asset), "creditLimit",
	                json_sprintf("%llu", (unsigned long long)row->credit_limit),
	                "maxPacketAmount", units(row->max_packet), "spreadBps",
	                (int)row->spread_bps, "expiresAt", expires));
}

static enum result use_apply(struct op *op, struct batch *b)
{
	const struct joining *j = OWNER_OF(op, struct joining, op);

	return batch_invitation_use(b, j->invitation, j->acceptance, &j->peer);
}

static enum http_next used(struct http_request *rq)
{
	const struct joining *j = rq->state;
	struct node_loop *loop = http_app(rq);
	enum result r = j->op.result;

	if (r == RESULT_THEIRS_CONFLICT || r == RESULT_THEIRS_EXPIRED)
		return gone(rq, r == RESULT_THEIRS_CONFLICT);
	if (r == RESULT_THEIRS_NOT_FOUND)
		return http_reply_error(
		        rq, 404, "invitation_unknown", "there is no such invitation");
	if (r == RESULT_THEIRS_STATE)
		return http_reply_error(
		        rq, 409, "conflict", "another peer here has that name, address or token");
	if (r)
		return http_reply_result(rq, r, "the invitation can't be accepted");
	renew(loop);
	return http_reply_json(rq, 200,
	        json_pack("{s:s, s:o}", "ilpAddress", node_snapshot(loop)->own_address, "url",
	                our_url(loop->node)));
}

/* The asset is the invitation's. False: the reply is set. */
static bool is_for(struct http_request *rq, const struct invitation_row *row, const json_t *asset)
{
	const struct asset_row *ours = snapshot_asset(node_snapshot(http_app(rq)), row->asset);
	const char *code = NULL;
	uint64_t scale = 0;

	if (!read_asset(rq, asset, JSON_SPEC_STRICT, &code, &scale))
		return false;
	if (ours && strcmp(ours->code, code) == 0 && ours->scale == scale)
		return true;
	(void)http_reply_error(rq, 400, "bad_asset", "the invitation is for another asset");
	return false;
}

/* What tells one acceptance from another. False: no memory; the reply is set. */
static bool hash_acceptance(struct joining *j)
{
	const struct peer_new *p = &j->peer;
	char *all = arena_printf(&j->rq->arena, "%s\n%s\n%s\n%s", p->ilp_address, p->url,
	        p->incoming_token, p->outgoing_token);

	if (!all) {
		(void)http_reply_error(j->rq, 503, "busy", "out of memory for this request");
		return false;
	}
	sha256(bytes_str(all), j->acceptance);
	secret_wipe(all, strlen(all));
	return true;
}

enum http_next api_invitation_post(struct http_request *rq)
{
	const char *address = NULL, *url = NULL, *shows = NULL, *accepts = NULL;
	json_t *asset = NULL;
	const struct json_member members[] = {
	        {"ilpAddress", JSON_TO_STRING, &address, .required = true, .max = ILP_ADDRESS_MAX},
	        {"url", JSON_TO_STRING, &url, .required = true, .max = URL_MAX_CHARS},
	        {"asset", JSON_TO_OBJECT, &asset, .required = true},
	        {"showsToken", JSON_TO_STRING, &shows, .required = true, .max = TOKEN_CHARS_MAX},
	        {"acceptsToken", JSON_TO_STRING, &accepts, .required = true,
	                .max = TOKEN_CHARS_MAX},
	};
	const struct invitation_row *row;
	struct joining *j;
	uint8_t hash[32];

	row = invitation_of(rq, hash);
	if (!row || http_json_read(rq, false, members, sizeof(members) / sizeof(members[0]),
	                    JSON_SPEC_STRICT))
		return HTTP_DONE;
	j = joining_new(rq);
	if (!j)
		return HTTP_DONE;
	memcpy(j->invitation, hash, sizeof(hash));
	if (!is_for(rq, row, asset) || !is_reachable(rq, url, address) ||
	        !is_token(rq, shows, "showsToken") || !is_token(rq, accepts, "acceptsToken"))
		return HTTP_DONE;
	j->peer = (struct peer_new){.ilp_address = address,
	        .url = url,
	        .outgoing_token = accepts,
	        .incoming_token = shows};
	if (!hash_acceptance(j))
		return HTTP_DONE;
	/* Whoever has used it is a peer by now; whether it is the same one, the store knows. */
	if (!row->peer && !is_unclaimed(rq, 409, address))
		return HTTP_DONE;
	j->op.apply = use_apply;
	return submit(j, used);
}

/* ---- Rafiki's exchange ---- */

/* What a stranger calls itself, as a name here; "" where nothing of it can be. */
static void name_of(const char *given, const char *address, char out[NAME_MAX_CHARS + 1])
{
	const char *last = strrchr(address, '.');
	const char *from = given && *given ? given : last ? last + 1 : address;
	size_t n = 0;

	for (; *from && n < NAME_MAX_CHARS - 8; from++) {
		char c = *from;

		if (c >= 'A' && c <= 'Z')
			c = (char)(c - 'A' + 'a');
		if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
			out[n++] = c;
		else if (n && out[n - 1] != '-')
			out[n++] = '-';
	}
	out[n] = '\0';
}

static enum result join_apply(struct op *op, struct batch *b)
{
	const struct joining *j = OWNER_OF(op, struct joining, op);
	struct id id;
	account_id account;

	return batch_peer_add(b, &j->peer, &id, &account);
}

static enum http_next joined(struct http_request *rq)
{
	const struct joining *j = rq->state;
	struct node_loop *loop = http_app(rq);
	enum result r = j->op.result;

	if (r == RESULT_THEIRS_CONFLICT)
		return http_reply_error(
		        rq, 400, "conflict", "another peer here has that name, address or token");
	if (r)
		return http_reply_result(rq, r, "this node can't be peered with now");
	renew(loop);
	return http_reply_json(rq, 200,
	        json_pack("{s:s, s:o, s:s, s:s, s:s}", "staticIlpAddress",
	                node_snapshot(loop)->own_address, "ilpConnectorUrl", our_url(loop->node),
	                "httpToken", j->token, "name", node_snapshot(loop)->own_address, "tenantId",
	                "florin"));
}

/* Our asset of that code and scale; NULL: the reply is set. */
static const struct asset_row *asset_of(
        struct http_request *rq, const struct snapshot *s, const json_t *object)
{
	const char *code = NULL;
	uint64_t scale = 0;

	if (!read_asset(rq, object, 0, &code, &scale))
		return NULL;
	for (size_t i = 0; i < s->asset_count; i++)
		if (strcmp(s->assets[i].code, code) == 0 && s->assets[i].scale == scale)
			return &s->assets[i];
	(void)http_reply_error(rq, 404, "unknown_asset", "this node has no such asset");
	return NULL;
}

/* As text or as a number; 0 where it is not said. False: the reply is set. */
static bool read_max_packet(struct http_request *rq, const json_t *value, uint64_t *out)
{
	if (!value || !json_amount(value, out))
		return true;
	if (json_is_integer(value) && json_integer_value(value) >= 0) {
		*out = (uint64_t)json_integer_value(value);
		return true;
	}
	(void)http_reply_error(rq, 400, "bad_amount", "\"maxPacketAmount\" must be a whole number");
	return false;
}

enum http_next api_auto_peering_post(struct http_request *rq)
{
	const struct node_loop *loop = http_app(rq);
	const struct snapshot *s = node_snapshot(http_app(rq));
	const char *address = NULL, *url = NULL, *token = NULL, *name = NULL;
	json_t *asset = NULL, *max_packet = NULL;
	const struct json_member members[] = {
	        {"staticIlpAddress", JSON_TO_STRING, &address, .required = true,
	                .max = ILP_ADDRESS_MAX},
	        {"ilpConnectorUrl", JSON_TO_STRING, &url, .required = true, .max = URL_MAX_CHARS},
	        {"asset", JSON_TO_OBJECT, &asset, .required = true},
	        {"httpToken", JSON_TO_STRING, &token, .required = true, .max = TOKEN_CHARS_MAX},
	        {"maxPacketAmount", JSON_TO_ANY, &max_packet, .required = false},
	        {"name", JSON_TO_STRING, &name, .max = 256},
	};
	const struct asset_row *ours;
	struct joining *j;

	if (!loop->node->options.auto_peering)
		return http_reply_error(rq, 404, "not_found", "this node takes no peers by itself");
	/* What Rafiki sends may grow: unknown members are not ours to refuse. */
	if (http_json_read(rq, false, members, sizeof(members) / sizeof(members[0]), 0))
		return HTTP_DONE;
	j = joining_new(rq);
	if (!j)
		return HTTP_DONE;
	ours = asset_of(rq, s, asset);
	if (!ours || !is_reachable(rq, url, address) || !is_token(rq, token, "httpToken") ||
	        !is_unclaimed(rq, 400, address))
		return HTTP_DONE;
	if (s->peer_count >= STRANGERS_MAX)
		return http_reply_error(rq, 503, "busy", "this node takes no more peers by itself");
	name_of(name, address, j->name);
	token_random(j->token);
	/* A stranger gets no credit: it pays in advance. */
	j->peer = (struct peer_new){.name = j->name,
	        .asset = ours->id,
	        .ilp_address = address,
	        .url = url,
	        .url_is_foreign = true,
	        .outgoing_token = token,
	        .incoming_token = j->token};
	if (!read_max_packet(rq, max_packet, &j->peer.max_packet))
		return HTTP_DONE;
	j->op.apply = join_apply;
	return submit(j, joined);
}
