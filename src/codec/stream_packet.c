#include "codec/stream_packet.h"

#include <string.h>

#include "base/amount.h"
#include "codec/oer.h"

const char *stream_frame_name(uint8_t type)
{
	switch ((enum stream_frame_type)type) {
	case STREAM_FRAME_CONNECTION_CLOSE:
		return "ConnectionClose";
	case STREAM_FRAME_CONNECTION_NEW_ADDRESS:
		return "ConnectionNewAddress";
	case STREAM_FRAME_CONNECTION_MAX_DATA:
		return "ConnectionMaxData";
	case STREAM_FRAME_CONNECTION_DATA_BLOCKED:
		return "ConnectionDataBlocked";
	case STREAM_FRAME_CONNECTION_MAX_STREAM_ID:
		return "ConnectionMaxStreamId";
	case STREAM_FRAME_CONNECTION_STREAM_ID_BLOCKED:
		return "ConnectionStreamIdBlocked";
	case STREAM_FRAME_CONNECTION_ASSET_DETAILS:
		return "ConnectionAssetDetails";
	case STREAM_FRAME_STREAM_CLOSE:
		return "StreamClose";
	case STREAM_FRAME_STREAM_MONEY:
		return "StreamMoney";
	case STREAM_FRAME_STREAM_MAX_MONEY:
		return "StreamMaxMoney";
	case STREAM_FRAME_STREAM_MONEY_BLOCKED:
		return "StreamMoneyBlocked";
	case STREAM_FRAME_STREAM_DATA:
		return "StreamData";
	case STREAM_FRAME_STREAM_MAX_DATA:
		return "StreamMaxData";
	case STREAM_FRAME_STREAM_DATA_BLOCKED:
		return "StreamDataBlocked";
	case STREAM_FRAME_STREAM_RECEIPT:
		return "StreamReceipt";
	}
	return NULL;
}

/* ---- frame bodies: each type reads and writes the same fields in the same order ---- */

/* An unknown type has no fields that could be wrong. */
static void read_body(struct cursor *c, struct stream_frame *f)
{
	switch ((enum stream_frame_type)f->type) {
	case STREAM_FRAME_CONNECTION_CLOSE:
		f->close.code = cursor_u8(c);
		f->close.message = oer_octets(c, SIZE_MAX);
		return;
	case STREAM_FRAME_CONNECTION_NEW_ADDRESS:
		f->address = oer_octets(c, SIZE_MAX);
		return;
	case STREAM_FRAME_CONNECTION_MAX_DATA:
	case STREAM_FRAME_CONNECTION_DATA_BLOCKED:
		f->max_offset = oer_uint(c);
		return;
	case STREAM_FRAME_CONNECTION_MAX_STREAM_ID:
	case STREAM_FRAME_CONNECTION_STREAM_ID_BLOCKED:
		f->max_stream_id = oer_uint(c);
		return;
	case STREAM_FRAME_CONNECTION_ASSET_DETAILS:
		f->asset.code = oer_octets(c, SIZE_MAX);
		f->asset.scale = cursor_u8(c);
		return;
	case STREAM_FRAME_STREAM_CLOSE:
		f->stream_id = oer_uint(c);
		f->close.code = cursor_u8(c);
		f->close.message = oer_octets(c, SIZE_MAX);
		return;
	case STREAM_FRAME_STREAM_MONEY:
		f->stream_id = oer_uint(c);
		f->shares = oer_uint(c);
		return;
	case STREAM_FRAME_STREAM_MAX_MONEY:
		f->stream_id = oer_uint(c);
		f->max_money.receive_max = oer_uint_saturating(c);
		f->max_money.total_received = oer_uint(c);
		return;
	case STREAM_FRAME_STREAM_MONEY_BLOCKED:
		f->stream_id = oer_uint(c);
		f->money_blocked.send_max = oer_uint_saturating(c);
		f->money_blocked.total_sent = oer_uint(c);
		return;
	case STREAM_FRAME_STREAM_DATA:
		f->stream_id = oer_uint(c);
		f->data.offset = oer_uint(c);
		f->data.bytes = oer_octets(c, SIZE_MAX);
		return;
	case STREAM_FRAME_STREAM_MAX_DATA:
	case STREAM_FRAME_STREAM_DATA_BLOCKED:
		f->stream_id = oer_uint(c);
		f->max_offset = oer_uint(c);
		return;
	case STREAM_FRAME_STREAM_RECEIPT:
		f->stream_id = oer_uint(c);
		f->receipt = oer_octets(c, SIZE_MAX);
		return;
	}
}

static void write_body(struct buf *b, const struct stream_frame *f)
{
	switch ((enum stream_frame_type)f->type) {
	case STREAM_FRAME_CONNECTION_CLOSE:
		buf_u8(b, f->close.code);
		oer_put_octets(b, f->close.message);
		return;
	case STREAM_FRAME_CONNECTION_NEW_ADDRESS:
		oer_put_octets(b, f->address);
		return;
	case STREAM_FRAME_CONNECTION_MAX_DATA:
	case STREAM_FRAME_CONNECTION_DATA_BLOCKED:
		oer_put_uint(b, f->max_offset);
		return;
	case STREAM_FRAME_CONNECTION_MAX_STREAM_ID:
	case STREAM_FRAME_CONNECTION_STREAM_ID_BLOCKED:
		oer_put_uint(b, f->max_stream_id);
		return;
	case STREAM_FRAME_CONNECTION_ASSET_DETAILS:
		oer_put_octets(b, f->asset.code);
		buf_u8(b, f->asset.scale);
		return;
	case STREAM_FRAME_STREAM_CLOSE:
		oer_put_uint(b, f->stream_id);
		buf_u8(b, f->close.code);
		oer_put_octets(b, f->close.message);
		return;
	case STREAM_FRAME_STREAM_MONEY:
		oer_put_uint(b, f->stream_id);
		oer_put_uint(b, f->shares);
		return;
	case STREAM_FRAME_STREAM_MAX_MONEY:
		oer_put_uint(b, f->stream_id);
		oer_put_uint(b, f->max_money.receive_max);
		oer_put_uint(b, f->max_money.total_received);
		return;
	case STREAM_FRAME_STREAM_MONEY_BLOCKED:
		oer_put_uint(b, f->stream_id);
		oer_put_uint(b, f->money_blocked.send_max);
		oer_put_uint(b, f->money_blocked.total_sent);
		return;
	case STREAM_FRAME_STREAM_DATA:
		oer_put_uint(b, f->stream_id);
		oer_put_uint(b, f->data.offset);
		oer_put_octets(b, f->data.bytes);
		return;
	case STREAM_FRAME_STREAM_MAX_DATA:
	case STREAM_FRAME_STREAM_DATA_BLOCKED:
		oer_put_uint(b, f->stream_id);
		oer_put_uint(b, f->max_offset);
		return;
	case STREAM_FRAME_STREAM_RECEIPT:
		oer_put_uint(b, f->stream_id);
		oer_put_octets(b, f->receipt);
		return;
	}
	buf_bytes(b, f->body);
}

/* ---- frames ---- */

static void read_frame(struct cursor *c, struct stream_frame *f)
{
	struct cursor body;

	*f = (struct stream_frame){.type = cursor_u8(c)};
	f->body = oer_octets(c, SIZE_MAX);
	if (c->failed)
		return;
	cursor_init(&body, f->body);
	read_body(&body, f);
	if (body.failed)
		cursor_fail(c, body.failed);
	f->extra = stream_frame_name(f->type) ? cursor_left(&body) : 0;
}

/* The body is written behind room for a one-byte length, and moved where the length needs more:
 * nearly all frames are short. */
void stream_frame_encode(struct buf *b, const struct stream_frame *f)
{
	size_t at, n, wider;
	struct buf prefix;

	buf_u8(b, f->type);
	at = b->len;
	buf_u8(b, 0);
	write_body(b, f);
	if (b->failed)
		return;
	n = b->len - at - 1;
	wider = oer_length_size(n) - 1;
	if (wider) {
		if (!buf_skip(b, wider))
			return;
		memmove(b->p + at + 1 + wider, b->p + at + 1, n);
	}
	buf_init(&prefix, b->p + at, 1 + wider);
	oer_put_length(&prefix, n);
}

/* ---- packets ---- */

enum result stream_packet_decode(struct bytes in, struct stream_packet *out)
{
	struct cursor c;
	const uint8_t *first_frame;

	cursor_init(&c, in);
	if (cursor_u8(&c) != STREAM_VERSION)
		cursor_fail(&c, RESULT_THEIRS_MALFORMED);
	out->type = cursor_u8(&c);
	out->sequence = oer_uint(&c);
	out->amount = oer_uint(&c);
	out->frame_count = oer_uint(&c);
	first_frame = c.p;
	/* A frame is two bytes or more, so the input ends this loop whatever count it claims. */
	for (uint64_t i = 0; i < out->frame_count && !c.failed; i++) {
		struct stream_frame f;

		read_frame(&c, &f);
	}
	TRY(c.failed);
	out->frames = bytes_of(first_frame, (size_t)(c.p - first_frame));
	out->trailing = bytes_of(c.p, cursor_left(&c));
	return RESULT_OK;
}

void stream_packet_encode_head(struct buf *b, const struct stream_packet *p)
{
	buf_u8(b, STREAM_VERSION);
	buf_u8(b, p->type);
	oer_put_uint(b, p->sequence);
	oer_put_uint(b, p->amount);
	oer_put_uint(b, p->frame_count);
}

void stream_packet_encode(
        struct buf *b, const struct stream_packet *p, const struct stream_frame *frames, size_t n)
{
	struct stream_packet head = *p;

	head.frame_count = n;
	stream_packet_encode_head(b, &head);
	for (size_t i = 0; i < n; i++)
		stream_frame_encode(b, &frames[i]);
}

void stream_frames_init(struct stream_frames *it, const struct stream_packet *p)
{
	cursor_init(&it->at, p->frames);
	it->left = p->frame_count;
}

bool stream_frames_next(struct stream_frames *it, struct stream_frame *out)
{
	if (it->left == 0)
		return false;
	it->left--;
	read_frame(&it->at, out);
	return !it->at.failed;
}

/* ---- money ---- */

enum result stream_packet_shares(const struct stream_packet *p, uint64_t *out_total)
{
	struct stream_frames it;
	struct stream_frame f;
	uint64_t total = 0;

	stream_frames_init(&it, p);
	while (stream_frames_next(&it, &f)) {
		if (f.type != STREAM_FRAME_STREAM_MONEY)
			continue;
		if (f.shares > UINT64_MAX - total)
			return RESULT_THEIRS_TOO_BIG;
		total += f.shares;
	}
	*out_total = total;
	return RESULT_OK;
}

uint64_t stream_money_share(uint64_t amount, uint64_t shares, uint64_t total)
{
	return total ? mul_div_floor(amount, shares, total) : 0;
}
