/* list: pages of a wallet's resources, newest first, in both directions.
 *
 * The order is that of the ids, which begin with the time they were made at; a page begins behind
 * the row that the cursor names, so rows that arrive meanwhile move nothing. The statements are
 * given by whoever owns the table; each takes ?1 wallet, ?2 client, ?3 id, ?4 limit and may leave
 * some unused. Spec: Open Payments, pagination.
 */
#ifndef FLORIN_STORE_LIST_H
#define FLORIN_STORE_LIST_H

#include "store/store.h"

struct list_query {
	account_id wallet;  /* 0: of every wallet */
	const char *client; /* only what this client made; NULL: all */
	struct id cursor;   /* zero: none: from the newest on, or with `newer` from the oldest */
	bool newer;         /* what is newer than the cursor; else what is older */
	size_t limit;       /* 1..LIMIT_PAGE_SIZE */
};

struct list_edges {
	bool older; /* there are rows behind the last one of the page */
	bool newer; /* there are rows before its first one */
};

/* Payments of both directions: the ids of a page, at most LIMIT_PAGE_SIZE. q->client is not used.
 * Errors: THEIRS_NOT_FOUND (cursor). */
MUST_USE enum result store_payments_list(struct reader *r, const struct list_query *q,
        struct id *ids, size_t *count, struct list_edges *edges);

#endif
