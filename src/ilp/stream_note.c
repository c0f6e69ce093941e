#include "ilp/stream_note.h"

bool stream_note_take(struct stream_note *n, int64_t now_ms)
{
	if (n->state != STREAM_NOTE_TO_SEND || now_ms < n->resume_ms)
		return false;
	n->state = STREAM_NOTE_UNDER_WAY;
	n->tries++;
	return true;
}

bool stream_note_is_open(const struct stream_note *n)
{
	return n->state == STREAM_NOTE_TO_SEND || n->state == STREAM_NOTE_UNDER_WAY;
}

int64_t stream_note_life_ms(int64_t packet_life_ms)
{
	return packet_life_ms < STREAM_NOTE_LIFE_MS ? packet_life_ms : STREAM_NOTE_LIFE_MS;
}

void stream_note_fulfilled(struct stream_note *n, int64_t now_ms, bool kept)
{
	if (kept)
		n->state = STREAM_NOTE_ARRIVED;
	else
		stream_note_back(n, now_ms, false);
}

void stream_note_back(struct stream_note *n, int64_t now_ms, bool again)
{
	bool more = again && n->tries < STREAM_NOTE_TRIES;

	n->state = more ? STREAM_NOTE_TO_SEND : STREAM_NOTE_GIVEN_UP;
	n->resume_ms = now_ms + ((int64_t)STREAM_NOTE_PAUSE_MS << (n->tries - 1));
}
