/* stream_pace: a payment whose money leaves little by little: what is due at a time. Pure, like the
 * sender that it serves.
 */
#ifndef FLORIN_ILP_STREAM_PACE_H
#define FLORIN_ILP_STREAM_PACE_H

#include <stdbool.h>
#include <stdint.h>

#define STREAM_PACE_STEP_MS  250  /* what became due meanwhile goes together */
#define STREAM_PACE_AHEAD_MS 1500 /* what becomes due in that time may be reserved */

struct stream_pace {
	int64_t whole_ms; /* all is due then; 0: all is due at once */
	int64_t begun_ms; /* by the clock of the sender's now_ms; may be long ago */
	uint64_t total;   /* source units */
	uint64_t gone;    /* of it, before this run: sent, or in doubt */
	int64_t next_ms;  /* private: not before */
};

/* Of what this run sends, so much may have left now. At the end it is all of it, to the unit. */
uint64_t stream_pace_due(const struct stream_pace *p, int64_t now_ms);
/* More becomes due later. */
bool stream_pace_goes_on(const struct stream_pace *p, int64_t now_ms);
/* Something was sent, or what is due is too little: not again at once. */
void stream_pace_wait(struct stream_pace *p, int64_t now_ms);

#endif
