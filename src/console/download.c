#include "console/download.h"

#include <string.h>

#include "base/text.h"
#include "console/login.h"
#include "console/view.h"
#include "http/reply.h"

/* The reply is set where nobody is signed in. */
static struct console_view *enter(struct http_request *rq)
{
	struct console_view *v = console_view_new(rq);

	if (!v || operator_visitor_read(rq, &v->visitor))
		return NULL;
	if (v->visitor.known)
		return v;
	(void)page_see(rq, CONSOLE_LOGIN);
	return NULL;
}

static enum http_next statement_asked(struct http_request *rq)
{
	const struct console_view *v = rq->state;

	if (v->call.status != 200)
		return console_say(rq, v->call.status, operator_visitor_name(&v->visitor),
		        "There is no statement",
		        v->call.status == 503
		                ? WORDS("Another one is being made. Please try again in a moment.")
		                : WORDS("The address is wrong, or what it named is gone."));
	http_reply_header(rq, "Content-Disposition",
	        arena_printf(&rq->arena, "attachment; filename=\"statement-%s.csv\"",
	                text_is_name(console_param(rq, "id")) ? console_param(rq, "id") : "peer"));
	return http_reply_bytes(rq, 200, "text/csv; charset=utf-8", v->call.answer);
}

enum http_next download_statement(struct http_request *rq)
{
	struct console_view *v = enter(rq);

	if (!v)
		return HTTP_DONE;
	v->call = (struct http_inner){
	        .target = console_path(v, "/peers/{id}/statement"), .accept = "text/csv"};
	return console_view_call(v, HTTP_GET, statement_asked);
}

/* Only a refusal comes back: the journal itself is a stream. */
static enum http_next ledger_refused(struct http_request *rq)
{
	const struct console_view *v = rq->state;

	return console_say(rq, v->call.status, operator_visitor_name(&v->visitor),
	        "There is no export", "Please try again in a moment. The node's log has more.");
}

enum http_next download_ledger(struct http_request *rq)
{
	struct console_view *v = enter(rq);
	const char *format = http_query(rq, "format");

	if (!v)
		return HTTP_DONE;
	v->call = (struct http_inner){.target = format && strcmp(format, "jsonl") == 0
	                                                ? "/admin/v1/ledger/export?format=jsonl"
	                                                : "/admin/v1/ledger/export?format=csv"};
	return console_view_call(v, HTTP_GET, ledger_refused);
}
