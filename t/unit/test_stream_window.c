/* The rules of the window as tables, and what they make of whole payments over simulated paths: how
 * much of what such a path lets through is used. FLORIN_TEST_SEEDS chooses how many paths: 50 by
 * default, 5000 in the long mode (FLORIN_TEST_LONG). */
#include "unit/harness.h"

#include <stdlib.h>

#include "ilp/path.h"
#include "ilp/stream_window.h"

#define SEEDS      50
#define SEEDS_LONG 5000
#define PACKETS    10000
#define PACKET     1000 /* units */

/* ---- the rules ---- */

enum end { FULFILLED, MISSED, BUSY, ENDS };

/* So many packets in a row end so, numbered from `first`; `next` are sent, `in_flight` are on
 * their way. */
struct step {
	enum end end;
	unsigned count;
	uint32_t first, next;
	unsigned in_flight;
	int64_t now_ms;
	unsigned size;        /* after it */
	int64_t resume_at_ms; /* after it */
};

#define STEPS_MAX 6
static const struct {
	const char *name;
	unsigned max;
	struct step steps[STEPS_MAX]; /* to the first without packets */
} rules[] = {
        {"begins small", 0, {{ENDS, 1, 0, 0, 0, 0, STREAM_WINDOW_START, 0}}},
        {"begins no larger than it may be", 5, {{ENDS, 1, 0, 0, 0, 0, 5, 0}}},
        {"doubles in a round trip", 0,
                {{FULFILLED, 32, 0, 32, 32, 0, 64, 0}, {FULFILLED, 64, 32, 96, 64, 0, 128, 0}}},
        {"to its largest", 100, {{FULFILLED, 1000, 0, 1000, 100, 0, 100, 0}}},
        {"few are missed: nothing", 0, {{MISSED, 4, 0, 32, 32, 100, 32, 0}}},
        {"of the others it still doubles", 0,
                {{MISSED, 4, 0, 32, 32, 100, 32, 0}, {FULFILLED, 28, 4, 32, 32, 0, 60, 0}}},
        {"many are missed: half, a pause, and back", 0,
                {{MISSED, 5, 0, 32, 32, 100, 16, 120},
                        {FULFILLED, 100, 5, 150, 32, 200, 116, 120}}},
        {"each flight counts by itself", 0,
                {{MISSED, 4, 0, 32, 32, 100, 32, 0}, {MISSED, 4, 32, 64, 32, 200, 32, 0},
                        {MISSED, 1, 36, 64, 32, 300, 16, 320}}},
        {"of few in flight one is many", 0, {{MISSED, 1, 0, 7, 7, 100, 16, 120}}},
        {"of one in flight as well", 1, {{MISSED, 1, 0, 1, 1, 0, 1, 20}}},
        {"few are busy: fewer", 0, {{BUSY, 4, 0, 32, 32, 100, 28, 0}}},
        {"and slowly from there", 0,
                {{FULFILLED, 68, 0, 100, 100, 0, 100, 0}, {BUSY, 4, 68, 168, 100, 0, 96, 0},
                        {FULFILLED, 15, 72, 168, 96, 0, 96, 0},
                        {FULFILLED, 1, 87, 168, 96, 0, 97, 0}}},
        {"but soon to where it began", 0,
                {{BUSY, 4, 0, 32, 32, 0, 28, 0}, {FULFILLED, 4, 4, 36, 32, 0, 32, 0},
                        {FULFILLED, 15, 8, 60, 32, 0, 32, 0},
                        {FULFILLED, 1, 23, 60, 32, 0, 33, 0}}},
        {"many are busy: half, and a pause", 0, {{BUSY, 5, 0, 32, 32, 100, 14, 120}}},
        {"once for a flight", 0,
                {{BUSY, 32, 0, 32, 32, 100, 14, 120}, {BUSY, 1, 32, 46, 7, 110, 7, 120}}},
        {"soon back to three quarters, then slowly", 100,
                {{FULFILLED, 68, 0, 100, 100, 0, 100, 0}, {BUSY, 13, 100, 200, 100, 0, 44, 20},
                        {FULFILLED, 22, 113, 200, 90, 0, 66, 20},
                        {FULFILLED, 15, 135, 200, 90, 0, 66, 20},
                        {FULFILLED, 1, 150, 200, 90, 0, 67, 20},
                        {FULFILLED, 9999, 151, 9999, 90, 0, 100, 20}}},
        {"pauses double", 0,
                {{BUSY, 1, 0, 7, 7, 100, 16, 120}, {BUSY, 1, 1, 7, 6, 120, 16, 160},
                        {BUSY, 1, 2, 7, 5, 160, 16, 240}}},
        {"until one is fulfilled", 0,
                {{BUSY, 1, 0, 7, 7, 100, 16, 120}, {FULFILLED, 1, 1, 7, 6, 130, 17, 120},
                        {BUSY, 1, 2, 7, 5, 140, 17, 160}}},
        {"never below one", 1, {{BUSY, 1, 0, 1, 1, 0, 1, 20}, {BUSY, 1, 1, 2, 1, 50, 1, 90}}},
};

START_TEST(rules_of_the_window)
{
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		struct stream_window w;

		stream_window_init(&w, rules[i].max);
		for (const struct step *s = rules[i].steps;
		        s < rules[i].steps + STEPS_MAX && s->count; s++) {
			for (uint32_t k = s->first; k < s->first + s->count; k++) {
				const struct stream_window_end e = {
				        k, s->next, s->in_flight, s->now_ms};

				if (s->end == FULFILLED)
					stream_window_fulfilled(&w);
				else if (s->end == MISSED)
					stream_window_missed(&w, e);
				else if (s->end == BUSY)
					stream_window_busy(&w, e);
			}
			ck_assert_msg(w.size == s->size && w.resume_at_ms == s->resume_at_ms,
			        "%s, step %d: %u until %lld", rules[i].name,
			        (int)(s - rules[i].steps) + 1, w.size, (long long)w.resume_at_ms);
		}
	}
}
END_TEST

/* ---- payments ---- */

/* A kind of path, and how much of what it lets through a payment must use, its slow beginning
 * included. Where a packet gets lost its place in the window is lost for a round trip. */
struct weather {
	const char *name;
	const char *code;
	unsigned tired_percent; /* up to */
	unsigned at_once, per_s;
	unsigned percent;
};

static const struct weather weathers[] = {
        {"quiet", "T00", 0, 0, 0, 70},
        {"packets get lost", "T00", 5, 0, 0, 55},
        {"an unreachable hop now and then", "T01", 5, 0, 0, 55},
        {"a connector with little room", "T00", 0, 100, 0, 50},
        {"with little room, and losses", "T01", 5, 200, 0, 45},
        {"a connector that counts", "T00", 0, 0, 1000, 50},
};

static unsigned seeds_wanted(void)
{
	const char *text = getenv("FLORIN_TEST_SEEDS");

	if (text)
		return (unsigned)strtoul(text, NULL, 10);
	return getenv("FLORIN_TEST_LONG") ? SEEDS_LONG : SEEDS;
}

static void pay(struct stream_sender *s, struct path *p)
{
	struct stream_sender_options o = {.run = STREAM_RUN_FIXED_SEND,
	        .limits = {.max_source = PACKETS * PACKET, .min_delivery = PACKETS * PACKET},
	        .max_packet = PACKET};

	ck_assert_int_eq(ratio_make(1, 1, &o.min_rate), RESULT_OK);
	pay_bounds_init(&o.bounds);
	pay_bounds_add(&o.bounds, PACKET, PACKET);
	stream_sender_init(s, &o);
	path_run(s, p);
}

/* Packets in a second, at most. */
static uint64_t lets_through(const struct path *p)
{
	uint64_t at_once = p->at_once ? p->at_once : STREAM_WINDOW_MAX;
	uint64_t most = at_once * 1000 / (uint64_t)p->round_trip_ms;

	return p->per_s && p->per_s < most ? p->per_s : most;
}

START_TEST(share_of_the_path)
{
	unsigned seeds = seeds_wanted();

	for (unsigned seed = 0; seed < seeds; seed++) {
		const struct weather *w =
		        &weathers[seed % (sizeof(weathers) / sizeof(weathers[0]))];
		struct path p = path_plain(1, 1);
		struct stream_sender s;
		uint64_t chance = seed;
		uint64_t most_ms;

		(void)path_random(&chance);
		p.seed = seed;
		p.steady = true;
		p.round_trip_ms = 20 + (int64_t)(path_random(&chance) % 200);
		p.tired_code = w->code;
		p.tired_percent =
		        w->tired_percent ? (unsigned)(path_random(&chance) % (w->tired_percent + 1))
		                         : 0;
		p.at_once = w->at_once;
		p.per_s = w->per_s;
		p.bucket_ms = p.now_ms = 0;
		pay(&s, &p);
		most_ms = (uint64_t)PACKETS * 1000 * 100 / lets_through(&p) / w->percent;
		ck_assert_msg(s.outcome == STREAM_COMPLETED && p.taken == PACKETS * PACKET &&
		                      p.arrived == p.taken && p.now_ms <= (int64_t)most_ms,
		        "seed %u, %s, %lld ms, %u %%: %s, %llu units in %lld ms, not %llu", seed,
		        w->name, (long long)p.round_trip_ms, p.tired_percent,
		        stream_outcome_name(s.outcome), (unsigned long long)p.arrived,
		        (long long)p.now_ms, (unsigned long long)most_ms);
	}
}
END_TEST

/* Nobody answers a few packets. That is known only when they expire; meanwhile and then the others
 * go on as fast as before, with their places missing. */
START_TEST(without_an_answer)
{
	for (unsigned seed = 0; seed < 5; seed++) {
		struct path p = path_plain(1, 1);
		struct stream_sender s;

		p.seed = seed;
		p.steady = true;
		p.round_trip_ms = 100;
		p.lost_percent = 1;
		p.now_ms = 0;
		pay(&s, &p);
		ck_assert_int_eq(s.outcome, STREAM_COMPLETED);
		ck_assert_uint_eq(p.arrived, PACKETS * PACKET);
		/* the last of them, and once more */
		ck_assert_int_le(p.now_ms, 3 * STREAM_PACKET_LIFE_MS);
	}
}
END_TEST

static void fill(TCase *t)
{
	tcase_set_timeout(t, 600);
	tcase_add_test(t, rules_of_the_window);
	tcase_add_test(t, share_of_the_path);
	tcase_add_test(t, without_an_answer);
}

TEST_MAIN("stream_window", fill)
