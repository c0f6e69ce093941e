/* spread: what the node keeps of exchanges, in versions that are only ever added to. */
#include <stdio.h>
#include <string.h>

#include "admin/change.h"
#include "admin/page.h"
#include "admin/resource.h"
#include "admin/row.h"
#include "base/text.h"
#include "base/words.h"
#include "store/spread.h"

#define VERSION_TEXT 24
#define WHO_DEFAULT  "operator"

static json_t *code_json(const struct snapshot *s, asset_id id)
{
	const struct asset_row *asset = snapshot_asset(s, id);

	return asset ? json_string(asset->code) : json_null();
}

static json_t *spread_json(const struct snapshot *s, const struct spread_row *row)
{
	return json_pack("{s:I, s:o, s:s, s:o, s:o, s:o, s:b, s:s, s:o}", "version",
	        (json_int_t)row->version, "peer", admin_text(row->peer_name), "direction",
	        spread_direction_name(row->rule.direction), "from", code_json(s, row->rule.from),
	        "to", code_json(s, row->rule.to), "basisPoints",
	        row->cleared ? json_null() : json_integer((json_int_t)row->rule.bps), "inForce",
	        (int)row->in_force, "by", row->who, "createdAt", admin_time(row->created_ms));
}

/* Those in force, or with history=yes every version; newest first. */
enum http_next admin_spread_list(struct http_request *rq)
{
	const struct node_loop *l = http_app(rq);
	const char *history = http_query(rq, "history");
	char next[VERSION_TEXT];
	struct admin_page page;
	uint64_t below = INT64_MAX;
	struct spread_row *rows;
	json_t *items;
	size_t count;
	bool more;
	enum result r;

	if (admin_page_read(rq, &page))
		return HTTP_DONE;
	if (history && strcmp(history, "yes") != 0 && strcmp(history, "no") != 0)
		return admin_refuse(rq, RESULT_THEIRS_MALFORMED, "history",
		        WORDS("\"history\" must be yes or no"));
	if (page.cursor && text_parse_u64(page.cursor, INT64_MAX, &below))
		return admin_page_refuse_cursor(rq);
	r = store_spread_list(l->reader, &rq->arena, !history || strcmp(history, "yes") != 0,
	        (int64_t)below, page.limit, &rows, &count, &more);
	if (r)
		return admin_refuse_by(rq, r, NULL);
	items = json_array();
	for (size_t i = 0; !r && i < count; i++)
		r = admin_page_add(items, spread_json(node_snapshot(http_app(rq)), &rows[i]));
	if (more)
		(void)snprintf(next, sizeof(next), "%lld", (long long)rows[count - 1].version);
	return admin_page_items(rq, r, items, more ? next : NULL);
}

struct spread_set {
	struct admin_change change;
	struct spread_row row;
};

static enum result set_apply(struct admin_change *c, struct batch *b, json_t **answer)
{
	struct spread_set *s = OWNER_OF(c, struct spread_set, change);

	(void)answer;
	return batch_spread_set(b, &s->row.rule, s->row.cleared, s->row.who, &s->row.version);
}

/* What is in force now, with the moment that it began. */
static enum http_next set_answer(struct http_request *rq)
{
	const struct spread_set *s = rq->state;
	const struct node_loop *l = http_app(rq);
	struct spread_row *rows;
	size_t count;
	bool more;
	enum result r;

	if (s->row.version == 0)
		return http_reply_json(rq, 200, spread_json(node_snapshot(http_app(rq)), &s->row));
	r = store_spread_list(
	        l->reader, &rq->arena, false, s->row.version + 1, 1, &rows, &count, &more);
	if (r || count != 1)
		return admin_refuse_by(rq, r ? r : RESULT_OURS_BUG, NULL);
	return http_reply_json(rq, 200, spread_json(node_snapshot(http_app(rq)), rows));
}

static const struct admin_refusal set_refusals[] = {
        {RESULT_THEIRS_MALFORMED, "peer",
                WORDS("say a peer, a pair of assets, or both; \"out\" is always of a peer")},
        {RESULT_THEIRS_NOT_FOUND, "peer", WORDS("no such peer")},
        {RESULT_THEIRS_BAD_ASSET, "from",
                WORDS("the peer's own asset is what comes \"in\" from it, and what goes \"out\" to "
                      "it")},
        {RESULT_THEIRS_TOO_BIG, NULL, WORDS("too many spreads are in force")},
        {RESULT_OK, NULL, NULL},
};

struct spread_in {
	const char *peer, *direction, *from, *to, *by;
};

/* On an error the reply is set. */
static enum result rule_read(
        struct http_request *rq, const struct spread_in *in, struct spread_row *out)
{
	const struct snapshot *s = node_snapshot(http_app(rq));
	const struct asset_row *from = NULL, *to = NULL;

	out->peer_name = in->peer ? in->peer : "";
	out->who = in->by ? in->by : WHO_DEFAULT;
	if (spread_direction_parse(in->direction ? in->direction : "in", &out->rule.direction)) {
		(void)admin_refuse(rq, RESULT_THEIRS_MALFORMED, "direction",
		        WORDS("\"direction\" must be \"in\" or \"out\""));
		return RESULT_THEIRS_MALFORMED;
	}
	for (size_t i = 0; in->peer && i < s->peer_count; i++)
		if (strcmp(s->peers[i].row.name, in->peer) == 0)
			out->rule.peer = s->peers[i].row.account;
	if (in->peer && !out->rule.peer) {
		(void)admin_refuse_by(rq, RESULT_THEIRS_NOT_FOUND, set_refusals);
		return RESULT_THEIRS_NOT_FOUND;
	}
	if (in->from)
		from = admin_asset_of_code(rq, in->from, "from");
	if (in->from && !from)
		return RESULT_THEIRS_BAD_ASSET;
	if (in->to)
		to = admin_asset_of_code(rq, in->to, "to");
	if (in->to && !to)
		return RESULT_THEIRS_BAD_ASSET;
	out->rule.from = from ? from->id : 0;
	out->rule.to = to ? to->id : 0;
	return RESULT_OK;
}

enum http_next admin_spread_set(struct http_request *rq)
{
	struct spread_in in = {0};
	bool clear = false;
	uint64_t bps = BPS_ONE + 1; /* not given */
	const struct json_member members[] = {
	        {"peer", JSON_TO_STRING, &in.peer, .required = false},
	        {"direction", JSON_TO_STRING, &in.direction, .required = false},
	        {"from", JSON_TO_STRING, &in.from, .required = false},
	        {"to", JSON_TO_STRING, &in.to, .required = false},
	        {"basisPoints", JSON_TO_UINT, &bps, .max = BPS_ONE},
	        {"clear", JSON_TO_BOOL, &clear, .required = false},
	        {"by", JSON_TO_STRING, &in.by, .required = false, .max = SPREAD_WHO_MAX},
	};
	struct spread_set *s;

	if (http_json_read(
	            rq, false, members, sizeof(members) / sizeof(members[0]), JSON_SPEC_STRICT))
		return HTTP_DONE;
	if (clear == (bps <= BPS_ONE))
		return admin_refuse(rq, RESULT_THEIRS_MALFORMED, "basisPoints",
		        WORDS("say \"basisPoints\", or \"clear\" that nothing is said any more"));
	s = admin_change_new(rq, sizeof(*s), ADMIN_KEY_NONE);
	if (!s)
		return HTTP_DONE;
	s->row.cleared = clear;
	s->row.rule.bps = clear ? 0 : (unsigned)bps;
	if (rule_read(rq, &in, &s->row))
		return HTTP_DONE;
	s->change.status = 200;
	s->change.apply = set_apply;
	s->change.committed = admin_change_reload;
	s->change.then = set_answer;
	s->change.refusals = set_refusals;
	rq->state = s;
	return admin_change_submit(&s->change);
}
