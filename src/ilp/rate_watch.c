#include "ilp/rate_watch.h"

#include <stdlib.h>

#include "base/log.h"
#include "base/owner.h"
#include "ilp/rate_feed.h"
#include "store/rate_history.h"
#include "store/rate_rows.h"

#define RESTORE_BYTES (1024 * 1024)

struct rate_watch {
	struct node *node;
	struct task start;
	struct timer timer;
	struct op op;
	struct snapshot *looked_at; /* while the op is under way */
	struct rates *hold;         /* those that were kept last */
	bool known;                 /* what the host was told: */
	bool stale[RATE_ORIGINS];
	struct rate_staleness words[RATE_ORIGINS];
};

/* A file's list is the operator's word, and read at each start. */
static bool is_fetched(enum rate_origin o)
{
	return o != RATE_ORIGIN_FILE;
}

enum result rates_restore(struct snapshots *all, struct reader *r)
{
	struct snapshot *s = snapshots_get(all);
	const struct rate_book *book = snapshot_rates(s);
	struct arena arena;
	enum result result = RESULT_OK;

	arena_init(&arena, RESTORE_BYTES);
	for (size_t i = 0; i < book->count && !result; i++) {
		struct rate_table *table = NULL;

		if (is_fetched(book->order[i]))
			result = store_rate_table(r, &arena, book->order[i], &table);
		if (table)
			result = snapshots_use_rates(all, r, book->order[i], table);
	}
	arena_clear(&arena);
	snapshot_release(s);
	return result;
}

/* ---- on the writer's thread ---- */

static enum result apply(struct op *op, struct batch *b)
{
	struct rate_watch *w = OWNER_OF(op, struct rate_watch, op);
	const struct rate_book *book = snapshot_rates(w->looked_at);
	enum result r = RESULT_OK;

	for (size_t i = 0; i < book->count && !r; i++) {
		enum rate_origin o = book->order[i];

		if (is_fetched(o) && book->table[o])
			r = batch_rates_keep(b, o, book->table[o]);
		if (!r && book->table[o])
			r = batch_rate_history_add(b, o, book->table[o], w->looked_at->assets,
			        w->looked_at->asset_count);
		if (!r)
			r = batch_rates_stale(b, &w->words[o]);
	}
	return r;
}

/* ---- on the outbound thread ---- */

static void set_timer(struct rate_watch *w)
{
	struct outbound *o = w->node->outbound;

	if (!outbound_draining(o))
		outbound_timer_set(o, &w->timer, outbound_now_ms(o) + RATE_WATCH_MS);
}

static void applied(struct task *t)
{
	struct rate_watch *w = OWNER_OF(t, struct rate_watch, op.task);
	const struct rate_book *book = snapshot_rates(w->looked_at);

	outbound_busy(w->node->outbound, -1);
	if (w->op.result) {
		log_warn("rates_keep", "result=%s", result_name(w->op.result));
	} else {
		rates_release(w->hold);
		w->hold = rates_hold(w->looked_at->rates);
		w->known = true;
		for (size_t i = 0; i < book->count; i++)
			w->stale[book->order[i]] = w->words[book->order[i]].stale;
	}
	snapshot_release(w->looked_at);
	w->looked_at = NULL;
	set_timer(w);
}

/* What would be said of a source now. Returns whether it is news. */
static bool look_at(struct rate_watch *w, const struct rate_book *book, enum rate_origin o)
{
	const struct rate_table *t = book->table[o];
	struct rate_feed_state state;

	rate_feed_state(w->node->rate_feeds, o, &state);
	w->words[o] = (struct rate_staleness){
	        .origin = o,
	        .stale = rate_book_is_stale(book, o, env_wall_ms(w->node->env)),
	        .as_of_ms = t ? rate_table_as_of_ms(t) : 0,
	        .max_age_ms = book->max_age_ms[o],
	        .reason = state.result ? (state.why ? state.why : result_name(state.result)) : "",
	};
	return !w->known || w->words[o].stale != w->stale[o];
}

static void look(struct rate_watch *w)
{
	struct snapshot *s = snapshots_get(w->node->snapshots);
	const struct rate_book *book = snapshot_rates(s);
	bool news = s->rates != w->hold;

	for (size_t i = 0; i < book->count; i++)
		news = look_at(w, book, book->order[i]) || news;
	if (!news || outbound_draining(w->node->outbound)) {
		snapshot_release(s);
		set_timer(w);
		return;
	}
	w->looked_at = s;
	outbound_busy(w->node->outbound, 1);
	w->op.apply = apply;
	w->op.task.home = outbound_home(w->node->outbound);
	w->op.task.done = applied;
	submitter_add(&w->node->outbound_submitter, &w->op);
}

static void on_timer(struct timer *t)
{
	look(OWNER_OF(t, struct rate_watch, timer));
}

static void on_start(struct task *t)
{
	look(OWNER_OF(t, struct rate_watch, start));
}

/* ---- from other threads ---- */

enum result rate_watch_new(struct node *n, struct rate_watch **out)
{
	struct rate_watch *w = calloc(1, sizeof(*w));

	if (!w)
		return RESULT_OURS_MEMORY;
	w->node = n;
	w->timer.fire = on_timer;
	w->start.done = on_start;
	*out = w;
	return RESULT_OK;
}

void rate_watch_free(struct rate_watch *w)
{
	if (!w)
		return;
	rates_release(w->hold);
	free(w);
}

void rate_watch_start(struct rate_watch *w)
{
	struct mail_list one;

	mail_list_init(&one);
	mail_list_add(&one, &w->start.mail);
	if (outbound_post(w->node->outbound, &one))
		log_warn("rates_keep", "result=not_started");
}
