#include "store/fixture.h"

#include <check.h>
#include <jansson.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "store/endpoint.h"

static void must(enum result r, const char *what)
{
	ck_assert_msg(r == RESULT_OK, "%s: %s", what, result_name(r));
}

void fixture_begin(struct fixture *f)
{
	batch_reset(f->b, f->now_ms);
}

void fixture_end(struct fixture *f)
{
	must(batch_flush(f->b), "flush");
	must(batch_commit(f->b), "commit");
}

void fixture_cancel(struct fixture *f)
{
	batch_rollback(f->b);
}

static void open_store(struct fixture *f)
{
	char why[STORE_WHY_SIZE];

	f->options.now_ms = f->now_ms;
	ck_assert_msg(store_open(&f->options, why, &f->store) == RESULT_OK, "%s", why);
	ck_assert_msg(reader_open(&f->options, why, &f->reader) == RESULT_OK, "%s", why);
	must(batch_new(f->store, &f->b), "batch");
}

static void close_store(struct fixture *f)
{
	if (f->store)
		batch_free(f->b);
	if (f->reader)
		reader_close(f->reader);
	if (f->store)
		store_close(f->store);
}

void fixture_restart(struct fixture *f)
{
	close_store(f);
	open_store(f);
}

static void fund(struct fixture *f, enum movement_kind kind, account_id account, uint64_t amount)
{
	struct movement m = {.kind = kind, .account = account, .amount = amount};
	bool repeated;

	id_new(f->now_ms, &m.id);
	must(batch_move(f->b, &m, &repeated), "fund");
}

static void add_wallet(
        struct fixture *f, const char *name, asset_id asset, struct id *id, account_id *account)
{
	struct wallet_new w = {.name = name, .public_name = "A wallet", .asset = asset};

	must(batch_wallet_add(f->b, &w, id, account), name);
	fund(f, MOVEMENT_DEPOSIT, *account, 100000);
}

static void add_peer(
        struct fixture *f, const char *name, asset_id asset, struct id *id, account_id *account)
{
	char address[64], token[64];
	struct peer_new p = {.name = name,
	        .asset = asset,
	        .ilp_address = address,
	        .url = "http://127.0.0.1:1/ilp",
	        .outgoing_token = "to-them",
	        .incoming_token = token,
	        .credit_limit = 1000000};

	snprintf(address, sizeof(address), "test.%s", name);
	snprintf(token, sizeof(token), "from-%s", name);
	must(batch_peer_add(f->b, &p, id, account), name);
}

static void find_asset(struct fixture *f, const char *code, asset_id *out)
{
	struct asset_row row;

	must(store_asset_find(f->reader, code, &row), code);
	*out = row.id;
}

static void make_dir(struct fixture *f)
{
	const char *tmp = getenv("TMPDIR");

	snprintf(f->dir, sizeof(f->dir), "%.40s/florin-store-XXXXXX", tmp ? tmp : "/tmp");
	ck_assert_ptr_nonnull(mkdtemp(f->dir));
}

void fixture_setup(struct fixture *f)
{
	const char *url = getenv("FLORIN_TEST_STORE");
	char why[STORE_WHY_SIZE];
	struct asset_row asset;

	memset(f, 0, sizeof(*f));
	log_set_level(LOG_LEVEL_ERROR);
	make_dir(f);
	memset(f->key.b, 7, sizeof(f->key.b));
	f->now_ms = FIXTURE_START_MS;
	f->options = (struct store_options){
	        .url = url ? url : "sqlite:test.db", .dir = f->dir, .master_key = &f->key};
	f->options.now_ms = f->now_ms;
	f->options.changes = store_changes_new();
	ck_assert_ptr_nonnull(f->options.changes);
	arena_init(&f->arena, 1 << 22);
	ck_assert_msg(store_create(&f->options, why) == RESULT_OK, "%s", why);
	open_store(f);
	find_asset(f, "USD", &f->usd);
	find_asset(f, "EUR", &f->eur);
	fixture_begin(f);
	add_wallet(f, "alice", f->usd, &f->alice_id, &f->alice);
	add_wallet(f, "bob", f->eur, &f->bob_id, &f->bob);
	add_peer(f, "west", f->usd, &f->west_id, &f->west);
	add_peer(f, "east", f->eur, &f->east_id, &f->east);
	add_peer(f, "south", f->usd, &f->south_id, &f->south);
	must(store_asset_get(f->reader, f->usd, &asset), "usd");
	fund(f, MOVEMENT_LIQUIDITY, asset.pool, 1000000);
	must(store_asset_get(f->reader, f->eur, &asset), "eur");
	fund(f, MOVEMENT_LIQUIDITY, asset.pool, 1000000);
	fixture_end(f);
}

static void remove_files(const char *dir)
{
	static const char *const names[] = {"test.db", "test.db-wal", "test.db-shm", "test.db.lock",
	        "other.db", "other.db-wal", "other.db-shm", "other.db.lock"};
	char path[128];

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, names[i]);
		unlink(path);
	}
	rmdir(dir);
}

void fixture_close(struct fixture *f)
{
	close_store(f);
	f->b = NULL;
	f->reader = NULL;
	f->store = NULL;
}

static void copy_file(const char *from_dir, const char *to_dir, const char *name)
{
	char path[128], bytes[65536];
	FILE *from, *to;
	size_t n;

	snprintf(path, sizeof(path), "%s/%s", from_dir, name);
	from = fopen(path, "rb");
	snprintf(path, sizeof(path), "%s/%s", to_dir, name);
	to = fopen(path, "wb");
	ck_assert(from && to);
	while ((n = fread(bytes, 1, sizeof(bytes), from)) > 0)
		ck_assert_uint_eq(fwrite(bytes, 1, n, to), n);
	ck_assert(!ferror(from));
	fclose(from);
	ck_assert_int_eq(fclose(to), 0);
}

void fixture_copy(const struct fixture *from, struct fixture *f)
{
	char why[STORE_WHY_SIZE];

	*f = *from;
	make_dir(f);
	copy_file(from->dir, f->dir, "test.db");
	f->options.dir = f->dir;
	f->options.master_key = &f->key;
	f->options.changes = NULL; /* it is changed from outside */
	arena_init(&f->arena, 1 << 22);
	ck_assert_msg(reader_open(&f->options, why, &f->reader) == RESULT_OK, "%s", why);
}

void fixture_teardown(struct fixture *f)
{
	close_store(f);
	store_changes_free(f->options.changes);
	arena_clear(&f->arena);
	/* For a look, or to make a snapshot of the schema (docs/store.md). */
	if (getenv("FLORIN_TEST_KEEP"))
		printf("kept %s\n", f->dir);
	else
		remove_files(f->dir);
}

/* ---- looking ---- */

struct findings {
	const char *where; /* NULL: collect */
	char *out;
	size_t size;
};

static void on_finding(void *arg, const char *check, const char *what)
{
	struct findings *x = arg;
	size_t n;

	if (x->where)
		ck_abort_msg("%s: audit %s: %s", x->where, check, what);
	n = strlen(x->out);
	if (n >= strlen(check) && strcmp(x->out + n - strlen(check), check) == 0)
		return;
	snprintf(x->out + n, x->size - n, "%s%s", n ? " " : "", check);
}

void fixture_audit(struct fixture *f, const char *where)
{
	struct findings x = {.where = where};
	size_t broken;

	must(store_audit(f->reader, f->now_ms, on_finding, &x, &broken), "audit");
	ck_assert_uint_eq(broken, 0);
}

void fixture_findings(struct fixture *f, char *out, size_t size)
{
	struct findings x = {.out = out, .size = size};
	size_t broken;

	out[0] = '\0';
	must(store_audit(f->reader, f->now_ms, on_finding, &x, &broken), "audit");
}

struct account fixture_account(struct fixture *f, account_id id)
{
	struct account a;

	must(store_account_get(f->reader, id, &a), "account");
	return a;
}

int64_t fixture_balance(struct fixture *f, account_id id)
{
	struct account a = fixture_account(f, id);

	return ledger_balance(&a);
}

struct payment_row fixture_payment(struct fixture *f, const struct id *id)
{
	struct payment_row row;

	must(store_payment_get(f->reader, &f->arena, id, &row), "payment");
	return row;
}

void fixture_pay(struct fixture *f, struct id *id, account_id *account)
{
	fixture_pay_under(f, NULL, NULL, id, account);
}

void fixture_pay_under(struct fixture *f, const char *client, struct payment_grant *grant,
        struct id *id, account_id *account)
{
	struct quote_row q = {.wallet = f->alice,
	        .kind = QUOTE_FIXED_SEND,
	        .receiver = "$elsewhere.example/carol",
	        .debit_amount = 10000,
	        .fee = 100,
	        .receive_amount = 9000,
	        .receive_code = "EUR",
	        .receive_scale = 2,
	        .expires_ms = f->now_ms + 30000};
	struct payment_new p = {
	        .wallet = f->alice, .metadata = "{}", .client = client, .grant = grant};

	must(ratio_make(9, 10, &q.min_rate), "rate");
	must(batch_quote_add(f->b, &q), "quote");
	p.quote_id = q.id;
	must(batch_payment_create(f->b, &p, NULL, id, account), "payment");
}

enum result fixture_claim(struct fixture *f, int64_t lease_ms, struct payment_row *row)
{
	account_id wallet, payment;
	bool more;
	enum result r;

	must(batch_payment_due(f->b, &more), "due");
	r = batch_payment_next(f->b, PAYMENT_TURN_FIRST, 0, &wallet, &payment);
	if (r == RESULT_THEIRS_NOT_FOUND)
		r = batch_payment_next(f->b, PAYMENT_TURN_AGAIN, 0, &wallet, &payment);
	return r ? r : batch_payment_claim(f->b, payment, lease_ms, &f->arena, row);
}

int64_t fixture_sql_of(struct fixture *f, const char *file, const char *sql)
{
	char path[128];
	const char *rest = sql;
	int64_t first = 0;
	bool seen = false;
	sqlite3 *handle;

	snprintf(path, sizeof(path), "%s/%s", f->dir, file);
	ck_assert_int_eq(sqlite3_open(path, &handle), SQLITE_OK);
	while (*rest) {
		sqlite3_stmt *s;
		int step;

		ck_assert_msg(sqlite3_prepare_v2(handle, rest, -1, &s, &rest) == SQLITE_OK,
		        "%s: %s", sqlite3_errmsg(handle), sql);
		while ((step = sqlite3_step(s)) == SQLITE_ROW) {
			if (!seen)
				first = sqlite3_column_int64(s, 0);
			seen = true;
		}
		ck_assert_msg(!s || step == SQLITE_DONE, "%s: %s", sqlite3_errmsg(handle), sql);
		sqlite3_finalize(s);
	}
	sqlite3_close(handle);
	return first;
}

int64_t fixture_sql(struct fixture *f, const char *sql)
{
	return fixture_sql_of(f, "test.db", sql);
}

void fixture_give(struct fixture *f)
{
	struct endpoint_row rows[ENDPOINTS_MAX];
	size_t count;
	bool more = true;

	must(batch_endpoint_list(f->b, &f->arena, rows, &count), "endpoints");
	ck_assert_int_eq(rows[0].key, ENDPOINT_CONFIGURED);
	while (more)
		must(batch_endpoint_give(f->b, &rows[0], &more), "give");
}

static struct event_row *events_of(struct fixture *f, const struct id *resource, size_t *count)
{
	const struct event_filter filter = {.resource = resource};
	const struct page page = {.limit = 16};
	struct event_row *rows;
	struct id next;

	must(store_event_list(f->reader, &f->arena, &filter, &page, &rows, count, &next), "events");
	return rows;
}

size_t fixture_events(struct fixture *f, const struct id *resource)
{
	size_t count;

	(void)events_of(f, resource, &count);
	return count;
}

struct event_row fixture_event(struct fixture *f, const struct id *resource, uint64_t n)
{
	size_t count;
	const struct event_row *rows = events_of(f, resource, &count);

	ck_assert_uint_ge(count, n);
	ck_assert_uint_eq(rows[n - 1].sequence, n);
	return rows[n - 1];
}

const char *event_member(const struct event_row *row, const char *member)
{
	static char text[256];
	json_t *data = json_loads(row->data, 0, NULL), *value = json_object_get(data, member);

	ck_assert_msg(value != NULL, "%s has no %s", row->data, member);
	if (json_is_object(value))
		value = json_object_get(value, "value");
	if (json_is_integer(value))
		snprintf(text, sizeof(text), "%" JSON_INTEGER_FORMAT, json_integer_value(value));
	else
		snprintf(text, sizeof(text), "%s",
		        json_is_string(value) ? json_string_value(value)
		        : json_is_null(value) ? "null"
		                              : "?");
	json_decref(data);
	return text;
}
