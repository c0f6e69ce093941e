/* holder: what an account holder's pages list: the payments of all of their wallets as one list,
 * and what was paid under a grant. Common errors and arenas: store.h.
 */
#ifndef FLORIN_STORE_HOLDER_H
#define FLORIN_STORE_HOLDER_H

#include "store/store.h"

/* A place in the list, which is in order of creation, newest first. */
struct holder_place {
	int64_t created_ms;
	struct id id;
};
/* Before the newest. */
#define HOLDER_PLACE_FIRST                                                                         \
	((struct holder_place){INT64_MAX, {{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,  \
	                                          0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}}})

enum holder_entry_kind {
	HOLDER_OUTGOING,
	HOLDER_INCOMING,
	HOLDER_DEPOSIT, /* by the operator, as the next one */
	HOLDER_WITHDRAWAL
};

struct holder_entry {
	struct holder_place place; /* id: of the payment or movement */
	enum holder_entry_kind kind;
	account_id wallet;
	uint64_t amount; /* of a movement */
};

/* Payments of both directions of these wallets, and what was moved in and out, behind `after`; rows
 * that arrive meanwhile move nothing. limit: 1..LIMIT_PAGE_SIZE; out holds as many. */
MUST_USE enum result store_holder_payments(struct reader *r, const account_id *wallets, size_t n,
        const struct holder_place *after, size_t limit, struct holder_entry *out, size_t *count);

/* The payment that was made of a quote. Errors: THEIRS_NOT_FOUND. */
MUST_USE enum result store_payment_of_quote(
        struct reader *r, const struct id *quote, struct id *out);

/* Payments made under a grant, newest first, that are older than the payment of this account (0:
 * the newest). limit as above. */
MUST_USE enum result store_grant_payments(struct reader *r, int64_t grant, account_id before,
        size_t limit, struct id *out, size_t *count);

#endif
