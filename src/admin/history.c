/* history: what was when, in even steps, for charts (store/history.h). */
#include <stdlib.h>
#include <string.h>

#include "admin/history.h"
#include "admin/resource.h"
#include "admin/row.h"
#include "base/words.h"
#include "store/history.h"

static const struct {
	const char *name;
	int64_t step_ms;
	size_t count;
} spans[] = {
        {"hour", HISTORY_MINUTE_MS, 60},
        {"day", HISTORY_HOUR_MS, 24},
        {"month", HISTORY_DAY_MS, 30},
};
#define SPANS (sizeof(spans) / sizeof(spans[0]))

enum result admin_span_read(struct http_request *rq, struct admin_span *out)
{
	const char *text = http_query(rq, "span");
	size_t i = 0;

	while (text && i < SPANS && strcmp(spans[i].name, text) != 0)
		i++;
	if (i == SPANS) {
		(void)admin_refuse(rq, RESULT_THEIRS_MALFORMED, "span",
		        WORDS("\"span\" is hour, day or month"));
		return RESULT_THEIRS_MALFORMED;
	}
	out->now_ms = http_wall_ms(rq);
	out->step_ms = spans[i].step_ms;
	out->count = spans[i].count;
	out->first_ms =
	        out->now_ms - out->now_ms % out->step_ms - (int64_t)(out->count - 1) * out->step_ms;
	return RESULT_OK;
}

int64_t admin_span_end(const struct admin_span *s, size_t i)
{
	int64_t end_ms = s->first_ms + (int64_t)(i + 1) * s->step_ms;

	return end_ms < s->now_ms ? end_ms : s->now_ms;
}

json_t *admin_span_point(const struct admin_span *s, size_t i)
{
	int64_t at_ms = s->first_ms + (int64_t)i * s->step_ms;

	return json_pack("{s:o, s:I}", "at", admin_time(at_ms), "ms",
	        (json_int_t)(admin_span_end(s, i) - at_ms));
}

enum http_next admin_span_reply(
        struct http_request *rq, enum result r, const struct admin_span *s, json_t *items)
{
	if (r) {
		json_decref(items);
		return admin_refuse_by(rq, r, NULL);
	}
	return http_reply_json(
	        rq, 200, json_pack("{s:I, s:o}", "stepMs", (json_int_t)s->step_ms, "items", items));
}

/* ---- balances ---- */

/* One balance in each point, as `member`. */
static enum http_next balance_reply(struct http_request *rq, account_id account,
        const struct asset_row *asset, const char *member)
{
	const struct node_loop *loop = http_app(rq);
	struct history_value values[HISTORY_POINTS_MAX];
	struct admin_span s;
	json_t *items;
	enum result r;

	if (admin_span_read(rq, &s))
		return HTTP_DONE;
	r = store_history(loop->reader, HISTORY_BALANCE, (int64_t)account, s.step_ms, s.first_ms,
	        s.count, values);
	items = json_array();
	for (size_t i = 0; !r && i < s.count; i++) {
		json_t *point = admin_span_point(&s, i);

		(void)json_object_set_new(point, member,
		        values[i].known ? admin_amount_signed(values[i].figure, asset)
		                        : json_null());
		(void)json_array_append_new(items, point);
	}
	return admin_span_reply(rq, r, &s, items);
}

enum http_next admin_peer_history(struct http_request *rq)
{
	const struct peer *p = admin_peer_of_path(rq);
	const struct asset_row *asset;

	if (!p)
		return HTTP_DONE;
	asset = snapshot_asset(node_snapshot(http_app(rq)), p->row.asset);
	return asset ? balance_reply(rq, p->row.account, asset, "balance")
	             : admin_refuse_by(rq, RESULT_OURS_BUG, NULL);
}

enum http_next admin_asset_history(struct http_request *rq)
{
	const struct asset_row *asset = admin_asset_of_path(rq);

	return asset ? balance_reply(rq, asset->pool, asset, "liquidity") : HTTP_DONE;
}

/* ---- the node's activity ---- */

/* Of a total: what it was before the first step, and at the end of each. */
struct total {
	struct history_value at[HISTORY_POINTS_MAX + 1];
};

struct course {
	struct total completed, failed, credited, forwarded;
	struct history_value p50[HISTORY_POINTS_MAX], p99[HISTORY_POINTS_MAX];
};

/* Of one asset. */
struct volume {
	const struct asset_row *asset;
	struct history_value sent[HISTORY_POINTS_MAX], received[HISTORY_POINTS_MAX],
	        packets[HISTORY_POINTS_MAX];
	bool moved;
};

struct activity_course {
	struct course *node;
	struct volume *volumes;
	size_t volume_count;
};

/* What it grew by in step i; false: not known. */
static bool grew(const struct total *t, size_t i, json_int_t *out)
{
	if (!t->at[i].known || !t->at[i + 1].known)
		return false;
	*out = (json_int_t)(t->at[i + 1].figure - t->at[i].figure);
	return true;
}

static json_t *grew_json(const struct total *t, size_t i)
{
	json_int_t n;

	return grew(t, i, &n) ? json_integer(n) : json_null();
}

/* Fulfilled ones, that came or went; what own payments sent counts when it is known. */
static json_t *packets_json(const struct activity_course *a, size_t i)
{
	json_int_t credited, forwarded, n = 0;
	bool known =
	        grew(&a->node->credited, i, &credited) && grew(&a->node->forwarded, i, &forwarded);

	if (known)
		n = credited + forwarded;
	for (size_t k = 0; k < a->volume_count; k++) {
		n += (json_int_t)a->volumes[k].packets[i].figure;
		known = known || a->volumes[k].packets[i].figure > 0;
	}
	return known ? json_integer(n) : json_null();
}

static json_t *success_json(const struct course *c, size_t i)
{
	json_int_t completed, failed;

	if (!grew(&c->completed, i, &completed) || !grew(&c->failed, i, &failed) ||
	        completed + failed <= 0)
		return json_null();
	return json_integer(completed * 10000 / (completed + failed));
}

static json_t *ms_json(const struct history_value *v)
{
	return v->known ? json_integer((json_int_t)v->figure) : json_null();
}

/* {"USD":{"sent","received"}} of assets that moved in the span. */
static json_t *volume_json(const struct activity_course *a, size_t i)
{
	json_t *all = json_object();

	for (size_t k = 0; k < a->volume_count; k++) {
		const struct volume *v = &a->volumes[k];

		if (v->moved)
			(void)json_object_set_new(all, v->asset->code,
			        json_pack("{s:o, s:o}", "sent",
			                admin_amount((uint64_t)v->sent[i].figure, v->asset),
			                "received",
			                admin_amount((uint64_t)v->received[i].figure, v->asset)));
	}
	return all;
}

static json_t *activity_point(const struct admin_span *s, const struct activity_course *a, size_t i)
{
	json_t *point = admin_span_point(s, i);

	(void)json_object_set_new(point, "completed", grew_json(&a->node->completed, i));
	(void)json_object_set_new(point, "failed", grew_json(&a->node->failed, i));
	(void)json_object_set_new(point, "successBps", success_json(a->node, i));
	(void)json_object_set_new(point, "packets", packets_json(a, i));
	(void)json_object_set_new(point, "p50Ms", ms_json(&a->node->p50[i]));
	(void)json_object_set_new(point, "p99Ms", ms_json(&a->node->p99[i]));
	(void)json_object_set_new(point, "volume", volume_json(a, i));
	return point;
}

static enum result read_total(
        struct reader *r, enum history_series series, const struct admin_span *s, struct total *out)
{
	return store_history(
	        r, series, 0, s->step_ms, s->first_ms - s->step_ms, s->count + 1, out->at);
}

/* A total of which there is no row at all was 0 while others were counted. */
static void begin_at_zero(struct course *c, size_t count)
{
	struct total *const all[] = {&c->completed, &c->failed, &c->credited, &c->forwarded};
	const size_t totals = sizeof(all) / sizeof(all[0]);

	for (size_t i = 0; i <= count; i++) {
		bool counted = false;

		for (size_t t = 0; t < totals; t++)
			counted = counted || all[t]->at[i].known;
		for (size_t t = 0; t < totals; t++)
			if (!all[t]->at[count].known)
				all[t]->at[i].known = counted;
	}
}

static enum result read_node(struct reader *r, const struct admin_span *s, struct course *c)
{
	enum result result = read_total(r, HISTORY_COMPLETED, s, &c->completed);

	if (!result)
		result = read_total(r, HISTORY_FAILED, s, &c->failed);
	if (!result)
		result = read_total(r, HISTORY_CREDITED, s, &c->credited);
	if (!result)
		result = read_total(r, HISTORY_FORWARDED, s, &c->forwarded);
	if (!result)
		begin_at_zero(c, s->count);
	if (!result)
		result =
		        store_history(r, HISTORY_P50, 0, s->step_ms, s->first_ms, s->count, c->p50);
	return result ? result
	              : store_history(r, HISTORY_P99, 0, s->step_ms, s->first_ms, s->count, c->p99);
}

static enum result read_volume(struct reader *r, const struct admin_span *s, struct volume *v)
{
	int64_t subject = (int64_t)v->asset->id;
	enum result result =
	        store_history(r, HISTORY_SENT, subject, s->step_ms, s->first_ms, s->count, v->sent);

	if (!result)
		result = store_history(r, HISTORY_RECEIVED, subject, s->step_ms, s->first_ms,
		        s->count, v->received);
	if (!result)
		result = store_history(
		        r, HISTORY_PACKETS, subject, s->step_ms, s->first_ms, s->count, v->packets);
	for (size_t i = 0; !result && i < s->count; i++)
		v->moved = v->moved || v->sent[i].figure > 0 || v->received[i].figure > 0;
	return result;
}

enum http_next admin_activity_history(struct http_request *rq)
{
	struct node_loop *loop = http_app(rq);
	const struct snapshot *snapshot = node_snapshot(loop);
	struct activity_course a = {NULL, NULL, 0};
	struct admin_span s;
	json_t *items;
	enum result r;

	if (admin_span_read(rq, &s))
		return HTTP_DONE;
	a.node = calloc(1, sizeof(*a.node)); /* with many assets more than an arena holds */
	if (!a.node || http_defer(rq, free, a.node))
		return admin_refuse_by(rq, RESULT_OURS_MEMORY, NULL);
	a.volumes = calloc(snapshot->asset_count + 1, sizeof(*a.volumes));
	if (!a.volumes || http_defer(rq, free, a.volumes))
		return admin_refuse_by(rq, RESULT_OURS_MEMORY, NULL);
	r = read_node(loop->reader, &s, a.node);
	for (size_t i = 0; !r && i < snapshot->asset_count; i++) {
		a.volumes[i].asset = &snapshot->assets[i];
		r = read_volume(loop->reader, &s, &a.volumes[i]);
		a.volume_count++;
	}
	items = json_array();
	for (size_t i = 0; !r && i < s.count; i++)
		(void)json_array_append_new(items, activity_point(&s, &a, i));
	return admin_span_reply(rq, r, &s, items);
}
