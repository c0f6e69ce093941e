/* activity: a payment of the holder's, of either direction, as the pages show it. */
#ifndef FLORIN_WEB_ACTIVITY_H
#define FLORIN_WEB_ACTIVITY_H

#include <jansson.h>

#include "store/holder.h"
#include "store/incoming.h"
#include "web/holder.h"

enum activity_kind {
	ACTIVITY_SENT,
	ACTIVITY_RECEIVED,
	ACTIVITY_REQUESTED, /* nothing has come yet, or never came */
	ACTIVITY_DEPOSITED, /* by the provider, as the next one */
	ACTIVITY_WITHDRAWN,
	ACTIVITY_KINDS
};
const char *activity_kind_name(enum activity_kind k); /* "sent" */

struct activity {
	enum activity_kind kind;
	const struct wallet_row *wallet; /* of the holder's */
	const struct asset_row *asset;   /* of the wallet, of this turn */
	struct payment_row out;          /* ACTIVITY_SENT */
	struct incoming_row in;          /* ACTIVITY_RECEIVED, ACTIVITY_REQUESTED */
	struct holder_entry moved;       /* the others */
	const char *name;                /* who is paid, as resolved when it was sent; "" */
	const char *address;             /* the same, as it was typed; "" */
	const char *description;         /* of what was asked for; "" */
};

/* One of the holder's. Texts live in `a`. Errors: THEIRS_NOT_FOUND (also: somebody else's), and
 * those of a read. */
MUST_USE enum result activity_find(struct http_request *rq, const struct holder *h, struct arena *a,
        const struct id *id, struct activity *out);

/* The same of an entry of the holder's list. */
MUST_USE enum result activity_of_entry(struct http_request *rq, const struct holder *h,
        struct arena *a, const struct holder_entry *e, struct activity *out);
const struct id *activity_id(const struct activity *p);
int64_t activity_created_ms(const struct activity *p);

/* What it moved, or is to move: in the wallet's asset. */
uint64_t activity_amount(const struct activity *p);
/* "COMPLETED", as in the contract; of now. */
const char *activity_state(const struct activity *p, int64_t now_ms);
bool activity_is_over(const struct activity *p, int64_t now_ms);
/* The state in words, a message: "on its way". */
const char *activity_words(const struct activity *p, int64_t now_ms);
/* Who or what it is, in a line: in `a`. */
const char *activity_title(struct http_request *rq, const struct activity *p, struct arena *a);

/* A row of a list: href, title, kind, amount, sign, state, words, created, wallet. */
json_t *activity_row(struct http_request *rq, const struct activity *p);
/* The newest of the holder's payments that moved or will move money, at most `limit`. NULL: no
 * memory, or a failed read. */
json_t *activity_newest(struct http_request *rq, const struct holder *h, size_t limit);

/* Who is paid, as a payment's metadata keeps it: JSON, malloc'd; NULL without memory. */
char *activity_payee(const char *address, const char *name);

#endif
