#include "ilp/path.h"

#include <check.h>
#include <string.h>

#define IN_FLIGHT_MAX 1024
#define TURNS_MAX     2000000

__extension__ typedef unsigned __int128 u128;

struct flying {
	struct stream_send packet;
	int64_t at_ms;
	bool lost;
	char code[4]; /* "" for a Fulfill */
	bool has_maximum, has_reply;
	uint64_t received, maximum;
	struct stream_reply reply;
};

uint64_t path_random(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return *seed >> 20;
}

static bool happens(struct path *p, unsigned percent)
{
	return path_random(&p->seed) % 100 < percent;
}

static void set_code(struct flying *f, const char *code)
{
	memcpy(f->code, code, 4);
}

/* The receiver's side: what STREAM reply a packet gets. */
static void receive(struct path *p, struct flying *f, uint64_t arriving)
{
	const struct stream_send *k = &f->packet;
	unsigned asks = p->only_send_only ? STREAM_PACKET_ASSET_REQUEST_SEND_ONLY
	                                  : STREAM_PACKET_ASSET_REQUEST;

	f->has_reply = !p->undecryptable;
	f->reply.received = arriving;
	if (p->tells_asset && (k->frames & asks))
		f->reply.asset = (struct stream_asset){true, "EUR", 2};
	if (p->receive_max) {
		f->reply.has_receive_max = true;
		f->reply.receive_max = p->receive_max;
		f->reply.total_received = p->arrived;
	}
	if (!k->fulfillable || arriving < k->minimum) {
		set_code(f, p->refusal);
		return;
	}
	if (p->closes_after >= 0 && p->fulfilled >= p->closes_after) {
		set_code(f, "F99");
		f->reply.closed = true;
		return;
	}
	p->fulfilled++;
	p->taken += k->amount;
	p->arrived += arriving;
	if (p->lies)
		f->reply.received = k->minimum - p->lies;
}

uint64_t path_brings(const struct path *p, uint64_t source)
{
	uint64_t arriving = (uint64_t)((u128)source * p->num / p->den);

	return p->then_den ? (uint64_t)((u128)arriving * p->then_num / p->then_den) : arriving;
}

static void forward(struct path *p, struct flying *f)
{
	const struct stream_send *k = &f->packet;
	uint64_t arriving = path_brings(p, k->amount);

	memset(&f->reply, 0, sizeof(f->reply));
	f->code[0] = '\0';
	f->lost = f->has_maximum = f->has_reply = false;
	f->at_ms = p->now_ms + p->round_trip_ms +
	           (p->round_trip_ms ? (int64_t)(path_random(&p->seed) % (uint64_t)p->round_trip_ms)
	                             : 0);
	if (happens(p, p->lost_percent)) {
		f->lost = true;
		f->at_ms = p->now_ms + k->life_ms;
	} else if (p->max_packet && k->amount > p->max_packet) {
		set_code(f, "F08");
		f->has_maximum = p->f08_data;
		f->received = k->amount;
		f->maximum = p->max_packet;
	} else if (p->liquidity && p->on_path > p->liquidity) {
		set_code(f, "T04");
	} else if (happens(p, p->tired_percent)) {
		set_code(f, p->tired_code);
	} else if (k->amount && arriving == 0) {
		set_code(f, "R01");
	} else {
		receive(p, f, arriving);
	}
}

static void report(struct stream_sender *s, struct path *p, struct flying *f)
{
	struct stream_reject reject = {
	        .has_maximum = f->has_maximum,
	        .received = f->received,
	        .maximum = f->maximum,
	        .reply = f->has_reply ? &f->reply : NULL,
	};

	memcpy(reject.code, f->code, sizeof(reject.code));
	p->on_path -= f->packet.amount;
	if (f->lost)
		stream_sender_lost(s, &f->packet, p->now_ms);
	else if (f->code[0])
		stream_sender_rejected(s, &f->packet, p->now_ms, &reject);
	else
		stream_sender_fulfilled(s, &f->packet, p->now_ms, reject.reply);
}

/* Every packet is checked against what must never be. */
static void check_packet(
        const struct stream_sender *s, const struct stream_send *k, uint64_t budget, uint32_t *last)
{
	if (*last)
		ck_assert_uint_eq(k->sequence, *last);
	*last = k->sequence + 1;
	if (k->frames & STREAM_PACKET_CLOSE) {
		ck_assert(!k->fulfillable && k->amount == 0);
		return;
	}
	if (s->run == STREAM_RUN_PROBE) {
		ck_assert(!k->fulfillable && k->minimum == 0);
		return;
	}
	ck_assert(k->fulfillable);
	if (k->frames & STREAM_PACKET_NOTE) { /* when all the money has arrived */
		ck_assert(k->amount == 0 && k->minimum == 0 && s->packets_in_flight == 0);
		ck_assert(s->outcome == STREAM_COMPLETED);
		return;
	}
	ck_assert(k->frames & STREAM_PACKET_MONEY);
	ck_assert_uint_gt(k->amount, 0);
	ck_assert_uint_le(s->sent + s->in_flight, budget);
	ck_assert_uint_le(s->sent + s->in_flight, s->limits.max_source);
	ck_assert(ratio_is_zero(&s->min_rate) || k->minimum > 0);
	ck_assert_uint_le(s->packets_in_flight, s->window_max);
}

/* Runs to the end, in simulated time. */
void path_run(struct stream_sender *s, struct path *p)
{
	static struct flying flying[IN_FLIGHT_MAX];
	size_t n = 0;
	uint64_t budget = 0;
	uint32_t last = 0;

	p->on_path = 0;
	for (int turn = 0; turn < TURNS_MAX; turn++) {
		struct stream_send packet;
		int64_t wait_until;
		enum stream_step step = stream_sender_next(s, p->now_ms, &packet, &wait_until);
		size_t first = 0;

		if (step == STREAM_STEP_DONE) {
			ck_assert(s->outcome != STREAM_RUNNING);
			ck_assert(s->run == STREAM_RUN_PROBE || s->packets_in_flight == 0);
			return;
		}
		if (step == STREAM_STEP_BUDGET) {
			ck_assert_uint_gt(stream_sender_wants(s), budget);
			budget = stream_sender_wants(s);
			ck_assert_uint_le(budget, s->limits.max_source);
			stream_sender_set_budget(s, budget);
			continue;
		}
		if (step == STREAM_STEP_SEND) {
			check_packet(s, &packet, budget, &last);
			p->packets++;
			p->on_path += packet.amount;
			p->notes += (packet.frames & STREAM_PACKET_NOTE) != 0;
			if (packet.frames & STREAM_PACKET_CLOSE)
				continue;
			ck_assert_uint_lt(n, IN_FLIGHT_MAX);
			flying[n].packet = packet;
			forward(p, &flying[n]);
			n++;
			if (n > p->most_in_flight)
				p->most_in_flight = (unsigned)n;
			continue;
		}
		for (size_t i = 1; i < n; i++) {
			if (flying[i].at_ms < flying[first].at_ms)
				first = i;
		}
		if (n == 0 || flying[first].at_ms > wait_until) {
			ck_assert_int_gt(wait_until, p->now_ms);
			ck_assert_int_lt(wait_until, INT64_MAX);
			p->now_ms = wait_until;
			continue;
		}
		if (flying[first].at_ms > p->now_ms)
			p->now_ms = flying[first].at_ms;
		{
			struct flying f = flying[first];

			flying[first] = flying[--n];
			report(s, p, &f);
		}
	}
	ck_abort_msg("no end: sent %llu of %llu, in flight %u", (unsigned long long)s->sent,
	        (unsigned long long)s->limits.max_source, s->packets_in_flight);
}

struct path path_plain(uint64_t num, uint64_t den)
{
	return (struct path){.num = num,
	        .den = den,
	        .f08_data = true,
	        .refusal = "F99",
	        .round_trip_ms = 10,
	        .closes_after = -1,
	        .tells_asset = true,
	        .now_ms = 1000000,
	        .seed = 1};
}

void path_probe(struct stream_sender *s, struct path *p, uint64_t probe_max)
{
	struct stream_sender_options options = {
	        .run = STREAM_RUN_PROBE, .probe_max = probe_max, .asset_wanted = true};

	stream_sender_init(s, &options);
	path_run(s, p);
}

void path_probe_for(struct stream_sender *s, struct path *p, const struct stream_goal *goal)
{
	struct stream_sender_options options = {
	        .run = STREAM_RUN_PROBE, .asset_wanted = true, .goal = *goal};

	stream_sender_init(s, &options);
	path_run(s, p);
}

/* Pays after a probe and a quote, as a payer does. */
void path_pay(struct stream_sender *s, struct path *p, const struct stream_sender *probed,
        const struct quote *q, enum stream_run kind)
{
	struct stream_sender_options options = {.run = kind,
	        .limits = q->limits,
	        .min_rate = q->min_rate,
	        .bounds = probed->bounds,
	        .max_packet = stream_sender_max_packet(probed),
	        .first_sequence = probed->sequence};

	stream_sender_init(s, &options);
	path_run(s, p);
}
