/* webhook_endpoint: whom of the host's servers the webhooks tell, and what became of each delivery.
 */
#include <stdio.h>
#include <string.h>

#include "admin/change.h"
#include "admin/event.h"
#include "admin/page.h"
#include "admin/resource.h"
#include "base/secret.h"
#include "base/words.h"
#include "events/webhook.h"
#include "net/url_guard.h"
#include "store/endpoint.h"

static const struct admin_refusal refusals[] = {
        {RESULT_THEIRS_NOT_FOUND, NULL, WORDS("there is no such webhook endpoint")},
        {RESULT_THEIRS_STATE, NULL,
                WORDS("this is the endpoint of [webhooks] in the configuration: change it there")},
        {RESULT_THEIRS_TOO_BIG, NULL, WORDS("there are as many webhook endpoints as there may be")},
        {RESULT_OK, NULL, NULL},
};

/* ---- showing ---- */

/* " a.b c.d " as ["a.b","c.d"]; null for all. */
static json_t *types_json(const char *types)
{
	json_t *all;

	if (!*types)
		return json_null();
	all = json_array();
	for (const char *at = types + 1; *at; at += strcspn(at, " ") + 1) {
		if (json_array_append_new(all, json_stringn(at, strcspn(at, " ")))) {
			json_decref(all);
			return NULL;
		}
	}
	return all;
}

/* configured: URL of [webhooks], "" for none. */
static json_t *endpoint_json(const struct endpoint_row *e, const char *configured)
{
	bool ours = e->key == ENDPOINT_CONFIGURED;

	return json_pack("{s:o, s:o, s:o, s:b, s:b, s:o, s:o}", "id", admin_id(&e->id), "url",
	        admin_text(ours ? configured : e->url), "types", types_json(e->types), "enabled",
	        (int)(ours ? *configured != '\0' : e->enabled), "configured", (int)ours,
	        "createdAt", admin_time(e->created_ms), "updatedAt", admin_time(e->changed_ms));
}

static const char *configured_url(const struct http_request *rq)
{
	const struct node_loop *loop = http_app(rq);
	const char *url = webhook_url(loop->node->webhook);

	return url ? url : "";
}

/* {id} of the path. On an error the reply is set. */
static enum result endpoint_of_path(struct http_request *rq, struct endpoint_row *out)
{
	const struct node_loop *loop = http_app(rq);
	struct id id;
	enum result r = admin_path_id(rq, &id);

	if (!r)
		r = store_endpoint_get(loop->reader, &rq->arena, &id, out);
	if (r)
		(void)admin_refuse_by(rq, r, refusals);
	return r;
}

struct shown {
	const struct endpoint_row *rows;
	const char *configured;
	char key[ID_TEXT_SIZE];
};

static const char *shown_key(void *arg, size_t i)
{
	struct shown *s = arg;

	id_format(&s->rows[i].id, s->key);
	return s->key;
}

static json_t *shown_item(void *arg, size_t i)
{
	const struct shown *s = arg;

	return endpoint_json(&s->rows[i], s->configured);
}

enum http_next admin_endpoint_list(struct http_request *rq)
{
	const struct node_loop *loop = http_app(rq);
	struct endpoint_row rows[ENDPOINTS_MAX];
	struct shown s = {rows, configured_url(rq), ""};
	struct admin_list all = {0, shown_key, shown_item, &s};
	enum result r = store_endpoint_list(loop->reader, &rq->arena, rows, &all.count);

	return r ? admin_refuse_by(rq, r, NULL) : admin_page_reply(rq, &all);
}

enum http_next admin_endpoint_get(struct http_request *rq)
{
	struct endpoint_row row;

	if (endpoint_of_path(rq, &row))
		return HTTP_DONE;
	return http_reply_json(rq, 200, endpoint_json(&row, configured_url(rq)));
}

/* ---- changing ---- */

struct endpoint_set {
	struct admin_change change;
	bool add;
	struct id id;
	struct endpoint_change wanted; /* texts in the request's arena */
	bool enabled;
	bool show_secret; /* the one that was made here: this once */
	char secret[TOKEN_TEXT_SIZE];
};

static void wipe_secret(void *p)
{
	struct endpoint_set *s = p;

	secret_wipe(s->secret, sizeof(s->secret));
}

static enum result set_apply(struct admin_change *c, struct batch *b, json_t **answer)
{
	struct endpoint_set *s = OWNER_OF(c, struct endpoint_set, change);
	struct endpoint_row row;
	enum result r = s->add ? batch_endpoint_add(b, &c->memory, &s->wanted, &row)
	                       : batch_endpoint_set(b, &c->memory, &s->id, &s->wanted, &row);

	if (r)
		return r;
	*answer = endpoint_json(&row, "");
	if (s->show_secret && json_object_set_new(*answer, "secret", json_string(s->secret))) {
		json_decref(*answer);
		*answer = NULL;
	}
	return RESULT_OK;
}

static enum result tell_webhook(struct admin_change *c)
{
	if (c->loop->node->webhook)
		webhook_wake(c->loop->node->webhook);
	return RESULT_OK;
}

/* No key is kept: the answer may show a secret, which would stand in the store. */
static struct endpoint_set *set_new(struct http_request *rq)
{
	struct endpoint_set *s = admin_change_new(rq, sizeof(*s), ADMIN_KEY_NONE);

	if (!s)
		return NULL;
	if (http_defer(rq, wipe_secret, s)) {
		(void)admin_refuse_by(rq, RESULT_OURS_MEMORY, NULL);
		return NULL;
	}
	s->change.apply = set_apply;
	s->change.committed = tell_webhook;
	s->change.refusals = refusals;
	return s;
}

/* ["a.b","c.d"] as " a.b c.d "; false where the reply is set. */
static bool read_types(struct http_request *rq, const json_t *types, const char **out)
{
	char *text = arena_alloc(&rq->arena, ENDPOINT_TYPES_SIZE);
	enum event_type type;
	const json_t *item;
	size_t i, n = 0;

	if (!types)
		return true;
	if (!text) {
		(void)admin_refuse_by(rq, RESULT_OURS_MEMORY, NULL);
		return false;
	}
	json_array_foreach(types, i, item)
	{
		const char *name = json_string_value(item);

		if (!name || event_type_parse(name, &type)) {
			(void)admin_refuse(rq, RESULT_THEIRS_MALFORMED, "types",
			        WORDS("\"types\" has an item that is no type of event"));
			return false;
		}
		if (n + strlen(name) + 3 > ENDPOINT_TYPES_SIZE) {
			(void)admin_refuse(rq, RESULT_THEIRS_MALFORMED, "types",
			        WORDS("\"types\" has an item twice"));
			return false;
		}
		n += (size_t)snprintf(text + n, ENDPOINT_TYPES_SIZE - n, " %s", name);
	}
	if (n > 0)
		text[n++] = ' ';
	text[n] = '\0';
	*out = text;
	return true;
}

/* One secret, or two with a blank between. False where the reply is set. */
static bool check_secrets(struct http_request *rq, const char *secrets)
{
	const char *second;
	size_t n;

	if (!secrets)
		return true;
	n = strcspn(secrets, " ");
	second = secrets[n] ? secrets + n + 1 : NULL;
	if (n >= ENDPOINT_SECRET_MIN && n <= ENDPOINT_SECRET_MAX &&
	        (!second || (strlen(second) >= ENDPOINT_SECRET_MIN &&
	                            strlen(second) <= ENDPOINT_SECRET_MAX && !strchr(second, ' '))))
		return true;
	(void)admin_refuse(rq, RESULT_THEIRS_MALFORMED, "secret",
	        "\"secret\" must be one or two texts of %d to %d bytes, with a blank between",
	        ENDPOINT_SECRET_MIN, ENDPOINT_SECRET_MAX);
	return false;
}

/* As [webhooks] url: one that the operator sets. False where the reply is set. */
static bool check_url(struct http_request *rq, const char *url)
{
	const struct node_loop *loop = http_app(rq);
	struct url_parts parts;
	enum result r;

	if (!url)
		return true;
	r = url_guard_url(loop->node->guard, URL_POLICY_OPERATOR, url, &parts);
	if (r == RESULT_THEIRS_BLOCKED)
		(void)admin_refuse(rq, r, "url",
		        WORDS("\"url\" is an address that may not be called; [outbound] allow "
		              "opens it"));
	else if (r)
		(void)admin_refuse(rq, r, "url", WORDS("\"url\" is no URL that can be called"));
	return r == RESULT_OK;
}

/* What a body says of an endpoint; add: of a new one. NULL where the reply is set. */
static struct endpoint_set *read_body(struct http_request *rq, bool add)
{
	json_t *types = NULL;
	struct endpoint_change wanted = {NULL, NULL, false, NULL, NULL};
	bool enabled = true, given = false;
	json_t *flag = NULL, *body = NULL;
	const struct json_member members[] = {
	        {"url", JSON_TO_STRING, &wanted.url, .required = add, .min = 1,
	                .max = ENDPOINT_URL_MAX},
	        {"secret", JSON_TO_STRING, &wanted.secrets, .required = false},
	        {"types", JSON_TO_ARRAY, &types, .required = false, .max = EVENT_TYPES},
	        {"enabled", JSON_TO_BOOL, &enabled, .required = false},
	};
	struct endpoint_set *s;

	if (http_json_read(
	            rq, false, members, sizeof(members) / sizeof(members[0]), JSON_SPEC_STRICT) ||
	        http_json_body(rq, false, &body))
		return NULL;
	flag = json_object_get(body, "enabled");
	given = json_is_boolean(flag);
	/* null takes the filter away; an empty one would get nothing. */
	if (json_is_null(json_object_get(body, "types")))
		wanted.types = "";
	if (types && json_array_size(types) == 0) {
		(void)admin_refuse(rq, RESULT_THEIRS_MALFORMED, "types",
		        WORDS("\"types\" must name a type; null is all of them"));
		return NULL;
	}
	if (!check_url(rq, wanted.url) || !check_secrets(rq, wanted.secrets) ||
	        !read_types(rq, types, &wanted.types))
		return NULL;
	s = set_new(rq);
	if (!s)
		return NULL;
	s->add = add;
	s->enabled = enabled;
	s->wanted = wanted;
	s->wanted.enabled = given ? &s->enabled : NULL;
	return s;
}

/* A new secret, shown in the answer. */
static void make_secret(struct endpoint_set *s)
{
	token_random(s->secret);
	s->wanted.secrets = s->secret;
	s->show_secret = true;
}

enum http_next admin_endpoint_add(struct http_request *rq)
{
	struct endpoint_set *s = read_body(rq, true);

	if (!s)
		return HTTP_DONE;
	if (!s->wanted.secrets)
		make_secret(s);
	return admin_change_submit(&s->change);
}

/* What is the configuration's is not changed here, and what is not there not at all. */
static bool may_change(struct http_request *rq, struct endpoint_row *row)
{
	if (endpoint_of_path(rq, row))
		return false;
	if (row->key != ENDPOINT_CONFIGURED)
		return true;
	(void)admin_refuse_by(rq, RESULT_THEIRS_STATE, refusals);
	return false;
}

enum http_next admin_endpoint_set(struct http_request *rq)
{
	struct endpoint_row row;
	struct endpoint_set *s;

	if (!may_change(rq, &row))
		return HTTP_DONE;
	s = read_body(rq, false);
	if (!s)
		return HTTP_DONE;
	s->id = row.id;
	s->change.status = 200;
	return admin_change_submit(&s->change);
}

enum http_next admin_endpoint_secret(struct http_request *rq)
{
	struct endpoint_row row;
	struct endpoint_set *s;

	if (!may_change(rq, &row) || http_json_read(rq, true, NULL, 0, JSON_SPEC_STRICT))
		return HTTP_DONE;
	s = set_new(rq);
	if (!s)
		return HTTP_DONE;
	s->id = row.id;
	make_secret(s);
	s->wanted.keep_secret = true;
	s->change.status = 200;
	return admin_change_submit(&s->change);
}

struct endpoint_removal {
	struct admin_change change;
	struct endpoint_row row;
};

static enum result remove_apply(struct admin_change *c, struct batch *b, json_t **answer)
{
	struct endpoint_removal *removal = OWNER_OF(c, struct endpoint_removal, change);
	enum result r = batch_endpoint_remove(b, &removal->row.id);

	if (!r)
		*answer = endpoint_json(&removal->row, "");
	return r;
}

enum http_next admin_endpoint_remove(struct http_request *rq)
{
	struct endpoint_removal *removal;
	struct endpoint_row row;

	if (!may_change(rq, &row))
		return HTTP_DONE;
	removal = admin_change_new(rq, sizeof(*removal), ADMIN_KEY_NONE);
	if (!removal)
		return HTTP_DONE;
	removal->row = row;
	removal->change.status = 200;
	removal->change.apply = remove_apply;
	removal->change.refusals = refusals;
	return admin_change_submit(&removal->change);
}

/* ---- deliveries ---- */

static const struct admin_refusal delivery_refusals[] = {
        {RESULT_THEIRS_NOT_FOUND, NULL, WORDS("this endpoint was not given such an event")},
        {RESULT_OK, NULL, NULL},
};

enum http_next admin_delivery_list(struct http_request *rq)
{
	const struct node_loop *loop = http_app(rq);
	struct admin_event_wanted wanted;
	struct endpoint_row endpoint;
	struct event_row *rows;
	struct page page;
	struct id next;
	size_t count;
	json_t *items;
	enum result r;

	if (endpoint_of_path(rq, &endpoint) || admin_page_read_ids(rq, &page) ||
	        admin_event_wanted_read(rq, &wanted))
		return HTTP_DONE;
	r = store_delivery_list(loop->reader, &rq->arena, endpoint.key, &wanted.filter, &page,
	        &rows, &count, &next);
	if (r == RESULT_THEIRS_NOT_FOUND)
		return admin_page_refuse_cursor(rq);
	if (r)
		return admin_refuse_by(rq, r, NULL);
	items = json_array();
	for (size_t i = 0; !r && i < count; i++)
		r = admin_page_add(items, admin_event_json(&rows[i], true));
	return admin_page_ids(rq, r, items, !id_is_zero(&next), &next);
}

/* {event} of the path, of the endpoint's. On an error the reply is set. */
static enum result delivery_of_path(
        struct http_request *rq, struct endpoint_row *endpoint, struct event_row *out)
{
	const struct node_loop *loop = http_app(rq);
	struct id id;
	enum result r = endpoint_of_path(rq, endpoint);

	if (r)
		return r;
	r = admin_param_id(rq, "event", &id);
	if (!r)
		r = store_delivery_get(loop->reader, &rq->arena, endpoint->key, &id, out);
	if (r)
		(void)admin_refuse_by(rq, r, delivery_refusals);
	return r;
}

enum http_next admin_delivery_get(struct http_request *rq)
{
	struct endpoint_row endpoint;
	struct event_row row;

	if (delivery_of_path(rq, &endpoint, &row))
		return HTTP_DONE;
	return http_reply_json(rq, 200, admin_event_json(&row, true));
}

enum http_next admin_delivery_redeliver(struct http_request *rq)
{
	struct endpoint_row endpoint;
	struct event_row row;

	if (http_json_read(rq, true, NULL, 0, JSON_SPEC_STRICT) ||
	        delivery_of_path(rq, &endpoint, &row))
		return HTTP_DONE;
	return admin_event_again(rq, endpoint.key, &row.id, admin_delivery_get);
}
