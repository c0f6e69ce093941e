/* withdrawal: withdrawals in two phases (model/withdrawal.h). The amount is a pending transfer from
 * the account to the outside; it moves when the withdrawal is posted, and is free again when it is
 * void or expired. Errors of store.h and batch.h apply; each verb names its others.
 */
#ifndef FLORIN_STORE_WITHDRAWAL_H
#define FLORIN_STORE_WITHDRAWAL_H

#include "model/withdrawal.h"
#include "store/batch.h"

struct withdrawal_row {
	int64_t key;
	struct id id;
	account_id account; /* wallet, asset pool or peer */
	enum account_kind kind;
	asset_id asset;
	uint64_t amount;
	int64_t group;
	enum withdrawal_state state; /* as written: ask withdrawal_state_at what it is now */
	int64_t created_ms;
	int64_t expires_ms;
	int64_t ended_ms; /* 0: not yet */
};

/* Errors: THEIRS_NOT_FOUND. */
MUST_USE enum result store_withdrawal_get(
        struct reader *r, const struct id *id, struct withdrawal_row *out);
/* Newest first. */
MUST_USE enum result store_withdrawal_list(struct reader *r, struct arena *a, const struct page *p,
        struct withdrawal_row **out, size_t *count, bool *more);
/* Whether the time of a pending one has passed. */
MUST_USE enum result store_withdrawal_due(struct reader *r, int64_t now_ms, bool *due);

struct withdrawal_new {
	struct id id; /* chosen by the caller, once: the same id sets aside once */
	account_id account;
	uint64_t amount;
	int64_t life_ms; /* above 0 */
};
/* The same again is the withdrawal that is there, whatever became of it. Errors: THEIRS_BAD_AMOUNT,
 * THEIRS_CONFLICT (the id is another's), THEIRS_NOT_FOUND, THEIRS_BAD_TYPE (the account is of
 * another kind), THEIRS_STATE (closed), THEIRS_INSUFFICIENT. */
MUST_USE enum result batch_withdrawal_add(
        struct batch *b, const struct withdrawal_new *n, struct withdrawal_row *out);
/* Errors: THEIRS_NOT_FOUND; those of withdrawal_end. */
MUST_USE enum result batch_withdrawal_end(
        struct batch *b, const struct id *id, enum withdrawal_state to, struct withdrawal_row *out);
/* The withdrawal of this id, which follows in the same transaction, takes `amount` of what an
 * incoming payment (by its key) has brought to its wallet, less its fee and what was withdrawn of
 * it before. The same again is no other. Errors: THEIRS_NOT_FOUND, THEIRS_BAD_AMOUNT (0),
 * THEIRS_INSUFFICIENT, THEIRS_CONFLICT (the id is that of another). */
MUST_USE enum result batch_incoming_withdraw(
        struct batch *b, int64_t incoming, const struct id *id, uint64_t amount);
/* Gives back those whose time has passed, at most WITHDRAWAL_EXPIRE_MAX of them. *more: there are
 * others. */
#define WITHDRAWAL_EXPIRE_MAX 256
MUST_USE enum result batch_withdrawal_expire(struct batch *b, size_t *expired, bool *more);
/* Errors: THEIRS_CONFLICT (there is a withdrawal of this id). */
MUST_USE enum result batch_withdrawal_none(struct batch *b, const struct id *id);

#endif
