/* The resolver as a call of a loop thread: on the outbound thread and back. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "ilp/resolver.h"
#include "ilp/stream_connection.h"

/* A probe costs nothing, but has to begin in some asset of ours: whichever the next hop uses. */
struct asking {
	struct resolve_call *call;
	struct node *node;
	struct mailbox *home;
	void (*done)(struct task *t);
	struct stream_connection connection;
	bool connected;
	bool answered;
};

static void let_go(struct asking *a)
{
	if (a->connected)
		stream_connection_clear(&a->connection);
	outbound_busy(a->node->outbound, -1);
	free(a);
}

/* Sends the call home; probes that are still under way keep the rest. */
static void answer(struct asking *a)
{
	struct resolve_call *call = a->call;

	call->asking = NULL;
	resolution_clear(&call->r);
	a->answered = true;
	node_send_home(a->home, &call->task, a->done);
	if (!a->connected || !stream_connection_busy(&a->connection))
		let_go(a);
}

static void idle(void *arg)
{
	struct asking *a = arg;

	if (a->answered)
		let_go(a);
}

static void probed(void *arg)
{
	struct asking *a = arg;
	const struct stream_asset *asset = &a->connection.sender.asset;
	struct resolution *r = &a->call->r;

	if (asset->known && asset->scale <= ASSET_SCALE_MAX &&
	        text_is_clean_utf8(asset->code, strlen(asset->code)) &&
	        !text_copy(r->asset_code, sizeof(r->asset_code), asset->code)) {
		r->asset_scale = asset->scale;
		r->has_document = true;
	}
	answer(a);
}

static void ask_over_ilp(struct asking *a)
{
	struct stream_sender_options options = {
	        .run = STREAM_RUN_PROBE, .max_packet = UINT64_MAX, .asset_wanted = true};
	struct stream_connection_events events = {.done = probed, .idle = idle, .arg = a};
	struct snapshot *s = snapshots_get(a->node->snapshots);
	const struct peer *peer = snapshot_route(s, bytes_str(a->call->r.address), NULL);
	asset_id asset = peer ? peer->row.asset : 0;
	const char *why;

	snapshot_release(s);
	pay_bounds_init(&options.bounds);
	if (!asset || stream_connection_init(&a->connection, a->node, asset, a->call->r.address,
	                      &a->call->r.shared_secret, &options, &events, &why)) {
		answer(a);
		return;
	}
	a->connected = true;
	stream_connection_pump(&a->connection);
}

static void resolved(struct resolution *r)
{
	struct asking *a = OWNER_OF(r, struct resolve_call, r)->asking;

	if (r->result || r->has_document || !r->want_document)
		answer(a);
	else
		ask_over_ilp(a);
}

static void begin(struct task *t)
{
	struct asking *a = OWNER_OF(t, struct resolve_call, task)->asking;

	outbound_busy(a->node->outbound, 1);
	resolver_start(a->node, &a->call->r, resolved);
}

void resolver_call(struct node_loop *l, struct resolve_call *call)
{
	struct asking *a = calloc(1, sizeof(*a));
	void (*done)(struct task * t) = call->task.done;

	call->r.result = RESULT_OURS_MEMORY;
	if (!a) {
		node_send_home(l->home, &call->task, done);
		return;
	}
	a->call = call;
	a->node = l->node;
	a->home = l->home;
	a->done = done;
	call->asking = a;
	call->task.done = begin;
	if (node_post_outbound(l, &call->task, done, &call->r.result))
		free(a);
}
