#include "net/outbound_host.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "net/outbound.h"

static unsigned bucket_of(const char *key)
{
	uint32_t h = 2166136261u;

	for (; *key; key++)
		h = (h ^ (uint8_t)*key) * 16777619u;
	return h % HOST_BUCKETS;
}

struct outbound_host *outbound_host_get(struct outbound_hosts *hosts, const struct url_parts *parts)
{
	char key[HOST_KEY_MAX + 1];
	struct outbound_host *h;
	unsigned bucket;

	snprintf(key, sizeof(key), "%s:%u", parts->host, (unsigned)parts->port);
	bucket = bucket_of(key);
	for (h = hosts->buckets[bucket]; h; h = h->next) {
		if (strcmp(h->key, key) == 0)
			return h;
	}
	h = calloc(1, sizeof(*h));
	if (!h)
		return NULL;
	memcpy(h->key, key, sizeof(key));
	h->bucket = bucket;
	h->next = hosts->buckets[bucket];
	hosts->buckets[bucket] = h;
	return h;
}

void outbound_host_drop_if_unused(struct outbound_hosts *hosts, struct outbound_host *h)
{
	struct outbound_host **at = &hosts->buckets[h->bucket];

	if (h->queue.running || h->queue.first)
		return;
	while (*at != h)
		at = &(*at)->next;
	*at = h->next;
	free(h);
}

void outbound_queue_wait(struct outbound_queue *q, struct outbound_request *rq)
{
	rq->previous = q->last;
	rq->next = NULL;
	if (q->last)
		q->last->next = rq;
	else
		q->first = rq;
	q->last = rq;
}

void outbound_queue_unwait(struct outbound_queue *q, struct outbound_request *rq)
{
	if (rq->previous)
		rq->previous->next = rq->next;
	else
		q->first = rq->next;
	if (rq->next)
		rq->next->previous = rq->previous;
	else
		q->last = rq->previous;
}
