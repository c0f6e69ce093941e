/* log_line: the newest lines of this process's log. */
#include <stdio.h>
#include <string.h>

#include "admin/answer.h"
#include "admin/page.h"
#include "admin/resource.h"
#include "base/log_ring.h"
#include "base/text.h"
#include "base/words.h"
#include "http/request_id.h"
#include "ilp/node.h"

#define TEXT_MAX      200 /* bytes that are looked for */
#define CURSOR_FORMAT "%lld-%llu"
#define CURSOR_SIZE   48

/* A member that is not given is as one that is empty. */
static const char *given(const struct http_request *rq, const char *name)
{
	const char *text = http_query(rq, name);

	return text && *text ? text : NULL;
}

static enum result refused(struct http_request *rq, const char *field, const char *why)
{
	(void)admin_refuse(rq, RESULT_THEIRS_MALFORMED, field, "%s", why);
	return RESULT_THEIRS_MALFORMED;
}

/* Another process had other lines: its cursors are none of this one's. */
static enum result read_cursor(struct http_request *rq, const char *cursor, uint64_t *out)
{
	const struct node_loop *loop = http_app(rq);
	char mark[CURSOR_SIZE];
	size_t n;

	(void)snprintf(mark, sizeof(mark), "%lld-", (long long)loop->node->started_ms);
	n = strlen(mark);
	if (strncmp(cursor, mark, n) == 0 && !text_parse_u64(cursor + n, INT64_MAX, out) &&
	        *out > 0)
		return RESULT_OK;
	(void)admin_page_refuse_cursor(rq);
	return RESULT_THEIRS_MALFORMED;
}

static enum result read_filter(
        struct http_request *rq, const struct admin_page *page, struct log_filter *out)
{
	const char *level = http_query(rq, "level");

	*out = (struct log_filter){.request = given(rq, "requestId"),
	        .text = given(rq, "text"),
	        .level = LOG_LEVEL_DEBUG};
	if (out->request && !request_id_is(out->request))
		return refused(rq, "requestId",
		        WORDS("\"requestId\" must be a request's id: 8 to 64 letters, digits, - _ "
		              "and ."));
	if (level && !log_parse_level(level, &out->level))
		return refused(rq, "level", WORDS("\"level\" must be error, warn, info or debug"));
	if (out->text && strlen(out->text) > TEXT_MAX)
		return refused(rq, "text", WORDS("\"text\" may have at most 200 bytes"));
	return page->cursor && *page->cursor ? read_cursor(rq, page->cursor, &out->before)
	                                     : RESULT_OK;
}

/* A line may quote what is no UTF-8. */
static json_t *line_text(struct arena *a, const char *text)
{
	json_t *value = json_string(text);
	char *copy = value ? NULL : arena_strdup(a, text);

	if (!copy)
		return value;
	for (char *p = copy; *p; p++) {
		if ((unsigned char)*p >= 0x80)
			*p = '?';
	}
	return json_string(copy);
}

static json_t *line_json(struct arena *a, const struct log_kept *line)
{
	return json_pack("{s:I,s:o,s:s,s:s,s:o,s:o}", "number", (json_int_t)line->number, "at",
	        admin_time(line->at_ms), "level", log_level_name(line->level), "event", line->event,
	        "requestId", admin_text(line->request), "line", line_text(a, line->text));
}

enum http_next admin_log_list(struct http_request *rq)
{
	const struct node_loop *loop = http_app(rq);
	struct admin_page page;
	struct log_filter filter;
	struct log_kept *lines;
	char next[CURSOR_SIZE];
	json_t *items;
	size_t count;
	bool more;
	enum result r;

	if (admin_page_read(rq, &page) || read_filter(rq, &page, &filter))
		return HTTP_DONE;
	r = log_ring_read(&rq->arena, &filter, page.limit, &lines, &count, &more);
	if (r)
		return admin_refuse_by(rq, r, NULL);
	items = json_array();
	for (size_t i = 0; !r && i < count; i++)
		r = admin_page_add(items, line_json(&rq->arena, &lines[i]));
	if (more)
		(void)snprintf(next, sizeof(next), CURSOR_FORMAT, (long long)loop->node->started_ms,
		        (unsigned long long)lines[count - 1].number);
	return admin_page_items(rq, r, items, more ? next : NULL);
}
