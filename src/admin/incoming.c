/* incoming: incoming payments, asked for by the operator or by clients. */
#include <stdlib.h>
#include <string.h>

#include "admin/change.h"
#include "admin/incoming_json.h"
#include "admin/page.h"
#include "admin/resource.h"
#include "base/clock.h"
#include "base/words.h"

static enum result item_json(struct http_request *rq, const struct incoming_row *row, json_t **out)
{
	struct admin_wallet wallet;
	enum result r = admin_wallet_of_account(rq, row->wallet, &wallet);

	if (r)
		return r;
	*out = admin_incoming_json(http_app(rq), row, &wallet, http_wall_ms(rq));
	return *out ? RESULT_OK : RESULT_OURS_MEMORY;
}

enum http_next admin_incoming_list(struct http_request *rq)
{
	const struct node_loop *loop = http_app(rq);
	struct list_query query = {.client = http_query(rq, "client")};
	const struct id *last;
	struct incoming_row *rows;
	struct list_edges edges;
	size_t count;
	json_t *items, *item;
	enum result r;

	if (admin_list_query(rq, &query))
		return HTTP_DONE;
	if (query.client && !query.wallet)
		return admin_refuse(rq, RESULT_THEIRS_MALFORMED, "client",
		        WORDS("\"client\" needs a \"walletAddress\""));
	r = store_incoming_list(loop->reader, &rq->arena, &query, &rows, &count, &edges);
	if (r == RESULT_THEIRS_NOT_FOUND)
		return admin_page_refuse_cursor(rq);
	if (r)
		return admin_refuse_by(rq, r, NULL);
	items = json_array();
	for (size_t i = 0; !r && i < count; i++) {
		r = item_json(rq, &rows[admin_list_at(&query, i, count)], &item);
		if (!r)
			r = admin_page_add(items, item);
	}
	last = count ? &rows[admin_list_at(&query, count - 1, count)].id : NULL;
	return admin_page_ids(rq, r, items, query.newer ? edges.newer : edges.older, last);
}

enum http_next admin_incoming_get(struct http_request *rq)
{
	struct incoming_row row;
	json_t *answer;
	enum result r;

	if (admin_incoming_of_path(rq, &row))
		return HTTP_DONE;
	r = item_json(rq, &row, &answer);
	return r ? admin_refuse_by(rq, r, NULL) : http_reply_json(rq, 200, answer);
}

/* ---- changes ---- */

struct incoming_change {
	struct admin_change change;
	struct incoming_new wanted;
	struct id id;
	const char *reason; /* of a cancellation */
	struct admin_wallet wallet;
	struct asset_row asset; /* what wallet.asset points to */
};

static const struct admin_refusal refusals[] = {
        {RESULT_THEIRS_STATE, NULL, WORDS("the payment is over, or its wallet takes none")},
        {RESULT_THEIRS_BAD_AMOUNT, "incomingAmount", WORDS("the amount must be above zero")},
        {RESULT_THEIRS_NOT_FOUND, NULL, WORDS("there is no such incoming payment")},
        {RESULT_OK, NULL, NULL},
};

static enum result answer_with(
        struct incoming_change *c, struct batch *b, const struct incoming_row *row, json_t **answer)
{
	*answer = admin_incoming_json(c->change.loop, row, &c->wallet, batch_now(b));
	return *answer ? RESULT_OK : RESULT_OURS_MEMORY;
}

static enum result add_apply(struct admin_change *change, struct batch *b, json_t **answer)
{
	struct incoming_change *c = OWNER_OF(change, struct incoming_change, change);
	struct incoming_row row;
	enum result r = batch_incoming_add(b, &c->wanted, &row);

	return r ? r : answer_with(c, b, &row, answer);
}

static enum result complete_apply(struct admin_change *change, struct batch *b, json_t **answer)
{
	struct incoming_change *c = OWNER_OF(change, struct incoming_change, change);
	struct incoming_row row;
	enum result r = batch_incoming_complete(b, &c->id, &change->memory, &row);

	return r ? r : answer_with(c, b, &row, answer);
}

static enum result metadata_apply(struct admin_change *change, struct batch *b, json_t **answer)
{
	struct incoming_change *c = OWNER_OF(change, struct incoming_change, change);
	struct incoming_row row;
	enum result r =
	        batch_incoming_set_metadata(b, &c->id, c->wanted.metadata, &change->memory, &row);

	return r ? r : answer_with(c, b, &row, answer);
}

static enum result approve_apply(struct admin_change *change, struct batch *b, json_t **answer)
{
	struct incoming_change *c = OWNER_OF(change, struct incoming_change, change);
	struct incoming_row row;
	enum result r = batch_incoming_approve(b, &c->id, &change->memory, &row);

	return r ? r : answer_with(c, b, &row, answer);
}

static enum result cancel_apply(struct admin_change *change, struct batch *b, json_t **answer)
{
	struct incoming_change *c = OWNER_OF(change, struct incoming_change, change);
	struct incoming_row row;
	enum result r = batch_incoming_cancel(b, &c->id, c->reason, &change->memory, &row);

	return r ? r : answer_with(c, b, &row, answer);
}

static void set_wallet(struct incoming_change *c, const struct admin_wallet *w)
{
	c->wallet = *w;
	c->asset = *w->asset;
	c->wallet.asset = &c->asset;
}

enum http_next admin_incoming_add(struct http_request *rq)
{
	const struct node_loop *loop = http_app(rq);
	const char *wallet = NULL, *expires = NULL;
	json_t *amount = NULL, *metadata = NULL;
	const struct json_member members[] = {
	        {"walletAddress", JSON_TO_STRING, &wallet, .required = true},
	        {"incomingAmount", JSON_TO_OBJECT, &amount, .required = false},
	        {"expiresAt", JSON_TO_STRING, &expires, .required = false},
	        {"metadata", JSON_TO_OBJECT, &metadata, .required = false},
	};
	struct incoming_change *c;
	struct admin_wallet w;

	if (http_json_read(
	            rq, false, members, sizeof(members) / sizeof(members[0]), JSON_SPEC_STRICT) ||
	        admin_wallet_named(rq, wallet, &w))
		return HTTP_DONE;
	c = admin_change_new(rq, sizeof(*c), ADMIN_KEY_OPTIONAL);
	if (!c)
		return HTTP_DONE;
	set_wallet(c, &w);
	c->wanted.wallet = w.row.account;
	c->wanted.slack_bps = loop->node->options.incoming_slack_bps;
	if (admin_amount_read(rq, amount, "incomingAmount", c->wallet.asset, &c->wanted.amount) ||
	        admin_metadata_read(rq, metadata, &c->wanted.metadata) ||
	        admin_expiry_read(rq, expires, &c->wanted.expires_ms))
		return HTTP_DONE;
	if (amount && c->wanted.amount == 0)
		return admin_refuse_by(rq, RESULT_THEIRS_BAD_AMOUNT, refusals);
	c->change.apply = add_apply;
	c->change.refusals = refusals;
	return admin_change_submit(&c->change);
}

/* A change of the payment of the path; NULL: the reply is set. */
static struct incoming_change *change_of_path(struct http_request *rq, enum admin_key key)
{
	struct incoming_change *c;
	struct incoming_row row;
	struct admin_wallet w;
	enum result r;

	if (admin_incoming_of_path(rq, &row))
		return NULL;
	r = admin_wallet_of_account(rq, row.wallet, &w);
	if (r) {
		(void)admin_refuse_by(rq, r, NULL);
		return NULL;
	}
	c = admin_change_new(rq, sizeof(*c), key);
	if (!c)
		return NULL;
	set_wallet(c, &w);
	c->id = row.id;
	c->change.status = 200;
	c->change.refusals = refusals;
	return c;
}

enum http_next admin_incoming_set(struct http_request *rq)
{
	json_t *metadata = NULL;
	const struct json_member members[] = {
	        {"metadata", JSON_TO_OBJECT, &metadata, .required = true},
	};
	struct incoming_change *c;

	if (http_json_read(rq, false, members, 1, JSON_SPEC_STRICT))
		return HTTP_DONE;
	c = change_of_path(rq, ADMIN_KEY_NONE);
	if (!c || admin_metadata_read(rq, metadata, &c->wanted.metadata))
		return HTTP_DONE;
	c->change.apply = metadata_apply;
	return admin_change_submit(&c->change);
}

enum http_next admin_incoming_complete(struct http_request *rq)
{
	struct incoming_change *c;

	if (http_json_read(rq, true, NULL, 0, JSON_SPEC_STRICT))
		return HTTP_DONE;
	c = change_of_path(rq, ADMIN_KEY_OPTIONAL);
	if (!c)
		return HTTP_DONE;
	c->change.apply = complete_apply;
	return admin_change_submit(&c->change);
}

/* The host's decisions are about a payment that nobody has begun to pay. */
static const struct admin_refusal decision_refusals[] = {
        {RESULT_THEIRS_STATE, NULL, WORDS("the payment is not PENDING any more")},
        {RESULT_THEIRS_NOT_FOUND, NULL, WORDS("there is no such incoming payment")},
        {RESULT_THEIRS_TOO_BIG, "reason", WORDS("\"reason\" is too long")},
        {RESULT_THEIRS_MALFORMED, "reason", WORDS("\"reason\" must be one line of text")},
        {RESULT_OK, NULL, NULL},
};

enum http_next admin_incoming_approve(struct http_request *rq)
{
	struct incoming_change *c;

	if (http_json_read(rq, true, NULL, 0, JSON_SPEC_STRICT))
		return HTTP_DONE;
	c = change_of_path(rq, ADMIN_KEY_OPTIONAL);
	if (!c)
		return HTTP_DONE;
	c->change.apply = approve_apply;
	c->change.refusals = decision_refusals;
	return admin_change_submit(&c->change);
}

enum http_next admin_incoming_cancel(struct http_request *rq)
{
	const char *reason = "";
	const struct json_member members[] = {
	        {"reason", JSON_TO_STRING, &reason, .max = INCOMING_REASON_MAX},
	};
	struct incoming_change *c;

	if (http_json_read(rq, true, members, 1, JSON_SPEC_STRICT))
		return HTTP_DONE;
	c = change_of_path(rq, ADMIN_KEY_OPTIONAL);
	if (!c)
		return HTTP_DONE;
	c->reason = reason;
	c->change.apply = cancel_apply;
	c->change.refusals = decision_refusals;
	return admin_change_submit(&c->change);
}
