/* Spreads and their versions. */
#include "store/spread.h"

#include <string.h>

#include "base/limits.h"
#include "store/batch_core.h"

static enum spread_direction query_direction(struct query *q)
{
	struct bytes text = query_bytes(q);

	if (bytes_eq_str(text, "out"))
		return SPREAD_OUT;
	if (!bytes_eq_str(text, "in") && !q->failed)
		q->failed = RESULT_OURS_STORE;
	return SPREAD_IN;
}

enum result store_spread_rules(
        struct reader *r, struct arena *a, struct spread_rule **out, size_t *count)
{
	struct query q;

	*count = 0;
	*out = arena_alloc(a, SPREAD_RULES_MAX * sizeof(**out));
	if (!*out)
		return RESULT_OURS_MEMORY;
	query_start(&q, r->db, STMT_SPREAD_RULES);
	while (*count < SPREAD_RULES_MAX && query_row(&q)) {
		struct spread_rule *rule = &(*out)[(*count)++];

		rule->peer = query_int(&q);
		rule->direction = query_direction(&q);
		rule->from = (asset_id)query_int(&q);
		rule->to = (asset_id)query_int(&q);
		rule->bps = (unsigned)query_int(&q);
	}
	return query_end(&q);
}

enum result store_spread_list(struct reader *r, struct arena *a, bool only_in_force, int64_t below,
        size_t limit, struct spread_row **out, size_t *count, bool *more)
{
	struct query q;

	*count = 0;
	*out = arena_alloc(a, (limit ? limit : 1) * sizeof(**out));
	if (!*out)
		return RESULT_OURS_MEMORY;
	query_start(&q, r->db, STMT_SPREAD_LIST);
	query_put_int(&q, below);
	query_put_int(&q, (int64_t)limit + 1);
	query_put_int(&q, only_in_force);
	while (*count < limit && query_row(&q)) {
		struct spread_row *row = &(*out)[(*count)++];

		row->version = query_int(&q);
		row->rule.peer = query_int(&q);
		row->peer_name = query_text(&q, a);
		row->rule.direction = query_direction(&q);
		row->rule.from = (asset_id)query_int(&q);
		row->rule.to = (asset_id)query_int(&q);
		row->cleared = query_int(&q) != 0;
		row->rule.bps = (unsigned)query_int(&q);
		row->who = query_text(&q, a);
		row->created_ms = query_int(&q);
		row->in_force = query_int(&q) != 0;
	}
	*more = *count == limit && query_row(&q);
	return query_end(&q);
}

/* ---- changes ---- */

/* Both assets of a pair are there. */
static enum result check_pair(struct batch *b, const struct spread_rule *rule)
{
	const struct asset_row *asset;
	enum result r = RESULT_OK;

	if (rule->from)
		r = batch_asset(b, rule->from, &asset);
	if (!r && rule->to)
		r = batch_asset(b, rule->to, &asset);
	return r == RESULT_THEIRS_NOT_FOUND ? RESULT_THEIRS_BAD_ASSET : r;
}

/* The peer is there, and the pair fits it. */
static enum result check_subject(struct batch *b, const struct spread_rule *rule)
{
	struct work_account *peer;
	struct query q;
	struct id id;
	asset_id own;
	enum result r = check_pair(b, rule);

	if (r || !rule->peer)
		return r;
	r = batch_account(b, rule->peer, &peer);
	if (r)
		return r;
	batch_query(b, &q, STMT_PEER_OF_ACCOUNT);
	query_put_int(&q, rule->peer);
	r = query_one_id(&q, &id);
	if (r)
		return r;
	if (peer->now.kind != ACCOUNT_PEER || peer->now.closed)
		return RESULT_THEIRS_NOT_FOUND;
	own = rule->direction == SPREAD_IN ? rule->from : rule->to;
	return rule->from && own != peer->now.asset ? RESULT_THEIRS_BAD_ASSET : RESULT_OK;
}

static void put_or_null(struct query *q, int64_t v)
{
	if (v)
		query_put_int(q, v);
	else
		query_put_null(q);
}

static void put_subject(struct query *q, const struct spread_rule *rule)
{
	put_or_null(q, rule->peer);
	query_put_text(q, spread_direction_name(rule->direction));
	put_or_null(q, rule->from);
	put_or_null(q, rule->to);
}

enum result store_spread_versions(struct reader *r, const struct spread_rule *subject,
        struct spread_version out[SPREAD_VERSIONS_MAX], size_t *count)
{
	struct query q;

	*count = 0;
	query_start(&q, r->db, STMT_SPREAD_VERSIONS);
	put_subject(&q, subject);
	query_put_int(&q, SPREAD_VERSIONS_MAX);
	while (*count < SPREAD_VERSIONS_MAX && query_row(&q)) {
		struct spread_version *v = &out[(*count)++];

		v->since_ms = query_int(&q);
		v->cleared = query_int(&q) == 0;
		v->bps = (unsigned)query_int(&q);
	}
	return query_end(&q);
}

struct newest {
	int64_t version; /* 0: none */
	bool cleared;
	unsigned bps;
};

static enum result newest_of(struct batch *b, const struct spread_rule *rule, struct newest *out)
{
	struct query q;

	*out = (struct newest){.cleared = true};
	batch_query(b, &q, STMT_SPREAD_NEWEST);
	put_subject(&q, rule);
	if (query_row(&q)) {
		out->version = query_int(&q);
		out->cleared = query_int(&q) != 0;
		out->bps = (unsigned)query_int(&q);
	}
	return query_end(&q);
}

static enum result has_room(struct batch *b)
{
	int64_t count;
	struct query q;
	enum result r;

	batch_query(b, &q, STMT_SPREAD_COUNT);
	r = query_one_int(&q, &count);
	if (r)
		return r;
	return count < SPREAD_RULES_MAX ? RESULT_OK : RESULT_THEIRS_TOO_BIG;
}

/* Where the peer's row shows it. */
static enum result write_peer(struct batch *b, const struct spread_rule *rule, unsigned bps)
{
	struct query q;

	if (!rule->peer || rule->from || rule->direction != SPREAD_IN)
		return RESULT_OK;
	batch_query(b, &q, STMT_PEER_SET_SPREAD);
	query_put_int(&q, rule->peer);
	query_put_int(&q, bps);
	return query_run(&q);
}

enum result batch_spread_set(struct batch *b, const struct spread_rule *rule, bool clear,
        const char *who, int64_t *version)
{
	struct newest now;
	struct query q;
	enum result r = spread_rule_check(rule);

	if (!r && strlen(who) > SPREAD_WHO_MAX)
		r = RESULT_THEIRS_TOO_BIG;
	if (!r)
		r = check_subject(b, rule);
	if (!r)
		r = newest_of(b, rule, &now);
	if (r)
		return r;
	*version = now.version;
	if (now.cleared == clear && (clear || now.bps == rule->bps))
		return RESULT_OK;
	r = now.cleared ? has_room(b) : RESULT_OK;
	if (r)
		return r;
	b->changes++;
	batch_query(b, &q, STMT_SPREAD_INSERT);
	put_subject(&q, rule);
	if (clear)
		query_put_null(&q);
	else
		query_put_int(&q, rule->bps);
	query_put_text(&q, who);
	query_put_int(&q, b->now_ms);
	r = query_run(&q);
	if (!r)
		r = write_peer(b, rule, clear ? 0 : rule->bps);
	if (!r)
		r = newest_of(b, rule, &now);
	*version = now.version;
	return r;
}
