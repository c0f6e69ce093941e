/* settlement: the terms of settling with a peer, the settlements there were, and the calls to its
 * settlement engine that are still to be made.
 *
 * Three ways lead to a settlement, each booked in the transaction that writes its row:
 * - the operator records what moved elsewhere (batch_move);
 * - one is ordered at the peer's engine (batch_settlement_order): the peer's account is debited at
 *   once, and a call to the engine queued in the same transaction, which is repeated with the same
 *   Idempotency-Key until it is answered; an engine that refuses gives the money back;
 * - the engine says that it received one (batch_settlement_take): by its own Idempotency-Key, which
 *   is never forgotten, it is booked once.
 *
 * What is due is told where a peer's balance is written (settlement.due). Common errors and arenas:
 * store.h and batch.h. Spec: RFC 0038; Interledger, settlement engines
 */
#ifndef FLORIN_STORE_SETTLEMENT_H
#define FLORIN_STORE_SETTLEMENT_H

#include "model/settlement.h"
#include "store/batch.h"

#define SETTLEMENT_KEY_MAX       255 /* bytes of an engine's Idempotency-Key */
#define SETTLEMENT_REFERENCE_MAX 140 /* characters */
#define SETTLEMENT_URL_MAX       512 /* of an engine */
#define SETTLEMENT_TOKEN_MAX     255
/* An engine that refused is not asked again on our own account before this. */
#define SETTLEMENT_REFUSED_PAUSE_MS (15 * 60 * 1000LL)
/* The same where the ledger did not allow it: money in flight comes and goes. */
#define SETTLEMENT_BUSY_PAUSE_MS 10000

/* ---- terms ---- */

struct settlement_terms_row {
	struct settlement_terms terms;
	enum settlement_side told;
	const char *engine; /* base URL, no trailing slash; "" for none */
	bool token;         /* it has one */
	struct settlement_quantity leftover;
	int64_t order_after_ms;
};
/* Where none were ever set: all zero, engine "". */
MUST_USE enum result store_settlement_terms(
        struct reader *r, struct arena *a, account_id peer, struct settlement_terms_row *out);
/* SHA-256 of the token that the peer's engine shows us. Errors: THEIRS_NOT_FOUND (it has no engine,
 * or no token: nobody may call). */
MUST_USE enum result store_settlement_token(struct reader *r, account_id peer, uint8_t hash[32]);

/* Its engine's base URL, and the token for calls to it, "" for none; secret.
 * Errors: THEIRS_NOT_FOUND (it has no engine). */
MUST_USE enum result store_settlement_engine(struct reader *r, struct arena *a,
        const struct id *peer, account_id account, const char **engine, const char **token);

/* What is not set stays. */
struct settlement_change {
	struct settlement_terms terms;
	bool sets_pays, sets_pay_at, sets_pay_to, sets_claim;
	const char *engine; /* NULL: as it is; "": none */
	const char *token;  /* the same */
};
/* A new engine is told of the account, and the one before that it is closed; what was ordered there
 * stays ordered there. Errors: THEIRS_NOT_FOUND (no such peer), THEIRS_BAD_AMOUNT (terms that do
 * not fit), THEIRS_MALFORMED (a text is too long). */
MUST_USE enum result batch_settlement_set(
        struct batch *b, const struct id *peer, const struct settlement_change *c);
/* A peer goes: its engine is told. Errors: THEIRS_STATE (an order is not answered). */
MUST_USE enum result batch_settlement_leave(struct batch *b, account_id peer);
/* Says what is due, where that is news; called where an account's balance is written. */
MUST_USE enum result batch_settlement_check(struct batch *b, const struct account *a);

/* ---- settlements ---- */

enum settlement_state {
	SETTLEMENT_ORDERED,   /* the engine has not answered */
	SETTLEMENT_DONE,      /* it took it, or nobody is asked */
	SETTLEMENT_TAKEN_BACK /* the engine does not pay it: taken back */
};
const char *settlement_state_name(enum settlement_state s); /* "ORDERED" */

struct settlement_row {
	struct id id; /* of its movement, where one booked it */
	bool received;
	bool by_engine;
	enum settlement_state state;
	uint64_t amount;        /* units of the peer's asset */
	const char *reference;  /* "" for none */
	const char *engine_key; /* of one that an engine received, else "" */
	const char *quantity;   /* what it said, and what is left; "" for others */
	unsigned quantity_scale;
	const char *leftover;
	unsigned leftover_scale;
	int64_t created_ms;
	int64_t ended_ms; /* 0: ordered */
	/* of an order */
	unsigned attempts;
	int64_t next_ms; /* of one that is not answered */
	int status;      /* of the last answer; 0: none */
	const char *error;
};
/* Newest first. */
MUST_USE enum result store_settlement_list(struct reader *r, struct arena *a, account_id peer,
        const struct page *p, struct settlement_row **out, size_t *count, bool *more);

/* Orders `amount` at the peer's engine, now. The id is chosen by the caller, once. *repeated: the
 * id was used before for the same. Errors: THEIRS_BAD_AMOUNT, THEIRS_CONFLICT, THEIRS_NOT_FOUND,
 * THEIRS_STATE (it has no engine, or is closed), THEIRS_INSUFFICIENT. */
MUST_USE enum result batch_settlement_order(struct batch *b, const struct id *id, account_id peer,
        uint64_t amount, const char *reference, bool *repeated);
/* Orders what is due, at every engine. *next_ms: when it is to be looked again, 0: not before the
 * next settlement.due. */
MUST_USE enum result batch_settlement_order_due(struct batch *b, int64_t *next_ms);

struct settlement_in {
	account_id peer;
	const char *key;     /* the engine's Idempotency-Key */
	const uint8_t *hash; /* of its request, 32 bytes */
	struct settlement_quantity quantity;
};
/* Credits what makes whole units and keeps the rest. *out is the row, the earlier one where the key
 * is known. Errors: THEIRS_CONFLICT (the key is known for another request), THEIRS_BAD_AMOUNT (too
 * much), THEIRS_NOT_FOUND (no such peer), THEIRS_STATE (closed), THEIRS_INSUFFICIENT (the account
 * can't hold it). */
MUST_USE enum result batch_settlement_take(struct batch *b, const struct settlement_in *in,
        struct arena *a, struct settlement_row *out);

/* An order that its engine does not answer, or with what only a person understands: found out to be
 * paid, or not, which takes it back. Errors: THEIRS_NOT_FOUND (no order of this peer), THEIRS_STATE
 * (it is over, or a call is on its way now). */
MUST_USE enum result batch_settlement_decide(
        struct batch *b, account_id peer, const struct id *id, bool paid);

/* ---- calls to engines ---- */

enum engine_call_kind { ENGINE_CALL_OPEN, ENGINE_CALL_SETTLE, ENGINE_CALL_CLOSE };

struct engine_call {
	int64_t key;
	enum engine_call_kind kind;
	struct id peer;       /* the account's name at the engine */
	const char *engine;   /* base URL */
	const char *token;    /* "" for none; secret: the arena's owner wipes it */
	struct id settlement; /* SETTLE: also the Idempotency-Key */
	uint64_t amount;
	unsigned scale;
	unsigned attempts; /* this one included */
};
/* The next call that is due, held by this process until its end; one at a time for each peer at
 * each engine. *found is false where there is none, and *next_ms then when the next is due, 0:
 * never. */
MUST_USE enum result batch_engine_claim(
        struct batch *b, struct arena *a, struct engine_call *out, bool *found, int64_t *next_ms);
/* What a process that died was calling is called again. */
MUST_USE enum result batch_engine_take_over(struct batch *b);

struct engine_end {
	int64_t key;
	enum settlement_answer answer; /* AGAIN and NO_ACCOUNT: not before next_ms */
	int64_t next_ms;
	int status;
	const char *error;
	bool unanswered; /* an order that may have arrived, and nothing is known of it */
};
/* How an attempt ended. A refused order gives the peer its money back, and rests its engine; one of
 * which an earlier attempt was not answered stays, and is tried again.
 * Errors: THEIRS_NOT_FOUND (not held by this process). */
MUST_USE enum result batch_engine_end(struct batch *b, const struct engine_end *e);

#endif
