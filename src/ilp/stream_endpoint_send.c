/* What an endpoint writes: answers, and packets of its own. */
#include "ilp/stream_endpoint_part.h"

#include <string.h>

/* Of the connection, and per stream: limits of money and data, data, money, blocked, close. */
#define FRAMES_MAX (6 + 6 * STREAM_PLACES)
#define DATA_HEAD  32 /* of a StreamData frame */
/* They are told of new room for data when this much has been read. */
#define TELL_BYTES (STREAM_WINDOW_BYTES / 2)

struct writing {
	struct stream_frame frames[FRAMES_MAX];
	size_t n;
	uint8_t *scratch; /* of the data in frames */
	size_t scratch_n, room;
};

static struct stream_frame *add(struct writing *w, enum stream_frame_type type, uint64_t stream)
{
	struct stream_frame *f = &w->frames[w->n++];

	memset(f, 0, sizeof(*f));
	f->type = (uint8_t)type;
	f->stream_id = stream;
	return f;
}

static void add_limits(struct writing *w, const struct stream *s)
{
	struct stream_frame *f;

	if (s->closed_there)
		return;
	f = add(w, STREAM_FRAME_STREAM_MAX_MONEY, s->id);
	f->max_money.receive_max = s->receive_max;
	f->max_money.total_received = s->received + s->receiving;
	add(w, STREAM_FRAME_STREAM_MAX_DATA, s->id)->max_offset = stream_inbox_max(&s->in);
}

static void add_all_limits(struct writing *w, struct stream_endpoint *e)
{
	add(w, STREAM_FRAME_CONNECTION_MAX_DATA, 0)->max_offset = e->read + STREAM_CONNECTION_BYTES;
	for (size_t i = 0; i < STREAM_PLACES; i++)
		if (e->streams[i].id)
			add_limits(w, &e->streams[i]);
}

static void add_asset(struct writing *w, const struct stream_endpoint *e)
{
	struct stream_frame *f = add(w, STREAM_FRAME_CONNECTION_ASSET_DETAILS, 0);

	f->asset.code = bytes_str(e->options.asset_code);
	f->asset.scale = e->options.asset_scale;
}

/* Up to where its data may go now, by both limits. */
static uint64_t out_limit(const struct stream_endpoint *e, const struct stream *s)
{
	uint64_t left = e->out_max > e->out_top ? e->out_max - e->out_top : 0;

	return s->out.top + left < s->out_max ? s->out.top + left : s->out_max;
}

/* What of it goes along; 0: nothing. Sent once more it counts no more against their limit. */
static size_t add_data(struct writing *w, struct stream_endpoint *e, struct stream *s)
{
	size_t left = w->room > w->scratch_n + DATA_HEAD ? w->room - w->scratch_n - DATA_HEAD : 0;
	uint8_t *to = w->scratch + w->scratch_n;
	size_t n = stream_outbox_piece(&s->out, out_limit(e, s), to, left);
	struct stream_frame *f;

	if (n == 0)
		return 0;
	f = add(w, STREAM_FRAME_STREAM_DATA, s->id);
	f->data.offset = s->out.acked;
	f->data.bytes = bytes_of(to, n);
	w->scratch_n += n + DATA_HEAD;
	if (s->out.acked + n > s->out.top) {
		e->out_top += s->out.acked + n - s->out.top;
		s->out.top = s->out.acked + n;
	}
	return n;
}

/* Everything of ours has arrived, or goes with this very packet (n more bytes). */
static bool may_end(const struct stream *s, size_t n)
{
	return s->ending && !s->closed_here && s->out.acked + n == s->out.end &&
	       (s->sent >= s->send_max || s->closed_there);
}

static void add_end(struct writing *w, const struct stream *s)
{
	add(w, STREAM_FRAME_STREAM_CLOSE, s->id)->close.code = s->end_code;
}

static void encode(const struct writing *w, enum ilp_type type, uint64_t sequence, uint64_t amount,
        struct buf *plain)
{
	struct stream_packet head = {.type = (uint8_t)type, .sequence = sequence, .amount = amount};

	stream_packet_encode(plain, &head, w->frames, w->n);
}

/* ---- answers ---- */

static void answer_close(struct writing *w, struct stream_endpoint *e)
{
	struct stream_frame *f;

	if (e->close_theirs)
		return;
	f = add(w, STREAM_FRAME_CONNECTION_CLOSE, 0);
	f->close.code = e->close_code;
	e->close_told = true;
}

/* An answer may get lost and nobody says so. So data goes with one only to those who take no
 * packets, and again with the next, until they close the stream; their inbox sorts it out. */
static void answer_data(struct writing *w, struct stream_endpoint *e, const struct stream_taken *t)
{
	for (size_t i = 0; i < STREAM_PLACES; i++) {
		struct stream *s = &e->streams[i];
		size_t n = 0;

		if (!s->id)
			continue;
		if (!e->address[0] && t->has_data)
			n = add_data(w, e, s);
		if (!e->address[0] && (t->has_data || s->closed_there) && may_end(s, n))
			add_end(w, s);
	}
}

void stream_endpoint_answer(struct stream_endpoint *e, const struct stream_taken *t, bool fulfil,
        size_t room, uint8_t *scratch, struct buf *plain)
{
	struct writing w = {.n = 0, .scratch = scratch};

	w.room = room > STREAM_FRAMES_BYTES ? room - STREAM_FRAMES_BYTES : 0;
	if (e->closed) {
		answer_close(&w, e);
	} else {
		add_all_limits(&w, e);
		e->told = e->read + STREAM_CONNECTION_BYTES;
		if (t->welcome || e->their_ended)
			add(&w, STREAM_FRAME_CONNECTION_MAX_STREAM_ID, 0)->max_stream_id =
			        stream_endpoint_their_max(e);
		if (t->welcome)
			add_asset(&w, e);
		if (t->refused_stream)
			add(&w, STREAM_FRAME_STREAM_CLOSE, t->refused_stream)->close.code =
			        STREAM_STATE_ERROR;
		if (fulfil)
			answer_data(&w, e, t);
	}
	encode(&w, fulfil ? ILP_FULFILL : ILP_REJECT, t->sequence, t->amount, plain);
}

/* ---- packets of our own ---- */

static uint64_t min_u64(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* What of the stream's money they would take now, as far as they said. */
static uint64_t money_of(const struct stream *s, const struct stream_limits *limits)
{
	uint64_t want = s->send_max - min_u64(s->send_max, s->sent + s->sending);
	uint64_t theirs = s->their_max - min_u64(s->their_max, s->their_received), ours;

	if (s->closed_there || s->closed_here || theirs == 0)
		return 0;
	if (s->their_max == UINT64_MAX || !limits->rate_known ||
	        ratio_unapply_ceil(&limits->rate, theirs, &ours))
		return want;
	return min_u64(want, ours);
}

static bool wants_to_send(const struct stream_endpoint *e, const struct stream_limits *limits)
{
	if (e->closed)
		return !e->close_told;
	if (!e->introduced)
		return true;
	if (e->read + STREAM_CONNECTION_BYTES - e->told >= TELL_BYTES)
		return true;
	for (size_t i = 0; i < STREAM_PLACES; i++) {
		const struct stream *s = &e->streams[i];

		if (!s->id)
			continue;
		if (s->out.end > s->out.acked && out_limit(e, s) > s->out.acked)
			return true;
		if (may_end(s, 0) || (limits->packet_max && money_of(s, limits)))
			return true;
	}
	return false;
}

/* One stream's money, data and end. */
static void add_stream(struct writing *w, struct stream_endpoint *e, struct stream *s,
        const struct stream_limits *limits, struct stream_out *out)
{
	uint64_t money = min_u64(money_of(s, limits), limits->packet_max - out->amount);
	size_t part = out->parts_n, n;
	struct stream_frame *f;

	out->parts[part].stream = s->id;
	if (money) {
		add(w, STREAM_FRAME_STREAM_MONEY, s->id)->shares = money;
		out->parts[part].amount = money;
		out->amount += money;
		s->sending += money;
	}
	if (s->send_max > s->sent + s->sending && !s->closed_there) {
		f = add(w, STREAM_FRAME_STREAM_MONEY_BLOCKED, s->id);
		f->money_blocked.send_max = s->send_max;
		f->money_blocked.total_sent = s->sent;
	}
	n = add_data(w, e, s);
	if (n) {
		stream_outbox_sent(&s->out, n);
		out->parts[part].data = true;
	} else if (s->out.end > s->out.acked && s->out.end > s->out_max) {
		add(w, STREAM_FRAME_STREAM_DATA_BLOCKED, s->id)->max_offset = s->out.end;
	}
	if (may_end(s, n)) {
		add_end(w, s);
		out->parts[part].end = true;
	}
	out->parts_n++;
}

static void write_close(struct writing *w, struct stream_endpoint *e, struct stream_out *out)
{
	struct stream_frame *f = add(w, STREAM_FRAME_CONNECTION_CLOSE, 0);

	f->close.code = e->close_code;
	e->close_told = true;
	out->closes = true;
	out->fulfillable = false;
}

static void write_packet(struct writing *w, struct stream_endpoint *e,
        const struct stream_limits *limits, struct stream_out *out)
{
	struct stream_frame *f;

	if (!e->introduced && e->options.address) {
		add(w, STREAM_FRAME_CONNECTION_NEW_ADDRESS, 0)->address =
		        bytes_str(e->options.address);
		out->introduces = true;
	}
	if (!e->introduced) {
		f = add(w, STREAM_FRAME_CONNECTION_MAX_STREAM_ID, 0);
		f->max_stream_id = stream_endpoint_their_max(e);
		add_asset(w, e);
	}
	add_all_limits(w, e);
	out->told = e->read + STREAM_CONNECTION_BYTES;
	for (size_t i = 0; i < STREAM_PLACES; i++)
		if (e->streams[i].id)
			add_stream(w, e, &e->streams[i], limits, out);
	if (limits->rate_known && ratio_apply_floor(&limits->rate, out->amount, &out->minimum))
		out->minimum = 0;
}

static bool may_send(const struct stream_endpoint *e, const struct stream_limits *limits,
        int64_t now_ms, int64_t *wait_ms)
{
	*wait_ms = INT64_MAX;
	if (e->under_way || e->failed || (e->options.server && !e->address[0]))
		return false;
	if (!wants_to_send(e, limits) || e->sequence > STREAM_ENDPOINT_PACKETS)
		return false;
	if (now_ms < e->resume_ms) {
		*wait_ms = e->resume_ms;
		return false;
	}
	return true;
}

bool stream_endpoint_next(struct stream_endpoint *e, const struct stream_limits *limits,
        int64_t now_ms, size_t room, uint8_t *scratch, struct buf *plain, struct stream_out *out,
        int64_t *wait_ms)
{
	struct writing w = {.n = 0, .scratch = scratch};

	if (!may_send(e, limits, now_ms, wait_ms))
		return false;
	w.room = room > STREAM_FRAMES_BYTES ? room - STREAM_FRAMES_BYTES : 0;
	memset(out, 0, sizeof(*out));
	out->sequence = e->sequence++;
	out->fulfillable = true;
	if (e->closed)
		write_close(&w, e, out);
	else
		write_packet(&w, e, limits, out);
	encode(&w, ILP_PREPARE, out->sequence, out->minimum, plain);
	e->under_way = true;
	e->active_ms = now_ms;
	return true;
}

/* ---- what became of it ---- */

static void part_over(struct stream_endpoint *e, const struct stream_out *out, size_t i, bool ok)
{
	struct stream *s = stream_endpoint_find(e, out->parts[i].stream);

	if (!s)
		return;
	s->sending -= out->parts[i].amount;
	if (ok)
		s->sent += out->parts[i].amount;
	if (out->parts[i].data && ok)
		stream_outbox_arrived(&s->out);
	else if (out->parts[i].data)
		stream_outbox_lost(&s->out);
	if (out->parts[i].end && ok) {
		s->closed_here = true;
		stream_endpoint_let_go(e, s);
	}
}

static void hear_answer(struct stream_endpoint *e, const struct stream_out *out,
        const struct stream_packet *reply, bool fulfilled)
{
	if (out->introduces || !e->options.address)
		e->introduced = true;
	if (!stream_endpoint_control(e, reply, NULL))
		return;
	if (fulfilled && !stream_endpoint_data(e, reply))
		return;
	stream_endpoint_closes(e, reply);
}

/* A packet that got nowhere is not followed by the next at once. A client that can't be reached at
 * its address is answered still. */
static void slow_down(struct stream_endpoint *e, int64_t now_ms)
{
	int64_t pause = (int64_t)STREAM_AGAIN_MS << e->failures;

	e->resume_ms = now_ms + (pause < STREAM_AGAIN_MAX_MS ? pause : STREAM_AGAIN_MAX_MS);
	if (++e->failures < STREAM_FAILURES_MAX)
		return;
	if (e->options.server)
		e->address[0] = '\0';
	else
		e->failed = true;
	e->failures = 0;
}

void stream_endpoint_report(struct stream_endpoint *e, const struct stream_out *out,
        enum stream_fate fate, const struct stream_packet *reply, int64_t now_ms)
{
	bool ok = fate == STREAM_FULFILLED;

	e->under_way = false;
	if (out->closes)
		return;
	for (size_t i = 0; i < out->parts_n; i++)
		part_over(e, out, i, ok);
	if (reply) {
		e->active_ms = now_ms;
		hear_answer(e, out, reply, ok);
	}
	if (ok) {
		e->failures = 0;
		e->told = out->told > e->told ? out->told : e->told;
	} else {
		slow_down(e, now_ms);
	}
}
