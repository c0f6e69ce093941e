#include "admin/openapi.h"

#include <stdio.h>
#include <string.h>

#include "admin/admin_routes.h"
#include "admin/condition.h"
#include "admin/openapi_table.h"
#include "admin/resource.h"
#include "http/reply.h"

#define BASE      "/admin/v1"
#define NAME_SIZE 64

/* Puts `value` (taken) into the object; a NULL makes the whole document fail at its end. */
static void put(json_t *object, const char *name, json_t *value, bool *failed)
{
	if (json_object_set_new(object, name, value))
		*failed = true;
}

/* ---- types ---- */

static json_t *type_json(const char *type, size_t n);

static json_t *nullable(const char *type, size_t n)
{
	return json_pack("{s:[o, {s:s}]}", "anyOf", type_json(type, n), "type", "null");
}

static json_t *one_of(const char *texts, size_t n)
{
	json_t *all = json_array();

	for (size_t begin = 0, length; begin < n; begin += length + 1) {
		const char *bar = memchr(texts + begin, '|', n - begin);

		length = bar ? (size_t)(bar - texts) - begin : n - begin;
		if (json_array_append_new(all, json_stringn(texts + begin, length))) {
			json_decref(all);
			return NULL;
		}
	}
	return json_pack("{s:s, s:o}", "type", "string", "enum", all);
}

/* The codes that errors have: the names of results, and what a 412 says. */
static json_t *codes(void)
{
	json_t *all = json_array();

	for (int r = RESULT_OK; r < RESULT_COUNT; r++)
		if (json_array_append_new(
		            all, json_string(r == RESULT_OK ? ADMIN_CHANGED_CODE
		                                            : result_name((enum result)r)))) {
			json_decref(all);
			return NULL;
		}
	return json_pack("{s:s, s:o}", "type", "string", "enum", all);
}

static json_t *type_json(const char *type, size_t n)
{
	static const char *const plain[] = {"string", "integer", "boolean", "object"};

	if (n > 0 && type[n - 1] == '?')
		return nullable(type, n - 1);
	if (n > 2 && type[0] == '[')
		return json_pack(
		        "{s:s, s:o}", "type", "array", "items", type_json(type + 1, n - 2));
	for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++)
		if (strlen(plain[i]) == n && strncmp(plain[i], type, n) == 0)
			return json_pack("{s:s}", "type", plain[i]);
	if (n > 1 && type[0] == '=')
		return one_of(type + 1, n - 1);
	if (n == 4 && strncmp(type, "code", n) == 0)
		return codes();
	if (n == 4 && strncmp(type, "uuid", n) == 0)
		return json_pack("{s:s, s:s}", "type", "string", "format", "uuid");
	if (n == 4 && strncmp(type, "time", n) == 0)
		return json_pack("{s:s, s:s}", "type", "string", "format", "date-time");
	return json_pack("{s:s+%}", "$ref", "#/components/schemas/", type, n);
}

static json_t *type_of(const char *type)
{
	return type_json(type, strlen(type));
}

/* {"items":[X],"nextCursor":...} */
static json_t *page_of(const char *type)
{
	return json_pack("{s:s, s:{s:{s:s, s:o}, s:o}, s:[s, s]}", "type", "object", "properties",
	        "items", "type", "array", "items", type_of(type), "nextCursor", type_of("string?"),
	        "required", "items", "nextCursor");
}

static json_t *schemas_json(bool *failed)
{
	json_t *all = json_object();

	for (size_t i = 0; i < openapi_member_count; i++) {
		const struct openapi_member *m = &openapi_members[i];
		bool required = m->name[0] == '*';
		json_t *schema = json_object_get(all, m->schema);

		if (!schema) {
			put(all, m->schema,
			        json_pack("{s:s, s:{}, s:[]}", "type", "object", "properties",
			                "required"),
			        failed);
			schema = json_object_get(all, m->schema);
		}
		put(json_object_get(schema, "properties"), m->name + required, type_of(m->type),
		        failed);
		if (required && json_array_append_new(json_object_get(schema, "required"),
		                        json_string(m->name + 1)))
			*failed = true;
	}
	return all;
}

/* ---- routes ---- */

static const struct openapi_route *description_of(const struct http_route *route)
{
	const char *path = route->pattern + strlen(BASE);

	for (size_t i = 0; i < openapi_route_count; i++)
		if (openapi_routes[i].method == route->method &&
		        strcmp(openapi_routes[i].path, path) == 0)
			return &openapi_routes[i];
	return NULL;
}

static json_t *parameter(const char *where, const char *name, size_t n, bool required, json_t *type)
{
	return json_pack("{s:s, s:s%, s:b, s:o}", "in", where, "name", name, n, "required",
	        (int)required, "schema", type);
}

/* Whether If-Match may be sent: a PATCH or DELETE of what can be read by the same path. */
static bool takes_match(const struct openapi_route *d)
{
	if (d->method != HTTP_PATCH && d->method != HTTP_DELETE)
		return false;
	for (size_t i = 0; i < openapi_route_count; i++)
		if (openapi_routes[i].method == HTTP_GET &&
		        strcmp(openapi_routes[i].path, d->path) == 0)
			return true;
	return false;
}

/* {name} of the path, then the query's. */
static json_t *parameters_json(const char *path, const struct openapi_route *d, bool *failed)
{
	json_t *all = json_array();
	const char *word = d && d->query ? d->query : "";

	for (const char *open = strchr(path, '{'); open; open = strchr(open + 1, '{'))
		if (json_array_append_new(all, parameter("path", open + 1, strcspn(open + 1, "}"),
		                                       true, type_of("string"))))
			*failed = true;
	for (; *word; word += strspn(word, " ")) {
		size_t name_n = strcspn(word, ":"), n = strcspn(word, " ");

		if (json_array_append_new(
		            all, parameter("query", word, name_n, false,
		                         type_json(word + name_n + 1, n - name_n - 1))))
			*failed = true;
		word += n;
	}
	if (d && d->method == HTTP_POST &&
	        json_array_append_new(
	                all, parameter("header", "Idempotency-Key", 15, d->money, type_of("uuid"))))
		*failed = true;
	if (d && takes_match(d) &&
	        json_array_append_new(
	                all, parameter("header", "If-Match", 8, false, type_of("string"))))
		*failed = true;
	return all;
}

/* What each status means, whatever the route. */
static const struct {
	const char *status;
	const char *about;
} statuses[] = {
        {"400", "the request is wrong; details.field names the member"},
        {"401", "the token is missing or wrong"},
        {"404", "there is no such object"},
        {"409", "it is there already, or in another state"},
        {"412", "it is no longer what If-Match names: somebody has changed it"},
        {"413", "the body is too large"},
        {"415", "the body is not JSON"},
        {"422", "what is asked for is not possible: money, a rate, or a policy is in the way"},
        {"502", "the other server refused, or broke its protocol"},
        {"503", "not now: the node is busy, stopping, or its store is"},
        {"504", "the other server did not answer in time"},
};

static bool has_status(const struct openapi_route *d, const char *status)
{
	bool every = strcmp(status, "401") == 0 || strcmp(status, "503") == 0;
	bool body = strcmp(status, "413") == 0 || strcmp(status, "415") == 0;
	bool match = strcmp(status, "412") == 0 && takes_match(d);

	return every || match || (body && d->body) || strstr(d->refusals, status);
}

static void refusals_json(const struct openapi_route *d, json_t *all, bool *failed)
{
	for (size_t i = 0; d && i < sizeof(statuses) / sizeof(statuses[0]); i++)
		if (has_status(d, statuses[i].status))
			put(all, statuses[i].status,
			        json_pack("{s:s, s:{s:{s:o}}}", "description", statuses[i].about,
			                "content", "application/json", "schema", type_of("Error")),
			        failed);
}

static json_t *answers_json(const struct openapi_route *d, bool *failed)
{
	static const char list[] = "list:";
	bool is_text = d && strncmp(d->answer, "text/", 5) == 0;
	json_t *good, *all;
	char status[8];

	if (!d)
		good = type_of("object");
	else if (is_text)
		good = type_of("string");
	else if (strncmp(d->answer, list, strlen(list)) == 0)
		good = page_of(d->answer + strlen(list));
	else
		good = type_of(d->answer);
	(void)snprintf(status, sizeof(status), "%u", d ? d->status : 200);
	all = json_pack("{s:{s:s, s:{s:{s:o}}}}", "default", "description", "a refusal", "content",
	        "application/json", "schema", type_of("Error"));
	refusals_json(d, all, failed);
	put(all, status,
	        json_pack("{s:s, s:{s:{s:o}}}", "description", "done", "content",
	                is_text ? d->answer : "application/json", "schema", good),
	        failed);
	return all;
}

static json_t *operation_json(const struct http_route *route, bool *failed)
{
	const struct openapi_route *d = description_of(route);
	json_t *operation = json_pack("{s:s, s:o, s:o}", "summary", d ? d->summary : route->pattern,
	        "parameters", parameters_json(route->pattern, d, failed), "responses",
	        answers_json(d, failed));

	if (d && d->body)
		put(operation, "requestBody",
		        json_pack("{s:{s:{s:o}}}", "content", "application/json", "schema",
		                type_of(d->body)),
		        failed);
	return operation;
}

static json_t *paths_json(const struct http_route *routes, size_t count, bool *failed)
{
	json_t *paths = json_object();

	for (size_t i = 0; i < count; i++) {
		const char *pattern = routes[i].pattern;
		char method[NAME_SIZE];

		if (strncmp(pattern, BASE "/", strlen(BASE) + 1) != 0)
			continue; /* /health and /metrics say themselves what they are */
		(void)snprintf(method, sizeof(method), "%s", http_method_name(routes[i].method));
		for (char *c = method; *c; c++)
			*c = (char)(*c >= 'A' && *c <= 'Z' ? *c - 'A' + 'a' : *c);
		if (!json_object_get(paths, pattern))
			put(paths, pattern, json_object(), failed);
		put(json_object_get(paths, pattern), method, operation_json(&routes[i], failed),
		        failed);
	}
	return paths;
}

json_t *openapi_document(const struct http_route *routes, size_t count)
{
	bool failed = false;
	json_t *paths = paths_json(routes, count, &failed);
	json_t *schemas = schemas_json(&failed);
	json_t *document =
	        json_pack("{s:s, s:{s:s, s:s}, s:o, s:{s:o, s:{s:{s:s, s:s}}}, s:[{s:[]}]}",
	                "openapi", "3.1.0", "info", "title", "Florin admin API", "version", "1",
	                "paths", paths, "components", "schemas", schemas, "securitySchemes",
	                "token", "type", "http", "scheme", "bearer", "security", "token");

	if (!failed)
		return document;
	json_decref(document);
	return NULL;
}

bool openapi_described(size_t i, enum http_method *method, const char **path)
{
	if (i >= openapi_route_count)
		return false;
	*method = openapi_routes[i].method;
	*path = openapi_routes[i].path;
	return true;
}

enum http_next admin_openapi_get(struct http_request *rq)
{
	return http_reply_json(rq, 200, openapi_document(admin_routes, admin_route_count));
}
