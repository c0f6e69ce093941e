/* webhook: delivers the outbox (store/event.h) to the host's endpoints (store/endpoint.h).
 *
 * At least once, with a constant id, one event of a resource at a time and in their order; an event
 * that an endpoint does not take is tried again with growing gaps, and parked when it has been
 * tried for long enough. 2xx is taken; anything else, a redirect too, is not. Endpoints don't wait
 * for each other.
 *
 * Lives on the outbound thread, next to the payments. What it works on is held by a lease in the
 * store, so that another process does not send it at the same time, and a kill loses nothing.
 * Failpoint: hook.after_200 (the host took it, and we have not written that down).
 */
#ifndef FLORIN_EVENTS_WEBHOOK_H
#define FLORIN_EVENTS_WEBHOOK_H

#include "base/env.h"
#include "net/outbound.h"
#include "store/writer.h"

struct webhook;

struct webhook_options {
	/* of the configured endpoint */
	const char *url;    /* checked as one that the operator set; NULL: it is told nothing */
	const char *secret; /* see event_sign */
	int64_t timeout_ms; /* of one attempt */
	int64_t keep_ms;    /* parked when an attempt fails after this time */
	const struct env *env;
	struct writer *writer;     /* not started yet: it wakes this one */
	struct outbound *outbound; /* not started yet */
};

#define WEBHOOK_IN_FLIGHT_MAX 8 /* deliveries to one endpoint at a time */
#define WEBHOOK_GAP_FIRST_MS  5000
#define WEBHOOK_GAP_MAX_MS    (6 * 3600 * 1000LL)

/* How long after the n-th failed attempt (from 1) the next one comes. */
int64_t webhook_gap_ms(unsigned attempts);

/* Borrows the options' texts and objects until webhook_free.
 * Errors: OURS_CONFIG (a URL and no secret, or too many), OURS_MEMORY. */
MUST_USE enum result webhook_new(const struct webhook_options *options, struct webhook **out);
/* Of the configured endpoint; NULL: none, or no webhook. Any thread. */
const char *webhook_url(const struct webhook *w);
/* After outbound_stop. */
void webhook_free(struct webhook *w);
/* From any thread: there may be something to do. Once after the start, and after a change of the
 * endpoints; of events it knows by itself. */
void webhook_wake(struct webhook *w);

#endif
