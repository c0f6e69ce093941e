/* kept: rows that a reader has read before and need not ask the database for again; private to
 * src/store.
 *
 * Wallets, their keys and access tokens are read by every request and hardly ever changed. A reader
 * keeps a copy of each that it reads. All copies of a kind are void once a transaction has changed
 * or deleted a row of that kind: which statements do so is found in their texts at build time
 * (scripts/embed-sql), and the batch counts it between its commit and the first answer. So whoever
 * was told of a change never sees what was before. A row that is not there is not kept, so adding
 * one changes nothing; it does where whole lists are kept (a wallet's properties). Sound where one
 * process alone writes, as engines that lock the database see to; a reader that shares no counters
 * with a store keeps nothing.
 */
#ifndef FLORIN_STORE_KEPT_H
#define FLORIN_STORE_KEPT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/bytes.h"

#define KEPT_SLOTS     256  /* of each kind; a row takes the place of another */
#define KEPT_ROW_BYTES 2048 /* with its texts; a larger one is read each time */
#define KEPT_KEY_BYTES 384

enum kept_kind { KEPT_WALLET, KEPT_WALLET_KEY, KEPT_TOKEN, KEPT_KINDS };

/* How often rows of each kind were changed: one for a store and its readers (store.h). */
struct store_changes {
	_Atomic uint64_t of[KEPT_KINDS];
};

struct kept;

/* Copies a row and what it points to; false where the arena is full. */
typedef bool kept_copy(struct arena *a, const void *from, void *to);

/* What is looked for, and what held when the look began. */
struct kept_key {
	enum kept_kind kind;
	uint8_t bytes[KEPT_KEY_BYTES];
	size_t n; /* above KEPT_KEY_BYTES: nothing is found or kept */
	uint64_t version;
};

/* changes: NULL where nothing is to be kept. NULL where memory is out, which serves as well. */
struct kept *kept_new(struct store_changes *changes);
void kept_free(struct kept *k);

void kept_key_init(struct kept_key *key, enum kept_kind kind);
void kept_key_put(struct kept_key *key, const void *p, size_t n);

/* The row of the key, copied to `to`; false where it must be read. To be asked before the database
 * is: the key then holds what kept_put needs. `k` may be NULL, as below. */
bool kept_find(struct kept *k, struct kept_key *key, kept_copy *copy, struct arena *a, void *to);
void kept_put(
        struct kept *k, const struct kept_key *key, kept_copy *copy, const void *row, size_t size);

/* Bits 1 << kind: rows of these were changed, and the change was committed. */
void kept_changed(struct store_changes *changes, unsigned kinds);

#endif
