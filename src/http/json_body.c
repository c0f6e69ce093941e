#include "http/json_body.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/secret.h"
#include "codec/json_scan.h"
#include "http/reply.h"
#include "http/server.h"

/* application/json, or a type whose suffix says so (RFC 6839 3.1). */
static bool is_json(const struct http_request *rq)
{
	const char *type = http_header(rq, "Content-Type");
	size_t n;

	if (!type)
		return false;
	if (http_content_type_is(rq, "application/json"))
		return true;
	n = strcspn(type, "; \t");
	return n > 5 && strncasecmp(type + n - 5, "+json", 5) == 0;
}

/* A parsed body, and whose it is. */
struct loaded {
	struct http_request *rq;
	json_t *json;
};

static void wipe(json_t *value)
{
	const char *name;
	json_t *inner;
	size_t i;

	/* The texts are ours: their qualifier only says that readers may not write. */
	if (json_is_string(value))
		secret_wipe((void *)(uintptr_t)json_string_value(value), json_string_length(value));
	json_object_foreach(value, name, inner) wipe(inner);
	json_array_foreach(value, i, inner) wipe(inner);
}

/* Much of what requests say is secret: nothing of it stays in memory. */
static void forget(void *p)
{
	struct loaded *l = p;

	wipe(l->json);
	json_decref(l->json);
	http_body_wipe(l->rq);
}

static enum result fault_of(struct http_body_fault *fault, enum result r, unsigned status,
        const char *code, const char *format, ...) __attribute__((format(printf, 5, 6)));

static enum result fault_of(struct http_body_fault *fault, enum result r, unsigned status,
        const char *code, const char *format, ...)
{
	va_list args;

	fault->status = status;
	fault->code = code;
	va_start(args, format);
	vsnprintf(fault->text, sizeof(fault->text), format, args);
	va_end(args);
	return r;
}

static enum result scan(const struct http_request *rq, struct http_body_fault *fault)
{
	size_t at;
	enum result r = json_scan(rq->body, &http_loop_limits(rq->loop)->json, &at);

	if (r == RESULT_THEIRS_TOO_BIG)
		return fault_of(fault, r, 413, "too_large",
		        "the JSON text is too large or too deep at byte %zu", at);
	if (r)
		return fault_of(fault, RESULT_THEIRS_MALFORMED, 400, "malformed",
		        "the body is not JSON: see byte %zu", at);
	return RESULT_OK;
}

static enum result parse(
        const struct http_request *rq, bool empty_ok, json_t **out, struct http_body_fault *fault)
{
	json_error_t error;
	enum result r;

	if (rq->body.n == 0 && empty_ok) {
		*out = json_object();
		return RESULT_OK;
	}
	if (rq->body.n > 0 && !is_json(rq))
		return fault_of(fault, RESULT_THEIRS_BAD_TYPE, 415, "bad_type",
		        "the body must be application/json");
	r = scan(rq, fault);
	if (r)
		return r;
	*out = json_loadb((const char *)rq->body.p, rq->body.n, JSON_REJECT_DUPLICATES, &error);
	/* The scan has passed it: only these two are left. */
	if (!*out)
		return fault_of(fault, RESULT_THEIRS_MALFORMED, 400, "malformed",
		        "a member occurs twice or a number is out of range: see byte %d",
		        error.position);
	return RESULT_OK;
}

enum result http_json_load(
        struct http_request *rq, bool empty_ok, json_t **out, struct http_body_fault *fault)
{
	struct loaded *l;
	enum result r;

	*out = NULL;
	r = parse(rq, empty_ok, out, fault);
	if (r)
		return r;
	l = arena_alloc(&rq->arena, sizeof(*l));
	if (l && *out) {
		*l = (struct loaded){rq, *out};
		r = http_defer(rq, forget, l);
	} else {
		json_decref(*out);
		r = RESULT_OURS_MEMORY;
	}
	if (r) {
		*out = NULL;
		return fault_of(fault, r, 500, "memory", "out of memory for this request");
	}
	if (!json_is_object(*out))
		return fault_of(fault, RESULT_THEIRS_MALFORMED, 400, "malformed",
		        "the body must be a JSON object");
	return RESULT_OK;
}

enum result http_json_body(struct http_request *rq, bool empty_ok, json_t **out)
{
	struct http_body_fault fault;
	enum result r = http_json_load(rq, empty_ok, out, &fault);

	if (result_class(r) == RESULT_CLASS_OURS)
		http_reply_empty(rq, fault.status);
	else if (r)
		http_reply_error(rq, fault.status, fault.code, "%s", fault.text);
	return r;
}

enum result http_json_read(struct http_request *rq, bool empty_ok,
        const struct json_member *members, size_t count, int flags)
{
	struct json_fault fault;
	json_t *body;
	enum result r;

	r = http_json_body(rq, empty_ok, &body);
	if (r)
		return r;
	r = json_spec_read(body, members, count, flags, &fault);
	if (r)
		http_reply_error_details(rq, 400, result_name(r), fault.text,
		        fault.member[0] ? json_pack("{s:s}", "field", fault.member) : NULL);
	return r;
}
