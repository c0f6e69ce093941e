#include "ilp/throttle.h"

#define NS_PER_S     1000000000
#define BURST_NS_MAX (INT64_MAX / 4) /* so that no sum of times overflows */

void throttle_init(struct throttle *t)
{
	atomic_init(&t->arrival_ns, 0);
}

/* burst_ns: how far ahead of now the arrival time may be. */
static bool take(struct throttle *t, int64_t cost_ns, int64_t burst_ns, int64_t now_ns)
{
	int64_t seen;

	seen = atomic_load_explicit(&t->arrival_ns, memory_order_relaxed);
	for (;;) {
		int64_t from = seen > now_ns ? seen : now_ns;

		if (from - now_ns > burst_ns - cost_ns)
			return false;
		if (atomic_compare_exchange_weak_explicit(&t->arrival_ns, &seen, from + cost_ns,
		            memory_order_relaxed, memory_order_relaxed))
			return true;
	}
}

bool throttle_pass(struct throttle *t, uint64_t per_s, uint64_t burst, int64_t now_ns)
{
	int64_t cost_ns, most;

	if (per_s == 0)
		return true;
	cost_ns = per_s >= NS_PER_S ? 1 : (int64_t)(NS_PER_S / per_s);
	most = BURST_NS_MAX / cost_ns;
	return take(t, cost_ns, burst < (uint64_t)most ? (int64_t)burst * cost_ns : BURST_NS_MAX,
	        now_ns);
}

void throttle_give_back(struct throttle *t, int64_t cost_ns)
{
	atomic_fetch_sub_explicit(&t->arrival_ns, cost_ns, memory_order_relaxed);
}

bool throttle_take(struct throttle *t, int64_t cost_ns, int64_t now_ns)
{
	return take(t, cost_ns, (int64_t)THROTTLE_BURST_S * NS_PER_S, now_ns);
}
