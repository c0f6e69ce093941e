/* cash: deposits and withdrawals that account holders ask for (model/cash.h).
 *
 * A withdrawal's money is set aside when it is asked for, as a withdrawal in two phases of the same
 * id (withdrawal.h) with the same end: whatever ends the one ends the other, in the same
 * transaction. A deposit moves nothing before its approval, which makes a movement of the same id.
 * Errors of store.h and batch.h apply; each verb names its others.
 */
#ifndef FLORIN_STORE_CASH_H
#define FLORIN_STORE_CASH_H

#include "model/cash.h"
#include "store/batch.h"

#define CASH_LIFE_MS  (14 * 86400000LL) /* it waits so long for an answer */
#define CASH_OPEN_MAX 5                 /* of a wallet, that wait for one */
#define CASH_DAY_MAX  20                /* of a wallet, made in any 24 hours */

struct cash_row {
	int64_t key;
	struct id id;
	account_id account; /* wallet */
	asset_id asset;
	enum cash_kind kind;
	uint64_t amount;
	const char *note;      /* the holder's; "" */
	enum cash_state state; /* as written: ask cash_state_at what it is now */
	const char *answer;    /* the operator's words; "" */
	int64_t created_ms;
	int64_t expires_ms;
	int64_t ended_ms; /* 0: not yet */
};

/* Texts live in `a`. Errors: THEIRS_NOT_FOUND. */
MUST_USE enum result store_cash_get(
        struct reader *r, struct arena *a, const struct id *id, struct cash_row *out);
/* Newest first; open: those that wait for an answer alone, by what is written. */
MUST_USE enum result store_cash_list(struct reader *r, struct arena *a, bool open,
        const struct page *p, struct cash_row **out, size_t *count, bool *more);
/* The newest of a wallet, at most limit. */
MUST_USE enum result store_cash_of_wallet(struct reader *r, struct arena *a, account_id wallet,
        size_t limit, struct cash_row **out, size_t *count);
/* Whether the time of a deposit's has passed. */
MUST_USE enum result store_cash_due(struct reader *r, int64_t now_ms, bool *due);

struct cash_new {
	struct id id; /* chosen by the caller, once: the same id asks once */
	account_id account;
	enum cash_kind kind;
	uint64_t amount;
	const char *note; /* of a withdrawal: not "" */
};
/* The same again is the request that is there, whatever became of it. Texts of *out live in the
 * batch. Errors: THEIRS_BAD_AMOUNT, THEIRS_TOO_BIG, THEIRS_MALFORMED (the note), THEIRS_CONFLICT
 * (the id is another's), THEIRS_NOT_FOUND, THEIRS_BAD_TYPE (no wallet), THEIRS_STATE (closed),
 * THEIRS_REFUSED (CASH_OPEN_MAX wait already, or CASH_DAY_MAX were made of late),
 * THEIRS_INSUFFICIENT. */
MUST_USE enum result batch_cash_add(
        struct batch *b, const struct cash_new *n, struct cash_row *out);
/* Ends one as `to`: with APPROVED the money moves. answer: the operator's words, "" for none.
 * Errors: THEIRS_TOO_BIG, THEIRS_MALFORMED (the answer), THEIRS_NOT_FOUND; those of cash_end;
 * THEIRS_CONFLICT (the id of a deposit was used for another movement); of a deposit those of
 * batch_move. */
MUST_USE enum result batch_cash_end(struct batch *b, const struct id *id, enum cash_state to,
        const char *answer, struct cash_row *out);
/* Ends the deposits whose time has passed, at most CASH_EXPIRE_MAX. *more: there are others. */
#define CASH_EXPIRE_MAX 256
MUST_USE enum result batch_cash_expire(struct batch *b, size_t *expired, bool *more);

/* ---- for the store's other verbs ---- */

/* Errors: THEIRS_CONFLICT (there is a request of this id). */
MUST_USE enum result batch_cash_none(struct batch *b, const struct id *id);
/* The withdrawal of this id has ended: so has the request that it is of, if it is of one. */
MUST_USE enum result batch_cash_follow(struct batch *b, const struct id *id, enum cash_state to);

#endif
