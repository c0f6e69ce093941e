/* slow: one thread for work that takes a processor for long, such as hashing a password.
 *
 * A job is a task (task.h) that brings its own work: `run` is called on the slow thread, then the
 * job goes home. One at a time, so that what each of them needs of memory is needed once. The
 * queue is bounded, and a full one is an answer: every job that was taken comes back.
 */
#ifndef FLORIN_BASE_SLOW_H
#define FLORIN_BASE_SLOW_H

#include <stddef.h>

#include "base/result.h"
#include "base/task.h"

struct slow;

struct job {
	struct task task; /* home and done: set by the giver */
	void (*run)(struct job *j);
};

/* queue_max: jobs that may wait or run. Errors: OURS_MEMORY, OURS_IO. */
MUST_USE enum result slow_new(size_t queue_max, struct slow **out);
/* Errors: OURS_IO. */
MUST_USE enum result slow_start(struct slow *s);
/* Takes no more, completes what waits, joins the thread. */
void slow_stop(struct slow *s);
void slow_free(struct slow *s);
/* From any thread. On an error the caller still owns the job. Errors: RETRY_BUSY (queue full),
 * RETRY_DRAINING. */
MUST_USE enum result slow_give(struct slow *s, struct job *j);

#endif
