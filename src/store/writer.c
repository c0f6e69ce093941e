#include "store/writer.h"

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/failpoint.h"
#include "base/limits.h"
#include "base/log.h"
#include "store/batch_core.h"
#include "store/replay.h"

#define CLOCK_MARK_MS 1000 /* the high-water mark in the store lags by at most this */

struct writer {
	struct store *store;
	const struct env *env;
	struct batch *batch;
	struct replay_set *replay;
	struct mailbox box;
	struct mail_list pending; /* taken from the box, not run yet */
	struct op *ops[LIMIT_WRITER_BATCH];
	pthread_t thread;
	struct {
		void (*fn)(void *arg);
		void *arg;
	} listeners[WRITER_LISTENERS_MAX];
	size_t listener_count;
	void (*on_commit)(void *arg); /* may be NULL */
	void *commit_arg;
	void (*on_settlement)(void *arg); /* may be NULL */
	void *settlement_arg;
	bool started;
	bool clock_is_back; /* logged once */
	_Atomic bool open;
	_Atomic size_t waiting;   /* in box and pending */
	_Atomic int64_t clock_ms; /* highest wall clock that was seen */
	_Atomic uint64_t operations, refused, failed, commits, rollbacks, replayed, commit_us;
};

static void count(_Atomic uint64_t *counter, uint64_t n)
{
	atomic_fetch_add_explicit(counter, n, memory_order_relaxed);
}

enum result writer_new(struct store *store, const struct env *env, struct writer **out)
{
	struct writer *w = calloc(1, sizeof(*w));
	enum result r;

	if (!w)
		return RESULT_OURS_MEMORY;
	w->store = store;
	w->env = env;
	mail_list_init(&w->pending);
	atomic_init(&w->clock_ms, store->clock_ms);
	r = batch_new(store, &w->batch);
	if (!r)
		r = replay_new(LIMIT_REPLAY_ENTRIES, LIMIT_REPLAY_BYTES, &w->replay);
	if (!r)
		r = mailbox_init(&w->box, 0);
	if (r) {
		replay_free(w->replay);
		batch_free(w->batch);
		free(w);
		return r;
	}
	*out = w;
	return RESULT_OK;
}

void writer_free(struct writer *w)
{
	if (!w)
		return;
	assert(!w->started);
	mailbox_clear(&w->box);
	replay_free(w->replay);
	batch_free(w->batch);
	free(w);
}

void writer_on_event(struct writer *w, void (*fn)(void *arg), void *arg)
{
	assert(!w->started && w->listener_count < WRITER_LISTENERS_MAX);
	w->listeners[w->listener_count].fn = fn;
	w->listeners[w->listener_count].arg = arg;
	w->listener_count++;
}

void writer_on_commit(struct writer *w, void (*fn)(void *arg), void *arg)
{
	assert(!w->started && !w->on_commit);
	w->on_commit = fn;
	w->commit_arg = arg;
}

void writer_on_settlement(struct writer *w, void (*fn)(void *arg), void *arg)
{
	assert(!w->started && !w->on_settlement);
	w->on_settlement = fn;
	w->settlement_arg = arg;
}

/* ---- one transaction ---- */

static bool is_refusal(enum result r)
{
	return result_class(r) == RESULT_CLASS_THEIRS;
}

/* The operation's decision. A refusal that changed something counts as a failure: only a rollback
 * can undo it. */
static enum result op_apply(struct writer *w, struct op *op, bool *undo)
{
	uint64_t before = w->batch->changes;
	enum result r = RESULT_OK;

	if (FAILPOINT("writer.before_apply"))
		r = RESULT_RETRY_STORE;
	else if (op->apply)
		r = op->apply(op, w->batch);
	*undo = r && (!is_refusal(r) || w->batch->changes != before);
	return r;
}

static enum result clock_mark(struct batch *b)
{
	struct query q;

	if (!b->begun || b->now_ms < b->store->clock_ms + CLOCK_MARK_MS)
		return RESULT_OK;
	batch_query(b, &q, STMT_META_CLOCK);
	query_put_int(&q, b->now_ms);
	return query_run(&q);
}

static void commit_or_die(struct writer *w)
{
	struct batch *b = w->batch;
	int64_t begun_us = clock_mono_us();
	enum result r;

	if (!b->begun)
		return;
	r = FAILPOINT("writer.commit_error") ? RESULT_RETRY_STORE : batch_commit(b);
	if (r) {
		log_error("commit_failed", "result=%s exit=%d", result_name(r), WRITER_EXIT_COMMIT);
		_exit(WRITER_EXIT_COMMIT);
	}
	if (b->now_ms >= b->store->clock_ms + CLOCK_MARK_MS)
		b->store->clock_ms = b->now_ms;
	count(&w->commits, 1);
	count(&w->commit_us, (uint64_t)(clock_mono_us() - begun_us));
	(void)FAILPOINT("writer.after_commit");
	for (size_t i = 0; b->events > 0 && i < w->listener_count; i++)
		w->listeners[i].fn(w->listeners[i].arg);
	if (w->on_commit)
		w->on_commit(w->commit_arg);
	if (b->settles && w->on_settlement)
		w->on_settlement(w->settlement_arg);
}

/* Runs n operations in one transaction. OK: committed, each has its result. Else it was rolled
 * back, and with n == 1 that is the operation's own doing. */
static enum result transaction_run(struct writer *w, struct op **ops, size_t n, int64_t now_ms)
{
	enum result r = RESULT_OK;
	bool undo = false;

	batch_reset(w->batch, now_ms);
	for (size_t i = 0; i < n && !undo; i++) {
		ops[i]->result = op_apply(w, ops[i], &undo);
		if (undo)
			r = ops[i]->result;
	}
	if (!r)
		r = clock_mark(w->batch);
	if (!r)
		r = batch_flush(w->batch);
	if (!r && w->batch->begun && FAILPOINT("writer.before_commit"))
		r = RESULT_RETRY_STORE;
	if (r) {
		batch_rollback(w->batch);
		count(&w->rollbacks, 1);
		return r;
	}
	commit_or_die(w);
	return RESULT_OK;
}

static void run_alone(struct writer *w, struct op *op, int64_t now_ms)
{
	enum result r = transaction_run(w, &op, 1, now_ms);

	if (!r)
		return;
	if (is_refusal(r) && r == op->result)
		return;
	log_error("operation_failed", "result=%s", result_name(r));
	op->result = RESULT_RETRY_STORE;
}

static void run_together(struct writer *w, struct op **ops, size_t n, int64_t now_ms)
{
	if (n == 0)
		return;
	if (n > 1 && !transaction_run(w, ops, n, now_ms))
		return;
	for (size_t i = 0; i < n; i++)
		run_alone(w, ops[i], now_ms);
}

/* ---- repetitions ---- */

static void claim_answer(struct op *op, enum result r, struct bytes reply)
{
	struct replay_claim *c = op->replay;

	op->result = r;
	c->repeated = true;
	c->reply_len = 0;
	if (r)
		return;
	if (reply.n > c->reply_cap) {
		c->grown = malloc(reply.n);
		if (!c->grown) {
			op->result = RESULT_RETRY_STORE;
			return;
		}
		c->reply = c->grown;
	}
	if (reply.n)
		memcpy(c->reply, reply.p, reply.n);
	c->reply_len = reply.n;
}

/* False: the operation does not run; it waits, or is finished. */
static bool claim_begin(struct writer *w, struct op *op, int64_t now_ms, struct mail_list *finished)
{
	struct replay_claim *c = op->replay;
	enum replay_state state;
	struct bytes reply;
	enum result r;

	if (!c || c->role == REPLAY_FINISH)
		return true;
	c->repeated = false;
	r = replay_begin(w->replay, c->key, now_ms, c->expires_at_ms, &state, &reply);
	if (r) {
		op->result = r == RESULT_RETRY_BUSY ? r : RESULT_RETRY_STORE;
		mail_list_add(finished, &op->task.mail);
		return false;
	}
	switch (state) {
	case REPLAY_NEW:
		return true;
	case REPLAY_IN_PROGRESS:
		replay_wait(w->replay, c->key, &op->task.mail);
		return false;
	case REPLAY_KNOWN:
		claim_answer(op, RESULT_OK, reply);
		count(&w->replayed, 1);
		mail_list_add(finished, &op->task.mail);
		return false;
	}
	return true;
}

/* After the commit: what the operation's outcome means for those who repeat it. */
static void claim_end(struct writer *w, struct op *op, struct mail_list *finished)
{
	struct replay_claim *c = op->replay;
	struct bytes reply = {NULL, 0};
	struct mail_list woken;
	struct mail *m;

	if (!c || (c->role == REPLAY_BEGIN && op->result == RESULT_OK))
		return;
	mail_list_init(&woken);
	if (op->result) {
		replay_drop(w->replay, c->key, &woken);
	} else {
		reply = bytes_of(c->reply, c->reply_len);
		replay_finish(w->replay, c->key, reply, &woken);
	}
	while ((m = mail_list_pop(&woken))) {
		claim_answer(OWNER_OF(m, struct op, task.mail), op->result, reply);
		count(&w->replayed, 1);
		mail_list_add(finished, m);
	}
}

/* ---- batches ---- */

/* A wall clock that went back would let expired things live again. */
static bool clock_is_sound(struct writer *w, int64_t now_ms)
{
	int64_t highest = atomic_load_explicit(&w->clock_ms, memory_order_relaxed);
	bool back = now_ms < highest - WRITER_CLOCK_BACK_MAX_MS;

	if (now_ms > highest)
		atomic_store_explicit(&w->clock_ms, now_ms, memory_order_relaxed);
	if (back && !w->clock_is_back)
		log_error("clock_went_back", "now_ms=%lld seen_ms=%lld", (long long)now_ms,
		        (long long)highest);
	if (!back && w->clock_is_back)
		log_info("clock_is_sound", "now_ms=%lld", (long long)now_ms);
	w->clock_is_back = back;
	return !back;
}

static void count_results(struct writer *w, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (is_refusal(w->ops[i]->result))
			count(&w->refused, 1);
		else if (w->ops[i]->result)
			count(&w->failed, 1);
	}
	count(&w->operations, n);
}

/* Runs at most one batch of the list. */
static void batch_run(struct writer *w, struct mail_list *ops, struct mail_list *finished)
{
	int64_t now_ms = env_wall_ms(w->env);
	bool sound = clock_is_sound(w, now_ms);
	struct mail *m;
	size_t n = 0;

	for (size_t i = 0; i < LIMIT_WRITER_BATCH && (m = mail_list_pop(ops)); i++) {
		struct op *op = OWNER_OF(m, struct op, task.mail);

		if (claim_begin(w, op, now_ms, finished))
			w->ops[n++] = op;
	}
	if (sound)
		run_together(w, w->ops, n, now_ms);
	for (size_t i = 0; i < n; i++) {
		if (!sound)
			w->ops[i]->result = RESULT_RETRY_STORE;
		claim_end(w, w->ops[i], finished);
		mail_list_add(finished, &w->ops[i]->task.mail);
	}
	count_results(w, n);
}

void writer_run(struct writer *w, struct mail_list *ops, struct mail_list *finished)
{
	assert(!w->started);
	while (ops->head)
		batch_run(w, ops, finished);
}

/* ---- the thread ---- */

static bool all_lazy(const struct mail_list *l)
{
	for (const struct mail *m = l->head; m; m = m->next)
		if (!((const struct op *)m)->lazy)
			return false;
	return true;
}

/* Waits for work that is due. False: closed, and nothing is left. */
static bool work_wait(struct writer *w)
{
	int64_t until_ms = 0; /* when lazy work has waited enough */

	for (;;) {
		struct mail_list arrived;
		int timeout = -1;
		bool open;

		if (w->pending.head && !until_ms)
			until_ms = env_mono_ms(w->env) + WRITER_LAZY_MS;
		if (until_ms) {
			int64_t left = until_ms - env_mono_ms(w->env);

			timeout = left > 0 ? (int)left : 0;
		}
		mail_list_init(&arrived);
		open = mailbox_wait(&w->box, &arrived, timeout);
		mail_list_join(&w->pending, &arrived);
		if (w->pending.head &&
		        (!all_lazy(&w->pending) || timeout == 0 ||
		                !atomic_load_explicit(&w->open, memory_order_relaxed)))
			return true;
		if (!open && !w->pending.head)
			return false;
	}
}

static void *writer_main(void *arg)
{
	struct writer *w = arg;

	pthread_setname_np(pthread_self(), "writer");
	while (work_wait(w)) {
		while (w->pending.head) {
			struct mail_list finished;
			size_t before = w->pending.count;

			mail_list_init(&finished);
			batch_run(w, &w->pending, &finished);
			atomic_fetch_sub(&w->waiting, before - w->pending.count);
			task_send_home(&finished);
		}
	}
	return NULL;
}

enum result writer_start(struct writer *w)
{
	assert(!w->started);
	atomic_store(&w->open, true);
	if (pthread_create(&w->thread, NULL, writer_main, w) != 0) {
		atomic_store(&w->open, false);
		return RESULT_OURS_IO;
	}
	w->started = true;
	return RESULT_OK;
}

void writer_stop(struct writer *w)
{
	if (!w->started)
		return;
	atomic_store(&w->open, false);
	mailbox_close(&w->box);
	pthread_join(w->thread, NULL);
	w->started = false;
}

enum result writer_submit(struct writer *w, struct mail_list *ops)
{
	size_t n = ops->count;
	enum result r;

	if (!atomic_load_explicit(&w->open, memory_order_relaxed))
		return RESULT_RETRY_DRAINING;
	if (atomic_fetch_add(&w->waiting, n) + n > LIMIT_WRITER_QUEUE)
		r = RESULT_RETRY_BUSY;
	else
		r = mailbox_give(&w->box, ops);
	if (r)
		atomic_fetch_sub(&w->waiting, n);
	return r;
}

void writer_submit_must(struct writer *w, struct mail_list *ops)
{
	size_t n = ops->count;
	struct mail *m;
	enum result r;

	atomic_fetch_add(&w->waiting, n);
	r = mailbox_give(&w->box, ops);
	if (!r)
		return;
	/* The writer has stopped: what was taken is found in doubt by the next start. */
	atomic_fetch_sub(&w->waiting, n);
	for (m = ops->head; m; m = m->next)
		OWNER_OF(m, struct op, task.mail)->result = r;
	task_send_home(ops);
}

bool writer_accepts(const struct writer *w)
{
	int64_t highest = atomic_load_explicit(&w->clock_ms, memory_order_relaxed);

	return atomic_load_explicit(&w->open, memory_order_relaxed) &&
	       env_wall_ms(w->env) >= highest - WRITER_CLOCK_BACK_MAX_MS;
}

void writer_counters(const struct writer *w, struct writer_counters *out)
{
	out->operations = atomic_load_explicit(&w->operations, memory_order_relaxed);
	out->refused = atomic_load_explicit(&w->refused, memory_order_relaxed);
	out->failed = atomic_load_explicit(&w->failed, memory_order_relaxed);
	out->commits = atomic_load_explicit(&w->commits, memory_order_relaxed);
	out->rollbacks = atomic_load_explicit(&w->rollbacks, memory_order_relaxed);
	out->replayed = atomic_load_explicit(&w->replayed, memory_order_relaxed);
	out->commit_us = atomic_load_explicit(&w->commit_us, memory_order_relaxed);
	out->queued = atomic_load_explicit(&w->waiting, memory_order_relaxed);
}
