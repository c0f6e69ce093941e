/* changes: tells those who show something live that the store has changed: what exactly, they read
 * by themselves.
 *
 * A listener lives on the loop thread whose mailbox it names, and is woken there at most once in
 * CHANGES_PAUSE_MS, however much is committed. Where nobody listens a commit costs one look at a
 * counter; where nothing is committed nobody is woken.
 */
#ifndef FLORIN_EVENTS_CHANGES_H
#define FLORIN_EVENTS_CHANGES_H

#include "base/mailbox.h"
#include "base/result.h"
#include "net/outbound.h"
#include "store/writer.h"

#define CHANGES_PAUSE_MS      250
#define CHANGES_HOMES_MAX     64   /* loop threads */
#define CHANGES_LISTENERS_MAX 1024 /* of one of them */

struct changes;

struct changes_listener {
	struct changes_listener *next, *previous;
	void (*wake)(struct changes_listener *l);
	struct changes_home *home; /* private */
};

/* Both are not started yet; the timer runs on outbound's thread. Errors: OURS_MEMORY. */
MUST_USE enum result changes_new(
        struct writer *writer, struct outbound *outbound, struct changes **out);
/* When loops, outbound and writer have stopped. */
void changes_free(struct changes *c);
/* On the thread of `home`, which outlives the writer. Errors: RETRY_BUSY (one of the maxima). */
MUST_USE enum result changes_listen(
        struct changes *c, struct mailbox *home, struct changes_listener *l);
/* On the same thread. Also from wake(). */
void changes_leave(struct changes *c, struct changes_listener *l);

#endif
