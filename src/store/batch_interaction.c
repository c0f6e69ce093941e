/* Interactions: bound to a browser session, accepted or rejected, once. */
#include "store/grant_core.h"

#include <string.h>

enum result batch_interaction_load(
        struct batch *b, const struct id *id, struct arena *a, struct interaction_full *out)
{
	struct query q;

	batch_query(b, &q, STMT_INTERACTION_GET);
	query_put_id(&q, id);
	return interaction_one(&q, a, out);
}

static bool is_session(const struct interaction_row *i, const uint8_t session[32])
{
	return i->bound &&
	       secret_eq_bytes(bytes_of(i->session, sizeof(i->session)), bytes_of(session, 32));
}

/* session NULL: whoever asks has shown another right to decide. */
static enum result may_decide(
        const struct batch *b, const struct interaction_row *i, const uint8_t *session)
{
	if (session && !is_session(i, session))
		return RESULT_THEIRS_FORBIDDEN;
	if (i->state != INTERACTION_PENDING || i->grant.state != GRANT_PENDING)
		return RESULT_THEIRS_STATE;
	return b->now_ms >= i->expires_ms ? RESULT_THEIRS_EXPIRED : RESULT_OK;
}

enum result batch_interaction_bind(
        struct batch *b, const struct id *id, const uint8_t session[32], const uint8_t *rebind)
{
	struct interaction_full i;
	struct query q;
	enum result r = batch_interaction_load(b, id, &b->arena, &i);

	if (r)
		return r;
	if (is_session(&i.row, session))
		return RESULT_OK;
	if (i.row.bound && !(rebind && is_session(&i.row, rebind)))
		return RESULT_THEIRS_FORBIDDEN;
	r = may_decide(b, &i.row, NULL);
	if (r)
		return r;
	batch_query(b, &q, STMT_INTERACTION_BIND);
	query_put_id(&q, id);
	query_put_blob(&q, session, 32);
	b->changes++;
	return query_run(&q);
}

static enum result user_of(struct batch *b, account_id wallet, struct id *out)
{
	struct query q;
	enum result r;

	batch_query(b, &q, STMT_WALLET_USER_OF);
	query_put_int(&q, wallet);
	r = query_one_id(&q, out);
	return r == RESULT_THEIRS_NOT_FOUND ? RESULT_THEIRS_FORBIDDEN : r;
}

static enum result belongs_to(struct batch *b, account_id wallet, const struct id *user)
{
	struct id owner;
	enum result r = user_of(b, wallet, &owner);

	if (r)
		return r;
	return id_eq(&owner, user) ? RESULT_OK : RESULT_THEIRS_FORBIDDEN;
}

/* Everything that is agreed to must be the user's own. */
static enum result owns_all(struct batch *b, const struct grant_row *g, account_id wallet)
{
	struct id user;
	enum result r = user_of(b, wallet, &user);

	if (!r && g->subject_wallet)
		r = belongs_to(b, g->subject_wallet, &user);
	for (size_t i = 0; !r && i < g->access_count; i++)
		if (g->access[i].wallet)
			r = belongs_to(b, g->access[i].wallet, &user);
	return r;
}

static enum result same_digest(
        struct batch *b, const struct interaction_row *i, const uint8_t *shown)
{
	uint8_t digest[32];
	enum result r;

	if (!shown)
		return RESULT_OK;
	r = interaction_digest(i, &b->arena, digest);
	if (r)
		return r;
	return memcmp(digest, shown, sizeof(digest)) == 0 ? RESULT_OK : RESULT_THEIRS_CONFLICT;
}

static enum result decide(
        struct batch *b, const struct id *id, enum interaction_state state, const uint8_t *ref_hash)
{
	struct query q;

	batch_query(b, &q, STMT_INTERACTION_DECIDE);
	query_put_id(&q, id);
	query_put_text(&q, state == INTERACTION_ACCEPTED ? "ACCEPTED" : "REJECTED");
	if (ref_hash)
		query_put_blob(&q, ref_hash, 32);
	else
		query_put_null(&q);
	query_put_int(&q, b->now_ms);
	b->changes++;
	return query_run(&q);
}

static enum result set_holder(
        struct batch *b, const struct grant_row *g, account_id wallet, int64_t ends_ms)
{
	struct query q;

	/* The wallet that it is about, of perhaps several of the user's. */
	if (g->subject_wallet)
		wallet = g->subject_wallet;
	for (size_t i = g->access_count; i > 0; i--)
		if (g->access[i - 1].wallet)
			wallet = g->access[i - 1].wallet;
	batch_query(b, &q, STMT_GRANT_SET_HOLDER);
	query_put_int(&q, g->key);
	query_put_int(&q, wallet);
	if (ends_ms)
		query_put_int(&q, ends_ms);
	else
		query_put_null(&q);
	return query_run(&q);
}

/* The holder allows less than was asked for. */
static enum result lower_limits(
        struct batch *b, const struct grant_row *g, const uint64_t lower[ACCESS_ITEMS_MAX])
{
	enum result r = RESULT_OK;

	for (size_t i = 0; i < ACCESS_ITEMS_MAX && !r; i++) {
		struct query q;

		if (lower[i] == 0)
			continue;
		if (i >= g->access_count || g->access[i].limits.cap == CAP_NONE ||
		        lower[i] > g->access[i].limits.amount)
			return RESULT_THEIRS_BAD_AMOUNT;
		b->changes++;
		batch_query(b, &q, STMT_GRANT_ACCESS_LOWER);
		query_put_int(&q, g->key);
		query_put_u64(&q, i);
		query_put_u64(&q, lower[i]);
		r = query_run(&q);
	}
	return r;
}

enum result batch_interaction_accept(
        struct batch *b, const struct interaction_accept *i, char interact_ref[TOKEN_TEXT_SIZE])
{
	struct interaction_full full;
	struct interaction_row *row = &full.row;
	uint8_t hash[32];
	enum result r = batch_interaction_load(b, &i->id, &b->arena, &full);

	if (r)
		return r;
	grant_secret(&b->store->seal_key, SECRET_REFERENCE, &i->id, interact_ref);
	r = may_decide(b, row, i->session);
	/* Asked again by the one who has accepted: the browser lost the answer. */
	if (r == RESULT_THEIRS_STATE && i->session && row->state == INTERACTION_ACCEPTED &&
	        row->grant.state == GRANT_APPROVED)
		return RESULT_OK;
	if (!r && i->ends_ms && i->ends_ms <= b->now_ms)
		r = RESULT_THEIRS_MALFORMED;
	if (!r)
		r = same_digest(b, row, i->digest);
	if (!r && i->wallet)
		r = owns_all(b, &row->grant, i->wallet);
	if (r)
		return r;
	r = lower_limits(b, &row->grant, i->lower);
	if (r)
		return r;
	secret_hash(interact_ref, hash);
	r = decide(b, &i->id, INTERACTION_ACCEPTED, hash);
	if (!r)
		r = set_holder(b, &row->grant, i->wallet, i->ends_ms);
	return r ? r : batch_grant_step(b, &row->grant, GRANT_APPROVE);
}

enum result batch_interaction_reject(struct batch *b, const struct id *id, const uint8_t *session)
{
	struct interaction_full full;
	enum result r = batch_interaction_load(b, id, &b->arena, &full);

	if (!r)
		r = may_decide(b, &full.row, session);
	if (!r)
		r = decide(b, id, INTERACTION_REJECTED, NULL);
	return r ? r : batch_grant_step(b, &full.row.grant, GRANT_REJECT);
}
