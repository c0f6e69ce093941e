/* The outbox: writing events, and their way through delivery. */
#include "store/event.h"

#include <string.h>

#include "store/batch_core.h"
#include "store/endpoint.h"
#include "store/event_json.h"

/* ---- the events of one resource ---- */

struct work_lane {
	struct work work;
	int64_t last; /* number of its newest event; 0: none yet */
};

static enum result lane_make(struct batch *b, const int64_t halves[2], struct work_lane **out)
{
	*out = batch_make(b, WORK_LANE, halves[0], halves[1], sizeof(**out));
	return *out ? RESULT_OK : RESULT_OURS_MEMORY;
}

enum result batch_event_lane_new(struct batch *b, const struct id *resource)
{
	struct work_lane *lane;
	int64_t halves[2];

	memcpy(halves, resource->b, sizeof(halves));
	return lane_make(b, halves, &lane);
}

static enum result lane_get(struct batch *b, const struct id *resource, struct work_lane **out)
{
	struct query q;
	int64_t halves[2], last;
	enum result r;

	memcpy(halves, resource->b, sizeof(halves));
	*out = batch_find(b, WORK_LANE, halves[0], halves[1]);
	if (*out)
		return RESULT_OK;
	batch_query(b, &q, STMT_EVENT_LANE);
	query_put_id(&q, resource);
	r = query_one_int(&q, &last);
	if (!r)
		r = lane_make(b, halves, out);
	if (!r)
		(*out)->last = last;
	return r;
}

enum result batch_event_add(
        struct batch *b, const char *type, const struct id *resource, const char *data_json)
{
	struct work_lane *lane;
	int64_t key;
	struct id id;
	struct query q;
	enum result r;

	if (!*type || data_json[0] != '{' || strlen(data_json) > EVENT_DATA_MAX)
		return RESULT_OURS_BUG;
	r = lane_get(b, resource, &lane);
	if (!r)
		r = batch_next_id(b, SEQUENCE_EVENT, &key);
	if (r)
		return r;
	id_new(b->now_ms, &id);
	batch_query(b, &q, STMT_EVENT_INSERT);
	query_put_int(&q, key);
	query_put_id(&q, &id);
	query_put_text(&q, type);
	query_put_id(&q, resource);
	query_put_int(&q, ++lane->last);
	query_put_text(&q, data_json);
	query_put_int(&q, b->now_ms);
	b->changes++;
	b->events++;
	return query_run(&q);
}

/* ---- delivery ---- */

static enum result event_read(
        struct batch *b, int64_t endpoint, int64_t key, struct arena *a, struct event_row *out)
{
	struct query q;
	bool found;
	enum result r;

	batch_query(b, &q, STMT_EVENT_READ);
	query_put_int(&q, key);
	query_put_int(&q, endpoint);
	found = query_row(&q);
	if (found)
		row_event(&q, a, out);
	r = query_end(&q);
	return r ? r : found ? RESULT_OK : RESULT_OURS_BUG;
}

static enum result claim_one(
        struct batch *b, int64_t endpoint, int64_t until_ms, struct arena *a, struct event_row *out)
{
	struct query q;
	int64_t key;
	enum result r;

	batch_query(b, &q, STMT_DELIVERY_DUE_NEXT);
	query_put_int(&q, endpoint);
	query_put_int(&q, b->now_ms);
	r = query_one_int(&q, &key);
	if (r)
		return r;
	batch_query(b, &q, STMT_DELIVERY_CLAIM);
	query_put_int(&q, endpoint);
	query_put_int(&q, key);
	query_put_u64(&q, b->store->generation);
	query_put_int(&q, until_ms);
	b->changes++;
	r = query_run(&q);
	return r ? r : event_read(b, endpoint, key, a, out);
}

enum result batch_event_claim(struct batch *b, int64_t endpoint, int64_t lease_ms, struct arena *a,
        struct event_row *rows, size_t max, size_t *count, int64_t *next_due_ms)
{
	struct query q;
	enum result r = RESULT_OK;

	*count = 0;
	*next_due_ms = 0;
	while (!r && *count < max) {
		r = claim_one(b, endpoint, b->now_ms + lease_ms, a, &rows[*count]);
		if (!r)
			++*count;
	}
	if (r && r != RESULT_THEIRS_NOT_FOUND)
		return r;
	batch_query(b, &q, STMT_DELIVERY_DUE_WHEN);
	query_put_int(&q, endpoint);
	r = query_one_int(&q, next_due_ms);
	return r == RESULT_THEIRS_NOT_FOUND ? RESULT_OK : r;
}

enum result batch_event_take_over(struct batch *b)
{
	struct query q;

	batch_query(b, &q, STMT_DELIVERY_ORPHANS_FREE);
	query_put_u64(&q, b->store->generation);
	query_put_int(&q, b->now_ms);
	b->changes++;
	return query_run(&q);
}

struct delivery_now {
	int64_t endpoint, event;
	struct id resource;
	enum event_state state;
	uint64_t holder;
};

static enum result delivery_load(
        struct batch *b, int64_t endpoint, const struct id *id, struct delivery_now *out)
{
	struct query q;
	bool found;
	enum result r;

	batch_query(b, &q, STMT_DELIVERY_LOAD);
	query_put_int(&q, endpoint);
	query_put_id(&q, id);
	found = query_row(&q);
	if (found) {
		out->endpoint = endpoint;
		out->event = query_int(&q);
		query_blob(&q, out->resource.b, sizeof(out->resource.b));
		out->state = query_event_state(&q);
		out->holder = query_u64(&q);
	}
	r = query_end(&q);
	return r ? r : found ? RESULT_OK : RESULT_THEIRS_NOT_FOUND;
}

/* A statement whose first parameters say which delivery it is. */
static void delivery_query(
        struct batch *b, struct query *q, enum statement s, int64_t endpoint, int64_t event)
{
	batch_query(b, q, s);
	query_put_int(q, endpoint);
	query_put_int(q, event);
	b->changes++;
}

/* The next of the resource, where nothing of it is under way any more. */
static enum result lane_advance(struct batch *b, const struct delivery_now *d)
{
	struct query q;
	int64_t event;
	enum result r;

	batch_query(b, &q, STMT_DELIVERY_LANE_NEXT);
	query_put_int(&q, d->endpoint);
	query_put_id(&q, &d->resource);
	r = query_one_int(&q, &event);
	if (r)
		return r == RESULT_THEIRS_NOT_FOUND ? RESULT_OK : r;
	delivery_query(b, &q, STMT_DELIVERY_ADVANCE, d->endpoint, event);
	query_put_int(&q, b->now_ms);
	return query_run(&q);
}

/* That nobody took an event is an event too, but for those that say just that. */
static enum result announce_parked(struct batch *b, const struct delivery_now *d)
{
	struct id endpoint;
	struct event_row row;
	enum result r = event_read(b, d->endpoint, d->event, &b->arena, &row);

	if (r || strcmp(row.type, event_type_name(EVENT_TYPE_WEBHOOK_DEAD_LETTER)) == 0)
		return r;
	r = batch_endpoint_id(b, d->endpoint, &endpoint);
	if (r)
		return r;
	return event_write(b, EVENT_TYPE_WEBHOOK_DEAD_LETTER, &row.id,
	        json_pack("{s:o, s:s, s:o, s:I, s:i, s:o, s:o, s:o, s:o}", "id", event_id(&row.id),
	                "type", row.type, "resource", event_id(&row.resource), "sequence",
	                (json_int_t)row.sequence, "attempts", (int)row.attempts, "status",
	                row.status ? json_integer(row.status) : json_null(), "error",
	                event_text(row.error), "createdAt", event_time(row.created_ms),
	                "endpointId", event_id(&endpoint)));
}

enum result batch_event_end(struct batch *b, int64_t endpoint, const struct event_end *e)
{
	bool again = e->state == EVENT_PENDING;
	struct delivery_now now;
	struct query q;
	enum result r = delivery_load(b, endpoint, &e->id, &now);

	if (r)
		return r;
	if (now.state != EVENT_PENDING || now.holder != b->store->generation ||
	        e->state == EVENT_WAITING)
		return RESULT_THEIRS_STATE;
	delivery_query(b, &q, STMT_DELIVERY_END, endpoint, now.event);
	query_put_text(&q, event_state_name(e->state));
	query_put_int(&q, again ? e->retry_at_ms : b->now_ms);
	query_put_int(&q, e->status);
	query_put_text(&q, e->error ? e->error : "");
	if (e->state == EVENT_DELIVERED)
		query_put_int(&q, b->now_ms);
	else
		query_put_null(&q);
	r = query_run(&q);
	if (!r && !again)
		r = lane_advance(b, &now);
	if (!r && e->state == EVENT_PARKED)
		r = announce_parked(b, &now);
	return r;
}

enum result batch_event_hasten(struct batch *b, int64_t endpoint)
{
	struct query q;

	batch_query(b, &q, STMT_DELIVERY_HASTEN);
	query_put_int(&q, endpoint);
	query_put_int(&q, b->now_ms);
	b->changes++;
	return query_run(&q);
}

enum result batch_event_redeliver(struct batch *b, int64_t endpoint, const struct id *id)
{
	struct delivery_now now;
	int64_t busy = 0;
	struct query q;
	enum result r = delivery_load(b, endpoint, id, &now);

	if (r)
		return r;
	/* Under way now, or behind another one: it comes anyway. */
	if (now.state == EVENT_WAITING || (now.state == EVENT_PENDING && now.holder))
		return RESULT_OK;
	if (now.state != EVENT_PENDING) {
		batch_query(b, &q, STMT_DELIVERY_LANE);
		query_put_int(&q, endpoint);
		query_put_id(&q, &now.resource);
		r = query_one_int(&q, &busy);
		if (r)
			return r;
	}
	delivery_query(b, &q, STMT_DELIVERY_AGAIN, endpoint, now.event);
	query_put_text(&q, event_state_name(busy ? EVENT_WAITING : EVENT_PENDING));
	query_put_int(&q, b->now_ms);
	b->events++;
	return query_run(&q);
}
