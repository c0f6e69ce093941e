#include "events/feed.h"

#include <stdatomic.h>
#include <stdlib.h>

struct feed {
	struct task wake;
	_Atomic bool woken; /* the wake-up is on its way */
	_Atomic(struct mailbox *) home;
	struct feed_listener *first;
	size_t count;
};

static void on_wake(struct task *t)
{
	struct feed *f = OWNER_OF(t, struct feed, wake);
	struct feed_listener *next;

	atomic_store(&f->woken, false);
	for (struct feed_listener *l = f->first; l; l = next) {
		next = l->next;
		l->wake(l);
	}
}

static void on_event(void *arg)
{
	struct feed *f = arg;
	struct mailbox *home = atomic_load(&f->home);
	struct mail_list one;

	if (!home || atomic_exchange(&f->woken, true))
		return;
	mail_list_init(&one);
	mail_list_add(&one, &f->wake.mail);
	/* A loop that has stopped has no listeners. */
	if (mailbox_give(home, &one))
		atomic_store(&f->woken, false);
}

enum result feed_new(struct writer *writer, struct feed **out)
{
	struct feed *f = calloc(1, sizeof(*f));

	if (!f)
		return RESULT_OURS_MEMORY;
	f->wake.done = on_wake;
	writer_on_event(writer, on_event, f);
	*out = f;
	return RESULT_OK;
}

void feed_free(struct feed *f)
{
	free(f);
}

void feed_set_home(struct feed *f, struct mailbox *home)
{
	atomic_store(&f->home, home);
}

enum result feed_listen(struct feed *f, struct feed_listener *l)
{
	if (f->count == FEED_LISTENERS_MAX)
		return RESULT_RETRY_BUSY;
	l->previous = NULL;
	l->next = f->first;
	if (f->first)
		f->first->previous = l;
	f->first = l;
	f->count++;
	return RESULT_OK;
}

void feed_leave(struct feed *f, struct feed_listener *l)
{
	if (l->previous)
		l->previous->next = l->next;
	else
		f->first = l->next;
	if (l->next)
		l->next->previous = l->previous;
	f->count--;
}
