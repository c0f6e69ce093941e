/* engine: what a database must offer to carry the store; private to src/store.
 *
 * The verbs (batch_*.c, read_*.c) are written once, over named statements with positional
 * parameters; an engine brings the texts of the statements in its own dialect (sql/ENGINE/), the
 * schema steps, and the dozen functions below. So a second engine is a driver and SQL files, and
 * the rules are not written twice. docs/store.md; docs/decisions/.
 */
#ifndef FLORIN_STORE_ENGINE_H
#define FLORIN_STORE_ENGINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "store/kept.h"
#include "store/key.h"
#include "store/statements.h"
#include "store/store.h"

enum db_mode { DB_WRITE, DB_READ };

/* One connection; an engine's own struct begins with it. */
struct db {
	const struct engine *engine;
	enum db_mode mode;
};

struct engine {
	const char *scheme; /* of the URL, without the colon */

	/* `target` is the URL after the scheme, `dir` where relative names are.
	 * create: a new database as every schema step leaves it. Errors: THEIRS_CONFLICT, OURS_IO,
	 * OURS_STORE. open: DB_WRITE excludes other processes until close and
	 * first brings an older schema up to date, DB_READ refuses it. Errors: RETRY_BUSY, OURS_IO,
	 * OURS_STORE. `why` is a line for a person. */
	enum result (*create)(
	        const char *dir, const char *target, int64_t now_ms, char why[STORE_WHY_SIZE]);
	enum result (*open)(const char *dir, const char *target, enum db_mode mode, int64_t now_ms,
	        char why[STORE_WHY_SIZE], struct db **out);
	void (*close)(struct db *db);

	/* Writing begins with begin; reading sees one snapshot from begin to rollback.
	 * flush brings out what may fail for want of space, so that commit is left with the sync.
	 * An error of commit is final (writer.h). Errors: RETRY_STORE, OURS_STORE. */
	enum result (*begin)(struct db *db);
	enum result (*flush)(struct db *db);
	enum result (*commit)(struct db *db);
	void (*rollback)(struct db *db);

	/* Copies, by file. copy_out: one committed state of a database that may be in use, in one
	 * new file; errors THEIRS_CONFLICT, OURS_IO, RETRY_STORE, OURS_STORE. copy_in: such a file
	 * as database `target`, its schema up to date. replace: `copy` becomes `target`, and what
	 * was there is put aside under the name that `aside` gets; errors RETRY_BUSY, OURS_IO.
	 * discard: a copy that is not wanted. */
	enum result (*copy_out)(const char *dir, const char *target, const char *file,
	        uint64_t *bytes, char why[STORE_WHY_SIZE]);
	enum result (*copy_in)(const char *dir, const char *target, const char *file,
	        int64_t now_ms, char why[STORE_WHY_SIZE]);
	enum result (*replace)(const char *dir, const char *target, const char *copy,
	        int64_t now_ms, char *aside, size_t aside_size, char why[STORE_WHY_SIZE]);
	void (*discard)(const char *dir, const char *target);

	/* A statement at its start, prepared at its first use; NULL where that fails or the
	 * connection may not use it. Parameters count from 1, columns from 0. What col_bytes gives
	 * is good until the next step. Errors are logged by the engine. */
	void *(*start)(struct db *db, enum statement s);
	/* Bits 1 << enum kept_kind: the statement changes or deletes rows of these. */
	unsigned (*changes)(enum statement s);
	enum result (*bind_int)(void *statement, int i, int64_t v);
	enum result (*bind_text)(void *statement, int i, struct bytes v);
	enum result (*bind_blob)(void *statement, int i, struct bytes v);
	enum result (*bind_null)(void *statement, int i);
	enum result (*step)(struct db *db, void *statement, bool *row);
	int64_t (*col_int)(void *statement, int i); /* 0 for NULL */
	struct bytes (*col_bytes)(void *statement, int i);
	void (*end)(void *statement);

	enum result (*audit)(
	        struct db *db, int64_t now_ms, store_audit_fn *fn, void *arg, size_t *broken);
};

extern const struct engine engine_sqlite;

/* One use of a statement, with sticky failure: start, parameters in order, rows, end.
 *
 *	query_start(&q, db, STMT_ACCOUNT_GET);
 *	query_put_int(&q, id);
 *	if (query_row(&q))
 *		... query_int(&q) ...
 *	r = query_end(&q); */
struct query {
	struct db *db;
	void *statement;
	int next; /* parameter, then column */
	enum result failed;
};

void query_start(struct query *q, struct db *db, enum statement s);
void query_put_int(struct query *q, int64_t v);
/* OURS_BUG above 2^63-1: verbs check amounts before they get here. */
void query_put_u64(struct query *q, uint64_t v);
void query_put_text(struct query *q, const char *s);
void query_put_blob(struct query *q, const void *p, size_t n);
void query_put_id(struct query *q, const struct id *id);
void query_put_null(struct query *q);
/* The next row; false at the end and after a failure. Columns are then read in order. */
bool query_row(struct query *q);
int64_t query_int(struct query *q);
uint64_t query_u64(struct query *q);
/* A sum that may pass 63 bits, from the two columns sum(v >> 32) and sum(v & 4294967295); what does
 * pass them is INT64_MAX or INT64_MIN. */
int64_t query_sum(struct query *q);
/* A copy in the arena; sticky OURS_MEMORY where it is full. "" for NULL. */
const char *query_text(struct query *q, struct arena *a);
/* Copies into out[size]; sticky OURS_STORE where the text is longer. */
void query_text_into(struct query *q, char *out, size_t size);
/* Exactly n bytes; sticky OURS_STORE where the column has another length. NULL gives zeros. */
void query_blob(struct query *q, void *out, size_t n);
/* The bytes in place, until the next row. */
struct bytes query_bytes(struct query *q);
/* Ends the use; the first failure, or OK. */
MUST_USE enum result query_end(struct query *q);
/* Runs a statement that gives no rows, and ends it. */
MUST_USE enum result query_run(struct query *q);
/* Reads the one row's first column, and ends. THEIRS_NOT_FOUND where there is none. */
MUST_USE enum result query_one_int(struct query *q, int64_t *out);
MUST_USE enum result query_one_id(struct query *q, struct id *out);
/* Of (id, time), the next one that falls due. *expires_ms: INT64_MAX where there is none. */
MUST_USE enum result query_next_due(struct query *q, struct id *id, int64_t *expires_ms);

/* State of a store, private to src/store. */
struct store {
	struct db *db;
	struct secret32 seal_key;
	uint64_t generation;
	int64_t clock_ms; /* high-water mark as stored */
	bool headless;
	bool incoming_approval;
	bool confirm_partials;
	int64_t idempotency_ms;
	struct store_changes *changes; /* NULL: no reader keeps rows */
};

/* The engine of a URL, and the URL after its scheme. Errors: OURS_CONFIG. */
MUST_USE enum result store_engine(const struct store_options *o, char why[STORE_WHY_SIZE],
        const struct engine **engine, const char **target);

struct reader {
	struct db *db;
	struct secret32 seal_key;
	struct kept *kept; /* NULL: nothing is kept */
	/* The node's key that was opened last; its id is 0 where there is none. */
	struct id node_key;
	uint8_t node_private_key[NODE_PRIVATE_KEY_SIZE];
};

#endif
