/* landing: what a stranger sees who opens a wallet address in a browser: who it is, the address in
 * every form, and how to pay.
 */
#ifndef FLORIN_WEB_LANDING_H
#define FLORIN_WEB_LANDING_H

#include <jansson.h>

#include "http/request.h"
#include "store/incoming.h"

/* Of html_pages. An amount in the query (major units) is put into code, links and form. An unknown
 * and an inactive address look the same. */
enum http_next landing_page(struct http_request *rq, const struct wallet_row *w);

/* The form to pay by, as it was sent, with what is wrong with it. */
struct landing_form {
	unsigned status;
	const char *problem;
	const char *payer, *amount;
	const struct incoming_row *request; /* that it is to pay; NULL: an amount that is typed */
};
enum http_next landing_again(
        struct http_request *rq, const struct wallet_row *w, const struct landing_form *form);

/* For the part pay-form, into the view: where it leads, and what stands in it. */
void landing_add_form(struct http_request *rq, const struct wallet_row *w,
        const struct asset_row *asset, const struct landing_form *form, json_t *view);

#endif
