#include "store/sqlite.h"

#include <stdio.h>
#include <string.h>

#include "store/sqlite_sql.h"

#define AUDIT_ROWS_MAX 20 /* reported for one check; the rest would say the same */

struct auditing {
	store_audit_fn *fn;
	void *arg;
	size_t *broken;
};

static enum result check_run(
        sqlite3 *handle, const struct sqlite_check *c, int64_t now_ms, struct auditing *a)
{
	enum result r = RESULT_OK;
	sqlite3_stmt *rows = NULL;
	char what[512];
	int code, shown = 0;

	if (sqlite3_prepare_v2(handle, c->text, -1, &rows, NULL) != SQLITE_OK)
		return sqlite_failed(handle, c->name);
	if (sqlite3_bind_parameter_count(rows) > 0)
		sqlite3_bind_int64(rows, 1, now_ms);
	while ((code = sqlite3_step(rows)) == SQLITE_ROW && shown < AUDIT_ROWS_MAX) {
		const char *text = (const char *)sqlite3_column_text(rows, 0);

		snprintf(what, sizeof(what), "%s: %s", c->about, text ? text : "?");
		a->fn(a->arg, c->name, what);
		++*a->broken;
		shown++;
	}
	if (code != SQLITE_ROW && code != SQLITE_DONE) {
		/* A sum that overflows, or a page that cannot be read: the check itself fails. */
		snprintf(what, sizeof(what), "%s: %s", c->about, sqlite3_errmsg(handle));
		a->fn(a->arg, c->name, what);
		++*a->broken;
		r = sqlite_result(code) == RESULT_RETRY_STORE ? RESULT_RETRY_STORE : RESULT_OK;
	}
	sqlite3_finalize(rows);
	return r;
}

enum result sqlite_audit(
        struct db *db, int64_t now_ms, store_audit_fn *fn, void *arg, size_t *broken)
{
	struct sqlite *s = OWNER_OF(db, struct sqlite, db);
	struct auditing a = {fn, arg, broken};
	enum result r = RESULT_OK;

	*broken = 0;
	for (size_t i = 0; !r && i < sqlite_checks_count; i++)
		r = check_run(s->handle, &sqlite_checks[i], now_ms, &a);
	return r;
}
