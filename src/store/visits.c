#include <string.h>

#include "base/limits.h"
#include "store/batch_core.h"
#include "store/seal.h"
#include "store/visit.h"

static const char *const names[VISIT_STATES] = {[VISIT_ASKED] = "ASKED",
        [VISIT_GOING] = "GOING",
        [VISIT_SENDING] = "SENDING",
        [VISIT_ENDED] = "ENDED"};

static enum visit_state state_of(const char *name)
{
	for (enum visit_state s = VISIT_ASKED; s < VISIT_STATES; s++) {
		if (strcmp(names[s], name) == 0)
			return s;
	}
	return VISIT_ENDED; /* the table has no other */
}

static struct bytes context_of(const struct id *id)
{
	return bytes_of(id->b, sizeof(id->b));
}

enum result store_visit_get(struct reader *r, struct arena *a, const struct id *id, int64_t now_ms,
        struct visit_row *out)
{
	char *secret = arena_alloc(a, SEAL_TEXT_MAX + 1);
	enum result result, opened = RESULT_OK;
	const char *state;
	struct buf text;
	struct query q;
	bool found;

	if (!secret)
		return RESULT_OURS_MEMORY;
	*out = (struct visit_row){.secret = secret};
	buf_init(&text, secret, SEAL_TEXT_MAX);
	query_start(&q, r->db, STMT_VISIT_GET);
	query_put_id(&q, id);
	query_put_int(&q, now_ms);
	found = query_row(&q);
	if (found) {
		query_blob(&q, out->id.b, sizeof(out->id.b));
		query_blob(&q, out->browser, sizeof(out->browser));
		query_blob(&q, out->incoming.b, sizeof(out->incoming.b));
		state = query_text(&q, a);
		out->state = state_of(state ? state : "");
		out->facts = query_text(&q, a);
		opened = seal_open(&r->seal_key, context_of(id), query_bytes(&q), &text);
		out->created_ms = query_int(&q);
		out->expires_ms = query_int(&q);
	}
	result = query_end(&q);
	if (result)
		return result;
	if (!found)
		return RESULT_THEIRS_NOT_FOUND;
	return opened ? RESULT_OURS_STORE : RESULT_OK;
}

/* ---- changes ---- */

static enum result seal(struct batch *b, const struct visit_row *v, struct buf *out)
{
	if (strlen(v->facts) > VISIT_FACTS_MAX)
		return RESULT_THEIRS_TOO_BIG;
	return seal_close(&b->store->seal_key, context_of(&v->id), bytes_str(v->secret), out);
}

static enum result count(struct batch *b, int64_t *out)
{
	struct query q;

	batch_query(b, &q, STMT_VISIT_COUNT);
	return query_one_int(&q, out);
}

/* Where all places are taken the oldest visit that nobody has agreed to goes, or one that ended:
 * who begins many and goes on with none shuts nobody out. */
static enum result make_room(struct batch *b)
{
	struct query q;
	int64_t n;
	enum result r = count(b, &n);

	if (r || n < VISITS_MAX)
		return r;
	batch_query(b, &q, STMT_VISIT_MAKE_ROOM);
	r = query_run(&q);
	if (!r)
		r = count(b, &n);
	return r || n < VISITS_MAX ? r : RESULT_RETRY_BUSY;
}

enum result batch_visit_add(struct batch *b, struct visit_row *v)
{
	uint8_t storage[SEAL_TEXT_MAX + SEAL_OVERHEAD];
	struct buf sealed;
	struct query q;
	enum result r;

	buf_init(&sealed, storage, sizeof(storage));
	r = seal(b, v, &sealed);
	if (r)
		return r;
	b->changes++;
	batch_query(b, &q, STMT_VISIT_DROP);
	query_put_int(&q, b->now_ms);
	query_put_int(&q, LIMIT_SWEEP_ROWS);
	r = query_run(&q);
	if (r)
		return r;
	r = make_room(b);
	if (r)
		return r;
	v->state = VISIT_ASKED;
	v->created_ms = b->now_ms;
	v->expires_ms = b->now_ms + VISIT_LIFE_MS;
	batch_query(b, &q, STMT_VISIT_INSERT);
	query_put_id(&q, &v->id);
	query_put_blob(&q, v->browser, sizeof(v->browser));
	query_put_id(&q, &v->incoming);
	query_put_text(&q, v->facts);
	query_put_blob(&q, sealed.p, sealed.len);
	query_put_int(&q, v->created_ms);
	query_put_int(&q, v->expires_ms);
	return query_run(&q);
}

static enum result check_state(struct batch *b, const struct id *id, enum visit_state wanted)
{
	enum visit_state is = VISIT_ENDED;
	uint8_t skipped[32];
	const char *state;
	struct query q;
	bool found;
	enum result r;

	batch_query(b, &q, STMT_VISIT_GET);
	query_put_id(&q, id);
	query_put_int(&q, b->now_ms);
	found = query_row(&q);
	if (found) {
		query_blob(&q, skipped, 16);
		query_blob(&q, skipped, 32);
		query_blob(&q, skipped, 16);
		state = query_text(&q, &b->arena);
		is = state_of(state ? state : "");
	}
	r = query_end(&q);
	if (r)
		return r;
	if (!found)
		return RESULT_THEIRS_NOT_FOUND;
	return is == wanted ? RESULT_OK : RESULT_THEIRS_STATE;
}

enum result batch_visit_step(struct batch *b, enum visit_state from, const struct visit_row *v)
{
	uint8_t storage[SEAL_TEXT_MAX + SEAL_OVERHEAD];
	struct buf sealed;
	struct query q;
	enum result r = check_state(b, &v->id, from);

	buf_init(&sealed, storage, sizeof(storage));
	if (!r)
		r = seal(b, v, &sealed);
	if (r)
		return r;
	b->changes++;
	batch_query(b, &q, STMT_VISIT_STEP);
	query_put_id(&q, &v->id);
	query_put_text(&q, names[v->state]);
	query_put_text(&q, v->facts);
	query_put_blob(&q, sealed.p, sealed.len);
	return query_run(&q);
}
