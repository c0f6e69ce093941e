/* task: work given to another thread that comes back to the one that gave it.
 *
 * A task embeds the message that carries it. The giver sets `home` (its own mailbox) and `done`,
 * and gives the task up; the worker fills in its answer and sends it home; the home thread then
 * runs `done`, which owns the task again. Every task that was accepted comes back exactly once.
 */
#ifndef FLORIN_BASE_TASK_H
#define FLORIN_BASE_TASK_H

#include "base/mailbox.h"
#include "base/owner.h"

struct task {
	struct mail mail;
	struct mailbox *home;
	void (*done)(struct task *t); /* runs on the home thread */
};

/* Sends every task of the list home, with one wake-up for each run of equal homes. */
void task_send_home(struct mail_list *finished);
/* On the home thread: runs `done` of each task of the list, in order. */
void task_run_done(struct mail_list *arrived);

#endif
