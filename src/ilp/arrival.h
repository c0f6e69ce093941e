/* arrival: Prepares that no HTTP exchange waits for: they came over BTP, or their peer wants the
 * answer later.
 *
 * They take the same way through the node as a packet over HTTP (packet.h), on the outbound thread,
 * which has a node_loop of its own for them.
 */
#ifndef FLORIN_ILP_ARRIVAL_H
#define FLORIN_ILP_ARRIVAL_H

#include "ilp/packet.h"

struct arrivals;

struct arrival {
	struct packet packet;
	struct arena arena; /* for the owner's things as well: they live as long */
	struct arrivals *all;
	struct arrival *next_idle;
};

/* Before the outbound thread starts. Errors: OURS_MEMORY, OURS_IO, OURS_STORE. */
MUST_USE enum result arrivals_new(struct node *n, struct arrivals **out);
/* After the outbound thread and the writer have ended, and before those who have packets here are
 * freed: takes what came home since. NULL is fine. */
void arrivals_end(struct arrivals *all);
/* NULL is fine. */
void arrivals_free(struct arrivals *all);
/* At the end of a turn. */
void arrivals_turn_end(struct arrivals *all);
struct node_loop *arrivals_loop(const struct arrivals *all);
/* arrivals_end was called: nothing can be sent any more. */
bool arrivals_are_over(const struct arrivals *all);

/* A packet of a peer of the present picture; its data is copied. answered runs when it has its
 * answer, if arrival_take says PARKED. NULL: no memory, or no such peer. */
struct arrival *arrival_new(struct arrivals *all, account_id peer, struct bytes data,
        void (*answered)(struct packet *p));
enum packet_next arrival_take(struct arrival *a);
/* The last call, as packet_end. */
void arrival_end(struct arrival *a, bool delivered);

#endif
