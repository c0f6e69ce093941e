/* whoami: which node this is, for a client that has its token. */
#ifdef HAVE_CONFIG_H
#include "autoconf.h"
#endif

#include "admin/answer.h"
#include "admin/resource.h"
#include "ilp/node.h"

enum http_next admin_whoami(struct http_request *rq)
{
	struct node_loop *loop = http_app(rq);
	const struct node *n = loop->node;

	return http_reply_json(rq, 200,
	        json_pack("{s:s, s:s, s:s, s:s, s:s, s:b, s:o}", "principal", "operator",
	                "publicUrl", n->options.public_url, "ilpAddress",
	                node_snapshot(loop)->own_address, "database", n->options.database,
	                "version", PACKAGE_VERSION, "dev", (int)n->options.dev, "startedAt",
	                admin_time(n->started_ms)));
}
