#include "ilp/sweep.h"

#include <stdlib.h>

#include "base/log.h"
#include "ilp/payer.h"
#include "store/cash.h"
#include "store/history.h"
#include "store/incoming.h"
#include "store/sweep.h"
#include "store/withdrawal.h"

#define HISTORY_BYTES (1024 * 1024)

struct job {
	const struct job_kind *kind;
	struct node *node;
	struct timer timer;
	struct op op;
	size_t ended, removed; /* by the last step */
	bool more;
	/* of the history's: what was seen, and what was written down last */
	struct arena arena;
	struct history_look look;
	uint64_t seen, kept;
	bool looked; /* once since the start */
};

struct job_kind {
	const char *name;
	int64_t pause_ms;
	enum result (*due)(struct reader *r, int64_t now_ms, bool *due);
	enum result (*due_of)(struct job *j, struct reader *r, int64_t now_ms, bool *due);
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

static enum result cash_step(struct job *j, struct batch *b)
{
	return batch_cash_expire(b, &j->ended, &j->more);
}

/* FNV-1a. Totals and balances say the same whatever the minute is. */
static uint64_t mark_of(const struct history_look *look)
{
	uint64_t h = 0xcbf29ce484222325;

	for (size_t i = 0; i < look->count; i++) {
		const struct history_item *item = &look->items[i];

		h = (h ^ (uint64_t)item->series) * 0x100000001b3;
		h = (h ^ (uint64_t)item->subject) * 0x100000001b3;
		h = (h ^ (uint64_t)item->figure) * 0x100000001b3;
		if (item->series >= HISTORY_SENT)
			h = (h ^ (uint64_t)item->at_ms) * 0x100000001b3;
	}
	return h;
}

/* Nothing is written where all is as it was. */
static enum result history_due(struct job *j, struct reader *r, int64_t now_ms, bool *due)
{
	enum result result;

	arena_clear(&j->arena);
	arena_init(&j->arena, HISTORY_BYTES);
	result = store_history_look(r, &j->arena, now_ms, &j->look);
	if (result)
		return result;
	j->seen = mark_of(&j->look);
	*due = j->seen != j->kept;
	return RESULT_OK;
}

static enum result history_step(struct job *j, struct batch *b)
{
	enum result r = batch_history_keep(b, &j->look, !j->looked);

	if (!r) {
		j->kept = j->seen;
		j->looked = true;
	}
	return r;
}

static const struct job_kind kinds[] = {
        {"incoming_sweep", SWEEP_INCOMING_MS, store_incoming_due, NULL, incoming_step},
        {"withdrawal_sweep", SWEEP_INCOMING_MS, store_withdrawal_due, NULL, withdrawal_step},
        {"cash_sweep", SWEEP_INCOMING_MS, store_cash_due, NULL, cash_step},
        {"access_sweep", SWEEP_ACCESS_MS, store_sweep_due, NULL, access_step},
        {"history", SWEEP_HISTORY_MS, NULL, history_due, history_step},
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
	struct reader *reader = payer_reader(n->payer);
	int64_t now_ms = env_wall_ms(n->env);
	enum result r = j->kind->due ? j->kind->due(reader, now_ms, &due)
	                             : j->kind->due_of(j, reader, now_ms, &due);

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
		arena_init(&s->jobs[i].arena, HISTORY_BYTES);
	}
	*out = s;
	return RESULT_OK;
}

void sweep_free(struct sweep *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < JOBS; i++)
		arena_clear(&s->jobs[i].arena);
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
