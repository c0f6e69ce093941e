/* stream_window: how many packets of a payment may be in flight, and when the next may leave: what
 * the ends of its packets say about the path. Pure: packets are known by their sequence, time is an
 * argument.
 *
 *	fulfilled  one more for each, which doubles the window in a round trip; above the threshold
 *	           one for each 16th
 *	missed     nothing, as long as they are few: where one packet of so many gets lost (T00,
 *	           T01, no answer), the rate is not the reason
 *	busy       one fewer for each, as long as they are few, and the threshold is there: so the
 *	           window stays near what the path takes
 *	many       of one flight: half the window, and a pause. Where the path said that it is
 *	           busy, the threshold becomes three quarters of what the window was. Once for all
 *	           packets that were in flight then; pauses double until a packet is fulfilled
 */
#ifndef FLORIN_ILP_STREAM_WINDOW_H
#define FLORIN_ILP_STREAM_WINDOW_H

#include <stdint.h>

#define STREAM_WINDOW_START     32 /* packets in flight at first; no threshold is lower */
#define STREAM_WINDOW_MAX       768
#define STREAM_WINDOW_STEP      16
#define STREAM_WINDOW_MANY      8 /* more than one packet of so many in flight */
#define STREAM_BACKOFF_START_MS 20
#define STREAM_BACKOFF_MAX_MS   2000

struct stream_window {
	unsigned size;        /* packets that may be in flight */
	int64_t resume_at_ms; /* none leaves before */

	/* private */
	unsigned max;
	unsigned threshold;
	unsigned fulfilled;    /* since the last step above the threshold */
	uint32_t cut_sequence; /* packets before it were in flight at the last cut */
	uint32_t flight_end;   /* packets before it are of the flight that is counted */
	unsigned flight_bad;   /* of it */
	unsigned flight_few;   /* of it that are no reason to cut */
	int64_t backoff_ms;
};

/* A packet that was not fulfilled. */
struct stream_window_end {
	uint32_t sequence;
	uint32_t next;      /* sequence of the first that was not sent yet */
	unsigned in_flight; /* packets, with this one */
	int64_t now_ms;
};

/* max 0: STREAM_WINDOW_MAX. */
void stream_window_init(struct stream_window *w, unsigned max);

void stream_window_fulfilled(struct stream_window *w);
void stream_window_missed(struct stream_window *w, struct stream_window_end end);
/* Something on the path is overloaded, out of money or away. */
void stream_window_busy(struct stream_window *w, struct stream_window_end end);

#endif
