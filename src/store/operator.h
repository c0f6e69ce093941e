/* operator: who may sign in at the console, and what operators did.
 *
 * An operator is named by whoever holds the node's admin token, and gets a set-up token that is
 * good once: with it a password and the secret of one-time codes are set, which is also how one who
 * has lost either begins anew. The store holds no password, no session token and no set-up token:
 * only libsodium's text of the password, and SHA-256 hashes. The secret of the codes is sealed.
 * Common errors and arenas: store.h and batch.h.
 */
#ifndef FLORIN_STORE_OPERATOR_H
#define FLORIN_STORE_OPERATOR_H

#include "store/batch.h"
#include "store/store.h"

#define OPERATORS_MAX             100
#define OPERATOR_HASH_BYTES       32
#define OPERATOR_TOTP_BYTES       20 /* of the secret: as long as SHA-1 is (RFC 4226 4) */
#define SESSIONS_PER_OPERATOR_MAX 10 /* a login beyond that ends the oldest */
#define ACT_WORD_MAX              64
#define ACT_SUBJECT_MAX           2048
#define ACT_DETAILS_MAX           8192

struct operator_row {
	struct id id;
	const char *name;
	int64_t created_ms;
	const char *password_hash; /* "": not set up; never log */
	struct bytes totp;         /* the secret, n 0 where not set up; never log */
	int64_t totp_step;         /* of the newest code that was used */
	int64_t signed_in_ms;      /* 0: never */
	int64_t setup_ends_ms;     /* of an open set-up token; 0: none is open */
};

/* With the secret of the codes. Errors: THEIRS_NOT_FOUND. */
MUST_USE enum result store_operator_named(
        struct reader *r, struct arena *a, const char *name, struct operator_row *out);
/* Whose set-up token has this hash. Errors: THEIRS_NOT_FOUND (also used, or over by now_ms). */
MUST_USE enum result store_operator_of_setup(struct reader *r, struct arena *a,
        const uint8_t hash[OPERATOR_HASH_BYTES], int64_t now_ms, struct operator_row *out);
/* By name, without secrets; at most OPERATORS_MAX. */
MUST_USE enum result store_operator_list(
        struct reader *r, struct arena *a, struct operator_row **out, size_t *count);

struct operator_session_row {
	struct id operator_id;
	const char *name;
	int64_t created_ms, used_ms, ends_ms;
};
/* Errors: THEIRS_NOT_FOUND (also where it ended before now_ms). */
MUST_USE enum result store_operator_session_get(struct reader *r, struct arena *a,
        const uint8_t hash[OPERATOR_HASH_BYTES], int64_t now_ms, struct operator_session_row *out);

/* ---- changes ---- */

/* The operator of this name, who is added where there is none, may be set up with the token of this
 * hash until ends_ms; a token from before is void. What is set stays in force until then.
 * Errors: THEIRS_MALFORMED (name), THEIRS_TOO_BIG (OPERATORS_MAX). */
MUST_USE enum result batch_operator_invite(struct batch *b, const char *name,
        const uint8_t hash[OPERATOR_HASH_BYTES], int64_t ends_ms, struct id *id);

struct operator_setup {
	const uint8_t *token_hash;
	const char *password_hash;
	const uint8_t *totp; /* OPERATOR_TOTP_BYTES */
	int64_t step;        /* of the code that proved that the secret has arrived */
};
/* Uses the token up; every session of the operator ends. *name is the operator's, in the batch's
 * arena. Errors: THEIRS_NOT_FOUND (no such token, used, or over). */
MUST_USE enum result batch_operator_set_up(
        struct batch *b, const struct operator_setup *s, const char **name);

struct operator_session_new {
	struct id operator_id;
	const char *password_hash; /* what the password was checked against */
	const char *renewed;       /* "" or NULL: nothing to store instead of it */
	int64_t step;              /* of the code */
	uint8_t hash[OPERATOR_HASH_BYTES];
	int64_t idle_ms, life_ms;
	const uint8_t *replaced; /* of the session that the browser had; NULL for none: it ends */
};
/* Errors: THEIRS_STATE (the password was changed meanwhile, or the code was used before). */
MUST_USE enum result batch_operator_session_add(
        struct batch *b, const struct operator_session_new *s);
/* Still in use now; where it has ended nothing is done. */
MUST_USE enum result batch_operator_session_touch(
        struct batch *b, const uint8_t hash[OPERATOR_HASH_BYTES]);
/* Where there is none nothing is done. */
MUST_USE enum result batch_operator_session_end(
        struct batch *b, const uint8_t hash[OPERATOR_HASH_BYTES]);
/* Sessions end with it; acts stay. *name as above. Errors: THEIRS_NOT_FOUND. */
MUST_USE enum result batch_operator_remove(struct batch *b, const char *name);

/* ---- what was done ---- */

struct act_row {
	struct id id;
	int64_t at_ms;
	const char *who;     /* the operator's name */
	const char *act;     /* "peer.settle" */
	const char *subject; /* a name or an id; "" for none */
	const char *details; /* JSON object of what was asked for, without secrets */
};
/* In the transaction of what was done; id and at_ms are set here. Errors: OURS_BUG (too long). */
MUST_USE enum result batch_act_add(struct batch *b, struct act_row *act);
/* Newest first, behind page->after; who NULL: everybody's. Errors: THEIRS_NOT_FOUND (no act is
 * called page->after). */
MUST_USE enum result store_act_list(struct reader *r, struct arena *a, const char *who,
        const struct page *p, struct act_row **out, size_t *count, bool *more);

#endif
