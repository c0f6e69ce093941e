#include "http/op_list.h"

#include <stdlib.h>
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

enum http_next op_list_reply(struct http_request *rq, struct json_text *items,
        const struct list_edges *edges, const struct id *first, const struct id *last)
{
	struct json_text t;
	char id[ID_TEXT_SIZE];
	size_t n;
	char *result = json_text_take(items, &n);

	json_text_init(&t);
	json_text_object(&t, NULL);
	json_text_object(&t, "pagination");
	json_text_bool(&t, "hasNextPage", edges->older);
	json_text_bool(&t, "hasPreviousPage", edges->newer);
	/* Both are left out of an empty page: null would be no cursor. */
	if (first && last) {
		id_format(first, id);
		json_text_string(&t, "startCursor", id);
		id_format(last, id);
		json_text_string(&t, "endCursor", id);
	}
	json_text_end_object(&t);
	if (result)
		json_text_raw(&t, "result", result);
	else
		t.failed = true;
	json_text_end_object(&t);
	free(result);
	return http_reply_json_text(rq, 200, &t);
}
