/* landing: what a stranger sees who opens a wallet address in a browser: who it is, the address in
 * every form, and how to pay.
 */
#ifndef FLORIN_WEB_LANDING_H
#define FLORIN_WEB_LANDING_H

#include "http/request.h"
#include "store/store.h"

/* Of html_pages. An amount in the query (major units) is put into code, links and form. An unknown
 * and an inactive address look the same. */
enum http_next landing_page(struct http_request *rq, const struct wallet_row *w);

#endif
