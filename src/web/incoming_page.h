/* incoming_page: an incoming payment as its payer sees it in a browser: what is asked for, until
 * when, how to pay, and what has come, live; at its end the receipt.
 *
 * What somebody asked for by `florin request` or on the wallet's pages is shown with amount and
 * description. Of a payment that a client made, only what its public JSON says.
 */
#ifndef FLORIN_WEB_INCOMING_PAGE_H
#define FLORIN_WEB_INCOMING_PAGE_H

#include "http/request.h"

/* GET /op/incoming-payments/{id} with Accept: text/html, and its stream (http/live.h). */
http_handler incoming_page, incoming_page_events;

#endif
