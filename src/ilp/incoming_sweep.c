#include "ilp/incoming_sweep.h"

#include <stdlib.h>

#include "base/log.h"
#include "ilp/payer.h"
#include "store/incoming.h"

struct incoming_sweep {
	struct node *node;
	struct task start;
	struct timer timer;
	struct op op;
	size_t expired;
	int64_t next_ms; /* wall */
};

static void set_timer(struct incoming_sweep *s)
{
	if (!outbound_draining(s->node->outbound))
		outbound_timer_set(s->node->outbound, &s->timer,
		        outbound_now_ms(s->node->outbound) + INCOMING_SWEEP_MS);
}

static enum result apply(struct op *op, struct batch *b)
{
	struct incoming_sweep *s = OWNER_OF(op, struct incoming_sweep, op);

	return batch_incoming_expire(b, &s->expired, &s->next_ms);
}

static void applied(struct task *t)
{
	struct incoming_sweep *s = OWNER_OF(t, struct incoming_sweep, op.task);

	outbound_busy(s->node->outbound, -1);
	if (s->op.result)
		log_warn("incoming_sweep", "result=%s", result_name(s->op.result));
	else if (s->expired)
		log_info("incoming_sweep", "expired=%zu", s->expired);
	set_timer(s);
}

static void look(struct incoming_sweep *s)
{
	bool due = false;
	enum result r =
	        store_incoming_due(payer_reader(s->node->payer), env_wall_ms(s->node->env), &due);

	if (r)
		log_warn("incoming_sweep", "result=%s", result_name(r));
	if (r || !due || outbound_draining(s->node->outbound)) {
		set_timer(s);
		return;
	}
	outbound_busy(s->node->outbound, 1);
	s->op.apply = apply;
	s->op.task.home = outbound_home(s->node->outbound);
	s->op.task.done = applied;
	submitter_add(&s->node->outbound_submitter, &s->op);
}

static void on_timer(struct timer *t)
{
	look(OWNER_OF(t, struct incoming_sweep, timer));
}

static void on_start(struct task *t)
{
	look(OWNER_OF(t, struct incoming_sweep, start));
}

enum result incoming_sweep_new(struct node *n, struct incoming_sweep **out)
{
	struct incoming_sweep *s = calloc(1, sizeof(*s));

	if (!s)
		return RESULT_OURS_MEMORY;
	s->node = n;
	s->timer.fire = on_timer;
	*out = s;
	return RESULT_OK;
}

void incoming_sweep_free(struct incoming_sweep *s)
{
	free(s);
}

void incoming_sweep_start(struct incoming_sweep *s)
{
	struct mail_list one;

	s->start.done = on_start;
	mail_list_init(&one);
	mail_list_add(&one, &s->start.mail);
	if (outbound_post(s->node->outbound, &one))
		log_warn("incoming_sweep", "result=not_started");
}
