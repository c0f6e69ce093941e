#include "ilp/stream_sender.h"

#include <assert.h>
#include <string.h>

/* A largest packet within this part of the limit is near enough: a search ends. */
#define SEARCH_NEAR 64
/* After a success the search for liquidity goes up by this factor. */
#define LIQUIDITY_STEP 4
/* Flights that vanish one after another before it counts as standing still. */
#define LOST_FLIGHTS_MAX 2
/* A probe that is not answered by then no longer holds up the next one. */
#define PROBE_PATIENCE_MS 2000

static uint64_t min_u64(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static uint64_t add_capped(uint64_t a, uint64_t b)
{
	return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

static uint64_t less(uint64_t a, uint64_t b)
{
	return a > b ? a - b : 0;
}

static void end_run(struct stream_sender *s, enum stream_outcome why)
{
	if (s->outcome == STREAM_RUNNING)
		s->outcome = why;
}

/* ---- packets ---- */

static void make_packet(
        struct stream_sender *s, struct stream_send *packet, uint64_t amount, unsigned frames)
{
	*packet = (struct stream_send){
	        .sequence = s->sequence++,
	        .frames = frames | (s->authentic || s->joins ? 0 : (unsigned)STREAM_PACKET_SETUP),
	        .amount = amount,
	        .life_ms = s->packet_life_ms,
	        .sent_at_ms = s->now_ms,
	};
	s->packets_sent++;
}

static void count_in(struct stream_sender *s, const struct stream_send *packet)
{
	s->packets_in_flight++;
	s->in_flight += packet->amount;
	s->in_flight_minimum += packet->minimum;
	s->in_flight_most = add_capped(s->in_flight_most, packet->most);
}

static void count_out(struct stream_sender *s, const struct stream_send *packet)
{
	assert(s->packets_in_flight > 0);
	s->packets_in_flight--;
	s->in_flight -= packet->amount;
	s->in_flight_minimum -= packet->minimum;
	s->in_flight_most = s->packets_in_flight ? less(s->in_flight_most, packet->most) : 0;
}

/* ---- the probe ---- */

static bool is_probe_done(const struct stream_sender *s)
{
	const struct pay_max_packet *m = &s->largest;

	if (!s->bounds.known || m->verified == 0)
		return false;
	if (m->verified >= s->probe_max)
		return true;
	/* More than this had no liquidity, and nearly as much passes. */
	if (s->liquidity != UINT64_MAX && m->verified >= s->liquidity - s->liquidity / 2)
		return true;
	return m->seen_f08 && m->limit - m->verified <= (m->precise ? 0 : m->limit / SEARCH_NEAR);
}

static enum stream_step send_probe(
        struct stream_sender *s, struct stream_send *packet, uint64_t amount, bool search)
{
	bool ask = s->asset_wanted && !s->asset.known;

	make_packet(s, packet, amount, ask ? (unsigned)STREAM_PACKET_ASSET_REQUEST : 0);
	packet->search = search;
	if (packet->life_ms > s->progress_ms)
		packet->life_ms = s->progress_ms;
	s->patience_ms = s->now_ms + PROBE_PATIENCE_MS;
	if (search)
		s->searching = true;
	else
		s->volley_in_flight++;
	count_in(s, packet);
	return STREAM_STEP_SEND;
}

/* The first volley: nothing, the largest of interest, and the powers of ten below. */
static uint64_t next_of_volley(struct stream_sender *s)
{
	uint64_t power = STREAM_PROBE_MAX, amount = s->volley;

	if (!s->volley_begun) {
		s->volley_begun = true;
		s->volley = s->probe_max;
		return 0;
	}
	while (power >= amount)
		power /= 10;
	s->volley_over = power < STREAM_PROBE_MIN;
	s->volley = power;
	return amount;
}

static uint64_t search_amount(const struct stream_sender *s)
{
	uint64_t amount = s->largest.seen_f08 ? s->largest.next : s->probe_max;

	return min_u64(min_u64(amount, s->cap), s->probe_max);
}

/* The path is known but not the asset: ask in the other way that is in use. */
static enum stream_step ask_for_asset(struct stream_sender *s, struct stream_send *packet)
{
	if (s->asset_asked) {
		end_run(s, STREAM_UNKNOWN_DESTINATION_ASSET);
		return STREAM_STEP_DONE;
	}
	s->asset_asked = true;
	s->searching = true;
	s->patience_ms = s->now_ms + s->progress_ms;
	make_packet(s, packet, 0, STREAM_PACKET_ASSET_REQUEST_SEND_ONLY);
	packet->search = true;
	count_in(s, packet);
	return STREAM_STEP_SEND;
}

static enum stream_outcome probe_failure(const struct stream_sender *s)
{
	if (!s->authentic)
		return STREAM_ESTABLISHMENT_FAILED;
	return s->dust >= s->probe_max ? STREAM_INSUFFICIENT_EXCHANGE_RATE
	                               : STREAM_RATE_PROBE_FAILED;
}

/* The path is known: what is asked of it beyond its rate. */
static enum stream_step next_goal(struct stream_sender *s, struct stream_send *packet)
{
	uint64_t amount;

	if (!s->goal_until_ms) {
		stream_goal_begin(&s->goal, &s->bounds, stream_sender_max_packet(s));
		s->goal_until_ms = s->now_ms + STREAM_GOAL_MS;
	}
	if (s->goal.asked && s->now_ms < s->patience_ms)
		return STREAM_STEP_WAIT;
	if (s->goal.asked)
		stream_goal_unanswered(&s->goal, false);
	amount = s->now_ms < s->goal_until_ms ? stream_goal_ask(&s->goal) : 0;
	if (amount == 0) {
		end_run(s, STREAM_COMPLETED);
		return STREAM_STEP_DONE;
	}
	(void)send_probe(s, packet, amount, true);
	packet->goal = true;
	return STREAM_STEP_SEND;
}

static enum stream_step next_probe(struct stream_sender *s, struct stream_send *packet)
{
	uint64_t amount;

	if (s->goal_until_ms)
		return next_goal(s, packet);
	if (is_probe_done(s)) {
		if (!s->asset_wanted || s->asset.known)
			return next_goal(s, packet);
		return s->searching && s->now_ms < s->patience_ms ? STREAM_STEP_WAIT
		                                                  : ask_for_asset(s, packet);
	}
	if (s->packets_sent >= STREAM_PROBES_MAX) {
		end_run(s, probe_failure(s));
		return STREAM_STEP_DONE;
	}
	if (!s->volley_over)
		return send_probe(s, packet, next_of_volley(s), false);
	/* With an exact limit the next packet is known; else the volley narrows it down first. */
	if ((s->searching || (s->volley_in_flight && !s->largest.precise)) &&
	        s->now_ms < s->patience_ms)
		return STREAM_STEP_WAIT;
	amount = search_amount(s);
	if (amount <= s->dust) {
		end_run(s, probe_failure(s));
		return STREAM_STEP_DONE;
	}
	return send_probe(s, packet, amount, true);
}

/* ---- the payment ---- */

static uint64_t packet_size(const struct stream_sender *s)
{
	uint64_t size = s->largest.seen_f08 ? s->largest.next : UINT64_MAX;

	return min_u64(size, s->cap);
}

static uint64_t source_left(const struct stream_sender *s)
{
	return less(s->limits.max_source, s->sent + s->in_flight);
}

/* What of it may leave now. */
static uint64_t source_due(const struct stream_sender *s)
{
	uint64_t due = s->pace.whole_ms ? stream_pace_due(&s->pace, s->now_ms) : UINT64_MAX;

	return min_u64(source_left(s), less(due, s->sent + s->in_flight));
}

static uint64_t likely(const struct stream_sender *s, uint64_t source)
{
	if (source <= s->dust)
		return 0;
	return s->bounds.known ? pay_bounds_destination(&s->bounds, source).low : UINT64_MAX;
}

/* A rest so small that it would arrive as nothing is made larger at the cost of the packet before
 * it, where that brings no less. */
static uint64_t spare_the_rest(const struct stream_sender *s, uint64_t amount, uint64_t left)
{
	uint64_t rest = left - amount;
	struct pay_estimate one;
	uint64_t before;

	if (rest == 0 || rest >= amount || !s->bounds.known || likely(s, rest) > 0)
		return amount;
	if (!pay_bounds_source(&s->bounds, 1, &one) || one.high >= left)
		return amount;
	rest = one.high > s->dust ? one.high : s->dust + 1;
	if (rest >= left || rest > amount)
		return amount;
	before = likely(s, amount);
	return add_capped(likely(s, left - rest), likely(s, rest)) >= before ? left - rest : amount;
}

/* How much to send next; 0: nothing now, and `*over` where nothing is left to wish for. */
static uint64_t choose_amount(const struct stream_sender *s, bool *over)
{
	uint64_t left = source_due(s);
	uint64_t size = min_u64(packet_size(s), left);
	uint64_t missing;
	struct pay_estimate e;

	*over = left == 0;
	if (s->run == STREAM_RUN_FIXED_SEND)
		return left ? spare_the_rest(s, size, left) : 0;
	missing = less(s->limits.min_delivery, add_capped(s->delivered, s->in_flight_most));
	if (missing == 0)
		return 0;
	if (s->bounds.known && pay_bounds_source(&s->bounds, missing, &e))
		size = min_u64(size, e.high);
	/* One that arrived as nothing was too small. */
	if (size <= s->dust)
		size = min_u64(min_u64(add_capped(s->dust, s->dust), left), packet_size(s));
	return size;
}

/* What the packet must bring. Its own share at the minimum rate, rounded up; where rounding keeps
 * it from that, less, as long as earlier packets brought so much more that the whole keeps the
 * minimum rate but for one source unit. False: not to be had. */
static bool choose_minimum(const struct stream_sender *s, uint64_t amount, uint64_t *out)
{
	bool all = s->run == STREAM_RUN_FIXED_SEND && amount == source_left(s);
	uint64_t have = add_capped(s->delivered, s->in_flight_minimum);
	uint64_t share = pay_packet_minimum(&s->min_rate, amount, false);
	uint64_t expected = likely(s, amount);
	uint64_t whole;

	*out = share;
	if (ratio_is_zero(&s->min_rate))
		return true;
	if (expected >= share)
		return true;
	whole = all ? s->limits.min_delivery
	            : pay_packet_minimum(&s->min_rate, s->sent + s->in_flight + amount, true);
	/* One that may bring nothing would be a gift to the connectors. */
	*out = expected;
	return expected > 0 && expected >= less(whole, have);
}

bool stream_sender_has_all(const struct stream_sender *s)
{
	if (s->run == STREAM_RUN_FIXED_SEND)
		return s->sent >= s->limits.max_source;
	return s->delivered >= s->limits.min_delivery;
}

bool stream_sender_is_over(const struct stream_sender *s)
{
	return s->packets_in_flight == 0 &&
	       (s->outcome != STREAM_RUNNING || stream_sender_has_all(s));
}

static enum stream_step send_money(
        struct stream_sender *s, struct stream_send *packet, uint64_t amount, uint64_t minimum)
{
	make_packet(s, packet, amount, STREAM_PACKET_MONEY);
	packet->fulfillable = true;
	packet->minimum = minimum;
	packet->most = s->bounds.known ? pay_bounds_destination(&s->bounds, amount).high : minimum;
	if (packet->most < minimum)
		packet->most = minimum;
	count_in(s, packet);
	return STREAM_STEP_SEND;
}

/* While nothing is due nothing stands still. */
static enum stream_step wait_for_pace(struct stream_sender *s)
{
	if (s->packets_in_flight == 0)
		s->progress_at_ms = s->now_ms;
	return STREAM_STEP_WAIT;
}

static enum stream_step next_money(struct stream_sender *s, struct stream_send *packet)
{
	bool over;
	uint64_t amount, minimum;

	if (s->packets_in_flight == 0 && stream_sender_has_all(s)) {
		end_run(s, STREAM_COMPLETED);
		return STREAM_STEP_DONE;
	}
	if (s->packets_in_flight >= s->window.size)
		return STREAM_STEP_WAIT;
	/* Of a path whose rate is unknown one packet tells more than many. */
	if (s->packets_in_flight && !s->bounds.known)
		return STREAM_STEP_WAIT;
	if (stream_pace_goes_on(&s->pace, s->now_ms) && s->now_ms < s->pace.next_ms)
		return wait_for_pace(s);
	amount = choose_amount(s, &over);
	if (amount && choose_minimum(s, amount, &minimum)) {
		if (amount > less(s->budget, s->sent + s->in_flight))
			return STREAM_STEP_BUDGET;
		(void)send_money(s, packet, amount, minimum);
		if (source_due(s) == 0)
			stream_pace_wait(&s->pace, s->now_ms);
		return STREAM_STEP_SEND;
	}
	if (stream_pace_goes_on(&s->pace, s->now_ms)) {
		stream_pace_wait(&s->pace, s->now_ms);
		return wait_for_pace(s);
	}
	if (s->packets_in_flight)
		return STREAM_STEP_WAIT;
	/* What is left would arrive as nothing; the payer keeps it. */
	if (s->run == STREAM_RUN_FIXED_SEND && !over && s->sent &&
	        s->delivered >= s->limits.min_delivery && likely(s, amount) == 0)
		end_run(s, STREAM_COMPLETED);
	else
		end_run(s, STREAM_INSUFFICIENT_EXCHANGE_RATE);
	return STREAM_STEP_DONE;
}

/* ---- steps ---- */

static enum stream_step finish(
        struct stream_sender *s, struct stream_send *packet, int64_t *wait_until_ms)
{
	unsigned after = 0;

	*wait_until_ms = INT64_MAX;
	if (s->run == STREAM_RUN_PROBE)
		return STREAM_STEP_DONE;
	if (s->packets_in_flight)
		return STREAM_STEP_WAIT;
	if (s->outcome == STREAM_COMPLETED && s->sequence <= STREAM_SEQUENCE_MAX)
		after = stream_after_take(&s->after, s->now_ms, wait_until_ms);
	if (!after && s->outcome == STREAM_COMPLETED && stream_after_is_open(&s->after))
		return STREAM_STEP_WAIT;
	if (after) {
		make_packet(s, packet, 0, after);
		packet->life_ms = stream_note_life_ms(packet->life_ms);
		packet->fulfillable = true;
		return STREAM_STEP_SEND;
	}
	if (s->joins || s->close_sent || !s->authentic || s->outcome == STREAM_CLOSED_BY_RECEIVER ||
	        s->sequence > STREAM_SEQUENCE_MAX)
		return STREAM_STEP_DONE;
	s->close_sent = true;
	make_packet(s, packet, 0, STREAM_PACKET_CLOSE);
	return STREAM_STEP_SEND;
}

/* A payment over a path without any money ends sooner: each packet costs its connectors work, and
 * a later attempt may find some. */
static int64_t idle_at_ms(const struct stream_sender *s)
{
	bool dry = s->run != STREAM_RUN_PROBE && s->no_money && !s->heard_else &&
	           s->progress_ms > STREAM_DRY_MS;

	return s->progress_at_ms + (dry ? STREAM_DRY_MS : s->progress_ms);
}

static bool is_idle(const struct stream_sender *s, int64_t now_ms)
{
	return now_ms >= idle_at_ms(s);
}

static void check_time(struct stream_sender *s, int64_t now_ms)
{
	if (!s->started) {
		s->started = true;
		s->progress_at_ms = now_ms;
	}
	if (s->outcome != STREAM_RUNNING)
		return;
	if (s->sequence > STREAM_SEQUENCE_MAX)
		end_run(s, STREAM_MAX_SAFE_ENCRYPTION_LIMIT);
	else if (!is_idle(s, now_ms))
		return;
	else if (s->run != STREAM_RUN_PROBE && s->packets_in_flight == 0)
		end_run(s, STREAM_IDLE_TIMEOUT);
	else if (s->run != STREAM_RUN_PROBE)
		return; /* what is in flight may still be fulfilled, and is waited for anyway */
	else if (s->bounds.known && s->largest.verified && (s->asset.known || !s->asset_wanted))
		end_run(s, STREAM_COMPLETED); /* not all there is to know, but enough */
	else
		end_run(s, probe_failure(s));
}

enum stream_step stream_sender_next(
        struct stream_sender *s, int64_t now_ms, struct stream_send *packet, int64_t *wait_until_ms)
{
	enum stream_step step = STREAM_STEP_WAIT;

	s->now_ms = now_ms;
	check_time(s, now_ms);
	*wait_until_ms = idle_at_ms(s);
	if (s->outcome == STREAM_RUNNING && is_idle(s, now_ms)) {
		*wait_until_ms = INT64_MAX;
		return STREAM_STEP_WAIT;
	}
	if (s->outcome == STREAM_RUNNING && now_ms < s->window.resume_at_ms) {
		if (s->window.resume_at_ms < *wait_until_ms)
			*wait_until_ms = s->window.resume_at_ms;
		return STREAM_STEP_WAIT;
	}
	if (s->outcome == STREAM_RUNNING)
		step = s->run == STREAM_RUN_PROBE ? next_probe(s, packet) : next_money(s, packet);
	if (s->run == STREAM_RUN_PROBE && s->patience_ms > now_ms &&
	        s->patience_ms < *wait_until_ms)
		*wait_until_ms = s->patience_ms;
	if (stream_pace_goes_on(&s->pace, now_ms) && s->pace.next_ms > now_ms &&
	        s->pace.next_ms < *wait_until_ms)
		*wait_until_ms = s->pace.next_ms;
	if (s->outcome == STREAM_RUNNING)
		return step;
	return finish(s, packet, wait_until_ms);
}

uint64_t stream_sender_wants(const struct stream_sender *s)
{
	uint64_t ahead = mul_div_floor(
	        min_u64(packet_size(s), s->limits.max_source), 2 * (uint64_t)s->window.size, 1);

	uint64_t most = min_u64(s->limits.max_source, add_capped(s->sent + s->in_flight, ahead));

	/* What is reserved may be in doubt after a crash: of one that lasts, no
	 * more than is due. */
	if (s->pace.whole_ms)
		most = min_u64(most, stream_pace_due(&s->pace, s->now_ms + STREAM_PACE_AHEAD_MS));
	return most > s->sent + s->in_flight ? most : s->sent + s->in_flight;
}

/* ---- reports ---- */

static struct stream_window_end window_end(
        const struct stream_sender *s, const struct stream_send *packet, int64_t now_ms)
{
	return (struct stream_window_end){
	        packet->sequence, s->sequence, s->packets_in_flight + 1, now_ms};
}

/* T04, too little liquidity: fewer packets at a time, and where there was only this one, smaller
 * ones, at once. */
static void spare(struct stream_sender *s, const struct stream_send *packet, int64_t now_ms)
{
	bool alone = s->packets_in_flight == 0;
	uint64_t smaller = packet->amount - packet->amount / 3;

	if (smaller == packet->amount && smaller > 1)
		smaller--;
	if (alone && packet->amount < s->liquidity)
		s->liquidity = packet->amount;
	if (s->run == STREAM_RUN_PROBE && smaller < s->largest.verified)
		smaller = s->largest.verified;
	if ((!alone && s->run != STREAM_RUN_PROBE) || smaller >= s->cap)
		stream_window_busy(&s->window, window_end(s, packet, now_ms));
	else
		s->cap = smaller;
}

static void progress(struct stream_sender *s, const struct stream_send *packet, int64_t now_ms)
{
	uint64_t more = s->cap / 10 + 1;

	s->progress_at_ms = now_ms;
	s->lost_flights = 0;
	stream_window_fulfilled(&s->window);
	/* The cap of a lack of liquidity is given up little by little. */
	if (s->cap != UINT64_MAX && packet->amount >= s->cap)
		s->cap = add_capped(s->cap, more);
}

static bool same_asset(const struct stream_asset *a, const struct stream_asset *b)
{
	return a->scale == b->scale && strcmp(a->code, b->code) == 0;
}

/* What an authentic reply to the packet says, whether it came with a Fulfill or a Reject. */
static void hear(struct stream_sender *s, const struct stream_send *packet, int64_t now_ms,
        const struct stream_reply *reply)
{
	s->authentic = true;
	if (s->run == STREAM_RUN_PROBE)
		s->progress_at_ms = now_ms;
	if (reply->asset.known && !s->asset.known)
		s->asset = reply->asset;
	else if (reply->asset.known && !same_asset(&s->asset, &reply->asset))
		end_run(s, STREAM_DESTINATION_ASSET_CONFLICT);
	if (reply->has_receive_max) {
		/* Limits only grow; what comes lower is late. */
		if (!s->has_receive_max || reply->receive_max > s->receive_max)
			s->receive_max = reply->receive_max;
		if (reply->total_received > s->total_received)
			s->total_received = reply->total_received;
		s->has_receive_max = true;
		if (s->run != STREAM_RUN_PROBE && s->receive_max < s->limits.min_delivery)
			end_run(s, STREAM_INCOMPATIBLE_RECEIVE_MAX);
	}
	if (packet->amount) {
		pay_max_packet_reached(&s->largest, packet->amount);
		pay_bounds_add(&s->bounds, packet->amount, reply->received);
		if (s->run == STREAM_RUN_PROBE && packet->amount >= s->cap)
			s->cap = min_u64(
			        mul_div_floor(packet->amount, LIQUIDITY_STEP, 1), s->liquidity - 1);
	}
	if (reply->closed)
		end_run(s, STREAM_CLOSED_BY_RECEIVER);
}

/* True where the packet counts; the close packet, what follows the money and what a finished probe
 * left behind do not. */
static bool take_back(struct stream_sender *s, const struct stream_send *packet)
{
	if (packet->frames & (STREAM_PACKET_CLOSE | STREAM_PACKET_NOTE | STREAM_PACKET_DATA))
		return false;
	count_out(s, packet);
	if (s->run == STREAM_RUN_PROBE) {
		if (packet->search)
			s->searching = false;
		else
			s->volley_in_flight--;
	}
	return true;
}

void stream_sender_fulfilled(struct stream_sender *s, const struct stream_send *packet,
        int64_t now_ms, const struct stream_reply *reply)
{
	uint64_t claimed = reply ? reply->received : 0;

	stream_after_fulfilled(&s->after, packet, now_ms, reply);
	if (!take_back(s, packet))
		return;
	assert(packet->fulfillable);
	s->packets_fulfilled++;
	s->heard_else = true;
	s->sent += packet->amount;
	s->delivered =
	        add_capped(s->delivered, claimed > packet->minimum ? claimed : packet->minimum);
	progress(s, packet, now_ms);
	if (reply)
		hear(s, packet, now_ms, reply);
	if (!reply || claimed < packet->minimum)
		end_run(s, STREAM_RECEIVER_PROTOCOL_VIOLATION);
}

static bool code_is(const char code[4], const char *name)
{
	return memcmp(code, name, 3) == 0;
}

/* A reject that the receiver did not write. */
static void rejected_on_the_way(struct stream_sender *s, const struct stream_send *packet,
        int64_t now_ms, const struct stream_reject *reject)
{
	const char *code = reject->code;

	s->no_money = s->no_money || code_is(code, "T04");
	s->heard_else = s->heard_else ||
	                !(code_is(code, "T04") || code_is(code, "R01") || code_is(code, "F08"));
	if (code_is(code, "F08")) {
		if (pay_max_packet_f08(&s->largest, packet->amount, reject->has_maximum,
		            reject->received, reject->maximum))
			end_run(s, STREAM_CONNECTOR_ERROR);
	} else if (code_is(code, "R01")) {
		if (packet->amount > s->dust)
			s->dust = packet->amount;
	} else if (code_is(code, "T04")) {
		spare(s, packet, now_ms);
	} else if (code_is(code, "T00") || code_is(code, "T01")) {
		stream_window_missed(&s->window, window_end(s, packet, now_ms));
	} else if (code[0] == 'T' || code_is(code, "F99")) {
		stream_window_busy(&s->window, window_end(s, packet, now_ms));
	} else {
		end_run(s, STREAM_CONNECTOR_ERROR);
	}
}

/* An answer to a packet for the goal; one to an older packet than the newest comes too late. It
 * says nothing about the rate: that is what the goal is asked for. */
static void rejected_for_goal(struct stream_sender *s, const struct stream_send *packet,
        int64_t now_ms, const struct stream_reject *reject)
{
	struct stream_goal *g = &s->goal;

	if (reject->reply)
		s->progress_at_ms = now_ms;
	if (packet->amount != g->asked)
		return;
	if (reject->reply || code_is(reject->code, "R01")) {
		stream_goal_answer(g, &s->bounds, stream_sender_max_packet(s),
		        reject->reply ? reject->reply->received : 0);
	} else {
		stream_goal_unanswered(g, reject->code[0] == 'T');
		stream_window_busy(&s->window, window_end(s, packet, now_ms));
	}
}

void stream_sender_rejected(struct stream_sender *s, const struct stream_send *packet,
        int64_t now_ms, const struct stream_reject *reject)
{
	stream_after_back(&s->after, packet, now_ms, reject->reply,
	        code_is(reject->code, "F99") || reject->code[0] == 'T');
	if (!take_back(s, packet))
		return;
	s->packets_rejected++;
	if (packet->goal) {
		rejected_for_goal(s, packet, now_ms, reject);
		return;
	}
	if (!reject->reply) {
		rejected_on_the_way(s, packet, now_ms, reject);
		return;
	}
	/* F99, F04 and F05 alike, and whatever else carries an authentic reply. A payment's packet
	 * that arrived with enough and was still refused is tried again, but not at once. */
	s->heard_else = true;
	hear(s, packet, now_ms, reject->reply);
	if (packet->fulfillable && reject->reply->received >= packet->minimum)
		stream_window_busy(&s->window, window_end(s, packet, now_ms));
}

void stream_sender_lost(struct stream_sender *s, const struct stream_send *packet, int64_t now_ms)
{
	/* As long as others arrive, the rate is not the reason. It is old news, too. */
	bool silent = s->run == STREAM_RUN_PROBE || s->progress_at_ms <= packet->sent_at_ms;

	stream_after_back(&s->after, packet, now_ms, NULL, true);
	if (!take_back(s, packet))
		return;
	s->packets_lost++;
	s->heard_else = true;
	if (packet->goal && packet->amount == s->goal.asked)
		stream_goal_unanswered(&s->goal, false);
	/* The time that it took to know is not held against the payment, for a flight or two. */
	if (packet->sequence >= s->lost_sequence && s->lost_flights < LOST_FLIGHTS_MAX) {
		s->lost_flights++;
		s->lost_sequence = s->sequence;
		s->progress_at_ms += now_ms - packet->sent_at_ms;
	}
	if (silent)
		stream_window_busy(&s->window, window_end(s, packet, now_ms));
}
