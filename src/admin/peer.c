/* peer: the nodes that packets come from and go to, and what moved between us outside Interledger.
 */
#include <string.h>

#include "admin/change.h"
#include "admin/page.h"
#include "admin/resource.h"
#include "admin/row.h"
#include "base/log.h"

#define REFERENCE_MAX 140 /* characters of a settlement's reference */

/* ---- reading ---- */

static json_t *peer_now(struct http_request *rq, const struct peer *peer)
{
	const struct node_loop *loop = http_app(rq);
	struct account account;
	const char **routes;
	size_t count;

	if (store_account_get(loop->reader, peer->row.account, &account) ||
	        admin_peer_routes(rq, peer, &routes, &count))
		return NULL;
	return admin_peer_json(&peer->row, &peer->asset, &account, routes, count);
}

struct peer_list {
	struct http_request *rq;
	const struct snapshot *snapshot;
};

static const char *list_key(void *arg, size_t i)
{
	const struct peer_list *l = arg;

	return l->snapshot->peers[i].row.name;
}

static json_t *list_item(void *arg, size_t i)
{
	const struct peer_list *l = arg;

	return peer_now(l->rq, &l->snapshot->peers[i]);
}

enum http_next admin_peer_list(struct http_request *rq)
{
	struct peer_list l = {rq, node_snapshot(http_app(rq))};
	const struct admin_list list = {l.snapshot->peer_count, list_key, list_item, &l};

	return admin_page_reply(rq, &list);
}

enum http_next admin_peer_get(struct http_request *rq)
{
	const struct peer *peer = admin_peer_of_path(rq);

	return peer ? http_reply_json(rq, 200, peer_now(rq, peer)) : HTTP_DONE;
}

/* ---- settlements ---- */

struct peer_settle {
	struct admin_change change;
	enum movement_kind kind;
	const char *direction;
	const char *reference; /* NULL: none */
	struct peer_row peer;  /* its texts are in the request's arena */
	struct asset_row asset;
	const char **routes;
	size_t routes_count;
	uint64_t amount;
};

static enum result settle_apply(struct admin_change *c, struct batch *b, json_t **answer)
{
	const struct peer_settle *s = OWNER_OF(c, struct peer_settle, change);
	const struct movement m = {
	        .id = c->id,
	        .kind = s->kind,
	        .account = s->peer.account,
	        .amount = s->amount,
	};
	struct account account;
	bool repeated;
	enum result r = batch_move(b, &m, &repeated);

	if (!r)
		r = batch_account_get(b, s->peer.account, &account);
	if (!r)
		*answer = json_pack("{s:o, s:s, s:o, s:o, s:o}", "id", admin_id(&c->id),
		        "direction", s->direction, "amount", admin_amount(s->amount, &s->asset),
		        "reference", admin_text(s->reference), "peer",
		        admin_peer_json(&s->peer, &s->asset, &account, s->routes, s->routes_count));
	return r;
}

/* The ledger keeps the movement; who paid it by which means is the log's. */
static enum result settle_log(struct admin_change *c)
{
	const struct peer_settle *s = OWNER_OF(c, struct peer_settle, change);
	char reference[LOG_TEXT_SIZE], id[ID_TEXT_SIZE];

	id_format(&c->id, id);
	log_info("settlement", "id=%s peer=%s direction=%s amount=%llu asset=%s/%u reference=%s",
	        id, s->peer.name, s->direction, (unsigned long long)s->amount, s->asset.code,
	        s->asset.scale, log_text(reference, s->reference ? s->reference : ""));
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

enum http_next admin_peer_settle(struct http_request *rq)
{
	const struct peer *peer = admin_peer_of_path(rq);
	const char *direction = NULL, *reference = NULL;
	json_t *amount = NULL;
	const struct json_member members[] = {
	        {"direction", JSON_TO_STRING, &direction, .required = true},
	        {"amount", JSON_TO_OBJECT, &amount, .required = true},
	        {"reference", JSON_TO_STRING, &reference, .max = REFERENCE_MAX},
	};
	struct peer_settle *s;
	bool received;

	if (!peer || http_json_read(rq, false, members, sizeof(members) / sizeof(members[0]),
	                     JSON_SPEC_STRICT))
		return HTTP_DONE;
	received = strcmp(direction, "received") == 0;
	if (!received && strcmp(direction, "sent") != 0)
		return admin_refuse(rq, RESULT_THEIRS_MALFORMED, "direction",
		        "\"direction\" must be \"received\" or \"sent\"");
	s = admin_change_new(rq, sizeof(*s), ADMIN_KEY_REQUIRED);
	if (!s || admin_amount_read(rq, amount, "amount", &peer->asset, &s->amount))
		return HTTP_DONE;
	if (copy_peer(rq, peer, s))
		return admin_refuse_by(rq, RESULT_OURS_MEMORY, NULL);
	s->kind = received ? MOVEMENT_SETTLE_IN : MOVEMENT_SETTLE_OUT;
	s->direction = direction;
	s->reference = reference;
	s->change.apply = settle_apply;
	s->change.committed = settle_log;
	s->change.refusals = admin_move_refusals;
	return admin_change_submit(&s->change);
}
