/* least_source: finds the least amount to send for a wanted amount to arrive, by asking the path.
 *
 * What the rate says is not enough for small amounts: every node on the way rounds down, so three
 * conversions may turn into nothing what one would let through. More never brings less, so a guess
 * from the known rate is followed by growing steps and then by halving.
 * Spec: Interledger, @interledger/pay; Open Payments, quotes "minimum send".
 */
#ifndef FLORIN_MODEL_LEAST_SOURCE_H
#define FLORIN_MODEL_LEAST_SOURCE_H

#include "model/pay_math.h"

struct least_source {
	uint64_t want;  /* units that must arrive */
	uint64_t max;   /* nothing above is asked about */
	uint64_t low;   /* brings too little; 0 brings nothing */
	uint64_t high;  /* brings enough; 0: not met */
	bool low_known; /* low was asked about */
	uint64_t next;  /* to be asked about */
	uint64_t step;  /* between what is known and the next */
};

/* want > 0; bounds known: where the guess comes from. */
void least_source_init(
        struct least_source *s, uint64_t want, const struct pay_bounds *bounds, uint64_t max);
/* The source to ask about; 0: it is over, and `high` is the answer (0: none up to max). */
uint64_t least_source_ask(const struct least_source *s);
/* What `source` brings, as the path answered. */
void least_source_answer(struct least_source *s, uint64_t source, uint64_t destination);

#endif
