#include "store/sqlite.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/log.h"
#include "store/sqlite_sql.h"

#define SQLITE_BUSY_TIMEOUT_MS 5000
/* A checkpoint every 16 MiB of log: each page that the hot path touches again and again is then
 * copied once for hundreds of commits, and the log, which is overwritten from then on, has its size
 * soon: a sync of a file that grows takes longer. Nor is a page looked up in more than one part of
 * the log's index. */
#define SQLITE_CHECKPOINT_PAGES 4000
#define SQLITE_CACHE_KIB        8192
#define SQLITE_READER_CACHE_KIB 1024

static struct sqlite *sqlite_of(struct db *db)
{
	return OWNER_OF(db, struct sqlite, db);
}

enum result sqlite_result(int code)
{
	switch (code & 0xff) {
	case SQLITE_OK:
	case SQLITE_ROW:
	case SQLITE_DONE:
		return RESULT_OK;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
	case SQLITE_FULL:
	case SQLITE_IOERR:
	case SQLITE_READONLY:
	case SQLITE_CANTOPEN:
		return RESULT_RETRY_STORE;
	case SQLITE_NOMEM:
		return RESULT_OURS_MEMORY;
	default: /* not an enum: the library's codes are integers */
		return RESULT_OURS_STORE;
	}
}

enum result sqlite_failed(sqlite3 *handle, const char *what)
{
	char text[LOG_TEXT_SIZE];

	log_error("store_error", "during=%s code=%d message=%s", what,
	        sqlite3_extended_errcode(handle), log_text(text, sqlite3_errmsg(handle)));
	return sqlite_result(sqlite3_extended_errcode(handle));
}

enum result sqlite_path(
        const char *dir, const char *target, const char *suffix, char out[SQLITE_PATH_MAX])
{
	int n = target[0] == '/' ? snprintf(out, SQLITE_PATH_MAX, "%s%s", target, suffix)
	                         : snprintf(out, SQLITE_PATH_MAX, "%s/%s%s", dir, target, suffix);

	return n > 0 && n < SQLITE_PATH_MAX ? RESULT_OK : RESULT_OURS_CONFIG;
}

/* ---- opening ---- */

/* Before its first use: nobody asks how much memory the library uses, and counting it takes a lock
 * for each piece. */
static void library_once(void)
{
	(void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

static void library_set_up(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	(void)pthread_once(&once, library_once);
}

static enum result pragma(sqlite3 *handle, const char *text)
{
	if (sqlite3_exec(handle, text, NULL, NULL, NULL) != SQLITE_OK)
		return sqlite_failed(handle, text);
	return RESULT_OK;
}

static enum result settings(sqlite3 *handle, enum db_mode mode)
{
	char cache[64];
	enum result r;

	sqlite3_extended_result_codes(handle, 1);
	sqlite3_busy_timeout(handle, SQLITE_BUSY_TIMEOUT_MS);
	snprintf(cache, sizeof(cache), "PRAGMA cache_size=-%d",
	        mode == DB_WRITE ? SQLITE_CACHE_KIB : SQLITE_READER_CACHE_KIB);
	r = pragma(handle, cache);
	if (!r)
		r = pragma(handle, "PRAGMA trusted_schema=OFF");
	if (mode == DB_READ) {
		/* Only the writer checkpoints: a reader that did so at its close could stall it. */
		sqlite3_wal_autocheckpoint(handle, 0);
		sqlite3_db_config(handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
		return r;
	}
	if (!r)
		r = pragma(handle, "PRAGMA journal_mode=WAL");
	if (!r)
		r = pragma(handle, "PRAGMA synchronous=FULL");
	if (!r)
		r = pragma(handle, "PRAGMA foreign_keys=ON");
	sqlite3_wal_autocheckpoint(handle, SQLITE_CHECKPOINT_PAGES);
	return r;
}

enum result sqlite_lock(const char *path, int *fd)
{
	*fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (*fd < 0)
		return RESULT_OURS_IO;
	if (flock(*fd, LOCK_EX | LOCK_NB) == 0)
		return RESULT_OK;
	close(*fd);
	*fd = -1;
	return RESULT_RETRY_BUSY;
}

static void sqlite_close(struct db *db)
{
	struct sqlite *s = sqlite_of(db);

	for (size_t i = 0; i < STATEMENTS; i++)
		sqlite3_finalize(s->statements[i]);
	sqlite3_finalize(s->begin);
	sqlite3_finalize(s->commit);
	sqlite3_close(s->handle);
	if (s->lock_fd >= 0)
		close(s->lock_fd);
	free(s);
}

static enum result sqlite_open(const char *dir, const char *target, enum db_mode mode,
        int64_t now_ms, char why[STORE_WHY_SIZE], struct db **out)
{
	enum result r = RESULT_OURS_MEMORY;
	char path[SQLITE_PATH_MAX], lock[SQLITE_PATH_MAX];
	int flags = SQLITE_OPEN_NOMUTEX |
	            (mode == DB_WRITE ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY);
	struct sqlite *s = calloc(1, sizeof(*s));

	library_set_up();
	snprintf(why, STORE_WHY_SIZE, "out of memory");
	if (!s)
		return r;
	s->db.engine = &engine_sqlite;
	s->db.mode = mode;
	s->lock_fd = -1;

	snprintf(why, STORE_WHY_SIZE, "the path is too long");
	r = sqlite_path(dir, target, "", path);
	if (!r)
		r = sqlite_path(dir, target, ".lock", lock);
	if (r)
		goto out;
	if (access(path, R_OK) != 0) {
		snprintf(why, STORE_WHY_SIZE, "there is no readable database %.200s", target);
		r = RESULT_OURS_IO;
		goto out;
	}
	if (mode == DB_WRITE) {
		r = sqlite_lock(lock, &s->lock_fd);
		if (r) {
			snprintf(why, STORE_WHY_SIZE, "%s",
			        r == RESULT_RETRY_BUSY ? "another process uses this database"
			                               : "its lock file cannot be opened");
			goto out;
		}
	}
	snprintf(why, STORE_WHY_SIZE, "the database cannot be opened");
	if (sqlite3_open_v2(path, &s->handle, flags, NULL) != SQLITE_OK) {
		r = sqlite_failed(s->handle, "open");
		goto out;
	}
	r = settings(s->handle, mode);
	if (r)
		goto out;
	r = mode == DB_WRITE ? sqlite_schema_upgrade(s->handle, now_ms, why)
	                     : sqlite_schema_check(s->handle, why);
	if (r)
		goto out;
	why[0] = '\0';
	*out = &s->db;
	return RESULT_OK;
out:
	sqlite_close(&s->db);
	return r;
}

/* Makes the file under a temporary name, so that a crash leaves no half-made database behind. */
static enum result sqlite_create(
        const char *dir, const char *target, int64_t now_ms, char why[STORE_WHY_SIZE])
{
	enum result r;
	char path[SQLITE_PATH_MAX], wal[SQLITE_PATH_MAX], making[SQLITE_PATH_MAX];
	sqlite3 *handle = NULL;

	library_set_up();
	snprintf(why, STORE_WHY_SIZE, "the path is too long");
	r = sqlite_path(dir, target, "", path);
	if (!r)
		r = sqlite_path(dir, target, "-wal", wal);
	if (!r)
		r = sqlite_path(dir, target, ".new", making);
	if (r)
		return r;
	if (access(path, F_OK) == 0) {
		snprintf(why, STORE_WHY_SIZE, "there is a database %.200s already", target);
		return RESULT_THEIRS_CONFLICT;
	}
	/* What another database left would be played into this one. */
	if (access(wal, F_OK) == 0) {
		snprintf(why, STORE_WHY_SIZE,
		        "there is %.150s-wal, the log of a database that is gone: put it away",
		        target);
		return RESULT_THEIRS_CONFLICT;
	}
	unlink(making);
	snprintf(why, STORE_WHY_SIZE, "the database cannot be made");
	r = sqlite_schema_write(making);
	if (!r && sqlite3_open_v2(making, &handle, SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_READWRITE,
	                  NULL) != SQLITE_OK)
		r = sqlite_failed(handle, "create");
	/* No log file yet: it would not be renamed with the database. The sync at the commit is
	 * one of all that was written to the file. */
	if (!r)
		r = pragma(handle, "PRAGMA synchronous=FULL");
	if (!r)
		r = sqlite_schema_date(handle, now_ms);
	if (sqlite3_close(handle) != SQLITE_OK && !r)
		r = RESULT_OURS_STORE;
	if (!r && link(making, path) != 0) {
		snprintf(why, STORE_WHY_SIZE, "the database cannot be put in place");
		r = RESULT_OURS_IO;
	}
	unlink(making);
	if (!r)
		why[0] = '\0';
	return r;
}

/* ---- transactions ---- */

/* A statement of each transaction, prepared once. */
static enum result simple(struct sqlite *s, sqlite3_stmt **statement, const char *text)
{
	if (!*statement && sqlite3_prepare_v3(s->handle, text, -1, SQLITE_PREPARE_PERSISTENT,
	                           statement, NULL) != SQLITE_OK)
		return sqlite_failed(s->handle, text);
	(void)sqlite3_step(*statement);
	/* which says how the step went */
	return sqlite3_reset(*statement) == SQLITE_OK ? RESULT_OK : sqlite_failed(s->handle, text);
}

static enum result sqlite_begin(struct db *db)
{
	struct sqlite *s = sqlite_of(db);

	return simple(s, &s->begin, db->mode == DB_WRITE ? "BEGIN IMMEDIATE" : "BEGIN");
}

/* Writes the changed pages to the log now, so that a full disk is a failed statement and not a
 * failed commit. BUSY says that a page is in use, which only leaves it for the commit. */
static enum result sqlite_flush(struct db *db)
{
	struct sqlite *s = sqlite_of(db);
	int code = sqlite3_db_cacheflush(s->handle);

	if (code == SQLITE_OK || (code & 0xff) == SQLITE_BUSY)
		return RESULT_OK;
	log_error("store_error", "during=flush code=%d", code);
	return sqlite_result(code);
}

static enum result sqlite_commit(struct db *db)
{
	struct sqlite *s = sqlite_of(db);

	return simple(s, &s->commit, "COMMIT");
}

static void sqlite_rollback(struct db *db)
{
	struct sqlite *s = sqlite_of(db);

	/* An error may have ended the transaction already. */
	if (sqlite3_get_autocommit(s->handle))
		return;
	/* the next begin then fails */
	if (sqlite3_exec(s->handle, "ROLLBACK", NULL, NULL, NULL) != SQLITE_OK)
		(void)sqlite_failed(s->handle, "ROLLBACK");
}

/* ---- statements ---- */

/* Prepared when it is first used: a process uses few of them, and a command hardly any. That each
 * can be prepared on the present schema is a test's to say (t/store/test_schema). */
static void *sqlite_start(struct db *db, enum statement statement)
{
	struct sqlite *s = sqlite_of(db);
	const struct sqlite_statement *t = &sqlite_statements[statement];
	sqlite3_stmt **prepared = &s->statements[statement];
	int who = db->mode == DB_WRITE ? SQLITE_FOR_WRITE : SQLITE_FOR_READ;

	if (!*prepared && !((int)t->who & who))
		return NULL;
	if (!*prepared && sqlite3_prepare_v3(s->handle, t->text, -1, SQLITE_PREPARE_PERSISTENT,
	                          prepared, NULL) != SQLITE_OK) {
		enum result r = sqlite_failed(s->handle, t->name);

		(void)r; /* logged; NULL says it */
	}
	return *prepared;
}

static unsigned sqlite_changes(enum statement statement)
{
	return sqlite_statements[statement].changes;
}

static enum result bound(void *statement, int code)
{
	return code == SQLITE_OK ? RESULT_OK : sqlite_failed(sqlite3_db_handle(statement), "bind");
}

static enum result sqlite_bind_int64(void *statement, int i, int64_t v)
{
	return bound(statement, sqlite3_bind_int64(statement, i, v));
}

static enum result sqlite_bind_string(void *statement, int i, struct bytes v)
{
	return bound(statement, sqlite3_bind_text64(statement, i, (const char *)v.p, v.n,
	                                SQLITE_STATIC, SQLITE_UTF8));
}

static enum result sqlite_bind_bytes(void *statement, int i, struct bytes v)
{
	return bound(statement, sqlite3_bind_blob64(statement, i, v.p, v.n, SQLITE_STATIC));
}

static enum result sqlite_bind_nothing(void *statement, int i)
{
	return bound(statement, sqlite3_bind_null(statement, i));
}

static enum result sqlite_step(struct db *db, void *statement, bool *row)
{
	int code = sqlite3_step(statement);

	*row = code == SQLITE_ROW;
	if (code == SQLITE_ROW || code == SQLITE_DONE)
		return RESULT_OK;
	return sqlite_failed(sqlite_of(db)->handle, sqlite3_sql(statement));
}

static int64_t sqlite_col_int64(void *statement, int i)
{
	return sqlite3_column_int64(statement, i);
}

static struct bytes sqlite_col_bytes(void *statement, int i)
{
	const void *p = sqlite3_column_blob(statement, i);

	return bytes_of(p, (size_t)sqlite3_column_bytes(statement, i));
}

static void sqlite_end(void *statement)
{
	sqlite3_reset(statement);
	sqlite3_clear_bindings(statement);
}

const struct engine engine_sqlite = {
        .scheme = "sqlite",
        .create = sqlite_create,
        .open = sqlite_open,
        .close = sqlite_close,
        .begin = sqlite_begin,
        .flush = sqlite_flush,
        .commit = sqlite_commit,
        .rollback = sqlite_rollback,
        .start = sqlite_start,
        .changes = sqlite_changes,
        .bind_int = sqlite_bind_int64,
        .bind_text = sqlite_bind_string,
        .bind_blob = sqlite_bind_bytes,
        .bind_null = sqlite_bind_nothing,
        .step = sqlite_step,
        .col_int = sqlite_col_int64,
        .col_bytes = sqlite_col_bytes,
        .end = sqlite_end,
        .audit = sqlite_audit,
        .copy_out = sqlite_copy_out,
        .copy_in = sqlite_copy_in,
        .replace = sqlite_replace,
        .discard = sqlite_discard,
};
