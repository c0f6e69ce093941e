/* interact_end: how an interaction leaves the browser: back at the client, or with a word that it
 * may be closed. */
#ifndef FLORIN_WEB_INTERACT_END_H
#define FLORIN_WEB_INTERACT_END_H

#include "store/grant.h"
#include "web/web.h"

/* 303 to the client with hash and reference, or where the client polls to our own last page. */
enum http_next interact_accepted(
        struct http_request *rq, const struct interaction_row *i, const char *reference);
enum http_next interact_rejected(struct http_request *rq, const struct interaction_row *i);
/* Expired, decided before, or in another wrong state: result=grant_invalid; a client that polls
 * gets nothing, and the browser a page (401). */
enum http_next interact_invalid(struct http_request *rq, const struct interaction_row *i);
/* The last page of a client that polls: 202. */
enum http_next interact_done(struct http_request *rq, bool accepted);

#endif
