#include "ilp/peer_test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "codec/ildcp.h"
#include "codec/ilp_address.h"
#include "ilp/link.h"
#include "ilp/peer_health.h"

#define PING_LIFE_MS    10000
#define LATE_MS         2000
#define TOTAL_US        12000000 /* no more hops after it: somebody waits for the answer */
#define TEST_WIRE_BYTES (96 + ILP_ADDRESS_MAX)

struct peer_testing {
	struct peer_test_call *call;
	struct node *node;
	struct mailbox *home;
	void (*done)(struct task *t);
	struct snapshot *snapshot;
	const struct peer *peer;
	struct outbound_request request;
	struct peer_call counted;
	struct link_prepare prepare;
	int64_t begun_us, started_us;
	char destination[ILP_ADDRESS_MAX + 1];
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

static void answered(struct task *task);

static void send_test(struct peer_testing *t, const char *destination, int64_t life_ms)
{
	struct node *n = t->node;
	int64_t wall = env_wall_ms(n->env);
	struct ilp_prepare prepare = {
	        .expires_at_ms = wall + life_ms, .destination = bytes_str(destination)};
	struct buf b;

	/* Of peer.config everybody knows the condition (RFC 31); of the others nobody does. */
	if (strcmp(destination, ILDCP_DESTINATION) == 0)
		memcpy(t->condition, ildcp_condition, sizeof(t->condition));
	else
		env_random(n->env, t->condition, sizeof(t->condition));
	prepare.condition = t->condition;
	buf_init(&b, t->wire, sizeof(t->wire));
	ilp_prepare_encode(&b, &prepare);
	t->prepare = (struct link_prepare){buf_view(&b), t->condition, prepare.expires_at_ms};
	t->started_us = clock_mono_us();
	link_request(&t->request, t->peer->target, &t->prepare, wall, outbound_now_ms(n->outbound));
	/* Who refuses a short life says so at once: its answer may come when that is over. */
	t->request.deadline_ms += LATE_MS;
	t->request.task.home = outbound_home(n->outbound);
	t->request.task.done = answered;
	peer_call_begin(&t->counted, t->peer);
	outbound_busy(n->outbound, 1);
	outbound_send(n->outbound, &t->request);
}

/* The next hop's, or the end. */
static void go_on(struct peer_testing *t)
{
	size_t hop = t->call->hop_count;

	if (t->call->arrived || hop == PEER_TEST_HOPS_MAX || !t->destination[0] ||
	        clock_mono_us() - t->begun_us > TOTAL_US) {
		finish(t, RESULT_OK, "");
		return;
	}
	send_test(t, t->destination,
	        ((int64_t)hop + 1) * PEER_TEST_WINDOW_MS + PEER_TEST_WINDOW_MS / 2);
}

static void hop_answered(struct peer_testing *t, const struct link_answer *a, int64_t took_us)
{
	struct peer_test_hop *hop = &t->call->hops[t->call->hop_count++];

	*hop = (struct peer_test_hop){.latency_us = took_us};
	t->call->arrived = true;
	if (a->outcome != LINK_REJECTED)
		return;
	memcpy(hop->code, a->reject.code, 3);
	if (!ilp_address_check(a->reject.triggered_by)) {
		memcpy(hop->address, a->reject.triggered_by.p, a->reject.triggered_by.n);
		hop->address[a->reject.triggered_by.n] = '\0';
	}
	t->call->arrived = strcmp(hop->code, ILP_R02_INSUFFICIENT_TIMEOUT) != 0 &&
	                   strcmp(hop->code, ILP_R00_TRANSFER_TIMED_OUT) != 0;
}

static void answered(struct task *task)
{
	struct peer_testing *t = OWNER_OF(task, struct peer_testing, request.task);
	bool ping = t->call->ping_us == 0;
	int64_t took_us = clock_mono_us() - t->started_us;
	struct link_answer a;
	char why[64];

	outbound_busy(t->node->outbound, -1);
	link_judge(&t->request, &t->prepare, env_wall_ms(t->node->env), &a);
	peer_call_end(&t->counted, t->node, &t->request, &a);
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
	} else if (a.outcome != LINK_REJECTED && !(ping && a.outcome == LINK_FULFILLED)) {
		finish(t, RESULT_THEIRS_PROTOCOL,
		        ping ? "the answer is no ILP answer" : "the answer is not an ILP Reject");
	} else if (ping) {
		t->call->ping_us = took_us > 0 ? took_us : 1;
		go_on(t);
	} else {
		hop_answered(t, &a, took_us);
		go_on(t);
	}
}

static void begin(struct task *task)
{
	struct peer_test_call *call = OWNER_OF(task, struct peer_test_call, task);
	struct peer_testing *t = call->testing;

	t->snapshot = snapshots_get(t->node->snapshots);
	t->peer = snapshot_peer_of_account(t->snapshot, call->peer);
	if (!t->peer || !t->peer->target) {
		finish(t, RESULT_THEIRS_NOT_FOUND, "no such peer, or its URL can't be used");
		return;
	}
	text_copy_cut(t->destination, sizeof(t->destination),
	        *call->destination ? call->destination : t->peer->row.ilp_address);
	t->begun_us = clock_mono_us();
	send_test(t, ILDCP_DESTINATION, PING_LIFE_MS);
}

void peer_test_start(struct node_loop *l, struct peer_test_call *call)
{
	struct peer_testing *t = calloc(1, sizeof(*t));
	void (*done)(struct task * task) = call->task.done;

	call->result = RESULT_OURS_MEMORY;
	call->ping_us = 0;
	call->hop_count = 0;
	call->arrived = false;
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
