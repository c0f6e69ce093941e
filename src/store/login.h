/* login: users' passwords and their sessions in browsers, read and changed.
 *
 * The store holds no password and no session token: only the text that libsodium checks a password
 * against (auth/password.h), and the SHA-256 of a session's token. A session ends by itself after a
 * while without use and at its absolute end; from then on every verb acts as if it were not there.
 * Common errors and arenas: store.h and batch.h.
 */
#ifndef FLORIN_STORE_LOGIN_H
#define FLORIN_STORE_LOGIN_H

#include "store/batch.h"
#include "store/store.h"

#define SESSIONS_PER_USER_MAX 20 /* a login beyond that ends the oldest */
#define BROWSERS_PER_USER_MAX 10 /* known ones; a login with one more forgets the oldest */
#define BROWSER_KNOWN_MS      (365 * 24 * 3600 * 1000LL) /* from its newest login */
#define USER_WALLETS_MAX      100
#define SESSION_HASH_BYTES    32

struct user_row {
	struct id id;
	const char *name;
	const char *password_hash; /* "" for none: never log */
};

/* The user that a wallet of this name belongs to; by UUID. Errors: THEIRS_NOT_FOUND. */
MUST_USE enum result store_user_of_wallet(
        struct reader *r, struct arena *a, const char *wallet, struct user_row *out);
MUST_USE enum result store_user_get(
        struct reader *r, struct arena *a, const struct id *user, struct user_row *out);
/* Open wallets of a user in order of creation, at most USER_WALLETS_MAX. */
MUST_USE enum result store_user_wallets(struct reader *r, struct arena *a, const struct id *user,
        struct wallet_row **out, size_t *count);

struct session_row {
	struct id user;
	const char *user_name;
	int64_t created_ms, used_ms, ends_ms;
};

/* Errors: THEIRS_NOT_FOUND (also where it ended before now_ms). */
MUST_USE enum result store_session_get(struct reader *r, struct arena *a,
        const uint8_t hash[SESSION_HASH_BYTES], int64_t now_ms, struct session_row *out);

struct session_listed {
	uint8_t hash[SESSION_HASH_BYTES];
	int64_t created_ms, used_ms, ends_ms;
};
/* Those that a user may still use, newest first, at most SESSIONS_PER_USER_MAX. */
MUST_USE enum result store_session_list(struct reader *r, const struct id *user, int64_t now_ms,
        struct session_listed out[SESSIONS_PER_USER_MAX], size_t *count);

/* Whether this user has signed in with that browser (hash: of its cookie's token), no longer ago
 * than BROWSER_KNOWN_MS, and with this password. */
MUST_USE enum result store_browser_known(struct reader *r, const struct id *user,
        const uint8_t hash[SESSION_HASH_BYTES], int64_t now_ms, bool *known);

struct user_listed {
	struct id id;
	const char *name;
	int64_t created_ms;
	bool has_password;
	uint64_t sessions;   /* that are open */
	int64_t used_ms;     /* the newest use of a session; 0: none is kept */
	const char *wallets; /* their names, blank-separated; at most USER_WALLETS_MAX */
};
/* By name, behind `after` ("": from the start); limit: 1..LIMIT_PAGE_SIZE. */
MUST_USE enum result store_user_list(struct reader *r, struct arena *a, const char *after,
        int64_t now_ms, size_t limit, struct user_listed **out, size_t *count, bool *more);

/* ---- changes ---- */

/* The user's password from now on, as the operator says; every session of the user ends, and every
 * passkey, and no browser is known any more: it may be that somebody else had come in. Errors:
 * THEIRS_NOT_FOUND. */
MUST_USE enum result batch_password_set(
        struct batch *b, const char *user_name, const char *password_hash);

/* The user's own change. checked: what the present password was checked against; kept: hash of the
 * session that goes on, all others end; no browser is known any more. Errors: THEIRS_STATE (it was
 * changed meanwhile). */
MUST_USE enum result batch_password_change(struct batch *b, const struct id *user,
        const char *checked, const char *password_hash, const uint8_t kept[SESSION_HASH_BYTES]);

struct session_new {
	struct id user;
	const char *password_hash; /* what the password was checked against; NULL: none was */
	const char *renewed;       /* "" or NULL: nothing to store instead of it */
	uint8_t hash[SESSION_HASH_BYTES];
	int64_t idle_ms, life_ms;
	const uint8_t *browser;  /* hash of the token that it is known by from now on; NULL: none */
	const uint8_t *replaced; /* of the session that the browser had; NULL for none: it ends */
};
/* Errors: THEIRS_STATE (the password was changed meanwhile). */
MUST_USE enum result batch_session_add(struct batch *b, const struct session_new *s);
/* Still in use now; where it has ended nothing is done. */
MUST_USE enum result batch_session_touch(struct batch *b, const uint8_t hash[SESSION_HASH_BYTES]);
/* Whether it may be used in this transaction. *user is its user. Errors: THEIRS_UNAUTHORIZED. */
MUST_USE enum result batch_session_check(
        struct batch *b, const uint8_t hash[SESSION_HASH_BYTES], struct id *user);
/* Where there is none nothing is done. */
MUST_USE enum result batch_session_end(struct batch *b, const uint8_t hash[SESSION_HASH_BYTES]);
/* The same of one of this user's sessions, and of all of them but one. */
MUST_USE enum result batch_session_end_of(
        struct batch *b, const struct id *user, const uint8_t hash[SESSION_HASH_BYTES]);
MUST_USE enum result batch_session_end_others(
        struct batch *b, const struct id *user, const uint8_t kept[SESSION_HASH_BYTES]);

#endif
