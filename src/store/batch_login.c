/* Passwords and sessions. */
#include "base/limits.h"
#include "store/batch_core.h"
#include "store/login.h"
#include "store/notice.h"

static enum result browsers_forget(struct batch *b, const struct id *user)
{
	struct query q;

	batch_query(b, &q, STMT_BROWSER_DELETE_OF_USER);
	query_put_id(&q, user);
	return query_run(&q);
}

/* Whoever was signed in, and could sign in otherwise, is out. */
static enum result end_all(struct batch *b, const struct id *user)
{
	struct query q;
	enum result r;

	batch_query(b, &q, STMT_SESSION_DELETE_OF_USER);
	query_put_id(&q, user);
	r = query_run(&q);
	if (r)
		return r;
	batch_query(b, &q, STMT_PASSKEY_DELETE_OF_USER);
	query_put_id(&q, user);
	r = query_run(&q);
	return r ? r : browsers_forget(b, user);
}

enum result batch_password_set(struct batch *b, const char *user_name, const char *password_hash)
{
	struct id user;
	struct query q;
	enum result r;

	batch_query(b, &q, STMT_USER_BY_NAME);
	query_put_text(&q, user_name);
	r = query_one_id(&q, &user);
	/* The first one is no change: nobody is told who has none. */
	if (!r)
		r = batch_notice(b, &(struct notice_new){.kind = NOTICE_PASSWORD, .user = &user});
	if (r)
		return r;
	b->changes++;
	batch_query(b, &q, STMT_PASSWORD_PUT);
	query_put_id(&q, &user);
	query_put_text(&q, password_hash);
	query_put_int(&q, b->now_ms);
	r = query_run(&q);
	return r ? r : end_all(b, &user);
}

/* What was checked is still the password, or was its text until another login renewed that. */
static enum result password_is(struct batch *b, const struct id *user, const char *checked)
{
	int64_t count;
	struct query q;
	enum result r;

	batch_query(b, &q, STMT_PASSWORD_IS);
	query_put_id(&q, user);
	query_put_text(&q, checked);
	r = query_one_int(&q, &count);
	return r || count ? r : RESULT_THEIRS_STATE;
}

enum result batch_password_change(struct batch *b, const struct id *user, const char *checked,
        const char *password_hash, const uint8_t kept[SESSION_HASH_BYTES])
{
	struct query q;
	enum result r = password_is(b, user, checked);

	if (r)
		return r;
	b->changes++;
	batch_query(b, &q, STMT_PASSWORD_PUT);
	query_put_id(&q, user);
	query_put_text(&q, password_hash);
	query_put_int(&q, b->now_ms);
	r = query_run(&q);
	if (!r)
		r = batch_notice(b, &(struct notice_new){.kind = NOTICE_PASSWORD, .user = user});
	if (!r)
		r = browsers_forget(b, user);
	return r ? r : batch_session_end_others(b, user, kept);
}

/* ---- sessions ---- */

/* The same in newer parameters takes its place. */
static enum result password_still(struct batch *b, const struct session_new *s)
{
	struct query q;
	enum result r = password_is(b, &s->user, s->password_hash);

	if (r)
		return r;
	if (!s->renewed || !s->renewed[0])
		return RESULT_OK;
	b->changes++;
	batch_query(b, &q, STMT_PASSWORD_RENEW);
	query_put_id(&q, &s->user);
	query_put_text(&q, s->password_hash);
	query_put_text(&q, s->renewed);
	return query_run(&q);
}

/* Room for one more: what has ended goes, then the oldest of this user. */
static enum result make_room(struct batch *b, const struct id *user)
{
	struct query q;
	enum result r;

	batch_query(b, &q, STMT_SESSION_DELETE_ENDED);
	query_put_int(&q, b->now_ms);
	query_put_int(&q, LIMIT_SWEEP_ROWS);
	r = query_run(&q);
	if (r)
		return r;
	batch_query(b, &q, STMT_SESSION_DELETE_SURPLUS);
	query_put_id(&q, user);
	query_put_int(&q, SESSIONS_PER_USER_MAX - 1);
	return query_run(&q);
}

/* Of one that is not known yet the user is told. */
static enum result browser_tell(struct batch *b, const struct session_new *s)
{
	int64_t used_ms;
	struct query q;
	enum result r;

	batch_query(b, &q, STMT_BROWSER_USED);
	query_put_id(&q, &s->user);
	query_put_blob(&q, s->browser, SESSION_HASH_BYTES);
	r = query_one_int(&q, &used_ms);
	return r != RESULT_THEIRS_NOT_FOUND
	               ? r
	               : batch_notice(
	                         b, &(struct notice_new){.kind = NOTICE_SIGN_IN, .user = &s->user});
}

/* The newest ones stay. */
static enum result browser_add(struct batch *b, const struct session_new *s)
{
	struct query q;
	enum result r = browser_tell(b, s);

	if (r)
		return r;
	batch_query(b, &q, STMT_BROWSER_PUT);
	query_put_id(&q, &s->user);
	query_put_blob(&q, s->browser, SESSION_HASH_BYTES);
	query_put_int(&q, b->now_ms);
	r = query_run(&q);
	if (r)
		return r;
	batch_query(b, &q, STMT_BROWSER_DELETE_SURPLUS);
	query_put_id(&q, &s->user);
	query_put_int(&q, BROWSERS_PER_USER_MAX);
	return query_run(&q);
}

enum result batch_session_add(struct batch *b, const struct session_new *s)
{
	struct query q;
	enum result r = s->password_hash ? password_still(b, s) : RESULT_OK;

	if (r)
		return r;
	b->changes++;
	r = s->replaced ? batch_session_end(b, s->replaced) : RESULT_OK;
	if (!r)
		r = make_room(b, &s->user);
	if (!r && s->browser)
		r = browser_add(b, s);
	if (r)
		return r;
	batch_query(b, &q, STMT_SESSION_INSERT);
	query_put_blob(&q, s->hash, sizeof(s->hash));
	query_put_id(&q, &s->user);
	query_put_int(&q, b->now_ms);
	query_put_int(&q, s->idle_ms);
	query_put_int(&q, b->now_ms + s->life_ms);
	return query_run(&q);
}

enum result batch_session_check(
        struct batch *b, const uint8_t hash[SESSION_HASH_BYTES], struct id *user)
{
	struct query q;
	bool found;
	enum result r;

	batch_query(b, &q, STMT_SESSION_GET);
	query_put_blob(&q, hash, SESSION_HASH_BYTES);
	query_put_int(&q, b->now_ms);
	found = query_row(&q);
	if (found)
		query_blob(&q, user->b, sizeof(user->b));
	r = query_end(&q);
	if (r)
		return r;
	return found ? RESULT_OK : RESULT_THEIRS_UNAUTHORIZED;
}

enum result batch_session_touch(struct batch *b, const uint8_t hash[SESSION_HASH_BYTES])
{
	struct id user;
	struct query q;
	enum result r = batch_session_check(b, hash, &user);

	if (r)
		return r == RESULT_THEIRS_UNAUTHORIZED ? RESULT_OK : r;
	b->changes++;
	batch_query(b, &q, STMT_SESSION_TOUCH);
	query_put_blob(&q, hash, SESSION_HASH_BYTES);
	query_put_int(&q, b->now_ms);
	return query_run(&q);
}

enum result batch_session_end(struct batch *b, const uint8_t hash[SESSION_HASH_BYTES])
{
	struct query q;

	b->changes++;
	batch_query(b, &q, STMT_SESSION_DELETE);
	query_put_blob(&q, hash, SESSION_HASH_BYTES);
	return query_run(&q);
}

enum result batch_session_end_of(
        struct batch *b, const struct id *user, const uint8_t hash[SESSION_HASH_BYTES])
{
	struct query q;

	b->changes++;
	batch_query(b, &q, STMT_SESSION_DELETE_ONE);
	query_put_blob(&q, hash, SESSION_HASH_BYTES);
	query_put_id(&q, user);
	return query_run(&q);
}

enum result batch_session_end_others(
        struct batch *b, const struct id *user, const uint8_t kept[SESSION_HASH_BYTES])
{
	struct query q;

	b->changes++;
	batch_query(b, &q, STMT_SESSION_DELETE_OTHERS);
	query_put_id(&q, user);
	query_put_blob(&q, kept, SESSION_HASH_BYTES);
	return query_run(&q);
}
