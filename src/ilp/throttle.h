/* throttle: how much per second one peer may send us, packets or money, without a lock.
 *
 * The generic cell rate algorithm: one atomic "theoretical arrival time" per throttle. A packet
 * passes while that time is less than the burst ahead of now. Any thread may ask.
 */
#ifndef FLORIN_ILP_THROTTLE_H
#define FLORIN_ILP_THROTTLE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* What passes at once where nothing else is said: two seconds' allowance. */
#define THROTTLE_BURST_S 2

struct throttle {
	_Atomic int64_t arrival_ns; /* theoretical arrival time, monotonic */
};

void throttle_init(struct throttle *t);
/* True where one packet may pass now: per_s of them, and `burst` at once after a pause. per_s: 0
 * lifts the limit. now_ns is monotonic. */
bool throttle_pass(struct throttle *t, uint64_t per_s, uint64_t burst, int64_t now_ns);
/* True where what costs cost_ns of the allowance may pass now: at most THROTTLE_BURST_S. */
bool throttle_take(struct throttle *t, int64_t cost_ns, int64_t now_ns);
/* What was taken was not used. */
void throttle_give_back(struct throttle *t, int64_t cost_ns);

#endif
