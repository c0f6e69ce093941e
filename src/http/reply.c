#include "http/reply.h"

#include <assert.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/log.h"
#include "base/text.h"
#include "http/exchange.h"

#define TYPE_JSON   "application/json"
#define TYPE_OCTETS "application/octet-stream"
#define TYPE_HTML   "text/html"

/* For what could not be written as JSON: memory is out, or text is not UTF-8. */
static const char unwritable[] =
        "{\"error\":{\"code\":\"internal\",\"description\":\"the answer cannot be written\"}}";

static const struct http_pair plain_headers[] = {
        {"X-Content-Type-Options", "nosniff"},
        {"Cache-Control", "no-store"},
};

/* The threat model's rows on framing, scripts, referrers and openers. */
static const struct http_pair html_headers[] = {
        {"Content-Security-Policy",
                "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
                "base-uri 'none'; frame-ancestors 'none'"},
        {"Referrer-Policy", "no-referrer"},
        {"Cross-Origin-Opener-Policy", "same-origin"},
};

static struct http_reply *begin(struct http_request *rq, unsigned status, const char *type)
{
	struct http_reply *reply = rq->reply;

	assert(!reply->set);
	assert((status >= 200 && status <= 599) || status == 101);
	reply->set = true;
	reply->status = status;
	reply->type = type;
	reply->body = bytes_of(NULL, 0);
	return reply;
}

void http_reply_header(struct http_request *rq, const char *name, const char *value)
{
	struct http_reply *reply = rq->reply;

	assert(!reply->set && reply->header_count < HTTP_REPLY_HEADERS_MAX);
	if (reply->header_count < HTTP_REPLY_HEADERS_MAX)
		reply->headers[reply->header_count++] = (struct http_pair){name, value};
}

void http_reply_close(struct http_request *rq)
{
	rq->reply->close = true;
}

enum http_next http_reply_bytes(
        struct http_request *rq, unsigned status, const char *type, struct bytes body)
{
	begin(rq, status, type)->body = body;
	return HTTP_DONE;
}

enum http_next http_reply_take(
        struct http_request *rq, unsigned status, const char *type, struct bytes body)
{
	struct http_reply *reply = begin(rq, status, type);

	reply->body = body;
	/* The caller gives the memory up: the qualifier only says that we do not write to it. */
	memcpy(&reply->owned, &body.p, sizeof(reply->owned));
	return HTTP_DONE;
}

bool http_reply_take_back(struct http_request *rq, unsigned *status, struct bytes *body)
{
	struct http_reply *reply = rq->reply;
	void *owned = reply->owned;

	if (!reply->set || reply->fixed || reply->fill || !reply->body.p)
		return false;
	reply->owned = NULL;
	if (owned && http_defer(rq, free, owned)) { /* which has freed it */
		reply->status = 500;
		reply->body = bytes_str(unwritable);
		return false;
	}
	*status = reply->status;
	*body = reply->body;
	reply->set = false;
	return true;
}

enum http_next http_reply_empty(struct http_request *rq, unsigned status)
{
	begin(rq, status, NULL);
	return HTTP_DONE;
}

enum http_next http_reply_stream(struct http_request *rq, const char *type, http_stream_fill *fill)
{
	struct http_reply *reply = begin(rq, 200, type);

	reply->fill = fill;
	reply->close = true;
	return HTTP_DONE;
}

enum http_next http_reply_file(struct http_request *rq, const char *type, http_stream_fill *fill)
{
	enum http_next next = http_reply_stream(rq, type, fill);

	rq->reply->file = true;
	return next;
}

enum http_next http_reply_json_as(
        struct http_request *rq, unsigned status, const char *type, json_t *value)
{
	char *text = value ? json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;

	json_decref(value);
	if (!text)
		return http_reply_bytes(rq, 500, TYPE_JSON, bytes_str(unwritable));
	return http_reply_take(rq, status, type ? type : TYPE_JSON, bytes_str(text));
}

enum http_next http_reply_json_text(
        struct http_request *rq, unsigned status, struct json_text *text)
{
	size_t n;
	char *p = json_text_take(text, &n);

	if (!p)
		return http_reply_bytes(rq, 500, TYPE_JSON, bytes_str(unwritable));
	return http_reply_take(rq, status, TYPE_JSON, bytes_of(p, n));
}

enum http_next http_reply_json(struct http_request *rq, unsigned status, json_t *value)
{
	return http_reply_json_as(rq, status, NULL, value);
}

enum http_next http_reply_error_details(struct http_request *rq, unsigned status, const char *code,
        const char *description, json_t *details)
{
	/* A description that quotes what a client sent may not be UTF-8. */
	json_t *text = json_string(description);
	json_t *value;

	if (!text)
		text = json_string("");
	/* Who asks for help about what failed here can quote it; the header has it always. */
	if (status >= 500) {
		details = details ? details : json_object();
		(void)json_object_set_new(details, "requestId", json_string(rq->id));
	}
	if (details)
		value = json_pack("{s:{s:s,s:o,s:o}}", "error", "code", code, "description", text,
		        "details", details);
	else
		value = json_pack("{s:{s:s,s:o}}", "error", "code", code, "description", text);
	return http_reply_json(rq, status, value);
}

static enum http_next reply_error_v(struct http_request *rq, unsigned status, const char *code,
        const char *format, va_list args)
{
	char description[256];

	vsnprintf(description, sizeof(description), format, args);
	text_trim_utf8(description);
	return http_reply_error_details(rq, status, code, description, NULL);
}

enum http_next http_reply_error(
        struct http_request *rq, unsigned status, const char *code, const char *format, ...)
{
	enum http_next next;
	va_list args;

	va_start(args, format);
	next = reply_error_v(rq, status, code, format, args);
	va_end(args);
	return next;
}

unsigned http_status_of(enum result r)
{
	switch (r) {
	case RESULT_OK:
		return 200;
	case RESULT_THEIRS_TRUNCATED:
	case RESULT_THEIRS_NONCANONICAL:
	case RESULT_THEIRS_MALFORMED:
	case RESULT_THEIRS_BAD_AMOUNT:
	case RESULT_THEIRS_BAD_ASSET:
		return 400;
	case RESULT_THEIRS_TOO_BIG:
		return 413;
	case RESULT_THEIRS_BAD_TYPE:
		return 415;
	case RESULT_THEIRS_UNAUTHENTIC:
	case RESULT_THEIRS_UNAUTHORIZED:
		return 401;
	case RESULT_THEIRS_FORBIDDEN:
		return 403;
	case RESULT_THEIRS_NOT_FOUND:
		return 404;
	case RESULT_THEIRS_CONFLICT:
	case RESULT_THEIRS_EXPIRED:
	case RESULT_THEIRS_STATE:
		return 409;
	case RESULT_THEIRS_NO_RATE:
	case RESULT_THEIRS_INSUFFICIENT:
	case RESULT_THEIRS_BLOCKED:
		return 422;
	case RESULT_THEIRS_PROTOCOL:
	case RESULT_THEIRS_REFUSED:
		return 502;
	case RESULT_RETRY_TIMEOUT:
		return 504;
	case RESULT_RETRY_BUSY:
	case RESULT_RETRY_UNREACHABLE:
	case RESULT_RETRY_UNKNOWN:
	case RESULT_RETRY_STORE:
	case RESULT_RETRY_DRAINING:
		return 503;
	case RESULT_OURS_BUG:
	case RESULT_OURS_MEMORY:
	case RESULT_OURS_STORE:
	case RESULT_OURS_IO:
	case RESULT_OURS_CONFIG:
	case RESULT_COUNT:
		break;
	}
	return 500;
}

enum http_next http_reply_result(struct http_request *rq, enum result r, const char *format, ...)
{
	enum http_next next;
	va_list args;

	if (result_class(r) == RESULT_CLASS_OURS) {
		log_error("request_failed", "method=%s pattern=%s result=%s",
		        http_method_name(rq->method), rq->route ? rq->route->pattern : "-",
		        result_name(r));
		return http_reply_error(rq, 500, "internal", "the server failed; see its log");
	}
	va_start(args, format);
	next = reply_error_v(rq, http_status_of(r), result_name(r), format, args);
	va_end(args);
	return next;
}

/* True where the response could take the header. */
static bool add(struct MHD_Response *r, const char *name, const char *value)
{
	return MHD_add_response_header(r, name, value) == MHD_YES;
}

static bool has_header(const struct http_pair *headers, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++) {
		if (strcasecmp(headers[i].name, name) == 0)
			return true;
	}
	return false;
}

/* The headers of `set` that the handler has not given itself. */
static bool add_missing(struct MHD_Response *r, const struct http_pair *set, size_t set_count,
        const struct http_pair *given, size_t given_count)
{
	for (size_t i = 0; i < set_count; i++) {
		if (!has_header(given, given_count, set[i].name) &&
		        !add(r, set[i].name, set[i].value))
			return false;
	}
	return true;
}

static bool fill_headers(struct MHD_Response *r, unsigned status, const char *type,
        const struct http_pair *given, size_t count, bool cors)
{
	/* Packets are the hot path, and no browser shows them. */
	bool octets = type && strcmp(type, TYPE_OCTETS) == 0;
	bool html = type && strncmp(type, TYPE_HTML, strlen(TYPE_HTML)) == 0;

	if (type && !add(r, "Content-Type", type))
		return false;
	for (size_t i = 0; i < count; i++) {
		if (!add(r, given[i].name, given[i].value))
			return false;
	}
	if (cors && !add(r, "Access-Control-Allow-Origin", "*"))
		return false;
	/* What a page of another origin needs of an answer that says no. */
	if (cors && status >= 400 &&
	        !add(r, "Access-Control-Expose-Headers", "WWW-Authenticate, X-Request-Id"))
		return false;
	if (!octets && !add_missing(r, plain_headers,
	                       sizeof(plain_headers) / sizeof(plain_headers[0]), given, count))
		return false;
	return !html || add_missing(r, html_headers, sizeof(html_headers) / sizeof(html_headers[0]),
	                        given, count);
}

/* The library's prototype takes void *, but reads only. */
static struct MHD_Response *response_of(struct bytes body, enum MHD_ResponseMemoryMode mode)
{
	void *p;

	memcpy(&p, &body.p, sizeof(p));
	return MHD_create_response_from_buffer(body.n, p, mode);
}

enum http_next http_reply_upgrade(struct http_request *rq, http_upgrade_take *take)
{
	begin(rq, 101, NULL)->upgrade = take;
	return HTTP_DONE;
}

struct http_fixed {
	struct MHD_Response *response; /* counted: each request that sends it holds one more */
	unsigned status;
};

static enum MHD_Result queue_built(struct http_exchange *x)
{
	struct http_reply *reply = &x->reply;
	enum MHD_Result queued = MHD_NO;
	struct MHD_Response *r;

	/* The body stays ours (owned, arena or static) until the exchange is released. */
	if (reply->upgrade)
		r = upgrade_response(x);
	else
		r = reply->fill ? stream_response(x)
		                : response_of(reply->body, MHD_RESPMEM_PERSISTENT);
	if (!r)
		return MHD_NO;
	if (fill_headers(r, reply->status, reply->type, reply->headers, reply->header_count,
	            x->flags & HTTP_ROUTE_CORS) &&
	        add(r, "X-Request-Id", x->id) &&
	        (!x->connection->daemon->tls ||
	                add(r, "Strict-Transport-Security", "max-age=31536000")) &&
	        (!reply->close || add(r, "Connection", "close")))
		queued = MHD_queue_response(x->mhd, reply->status, r);
	MHD_destroy_response(r);
	return queued;
}

enum MHD_Result reply_queue(struct http_exchange *x)
{
	if (x->reply.fixed)
		return MHD_queue_response(x->mhd, x->reply.status, x->reply.fixed->response);
	return queue_built(x);
}

struct http_fixed *http_fixed_new(unsigned status, const char *type,
        const struct http_pair *headers, bool cors, struct bytes body)
{
	struct http_fixed *f = calloc(1, sizeof(*f));
	size_t count = 0;

	if (!f)
		return NULL;
	while (headers && headers[count].name)
		count++;
	f->status = status;
	f->response = response_of(body, MHD_RESPMEM_MUST_COPY);
	if (f->response && fill_headers(f->response, status, type, headers, count, cors))
		return f;
	http_fixed_free(f);
	return NULL;
}

void http_fixed_free(struct http_fixed *f)
{
	if (!f)
		return;
	if (f->response)
		MHD_destroy_response(f->response);
	free(f);
}

enum http_next http_reply_fixed(struct http_request *rq, struct http_fixed *f)
{
	begin(rq, f->status, NULL)->fixed = f;
	return HTTP_DONE;
}
