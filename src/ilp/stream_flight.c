#include "ilp/stream_flight.h"

#include <assert.h>
#include <string.h>

#include "codec/stream_packet.h"

/* The piece in the room, or the wish that they take more. */
static size_t data_frames(
        const struct stream_connection *c, struct stream_frame frames[REQUEST_FRAMES_MAX], size_t n)
{
	const struct stream_parcel *p = &c->sender.after.parcel;

	assert(n + 1 < REQUEST_FRAMES_MAX);
	frames[n].stream_id = STREAM_DATA_STREAM;
	if (p->piece == 0) {
		frames[n].type = STREAM_FRAME_STREAM_DATA_BLOCKED;
		frames[n++].max_offset = p->max;
		return n;
	}
	frames[n].type = STREAM_FRAME_STREAM_DATA;
	frames[n].data.offset = p->taken;
	frames[n++].data.bytes = bytes_of(c->room->piece, p->piece);
	if (stream_parcel_closes(p)) {
		frames[n].type = STREAM_FRAME_STREAM_CLOSE;
		frames[n].stream_id = STREAM_DATA_STREAM;
		frames[n++].close.code = STREAM_NO_ERROR;
	}
	return n;
}

static size_t frames_of(const struct stream_connection *c, unsigned wanted,
        struct stream_frame frames[REQUEST_FRAMES_MAX])
{
	size_t n = 0;

	memset(frames, 0, REQUEST_FRAMES_MAX * sizeof(*frames));
	if (wanted & STREAM_PACKET_CLOSE) {
		frames[n].type = STREAM_FRAME_CONNECTION_CLOSE;
		frames[n++].close.code = STREAM_NO_ERROR;
	}
	if (wanted & STREAM_PACKET_SETUP) {
		frames[n].type = STREAM_FRAME_CONNECTION_MAX_STREAM_ID;
		frames[n++].max_stream_id = 1;
		frames[n++].type = STREAM_FRAME_CONNECTION_MAX_DATA;
	}
	if (wanted & (STREAM_PACKET_ASSET_REQUEST | STREAM_PACKET_ASSET_REQUEST_SEND_ONLY)) {
		frames[n].type = STREAM_FRAME_CONNECTION_NEW_ADDRESS;
		if (wanted & STREAM_PACKET_ASSET_REQUEST_SEND_ONLY)
			frames[n].address = bytes_str(STREAM_SEND_ONLY_ADDRESS);
		n++;
	}
	/* With each packet: the receiver may keep no state but what came from where. */
	if (wanted & STREAM_PACKET_MONEY && c->way_back) {
		frames[n].type = STREAM_FRAME_CONNECTION_NEW_ADDRESS;
		frames[n++].address = bytes_str(c->way_back);
		if (!(wanted & STREAM_PACKET_SETUP))
			frames[n++].type = STREAM_FRAME_CONNECTION_MAX_DATA;
	}
	if (wanted & STREAM_PACKET_MONEY) {
		/* The receiver is told whether there was an exchange on the way: then rounding may
		 * take a packet past what it asked for. */
		assert(n + 1 < REQUEST_FRAMES_MAX);
		frames[n].type = STREAM_FRAME_CONNECTION_ASSET_DETAILS;
		frames[n].asset.code = bytes_str(c->asset->code);
		frames[n++].asset.scale = (uint8_t)c->asset->scale;
		frames[n].type = STREAM_FRAME_STREAM_MONEY;
		frames[n].stream_id = 1;
		frames[n++].shares = 1;
	}
	if (wanted & STREAM_PACKET_NOTE) {
		assert(n + 1 < REQUEST_FRAMES_MAX);
		frames[n].type = STREAM_FRAME_STREAM_DATA;
		frames[n].stream_id = STREAM_NOTE_STREAM;
		frames[n++].data.bytes = c->note;
		frames[n].type = STREAM_FRAME_STREAM_CLOSE;
		frames[n].stream_id = STREAM_NOTE_STREAM;
		frames[n++].close.code = STREAM_NO_ERROR;
	}
	if (wanted & STREAM_PACKET_DATA)
		n = data_frames(c, frames, n);
	return n;
}

/* The destination, with a "_" segment before its last one where the packet wants that. */
static struct bytes destination_of(
        const struct stream_connection *c, unsigned wanted, char out[RESOLVE_ADDRESS_SIZE + 2])
{
	const char *last = strrchr(c->address, '.');
	size_t head = (size_t)(last - c->address);
	size_t n = strlen(c->address);

	if (!(wanted & STREAM_PACKET_ASSET_REQUEST_SEND_ONLY) || n + 2 > ILP_ADDRESS_MAX)
		return bytes_of(c->address, n);
	memcpy(out, c->address, head);
	memcpy(out + head, "._", 2);
	memcpy(out + head + 2, last, n - head);
	return bytes_of(out, n + 2);
}

/* The buffers of a packet: plaintext, sealed, whole. False: the data can't be read. */
static bool take_room(struct stream_flight *f, uint8_t *plain, uint8_t *sealed, struct buf *p,
        struct buf *data, struct buf *wire)
{
	struct stream_connection *c = f->connection;
	const struct stream_parcel *parcel = &c->sender.after.parcel;
	struct stream_room *room = c->room;

	if (f->send.frames & STREAM_PACKET_DATA) {
		buf_init(p, room->plain, sizeof(room->plain));
		buf_init(data, room->sealed, sizeof(room->sealed));
		buf_init(wire, room->wire, sizeof(room->wire));
		return parcel->piece == 0 || c->data_read(c->data_arg, parcel->taken, room->piece,
		                                     parcel->piece) == parcel->piece;
	}
	buf_init(p, plain, NOTE_PLAIN_BYTES);
	buf_init(data, sealed, NOTE_PLAIN_BYTES + ENVELOPE_SIZE);
	if (f->send.frames & STREAM_PACKET_NOTE)
		buf_init(wire, c->note_wire, NOTE_WIRE_BYTES);
	else
		buf_init(wire, f->wire, sizeof(f->wire));
	return true;
}

bool stream_flight_build(struct stream_flight *f, int64_t wall_now_ms)
{
	struct stream_connection *c = f->connection;
	struct stream_packet packet = {
	        .type = ILP_PREPARE, .sequence = f->send.sequence, .amount = f->send.minimum};
	struct stream_frame frames[REQUEST_FRAMES_MAX];
	char longer[RESOLVE_ADDRESS_SIZE + 2];
	uint8_t plain[NOTE_PLAIN_BYTES], sealed[NOTE_PLAIN_BYTES + ENVELOPE_SIZE];
	uint8_t fulfillment[ILP_FULFILLMENT_SIZE];
	struct buf p, data, wire;
	struct ilp_prepare prepare;

	if (!take_room(f, plain, sealed, &p, &data, &wire))
		return false;
	stream_packet_encode(&p, &packet, frames, frames_of(c, f->send.frames, frames));
	if (p.failed)
		return false;
	stream_keys_seal(c->keys, buf_view(&p), &data);
	if (f->send.fulfillable) {
		stream_keys_fulfillment(c->keys, buf_view(&data), fulfillment);
		stream_condition(fulfillment, f->condition);
	} else {
		env_random(c->node->env, f->condition, sizeof(f->condition));
	}
	prepare = (struct ilp_prepare){
	        .amount = f->amount_out,
	        .expires_at_ms = wall_now_ms + f->send.life_ms,
	        .condition = f->condition,
	        .destination = destination_of(c, f->send.frames, longer),
	        .data = buf_view(&data),
	};
	ilp_prepare_encode(&wire, &prepare);
	if (data.failed || wire.failed)
		return false;
	f->prepare = (struct link_prepare){buf_view(&wire), f->condition, prepare.expires_at_ms};
	return true;
}
