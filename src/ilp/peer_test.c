#include "ilp/peer_test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "codec/ildcp.h"
#include "ilp/link.h"

#define TEST_LIFE_MS    10000
#define TEST_WIRE_BYTES (96 + ILP_ADDRESS_MAX)

struct peer_testing {
	struct peer_test_call *call;
	struct node *node;
	struct mailbox *home;
	void (*done)(struct task *t);
	struct snapshot *snapshot;
	struct outbound_request request;
	struct link_prepare prepare;
	int64_t started_us;
	uint8_t condition[ILP_CONDITION_SIZE];
	uint8_t wire[TEST_WIRE_BYTES];
};

static void finish(struct peer_testing *t, enum result r, const char *why)
{
	struct peer_test_call *call = t->call;

	call->result = r;
	snprintf(call->why, sizeof(call->why), "%s", why);
	call->testing = NULL;
	snapshot_release(t->snapshot);
	outbound_request_clear(&t->request);
	node_send_home(t->home, &call->task, t->done);
	free(t);
}

static void answered(struct task *task)
{
	struct peer_testing *t = OWNER_OF(task, struct peer_testing, request.task);
	struct link_answer a;
	char why[64];

	outbound_busy(t->node->outbound, -1);
	t->call->latency_us = clock_mono_us() - t->started_us;
	link_judge(&t->request, &t->prepare, env_wall_ms(t->node->env), &a);
	if (t->request.result == RESULT_THEIRS_BLOCKED) {
		finish(t, t->request.result,
		        "the peer's url leads to an address that this node may not call");
	} else if (t->request.result) {
		finish(t, t->request.result, a.message);
	} else if (t->request.status == 401 || t->request.status == 403) {
		finish(t, RESULT_THEIRS_UNAUTHORIZED, "the peer refuses our token");
	} else if (t->request.status != 200) {
		snprintf(why, sizeof(why), "the peer answered HTTP %d", t->request.status);
		finish(t, RESULT_THEIRS_PROTOCOL, why);
	} else if (a.outcome != LINK_REJECTED) {
		finish(t, RESULT_THEIRS_PROTOCOL, "the answer is not an ILP Reject");
	} else {
		memcpy(t->call->code, a.reject.code, sizeof(t->call->code));
		finish(t, RESULT_OK, "");
	}
}

static void begin(struct task *task)
{
	struct peer_test_call *call = OWNER_OF(task, struct peer_test_call, task);
	struct peer_testing *t = call->testing;
	int64_t wall = env_wall_ms(t->node->env);
	const struct peer *peer;
	struct ilp_prepare prepare;
	struct buf b;

	t->snapshot = snapshots_get(t->node->snapshots);
	peer = snapshot_peer_of_account(t->snapshot, call->peer);
	if (!peer || !peer->target) {
		finish(t, RESULT_THEIRS_NOT_FOUND, "no such peer, or its URL can't be used");
		return;
	}
	env_random(t->node->env, t->condition, sizeof(t->condition));
	prepare = (struct ilp_prepare){.expires_at_ms = wall + TEST_LIFE_MS,
	        .condition = t->condition,
	        .destination =
	                peer->ilp_address.n ? peer->ilp_address : bytes_str(ILDCP_DESTINATION)};
	buf_init(&b, t->wire, sizeof(t->wire));
	ilp_prepare_encode(&b, &prepare);
	t->prepare = (struct link_prepare){buf_view(&b), t->condition, prepare.expires_at_ms};
	t->started_us = clock_mono_us();
	link_request(
	        &t->request, peer->target, &t->prepare, wall, outbound_now_ms(t->node->outbound));
	t->request.task.home = outbound_home(t->node->outbound);
	t->request.task.done = answered;
	outbound_busy(t->node->outbound, 1);
	outbound_send(t->node->outbound, &t->request);
}

void peer_test_start(struct node_loop *l, struct peer_test_call *call)
{
	struct peer_testing *t = calloc(1, sizeof(*t));
	void (*done)(struct task * task) = call->task.done;

	call->result = RESULT_OURS_MEMORY;
	if (!t) {
		node_send_home(l->home, &call->task, done);
		return;
	}
	t->call = call;
	t->node = l->node;
	t->home = l->home;
	t->done = done;
	call->testing = t;
	call->task.done = begin;
	if (node_post_outbound(l, &call->task, done, &call->result))
		free(t);
}
