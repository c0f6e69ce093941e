/* notice: what happened to an account holder's wallets and account, for a page of theirs.
 *
 * A notice is written in the transaction of its cause, for users who have a password and want to be
 * told of its topic: one for a payment that has ended, none for a packet. A user's newest
 * NOTICES_PER_USER_MAX are kept. Errors of store.h and batch.h apply; each verb names its others.
 */
#ifndef FLORIN_STORE_NOTICE_H
#define FLORIN_STORE_NOTICE_H

#include "store/batch.h"

#define NOTICES_PER_USER_MAX 200

enum notice_kind {
	NOTICE_RECEIVED, /* money has arrived: an incoming payment, or none */
	NOTICE_RETURNED, /* of a payment, by its receiver */
	NOTICE_FAILED,   /* a payment, of which nothing was sent */
	NOTICE_PARTLY,   /* so much of a payment was sent, then it failed; the rest is back */
	NOTICE_APP_ALLOWED,
	NOTICE_APP_ENDED,
	NOTICE_KEY_ADDED,
	NOTICE_KEY_REVOKED,
	NOTICE_SIGN_IN,  /* from a browser that the user had not signed in with before */
	NOTICE_PASSWORD, /* was changed */
	NOTICE_PASSKEY_ADDED,
	NOTICE_PASSKEY_REMOVED,
	NOTICE_DEPOSIT_APPROVED,
	NOTICE_DEPOSIT_REFUSED,
	NOTICE_DEPOSIT_EXPIRED,
	NOTICE_WITHDRAWAL_APPROVED,
	NOTICE_WITHDRAWAL_REFUSED,
	NOTICE_WITHDRAWAL_EXPIRED,
	NOTICE_KINDS
};
const char *notice_kind_name(enum notice_kind k); /* "received" */

/* What a user chooses to be told of. */
enum notice_topic {
	NOTICE_OF_RECEIVED,
	NOTICE_OF_FAILED,
	NOTICE_OF_APPS,
	NOTICE_OF_KEYS,
	NOTICE_OF_ACCOUNT,
	NOTICE_OF_CASH,
	NOTICE_TOPICS
};
enum notice_topic notice_topic_of(enum notice_kind k);
const char *notice_topic_name(enum notice_topic t); /* "received" */

struct notice_row {
	int64_t number; /* of its user, rising */
	enum notice_kind kind;
	account_id wallet; /* that it is about; 0: none */
	struct id subject; /* payment, grant or request; zero: none */
	uint64_t amount;   /* of the wallet's asset; 0: none */
	const char *text;  /* what an app, a key or a passkey is called; "" */
	int64_t created_ms;
};

struct notice_state {
	int64_t newest; /* number; 0: there is none */
	int64_t seen;   /* number up to which the user has seen them */
	uint64_t unread;
	int64_t changed_ms; /* when the newest was written, or one grew; 0: there is none */
	bool muted[NOTICE_TOPICS];
};

/* Newest first, those below `before` (0: the newest). limit: 1..LIMIT_PAGE_SIZE. Texts live in `a`.
 */
MUST_USE enum result store_notice_list(struct reader *r, struct arena *a, const struct id *user,
        int64_t before, size_t limit, struct notice_row **out, size_t *count);
MUST_USE enum result store_notice_state(
        struct reader *r, const struct id *user, struct notice_state *out);

/* The user has seen those up to this number, as far as there are. */
MUST_USE enum result batch_notice_seen(struct batch *b, const struct id *user, int64_t number);
/* Of which topics the user is told nothing from now on. */
MUST_USE enum result batch_notice_choose(
        struct batch *b, const struct id *user, const bool muted[NOTICE_TOPICS]);

/* ---- for the store's other verbs ---- */

struct notice_new {
	enum notice_kind kind;
	account_id wallet;        /* whose holder is told */
	const struct id *user;    /* instead of a wallet; NULL: the wallet's */
	const struct id *subject; /* NULL: none */
	uint64_t amount;
	const char *text; /* NULL: none; cut where it is too long */
	bool adds; /* to the amount of one of the same kind and subject that is not seen yet */
};
MUST_USE enum result batch_notice(struct batch *b, const struct notice_new *n);
/* So much came back to a wallet, of its payment with this account. */
MUST_USE enum result batch_notice_returned(
        struct batch *b, account_id wallet, account_id payment, uint64_t amount);
/* The same of a payment inside this node: for what the wallet gave to this incoming payment. */
MUST_USE enum result batch_notice_refunded(
        struct batch *b, account_id wallet, int64_t incoming, uint64_t amount);

#endif
