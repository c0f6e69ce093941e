/* The state of a connection: streams, what a packet of the other end says, and money that comes. */
#include "ilp/stream_endpoint_part.h"

#include <assert.h>
#include <string.h>

#include "codec/ilp_address.h"

#define IDS_AHEAD       64    /* bits of their_gone */
#define FIRST_OUT_BYTES 65534 /* what others take before they say so */
#define OVER_PART       100   /* a hundredth more than asked for is taken: rounding on the way */

void stream_endpoint_init(
        struct stream_endpoint *e, const struct stream_endpoint_options *options, int64_t now_ms)
{
	memset(e, 0, sizeof(*e));
	e->options = *options;
	e->their_base = options->server ? 1 : 2;
	e->own_next = options->server ? 2 : 1;
	e->own_max = 2 * STREAM_STREAMS_MAX;
	e->out_max = FIRST_OUT_BYTES;
	e->told = STREAM_CONNECTION_BYTES;
	e->sequence = options->first_sequence;
	e->introduced = options->server;
	e->active_ms = now_ms;
}

static void stream_clear(struct stream *s)
{
	stream_inbox_clear(&s->in);
	stream_outbox_clear(&s->out);
	memset(s, 0, sizeof(*s));
}

void stream_endpoint_clear(struct stream_endpoint *e)
{
	for (size_t i = 0; i < STREAM_PLACES; i++)
		stream_clear(&e->streams[i]);
	memset(e, 0, sizeof(*e));
}

/* ---- streams ---- */

uint64_t stream_endpoint_their_max(const struct stream_endpoint *e)
{
	uint64_t by_count = 2 * (STREAM_STREAMS_MAX + e->their_ended);
	uint64_t by_bits = e->their_base + 2 * (IDS_AHEAD - 1);

	return by_count < by_bits ? by_count : by_bits;
}

static bool is_theirs(const struct stream_endpoint *e, uint64_t id)
{
	return id % 2 == (e->options.server ? 1 : 0);
}

struct stream *stream_endpoint_find(struct stream_endpoint *e, uint64_t id)
{
	for (size_t i = 0; id && i < STREAM_PLACES; i++)
		if (e->streams[i].id == id)
			return &e->streams[i];
	return NULL;
}

static struct stream *stream_new(struct stream_endpoint *e, uint64_t id)
{
	for (size_t i = 0; i < STREAM_PLACES; i++) {
		struct stream *s = &e->streams[i];

		if (s->id)
			continue;
		s->id = id;
		s->receive_max = e->options.receive_max;
		s->their_max = UINT64_MAX;
		s->out_max = STREAM_WINDOW_BYTES;
		return s;
	}
	return NULL;
}

struct stream *stream_endpoint_open(struct stream_endpoint *e)
{
	struct stream *s;

	if (e->closed || e->own_next > e->own_max)
		return NULL;
	s = stream_new(e, e->own_next);
	if (s)
		e->own_next += 2;
	return s;
}

static bool is_gone(const struct stream_endpoint *e, uint64_t id)
{
	if (!is_theirs(e, id))
		return id < e->own_next;
	return id < e->their_base || ((id - e->their_base) / 2 < IDS_AHEAD &&
	                                     (e->their_gone >> ((id - e->their_base) / 2) & 1));
}

void stream_endpoint_let_go(struct stream_endpoint *e, struct stream *s)
{
	if (!s->closed_here || !s->closed_there)
		return;
	/* What nobody read no longer counts against the other streams. */
	e->read += s->in.top - s->in.read;
	if (is_theirs(e, s->id)) {
		e->their_gone |= (uint64_t)1 << ((s->id - e->their_base) / 2);
		e->their_ended++;
		while (e->their_gone & 1) {
			e->their_gone >>= 1;
			e->their_base += 2;
		}
	}
	stream_clear(s);
}

/* The stream of a frame, opened where it is a new one of theirs. NULL: it is over, or the id broke
 * the protocol, and then the connection is closed. */
static struct stream *stream_of(struct stream_endpoint *e, uint64_t id)
{
	struct stream *s = stream_endpoint_find(e, id);

	if (s)
		return s;
	if (id && is_gone(e, id))
		return NULL;
	if (id == 0 || !is_theirs(e, id))
		stream_endpoint_close(e, STREAM_PROTOCOL_VIOLATION);
	else if (id > stream_endpoint_their_max(e))
		stream_endpoint_close(e, STREAM_ID_ERROR);
	else
		s = stream_new(e, id);
	return s;
}

/* ---- what a packet of theirs says ---- */

static bool has_stream(uint8_t type)
{
	return type >= STREAM_FRAME_STREAM_CLOSE && type <= STREAM_FRAME_STREAM_DATA_BLOCKED;
}

/* Limits only grow, but for the first word, which replaces a guess. */
static void raise(uint64_t *limit, bool *told, uint64_t said)
{
	if (!*told || said > *limit)
		*limit = said;
	*told = true;
}

/* An empty address, or the other one, asks for our asset and takes no packets. */
static void hear_address(struct stream_endpoint *e, struct bytes address, struct stream_taken *t)
{
	if (t)
		t->welcome = true;
	if (ilp_address_check(address) || bytes_eq_str(address, STREAM_SEND_ONLY_ADDRESS))
		return;
	memcpy(e->address, address.p, address.n);
	e->address[address.n] = '\0';
}

static void hear_asset(struct stream_endpoint *e, const struct stream_frame *f)
{
	char code[STREAM_ENDPOINT_CODE_SIZE];
	size_t n = f->asset.code.n < sizeof(code) ? f->asset.code.n : sizeof(code) - 1;

	memset(code, 0, sizeof(code));
	memcpy(code, f->asset.code.p, n);
	if (e->asset_told && (memcmp(code, e->asset_code, sizeof(code)) != 0 ||
	                             f->asset.scale != e->asset_scale)) {
		stream_endpoint_close(e, STREAM_PROTOCOL_VIOLATION);
		return;
	}
	e->asset_told = true;
	memcpy(e->asset_code, code, sizeof(code));
	e->asset_scale = f->asset.scale;
}

/* A stream that is over takes no money and no data; what else is said of it is late. */
static void hear_gone(const struct stream_frame *f, struct stream_taken *t)
{
	if (t && (f->type == STREAM_FRAME_STREAM_MONEY || f->type == STREAM_FRAME_STREAM_DATA))
		t->refused_stream = f->stream_id;
}

static void hear_stream(struct stream *s, const struct stream_frame *f)
{
	if (f->type == STREAM_FRAME_STREAM_MAX_MONEY) {
		if (s->their_max == UINT64_MAX || f->max_money.receive_max > s->their_max)
			s->their_max = f->max_money.receive_max;
		if (f->max_money.total_received > s->their_received)
			s->their_received = f->max_money.total_received;
	} else if (f->type == STREAM_FRAME_STREAM_MAX_DATA) {
		raise(&s->out_max, &s->out_max_told, f->max_offset);
	}
}

bool stream_endpoint_control(
        struct stream_endpoint *e, const struct stream_packet *p, struct stream_taken *t)
{
	struct stream_frames it;
	struct stream_frame f;

	stream_frames_init(&it, p);
	while (!e->closed && stream_frames_next(&it, &f)) {
		if (has_stream(f.type)) {
			struct stream *s = stream_of(e, f.stream_id);

			if (s)
				hear_stream(s, &f);
			else
				hear_gone(&f, t);
		} else if (f.type == STREAM_FRAME_CONNECTION_NEW_ADDRESS) {
			hear_address(e, f.address, t);
		} else if (f.type == STREAM_FRAME_CONNECTION_ASSET_DETAILS) {
			hear_asset(e, &f);
		} else if (f.type == STREAM_FRAME_CONNECTION_MAX_DATA) {
			raise(&e->out_max, &e->out_max_told, f.max_offset);
		} else if (f.type == STREAM_FRAME_CONNECTION_MAX_STREAM_ID) {
			if (f.max_stream_id > e->own_max)
				e->own_max = f.max_stream_id;
		}
	}
	return !e->closed;
}

/* May all the data come? Judged before any of it is kept. */
static bool flow_fits(const struct stream_endpoint *e, const struct stream_packet *p)
{
	uint64_t tops[STREAM_PLACES], more = 0;
	struct stream_frames it;
	struct stream_frame f;

	for (size_t i = 0; i < STREAM_PLACES; i++)
		tops[i] = e->streams[i].in.top;
	stream_frames_init(&it, p);
	while (stream_frames_next(&it, &f)) {
		size_t i = 0;
		uint64_t to;

		if (f.type != STREAM_FRAME_STREAM_DATA)
			continue;
		while (i < STREAM_PLACES && e->streams[i].id != f.stream_id)
			i++;
		if (i == STREAM_PLACES)
			continue; /* it is over */
		to = f.data.offset + f.data.bytes.n;
		if (to < f.data.offset || to > stream_inbox_max(&e->streams[i].in))
			return false;
		if (to > tops[i]) {
			more += to - tops[i];
			tops[i] = to;
		}
	}
	return e->top + more <= e->read + STREAM_CONNECTION_BYTES;
}

bool stream_endpoint_data(struct stream_endpoint *e, const struct stream_packet *p)
{
	struct stream_frames it;
	struct stream_frame f;

	if (!flow_fits(e, p)) {
		stream_endpoint_close(e, STREAM_FLOW_CONTROL_ERROR);
		return false;
	}
	stream_frames_init(&it, p);
	while (stream_frames_next(&it, &f)) {
		struct stream *s;
		uint64_t before;

		if (f.type != STREAM_FRAME_STREAM_DATA)
			continue;
		s = stream_endpoint_find(e, f.stream_id);
		if (!s)
			continue; /* it is over */
		before = s->in.top;
		if (stream_inbox_put(&s->in, f.data.offset, f.data.bytes))
			return false;
		e->top += s->in.top - before;
	}
	return true;
}

void stream_endpoint_closes(struct stream_endpoint *e, const struct stream_packet *p)
{
	struct stream_frames it;
	struct stream_frame f;

	stream_frames_init(&it, p);
	while (stream_frames_next(&it, &f)) {
		struct stream *s;

		if (f.type == STREAM_FRAME_CONNECTION_CLOSE && !e->closed) {
			e->closed = e->close_theirs = e->close_told = true;
			e->close_code = f.close.code;
		}
		if (f.type != STREAM_FRAME_STREAM_CLOSE)
			continue;
		s = stream_endpoint_find(e, f.stream_id);
		if (!s || s->closed_there)
			continue;
		s->closed_there = true;
		s->close_code = f.close.code;
		stream_endpoint_let_go(e, s);
	}
}

/* ---- money that comes ---- */

static bool has_closes(const struct stream_packet *p)
{
	struct stream_frames it;
	struct stream_frame f;

	stream_frames_init(&it, p);
	while (stream_frames_next(&it, &f))
		if (f.type == STREAM_FRAME_CONNECTION_CLOSE)
			return true;
	return false;
}

static uint64_t room_for(const struct stream *s)
{
	uint64_t have = s->received + s->receiving;
	uint64_t left = s->receive_max > have ? s->receive_max - have : 0;
	uint64_t over = left / OVER_PART + (left % OVER_PART != 0);

	if (s->closed_there)
		return 0;
	if (left > UINT64_MAX - over)
		return UINT64_MAX - have;
	return left + over;
}

/* Adds n to the stream's share. False: that is more than it takes. */
static bool share_out(struct stream_taken *t, const struct stream *s, uint64_t n)
{
	size_t i = 0;

	while (i < t->shares_n && t->shares[i].stream != s->id)
		i++;
	if (i == t->shares_n)
		t->shares[t->shares_n++].stream = s->id;
	if (n > room_for(s) - t->shares[i].amount)
		return false;
	t->shares[i].amount += n;
	return true;
}

/* What the floors leave over belongs to the lowest open stream below its limit. */
static bool share_rest(struct stream_endpoint *e, struct stream_taken *t, uint64_t rest)
{
	uint64_t below = 0;

	while (rest) {
		const struct stream *next = NULL;

		for (size_t i = 0; i < STREAM_PLACES; i++) {
			const struct stream *s = &e->streams[i];

			if (s->id > below && (!next || s->id < next->id))
				next = s;
		}
		if (!next)
			return false;
		if (room_for(next) && share_out(t, next, rest))
			return true;
		below = next->id;
	}
	return true;
}

/* Money without a stream to go to is refused. */
static bool split(struct stream_endpoint *e, const struct stream_packet *p, struct stream_taken *t)
{
	struct stream_frames it;
	struct stream_frame f;
	uint64_t total, left = t->amount;

	if (t->amount == 0)
		return true;
	if (stream_packet_shares(p, &total) || total == 0)
		return false;
	stream_frames_init(&it, p);
	while (stream_frames_next(&it, &f)) {
		const struct stream *s;
		uint64_t share;

		if (f.type != STREAM_FRAME_STREAM_MONEY)
			continue;
		s = stream_endpoint_find(e, f.stream_id);
		share = stream_money_share(t->amount, f.shares, total);
		if (!s || !share_out(t, s, share))
			return false;
		left -= share;
	}
	return share_rest(e, t, left);
}

static bool asset_differs(const struct stream_endpoint *e)
{
	return e->asset_told && (strcmp(e->asset_code, e->options.asset_code) != 0 ||
	                                e->asset_scale != e->options.asset_scale);
}

static bool may_fulfil(struct stream_endpoint *e, const struct stream_packet *p, bool fulfillable,
        struct stream_taken *t)
{
	return fulfillable && t->amount >= p->amount && !t->refused_stream && !has_closes(p) &&
	       split(e, p, t) && stream_endpoint_data(e, p);
}

void stream_endpoint_take(struct stream_endpoint *e, const struct stream_packet *request,
        uint64_t amount, bool fulfillable, int64_t now_ms, struct stream_taken *out)
{
	struct stream_frames it;
	struct stream_frame f;

	memset(out, 0, sizeof(*out));
	memcpy(out->code, ILP_F99_APPLICATION_ERROR, sizeof(out->code));
	out->sequence = request->sequence;
	out->amount = amount;
	if (e->closed)
		return;
	e->active_ms = now_ms;
	if (!stream_endpoint_control(e, request, out))
		return;
	out->exchanged = asset_differs(e);
	stream_frames_init(&it, request);
	while (stream_frames_next(&it, &f))
		out->has_data = out->has_data || f.type == STREAM_FRAME_STREAM_DATA;
	out->fulfil = may_fulfil(e, request, fulfillable, out);
	if (!out->fulfil) {
		out->shares_n = 0;
	} else {
		for (size_t i = 0; i < out->shares_n; i++)
			stream_endpoint_find(e, out->shares[i].stream)->receiving +=
			        out->shares[i].amount;
	}
	/* A packet that can't be fulfilled was meant to be refused, and its frames count; one that
	 * is refused will come again. */
	if (out->fulfil || !fulfillable || has_closes(request))
		stream_endpoint_closes(e, request);
}

void stream_endpoint_settle(struct stream_endpoint *e, const struct stream_taken *t, bool ours)
{
	for (size_t i = 0; t->fulfil && i < t->shares_n; i++) {
		struct stream *s = stream_endpoint_find(e, t->shares[i].stream);

		if (ours)
			e->received += t->shares[i].amount;
		if (!s)
			continue; /* closed meanwhile */
		s->receiving -= t->shares[i].amount;
		if (ours)
			s->received += t->shares[i].amount;
	}
}

/* ---- the application ---- */

struct bytes stream_endpoint_peek(const struct stream *s)
{
	return stream_inbox_peek(&s->in);
}

void stream_endpoint_read(struct stream_endpoint *e, struct stream *s, size_t n)
{
	stream_inbox_take(&s->in, n);
	e->read += n;
}

size_t stream_endpoint_write(struct stream *s, struct bytes data)
{
	return s->ending ? 0 : stream_outbox_write(&s->out, data);
}

void stream_endpoint_end(struct stream_endpoint *e, struct stream *s)
{
	if (!s->ending)
		s->end_code = STREAM_NO_ERROR;
	s->ending = true;
	/* Nobody needs to be told where they are through with it, and nothing is left. */
	if (s->closed_there && s->out.end == s->out.acked && s->sending == 0) {
		s->closed_here = true;
		stream_endpoint_let_go(e, s);
	}
}

void stream_endpoint_refuse(struct stream *s, enum stream_error code)
{
	if (s->closed_here)
		return;
	stream_outbox_drop(&s->out);
	s->send_max = s->sent;
	s->ending = true;
	s->end_code = (uint8_t)code;
}

void stream_endpoint_close(struct stream_endpoint *e, enum stream_error code)
{
	if (e->closed)
		return;
	e->closed = true;
	e->close_code = (uint8_t)code;
}

bool stream_endpoint_is_read_out(const struct stream *s)
{
	return s->closed_there && s->in.read == s->in.top;
}

bool stream_endpoint_is_idle(const struct stream_endpoint *e, int64_t now_ms)
{
	return now_ms - e->active_ms >= STREAM_IDLE_MS;
}
