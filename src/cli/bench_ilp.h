/* bench_ilp: packets received and forwarded (rows P1, P2, P3). */
#ifndef FLORIN_CLI_BENCH_ILP_H
#define FLORIN_CLI_BENCH_ILP_H

#include "cli/bench_packets.h"
#include "cli/bench_run.h"

/* A node and what is sent to it. */
struct ilp_bench {
	struct bench *b;
	struct bench_packets packets;
	struct bench_load load;
};

void ilp_bench_init(struct ilp_bench *i, struct bench *b);
/* The peer that the load is. */
bool ilp_bench_add_peer(struct bench *b);
/* A wallet `payee` that the packets are for. */
bool ilp_bench_receive(struct ilp_bench *i);
/* A peer `next` at that port; and packets that are for it. secret: 32 bytes in base64, which the
 * next hop knows. */
bool ilp_bench_forward(struct bench *b, unsigned next_hop_port);
bool ilp_bench_aim_beyond(struct ilp_bench *i, const char *secret);

#endif
