#include "base/mailbox.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>

void mail_list_init(struct mail_list *l)
{
	*l = (struct mail_list){NULL, NULL, 0};
}

void mail_list_add(struct mail_list *l, struct mail *m)
{
	m->next = NULL;
	if (l->tail)
		l->tail->next = m;
	else
		l->head = m;
	l->tail = m;
	l->count++;
}

struct mail *mail_list_pop(struct mail_list *l)
{
	struct mail *m = l->head;

	if (!m)
		return NULL;
	l->head = m->next;
	if (!l->head)
		l->tail = NULL;
	l->count--;
	m->next = NULL;
	return m;
}

void mail_list_join(struct mail_list *l, struct mail_list *from)
{
	if (!from->head)
		return;
	if (l->tail)
		l->tail->next = from->head;
	else
		l->head = from->head;
	l->tail = from->tail;
	l->count += from->count;
	mail_list_init(from);
}

enum result mailbox_init(struct mailbox *b, size_t max)
{
	mail_list_init(&b->list);
	b->max = max;
	b->closed = false;
	b->fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (b->fd < 0)
		return RESULT_OURS_IO;
	if (pthread_mutex_init(&b->lock, NULL) != 0) {
		close(b->fd);
		return RESULT_OURS_IO;
	}
	return RESULT_OK;
}

void mailbox_clear(struct mailbox *b)
{
	pthread_mutex_destroy(&b->lock);
	close(b->fd);
	b->fd = -1;
}

static void wake(struct mailbox *b)
{
	uint64_t one = 1;
	ssize_t n;

	do
		n = write(b->fd, &one, sizeof(one));
	while (n < 0 && errno == EINTR);
}

enum result mailbox_give(struct mailbox *b, struct mail_list *l)
{
	enum result r = RESULT_OK;
	bool was_empty = false;

	if (!l->head)
		return RESULT_OK;
	pthread_mutex_lock(&b->lock);
	if (b->closed) {
		r = RESULT_RETRY_DRAINING;
	} else if (b->max && b->list.count + l->count > b->max) {
		r = RESULT_RETRY_BUSY;
	} else {
		was_empty = !b->list.head;
		mail_list_join(&b->list, l);
	}
	pthread_mutex_unlock(&b->lock);
	if (was_empty)
		wake(b);
	return r;
}

void mailbox_answer(struct mailbox *b, struct mail_list *l)
{
	enum result r = mailbox_give(b, l);

	assert(r == RESULT_OK);
	(void)r;
}

void mailbox_take(struct mailbox *b, struct mail_list *out)
{
	uint64_t count;
	ssize_t n;

	do
		n = read(b->fd, &count, sizeof(count));
	while (n < 0 && errno == EINTR);
	pthread_mutex_lock(&b->lock);
	mail_list_join(out, &b->list);
	pthread_mutex_unlock(&b->lock);
}

bool mailbox_wait(struct mailbox *b, struct mail_list *out, int timeout_ms)
{
	struct pollfd p = {.fd = b->fd, .events = POLLIN};
	bool closed;

	/* The wake-up of the closing may have been taken together with the last messages. */
	pthread_mutex_lock(&b->lock);
	closed = b->closed;
	pthread_mutex_unlock(&b->lock);
	if (poll(&p, 1, closed ? 0 : timeout_ms) < 0 && errno != EINTR)
		return false;
	mailbox_take(b, out);
	pthread_mutex_lock(&b->lock);
	closed = b->closed;
	pthread_mutex_unlock(&b->lock);
	return out->head || !closed;
}

void mailbox_close(struct mailbox *b)
{
	pthread_mutex_lock(&b->lock);
	b->closed = true;
	pthread_mutex_unlock(&b->lock);
	wake(b);
}
