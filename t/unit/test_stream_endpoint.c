/* One end of a STREAM connection: a table of packets and what they do to it, and two ends that talk
 * over a path that loses, refuses and repeats. */
#include "unit/harness.h"

#include <string.h>

#include "ilp/path.h"
#include "ilp/stream_endpoint.h"

static uint8_t scratch[STREAM_PLAINTEXT_MAX];

/* ---- packets by hand ---- */

#define UNLIMITED UINT64_MAX

static struct stream_endpoint *server(uint64_t receive_max)
{
	static struct stream_endpoint e;
	const struct stream_endpoint_options o = {
	        .server = true, .asset_code = "USD", .asset_scale = 2, .receive_max = receive_max};

	stream_endpoint_clear(&e);
	stream_endpoint_init(&e, &o, 0);
	return &e;
}

static struct stream_frame money(uint64_t id, uint64_t shares)
{
	return (struct stream_frame){
	        .type = STREAM_FRAME_STREAM_MONEY, .stream_id = id, .shares = shares};
}

static struct stream_frame data(uint64_t id, uint64_t offset, size_t n)
{
	static uint8_t zeros[STREAM_PLAINTEXT_MAX];
	struct stream_frame f = {.type = STREAM_FRAME_STREAM_DATA, .stream_id = id};

	f.data.offset = offset;
	f.data.bytes = bytes_of(zeros, n);
	return f;
}

static struct stream_frame stream_close(uint64_t id)
{
	struct stream_frame f = {.type = STREAM_FRAME_STREAM_CLOSE, .stream_id = id};

	f.close.code = STREAM_NO_ERROR;
	return f;
}

static struct stream_frame asset(const char *code, uint8_t scale)
{
	struct stream_frame f = {.type = STREAM_FRAME_CONNECTION_ASSET_DETAILS};

	f.asset.code = bytes_str(code);
	f.asset.scale = scale;
	return f;
}

static struct stream_frame close_all(void)
{
	struct stream_frame f = {.type = STREAM_FRAME_CONNECTION_CLOSE};

	f.close.code = STREAM_NO_ERROR;
	return f;
}

static struct stream_frame address(const char *a)
{
	struct stream_frame f = {.type = STREAM_FRAME_CONNECTION_NEW_ADDRESS};

	f.address = bytes_str(a);
	return f;
}

static struct stream_frame max_data(uint64_t offset)
{
	return (struct stream_frame){
	        .type = STREAM_FRAME_CONNECTION_MAX_DATA, .max_offset = offset};
}

struct answer {
	struct stream_packet packet;
	uint8_t plain[STREAM_PLAINTEXT_MAX];
};

/* Judges the packet, and reads the answer. */
static struct stream_taken take(struct stream_endpoint *e, const struct stream_frame *frames,
        size_t n, uint64_t amount, uint64_t minimum, bool fulfillable, struct answer *answer)
{
	static uint8_t storage[2 * STREAM_PLAINTEXT_MAX];
	struct stream_packet p = {.type = ILP_PREPARE, .sequence = 9, .amount = minimum}, decoded;
	struct stream_taken t;
	struct buf b;

	buf_init(&b, storage, sizeof(storage));
	stream_packet_encode(&b, &p, frames, n);
	ck_assert(!b.failed);
	ck_assert_int_eq(stream_packet_decode(buf_view(&b), &decoded), RESULT_OK);
	stream_endpoint_take(e, &decoded, amount, fulfillable, 0, &t);
	buf_init(&b, answer->plain, sizeof(answer->plain));
	stream_endpoint_answer(e, &t, t.fulfil, STREAM_PLAINTEXT_MAX, scratch, &b);
	ck_assert(!b.failed);
	ck_assert_int_eq(stream_packet_decode(buf_view(&b), &answer->packet), RESULT_OK);
	ck_assert_uint_eq(answer->packet.sequence, 9);
	ck_assert_uint_eq(answer->packet.amount, amount);
	ck_assert_uint_eq(answer->packet.type, t.fulfil ? ILP_FULFILL : ILP_REJECT);
	stream_endpoint_settle(e, &t, t.fulfil);
	return t;
}

static bool has_frame(const struct answer *a, uint8_t type, uint64_t id, struct stream_frame *out)
{
	struct stream_frames it;
	struct stream_frame f;

	stream_frames_init(&it, &a->packet);
	while (stream_frames_next(&it, &f)) {
		if (f.type != type || f.stream_id != id)
			continue;
		if (out)
			*out = f;
		return true;
	}
	return false;
}

static const uint64_t half_max = UINT64_MAX / 2 + 1;

struct packet_case {
	const char *note;
	struct stream_frame frames[3];
	size_t n;
	uint64_t amount, minimum;
	bool unfulfillable;
	bool fulfil;
	uint8_t closed;        /* with that code; 0: not */
	uint64_t first, third; /* what streams 1 and 3 have received */
};

static size_t packet_cases(struct packet_case *c)
{
	size_t n = 0;
#define ONE(...) c[n++] = (struct packet_case){__VA_ARGS__}
	ONE("nothing", {{0}}, 0, 0, 0, false, true, 0, 0, 0);
	ONE("nobody can fulfill it", {money(1, 1)}, 1, 100, 0, true, false, 0, 0, 0);
	ONE("money", {money(1, 1)}, 1, 100, 100, false, true, 0, 100, 0);
	ONE("too little arrived", {money(1, 1)}, 1, 99, 100, false, false, 0, 0, 0);
	ONE("money for no stream", {{0}}, 0, 100, 0, false, false, 0, 0, 0);
	ONE("shares of nothing", {money(1, 0)}, 1, 100, 0, false, false, 0, 0, 0);
	ONE("two streams", {money(1, 1), money(3, 3)}, 2, 100, 0, false, true, 0, 25, 75);
	ONE("the rest goes to the lowest", {money(3, 1), money(1, 2)}, 2, 100, 0, false, true, 0,
	        67, 33);
	ONE("two frames of one stream", {money(1, 1), money(1, 1)}, 2, 10, 0, false, true, 0, 10,
	        0);
	ONE("shares beyond 64 bits", {money(1, half_max), money(3, half_max)}, 2, 10, 0, false,
	        false, 0, 0, 0);
	ONE("a limit, and one percent over it", {money(1, 1)}, 1, 1010, 0, false, true, 0, 1010, 0);
	ONE("more than that", {money(1, 1)}, 1, 1011, 0, false, false, 0, 0, 0);
	ONE("one of two is above", {money(1, 1), money(3, 999)}, 2, 1100, 0, false, false, 0, 0, 0);
	ONE("stream 0", {money(0, 1)}, 1, 1, 0, false, false, STREAM_PROTOCOL_VIOLATION, 0, 0);
	ONE("a stream of the wrong end", {money(2, 1)}, 1, 1, 0, false, false,
	        STREAM_PROTOCOL_VIOLATION, 0, 0);
	ONE("the highest stream", {data(19, 0, 1)}, 1, 0, 0, false, true, 0, 0, 0);
	ONE("one above", {data(21, 0, 1)}, 1, 0, 0, false, false, STREAM_ID_ERROR, 0, 0);
	ONE("data up to the window", {data(1, 0, STREAM_WINDOW_BYTES)}, 1, 0, 0, false, true, 0, 0,
	        0);
	ONE("data beyond it", {data(1, 1, STREAM_WINDOW_BYTES)}, 1, 0, 0, false, false,
	        STREAM_FLOW_CONTROL_ERROR, 0, 0);
	ONE("data that nobody can fulfill is not taken", {data(1, 1, STREAM_WINDOW_BYTES)}, 1, 0, 0,
	        true, false, 0, 0, 0);
	ONE("an asset", {asset("EUR", 2)}, 1, 0, 0, false, true, 0, 0, 0);
	ONE("it changes", {asset("EUR", 2), asset("EUR", 3)}, 2, 0, 0, false, false,
	        STREAM_PROTOCOL_VIOLATION, 0, 0);
	ONE("the end", {close_all()}, 1, 0, 0, true, false, STREAM_NO_ERROR, 0, 0);
	ONE("the end takes no money along", {close_all(), money(1, 1)}, 2, 5, 0, false, false,
	        STREAM_NO_ERROR, 0, 0);
#undef ONE
	return n;
}

START_TEST(packets)
{
	static struct packet_case cases[64];
	static struct answer a;
	size_t n = packet_cases(cases);

	ck_assert_uint_ge(n, 24);
	for (size_t i = 0; i < n; i++) {
		const struct packet_case *c = &cases[i];
		struct stream_endpoint *e = server(1000);
		struct stream_taken t =
		        take(e, c->frames, c->n, c->amount, c->minimum, !c->unfulfillable, &a);
		struct stream *first = stream_endpoint_find(e, 1);
		struct stream *third = stream_endpoint_find(e, 3);

		ck_assert_msg(t.fulfil == c->fulfil, "%s: fulfil %d", c->note, t.fulfil);
		ck_assert_msg(t.fulfil || strcmp(t.code, "F99") == 0, "%s: %s", c->note, t.code);
		ck_assert_msg(e->closed == (c->closed != 0) && e->close_code == c->closed,
		        "%s: closed %d, code %u", c->note, e->closed, e->close_code);
		ck_assert_msg((first ? first->received : 0) == c->first &&
		                      (third ? third->received : 0) == c->third,
		        "%s: money", c->note);
		ck_assert_uint_eq(e->received, c->first + c->third);
		/* They are told why, unless they said it themselves. */
		ck_assert_msg(has_frame(&a, STREAM_FRAME_CONNECTION_CLOSE, 0, NULL) ==
		                      (c->closed > STREAM_NO_ERROR),
		        "%s: told", c->note);
	}
}
END_TEST

START_TEST(answers_name_the_limits)
{
	static struct answer a;
	struct stream_endpoint *e = server(UNLIMITED);
	const struct stream_frame one[] = {money(1, 1), address("test.them")};
	struct stream_frame f;

	take(e, one, 2, 70, 0, true, &a);
	ck_assert(has_frame(&a, STREAM_FRAME_STREAM_MAX_MONEY, 1, &f));
	ck_assert_uint_eq(f.max_money.receive_max, UNLIMITED);
	ck_assert_uint_eq(f.max_money.total_received, 70);
	ck_assert(has_frame(&a, STREAM_FRAME_STREAM_MAX_DATA, 1, &f));
	ck_assert_uint_eq(f.max_offset, STREAM_WINDOW_BYTES);
	ck_assert(has_frame(&a, STREAM_FRAME_CONNECTION_MAX_DATA, 0, &f));
	ck_assert_uint_eq(f.max_offset, STREAM_CONNECTION_BYTES);
	ck_assert(has_frame(&a, STREAM_FRAME_CONNECTION_MAX_STREAM_ID, 0, &f));
	ck_assert_uint_eq(f.max_stream_id, 20);
	ck_assert(has_frame(&a, STREAM_FRAME_CONNECTION_ASSET_DETAILS, 0, &f));
	ck_assert(bytes_eq_str(f.asset.code, "USD"));
	ck_assert_str_eq(e->address, "test.them");
	take(e, one, 1, 5, 0, true, &a);
	ck_assert(!has_frame(&a, STREAM_FRAME_CONNECTION_ASSET_DETAILS, 0, NULL));
}
END_TEST

/* An address that takes no packets is not kept: nothing is sent there. */
START_TEST(addresses_that_only_ask)
{
	static const char *const asks[] = {"", "private.SEND_ONLY_CLIENT", "no address", "test"};
	const struct stream_limits none = {0};
	static struct answer a;

	for (size_t i = 0; i < sizeof(asks) / sizeof(asks[0]); i++) {
		struct stream_endpoint *e = server(UNLIMITED);
		const struct stream_frame frames[] = {address(asks[i]), data(1, 0, 3)};
		struct stream_out out;
		struct buf b;
		int64_t wait;

		take(e, frames, 2, 0, 0, true, &a);
		ck_assert(has_frame(&a, STREAM_FRAME_CONNECTION_ASSET_DETAILS, 0, NULL));
		ck_assert_str_eq(e->address, "");
		ck_assert_uint_eq(
		        stream_endpoint_write(stream_endpoint_find(e, 1), bytes_str("x")), 1);
		buf_init(&b, scratch, sizeof(scratch));
		ck_assert(!stream_endpoint_next(
		        e, &none, 0, STREAM_PLAINTEXT_MAX, scratch, &b, &out, &wait));
	}
}
END_TEST

/* Money that the store refuses leaves its room to the next packet. */
START_TEST(refused_money_gives_its_room_back)
{
	static uint8_t storage[128];
	static struct answer a;
	struct stream_endpoint *e = server(100);
	const struct stream_frame one = money(1, 1);
	struct stream_packet p = {.type = ILP_PREPARE}, decoded;
	struct stream_taken t, second;
	struct buf b;

	buf_init(&b, storage, sizeof(storage));
	stream_packet_encode(&b, &p, &one, 1);
	ck_assert_int_eq(stream_packet_decode(buf_view(&b), &decoded), RESULT_OK);
	stream_endpoint_take(e, &decoded, 100, true, 0, &t);
	ck_assert(t.fulfil);
	stream_endpoint_take(e, &decoded, 100, true, 0, &second);
	ck_assert_msg(!second.fulfil, "the last room is not given twice");
	stream_endpoint_settle(e, &second, false);
	stream_endpoint_settle(e, &t, false);
	ck_assert_uint_eq(e->received, 0);
	ck_assert(take(e, &one, 1, 100, 0, true, &a).fulfil);
	ck_assert_uint_eq(e->received, 100);
}
END_TEST

/* Each stream that is over makes room for one more, also where one stays open for ever. */
START_TEST(streams_come_and_go)
{
	static struct answer a;
	struct stream_endpoint *e = server(UNLIMITED);
	struct stream_frame f = money(1, 1);

	ck_assert(take(e, &f, 1, 1, 0, true, &a).fulfil);
	for (uint64_t id = 3; id < 2 * 60; id += 2) {
		const struct stream_frame frames[] = {data(id, 0, 100), stream_close(id)};
		struct stream *s;

		ck_assert(take(e, frames, 2, 0, 0, true, &a).fulfil);
		s = stream_endpoint_find(e, id);
		ck_assert(s && s->closed_there);
		stream_endpoint_end(e, s);
		ck_assert_ptr_null(stream_endpoint_find(e, id));
		f = data(id, 0, 1);
		ck_assert(!take(e, &f, 1, 0, 0, true, &a).fulfil);
		ck_assert(has_frame(&a, STREAM_FRAME_STREAM_CLOSE, id, &f));
		ck_assert_uint_eq(f.close.code, STREAM_STATE_ERROR);
		ck_assert(!e->closed);
	}
	ck_assert_uint_eq(e->top, e->read);
	ck_assert_uint_eq(stream_endpoint_find(e, 1)->received, 1);
}
END_TEST

/* Who takes no packets gets data in answers, and again until it is known. */
START_TEST(data_in_answers)
{
	static struct answer a;
	struct stream_endpoint *e = server(UNLIMITED);
	const struct stream_frame note[] = {data(3, 0, 5), stream_close(3)};
	struct stream_frame f;
	struct stream *s;

	for (int i = 0; i < 2; i++) {
		static uint8_t storage[256];
		struct stream_packet p = {.type = ILP_PREPARE, .sequence = 9}, decoded;
		struct stream_taken t;
		struct buf b;

		buf_init(&b, storage, sizeof(storage));
		stream_packet_encode(&b, &p, note, 2);
		ck_assert_int_eq(stream_packet_decode(buf_view(&b), &decoded), RESULT_OK);
		stream_endpoint_take(e, &decoded, 0, true, 0, &t);
		ck_assert(t.fulfil);
		s = stream_endpoint_find(e, 3);
		ck_assert_uint_eq(stream_endpoint_peek(s).n, i == 0 ? 5 : 0);
		if (i == 0) {
			stream_endpoint_read(e, s, 5);
			ck_assert(stream_endpoint_is_read_out(s));
			ck_assert_uint_eq(stream_endpoint_write(s, bytes_str("thanks")), 6);
			stream_endpoint_end(e, s);
		}
		buf_init(&b, a.plain, sizeof(a.plain));
		stream_endpoint_answer(e, &t, true, STREAM_PLAINTEXT_MAX, scratch, &b);
		ck_assert_int_eq(stream_packet_decode(buf_view(&b), &a.packet), RESULT_OK);
		ck_assert(has_frame(&a, STREAM_FRAME_STREAM_DATA, 3, &f));
		ck_assert(bytes_eq_str(f.data.bytes, "thanks"));
		ck_assert(has_frame(&a, STREAM_FRAME_STREAM_CLOSE, 3, NULL));
	}
}
END_TEST

/* Where the data that an answer carries for a stream ends; 0: it carries none. */
static uint64_t data_end(const struct answer *a, uint64_t id)
{
	struct stream_frame f;

	return has_frame(a, STREAM_FRAME_STREAM_DATA, id, &f) ? f.data.offset + f.data.bytes.n : 0;
}

/* What they take on the whole connection binds answers too, and what is sent again counts once. */
START_TEST(data_in_answers_keeps_to_their_limit)
{
	static const uint64_t ids[] = {1, 3, 5};
	static struct answer a;
	struct stream_endpoint *e = server(UNLIMITED);
	const struct stream_frame first[] = {
	        max_data(1000), data(1, 0, 1), data(3, 0, 1), data(5, 0, 1)};
	const struct stream_frame more[] = {max_data(1600), data(1, 0, 1)};
	static uint8_t text[700];

	ck_assert(take(e, first, 4, 0, 0, true, &a).fulfil);
	for (size_t i = 0; i < 3; i++)
		ck_assert_uint_eq(stream_endpoint_write(stream_endpoint_find(e, ids[i]),
		                          bytes_of(text, sizeof(text))),
		        sizeof(text));
	for (int again = 0; again < 3; again++) {
		ck_assert(take(e, &first[1], 1, 0, 0, true, &a).fulfil);
		ck_assert_uint_eq(data_end(&a, 1), 700);
		ck_assert_uint_eq(data_end(&a, 3), 300);
		ck_assert_uint_eq(data_end(&a, 5), 0);
	}
	ck_assert(take(e, more, 2, 0, 0, true, &a).fulfil);
	ck_assert_uint_eq(data_end(&a, 1), 700);
	ck_assert_uint_eq(data_end(&a, 3), 700);
	ck_assert_uint_eq(data_end(&a, 5), 200);
	ck_assert_uint_eq(e->out_top, 1600);
}
END_TEST

/* ---- two ends ---- */

#define TALKERS 6 /* streams in use: three of each end */
#define BYTES   150000
#define MONEY   1000

struct flying {
	bool used;
	int to;
	int64_t at_ms;
	struct stream_out out;
	uint8_t plain[STREAM_PLAINTEXT_MAX];
	size_t n;
};

struct talk {
	struct stream_endpoint end[2];
	struct flying flying[2];
	uint64_t wrote[2][2 * TALKERS + 2], read[2][2 * TALKERS + 2];
	uint64_t got[2]; /* money committed */
	uint64_t seed;
	unsigned lost, refused;
	int64_t now_ms;
};

static uint8_t byte_of(int end, uint64_t id, uint64_t offset)
{
	return (uint8_t)(offset * 7 + id * 13 + (uint64_t)end * 101 + offset / 256);
}

static void talk_read(struct talk *t, int me)
{
	for (size_t i = 0; i < 2 * STREAM_STREAMS_MAX; i++) {
		struct stream *s = &t->end[me].streams[i];
		struct bytes p;

		while (s->id && (p = stream_endpoint_peek(s)).n) {
			size_t n = 1 + (size_t)(path_random(&t->seed) % p.n);

			for (size_t k = 0; k < n; k++)
				if (p.p[k] != byte_of(1 - me, s->id, t->read[me][s->id] + k))
					ck_abort_msg("another byte than was sent");
			t->read[me][s->id] += n;
			stream_endpoint_read(&t->end[me], s, n);
		}
	}
}

static void talk_write(struct talk *t, int me)
{
	for (size_t i = 0; i < 2 * STREAM_STREAMS_MAX; i++) {
		struct stream *s = &t->end[me].streams[i];
		uint64_t *wrote;
		uint8_t text[4096];
		size_t n = sizeof(text);

		if (!s->id || s->ending)
			continue;
		s->send_max = MONEY;
		wrote = &t->wrote[me][s->id];
		if (n > BYTES - *wrote)
			n = (size_t)(BYTES - *wrote);
		for (size_t k = 0; k < n; k++)
			text[k] = byte_of(me, s->id, *wrote + k);
		*wrote += stream_endpoint_write(s, bytes_of(text, n));
	}
}

static void talk_send(struct talk *t, int me)
{
	struct flying *f = &t->flying[me];
	struct stream_limits limits = {.packet_max = 300, .rate_known = true};
	struct buf b;
	int64_t wait;

	if (f->used)
		return;
	ck_assert_int_eq(ratio_make(1, 1, &limits.rate), RESULT_OK);
	buf_init(&b, f->plain, sizeof(f->plain));
	if (!stream_endpoint_next(&t->end[me], &limits, t->now_ms, STREAM_PLAINTEXT_MAX, scratch,
	            &b, &f->out, &wait))
		return;
	ck_assert(!b.failed);
	ck_assert_uint_le(f->out.amount, 300);
	f->n = b.len;
	f->used = true;
	f->to = 1 - me;
	f->at_ms = t->now_ms + 1 + (int64_t)(path_random(&t->seed) % 30);
}

/* Arrives, and arrives again, or gets lost either way. */
static void talk_arrive(struct talk *t, int from)
{
	struct flying *f = &t->flying[from];
	static uint8_t answer[STREAM_PLAINTEXT_MAX];
	struct stream_packet request, reply;
	struct stream_taken taken;
	unsigned chance = (unsigned)(path_random(&t->seed) % 100);
	struct buf b;

	if (!f->used || t->now_ms < f->at_ms)
		return;
	f->used = false;
	if (chance < t->lost) { /* the money would be given back, or be in doubt */
		stream_endpoint_report(&t->end[from], &f->out, STREAM_LOST, NULL, t->now_ms);
		return;
	}
	ck_assert_int_eq(stream_packet_decode(bytes_of(f->plain, f->n), &request), RESULT_OK);
	stream_endpoint_take(
	        &t->end[f->to], &request, f->out.amount, f->out.fulfillable, t->now_ms, &taken);
	if (taken.fulfil && chance < t->lost + t->refused) {
		/* The store says no: what came with it is kept, and comes again. */
		stream_endpoint_settle(&t->end[f->to], &taken, false);
		taken.fulfil = false;
	} else {
		stream_endpoint_settle(&t->end[f->to], &taken, taken.fulfil);
	}
	talk_read(t, f->to);
	talk_write(t, f->to);
	buf_init(&b, answer, sizeof(answer));
	stream_endpoint_answer(
	        &t->end[f->to], &taken, taken.fulfil, STREAM_PLAINTEXT_MAX, scratch, &b);
	ck_assert(!b.failed);
	ck_assert_int_eq(stream_packet_decode(buf_view(&b), &reply), RESULT_OK);
	stream_endpoint_report(&t->end[from], &f->out,
	        taken.fulfil ? STREAM_FULFILLED : STREAM_REJECTED, &reply, t->now_ms);
}

static void talk_run(struct talk *t)
{
	for (t->now_ms = 0; t->now_ms < 3000000; t->now_ms++) {
		bool all = true;

		for (int me = 0; me < 2; me++) {
			talk_read(t, me);
			talk_write(t, me);
			talk_send(t, me);
			talk_arrive(t, me);
			for (uint64_t id = 1; id <= TALKERS; id++)
				all = all && t->read[me][id] == BYTES;
			all = all && t->end[me].received == TALKERS * MONEY;
		}
		if (all)
			return;
	}
	ck_abort_msg("it does not end");
}

static void talk_init(struct talk *t, uint64_t seed, unsigned lost, unsigned refused)
{
	struct stream_endpoint_options o[2] = {
	        {.address = "test.client", .asset_code = "EUR", .asset_scale = 2},
	        {.server = true, .asset_code = "USD", .asset_scale = 2}};

	memset(t, 0, sizeof(*t));
	t->seed = seed;
	t->lost = lost;
	t->refused = refused;
	for (int i = 0; i < 2; i++) {
		o[i].receive_max = MONEY;
		stream_endpoint_init(&t->end[i], &o[i], 0);
		for (int k = 0; k < TALKERS / 2; k++)
			ck_assert_ptr_nonnull(stream_endpoint_open(&t->end[i]));
	}
}

START_TEST(two_ends)
{
	static const struct {
		unsigned lost, refused;
	} paths[] = {{0, 0}, {5, 0}, {0, 10}, {3, 3}};
	static struct talk t;

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		talk_init(&t, i + 1, paths[i].lost, paths[i].refused);
		talk_run(&t);
		for (int me = 0; me < 2; me++) {
			ck_assert(!t.end[me].closed && !t.end[me].failed);
			for (uint64_t id = 1; id <= TALKERS; id++) {
				struct stream *s = stream_endpoint_find(&t.end[me], id);

				ck_assert_uint_eq(s->received, MONEY);
				ck_assert_uint_eq(s->receiving, 0);
			}
			stream_endpoint_clear(&t.end[me]);
		}
	}
}
END_TEST

/* Both end all their streams; then one closes the connection, and the other hears of it. */
START_TEST(an_orderly_end)
{
	static struct talk t;

	talk_init(&t, 11, 2, 2);
	talk_run(&t);
	for (int me = 0; me < 2; me++)
		for (uint64_t id = 1; id <= TALKERS; id++)
			stream_endpoint_end(&t.end[me], stream_endpoint_find(&t.end[me], id));
	for (int64_t until = t.now_ms + 20000; t.now_ms < until; t.now_ms++)
		for (int me = 0; me < 2; me++) {
			talk_send(&t, me);
			talk_arrive(&t, me);
		}
	for (int me = 0; me < 2; me++) {
		for (uint64_t id = 1; id <= TALKERS; id++)
			ck_assert_ptr_null(stream_endpoint_find(&t.end[me], id));
		ck_assert(!t.flying[me].used);
		ck_assert_uint_eq(t.end[me].top, t.end[me].read);
	}
	t.lost = t.refused = 0;
	stream_endpoint_close(&t.end[0], STREAM_NO_ERROR);
	for (int64_t until = t.now_ms + 1000; t.now_ms < until; t.now_ms++)
		for (int me = 0; me < 2; me++) {
			talk_send(&t, me);
			talk_arrive(&t, me);
		}
	ck_assert(t.end[1].closed && t.end[1].close_theirs);
	stream_endpoint_clear(&t.end[0]);
	stream_endpoint_clear(&t.end[1]);
}
END_TEST

/* Who never answers is not asked for ever. */
START_TEST(nobody_there)
{
	static struct talk t;

	talk_init(&t, 5, 100, 0);
	for (t.now_ms = 0; t.now_ms < 200000 && !t.end[0].failed; t.now_ms++) {
		talk_send(&t, 0);
		talk_arrive(&t, 0);
	}
	ck_assert(t.end[0].failed);
	ck_assert(stream_endpoint_is_idle(&t.end[1], STREAM_IDLE_MS));
	ck_assert(!stream_endpoint_is_idle(&t.end[1], STREAM_IDLE_MS - 1));
	stream_endpoint_clear(&t.end[0]);
	stream_endpoint_clear(&t.end[1]);
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_test(t, packets);
	tcase_add_test(t, answers_name_the_limits);
	tcase_add_test(t, addresses_that_only_ask);
	tcase_add_test(t, refused_money_gives_its_room_back);
	tcase_add_test(t, streams_come_and_go);
	tcase_add_test(t, data_in_answers);
	tcase_add_test(t, data_in_answers_keeps_to_their_limit);
	tcase_add_test(t, two_ends);
	tcase_add_test(t, an_orderly_end);
	tcase_add_test(t, nobody_there);
}

TEST_MAIN("stream_endpoint", fill)
