#include "store/engine.h"

#include <string.h>

#include "base/arena.h"

void query_start(struct query *q, struct db *db, enum statement s)
{
	q->db = db;
	q->statement = db->engine->start(db, s);
	q->next = 1;
	q->failed = q->statement ? RESULT_OK : RESULT_OURS_BUG;
}

void query_put_int(struct query *q, int64_t v)
{
	if (!q->failed)
		q->failed = q->db->engine->bind_int(q->statement, q->next++, v);
}

void query_put_u64(struct query *q, uint64_t v)
{
	if (v > INT64_MAX && !q->failed)
		q->failed = RESULT_OURS_BUG;
	query_put_int(q, (int64_t)v);
}

void query_put_text(struct query *q, const char *s)
{
	if (!q->failed)
		q->failed = q->db->engine->bind_text(q->statement, q->next++, bytes_str(s));
}

void query_put_blob(struct query *q, const void *p, size_t n)
{
	if (!q->failed)
		q->failed = q->db->engine->bind_blob(q->statement, q->next++, bytes_of(p, n));
}

void query_put_id(struct query *q, const struct id *id)
{
	query_put_blob(q, id->b, sizeof(id->b));
}

void query_put_null(struct query *q)
{
	if (!q->failed)
		q->failed = q->db->engine->bind_null(q->statement, q->next++);
}

bool query_row(struct query *q)
{
	bool row = false;

	if (!q->failed)
		q->failed = q->db->engine->step(q->db, q->statement, &row);
	q->next = 0;
	return row && !q->failed;
}

int64_t query_int(struct query *q)
{
	return q->db->engine->col_int(q->statement, q->next++);
}

uint64_t query_u64(struct query *q)
{
	int64_t v = query_int(q);

	/* Every amount column has a CHECK; a negative one means that the file was damaged. */
	if (v < 0 && !q->failed)
		q->failed = RESULT_OURS_STORE;
	return v < 0 ? 0 : (uint64_t)v;
}

int64_t query_sum(struct query *q)
{
	int64_t high = query_int(q), low = query_int(q);

	high += low >> 32;
	if (high > INT32_MAX)
		return INT64_MAX;
	if (high < INT32_MIN)
		return INT64_MIN;
	return high * (INT64_C(1) << 32) + (low & UINT32_MAX);
}

struct bytes query_bytes(struct query *q)
{
	return q->db->engine->col_bytes(q->statement, q->next++);
}

const char *query_text(struct query *q, struct arena *a)
{
	struct bytes v = query_bytes(q);
	const char *copy = arena_strndup(a, v.n ? (const char *)v.p : "", v.n);

	if (!copy && !q->failed)
		q->failed = RESULT_OURS_MEMORY;
	return copy ? copy : "";
}

void query_text_into(struct query *q, char *out, size_t size)
{
	struct bytes v = query_bytes(q);

	if (v.n >= size) {
		if (!q->failed)
			q->failed = RESULT_OURS_STORE;
		v.n = 0;
	}
	if (v.n)
		memcpy(out, v.p, v.n);
	out[v.n] = '\0';
}

void query_blob(struct query *q, void *out, size_t n)
{
	struct bytes v = query_bytes(q);

	memset(out, 0, n);
	if (v.n == n)
		memcpy(out, v.p, n);
	else if (v.n && !q->failed)
		q->failed = RESULT_OURS_STORE;
}

enum result query_end(struct query *q)
{
	if (q->statement)
		q->db->engine->end(q->statement);
	q->statement = NULL;
	return q->failed;
}

enum result query_run(struct query *q)
{
	if (query_row(q) && !q->failed)
		q->failed = RESULT_OURS_BUG;
	return query_end(q);
}

enum result query_one_int(struct query *q, int64_t *out)
{
	bool found = query_row(q);
	enum result r;

	*out = found ? query_int(q) : 0;
	r = query_end(q);
	if (r)
		return r;
	return found ? RESULT_OK : RESULT_THEIRS_NOT_FOUND;
}

enum result query_one_id(struct query *q, struct id *out)
{
	bool found = query_row(q);
	enum result r;

	if (found)
		query_blob(q, out->b, sizeof(out->b));
	r = query_end(q);
	if (r)
		return r;
	return found ? RESULT_OK : RESULT_THEIRS_NOT_FOUND;
}

enum result query_next_due(struct query *q, struct id *id, int64_t *expires_ms)
{
	*expires_ms = INT64_MAX;
	if (query_row(q)) {
		query_blob(q, id->b, sizeof(id->b));
		*expires_ms = query_int(q);
	}
	return query_end(q);
}
