#include "store/sweep.h"

#include <string.h>

#include "store/grant_core.h"

#define DAY_MS          ((int64_t)86400000)
#define QUOTE_KEPT_MS   (LIMIT_QUOTE_KEPT_DAYS * DAY_MS)
#define EMPTY_KEPT_MS   (LIMIT_EMPTY_KEPT_DAYS * DAY_MS)
#define NEWEST_AGAIN_MS DAY_MS /* until it is looked at again whether the newest grant may go */

static enum result any(struct query *q, int64_t now_ms, bool *out)
{
	int64_t found = 0;
	enum result r;

	query_put_int(q, now_ms);
	query_put_int(q, now_ms - TOKEN_KEPT_MS);
	query_put_int(q, now_ms - QUOTE_KEPT_MS);
	r = query_one_int(q, &found);
	*out = found != 0;
	return r;
}

/* The next incoming payment that nobody paid and that goes; *found: there is one. */
static enum result next_empty(
        struct query *q, int64_t now_ms, int64_t *key, struct id *id, bool *found)
{
	query_put_int(q, now_ms - EMPTY_KEPT_MS);
	*found = query_row(q);
	if (*found) {
		*key = query_int(q);
		query_blob(q, id->b, sizeof(id->b));
	}
	return query_end(q);
}

enum result store_sweep_due(struct reader *r, int64_t now_ms, bool *out)
{
	struct query q;
	struct id id;
	int64_t key;
	enum result res;

	query_start(&q, r->db, STMT_SWEEP_DUE);
	res = any(&q, now_ms, out);
	if (res || *out)
		return res;
	query_start(&q, r->db, STMT_INCOMING_EMPTY_NEXT);
	return next_empty(&q, now_ms, &key, &id, out);
}

/* ---- grants ---- */

struct found {
	bool newest;    /* of all grants */
	bool paid;      /* payments refer to it */
	int64_t ask_ms; /* until when a person may answer; 0: nobody was asked */
	struct grant_age age;
};

static enum result age_of(struct batch *b, const struct grant_row *g, struct found *out)
{
	struct query q;

	batch_query(b, &q, STMT_GRANT_AGE);
	query_put_int(&q, g->key);
	if (query_row(&q)) {
		out->newest = query_int(&q) != 0;
		out->paid = query_int(&q) != 0;
		out->ask_ms = query_int(&q);
		out->age = (struct grant_age){.state = g->state,
		        .changed_ms = g->changed_ms,
		        .ends_ms = g->ends_ms,
		        .asked = out->ask_ms != 0,
		        .live = query_int(&q) > 0,
		        .token_ms = query_int(&q)};
	}
	return query_end(&q);
}

/* look_ms 0: never again. */
static enum result look_again(struct batch *b, int64_t grant, int64_t look_ms)
{
	struct query q;

	batch_query(b, &q, STMT_GRANT_SET_LOOK);
	query_put_int(&q, grant);
	if (look_ms)
		query_put_int(&q, look_ms);
	else
		query_put_null(&q);
	b->changes++;
	return query_run(&q);
}

/* Runs a removal of what belongs to the grant. */
static enum result remove_by(struct batch *b, enum statement s, int64_t grant)
{
	struct query q;

	batch_query(b, &q, s);
	query_put_int(&q, grant);
	return query_run(&q);
}

/* *whole: false where so many tokens are left that another step must come. */
static enum result remove_tokens(struct batch *b, int64_t grant, bool *whole)
{
	struct query q;
	int64_t left = 0;
	enum result r;

	batch_query(b, &q, STMT_GRANT_TOKEN_REMOVE_OF_GRANT);
	query_put_int(&q, grant);
	query_put_int(&q, LIMIT_SWEEP_ROWS);
	r = query_run(&q);
	if (r)
		return r;
	batch_query(b, &q, STMT_GRANT_TOKEN_COUNT);
	query_put_int(&q, grant);
	query_put_int(&q, 1);
	r = query_one_int(&q, &left);
	*whole = left == 0;
	return r;
}

static enum result remove_grant(struct batch *b, int64_t grant, bool *whole)
{
	enum result r;

	b->changes++;
	r = remove_tokens(b, grant, whole);
	if (r || !*whole)
		return r;
	r = remove_by(b, STMT_GRANT_INTERACTION_REMOVE, grant);
	if (!r)
		r = remove_by(b, STMT_GRANT_ACCESS_REMOVE, grant);
	return r ? r : remove_by(b, STMT_GRANT_REMOVE, grant);
}

/* *whole: false where the same grant needs another step. */
static enum result look_at(struct batch *b, int64_t key, struct swept *out, bool *whole)
{
	struct grant_full g;
	struct found f = {0};
	int64_t at;
	enum result r = batch_grant_load_key(b, key, &b->arena, &g);

	*whole = true;
	if (!r)
		r = age_of(b, &g.row, &f);
	if (r)
		return r;
	if (g.row.state == GRANT_PENDING) {
		if (b->now_ms < f.ask_ms)
			return look_again(b, key, f.ask_ms);
		out->expired++;
		return batch_grant_step(b, &g.row, GRANT_EXPIRE);
	}
	if (f.paid)
		return look_again(b, key, 0);
	at = grant_removable_at(&f.age, GRANT_KEPT_MS);
	if (at > b->now_ms)
		return look_again(b, key, at == INT64_MAX ? b->now_ms + GRANT_KEPT_MS : at);
	/* A new grant's key is one more than the highest. Incoming payments keep the key of theirs,
	 * and must not find another client's under it: so the highest stays, until there is a
	 * higher one. */
	if (f.newest)
		return look_again(b, key, b->now_ms + NEWEST_AGAIN_MS);
	r = remove_grant(b, key, whole);
	if (!r && *whole)
		out->removed++;
	return r;
}

static enum result sweep_grants(struct batch *b, struct swept *out)
{
	bool whole = true;
	enum result r = RESULT_OK;

	for (size_t i = 0; !r && whole && i < LIMIT_SWEEP_ROWS; i++) {
		struct query q;
		int64_t key;

		batch_query(b, &q, STMT_GRANT_TO_LOOK);
		query_put_int(&q, b->now_ms);
		r = query_one_int(&q, &key);
		if (!r)
			r = look_at(b, key, out, &whole);
	}
	return r == RESULT_THEIRS_NOT_FOUND ? RESULT_OK : r;
}

/* ---- incoming payments that nobody paid ---- */

static enum result remove_empty(struct batch *b, int64_t key, const struct id *id)
{
	struct query q;
	enum result r;

	batch_query(b, &q, STMT_INCOMING_REMOVE_QUOTES);
	query_put_int(&q, key);
	b->changes++;
	r = query_run(&q);
	if (r)
		return r;
	batch_query(b, &q, STMT_INCOMING_REMOVE);
	query_put_int(&q, key);
	r = query_run(&q);
	if (r)
		return r;
	batch_query(b, &q, STMT_INCOMING_REMOVE_DELIVERIES);
	query_put_id(&q, id);
	r = query_run(&q);
	if (r)
		return r;
	batch_query(b, &q, STMT_INCOMING_REMOVE_EVENTS);
	query_put_id(&q, id);
	return query_run(&q);
}

static enum result sweep_empty(struct batch *b, struct swept *out)
{
	bool found = true;
	enum result r = RESULT_OK;

	for (size_t i = 0; !r && i < LIMIT_SWEEP_ROWS; i++) {
		struct query q;
		struct id id;
		int64_t key;

		batch_query(b, &q, STMT_INCOMING_EMPTY_NEXT);
		r = next_empty(&q, b->now_ms, &key, &id, &found);
		if (r || !found)
			return r;
		r = remove_empty(b, key, &id);
		if (!r)
			out->removed++;
	}
	return r;
}

/* ---- tokens, sessions, nonces, quotes ---- */

static enum result remove_until(struct batch *b, enum statement s, int64_t until_ms)
{
	struct query q;

	batch_query(b, &q, s);
	query_put_int(&q, until_ms);
	query_put_int(&q, LIMIT_SWEEP_ROWS);
	b->changes++;
	return query_run(&q);
}

enum result batch_sweep(struct batch *b, struct swept *out)
{
	struct query q;
	struct id id;
	int64_t key;
	enum result r;

	memset(out, 0, sizeof(*out));
	r = sweep_grants(b, out);
	if (!r)
		r = remove_until(b, STMT_GRANT_TOKEN_REMOVE_ENDED, b->now_ms - TOKEN_KEPT_MS);
	if (!r)
		r = remove_until(b, STMT_SESSION_DELETE_ENDED, b->now_ms);
	if (!r)
		r = remove_until(b, STMT_NONCE_DROP, b->now_ms);
	if (!r)
		r = remove_until(b, STMT_QUOTE_REMOVE_UNUSED, b->now_ms - QUOTE_KEPT_MS);
	if (!r)
		r = sweep_empty(b, out);
	if (r)
		return r;
	batch_query(b, &q, STMT_SWEEP_DUE);
	r = any(&q, b->now_ms, &out->more);
	if (r || out->more)
		return r;
	batch_query(b, &q, STMT_INCOMING_EMPTY_NEXT);
	return next_empty(&q, b->now_ms, &key, &id, &out->more);
}
