#include "ilp/routes.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "codec/ccp.h"
#include "codec/ildcp.h"
#include "ilp/bilateral.h"

#define LOOK_BYTES (512 * 1024)

static const char secret_label[] = "florin route exchange 1";

struct routes {
	struct node *node;
	struct routing *routing;
	struct task start;
	atomic_bool posted; /* `start` is on its way to the thread */
	/* the thread's own */
	struct timer timer;
	struct message *messages; /* that are under way */
	uint64_t seen;            /* snapshot.peers_version that the routing knows */
	uint8_t storage[ROUTING_MESSAGE_MAX + 64];
};

/* One message to one peer. */
struct message {
	struct bilateral bilateral;
	struct routing_todo todo;
	struct routes *routes;
	struct message *previous, *next;
	char name[NAME_MAX_CHARS + 1]; /* the peer's */
};

static void step(struct routes *r);

/* ---- messages ---- */

static void message_free(struct message *m)
{
	if (m->next)
		m->next->previous = m->previous;
	if (m->previous)
		m->previous->next = m->next;
	else
		m->routes->messages = m->next;
	bilateral_clear(&m->bilateral);
	free(m);
}

static const char *step_name(enum routing_step s)
{
	switch (s) {
	case ROUTING_WAIT:
		return "wait";
	case ROUTING_SEND_CONTROL:
		return "control";
	case ROUTING_SEND_UPDATE:
		return "update";
	}
	return "";
}

static void finished(struct routes *r, const struct routing_todo *todo, bool taken)
{
	routing_done(r->routing, todo, taken, outbound_now_ms(r->node->outbound));
}

static void answered(struct bilateral *b)
{
	struct message *m = OWNER_OF(b, struct message, bilateral);
	struct routes *r = m->routes;
	bool taken = b->answer.outcome == LINK_FULFILLED;

	if (!taken)
		log_info("route_exchange", "peer=%s message=%s result=refused why=\"%s\"", m->name,
		        step_name(m->todo.step), bilateral_why(b));
	finished(r, &m->todo, taken);
	message_free(m);
	step(r);
}

static bool message_send(
        struct routes *r, struct snapshot *s, const struct routing_todo *todo, struct bytes data)
{
	const struct peer *peer = snapshot_peer_of_account(s, (account_id)todo->peer);
	struct message *m;

	if (!peer || !peer->target)
		return false;
	m = calloc(1, sizeof(*m));
	if (!m)
		return false;
	m->routes = r;
	m->todo = *todo;
	text_copy_cut(m->name, sizeof(m->name), peer->row.name);
	m->bilateral.done = answered;
	m->next = r->messages;
	if (m->next)
		m->next->previous = m;
	r->messages = m;
	if (!bilateral_ask(&m->bilateral, r->node, s, peer,
	            todo->step == ROUTING_SEND_CONTROL ? CCP_CONTROL_DESTINATION
	                                               : CCP_UPDATE_DESTINATION,
	            data))
		return true;
	message_free(m);
	return false;
}

/* ---- what the node is ---- */

static enum routing_relation relation_of(const struct peer *p)
{
	switch (p->row.relation) {
	case PEER_RELATION_PARENT:
		return ROUTING_PARENT;
	case PEER_RELATION_CHILD:
		return ROUTING_CHILD;
	case PEER_RELATION_PEER:
		break;
	}
	return ROUTING_PEER;
}

static enum result tell_members(struct routes *r, const struct snapshot *s, size_t *count)
{
	struct routing_member *list = calloc(s->peer_count + 1, sizeof(*list));
	enum result result;

	*count = 0;
	if (!list)
		return RESULT_OURS_MEMORY;
	for (size_t i = 0; i < s->peer_count; i++)
		if (s->peers[i].row.ccp && s->peers[i].row.state == PEER_ACTIVE)
			list[(*count)++] = (struct routing_member){
			        (uint64_t)s->peers[i].row.account, relation_of(&s->peers[i])};
	result = routing_set_members(r->routing, list, *count, outbound_now_ms(r->node->outbound));
	free(list);
	return result;
}

/* Where nobody takes part nothing is kept of the configured routes. */
static enum result tell_fixed(struct routes *r, const struct snapshot *s, bool any)
{
	size_t count = any ? s->fixed_count : 0;
	struct routing_fixed *list = calloc(count + 1, sizeof(*list));
	enum result result;

	if (!list)
		return RESULT_OURS_MEMORY;
	for (size_t i = 0; i < count; i++) {
		const struct peer *p =
		        snapshot_peer_of_account(s, (account_id)s->fixed[i].next_hop);

		list[i] = (struct routing_fixed){s->fixed[i].prefix, s->fixed[i].next_hop,
		        relation_of(p), bytes_eq(s->fixed[i].prefix, p->ilp_address)};
	}
	result = routing_set_fixed(r->routing, list, count);
	free(list);
	return result;
}

static void look_at(struct routes *r, const struct snapshot *s)
{
	uint8_t table_id[CCP_TABLE_ID_SIZE];
	size_t members = 0;
	enum result result;

	if (r->seen == s->peers_version)
		return;
	env_random(r->node->env, table_id, sizeof(table_id));
	result = routing_set_own(r->routing, s->own, table_id);
	if (!result)
		result = tell_members(r, s, &members);
	if (!result)
		result = tell_fixed(r, s, members > 0);
	if (result) {
		log_error("route_exchange", "result=%s", result_name(result));
		return; /* looked at again with the next step */
	}
	r->seen = s->peers_version;
}

/* ---- what was learned ---- */

/* False: what has changed is still to be taken. */
static bool swap_table(struct routes *r)
{
	const struct route_change *changes;
	struct route_table *table = NULL;
	struct snapshot *s;
	size_t count;
	enum result result = routing_changes(r->routing, &changes, &count);

	if (!result && count == 0) {
		routing_changes_taken(r->routing);
		return true;
	}
	s = snapshots_get(r->node->snapshots);
	if (!result && s->learned)
		result = route_table_change(s->learned, changes, count, &table);
	else if (!result)
		result = route_table_change(NULL, changes, count, &table);
	snapshot_release(s);
	if (!result)
		result = snapshots_use_learned(r->node->snapshots, table);
	if (result) {
		log_error("route_exchange", "result=%s", result_name(result));
		return false;
	}
	routing_changes_taken(r->routing);
	log_info("route_exchange", "changed=%zu learned=%zu", count,
	        routing_route_count(r->routing));
	return true;
}

/* ---- the thread's turns ---- */

static void renew_if_worn(struct routes *r)
{
	uint8_t table_id[CCP_TABLE_ID_SIZE];

	if (!routing_is_worn(r->routing))
		return;
	env_random(r->node->env, table_id, sizeof(table_id));
	routing_renew(r->routing, table_id);
}

/* Everything that is due now. */
static void step(struct routes *r)
{
	struct outbound *out = r->node->outbound;
	struct snapshot *s;
	struct routing_todo todo;
	int64_t retry_ms;
	struct buf b;

	outbound_timer_cancel(out, &r->timer);
	if (outbound_draining(out))
		return;
	s = snapshots_get(r->node->snapshots);
	look_at(r, s);
	for (;;) {
		buf_init(&b, r->storage, sizeof(r->storage));
		routing_next(r->routing, outbound_now_ms(out), &b, &todo);
		if (todo.step == ROUTING_WAIT)
			break;
		if (b.failed || !message_send(r, s, &todo, buf_view(&b)))
			finished(r, &todo, false);
	}
	snapshot_release(s);
	retry_ms = outbound_now_ms(out) + ROUTING_RETRY_MS;
	if (!swap_table(r) && retry_ms < todo.at_ms)
		todo.at_ms = retry_ms;
	renew_if_worn(r);
	if (todo.at_ms < INT64_MAX)
		outbound_timer_set(out, &r->timer, todo.at_ms);
}

static void on_timer(struct timer *t)
{
	step(OWNER_OF(t, struct routes, timer));
}

static void on_start(struct task *t)
{
	struct routes *r = OWNER_OF(t, struct routes, start);

	atomic_store(&r->posted, false);
	step(r);
}

/* ---- messages that come ---- */

static void take_home(struct task *t)
{
	struct packet *p = OWNER_OF(t, struct packet, op.task);
	uint8_t *storage;
	struct buf b;

	if (p->op.result == RESULT_THEIRS_CONFLICT) {
		packet_reject(p, ILP_F00_BAD_REQUEST, "updates are missing before it");
	} else if (p->op.result) {
		packet_reject_result(p, p->op.result);
	} else if ((storage = arena_alloc(p->arena, ILP_FULFILLMENT_SIZE + 16))) {
		buf_init(&b, storage, ILP_FULFILLMENT_SIZE + 16);
		ilp_fulfill_encode(&b, ildcp_fulfillment, bytes_of(NULL, 0));
		assert(!b.failed);
		p->reply = buf_view(&b);
	}
	p->answered(p);
}

static bool is_update(const struct packet *p)
{
	return bytes_eq_str(p->prepare.destination, CCP_UPDATE_DESTINATION);
}

/* The packet is the outbound thread's until it goes home. */
static void take_on_thread(struct task *t)
{
	struct packet *p = OWNER_OF(t, struct packet, op.task);
	struct routes *r = p->loop->node->routes;
	int64_t now_ms = outbound_now_ms(r->node->outbound);
	uint64_t peer = (uint64_t)p->from->row.account;
	enum routing_verdict verdict = ROUTING_NOBODY;
	struct ccp_control control;
	struct ccp_update update;

	/* Both were decoded before the packet was given away. */
	if (!is_update(p) && !ccp_control_decode(p->prepare.data, &control))
		verdict = routing_take_control(r->routing, peer, &control, now_ms);
	else if (!ccp_update_decode(p->prepare.data, &update))
		verdict = routing_take_update(r->routing, peer, &update, now_ms);
	switch (verdict) {
	case ROUTING_TAKEN:
		p->op.result = RESULT_OK;
		break;
	case ROUTING_GAP:
		p->op.result = RESULT_THEIRS_CONFLICT;
		break;
	case ROUTING_NOBODY:
		p->op.result = RESULT_RETRY_BUSY; /* switched on a moment ago, or just off */
		break;
	}
	node_send_home(p->loop->home, &p->op.task, take_home);
	step(r);
}

enum packet_next routes_take(struct packet *p)
{
	bool control = bytes_eq_str(p->prepare.destination, CCP_CONTROL_DESTINATION);
	struct ccp_control c;
	struct ccp_update u;
	enum result r = RESULT_OK;

	if (!control && !is_update(p)) {
		packet_reject(p, ILP_F01_INVALID_PACKET, "unknown peer protocol");
		return PACKET_ANSWERED;
	}
	r = ildcp_request_check(&p->prepare);
	if (r == RESULT_THEIRS_BAD_AMOUNT) {
		packet_reject(p, ILP_F03_INVALID_AMOUNT, "routes carry no money");
		return PACKET_ANSWERED;
	}
	if (!r)
		r = control ? ccp_control_decode(p->prepare.data, &c)
		            : ccp_update_decode(p->prepare.data, &u);
	if (r) {
		packet_reject(p, ILP_F00_BAD_REQUEST, "not a message about routes");
		return PACKET_ANSWERED;
	}
	p->op.task.done = take_on_thread;
	/* Where that thread takes no more the packet comes home with the reason. */
	(void)!node_post_outbound(p->loop, &p->op.task, take_home, &p->op.result);
	return PACKET_PARKED;
}

/* ---- looking ---- */

static bool keep_way(
        struct routes_look *look, struct bytes prefix, const struct routing_candidate *c)
{
	struct routes_way *w = &look->ways[look->count];
	uint8_t *path = arena_memdup(&look->memory, c->path.p, c->path.n);

	if (!path)
		return false;
	*w = (struct routes_way){(account_id)c->peer, prefix, bytes_of(path, c->path.n), c->chosen};
	look->count++;
	return true;
}

static void look_on_thread(struct task *t)
{
	struct routes_look *look = OWNER_OF(t, struct routes_look, task);
	struct routing_candidate found[ROUTES_WAYS_MAX];
	struct bytes d = look->destination;

	look->result = RESULT_OK;
	for (size_t n = d.n; n > 0 && !look->result; n--) {
		struct bytes prefix = bytes_of(d.p, n);
		bool fixed;
		size_t ways;

		if (n < d.n && d.p[n] != '.')
			continue;
		ways = routing_candidates(look->routes->routing, prefix, found,
		        ROUTES_WAYS_MAX - look->count, &fixed);
		for (size_t i = 0; i < ways && !look->result; i++)
			if (!keep_way(look, prefix, &found[i]))
				look->result = RESULT_OURS_MEMORY;
	}
	node_send_home(look->home, &look->task, look->done);
}

void routes_look_start(struct node_loop *l, struct routes_look *look)
{
	void (*done)(struct task * t) = look->task.done;

	arena_init(&look->memory, LOOK_BYTES);
	look->count = 0;
	look->routes = l->node->routes;
	look->home = l->home;
	look->done = done;
	look->result = RESULT_OK;
	if (!look->routes) {
		node_send_home(l->home, &look->task, done);
		return;
	}
	look->task.done = look_on_thread;
	(void)!node_post_outbound(l, &look->task, done, &look->result);
}

void routes_look_clear(struct routes_look *look)
{
	arena_clear(&look->memory);
}

/* ---- from other threads ---- */

enum result routes_new(struct node *n, const struct routing_limits *limits, struct routes **out)
{
	struct routes *r = calloc(1, sizeof(*r));
	struct secret32 secret;
	enum result result;

	if (!r)
		return RESULT_OURS_MEMORY;
	hmac_sha256(bytes_of(n->receiver_secret.b, sizeof(n->receiver_secret.b)),
	        bytes_str(secret_label), secret.b);
	result = routing_new(limits, &secret, &r->routing);
	secret_clear(&secret);
	if (result) {
		free(r);
		return result;
	}
	r->node = n;
	r->start.done = on_start;
	r->timer.fire = on_timer;
	*out = r;
	return RESULT_OK;
}

void routes_free(struct routes *r)
{
	if (!r)
		return;
	while (r->messages)
		message_free(r->messages);
	routing_free(r->routing);
	free(r);
}

void routes_wake(struct routes *r)
{
	struct mail_list one;

	if (!r || atomic_exchange(&r->posted, true))
		return;
	mail_list_init(&one);
	mail_list_add(&one, &r->start.mail);
	if (outbound_post(r->node->outbound, &one)) {
		atomic_store(&r->posted, false);
		log_warn("route_exchange", "result=not_started");
	}
}
