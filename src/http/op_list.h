/* op_list: pages of lists of Open Payments, both ways: ?first&last&cursor in, pagination out.
 * Spec: Open Payments, pagination. */
#ifndef FLORIN_HTTP_OP_LIST_H
#define FLORIN_HTTP_OP_LIST_H

#include <stdbool.h>

#include "base/limits.h"
#include "codec/json_text.h"
#include "http/request.h"
#include "store/list.h"

#define OP_LIST_DEFAULT 20
#define OP_LIST_MAX     LIMIT_PAGE_SIZE

/* cursor, direction and limit of *out; the request's arena takes a page. False where the reply is
 * set. */
bool op_list_read(struct http_request *rq, struct list_query *out);
/* {"pagination":{...},"result":ITEMS}; takes items, an array. first and last: of the page, NULL
 * where it is empty. */
enum http_next op_list_reply(struct http_request *rq, struct json_text *items,
        const struct list_edges *edges, const struct id *first, const struct id *last);

#endif
