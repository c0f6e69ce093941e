#include "admin/event_stream.h"

#include <stdlib.h>
#include <string.h>

#include "admin/answer.h"
#include "base/log.h"
#include "events/envelope.h"
#include "events/feed.h"
#include "ilp/node.h"

#define EVENT_BYTES (8 * 1024 * 1024) /* of one event and its text */

struct event_stream {
	struct feed_listener listener;
	struct http_request *rq;
	struct node_loop *loop;
	struct id after;
	struct arena memory; /* of the event that is being sent */
	const char *text;    /* what is left of it */
	size_t text_n;
};

static void wake(struct feed_listener *l)
{
	http_stream_wake(OWNER_OF(l, struct event_stream, listener)->rq);
}

static enum result next_text(struct event_stream *s)
{
	const struct event_filter all = {0};
	struct page page = {s->after, 1};
	struct event_row *row;
	struct bytes body;
	char id[ID_TEXT_SIZE];
	struct id next;
	size_t count;
	enum result r;

	arena_clear(&s->memory);
	r = store_event_list(s->loop->reader, &s->memory, &all, &page, &row, &count, &next);
	if (r || count == 0)
		return r;
	s->after = row->id;
	id_format(&row->id, id);
	body = event_envelope(row, &s->memory);
	if (body.p)
		s->text = arena_printf(&s->memory, "id: %s\nevent: %s\ndata: %.*s\n\n", id,
		        row->type, (int)body.n, (const char *)body.p);
	if (!body.p || !s->text)
		return RESULT_OURS_MEMORY;
	s->text_n = strlen(s->text);
	return RESULT_OK;
}

static size_t fill(struct http_request *rq, bool beat, char *out, size_t size)
{
	static const char comment[] = ":\n\n";
	struct event_stream *s = rq->state;
	size_t n;

	if (s->text_n == 0) {
		enum result r = next_text(s);

		if (r) {
			log_error("event_stream", "result=%s", result_name(r));
			return HTTP_STREAM_END;
		}
	}
	if (s->text_n == 0 && beat) {
		memcpy(out, comment, sizeof(comment) - 1);
		return sizeof(comment) - 1;
	}
	n = s->text_n < size ? s->text_n : size;
	if (n > 0)
		memcpy(out, s->text, n);
	s->text += n;
	s->text_n -= n;
	return n;
}

static void leave(void *p)
{
	struct event_stream *s = p;

	feed_leave(s->loop->node->feed, &s->listener);
	arena_clear(&s->memory);
}

enum http_next admin_event_stream(struct http_request *rq, const struct id *after)
{
	struct event_stream *s = arena_alloc(&rq->arena, sizeof(*s));

	if (!s)
		return admin_refuse_by(rq, RESULT_OURS_MEMORY, NULL);
	s->rq = rq;
	s->loop = http_app(rq);
	s->after = *after;
	s->listener.wake = wake;
	arena_init(&s->memory, EVENT_BYTES);
	if (feed_listen(s->loop->node->feed, &s->listener))
		return admin_refuse(rq, RESULT_RETRY_BUSY, NULL,
		        "%d clients listen to the events already", FEED_LISTENERS_MAX);
	if (http_defer(rq, leave, s))
		return admin_refuse_by(rq, RESULT_OURS_MEMORY, NULL);
	rq->state = s;
	return http_reply_stream(rq, "text/event-stream", fill);
}
