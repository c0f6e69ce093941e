/* btp: the BTP 2.0 links of this node, on the outbound thread.
 *
 * Which link a peer has, its URL says (btp_dial.h). A link is one WebSocket at a time: we open it,
 * and again after a growing pause when it has ended, or the peer opens it and says its incoming
 * token in its first message; a newer one takes the place of an older. Both sides then send
 * Prepares on it. What comes takes the same way through the node as a packet over HTTP (packet.h);
 * what goes is carried for an outbound_request to the peer's target, so that whoever sends a packet
 * does not know which link it takes.
 *
 * A packet is sent once. Its answer is the Response with its request id; without one before the
 * packet's expiry, and where the connection ends or an Error comes instead, the outcome is unknown.
 * Spec: RFC 0023; Interledger, BTP.
 */
#ifndef FLORIN_ILP_BTP_H
#define FLORIN_ILP_BTP_H

#include "ilp/node.h"

struct btp;

/* Of a node with arrivals. Errors: OURS_MEMORY. */
MUST_USE enum result btp_new(struct node *n, struct btp **out);
/* After arrivals_end. NULL is fine. */
void btp_free(struct btp *b);
/* Any thread: peers have changed, or the node begins. NULL is fine. */
void btp_wake(struct btp *b);
/* Any thread but its own, at the stop, while the others still run: no new packets either way, what
 * is under way ends or wait_ms pass, the connections are closed. NULL is fine. */
void btp_drain(struct btp *b, int64_t wait_ms);

/* A peer that is not known yet has opened a WebSocket: fd is taken, whatever becomes of it. */
struct btp_visit {
	int fd;
	struct bytes early; /* came with the request; borrowed */
	/* The connection has ended. Any thread. */
	void (*ended)(void *arg);
	void *arg;
};
/* On a loop thread. */
void btp_visit(struct btp *b, const struct btp_visit *visit);

/* ---- for the assembly: outbound_options ---- */

enum result btp_carry(struct btp *b, int64_t line, struct outbound_request *rq);
void btp_carry_no_more(struct btp *b, struct outbound_request *rq);
/* At the end of a turn. */
void btp_turn_end(struct btp *b);

/* ---- what is known of a peer's connection; any thread ---- */

/* For the metrics; b may be NULL. */
struct btp_stats {
	uint64_t open;          /* connections of known peers */
	uint64_t opened, ended; /* since the start */
	uint64_t refused;       /* of those whose token nobody has */
	uint64_t unexpected;    /* packets that answer nothing, or that nobody can read */
};
void btp_stats_get(const struct btp *b, struct btp_stats *out);

#endif
