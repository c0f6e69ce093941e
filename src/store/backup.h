/* backup: a copy of the node's database in one file, and the way back.
 *
 * The copy is one committed state, taken while the node runs. The master key is never in it: keep
 * that apart, since either is worth nothing to a thief without the other.
 * `why` gets one line for a person after every error, as in store.h.
 */
#ifndef FLORIN_STORE_BACKUP_H
#define FLORIN_STORE_BACKUP_H

#include "store/store.h"

struct backup_report {
	uint64_t bytes;
	uint64_t generation;
};

/* Any thread, beside a running server. A file that does not come to its end has another name.
 * Errors: THEIRS_CONFLICT (there is such a file), OURS_IO (it can't be made), RETRY_STORE (no
 * space, busy), OURS_STORE, OURS_CONFIG, OURS_MEMORY. */
MUST_USE enum result store_backup(const struct store_options *o, const char *file,
        struct backup_report *out, char why[STORE_WHY_SIZE]);

#define BACKUP_ASIDE_SIZE 4200

struct restore_options {
	struct store_options store;
	const char *file;
	bool accept_rollback;    /* replace a database that has gone on since */
	store_audit_fn *finding; /* what the audit of the copy finds */
	void *arg;
};

struct restore_report {
	uint64_t generation;
	char aside[BACKUP_ASIDE_SIZE]; /* where the database before was put; "" for none */
};

/* Checks the file's schema, integrity, master key and books before anything changes; a database
 * that was there is put aside and never deleted. Only while no server runs. Errors: OURS_CONFIG
 * (made with another master key), OURS_STORE (no backup, or a broken one), THEIRS_STATE (the books
 * do not agree), THEIRS_CONFLICT (the database there is newer), RETRY_BUSY (a server runs),
 * OURS_IO, RETRY_STORE, OURS_MEMORY. */
MUST_USE enum result store_restore(
        const struct restore_options *o, struct restore_report *out, char why[STORE_WHY_SIZE]);

#endif
