/* event: the outbox as a feed, live and page by page, and what became of each delivery. */
#include "admin/event.h"

#include <string.h>

#include "admin/change.h"
#include "admin/event_stream.h"
#include "admin/page.h"
#include "admin/resource.h"
#include "base/words.h"
#include "events/envelope.h"
#include "http/negotiate.h"
#include "store/endpoint.h"

static const struct admin_refusal refusals[] = {
        {RESULT_THEIRS_NOT_FOUND, NULL, WORDS("there is no such event")},
        {RESULT_OK, NULL, NULL},
};

/* The same members as the host gets. */
static json_t *envelope_json(const struct event_row *e)
{
	return json_pack("{s:o, s:s, s:o, s:I, s:o}", "id", admin_id(&e->id), "type", e->type,
	        "createdAt", admin_time(e->created_ms), "sequence", (json_int_t)e->sequence, "data",
	        json_loads(e->data, 0, NULL));
}

static json_t *delivery_json(const struct event_row *e)
{
	bool due = e->state == EVENT_PENDING;

	return json_pack("{s:s, s:i, s:o, s:o, s:o, s:o}", "state", event_state_name(e->state),
	        "attempts", (int)e->attempts, "nextAttemptAt", admin_time(due ? e->next_ms : 0),
	        "status", e->status ? json_integer(e->status) : json_null(), "error",
	        admin_text(e->error), "deliveredAt", admin_time(e->delivered_ms));
}

json_t *admin_event_json(const struct event_row *e, bool with_delivery)
{
	json_t *value = envelope_json(e);

	if (!value || !with_delivery || !json_object_set_new(value, "delivery", delivery_json(e)))
		return value;
	json_decref(value);
	return NULL;
}

/* ---- the list ---- */

static enum result read_state(struct http_request *rq, struct admin_event_wanted *w)
{
	static const enum event_state open[] = {EVENT_WAITING, EVENT_PENDING, EVENT_PARKED};
	const char *text = http_query(rq, "state");

	if (!text)
		return RESULT_OK;
	for (size_t i = 0; i < sizeof(open) / sizeof(open[0]); i++) {
		if (strcmp(text, event_state_name(open[i])) == 0) {
			w->state = open[i];
			w->filter.state = &w->state;
			return RESULT_OK;
		}
	}
	(void)admin_refuse(rq, RESULT_THEIRS_MALFORMED, "state",
	        WORDS("\"state\" must be WAITING, PENDING or PARKED"));
	return RESULT_THEIRS_MALFORMED;
}

static enum result read_type(struct http_request *rq, struct admin_event_wanted *w)
{
	const char *text = http_query(rq, "type");

	if (!text)
		return RESULT_OK;
	if (event_type_parse(text, &w->type)) {
		(void)admin_refuse(rq, RESULT_THEIRS_MALFORMED, "type",
		        WORDS("\"type\" must be a type of event"));
		return RESULT_THEIRS_MALFORMED;
	}
	w->filter.type = &w->type;
	return RESULT_OK;
}

enum result admin_event_wanted_read(struct http_request *rq, struct admin_event_wanted *out)
{
	enum result r;

	*out = (struct admin_event_wanted){.filter = {0}};
	r = read_state(rq, out);
	if (!r)
		r = read_type(rq, out);
	return r ? r : admin_order_read(rq, &out->filter.desc);
}

static enum result read_id(
        struct http_request *rq, const char *field, const char *text, struct id *out)
{
	if (!text || id_parse(text, strlen(text), out) == RESULT_OK)
		return RESULT_OK;
	(void)admin_refuse(
	        rq, RESULT_THEIRS_MALFORMED, field, "\"%s\" must be the id of an event", field);
	return RESULT_THEIRS_MALFORMED;
}

static enum result read_include(struct http_request *rq, bool *delivery)
{
	const char *text = http_query(rq, "include");

	*delivery = text != NULL;
	if (!text || strcmp(text, "delivery") == 0)
		return RESULT_OK;
	(void)admin_refuse(
	        rq, RESULT_THEIRS_MALFORMED, "include", WORDS("\"include\" must be \"delivery\""));
	return RESULT_THEIRS_MALFORMED;
}

/* `after` is what a follower of the feed says; it is the cursor under another name. */
static enum result read_page(struct http_request *rq, struct page *page)
{
	enum result r = admin_page_read_ids(rq, page);

	return r ? r : read_id(rq, "after", http_query(rq, "after"), &page->after);
}

static enum http_next list(struct http_request *rq)
{
	const struct node_loop *loop = http_app(rq);
	const char *resource = http_query(rq, "resource");
	struct id of = {{0}}, next;
	struct admin_event_wanted wanted;
	struct event_row *rows;
	struct page page;
	bool delivery;
	size_t count;
	json_t *items;
	enum result r;

	if (read_page(rq, &page) || admin_event_wanted_read(rq, &wanted) ||
	        read_include(rq, &delivery) || read_id(rq, "resource", resource, &of))
		return HTTP_DONE;
	if (wanted.filter.state && resource)
		return admin_refuse(rq, RESULT_THEIRS_MALFORMED, "resource",
		        WORDS("\"resource\" and \"state\" do not go together"));
	wanted.filter.resource = resource ? &of : NULL;
	r = store_event_list(loop->reader, &rq->arena, &wanted.filter, &page, &rows, &count, &next);
	if (r)
		return admin_refuse_by(rq, r, refusals);
	items = json_array();
	for (size_t i = 0; !r && i < count; i++)
		r = admin_page_add(items, admin_event_json(&rows[i], delivery));
	return admin_page_ids(rq, r, items, !id_is_zero(&next), &next);
}

/* Where a live follower begins: behind the event that it names, else with what comes. It gets all
 * events. */
static enum http_next follow(struct http_request *rq)
{
	static const char *const filters[] = {"state", "type", "resource"};
	const struct node_loop *loop = http_app(rq);
	const char *last = http_header(rq, "Last-Event-ID");
	const char *text = last && *last ? last : http_query(rq, "after");
	struct event_row row;
	struct id after = {{0}};
	enum result r;

	for (size_t i = 0; i < sizeof(filters) / sizeof(filters[0]); i++)
		if (http_query(rq, filters[i]))
			return admin_refuse(rq, RESULT_THEIRS_MALFORMED, filters[i],
			        "a stream has all events: \"%s\" is for lists", filters[i]);
	if (read_id(rq, last && *last ? "Last-Event-ID" : "after", text, &after))
		return HTTP_DONE;
	r = text ? store_event_get(loop->reader, &rq->arena, &after, &row)
	         : store_event_newest(loop->reader, &after);
	return r ? admin_refuse_by(rq, r, refusals) : admin_event_stream(rq, &after);
}

enum http_next admin_event_list(struct http_request *rq)
{
	const char *accept = http_header(rq, "Accept");

	return accept && strstr(accept, "text/event-stream") ? follow(rq) : list(rq);
}

/* ---- one ---- */

static enum result event_of_path(struct http_request *rq, struct event_row *out)
{
	const struct node_loop *loop = http_app(rq);
	struct id id;
	enum result r = admin_path_id(rq, &id);

	if (!r)
		r = store_event_get(loop->reader, &rq->arena, &id, out);
	if (r)
		(void)admin_refuse_by(rq, r, refusals);
	return r;
}

static enum http_next reply_event(struct http_request *rq)
{
	struct event_row row;

	if (event_of_path(rq, &row))
		return HTTP_DONE;
	return http_reply_json(rq, 200, admin_event_json(&row, true));
}

enum http_next admin_event_get(struct http_request *rq)
{
	return reply_event(rq);
}

struct event_again {
	struct admin_change change;
	int64_t endpoint;
	struct id id;
};

static enum result again_apply(struct admin_change *c, struct batch *b, json_t **answer)
{
	const struct event_again *a = OWNER_OF(c, struct event_again, change);
	enum result r = batch_event_redeliver(b, a->endpoint, &a->id);

	(void)answer;
	/* The configured endpoint gets what it was not given yet by itself. */
	return r == RESULT_THEIRS_NOT_FOUND && a->endpoint == ENDPOINT_CONFIGURED ? RESULT_OK : r;
}

enum http_next admin_event_again(
        struct http_request *rq, int64_t endpoint, const struct id *id, http_handler *then)
{
	/* No key is kept: asking twice asks for the same. */
	struct event_again *a = admin_change_new(rq, sizeof(*a), ADMIN_KEY_NONE);

	if (!a)
		return HTTP_DONE;
	a->endpoint = endpoint;
	a->id = *id;
	a->change.apply = again_apply;
	a->change.then = then;
	a->change.refusals = refusals;
	return admin_change_submit(&a->change);
}

enum http_next admin_event_redeliver(struct http_request *rq)
{
	struct event_row row;

	if (http_json_read(rq, true, NULL, 0, JSON_SPEC_STRICT) || event_of_path(rq, &row))
		return HTTP_DONE;
	return admin_event_again(rq, ENDPOINT_CONFIGURED, &row.id, reply_event);
}
