#include "ilp/stream_receiver.h"

#include <string.h>

#include "codec/ilp_address.h"
#include "codec/stream_packet.h"

#define REPLY_FRAMES_MAX 3

/* What the request's frames ask of the reply. */
struct wishes {
	bool closes;
	bool asks_for_asset;
	bool other_asset;
	bool takes_no_data;
	bool has_data;
	struct bytes address;
	struct bytes asset_code;
	uint8_t asset_scale;
};

/* Nothing at all asks for the asset alone, and so does the other one. */
static bool takes_packets(struct bytes address)
{
	return !ilp_address_check(address) && !bytes_eq_str(address, STREAM_SEND_ONLY_ADDRESS);
}

static struct wishes read_frames(const struct stream_packet *p, const struct stream_arrival *in)
{
	struct stream_frames it;
	struct stream_frame f;
	struct wishes w = {.closes = false};

	stream_frames_init(&it, p);
	while (stream_frames_next(&it, &f)) {
		if (f.type == STREAM_FRAME_CONNECTION_CLOSE)
			w.closes = true;
		else if (f.type == STREAM_FRAME_STREAM_DATA)
			w.has_data = true;
		else if (f.type == STREAM_FRAME_CONNECTION_NEW_ADDRESS) {
			w.asks_for_asset = true;
			if (takes_packets(f.address))
				w.address = f.address;
		} else if (f.type == STREAM_FRAME_CONNECTION_ASSET_DETAILS) {
			w.other_asset = !bytes_eq(f.asset.code, in->asset_code) ||
			                f.asset.scale != in->asset_scale;
			w.asset_code = f.asset.code;
			w.asset_scale = f.asset.scale;
		} else if (f.type == STREAM_FRAME_CONNECTION_MAX_DATA) {
			w.takes_no_data = f.max_offset == 0;
		}
	}
	return w;
}

static void refuse(struct stream_answer *out, const char *code)
{
	out->fulfil = false;
	memcpy(out->code, code, ILP_CODE_SIZE + 1);
}

static void write_reply(struct stream_keys *keys, const struct stream_arrival *in,
        const struct stream_packet *request, struct wishes wishes, uint8_t *reply,
        struct stream_answer *out)
{
	struct stream_packet head = {
	        .type = out->fulfil ? ILP_FULFILL : ILP_REJECT,
	        .sequence = request->sequence,
	        .amount = in->received,
	};
	struct stream_frame frames[REPLY_FRAMES_MAX];
	uint8_t plain[STREAM_REPLY_BYTES_MAX - ENVELOPE_SIZE], receipt[RECEIPT_SIZE];
	struct buf p, sealed, signed_receipt;
	size_t n = 0;

	memset(frames, 0, sizeof(frames));
	if (wishes.asks_for_asset) {
		frames[n].type = STREAM_FRAME_CONNECTION_ASSET_DETAILS;
		frames[n].asset.code = in->asset_code;
		frames[n++].asset.scale = in->asset_scale;
	}
	if (out->fulfil && in->receipt) {
		buf_init(&signed_receipt, receipt, sizeof(receipt));
		receipt_encode(&signed_receipt, in->receipt, in->receipt_secret);
		frames[n].type = STREAM_FRAME_STREAM_RECEIPT;
		frames[n].stream_id = in->receipt->stream_id;
		frames[n++].receipt = buf_view(&signed_receipt);
	}
	if (wishes.closes) {
		frames[n].type = STREAM_FRAME_CONNECTION_CLOSE;
		frames[n++].close.code = STREAM_NO_ERROR;
	}
	buf_init(&p, plain, sizeof(plain));
	stream_packet_encode(&p, &head, frames, n);
	buf_init(&sealed, reply, STREAM_REPLY_BYTES_MAX);
	if (!p.failed)
		stream_keys_seal(keys, buf_view(&p), &sealed);
	out->data = buf_view(&sealed);
}

void stream_receiver_answer(struct stream_keys *keys, const struct stream_arrival *in,
        uint8_t *scratch, uint8_t *reply, struct stream_answer *out)
{
	struct stream_packet request;
	struct wishes wishes;
	struct buf plain;

	memset(out, 0, sizeof(*out));
	buf_init(&plain, scratch, STREAM_PLAINTEXT_MAX);
	if (stream_keys_open(keys, in->data, &plain) ||
	        stream_packet_decode(buf_view(&plain), &request)) {
		refuse(out, ILP_F06_UNEXPECTED_PAYMENT);
		return;
	}
	if (request.type != ILP_PREPARE) {
		refuse(out, ILP_F00_BAD_REQUEST);
		return;
	}
	wishes = read_frames(&request, in);
	out->other_asset = wishes.other_asset;
	out->authentic = true;
	out->plain = buf_view(&plain);
	/* An address for money alone needs no state: where money goes back to is in the store. */
	out->wants_state = wishes.has_data || (wishes.address.n && !wishes.takes_no_data);
	out->has_data = wishes.has_data;
	out->payer = wishes.address;
	out->payer_asset = wishes.asset_code;
	out->payer_scale = wishes.asset_scale;
	out->fulfillable = stream_keys_fulfils(keys, in->data, in->condition, out->fulfillment);
	out->fulfil =
	        out->fulfillable && !in->refuse && !wishes.closes && in->received >= request.amount;
	if (!out->fulfil)
		refuse(out, ILP_F99_APPLICATION_ERROR);
	write_reply(keys, in, &request, wishes, reply, out);
}
