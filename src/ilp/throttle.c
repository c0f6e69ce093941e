#include "ilp/throttle.h"

#define NS_PER_S 1000000000

void throttle_init(struct throttle *t)
{
	atomic_init(&t->arrival_ns, 0);
}

bool throttle_pass(struct throttle *t, uint64_t per_s, int64_t now_ns)
{
	int64_t step, seen;

	if (per_s == 0)
		return true;
	step = per_s >= NS_PER_S ? 1 : (int64_t)(NS_PER_S / per_s);
	seen = atomic_load_explicit(&t->arrival_ns, memory_order_relaxed);
	for (;;) {
		int64_t from = seen > now_ns ? seen : now_ns;

		if (from - now_ns > (int64_t)THROTTLE_BURST_S * NS_PER_S - step)
			return false;
		if (atomic_compare_exchange_weak_explicit(&t->arrival_ns, &seen, from + step,
		            memory_order_relaxed, memory_order_relaxed))
			return true;
	}
}
