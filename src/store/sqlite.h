/* sqlite: the SQLite engine's own struct; private to sqlite*.c, the only users of sqlite3.h. */
#ifndef FLORIN_STORE_SQLITE_H
#define FLORIN_STORE_SQLITE_H

#include <sqlite3.h>

#include "base/owner.h"
#include "store/engine.h"

#define SQLITE_PATH_MAX 4096

struct sqlite {
	struct db db;
	sqlite3 *handle;
	sqlite3_stmt *statements[STATEMENTS];
	sqlite3_stmt *begin, *commit; /* NULL: not prepared yet */
	int lock_fd; /* side file that excludes a second writing process; -1 for readers */
};

/* The class of an SQLite error: RETRY_STORE where it may pass (busy, full, I/O),
 * else OURS_STORE. */
enum result sqlite_result(int code);
/* Logs the connection's last error and returns its class. */
enum result sqlite_failed(sqlite3 *handle, const char *what);

/* The record of steps and every step, in an empty database: how the image is made
 * (sqlite_image.h). Errors as sqlite_schema_upgrade. */
MUST_USE enum result sqlite_schema_create(
        sqlite3 *handle, int64_t now_ms, char why[STORE_WHY_SIZE]);
/* The image as a new file, which only the owner reads; nothing is synced. Errors: OURS_IO. */
MUST_USE enum result sqlite_schema_write(const char *path);
/* Of a database that was just written so: its steps were applied now. Errors: RETRY_STORE,
 * OURS_STORE. */
MUST_USE enum result sqlite_schema_date(sqlite3 *handle, int64_t now_ms);
/* Brings an older database to the present schema: all the steps that it lacks, or none of them.
 * Errors: OURS_STORE (not ours, newer or altered), RETRY_STORE; `why` is set. */
MUST_USE enum result sqlite_schema_upgrade(
        sqlite3 *handle, int64_t now_ms, char why[STORE_WHY_SIZE]);
/* The schema is the present one. Errors: OURS_STORE (older, newer, altered); `why` is set. */
MUST_USE enum result sqlite_schema_check(sqlite3 *handle, char why[STORE_WHY_SIZE]);

MUST_USE enum result sqlite_audit(
        struct db *db, int64_t now_ms, store_audit_fn *fn, void *arg, size_t *broken);

/* DIR/TARGET and the suffix; a target that begins with a slash is not below dir.
 * Errors: OURS_CONFIG (too long). */
MUST_USE enum result sqlite_path(
        const char *dir, const char *target, const char *suffix, char out[SQLITE_PATH_MAX]);
/* Excludes other writing processes until *fd is closed. Errors: OURS_IO, RETRY_BUSY. */
MUST_USE enum result sqlite_lock(const char *path, int *fd);

/* sqlite_backup.c; see engine.h. */
MUST_USE enum result sqlite_copy_out(const char *dir, const char *target, const char *file,
        uint64_t *bytes, char why[STORE_WHY_SIZE]);
MUST_USE enum result sqlite_copy_in(const char *dir, const char *target, const char *file,
        int64_t now_ms, char why[STORE_WHY_SIZE]);
MUST_USE enum result sqlite_replace(const char *dir, const char *target, const char *copy,
        int64_t now_ms, char *aside, size_t aside_size, char why[STORE_WHY_SIZE]);
void sqlite_discard(const char *dir, const char *target);

#endif
