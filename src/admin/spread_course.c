/* spread_course: what was kept of a pair, and what that earned, over time. */
#include <stdlib.h>
#include <string.h>

#include "admin/history.h"
#include "admin/resource.h"
#include "admin/row.h"
#include "store/history.h"
#include "store/revenue.h"
#include "store/spread.h"

#define PEERS_MAX    32 /* shown: those of whom something was said, in their order */
#define SUBJECTS_MAX 2  /* of one peer: the pair, and any pair */
#define EARNED_DAYS  30

/* What was said of one subject. */
struct said {
	struct spread_rule rule;
	struct spread_version versions[SPREAD_VERSIONS_MAX];
	size_t count;
};

/* One line of the chart. */
struct line {
	const struct peer *peer; /* NULL: any */
	enum spread_direction direction;
	struct said own[SUBJECTS_MAX];
	size_t own_count;
	const struct said *any; /* counts where the peer's own say nothing; NULL: nothing does */
};

/* Adds the rule that was in force then. False: that is too long ago to be known. */
static bool put_then(const struct said *s, int64_t at_ms, struct spread_rule *rules, size_t *count)
{
	for (size_t i = 0; i < s->count; i++) {
		if (s->versions[i].since_ms > at_ms)
			continue;
		if (!s->versions[i].cleared) {
			rules[*count] = s->rule;
			rules[(*count)++].bps = s->versions[i].bps;
		}
		return true;
	}
	return s->count < SPREAD_VERSIONS_MAX;
}

static json_t *bps_then(const struct line *l, const struct asset_row *const pair[2], int64_t at_ms)
{
	struct spread_rule rules[SUBJECTS_MAX + 1];
	size_t count = 0;
	bool known = !l->any || put_then(l->any, at_ms, rules, &count);
	unsigned bps;

	for (size_t i = 0; i < l->own_count; i++)
		known = put_then(&l->own[i], at_ms, rules, &count) && known;
	(void)spread_find(rules, count, l->peer ? l->peer->row.account : 0, l->direction,
	        pair[0]->id, pair[1]->id, &bps);
	return known ? json_integer((json_int_t)bps) : json_null();
}

static enum result read_said(struct reader *r, struct said *out, account_id peer,
        enum spread_direction direction, asset_id from, asset_id to)
{
	out->rule =
	        (struct spread_rule){.peer = peer, .direction = direction, .from = from, .to = to};
	return store_spread_versions(r, &out->rule, out->versions, &out->count);
}

/* *found: something was said of it once. */
static enum result read_line(struct reader *r, const struct asset_row *const pair[2],
        const struct peer *peer, enum spread_direction direction, struct line *out, bool *found)
{
	const account_id account = peer->row.account;
	enum result result =
	        read_said(r, &out->own[0], account, direction, pair[0]->id, pair[1]->id);

	if (!result)
		result = read_said(r, &out->own[1], account, direction, 0, 0);
	out->peer = peer;
	out->direction = direction;
	out->own_count = SUBJECTS_MAX;
	*found = out->own[0].count + out->own[1].count > 0;
	return result;
}

struct course {
	struct line any; /* of whichever peer */
	struct line *lines;
	size_t count;
};

/* Those whose money is `from` are asked by `in`, those whose is `to` by `out`. */
static enum result read_lines(
        struct http_request *rq, const struct asset_row *const pair[2], struct course *out)
{
	struct node_loop *loop = http_app(rq);
	const struct snapshot *s = node_snapshot(loop);
	enum result r =
	        read_said(loop->reader, &out->any.own[0], 0, SPREAD_IN, pair[0]->id, pair[1]->id);
	bool found;

	out->any.own_count = 1;
	for (unsigned d = SPREAD_IN; d <= SPREAD_OUT; d++) {
		for (size_t i = 0; !r && i < s->peer_count && out->count < PEERS_MAX; i++) {
			struct line *l = &out->lines[out->count];

			if (s->peers[i].row.asset != pair[d == SPREAD_IN ? 0 : 1]->id)
				continue;
			r = read_line(loop->reader, pair, &s->peers[i], (enum spread_direction)d, l,
			        &found);
			l->any = d == SPREAD_IN ? &out->any.own[0] : NULL;
			out->count += found;
		}
	}
	return r;
}

static json_t *point(const struct admin_span *s, size_t i, const struct course *c,
        const struct asset_row *const pair[2])
{
	const int64_t at_ms = admin_span_end(s, i);
	json_t *item = admin_span_point(s, i), *in = json_object(), *out = json_object();

	for (size_t k = 0; k < c->count; k++) {
		const struct line *l = &c->lines[k];

		(void)json_object_set_new(l->direction == SPREAD_IN ? in : out, l->peer->row.name,
		        bps_then(l, pair, at_ms));
	}
	(void)json_object_set_new(item, "any", bps_then(&c->any, pair, at_ms));
	(void)json_object_set_new(item, "in", in);
	(void)json_object_set_new(item, "out", out);
	return item;
}

enum http_next admin_spread_course(struct http_request *rq)
{
	const struct asset_row *pair[2];
	struct course *c;
	struct admin_span s;
	json_t *items;
	enum result r;

	if (!admin_pair_read(rq, pair) || admin_span_read(rq, &s))
		return HTTP_DONE;
	c = calloc(1, sizeof(*c)); /* more than an arena holds */
	if (!c || http_defer(rq, free, c))
		return admin_refuse_by(rq, RESULT_OURS_MEMORY, NULL);
	c->lines = calloc(PEERS_MAX, sizeof(*c->lines));
	if (!c->lines || http_defer(rq, free, c->lines))
		return admin_refuse_by(rq, RESULT_OURS_MEMORY, NULL);
	r = read_lines(rq, pair, c);
	items = json_array();
	for (size_t i = 0; !r && i < s.count; i++)
		(void)json_array_append_new(items, point(&s, i, c, pair));
	return admin_span_reply(rq, r, &s, items);
}

/* ---- what it earned ---- */

/* Of the last days, the present one included; days are those of UTC. */
enum http_next admin_revenue_course(struct http_request *rq)
{
	const struct node_loop *loop = http_app(rq);
	const struct asset_row *pair[2];
	uint64_t earned[EARNED_DAYS];
	struct admin_span s;
	json_t *items;
	enum result r;

	if (!admin_pair_read(rq, pair))
		return HTTP_DONE;
	s = (struct admin_span){
	        .now_ms = http_wall_ms(rq), .step_ms = REVENUE_DAY_MS, .count = EARNED_DAYS};
	s.first_ms = s.now_ms - s.now_ms % s.step_ms - (EARNED_DAYS - 1) * s.step_ms;
	r = store_revenue_of_pair(loop->reader, pair[0]->id, pair[1]->id,
	        s.first_ms / REVENUE_DAY_MS, EARNED_DAYS, earned);
	items = json_array();
	for (size_t i = 0; !r && i < s.count; i++) {
		json_t *item = admin_span_point(&s, i);

		(void)json_object_set_new(item, "spread", admin_amount(earned[i], pair[1]));
		(void)json_array_append_new(items, item);
	}
	return admin_span_reply(rq, r, &s, items);
}
