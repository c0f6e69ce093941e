#include "http/error_row.h"

#include <assert.h>
#include <stdio.h>

#include "base/text.h"
#include "http/reply.h"
#include "ilp/node.h"

/* Where the memory for it is out the answer goes without. */
static void challenge(struct http_request *rq)
{
	const struct node_loop *l = http_app(rq);
	const char *where =
	        arena_printf(&rq->arena, "GNAP as_uri=%s/auth", l->node->options.public_url);

	if (where)
		http_reply_header(rq, "WWW-Authenticate", where);
}

enum http_next error_row_reply(
        struct http_request *rq, const struct error_row *row, const char *why, json_t *details)
{
	const char *between = *row->description ? ": " : "";
	char text[256];

	assert(((row->flags & ERROR_OPEN) != 0) == (why != NULL));
	if (row->flags & ERROR_CHALLENGE)
		challenge(rq);
	if (row->flags & ERROR_LATER)
		http_reply_header(rq, "Retry-After", "1");
	if (!why)
		return http_reply_error_details(
		        rq, row->status, row->code, row->description, details);
	(void)snprintf(text, sizeof(text), "%s%s%s", row->description, between, why);
	text_trim_utf8(text);
	return http_reply_error_details(rq, row->status, row->code, text, details);
}
