#include "http/api_quote.h"

#include <string.h>

#include "http/access.h"
#include "http/json_body.h"
#include "http/op_error.h"
#include "http/reply.h"
#include "ilp/resolve_incoming.h"

json_t *op_quote_json(const struct node *n, const struct quote_row *q,
        const struct asset_row *asset, const char *wallet_address)
{
	char id[ID_TEXT_SIZE];

	id_format(&q->id, id);
	return json_pack("{s:s++, s:s, s:s, s:o, s:o, s:s, s:o, s:o}", "id", n->options.public_url,
	        "/op/quotes/", id, "walletAddress", wallet_address, "receiver", q->receiver,
	        "receiveAmount", op_amount(q->receive_amount, q->receive_code, q->receive_scale),
	        "debitAmount", op_amount(q->debit_amount, asset->code, asset->scale), "method",
	        "ilp", "createdAt", op_time(q->created_ms), "expiresAt", op_time(q->expires_ms));
}

static enum result fill_payer(struct http_request *rq, struct op_payer *out)
{
	const struct asset_row *asset =
	        snapshot_asset(node_snapshot(http_app(rq)), out->wallet.asset);

	if (!asset)
		return RESULT_OURS_STORE;
	out->asset = *asset;
	out->address = op_wallet_id(rq, &out->wallet);
	return *out->address ? RESULT_OK : RESULT_OURS_MEMORY;
}

static bool payer_filled(struct http_request *rq, struct op_payer *out)
{
	enum result r = fill_payer(rq, out);

	if (r)
		(void)http_reply_result(rq, r, "the wallet can't be read");
	return r == RESULT_OK;
}

bool op_payer_find(struct http_request *rq, const char *wallet_address, struct op_payer *out)
{
	if (!access_wallet(rq, wallet_address, &out->wallet))
		return false;
	if (wallet_is_active(&out->wallet))
		return payer_filled(rq, out);
	(void)op_error(rq, OP_ERROR_INACTIVE_WALLET_ADDRESS);
	return false;
}

bool op_payer_of_query(struct http_request *rq, struct op_payer *out)
{
	return access_wallet_of_query(rq, &out->wallet) && payer_filled(rq, out);
}

enum result op_payer_of_account(struct http_request *rq, account_id wallet, struct op_payer *out)
{
	const struct node_loop *l = http_app(rq);
	enum result r = store_wallet_of_account(l->reader, &rq->arena, wallet, &out->wallet);

	return r ? r : fill_payer(rq, out);
}

/* ---- making one ---- */

/* The amount that is refused names what would be enough. */
static enum http_next refuse_small(struct http_request *rq, const struct op_quoting *q)
{
	return op_error_details(rq, OP_ERROR_NON_POSITIVE_RECEIVE_AMOUNT,
	        json_pack("{s:o}", "minSendAmount",
	                op_amount(q->call.least_debit, q->asset.code, q->asset.scale)));
}

/* A client reads "invalid receiver" as: this one can't be paid, whatever the amount. */
enum http_next op_quoting_refuse(struct http_request *rq, const struct op_quoting *q)
{
	enum result r = q->call.result;

	if (result_class(r) == RESULT_CLASS_OURS)
		return http_reply_result(rq, r, "the quote can't be made");
	/* This node, or the receiver's server by its own word, has too much to do. */
	if (r == RESULT_RETRY_BUSY || r == RESULT_RETRY_DRAINING || r == RESULT_RETRY_STORE)
		return op_error(rq, OP_ERROR_BUSY);
	if (q->call.no_receiver)
		return op_error(rq, OP_ERROR_INVALID_RECEIVER);
	if (q->call.least_debit)
		return refuse_small(rq, q);
	if (r == RESULT_THEIRS_INSUFFICIENT)
		return op_error(rq, OP_ERROR_UNAUTHORIZED);
	if (r == RESULT_THEIRS_BAD_AMOUNT || r == RESULT_THEIRS_BAD_ASSET)
		return op_error_details(
		        rq, OP_ERROR_INVALID_AMOUNT, json_pack("{s:s}", "why", q->call.why));
	if (r == RESULT_THEIRS_STATE)
		return op_error(rq, OP_ERROR_INACTIVE_WALLET_ADDRESS);
	return http_reply_result(rq, r, "%s", q->call.why);
}

static enum http_next quoted(struct http_request *rq)
{
	struct op_quoting *q = rq->state;

	return q->call.result ? q->otherwise(rq) : q->then(rq);
}

static void quote_done(struct task *t)
{
	http_resume(OWNER_OF(t, struct op_quoting, call.task)->rq);
}

enum http_next op_quoting_start(struct op_quoting *q)
{
	/* A wallet address is no receiver here: clients have an incoming payment made first. */
	if (strlen(q->call.receiver) > URL_MAX_CHARS || !resolve_incoming_is_url(q->call.receiver))
		return op_error(q->rq, OP_ERROR_INVALID_RECEIVER);
	q->call.task.done = quote_done;
	q->rq->state = q;
	http_park(q->rq, quoted);
	quoter_start(http_app(q->rq), &q->call);
	return HTTP_PARKED;
}

static enum http_next reply_made(struct http_request *rq)
{
	const struct op_quoting *q = rq->state;
	const struct node_loop *l = http_app(rq);

	return http_reply_json(
	        rq, 201, op_quote_json(l->node, &q->call.quote, &q->asset, q->wallet_address));
}

static enum http_next reply_refused(struct http_request *rq)
{
	return op_quoting_refuse(rq, rq->state);
}

struct quote_body {
	const char *wallet, *receiver, *method;
	json_t *debit, *receive;
};

/* Which of the three kinds it is. False where the reply is set. */
static bool read_amount(struct http_request *rq, const struct quote_body *body,
        const struct op_payer *payer, struct quote_call *call)
{
	struct op_amount received = {0};

	if (body->debit &&
	        !op_amount_read_of(rq, body->debit, "debitAmount", &payer->asset, &call->amount))
		return false;
	if (body->receive) {
		if (!op_amount_read(rq, body->receive, "receiveAmount", &received))
			return false;
		call->amount = received.units;
	}
	call->by_receive = body->receive != NULL;
	call->by_receiver = !body->debit && !body->receive;
	if (body->receive) {
		call->receive_asked_code = received.code;
		call->receive_asked_scale = received.scale;
	}
	return true;
}

static enum http_next create(struct http_request *rq)
{
	struct quote_body body = {0};
	const struct json_member members[] = {
	        {"walletAddress", JSON_TO_STRING, &body.wallet, .required = true},
	        {"receiver", JSON_TO_STRING, &body.receiver, .required = true},
	        {"method", JSON_TO_STRING, &body.method, .required = true},
	        {"debitAmount", JSON_TO_OBJECT, &body.debit, .required = false},
	        {"receiveAmount", JSON_TO_OBJECT, &body.receive, .required = false},
	};
	struct op_payer payer;
	struct op_quoting *q;

	if (http_json_read(
	            rq, false, members, sizeof(members) / sizeof(members[0]), JSON_SPEC_STRICT))
		return HTTP_DONE;
	if (strcmp(body.method, "ilp") != 0)
		return op_error_why(rq, OP_ERROR_INVALID_REQUEST, "\"method\" must be \"ilp\"");
	if (body.debit && body.receive)
		return op_error_why(rq, OP_ERROR_INVALID_REQUEST,
		        "give at most one of \"debitAmount\" and \"receiveAmount\"");
	if (!op_payer_find(rq, body.wallet, &payer))
		return HTTP_DONE;
	q = arena_alloc(&rq->arena, sizeof(*q));
	if (!q)
		return http_reply_result(rq, RESULT_OURS_MEMORY, "out of memory");
	if (!read_amount(rq, &body, &payer, &q->call))
		return HTTP_DONE;
	q->rq = rq;
	q->asset = payer.asset;
	q->wallet_address = payer.address;
	q->then = reply_made;
	q->otherwise = reply_refused;
	q->call.wallet = payer.wallet.account;
	q->call.asset = payer.asset.id;
	q->call.receiver = body.receiver;
	q->call.client = access_caller(rq)->client;
	return op_quoting_start(q);
}

enum http_next api_quote_post(struct http_request *rq)
{
	return access_require(rq, ACCESS_QUOTE, ACTION_CREATE, NULL, create);
}

/* ---- reading one ---- */

struct quote_get {
	struct quote_row quote; /* wallet 0: there is none */
	struct op_payer payer;
};

static enum http_next read_one(struct http_request *rq)
{
	const struct node_loop *l = http_app(rq);
	const struct caller *caller = access_caller(rq);
	const struct quote_get *g = rq->state;

	/* Another client's is not shown to be there. */
	if (!g->quote.wallet || (!caller->all && strcmp(caller->client, g->quote.client) != 0))
		return op_error(rq, OP_ERROR_UNKNOWN_QUOTE);
	return http_reply_json(
	        rq, 200, op_quote_json(l->node, &g->quote, &g->payer.asset, g->payer.address));
}

enum http_next api_quote_get(struct http_request *rq)
{
	const struct node_loop *l = http_app(rq);
	struct quote_get *g = arena_alloc(&rq->arena, sizeof(*g));
	enum result r = RESULT_THEIRS_NOT_FOUND;
	struct id id;

	if (!g)
		return http_reply_result(rq, RESULT_OURS_MEMORY, "out of memory");
	if (op_id_of_path(rq, &id))
		r = store_quote_get(l->reader, &rq->arena, &id, &g->quote);
	if (!r)
		r = op_payer_of_account(rq, g->quote.wallet, &g->payer);
	if (r && r != RESULT_THEIRS_NOT_FOUND)
		return http_reply_result(rq, r, "the quote can't be read");
	if (r)
		g->quote.wallet = 0;
	rq->state = g;
	/* The token is checked all the same: only then is the answer 404. */
	return access_require(rq, ACCESS_QUOTE, ACTION_READ, g->payer.address, read_one);
}
