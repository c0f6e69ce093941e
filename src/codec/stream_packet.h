/* stream_packet: the plaintext of a STREAM packet and its frames.
 *
 * Decoding checks the whole packet, every frame included, and then keeps only where the frames
 * stand: they are walked with an iterator, so a hostile frame count costs no memory. Frames of
 * unknown type are skippable, extra bytes in a known frame's body and after the last frame are
 * ignored. Spec: RFC 0029, sections 5.2 and 5.3.
 */
#ifndef FLORIN_CODEC_STREAM_PACKET_H
#define FLORIN_CODEC_STREAM_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/result.h"

#define STREAM_VERSION 1

enum stream_frame_type {
	STREAM_FRAME_CONNECTION_CLOSE = 0x01,
	STREAM_FRAME_CONNECTION_NEW_ADDRESS = 0x02,
	STREAM_FRAME_CONNECTION_MAX_DATA = 0x03,
	STREAM_FRAME_CONNECTION_DATA_BLOCKED = 0x04,
	STREAM_FRAME_CONNECTION_MAX_STREAM_ID = 0x05,
	STREAM_FRAME_CONNECTION_STREAM_ID_BLOCKED = 0x06,
	STREAM_FRAME_CONNECTION_ASSET_DETAILS = 0x07,
	STREAM_FRAME_STREAM_CLOSE = 0x10,
	STREAM_FRAME_STREAM_MONEY = 0x11,
	STREAM_FRAME_STREAM_MAX_MONEY = 0x12,
	STREAM_FRAME_STREAM_MONEY_BLOCKED = 0x13,
	STREAM_FRAME_STREAM_DATA = 0x14,
	STREAM_FRAME_STREAM_MAX_DATA = 0x15,
	STREAM_FRAME_STREAM_DATA_BLOCKED = 0x16,
	STREAM_FRAME_STREAM_RECEIPT = 0x17,
};

/* Codes of the two close frames. */
enum stream_error {
	STREAM_NO_ERROR = 1,
	STREAM_INTERNAL_ERROR = 2,
	STREAM_ENDPOINT_BUSY = 3,
	STREAM_FLOW_CONTROL_ERROR = 4,
	STREAM_ID_ERROR = 5,
	STREAM_STATE_ERROR = 6,
	STREAM_FRAME_FORMAT_ERROR = 7,
	STREAM_PROTOCOL_VIOLATION = 8,
	STREAM_APPLICATION_ERROR = 9,
};

/* Told as one's address by those who take no packets. */
#define STREAM_SEND_ONLY_ADDRESS "private.SEND_ONLY_CLIENT"

/* One frame; `type` says which member of the union holds it. Bytes are borrowed. */
struct stream_frame {
	uint8_t type;       /* an enum stream_frame_type, or an unknown one */
	uint64_t stream_id; /* of the STREAM_FRAME_STREAM_ ones */
	union {
		struct {
			uint8_t code; /* an enum stream_error, or any other byte */
			struct bytes message;
		} close;                /* CONNECTION_CLOSE, STREAM_CLOSE */
		struct bytes address;   /* CONNECTION_NEW_ADDRESS: not checked, may be empty */
		uint64_t max_offset;    /* the four about data offsets */
		uint64_t max_stream_id; /* CONNECTION_MAX_STREAM_ID, CONNECTION_STREAM_ID_BLOCKED */
		struct {
			struct bytes code;
			uint8_t scale;
		} asset;         /* CONNECTION_ASSET_DETAILS */
		uint64_t shares; /* STREAM_MONEY */
		struct {
			uint64_t receive_max; /* above 2^64-1 on the wire reads as 2^64-1 */
			uint64_t total_received;
		} max_money; /* STREAM_MAX_MONEY */
		struct {
			uint64_t send_max; /* saturates like receive_max */
			uint64_t total_sent;
		} money_blocked; /* STREAM_MONEY_BLOCKED */
		struct {
			uint64_t offset;
			struct bytes bytes;
		} data;               /* STREAM_DATA */
		struct bytes receipt; /* STREAM_RECEIPT */
	};
	struct bytes body; /* set by decode: the whole body; encode writes it for unknown types */
	size_t extra;      /* set by decode: bytes of the body after the last field */
};

struct stream_packet {
	uint8_t type;      /* an enum ilp_type; the caller compares it with the carrying packet */
	uint64_t sequence; /* the request's number; a reply repeats it */
	uint64_t amount;   /* Prepare: least to accept; reply: what arrived */
	uint64_t frame_count;
	struct bytes frames;   /* set by decode: the frames, all checked */
	struct bytes trailing; /* set by decode: padding, ignored */
};

/* *out points into `in`. Any inner type is accepted.
 * Errors: THEIRS_MALFORMED (version), THEIRS_TRUNCATED, THEIRS_NONCANONICAL, THEIRS_TOO_BIG (a
 * VarUInt above 2^64-1 in a field that does not saturate). */
MUST_USE enum result stream_packet_decode(struct bytes in, struct stream_packet *out);

/* Append the header with p->frame_count; that many stream_frame_encode must follow. */
void stream_packet_encode_head(struct buf *b, const struct stream_packet *p);
void stream_frame_encode(struct buf *b, const struct stream_frame *f);
/* Header and `n` frames; p->frame_count is not looked at. */
void stream_packet_encode(
        struct buf *b, const struct stream_packet *p, const struct stream_frame *frames, size_t n);

/* Walks the frames of a decoded packet:
 *	stream_frames_init(&it, &packet);
 *	while (stream_frames_next(&it, &frame)) ... */
struct stream_frames {
	struct cursor at;
	uint64_t left;
};
void stream_frames_init(struct stream_frames *it, const struct stream_packet *p);
bool stream_frames_next(struct stream_frames *it, struct stream_frame *out);

/* As the RFC spells it, "StreamMoney"; NULL for an unknown type. */
const char *stream_frame_name(uint8_t type);

/* Sum of the shares of all StreamMoney frames; 0 where there is none.
 * Errors: THEIRS_TOO_BIG (above 2^64-1). */
MUST_USE enum result stream_packet_shares(const struct stream_packet *p, uint64_t *out_total);
/* One frame's part of `amount`: floor(amount * shares / total), 0 when total is 0. What the floors
 * leave over belongs to the lowest open stream. t/vectors/stream_money_shares.json */
uint64_t stream_money_share(uint64_t amount, uint64_t shares, uint64_t total);

#endif
