#include "events/changes.h"

#include <stdatomic.h>
#include <stdlib.h>

struct changes_home {
	struct task wake;
	_Atomic(struct mailbox *) mailbox; /* NULL: a free place */
	_Atomic bool woken;                /* the wake-up is on its way */
	_Atomic size_t count;
	/* the loop thread's */
	struct changes_listener *first;
	struct changes_listener *next; /* to be woken in this round */
};

struct changes {
	struct outbound *outbound;
	struct task begin;
	struct timer timer;
	_Atomic bool told; /* since the last round */
	_Atomic size_t count;
	struct changes_home homes[CHANGES_HOMES_MAX];
};

/* ---- on a loop's thread ---- */

static void on_wake(struct task *t)
{
	struct changes_home *h = OWNER_OF(t, struct changes_home, wake);
	struct changes_listener *l;

	atomic_store(&h->woken, false);
	for (h->next = h->first; (l = h->next);) {
		h->next = l->next;
		l->wake(l);
	}
}

static struct changes_home *home_of(struct changes *c, struct mailbox *mailbox)
{
	for (size_t i = 0; i < CHANGES_HOMES_MAX; i++) {
		struct changes_home *h = &c->homes[i];
		struct mailbox *free_place = NULL;

		if (atomic_load(&h->mailbox) == mailbox ||
		        atomic_compare_exchange_strong(&h->mailbox, &free_place, mailbox))
			return h;
	}
	return NULL;
}

enum result changes_listen(struct changes *c, struct mailbox *home, struct changes_listener *l)
{
	struct changes_home *h = home_of(c, home);

	if (!h || atomic_load(&h->count) == CHANGES_LISTENERS_MAX)
		return RESULT_RETRY_BUSY;
	l->home = h;
	l->previous = NULL;
	l->next = h->first;
	if (h->first)
		h->first->previous = l;
	h->first = l;
	atomic_fetch_add(&h->count, 1);
	atomic_fetch_add(&c->count, 1);
	return RESULT_OK;
}

void changes_leave(struct changes *c, struct changes_listener *l)
{
	struct changes_home *h = l->home;

	if (h->next == l)
		h->next = l->next;
	if (l->previous)
		l->previous->next = l->next;
	else
		h->first = l->next;
	if (l->next)
		l->next->previous = l->previous;
	atomic_fetch_sub(&h->count, 1);
	atomic_fetch_sub(&c->count, 1);
}

/* ---- on outbound's thread ---- */

static void on_timer(struct timer *t)
{
	struct changes *c = OWNER_OF(t, struct changes, timer);

	/* What is committed from here on begins another round. */
	atomic_store(&c->told, false);
	for (size_t i = 0; i < CHANGES_HOMES_MAX; i++) {
		struct changes_home *h = &c->homes[i];
		struct mail_list one;

		if (atomic_load(&h->count) == 0 || atomic_exchange(&h->woken, true))
			continue;
		mail_list_init(&one);
		mail_list_add(&one, &h->wake.mail);
		/* A loop that has stopped shows nothing. */
		if (mailbox_give(atomic_load(&h->mailbox), &one))
			atomic_store(&h->woken, false);
	}
}

static void begin(struct task *t)
{
	struct changes *c = OWNER_OF(t, struct changes, begin);

	outbound_timer_set(c->outbound, &c->timer, outbound_now_ms(c->outbound) + CHANGES_PAUSE_MS);
}

/* ---- on the writer's thread ---- */

static void on_commit(void *arg)
{
	struct changes *c = arg;
	struct mail_list one;

	if (atomic_load_explicit(&c->count, memory_order_relaxed) == 0 ||
	        atomic_exchange(&c->told, true))
		return;
	mail_list_init(&one);
	mail_list_add(&one, &c->begin.mail);
	if (outbound_post(c->outbound, &one))
		atomic_store(&c->told, false);
}

enum result changes_new(struct writer *writer, struct outbound *outbound, struct changes **out)
{
	struct changes *c = calloc(1, sizeof(*c));

	if (!c)
		return RESULT_OURS_MEMORY;
	c->outbound = outbound;
	c->begin.done = begin;
	c->timer.fire = on_timer;
	for (size_t i = 0; i < CHANGES_HOMES_MAX; i++)
		c->homes[i].wake.done = on_wake;
	writer_on_commit(writer, on_commit, c);
	*out = c;
	return RESULT_OK;
}

void changes_free(struct changes *c)
{
	free(c);
}
