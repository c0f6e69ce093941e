#include "http/api_quote.h"

#include <string.h>

#include "http/access.h"
#include "http/json_body.h"
#include "http/op_error.h"
#include "http/own_wallet.h"
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

bool op_payer_find(struct http_request *rq, const char *wallet_address, struct op_payer *out)
{
	const struct asset_row *asset;
	enum result r;

	if (!access_covers(rq, wallet_address))
		return false;
	r = own_wallet_find(rq, wallet_address, &out->wallet, &out->address);
	if (r == RESULT_THEIRS_NOT_FOUND) {
		(void)op_error(rq, OP_ERROR_UNKNOWN_WALLET_ADDRESS);
		return false;
	}
	asset = r ? NULL : snapshot_asset(node_snapshot(http_app(rq)), out->wallet.asset);
	if (!asset) {
		(void)http_reply_result(rq, r ? r : RESULT_OURS_STORE, "the wallet can't be read");
		return false;
	}
	out->asset = *asset;
	return true;
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
static enum http_next refuse(struct http_request *rq, const struct op_quoting *q)
{
	enum result r = q->call.result;

	if (result_class(r) == RESULT_CLASS_OURS)
		return http_reply_result(rq, r, "the quote can't be made");
	if (q->call.no_receiver)
		return op_error(rq, OP_ERROR_INVALID_RECEIVER);
	if (q->call.least_debit)
		return refuse_small(rq, q);
	if (r == RESULT_THEIRS_INSUFFICIENT)
		return op_error(rq, OP_ERROR_UNAUTHORIZED);
	if (r == RESULT_THEIRS_BAD_AMOUNT || r == RESULT_THEIRS_BAD_ASSET)
		return op_error_why(rq, OP_ERROR_INVALID_AMOUNT, q->call.why);
	if (r == RESULT_THEIRS_STATE)
		return op_error(rq, OP_ERROR_INACTIVE_WALLET_ADDRESS);
	return http_reply_result(rq, r, "%s", q->call.why);
}

static enum http_next quoted(struct http_request *rq)
{
	struct op_quoting *q = rq->state;

	return q->call.result ? refuse(rq, q) : q->then(rq);
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
		return http_reply_error(rq, 400, "invalid_request", "\"method\" must be \"ilp\"");
	if (body.debit && body.receive)
		return http_reply_error(rq, 400, "invalid_request",
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

static enum http_next read_one(struct http_request *rq)
{
	const struct node_loop *l = http_app(rq);
	const struct caller *caller = access_caller(rq);
	const char *text = http_param(rq, "id"), *address;
	const struct asset_row *asset;
	struct wallet_row wallet;
	struct quote_row quote;
	struct id id;
	enum result r = RESULT_THEIRS_NOT_FOUND;

	if (id_parse(text, strlen(text), &id) == RESULT_OK)
		r = store_quote_get(l->reader, &rq->arena, &id, &quote);
	/* Another client's is not shown to be there. */
	if (!r && ((caller->wallet && caller->wallet != quote.wallet) ||
	                  (!caller->all && strcmp(caller->client, quote.client) != 0)))
		r = RESULT_THEIRS_NOT_FOUND;
	if (r == RESULT_THEIRS_NOT_FOUND)
		return op_error(rq, OP_ERROR_UNKNOWN_QUOTE);
	if (!r)
		r = store_wallet_of_account(l->reader, &rq->arena, quote.wallet, &wallet);
	asset = r ? NULL : snapshot_asset(node_snapshot(http_app(rq)), wallet.asset);
	address = arena_printf(
	        &rq->arena, "%s/%s", l->node->options.public_url, r ? "" : wallet.name);
	if (!asset || !address)
		return http_reply_result(rq, r ? r : RESULT_OURS_MEMORY, "the quote can't be read");
	return http_reply_json(rq, 200, op_quote_json(l->node, &quote, asset, address));
}

enum http_next api_quote_get(struct http_request *rq)
{
	return access_require(rq, ACCESS_QUOTE, ACTION_READ, NULL, read_one);
}
