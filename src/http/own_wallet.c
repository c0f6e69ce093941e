#include "http/own_wallet.h"

#include "ilp/node_wallet.h"

enum result own_wallet_find(
        struct http_request *rq, const char *address, struct wallet_row *out, const char **id)
{
	struct node_loop *l = http_app(rq);
	char name[NAME_MAX_CHARS + 1];
	enum result r;

	if (!node_wallet_name(l->node, address, name))
		return RESULT_THEIRS_NOT_FOUND;
	r = node_wallet_find(l->node, l->reader, &rq->arena, name, out);
	if (!r && !wallet_is_shown(out, http_wall_ms(rq)))
		r = RESULT_THEIRS_NOT_FOUND;
	if (r || !id)
		return r;
	*id = arena_printf(&rq->arena, "%s/%s", l->node->options.public_url, out->name);
	return *id ? RESULT_OK : RESULT_OURS_MEMORY;
}
