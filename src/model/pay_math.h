/* pay_math: the exact arithmetic of a sender: what a path's replies prove about its rate, and what
 * may be promised and demanded.
 *
 * Smallest units on both sides; `source` is what we send, `destination` what arrives. All results
 * saturate at 2^64-1. Spec: Interledger, @interledger/pay, STREAM senders; t/vectors/pay_math.json
 */
#ifndef FLORIN_MODEL_PAY_MATH_H
#define FLORIN_MODEL_PAY_MATH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/amount.h"
#include "base/result.h"

/* The rate lies in [lower, upper). */
struct pay_bounds {
	bool known;
	struct ratio lower; /* destination / source of some packet */
	struct ratio upper; /* (destination + 1) / source of some packet */
};

void pay_bounds_init(struct pay_bounds *b);
/* One authentic reply: `source` arrived as `destination`. Keeps the narrowest interval; one that
 * contradicts it (the rate has moved) replaces it. A source of 0 says nothing. */
void pay_bounds_add(struct pay_bounds *b, uint64_t source, uint64_t destination);

struct pay_estimate {
	uint64_t low, high;
};

/* What `source` will arrive as. Needs known bounds. */
struct pay_estimate pay_bounds_destination(const struct pay_bounds *b, uint64_t source);
/* What must be sent for `destination` to arrive. False where the lower bound is 0. */
bool pay_bounds_source(const struct pay_bounds *b, uint64_t destination, struct pay_estimate *out);

/* The frame of one payment. */
struct pay_limits {
	uint64_t max_source;   /* never more than this is sent */
	uint64_t min_delivery; /* the payment is complete with this */
};

/* Fixed send: all of `amount`; ceil((amount - 1) * min_rate). */
void pay_fixed_send(const struct ratio *min_rate, uint64_t amount, struct pay_limits *out);
/* Fixed delivery: at most floor(amount / min_rate) + 1.
 * Errors: THEIRS_BAD_AMOUNT (a minimum rate of 0 enforces nothing). */
MUST_USE enum result pay_fixed_delivery(
        const struct ratio *min_rate, uint64_t amount, struct pay_limits *out);
/* What a packet must deliver: ceil(source * min_rate); the one that completes the payment may lose
 * one source unit. */
uint64_t pay_packet_minimum(const struct ratio *min_rate, uint64_t source, bool completing);

/* ---- the largest packet of a path ---- */

struct pay_max_packet {
	uint64_t limit;    /* nothing above this passes */
	uint64_t verified; /* this passes */
	uint64_t next;     /* the packet to try now */
	bool precise; /* limit comes from F08 data or from the search's end: nothing left to try */
	bool seen_f08;
};

void pay_max_packet_init(struct pay_max_packet *m);
/* An F08 for a packet of `sent`. has_data: the reject carried received and maximum amounts.
 * Errors: THEIRS_REFUSED (nothing passes: a maximum of 0). */
MUST_USE enum result pay_max_packet_f08(struct pay_max_packet *m, uint64_t sent, bool has_data,
        uint64_t received, uint64_t maximum);
/* A packet of `sent` reached the receiver. */
void pay_max_packet_reached(struct pay_max_packet *m, uint64_t sent);

#endif
