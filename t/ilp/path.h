/* path: a simulated path with a STREAM receiver at its end, for tests of the sender. Time is
 * simulated, chance comes from a seed.
 */
#ifndef FLORIN_T_ILP_PATH_H
#define FLORIN_T_ILP_PATH_H

#include <stdbool.h>
#include <stdint.h>

#include "ilp/stream_sender.h"
#include "model/quote.h"

struct path {
	uint64_t num, den;           /* rate */
	uint64_t then_num, then_den; /* of a second node; 0: none */
	uint64_t max_packet;         /* 0: none */
	bool f08_data;               /* the refusing hop attaches it */
	uint64_t liquidity;          /* source units that may be on the path at a time; 0: any */
	unsigned at_once;            /* packets on the path; with more T03; 0: any */
	unsigned per_s;              /* packets; with more T05; 0: any */
	unsigned lost_percent;       /* packets that vanish */
	unsigned tired_percent;      /* packets rejected with tired_code */
	const char *tired_code;
	const char *refusal;   /* the receiver's code for a probe or a short packet */
	int64_t round_trip_ms; /* and up to as much again, */
	bool steady;           /* or not */
	bool tells_asset;
	bool only_send_only;  /* answers the second way of asking */
	uint64_t receive_max; /* 0: never told */
	int64_t closes_after; /* fulfilled packets; -1: never */
	uint64_t lies;        /* claims this much less than the minimum */
	bool undecryptable;   /* replies do not decrypt */
	/* counted */
	uint64_t taken, arrived;
	int64_t fulfilled;
	uint64_t on_path;
	unsigned packets_on_path;
	uint64_t bucket; /* thousandths of a packet that may go */
	int64_t bucket_ms;
	unsigned most_in_flight, packets, probes, notes;
	int64_t now_ms;
	uint64_t seed;
};

/* A path of that rate without limits, losses or surprises, 10 to 20 ms long. */
struct path path_plain(uint64_t num, uint64_t den);
/* What arrives of one packet. */
uint64_t path_brings(const struct path *p, uint64_t source);
/* The sender's run to its end. Every packet is checked against what must never be. */
void path_run(struct stream_sender *s, struct path *p);
/* A probe that wants the asset. */
void path_probe(struct stream_sender *s, struct path *p, uint64_t probe_max);
/* A probe for a payment or quote that asks this. */
void path_probe_for(struct stream_sender *s, struct path *p, const struct stream_goal *goal);
/* A payment after that probe, by that quote. */
void path_pay(struct stream_sender *s, struct path *p, const struct stream_sender *probed,
        const struct quote *q, enum stream_run kind);
uint64_t path_random(uint64_t *seed);

#endif
