#include "admin/page.h"

#include <string.h>

#include "admin/answer.h"
#include "base/limits.h"
#include "base/text.h"
#include "base/words.h"
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
	        WORDS("\"cursor\" must be a nextCursor of this list"));
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

enum result admin_page_add(json_t *items, json_t *item)
{
	return json_array_append_new(items, item) ? RESULT_OURS_MEMORY : RESULT_OK;
}

enum http_next admin_page_items(
        struct http_request *rq, enum result r, json_t *items, const char *next)
{
	if (r) {
		json_decref(items);
		return admin_refuse_by(rq, r, NULL);
	}
	return http_reply_json(
	        rq, 200, json_pack("{s:o, s:o}", "items", items, "nextCursor", admin_text(next)));
}

enum http_next admin_page_ids(
        struct http_request *rq, enum result r, json_t *items, bool more, const struct id *last)
{
	char next[ID_TEXT_SIZE] = "";

	if (more)
		id_format(last, next);
	return admin_page_items(rq, r, items, next);
}

enum result admin_order_read(struct http_request *rq, bool *desc)
{
	const char *order = http_query(rq, "order");

	if (order && strcmp(order, "asc") != 0 && strcmp(order, "desc") != 0) {
		(void)admin_refuse(
		        rq, RESULT_THEIRS_MALFORMED, "order", WORDS("\"order\" is asc or desc"));
		return RESULT_THEIRS_MALFORMED;
	}
	if (order)
		*desc = strcmp(order, "desc") == 0;
	return RESULT_OK;
}

/* The i-th item as the order has it. */
static size_t place(const struct admin_list *list, bool desc, size_t i)
{
	return desc ? list->count - 1 - i : i;
}

/* Where the page begins: behind the item that the cursor names. */
static bool find_start(const struct admin_list *list, bool desc, const char *cursor, size_t *out)
{
	*out = 0;
	if (!cursor)
		return true;
	for (size_t i = 0; i < list->count; i++) {
		if (strcmp(list->key(list->arg, place(list, desc, i)), cursor) == 0) {
			*out = i + 1;
			return true;
		}
	}
	return false;
}

enum http_next admin_page_reply(struct http_request *rq, const struct admin_list *list)
{
	struct admin_page page;
	bool desc = false;
	const char *next = NULL;
	enum result r = RESULT_OK;
	size_t start, end;
	json_t *items;

	if (admin_page_read(rq, &page) || admin_order_read(rq, &desc))
		return HTTP_DONE;
	if (!find_start(list, desc, page.cursor, &start))
		return admin_page_refuse_cursor(rq);
	end = list->count - start > page.limit ? start + page.limit : list->count;
	items = json_array();
	for (size_t i = start; !r && i < end; i++)
		r = admin_page_add(items, list->item(list->arg, place(list, desc, i)));
	if (end < list->count)
		next = list->key(list->arg, place(list, desc, end - 1));
	return admin_page_items(rq, r, items, next);
}
