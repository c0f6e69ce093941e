#include "http/json_body.h"

#include <string.h>
#include <strings.h>

#include "base/secret.h"
#include "codec/json_scan.h"
#include "http/reply.h"

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

static void decref(void *p)
{
	json_decref(p);
}

static enum result scan(struct http_request *rq)
{
	enum result r;
	size_t at;

	r = json_scan(rq->body, &json_scan_default, &at);
	if (r == RESULT_THEIRS_TOO_BIG)
		http_reply_error(rq, 413, "too_large",
		        "the JSON text is too large or too deep at byte %zu", at);
	else if (r)
		http_reply_error(rq, 400, "malformed", "the body is not JSON: see byte %zu", at);
	return r == RESULT_THEIRS_TRUNCATED ? RESULT_THEIRS_MALFORMED : r;
}

enum result http_json_body(struct http_request *rq, bool empty_ok, json_t **out)
{
	json_error_t error;
	enum result r;

	*out = NULL;
	if (rq->body.n == 0 && empty_ok) {
		*out = json_object();
	} else {
		if (rq->body.n > 0 && !is_json(rq)) {
			http_reply_error(rq, 415, "bad_type", "the body must be application/json");
			return RESULT_THEIRS_BAD_TYPE;
		}
		r = scan(rq);
		if (r)
			return r;
		*out = json_loadb(
		        (const char *)rq->body.p, rq->body.n, JSON_REJECT_DUPLICATES, &error);
		if (!*out) {
			/* The scan has passed it: only these two are left. */
			http_reply_error(rq, 400, "malformed",
			        "a member occurs twice or a number is out of range: see byte %d",
			        error.position);
			return RESULT_THEIRS_MALFORMED;
		}
	}
	if (!*out) {
		http_reply_empty(rq, 500);
		return RESULT_OURS_MEMORY;
	}
	r = http_defer(rq, decref, *out);
	if (r) {
		*out = NULL;
		http_reply_empty(rq, 500);
		return r;
	}
	if (!json_is_object(*out)) {
		http_reply_error(rq, 400, "malformed", "the body must be a JSON object");
		return RESULT_THEIRS_MALFORMED;
	}
	return RESULT_OK;
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

void http_json_wipe(struct http_request *rq, const char *text)
{
	void *p;

	/* The string is ours: its qualifier only says that the reader of the table may not write.
	 */
	memcpy(&p, &text, sizeof(p));
	secret_wipe(p, strlen(text));
	http_body_wipe(rq);
}
