#include "ilp/bilateral.h"

#include <stdlib.h>

#include "codec/ildcp.h"

#define HEAD_BYTES 128 /* all of a Prepare but its data */

static void answered(struct task *t)
{
	struct bilateral *b = OWNER_OF(t, struct bilateral, request.task);

	outbound_busy(b->node->outbound, -1);
	link_judge(&b->request, &b->prepare, env_wall_ms(b->node->env), &b->answer);
	peer_call_end(&b->call, b->node, &b->request, &b->answer);
	snapshot_release(b->snapshot);
	b->snapshot = NULL;
	b->done(b);
}

enum result bilateral_ask(struct bilateral *b, struct node *n, struct snapshot *s,
        const struct peer *peer, const char *destination, struct bytes data)
{
	int64_t wall_ms = env_wall_ms(n->env);
	const struct ilp_prepare prepare = {
	        .expires_at_ms = wall_ms + BILATERAL_LIFE_MS,
	        .condition = ildcp_condition,
	        .destination = bytes_str(destination),
	        .data = data,
	};
	size_t size = HEAD_BYTES + data.n;
	uint8_t *wire = realloc(b->wire, size);
	struct buf out;

	if (!wire)
		return RESULT_OURS_MEMORY;
	b->wire = wire;
	buf_init(&out, wire, size);
	ilp_prepare_encode(&out, &prepare);
	if (out.failed)
		return RESULT_OURS_BUG;
	b->node = n;
	b->snapshot = snapshot_hold(s);
	b->prepare = (struct link_prepare){buf_view(&out), ildcp_condition, prepare.expires_at_ms};
	link_request(&b->request, peer->target, &b->prepare, wall_ms, outbound_now_ms(n->outbound));
	b->request.task.home = outbound_home(n->outbound);
	b->request.task.done = answered;
	peer_call_begin(&b->call, peer);
	outbound_busy(n->outbound, 1);
	outbound_send(n->outbound, &b->request);
	return RESULT_OK;
}

const char *bilateral_why(const struct bilateral *b)
{
	switch (b->answer.outcome) {
	case LINK_FULFILLED:
		return "";
	case LINK_REJECTED:
		return "the peer refuses it";
	case LINK_REFUSED:
	case LINK_UNKNOWN:
		return b->answer.message;
	}
	return "";
}

void bilateral_clear(struct bilateral *b)
{
	outbound_request_clear(&b->request);
	free(b->wire);
	b->wire = NULL;
}
