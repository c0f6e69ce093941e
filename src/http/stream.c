/* Replies that come bit by bit (reply.h). */
#include <assert.h>

#include "http/exchange.h"

#define STREAM_BLOCK 8192 /* bytes that fill is asked for at a time */

/* Back to the library: it asks for more of the body in its next run. */
static void resume(struct http_exchange *x)
{
	struct http_loop *l = x->rq.loop;

	x->quiet = false;
	deadline_set(&l->deadlines, &x->connection->deadline, DEADLINE_RESPONSE, l->mono_ms);
	MHD_resume_connection(x->mhd);
	x->connection->daemon->ready = true;
}

void http_stream_wake(struct http_request *rq)
{
	struct http_exchange *x = OWNER_OF(rq, struct http_exchange, rq);

	if (x->quiet)
		resume(x);
}

void stream_beat(struct http_exchange *x)
{
	assert(x && x->quiet);
	x->beat = true;
	resume(x);
}

static ssize_t next_bytes(void *arg, uint64_t at, char *out, size_t size)
{
	struct http_exchange *x = arg;
	struct http_loop *l = x->rq.loop;
	const char *before;
	size_t n;

	(void)at;
	if (l->draining && !x->reply.file)
		return MHD_CONTENT_READER_END_OF_STREAM;
	before = log_request(x->id);
	n = x->reply.fill(&x->rq, x->beat, out, size);
	(void)log_request(before);
	if (n == HTTP_STREAM_END)
		return MHD_CONTENT_READER_END_OF_STREAM;
	if (n == HTTP_STREAM_CUT)
		return MHD_CONTENT_READER_END_WITH_ERROR;
	x->beat = false;
	if (n > 0) {
		/* A client that reads moves its deadline on. */
		deadline_set(
		        &l->deadlines, &x->connection->deadline, DEADLINE_RESPONSE, l->mono_ms);
		return (ssize_t)n;
	}
	x->quiet = true;
	deadline_set(&l->deadlines, &x->connection->deadline, DEADLINE_STREAM, l->mono_ms);
	MHD_suspend_connection(x->mhd);
	return 0;
}

struct MHD_Response *stream_response(struct http_exchange *x)
{
	return MHD_create_response_from_callback(
	        MHD_SIZE_UNKNOWN, STREAM_BLOCK, next_bytes, x, NULL);
}
