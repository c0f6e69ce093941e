/* Operators, their sessions and their acts: reading and changing them. */
#include "store/operator.h"

#include <string.h>

#include "base/text.h"
#include "store/batch_core.h"
#include "store/seal.h"

/* key NULL: the secret of the codes is not wanted. */
static void row_operator(
        struct query *q, struct arena *a, const struct secret32 *key, struct operator_row *out)
{
	uint8_t *secret = key ? arena_alloc(a, SEAL_TEXT_MAX) : NULL;
	struct bytes sealed;
	struct buf text;

	*out = (struct operator_row){.totp_step = 0};
	query_blob(q, out->id.b, sizeof(out->id.b));
	out->name = query_text(q, a);
	out->created_ms = query_int(q);
	out->password_hash = query_text(q, a);
	sealed = query_bytes(q);
	if (key && sealed.n) {
		buf_init(&text, secret, secret ? SEAL_TEXT_MAX : 0);
		if (!secret ||
		        seal_open(key, bytes_of(out->id.b, sizeof(out->id.b)), sealed, &text))
			q->failed = secret ? RESULT_OURS_STORE : RESULT_OURS_MEMORY;
		else
			out->totp = buf_view(&text);
	}
	out->totp_step = query_int(q);
	out->signed_in_ms = query_int(q);
	out->setup_ends_ms = query_int(q);
}

static enum result operator_one(
        struct query *q, struct arena *a, const struct secret32 *key, struct operator_row *out)
{
	bool found = query_row(q);
	enum result r;

	if (found)
		row_operator(q, a, key, out);
	r = query_end(q);
	if (r)
		return r;
	return found ? RESULT_OK : RESULT_THEIRS_NOT_FOUND;
}

enum result store_operator_named(
        struct reader *r, struct arena *a, const char *name, struct operator_row *out)
{
	struct query q;

	query_start(&q, r->db, STMT_OPERATOR_NAMED);
	query_put_text(&q, name);
	return operator_one(&q, a, &r->seal_key, out);
}

enum result store_operator_of_setup(struct reader *r, struct arena *a,
        const uint8_t hash[OPERATOR_HASH_BYTES], int64_t now_ms, struct operator_row *out)
{
	struct query q;

	query_start(&q, r->db, STMT_OPERATOR_OF_SETUP);
	query_put_blob(&q, hash, OPERATOR_HASH_BYTES);
	query_put_int(&q, now_ms);
	return operator_one(&q, a, NULL, out);
}

enum result store_operator_list(
        struct reader *r, struct arena *a, struct operator_row **out, size_t *count)
{
	struct query q;

	*count = 0;
	*out = arena_alloc(a, OPERATORS_MAX * sizeof(**out));
	if (!*out)
		return RESULT_OURS_MEMORY;
	query_start(&q, r->db, STMT_OPERATOR_LIST);
	query_put_int(&q, OPERATORS_MAX);
	while (*count < OPERATORS_MAX && query_row(&q))
		row_operator(&q, a, NULL, &(*out)[(*count)++]);
	return query_end(&q);
}

enum result store_operator_session_get(struct reader *r, struct arena *a,
        const uint8_t hash[OPERATOR_HASH_BYTES], int64_t now_ms, struct operator_session_row *out)
{
	struct query q;
	bool found;
	enum result result;

	query_start(&q, r->db, STMT_OPERATOR_SESSION_GET);
	query_put_blob(&q, hash, OPERATOR_HASH_BYTES);
	query_put_int(&q, now_ms);
	found = query_row(&q);
	if (found) {
		query_blob(&q, out->operator_id.b, sizeof(out->operator_id.b));
		out->name = query_text(&q, a);
		out->created_ms = query_int(&q);
		out->used_ms = query_int(&q);
		out->ends_ms = query_int(&q);
	}
	result = query_end(&q);
	if (result)
		return result;
	return found ? RESULT_OK : RESULT_THEIRS_NOT_FOUND;
}

/* ---- changes ---- */

static enum result named(struct batch *b, const char *name, struct operator_row *out)
{
	struct query q;

	batch_query(b, &q, STMT_OPERATOR_NAMED);
	query_put_text(&q, name);
	return operator_one(&q, &b->arena, NULL, out);
}

static enum result add(struct batch *b, const char *name, struct id *id)
{
	struct query q;
	int64_t count;
	enum result r;

	batch_query(b, &q, STMT_OPERATOR_COUNT);
	r = query_one_int(&q, &count);
	if (r)
		return r;
	if (count >= OPERATORS_MAX)
		return RESULT_THEIRS_TOO_BIG;
	id_new(b->now_ms, id);
	b->changes++;
	batch_query(b, &q, STMT_OPERATOR_INSERT);
	query_put_id(&q, id);
	query_put_text(&q, name);
	query_put_int(&q, b->now_ms);
	return query_run(&q);
}

enum result batch_operator_invite(struct batch *b, const char *name,
        const uint8_t hash[OPERATOR_HASH_BYTES], int64_t ends_ms, struct id *id)
{
	struct operator_row row;
	struct query q;
	enum result r;

	if (!text_is_name(name))
		return RESULT_THEIRS_MALFORMED;
	r = named(b, name, &row);
	if (!r)
		*id = row.id;
	else if (r == RESULT_THEIRS_NOT_FOUND)
		r = add(b, name, id);
	if (r)
		return r;
	b->changes++;
	batch_query(b, &q, STMT_OPERATOR_INVITE);
	query_put_id(&q, id);
	query_put_blob(&q, hash, OPERATOR_HASH_BYTES);
	query_put_int(&q, ends_ms);
	return query_run(&q);
}

static enum result end_all(struct batch *b, const struct id *id)
{
	struct query q;

	b->changes++;
	batch_query(b, &q, STMT_OPERATOR_SESSION_DELETE_ALL);
	query_put_id(&q, id);
	return query_run(&q);
}

enum result batch_operator_set_up(
        struct batch *b, const struct operator_setup *s, const char **name)
{
	uint8_t storage[SEAL_OVERHEAD + OPERATOR_TOTP_BYTES];
	struct operator_row row;
	struct buf sealed;
	struct query q;
	enum result r;

	batch_query(b, &q, STMT_OPERATOR_OF_SETUP);
	query_put_blob(&q, s->token_hash, OPERATOR_HASH_BYTES);
	query_put_int(&q, b->now_ms);
	r = operator_one(&q, &b->arena, NULL, &row);
	if (r)
		return r;
	buf_init(&sealed, storage, sizeof(storage));
	r = seal_close(&b->store->seal_key, bytes_of(row.id.b, sizeof(row.id.b)),
	        bytes_of(s->totp, OPERATOR_TOTP_BYTES), &sealed);
	if (r)
		return r;
	*name = row.name;
	b->changes++;
	batch_query(b, &q, STMT_OPERATOR_SET_UP);
	query_put_id(&q, &row.id);
	query_put_text(&q, s->password_hash);
	query_put_blob(&q, sealed.p, sealed.len);
	query_put_int(&q, s->step);
	r = query_run(&q);
	return r ? r : end_all(b, &row.id);
}

/* What was checked is still the password, and the code is newer than any that was used. */
static enum result use_code(struct batch *b, const struct operator_session_new *s)
{
	struct query q;
	struct id id;
	enum result r;

	b->changes++;
	batch_query(b, &q, STMT_OPERATOR_USE_CODE);
	query_put_id(&q, &s->operator_id);
	query_put_text(&q, s->password_hash);
	query_put_int(&q, s->step);
	query_put_int(&q, b->now_ms);
	r = query_one_id(&q, &id);
	if (r == RESULT_THEIRS_NOT_FOUND) {
		b->changes--; /* it was none */
		return RESULT_THEIRS_STATE;
	}
	if (r || !s->renewed || !s->renewed[0])
		return r;
	batch_query(b, &q, STMT_OPERATOR_RENEW);
	query_put_id(&q, &s->operator_id);
	query_put_text(&q, s->password_hash);
	query_put_text(&q, s->renewed);
	return query_run(&q);
}

static enum result make_room(struct batch *b, const struct id *id)
{
	struct query q;
	enum result r;

	batch_query(b, &q, STMT_OPERATOR_SESSION_DELETE_ENDED);
	query_put_int(&q, b->now_ms);
	r = query_run(&q);
	if (r)
		return r;
	batch_query(b, &q, STMT_OPERATOR_SESSION_DELETE_SURPLUS);
	query_put_id(&q, id);
	query_put_int(&q, SESSIONS_PER_OPERATOR_MAX - 1);
	return query_run(&q);
}

enum result batch_operator_session_add(struct batch *b, const struct operator_session_new *s)
{
	struct query q;
	enum result r = use_code(b, s);

	if (!r && s->replaced)
		r = batch_operator_session_end(b, s->replaced);
	if (!r)
		r = make_room(b, &s->operator_id);
	if (r)
		return r;
	batch_query(b, &q, STMT_OPERATOR_SESSION_INSERT);
	query_put_blob(&q, s->hash, sizeof(s->hash));
	query_put_id(&q, &s->operator_id);
	query_put_int(&q, b->now_ms);
	query_put_int(&q, s->idle_ms);
	query_put_int(&q, b->now_ms + s->life_ms);
	return query_run(&q);
}

enum result batch_operator_session_touch(struct batch *b, const uint8_t hash[OPERATOR_HASH_BYTES])
{
	struct query q;

	b->changes++;
	batch_query(b, &q, STMT_OPERATOR_SESSION_TOUCH);
	query_put_blob(&q, hash, OPERATOR_HASH_BYTES);
	query_put_int(&q, b->now_ms);
	return query_run(&q);
}

enum result batch_operator_session_end(struct batch *b, const uint8_t hash[OPERATOR_HASH_BYTES])
{
	struct query q;

	b->changes++;
	batch_query(b, &q, STMT_OPERATOR_SESSION_DELETE);
	query_put_blob(&q, hash, OPERATOR_HASH_BYTES);
	return query_run(&q);
}

enum result batch_operator_remove(struct batch *b, const char *name)
{
	struct operator_row row;
	struct query q;
	struct id gone;
	enum result r = named(b, name, &row);

	if (!r)
		r = end_all(b, &row.id);
	if (r)
		return r;
	batch_query(b, &q, STMT_OPERATOR_DELETE);
	query_put_id(&q, &row.id);
	return query_one_id(&q, &gone);
}

/* ---- what was done ---- */

enum result batch_act_add(struct batch *b, struct act_row *act)
{
	struct query q;

	if (strlen(act->act) > ACT_WORD_MAX || strlen(act->subject) > ACT_SUBJECT_MAX ||
	        strlen(act->details) > ACT_DETAILS_MAX)
		return RESULT_OURS_BUG;
	id_new(b->now_ms, &act->id);
	act->at_ms = b->now_ms;
	b->changes++;
	batch_query(b, &q, STMT_ACT_INSERT);
	query_put_id(&q, &act->id);
	query_put_int(&q, act->at_ms);
	query_put_text(&q, act->who);
	query_put_text(&q, act->act);
	query_put_text(&q, act->subject);
	query_put_text(&q, act->details);
	return query_run(&q);
}

static enum result act_exists(struct reader *r, const struct id *id)
{
	struct query q;
	int64_t count;
	enum result result;

	query_start(&q, r->db, STMT_ACT_EXISTS);
	query_put_id(&q, id);
	result = query_one_int(&q, &count);
	if (result)
		return result;
	return count ? RESULT_OK : RESULT_THEIRS_NOT_FOUND;
}

enum result store_act_list(struct reader *r, struct arena *a, const char *who, const struct page *p,
        struct act_row **out, size_t *count, bool *more)
{
	struct query q;
	enum result result = id_is_zero(&p->after) ? RESULT_OK : act_exists(r, &p->after);

	*count = 0;
	*more = false;
	if (result)
		return result;
	*out = arena_alloc(a, p->limit * sizeof(**out));
	if (!*out)
		return RESULT_OURS_MEMORY;
	query_start(&q, r->db, who ? STMT_ACT_LIST_OF_WHO : STMT_ACT_LIST);
	query_put_id(&q, &p->after);
	query_put_int(&q, (int64_t)p->limit + 1);
	if (who)
		query_put_text(&q, who);
	while (query_row(&q)) {
		struct act_row *row = &(*out)[*count];

		if (*count == p->limit) {
			*more = true;
			break;
		}
		query_blob(&q, row->id.b, sizeof(row->id.b));
		row->at_ms = query_int(&q);
		row->who = query_text(&q, a);
		row->act = query_text(&q, a);
		row->subject = query_text(&q, a);
		row->details = query_text(&q, a);
		(*count)++;
	}
	return query_end(&q);
}
