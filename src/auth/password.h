/* password: hashing and checking a password, as a job of the slow thread.
 *
 * Argon2id (libsodium; 2 passes, 64 MiB) over HMAC-SHA256(pepper, password): a copy of the store
 * without the master key gives nothing to guess at. The hash is libsodium's text, which carries its
 * own salt and parameters, so that one made with older parameters is still checked, and renewed
 * when its password is next seen. A check for a user who has no password takes as long as a real
 * one.
 *
 * The job owns the password from password_take on, and wipes it as soon as it has run.
 */
#ifndef FLORIN_AUTH_PASSWORD_H
#define FLORIN_AUTH_PASSWORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/result.h"
#include "base/secret.h"
#include "base/slow.h"

#define PASSWORD_MAX       256 /* bytes */
#define PASSWORD_MIN       8   /* characters, except on a developer's node */
#define PASSWORD_HASH_SIZE 128 /* text with its NUL */

enum password_work { PASSWORD_MAKE, PASSWORD_CHECK };

struct password_job {
	struct job job;
	enum password_work work;
	struct secret32 peppered;         /* stands for the password; wiped by the run */
	char hash[PASSWORD_HASH_SIZE];    /* CHECK: in, "" where there is none. MAKE: out */
	char renewed[PASSWORD_HASH_SIZE]; /* CHECK: a new hash to store instead, or "" */
	enum result result; /* out: OK, THEIRS_UNAUTHENTIC (CHECK: another password), OURS_MEMORY */
};

/* The node's pepper, from its master key. */
void password_pepper(const struct secret32 *master, struct secret32 *out);
/* Whether a text may become a password. Errors: THEIRS_TRUNCATED (shorter than `least` characters,
 * or empty), THEIRS_TOO_BIG, THEIRS_MALFORMED (not UTF-8, or control characters). */
MUST_USE enum result password_allowed(const char *text, size_t least);
/* Prepares j for the slow thread; the caller sets home and done, and wipes his own copy of the
 * text. hash: of the user for PASSWORD_CHECK ("" for none), NULL for PASSWORD_MAKE. */
void password_take(struct password_job *j, enum password_work work, const struct secret32 *pepper,
        const char *text, const char *hash);
/* A job that was not given away, or is done with. */
void password_clear(struct password_job *j);

#endif
