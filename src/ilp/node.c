#include "ilp/node.h"

#include <assert.h>
#include <stdlib.h>

#include "ilp/btp.h"
#include "ilp/receive.h"

void submitter_init(struct submitter *s, struct writer *w)
{
	s->writer = w;
	mail_list_init(&s->ops);
	mail_list_init(&s->must);
}

void submitter_add(struct submitter *s, struct op *op)
{
	mail_list_add(&s->ops, &op->task.mail);
}

void submitter_must(struct submitter *s, struct op *op)
{
	mail_list_add(&s->must, &op->task.mail);
}

void submitter_flush(struct submitter *s)
{
	struct mail_list refused;
	struct mail *m;
	enum result r;

	if (s->must.head)
		writer_submit_must(s->writer, &s->must);
	if (!s->ops.head)
		return;
	mail_list_init(&refused);
	mail_list_join(&refused, &s->ops);
	r = writer_submit(s->writer, &refused);
	if (!r)
		return;
	while ((m = mail_list_pop(&refused))) {
		struct op *op = OWNER_OF(m, struct op, task.mail);

		op->result = r;
		op->task.done(&op->task);
	}
}

/* ---- replies that were sent ---- */

/* Told to the store with other work, or by itself where nothing else comes (writer.h, lazy). */
struct answered_op {
	struct op op;
	struct answer notes[ANSWERED_MAX];
	size_t count;
};

static enum result answered_apply(struct op *op, struct batch *b)
{
	struct answered_op *a = OWNER_OF(op, struct answered_op, op);

	for (size_t i = 0; i < a->count; i++) {
		enum result r = batch_answered(b, &a->notes[i]);

		if (r)
			return r;
	}
	return RESULT_OK;
}

/* What could not be told stays unanswered in the store and is listed as in doubt
 * after a restart. */
static void answered_done(struct task *t)
{
	free(OWNER_OF(t, struct answered_op, op.task));
}

static void answered_tell(struct node_loop *l)
{
	struct answered_op *a;

	if (l->answered.count == 0)
		return;
	a = calloc(1, sizeof(*a));
	if (!a)
		return;
	a->op.apply = answered_apply;
	a->op.lazy = true;
	a->op.task.done = answered_done;
	a->count = l->answered.count;
	for (size_t i = 0; i < a->count; i++)
		a->notes[i] = l->answered.notes[i];
	l->answered.count = 0;
	node_submit(l, &a->op);
}

void node_answered(struct node_loop *l, int64_t id, uint64_t amount, bool delivered)
{
	struct answered *a = &l->answered;
	size_t i = 0;

	while (i < a->count && a->notes[i].credit_batch != id)
		i++;
	if (i == ANSWERED_MAX) {
		answered_tell(l);
		i = a->count = 0;
	}
	if (i == a->count)
		a->notes[a->count++] = (struct answer){.credit_batch = id};
	if (delivered) {
		a->notes[i].packets++;
		a->notes[i].amount += amount;
	} else {
		a->notes[i].failed_packets++;
		a->notes[i].failed_amount += amount;
	}
}

/* ---- a loop thread's part ---- */

enum result node_loop_new(
        struct node *n, struct reader *reader, struct mailbox *home, struct node_loop **out)
{
	struct node_loop *l = calloc(1, sizeof(*l));
	enum result r = RESULT_OURS_MEMORY;

	if (!l)
		return RESULT_OURS_MEMORY;
	l->node = n;
	l->home = home;
	submitter_init(&l->submitter, n->writer);
	r = receiver_new(n, &l->receiver);
	if (r) {
		free(l);
		return r;
	}
	l->reader = reader;
	l->snapshot = snapshots_get(n->snapshots);
	*out = l;
	return RESULT_OK;
}

void node_loop_free(struct node_loop *l)
{
	if (!l)
		return;
	assert(!l->submitter.ops.head);
	receiver_free(l->receiver);
	snapshot_release(l->snapshot);
	reader_close(l->reader);
	free(l);
}

void node_submit(struct node_loop *l, struct op *op)
{
	op->task.home = l->home;
	submitter_add(&l->submitter, op);
}

void node_send_home(struct mailbox *home, struct task *task, void (*done)(struct task *t))
{
	struct mail_list one;

	task->home = home;
	task->done = done;
	mail_list_init(&one);
	mail_list_add(&one, &task->mail);
	mailbox_answer(home, &one);
}

enum result node_post_outbound(struct node_loop *l, struct task *task,
        void (*home_done)(struct task *t), enum result *result)
{
	struct mail_list one;
	enum result r;

	mail_list_init(&one);
	mail_list_add(&one, &task->mail);
	r = outbound_post(l->node->outbound, &one);
	if (!r)
		return RESULT_OK;
	*result = r;
	node_send_home(l->home, task, home_done);
	return r;
}

void node_turn_end(struct node_loop *l)
{
	answered_tell(l);
	submitter_flush(&l->submitter);
}

struct snapshot *node_snapshot(struct node_loop *l)
{
	if (snapshots_version(l->node->snapshots) != l->snapshot->version) {
		snapshot_release(l->snapshot);
		l->snapshot = snapshots_get(l->node->snapshots);
	}
	return l->snapshot;
}

enum result node_reload(struct node_loop *l)
{
	enum result r = snapshots_reload(l->node->snapshots, l->reader);

	btp_wake(l->node->btp);
	return r;
}
