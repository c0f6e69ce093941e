#include "ilp/path.h"

#include <check.h>
#include <string.h>

#define IN_FLIGHT_MAX 1024
#define TURNS_MAX     2000000

/* Check writes down each assertion that it passes. */
#define MUST(x)                                                                                    \
	do {                                                                                       \
		if (!(x))                                                                          \
			ck_abort_msg("%s", #x);                                                    \
	} while (0)

__extension__ typedef unsigned __int128 u128;

struct flying {
	struct stream_send packet;
	int64_t at_ms;
	unsigned order; /* of those that end at one time */
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

/* Those under way, by their end: a heap. */
static struct flying flying[IN_FLIGHT_MAX];
static size_t flying_n;

static bool is_before(const struct flying *a, const struct flying *b)
{
	return a->at_ms != b->at_ms ? a->at_ms < b->at_ms : a->order < b->order;
}

static void swap(size_t i, size_t k)
{
	struct flying f = flying[i];

	flying[i] = flying[k];
	flying[k] = f;
}

/* The last one has been put there. */
static void sift_up(void)
{
	for (size_t i = flying_n - 1; i && is_before(&flying[i], &flying[(i - 1) / 2]);
	        i = (i - 1) / 2)
		swap(i, (i - 1) / 2);
}

static void take_first(struct flying *out)
{
	size_t i = 0, k;

	*out = flying[0];
	flying[0] = flying[--flying_n];
	while ((k = 2 * i + 1) < flying_n) {
		if (k + 1 < flying_n && is_before(&flying[k + 1], &flying[k]))
			k++;
		if (!is_before(&flying[k], &flying[i]))
			return;
		swap(i, k);
		i = k;
	}
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

/* A connector that lets so many packets a second through, and half a second's at once. */
static bool is_too_fast(struct path *p)
{
	if (!p->per_s)
		return false;
	p->bucket += (uint64_t)(p->now_ms - p->bucket_ms) * p->per_s;
	p->bucket_ms = p->now_ms;
	if (p->bucket > (uint64_t)p->per_s * 500)
		p->bucket = (uint64_t)p->per_s * 500;
	if (p->bucket < 1000)
		return true;
	p->bucket -= 1000;
	return false;
}

static void forward(struct path *p, struct flying *f)
{
	const struct stream_send *k = &f->packet;
	uint64_t arriving = path_brings(p, k->amount);

	memset(&f->reply, 0, sizeof(f->reply));
	f->code[0] = '\0';
	f->lost = f->has_maximum = f->has_reply = false;
	f->order = p->packets;
	f->at_ms = p->now_ms + p->round_trip_ms;
	if (p->round_trip_ms && !p->steady)
		f->at_ms += (int64_t)(path_random(&p->seed) % (uint64_t)p->round_trip_ms);
	if (happens(p, p->lost_percent)) {
		f->lost = true;
		f->at_ms = p->now_ms + k->life_ms;
	} else if (p->max_packet && k->amount > p->max_packet) {
		set_code(f, "F08");
		f->has_maximum = p->f08_data;
		f->received = k->amount;
		f->maximum = p->max_packet;
	} else if (p->at_once && p->packets_on_path > p->at_once) {
		set_code(f, "T03");
	} else if (is_too_fast(p)) {
		set_code(f, "T05");
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
	p->packets_on_path--;
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
		MUST(k->sequence == *last);
	*last = k->sequence + 1;
	if (k->frames & STREAM_PACKET_CLOSE) {
		MUST(!k->fulfillable && k->amount == 0);
		return;
	}
	if (s->run == STREAM_RUN_PROBE) {
		MUST(!k->fulfillable && k->minimum == 0);
		return;
	}
	MUST(k->fulfillable);
	if (k->frames & STREAM_PACKET_NOTE) { /* when all the money has arrived */
		MUST(k->amount == 0 && k->minimum == 0 && s->packets_in_flight == 0);
		MUST(s->outcome == STREAM_COMPLETED);
		return;
	}
	MUST(k->frames & STREAM_PACKET_MONEY);
	MUST(k->amount > 0);
	MUST(s->sent + s->in_flight <= budget);
	MUST(s->sent + s->in_flight <= s->limits.max_source);
	MUST(ratio_is_zero(&s->min_rate) || k->minimum > 0);
	MUST(s->packets_in_flight <= s->window.max);
}

/* Runs to the end, in simulated time. */
void path_run(struct stream_sender *s, struct path *p)
{
	uint64_t budget = 0;
	uint32_t last = 0;

	p->on_path = 0;
	p->packets_on_path = 0;
	flying_n = 0;
	for (int turn = 0; turn < TURNS_MAX; turn++) {
		struct stream_send packet;
		int64_t wait_until;
		enum stream_step step = stream_sender_next(s, p->now_ms, &packet, &wait_until);
		struct flying f;

		if (step == STREAM_STEP_DONE) {
			ck_assert(s->outcome != STREAM_RUNNING);
			ck_assert(s->run == STREAM_RUN_PROBE || s->packets_in_flight == 0);
			return;
		}
		if (step == STREAM_STEP_BUDGET) {
			MUST(stream_sender_wants(s) > budget);
			budget = stream_sender_wants(s);
			MUST(budget <= s->limits.max_source);
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
			MUST(flying_n < IN_FLIGHT_MAX);
			p->packets_on_path++;
			flying[flying_n].packet = packet;
			forward(p, &flying[flying_n++]);
			sift_up();
			if (flying_n > p->most_in_flight)
				p->most_in_flight = (unsigned)flying_n;
			continue;
		}
		if (flying_n == 0 || flying[0].at_ms > wait_until) {
			MUST(wait_until > p->now_ms);
			MUST(wait_until < INT64_MAX);
			p->now_ms = wait_until;
			continue;
		}
		take_first(&f);
		if (f.at_ms > p->now_ms)
			p->now_ms = f.at_ms;
		report(s, p, &f);
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
