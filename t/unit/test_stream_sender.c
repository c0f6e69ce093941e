#include "unit/harness.h"

#include <string.h>

#include "ilp/path.h"
#include "ilp/stream_sender.h"
#include "model/quote.h"

static const struct quote_fee no_fee = {0, 0};

static struct quote_path quote_path_of(const struct stream_sender *probed, unsigned slippage_bps)
{
	return (struct quote_path){probed->bounds, stream_sender_max_packet(probed), slippage_bps};
}

#define OUTCOME_IS(s, expected)                                                                    \
	ck_assert_msg((s).outcome == (expected), "%s", stream_outcome_name((s).outcome))

/* ---- probing ---- */

START_TEST(probes)
{
	static const struct {
		uint64_t num, den, max_packet;
		bool data;
		uint64_t probe_max, expected; /* 0 there: any */
		unsigned packets;             /* at most */
	} cases[] = {
	        {1, 1, 0, true, 0, UINT64_MAX, 12},
	        {90545, 100000, 0, true, 1000, UINT64_MAX, 3},
	        {90545, 100000, 0, true, 5, UINT64_MAX, 3},
	        {1, 1, 1000, true, 0, 1000, 14},
	        {90545, 100000, 123456, true, 0, 123456, 14},
	        {90545, 100000, 123456, true, 5000, UINT64_MAX, 4},
	        {90545, 100000, 7, true, 0, 7, 30},
	        {2, 1, 1, true, 0, 1, 30},
	        {90545, 100000, 123456, false, 0, 0, 40},
	        {2, 1, 3, false, 0, 3, 60},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct path p = path_plain(cases[i].num, cases[i].den);
		struct stream_sender s;
		uint64_t max;

		p.max_packet = cases[i].max_packet;
		p.f08_data = cases[i].data;
		path_probe(&s, &p, cases[i].probe_max);
		max = stream_sender_max_packet(&s);
		ck_assert_msg(s.outcome == STREAM_COMPLETED, "case %zu: %s", i,
		        stream_outcome_name(s.outcome));
		ck_assert_msg(!cases[i].expected || max == cases[i].expected, "case %zu: %llu", i,
		        (unsigned long long)max);
		ck_assert(max == UINT64_MAX || max <= cases[i].max_packet);
		ck_assert(max >= cases[i].max_packet - cases[i].max_packet / 60);
		ck_assert_msg(p.packets <= cases[i].packets, "case %zu: %u", i, p.packets);
		ck_assert_str_eq(s.asset.code, "EUR");
		ck_assert_uint_eq(p.taken | p.arrived, 0);
	}
}
END_TEST

/* The receiver's F99, F04 and F05 are one. */
START_TEST(probe_refusals)
{
	static const char *const codes[] = {"F99", "F04", "F05"};

	for (size_t i = 0; i < 3; i++) {
		struct path p = path_plain(1, 2);
		struct stream_sender s;

		p.refusal = codes[i];
		path_probe(&s, &p, 1000);
		OUTCOME_IS(s, STREAM_COMPLETED);
		ck_assert_uint_eq(pay_bounds_destination(&s.bounds, 1000).low, 500);
	}
}
END_TEST

START_TEST(probe_asset)
{
	struct path p = path_plain(1, 1);
	struct stream_sender s;

	p.only_send_only = true;
	path_probe(&s, &p, 1000);
	OUTCOME_IS(s, STREAM_COMPLETED);
	ck_assert_str_eq(s.asset.code, "EUR");
	p = path_plain(1, 1);
	p.tells_asset = false;
	path_probe(&s, &p, 1000);
	OUTCOME_IS(s, STREAM_UNKNOWN_DESTINATION_ASSET);
}
END_TEST

START_TEST(probe_failures)
{
	struct path p;
	struct stream_sender s;

	p = path_plain(1, 1);
	p.undecryptable = true;
	path_probe(&s, &p, 1000);
	OUTCOME_IS(s, STREAM_ESTABLISHMENT_FAILED);
	ck_assert_int_ge(p.now_ms, 1000000 + STREAM_PROGRESS_MS);

	p = path_plain(1, 1);
	p.lost_percent = 100;
	path_probe(&s, &p, 1000);
	OUTCOME_IS(s, STREAM_ESTABLISHMENT_FAILED);

	p = path_plain(1, 1);
	p.tired_percent = 100;
	p.tired_code = "F02";
	path_probe(&s, &p, 1000);
	OUTCOME_IS(s, STREAM_CONNECTOR_ERROR);

	/* nothing arrives of an amount that is too small */
	p = path_plain(1, 5000);
	path_probe(&s, &p, 1000);
	OUTCOME_IS(s, STREAM_INSUFFICIENT_EXCHANGE_RATE);

	/* a hop whose limit is nothing */
	p = path_plain(1, 1);
	p.max_packet = 1;
	p.f08_data = true;
	p.num = 1;
	p.den = 2;
	path_probe(&s, &p, 0);
	ck_assert_int_ne(s.outcome, STREAM_COMPLETED);
}
END_TEST

START_TEST(probe_in_bad_weather)
{
	for (uint64_t seed = 1; seed <= 200; seed++) {
		struct path p = path_plain(90545, 100000);
		struct stream_sender s;

		p.seed = seed;
		p.max_packet = 1000 + seed * 977;
		p.f08_data = seed % 2;
		p.lost_percent = (unsigned)(seed % 7);
		p.tired_percent = (unsigned)(seed % 30);
		p.tired_code = seed % 3 ? "T00" : "T05";
		path_probe(&s, &p, 0);
		ck_assert_msg(s.outcome == STREAM_COMPLETED, "seed %llu: %s, %u packets, %lld ms",
		        (unsigned long long)seed, stream_outcome_name(s.outcome), p.packets,
		        (long long)p.now_ms - 1000000);
		ck_assert_uint_le(stream_sender_max_packet(&s), p.max_packet);
	}
}
END_TEST

START_TEST(probe_of_little_liquidity)
{
	struct path p = path_plain(1, 1);
	struct stream_sender s;

	p.liquidity = 50000;
	path_probe(&s, &p, 0);
	OUTCOME_IS(s, STREAM_COMPLETED);
	ck_assert_uint_le(stream_sender_max_packet(&s), 50000);
	ck_assert_uint_ge(stream_sender_max_packet(&s), 1000);
}
END_TEST

/* ---- paying ---- */

static void check_totals(const struct stream_sender *s, const struct path *p, uint64_t before)
{
	ck_assert_uint_eq(s->sent, p->taken);
	ck_assert_uint_eq(s->delivered, p->arrived - before);
	ck_assert_uint_le(s->sent, s->limits.max_source);
	ck_assert_uint_eq(s->in_flight, 0);
}

START_TEST(pays_one_to_one)
{
	static const uint64_t amounts[] = {1, 2, 999, 1000, 1001, 1000007};

	for (size_t i = 0; i < sizeof(amounts) / sizeof(amounts[0]); i++) {
		for (uint64_t max = 0; max <= 1000; max += 1000) {
			struct path p = path_plain(1, 1);
			struct stream_sender probed, s;
			struct quote_path path;
			struct quote q;

			p.max_packet = max;
			path_probe(&probed, &p, amounts[i]);
			OUTCOME_IS(probed, STREAM_COMPLETED);
			path = quote_path_of(&probed, 0);
			ck_assert_int_eq(quote_by_debit(&no_fee, &path, amounts[i], &q), RESULT_OK);
			ck_assert_uint_eq(q.receive, amounts[i]);
			path_pay(&s, &p, &probed, &q, STREAM_RUN_FIXED_SEND);
			OUTCOME_IS(s, STREAM_COMPLETED);
			ck_assert_uint_eq(s.sent, amounts[i]);
			ck_assert_uint_eq(p.arrived, amounts[i]);
			check_totals(&s, &p, 0);
			p.taken = p.arrived = 0;
			ck_assert_int_eq(
			        quote_by_receive(&no_fee, &path, amounts[i], &q), RESULT_OK);
			path_pay(&s, &p, &probed, &q, STREAM_RUN_FIXED_DELIVERY);
			OUTCOME_IS(s, STREAM_COMPLETED);
			ck_assert_uint_eq(s.sent, amounts[i]);
			ck_assert_uint_eq(p.arrived, amounts[i]);
		}
	}
}
END_TEST

START_TEST(pays_the_demo)
{
	struct path p = path_plain(90545, 100000);
	struct stream_sender probed, s;
	struct quote_path path;
	struct quote q;

	path_probe(&probed, &p, 1000);
	path = quote_path_of(&probed, 100);
	ck_assert_int_eq(quote_by_debit(&no_fee, &path, 1000, &q), RESULT_OK);
	path_pay(&s, &p, &probed, &q, STREAM_RUN_FIXED_SEND);
	OUTCOME_IS(s, STREAM_COMPLETED);
	ck_assert_uint_eq(s.sent, 1000);
	ck_assert_uint_eq(s.delivered, 905);
	ck_assert_uint_eq(s.packets_fulfilled, 1);
	ck_assert(s.close_sent);
}
END_TEST

START_TEST(many_in_flight)
{
	struct path p = path_plain(1, 1);
	struct stream_sender probed, s;
	struct quote_path path;
	struct quote q;

	p.max_packet = 1000;
	path_probe(&probed, &p, 0);
	path = quote_path_of(&probed, 100);
	ck_assert_int_eq(quote_by_debit(&no_fee, &path, 5000000, &q), RESULT_OK);
	p.round_trip_ms = 100;
	p.now_ms = 0;
	path_pay(&s, &p, &probed, &q, STREAM_RUN_FIXED_SEND);
	OUTCOME_IS(s, STREAM_COMPLETED);
	ck_assert_uint_eq(p.arrived, 5000000);
	ck_assert_uint_eq(p.most_in_flight, STREAM_WINDOW_MAX);
	/* 5,000 packets of a window that grows from 32 to 768: some 12 round trips of 150 ms */
	ck_assert_int_lt(p.now_ms, 3000);
}
END_TEST

/* Packets that get lost here and there are no reason to be slow; where many do, they are. */
START_TEST(a_few_are_lost)
{
	static const struct {
		unsigned lost_percent;
		const char *code;
		int64_t at_least_ms, at_most_ms;
	} cases[] = {
	        {1, "T00", 0, 4000}, {5, "T01", 0, 4000}, {40, "T00", 6000, 20000},
	        {5, "T03", 4600, 60000}, /* it says itself that it is busy */
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct path p = path_plain(1, 1);
		struct stream_sender probed, s;
		struct quote_path path;
		struct quote q;

		p.max_packet = 1000;
		path_probe(&probed, &p, 0);
		path = quote_path_of(&probed, 100);
		ck_assert_int_eq(quote_by_debit(&no_fee, &path, 10000000, &q), RESULT_OK);
		p.round_trip_ms = 100;
		p.now_ms = 0;
		p.tired_percent = cases[i].lost_percent;
		p.tired_code = cases[i].code;
		path_pay(&s, &p, &probed, &q, STREAM_RUN_FIXED_SEND);
		OUTCOME_IS(s, STREAM_COMPLETED);
		ck_assert_uint_eq(p.arrived, 10000000);
		ck_assert_msg(p.now_ms >= cases[i].at_least_ms && p.now_ms <= cases[i].at_most_ms,
		        "%u %% %s: %lld ms", cases[i].lost_percent, cases[i].code,
		        (long long)p.now_ms);
	}
}
END_TEST

/* Nothing known beforehand: the payment itself finds the packet size and the rate. */
START_TEST(pays_without_a_probe)
{
	for (int data = 0; data < 2; data++) {
		struct path p = path_plain(90545, 100000);
		struct stream_sender s;
		struct stream_sender_options options = {.run = STREAM_RUN_FIXED_SEND};

		ck_assert_int_eq(ratio_make(90, 100, &options.min_rate), RESULT_OK);
		pay_fixed_send(&options.min_rate, 100000, &options.limits);
		p.max_packet = 1234;
		p.f08_data = data;
		stream_sender_init(&s, &options);
		path_run(&s, &p);
		OUTCOME_IS(s, STREAM_COMPLETED);
		ck_assert_uint_eq(s.sent, 100000);
		check_totals(&s, &p, 0);
	}
}
END_TEST

START_TEST(little_liquidity)
{
	for (uint64_t liquidity = 10; liquidity <= 100000; liquidity *= 10) {
		struct path p = path_plain(1, 1);
		struct stream_sender s;
		struct stream_sender_options options = {.run = STREAM_RUN_FIXED_SEND};

		pay_bounds_init(&options.bounds);
		pay_bounds_add(&options.bounds, 1000, 1000);
		ck_assert_int_eq(ratio_make(99, 100, &options.min_rate), RESULT_OK);
		pay_fixed_send(&options.min_rate, 5000, &options.limits);
		p.liquidity = liquidity;
		stream_sender_init(&s, &options);
		path_run(&s, &p);
		OUTCOME_IS(s, STREAM_COMPLETED);
		check_totals(&s, &p, 0);
		ck_assert_uint_eq(p.arrived, 5000);
	}
}
END_TEST

/* ---- endings ---- */

struct ending {
	const char *name;
	void (*spoil)(struct path *p);
	enum stream_outcome expected;
};

static void spoil_nothing(struct path *p)
{
	(void)p;
}

static void spoil_rate(struct path *p)
{
	p->num = 98;
	p->den = 100;
}

static void spoil_close(struct path *p)
{
	p->closes_after = 3;
}

static void spoil_liar(struct path *p)
{
	p->lies = 1;
}

static void spoil_replies(struct path *p)
{
	p->undecryptable = true;
}

static void spoil_receive_max(struct path *p)
{
	p->receive_max = 100;
}

static void spoil_liquidity(struct path *p)
{
	p->tired_percent = 100;
	p->tired_code = "T04";
}

static void spoil_overload(struct path *p)
{
	p->tired_percent = 100;
	p->tired_code = "T03";
}

/* Some packets are lost, and the rest finds no money. */
static void spoil_some_overload(struct path *p)
{
	spoil_liquidity(p);
	p->lost_percent = 50;
}

static void spoil_timeout(struct path *p)
{
	p->tired_percent = 100;
	p->tired_code = "R00";
}

static void spoil_unknown_code(struct path *p)
{
	p->tired_percent = 100;
	p->tired_code = "X77";
}

static void spoil_unfulfilled_f05(struct path *p)
{
	p->tired_percent = 100;
	p->tired_code = "F05";
}

static void spoil_everything_lost(struct path *p)
{
	p->lost_percent = 100;
}

static void spoil_largest(struct path *p)
{
	p->max_packet = 1;
	p->den = 2;
	p->num = 1;
}

static const struct ending endings[] = {
        {"none", spoil_nothing, STREAM_COMPLETED},
        {"rate", spoil_rate, STREAM_INSUFFICIENT_EXCHANGE_RATE},
        {"close", spoil_close, STREAM_CLOSED_BY_RECEIVER},
        {"liar", spoil_liar, STREAM_RECEIVER_PROTOCOL_VIOLATION},
        {"replies", spoil_replies, STREAM_RECEIVER_PROTOCOL_VIOLATION},
        {"receive max", spoil_receive_max, STREAM_INCOMPATIBLE_RECEIVE_MAX},
        {"liquidity", spoil_liquidity, STREAM_IDLE_TIMEOUT},
        {"timeout", spoil_timeout, STREAM_CONNECTOR_ERROR},
        {"unknown code", spoil_unknown_code, STREAM_CONNECTOR_ERROR},
        {"bad fulfillment", spoil_unfulfilled_f05, STREAM_CONNECTOR_ERROR},
        {"all lost", spoil_everything_lost, STREAM_IDLE_TIMEOUT},
        {"dwindling packets", spoil_largest, STREAM_INSUFFICIENT_EXCHANGE_RATE},
};

START_TEST(endings_of_payments)
{
	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
		struct path p = path_plain(1, 1);
		struct stream_sender probed, s;
		struct quote_path path;
		struct quote q;

		p.max_packet = 1000;
		path_probe(&probed, &p, 0);
		path = quote_path_of(&probed, 100);
		ck_assert_int_eq(quote_by_debit(&no_fee, &path, 50000, &q), RESULT_OK);
		endings[i].spoil(&p);
		path_pay(&s, &p, &probed, &q, STREAM_RUN_FIXED_SEND);
		ck_assert_msg(s.outcome == endings[i].expected, "%s: %s", endings[i].name,
		        stream_outcome_name(s.outcome));
		ck_assert_uint_eq(s.sent, p.taken);
		ck_assert_uint_eq(s.in_flight, 0);
	}
}
END_TEST

/* How long a payment that gets nowhere goes on. */
START_TEST(patience_of_payments)
{
	static const struct {
		void (*spoil)(struct path *p);
		int64_t at_least_ms, at_most_ms;
	} rows[] = {
	        {spoil_liquidity, STREAM_DRY_MS, 2 * STREAM_DRY_MS},
	        {spoil_overload, STREAM_PROGRESS_MS, 2 * STREAM_PROGRESS_MS},
	        /* the time until a packet counts as lost is not held against it */
	        {spoil_some_overload, STREAM_PROGRESS_MS, 4 * STREAM_PACKET_LIFE_MS},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct path p = path_plain(1, 1);
		struct stream_sender probed, s;
		struct quote_path path;
		struct quote q;
		int64_t begun_ms;

		p.max_packet = 1000;
		path_probe(&probed, &p, 0);
		path = quote_path_of(&probed, 100);
		ck_assert_int_eq(quote_by_debit(&no_fee, &path, 50000, &q), RESULT_OK);
		rows[i].spoil(&p);
		begun_ms = p.now_ms;
		path_pay(&s, &p, &probed, &q, STREAM_RUN_FIXED_SEND);
		OUTCOME_IS(s, STREAM_IDLE_TIMEOUT);
		ck_assert_uint_eq(s.sent, 0);
		ck_assert_int_ge(p.now_ms - begun_ms, rows[i].at_least_ms);
		ck_assert_int_le(p.now_ms - begun_ms, rows[i].at_most_ms);
	}
}
END_TEST

START_TEST(asset_conflict)
{
	struct stream_sender s;
	struct stream_sender_options options = {.run = STREAM_RUN_PROBE, .probe_max = 10};
	struct stream_send packet;
	int64_t wait;
	struct stream_reply reply = {.asset = {true, "EUR", 2}};
	struct stream_reject reject = {.code = "F99", .reply = &reply};

	stream_sender_init(&s, &options);
	for (int i = 0; i < 2; i++) {
		ck_assert_int_eq(stream_sender_next(&s, 5, &packet, &wait), STREAM_STEP_SEND);
		stream_sender_rejected(&s, &packet, 5, &reject);
		ck_assert_int_eq(s.outcome, i ? STREAM_DESTINATION_ASSET_CONFLICT : STREAM_RUNNING);
		reply.asset.scale = 3;
	}
}
END_TEST

START_TEST(sequence_limit)
{
	struct path p = path_plain(1, 1);
	struct stream_sender s;
	struct stream_sender_options options = {
	        .run = STREAM_RUN_FIXED_SEND, .first_sequence = STREAM_SEQUENCE_MAX - 2};

	pay_bounds_init(&options.bounds);
	pay_bounds_add(&options.bounds, 1000, 1000);
	ck_assert_int_eq(ratio_make(1, 1, &options.min_rate), RESULT_OK);
	pay_fixed_send(&options.min_rate, 10000, &options.limits);
	options.max_packet = 1000;
	stream_sender_init(&s, &options);
	path_run(&s, &p);
	OUTCOME_IS(s, STREAM_MAX_SAFE_ENCRYPTION_LIMIT);
	ck_assert_uint_eq(s.sent, 3000);
}
END_TEST

START_TEST(cancelled)
{
	struct stream_sender s;
	struct stream_sender_options options = {.run = STREAM_RUN_FIXED_SEND, .max_packet = 10};
	struct stream_send a, b;
	int64_t wait;
	struct stream_reply reply = {.received = 10};

	pay_bounds_init(&options.bounds);
	pay_bounds_add(&options.bounds, 10, 10);
	ck_assert_int_eq(ratio_make(1, 1, &options.min_rate), RESULT_OK);
	pay_fixed_send(&options.min_rate, 100, &options.limits);
	stream_sender_init(&s, &options);
	ck_assert_int_eq(stream_sender_next(&s, 1, &a, &wait), STREAM_STEP_BUDGET);
	stream_sender_set_budget(&s, 15);
	ck_assert_int_eq(stream_sender_next(&s, 1, &a, &wait), STREAM_STEP_SEND);
	ck_assert(a.frames & STREAM_PACKET_SETUP);
	ck_assert_int_eq(stream_sender_next(&s, 1, &b, &wait), STREAM_STEP_BUDGET);
	stream_sender_cancel(&s, STREAM_CANCELLED);
	/* what is in flight still counts */
	ck_assert_int_eq(stream_sender_next(&s, 1, &b, &wait), STREAM_STEP_WAIT);
	ck_assert_int_eq(wait, INT64_MAX);
	stream_sender_fulfilled(&s, &a, 2, &reply);
	ck_assert_uint_eq(s.sent, 10);
	ck_assert_int_eq(stream_sender_next(&s, 2, &b, &wait), STREAM_STEP_SEND);
	ck_assert_uint_eq(b.frames, STREAM_PACKET_CLOSE);
	ck_assert_int_eq(stream_sender_next(&s, 2, &b, &wait), STREAM_STEP_DONE);
	OUTCOME_IS(s, STREAM_CANCELLED);
}
END_TEST

START_TEST(names)
{
	for (int o = 0; o < STREAM_OUTCOME_COUNT; o++)
		ck_assert_uint_gt(strlen(stream_outcome_name((enum stream_outcome)o)), 3);
	ck_assert(stream_outcome_is_retryable(STREAM_IDLE_TIMEOUT));
	ck_assert(!stream_outcome_is_retryable(STREAM_COMPLETED));
}
END_TEST

/* ---- any path ---- */

/* Where liquidity runs short packets are smaller than those that were quoted for, and each is
 * rounded down: then even the last source unit may not do. */
static bool may_fall_short(const struct path *p, const struct stream_sender *s)
{
	return p->tired_percent && strcmp(p->tired_code, "T04") == 0 &&
	       s->outcome == STREAM_INSUFFICIENT_EXCHANGE_RATE;
}

/* A path that keeps its rate: the probe succeeds or says why not, every quote that is given
 * executes, and all totals agree to the unit, whatever is lost, refused or short on the way. */
START_TEST(any_path)
{
	uint64_t seed = 20260;
	int sends = 0, deliveries = 0;

	for (int i = 0; i < 1200; i++) {
		struct path p =
		        path_plain(1 + path_random(&seed) % 3000, 1 + path_random(&seed) % 3000);
		uint64_t amount = 1 + path_random(&seed) % (i % 4 ? 200000 : 50);
		struct stream_sender probed, s;
		struct quote_path path;
		struct quote q;

		p.seed = seed;
		p.max_packet = i % 3 ? 1 + path_random(&seed) % (i % 2 ? 100 : 50000) : 0;
		if (p.max_packet && amount / p.max_packet > 300)
			amount = p.max_packet * 300;
		p.f08_data = i % 5 != 0;
		p.lost_percent = i % 7 == 0 ? 3 : 0;
		p.tired_percent = i % 11 == 0 ? 20 : 0;
		p.tired_code = i % 2 ? "T00" : "T04";
		p.refusal = i % 3 == 0 ? "F04" : "F99";
		path_probe(&probed, &p, i % 2 ? amount : 0);
		if (probed.outcome != STREAM_COMPLETED)
			continue;
		path = quote_path_of(&probed, (unsigned)(path_random(&seed) % 200));
		if (quote_by_debit(&no_fee, &path, amount, &q) == RESULT_OK) {
			p.taken = p.arrived = 0;
			path_pay(&s, &p, &probed, &q, STREAM_RUN_FIXED_SEND);
			ck_assert_msg(s.outcome == STREAM_COMPLETED || may_fall_short(&p, &s),
			        "%d: %s rate %llu/%llu max %llu amount %llu sent %llu min %llu", i,
			        stream_outcome_name(s.outcome), (unsigned long long)p.num,
			        (unsigned long long)p.den, (unsigned long long)p.max_packet,
			        (unsigned long long)amount, (unsigned long long)s.sent,
			        (unsigned long long)q.limits.min_delivery);
			check_totals(&s, &p, 0);
			if (s.outcome == STREAM_COMPLETED)
				ck_assert_uint_ge(p.arrived, q.limits.min_delivery);
			sends += s.outcome == STREAM_COMPLETED;
		}
		if (p.num * 1000 < p.den || amount * p.den / p.num > 100000000)
			continue;
		if (p.max_packet && amount * p.den / p.num / p.max_packet > 300)
			continue;
		if (quote_by_receive(&no_fee, &path, amount, &q) == RESULT_OK) {
			p.taken = p.arrived = 0;
			path_pay(&s, &p, &probed, &q, STREAM_RUN_FIXED_DELIVERY);
			ck_assert_msg(s.outcome == STREAM_COMPLETED || may_fall_short(&p, &s),
			        "%d: %s rate %llu/%llu max %llu deliver %llu arrived %llu of %llu",
			        i, stream_outcome_name(s.outcome), (unsigned long long)p.num,
			        (unsigned long long)p.den, (unsigned long long)p.max_packet,
			        (unsigned long long)amount, (unsigned long long)p.arrived,
			        (unsigned long long)q.limits.max_source);
			check_totals(&s, &p, 0);
			if (s.outcome == STREAM_COMPLETED)
				ck_assert_uint_ge(p.arrived, amount);
			deliveries += s.outcome == STREAM_COMPLETED;
		}
	}
	ck_assert_int_gt(sends, 700);
	ck_assert_int_gt(deliveries, 400);
}
END_TEST

/* ---- what is asked of a path beyond its rate ---- */

/* The quote that is made of a probe with that goal; the payer's fee is left out. */
static enum result quote_after(const struct stream_sender *probed, unsigned slippage_bps,
        const struct stream_goal *asked, struct quote_path *path, struct quote *q)
{
	*path = quote_path_of(probed, slippage_bps);
	if (asked->kind == STREAM_GOAL_SEND && probed->goal.source)
		quote_path_know(path, probed->goal.source, probed->goal.destination);
	if (asked->kind == STREAM_GOAL_DELIVER && probed->goal.source)
		quote_path_know(path, probed->goal.source, asked->amount);
	return asked->kind == STREAM_GOAL_SEND ? quote_by_debit(&no_fee, path, asked->amount, q)
	                                       : quote_by_receive(&no_fee, path, asked->amount, q);
}

/* Small amounts over two nodes that both round: every quote executes, and one that is refused
 * names the least that is not. */
START_TEST(two_roundings)
{
	uint64_t seed = 414;
	int sent = 0, refused = 0, delivered = 0;

	for (int i = 0; i < 3000; i++) {
		struct path p =
		        path_plain(1 + path_random(&seed) % 300, 1 + path_random(&seed) % 3000);
		struct stream_goal goal = {.kind = i % 2 ? STREAM_GOAL_SEND : STREAM_GOAL_DELIVER,
		        .amount = 1 + path_random(&seed) % (i % 3 ? 20 : 2000)};
		struct stream_sender probed, s;
		struct quote_path path;
		struct quote q;
		enum result r;

		p.then_num = 1 + path_random(&seed) % 3000;
		p.then_den = 1 + path_random(&seed) % 300;
		p.seed = seed;
		path_probe_for(&probed, &p, &goal);
		OUTCOME_IS(probed, STREAM_COMPLETED);
		r = quote_after(&probed, i % 5 ? 100 : 0, &goal, &path, &q);
		if (r && goal.kind == STREAM_GOAL_SEND) {
			ck_assert_uint_eq(path_brings(&p, goal.amount), 0);
			ck_assert_uint_gt(probed.goal.least, goal.amount);
			ck_assert_uint_ge(path_brings(&p, probed.goal.least), 1);
			ck_assert_uint_eq(path_brings(&p, probed.goal.least - 1), 0);
			refused++;
			continue;
		}
		ck_assert_int_eq(r, RESULT_OK);
		p.taken = p.arrived = 0;
		probed.bounds = path.bounds;
		path_pay(&s, &p, &probed, &q,
		        goal.kind == STREAM_GOAL_SEND ? STREAM_RUN_FIXED_SEND
		                                      : STREAM_RUN_FIXED_DELIVERY);
		ck_assert_msg(s.outcome == STREAM_COMPLETED,
		        "%d: %s %llu/%llu then %llu/%llu amount %llu sent %llu arrived %llu", i,
		        stream_outcome_name(s.outcome), (unsigned long long)p.num,
		        (unsigned long long)p.den, (unsigned long long)p.then_num,
		        (unsigned long long)p.then_den, (unsigned long long)goal.amount,
		        (unsigned long long)s.sent, (unsigned long long)p.arrived);
		check_totals(&s, &p, 0);
		ck_assert_uint_ge(p.arrived, q.limits.min_delivery);
		ck_assert_uint_eq(s.packets_fulfilled, 1);
		if (goal.kind == STREAM_GOAL_SEND) {
			ck_assert_uint_eq(s.sent, goal.amount);
			ck_assert_uint_eq(q.receive, path_brings(&p, goal.amount));
			sent++;
		} else {
			ck_assert_uint_ge(p.arrived, goal.amount);
			delivered++;
		}
	}
	ck_assert_int_gt(sent, 500);
	ck_assert_int_gt(refused, 300);
	ck_assert_int_gt(delivered, 1000);
}
END_TEST

/* Bad weather and small packets: the goal is given up, never the probe. */
START_TEST(goal_given_up)
{
	uint64_t seed = 99;

	for (int i = 0; i < 300; i++) {
		struct path p = path_plain(90545, 100000);
		struct stream_goal goal = {.kind = 1 + i % 3, .amount = 100000};
		struct stream_sender s;

		p.seed = seed + (uint64_t)i;
		p.max_packet = i % 2 ? 5000 : 0;
		p.lost_percent = i % 5 == 0 ? 20 : 0;
		p.tired_percent = i % 7 == 0 ? 30 : 0;
		p.tired_code = "T00";
		path_probe_for(&s, &p, &goal);
		if (p.lost_percent || p.tired_percent)
			continue;
		OUTCOME_IS(s, STREAM_COMPLETED);
		if (goal.kind == STREAM_GOAL_LEAST)
			ck_assert_uint_eq(s.goal.least, 2);
		else if (p.max_packet)
			ck_assert_uint_eq(s.goal.source, 0);
		else
			ck_assert_uint_ge(s.goal.source, 100000);
	}
}
END_TEST

/* A note follows what is complete, once; where it gets lost, at most STREAM_NOTE_TRIES times. */
START_TEST(note_after_the_money)
{
	for (unsigned lost = 0; lost <= 60; lost += 20) {
		struct stream_sender_options o = {.run = STREAM_RUN_FIXED_SEND,
		        .limits = {.max_source = 5000, .min_delivery = 5000},
		        .max_packet = 1000,
		        .note = true};

		ck_assert_int_eq(ratio_make(1, 1, &o.min_rate), RESULT_OK);
		for (uint64_t seed = 1; seed < 20; seed++) {
			struct path p = path_plain(1, 1);
			struct stream_sender s;

			p.lost_percent = lost;
			p.seed = seed;
			pay_bounds_init(&o.bounds);
			stream_sender_init(&s, &o);
			path_run(&s, &p);
			if (s.outcome != STREAM_COMPLETED) {
				ck_assert_uint_gt(lost, 0);
				ck_assert_int_eq(s.after.note.state, STREAM_NOTE_TO_SEND);
				ck_assert_uint_eq(p.notes, 0);
				continue;
			}
			ck_assert_uint_eq(s.sent, 5000);
			ck_assert_uint_ge(p.notes, 1);
			ck_assert_uint_le(p.notes, lost ? STREAM_NOTE_TRIES : 1);
			ck_assert(s.after.note.state == STREAM_NOTE_ARRIVED ||
			          (s.after.note.state == STREAM_NOTE_GIVEN_UP &&
			                  p.notes == STREAM_NOTE_TRIES));
			ck_assert(lost || s.after.note.state == STREAM_NOTE_ARRIVED);
		}
	}
}
END_TEST

/* A note counts as delivered where the reply to it is the receiver's and does not refuse it. Its
 * packet lives shorter than the payment's lease, however long the others do. */
START_TEST(note_refused)
{
	static const struct {
		bool authentic, refused;
		enum stream_note_state after;
	} rows[] = {
	        {true, false, STREAM_NOTE_ARRIVED},
	        {true, true, STREAM_NOTE_GIVEN_UP},
	        {false, false, STREAM_NOTE_GIVEN_UP},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct stream_sender_options o = {.run = STREAM_RUN_FIXED_SEND,
		        .limits = {.max_source = 10, .min_delivery = 10},
		        .packet_life_ms = 60000,
		        .note = true};
		struct stream_reply paid = {.received = 10},
		                    reply = {.after_refused = rows[i].refused};
		struct stream_send packet;
		struct stream_sender s;
		int64_t wait;

		ck_assert_int_eq(ratio_make(1, 1, &o.min_rate), RESULT_OK);
		pay_bounds_init(&o.bounds);
		stream_sender_init(&s, &o);
		stream_sender_set_budget(&s, 10);
		ck_assert_int_eq(stream_sender_next(&s, 0, &packet, &wait), STREAM_STEP_SEND);
		stream_sender_fulfilled(&s, &packet, 1, &paid);
		ck_assert_int_eq(stream_sender_next(&s, 2, &packet, &wait), STREAM_STEP_SEND);
		ck_assert_uint_eq(packet.frames & STREAM_PACKET_NOTE, STREAM_PACKET_NOTE);
		ck_assert_int_eq(packet.life_ms, STREAM_NOTE_LIFE_MS);
		stream_sender_fulfilled(&s, &packet, 4, rows[i].authentic ? &reply : NULL);
		ck_assert_int_eq(s.after.note.state, rows[i].after);
	}
}
END_TEST

START_TEST(notes)
{
	struct stream_note n = {.state = STREAM_NOTE_TO_SEND};

	ck_assert(stream_note_take(&n, 0) && !stream_note_take(&n, 0));
	ck_assert(stream_note_is_open(&n));
	stream_note_back(&n, 1000, true);
	ck_assert(!stream_note_take(&n, 1000 + STREAM_NOTE_PAUSE_MS - 1));
	ck_assert(stream_note_take(&n, 1000 + STREAM_NOTE_PAUSE_MS));
	stream_note_back(&n, 2000, true);
	ck_assert(!stream_note_take(&n, 2000 + 2 * STREAM_NOTE_PAUSE_MS - 1));
	ck_assert(stream_note_take(&n, 2000 + 2 * STREAM_NOTE_PAUSE_MS));
	stream_note_back(&n, 3000, true);
	ck_assert_int_eq(n.state, STREAM_NOTE_GIVEN_UP);
	ck_assert(!stream_note_is_open(&n));
	n = (struct stream_note){.state = STREAM_NOTE_TO_SEND};
	ck_assert(stream_note_take(&n, 0));
	stream_note_back(&n, 0, false);
	ck_assert_int_eq(n.state, STREAM_NOTE_GIVEN_UP);
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_test(t, note_after_the_money);
	tcase_add_test(t, note_refused);
	tcase_add_test(t, notes);
	tcase_add_test(t, probes);
	tcase_add_test(t, probe_refusals);
	tcase_add_test(t, probe_asset);
	tcase_add_test(t, probe_failures);
	tcase_add_test(t, probe_in_bad_weather);
	tcase_add_test(t, probe_of_little_liquidity);
	tcase_add_test(t, pays_one_to_one);
	tcase_add_test(t, pays_the_demo);
	tcase_add_test(t, many_in_flight);
	tcase_add_test(t, a_few_are_lost);
	tcase_add_test(t, pays_without_a_probe);
	tcase_add_test(t, little_liquidity);
	tcase_add_test(t, endings_of_payments);
	tcase_add_test(t, patience_of_payments);
	tcase_add_test(t, asset_conflict);
	tcase_add_test(t, sequence_limit);
	tcase_add_test(t, cancelled);
	tcase_add_test(t, names);
	tcase_add_test(t, any_path);
	tcase_add_test(t, two_roundings);
	tcase_add_test(t, goal_given_up);
}

TEST_MAIN("stream_sender", fill)
