/* grant: grants, their tokens and interactions, and what is spent under them.
 *
 * Reads and verbs as in store.h and batch.h. Secrets (access tokens, continuation tokens,
 * interaction references, the nonce of an interaction's URL) are stored as SHA-256 only; their
 * values are derived from random ids with a key that comes from the master key, so that a reply
 * that was lost can be given again without storing what it held.
 * Spec: RFC 9635; Open Payments, interaction, continuation, tokens, limits; docs/gnap.md
 */
#ifndef FLORIN_STORE_GRANT_H
#define FLORIN_STORE_GRANT_H

#include "model/access.h"
#include "model/grant.h"
#include "store/batch.h"

#define CONTINUE_WAIT_MS  5000  /* between two polls */
#define ROTATE_REPEAT_MS  10000 /* the same request gets the same new token for so long */
#define FINISH_NONCE_MAX  256   /* characters of a client's nonce */
#define SERVER_NONCE_SIZE 33    /* 16 random bytes as hex */
#define CLIENT_MAX        2048

/* ---- rows ---- */

struct grant_row {
	int64_t key;
	struct id id;
	const char *client;      /* canonical wallet address, or "jwk:THUMBPRINT" */
	const char *jwk;         /* the key that such a client sent, JSON; "" for the others */
	const char *client_name; /* publicName as the client says; "" where nobody is asked */
	enum grant_state state;
	const char *subject; /* wallet address; "" for none */
	account_id subject_wallet;
	account_id wallet; /* whose holder agreed; 0: nobody */
	int64_t ends_ms;   /* 0: no end set by the holder */
	int64_t poll_after_ms;
	int64_t created_ms;
	int64_t changed_ms;
	struct access_item access[ACCESS_ITEMS_MAX];
	size_t access_count;
};

struct token_row {
	int64_t key;
	struct id id; /* of the management URL */
	int64_t expires_ms;
	bool ended; /* rotated or revoked */
	struct grant_row grant;
};

enum interaction_state { INTERACTION_PENDING, INTERACTION_ACCEPTED, INTERACTION_REJECTED };

struct interaction_row {
	struct id id;
	enum interaction_state state;
	const char *finish_uri; /* "": the client polls */
	const char *client_nonce;
	const char *server_nonce;
	bool bound;          /* to a browser session ... */
	uint8_t session[32]; /* ... this one: SHA-256 of its id */
	int64_t created_ms;
	int64_t expires_ms; /* a decision at or after it is refused */
	struct grant_row grant;
};

/* ---- reads ---- */

/* The token with its grant, whatever their states: see token_check. Errors: THEIRS_NOT_FOUND. */
MUST_USE enum result store_token_find(
        struct reader *r, struct arena *a, const char *value, struct token_row *out);
/* By the id of the management URL, where `value` is its token. Errors: THEIRS_NOT_FOUND. */
MUST_USE enum result store_token_managed(struct reader *r, struct arena *a, const struct id *id,
        const char *value, struct token_row *out);
/* Whether a request may use it. Errors: THEIRS_UNAUTHORIZED (expired, rotated, revoked, or its
 * grant is no longer alive), THEIRS_EXPIRED (past the end that the holder set). */
MUST_USE enum result token_check(const struct token_row *t, int64_t now_ms);

/* Errors: THEIRS_NOT_FOUND. */
MUST_USE enum result store_grant_get(
        struct reader *r, struct arena *a, const struct id *id, struct grant_row *out);

/* Where `token` is its continuation token. Errors: THEIRS_NOT_FOUND. */
MUST_USE enum result store_grant_continued(struct reader *r, struct arena *a, const struct id *id,
        const char *token, struct grant_row *out);

struct grant_filter {
	const char *client; /* NULL: any */
	account_id wallet;  /* 0: any; else those that its holder agreed to */
	const char *state;  /* "PENDING", ...; NULL: any */
	const char *reason; /* of FINALIZED; NULL: any */
};
/* Newest first. */
MUST_USE enum result store_grant_list(struct reader *r, struct arena *a,
        const struct grant_filter *f, const struct page *p, struct grant_row **out, size_t *count,
        bool *more);

/* Those who asked for grants, in order of their names. */
struct client_row {
	const char *client; /* canonical address, or jwk:THUMBPRINT */
	const char *name;   /* what it calls itself, newest; "" where nobody was asked */
	uint64_t grants, issued;
	int64_t newest_ms;
};
/* after: the last client before; NULL: from the start. */
MUST_USE enum result store_client_list(struct reader *r, struct arena *a, const char *after,
        size_t limit, struct client_row **out, size_t *count, bool *more);

/* What is spent under item `position` in the window of `now`. */
struct grant_spent_row {
	bool any;         /* some payment was ever made */
	uint64_t debit;   /* of all payments of the window */
	asset_id asset;   /* of debit; where any */
	uint64_t receive; /* of those to the asset of the newest payment */
	char receive_code[ASSET_CODE_MAX + 1];
	unsigned receive_scale;
};
MUST_USE enum result store_grant_spent(struct reader *r, const struct grant_row *g, size_t position,
        int64_t now_ms, struct grant_spent_row *out);

/* The interaction of a URL: id and nonce must both be right. Errors: THEIRS_NOT_FOUND. */
MUST_USE enum result store_interaction_find(struct reader *r, struct arena *a, const struct id *id,
        const char *nonce, struct interaction_row *out);
/* A name for exactly what is shown to the holder: SHA-256 over client, subject, access and finish.
 * The consent form posts it back. Errors: OURS_MEMORY. */
MUST_USE enum result interaction_digest(
        const struct interaction_row *i, struct arena *a, uint8_t out[32]);

/* ---- a grant's life ---- */

struct grant_finish {
	const char *uri;
	const char *nonce;
};

struct grant_new {
	const char *client;
	const char *jwk;         /* NULL: the client is a wallet address */
	const char *client_name; /* NULL: nobody is asked */
	const char *subject;     /* NULL: none */
	account_id subject_wallet;
	const struct access_item *access;
	size_t access_count;
	bool interactive;
	const struct grant_finish *finish; /* NULL: the client polls */
	uint64_t pending_max;              /* of this client's grants; 0: no cap */
	int64_t interaction_ms;            /* how long a person has time */
	int64_t token_ms;                  /* how long a token lives */
};

/* What the client gets: wiped by its owner. Texts that do not apply are "". */
struct grant_secrets {
	char continue_token[TOKEN_TEXT_SIZE];
	char access_token[TOKEN_TEXT_SIZE];
	struct id token_id; /* of the management URL; zero without an access token */
	int64_t expires_ms; /* of the access token */
	struct id interaction_id;
	char interaction_nonce[TOKEN_TEXT_SIZE];
	char server_nonce[SERVER_NONCE_SIZE];
};

/* A grant: PENDING with an interaction, or ISSUED with a token. The client's interactions that have
 * expired are ended first. Errors: THEIRS_MALFORMED (no access and no subject; an item that a
 * person must agree to, without interaction; one that names no wallet),
 * THEIRS_TOO_BIG (pending_max). */
MUST_USE enum result batch_grant_add(
        struct batch *b, const struct grant_new *g, struct id *id, struct grant_secrets *out);

/* How the client goes on. */
struct grant_continue {
	struct id id;
	const char *token;        /* continuation token, as sent */
	const char *interact_ref; /* NULL: it polls */
	int64_t token_ms;
};
enum continue_outcome {
	CONTINUE_ISSUED,      /* the token is given now; none where only a subject was asked for */
	CONTINUE_WAIT,        /* still pending: poll again after CONTINUE_WAIT_MS */
	CONTINUE_TOO_FAST,    /* polled before that */
	CONTINUE_INVALID,     /* no such grant, another token, or the grant was revoked */
	CONTINUE_UNKNOWN_REF, /* the reference is not of this grant */
	CONTINUE_USED_REF,    /* it was given back before */
	CONTINUE_CANNOT_POLL, /* it must bring the reference */
	CONTINUE_DONE,        /* the token was given before */
	CONTINUE_DENIED,      /* the holder said no */
	CONTINUE_EXPIRED,     /* nobody agreed in time */
};
/* *g is the grant as it then is, its texts in `a`; not set for CONTINUE_INVALID. */
MUST_USE enum result batch_grant_continue(struct batch *b, const struct grant_continue *c,
        struct arena *a, enum continue_outcome *outcome, struct grant_row *g,
        struct grant_secrets *out);

/* Ends a grant and all of its tokens; the payments that were made go on. Again: nothing.
 * By the client, with its continuation token (errors: THEIRS_UNAUTHORIZED), or without (NULL) by
 * the operator or the holder. Errors: THEIRS_NOT_FOUND. */
MUST_USE enum result batch_grant_revoke(
        struct batch *b, const struct id *id, const char *continue_token);

/* ---- tokens ---- */

struct token_rotate {
	struct id id;          /* of the management URL */
	const char *token;     /* as sent */
	int64_t token_ms;      /* how long the new one lives */
	uint8_t signature[32]; /* SHA-256 of the request's Signature header */
};
/* A new token for one that may have expired but was not revoked; the old one ends at once. The same
 * request within ROTATE_REPEAT_MS gets the same new token again. Errors: THEIRS_UNAUTHORIZED (the
 * value is not of this id), THEIRS_STATE (rotated before, revoked, or the grant is no longer alive
 * or past its end), THEIRS_NOT_FOUND (no such id). */
MUST_USE enum result batch_token_rotate(struct batch *b, const struct token_rotate *t,
        struct arena *a, struct grant_row *g, struct grant_secrets *out);
/* Again: nothing. Errors: THEIRS_NOT_FOUND, THEIRS_UNAUTHORIZED (the value is not of this id). */
MUST_USE enum result batch_token_revoke(struct batch *b, const struct id *id, const char *value);
/* The check of token_check inside the transaction that acts on it; token: its key. Errors: as
 * token_check, THEIRS_NOT_FOUND. */
MUST_USE enum result batch_token_check(struct batch *b, int64_t token);

/* ---- interactions: for the consent pages ----
 * Each is a compare-and-set: THEIRS_NOT_FOUND (no such id), THEIRS_EXPIRED (its time is over),
 * THEIRS_STATE (decided before), THEIRS_FORBIDDEN (bound to another session). */

/* Binds the interaction to the first browser session (SHA-256 of its id) that opens it, or confirms
 * it. rebind (32 bytes, may be NULL): the session that it moves from, at a login that gives a new
 * one. */
MUST_USE enum result batch_interaction_bind(
        struct batch *b, const struct id *id, const uint8_t session[32], const uint8_t *rebind);

struct interaction_accept {
	struct id id;
	const uint8_t *session; /* 32 bytes; NULL: the identity provider's word */
	const uint8_t *digest;  /* 32 bytes, interaction_digest of what was shown: where it is
	                         * another now, THEIRS_CONFLICT. NULL as above */
	account_id wallet; /* one of the user's who agrees: all identifiers and the subject must
	                    * belong to the same user, else THEIRS_FORBIDDEN. 0 as above */
	int64_t ends_ms;   /* 0: no end; one that has passed is THEIRS_MALFORMED */
	/* Of each item, in the order of the grant: a lower limit than the client asked for; 0: as
	 * asked. THEIRS_BAD_AMOUNT: it is above that, or the item has none. */
	uint64_t lower[ACCESS_ITEMS_MAX];
};
/* interact_ref: for the finish redirect. The same session may ask again after it: it gets the same
 * one, until it was used (THEIRS_STATE). */
MUST_USE enum result batch_interaction_accept(
        struct batch *b, const struct interaction_accept *i, char interact_ref[TOKEN_TEXT_SIZE]);
/* session: 32 bytes; NULL: the identity provider's word. */
MUST_USE enum result batch_interaction_reject(
        struct batch *b, const struct id *id, const uint8_t *session);

/* ---- spending ---- */

struct grant_spend {
	int64_t grant;        /* the store's key */
	int64_t token;        /* checked as batch_token_check does; 0: not */
	size_t access_index;  /* the item that allowed the request; others like it are tried too */
	const char *receiver; /* URL of the incoming payment; NULL: not one */
	uint64_t debit;
	asset_id debit_asset;
	uint64_t receive;
	const char *receive_code;
	unsigned receive_scale;
	account_id payment_account;
};
/* Reserves a payment's amounts in the window of now, in the transaction that creates it. *after
 * (not *s itself): debit and receive become the sums of the window with this payment, access_index
 * the item that had room. Errors: THEIRS_UNAUTHORIZED (token or grant no longer alive: 403 Inactive
 * Token), THEIRS_FORBIDDEN (limits, window, end: 403 unauthorized), THEIRS_CONFLICT (the payment
 * has a reservation), THEIRS_NOT_FOUND (no such grant or item). */
MUST_USE enum result batch_grant_spend(
        struct batch *b, const struct grant_spend *s, struct grant_spend *after);
/* When a payment ends: what was sent stays counted, the rest is released, in the window of its
 * creation. More than was reserved is cut to it. Without a reservation, and again: nothing. */
MUST_USE enum result batch_grant_settle(
        struct batch *b, account_id payment, uint64_t debit_kept, uint64_t receive_kept);
/* Of a payment that has ended without completing, what was in doubt has gone back to its payer:
 * what was sent after all stays counted. Without a reservation, and before its end: nothing. */
MUST_USE enum result batch_grant_refund(struct batch *b, account_id payment, uint64_t debit_kept);

/* A payment that is to be made under a grant: batch_payment_create spends what it takes of it. */
struct payment_grant {
	struct grant_spend spend; /* payment_account is set by the verb */
	struct grant_spend after; /* as batch_grant_spend gives it */
	bool refused;             /* it is the grant that did not allow the payment */
};

#endif
