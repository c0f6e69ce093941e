#include "ilp/stream_after.h"

#include "ilp/stream_sender.h"

bool stream_after_is_open(const struct stream_after *a)
{
	return stream_note_is_open(&a->note) || stream_parcel_is_open(&a->parcel);
}

unsigned stream_after_take(struct stream_after *a, int64_t now_ms, int64_t *wait_until_ms)
{
	if (stream_note_is_open(&a->note)) {
		if (stream_note_take(&a->note, now_ms))
			return STREAM_PACKET_NOTE;
		if (a->note.state == STREAM_NOTE_TO_SEND)
			*wait_until_ms = a->note.resume_ms;
		return 0;
	}
	return stream_parcel_take(&a->parcel, now_ms, wait_until_ms) ? (unsigned)STREAM_PACKET_DATA
	                                                             : 0;
}

static void hear(struct stream_after *a, const struct stream_reply *reply)
{
	if (reply)
		stream_parcel_heard(&a->parcel, reply->data_max, reply->data_all_max);
}

void stream_after_fulfilled(struct stream_after *a, const struct stream_send *packet,
        int64_t now_ms, const struct stream_reply *reply)
{
	bool kept = reply && !reply->after_refused;

	hear(a, reply);
	if (packet->frames & STREAM_PACKET_NOTE)
		stream_note_fulfilled(&a->note, now_ms, kept);
	else if (packet->frames & STREAM_PACKET_DATA && kept)
		stream_parcel_taken(&a->parcel, now_ms);
	else if (packet->frames & STREAM_PACKET_DATA)
		stream_parcel_back(&a->parcel, now_ms, false);
}

void stream_after_back(struct stream_after *a, const struct stream_send *packet, int64_t now_ms,
        const struct stream_reply *reply, bool again)
{
	hear(a, reply);
	if (packet->frames & STREAM_PACKET_NOTE)
		stream_note_back(&a->note, now_ms, again);
	else if (packet->frames & STREAM_PACKET_DATA)
		stream_parcel_back(&a->parcel, now_ms, again && !(reply && reply->after_refused));
}
