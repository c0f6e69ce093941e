/* key: the public keys that wallets publish for their clients, and the node's own key pairs.
 *
 * Keys are Ed25519. A revoked key counts no longer from the moment of its commit; its row stays.
 * Errors of store.h and batch.h apply; each verb names its others.
 */
#ifndef FLORIN_STORE_KEY_H
#define FLORIN_STORE_KEY_H

#include "store/batch.h"

#define WALLET_KEYS_MAX  64    /* published by one wallet at a time */
#define KEY_USED_STEP_MS 60000 /* how exactly the last use is kept */

struct wallet_key_row {
	struct id id;
	account_id wallet;
	const char *kid;
	uint8_t public_key[32];
	int64_t created_ms;
	int64_t revoked_ms;   /* 0: published */
	int64_t last_used_ms; /* 0: never */
};

/* The published key of that kid. Errors: THEIRS_NOT_FOUND. */
MUST_USE enum result store_wallet_key_find(struct reader *r, struct arena *a, account_id wallet,
        const char *kid, struct wallet_key_row *out);
/* Also a revoked one. Errors: THEIRS_NOT_FOUND. */
MUST_USE enum result store_wallet_key_get(struct reader *r, struct arena *a, account_id wallet,
        const struct id *id, struct wallet_key_row *out);
/* All that are published, at most WALLET_KEYS_MAX, oldest first. */
MUST_USE enum result store_wallet_key_published(struct reader *r, struct arena *a,
        account_id wallet, struct wallet_key_row **out, size_t *count);
/* Revoked ones as well, oldest first. */
MUST_USE enum result store_wallet_key_list(struct reader *r, struct arena *a, account_id wallet,
        const struct page *p, struct wallet_key_row **out, size_t *count, bool *more);

struct key_filter {
	account_id wallet; /* 0: of any */
	const char *kid;   /* NULL: any */
	enum key_state { KEY_ANY = -1, KEY_ACTIVE, KEY_REVOKED } state;
};
/* Keys of all wallets, newest first. */
MUST_USE enum result store_key_list(struct reader *r, struct arena *a, const struct key_filter *f,
        const struct page *p, struct wallet_key_row **out, size_t *count, bool *more);
/* Of whichever wallet. Errors: THEIRS_NOT_FOUND. */
MUST_USE enum result store_key_get(
        struct reader *r, struct arena *a, const struct id *id, struct wallet_key_row *out);

/* The same key under the same kid again is the row that is there. Texts of *out live in `a`.
 * Errors: THEIRS_NOT_FOUND, THEIRS_STATE (closed), THEIRS_MALFORMED (kid, key), THEIRS_CONFLICT
 * (another key has the kid), THEIRS_TOO_BIG (WALLET_KEYS_MAX). */
MUST_USE enum result batch_wallet_key_add(struct batch *b, struct arena *a, account_id wallet,
        const char *kid, const uint8_t public_key[32], struct wallet_key_row *out);
/* One that was revoked before stays as it is. Errors: THEIRS_NOT_FOUND. */
MUST_USE enum result batch_wallet_key_revoke(struct batch *b, struct arena *a, account_id wallet,
        const struct id *id, struct wallet_key_row *out);
/* It has signed a request now. */
MUST_USE enum result batch_wallet_key_used(struct batch *b, const struct id *id);

/* ---- the node's identity ---- */

#define NODE_KEYS_MAX        16
#define NODE_KEY_LEAD_MS     60000 /* a new key is published this long before it signs */
#define NODE_KEY_OVERLAP_MS  (24 * 3600 * 1000LL) /* and the old one this long after */
#define NODE_KEY_INTERVAL_MS 600000               /* least time between two rotations */

#define NODE_PRIVATE_KEY_SIZE 64

struct node_key_row {
	struct id id; /* as text: the kid */
	uint8_t public_key[32];
	int64_t created_ms;
	int64_t signs_from_ms;
	int64_t published_until_ms; /* 0: not replaced */
};

/* What is published at now_ms, newest first. */
MUST_USE enum result store_node_key_published(
        struct reader *r, int64_t now_ms, struct node_key_row out[NODE_KEYS_MAX], size_t *count);
/* The key that signs at now_ms: libsodium's private key, which the caller wipes. The reader keeps
 * the one that it opened last. Errors: THEIRS_NOT_FOUND. */
MUST_USE enum result store_node_key_signing(struct reader *r, int64_t now_ms, struct id *id,
        uint8_t private_key[NODE_PRIVATE_KEY_SIZE]);
/* A new key pair: it signs at once where it is the first, else after NODE_KEY_LEAD_MS; the one
 * before is published for NODE_KEY_OVERLAP_MS more. Errors: THEIRS_STATE (too soon). */
MUST_USE enum result batch_node_key_rotate(struct batch *b, struct node_key_row *out);
/* Makes the first key where there is none: for store_create and store_open. */
MUST_USE enum result batch_node_key_ensure(struct batch *b);

#endif
