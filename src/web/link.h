/* link: addresses of our own pages with their query, written and read. */
#ifndef FLORIN_WEB_LINK_H
#define FLORIN_WEB_LINK_H

#include "http/request.h"

/* path?name=text&...: of those whose text is not empty, everything escaped. In the request's arena;
 * NULL without memory, or where it would be longer than LINK_MAX. */
#define LINK_MAX 8192
const char *link_make(
        struct http_request *rq, const char *path, const struct http_pair *pairs, size_t n);

/* A member of the query as a form of ours (method get) sends it, where '+' is a blank; of a query
 * that no form sends, as http_query gives it. "" where it is absent. */
const char *link_query(struct http_request *rq, const char *name);

/* The same text without the blanks around it; "" without memory. */
const char *link_trimmed(struct http_request *rq, const char *text);

#endif
