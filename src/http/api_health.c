#include "http/api_health.h"

#include "base/clock.h"
#include "http/reply.h"
#include "ilp/node.h"

enum http_next api_health_get(struct http_request *rq)
{
	struct node_loop *l = http_app(rq);
	struct asset_row any;
	char since[TIME_TEXT_SIZE];
	/* A database that can't be read answers OURS_STORE; an unknown asset is an answer too. */
	enum result r = store_asset_get(l->reader, 1, &any);
	bool ok = result_class(r) != RESULT_CLASS_OURS && writer_accepts(l->node->writer);

	time_format(l->node->started_ms, since);
	return http_reply_json(rq, ok ? 200 : 503,
	        json_pack("{s:s,s:b,s:s,s:s}", "status", ok ? "ok" : "unavailable", "dev",
	                l->node->options.dev, "database", l->node->options.database, "startedAt",
	                since));
}
