#include "http/exchange.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "base/failpoint.h"
#include "base/log.h"
#include "http/address.h"
#include "http/guard.h"
#include "http/inner.h"
#include "http/target.h"

#define BODY_ARENA_MAX  2048 /* a larger body grows on the heap as it arrives */
#define BODY_HEAP_FIRST 4096

static struct http_exchange *exchange_of(struct http_request *rq)
{
	return OWNER_OF(rq, struct http_exchange, rq);
}

static struct http_loop *loop_of(const struct http_exchange *x)
{
	return x->rq.loop;
}

struct http_exchange *exchange_new(struct http_connection *c, struct MHD_Connection *mhd)
{
	struct http_loop *l = c->daemon->loop;
	struct http_exchange *x = l->pool;
	struct http_request *rq;

	if (x) {
		l->pool = x->next_free;
		l->pool_count--;
	} else {
		x = calloc(1, sizeof(*x));
		if (!x)
			return NULL;
		arena_init(&x->rq.arena, LIMIT_REQUEST_ARENA);
	}
	/* The request before may have been for a list. */
	arena_limit(&x->rq.arena, LIMIT_REQUEST_ARENA);
	/* The arrays keep what they had: their counts say that it is nothing. */
	rq = &x->rq;
	request_id_next(&l->ids, x->id);
	rq->id = x->id;
	rq->target = "/";
	rq->body = bytes_of(NULL, 0);
	rq->segment_count = 0;
	rq->client = c->peer;
	rq->loop = l;
	rq->route = NULL;
	rq->signature = NULL;
	rq->language = NULL;
	rq->state = NULL;
	rq->before = NULL;
	rq->inner = NULL;
	rq->on_sent = NULL;
	rq->header_count = 0;
	rq->query_count = 0;
	rq->resume = NULL;
	rq->cleanups = NULL;
	rq->reply = &x->reply;
	x->reply.set = false;
	x->reply.close = false;
	x->reply.owned = NULL;
	x->reply.fixed = NULL;
	x->reply.fill = NULL;
	x->reply.file = false;
	x->reply.upgrade = NULL;
	x->reply.header_count = 0;
	x->connection = c;
	x->mhd = mhd;
	x->handler = NULL;
	x->phase = EXCHANGE_HEADER;
	x->allowed = 0;
	x->flags = 0;
	x->body_size = 0;
	x->body_cap = 0;
	x->body_p = NULL;
	x->body_heap = NULL;
	x->discard = false;
	x->in_handler = false;
	x->resumed = false;
	x->held = false;
	x->gone = false;
	x->quiet = false;
	x->beat = false;
	x->began_ms = l->mono_ms;
	l->busy++;
	c->exchange = x;
	return x;
}

void exchange_release(struct http_exchange *x)
{
	struct http_loop *l = loop_of(x);

	while (x->rq.cleanups) {
		struct http_cleanup *c = x->rq.cleanups;

		x->rq.cleanups = c->next;
		c->fn(c->p);
	}
	free(x->reply.owned);
	free(x->body_heap);
	l->busy--;
	if (l->pool_count == HTTP_POOL_MAX) {
		arena_clear(&x->rq.arena);
		free(x);
		return;
	}
	arena_reset(&x->rq.arena);
	x->next_free = l->pool;
	l->pool = x;
	l->pool_count++;
}

void exchange_pool_clear(struct http_loop *l)
{
	while (l->pool) {
		struct http_exchange *x = l->pool;

		l->pool = x->next_free;
		arena_clear(&x->rq.arena);
		free(x);
	}
	l->pool_count = 0;
}

/* What failed on our side has a line, and so has every request for those who debug. */
static void note_reply(const struct http_exchange *x)
{
	const struct http_request *rq = &x->rq;
	unsigned status = x->reply.status;
	const char *before = log_request(x->id);
	const char *method = x->phase == EXCHANGE_HEADER ? "-" : http_method_name(rq->method);
	const char *pattern = rq->route ? rq->route->pattern : "-";
	long long ms = (long long)(loop_of(x)->mono_ms - x->began_ms);

	if (status >= 500)
		log_warn("reply_failed", "method=%s pattern=%s status=%u ms=%lld", method, pattern,
		        status, ms);
	else
		log_debug("reply", "method=%s pattern=%s status=%u ms=%lld", method, pattern,
		        status, ms);
	(void)log_request(before);
}

/* Gives the reply to the library. MHD_NO where that fails: the connection is to be dropped. */
static enum MHD_Result send_reply(struct http_exchange *x)
{
	struct http_loop *l = loop_of(x);

	unsigned status = x->reply.status;

	if (status >= 500 || log_is_on(LOG_LEVEL_DEBUG))
		note_reply(x);
	x->phase = EXCHANGE_BROKEN;
	if (l->draining)
		x->reply.close = true;
	if (FAILPOINT("http.before_reply"))
		return MHD_NO;
	deadline_set(&l->deadlines, &x->connection->deadline, DEADLINE_RESPONSE, l->mono_ms);
	/* Where the library fails to begin the reply of a held request it ends the exchange at
	 * once. */
	x->phase = EXCHANGE_REPLIED;
	if (reply_queue(x) != MHD_YES) {
		x->phase = EXCHANGE_BROKEN;
		return MHD_NO;
	}
	http_count(&l->counters.status[status / 100 % 6], 1);
	return MHD_YES;
}

/* Runs handler, and its continuations as long as their operations complete at once. */
static enum http_next run_steps(struct http_exchange *x, http_handler *handler)
{
	enum http_next next;

	for (;;) {
		x->resumed = false;
		x->in_handler = true;
		x->rq.resume = NULL;
		next = handler(&x->rq);
		x->in_handler = false;
		if (next == HTTP_DONE && x->rq.inner && !x->reply.fill) {
			handler = http_inner_end(&x->rq);
			continue;
		}
		if (next == HTTP_DONE)
			return HTTP_DONE;
		assert(x->rq.resume && !x->reply.set);
		if (!x->resumed)
			return HTTP_PARKED;
		handler = x->rq.resume;
	}
}

/* The lines that are logged meanwhile are of this request, which may be within another's step. */
static enum http_next run(struct http_exchange *x, http_handler *handler)
{
	const char *before = log_request(x->id);
	enum http_next next = run_steps(x, handler);

	(void)log_request(before);
	if (next == HTTP_PARKED)
		return next;
	assert(x->reply.set);
	if (!x->reply.set)
		http_reply_empty(&x->rq, 500);
	return HTTP_DONE;
}

static void unhold(struct http_exchange *x)
{
	if (x->held)
		x->connection->daemon->held--;
	x->held = false;
}

void http_park(struct http_request *rq, http_handler *resume)
{
	struct http_exchange *x = exchange_of(rq);

	/* The connection itself is suspended when the handler returns: completions arrive on this
	 * thread, so none can come in between. */
	assert(x->in_handler && !x->resumed);
	x->rq.resume = resume;
}

bool connection_has_ended(const struct http_connection *c)
{
	char byte;

	return recv(c->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

void http_resume(struct http_request *rq)
{
	struct http_exchange *x = exchange_of(rq);
	struct http_loop *l = loop_of(x);
	struct http_connection *c;
	struct MHD_Connection *mhd;
	bool held;

	assert(rq->resume && !x->resumed);
	if (x->in_handler) {
		x->resumed = true;
		return;
	}
	assert(x->phase == EXCHANGE_PARKED);
	if (run(x, rq->resume) == HTTP_PARKED)
		return;
	l->parked--;
	if (x->gone) {
		if (rq->on_sent)
			rq->on_sent(rq, false);
		exchange_release(x);
		return;
	}
	held = x->held;
	unhold(x);
	c = x->connection;
	mhd = x->mhd;
	/* The library looks no more after a held request whose client has shut its side down:
	 * resumed, it does. */
	if (held && connection_has_ended(c)) {
		MHD_suspend_connection(mhd);
		held = false;
	}
	if (send_reply(x) != MHD_YES)
		shutdown(c->fd, SHUT_RDWR);
	if (!held)
		MHD_resume_connection(mhd);
	l->steps++;
	c->daemon->ready = true;
}

void exchange_suspend(struct http_exchange *x)
{
	unhold(x);
	MHD_suspend_connection(x->mhd);
	/* Where this was the last one held, what run_daemon has left to a later run waits for no
	 * other. */
	x->connection->daemon->ready = true;
}

void exchange_completed(struct http_exchange *x, bool delivered)
{
	x->connection->exchange = NULL;
	unhold(x);
	if (x->phase == EXCHANGE_PARKED) {
		/* Its operation still points into its memory. */
		x->gone = true;
		return;
	}
	if (x->reply.set && x->rq.on_sent) {
		const char *before = log_request(x->id);

		x->rq.on_sent(&x->rq, delivered && x->phase == EXCHANGE_REPLIED);
		(void)log_request(before);
	}
	exchange_release(x);
}

/* Handlers of what the server answers by itself. */

static enum http_next answer_not_found(struct http_request *rq)
{
	return http_reply_error(rq, 404, "not_found", "nothing is here");
}

static enum http_next answer_method(struct http_request *rq)
{
	char *allow = arena_alloc(&rq->arena, ROUTER_ALLOW_SIZE);

	if (!allow)
		return http_reply_empty(rq, 500);
	router_allow(exchange_of(rq)->allowed, allow);
	http_reply_header(rq, "Allow", allow);
	return http_reply_error(rq, 405, "method_not_allowed", "this path takes %s", allow);
}

static enum http_next answer_options(struct http_request *rq)
{
	struct http_exchange *x = exchange_of(rq);
	char *allow = arena_alloc(&rq->arena, ROUTER_ALLOW_SIZE);
	const char *wanted = http_header(rq, "Access-Control-Request-Headers");

	if (!allow)
		return http_reply_empty(rq, 500);
	router_allow(x->allowed, allow);
	http_reply_header(rq, "Allow", allow);
	if (x->flags & HTTP_ROUTE_CORS) {
		http_reply_header(rq, "Access-Control-Allow-Methods", allow);
		/* Whatever a page wants to send: no credentials of the browser are among it. */
		http_reply_header(rq, "Access-Control-Allow-Headers",
		        wanted ? wanted
		               : "Accept, Authorization, Content-Digest, Content-Type, "
		                 "Signature, Signature-Input, Web-Monetization-Id");
		http_reply_header(rq, "Access-Control-Max-Age", "86400");
	}
	return http_reply_empty(rq, 204);
}

static enum http_next answer_too_large(struct http_request *rq)
{
	size_t max = rq->route ? rq->route->body_max : 0;

	return http_reply_error(
	        rq, 413, "too_large", "the body may have at most %zu bytes here", max);
}

static enum http_next answer_rate(struct http_request *rq)
{
	http_reply_header(rq, "Retry-After", "1");
	return http_reply_error(rq, 429, "too_many_requests", "more requests than allowed");
}

void http_count_limited(const struct http_request *rq)
{
	http_count(&rq->loop->counters.rate_limited, 1);
}

/* Answers before the body is read; the connection closes and what follows on it is not read. */
static enum MHD_Result refuse(
        struct http_exchange *x, unsigned status, const char *field, const char *reason)
{
	http_reply_close(&x->rq);
	http_reply_error(&x->rq, status, "bad_request", "%s: %s", field, reason);
	return send_reply(x);
}

static enum MHD_Result collect(void *arg, enum MHD_ValueKind kind, const char *name, size_t name_n,
        const char *value, size_t value_n)
{
	struct http_request *rq = arg;

	(void)kind;
	if (rq->header_count == LIMIT_HEADER_FIELDS) {
		rq->header_count++; /* one too many: the gate sees it */
		return MHD_NO;
	}
	if (!value)
		value_n = 0;
	if (value_n > 0 && (value[value_n - 1] == ' ' || value[value_n - 1] == '\t')) {
		/* RFC 9112 5.1: blanks behind a value are not part of it. The
		 * library leaves them. */
		while (value_n > 0 && (value[value_n - 1] == ' ' || value[value_n - 1] == '\t'))
			value_n--;
		value = arena_strndup(&rq->arena, value, value_n);
	}
	rq->headers[rq->header_count++] =
	        (struct http_header){name, value ? value : "", name_n, value ? value_n : 0};
	return MHD_YES;
}

static struct guard_verdict gate(struct http_exchange *x, const char *method, const char *version)
{
	const union MHD_ConnectionInfo *size =
	        MHD_get_connection_info(x->mhd, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
	const struct http_limits *limits = http_loop_limits(loop_of(x));
	struct guard_input in = {
	        .method = method,
	        .target = x->rq.target,
	        .version = version,
	        .headers = x->rq.headers,
	        .header_bytes = size ? size->header_size : 0,
	        .header_bytes_max = limits->header_bytes,
	        .fields_max = limits->header_fields,
	};

	MHD_get_connection_values_n(x->mhd, MHD_HEADER_KIND, collect, &x->rq);
	in.header_count = x->rq.header_count;
	return guard_check(&in);
}

/* The request's id as the proxy has it, where it gives one, once, and well-formed. */
static void take_id(struct http_exchange *x)
{
	const char *given = NULL;

	for (size_t i = 0; i < x->rq.header_count; i++) {
		if (strcasecmp(x->rq.headers[i].name, "X-Request-Id") != 0)
			continue;
		if (given)
			return;
		given = x->rq.headers[i].value;
	}
	if (given && request_id_is(given))
		memcpy(x->id, given, strlen(given) + 1);
}

static void find_client(struct http_exchange *x)
{
	struct http_connection *c = x->connection;

	if (!c->trusted)
		return;
	http_client_of(&c->peer, http_header(&x->rq, "X-Forwarded-For"),
	        &loop_of(x)->server->trusted, &x->rq.client);
	take_id(x);
}

static void choose_handler(struct http_exchange *x)
{
	struct http_request *rq = &x->rq;
	struct http_address holder;
	struct route_match match;

	match = router_find(
	        x->connection->daemon->router, rq->method, rq->segments, rq->segment_count);
	x->allowed = match.allowed;
	x->flags = match.flags;
	rq->route = match.route;
	if (match.route) {
		x->flags = match.route->flags;
		x->handler = match.route->handler;
	} else if (!match.allowed) {
		x->handler = answer_not_found;
	} else if (rq->method == HTTP_OPTIONS) {
		x->handler = answer_options;
	} else {
		x->handler = answer_method;
	}
	http_address_holder(&rq->client, &holder);
	if (x->connection->daemon->limits_rate && !(x->flags & HTTP_ROUTE_NO_RATE) &&
	        !rate_pass(loop_of(x)->server->rate, holder.b, loop_of(x)->mono_ms)) {
		http_count(&loop_of(x)->counters.rate_limited, 1);
		x->handler = answer_rate;
	}
}

enum MHD_Result exchange_header(struct http_exchange *x, const char *method, const char *version)
{
	struct http_loop *l = loop_of(x);
	struct guard_verdict verdict = gate(x, method, version);
	enum result r;

	http_count(&l->counters.requests, 1);
	if (verdict.status) {
		x->rq.header_count = 0; /* what it holds is not to be believed */
		http_count(&l->counters.gate_refused, 1);
		return refuse(x, verdict.status, verdict.field, verdict.reason);
	}
	x->rq.method = verdict.method;
	x->body_size = verdict.content_length;
	find_client(x);
	r = target_split(&x->rq);
	if (r) {
		http_count(&l->counters.gate_refused, 1);
		return refuse(x, r == RESULT_OURS_MEMORY ? 500 : 400, "target",
		        "the path or query is not well-formed");
	}
	choose_handler(x);
	if (x->body_size > (x->rq.route ? x->rq.route->body_max : 0)) {
		/* A client that is still sending does not see a reply before it is done, and may
		 * see a reset instead: a body of bearable size is read and dropped first. */
		if (x->body_size > HTTP_DISCARD_MAX || http_header(&x->rq, "Expect"))
			return refuse(x, 413, "Content-Length", "the body is too large");
		x->discard = true;
		if (x->rq.route)
			x->handler = answer_too_large;
	}
	x->phase = EXCHANGE_BODY;
	if (x->body_size > 0) {
		deadline_set(&l->deadlines, &x->connection->deadline, DEADLINE_BODY, l->mono_ms);
		x->connection->quick_ack_due = true;
	}
	return MHD_YES;
}

/* Room for n more bytes of the body: memory follows what has arrived, not what was announced. */
static uint8_t *body_room(struct http_exchange *x, size_t n)
{
	size_t have = x->rq.body.n, cap;
	uint8_t *grown;

	if (n > x->body_size - have)
		return NULL;
	if (have + n <= x->body_cap)
		return x->body_p + have;
	if (x->body_size <= BODY_ARENA_MAX) {
		x->body_p = arena_alloc(&x->rq.arena, (size_t)x->body_size);
		x->body_cap = (size_t)x->body_size;
		return x->body_p;
	}
	cap = x->body_cap ? x->body_cap * 2 : BODY_HEAP_FIRST;
	if (cap < have + n)
		cap = have + n;
	if (cap > x->body_size)
		cap = (size_t)x->body_size;
	grown = realloc(x->body_heap, cap);
	if (!grown)
		return NULL;
	x->body_heap = grown;
	x->body_p = grown;
	x->body_cap = cap;
	return grown + have;
}

enum MHD_Result exchange_body(struct http_exchange *x, const char *p, size_t n)
{
	uint8_t *to;

	if (x->discard)
		return MHD_YES;
	to = body_room(x, n);
	if (!to)
		return MHD_NO;
	memcpy(to, p, n);
	x->rq.body = bytes_of(x->body_p, x->rq.body.n + n);
	return MHD_YES;
}

enum MHD_Result exchange_run(struct http_exchange *x)
{
	struct http_loop *l = loop_of(x);
	struct http_daemon *d = x->connection->daemon;

	x->connection->quick_ack_due = false;
	if (run(x, x->handler) == HTTP_DONE)
		return send_reply(x);
	x->phase = EXCHANGE_PARKED;
	l->parked++;
	/* Suspending costs two changes of an epoll set and a read in vain: most
	 * answers are faster. */
	if (d->held < HTTP_HELD_MAX) {
		x->held = true;
		d->held++;
		deadline_set(&l->deadlines, &x->connection->deadline, DEADLINE_HELD, l->mono_ms);
		return MHD_YES;
	}
	deadline_unset(&l->deadlines, &x->connection->deadline);
	MHD_suspend_connection(x->mhd);
	return MHD_YES;
}
