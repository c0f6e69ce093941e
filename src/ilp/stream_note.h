/* stream_note: the note that follows a complete payment: one packet without money, sent again where
 * it got nowhere. Pure, like the sender that it serves.
 */
#ifndef FLORIN_ILP_STREAM_NOTE_H
#define FLORIN_ILP_STREAM_NOTE_H

#include <stdbool.h>
#include <stdint.h>

#define STREAM_NOTE_TRIES    3
#define STREAM_NOTE_BYTES    2000 /* it has no more than that */
#define STREAM_NOTE_PAUSE_MS 200  /* before it is sent again; doubled each time */
#define STREAM_NOTE_LIFE_MS  5000 /* of its packet, at most */
/* From the last money to the end of the last try, at most. */
#define STREAM_NOTE_MS_MAX                                                                         \
	(STREAM_NOTE_TRIES * STREAM_NOTE_LIFE_MS +                                                 \
	        (STREAM_NOTE_PAUSE_MS << (STREAM_NOTE_TRIES - 1)))

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
/* Of the note's packet, where the others live that long. */
int64_t stream_note_life_ms(int64_t packet_life_ms);
/* The packet's end: with a Fulfill, or without. kept: the reply to it is the receiver's, and
 * doesn't refuse the note. again: it may go better another time. */
void stream_note_fulfilled(struct stream_note *n, int64_t now_ms, bool kept);
void stream_note_back(struct stream_note *n, int64_t now_ms, bool again);

#endif
