/* peer: the nodes that packets come from and go to. */
#include "admin/page.h"
#include "admin/resource.h"
#include "admin/row.h"

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
	return admin_peer_json(&peer->row, &peer->asset, &account, routes, count, peer->live);
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
