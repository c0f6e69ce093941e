/* notices: what happened to the holder's wallets and account (store/notice.h): the list, live, with
 * a mark at what is new; and which of it they want to be told of.
 */
#ifndef FLORIN_WEB_NOTICES_H
#define FLORIN_WEB_NOTICES_H

#include "http/request.h"
#include "web/holder.h"

/* GET /wallet/notices, ?before=NUMBER for older ones; its stream. */
http_handler notices_get, notices_live;
/* POST /wallet/notices/seen: of those up to `newest` none is new any more. */
http_handler notices_seen;
/* POST /wallet/settings/notices: the topics whose boxes are ticked. */
http_handler notices_choose;

/* For the form of the settings: [{"name","label","chosen"}]; NULL: a failed read. */
json_t *notices_topics_json(struct http_request *rq, const struct holder *h);

#endif
