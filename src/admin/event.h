/* event: what the feed and the endpoints' deliveries share. */
#ifndef FLORIN_ADMIN_EVENT_H
#define FLORIN_ADMIN_EVENT_H

#include <jansson.h>
#include <stdbool.h>

#include "http/request.h"
#include "store/event.h"

/* The same members as the host gets, and with_delivery `delivery`. NULL: no memory. */
json_t *admin_event_json(const struct event_row *e, bool with_delivery);
/* Of the query: state, type and order. */
struct admin_event_wanted {
	struct event_filter filter; /* points to what stands below */
	enum event_state state;
	enum event_type type;
};
/* On an error the reply is set. Errors: THEIRS_MALFORMED. */
MUST_USE enum result admin_event_wanted_read(
        struct http_request *rq, struct admin_event_wanted *out);
/* The endpoint is told of the event again; `then` answers. Parks the request. */
enum http_next admin_event_again(
        struct http_request *rq, int64_t endpoint, const struct id *id, http_handler *then);

#endif
