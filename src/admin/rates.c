/* rates: what the node exchanges at, where its prices come from, and those that wait for a word. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "admin/change.h"
#include "admin/page.h"
#include "admin/resource.h"
#include "admin/row.h"
#include "base/log.h"
#include "base/words.h"
#include "ilp/rate_feed.h"
#include "store/rate_rows.h"

#define RATE_DIGITS  12 /* shown; exact ones are in the file or the feed's answer */
#define PAIR_MAX     (2 * ASSET_CODE_MAX + 1)
#define SOURCE_BYTES (2 * URL_MAX_CHARS + 8)

struct pair {
	const struct asset_row *from, *to;
	struct rate_found found;
	bool stale;
};

struct rates_list {
	struct http_request *rq;
	const struct snapshot *snapshot;
	struct pair *pairs;
	char key[PAIR_MAX + 1];
};

static const char *place_of(const struct http_request *rq, enum rate_origin o)
{
	const struct node_loop *l = http_app(rq);
	struct rate_feed_state state;

	rate_feed_state(l->node->rate_feeds, o, &state);
	return state.place;
}

static json_t *rate_json(const struct ratio *r)
{
	char text[RATIO_TEXT_SIZE];

	ratio_format(r, RATE_DIGITS, text);
	return json_string(text);
}

/* ---- pairs ---- */

static const char *list_key(void *arg, size_t i)
{
	struct rates_list *l = arg;

	(void)snprintf(
	        l->key, sizeof(l->key), "%s/%s", l->pairs[i].from->code, l->pairs[i].to->code);
	return l->key;
}

/* {"acme":50}: the peers whose money is `from`, and what is kept of it on the way to a wallet. */
static json_t *spreads_of(const struct snapshot *s, const struct pair *p)
{
	json_t *spreads = json_object();
	size_t to = (size_t)(p->to - s->assets);

	for (size_t i = 0; i < s->peer_count; i++)
		if (s->peers[i].row.asset == p->from->id)
			(void)json_object_set_new(spreads, s->peers[i].row.name,
			        json_integer((json_int_t)s->peers[i].ways[to].spread_in));
	return spreads;
}

/* Where a rate comes from: one place, or the two that met. */
static json_t *source_json(const struct http_request *rq, const struct rate_found *f)
{
	char both[SOURCE_BYTES];

	if (f->origin == f->second)
		return json_string(place_of(rq, f->origin));
	(void)snprintf(
	        both, sizeof(both), "%s %s", place_of(rq, f->origin), place_of(rq, f->second));
	return json_string(both);
}

static json_t *list_item(void *arg, size_t i)
{
	const struct rates_list *l = arg;
	const struct pair *p = &l->pairs[i];

	return json_pack("{s:s, s:s, s:o, s:o, s:o, s:I, s:b, s:o}", "from", p->from->code, "to",
	        p->to->code, "rate", rate_json(&p->found.rate), "source",
	        source_json(l->rq, &p->found), "updatedAt", admin_time(p->found.as_of_ms), "ageMs",
	        (json_int_t)(http_wall_ms(l->rq) - p->found.as_of_ms), "stale", (int)p->stale,
	        "spreads", spreads_of(l->snapshot, p));
}

/* Every ordered pair of the node's assets that has a rate; where none is fresh, an old one. */
static size_t find_pairs(const struct snapshot *s, int64_t now_ms, struct pair *out)
{
	const struct rate_book *book = snapshot_rates(s);
	size_t n = 0;

	for (size_t i = 0; i < s->asset_count; i++) {
		for (size_t k = 0; k < s->asset_count; k++) {
			struct pair *p = &out[n];

			if (i == k)
				continue;
			p->from = &s->assets[i];
			p->to = &s->assets[k];
			p->stale = rate_book_get(book, p->from->code, p->to->code, now_ms,
			                   RATE_FRESH, &p->found) != RESULT_OK;
			if (!p->stale || !rate_book_get(book, p->from->code, p->to->code, now_ms,
			                         RATE_ANY_AGE, &p->found))
				n++;
		}
	}
	return n;
}

enum http_next admin_rates_list(struct http_request *rq)
{
	struct rates_list l = {.rq = rq, .snapshot = node_snapshot(http_app(rq))};
	struct admin_list list = {0, list_key, list_item, &l};
	size_t assets = l.snapshot->asset_count;

	l.pairs =
	        calloc(assets * assets + 1, sizeof(*l.pairs)); /* may be more than an arena holds */
	if (!l.pairs || http_defer(rq, free, l.pairs))
		return admin_refuse_by(rq, RESULT_OURS_MEMORY, NULL);
	list.count = find_pairs(l.snapshot, http_wall_ms(rq), l.pairs);
	return admin_page_reply(rq, &list);
}

/* ---- sources ---- */

/* The prices that jumped: [{"pair","rate","rateAt","heldRate","heldAt"}] */
static json_t *held_json(const struct rate_table *t)
{
	json_t *held = json_array();
	char pair[PAIR_MAX + 1];

	for (size_t i = 0; t && i < rate_table_count(t); i++) {
		const struct rate_entry *e = rate_table_entry(t, i);

		if (!e->held)
			continue;
		(void)snprintf(pair, sizeof(pair), "%s/%s", rate_table_base(t), e->code);
		json_array_append_new(held,
		        json_pack("{s:s, s:o, s:o, s:o, s:o}", "pair", pair, "rate",
		                rate_json(&e->price), "rateAt", admin_time(e->as_of_ms), "heldRate",
		                rate_json(&e->next), "heldAt", admin_time(e->next_ms)));
	}
	return held;
}

static json_t *source_item(struct http_request *rq, enum rate_origin o)
{
	const struct node_loop *l = http_app(rq);
	const struct snapshot *s = node_snapshot(http_app(rq));
	const struct rate_book *book = snapshot_rates(s);
	const struct rate_table *table = book->table[o];
	int64_t now = http_wall_ms(rq), as_of = table ? rate_table_as_of_ms(table) : 0;
	struct rate_feed_state state;

	rate_feed_state(l->node->rate_feeds, o, &state);
	return json_pack("{s:s, s:s, s:o, s:o, s:I, s:i, s:b, s:o, s:o, s:o, s:o}", "name",
	        rate_origin_name(o), "source", state.place, "updatedAt", admin_time(as_of), "ageMs",
	        table ? json_integer((json_int_t)(now - as_of)) : json_null(), "maxAgeMs",
	        (json_int_t)book->max_age_ms[o], "jumpBps", (int)s->rates->jump_bps[o], "stale",
	        (int)rate_book_is_stale(book, o, now), "triedAt", admin_time(state.tried_ms),
	        "error", admin_text(state.result ? result_name(state.result) : NULL), "reason",
	        admin_text(state.why), "held", held_json(table));
}

/* The one that counts first. */
enum http_next admin_rates_source(struct http_request *rq)
{
	const struct rate_book *book = snapshot_rates(node_snapshot(http_app(rq)));

	return http_reply_json(
	        rq, 200, source_item(rq, book->count ? book->order[0] : RATE_ORIGIN_FILE));
}

/* All, the most trusted first. */
enum http_next admin_rates_sources(struct http_request *rq)
{
	const struct rate_book *book = snapshot_rates(node_snapshot(http_app(rq)));
	json_t *items = json_array();
	enum result r = RESULT_OK;

	for (size_t i = 0; !r && i < book->count; i++)
		r = admin_page_add(items, source_item(rq, book->order[i]));
	return admin_page_items(rq, r, items, NULL);
}

/* ---- accepting ---- */

struct accept {
	struct admin_change change;
	struct snapshot *accepted; /* with the prices in force */
	enum rate_origin origin;
};

static void accept_release(void *arg)
{
	snapshot_release(arg);
}

/* They are in force; what is answered is also kept. */
static enum result accept_apply(struct admin_change *c, struct batch *b, json_t **answer)
{
	const struct accept *a = OWNER_OF(c, struct accept, change);

	(void)answer;
	return batch_rates_keep(b, a->origin, snapshot_rates(a->accepted)->table[a->origin]);
}

static enum http_next accept_answer(struct http_request *rq)
{
	const struct accept *a = rq->state;

	return http_reply_json(rq, 200, source_item(rq, a->origin));
}

/* Both codes of "USD/EUR", in either order: one is a source's base, the other what it holds. */
static bool finds(const struct rate_table *t, const char *pair, const char **code)
{
	size_t base_n = t ? strlen(rate_table_base(t)) : 0, n = strlen(pair);

	for (size_t i = 0; t && i < rate_table_count(t); i++) {
		const struct rate_entry *e = rate_table_entry(t, i);
		size_t code_n = strlen(e->code);
		const char *left = rate_table_base(t), *right = e->code;
		size_t left_n = base_n;

		if (!e->held || n != base_n + 1 + code_n)
			continue;
		*code = e->code;
		for (int turn = 0; turn < 2; turn++) {
			if (strncmp(pair, left, left_n) == 0 && pair[left_n] == '/' &&
			        strcmp(pair + left_n + 1, right) == 0)
				return true;
			left = e->code;
			left_n = code_n;
			right = rate_table_base(t);
		}
	}
	return false;
}

static const struct admin_refusal refusals[] = {
        {RESULT_THEIRS_NOT_FOUND, "pair", WORDS("no source holds a new price of this pair")},
        {RESULT_OK, NULL, NULL},
};

enum http_next admin_rates_accept(struct http_request *rq)
{
	const struct node_loop *l = http_app(rq);
	const struct rate_book *book = snapshot_rates(node_snapshot(http_app(rq)));
	const char *pair = NULL, *code = NULL;
	const struct json_member members[] = {
	        {"pair", JSON_TO_STRING, &pair, .required = true, .max = PAIR_MAX},
	};
	char held[ASSET_CODE_MAX + 1];
	enum result r = RESULT_THEIRS_NOT_FOUND;
	struct accept *a;

	if (http_json_read(rq, false, members, 1, JSON_SPEC_STRICT))
		return HTTP_DONE;
	a = admin_change_new(rq, sizeof(*a), ADMIN_KEY_NONE);
	if (!a)
		return HTTP_DONE;
	for (size_t i = 0; i < book->count && !code; i++) {
		a->origin = book->order[i];
		if (!finds(book->table[a->origin], pair, &code))
			code = NULL;
	}
	if (code) {
		memcpy(held, code, strlen(code) + 1);
		r = snapshots_accept_rates(l->node->snapshots, l->reader, a->origin, held);
	}
	if (r)
		return admin_refuse_by(rq, r, refusals);
	a->accepted = snapshots_get(l->node->snapshots);
	if (http_defer(rq, accept_release, a->accepted))
		return admin_refuse_by(rq, RESULT_OURS_MEMORY, NULL);
	log_info("rates_accept", "source=%s pair=%s", rate_origin_name(a->origin), pair);
	a->change.status = 200;
	a->change.apply = accept_apply;
	a->change.then = accept_answer;
	rq->state = a;
	return admin_change_submit(&a->change);
}
