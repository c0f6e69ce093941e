#include "admin/page.h"

#include <string.h>

#include "admin/answer.h"
#include "base/limits.h"
#include "base/text.h"
#include "ilp/node.h"

enum result admin_page_read(struct http_request *rq, struct admin_page *out)
{
	const struct node_loop *loop = http_app(rq);
	const char *limit = http_query(rq, "limit");
	uint64_t n = loop->node->options.page_size;

	if (limit && (text_parse_u64(limit, loop->node->options.page_size, &n) || n == 0)) {
		(void)admin_refuse(rq, RESULT_THEIRS_MALFORMED, "limit",
		        "\"limit\" must be a number from 1 to %zu", loop->node->options.page_size);
		return RESULT_THEIRS_MALFORMED;
	}
	out->limit = (size_t)n;
	http_allow_rows(rq, out->limit);
	out->cursor = http_query(rq, "cursor");
	return RESULT_OK;
}

enum http_next admin_page_refuse_cursor(struct http_request *rq)
{
	return admin_refuse(rq, RESULT_THEIRS_MALFORMED, "cursor",
	        "\"cursor\" must be a nextCursor of this list");
}

enum result admin_page_read_ids(struct http_request *rq, struct page *out)
{
	struct admin_page page;
	enum result r = admin_page_read(rq, &page);

	if (r)
		return r;
	*out = (struct page){.limit = page.limit < LIMIT_PAGE_SIZE ? page.limit : LIMIT_PAGE_SIZE};
	if (page.cursor && id_parse(page.cursor, strlen(page.cursor), &out->after)) {
		(void)admin_page_refuse_cursor(rq);
		return RESULT_THEIRS_MALFORMED;
	}
	return RESULT_OK;
}

enum http_next admin_page_items(struct http_request *rq, json_t *items, const char *next)
{
	return http_reply_json(
	        rq, 200, json_pack("{s:o, s:o}", "items", items, "nextCursor", admin_text(next)));
}

enum http_next admin_page_ids(
        struct http_request *rq, json_t *items, bool more, const struct id *last)
{
	char next[ID_TEXT_SIZE] = "";

	if (more)
		id_format(last, next);
	return admin_page_items(rq, items, next);
}

/* Where the page begins: behind the item that the cursor names. */
static bool find_start(const struct admin_list *list, const char *cursor, size_t *out)
{
	*out = 0;
	if (!cursor)
		return true;
	for (size_t i = 0; i < list->count; i++) {
		if (strcmp(list->key(list->arg, i), cursor) == 0) {
			*out = i + 1;
			return true;
		}
	}
	return false;
}

enum http_next admin_page_reply(struct http_request *rq, const struct admin_list *list)
{
	json_t *items = json_array();
	struct admin_page page;
	size_t start, end;

	if (admin_page_read(rq, &page)) {
		json_decref(items);
		return HTTP_DONE;
	}
	if (!find_start(list, page.cursor, &start)) {
		json_decref(items);
		return admin_page_refuse_cursor(rq);
	}
	end = list->count - start > page.limit ? start + page.limit : list->count;
	for (size_t i = start; i < end; i++) {
		if (json_array_append_new(items, list->item(list->arg, i))) {
			json_decref(items);
			return admin_refuse_by(rq, RESULT_OURS_MEMORY, NULL);
		}
	}
	return admin_page_items(
	        rq, items, end < list->count ? list->key(list->arg, end - 1) : NULL);
}
