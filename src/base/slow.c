#include "base/slow.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/owner.h"

struct slow {
	struct mailbox box;
	size_t max;
	atomic_size_t waiting; /* given and not yet home: the thread empties the box at once */
	pthread_t thread;
	bool running;
};

enum result slow_new(size_t queue_max, struct slow **out)
{
	struct slow *s = calloc(1, sizeof(*s));
	enum result r;

	if (!s)
		return RESULT_OURS_MEMORY;
	s->max = queue_max;
	r = mailbox_init(&s->box, 0);
	if (r) {
		free(s);
		return r;
	}
	*out = s;
	return RESULT_OK;
}

/* Each goes home at once: the next one may take long. */
static void run_one(struct slow *s, struct job *j)
{
	struct mail_list one;

	j->run(j);
	atomic_fetch_sub(&s->waiting, 1);
	mail_list_init(&one);
	mail_list_add(&one, &j->task.mail);
	task_send_home(&one);
}

static void *slow_main(void *arg)
{
	struct slow *s = arg;
	struct mail_list jobs;
	struct mail *m;

	mail_list_init(&jobs);
	while (mailbox_wait(&s->box, &jobs, -1))
		while ((m = mail_list_pop(&jobs)))
			run_one(s, OWNER_OF(m, struct job, task.mail));
	return NULL;
}

enum result slow_start(struct slow *s)
{
	if (pthread_create(&s->thread, NULL, slow_main, s) != 0)
		return RESULT_OURS_IO;
	s->running = true;
	return RESULT_OK;
}

void slow_stop(struct slow *s)
{
	if (!s->running)
		return;
	mailbox_close(&s->box);
	pthread_join(s->thread, NULL);
	s->running = false;
}

void slow_free(struct slow *s)
{
	if (!s)
		return;
	mailbox_clear(&s->box);
	free(s);
}

enum result slow_give(struct slow *s, struct job *j)
{
	struct mail_list one;
	enum result r = RESULT_RETRY_BUSY;

	mail_list_init(&one);
	mail_list_add(&one, &j->task.mail);
	if (atomic_fetch_add(&s->waiting, 1) < s->max)
		r = mailbox_give(&s->box, &one);
	if (r)
		atomic_fetch_sub(&s->waiting, 1);
	return r;
}
