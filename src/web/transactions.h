/* transactions: the payments of all of the holder's wallets, filtered, newest first.
 *
 * The filter is the query, so that an address can be kept or shared: wallet, type, status, from and
 * to (days), text. A page is at most TRANSACTIONS_PAGE rows; `after` names the place behind the
 * last row that was looked at. A page looks at no more than TRANSACTIONS_LOOK payments: where few
 * among many are wanted it says so, and how to go on.
 */
#ifndef FLORIN_WEB_TRANSACTIONS_H
#define FLORIN_WEB_TRANSACTIONS_H

#include "web/activity.h"

#define TRANSACTIONS_PAGE 25
#define TRANSACTIONS_LOOK 1000

struct transaction_filter {
	const struct wallet_row *wallet; /* NULL: every one of the holder's */
	/* 1 << enum activity_kind, of each that is shown. */
	unsigned kinds;
	const char *status;     /* of activity_state, in lower case; "": any */
	int64_t from_ms, to_ms; /* made in [from, to); 0: no such bound */
	const char *text;       /* in name, address, description, receiver or id; "": any */
	/* As typed, for the form and for links. */
	const char *wallet_name, *type, *from, *to;
};

/* The filter of the query. *problem: what a person did wrong, "" for nothing; such a part is passed
 * over. Errors: THEIRS_NOT_FOUND (somebody else's wallet; no reply is set). */
MUST_USE enum result transaction_filter_read(struct http_request *rq, const struct holder *h,
        struct transaction_filter *out, const char **problem);
bool transaction_matches(
        const struct transaction_filter *f, const struct activity *p, int64_t now_ms);

/* A walk through the list. */
struct transaction_walk {
	const struct holder *holder;
	const struct transaction_filter *filter;
	account_id wallets[USER_WALLETS_MAX];
	size_t wallet_count;
	struct holder_place place; /* behind what was looked at */
	struct holder_entry entries[LIMIT_PAGE_SIZE];
	size_t count, next;
	bool over; /* there is nothing more */
};

void transaction_walk_init(struct transaction_walk *w, const struct holder *h,
        const struct transaction_filter *f, const struct holder_place *after);
/* The next one that the filter lets through, after looking at most at *looks payments, of which it
 * takes off what it looked at. False: over, or *looks is 0. Texts live in `memory`, which is
 * cleared first. Errors: those of a read. */
MUST_USE enum result transaction_walk_next(struct http_request *rq, struct transaction_walk *w,
        size_t *looks, struct arena *memory, bool *found, struct activity *out);

/* GET /wallet/payments. */
http_handler transactions_get;

#endif
