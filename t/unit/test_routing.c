#include "unit/harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codec/oer.h"
#include "model/routing_base.h"

static const struct routing_limits plenty = {1000, 10000};
static const struct secret32 secret = {{7}};
static uint8_t message[64 * 1024];

#define OK(call) ck_assert_int_eq((call), RESULT_OK)

static struct routing *router(const char *own, unsigned id)
{
	uint8_t table_id[CCP_TABLE_ID_SIZE] = {1, (uint8_t)id};
	struct routing *c = NULL;

	OK(routing_new(&plenty, &secret, &c));
	OK(routing_set_own(c, bytes_str(own), table_id));
	return c;
}

/* ---- what a neighbour of the router under test sends ---- */

struct sent {
	uint8_t storage[2][16 * 1024];
	struct buf routes, gone;
	struct ccp_update u;
};

static void sent_begin(struct sent *s, unsigned table, uint32_t from, uint32_t to, uint32_t current)
{
	memset(&s->u, 0, sizeof(s->u));
	s->u.table_id[0] = (uint8_t)table;
	s->u.from_epoch = from;
	s->u.to_epoch = to;
	s->u.current_epoch = current;
	s->u.hold_down_ms = 45000;
	s->u.speaker = bytes_str("test.speaker");
	buf_init(&s->routes, s->storage[0], sizeof(s->storage[0]));
	buf_init(&s->gone, s->storage[1], sizeof(s->storage[1]));
}

/* path: blank-separated. */
static void sent_route(struct sent *s, const char *prefix, const char *path)
{
	static const uint8_t auth[CCP_AUTH_SIZE] = {3};
	uint8_t storage[2048];
	struct ccp_route r = {.prefix = bytes_str(prefix), .auth = auth};
	struct buf hops;

	buf_init(&hops, storage, sizeof(storage));
	for (const char *at = path; *at; r.hops++) {
		size_t n = strcspn(at, " ");

		oer_put_octets(&hops, bytes_of(at, n));
		at += n + (at[n] == ' ');
	}
	r.path = buf_view(&hops);
	ccp_route_encode(&s->routes, &r);
	s->u.routes_n++;
}

static void sent_gone(struct sent *s, const char *prefix)
{
	oer_put_octets(&s->gone, bytes_str(prefix));
	s->u.withdrawn_n++;
}

static enum routing_verdict deliver(
        struct routing *c, uint64_t peer, struct sent *s, int64_t now_ms)
{
	s->u.routes = buf_view(&s->routes);
	s->u.withdrawn = buf_view(&s->gone);
	return routing_take_update(c, peer, &s->u, now_ms);
}

/* One update with one route. */
static void tell(
        struct routing *c, uint64_t peer, uint32_t to, const char *prefix, const char *path)
{
	static struct sent s;

	sent_begin(&s, (unsigned)peer, to - 1, to, to);
	sent_route(&s, prefix, path);
	ck_assert_int_eq(deliver(c, peer, &s, 0), ROUTING_TAKEN);
}

/* The peer whose way to the prefix is chosen; 0: none. */
static uint64_t chosen(const struct routing *c, const char *prefix)
{
	struct routing_candidate all[8];
	bool fixed;
	size_t n = routing_candidates(c, bytes_str(prefix), all, 8, &fixed);

	for (size_t i = 0; i < n; i++)
		if (all[i].chosen)
			return all[i].peer;
	return 0;
}

static size_t ways(const struct routing *c, uint64_t peer)
{
	struct routing_peer_state s;

	ck_assert(routing_peer_state(c, peer, &s));
	return s.routes;
}

static void members(struct routing *c, const struct routing_member *list, size_t n)
{
	OK(routing_set_members(c, list, n, 0));
}

START_TEST(what_is_taken)
{
	static const struct {
		const char *prefix, *path;
		bool taken;
	} cases[] = {
	        {"test.a", "test.x", true},
	        {"test.a", "", true},
	        {"test.a.b.c", "test.x test.y", true},
	        {"test.meadow", "test.x", true},
	        {"test", "test.x", false},
	        {"", "test.x", false},
	        {"g.a", "test.x", false},
	        {"test1.a", "test.x", false},
	        {"private.a", "test.x", false},
	        {"peer.config", "test.x", false},
	        {"test.me", "test.x", false},
	        {"test.me.alice", "test.x", false},
	        {"test..a", "test.x", false},
	        {"test.a.", "test.x", false},
	        {"test.a b", "test.x", false},
	        {"test.a", "test.x test.me test.y", false},
	        {"test.a", "test.x test..y", false},
	        {"test.a", "test.x nothing", false},
	};
	const struct routing_member list[] = {{1, ROUTING_PEER}};
	struct routing *c = router("test.me", 0);

	members(c, list, 1);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct sent s;

		sent_begin(&s, 1, 0, 1, 1);
		sent_route(&s, cases[i].prefix, cases[i].path);
		ck_assert_int_eq(deliver(c, 1, &s, 0), ROUTING_TAKEN);
		ck_assert_msg(ways(c, 1) == cases[i].taken, "case %zu", i);
		sent_begin(&s, 1, 0, 1, 1);
		sent_gone(&s, cases[i].prefix);
		ck_assert_int_eq(deliver(c, 1, &s, 0), ROUTING_TAKEN);
		ck_assert_uint_eq(ways(c, 1), 0);
	}
	/* A way that was good and comes again with a loop has gone. */
	tell(c, 1, 1, "test.a", "test.x");
	ck_assert_uint_eq(ways(c, 1), 1);
	tell(c, 1, 2, "test.a", "test.x test.me");
	ck_assert_uint_eq(ways(c, 1), 0);
	routing_free(c);
}
END_TEST

START_TEST(the_best_way)
{
	const struct routing_member list[] = {
	        {1, ROUTING_PARENT}, {2, ROUTING_PEER}, {3, ROUTING_PEER}, {4, ROUTING_CHILD}};
	const struct routing_fixed fixed = {bytes_str("test.a"), 2, ROUTING_PEER, false};
	struct routing *c = router("test.me", 0);

	members(c, list, 4);
	ck_assert_uint_eq(chosen(c, "test.a"), 0);
	tell(c, 1, 1, "test.a", "test.x");
	ck_assert_uint_eq(chosen(c, "test.a"), 1);
	tell(c, 3, 1, "test.a", "test.x test.y test.z");
	ck_assert_uint_eq(chosen(c, "test.a"), 3); /* a peer before a parent */
	tell(c, 2, 1, "test.a", "test.x test.y test.z");
	ck_assert_uint_eq(chosen(c, "test.a"), 2); /* the older account */
	tell(c, 3, 2, "test.a", "test.x test.y");
	ck_assert_uint_eq(chosen(c, "test.a"), 3); /* the shorter path */
	tell(c, 4, 1, "test.a", "test.u test.v test.w test.x");
	ck_assert_uint_eq(chosen(c, "test.a"), 4); /* a child before all */
	OK(routing_set_fixed(c, &fixed, 1));
	ck_assert_uint_eq(chosen(c, "test.a"), 0); /* a configured one before those */
	OK(routing_set_fixed(c, NULL, 0));
	ck_assert_uint_eq(chosen(c, "test.a"), 4);
	members(c, list, 3);
	ck_assert_uint_eq(chosen(c, "test.a"), 3);
	members(c, list, 1);
	ck_assert_uint_eq(chosen(c, "test.a"), 1);
	members(c, list, 0);
	ck_assert_uint_eq(chosen(c, "test.a"), 0);
	ck_assert_uint_eq(routing_route_count(c), 0);
	routing_free(c);
}
END_TEST

/* Of what lies below a configured node only that node may tell. */
START_TEST(homes)
{
	const struct routing_member list[] = {
	        {1, ROUTING_PEER}, {2, ROUTING_PEER}, {3, ROUTING_PEER}};
	const struct routing_fixed fixed[] = {{bytes_str("test.a"), 1, ROUTING_PEER, true},
	        {bytes_str("test.a.b"), 2, ROUTING_PEER, true},
	        {bytes_str("test.a.b.c"), 1, ROUTING_PEER, false},
	        {bytes_str("test.other"), 1, ROUTING_PEER, false}};
	static const struct {
		const char *prefix;
		bool of[3]; /* who may tell of it */
	} cases[] = {
	        {"test.a", {true, false, false}},
	        {"test.a.x", {true, false, false}},
	        {"test.ab", {true, true, true}},
	        {"test.a.b", {false, true, false}},
	        {"test.a.b.y.z", {false, true, false}},
	        {"test.a.bc", {true, false, false}},
	        {"test.a.b.c.d", {false, true, false}}, /* a route to it makes no home */
	        {"test.other.x", {true, true, true}},
	};
	struct routing *c = router("test.me", 0);
	size_t n = sizeof(cases) / sizeof(cases[0]);
	struct routing_todo todo;
	struct buf b;

	members(c, list, 3);
	OK(routing_set_fixed(c, fixed, 4));
	for (size_t i = 0; i < n; i++) {
		for (uint64_t peer = 1; peer <= 3; peer++) {
			struct sent s;

			sent_begin(&s, (unsigned)peer, 0, 1, 1);
			sent_route(&s, cases[i].prefix, "test.x");
			ck_assert_int_eq(deliver(c, peer, &s, 0), ROUTING_TAKEN);
			ck_assert_msg(ways(c, peer) == cases[i].of[peer - 1], "%s by peer %u",
			        cases[i].prefix, (unsigned)peer);
			sent_begin(&s, (unsigned)peer, 0, 1, 1);
			sent_gone(&s, cases[i].prefix);
			ck_assert_int_eq(deliver(c, peer, &s, 0), ROUTING_TAKEN);
		}
	}
	/* A node that is added later takes what others told of it, and all are asked again. */
	OK(routing_set_fixed(c, fixed, 1));
	tell(c, 3, 1, "test.other.x", "test.x");
	tell(c, 3, 2, "test.kept", "test.x");
	ck_assert_uint_eq(ways(c, 3), 2);
	OK(routing_set_fixed(
	        c, &(struct routing_fixed){bytes_str("test.other"), 2, ROUTING_PEER, true}, 1));
	ck_assert_uint_eq(ways(c, 3), 1);
	ck_assert_uint_eq(chosen(c, "test.kept"), 3);
	for (size_t i = 0; i < 3; i++) {
		buf_init(&b, message, sizeof(message));
		routing_next(c, 5, &b, &todo);
		ck_assert_int_eq(todo.step, ROUTING_SEND_CONTROL);
	}
	ck_assert(routing_may_tell(c, bytes_str("test.a.x"), 3));
	/* As many segments as an address has: one look at each. */
	for (size_t i = 0; i < ILP_ADDRESS_MAX; i++)
		message[i] = i % 2 ? '.' : 't';
	ck_assert(routing_may_tell(c, bytes_of(message, ILP_ADDRESS_MAX), 1));
	routing_free(c);
}
END_TEST

/* What to do next must be to send this to that peer. */
static struct routing_todo expect(
        struct routing *c, int64_t now_ms, enum routing_step step, uint64_t peer, struct buf *b)
{
	struct routing_todo todo;

	buf_init(b, message, sizeof(message));
	routing_next(c, now_ms, b, &todo);
	ck_assert_int_eq(todo.step, step);
	if (step != ROUTING_WAIT)
		ck_assert_uint_eq(todo.peer, peer);
	return todo;
}

START_TEST(epochs)
{
	const struct routing_member list[] = {{1, ROUTING_PEER}};
	struct routing *c = router("test.me", 0);
	struct routing_peer_state state;
	struct routing_todo todo;
	struct ccp_control control;
	struct sent s;
	struct buf b;

	members(c, list, 1);
	/* Its table is asked from nothing, again after a failure, and no more once it came. */
	todo = expect(c, 0, ROUTING_SEND_CONTROL, 1, &b);
	OK(ccp_control_decode(buf_view(&b), &control));
	ck_assert_int_eq(control.mode, CCP_SYNC);
	ck_assert_uint_eq(control.epoch, 0);
	expect(c, 0, ROUTING_WAIT, 0, &b); /* one question at a time */
	routing_done(c, &todo, false, 0);
	todo = expect(c, 999, ROUTING_WAIT, 0, &b);
	ck_assert_int_eq(todo.at_ms, 1000);
	todo = expect(c, 1000, ROUTING_SEND_CONTROL, 1, &b);
	routing_done(c, &todo, false, 1000);
	todo = expect(c, 2999, ROUTING_WAIT, 0, &b);
	ck_assert_int_eq(todo.at_ms, 3000);
	todo = expect(c, 3000, ROUTING_SEND_CONTROL, 1, &b);
	sent_begin(&s, 9, 0, 3, 3);
	sent_route(&s, "test.a", "test.x");
	sent_route(&s, "test.b", "test.x");
	ck_assert_int_eq(deliver(c, 1, &s, 3100), ROUTING_TAKEN);
	routing_done(c, &todo, true, 3200);
	todo = expect(c, 3200, ROUTING_WAIT, 0, &b);
	ck_assert_int_eq(todo.at_ms, 3100 + 45000); /* the hold-down */
	/* A gap is refused and asked for; what is old is taken and does nothing. */
	sent_begin(&s, 9, 4, 5, 5);
	sent_route(&s, "test.c", "test.x");
	ck_assert_int_eq(deliver(c, 1, &s, 4000), ROUTING_GAP);
	todo = expect(c, 4000, ROUTING_SEND_CONTROL, 1, &b);
	OK(ccp_control_decode(buf_view(&b), &control));
	ck_assert_uint_eq(control.epoch, 3);
	ck_assert_uint_eq(control.table_id[0], 9);
	routing_done(c, &todo, true, 4000);
	sent_begin(&s, 9, 1, 2, 5);
	sent_gone(&s, "test.a");
	ck_assert_int_eq(deliver(c, 1, &s, 4100), ROUTING_TAKEN);
	ck_assert_uint_eq(ways(c, 1), 2);
	sent_begin(&s, 9, 3, 5, 5);
	sent_gone(&s, "test.a");
	sent_gone(&s, "test.never");
	sent_route(&s, "test.c", "test.x");
	ck_assert_int_eq(deliver(c, 1, &s, 5000), ROUTING_TAKEN);
	ck_assert_uint_eq(chosen(c, "test.a"), 0);
	ck_assert_uint_eq(chosen(c, "test.c"), 1);
	/* A new table in two parts: the old one's rest goes with the second. */
	sent_begin(&s, 8, 0, 1, 2);
	sent_route(&s, "test.b", "test.x");
	ck_assert_int_eq(deliver(c, 1, &s, 6000), ROUTING_TAKEN);
	ck_assert_uint_eq(ways(c, 1), 2);
	sent_begin(&s, 8, 1, 2, 2);
	sent_route(&s, "test.d", "test.x");
	ck_assert_int_eq(deliver(c, 1, &s, 7000), ROUTING_TAKEN);
	ck_assert_uint_eq(ways(c, 1), 2);
	ck_assert_uint_eq(chosen(c, "test.c"), 0);
	ck_assert_uint_eq(chosen(c, "test.d"), 1);
	/* Heartbeats keep it; silence ends it, and it is asked again from nothing. */
	sent_begin(&s, 8, 2, 2, 2);
	ck_assert_int_eq(deliver(c, 1, &s, 40000), ROUTING_TAKEN);
	expect(c, 84999, ROUTING_WAIT, 0, &b);
	ck_assert_uint_eq(ways(c, 1), 2);
	todo = expect(c, 85000, ROUTING_SEND_CONTROL, 1, &b);
	OK(ccp_control_decode(buf_view(&b), &control));
	ck_assert_uint_eq(control.epoch, 0);
	ck_assert_uint_eq(ways(c, 1), 0);
	ck_assert(routing_peer_state(c, 1, &state));
	ck_assert(!state.heard);
	/* Who takes no part is not listened to. */
	sent_begin(&s, 8, 0, 1, 1);
	ck_assert_int_eq(deliver(c, 2, &s, 86000), ROUTING_NOBODY);
	ck_assert_int_eq(routing_take_control(c, 2, &control, 86000), ROUTING_NOBODY);
	routing_free(c);
}
END_TEST

START_TEST(limits)
{
	static const struct routing_limits few = {3, 4};
	static const uint8_t id[CCP_TABLE_ID_SIZE] = {1};
	const struct routing_member list[] = {{1, ROUTING_PEER}, {2, ROUTING_PEER}};
	struct routing_peer_state state;
	struct routing *c = NULL;
	struct sent s;

	OK(routing_new(&few, &secret, &c));
	OK(routing_set_own(c, bytes_str("test.me"), id));
	members(c, list, 2);
	for (uint64_t peer = 1; peer <= 2; peer++) {
		sent_begin(&s, 1, 0, 1, 1);
		for (int i = 0; i < 5; i++) {
			char prefix[32];

			snprintf(prefix, sizeof(prefix), "test.p%d", i);
			sent_route(&s, prefix, "test.x");
		}
		ck_assert_int_eq(deliver(c, peer, &s, 0), ROUTING_TAKEN);
		ck_assert_uint_eq(ways(c, peer), peer == 1 ? 3 : 1);
		ck_assert(routing_peer_state(c, peer, &state));
		ck_assert_uint_eq(state.refused, peer == 1 ? 2 : 4);
	}
	/* What is there may change at the limit. */
	tell(c, 1, 2, "test.p0", "test.x test.y");
	ck_assert_uint_eq(ways(c, 1), 3);
	ck_assert_uint_eq(chosen(c, "test.p0"), 2);
	routing_free(c);
}
END_TEST

/* ---- what is told to whom ---- */

/* Asks for the whole table as the peer, and writes it down: "+prefix(path) -prefix ". */
static void told_to(struct routing *c, uint64_t peer, bool anew, int64_t now_ms, char out[1024])
{
	const struct ccp_control control = {.mode = CCP_SYNC};
	struct routing_todo todo;
	struct ccp_update u;
	struct buf b;

	out[0] = '\0';
	if (anew)
		ck_assert_int_eq(routing_take_control(c, peer, &control, now_ms), ROUTING_TAKEN);
	do {
		buf_init(&b, message, sizeof(message));
		routing_next(c, now_ms, &b, &todo);
		ck_assert_int_ne(todo.step, ROUTING_WAIT);
		routing_done(c, &todo, true, now_ms);
	} while (todo.step != ROUTING_SEND_UPDATE || todo.peer != peer);
	OK(ccp_update_decode(buf_view(&b), &u));
	for (size_t i = 0; i < u.routes_n; i++) {
		struct ccp_route r;
		size_t n = strlen(out);

		ccp_route_next(&u.routes, &r);
		n += (size_t)snprintf(out + n, 1024 - n, "+%.*s(", (int)r.prefix.n, r.prefix.p);
		for (size_t k = 0; k < r.hops; k++) {
			struct bytes hop = ccp_octets_next(&r.path);

			n += (size_t)snprintf(
			        out + n, 1024 - n, "%s%.*s", k ? " " : "", (int)hop.n, hop.p);
		}
		snprintf(out + n, 1024 - n, ") ");
	}
	for (size_t i = 0; i < u.withdrawn_n; i++) {
		struct bytes gone = ccp_octets_next(&u.withdrawn);
		size_t n = strlen(out);

		snprintf(out + n, 1024 - n, "-%.*s ", (int)gone.n, gone.p);
	}
}

START_TEST(what_is_told)
{
	const struct routing_member list[] = {
	        {1, ROUTING_PARENT}, {2, ROUTING_PEER}, {3, ROUTING_PEER}, {4, ROUTING_CHILD}};
	const struct routing_fixed fixed[] = {{bytes_str(""), 1, ROUTING_PARENT, false},
	        {bytes_str("test.fix"), 2, ROUTING_PEER, false},
	        {bytes_str("g.fix"), 2, ROUTING_PEER, false},
	        {bytes_str("test.me.kid"), 4, ROUTING_CHILD, false},
	        {bytes_str("test.kid"), 4, ROUTING_CHILD, false}};
	struct routing *c = router("test.me", 0);
	char told[1024];

	OK(routing_set_fixed(c, fixed, 5));
	members(c, list, 4);
	tell(c, 1, 1, "test.p1", "test.up");
	tell(c, 2, 1, "test.p2", "test.two test.x");
	tell(c, 4, 1, "test.p4", "test.kid");
	/* a parent: what is ours and a child's */
	told_to(c, 1, true, 0, told);
	ck_assert_str_eq(told, "+test.me(test.me) +test.kid(test.me) +test.p4(test.me test.kid) ");
	/* a peer and a child: everything but their own, the default, another network, what is below
	 * us */
	told_to(c, 2, true, 0, told);
	ck_assert_str_eq(told, "+test.me(test.me) +test.kid(test.me) +test.p1(test.me test.up) "
	                       "+test.p4(test.me test.kid) ");
	told_to(c, 4, true, 0, told);
	ck_assert_str_eq(told, "+test.me(test.me) +test.fix(test.me) +test.p1(test.me test.up) "
	                       "+test.p2(test.me test.two test.x) -test.kid -test.p4 ");
	/* a change: to another way, and back to the receiver's own, which is taken back there */
	tell(c, 3, 1, "test.p2", "test.three");
	told_to(c, 2, false, 1000, told);
	ck_assert_str_eq(told, "+test.p2(test.me test.three) ");
	told_to(c, 4, false, 1000, told);
	ck_assert_str_eq(told, "+test.p2(test.me test.three) ");
	members(c, (const struct routing_member[]){list[0], list[1], list[3]}, 3);
	told_to(c, 2, false, 2000, told);
	ck_assert_str_eq(told, "-test.p2 ");
	told_to(c, 4, false, 2000, told);
	ck_assert_str_eq(told, "+test.p2(test.me test.two test.x) ");
	/* nothing new: an empty heartbeat, not before its time */
	told_to(c, 4, false, 2000 + ROUTING_HEARTBEAT_MS, told);
	ck_assert_str_eq(told, "");
	routing_free(c);
}
END_TEST

/* A peer that begins anew while an update is on its way to it is told everything again. */
START_TEST(asked_again_meanwhile)
{
	const struct routing_member list[] = {{1, ROUTING_PEER}};
	const struct ccp_control control = {.mode = CCP_SYNC};
	struct routing *c = router("test.me", 0);
	struct routing_todo todo;
	struct ccp_update u;
	struct buf b;

	members(c, list, 1);
	todo = expect(c, 0, ROUTING_SEND_CONTROL, 1, &b);
	routing_done(c, &todo, true, 0);
	ck_assert_int_eq(routing_take_control(c, 1, &control, 0), ROUTING_TAKEN);
	todo = expect(c, 0, ROUTING_SEND_UPDATE, 1, &b);
	ck_assert_int_eq(routing_take_control(c, 1, &control, 0), ROUTING_TAKEN);
	routing_done(c, &todo, true, 0);
	todo = expect(c, 0, ROUTING_SEND_UPDATE, 1, &b);
	OK(ccp_update_decode(buf_view(&b), &u));
	ck_assert_uint_eq(u.from_epoch, 0);
	ck_assert_uint_eq(u.routes_n, 1);
	routing_done(c, &todo, true, 0);
	expect(c, 0, ROUTING_WAIT, 0, &b);
	routing_free(c);
}
END_TEST

/* A large table goes in parts, with pauses, and each part fits. */
START_TEST(parts)
{
	enum { COUNT = 2000 };
	static struct routing_fixed fixed[COUNT];
	static char names[COUNT][300];
	const struct routing_member list[] = {{1, ROUTING_PEER}};
	const struct ccp_control control = {.mode = CCP_SYNC};
	struct routing *c = router("test.me", 0);
	int64_t now_ms = 0, last_ms = -1000;
	size_t routes = 0, updates = 0;
	uint32_t epoch = 0;

	for (size_t i = 0; i < COUNT; i++) {
		memset(names[i], 'x', sizeof(names[i]) - 1);
		snprintf(names[i], 32, "test.n%zu", i);
		names[i][strlen(names[i])] = i % 2 ? '\0' : 'y';
		fixed[i] = (struct routing_fixed){bytes_str(names[i]), 7, ROUTING_PEER, false};
	}
	OK(routing_set_fixed(c, fixed, COUNT));
	members(c, list, 1);
	ck_assert_int_eq(routing_take_control(c, 1, &control, 0), ROUTING_TAKEN);
	while (epoch < routing_epoch(c)) {
		struct routing_todo todo;
		struct ccp_update u;
		struct buf b;

		buf_init(&b, message, sizeof(message));
		routing_next(c, now_ms, &b, &todo);
		if (todo.step == ROUTING_WAIT) {
			now_ms = todo.at_ms;
			continue;
		}
		routing_done(c, &todo, true, now_ms);
		if (todo.step == ROUTING_SEND_CONTROL)
			continue;
		ck_assert_uint_le(b.len, ROUTING_MESSAGE_MAX);
		ck_assert_int_ge(now_ms - last_ms, ROUTING_UPDATE_GAP_MS);
		last_ms = now_ms;
		OK(ccp_update_decode(buf_view(&b), &u));
		ck_assert_uint_eq(u.from_epoch, epoch);
		ck_assert_uint_gt(u.to_epoch, epoch);
		epoch = u.to_epoch;
		routes += u.routes_n;
		updates++;
	}
	ck_assert_uint_eq(routes, COUNT + 1);
	ck_assert_uint_ge(updates, 5);
	routing_free(c);
}
END_TEST

/* ---- whole networks ---- */

enum { NODES = 9, LINKS = 13, MINUTES = 40 };

static struct {
	struct routing *routing;
	struct route_table *table;
	char name[32];
	unsigned lives;
} nodes[NODES];

static struct {
	unsigned a, b;
	bool up;
} links[LINKS];

static unsigned seed;

static unsigned chance(unsigned n)
{
	seed = seed * 1103515245u + 12345u;
	return (seed >> 8) % n;
}

static void start(unsigned i)
{
	struct routing_member list[LINKS];
	size_t n = 0;

	for (unsigned k = 0; k < LINKS; k++) {
		if (links[k].a != i && links[k].b != i)
			continue;
		list[n++] = (struct routing_member){
		        1 + (links[k].a == i ? links[k].b : links[k].a), ROUTING_PEER};
	}
	nodes[i].routing = router(nodes[i].name, i + NODES * ++nodes[i].lives);
	OK(routing_set_members(nodes[i].routing, list, n, 0));
	OK(route_table_new(NULL, 0, &nodes[i].table));
}

static void stop(unsigned i)
{
	routing_free(nodes[i].routing);
	route_table_release(nodes[i].table);
}

static bool is_up(unsigned a, unsigned b)
{
	for (unsigned k = 0; k < LINKS; k++)
		if ((links[k].a == a && links[k].b == b) || (links[k].a == b && links[k].b == a))
			return links[k].up;
	return false;
}

static void learn(unsigned i)
{
	const struct route_change *changes;
	struct route_table *next = NULL;
	size_t n;

	OK(routing_changes(nodes[i].routing, &changes, &n));
	if (n == 0)
		return;
	OK(route_table_change(nodes[i].table, changes, n, &next));
	routing_changes_taken(nodes[i].routing);
	route_table_release(nodes[i].table);
	nodes[i].table = next;
}

static bool carry(unsigned from, const struct routing_todo *todo, struct bytes data, int64_t now_ms)
{
	unsigned to = (unsigned)todo->peer - 1;
	struct ccp_control control;
	struct ccp_update update;

	if (!is_up(from, to))
		return false;
	if (todo->step == ROUTING_SEND_CONTROL) {
		OK(ccp_control_decode(data, &control));
		return routing_take_control(nodes[to].routing, from + 1, &control, now_ms) ==
		       ROUTING_TAKEN;
	}
	OK(ccp_update_decode(data, &update));
	return routing_take_update(nodes[to].routing, from + 1, &update, now_ms) == ROUTING_TAKEN;
}

/* Runs the nodes to this time. One message in `loss` is lost on its way, or its answer. */
static int64_t run(int64_t now_ms, int64_t until_ms, unsigned loss)
{
	static uint8_t storage[64 * 1024];

	while (now_ms < until_ms) {
		int64_t next_ms = until_ms;

		for (unsigned i = 0; i < NODES; i++) {
			struct routing_todo todo;
			struct buf b;

			do {
				bool taken = false;

				buf_init(&b, storage, sizeof(storage));
				routing_next(nodes[i].routing, now_ms, &b, &todo);
				if (todo.step == ROUTING_WAIT) {
					next_ms = todo.at_ms < next_ms ? todo.at_ms : next_ms;
					break;
				}
				if (!loss || chance(loss))
					taken = carry(i, &todo, buf_view(&b), now_ms);
				if (loss && chance(loss) == 0)
					taken = false;
				routing_done(nodes[i].routing, &todo, taken, now_ms);
			} while (true);
			learn(i);
		}
		/* what was given in this round may be due at once */
		now_ms = next_ms > now_ms ? next_ms : now_ms + 1;
		for (unsigned i = 0; i < NODES; i++)
			learn(i);
	}
	return now_ms;
}

/* The hops from one node to another by the links alone; NODES: none. */
static unsigned distance(unsigned a, unsigned b)
{
	unsigned far[NODES];

	for (unsigned i = 0; i < NODES; i++)
		far[i] = i == a ? 0 : NODES;
	for (unsigned round = 0; round < NODES; round++)
		for (unsigned k = 0; k < LINKS; k++) {
			unsigned x = links[k].a, y = links[k].b;

			if (!links[k].up)
				continue;
			far[y] = far[x] + 1 < far[y] ? far[x] + 1 : far[y];
			far[x] = far[y] + 1 < far[x] ? far[y] + 1 : far[x];
		}
	return far[b];
}

/* From each node to each other one the tables lead by a shortest way, and nowhere where there is
 * none. */
static void check_all(void)
{
	for (unsigned a = 0; a < NODES; a++) {
		for (unsigned b = 0; b < NODES; b++) {
			char destination[64];
			unsigned at = a, hops = 0, shortest = distance(a, b);
			struct route r;

			snprintf(destination, sizeof(destination), "%s.alice.x", nodes[b].name);
			while (at != b && hops < NODES &&
			        route_find(nodes[at].table, bytes_str(destination), &r)) {
				ck_assert(is_up(at, (unsigned)r.next_hop - 1));
				at = (unsigned)r.next_hop - 1;
				hops++;
			}
			ck_assert_msg((at == b ? hops : NODES) == shortest,
			        "seed: from %u to %u: %u hops instead of %u", a, b,
			        at == b ? hops : NODES, shortest);
		}
	}
}

/* Random networks whose links fail and whose nodes begin anew: when all has been quiet for the
 * hold-down and some, every table is right. */
START_TEST(networks)
{
	unsigned first = (unsigned)_i * 1000 + 1;
	int64_t now_ms = 0;

	seed = first;
	for (unsigned k = 0; k < LINKS; k++) {
		links[k].a = chance(NODES);
		links[k].b = k < NODES - 1 ? k + 1 : chance(NODES);
		if (k < NODES - 1)
			links[k].a = chance(k + 1);
		for (unsigned i = 0; i < k; i++)
			if ((links[i].a == links[k].a && links[i].b == links[k].b) ||
			        (links[i].a == links[k].b && links[i].b == links[k].a))
				links[k].a = links[k].b; /* twice: no link */
		links[k].up = links[k].a != links[k].b;
	}
	for (unsigned i = 0; i < NODES; i++) {
		snprintf(nodes[i].name, sizeof(nodes[i].name), "test.n%u", i);
		start(i);
	}
	now_ms = run(now_ms, 20000, 0);
	check_all();
	for (unsigned round = 0; round < 6; round++) {
		unsigned k = chance(LINKS), i = chance(NODES);

		if (links[k].a != links[k].b)
			links[k].up = !links[k].up;
		if (round % 2) {
			stop(i);
			start(i);
		}
		now_ms = run(now_ms, now_ms + 60000, 4); /* while messages get lost */
		now_ms = run(now_ms, now_ms + 240000, 0);
		check_all();
	}
	for (unsigned i = 0; i < NODES; i++)
		stop(i);
}
END_TEST

/* What changed: "+prefix(path)" or "-prefix", blank after each. */
static void changed(struct routing *c, const char *expected)
{
	const struct route_change *changes;
	char text[256] = "";
	size_t count, n = 0;

	OK(routing_changes(c, &changes, &count));
	for (size_t i = 0; i < count; i++) {
		const struct route *r = &changes[i].route;

		n += (size_t)snprintf(text + n, sizeof(text) - n,
		        changes[i].gone ? "-%.*s " : "+%.*s(%.*s) ", (int)r->prefix.n,
		        (const char *)r->prefix.p, (int)r->path.n, (const char *)r->path.p);
		ck_assert_uint_lt(n, sizeof(text));
	}
	ck_assert_str_eq(text, expected);
}

/* Where the owner's table could not be made the changes are there the next time, as
 * they are then. */
START_TEST(changes_until_taken)
{
	const struct routing_member list[] = {{1, ROUTING_PEER}};
	static const uint8_t id[CCP_TABLE_ID_SIZE] = {99};
	static struct sent s;
	struct routing *c = router("test.me", 0);

	members(c, list, 1);
	changed(c, "");
	tell(c, 1, 1, "test.a", "test.x");
	changed(c, "+test.a(test.x) ");
	changed(c, "+test.a(test.x) ");
	tell(c, 1, 2, "test.b", "test.x");
	tell(c, 1, 3, "test.a", "test.y");
	changed(c, "+test.a(test.y) +test.b(test.x) ");
	routing_changes_taken(c);
	changed(c, "");
	/* one that came and went is none; one that the table has is to go, until it has gone */
	tell(c, 1, 4, "test.c", "test.x");
	changed(c, "+test.c(test.x) ");
	sent_begin(&s, 1, 4, 5, 5);
	sent_gone(&s, "test.a");
	sent_gone(&s, "test.c");
	ck_assert_int_eq(deliver(c, 1, &s, 0), ROUTING_TAKEN);
	changed(c, "-test.a ");
	routing_renew(c, id);
	changed(c, "-test.a ");
	routing_changes_taken(c);
	changed(c, "");
	tell(c, 1, 6, "test.a", "test.x");
	changed(c, "+test.a(test.x) ");
	routing_free(c);
}
END_TEST

/* Changes without end: what is written down of them stays bounded, and the peer still follows. */
START_TEST(worn)
{
	const struct routing_member list[] = {{1, ROUTING_PEER}, {2, ROUTING_PEER}};
	static const uint8_t id[CCP_TABLE_ID_SIZE] = {99};
	struct routing *c = router("test.me", 0);
	char told[1024];
	uint32_t i = 0;

	members(c, list, 2);
	while (!routing_is_worn(c)) {
		char prefix[32];
		const struct route_change *changes;
		size_t n;

		ck_assert_uint_lt(i, 20000);
		snprintf(prefix, sizeof(prefix), "test.r%u", i % 7);
		i++;
		tell(c, 1, i, prefix, i % 2 ? "test.x" : "test.x test.me");
		OK(routing_changes(c, &changes, &n));
		ck_assert_uint_le(n, 1);
		routing_changes_taken(c);
	}
	tell(c, 1, ++i, "test.last", "test.x");
	routing_renew(c, id);
	ck_assert(!routing_is_worn(c));
	ck_assert_uint_lt(routing_epoch(c), 12);
	told_to(c, 2, true, 0, told);
	ck_assert_ptr_nonnull(strstr(told, "+test.last(test.me test.x) "));
	routing_free(c);
}
END_TEST

/* Prefixes that come once and go again: neither the log nor their entries stay. */
START_TEST(ever_new)
{
	const struct routing_member list[] = {{1, ROUTING_PEER}, {2, ROUTING_PEER}};
	uint8_t id[CCP_TABLE_ID_SIZE] = {99};
	struct routing *c = router("test.me", 0);
	char before[32], prefix[32] = "test.none", told[1024];

	members(c, list, 2);
	for (uint32_t i = 0; i < 20000; i++) {
		const struct route_change *changes;
		struct sent s;
		size_t n;

		memcpy(before, prefix, sizeof(before));
		snprintf(prefix, sizeof(prefix), "test.r%u", i);
		sent_begin(&s, 1, i, i + 1, i + 1);
		sent_route(&s, prefix, "test.x");
		sent_gone(&s, before);
		ck_assert_int_eq(deliver(c, 1, &s, 0), ROUTING_TAKEN);
		OK(routing_changes(c, &changes, &n));
		routing_changes_taken(c);
		if (routing_is_worn(c)) {
			id[1]++;
			routing_renew(c, id);
			ck_assert_uint_eq(c->entry_count, 2); /* our own, and the last */
		}
		ck_assert_uint_le(c->entry_count, ROUTING_EPOCHS_SPARE + 8);
		ck_assert_uint_le(routing_epoch(c), ROUTING_EPOCHS_SPARE + 8);
	}
	ck_assert_uint_gt(id[1], 0);
	ck_assert_uint_eq(ways(c, 1), 1);
	routing_renew(c, id);
	told_to(c, 2, true, 0, told);
	ck_assert_ptr_nonnull(strstr(told, "+test.r19999(test.me test.x) "));
	routing_free(c);
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_test(t, what_is_taken);
	tcase_add_test(t, the_best_way);
	tcase_add_test(t, homes);
	tcase_add_test(t, epochs);
	tcase_add_test(t, limits);
	tcase_add_test(t, what_is_told);
	tcase_add_test(t, asked_again_meanwhile);
	tcase_add_test(t, parts);
	tcase_add_loop_test(t, networks, 0, 12);
	tcase_add_test(t, changes_until_taken);
	tcase_add_test(t, worn);
	tcase_add_test(t, ever_new);
}

TEST_MAIN("routing", fill)
