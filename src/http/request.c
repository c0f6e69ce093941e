#include "http/request.h"

#include <assert.h>
#include <string.h>
#include <strings.h>

#include "base/secret.h"
#include "http/exchange.h"

static const char *const method_names[HTTP_METHODS] = {
        [HTTP_GET] = "GET",
        [HTTP_HEAD] = "HEAD",
        [HTTP_POST] = "POST",
        [HTTP_PUT] = "PUT",
        [HTTP_PATCH] = "PATCH",
        [HTTP_DELETE] = "DELETE",
        [HTTP_OPTIONS] = "OPTIONS",
};

const char *http_method_name(enum http_method m)
{
	return method_names[m];
}

enum result http_method_parse(const char *s, enum http_method *out)
{
	for (unsigned m = 0; m < HTTP_METHODS; m++) {
		if (strcmp(s, method_names[m]) == 0) {
			*out = (enum http_method)m;
			return RESULT_OK;
		}
	}
	return RESULT_THEIRS_NOT_FOUND;
}

const char *http_header(const struct http_request *rq, const char *name)
{
	size_t n = strlen(name);

	for (size_t i = 0; i < rq->header_count; i++) {
		const struct http_header *h = &rq->headers[i];

		if (h->name_n == n && strcasecmp(h->name, name) == 0)
			return h->value;
	}
	return NULL;
}

const char *http_param(const struct http_request *rq, const char *name)
{
	const char *p = rq->route->pattern;
	size_t n = strlen(name);

	for (size_t i = 0; *p == '/'; i++) {
		size_t len = strcspn(++p, "/");

		if (len == n + 2 && p[0] == '{' && strncmp(p + 1, name, n) == 0)
			return rq->segments[i];
		p += len;
	}
	assert(!"the route's pattern has no such name");
	return "";
}

const char *http_query(const struct http_request *rq, const char *name)
{
	for (size_t i = 0; i < rq->query_count; i++) {
		if (strcmp(rq->query[i].name, name) == 0)
			return rq->query[i].value;
	}
	return NULL;
}

const char *http_authorization(const struct http_request *rq, const char *scheme)
{
	const char *v = http_header(rq, "Authorization");
	size_t n = strlen(scheme);

	if (!v || strncasecmp(v, scheme, n) != 0 || v[n] != ' ')
		return NULL;
	v += n + strspn(v + n, " ");
	return *v ? v : NULL;
}

bool http_content_type_is(const struct http_request *rq, const char *type)
{
	const char *v = http_header(rq, "Content-Type");
	size_t n = strlen(type);

	if (!v || strncasecmp(v, type, n) != 0)
		return false;
	v += n + strspn(v + n, " \t");
	return *v == '\0' || *v == ';';
}

void http_allow_rows(struct http_request *rq, size_t rows)
{
	arena_limit(&rq->arena, LIMIT_REQUEST_ARENA + rows * LIMIT_ROW_BYTES);
}

enum result http_defer(struct http_request *rq, void (*fn)(void *p), void *p)
{
	struct http_cleanup *c = arena_alloc(&rq->arena, sizeof(*c));

	if (!c) {
		fn(p);
		return RESULT_OURS_MEMORY;
	}
	*c = (struct http_cleanup){rq->cleanups, fn, p};
	rq->cleanups = c;
	return RESULT_OK;
}

void http_body_wipe(struct http_request *rq)
{
	void *p;

	/* Ours, too, where it is that of an inner request (inner.h): handlers may not write. */
	memcpy(&p, &rq->body.p, sizeof(p));
	if (rq->body.n > 0)
		secret_wipe(p, rq->body.n);
	rq->body = bytes_of(NULL, 0);
}

void http_connection_of(struct http_request *rq, uint64_t party)
{
	struct http_connection *c = OWNER_OF(rq, struct http_exchange, rq)->connection;
	/* No connection comes from a multicast address. */
	struct http_address a = {{0xff}};

	if (!c || c->shown || !c->counted || c->trusted)
		return;
	c->shown = true;
	memcpy(a.b + sizeof(a.b) - sizeof(party), &party, sizeof(party));
	if (crowd_move(c->daemon->crowd, &c->counted_for, &a, LIMIT_CONNECTIONS_PER_PEER))
		c->counted_for = a;
}

int64_t http_mono_ms(const struct http_request *rq)
{
	return rq->loop->mono_ms;
}

int64_t http_wall_ms(const struct http_request *rq)
{
	return rq->loop->wall_ms;
}

void *http_app(const struct http_request *rq)
{
	return rq->loop->app;
}
