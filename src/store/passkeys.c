/* The keys of people's devices: reading and changing them. */
#include <string.h>

#include "store/batch_core.h"
#include "store/notice.h"
#include "store/passkey.h"

static struct bytes taken(struct query *q, struct arena *a)
{
	struct bytes v = query_bytes(q);
	void *copy = v.n ? arena_memdup(a, v.p, v.n) : NULL;

	if (v.n && !copy)
		q->failed = RESULT_OURS_MEMORY;
	return bytes_of(copy, copy ? v.n : 0);
}

static void row_passkey(struct query *q, struct arena *a, struct passkey_row *out)
{
	out->key = query_int(q);
	query_blob(q, out->user.b, sizeof(out->user.b));
	out->credential = taken(q, a);
	out->algorithm = (int)query_int(q);
	out->public_key = taken(q, a);
	out->counter = (uint32_t)query_int(q);
	out->name = query_text(q, a);
	out->created_ms = query_int(q);
	out->used_ms = query_int(q);
}

enum result store_passkey_find(
        struct reader *r, struct arena *a, struct bytes credential, struct passkey_row *out)
{
	struct query q;
	bool found;
	enum result result;

	query_start(&q, r->db, STMT_PASSKEY_FIND);
	query_put_blob(&q, credential.p, credential.n);
	found = query_row(&q);
	if (found)
		row_passkey(&q, a, out);
	result = query_end(&q);
	return result || found ? result : RESULT_THEIRS_NOT_FOUND;
}

enum result store_passkey_list(struct reader *r, struct arena *a, const struct id *user,
        struct passkey_row **out, size_t *count)
{
	struct query q;

	*count = 0;
	*out = arena_alloc(a, PASSKEYS_PER_USER_MAX * sizeof(**out));
	if (!*out)
		return RESULT_OURS_MEMORY;
	query_start(&q, r->db, STMT_PASSKEY_LIST);
	query_put_id(&q, user);
	query_put_int(&q, PASSKEYS_PER_USER_MAX);
	while (*count < PASSKEYS_PER_USER_MAX && query_row(&q))
		row_passkey(&q, a, &(*out)[(*count)++]);
	return query_end(&q);
}

/* ---- changes ---- */

static enum result may_add(struct batch *b, const struct passkey_row *p)
{
	struct query q;
	int64_t count;
	enum result r;

	batch_query(b, &q, STMT_PASSKEY_KNOWN);
	query_put_blob(&q, p->credential.p, p->credential.n);
	r = query_one_int(&q, &count);
	if (r || count)
		return r ? r : RESULT_THEIRS_CONFLICT;
	batch_query(b, &q, STMT_PASSKEY_COUNT);
	query_put_id(&q, &p->user);
	r = query_one_int(&q, &count);
	return r || count < PASSKEYS_PER_USER_MAX ? r : RESULT_THEIRS_TOO_BIG;
}

static enum result tell(
        struct batch *b, enum notice_kind kind, const struct id *user, const char *name)
{
	return batch_notice(b, &(struct notice_new){.kind = kind, .user = user, .text = name});
}

enum result batch_passkey_add(struct batch *b, const struct passkey_row *p)
{
	struct query q;
	enum result r = may_add(b, p);

	if (r)
		return r;
	b->changes++;
	batch_query(b, &q, STMT_PASSKEY_INSERT);
	query_put_id(&q, &p->user);
	query_put_blob(&q, p->credential.p, p->credential.n);
	query_put_int(&q, p->algorithm);
	query_put_blob(&q, p->public_key.p, p->public_key.n);
	query_put_int(&q, p->counter);
	query_put_text(&q, p->name);
	query_put_int(&q, b->now_ms);
	r = query_run(&q);
	return r ? r : tell(b, NOTICE_PASSKEY_ADDED, &p->user, p->name);
}

enum result batch_passkey_used(
        struct batch *b, int64_t key, const struct id *user, uint32_t counter, int64_t asked_ms)
{
	int64_t before = 0, used_ms = 0;
	struct query q;
	bool found;
	enum result r;

	batch_query(b, &q, STMT_PASSKEY_COUNTER);
	query_put_int(&q, key);
	query_put_id(&q, user);
	found = query_row(&q);
	if (found) {
		before = query_int(&q);
		used_ms = query_int(&q);
	}
	r = query_end(&q);
	if (r || !found)
		return r ? r : RESULT_THEIRS_NOT_FOUND;
	/* WebAuthn 7.2, 21; a device that does not count says 0 each time. */
	if ((before || counter) && counter <= before)
		return RESULT_THEIRS_CONFLICT;
	if (asked_ms <= used_ms)
		return RESULT_THEIRS_CONFLICT;
	b->changes++;
	batch_query(b, &q, STMT_PASSKEY_USED);
	query_put_int(&q, key);
	query_put_int(&q, counter);
	query_put_int(&q, b->now_ms);
	return query_run(&q);
}

enum result batch_passkey_remove(struct batch *b, int64_t key, const struct id *user)
{
	const char *name = NULL;
	struct query q;
	enum result r;

	b->changes++;
	batch_query(b, &q, STMT_PASSKEY_DELETE);
	query_put_int(&q, key);
	query_put_id(&q, user);
	if (query_row(&q))
		name = query_text(&q, &b->arena);
	r = query_end(&q);
	return r || !name ? r : tell(b, NOTICE_PASSKEY_REMOVED, user, name);
}
