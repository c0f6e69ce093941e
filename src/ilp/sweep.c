#include "ilp/sweep.h"

#include <stdlib.h>

#include "base/log.h"
#include "ilp/payer.h"
#include "store/incoming.h"
#include "store/sweep.h"
#include "store/withdrawal.h"

struct job {
	const struct job_kind *kind;
	struct node *node;
	struct timer timer;
	struct op op;
	size_t ended, removed; /* by the last step */
	bool more;
};

struct job_kind {
	const char *name;
	int64_t pause_ms;
	enum result (*due)(struct reader *r, int64_t now_ms, bool *due);
	enum result (*step)(struct job *j, struct batch *b);
};

static enum result incoming_step(struct job *j, struct batch *b)
{
	int64_t next_ms;
	enum result r = batch_incoming_expire(b, &j->ended, &next_ms);

	j->more = !r && next_ms && next_ms <= batch_now(b);
	return r;
}

static enum result access_step(struct job *j, struct batch *b)
{
	struct swept s;
	enum result r = batch_sweep(b, &s);

	j->ended = s.expired;
	j->removed = s.removed;
	j->more = !r && s.more;
	return r;
}

static enum result withdrawal_step(struct job *j, struct batch *b)
{
	return batch_withdrawal_expire(b, &j->ended, &j->more);
}

static const struct job_kind kinds[] = {
        {"incoming_sweep", SWEEP_INCOMING_MS, store_incoming_due, incoming_step},
        {"withdrawal_sweep", SWEEP_INCOMING_MS, store_withdrawal_due, withdrawal_step},
        {"access_sweep", SWEEP_ACCESS_MS, store_sweep_due, access_step},
};
#define JOBS (sizeof(kinds) / sizeof(kinds[0]))

struct sweep {
	struct node *node;
	struct task start;
	struct job jobs[JOBS];
};

static void set_timer(struct job *j)
{
	struct outbound *o = j->node->outbound;

	if (!outbound_draining(o))
		outbound_timer_set(o, &j->timer,
		        outbound_now_ms(o) + (j->more ? SWEEP_AGAIN_MS : j->kind->pause_ms));
}

static enum result apply(struct op *op, struct batch *b)
{
	struct job *j = OWNER_OF(op, struct job, op);

	j->ended = j->removed = 0;
	return j->kind->step(j, b);
}

static void applied(struct task *t)
{
	struct job *j = OWNER_OF(t, struct job, op.task);

	outbound_busy(j->node->outbound, -1);
	if (j->op.result) {
		j->more = false;
		log_warn(j->kind->name, "result=%s", result_name(j->op.result));
	} else if (j->ended || j->removed) {
		log_info(j->kind->name, "expired=%zu removed=%zu", j->ended, j->removed);
	}
	set_timer(j);
}

static void look(struct job *j)
{
	struct node *n = j->node;
	bool due = false;
	enum result r = j->kind->due(payer_reader(n->payer), env_wall_ms(n->env), &due);

	j->more = false;
	if (r)
		log_warn(j->kind->name, "result=%s", result_name(r));
	if (r || !due || outbound_draining(n->outbound)) {
		set_timer(j);
		return;
	}
	outbound_busy(n->outbound, 1);
	j->op.apply = apply;
	j->op.task.home = outbound_home(n->outbound);
	j->op.task.done = applied;
	submitter_add(&n->outbound_submitter, &j->op);
}

static void on_timer(struct timer *t)
{
	look(OWNER_OF(t, struct job, timer));
}

static void on_start(struct task *t)
{
	struct sweep *s = OWNER_OF(t, struct sweep, start);

	for (size_t i = 0; i < JOBS; i++)
		look(&s->jobs[i]);
}

enum result sweep_new(struct node *n, struct sweep **out)
{
	struct sweep *s = calloc(1, sizeof(*s));

	if (!s)
		return RESULT_OURS_MEMORY;
	s->node = n;
	for (size_t i = 0; i < JOBS; i++) {
		s->jobs[i].kind = &kinds[i];
		s->jobs[i].node = n;
		s->jobs[i].timer.fire = on_timer;
	}
	*out = s;
	return RESULT_OK;
}

void sweep_free(struct sweep *s)
{
	free(s);
}

void sweep_start(struct sweep *s)
{
	struct mail_list one;

	s->start.done = on_start;
	mail_list_init(&one);
	mail_list_add(&one, &s->start.mail);
	if (outbound_post(s->node->outbound, &one))
		log_warn("sweep", "result=not_started");
}
