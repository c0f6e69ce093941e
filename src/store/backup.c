#include "store/backup.h"

#include <stdio.h>
#include <string.h>

#include "store/engine.h"

#define RESTORING_SUFFIX ".restoring"

static enum result generation_read(
        const struct store_options *o, uint64_t *out, char why[STORE_WHY_SIZE])
{
	struct reader *reader = NULL;
	struct query q;
	enum result r = reader_open(o, why, &reader);

	if (r)
		return r;
	query_start(&q, reader->db, STMT_META_GET);
	*out = query_row(&q) ? query_u64(&q) : 0;
	r = query_end(&q);
	reader_close(reader);
	return r;
}

enum result store_backup(const struct store_options *o, const char *file, struct backup_report *out,
        char why[STORE_WHY_SIZE])
{
	const struct engine *engine;
	const char *target;
	enum result r = store_engine(o, why, &engine, &target);

	if (!r)
		r = generation_read(o, &out->generation, why);
	if (!r)
		r = engine->copy_out(o->dir, target, file, &out->bytes, why);
	return r;
}

/* ---- back ---- */

static enum result books_agree(
        const struct restore_options *o, const struct store_options *copy, char why[STORE_WHY_SIZE])
{
	struct reader *reader = NULL;
	size_t broken = 0;
	enum result r = reader_open(copy, why, &reader);

	if (r)
		return r;
	r = store_audit(reader, o->store.now_ms, o->finding, o->arg, &broken);
	reader_close(reader);
	if (r)
		snprintf(why, STORE_WHY_SIZE, "the copy cannot be audited");
	else if (broken > 0)
		snprintf(why, STORE_WHY_SIZE, "its books break %zu invariants", broken);
	if (r)
		return r;
	return broken > 0 ? RESULT_THEIRS_STATE : RESULT_OK;
}

/* One that cannot be read is no reason to keep it; one of another key is not ours to judge. */
static enum result may_replace(
        const struct restore_options *o, uint64_t generation, char why[STORE_WHY_SIZE])
{
	char unused[STORE_WHY_SIZE];
	uint64_t there = 0;

	if (o->accept_rollback || generation_read(&o->store, &there, unused) || there <= generation)
		return RESULT_OK;
	snprintf(why, STORE_WHY_SIZE,
	        "the database here was started %llu times since: what happened then would be lost",
	        (unsigned long long)(there - generation));
	return RESULT_THEIRS_CONFLICT;
}

enum result store_restore(
        const struct restore_options *o, struct restore_report *out, char why[STORE_WHY_SIZE])
{
	char copy_target[STORE_WHY_SIZE], copy_url[STORE_WHY_SIZE + 16];
	struct store_options copy = o->store;
	const struct engine *engine;
	const char *target;
	enum result r = store_engine(&o->store, why, &engine, &target);

	out->aside[0] = '\0';
	if (r)
		return r;
	if (snprintf(copy_target, sizeof(copy_target), "%s" RESTORING_SUFFIX, target) >=
	        (int)sizeof(copy_target)) {
		snprintf(why, STORE_WHY_SIZE, "the path is too long");
		return RESULT_OURS_CONFIG;
	}
	(void)snprintf(copy_url, sizeof(copy_url), "%s:%s", engine->scheme, copy_target);
	copy.url = copy_url;
	r = engine->copy_in(o->store.dir, copy_target, o->file, o->store.now_ms, why);
	if (!r)
		r = generation_read(&copy, &out->generation, why);
	if (!r)
		r = books_agree(o, &copy, why);
	if (!r)
		r = may_replace(o, out->generation, why);
	if (!r)
		r = engine->replace(o->store.dir, target, copy_target, o->store.now_ms, out->aside,
		        sizeof(out->aside), why);
	if (r)
		engine->discard(o->store.dir, copy_target);
	return r;
}
