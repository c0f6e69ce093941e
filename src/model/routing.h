/* routing: the routes that peers tell this node, and what it tells them.
 *
 * One object holds every route that a peer announced, chooses the best one of each prefix, and
 * knows what each peer was told and when it is to be told more. It never does anything by itself:
 * the owner gives it what came and the time, and asks what to do next (routing_next). One owner at
 * a time.
 *
 * Of a prefix the best route is a configured one; else by the relation of who announced it (child,
 * peer, parent), then the shortest path, then the older account. Announced are our own address and
 * the best routes, with our address in front of the path; not the default route, nothing below our
 * own address, nothing to whom it leads to, and to a parent only what is ours or a child's.
 * Not taken are prefixes outside our network, a bare scheme, what is our own or below it, what is
 * at or below a configured node's address unless it comes from there, and a path that has us in it.
 * Spec: Interledger, CCP
 */
#ifndef FLORIN_MODEL_ROUTING_H
#define FLORIN_MODEL_ROUTING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/result.h"
#include "base/secret.h"
#include "codec/ccp.h"
#include "model/route.h"

#define ROUTING_HEARTBEAT_MS   30000
#define ROUTING_UPDATE_GAP_MS  150   /* at least between two updates to a peer */
#define ROUTING_HOLD_DOWN_MS   45000 /* ours: a peer forgets us after it */
#define ROUTING_RETRY_MS       1000  /* after a failure; doubled up to the next */
#define ROUTING_RETRY_MAX_MS   30000
#define ROUTING_HOLD_MIN_MS    1000 /* of a peer's hold-down, whatever it says */
#define ROUTING_HOLD_MAX_MS    600000
#define ROUTING_MESSAGE_MAX    28000 /* bytes of an update: some take no more than 32767 in all */
#define ROUTING_MESSAGE_ROUTES 512   /* epochs in one update */

enum routing_relation { ROUTING_PARENT, ROUTING_PEER, ROUTING_CHILD }; /* the later the better */

struct routing_limits {
	size_t routes_per_peer;
	size_t routes; /* of all peers */
};

struct routing;

/* secret: makes the auth field of our own routes. Errors: OURS_MEMORY. */
MUST_USE enum result routing_new(
        const struct routing_limits *limits, const struct secret32 *secret, struct routing **out);
void routing_free(struct routing *c);

/* ---- what the node is ---- */

/* Our own address. Another one than before begins a new table: what peers told is asked again.
 * Errors: OURS_MEMORY. */
MUST_USE enum result routing_set_own(
        struct routing *c, struct bytes own, const uint8_t table_id[CCP_TABLE_ID_SIZE]);

struct routing_fixed {
	struct bytes prefix;
	uint64_t next_hop;
	enum routing_relation relation;
	/* The address of that very node: of what is at or below it only it may tell; where such
	 * addresses lie within each other the longest decides. */
	bool is_home;
};
/* All configured routes, instead of those before. Where that changes who may tell of what, the
 * peers' tables are asked again. Errors: OURS_MEMORY. */
MUST_USE enum result routing_set_fixed(
        struct routing *c, const struct routing_fixed *list, size_t count);

struct routing_member {
	uint64_t peer;
	enum routing_relation relation;
};
/* Who takes part, instead of those before; who has gone takes its routes along.
 * Errors: OURS_MEMORY. */
MUST_USE enum result routing_set_members(
        struct routing *c, const struct routing_member *list, size_t count, int64_t now_ms);

/* ---- what comes ---- */

enum routing_verdict {
	ROUTING_TAKEN,
	ROUTING_GAP,    /* updates are missing before it: refused, and the table is asked again */
	ROUTING_NOBODY, /* who sent it takes no part */
};

enum routing_verdict routing_take_control(
        struct routing *c, uint64_t peer, const struct ccp_control *control, int64_t now_ms);
/* Without memory a route is left out, as one above a limit. */
enum routing_verdict routing_take_update(
        struct routing *c, uint64_t peer, const struct ccp_update *update, int64_t now_ms);

/* ---- what is to be done ---- */

enum routing_step {
	ROUTING_WAIT,         /* nothing before *at_ms */
	ROUTING_SEND_CONTROL, /* to the peer; then routing_done */
	ROUTING_SEND_UPDATE,
};

struct routing_todo {
	enum routing_step step;
	uint64_t peer;
	int64_t at_ms; /* of WAIT; INT64_MAX: until something comes */
	/* private: of an update */
	uint32_t to_epoch;
	unsigned stamp;
};

/* Ends what has run out, and finds the next step. Each step is to be told its end by routing_done;
 * until then there is none for that peer. *b gets the message. */
void routing_next(struct routing *c, int64_t now_ms, struct buf *b, struct routing_todo *out);
/* The peer took the message, or did not. */
void routing_done(struct routing *c, const struct routing_todo *todo, bool taken, int64_t now_ms);

/* What changed in the best routes that peers told, since changes were last taken: for
 * route_table_change. The list and its texts are valid until the next call of any function. Errors:
 * OURS_MEMORY: ask again. */
MUST_USE enum result routing_changes(
        struct routing *c, const struct route_change **out, size_t *count);
/* The owner's table has what routing_changes listed; nothing was told to *c in between. Without it
 * the same is listed again, beside what came meanwhile. */
void routing_changes_taken(struct routing *c);
/* Too much was written down of what has changed since: the owner is to call routing_renew soon. */
bool routing_is_worn(const struct routing *c);
/* The same routes under a new table id, from epoch 0. */
void routing_renew(struct routing *c, const uint8_t table_id[CCP_TABLE_ID_SIZE]);

/* ---- looking ---- */

/* A way to a prefix that a peer announced, and whether it is the chosen one. */
struct routing_candidate {
	uint64_t peer;
	struct bytes path; /* blank-separated */
	size_t hops;
	bool chosen;
};
/* Every way to this very prefix, at most max. *fixed: a configured route has it. Valid until the
 * next change. Returns how many. */
size_t routing_candidates(const struct routing *c, struct bytes prefix,
        struct routing_candidate *out, size_t max, bool *fixed);

struct routing_peer_state {
	size_t routes;      /* taken from it */
	size_t refused;     /* above a limit, since the table began */
	bool heard;         /* its table is in force */
	bool asked;         /* it wants our updates */
	uint32_t epoch;     /* of its table, as far as known */
	uint32_t our_epoch; /* of our table, as far as it was told */
};
bool routing_peer_state(const struct routing *c, uint64_t peer, struct routing_peer_state *out);
size_t routing_route_count(const struct routing *c); /* announced by all peers */
uint32_t routing_epoch(const struct routing *c);     /* of our table */

#endif
