/* route: the routing table, and why an address goes where it goes. */
#include <string.h>

#include "admin/page.h"
#include "admin/resource.h"
#include "admin/row.h"
#include "base/words.h"
#include "codec/ilp_address.h"
#include "ilp/routes.h"

#define DEFAULT_ROUTE_CURSOR "." /* no prefix is written so */

/* ---- the table: the node's own address, then every route in order of prefix ---- */

/* The texts of a path, which is blank-separated. */
static json_t *path_json(struct bytes path)
{
	json_t *hops = json_array();

	while (path.n) {
		const uint8_t *blank = memchr(path.p, ' ', path.n);
		size_t n = blank ? (size_t)(blank - path.p) : path.n;

		if (json_array_append_new(hops, json_stringn((const char *)path.p, n))) {
			json_decref(hops);
			return NULL;
		}
		path = blank ? bytes_of(blank + 1, path.n - n - 1) : bytes_of(NULL, 0);
	}
	return hops;
}

/* Where a configured route comes from. */
static const char *source_of(const struct peer *peer, struct bytes prefix)
{
	if (peer->row.relation == PEER_RELATION_PARENT && prefix.n == 0)
		return "parent";
	return bytes_eq(prefix, peer->ilp_address) ? "peer" : "static";
}

static json_t *route_json(const struct snapshot *s, const struct route *r, bool learned)
{
	const struct peer *peer = snapshot_peer_of_account(s, (account_id)r->next_hop);

	return json_pack("{s:s%, s:s?, s:s, s:o}", "prefix", (const char *)r->prefix.p, r->prefix.n,
	        "peer", peer ? peer->row.name : NULL, "source",
	        learned ? "ccp" : source_of(peer, r->prefix), "path", path_json(r->path));
}

struct route_page {
	const struct snapshot *snapshot;
	json_t *items;
	struct bytes last; /* of the items */
	bool more;
};

/* The two tables as one; of the same prefix only the configured route is in force. */
static bool merge(struct route_page *page, const struct bytes *after, struct route *learned,
        size_t learned_n, size_t limit)
{
	const struct snapshot *s = page->snapshot;
	size_t i = 0, k = 0;

	while (after && i < s->fixed_count && bytes_compare(s->fixed[i].prefix, *after) <= 0)
		i++;
	while (i < s->fixed_count || k < learned_n) {
		int order = i == s->fixed_count ? 1
		            : k == learned_n    ? -1
		                             : bytes_compare(s->fixed[i].prefix, learned[k].prefix);
		const struct route *r = order <= 0 ? &s->fixed[i++] : &learned[k];

		if (order >= 0)
			k++;
		if (json_array_size(page->items) == limit) {
			page->more = true;
			return true;
		}
		if (json_array_append_new(page->items, route_json(s, r, order > 0)))
			return false;
		page->last = r->prefix;
	}
	return true;
}

static const char *text_of(struct http_request *rq, struct bytes b)
{
	const char *text = arena_strndup(&rq->arena, (const char *)b.p, b.n);

	return text ? text : "";
}

/* Fills the page behind the cursor; the node's own address is its first item of all. */
static enum result fill_page(
        struct http_request *rq, struct route_page *page, const struct admin_page *asked)
{
	const struct snapshot *s = page->snapshot;
	bool first = !asked->cursor;
	bool behind_own = first || strcmp(asked->cursor, s->own_address) == 0;
	struct bytes after = bytes_str(
	        first || strcmp(asked->cursor, DEFAULT_ROUTE_CURSOR) == 0 ? "" : asked->cursor);
	const struct bytes *behind = behind_own ? NULL : &after;
	/* One more than a page, and as many again where configured ones have the same prefix. */
	struct route *learned = arena_alloc(&rq->arena, 2 * (asked->limit + 1) * sizeof(*learned));
	size_t learned_n = 0;

	if (!learned)
		return RESULT_OURS_MEMORY;
	if (s->learned)
		learned_n = route_table_page(s->learned, behind, learned, 2 * (asked->limit + 1));
	page->last = s->own;
	if (first && json_array_append_new(
	                     page->items, json_pack("{s:s, s:n, s:s, s:[]}", "prefix",
	                                          s->own_address, "peer", "source", "own", "path")))
		return RESULT_OURS_MEMORY;
	return merge(page, behind, learned, learned_n, asked->limit) ? RESULT_OK
	                                                             : RESULT_OURS_MEMORY;
}

enum http_next admin_route_list(struct http_request *rq)
{
	struct route_page page = {.snapshot = node_snapshot(http_app(rq))};
	struct admin_page asked;
	const char *next = NULL;
	enum result r;

	if (admin_page_read(rq, &asked))
		return HTTP_DONE;
	if (asked.cursor && strcmp(asked.cursor, DEFAULT_ROUTE_CURSOR) != 0 &&
	        (!*asked.cursor || ilp_address_check_prefix(bytes_str(asked.cursor))))
		return admin_page_refuse_cursor(rq);
	page.items = json_array();
	r = fill_page(rq, &page, &asked);
	if (!r && page.more)
		next = page.last.n ? text_of(rq, page.last) : DEFAULT_ROUTE_CURSOR;
	return admin_page_items(rq, r, page.items, next);
}

/* ---- explain ---- */

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
		e->reason = WORDS("it is the address of this node");
		return RESULT_OK;
	}
	r = store_wallet_find(loop->reader, &rq->arena, text_of(rq, segment), &wallet);
	if (r == RESULT_THEIRS_NOT_FOUND) {
		e->reason = WORDS("it is under this node's address, but there is no such wallet");
		return RESULT_OK;
	}
	if (r)
		return r;
	e->kind = "wallet";
	e->wallet = wallet.name;
	e->reason = wallet.state == WALLET_OPEN
	                    ? WORDS("it is under the address of a wallet here")
	                    : WORDS("it is the address of a wallet that is closed");
	return RESULT_OK;
}

#define MATCHES_MAX 32

/* What is parked while the outbound thread looks for the ways that peers announced. */
struct route_explain {
	struct routes_look look;
	struct http_request *rq;
	const char *destination;
};

static json_t *candidate_json(const char *peer, const char *source, struct bytes prefix,
        struct bytes path, bool chosen, const char *reason)
{
	return json_pack("{s:s%, s:s, s:s, s:o, s:b, s:s}", "prefix", (const char *)prefix.p,
	        prefix.n, "peer", peer, "source", source, "path", path_json(path), "chosen",
	        (int)chosen, "reason", reason);
}

/* Why a way that a peer announced is not the one that is taken. */
static const char *why_not(const struct snapshot *s, const struct routes_look *look, size_t i,
        const struct route *best)
{
	const struct routes_way *w = &look->ways[i], *chosen = NULL;
	const struct peer *a, *b;

	if (w->prefix.n < best->prefix.n)
		return w->chosen ? WORDS("a longer prefix has a route")
		                 : WORDS("a longer prefix has a route, and another way to this one "
		                         "is "
		                         "better");
	for (size_t k = 0; k < look->count; k++)
		if (look->ways[k].chosen && look->ways[k].prefix.n == w->prefix.n)
			chosen = &look->ways[k];
	if (!chosen)
		return WORDS(
		        "the prefix has a configured route, which comes before those of peers");
	a = snapshot_peer_of_account(s, w->peer);
	b = snapshot_peer_of_account(s, chosen->peer);
	if (!a || !b)
		return WORDS("the peer has gone");
	if (a->row.relation != b->row.relation)
		return WORDS("children come before peers, and those before the parent");
	return WORDS("another way is shorter, or as short and of an older peer");
}

static json_t *candidates_json(
        const struct snapshot *s, const struct routes_look *look, struct bytes destination)
{
	struct route matches[MATCHES_MAX] = {{.next_hop = 0}};
	size_t count = snapshot_explain(s, destination, matches, MATCHES_MAX);
	json_t *all = json_array();
	bool failed = false;

	for (size_t i = 0; i < count; i++) {
		const struct peer *peer =
		        snapshot_peer_of_account(s, (account_id)matches[i].next_hop);

		if (matches[i].path.n)
			continue; /* a learned one, which comes with the others below */
		failed = failed ||
		         json_array_append_new(all,
		                 candidate_json(peer->row.name, source_of(peer, matches[i].prefix),
		                         matches[i].prefix, matches[i].path, i == 0,
		                         i == 0 ? WORDS("it is the longest prefix, and configured")
		                                : WORDS("a longer prefix has a route")));
	}
	for (size_t i = 0; i < look->count; i++) {
		const struct routes_way *w = &look->ways[i];
		const struct peer *peer = snapshot_peer_of_account(s, w->peer);
		bool chosen = w->chosen && count && w->prefix.n == matches[0].prefix.n;

		if (peer)
			failed = failed ||
			         json_array_append_new(
			                 all, candidate_json(peer->row.name, "ccp", w->prefix,
			                              w->path, chosen,
			                              chosen ? WORDS("it is the best way to the "
			                                             "longest prefix")
			                                     : why_not(s, look, i, &matches[0])));
	}
	if (failed) {
		json_decref(all);
		return NULL;
	}
	return all;
}

static void explain_route(struct http_request *rq, struct bytes destination, struct explanation *e)
{
	const struct snapshot *s = node_snapshot(http_app(rq));
	struct route route;

	if (snapshot_explain(s, destination, &route, 1) == 0) {
		e->reason = WORDS("no route has a prefix of it");
		return;
	}
	e->kind = "peer";
	e->prefix = text_of(rq, route.prefix);
	e->peer = snapshot_peer_of_account(s, (account_id)route.next_hop)->row.name;
	if (route.path.n)
		e->reason =
		        WORDS("this is the longest prefix of it that has a route, which the peer "
		              "announced");
	else if (route.prefix.n)
		e->reason = WORDS("this is the longest prefix of it that has a route");
	else
		e->reason = WORDS("no longer prefix has a route: it takes the default route");
}

static enum http_next reply(struct http_request *rq, const char *destination,
        const struct explanation *e, json_t *candidates)
{
	return http_reply_json(rq, 200,
	        json_pack("{s:s, s:s, s:s?, s:s?, s:s?, s:s, s:o}", "destination", destination,
	                "kind", e->kind, "prefix", e->prefix, "peer", e->peer, "wallet", e->wallet,
	                "reason", e->reason, "candidates", candidates));
}

static enum http_next looked(struct http_request *rq)
{
	const struct route_explain *x = rq->state;
	struct explanation e = {.kind = "none"};

	if (x->look.result)
		return admin_refuse_by(rq, x->look.result, NULL);
	explain_route(rq, x->look.destination, &e);
	return reply(rq, x->destination, &e,
	        candidates_json(node_snapshot(http_app(rq)), &x->look, x->look.destination));
}

static void look_done(struct task *t)
{
	http_resume(OWNER_OF(t, struct route_explain, look.task)->rq);
}

static void look_clear(void *p)
{
	routes_look_clear(p);
}

static enum http_next look(struct http_request *rq, const char *destination)
{
	struct route_explain *x = arena_alloc(&rq->arena, sizeof(*x));

	if (!x || http_defer(rq, look_clear, &x->look))
		return admin_refuse_by(rq, RESULT_OURS_MEMORY, NULL);
	x->rq = rq;
	x->destination = destination;
	x->look.destination = bytes_str(destination);
	x->look.task.done = look_done;
	rq->state = x;
	http_park(rq, looked);
	routes_look_start(http_app(rq), &x->look);
	return HTTP_PARKED;
}

enum http_next admin_route_explain(struct http_request *rq)
{
	const char *destination = http_query(rq, "destination");
	struct explanation e = {.kind = "none"};
	struct bytes address;

	if (!destination || ilp_address_check(bytes_str(destination)))
		return admin_refuse(rq, RESULT_THEIRS_MALFORMED, "destination",
		        WORDS("\"destination\" must be an ILP address"));
	address = bytes_str(destination);
	if (ilp_address_scheme(address) == ILP_SCHEME_PEER) {
		e.kind = "node";
		e.reason = WORDS("addresses that begin with peer. are for the next node alone");
	} else if (snapshot_is_own(node_snapshot(http_app(rq)), address)) {
		enum result r = explain_own(rq, address, &e);

		if (r)
			return admin_refuse_by(rq, r, NULL);
	} else {
		return look(rq, destination);
	}
	return reply(rq, destination, &e, json_array());
}
