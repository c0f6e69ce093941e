/* stream_parcel: the data that follows a complete payment, in pieces and in order: how much the
 * other end takes, what goes next, and when to give up. Pure, like the sender that it serves.
 *
 * One piece is under way at a time, so that each arrives before the next one, and the last one
 * closes the stream. Where the other end takes no more, a packet that says so asks again. Spec: RFC
 * 0029, 5.3.11 to 5.3.13; Interledger, STREAM frames.
 */
#ifndef FLORIN_ILP_STREAM_PARCEL_H
#define FLORIN_ILP_STREAM_PARCEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STREAM_PIECE_MAX        24576  /* bytes of one packet */
#define STREAM_PARCEL_MS_MAX    120000 /* from the first piece; then the rest stays here */
#define STREAM_PARCEL_IDLE_MS   15000  /* without a byte that was taken: the same */
#define STREAM_PARCEL_AGAIN_MS  100    /* before a piece goes again; doubled each time */
#define STREAM_PARCEL_AGAIN_MAX 2000
/* What others take before they say so: of a stream, and of all together, notes included. */
#define STREAM_PARCEL_FIRST     16384
#define STREAM_PARCEL_FIRST_ALL 65534

enum stream_parcel_state {
	STREAM_PARCEL_NONE,
	STREAM_PARCEL_TO_SEND,
	STREAM_PARCEL_UNDER_WAY,
	STREAM_PARCEL_ARRIVED, /* all of it, and they know that it is all */
	STREAM_PARCEL_GIVEN_UP,
};

struct stream_parcel {
	enum stream_parcel_state state;
	uint64_t size;
	uint64_t taken;   /* the other end has so many, from the first */
	size_t piece;     /* under way; 0: they are only asked to take more */
	uint64_t max;     /* they take bytes of the stream up to here, */
	uint64_t all_max; /* and of all streams */
	uint64_t before;  /* bytes of other streams */
	unsigned tries;   /* since the last byte that was taken */
	int64_t resume_ms, until_ms, idle_ms;
};

/* size 0: none. before: as in the struct. */
void stream_parcel_init(struct stream_parcel *p, uint64_t size, uint64_t before);
bool stream_parcel_is_open(const struct stream_parcel *p);
/* A packet is to be sent now, with p->piece bytes from p->taken on, and is then under way. Else
 * *wait_until_ms is set where it is TO_SEND. It may give up. */
bool stream_parcel_take(struct stream_parcel *p, int64_t now_ms, int64_t *wait_until_ms);
/* The piece under way is the last one. */
bool stream_parcel_closes(const struct stream_parcel *p);
/* What they say that they take; 0: nothing was said. Limits only grow. */
void stream_parcel_heard(struct stream_parcel *p, uint64_t max, uint64_t all_max);
/* The packet's end: taken, with a Fulfill; or not, and again where it may go better. */
void stream_parcel_taken(struct stream_parcel *p, int64_t now_ms);
void stream_parcel_back(struct stream_parcel *p, int64_t now_ms, bool again);
void stream_parcel_give_up(struct stream_parcel *p);

#endif
