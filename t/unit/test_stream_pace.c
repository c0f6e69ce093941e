/* Payments that last: what is due when, and a sender that keeps to it. */
#include "unit/harness.h"

#include <string.h>

#include "ilp/stream_sender.h"

START_TEST(due)
{
	static const struct {
		uint64_t total, gone;
		int64_t whole_ms, begun_ms, now_ms;
		uint64_t due;
		bool goes_on;
	} cases[] = {
	        {60, 0, 60000, 0, 0, 0, true}, {60, 0, 60000, 0, 999, 0, true},
	        {60, 0, 60000, 0, 1000, 1, true}, {60, 0, 60000, 0, 59999, 59, true},
	        {60, 0, 60000, 0, 60000, 60, false}, {60, 0, 60000, 0, 900000, 60, false},
	        {60, 20, 60000, 0, 20999, 0, true}, {60, 20, 60000, 0, 31000, 11, true},
	        {60, 20, 60000, 0, 60000, 40, false},
	        {60, 0, 60000, -30000, 0, 30, true}, /* begun before this process */
	        {60, 0, 60000, 5000, 0, 0, true},    /* a clock that went back */
	        {7, 0, 3, 0, 2, 4, true},
	        {AMOUNT_MAX, 0, 86400000, 0, 43200000, AMOUNT_MAX / 2, true},
	        {AMOUNT_MAX, 0, 86400000, 0, 86400000, AMOUNT_MAX, false},
	        {60, 0, 0, 0, 0, 60, false}, /* no pace */
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct stream_pace p = {.whole_ms = cases[i].whole_ms,
		        .begun_ms = cases[i].begun_ms,
		        .total = cases[i].total,
		        .gone = cases[i].gone};

		ck_assert_msg(stream_pace_due(&p, cases[i].now_ms) == cases[i].due,
		        "case %zu: %llu", i,
		        (unsigned long long)stream_pace_due(&p, cases[i].now_ms));
		ck_assert_msg(stream_pace_goes_on(&p, cases[i].now_ms) == cases[i].goes_on,
		        "case %zu: goes on", i);
	}
}
END_TEST

/* A path that brings num/den of each packet; every seventh packet meets T00 while it is tired. */
struct walk {
	uint64_t num, den;
	bool tired;
	uint64_t total;
	int64_t whole_ms;
};

static struct ratio ratio(uint64_t num, uint64_t den)
{
	struct ratio r;

	ck_assert_int_eq(ratio_make(num, den, &r), RESULT_OK);
	return r;
}

static void begin(struct stream_sender *s, const struct walk *w, int64_t now_ms)
{
	struct stream_sender_options o = {.run = STREAM_RUN_FIXED_SEND,
	        .limits = {.max_source = w->total,
	                .min_delivery = mul_div_floor(w->total, w->num * 98, w->den * 100)},
	        .min_rate = ratio(w->num * 99, w->den * 100),
	        .pace = {.whole_ms = w->whole_ms, .begun_ms = now_ms, .total = w->total}};

	pay_bounds_init(&o.bounds);
	pay_bounds_add(&o.bounds, 1000000, 1000000 * w->num / w->den);
	stream_sender_init(s, &o);
}

static void walk(const struct walk *w)
{
	const int64_t begun_ms = 5000;
	struct stream_pace whole = {
	        .whole_ms = w->whole_ms, .begun_ms = begun_ms, .total = w->total};
	int64_t now_ms = begun_ms, wait_ms;
	struct stream_sender s;
	struct stream_send p;
	unsigned packets = 0;

	begin(&s, w, now_ms);
	for (;;) {
		enum stream_step step = stream_sender_next(&s, now_ms, &p, &wait_ms);
		struct stream_reply reply = {.received = 0};
		struct stream_reject reject = {.code = "T00"};

		if (step == STREAM_STEP_DONE)
			break;
		ck_assert_int_lt(now_ms, begun_ms + 3 * w->whole_ms);
		if (step == STREAM_STEP_BUDGET) {
			ck_assert_msg(
			        stream_sender_wants(&s) <=
			                stream_pace_due(&whole, now_ms + STREAM_PACE_AHEAD_MS),
			        "more is reserved than will be due");
			stream_sender_set_budget(&s, stream_sender_wants(&s));
		} else if (step == STREAM_STEP_WAIT) {
			ck_assert_int_lt(wait_ms, INT64_MAX);
			ck_assert_int_gt(wait_ms, now_ms);
			now_ms = wait_ms;
		} else if (p.amount) {
			ck_assert_msg(s.sent + s.in_flight <= stream_pace_due(&whole, now_ms),
			        "more has left than was due");
			reply.received = p.amount * w->num / w->den;
			if (w->tired && ++packets % 7 == 0)
				stream_sender_rejected(&s, &p, now_ms + 30, &reject);
			else
				stream_sender_fulfilled(&s, &p, now_ms + 30, &reply);
		}
	}
	ck_assert_msg(s.outcome == STREAM_COMPLETED, "%s", stream_outcome_name(s.outcome));
	ck_assert_uint_eq(s.sent, w->total);
	ck_assert_int_ge(now_ms, begun_ms + w->whole_ms);
	ck_assert_msg(s.packets_sent <= (uint64_t)(w->whole_ms / STREAM_PACE_STEP_MS) * 2 + 4,
	        "%llu packets", (unsigned long long)s.packets_sent);
}

START_TEST(senders)
{
	static const struct walk walks[] = {
	        {1, 1, false, 60, 60000}, {1, 1, true, 60, 60000}, {1, 1, false, 1000000007, 60000},
	        {1, 1, true, 1000000007, 3600000},
	        {9, 10, false, 6000, 60000}, /* small packets would lose too much by rounding */
	        {9, 10, true, 6000, 60000},
	        {1, 1, false, 3, 60000}, /* half a minute between two units is no standing still */
	};

	for (size_t i = 0; i < sizeof(walks) / sizeof(walks[0]); i++)
		walk(&walks[i]);
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_test(t, due);
	tcase_add_test(t, senders);
}

TEST_MAIN("stream_pace", fill)
