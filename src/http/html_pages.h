/* html_pages: what a browser sees at addresses of the API (Accept: text/html). The pages are
 * web/'s, which the assembly hands over. */
#ifndef FLORIN_HTTP_HTML_PAGES_H
#define FLORIN_HTTP_HTML_PAGES_H

#include "http/request.h"

struct wallet_row;

struct html_pages {
	/* A wallet address. w NULL: there is none, or none that says so. */
	enum http_next (*wallet)(struct http_request *rq, const struct wallet_row *w);
	/* The incoming payment of the path's {id}. */
	http_handler *incoming;
};

#endif
