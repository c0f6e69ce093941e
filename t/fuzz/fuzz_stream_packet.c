#include "fuzz/fuzz.h"

#include "codec/stream_packet.h"

#define INPUT_MAX (64 * 1024)

/* Re-encoding never grows a packet: what is read is canonical, and the rest is dropped. */
static uint8_t storage[INPUT_MAX];

static bool same_frame(const struct stream_frame *a, const struct stream_frame *b)
{
	if (a->type != b->type || a->stream_id != b->stream_id)
		return false;
	switch ((enum stream_frame_type)a->type) {
	case STREAM_FRAME_CONNECTION_CLOSE:
	case STREAM_FRAME_STREAM_CLOSE:
		return a->close.code == b->close.code &&
		       bytes_eq(a->close.message, b->close.message);
	case STREAM_FRAME_CONNECTION_NEW_ADDRESS:
		return bytes_eq(a->address, b->address);
	case STREAM_FRAME_CONNECTION_MAX_DATA:
	case STREAM_FRAME_CONNECTION_DATA_BLOCKED:
	case STREAM_FRAME_STREAM_MAX_DATA:
	case STREAM_FRAME_STREAM_DATA_BLOCKED:
		return a->max_offset == b->max_offset;
	case STREAM_FRAME_CONNECTION_MAX_STREAM_ID:
	case STREAM_FRAME_CONNECTION_STREAM_ID_BLOCKED:
		return a->max_stream_id == b->max_stream_id;
	case STREAM_FRAME_CONNECTION_ASSET_DETAILS:
		return bytes_eq(a->asset.code, b->asset.code) && a->asset.scale == b->asset.scale;
	case STREAM_FRAME_STREAM_MONEY:
		return a->shares == b->shares;
	case STREAM_FRAME_STREAM_MAX_MONEY:
		return a->max_money.receive_max == b->max_money.receive_max &&
		       a->max_money.total_received == b->max_money.total_received;
	case STREAM_FRAME_STREAM_MONEY_BLOCKED:
		return a->money_blocked.send_max == b->money_blocked.send_max &&
		       a->money_blocked.total_sent == b->money_blocked.total_sent;
	case STREAM_FRAME_STREAM_DATA:
		return a->data.offset == b->data.offset && bytes_eq(a->data.bytes, b->data.bytes);
	case STREAM_FRAME_STREAM_RECEIPT:
		return bytes_eq(a->receipt, b->receipt);
	}
	return bytes_eq(a->body, b->body);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct stream_packet p, again;
	struct stream_frames it, it_again;
	struct stream_frame f, f_again;
	uint64_t total, total_again;
	struct buf b;

	if (size > INPUT_MAX || stream_packet_decode(bytes_of(data, size), &p) != RESULT_OK)
		return 0;
	buf_init(&b, storage, sizeof(storage));
	stream_packet_encode_head(&b, &p);
	stream_frames_init(&it, &p);
	while (stream_frames_next(&it, &f))
		stream_frame_encode(&b, &f);
	FUZZ_CHECK(it.left == 0 && !it.at.failed);
	FUZZ_CHECK(!b.failed);
	FUZZ_CHECK(stream_packet_decode(buf_view(&b), &again) == RESULT_OK);
	FUZZ_CHECK(p.type == again.type && p.sequence == again.sequence);
	FUZZ_CHECK(p.amount == again.amount && p.frame_count == again.frame_count);
	FUZZ_CHECK(again.trailing.n == 0);
	stream_frames_init(&it, &p);
	stream_frames_init(&it_again, &again);
	while (stream_frames_next(&it, &f)) {
		FUZZ_CHECK(stream_frames_next(&it_again, &f_again));
		FUZZ_CHECK(same_frame(&f, &f_again));
		FUZZ_CHECK(f_again.extra == 0);
	}
	FUZZ_CHECK(!stream_frames_next(&it_again, &f_again));
	if (stream_packet_shares(&p, &total) == RESULT_OK) {
		FUZZ_CHECK(stream_packet_shares(&again, &total_again) == RESULT_OK);
		FUZZ_CHECK(total == total_again);
	}
	return 0;
}
