/* event_stream: the outbox as server-sent events (WHATWG HTML 9.2), for as long as a client
 * listens.
 *
 *	id: UUID
 *	event: outgoing_payment.created
 *	data: the body that a webhook has
 */
#ifndef FLORIN_ADMIN_EVENT_STREAM_H
#define FLORIN_ADMIN_EVENT_STREAM_H

#include "base/id.h"
#include "http/request.h"

/* Sends what comes behind this event; zero: from the first on. 503 where FEED_LISTENERS_MAX clients
 * listen already. */
enum http_next admin_event_stream(struct http_request *rq, const struct id *after);

#endif
