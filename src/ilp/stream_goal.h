/* stream_goal: what a probe shall learn beyond the path's rate, where one packet is enough for the
 * payment after it. Every node on the way rounds down, so a small amount may arrive as less than
 * the rate says, or as nothing: it is asked about by itself. Pure, like the sender that it serves.
 */
#ifndef FLORIN_ILP_STREAM_GOAL_H
#define FLORIN_ILP_STREAM_GOAL_H

#include <stdbool.h>
#include <stdint.h>

#include "model/least_source.h"

#define STREAM_GOAL_TRIES_MAX 48 /* packets */

enum stream_goal_kind {
	STREAM_GOAL_NONE,
	STREAM_GOAL_SEND,    /* what exactly `amount` brings; where that is nothing, as LEAST */
	STREAM_GOAL_DELIVER, /* a source that brings `amount`, near the least */
	STREAM_GOAL_LEAST,   /* the least source that brings anything */
};

struct stream_goal {
	/* asked */
	enum stream_goal_kind kind;
	uint64_t amount; /* of SEND source units, of DELIVER destination units */

	/* answered. Where nothing was found (too large for a packet, or the path refused it) the
	 * rate must do. */
	uint64_t source;      /* 0: nothing was found */
	uint64_t destination; /* that it brings */
	uint64_t least;       /* of SEND, where it brings nothing, and LEAST: enough, and the least
	                       * of what could be asked in time; 0: not found */

	/* private */
	struct least_source search;
	bool over;
	unsigned tries;
	uint64_t asked; /* in flight; 0: none */
};

/* The path is known. */
void stream_goal_begin(struct stream_goal *g, const struct pay_bounds *bounds, uint64_t max_packet);
/* The next amount to ask about; 0: it is over. */
uint64_t stream_goal_ask(struct stream_goal *g);
/* An authentic answer; destination 0 also where a node found the packet too small. */
void stream_goal_answer(struct stream_goal *g, const struct pay_bounds *bounds, uint64_t max_packet,
        uint64_t destination);
/* No answer that tells anything. again: it may be asked once more. */
void stream_goal_unanswered(struct stream_goal *g, bool again);

#endif
