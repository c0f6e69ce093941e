/* passkey: the keys of people's devices, with which they sign in (auth/passkey.h). Common errors
 * and arenas: store.h and batch.h.
 */
#ifndef FLORIN_STORE_PASSKEY_H
#define FLORIN_STORE_PASSKEY_H

#include "base/bytes.h"
#include "store/batch.h"

#define PASSKEYS_PER_USER_MAX 20
#define PASSKEY_NAME_MAX      64 /* bytes */

struct passkey_row {
	int64_t key; /* names it to its owner's forms */
	struct id user;
	struct bytes credential;
	int algorithm;
	struct bytes public_key;
	uint32_t counter;
	const char *name;
	int64_t created_ms;
	int64_t used_ms; /* 0: never */
};

/* Errors: THEIRS_NOT_FOUND. */
MUST_USE enum result store_passkey_find(
        struct reader *r, struct arena *a, struct bytes credential, struct passkey_row *out);
/* Of a user, oldest first, at most PASSKEYS_PER_USER_MAX. */
MUST_USE enum result store_passkey_list(struct reader *r, struct arena *a, const struct id *user,
        struct passkey_row **out, size_t *count);

/* user, credential, algorithm, public_key, counter and name of the row. Errors: THEIRS_CONFLICT (it
 * is somebody's already), THEIRS_TOO_BIG (PASSKEYS_PER_USER_MAX). */
MUST_USE enum result batch_passkey_add(struct batch *b, const struct passkey_row *p);
/* It has signed what it was asked at that time, and the device counts so many. Errors:
 * THEIRS_NOT_FOUND (it was removed), THEIRS_CONFLICT (the count did not rise: there may be a copy
 * of the device; or it was asked before it signed in last: who signs in again is asked again). */
MUST_USE enum result batch_passkey_used(
        struct batch *b, int64_t key, const struct id *user, uint32_t counter, int64_t asked_ms);
/* Where the user has none of that name nothing is done. */
MUST_USE enum result batch_passkey_remove(struct batch *b, int64_t key, const struct id *user);

#endif
