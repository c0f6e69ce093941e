/* incoming: incoming payments in the store. The money itself arrives by batch_credit and
 * batch_payment_create, which apply the rules of model/incoming_payment.h in their transaction.
 * Common errors as in store.h and batch.h.
 */
#ifndef FLORIN_STORE_INCOMING_H
#define FLORIN_STORE_INCOMING_H

#include "model/incoming_payment.h"
#include "store/batch.h"
#include "store/list.h"

struct incoming_row {
	struct id id;
	int64_t key; /* names it in struct credit and struct quote_row */
	account_id wallet;
	const char *client; /* who made it; "" for the operator */
	int64_t grant;      /* under which grant; 0 for the operator */
	struct incoming_terms terms;
	const char *metadata; /* JSON object, "" for none */
	int64_t created_ms;
	int64_t finished_ms; /* completed, or found to have expired; 0: not yet */
	/* what the host decided; 0: nothing */
	int64_t approved_ms;
	int64_t cancelled_ms;
	const char *cancel_reason; /* "" for none */
};

/* ---- reading ---- */
/* The state is as written: ask incoming_state_at what it is now. Errors: THEIRS_NOT_FOUND. */
MUST_USE enum result store_incoming_get(
        struct reader *r, struct arena *a, const struct id *id, struct incoming_row *out);
/* Errors: THEIRS_NOT_FOUND (no such cursor in this list). */
MUST_USE enum result store_incoming_list(struct reader *r, struct arena *a,
        const struct list_query *q, struct incoming_row **out, size_t *count,
        struct list_edges *edges);
/* Its ledger lines, oldest first, at most LIMIT_PAGE_SIZE. */
MUST_USE enum result store_incoming_transfers(
        struct reader *r, struct arena *a, int64_t key, struct transfer_row **out, size_t *count);

/* Whether the time of an open one has passed. */
MUST_USE enum result store_incoming_due(struct reader *r, int64_t now_ms, bool *due);

/* ---- changing ---- */
struct incoming_new {
	account_id wallet;
	const char *client;   /* NULL: the operator */
	int64_t grant;        /* 0: none */
	uint64_t amount;      /* 0: any */
	unsigned slack_bps;   /* for its excess_max */
	const char *metadata; /* NULL: none */
	int64_t expires_ms;   /* of incoming_expiry */
};
/* Texts of *out are those of *n. Errors: THEIRS_NOT_FOUND, THEIRS_BAD_TYPE (not a wallet),
 * THEIRS_STATE (closed or inactive), THEIRS_BAD_AMOUNT (above 2^63-1). */
MUST_USE enum result batch_incoming_add(
        struct batch *b, const struct incoming_new *n, struct incoming_row *out);
/* It takes no more. Errors: THEIRS_NOT_FOUND, THEIRS_STATE (completed before, or expired). */
MUST_USE enum result batch_incoming_complete(
        struct batch *b, const struct id *id, struct arena *a, struct incoming_row *out);
/* Errors: THEIRS_NOT_FOUND. */
MUST_USE enum result batch_incoming_set_metadata(struct batch *b, const struct id *id,
        const char *metadata, struct arena *a, struct incoming_row *out);
/* As of incoming_approve. Errors: THEIRS_NOT_FOUND, THEIRS_STATE. */
MUST_USE enum result batch_incoming_approve(
        struct batch *b, const struct id *id, struct arena *a, struct incoming_row *out);
/* As of incoming_cancel; reason: one line, "" for none. Errors: THEIRS_NOT_FOUND, THEIRS_STATE,
 * THEIRS_MALFORMED (the reason), THEIRS_TOO_BIG (above INCOMING_REASON_MAX bytes). */
#define INCOMING_REASON_MAX 512
MUST_USE enum result batch_incoming_cancel(struct batch *b, const struct id *id, const char *reason,
        struct arena *a, struct incoming_row *out);
/* A packet of money for an incoming payment that the host is to decide about. */
struct incoming_partial {
	const struct credit *credit; /* what it would bring */
	int64_t decide_by_ms;        /* wall: asked no more then */
	struct bytes
	        data;     /* what its sender says, at most LIMIT_PARTIAL_DATA_BYTES; may be empty */
	bool data_is_cut; /* there was more of it */
	struct id id;
};
/* The event that asks the host; no money moves. Errors: THEIRS_EXPIRED (it is too late to ask), and
 * those of batch_credit that the incoming payment is the reason of. */
MUST_USE enum result batch_incoming_ask(struct batch *b, const struct incoming_partial *p);
/* Writes down which payments have expired, at most INCOMING_EXPIRE_MAX of them. *next_ms: when to
 * call again; 0: nothing is open. */
#define INCOMING_EXPIRE_MAX 256
MUST_USE enum result batch_incoming_expire(struct batch *b, size_t *expired, int64_t *next_ms);

#endif
