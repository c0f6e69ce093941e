/* outgoing_wait: holds a request until an outgoing payment has moved, so that a client that follows
 * one needs no short poll. */
#ifndef FLORIN_ADMIN_OUTGOING_WAIT_H
#define FLORIN_ADMIN_OUTGOING_WAIT_H

#include "http/request.h"
#include "store/store.h"

#define OUTGOING_WAIT_MAX_MS  10000
#define OUTGOING_WAIT_STEP_MS 50 /* between two looks */

/* Parks the request. `then` runs when the payment differs from `seen`, after wait_ms, or at once
 * where the node stops. */
enum http_next admin_outgoing_wait(struct http_request *rq, const struct payment_row *seen,
        int64_t wait_ms, http_handler *then);

#endif
