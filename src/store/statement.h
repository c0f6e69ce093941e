/* statement: what a peer and we owe each other over some days, as both sides' books can say it.
 *
 * Packets of a direction are dated by their commit here; a packet on its way at midnight may count
 * on another day at the peer. Amounts in doubt are no part of the sums: they are listed beside
 * them. Common errors and arenas: store.h and batch.h.
 */
#ifndef FLORIN_STORE_STATEMENT_H
#define FLORIN_STORE_STATEMENT_H

#include "store/batch.h"

#define STATEMENT_DAY_MS   86400000LL
#define STATEMENT_ROWS_MAX 20000 /* days times sorts */
#define STATEMENT_FIRST    INT64_MIN

enum statement_sort {
	STATEMENT_PACKETS_OUT,     /* that the peer fulfilled: we owe it */
	STATEMENT_PACKETS_IN,      /* that we fulfilled: it owes us */
	STATEMENT_SETTLEMENTS_OUT, /* we paid; what an engine refused counts against it */
	STATEMENT_SETTLEMENTS_IN,  /* it paid */
	STATEMENT_SORTS
};

struct statement_row {
	int64_t day_ms; /* its midnight, UTC; STATEMENT_FIRST: all before the period */
	enum statement_sort sort;
	int64_t amount; /* smallest units; below zero where more was taken back than came */
};

struct peer_statement {
	struct statement_row *rows; /* by day, then sort; those before the period come first */
	size_t count;
	int64_t opening, closing; /* what we owed the peer; below zero it owed us */
	/* of the period's end, still to be decided */
	uint64_t they_may_owe, we_may_owe;
	uint64_t ordered; /* part of SETTLEMENTS_OUT that the engine has not answered */
};

/* The days from from_ms to before to_ms; both are midnights. Reads every transfer: not for a loop's
 * thread. Errors: THEIRS_TOO_BIG (more than STATEMENT_ROWS_MAX rows). */
MUST_USE enum result store_statement(struct reader *r, struct arena *a, account_id peer,
        int64_t from_ms, int64_t to_ms, struct peer_statement *out);

/* ---- reconciling ---- */

/* What the peer's books say, of all time: packets that it received from us, and that
 * it sent to us. */
struct reconcile {
	account_id peer;
	uint64_t received;
	const uint64_t *sent; /* NULL: not known */
};
struct reconciled {
	uint64_t admitted; /* of what we may have owed: credited to the peer */
	uint64_t denied;   /* the rest of it: it never arrived */
	uint64_t kept;     /* of what the peer may owe: its books agree that it does */
	uint64_t open;     /* of what the peer may owe: it has not admitted it */
};
/* Ends the doubts with a peer by its books. Who sent a packet admits what the other has received,
 * and who received it keeps its claim: so both sides may do it, in any order, and then agree. What
 * was admitted is taken from the oldest doubts first; the one that it reaches in part is divided.
 * At rest only: packets on their way look like doubts.
 * Errors: THEIRS_NOT_FOUND, THEIRS_EXPIRED (its books have received less than ours sent, or sent
 * more than ours received: older figures), THEIRS_STATE (a payment that is not over),
 * THEIRS_BAD_AMOUNT (they received more than ours have with all doubts), THEIRS_INSUFFICIENT (a
 * pool has too little for an exchange). */
MUST_USE enum result batch_reconcile(
        struct batch *b, const struct reconcile *in, struct reconciled *out);

#endif
