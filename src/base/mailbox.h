/* mailbox: hands lists of messages from one thread to another.
 *
 * Intrusive: a message embeds a `struct mail`, and giving it away gives it up. Any thread may give;
 * one thread, the owner, takes everything at once. The owner is woken through an eventfd, written
 * only when the box was empty, so that a burst costs one wake-up.
 */
#ifndef FLORIN_BASE_MAILBOX_H
#define FLORIN_BASE_MAILBOX_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/result.h"

struct mail {
	struct mail *next;
};

struct mail_list {
	struct mail *head;
	struct mail *tail;
	size_t count;
};

void mail_list_init(struct mail_list *l);
void mail_list_add(struct mail_list *l, struct mail *m);
/* The first message, removed; NULL when empty. */
struct mail *mail_list_pop(struct mail_list *l);
/* Append all of `from`, which becomes empty. */
void mail_list_join(struct mail_list *l, struct mail_list *from);

struct mailbox {
	pthread_mutex_t lock;
	struct mail_list list; /* guarded by lock */
	size_t max;            /* refuse above this many waiting */
	bool closed;           /* guarded by lock */
	int fd;                /* eventfd, owned: poll it for reading */
};

/* max: messages that may wait; 0 is no limit (for answers to what was bounded when asked).
 * Errors: OURS_IO. */
MUST_USE enum result mailbox_init(struct mailbox *b, size_t max);
void mailbox_clear(struct mailbox *b);
/* Gives every message of the list, or none. Errors: RETRY_BUSY (full), RETRY_DRAINING (closed). */
MUST_USE enum result mailbox_give(struct mailbox *b, struct mail_list *l);
/* For answers, which must always arrive: the box has no limit and is never closed. */
void mailbox_answer(struct mailbox *b, struct mail_list *l);
/* Everything that waits, in order; resets the eventfd. Owner only, never blocks. */
void mailbox_take(struct mailbox *b, struct mail_list *out);
/* As mailbox_take, but waits until there is something, the box is closed, or timeout_ms (-1: for
 * ever) has passed. Returns false when closed and empty. */
bool mailbox_wait(struct mailbox *b, struct mail_list *out, int timeout_ms);
/* No more giving; the owner is woken. */
void mailbox_close(struct mailbox *b);

#endif
