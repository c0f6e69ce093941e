/* send: from who is to be paid and how much to a price that the holder confirms.
 *
 * GET shows the form, filled in from the query (wallet, to, amount, side, message, over): so a link
 * can prepare a payment, which nothing but the holder's own confirmation makes. POST resolves the
 * receiver, has the payment quoted, and shows the price with the form that pays it (pay.h); what is
 * wrong is said beside its field, and what was typed stays.
 */
#ifndef FLORIN_WEB_SEND_H
#define FLORIN_WEB_SEND_H

#include "http/request.h"

/* GET and POST /wallet/send; GET /wallet/resolve?to=: who that is, as JSON for the script. */
http_handler send_get, send_post, send_resolve;

/* Whom the holder's quotes are for: of those that are made one after the other the newest counts
 * (store: batch_quote_newest_fit). It is no address, so no client is called so. */
#define SEND_CLIENT "holder"

#endif
