#include "http/op_list.h"

#include <string.h>

#include "base/text.h"
#include "http/op_error.h"
#include "http/reply.h"

bool op_list_read(struct http_request *rq, struct list_query *out)
{
	const char *first = http_query(rq, "first"), *last = http_query(rq, "last");
	const char *cursor = http_query(rq, "cursor");
	const char *size = first ? first : last;
	uint64_t limit = OP_LIST_DEFAULT;

	if (first && last)
		return (void)op_error(rq, OP_ERROR_FIRST_AND_LAST), false;
	if (last && !cursor)
		return (void)op_error(rq, OP_ERROR_LAST_NEEDS_CURSOR), false;
	if (size && (text_parse_u64(size, OP_LIST_MAX, &limit) || limit == 0))
		return (void)op_error(rq, OP_ERROR_PAGE_SIZE), false;
	if (cursor && (id_parse(cursor, strlen(cursor), &out->cursor) || id_is_zero(&out->cursor)))
		return (void)op_error(rq, OP_ERROR_UNKNOWN_CURSOR), false;
	out->newer = last != NULL;
	out->limit = (size_t)limit;
	http_allow_rows(rq, out->limit);
	return true;
}

enum http_next op_list_reply(struct http_request *rq, json_t *items, const struct list_edges *edges,
        const struct id *first, const struct id *last)
{
	json_t *pagination = json_pack("{s:b,s:b}", "hasNextPage", (int)edges->older,
	        "hasPreviousPage", (int)edges->newer);
	char id[ID_TEXT_SIZE];

	/* Both are left out of an empty page: null would be no cursor. */
	if (first && last) {
		id_format(first, id);
		json_object_set_new(pagination, "startCursor", json_string(id));
		id_format(last, id);
		json_object_set_new(pagination, "endCursor", json_string(id));
	}
	return http_reply_json(
	        rq, 200, json_pack("{s:o,s:o}", "pagination", pagination, "result", items));
}
