/* outbound_host: who gets at most so many requests at a time: the hosts that requests by URL go to,
 * and targets.
 *
 * Private to outbound and its thread. A host exists while a request runs or waits for it.
 */
#ifndef FLORIN_NET_OUTBOUND_HOST_H
#define FLORIN_NET_OUTBOUND_HOST_H

#include "net/url_guard.h"

#define HOST_BUCKETS 256
#define HOST_KEY_MAX (URL_HOST_MAX + 8)

struct outbound_request;

struct outbound_queue {
	size_t in_flight; /* running and waiting */
	size_t running;
	struct outbound_request *first, *last; /* waiting */
};

struct outbound_host {
	struct outbound_host *next; /* of its bucket */
	struct outbound_queue queue;
	unsigned bucket;
	char key[HOST_KEY_MAX + 1];
};

struct outbound_hosts {
	struct outbound_host *buckets[HOST_BUCKETS];
};

/* The host and port of a URL, made where there was none; NULL without memory. */
struct outbound_host *outbound_host_get(
        struct outbound_hosts *hosts, const struct url_parts *parts);
/* Frees it unless a request runs or waits. */
void outbound_host_drop_if_unused(struct outbound_hosts *hosts, struct outbound_host *h);
/* At the end of those that wait; and out again, from any place. */
void outbound_queue_wait(struct outbound_queue *q, struct outbound_request *rq);
void outbound_queue_unwait(struct outbound_queue *q, struct outbound_request *rq);

#endif
