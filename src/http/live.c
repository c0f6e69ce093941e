#include "http/live.h"

#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "events/changes.h"
#include "http/reply.h"
#include "ilp/node.h"

#define EVENT_SIZE  80
#define PROBE_BYTES (256 * 1024)

struct live {
	struct changes_listener listener;
	struct http_request *rq;
	live_probe *probe;
	void *arg;
	struct arena memory;
	struct live_told told;
};

uint64_t live_hash(uint64_t h, const void *p, size_t n)
{
	const uint8_t *b = p;

	for (size_t i = 0; i < n; i++)
		h = (h ^ b[i]) * 1099511628211ULL; /* FNV-1a */
	return h;
}

uint64_t live_hash_u64(uint64_t h, uint64_t v)
{
	return live_hash(h, &v, sizeof(v));
}

json_t *live_json(const char *url, uint64_t stamp)
{
	char text[17];

	(void)snprintf(text, sizeof(text), "%016llx", (unsigned long long)stamp);
	return json_pack("{s:s,s:s}", "url", url, "stamp", text);
}

static enum result ask(struct live *v, uint64_t *out)
{
	enum result r = v->probe(v->rq, v->arg, &v->memory, out);

	arena_reset(&v->memory);
	return r;
}

static void wake(struct changes_listener *l)
{
	struct live *v = OWNER_OF(l, struct live, listener);
	uint64_t now;

	/* An error is found again by fill, which can end the stream. */
	if (ask(v, &now) || now != v->told.stamp)
		http_stream_wake(v->rq);
}

size_t live_write(struct live_told *told, uint64_t now, bool beat, char *out, size_t size)
{
	bool news = !told->begun || now != told->stamp;
	char text[EVENT_SIZE];
	int n;

	if (!news && !beat)
		return 0;
	if (news)
		n = snprintf(text, sizeof(text), "%sevent: state\ndata: %016llx\n\n",
		        told->begun ? "" : "retry: 3000\n", (unsigned long long)now);
	else
		n = snprintf(text, sizeof(text), ":\n\n");
	if (n < 0 || (size_t)n > size)
		return HTTP_STREAM_END;
	memcpy(out, text, (size_t)n);
	*told = (struct live_told){.stamp = now, .begun = true};
	return (size_t)n;
}

static size_t fill(struct http_request *rq, bool beat, char *out, size_t size)
{
	struct live *v = rq->state;
	uint64_t now;

	if (ask(v, &now))
		return HTTP_STREAM_END;
	return live_write(&v->told, now, beat, out, size);
}

static void leave(void *p)
{
	struct live *v = p;
	const struct node_loop *l = http_app(v->rq);

	if (v->listener.home)
		changes_leave(l->node->changes, &v->listener);
	arena_clear(&v->memory);
}

enum http_next live_reply(struct http_request *rq, live_probe *probe, void *arg)
{
	const struct node_loop *l = http_app(rq);
	struct live *v = arena_alloc(&rq->arena, sizeof(*v));
	uint64_t now;
	enum result r;

	if (!v)
		return http_reply_error(rq, 503, "busy", "out of memory for this request");
	v->rq = rq;
	v->probe = probe;
	v->arg = arg;
	v->listener.wake = wake;
	arena_init(&v->memory, PROBE_BYTES);
	if (http_defer(rq, leave, v))
		return http_reply_error(rq, 503, "busy", "out of memory for this request");
	r = ask(v, &now);
	if (r)
		return http_reply_result(rq, r, "there is nothing to follow here");
	if (!l->node->changes || changes_listen(l->node->changes, l->home, &v->listener)) {
		http_reply_header(rq, "Retry-After", "10");
		return http_reply_error(rq, 503, "busy", "too many pages are open");
	}
	rq->state = v;
	return http_reply_stream(rq, "text/event-stream", fill);
}
