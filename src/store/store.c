#include "store/store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "store/batch_core.h"
#include "store/key.h"
#include "store/seal.h"

static const struct engine *const engines[] = {&engine_sqlite};

enum result store_engine(const struct store_options *o, char why[STORE_WHY_SIZE],
        const struct engine **engine, const char **target)
{
	const char *colon = strchr(o->url, ':');
	size_t n = colon ? (size_t)(colon - o->url) : 0;

	for (size_t i = 0; i < sizeof(engines) / sizeof(engines[0]); i++) {
		if (strlen(engines[i]->scheme) == n &&
		        strncmp(engines[i]->scheme, o->url, n) == 0 && colon[1]) {
			*engine = engines[i];
			*target = colon + 1;
			return RESULT_OK;
		}
	}
	snprintf(why, STORE_WHY_SIZE, "the database URL must be sqlite:FILE");
	return RESULT_OURS_CONFIG;
}

/* ---- creating ---- */

static enum result meta_insert(struct batch *b, const struct store_options *o)
{
	uint8_t mark[32];
	struct query q;
	enum result r;

	seal_key_mark(o->master_key, mark);
	batch_query(b, &q, STMT_META_INSERT);
	query_put_int(&q, o->now_ms);
	query_put_blob(&q, mark, sizeof(mark));
	r = query_run(&q);
	if (r)
		return r;
	batch_query(b, &q, STMT_TALLY_INSERT);
	return query_run(&q);
}

static enum result base_assets(struct batch *b)
{
	static const struct {
		const char *code;
		unsigned scale;
	} assets[] = {{"USD", 2}, {"EUR", 2}, {"GBP", 2}, {"XRP", 9}, {"BTC", 8}};
	enum result r = RESULT_OK;
	asset_id id;

	for (size_t i = 0; !r && i < sizeof(assets) / sizeof(assets[0]); i++)
		r = batch_asset_add(b, assets[i].code, assets[i].scale, &id);
	return r;
}

static enum result first_rows(struct store *s, const struct store_options *o)
{
	struct batch *b = NULL;
	enum result r = batch_new(s, &b);

	if (r)
		return r;
	batch_reset(b, o->now_ms);
	r = meta_insert(b, o);
	if (!r)
		r = base_assets(b);
	if (!r)
		r = batch_node_key_ensure(b);
	if (!r)
		r = batch_flush(b);
	if (!r)
		r = batch_commit(b);
	batch_free(b);
	return r;
}

enum result store_create(const struct store_options *o, char why[STORE_WHY_SIZE])
{
	const struct engine *engine;
	const char *target;
	struct store s = {0};
	enum result r = store_engine(o, why, &engine, &target);

	if (!r)
		r = engine->create(o->dir, target, o->now_ms, why);
	if (r)
		return r;
	r = engine->open(o->dir, target, DB_WRITE, o->now_ms, why, &s.db);
	if (r)
		goto out;
	seal_key_derive(o->master_key, &s.seal_key);
	r = first_rows(&s, o);
	secret_clear(&s.seal_key);
	if (r)
		snprintf(why, STORE_WHY_SIZE, "the first rows cannot be written");
	engine->close(s.db);
out:
	/* It is ours, and nobody's yet: without its first rows it would only be in the way. Where
	 * somebody else has opened it meanwhile it is theirs. */
	if (r && r != RESULT_RETRY_BUSY)
		engine->discard(o->dir, target);
	return r;
}

/* ---- opening ---- */

struct store_changes *store_changes_new(void)
{
	return calloc(1, sizeof(struct store_changes));
}

void store_changes_free(struct store_changes *c)
{
	free(c);
}

static enum result meta_read(struct db *db, const struct store_options *o, char why[STORE_WHY_SIZE],
        uint64_t *generation, int64_t *clock_ms)
{
	uint8_t mark[32], stored[32] = {0};
	struct query q;
	bool found;
	enum result r;

	query_start(&q, db, STMT_META_GET);
	found = query_row(&q);
	if (found) {
		*generation = query_u64(&q);
		*clock_ms = query_int(&q);
		query_blob(&q, stored, sizeof(stored));
	}
	r = query_end(&q);
	if (!r && !found)
		r = RESULT_OURS_STORE;
	if (r) {
		snprintf(why, STORE_WHY_SIZE, "the database is not complete");
		return r;
	}
	seal_key_mark(o->master_key, mark);
	if (!secret_eq_bytes(bytes_of(mark, 32), bytes_of(stored, 32))) {
		snprintf(why, STORE_WHY_SIZE, "the database was made with another master key");
		return RESULT_OURS_CONFIG;
	}
	return RESULT_OK;
}

static enum result generation_begin(struct batch *b)
{
	struct store *s = b->store;
	struct query q;
	int64_t now;
	enum result r;

	batch_query(b, &q, STMT_META_GENERATION);
	query_put_u64(&q, s->generation);
	query_put_u64(&q, s->generation + 1);
	r = query_one_int(&q, &now);
	if (r)
		return r == RESULT_THEIRS_NOT_FOUND ? RESULT_RETRY_BUSY : r;
	s->generation++;
	return RESULT_OK;
}

/* The new generation and the doubts of the old ones, in one transaction. */
static enum result take_over(struct store *s, int64_t now_ms)
{
	struct batch *b = NULL;
	size_t listed = 0;
	enum result r = batch_new(s, &b);

	if (r)
		return r;
	batch_reset(b, now_ms);
	r = generation_begin(b);
	if (!r)
		r = batch_recover_credits(b, &listed);
	if (!r)
		r = batch_node_key_ensure(b); /* of a store that is older than keys */
	if (!r)
		r = batch_flush(b);
	if (!r)
		r = batch_commit(b);
	if (!r)
		log_info("store_open", "generation=%llu unanswered=%zu",
		        (unsigned long long)s->generation, listed);
	batch_free(b);
	return r;
}

enum result store_open(const struct store_options *o, char why[STORE_WHY_SIZE], struct store **out)
{
	const struct engine *engine;
	const char *target;
	struct store *s = calloc(1, sizeof(*s));
	enum result r = RESULT_OURS_MEMORY;

	snprintf(why, STORE_WHY_SIZE, "out of memory");
	if (!s)
		return r;
	r = store_engine(o, why, &engine, &target);
	if (!r)
		r = engine->open(o->dir, target, DB_WRITE, o->now_ms, why, &s->db);
	if (r)
		goto out;
	r = meta_read(s->db, o, why, &s->generation, &s->clock_ms);
	if (r)
		goto out;
	s->headless = o->headless;
	s->incoming_approval = o->incoming_approval;
	s->confirm_partials = o->confirm_partials;
	s->idempotency_ms = o->idempotency_ms ? o->idempotency_ms : IDEMPOTENCY_KEEP_MS;
	s->changes = o->changes;
	seal_key_derive(o->master_key, &s->seal_key);
	r = take_over(s, o->now_ms);
	if (r) {
		snprintf(why, STORE_WHY_SIZE, "the database cannot be taken over");
		goto out;
	}
	*out = s;
	return RESULT_OK;
out:
	store_close(s);
	return r;
}

void store_close(struct store *s)
{
	if (!s)
		return;
	if (s->db)
		s->db->engine->close(s->db);
	secret_clear(&s->seal_key);
	free(s);
}

uint64_t store_generation(const struct store *s)
{
	return s->generation;
}

enum result reader_open(
        const struct store_options *o, char why[STORE_WHY_SIZE], struct reader **out)
{
	const struct engine *engine;
	const char *target;
	uint64_t generation;
	int64_t clock_ms;
	struct reader *reader = calloc(1, sizeof(*reader));
	enum result r = RESULT_OURS_MEMORY;

	snprintf(why, STORE_WHY_SIZE, "out of memory");
	if (!reader)
		return r;
	r = store_engine(o, why, &engine, &target);
	if (!r)
		r = engine->open(o->dir, target, DB_READ, o->now_ms, why, &reader->db);
	if (!r)
		r = meta_read(reader->db, o, why, &generation, &clock_ms);
	if (r) {
		reader_close(reader);
		return r;
	}
	seal_key_derive(o->master_key, &reader->seal_key);
	reader->kept = kept_new(o->changes);
	*out = reader;
	return RESULT_OK;
}

void reader_close(struct reader *r)
{
	if (!r)
		return;
	if (r->db)
		r->db->engine->close(r->db);
	kept_free(r->kept);
	secret_clear(&r->seal_key);
	secret_wipe(r->node_private_key, sizeof(r->node_private_key));
	free(r);
}

enum result store_audit(
        struct reader *reader, int64_t now_ms, store_audit_fn *fn, void *arg, size_t *broken)
{
	struct db *db = reader->db;
	enum result r = db->engine->begin(db);

	*broken = 0;
	if (r)
		return r;
	r = db->engine->audit(db, now_ms, fn, arg, broken);
	db->engine->rollback(db);
	return r;
}
