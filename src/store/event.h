/* event: the outbox: what happened, for the host of the node.
 *
 * An event is written in the transaction of its cause, so that it exists exactly when its cause
 * does, and it is never deleted. It has a constant id, and a sequence number of its resource (the
 * object that it is about), from 1 without gaps. Delivery (events/webhook.h) to an endpoint
 * (endpoint.h) takes one event of a resource at a time, in that order; the feed shows all in the
 * order of their commits.
 *
 * There is none for what happens once per packet, but where the host decides about each.
 */
#ifndef FLORIN_STORE_EVENT_H
#define FLORIN_STORE_EVENT_H

#include "store/store.h"

struct batch;

#define EVENT_DATA_MAX (2 * 1024 * 1024) /* bytes of data: the largest metadata fits */

/* Every kind of event; docs/events.md lists them by their names. */
enum event_type {
	EVENT_TYPE_OUTGOING_CREATED,
	EVENT_TYPE_OUTGOING_ATTEMPT_FAILED,
	EVENT_TYPE_OUTGOING_FUNDED,
	EVENT_TYPE_OUTGOING_COMPLETED,
	EVENT_TYPE_OUTGOING_FAILED,
	EVENT_TYPE_OUTGOING_CANCELLED,
	EVENT_TYPE_INCOMING_CREATED,
	EVENT_TYPE_INCOMING_COMPLETED,
	EVENT_TYPE_INCOMING_EXPIRED,
	EVENT_TYPE_INCOMING_PARTIAL,
	EVENT_TYPE_GRANT_FINALIZED,
	EVENT_TYPE_GRANT_REVOKED,
	EVENT_TYPE_WALLET_NOT_FOUND,
	EVENT_TYPE_WALLET_WEB_MONETIZATION,
	EVENT_TYPE_KEY_ADDED,
	EVENT_TYPE_KEY_REVOKED,
	EVENT_TYPE_ASSET_LIQUIDITY_LOW,
	EVENT_TYPE_ASSET_LIQUIDITY_HIGH,
	EVENT_TYPE_PEER_LIQUIDITY_LOW,
	EVENT_TYPE_PEER_LIQUIDITY_HIGH,
	EVENT_TYPE_PEER_DOWN,
	EVENT_TYPE_PEER_UP,
	EVENT_TYPE_SETTLEMENT_DUE,
	EVENT_TYPE_SETTLEMENT_RECEIVED,
	EVENT_TYPE_RATES_STALE,
	EVENT_TYPE_RATES_JUMP,
	EVENT_TYPE_WEBHOOK_DEAD_LETTER,
	EVENT_TYPES
};
const char *event_type_name(enum event_type t); /* "outgoing_payment.created" */
/* Errors: THEIRS_MALFORMED (none is called so). */
MUST_USE enum result event_type_parse(const char *name, enum event_type *out);

enum event_state {
	EVENT_WAITING,   /* one before it, of its resource, is not through */
	EVENT_PENDING,   /* to be delivered */
	EVENT_DELIVERED, /* the host took it */
	EVENT_PARKED,    /* given up; the operator may ask for it again */
};
const char *event_state_name(enum event_state s); /* "WAITING" */

struct event_row {
	struct id id;
	const char *type; /* "outgoing_payment.created" */
	struct id resource;
	uint64_t sequence;
	const char *data; /* JSON object */
	int64_t created_ms;
	/* Of its delivery to one endpoint; PENDING with next_ms 0 before it was
	 * given to that one. */
	int64_t since_ms; /* made, or asked for again */
	enum event_state state;
	unsigned attempts; /* since then, the present one included */
	int64_t next_ms;   /* PENDING: the next attempt */
	int status;        /* HTTP status of the last attempt; 0: no answer */
	const char *error; /* why it failed, "" where it did not */
	int64_t delivered_ms;
};

/* ---- in a batch (batch.h says which errors are common) ---- */

/* data_json: an object as one line, below EVENT_DATA_MAX bytes.
 * Errors: OURS_BUG (type or data is none). */
MUST_USE enum result batch_event_add(
        struct batch *b, const char *type, const struct id *resource, const char *data_json);

/* What is due to an endpoint and not held by another delivery, of what it was given
 * (batch_endpoint_give), at most max rows, held until now + lease_ms. *next_due_ms: when the next
 * will be, 0 where none is PENDING. Texts live in `a`. */
MUST_USE enum result batch_event_claim(struct batch *b, int64_t endpoint, int64_t lease_ms,
        struct arena *a, struct event_row *rows, size_t max, size_t *count, int64_t *next_due_ms);
/* What a process that died was delivering, to any endpoint, is due at once. */
MUST_USE enum result batch_event_take_over(struct batch *b);

struct event_end {
	struct id id;
	enum event_state state; /* DELIVERED, PARKED, or PENDING: again at retry_at_ms */
	int64_t retry_at_ms;
	int status;
	const char *error;
};
/* How one attempt ended. The next of its resource then has its turn, unless this one has it again.
 * That it is parked is an event of its own (webhook.dead_letter), of this event as its resource.
 * Errors: THEIRS_NOT_FOUND, THEIRS_STATE (not held by this process). */
MUST_USE enum result batch_event_end(struct batch *b, int64_t endpoint, const struct event_end *e);
/* After a time without answers somebody is there again: what had none is due at once. */
MUST_USE enum result batch_event_hasten(struct batch *b, int64_t endpoint);
/* The operator asks for an event again, whatever its state; one that waits for its next attempt is
 * due at once. Errors: THEIRS_NOT_FOUND (also: the endpoint was not given it). */
MUST_USE enum result batch_event_redeliver(struct batch *b, int64_t endpoint, const struct id *id);

/* ---- reading ---- */

/* As many are looked at for one page of a type: the page may be short, and is not the last one. */
#define EVENT_SCAN 10000

struct event_filter {
	const enum event_state *state; /* NULL: any */
	const struct id *resource;     /* NULL: any; not together with state */
	const enum event_type *type;   /* NULL: any */
	bool desc;                     /* the newest first */
};
/* With its delivery to the configured endpoint. Errors: THEIRS_NOT_FOUND. */
MUST_USE enum result store_event_get(
        struct reader *r, struct arena *a, const struct id *id, struct event_row *out);
/* In the order of the feed, or the other way round: those behind page->after; with their deliveries
 * to the configured endpoint, which `state` is of. *next: where the next page begins behind; zero
 * where there is none. Errors: THEIRS_NOT_FOUND (no event is called page->after). */
MUST_USE enum result store_event_list(struct reader *r, struct arena *a,
        const struct event_filter *f, const struct page *p, struct event_row **out, size_t *count,
        struct id *next);
/* Of what an endpoint was given. Errors: THEIRS_NOT_FOUND. */
MUST_USE enum result store_delivery_get(struct reader *r, struct arena *a, int64_t endpoint,
        const struct id *id, struct event_row *out);
/* f->resource is not used. Errors: as store_event_list. */
MUST_USE enum result store_delivery_list(struct reader *r, struct arena *a, int64_t endpoint,
        const struct event_filter *f, const struct page *p, struct event_row **out, size_t *count,
        struct id *next);
/* The newest event; a zero id where there is none. */
MUST_USE enum result store_event_newest(struct reader *r, struct id *out);

#endif
