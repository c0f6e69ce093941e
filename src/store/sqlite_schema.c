#include "store/sqlite.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/secret.h"
#include "store/sqlite_image.h"
#include "store/sqlite_sql.h"

/* Marks the file as ours for tools that look ("Flrn"). */
#define SQLITE_APPLICATION_ID "1181512302"

/* The whole text of a step. Caller frees. */
static char *step_text(const struct sqlite_step *step)
{
	size_t n = 0, at = 0;
	char *text;

	for (size_t i = 0; step->lines[i]; i++)
		n += strlen(step->lines[i]);
	text = malloc(n + 1);
	if (!text)
		return NULL;
	for (size_t i = 0; step->lines[i]; i++) {
		size_t len = strlen(step->lines[i]);

		memcpy(text + at, step->lines[i], len);
		at += len;
	}
	text[n] = '\0';
	return text;
}

static enum result step_apply(sqlite3 *handle, const struct sqlite_step *step, int64_t now_ms)
{
	enum result r = RESULT_OURS_MEMORY;
	sqlite3_stmt *record = NULL;
	char *text = step_text(step);
	uint8_t checksum[32];

	if (!text)
		return r;
	sha256(bytes_str(text), checksum);
	if (sqlite3_exec(handle, text, NULL, NULL, NULL) != SQLITE_OK) {
		r = sqlite_failed(handle, step->name);
		goto out;
	}
	if (sqlite3_prepare_v2(handle, "INSERT INTO schema_step VALUES (?1, ?2, ?3, ?4)", -1,
	            &record, NULL) != SQLITE_OK ||
	        sqlite3_bind_int(record, 1, step->number) != SQLITE_OK ||
	        sqlite3_bind_text(record, 2, step->name, -1, SQLITE_STATIC) != SQLITE_OK ||
	        sqlite3_bind_blob(record, 3, checksum, sizeof(checksum), SQLITE_STATIC) !=
	                SQLITE_OK ||
	        sqlite3_bind_int64(record, 4, now_ms) != SQLITE_OK ||
	        sqlite3_step(record) != SQLITE_DONE) {
		r = sqlite_failed(handle, "schema record");
		goto out;
	}
	r = RESULT_OK;
out:
	sqlite3_finalize(record);
	free(text);
	return r;
}

/* Compares what was applied with what we have; *applied counts the steps of the database. */
static enum result steps_compare(sqlite3 *handle, int *applied, char why[STORE_WHY_SIZE])
{
	enum result r = RESULT_OURS_STORE;
	sqlite3_stmt *steps = NULL;
	int code;

	*applied = 0;
	if (sqlite3_prepare_v2(handle, "SELECT number, checksum FROM schema_step ORDER BY number",
	            -1, &steps, NULL) != SQLITE_OK) {
		snprintf(why, STORE_WHY_SIZE, "the file is not a database of this program: %.120s",
		        sqlite3_errmsg(handle));
		return RESULT_OURS_STORE;
	}
	while ((code = sqlite3_step(steps)) == SQLITE_ROW) {
		int number = sqlite3_column_int(steps, 0);
		const void *recorded = sqlite3_column_blob(steps, 1);
		uint8_t checksum[32];
		char *text;

		if (number != *applied + 1 || (size_t)number > sqlite_steps_count) {
			snprintf(why, STORE_WHY_SIZE,
			        "its schema has step %d, newer than this program's %zu", number,
			        sqlite_steps_count);
			goto out;
		}
		text = step_text(&sqlite_steps[number - 1]);
		if (!text) {
			r = RESULT_OURS_MEMORY;
			goto out;
		}
		sha256(bytes_str(text), checksum);
		free(text);
		if (sqlite3_column_bytes(steps, 1) != (int)sizeof(checksum) ||
		        memcmp(recorded, checksum, sizeof(checksum)) != 0) {
			snprintf(why, STORE_WHY_SIZE,
			        "its schema step %d is not the one of this program", number);
			goto out;
		}
		*applied = number;
	}
	r = code == SQLITE_DONE ? RESULT_OK : sqlite_failed(handle, "schema read");
out:
	sqlite3_finalize(steps);
	return r;
}

/* A step may put another table in the place of one that others refer to: that takes them not to be
 * looked at meanwhile, which can't be switched within its transaction. */
static enum result check_references(sqlite3 *handle, bool on)
{
	const char *text = on ? "PRAGMA foreign_keys=ON" : "PRAGMA foreign_keys=OFF";

	return sqlite3_exec(handle, text, NULL, NULL, NULL) == SQLITE_OK
	               ? RESULT_OK
	               : sqlite_failed(handle, text);
}

/* The steps after the first `applied` ones, all of them or none: a program that is taken back after
 * a failed upgrade finds the schema that it left. `first`, where it is given, runs before them. */
static enum result steps_apply(
        sqlite3 *handle, const char *first, int applied, int64_t now_ms, char why[STORE_WHY_SIZE])
{
	enum result r = check_references(handle, false);

	if (r)
		return r;
	snprintf(why, STORE_WHY_SIZE, "the schema cannot be written");
	if (sqlite3_exec(handle, "BEGIN IMMEDIATE", NULL, NULL, NULL) != SQLITE_OK)
		return sqlite_failed(handle, "schema begin");
	if (first && sqlite3_exec(handle, first, NULL, NULL, NULL) != SQLITE_OK)
		r = sqlite_failed(handle, "schema");
	for (size_t i = (size_t)applied; !r && i < sqlite_steps_count; i++) {
		r = step_apply(handle, &sqlite_steps[i], now_ms);
		if (r)
			snprintf(why, STORE_WHY_SIZE, "schema step %zu failed", i + 1);
	}
	if (!r && sqlite3_exec(handle, "COMMIT", NULL, NULL, NULL) != SQLITE_OK)
		r = sqlite_failed(handle, "schema commit");
	if (r) {
		sqlite3_exec(handle, "ROLLBACK", NULL, NULL, NULL);
		return r;
	}
	for (size_t i = (size_t)applied; i < sqlite_steps_count; i++)
		log_info("schema_step", "number=%d name=%s", sqlite_steps[i].number,
		        sqlite_steps[i].name);
	return check_references(handle, true);
}

enum result sqlite_schema_create(sqlite3 *handle, int64_t now_ms, char why[STORE_WHY_SIZE])
{
	static const char record[] = "PRAGMA application_id=" SQLITE_APPLICATION_ID ";"
	                             "CREATE TABLE schema_step ("
	                             " number INTEGER PRIMARY KEY, name TEXT NOT NULL,"
	                             " checksum BLOB NOT NULL, applied_ms INTEGER NOT NULL) STRICT";

	return steps_apply(handle, record, 0, now_ms, why);
}

static bool write_at(int fd, size_t at, const uint8_t *p, size_t n)
{
	while (n > 0) {
		ssize_t wrote = pwrite(fd, p, n, (off_t)at);

		if (wrote <= 0)
			return false;
		at += (size_t)wrote;
		p += wrote;
		n -= (size_t)wrote;
	}
	return true;
}

enum result sqlite_schema_write(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	const uint8_t *p = sqlite_image_bytes;
	bool written;

	if (fd < 0)
		return RESULT_OURS_IO;
	written = ftruncate(fd, (off_t)sqlite_image_size) == 0;
	for (size_t i = 0; written && i < sqlite_image_pieces_count; i++) {
		const struct sqlite_piece *piece = &sqlite_image_pieces[i];

		written = write_at(fd, piece->at, p, piece->size);
		p += piece->size;
	}
	return close(fd) == 0 && written ? RESULT_OK : RESULT_OURS_IO;
}

enum result sqlite_schema_date(sqlite3 *handle, int64_t now_ms)
{
	sqlite3_stmt *date = NULL;
	enum result r = RESULT_OK;

	if (sqlite3_prepare_v2(handle, "UPDATE schema_step SET applied_ms = ?1", -1, &date, NULL) !=
	                SQLITE_OK ||
	        sqlite3_bind_int64(date, 1, now_ms) != SQLITE_OK ||
	        sqlite3_step(date) != SQLITE_DONE)
		r = sqlite_failed(handle, "schema date");
	sqlite3_finalize(date);
	return r;
}

enum result sqlite_schema_upgrade(sqlite3 *handle, int64_t now_ms, char why[STORE_WHY_SIZE])
{
	int applied;
	enum result r = steps_compare(handle, &applied, why);

	if (r || (size_t)applied == sqlite_steps_count)
		return r;
	return steps_apply(handle, NULL, applied, now_ms, why);
}

enum result sqlite_schema_check(sqlite3 *handle, char why[STORE_WHY_SIZE])
{
	int applied;
	enum result r = steps_compare(handle, &applied, why);

	if (!r && (size_t)applied < sqlite_steps_count) {
		snprintf(why, STORE_WHY_SIZE,
		        "its schema has %d steps, this program needs %zu: start the server once",
		        applied, sqlite_steps_count);
		r = RESULT_OURS_STORE;
	}
	return r;
}
