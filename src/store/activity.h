/* activity: what happened of late, for those who look after the node. Errors of store.h apply. */
#ifndef FLORIN_STORE_ACTIVITY_H
#define FLORIN_STORE_ACTIVITY_H

#include "store/event.h"
#include "store/store.h"

#define ACTIVITY_ROWS_MAX 5000 /* the newest of each direction; older ones are left out */

/* A payment, of either direction. */
struct activity_row {
	bool incoming;
	enum payment_state state; /* of an outgoing one */
	asset_id asset;
	uint64_t amount; /* sent, or received */
	int64_t created_ms;
	int64_t finished_ms; /* of an outgoing one; 0: not over */
	const char *error;   /* of an outgoing one; "" for none */
};
/* Made since then, outgoing ones first, newest first; of the incoming ones those that were paid.
 * `limit` of each are looked at, up to ACTIVITY_ROWS_MAX; *cut: there may be more. */
MUST_USE enum result store_activity(struct reader *r, struct arena *a, int64_t since_ms,
        size_t limit, struct activity_row **out, size_t *count, bool *cut);

/* Events that the host has not taken. */
struct event_backlog {
	uint64_t waiting, pending, parked;
	int64_t oldest_ms; /* when the oldest that is not parked was made; 0: there is none */
};
MUST_USE enum result store_event_backlog(struct reader *r, struct event_backlog *out);

#endif
