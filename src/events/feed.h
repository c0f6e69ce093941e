/* feed: tells those who follow the outbox live, on one loop thread, that there is something new.
 *
 * Who listens reads the store by itself; the feed only wakes. Everything but the writer's call runs
 * on the thread whose mailbox was given.
 */
#ifndef FLORIN_EVENTS_FEED_H
#define FLORIN_EVENTS_FEED_H

#include "base/mailbox.h"
#include "base/result.h"
#include "store/writer.h"

#define FEED_LISTENERS_MAX 32

struct feed;

struct feed_listener {
	struct feed_listener *next, *previous;
	void (*wake)(struct feed_listener *l);
};

/* writer: not started yet. Errors: OURS_MEMORY. */
MUST_USE enum result feed_new(struct writer *writer, struct feed **out);
void feed_free(struct feed *f);
/* Before the first listener; the mailbox outlives the listeners. */
void feed_set_home(struct feed *f, struct mailbox *home);
/* Errors: RETRY_BUSY (FEED_LISTENERS_MAX). */
MUST_USE enum result feed_listen(struct feed *f, struct feed_listener *l);
void feed_leave(struct feed *f, struct feed_listener *l);

#endif
