/* grant_core: what the files of grants share; private to src/store. */
#ifndef FLORIN_STORE_GRANT_CORE_H
#define FLORIN_STORE_GRANT_CORE_H

#include "base/limits.h"
#include "store/batch_core.h"
#include "store/grant.h"

#define GRANT_KEPT_MS (LIMIT_GRANT_KEPT_DAYS * (int64_t)86400000)
#define TOKEN_KEPT_MS (LIMIT_TOKEN_KEPT_DAYS * (int64_t)86400000)

/* A row with what only the store may see. */
struct grant_full {
	struct grant_row row;
	uint8_t continue_hash[32];
};

struct token_full {
	struct token_row row;
	uint8_t hash[32];
	uint8_t continue_hash[32];
};

struct interaction_full {
	struct interaction_row row;
	uint8_t nonce_hash[32];
	uint8_t ref_hash[32];
	bool used;
	uint8_t continue_hash[32];
};

enum secret_kind { SECRET_ACCESS, SECRET_CONTINUE, SECRET_NONCE, SECRET_REFERENCE };

/* The value that belongs to an id, always the same: 43 characters. */
void grant_secret(const struct secret32 *seal_key, enum secret_kind kind, const struct id *id,
        char out[TOKEN_TEXT_SIZE]);
/* SHA-256 of its text, as it is stored. */
void secret_hash(const char *value, uint8_t out[32]);
bool secret_is(const char *value, const uint8_t hash[32]);

/* Run a statement that gives one such row, in the order of its columns, and read its access items.
 * Errors: THEIRS_NOT_FOUND. */
MUST_USE enum result grant_one(struct query *q, struct arena *a, struct grant_full *out);
MUST_USE enum result token_one(struct query *q, struct arena *a, struct token_full *out);
MUST_USE enum result interaction_one(
        struct query *q, struct arena *a, struct interaction_full *out);
/* Without its items. */
void row_grant(struct query *q, struct arena *a, struct grant_full *out);
/* The items of row->key. */
MUST_USE enum result grant_items(struct db *db, struct arena *a, struct grant_row *row);

/* In the batch's transaction, texts in `a`. Errors: THEIRS_NOT_FOUND. */
MUST_USE enum result batch_grant_load(
        struct batch *b, const struct id *id, struct arena *a, struct grant_full *out);
MUST_USE enum result batch_grant_load_key(
        struct batch *b, int64_t key, struct arena *a, struct grant_full *out);
MUST_USE enum result batch_token_load(
        struct batch *b, const struct id *id, struct arena *a, struct token_full *out);
MUST_USE enum result batch_interaction_load(
        struct batch *b, const struct id *id, struct arena *a, struct interaction_full *out);

/* The state's transition, written; the event of one that has ended its way as well. A grant that
 * nobody was asked about is born ISSUED: of it only the revocation is told.
 * Errors: THEIRS_STATE. */
MUST_USE enum result batch_grant_step(struct batch *b, struct grant_row *g, enum grant_event e);
/* A grant that is FINALIZED. */
MUST_USE enum result batch_event_grant(struct batch *b, const struct grant_row *g);
/* A token for the grant; fills the access_token, token_id and expires_ms of *out. */
MUST_USE enum result batch_token_add(struct batch *b, int64_t grant, int64_t lifetime_ms,
        struct grant_secrets *out, int64_t *key);

#endif
