/* page: one page of a list: ?limit&cursor in, {"items":[...],"nextCursor"} out. */
#ifndef FLORIN_ADMIN_PAGE_H
#define FLORIN_ADMIN_PAGE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/result.h"
#include "http/request.h"
#include "store/store.h"

struct admin_page {
	size_t limit;
	const char *cursor; /* NULL: from the start */
};

/* limit from 1 to the node's page size, which is also the default. The request's arena takes a page
 * from here on. On an error the reply is set.
 * Errors: THEIRS_MALFORMED. */
MUST_USE enum result admin_page_read(struct http_request *rq, struct admin_page *out);
/* For lists of the store, whose cursor is a UUID, and which give LIMIT_PAGE_SIZE at most. Errors
 * and reply as admin_page_read. */
MUST_USE enum result admin_page_read_ids(struct http_request *rq, struct page *out);

/* The cursor that came is none of this list. */
enum http_next admin_page_refuse_cursor(struct http_request *rq);

/* A list in memory that is shown page by page. */
struct admin_list {
	size_t count;
	/* Names item i for the cursor: unique, and valid until the next call. */
	const char *(*key)(void *arg, size_t i);
	json_t *(*item)(void *arg, size_t i); /* NULL: no memory, or an error that was logged */
	void *arg;
};

/* Answers with the page that the request asks for. */
enum http_next admin_page_reply(struct http_request *rq, const struct admin_list *list);
/* Adds an item (stolen; NULL: no memory) to a page's. Errors: OURS_MEMORY. */
MUST_USE enum result admin_page_add(json_t *items, json_t *item);
/* Answers with these items (stolen), or with the refusal of r where that is none: what making them
 * came to. next is the cursor of the next page, NULL or "" on the last. */
enum http_next admin_page_items(
        struct http_request *rq, enum result r, json_t *items, const char *next);
/* The same for a list of the store: last is the id of the page's last row. */
enum http_next admin_page_ids(
        struct http_request *rq, enum result r, json_t *items, bool more, const struct id *last);

/* ?order=asc or desc; *desc stays as it is where it is not given. On an error the reply is set.
 * Errors: THEIRS_MALFORMED. */
MUST_USE enum result admin_order_read(struct http_request *rq, bool *desc);

#endif
