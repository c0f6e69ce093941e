/* Reading users and sessions. */
#include "store/batch_core.h"
#include "store/login.h"

static enum result user_one(struct query *q, struct arena *a, struct user_row *out)
{
	bool found = query_row(q);
	enum result r;

	if (found) {
		query_blob(q, out->id.b, sizeof(out->id.b));
		out->name = query_text(q, a);
		out->password_hash = query_text(q, a);
	}
	r = query_end(q);
	if (r)
		return r;
	return found ? RESULT_OK : RESULT_THEIRS_NOT_FOUND;
}

enum result store_user_of_wallet(
        struct reader *r, struct arena *a, const char *wallet, struct user_row *out)
{
	struct query q;

	query_start(&q, r->db, STMT_USER_OF_WALLET);
	query_put_text(&q, wallet);
	return user_one(&q, a, out);
}

enum result store_browser_known(struct reader *r, const struct id *user,
        const uint8_t hash[SESSION_HASH_BYTES], int64_t now_ms, bool *known)
{
	struct query q;
	int64_t used_ms;
	enum result result;

	query_start(&q, r->db, STMT_BROWSER_USED);
	query_put_id(&q, user);
	query_put_blob(&q, hash, SESSION_HASH_BYTES);
	result = query_one_int(&q, &used_ms);
	*known = !result && now_ms - used_ms < BROWSER_KNOWN_MS;
	return result == RESULT_THEIRS_NOT_FOUND ? RESULT_OK : result;
}

enum result store_user_get(
        struct reader *r, struct arena *a, const struct id *user, struct user_row *out)
{
	struct query q;

	query_start(&q, r->db, STMT_USER_PASSWORD);
	query_put_id(&q, user);
	return user_one(&q, a, out);
}

enum result store_user_wallets(struct reader *r, struct arena *a, const struct id *user,
        struct wallet_row **out, size_t *count)
{
	struct query q;

	*count = 0;
	*out = arena_alloc(a, USER_WALLETS_MAX * sizeof(**out));
	if (!*out)
		return RESULT_OURS_MEMORY;
	query_start(&q, r->db, STMT_WALLET_LIST_OF_USER);
	query_put_id(&q, user);
	query_put_int(&q, USER_WALLETS_MAX);
	while (*count < USER_WALLETS_MAX && query_row(&q))
		row_wallet(&q, a, &(*out)[(*count)++]);
	return query_end(&q);
}

enum result store_session_get(struct reader *r, struct arena *a,
        const uint8_t hash[SESSION_HASH_BYTES], int64_t now_ms, struct session_row *out)
{
	enum result result;
	struct query q;
	bool found;

	query_start(&q, r->db, STMT_SESSION_GET);
	query_put_blob(&q, hash, SESSION_HASH_BYTES);
	query_put_int(&q, now_ms);
	found = query_row(&q);
	if (found) {
		query_blob(&q, out->user.b, sizeof(out->user.b));
		out->user_name = query_text(&q, a);
		out->created_ms = query_int(&q);
		out->used_ms = query_int(&q);
		out->ends_ms = query_int(&q);
	}
	result = query_end(&q);
	if (result)
		return result;
	return found ? RESULT_OK : RESULT_THEIRS_NOT_FOUND;
}

enum result store_session_list(struct reader *r, const struct id *user, int64_t now_ms,
        struct session_listed out[SESSIONS_PER_USER_MAX], size_t *count)
{
	struct query q;

	*count = 0;
	query_start(&q, r->db, STMT_SESSION_LIST);
	query_put_id(&q, user);
	query_put_int(&q, now_ms);
	query_put_int(&q, SESSIONS_PER_USER_MAX);
	while (*count < SESSIONS_PER_USER_MAX && query_row(&q)) {
		struct session_listed *s = &out[(*count)++];

		query_blob(&q, s->hash, sizeof(s->hash));
		s->created_ms = query_int(&q);
		s->used_ms = query_int(&q);
		s->ends_ms = query_int(&q);
	}
	return query_end(&q);
}

enum result store_user_list(struct reader *r, struct arena *a, const char *after, int64_t now_ms,
        size_t limit, struct user_listed **out, size_t *count, bool *more)
{
	struct query q;

	*count = 0;
	*more = false;
	*out = arena_alloc(a, limit * sizeof(**out));
	if (!*out)
		return RESULT_OURS_MEMORY;
	query_start(&q, r->db, STMT_USER_LIST);
	query_put_text(&q, after);
	query_put_int(&q, now_ms);
	query_put_int(&q, (int64_t)limit + 1);
	while (query_row(&q)) {
		struct user_listed *u = &(*out)[*count];

		if (*count == limit) {
			*more = true;
			break;
		}
		query_blob(&q, u->id.b, sizeof(u->id.b));
		u->name = query_text(&q, a);
		u->created_ms = query_int(&q);
		u->has_password = query_int(&q) != 0;
		u->sessions = query_u64(&q);
		u->used_ms = query_int(&q);
		u->wallets = query_text(&q, a);
		(*count)++;
	}
	return query_end(&q);
}
