/* Schema steps: what is newer, altered or foreign is refused, and every released schema comes up to
 * date. SQLite only. */
#include "unit/harness.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "store/fixture.h"
#include "base/log.h"
#include "store/sqlite.h"
#include "store/sqlite_sql.h"

static struct fixture f;

static void run_sql(const char *file, const char *sql)
{
	(void)fixture_sql_of(&f, file, sql);
}

/* Both kinds of opening refuse `other.db`, and say why. */
static void refused(const char *reason)
{
	struct store_options o = f.options;
	char why[STORE_WHY_SIZE];
	struct store *store;
	struct reader *reader;

	o.url = "sqlite:other.db";
	IS(store_open(&o, why, &store), RESULT_OURS_STORE);
	ck_assert_msg(strstr(why, reason), "%s", why);
	IS(reader_open(&o, why, &reader), RESULT_OURS_STORE);
	ck_assert_msg(strstr(why, reason), "%s", why);
}

static void setup(void)
{
	struct store_options o;
	char why[STORE_WHY_SIZE];

	fixture_setup(&f);
	o = f.options;
	o.url = "sqlite:other.db";
	IS(store_create(&o, why), RESULT_OK);
}

static void teardown(void)
{
	fixture_teardown(&f);
}

START_TEST(newer)
{
	run_sql("other.db", "INSERT INTO schema_step VALUES (1000, 'x', zeroblob(32), 0)");
	refused("newer");
}
END_TEST

START_TEST(altered)
{
	run_sql("other.db", "UPDATE schema_step SET checksum = zeroblob(32) WHERE number = 1");
	refused("not the one of this program");
}
END_TEST

START_TEST(missing_step)
{
	run_sql("other.db", "DELETE FROM schema_step WHERE number = 1");
	refused("newer");
}
END_TEST

START_TEST(foreign)
{
	run_sql("other.db", "DROP TABLE schema_step");
	refused("not a database of this program");
}
END_TEST

START_TEST(no_database)
{
	char path[128];
	FILE *file;

	snprintf(path, sizeof(path), "%s/other.db", f.dir);
	file = fopen(path, "w");
	ck_assert_ptr_nonnull(file);
	ck_assert_int_ge(fprintf(file, "%05000d", 1), 0);
	fclose(file);
	log_set_level(LOG_LEVEL_ERROR);
	{
		struct store_options o = f.options;
		char why[STORE_WHY_SIZE];
		struct store *store;

		o.url = "sqlite:other.db";
		IS(store_open(&o, why, &store), RESULT_OURS_STORE);
	}
}
END_TEST

static void run_step(sqlite3 *handle, const struct sqlite_step *step)
{
	static char text[65536];
	struct buf b;

	buf_init(&b, text, sizeof(text));
	for (size_t i = 0; step->lines[i]; i++)
		buf_bytes(&b, bytes_str(step->lines[i]));
	buf_u8(&b, '\0');
	ck_assert(!b.failed);
	ck_assert_int_eq(sqlite3_exec(handle, "BEGIN", NULL, NULL, NULL), SQLITE_OK);
	ck_assert_msg(sqlite3_exec(handle, text, NULL, NULL, NULL) == SQLITE_OK, "%s: %s",
	        step->name, sqlite3_errmsg(handle));
	ck_assert_int_eq(sqlite3_exec(handle, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
}

static int number_of(sqlite3 *handle, const char *sql)
{
	sqlite3_stmt *s = NULL;
	int n;

	ck_assert_int_eq(sqlite3_prepare_v2(handle, sql, -1, &s, NULL), SQLITE_OK);
	ck_assert_int_eq(sqlite3_step(s), SQLITE_ROW);
	n = sqlite3_column_int(s, 0);
	sqlite3_finalize(s);
	return n;
}

/* The step that puts another table in the place of the grants' keeps them and what
 * refers to them. */
START_TEST(grants_stay)
{
	static const char rows[] =
	        "PRAGMA foreign_keys=OFF;"
	        "INSERT INTO gnap_grant (key, id, client, client_name, state, reason, "
	        "continue_hash,"
	        " poll_after_ms, wallet, ends_ms, created_ms, changed_ms, look_ms)"
	        " VALUES (7, zeroblob(16), 'c', 'n', 'FINALIZED', 'ISSUED', zeroblob(32), 1, 2, 3,"
	        " 4, 5, 6);"
	        "INSERT INTO grant_token (key, hash, id, grant_key, created_ms, expires_ms)"
	        " VALUES (1, zeroblob(32), zeroblob(16), 7, 1, 1)";
	const struct sqlite_step *step = sqlite_steps;
	sqlite3 *handle;

	ck_assert_int_eq(sqlite3_open(":memory:", &handle), SQLITE_OK);
	for (; strcmp(step->name + 4, "-grant-index") != 0; step++)
		run_step(handle, step);
	ck_assert_int_eq(sqlite3_exec(handle, rows, NULL, NULL, NULL), SQLITE_OK);
	run_step(handle, step);
	ck_assert_int_eq(
	        number_of(handle, "SELECT count(*) FROM gnap_grant g JOIN grant_token t"
	                          " ON t.grant_key = g.key WHERE g.client = 'c'"
	                          " AND g.client_name = 'n' AND g.reason = 'ISSUED'"
	                          " AND g.wallet = 2 AND g.ends_ms = 3 AND g.created_ms = 4"
	                          " AND g.changed_ms = 5 AND g.look_ms = 6"),
	        1);
	ck_assert_int_eq(number_of(handle, "SELECT count(*) FROM pragma_foreign_key_check"
	                                   " WHERE parent = 'gnap_grant'"),
	        0);
	/* what refers to a grant is looked at again */
	ck_assert_int_eq(
	        sqlite3_exec(handle, "PRAGMA foreign_keys=ON; DELETE FROM gnap_grant WHERE key = 7",
	                NULL, NULL, NULL),
	        SQLITE_CONSTRAINT);
	sqlite3_close(handle);
}
END_TEST

/* So does the one that puts others in the place of the quotes' and the payments', and each quote
 * then says which payment used it. */
START_TEST(quotes_and_payments_stay)
{
	static const char rows[] =
	        "PRAGMA foreign_keys=OFF;"
	        "INSERT INTO quote (id, wallet, kind, receiver, debit_amount, fee, receive_amount,"
	        " receive_code, receive_scale, min_rate, path_lower, path_upper, max_packet,"
	        " created_ms, expires_ms, used, local_incoming, refund_of, pace_ms, client)"
	        " SELECT CAST('123456789012345' || value AS BLOB), 1, 'fixed_send', 'r', 9, 1, 8,"
	        " 'USD', 2, zeroblob(32), zeroblob(32), zeroblob(32), 0, 3, 4, value = 1, 5, 6, 7, "
	        "'c'"
	        " FROM json_each('[1, 2]');"
	        "INSERT INTO outgoing_payment (account, id, quote, wallet, state, debit_amount,"
	        " receive_amount, fee, sent, created_ms, finished_ms, client, metadata)"
	        " SELECT 70, zeroblob(16), id, 1, 'COMPLETED', 9, 8, 1, 9, 3, 3, 'c', '{}'"
	        " FROM quote WHERE used = 1;"
	        "INSERT INTO payment_attempt (payment, number, started_ms) VALUES (70, 1, 1)";
	const struct sqlite_step *step = sqlite_steps;
	sqlite3 *handle;

	ck_assert_int_eq(sqlite3_open(":memory:", &handle), SQLITE_OK);
	for (; strcmp(step->name + 4, "-fewer-pages") != 0; step++)
		run_step(handle, step);
	ck_assert_int_eq(sqlite3_exec(handle, rows, NULL, NULL, NULL), SQLITE_OK);
	run_step(handle, step);
	ck_assert_int_eq(number_of(handle, "SELECT count(*) FROM quote WHERE debit_amount = 9"
	                                   " AND fee = 1 AND local_incoming = 5 AND refund_of = 6"
	                                   " AND pace_ms = 7 AND client = 'c'"),
	        2);
	ck_assert_int_eq(number_of(handle, "SELECT count(*) FROM quote WHERE payment IS NULL"), 1);
	ck_assert_int_eq(
	        number_of(handle, "SELECT count(*) FROM quote q JOIN outgoing_payment p"
	                          " ON p.account = q.payment AND p.quote = q.id"
	                          " JOIN payment_attempt a ON a.payment = p.account"
	                          " WHERE p.account = 70 AND p.sent = 9 AND p.metadata = '{}'"),
	        1);
	ck_assert_int_eq(number_of(handle, "SELECT count(*) FROM pragma_foreign_key_check"
	                                   " WHERE parent IN ('quote', 'outgoing_payment')"),
	        0);
	sqlite3_close(handle);
}
END_TEST

/* What left for peers in two phases became settlements, and nothing else did. */
START_TEST(withdrawals_of_peers_become_settlements)
{
	static const char rows[] =
	        "PRAGMA foreign_keys=OFF; PRAGMA ignore_check_constraints=ON;"
	        "INSERT INTO account (id, kind, asset, may_go_negative, closed) VALUES"
	        " (501, 'peer', 1, 0, 0), (502, 'wallet', 1, 0, 0);"
	        "INSERT INTO withdrawal (key, id, account, amount, state, group_id, created_ms,"
	        " expires_ms, ended_ms) VALUES"
	        " (1, x'01000000000000000000000000000000', 501, 70, 'POSTED', 901, 10, 99, 20),"
	        " (2, x'02000000000000000000000000000000', 501, 80, 'VOID', 902, 10, 99, 20),"
	        " (3, x'03000000000000000000000000000000', 501, 90, 'PENDING', 903, 10, 99, NULL),"
	        " (4, x'04000000000000000000000000000000', 502, 60, 'POSTED', 904, 10, 99, 20)";
	const struct sqlite_step *step = sqlite_steps;
	sqlite3 *handle;
	char *error = NULL;

	ck_assert_int_eq(sqlite3_open(":memory:", &handle), SQLITE_OK);
	for (; strcmp(step->name + 4, "-engine-token") != 0; step++)
		run_step(handle, step);
	ck_assert_msg(sqlite3_exec(handle, rows, NULL, NULL, &error) == SQLITE_OK, "%s", error);
	run_step(handle, step);
	ck_assert_int_eq(number_of(handle, "SELECT count(*) FROM movement"), 1);
	ck_assert_int_eq(number_of(handle, "SELECT count(*) FROM settlement"), 1);
	ck_assert_int_eq(
	        number_of(handle,
	                "SELECT count(*) FROM settlement s JOIN movement m ON m.id = s.movement"
	                " AND m.id = s.id WHERE s.peer = 501 AND m.account = 501"
	                " AND s.amount = 70 AND m.amount = 70 AND m.kind = 'settle_out'"
	                " AND m.group_id = 901 AND s.direction = 'sent' AND s.state = 'DONE'"
	                " AND s.by_engine = 0 AND s.created_ms = 20 AND s.ended_ms = 20"),
	        1);
	sqlite3_close(handle);
}
END_TEST

/* Orders that were tried and not answered before are in doubt after the step, others are not. */
START_TEST(orders_without_an_answer_are_in_doubt)
{
	static const char rows[] = "PRAGMA foreign_keys=OFF; PRAGMA ignore_check_constraints=ON;"
	                           "INSERT INTO engine_call (key, peer, engine, kind, settlement, "
	                           "state, attempts, next_ms,"
	                           " lease_holder, status, created_ms) VALUES"
	                           " (1, 1, 'e', 'SETTLE', x'01', 'QUEUED', 0, 1, 0, 0, 1),"
	                           " (2, 1, 'e', 'SETTLE', x'02', 'QUEUED', 1, 1, 0, 0, 1),"
	                           " (3, 1, 'e', 'SETTLE', x'03', 'QUEUED', 1, 1, 0, 503, 1),"
	                           " (4, 1, 'e', 'SETTLE', x'04', 'QUEUED', 1, 1, 0, 429, 1),"
	                           " (5, 1, 'e', 'SETTLE', x'05', 'QUEUED', 1, 1, 7, 429, 1),"
	                           " (6, 1, 'e', 'OPEN', NULL, 'QUEUED', 1, 1, 0, 0, 1)";
	const struct sqlite_step *step = sqlite_steps;
	sqlite3 *handle;
	char *error = NULL;

	ck_assert_int_eq(sqlite3_open(":memory:", &handle), SQLITE_OK);
	for (; strcmp(step->name + 4, "-order-in-doubt") != 0; step++)
		run_step(handle, step);
	ck_assert_msg(sqlite3_exec(handle, rows, NULL, NULL, &error) == SQLITE_OK, "%s", error);
	run_step(handle, step);
	ck_assert_int_eq(
	        number_of(handle, "SELECT sum(1 << key) FROM engine_call WHERE unanswered = 1"),
	        (1 << 2) + (1 << 3) + (1 << 5));
	sqlite3_close(handle);
}
END_TEST

START_TEST(references_are_checked)
{
	struct query q;
	enum result r;

	fixture_begin(&f);
	batch_query(f.b, &q, STMT_GRANT_TOKEN_INSERT);
	query_put_int(&q, 1);
	query_put_blob(&q, "12345678901234567890123456789012", 32);
	query_put_blob(&q, "1234567890123456", 16);
	query_put_int(&q, 99);
	query_put_int(&q, 1);
	query_put_int(&q, 1);
	r = query_run(&q);
	ck_assert_int_ne(r, RESULT_OK);
	fixture_cancel(&f);
}
END_TEST

/* Steps are numbered without gaps. */
START_TEST(numbers)
{
	for (size_t i = 0; i < sqlite_steps_count; i++)
		ck_assert_int_eq(sqlite_steps[i].number, (int)i + 1);
}
END_TEST

/* The first column of the one row that the text gives. */
static char *text_of(sqlite3 *handle, const char *sql)
{
	sqlite3_stmt *s = NULL;
	char *text;

	ck_assert_msg(sqlite3_prepare_v2(handle, sql, -1, &s, NULL) == SQLITE_OK, "%s: %s", sql,
	        sqlite3_errmsg(handle));
	ck_assert_int_eq(sqlite3_step(s), SQLITE_ROW);
	text = sqlite3_mprintf("%s", sqlite3_column_text(s, 0));
	sqlite3_finalize(s);
	return text;
}

/* Both databases answer this with the same. */
static void same(sqlite3 *handle, const char *what, const char *stepped, const char *new)
{
	char *a = text_of(handle, stepped), *b = text_of(handle, new);

	ck_assert_msg(
	        strcmp(a, b) == 0, "%s: \"%s\" by the steps, \"%s\" in a new database", what, a, b);
	sqlite3_free(a);
	sqlite3_free(b);
}

static void same_pragma(sqlite3 *handle, const char *name)
{
	char *a = sqlite3_mprintf("PRAGMA main.%s", name);
	char *b = sqlite3_mprintf("PRAGMA new.%s", name);

	same(handle, name, a, b);
	sqlite3_free(a);
	sqlite3_free(b);
}

/* The rows of a table in the one that the other hasn't. */
static void same_rows(sqlite3 *handle, const char *table)
{
	char *a = sqlite3_mprintf("SELECT count(*) FROM main.\"%w\"", table);
	char *b = sqlite3_mprintf("SELECT count(*) FROM new.\"%w\"", table);
	char *fewer = sqlite3_mprintf("SELECT count(*) FROM (SELECT * FROM main.\"%w\" EXCEPT"
	                              " SELECT * FROM new.\"%w\")",
	        table, table);

	same(handle, table, a, b);
	ck_assert_msg(number_of(handle, fewer) == 0, "%s has other rows", table);
	sqlite3_free(a);
	sqlite3_free(b);
	sqlite3_free(fewer);
}

/* A new database comes from an image that was made at build time: it is what the steps leave, to
 * the row, and sound. */
START_TEST(a_new_database_is_what_the_steps_leave)
{
	static const char *const pragmas[] = {"application_id", "user_version", "encoding",
	        "page_size", "page_count", "freelist_count", "auto_vacuum", "integrity_check"};
	char path[128], why[STORE_WHY_SIZE], *attach;
	sqlite3 *handle;
	sqlite3_stmt *tables = NULL;
	int count = 0;

	snprintf(path, sizeof(path), "%s/other.db", f.dir);
	unlink(path);
	OK(engine_sqlite.create(f.dir, "other.db", f.now_ms, why));
	ck_assert_int_eq(sqlite3_open(":memory:", &handle), SQLITE_OK);
	OK(sqlite_schema_create(handle, f.now_ms, why));
	attach = sqlite3_mprintf("ATTACH %Q AS new", path);
	ck_assert_int_eq(sqlite3_exec(handle, attach, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_free(attach);

	for (size_t i = 0; i < sizeof(pragmas) / sizeof(pragmas[0]); i++)
		same_pragma(handle, pragmas[i]);
	same_rows(handle, "sqlite_schema");
	ck_assert_int_eq(
	        sqlite3_prepare_v2(handle, "SELECT name FROM sqlite_schema WHERE type = 'table'",
	                -1, &tables, NULL),
	        SQLITE_OK);
	for (; sqlite3_step(tables) == SQLITE_ROW; count++)
		same_rows(handle, (const char *)sqlite3_column_text(tables, 0));
	ck_assert_int_gt(count, 50);
	sqlite3_finalize(tables);
	sqlite3_close(handle);
}
END_TEST

/* A statement is prepared when it is first used: each can be, on the schema of this program. */
START_TEST(statements)
{
	char path[128];
	sqlite3 *handle;

	snprintf(path, sizeof(path), "%s/test.db", f.dir);
	ck_assert_int_eq(sqlite3_open_v2(path, &handle, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
	for (size_t i = 0; i < STATEMENTS; i++) {
		const struct sqlite_statement *t = &sqlite_statements[i];
		sqlite3_stmt *prepared = NULL;
		int code = sqlite3_prepare_v2(handle, t->text, -1, &prepared, NULL);

		ck_assert_msg(
		        code == SQLITE_OK && prepared, "%s: %s", t->name, sqlite3_errmsg(handle));
		ck_assert_msg(t->who & SQLITE_FOR_WRITE || sqlite3_stmt_readonly(prepared),
		        "%s is for readers and writes", t->name);
		sqlite3_finalize(prepared);
	}
	sqlite3_close(handle);
}
END_TEST

/* Statements that look at all rows of a table, and why they may. */
static const char *const scans[] = {
        /* tables with one row, or with few */
        "meta_get", "meta_generation", "meta_clock", "tally_add", "totals", "history_totals",
        "endpoint_list", "events_open", "invitation_list", "invitation_count", "invitation_drop",
        "operator_session_delete_ended", "route_count", "route_delete_all", "engine_call_take_over",
        /* from one end, as far as a limit */
        "event_newest", "nonce_drop", "idempotency_forget", "sweep_due",
        /* what crashes left in doubt */
        "payment_transfers", "reconcile_others",
        /* the journal, on the thread for what is slow */
        "statement_days"};

static bool may_scan(const char *statement)
{
	for (size_t i = 0; i < sizeof(scans) / sizeof(scans[0]); i++)
		if (strcmp(scans[i], statement) == 0)
			return true;
	return false;
}

/* Subqueries that were worked out before have few rows. */
static void check_plan(sqlite3 *handle, const struct sqlite_statement *t)
{
	char *text = sqlite3_mprintf("EXPLAIN QUERY PLAN %s", t->text), before[1024] = "";
	sqlite3_stmt *plan = NULL;

	ck_assert_msg(sqlite3_prepare_v2(handle, text, -1, &plan, NULL) == SQLITE_OK, "%s: %s",
	        t->name, sqlite3_errmsg(handle));
	while (sqlite3_step(plan) == SQLITE_ROW) {
		const char *step = (const char *)sqlite3_column_text(plan, 3), *of;
		char name[64];

		if (strncmp(step, "MATERIALIZE ", 12) == 0 || strncmp(step, "CO-ROUTINE ", 11) == 0)
			snprintf(before + strlen(before), sizeof(before) - strlen(before), " %s ",
			        strchr(step, ' ') + 1);
		if (strncmp(step, "SCAN ", 5) != 0)
			continue;
		of = step + 5;
		snprintf(name, sizeof(name), " %s ", of);
		/* An index of some rows, or in the order that is wanted, is no such thing. */
		ck_assert_msg(*of == '(' || strchr(of, ' ') || strcmp(of, "CONSTANT ROW") == 0 ||
		                      strstr(before, name) || may_scan(t->name),
		        "%s looks at all rows: %s", t->name, step);
	}
	sqlite3_finalize(plan);
	sqlite3_free(text);
}

/* "SEARCH event USING ...; " of each step. */
static void plan_of(sqlite3 *handle, const struct sqlite_statement *t, char *out, size_t size)
{
	char *text = sqlite3_mprintf("EXPLAIN QUERY PLAN %s", t->text);
	sqlite3_stmt *plan = NULL;

	ck_assert_int_eq(sqlite3_prepare_v2(handle, text, -1, &plan, NULL), SQLITE_OK);
	while (sqlite3_step(plan) == SQLITE_ROW)
		snprintf(out + strlen(out), size - strlen(out), "%s; ",
		        (const char *)sqlite3_column_text(plan, 3));
	sqlite3_finalize(plan);
	sqlite3_free(text);
}

START_TEST(rows_are_found_by_an_index)
{
	char path[128];
	sqlite3 *handle;

	snprintf(path, sizeof(path), "%s/test.db", f.dir);
	ck_assert_int_eq(sqlite3_open_v2(path, &handle, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
	for (size_t i = 0; i < STATEMENTS; i++)
		check_plan(handle, &sqlite_statements[i]);
	sqlite3_close(handle);
}
END_TEST

/* Lists that a filter makes short are found by it, in their order. */
START_TEST(lists_follow_their_filters)
{
	static const char *const uses[][2] = {{"key_list", "sqlite_autoindex_wallet_key_1"},
	        {"key_list_of_state", "wallet_key_by_state"},
	        {"key_list_of_wallet", "wallet_key_by_wallet"},
	        {"key_list_of_kid", "wallet_key_by_kid"},
	        {"event_list_of_type", "event_of_rare_type"},
	        {"event_list_of_type_desc", "event_of_rare_type"}};
	char path[128];
	sqlite3 *handle;
	size_t found = 0;

	snprintf(path, sizeof(path), "%s/test.db", f.dir);
	ck_assert_int_eq(sqlite3_open_v2(path, &handle, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
	for (size_t i = 0; i < STATEMENTS; i++) {
		const struct sqlite_statement *t = &sqlite_statements[i];

		for (size_t k = 0; k < sizeof(uses) / sizeof(uses[0]); k++) {
			char steps[512] = "";

			if (strcmp(t->name, uses[k][0]) != 0)
				continue;
			plan_of(handle, t, steps, sizeof(steps));
			ck_assert_msg(strstr(steps, uses[k][1]) && !strstr(steps, "TEMP B-TREE"),
			        "%s: %s", t->name, steps);
			found++;
		}
	}
	ck_assert_uint_eq(found, sizeof(uses) / sizeof(uses[0]));
	sqlite3_close(handle);
}
END_TEST

static char *file_text(const char *path)
{
	FILE *file = fopen(path, "r");
	long size;
	char *text;

	ck_assert_msg(file, "%s", path);
	ck_assert_int_eq(fseek(file, 0, SEEK_END), 0);
	size = ftell(file);
	rewind(file);
	text = calloc(1, (size_t)size + 1);
	ck_assert_uint_eq(fread(text, 1, (size_t)size, file), (size_t)size);
	fclose(file);
	return text;
}

static void on_finding(void *arg, const char *check, const char *what)
{
	(void)arg;
	ck_abort_msg("%s: %s", check, what);
}

/* Steps that are released together share one snapshot: the numbers of those there are. */
static const int released[] = {1};

/* Makes other.db what a program of that schema left. */
static void put_snapshot(int schema)
{
	char path[256];
	char *dump;

	snprintf(path, sizeof(path), "%s/t/store/snapshots/schema-%d.sql", TOP_SRCDIR, schema);
	dump = file_text(path);
	snprintf(path, sizeof(path), "%s/other.db", f.dir);
	unlink(path);
	run_sql("other.db", dump);
	free(dump);
}

/* An upgrade that fails on the way leaves the schema that it found, and nothing of a step. */
START_TEST(all_steps_or_none)
{
	struct store_options o = f.options;
	char why[STORE_WHY_SIZE], path[256];
	struct store *store;
	sqlite3 *handle;

	put_snapshot(1);
	run_sql("other.db", "CREATE TABLE passkey (x)");
	o.url = "sqlite:other.db";
	log_set_level(LOG_LEVEL_ERROR);
	IS(store_open(&o, why, &store), RESULT_OURS_STORE);
	ck_assert_msg(strstr(why, "schema step 33 failed"), "%s", why);
	snprintf(path, sizeof(path), "%s/other.db", f.dir);
	ck_assert_int_eq(sqlite3_open(path, &handle), SQLITE_OK);
	ck_assert_int_eq(number_of(handle, "SELECT max(number) FROM schema_step"), 1);
	ck_assert_int_eq(
	        number_of(handle,
	                "SELECT count(*) FROM sqlite_schema WHERE name = 'incoming_payment'"),
	        0);
	sqlite3_close(handle);
	run_sql("other.db", "DROP TABLE passkey");
	ck_assert_msg(store_open(&o, why, &store) == RESULT_OK, "%s", why);
	store_close(store);
}
END_TEST

/* A store of each released schema, with something of everything in it. */
START_TEST(snapshots)
{
	struct store_options o = f.options;
	char why[STORE_WHY_SIZE];
	struct store *store;
	struct reader *reader;
	struct wallet_row alice;
	size_t broken;

	put_snapshot(released[_i]);
	o.url = "sqlite:other.db";
	ck_assert_msg(store_open(&o, why, &store) == RESULT_OK, "%s", why);
	ck_assert_msg(reader_open(&o, why, &reader) == RESULT_OK, "%s", why);
	IS(store_audit(reader, f.now_ms, on_finding, NULL, &broken), RESULT_OK);
	IS(store_wallet_find(reader, &f.arena, "alice", &alice), RESULT_OK);
	reader_close(reader);
	store_close(store);
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, newer);
	tcase_add_test(t, altered);
	tcase_add_test(t, missing_step);
	tcase_add_test(t, foreign);
	tcase_add_test(t, no_database);
	tcase_add_test(t, grants_stay);
	tcase_add_test(t, withdrawals_of_peers_become_settlements);
	tcase_add_test(t, orders_without_an_answer_are_in_doubt);
	tcase_add_test(t, quotes_and_payments_stay);
	tcase_add_test(t, references_are_checked);
	tcase_add_test(t, numbers);
	tcase_add_test(t, a_new_database_is_what_the_steps_leave);
	tcase_add_test(t, statements);
	tcase_add_test(t, rows_are_found_by_an_index);
	tcase_add_test(t, lists_follow_their_filters);
	tcase_add_test(t, all_steps_or_none);
	tcase_add_loop_test(t, snapshots, 0, (int)(sizeof(released) / sizeof(released[0])));
}

TEST_MAIN("schema", fill)
