/* login_guard: how often a password may be tried, per user and per client address.
 *
 * Five failures are free; after them each one doubles the time until the next try, from one second
 * to five minutes, and a quarter of an hour without any is forgiven. A try counts as failed from
 * its beginning, so that many at once gain nothing. The table is bounded and shared by the loops:
 * where it is full the entry with the fewest failures is forgotten. It lives in memory only: a
 * restart forgives.
 *
 * Anybody can fail in a user's name, so a browser that the user has signed in with before has a
 * count of its own, and that alone: strangers who guess slow each other down, not the user.
 */
#ifndef FLORIN_AUTH_LOGIN_GUARD_H
#define FLORIN_AUTH_LOGIN_GUARD_H

#include <stdint.h>

#include "base/bytes.h"
#include "base/result.h"

#define LOGIN_FAILURES_FREE 5
#define LOGIN_WAIT_MAX_MS   (5 * 60 * 1000)
#define LOGIN_FORGET_MS     (15 * 60 * 1000)
#define LOGIN_GUARD_SETS    512 /* of LOGIN_GUARD_WAYS entries each */
#define LOGIN_GUARD_WAYS    8

struct login_guard;

/* Errors: OURS_MEMORY. */
MUST_USE enum result login_guard_new(struct login_guard **out);
void login_guard_free(struct login_guard *g);
struct login_try {
	struct bytes user;
	struct bytes address; /* 16 bytes; the last 8 of an IPv6 address do not count, since one
	                       * client has them all */
	struct bytes browser; /* names one that is known of this user; n 0: unknown */
};
/* 0: go on; the try is counted for the browser, or where that is unknown for user and address. Else
 * how long it must wait, and nothing is counted. */
int64_t login_guard_enter(struct login_guard *g, const struct login_try *t, int64_t now_ms);
/* The try was none: the right password, which also forgives the browser or else the user, or
 * `undecided`, because the password could not be checked. */
void login_guard_passed(struct login_guard *g, const struct login_try *t);
void login_guard_undecided(struct login_guard *g, const struct login_try *t);

#endif
