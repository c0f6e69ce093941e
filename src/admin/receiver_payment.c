/* receiver_payment: receivers: incoming payments that this node is to pay, at its own wallets or at
 * other servers, where it is a client under its own grants. One is named by its URL. */
#include <string.h>

#include "admin/change.h"
#include "admin/incoming_json.h"
#include "admin/resource.h"
#include "base/text.h"
#include "ilp/node_wallet.h"
#include "ilp/receiver_call.h"
#include "ilp/resolve_incoming.h"

struct receiver_change {
	struct admin_change change;
	struct receiver_call call; /* of one elsewhere */
	char url[URL_MAX_CHARS + 1];
	/* of one of this node */
	struct incoming_new wanted;
	struct id id;
	struct admin_wallet wallet;
	struct asset_row asset; /* of wallet, and of the amount as it was asked for */
};

static const struct admin_refusal refusals[] = {
        {RESULT_THEIRS_STATE, NULL, "the payment is over, or its wallet is closed"},
        {RESULT_THEIRS_NOT_FOUND, "id", "this node has no such incoming payment"},
        {RESULT_OK, NULL, NULL},
};

/* ---- shown ---- */

static json_t *amount_json(uint64_t units, const char *code, unsigned scale)
{
	struct asset_row asset = {.scale = scale};

	(void)!text_copy(asset.code, sizeof(asset.code), code);
	return admin_amount(units, &asset);
}

static json_t *remote_json(const struct receiver_call *call)
{
	const struct remote_incoming *p = &call->payment;

	return json_pack("{s:s, s:o, s:o, s:o, s:b, s:o, s:O?, s:o, s:b}", "id", p->id,
	        "walletAddressUrl", admin_text(p->wallet), "incomingAmount",
	        p->has_amount ? amount_json(p->amount, p->asset_code, p->asset_scale) : json_null(),
	        "receivedAmount", amount_json(p->received, p->asset_code, p->asset_scale),
	        "completed", (int)p->completed, "expiresAt",
	        admin_time(p->has_expiry ? p->expires_ms : 0), "metadata", call->other_metadata,
	        "createdAt", admin_time(p->created_ms), "local", 0);
}

/* The same members of one of ours. */
static json_t *local_json(const struct node_loop *l, const struct incoming_row *row,
        const struct admin_wallet *w, int64_t now_ms)
{
	json_t *whole = admin_incoming_json(l, row, w, now_ms);
	enum incoming_state state = incoming_state_at(&row->terms, now_ms);
	json_t *out;

	if (!whole)
		return NULL;
	out = json_pack("{s:O, s:s++, s:O, s:O, s:b, s:O, s:O, s:O, s:b}", "id",
	        json_object_get(whole, "url"), "walletAddressUrl", l->node->options.public_url, "/",
	        w->row.name, "incomingAmount", json_object_get(whole, "incomingAmount"),
	        "receivedAmount", json_object_get(whole, "receivedAmount"), "completed",
	        (int)(state == INCOMING_COMPLETED), "expiresAt",
	        json_object_get(whole, "expiresAt"), "metadata", json_object_get(whole, "metadata"),
	        "createdAt", json_object_get(whole, "createdAt"), "local", 1);
	json_decref(whole);
	return out;
}

static enum http_next refuse_call(
        struct http_request *rq, const struct receiver_call *call, const char *field)
{
	if (result_class(call->result) == RESULT_CLASS_OURS)
		return admin_refuse_by(rq, call->result, NULL);
	if (call->result == RESULT_THEIRS_BAD_ASSET)
		field = "incomingAmount";
	else if (result_class(call->result) != RESULT_CLASS_THEIRS)
		field = NULL;
	return admin_refuse(
	        rq, call->result, field, "%s", *call->why ? call->why : result_name(call->result));
}

/* ---- which one ---- */

static void clear(void *p)
{
	receiver_call_clear(p);
}

/* A change, or a read that shares its fields. NULL: the reply is set. */
static struct receiver_change *begin(struct http_request *rq, enum admin_key key)
{
	struct receiver_change *c = admin_change_new(rq, sizeof(*c), key);

	if (!c)
		return NULL;
	if (http_defer(rq, clear, &c->call)) {
		(void)admin_refuse_by(rq, RESULT_OURS_MEMORY, NULL);
		return NULL;
	}
	c->change.refusals = refusals;
	rq->state = c;
	return c;
}

static void set_wallet(struct receiver_change *c, const struct admin_wallet *w)
{
	c->wallet = *w;
	c->asset = *w->asset;
	c->wallet.asset = &c->asset;
}

/* The payment that `url` names. *local: of this node, with row and c->wallet. On an error the reply
 * is set. */
static enum result name(
        struct receiver_change *c, const char *url, bool *local, struct incoming_row *row)
{
	struct http_request *rq = c->change.rq;
	const struct node_loop *l = c->change.loop;
	struct admin_wallet w;
	enum result r = RESULT_OK;

	*local = false;
	if (strlen(url) > URL_MAX_CHARS || !resolve_incoming_is_url(url)) {
		(void)admin_refuse(rq, RESULT_THEIRS_MALFORMED, "id",
		        "\"id\" must be the URL of an incoming payment");
		return RESULT_THEIRS_MALFORMED;
	}
	c->call.url = url;
	if (!resolve_incoming_is_own(l->node, url))
		return RESULT_OK;
	*local = true;
	if (!resolve_incoming_local(l->node, url, &c->id))
		r = RESULT_THEIRS_NOT_FOUND;
	if (!r)
		r = store_incoming_get(l->reader, &rq->arena, &c->id, row);
	if (!r)
		r = admin_wallet_of_account(rq, row->wallet, &w);
	if (r)
		(void)admin_refuse_by(rq, r, refusals);
	else
		set_wallet(c, &w);
	return r;
}

/* ---- calls to other servers ---- */

static void call_done(struct task *t)
{
	http_resume(OWNER_OF(t, struct receiver_change, call.task)->change.rq);
}

static enum http_next ask(struct receiver_change *c, enum remote_work work, http_handler *then)
{
	c->call.work = work;
	c->call.task.done = call_done;
	http_park(c->change.rq, then);
	receiver_call(c->change.loop, &c->call);
	return HTTP_PARKED;
}

static enum http_next told(struct http_request *rq)
{
	const struct receiver_change *c = rq->state;

	if (c->call.result)
		return refuse_call(rq, &c->call, "id");
	return http_reply_json(rq, 200, remote_json(&c->call));
}

enum http_next admin_receiver_get(struct http_request *rq)
{
	const char *url = http_query(rq, "id");
	struct receiver_change *c = begin(rq, ADMIN_KEY_NONE);
	struct incoming_row row;
	bool local;

	if (!c || name(c, url ? url : "", &local, &row))
		return HTTP_DONE;
	if (!local)
		return ask(c, REMOTE_WORK_READ, told);
	return http_reply_json(
	        rq, 200, local_json(c->change.loop, &row, &c->wallet, http_wall_ms(rq)));
}

/* ---- changes ---- */

static enum result local_apply(struct admin_change *change, struct batch *b, json_t **answer)
{
	struct receiver_change *c = OWNER_OF(change, struct receiver_change, change);
	struct incoming_row row;
	enum result r;

	if (c->wanted.wallet)
		r = batch_incoming_add(b, &c->wanted, &row);
	else
		r = batch_incoming_complete(b, &c->id, &change->memory, &row);
	if (!r)
		*answer = local_json(change->loop, &row, &c->wallet, batch_now(b));
	return r;
}

static enum result remote_apply(struct admin_change *change, struct batch *b, json_t **answer)
{
	const struct receiver_change *c = OWNER_OF(change, struct receiver_change, change);

	(void)b;
	*answer = remote_json(&c->call);
	return RESULT_OK;
}

static enum http_next keep(struct receiver_change *c, const char *field)
{
	if (c->call.result)
		return refuse_call(c->change.rq, &c->call, field);
	c->change.apply = remote_apply;
	return admin_change_submit(&c->change);
}

static enum http_next completed(struct http_request *rq)
{
	return keep(rq->state, "id");
}

static enum http_next ask_complete(struct http_request *rq)
{
	return ask(rq->state, REMOTE_WORK_COMPLETE, completed);
}

enum http_next admin_receiver_complete(struct http_request *rq)
{
	const char *url = NULL;
	const struct json_member members[] = {
	        {"id", JSON_TO_STRING, &url, .required = true, .max = URL_MAX_CHARS},
	};
	struct receiver_change *c;
	struct incoming_row row;
	bool local;

	if (http_json_read(rq, false, members, 1, JSON_SPEC_STRICT))
		return HTTP_DONE;
	c = begin(rq, ADMIN_KEY_OPTIONAL);
	if (!c || name(c, url, &local, &row))
		return HTTP_DONE;
	c->change.status = 200;
	if (!local)
		return admin_change_unless_known(&c->change, ask_complete);
	c->change.apply = local_apply;
	return admin_change_submit(&c->change);
}

static enum http_next made(struct http_request *rq)
{
	return keep(rq->state, "walletAddressUrl");
}

static enum http_next ask_create(struct http_request *rq)
{
	return ask(rq->state, REMOTE_WORK_CREATE, made);
}

/* At a wallet of this node. */
static enum http_next add_local(struct receiver_change *c, const char *wallet, const json_t *amount)
{
	struct http_request *rq = c->change.rq;
	struct node_loop *l = c->change.loop;
	struct admin_wallet w;
	struct wallet_row row;
	enum result r = node_wallet_find(l->node, l->reader, &rq->arena, wallet, &row);

	if (!r)
		r = admin_wallet_of_account(rq, row.account, &w);
	if (r == RESULT_THEIRS_NOT_FOUND)
		return admin_refuse(
		        rq, r, "walletAddressUrl", "this node has no such wallet address");
	if (r)
		return admin_refuse_by(rq, r, NULL);
	set_wallet(c, &w);
	c->wanted.wallet = w.row.account;
	c->wanted.slack_bps = l->node->options.incoming_slack_bps;
	if (admin_amount_read(rq, amount, "incomingAmount", &c->asset, &c->wanted.amount))
		return HTTP_DONE;
	c->change.apply = local_apply;
	return admin_change_submit(&c->change);
}

enum http_next admin_receiver_add(struct http_request *rq)
{
	const char *wallet = NULL, *expires = NULL;
	json_t *amount = NULL, *metadata = NULL;
	const struct json_member members[] = {
	        {"walletAddressUrl", JSON_TO_STRING, &wallet, .required = true,
	                .max = URL_MAX_CHARS},
	        {"incomingAmount", JSON_TO_OBJECT, &amount, .required = false},
	        {"expiresAt", JSON_TO_STRING, &expires, .required = false},
	        {"metadata", JSON_TO_OBJECT, &metadata, .required = false},
	};
	const struct node_loop *l = http_app(rq);
	char own[NAME_MAX_CHARS + 1];
	struct receiver_change *c;
	bool local;

	if (http_json_read(
	            rq, false, members, sizeof(members) / sizeof(members[0]), JSON_SPEC_STRICT))
		return HTTP_DONE;
	c = begin(rq, ADMIN_KEY_OPTIONAL);
	if (!c)
		return HTTP_DONE;
	if (receiver_wallet_url(l->node, wallet, c->url, &local, own))
		return admin_refuse(rq, RESULT_THEIRS_MALFORMED, "walletAddressUrl",
		        "\"walletAddressUrl\" must be a payment pointer or a wallet address URL");
	if (admin_amount_read_any(rq, amount, "incomingAmount", &c->asset, &c->call.amount) ||
	        admin_metadata_read(rq, metadata, &c->wanted.metadata) ||
	        admin_expiry_read(rq, expires, &c->wanted.expires_ms))
		return HTTP_DONE;
	if (amount && c->call.amount == 0)
		return admin_refuse(rq, RESULT_THEIRS_BAD_AMOUNT, "incomingAmount",
		        "the amount must be above zero");
	if (local)
		return add_local(c, own, amount);
	c->call.url = c->url;
	c->call.has_amount = amount != NULL;
	c->call.code = c->asset.code;
	c->call.scale = c->asset.scale;
	c->call.expires_ms = c->wanted.expires_ms;
	c->call.metadata = c->wanted.metadata;
	return admin_change_unless_known(&c->change, ask_create);
}
