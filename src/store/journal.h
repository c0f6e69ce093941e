/* journal: the books as the operator reads them: accounts, and transfers in the order of their
 * numbers, which is that of their commits. Errors of store.h apply.
 */
#ifndef FLORIN_STORE_JOURNAL_H
#define FLORIN_STORE_JOURNAL_H

#include "store/store.h"

/* Open accounts in order of asset and kind; closed ones hold nothing. */
struct journal_filter {
	const struct account *after; /* the last one before; NULL: from the start */
	asset_id asset;              /* 0: any */
	const char *kind;            /* as of account_kind_name; NULL: any */
	size_t limit;                /* 1..LIMIT_PAGE_SIZE */
};
MUST_USE enum result store_journal_accounts(struct reader *r, struct arena *a,
        const struct journal_filter *f, struct account **out, size_t *count, bool *more);

/* A range of transfers, of which no more than JOURNAL_SCAN are looked at, so that a search for few
 * among many comes back: *next is where to go on, 0 at the end. */
#define JOURNAL_SCAN 20000
struct journal_range {
	int64_t from;       /* number of the first that may be given; 0: the oldest, or newest */
	bool back;          /* newest first */
	account_id account; /* 0: any */
	size_t limit;       /* 1..LIMIT_PAGE_SIZE */
};
MUST_USE enum result store_journal_transfers(struct reader *r, struct arena *a,
        const struct journal_range *f, struct transfer_row **out, size_t *count, int64_t *next);
/* The newest transfer's number; 0: there is none. */
MUST_USE enum result store_journal_end(struct reader *r, int64_t *out);

#endif
