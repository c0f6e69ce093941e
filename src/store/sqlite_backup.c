/* Copies of a database: out of a running node, and back in. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/sqlite.h"

#define PARTIAL_SUFFIX       ".partial"
#define COPY_BUSY_TIMEOUT_MS 5000

/* The sync of what was written into a directory. */
static enum result sync_path(const char *path, int flags)
{
	int fd = open(path, flags | O_RDONLY | O_CLOEXEC);
	int failed;

	if (fd < 0)
		return RESULT_OURS_IO;
	failed = fsync(fd);
	close(fd);
	return failed ? RESULT_OURS_IO : RESULT_OK;
}

static enum result sync_parent(const char *path)
{
	char dir[SQLITE_PATH_MAX];
	char *slash;

	(void)snprintf(dir, sizeof(dir), "%s", path);
	slash = strrchr(dir, '/');
	if (!slash)
		return sync_path(".", O_DIRECTORY);
	slash[slash == dir] = '\0';
	return sync_path(dir, O_DIRECTORY);
}

/* All pages in one step, on one snapshot: a copy in several would begin anew with each commit. */
static enum result copy_pages(sqlite3 *from, sqlite3 *to)
{
	sqlite3_backup *backup = sqlite3_backup_init(to, "main", from, "main");
	int code;

	if (!backup)
		return sqlite_failed(to, "backup");
	do
		code = sqlite3_backup_step(backup, -1);
	while (code == SQLITE_OK);
	sqlite3_backup_finish(backup);
	return code == SQLITE_DONE ? RESULT_OK : sqlite_failed(to, "backup");
}

/* The copy is one file: the log's mode is set again when it is opened for writing. */
static enum result copy_file(const char *from_path, const char *to_path, char why[STORE_WHY_SIZE])
{
	sqlite3 *from = NULL, *to = NULL;
	mode_t mask = umask(0077);
	enum result r = RESULT_OK;

	unlink(to_path);
	if (sqlite3_open_v2(from_path, &from, SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_READONLY, NULL) !=
	        SQLITE_OK) {
		snprintf(why, STORE_WHY_SIZE, "%.200s cannot be read", from_path);
		r = RESULT_OURS_STORE;
	} else if (sqlite3_open_v2(to_path, &to,
	                   SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
	                   NULL) != SQLITE_OK) {
		snprintf(why, STORE_WHY_SIZE, "%.200s cannot be made", to_path);
		r = RESULT_OURS_IO;
	}
	umask(mask);
	if (!r) {
		sqlite3_busy_timeout(from, COPY_BUSY_TIMEOUT_MS);
		snprintf(why, STORE_WHY_SIZE, "the copy failed: no database, or no space?");
		r = copy_pages(from, to);
	}
	if (!r && sqlite3_exec(to, "PRAGMA journal_mode=DELETE", NULL, NULL, NULL) != SQLITE_OK)
		r = sqlite_failed(to, "backup journal");
	sqlite3_close(to);
	sqlite3_close(from);
	if (!r)
		r = sync_path(to_path, 0);
	if (r)
		unlink(to_path);
	return r;
}

enum result sqlite_copy_out(const char *dir, const char *target, const char *file, uint64_t *bytes,
        char why[STORE_WHY_SIZE])
{
	char path[SQLITE_PATH_MAX], partial[SQLITE_PATH_MAX];
	struct stat made = {0};
	enum result r = sqlite_path(dir, target, "", path);

	snprintf(why, STORE_WHY_SIZE, "the path is too long");
	if (!r)
		r = sqlite_path(".", file, PARTIAL_SUFFIX, partial);
	if (r)
		return r;
	if (access(file, F_OK) == 0) {
		snprintf(why, STORE_WHY_SIZE, "there is a file %.200s already", file);
		return RESULT_THEIRS_CONFLICT;
	}
	r = copy_file(path, partial, why);
	if (r)
		return r;
	/* Not a rename: that would replace a file made meanwhile. */
	if (link(partial, file) != 0) {
		snprintf(why, STORE_WHY_SIZE, "%.150s cannot be put in place: %.60s", file,
		        strerror(errno));
		r = errno == EEXIST ? RESULT_THEIRS_CONFLICT : RESULT_OURS_IO;
	}
	unlink(partial);
	if (!r && (stat(file, &made) != 0 || sync_parent(file))) {
		snprintf(why, STORE_WHY_SIZE, "%.200s cannot be kept", file);
		r = RESULT_OURS_IO;
	}
	*bytes = (uint64_t)made.st_size;
	if (!r)
		why[0] = '\0';
	return r;
}

static const char *const parts[] = {"", "-wal", "-shm"};

void sqlite_discard(const char *dir, const char *target)
{
	char path[SQLITE_PATH_MAX];

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (!sqlite_path(dir, target, parts[i], path))
			unlink(path);
	if (!sqlite_path(dir, target, ".lock", path))
		unlink(path);
}

enum result sqlite_copy_in(const char *dir, const char *target, const char *file, int64_t now_ms,
        char why[STORE_WHY_SIZE])
{
	char path[SQLITE_PATH_MAX];
	struct db *db = NULL;
	enum result r = sqlite_path(dir, target, "", path);

	if (r) {
		snprintf(why, STORE_WHY_SIZE, "the path is too long");
		return r;
	}
	if (access(file, R_OK) != 0) {
		snprintf(why, STORE_WHY_SIZE, "there is no readable file %.200s", file);
		return RESULT_OURS_IO;
	}
	/* A restore that was killed may have left a log of its copy. */
	sqlite_discard(dir, target);
	r = copy_file(file, path, why);
	/* Brings an older schema up to date, and refuses what is none. */
	if (!r)
		r = engine_sqlite.open(dir, target, DB_WRITE, now_ms, why, &db);
	if (!r)
		db->engine->close(db);
	return r;
}

/* Where the parts of a database are kept that another takes the place of. */
struct aside {
	const char *dir, *target;
	char suffix[64];
	bool moved[sizeof(parts) / sizeof(parts[0])];
};

static enum result move_part(const struct aside *a, size_t i, bool back)
{
	char here[SQLITE_PATH_MAX], there[SQLITE_PATH_MAX], suffix[128];

	(void)snprintf(suffix, sizeof(suffix), "%s%s", a->suffix, parts[i]);
	if (sqlite_path(a->dir, a->target, parts[i], here) ||
	        sqlite_path(a->dir, a->target, suffix, there))
		return RESULT_OURS_CONFIG;
	if ((back ? rename(there, here) : rename(here, there)) == 0)
		return RESULT_OK;
	return errno == ENOENT ? RESULT_THEIRS_NOT_FOUND : RESULT_OURS_IO;
}

/* The database comes back last: without it nothing opens a part of it. */
static void put_back(const struct aside *a)
{
	for (size_t i = sizeof(parts) / sizeof(parts[0]); i-- > 0;)
		if (a->moved[i] && move_part(a, i, true))
			return;
}

/* The database first, for the same reason, then its log. A log alone is what a restore that was
 * killed here has left: it goes too, since it would be played into the copy. */
static enum result put_aside(struct aside *a, char why[STORE_WHY_SIZE])
{
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		enum result r = move_part(a, i, false);

		a->moved[i] = !r;
		if (!r || r == RESULT_THEIRS_NOT_FOUND)
			continue;
		snprintf(why, STORE_WHY_SIZE, "%.100s%s cannot be put aside", a->target, parts[i]);
		put_back(a);
		return r;
	}
	return RESULT_OK;
}

/* What a node that was killed left in its log goes into the database, so that one rename moves all
 * of it. Of one that is broken, as it may be, the parts are moved as they are. */
static void fold_log(const char *path)
{
	sqlite3 *handle = NULL;

	if (sqlite3_open_v2(path, &handle, SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_READWRITE, NULL) ==
	        SQLITE_OK)
		(void)sqlite3_exec(handle, "PRAGMA wal_checkpoint(TRUNCATE)", NULL, NULL, NULL);
	(void)sqlite3_close(handle);
}

enum result sqlite_replace(const char *dir, const char *target, const char *copy, int64_t now_ms,
        char *aside, size_t aside_size, char why[STORE_WHY_SIZE])
{
	char path[SQLITE_PATH_MAX], from[SQLITE_PATH_MAX], lock[SQLITE_PATH_MAX];
	struct aside old = {.dir = dir, .target = target};
	int lock_fd = -1;
	enum result r = sqlite_path(dir, target, "", path);

	(void)snprintf(old.suffix, sizeof(old.suffix), ".before-restore-%lld", (long long)now_ms);
	if (!r)
		r = sqlite_path(dir, copy, "", from);
	if (!r)
		r = sqlite_path(dir, target, ".lock", lock);
	if (r) {
		snprintf(why, STORE_WHY_SIZE, "the path is too long");
		return r;
	}
	r = sqlite_lock(lock, &lock_fd);
	if (r) {
		snprintf(why, STORE_WHY_SIZE, "another process uses this database");
		return r;
	}
	fold_log(path);
	r = put_aside(&old, why);
	if (!r && rename(from, path) != 0) {
		snprintf(why, STORE_WHY_SIZE, "the database cannot be put in place");
		put_back(&old);
		r = RESULT_OURS_IO;
	} else if (!r && old.moved[0]) {
		(void)snprintf(aside, aside_size, "%s%s", path, old.suffix);
	}
	if (!r && sync_parent(path)) {
		snprintf(why, STORE_WHY_SIZE, "the database is in place, but may not be kept");
		r = RESULT_OURS_IO;
	}
	close(lock_fd);
	if (!r) {
		sqlite_discard(dir, copy);
		why[0] = '\0';
	}
	return r;
}
