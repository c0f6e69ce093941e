/* rates: what the node exchanges at. */
#include <stdio.h>
#include <stdlib.h>

#include "admin/page.h"
#include "admin/resource.h"
#include "admin/row.h"
#include "ilp/rate_feed.h"

#define RATE_DIGITS 12 /* shown; exact ones are in the rates file or the feed's answer */

struct pair {
	const struct asset_row *from, *to;
	struct ratio rate; /* major units of `to` for one of `from` */
};

struct rates_list {
	struct http_request *rq;
	const struct snapshot *snapshot;
	struct pair *pairs;
	char key[2 * ASSET_CODE_MAX + 2];
};

/* "file", or the feed's URL. */
static const char *source_of(const struct http_request *rq)
{
	const struct node_loop *l = http_app(rq);
	struct rate_feed_state state = {.url = "file"};

	if (l->node->rate_feed)
		rate_feed_state(l->node->rate_feed, &state);
	return state.url;
}

static const char *list_key(void *arg, size_t i)
{
	struct rates_list *l = arg;

	(void)snprintf(
	        l->key, sizeof(l->key), "%s/%s", l->pairs[i].from->code, l->pairs[i].to->code);
	return l->key;
}

/* {"acme":50}: the peers whose money is `from`. */
static json_t *spreads_of(const struct snapshot *s, const struct asset_row *from)
{
	json_t *spreads = json_object();

	for (size_t i = 0; i < s->peer_count; i++)
		if (s->peers[i].row.asset == from->id)
			(void)json_object_set_new(spreads, s->peers[i].row.name,
			        json_integer((json_int_t)s->peers[i].row.spread_bps));
	return spreads;
}

static json_t *list_item(void *arg, size_t i)
{
	const struct rates_list *l = arg;
	const struct pair *p = &l->pairs[i];
	int64_t as_of = rate_table_as_of_ms(snapshot_rates(l->snapshot));
	int64_t now = http_wall_ms(l->rq);
	char rate[RATIO_TEXT_SIZE];

	ratio_format(&p->rate, RATE_DIGITS, rate);
	return json_pack("{s:s, s:s, s:s, s:s, s:o, s:I, s:b, s:o}", "from", p->from->code, "to",
	        p->to->code, "rate", rate, "source", source_of(l->rq), "updatedAt",
	        admin_time(as_of), "ageMs", (json_int_t)(now - as_of), "stale",
	        (int)!snapshot_rates_are_fresh(l->snapshot, now), "spreads",
	        spreads_of(l->snapshot, p->from));
}

/* Every ordered pair of the node's assets that has a rate, of any age. */
static size_t find_pairs(const struct snapshot *s, int64_t now_ms, struct pair *out)
{
	const struct rate_table *table = snapshot_rates(s);
	size_t n = 0;

	for (size_t i = 0; table && i < s->asset_count; i++) {
		for (size_t k = 0; k < s->asset_count; k++) {
			struct pair *p = &out[n];

			if (i == k)
				continue;
			p->from = &s->assets[i];
			p->to = &s->assets[k];
			if (!rate_get(table, p->from->code, p->to->code, now_ms, 0, &p->rate))
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

enum http_next admin_rates_source(struct http_request *rq)
{
	const struct node_loop *l = http_app(rq);
	const struct snapshot *s = node_snapshot(http_app(rq));
	const struct rate_table *table = snapshot_rates(s);
	int64_t now = http_wall_ms(rq), as_of = table ? rate_table_as_of_ms(table) : 0;
	struct rate_feed_state state = {0};

	if (l->node->rate_feed)
		rate_feed_state(l->node->rate_feed, &state);
	return http_reply_json(rq, 200,
	        json_pack("{s:s, s:o, s:o, s:I, s:b, s:o, s:o, s:o}", "source", source_of(rq),
	                "updatedAt", admin_time(as_of), "ageMs",
	                table ? json_integer((json_int_t)(now - as_of)) : json_null(), "maxAgeMs",
	                (json_int_t)s->rates_max_age_ms, "stale",
	                (int)(!table || !snapshot_rates_are_fresh(s, now)), "triedAt",
	                admin_time(state.tried_ms), "error",
	                admin_text(state.result ? result_name(state.result) : NULL), "reason",
	                admin_text(state.why)));
}
