/* route: the routing table, and why an address goes where it goes. */
#include <stdio.h>

#include "admin/page.h"
#include "admin/resource.h"
#include "admin/row.h"
#include "codec/ilp_address.h"

#define DEFAULT_ROUTE_CURSOR "." /* no prefix is written so */

/* ---- the table: the node's own address, then every route in order of prefix ---- */

struct route_list {
	const struct snapshot *snapshot;
	const char *own;
	char key[ILP_ADDRESS_MAX + 1];
};

static const char *list_key(void *arg, size_t i)
{
	struct route_list *l = arg;
	const struct route *route;

	if (i == 0)
		return l->own;
	route = &l->snapshot->fixed[i - 1];
	if (route->prefix.n == 0)
		return DEFAULT_ROUTE_CURSOR;
	(void)snprintf(l->key, sizeof(l->key), "%.*s", (int)route->prefix.n,
	        (const char *)route->prefix.p);
	return l->key;
}

/* Where a route comes from. */
static const char *source_of(const struct peer *peer, struct bytes prefix)
{
	if (peer->row.relation == PEER_RELATION_PARENT && prefix.n == 0)
		return "parent";
	return bytes_eq(prefix, peer->ilp_address) ? "peer" : "static";
}

static json_t *list_item(void *arg, size_t i)
{
	const struct route_list *l = arg;
	const struct route *route;
	const struct peer *peer;

	if (i == 0)
		return json_pack("{s:s, s:n, s:s}", "prefix", l->own, "peer", "source", "own");
	route = &l->snapshot->fixed[i - 1];
	peer = snapshot_peer_of_account(l->snapshot, (account_id)route->next_hop);
	return json_pack("{s:s%, s:s, s:s}", "prefix", (const char *)route->prefix.p,
	        route->prefix.n, "peer", peer->row.name, "source", source_of(peer, route->prefix));
}

enum http_next admin_route_list(struct http_request *rq)
{
	struct node_loop *loop = http_app(rq);
	struct route_list l = {
	        .snapshot = node_snapshot(loop), .own = node_snapshot(loop)->own_address};
	const struct admin_list list = {l.snapshot->fixed_count + 1, list_key, list_item, &l};

	return admin_page_reply(rq, &list);
}

/* ---- explain ---- */

static const char *text_of(struct http_request *rq, struct bytes b)
{
	const char *text = arena_strndup(&rq->arena, (const char *)b.p, b.n);

	return text ? text : "";
}

struct explanation {
	const char *kind;
	const char *prefix; /* NULL: none, as the rest */
	const char *peer;
	const char *wallet;
	const char *reason;
};

/* An address of this node: <node>.<wallet>.<token>. */
static enum result explain_own(
        struct http_request *rq, struct bytes destination, struct explanation *e)
{
	struct node_loop *loop = http_app(rq);
	const char *own = node_snapshot(loop)->own_address;
	struct bytes segment = ilp_address_segment_after(destination, bytes_str(own));
	struct wallet_row wallet;
	enum result r = RESULT_THEIRS_NOT_FOUND;

	e->prefix = own;
	if (segment.n == 0) {
		e->kind = "node";
		e->reason = "it is the address of this node";
		return RESULT_OK;
	}
	r = store_wallet_find(loop->reader, &rq->arena, text_of(rq, segment), &wallet);
	if (r == RESULT_THEIRS_NOT_FOUND) {
		e->reason = "it is under this node's address, but there is no such wallet";
		return RESULT_OK;
	}
	if (r)
		return r;
	e->kind = "wallet";
	e->wallet = wallet.name;
	e->reason = wallet.state == WALLET_OPEN ? "it is under the address of a wallet here"
	                                        : "it is the address of a wallet that is closed";
	return RESULT_OK;
}

static void explain_route(struct http_request *rq, struct bytes destination, struct explanation *e)
{
	const struct snapshot *s = node_snapshot(http_app(rq));
	struct route route;

	if (snapshot_explain(s, destination, &route, 1) == 0) {
		e->reason = "no route has a prefix of it";
		return;
	}
	e->kind = "peer";
	e->prefix = text_of(rq, route.prefix);
	e->peer = snapshot_peer_of_account(s, (account_id)route.next_hop)->row.name;
	e->reason = route.prefix.n ? "this is the longest prefix of it that has a route"
	                           : "no longer prefix has a route: it takes the default route";
}

enum http_next admin_route_explain(struct http_request *rq)
{
	struct node_loop *loop = http_app(rq);
	const char *destination = http_query(rq, "destination");
	struct explanation e = {.kind = "none"};
	struct bytes address;

	if (!destination || ilp_address_check(bytes_str(destination)))
		return admin_refuse(rq, RESULT_THEIRS_MALFORMED, "destination",
		        "\"destination\" must be an ILP address");
	address = bytes_str(destination);
	if (ilp_address_scheme(address) == ILP_SCHEME_PEER) {
		e.kind = "node";
		e.reason = "addresses under \"peer\" are for the next node alone";
	} else if (snapshot_is_own(node_snapshot(loop), address)) {
		enum result r = explain_own(rq, address, &e);

		if (r)
			return admin_refuse_by(rq, r, NULL);
	} else {
		explain_route(rq, address, &e);
	}
	return http_reply_json(rq, 200,
	        json_pack("{s:s, s:s, s:s?, s:s?, s:s?, s:s}", "destination", destination, "kind",
	                e.kind, "prefix", e.prefix, "peer", e.peer, "wallet", e.wallet, "reason",
	                e.reason));
}
