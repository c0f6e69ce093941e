/* A connection that keeps state, fed with whole packets of the other end, requests and answers.
 * Property: it stays within its limits, and what it writes can be read.
 *
 * Input: for each packet a byte that says what happens, two of its length, two of an amount. */
#include "fuzz/fuzz.h"

#include <string.h>

#include "ilp/stream_endpoint.h"

enum {
	IS_ANSWER = 1,
	UNFULFILLABLE = 2,
	REFUSED = 4,
	READS = 8,
	WRITES = 16,
	ENDS = 32,
	OPENS = 64
};

static uint8_t scratch[STREAM_PLAINTEXT_MAX], plain[STREAM_PLAINTEXT_MAX];

#define RECEIVE_MAX 1000

static void check_limits(const struct stream_endpoint *e)
{
	uint64_t kept = 0;

	for (size_t i = 0; i < 2 * STREAM_STREAMS_MAX; i++) {
		const struct stream *s = &e->streams[i];

		kept += s->in.top - s->in.read;
		FUZZ_CHECK(s->in.top - s->in.read <= STREAM_WINDOW_BYTES);
		FUZZ_CHECK(s->in.ready >= s->in.read && s->in.ready <= s->in.top);
		FUZZ_CHECK(s->received + s->receiving <= RECEIVE_MAX + RECEIVE_MAX / 100);
		FUZZ_CHECK(s->out.end - s->out.acked <= STREAM_WINDOW_BYTES);
	}
	FUZZ_CHECK(e->top - e->read == kept && kept <= STREAM_CONNECTION_BYTES);
}

static void check_written(const struct buf *b)
{
	struct stream_packet p;

	FUZZ_CHECK(!b->failed);
	FUZZ_CHECK(stream_packet_decode(buf_view(b), &p) == RESULT_OK && p.trailing.n == 0);
}

static void use(struct stream_endpoint *e, unsigned what)
{
	for (size_t i = 0; i < 2 * STREAM_STREAMS_MAX; i++) {
		struct stream *s = &e->streams[i];
		struct bytes p;

		if (!s->id)
			continue;
		while ((what & READS) && (p = stream_endpoint_peek(s)).n)
			stream_endpoint_read(e, s, p.n);
		if (what & WRITES)
			(void)stream_endpoint_write(s, bytes_of(scratch, 3000));
		s->send_max = 500;
		if (what & ENDS)
			stream_endpoint_end(e, s);
	}
	if (what & OPENS)
		(void)stream_endpoint_open(e);
}

static void request(
        struct stream_endpoint *e, const struct stream_packet *p, unsigned what, uint64_t amount)
{
	struct stream_taken t;
	struct buf b;

	stream_endpoint_take(e, p, amount, !(what & UNFULFILLABLE), 0, &t);
	FUZZ_CHECK(!t.fulfil || (amount >= p->amount && !(what & UNFULFILLABLE)));
	check_limits(e);
	use(e, what);
	buf_init(&b, plain, sizeof(plain));
	stream_endpoint_answer(e, &t, t.fulfil, STREAM_PLAINTEXT_MAX, scratch, &b);
	check_written(&b);
	stream_endpoint_settle(e, &t, t.fulfil && !(what & REFUSED));
}

static void own(
        struct stream_endpoint *e, const struct stream_packet *p, unsigned what, int64_t now)
{
	const struct stream_limits limits = {.packet_max = 100};
	struct stream_out out;
	struct buf b;
	int64_t wait;

	buf_init(&b, plain, sizeof(plain));
	if (!stream_endpoint_next(e, &limits, now, STREAM_PLAINTEXT_MAX, scratch, &b, &out, &wait))
		return;
	check_written(&b);
	FUZZ_CHECK(out.amount <= limits.packet_max);
	stream_endpoint_report(
	        e, &out, what & REFUSED ? STREAM_REJECTED : STREAM_FULFILLED, p, now);
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size)
{
	const struct stream_endpoint_options o = {.server = size % 2,
	        .address = "test.us",
	        .asset_code = "USD",
	        .asset_scale = 2,
	        .receive_max = RECEIVE_MAX};
	struct stream_endpoint e;
	struct cursor c;
	int64_t now = 0;

	stream_endpoint_init(&e, &o, 0);
	cursor_init(&c, bytes_of(input, size));
	while (cursor_left(&c)) {
		unsigned what = cursor_u8(&c);
		size_t n = cursor_u16(&c);
		uint64_t amount = cursor_u16(&c);
		struct bytes packet = cursor_take(&c, n < cursor_left(&c) ? n : cursor_left(&c));
		struct stream_packet p;

		now += STREAM_AGAIN_MAX_MS;
		if (c.failed || stream_packet_decode(packet, &p))
			continue;
		if (what & IS_ANSWER)
			own(&e, &p, what, now);
		else
			request(&e, &p, what, amount);
		use(&e, what);
		check_limits(&e);
	}
	stream_endpoint_clear(&e);
	return 0;
}
