/* stream_note: the note that follows a complete payment: one packet without money, sent again where
 * it got nowhere. Pure, like the sender that it serves.
 */
#ifndef FLORIN_ILP_STREAM_NOTE_H
#define FLORIN_ILP_STREAM_NOTE_H

#include <stdbool.h>
#include <stdint.h>

#define STREAM_NOTE_TRIES    3
#define STREAM_NOTE_PAUSE_MS 200 /* before it is sent again; doubled each time */

enum stream_note_state {
	STREAM_NOTE_NONE,
	STREAM_NOTE_TO_SEND,
	STREAM_NOTE_UNDER_WAY,
	STREAM_NOTE_ARRIVED,
	STREAM_NOTE_GIVEN_UP,
};

struct stream_note {
	enum stream_note_state state;
	unsigned tries;
	int64_t resume_ms; /* not before */
};

/* It is to be sent now, and then under way. */
bool stream_note_take(struct stream_note *n, int64_t now_ms);
/* Something is still to happen. */
bool stream_note_is_open(const struct stream_note *n);
/* The packet's end: with its Fulfill, or without; again: it may go better another time. */
void stream_note_arrived(struct stream_note *n);
void stream_note_back(struct stream_note *n, int64_t now_ms, bool again);

#endif
