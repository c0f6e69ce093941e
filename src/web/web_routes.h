/* web_routes: the table of the account holder's pages and of the files they are made of. */
#ifndef FLORIN_WEB_WEB_ROUTES_H
#define FLORIN_WEB_WEB_ROUTES_H

#include <stddef.h>

#include "http/html_pages.h"
#include "http/router.h"

extern const struct http_route web_routes[];
extern const size_t web_route_count;
/* At addresses of the API. */
extern const struct html_pages web_html_pages;

/* The back channel of an identity provider, which the admin listener has as well. */
extern const struct http_route idp_routes[];
extern const size_t idp_route_count;

#endif
