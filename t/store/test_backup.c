/* Copies: out of a store in use, and back only where they are sound, ours and not older. SQLite
 * only. */
#include "unit/harness.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "store/backup.h"
#include "store/fixture.h"

#define ASIDE "other.db.before-restore-1700000000000"

static struct fixture f;
static char copy[96], place[96];
static char why[STORE_WHY_SIZE];
static unsigned findings;

static void setup(void)
{
	fixture_setup(&f);
	log_set_level(LOG_LEVEL_ERROR);
	snprintf(copy, sizeof(copy), "%s/copy", f.dir);
	snprintf(place, sizeof(place), "%s/place", f.dir);
	ck_assert_int_eq(mkdir(place, 0700), 0);
	findings = 0;
}

static void teardown(void)
{
	static const char *const names[] = {
	        "other.db", "other.db-wal", "other.db-shm", "other.db.lock", ASIDE, ASIDE "-wal"};
	char path[256];

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", place, names[i]);
		if (unlink(path))
			rmdir(path);
	}
	rmdir(place);
	unlink(copy);
	fixture_teardown(&f);
}

static void on_finding(void *arg, const char *check, const char *what)
{
	(void)arg;
	(void)check;
	(void)what;
	findings++;
}

static struct restore_options to_place(void)
{
	struct restore_options o = {.store = f.options, .file = copy, .finding = on_finding};

	o.store.dir = place;
	o.store.url = "sqlite:other.db";
	return o;
}

static void back_up(void)
{
	struct backup_report report;

	ck_assert_msg(store_backup(&f.options, copy, &report, why) == RESULT_OK, "%s", why);
	ck_assert_uint_gt(report.bytes, 0);
	ck_assert_uint_eq(report.generation, store_generation(f.store));
}

static void run_sql(const char *path, const char *sql)
{
	char *error = NULL;
	sqlite3 *handle;

	ck_assert_int_eq(sqlite3_open(path, &handle), SQLITE_OK);
	ck_assert_msg(sqlite3_exec(handle, sql, NULL, NULL, &error) == SQLITE_OK, "%s", error);
	sqlite3_close(handle);
}

/* What is committed is in it, what is not is not, and the store goes on. */
START_TEST(one_committed_state)
{
	struct restore_options o = to_place();
	struct restore_report report;
	struct store_options opened = o.store;
	struct reader *reader;
	struct account alice;
	account_id payment;
	struct id id;

	fixture_begin(&f);
	fixture_pay(&f, &id, &payment);
	back_up();
	fixture_end(&f);
	ck_assert_msg(store_restore(&o, &report, why) == RESULT_OK, "%s", why);
	ck_assert_uint_eq(findings, 0);
	ck_assert_str_eq(report.aside, "");
	IS(reader_open(&opened, why, &reader), RESULT_OK);
	IS(store_account_get(reader, f.alice, &alice), RESULT_OK);
	ck_assert_int_eq(ledger_balance(&alice), 100000);
	reader_close(reader);
	ck_assert_int_eq(fixture_balance(&f, f.alice), 90000);
}
END_TEST

START_TEST(never_over_a_file)
{
	struct backup_report report;

	back_up();
	IS(store_backup(&f.options, copy, &report, why), RESULT_THEIRS_CONFLICT);
	IS(store_backup(&f.options, "/nowhere/at/all", &report, why), RESULT_OURS_IO);
}
END_TEST

START_TEST(foreign_key)
{
	struct restore_options o = to_place();
	struct restore_report report;
	struct secret32 other = {{9}};

	back_up();
	o.store.master_key = &other;
	IS(store_restore(&o, &report, why), RESULT_OURS_CONFIG);
	ck_assert_msg(strstr(why, "another master key"), "%s", why);
	ck_assert_int_eq(rmdir(place), 0); /* nothing was left in it */
	ck_assert_int_eq(mkdir(place, 0700), 0);
}
END_TEST

START_TEST(broken)
{
	struct restore_options o = to_place();
	struct restore_report report;
	int fd;

	back_up();
	run_sql(copy,
	        "PRAGMA ignore_check_constraints = ON;"
	        "UPDATE account SET credits_posted = credits_posted + 1 WHERE kind = 'wallet'");
	IS(store_restore(&o, &report, why), RESULT_THEIRS_STATE);
	ck_assert_uint_gt(findings, 0);
	fd = open(copy, O_WRONLY | O_TRUNC);
	ck_assert_int_eq((int)write(fd, "no database at all, but long enough to look", 40), 40);
	close(fd);
	log_set_level(LOG_LEVEL_ERROR);
	IS(store_restore(&o, &report, why), RESULT_OURS_STORE);
	o.file = "/nowhere";
	IS(store_restore(&o, &report, why), RESULT_OURS_IO);
}
END_TEST

/* Over a database that has gone on since, only when that was said; it is kept all the same. */
START_TEST(rollback)
{
	struct restore_options o = to_place();
	struct restore_report report;
	struct store *store;

	back_up();
	IS(store_restore(&o, &report, why), RESULT_OK);
	IS(store_open(&o.store, why, &store), RESULT_OK); /* a start: the next generation */
	IS(store_restore(&o, &report, why), RESULT_THEIRS_CONFLICT);
	o.accept_rollback = true;
	IS(store_restore(&o, &report, why), RESULT_RETRY_BUSY);
	store_close(store);
	ck_assert_msg(store_restore(&o, &report, why) == RESULT_OK, "%s", why);
	ck_assert_ptr_nonnull(strstr(report.aside, "before-restore"));
	ck_assert_int_eq(access(report.aside, F_OK), 0);
}
END_TEST

static const char *in_place(const char *name)
{
	static char path[256];

	snprintf(path, sizeof(path), "%s/%s", place, name);
	return path;
}

static void left(const char *name)
{
	int fd = open(in_place(name), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, "left", 4), 4);
	close(fd);
}

/* Killed between the database's rename and its log's: SQLite would play the log into the copy. */
START_TEST(log_of_a_killed_restore)
{
	struct restore_options o = to_place();
	struct restore_report report;
	struct stat there;

	back_up();
	left("other.db-wal");
	ck_assert_msg(store_restore(&o, &report, why) == RESULT_OK, "%s", why);
	ck_assert_str_eq(report.aside, "");
	ck_assert_int_ne(access(in_place("other.db-wal"), F_OK), 0);
	ck_assert_int_eq(stat(in_place(ASIDE "-wal"), &there), 0);
	ck_assert_int_eq(there.st_size, 4);
}
END_TEST

/* A node that was killed has commits in its log alone: they go aside with the database. */
START_TEST(log_goes_along)
{
	struct restore_options o = to_place();
	struct restore_report report;
	struct store *store;
	sqlite3 *handle;

	back_up();
	IS(store_restore(&o, &report, why), RESULT_OK);
	IS(store_open(&o.store, why, &store), RESULT_OK);
	store_close(store);
	ck_assert_int_eq(sqlite3_open(in_place("other.db"), &handle), SQLITE_OK);
	ck_assert_int_eq(sqlite3_db_config(handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL), 0);
	ck_assert_int_eq(
	        sqlite3_exec(handle, "CREATE TABLE late (x)", NULL, NULL, NULL), SQLITE_OK);
	ck_assert_int_eq(sqlite3_close(handle), SQLITE_OK);
	ck_assert_int_eq(access(in_place("other.db-wal"), F_OK), 0);
	o.accept_rollback = true;
	ck_assert_msg(store_restore(&o, &report, why) == RESULT_OK, "%s", why);
	ck_assert_int_ne(access(in_place(ASIDE "-wal"), F_OK), 0);
	run_sql(report.aside, "SELECT x FROM late");
}
END_TEST

/* Nor into a new database. */
START_TEST(new_beside_a_log)
{
	struct restore_options o = to_place();

	left("other.db-wal");
	IS(store_create(&o.store, why), RESULT_THEIRS_CONFLICT);
	ck_assert_ptr_nonnull(strstr(why, "other.db-wal"));
	ck_assert_int_ne(access(in_place("other.db"), F_OK), 0);
	ck_assert_int_eq(unlink(in_place("other.db-wal")), 0);
	IS(store_create(&o.store, why), RESULT_OK);
}
END_TEST

/* Where a part can't be put aside, everything stays where it was. */
START_TEST(half_put_aside)
{
	struct restore_options o = to_place();
	struct restore_report report;
	struct stat before, after;

	back_up();
	IS(store_restore(&o, &report, why), RESULT_OK);
	/* What nobody can open, so its log stays what it is. */
	ck_assert_int_eq(unlink(in_place("other.db")), 0);
	ck_assert_int_eq(mkdir(in_place("other.db"), 0700), 0);
	ck_assert_int_eq(stat(in_place("other.db"), &before), 0);
	left("other.db-wal");
	ck_assert_int_eq(mkdir(in_place(ASIDE "-wal"), 0700), 0); /* its name is taken */
	IS(store_restore(&o, &report, why), RESULT_OURS_IO);
	ck_assert_int_eq(stat(in_place("other.db"), &after), 0);
	ck_assert_uint_eq(after.st_ino, before.st_ino);
	ck_assert_int_eq(access(in_place("other.db-wal"), F_OK), 0);
	ck_assert_int_ne(access(in_place(ASIDE), F_OK), 0);
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, one_committed_state);
	tcase_add_test(t, never_over_a_file);
	tcase_add_test(t, foreign_key);
	tcase_add_test(t, broken);
	tcase_add_test(t, rollback);
	tcase_add_test(t, log_of_a_killed_restore);
	tcase_add_test(t, half_put_aside);
	tcase_add_test(t, log_goes_along);
	tcase_add_test(t, new_beside_a_log);
}

TEST_MAIN("backup", fill)
