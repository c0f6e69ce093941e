/* stream_after: what follows the money of a complete payment: its note, then its data. Part of the
 * sender's state (stream_sender.h).
 */
#ifndef FLORIN_ILP_STREAM_AFTER_H
#define FLORIN_ILP_STREAM_AFTER_H

#include "ilp/stream_note.h"
#include "ilp/stream_parcel.h"

struct stream_reply;
struct stream_send;

struct stream_after {
	struct stream_note note;
	struct stream_parcel parcel;
};

/* Something is still to happen. */
bool stream_after_is_open(const struct stream_after *a);
/* What goes now: a STREAM_PACKET_ flag, and it is under way then; 0: nothing before *wait_until_ms,
 * if it is still open. */
unsigned stream_after_take(struct stream_after *a, int64_t now_ms, int64_t *wait_until_ms);
/* The ends of such a packet; others are passed over. reply: NULL where it was not authentic. */
void stream_after_fulfilled(struct stream_after *a, const struct stream_send *packet,
        int64_t now_ms, const struct stream_reply *reply);
/* again: it may go better another time. */
void stream_after_back(struct stream_after *a, const struct stream_send *packet, int64_t now_ms,
        const struct stream_reply *reply, bool again);

#endif
