/* wallet: what the operator changes of a wallet address, and what it says about itself.
 * Errors of store.h and batch.h apply; each verb names its others.
 */
#ifndef FLORIN_STORE_WALLET_H
#define FLORIN_STORE_WALLET_H

#include "store/batch.h"

#define WALLET_PROPERTIES_MAX     32
#define WALLET_PROPERTY_KEY_MAX   64 /* bytes */
#define WALLET_PROPERTY_VALUE_MAX 1024

struct wallet_property {
	const char *key, *text; /* text_is_clean_utf8; keys differ, and are not empty */
	bool visible;           /* in the wallet address document */
};

/* In order of key. */
MUST_USE enum result store_wallet_properties(struct reader *r, struct arena *a, account_id wallet,
        struct wallet_property **out, size_t *count);

/* Members that are NULL stay as they are. */
struct wallet_change {
	const char *public_name;                  /* "" for none */
	const int64_t *inactive_ms;               /* as of a wallet_row */
	const struct wallet_property *properties; /* in place of all that it had */
	size_t properties_count;
};
/* Errors: THEIRS_NOT_FOUND, THEIRS_STATE (closed), THEIRS_MALFORMED (a text), THEIRS_CONFLICT (a
 * key twice), THEIRS_TOO_BIG (WALLET_PROPERTIES_MAX). */
MUST_USE enum result batch_wallet_set(
        struct batch *b, account_id wallet, const struct wallet_change *c);

/* Somebody asked for the wallet address `url`, under a name that no wallet has: an event, unless
 * there was one for this name within WALLET_ASKED_MS. Its id follows from the name. */
#define WALLET_ASKED_MS (10 * 60 * 1000LL)
MUST_USE enum result batch_wallet_asked(struct batch *b, const char *name, const char *url);

#endif
