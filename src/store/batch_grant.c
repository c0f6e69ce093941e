/* The life of a grant: asked for, continued, revoked, expired. */
#include "store/grant_core.h"

#include <string.h>

#include "base/text.h"

/* ---- loading and stepping ---- */

enum result batch_grant_load(
        struct batch *b, const struct id *id, struct arena *a, struct grant_full *out)
{
	struct query q;

	batch_query(b, &q, STMT_GRANT_GET);
	query_put_id(&q, id);
	return grant_one(&q, a, out);
}

enum result batch_grant_load_key(
        struct batch *b, int64_t key, struct arena *a, struct grant_full *out)
{
	struct query q;

	batch_query(b, &q, STMT_GRANT_OF_KEY);
	query_put_int(&q, key);
	return grant_one(&q, a, out);
}

enum result batch_grant_step(struct batch *b, struct grant_row *g, enum grant_event e)
{
	enum grant_state to;
	struct query q;
	enum result r = grant_next(g->state, e, &to);

	if (r)
		return r;
	g->state = to;
	g->changed_ms = b->now_ms;
	batch_query(b, &q, STMT_GRANT_SET_STATE);
	query_put_int(&q, g->key);
	query_put_text(&q, grant_state_name(to));
	query_put_text(&q, grant_reason_name(to) ? grant_reason_name(to) : "");
	query_put_int(&q, b->now_ms);
	query_put_int(&q, b->now_ms + GRANT_KEPT_MS);
	b->changes++;
	r = query_run(&q);
	return r || !grant_reason_name(to) ? r : batch_event_grant(b, g);
}

/* ---- asking ---- */

static enum result check_new(const struct grant_new *g)
{
	bool asks = g->subject != NULL;

	if (g->access_count > ACCESS_ITEMS_MAX || (g->access_count == 0 && !g->subject))
		return RESULT_THEIRS_MALFORMED;
	if (g->subject && !g->subject_wallet)
		return RESULT_THEIRS_MALFORMED;
	for (size_t i = 0; i < g->access_count; i++) {
		if (!access_is_interactive(&g->access[i]))
			continue;
		asks = true;
		if (!g->access[i].wallet)
			return RESULT_THEIRS_MALFORMED;
	}
	return asks && !g->interactive ? RESULT_THEIRS_MALFORMED : RESULT_OK;
}

static enum result expire_one(struct batch *b, int64_t key)
{
	struct grant_full g;
	enum result r = batch_grant_load_key(b, key, &b->arena, &g);

	return r ? r : batch_grant_step(b, &g.row, GRANT_EXPIRE);
}

/* A client that lets its interactions lapse must not be shut out by them. */
static enum result expire_of_client(struct batch *b, const char *client)
{
	struct query q;
	int64_t key;
	enum result r;

	do {
		batch_query(b, &q, STMT_GRANT_EXPIRED_OF_CLIENT);
		query_put_text(&q, client);
		query_put_int(&q, b->now_ms);
		r = query_one_int(&q, &key);
		if (!r)
			r = expire_one(b, key);
	} while (!r);
	return r == RESULT_THEIRS_NOT_FOUND ? RESULT_OK : r;
}

static enum result check_pending(struct batch *b, const struct grant_new *g)
{
	struct query q;
	int64_t pending;
	enum result r;

	if (!g->interactive)
		return RESULT_OK;
	r = expire_of_client(b, g->client);
	if (r || g->pending_max == 0)
		return r;
	batch_query(b, &q, STMT_GRANT_PENDING_COUNT);
	query_put_text(&q, g->client);
	r = query_one_int(&q, &pending);
	if (r)
		return r;
	return (uint64_t)pending < g->pending_max ? RESULT_OK : RESULT_THEIRS_TOO_BIG;
}

static void put_optional(struct query *q, int64_t v)
{
	if (v)
		query_put_int(q, v);
	else
		query_put_null(q);
}

static enum result insert_grant(struct batch *b, const struct grant_new *g, const struct id *id,
        int64_t key, enum grant_state state, const char *continue_token)
{
	uint8_t hash[32];
	struct query q;

	secret_hash(continue_token, hash);
	batch_query(b, &q, STMT_GRANT_INSERT);
	query_put_int(&q, key);
	query_put_id(&q, id);
	query_put_text(&q, g->client);
	query_put_text(&q, g->jwk ? g->jwk : "");
	query_put_text(&q, g->client_name ? g->client_name : "");
	query_put_text(&q, grant_state_name(state));
	query_put_text(&q, grant_reason_name(state) ? grant_reason_name(state) : "");
	query_put_text(&q, g->subject ? g->subject : "");
	put_optional(&q, g->subject_wallet);
	query_put_blob(&q, hash, sizeof(hash));
	query_put_int(&q, b->now_ms + CONTINUE_WAIT_MS);
	query_put_int(&q, b->now_ms);
	query_put_int(&q, b->now_ms + (g->interactive ? g->interaction_ms : GRANT_KEPT_MS));
	b->changes++;
	return query_run(&q);
}

static enum result insert_item(
        struct batch *b, int64_t grant, size_t position, const struct access_item *item)
{
	static const char *const caps[] = {
	        [CAP_NONE] = "", [CAP_DEBIT] = "debit", [CAP_RECEIVE] = "receive"};
	const struct access_limits *l = &item->limits;
	struct query q;

	batch_query(b, &q, STMT_GRANT_ACCESS_INSERT);
	query_put_int(&q, grant);
	query_put_u64(&q, position);
	query_put_text(&q, access_type_name(item->type));
	query_put_int(&q, item->actions);
	query_put_text(&q, item->identifier ? item->identifier : "");
	put_optional(&q, item->wallet);
	query_put_int(&q, l->given);
	query_put_text(&q, l->receiver ? l->receiver : "");
	query_put_text(&q, l->interval ? l->interval : "");
	query_put_text(&q, caps[l->cap]);
	query_put_u64(&q, l->cap ? l->amount : 0);
	query_put_text(&q, l->cap ? l->code : "");
	query_put_int(&q, l->cap ? l->scale : 0);
	return query_run(&q);
}

static void server_nonce(char out[SERVER_NONCE_SIZE])
{
	uint8_t bytes[(SERVER_NONCE_SIZE - 1) / 2];

	random_fill(bytes, sizeof(bytes));
	hex_encode(bytes_of(bytes, sizeof(bytes)), out);
}

static enum result insert_interaction(
        struct batch *b, const struct grant_new *g, int64_t grant, struct grant_secrets *out)
{
	uint8_t hash[32];
	struct query q;

	id_new(b->now_ms, &out->interaction_id);
	grant_secret(
	        &b->store->seal_key, SECRET_NONCE, &out->interaction_id, out->interaction_nonce);
	server_nonce(out->server_nonce);
	secret_hash(out->interaction_nonce, hash);
	batch_query(b, &q, STMT_INTERACTION_INSERT);
	query_put_id(&q, &out->interaction_id);
	query_put_int(&q, grant);
	query_put_blob(&q, hash, sizeof(hash));
	query_put_text(&q, g->finish ? g->finish->uri : "");
	query_put_text(&q, g->finish ? g->finish->nonce : "");
	query_put_text(&q, out->server_nonce);
	query_put_int(&q, b->now_ms);
	query_put_int(&q, b->now_ms + g->interaction_ms);
	return query_run(&q);
}

static enum result state_at_first(bool interactive, enum grant_state *out)
{
	enum result r;

	if (interactive)
		return grant_next(GRANT_PROCESSING, GRANT_ASK, out);
	r = grant_next(GRANT_PROCESSING, GRANT_APPROVE, out);
	return r ? r : grant_next(*out, GRANT_ISSUE, out);
}

enum result batch_grant_add(
        struct batch *b, const struct grant_new *g, struct id *id, struct grant_secrets *out)
{
	enum grant_state state;
	int64_t key, token;
	enum result r = check_new(g);

	memset(out, 0, sizeof(*out));
	if (!r)
		r = check_pending(b, g);
	if (!r)
		r = state_at_first(g->interactive, &state);
	if (!r)
		r = batch_next_id(b, SEQUENCE_GRANT, &key);
	if (r)
		return r;
	id_new(b->now_ms, id);
	grant_secret(&b->store->seal_key, SECRET_CONTINUE, id, out->continue_token);
	r = insert_grant(b, g, id, key, state, out->continue_token);
	for (size_t i = 0; !r && i < g->access_count; i++)
		r = insert_item(b, key, i, &g->access[i]);
	if (!r && g->interactive)
		return insert_interaction(b, g, key, out);
	return r ? r : batch_token_add(b, key, g->token_ms, out, &token);
}

/* ---- continuing ---- */

static enum result interaction_of(
        struct batch *b, int64_t grant, struct arena *a, struct interaction_full *out)
{
	struct query q;
	struct id id;
	enum result r;

	batch_query(b, &q, STMT_INTERACTION_OF_GRANT);
	query_put_int(&q, grant);
	r = query_one_id(&q, &id);
	return r ? r : batch_interaction_load(b, &id, a, out);
}

static enum result issue(struct batch *b, const struct grant_continue *c,
        const struct interaction_full *i, struct grant_row *g, struct grant_secrets *out)
{
	struct query q;
	int64_t token;
	enum result r = batch_grant_step(b, g, GRANT_ISSUE);

	if (r)
		return r;
	batch_query(b, &q, STMT_INTERACTION_USE);
	query_put_id(&q, &i->row.id);
	query_put_int(&q, b->now_ms);
	r = query_run(&q);
	/* A grant of a subject alone has nothing that a token could open. */
	if (r || g->access_count == 0)
		return r;
	return batch_token_add(b, g->key, c->token_ms, out, &token);
}

/* What a client gets that brings a reference, or polls, in a state that is not APPROVED. */
static enum continue_outcome outcome_of(
        const struct grant_row *g, const struct interaction_full *i, bool polls)
{
	switch (g->state) {
	case GRANT_PROCESSING:
	case GRANT_PENDING:
	case GRANT_APPROVED:
		return polls ? CONTINUE_WAIT : CONTINUE_UNKNOWN_REF;
	case GRANT_ISSUED:
		return i && i->used && !polls ? CONTINUE_USED_REF : CONTINUE_DONE;
	case GRANT_REJECTED:
		return CONTINUE_DENIED;
	case GRANT_REVOKED:
		return CONTINUE_INVALID;
	case GRANT_EXPIRED:
		return CONTINUE_EXPIRED;
	}
	return CONTINUE_INVALID;
}

static enum result poll(struct batch *b, const struct grant_continue *c, struct grant_row *g,
        const struct interaction_full *i, enum continue_outcome *outcome, struct grant_secrets *out)
{
	struct query q;
	bool open = g->state == GRANT_PENDING || g->state == GRANT_APPROVED;

	*outcome = outcome_of(g, i, true);
	if (!open)
		return RESULT_OK;
	if (i->row.finish_uri[0]) {
		*outcome = CONTINUE_CANNOT_POLL;
		return RESULT_OK;
	}
	if (b->now_ms < g->poll_after_ms) {
		*outcome = CONTINUE_TOO_FAST;
		return RESULT_OK;
	}
	if (g->state == GRANT_APPROVED) {
		*outcome = CONTINUE_ISSUED;
		return issue(b, c, i, g, out);
	}
	batch_query(b, &q, STMT_GRANT_SET_POLL);
	query_put_int(&q, g->key);
	query_put_int(&q, b->now_ms + CONTINUE_WAIT_MS);
	b->changes++;
	return query_run(&q);
}

static enum result by_reference(struct batch *b, const struct grant_continue *c,
        struct grant_row *g, const struct interaction_full *i, enum continue_outcome *outcome,
        struct grant_secrets *out)
{
	bool own = i->row.state == INTERACTION_ACCEPTED && secret_is(c->interact_ref, i->ref_hash);

	*outcome = own || g->state == GRANT_REJECTED || g->state == GRANT_EXPIRED
	                   ? outcome_of(g, i, false)
	                   : CONTINUE_UNKNOWN_REF;
	if (!own || g->state != GRANT_APPROVED)
		return RESULT_OK;
	*outcome = CONTINUE_ISSUED;
	return issue(b, c, i, g, out);
}

/* Its time is over, though nobody has swept it up yet. */
static enum result expire_if_due(
        struct batch *b, struct grant_row *g, const struct interaction_full *i)
{
	if (g->state != GRANT_PENDING || b->now_ms < i->row.expires_ms)
		return RESULT_OK;
	return batch_grant_step(b, g, GRANT_EXPIRE);
}

enum result batch_grant_continue(struct batch *b, const struct grant_continue *c, struct arena *a,
        enum continue_outcome *outcome, struct grant_row *g, struct grant_secrets *out)
{
	struct grant_full full;
	struct interaction_full interaction;
	enum result r = batch_grant_load(b, &c->id, a, &full);

	memset(out, 0, sizeof(*out));
	*outcome = CONTINUE_INVALID;
	if (r == RESULT_THEIRS_NOT_FOUND)
		return RESULT_OK;
	if (r)
		return r;
	if (!secret_is(c->token, full.continue_hash) || full.row.state == GRANT_REVOKED)
		return RESULT_OK;
	*g = full.row;
	r = interaction_of(b, g->key, &b->arena, &interaction);
	if (r == RESULT_THEIRS_NOT_FOUND) { /* nobody was asked */
		*outcome = c->interact_ref ? CONTINUE_UNKNOWN_REF : outcome_of(g, NULL, true);
		return RESULT_OK;
	}
	if (!r)
		r = expire_if_due(b, g, &interaction);
	if (r)
		return r;
	text_copy_cut(out->continue_token, sizeof(out->continue_token), c->token);
	return c->interact_ref ? by_reference(b, c, g, &interaction, outcome, out)
	                       : poll(b, c, g, &interaction, outcome, out);
}

/* ---- ending ---- */

enum result batch_grant_revoke(struct batch *b, const struct id *id, const char *continue_token)
{
	struct grant_full g;
	struct query q;
	enum result r = batch_grant_load(b, id, &b->arena, &g);

	if (r)
		return r == RESULT_THEIRS_NOT_FOUND && continue_token ? RESULT_THEIRS_UNAUTHORIZED
		                                                      : r;
	if (continue_token && !secret_is(continue_token, g.continue_hash))
		return RESULT_THEIRS_UNAUTHORIZED;
	/* Whatever way it ended before, it is over. */
	r = batch_grant_step(b, &g.row, GRANT_REVOKE);
	if (r)
		return r == RESULT_THEIRS_STATE ? RESULT_OK : r;
	batch_query(b, &q, STMT_GRANT_TOKEN_REVOKE_ALL);
	query_put_int(&q, g.row.key);
	query_put_int(&q, b->now_ms);
	return query_run(&q);
}
