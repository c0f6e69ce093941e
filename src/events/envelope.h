/* envelope: an event as the host gets it, by webhook and by feed, and its signature.
 *
 *	{"id":UUID,"type":"outgoing_payment.created","createdAt":TIME,"sequence":1,"data":{...}}
 */
#ifndef FLORIN_EVENTS_ENVELOPE_H
#define FLORIN_EVENTS_ENVELOPE_H

#include "base/arena.h"
#include "base/bytes.h"
#include "store/event.h"

/* The same bytes each time. In the arena, and followed by a NUL; .p is NULL where memory is out. */
struct bytes event_envelope(const struct event_row *e, struct arena *a);

/* The value of Florin-Signature: "t=UNIX, v1=HEX" with HEX = HMAC-SHA256 of "t.id.body", one v1 for
 * each of at most EVENT_SECRETS_MAX blank-separated secrets, so that one can follow another. */
#define EVENT_SECRETS_MAX    2
#define EVENT_SIGNATURE_SIZE 200
/* Errors: OURS_CONFIG (no secret, or too many), OURS_MEMORY. */
MUST_USE enum result event_sign(const char *secrets, int64_t unix_s, const struct id *id,
        struct bytes body, struct arena *a, char out[EVENT_SIGNATURE_SIZE]);

#endif
