#include "http/inner.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "http/exchange.h"
#include "http/target.h"

static void keep(struct http_request *rq, struct http_inner *c)
{
	c->own_method = rq->method;
	c->own_target = rq->target;
	c->own_body = rq->body;
	memcpy(c->own_segments, rq->segments, sizeof(c->own_segments));
	c->own_segment_count = rq->segment_count;
	memcpy(c->own_query, rq->query, sizeof(c->own_query));
	c->own_query_count = rq->query_count;
	memcpy(c->own_headers, rq->headers, sizeof(c->own_headers));
	c->own_header_count = rq->header_count;
	c->own_route = rq->route;
	c->own_language = rq->language;
	c->own_before = rq->before;
	c->own_state = rq->state;
}

static void give_back(struct http_request *rq, const struct http_inner *c)
{
	rq->method = c->own_method;
	rq->target = c->own_target;
	rq->body = c->own_body;
	memcpy(rq->segments, c->own_segments, sizeof(rq->segments));
	rq->segment_count = c->own_segment_count;
	memcpy(rq->query, c->own_query, sizeof(rq->query));
	rq->query_count = c->own_query_count;
	memcpy(rq->headers, c->own_headers, sizeof(c->own_headers));
	rq->header_count = c->own_header_count;
	rq->route = c->own_route;
	rq->language = c->own_language;
	rq->before = c->own_before;
	rq->state = c->own_state;
}

static void put_header(struct http_request *rq, const char *name, const char *value)
{
	rq->headers[rq->header_count++] =
	        (struct http_header){name, value, strlen(name), strlen(value)};
}

static void become(struct http_request *rq, const struct http_inner *c)
{
	rq->method = c->method;
	rq->target = c->target;
	rq->body = c->body;
	rq->language = NULL;
	rq->before = c->before;
	rq->state = NULL;
	rq->segment_count = 0;
	rq->query_count = 0;
	rq->header_count = 0;
	if (c->body.n)
		put_header(rq, "Content-Type", "application/json");
	if (c->key)
		put_header(rq, "Idempotency-Key", c->key);
	if (c->accept)
		put_header(rq, "Accept", c->accept);
}

enum http_next http_inner(struct http_request *rq, const struct router *r, struct http_inner *call)
{
	struct route_match match = {0};
	enum result result;

	assert(!rq->inner);
	keep(rq, call);
	become(rq, call);
	rq->inner = call;
	result = target_split(rq);
	if (result)
		return http_reply_result(rq, result, "the target can't be read");
	match = router_find(r, rq->method, rq->segments, rq->segment_count);
	if (!match.route)
		return http_reply_error(rq, 404, "not_found", "nothing is here");
	rq->route = match.route;
	return match.route->handler(rq);
}

http_handler *http_inner_end(struct http_request *rq)
{
	struct http_reply *reply = rq->reply;
	struct http_inner *c = rq->inner;
	void *owned = reply->owned;

	c->status = reply->set ? reply->status : 500;
	c->answer = reply->set && !reply->fixed ? reply->body : bytes_of(NULL, 0);
	reply->owned = NULL;
	if (owned && http_defer(rq, free, owned)) {
		c->status = 500;
		c->answer = bytes_of(NULL, 0);
	}
	reply->set = false;
	reply->fixed = NULL;
	reply->header_count = 0;
	rq->on_sent = NULL;
	rq->inner = NULL;
	give_back(rq, c);
	return c->then;
}
