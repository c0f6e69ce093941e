#include "http/api_outgoing_payment.h"

#include <stdlib.h>
#include <string.h>

#include "base/failpoint.h"
#include "http/access.h"
#include "http/api_quote.h"
#include "http/json_body.h"
#include "http/op_error.h"
#include "http/op_list.h"
#include "http/reply.h"
#include "http/signed.h"
#include "ilp/payer.h"
#include "store/outgoing.h"

#define ROUTE        "op/outgoing-payments"
#define ANSWER_BYTES (64 * 1024)

/* ---- making one ---- */

struct outgoing_post {
	struct op op;
	struct op_quoting quoting; /* where the client brings no quote */
	struct http_request *rq;
	struct node_loop *loop;
	struct op_payer payer;
	const struct caller *caller;
	struct quote_row quote;
	const char *metadata; /* NULL for none */
	struct idempotency_key key;

	/* the writer's */
	struct arena memory; /* of a stored answer */
	bool spending;       /* the refusal is of the grant's limits */
	bool repeated;       /* the answer is a stored one */
	bool another;        /* the Idempotency-Key was another request's */
	int status;
	const char *body;
};

/* The books move at once where the receiver is of this node; the client is told what was asked. */
static enum result answer_keep(
        struct outgoing_post *p, const struct payment_row *payment, const struct grant_spend *spent)
{
	const struct asset_row *asset = &p->payer.asset;
	json_t *json = op_outgoing_json(p->loop->node, payment, asset, p->payer.address);
	char *text;

	if (json) {
		json_object_set_new(json, "grantSpentDebitAmount",
		        op_amount(spent->debit, asset->code, asset->scale));
		json_object_set_new(json, "grantSpentReceiveAmount",
		        op_amount(spent->receive, p->quote.receive_code, p->quote.receive_scale));
	}
	text = json ? json_dumps(json, JSON_COMPACT) : NULL;
	json_decref(json);
	p->body = text ? arena_strdup(&p->memory, text) : NULL;
	free(text);
	p->status = 201;
	return p->body ? RESULT_OK : RESULT_OURS_MEMORY;
}

static enum result pay(struct outgoing_post *p, struct batch *b)
{
	const struct quote_row *q = &p->quote;
	struct payment_grant grant = {.spend = {.grant = p->caller->grant,
	                                      .token = p->caller->token,
	                                      .access_index = p->caller->access_index,
	                                      .receiver = q->receiver,
	                                      .debit = q->debit_amount,
	                                      .debit_asset = p->payer.asset.id,
	                                      .receive = q->receive_amount,
	                                      .receive_code = q->receive_code,
	                                      .receive_scale = q->receive_scale}};
	const struct payment_new wanted = {.quote_id = q->id,
	        .wallet = p->payer.wallet.account,
	        .metadata = p->metadata,
	        .client = p->caller->client,
	        .grant = &grant};
	/* A local quote is at the mid rate: what rounding leaves over stays in the pool. */
	const struct payment_local local = {.amount_out = q->receive_amount};
	struct payment_row payment = {.quote_id = q->id,
	        .quote = *q,
	        .state = PAYMENT_SENDING,
	        .metadata = p->metadata,
	        .created_ms = batch_now(b)};
	enum result r = batch_payment_create(
	        b, &wanted, q->local_receiver ? &local : NULL, &payment.id, &payment.account);

	p->spending = grant.refused;
	return r ? r : answer_keep(p, &payment, &grant.after);
}

/* Errors: those of batch_idempotency_get. */
static enum result repeat_apply(struct op *op, struct batch *b)
{
	struct outgoing_post *p = OWNER_OF(op, struct outgoing_post, op);
	enum result r;

	arena_clear(&p->memory);
	p->spending = false;
	r = batch_idempotency_get(b, &p->key, &p->memory, &p->status, &p->body);
	p->repeated = r == RESULT_OK;
	p->another = r == RESULT_THEIRS_CONFLICT;
	return r;
}

static enum result post_apply(struct op *op, struct batch *b)
{
	struct outgoing_post *p = OWNER_OF(op, struct outgoing_post, op);
	enum result r = repeat_apply(op, b);

	if (r != RESULT_THEIRS_NOT_FOUND)
		return r;
	r = pay(p, b);
	return r ? r : batch_idempotency_put(b, &p->key, p->status, p->body);
}

/* What the transaction's refusals mean for the client. */
static const struct {
	enum result result;
	enum op_error error;
} refusals[] = {
        {RESULT_THEIRS_NOT_FOUND, OP_ERROR_UNKNOWN_QUOTE},
        {RESULT_THEIRS_FORBIDDEN, OP_ERROR_INVALID_QUOTE}, /* another wallet's */
        {RESULT_THEIRS_CONFLICT, OP_ERROR_INVALID_QUOTE},  /* used */
        {RESULT_THEIRS_EXPIRED, OP_ERROR_INVALID_QUOTE},
        {RESULT_THEIRS_STATE, OP_ERROR_INACTIVE_WALLET_ADDRESS},
        {RESULT_THEIRS_INSUFFICIENT, OP_ERROR_UNAUTHORIZED},
        {RESULT_THEIRS_REFUSED, OP_ERROR_INVALID_RECEIVER}, /* over, or full */
        {RESULT_THEIRS_TOO_BIG, OP_ERROR_INVALID_RECEIVER},
};

static enum http_next refuse(struct http_request *rq, const struct outgoing_post *p)
{
	enum result r = p->op.result;

	if (p->another)
		return op_error_why(rq, OP_ERROR_INVALID_REQUEST,
		        "the Idempotency-Key was used for another request");
	if (p->spending && result_class(r) == RESULT_CLASS_THEIRS)
		return access_refused(rq, r);
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++)
		if (refusals[i].result == r)
			return op_error(rq, refusals[i].error);
	return http_reply_result(rq, r, "the payment can't be made");
}

static enum http_next posted(struct http_request *rq)
{
	struct outgoing_post *p = rq->state;

	if (p->op.result)
		return refuse(rq, p);
	(void)FAILPOINT("payment.created");
	/* One between two wallets of this node has been paid. */
	if (!p->repeated && !p->quote.local_receiver)
		payer_wake(p->loop->node->payer);
	return http_reply_bytes(rq, (unsigned)p->status, "application/json", bytes_str(p->body));
}

static void post_done(struct task *t)
{
	http_resume(OWNER_OF(t, struct outgoing_post, op.task)->rq);
}

static enum http_next submit(struct outgoing_post *p,
        enum result (*apply)(struct op *op, struct batch *b), http_handler *then)
{
	enum result r = signed_idempotency(p->rq, ROUTE, &p->key);

	if (r == RESULT_THEIRS_MALFORMED)
		return op_error_why(p->rq, OP_ERROR_INVALID_REQUEST,
		        "the header Idempotency-Key is empty or too long");
	if (r == RESULT_THEIRS_UNAUTHENTIC)
		return op_error_why(p->rq, OP_ERROR_INVALID_REQUEST,
		        "the header Idempotency-Key must be covered by the signature");
	if (r)
		return http_reply_result(p->rq, r, "out of memory");
	p->op.apply = apply;
	p->op.task.done = post_done;
	p->rq->state = p;
	http_park(p->rq, then);
	node_submit(p->loop, &p->op);
	return HTTP_PARKED;
}

static enum http_next quoted(struct http_request *rq)
{
	struct outgoing_post *p = OWNER_OF(rq->state, struct outgoing_post, quoting);

	p->quote = p->quoting.call.quote;
	return submit(p, post_apply, posted);
}

static enum http_next looked_for(struct http_request *rq)
{
	struct outgoing_post *p = rq->state;

	if (p->repeated || p->another)
		return posted(rq);
	return op_quoting_refuse(rq, &p->quoting);
}

/* The receiver may take no more because this very request has paid it: whoever sends it again, as
 * the answer was lost, gets the one that was kept. */
static enum http_next not_quoted(struct http_request *rq)
{
	struct outgoing_post *p = OWNER_OF(rq->state, struct outgoing_post, quoting);

	return submit(p, repeat_apply, looked_for);
}

struct outgoing_body {
	const char *wallet, *quote, *incoming;
	json_t *debit, *metadata;
};

static enum http_next pay_quote(struct outgoing_post *p, const char *link)
{
	struct id id;
	enum result r = RESULT_THEIRS_NOT_FOUND;

	if (op_link_id(link, &id) == RESULT_OK)
		r = store_quote_get(p->loop->reader, &p->rq->arena, &id, &p->quote);
	if (r == RESULT_THEIRS_NOT_FOUND)
		return op_error(p->rq, OP_ERROR_UNKNOWN_QUOTE);
	if (r)
		return http_reply_result(p->rq, r, "the quote can't be read");
	if (p->quote.wallet != p->payer.wallet.account)
		return op_error(p->rq, OP_ERROR_INVALID_QUOTE);
	return submit(p, post_apply, posted);
}

static enum http_next pay_incoming(struct outgoing_post *p, const struct outgoing_body *body)
{
	struct op_quoting *q = &p->quoting;

	if (!op_amount_read_of(p->rq, body->debit, "debitAmount", &p->payer.asset, &q->call.amount))
		return HTTP_DONE;
	q->rq = p->rq;
	q->asset = p->payer.asset;
	q->wallet_address = p->payer.address;
	q->then = quoted;
	q->otherwise = not_quoted;
	q->call.wallet = p->payer.wallet.account;
	q->call.asset = p->payer.asset.id;
	q->call.receiver = body->incoming;
	q->call.client = p->caller->client;
	return op_quoting_start(q);
}

static void clear_memory(void *p)
{
	arena_clear(p);
}

static enum http_next create(struct http_request *rq)
{
	struct outgoing_body body = {0};
	const struct json_member members[] = {
	        {"walletAddress", JSON_TO_STRING, &body.wallet, .required = true},
	        {"quoteId", JSON_TO_STRING, &body.quote, .required = false},
	        {"incomingPayment", JSON_TO_STRING, &body.incoming, .required = false},
	        {"debitAmount", JSON_TO_OBJECT, &body.debit, .required = false},
	        {"metadata", JSON_TO_OBJECT, &body.metadata, .required = false},
	};
	struct outgoing_post *p;

	if (http_json_read(
	            rq, false, members, sizeof(members) / sizeof(members[0]), JSON_SPEC_STRICT))
		return HTTP_DONE;
	if (body.quote ? body.incoming || body.debit : !body.incoming || !body.debit)
		return op_error_why(rq, OP_ERROR_INVALID_REQUEST,
		        "give \"quoteId\", or \"incomingPayment\" with \"debitAmount\"");
	p = arena_alloc(&rq->arena, sizeof(*p));
	if (!p)
		return http_reply_result(rq, RESULT_OURS_MEMORY, "out of memory");
	if (!op_metadata_read(rq, body.metadata, &p->metadata) ||
	        !op_payer_find(rq, body.wallet, &p->payer))
		return HTTP_DONE;
	p->rq = rq;
	p->loop = http_app(rq);
	p->caller = access_caller(rq);
	arena_init(&p->memory, ANSWER_BYTES);
	if (http_defer(rq, clear_memory, &p->memory))
		return http_reply_result(rq, RESULT_OURS_MEMORY, "out of memory");
	return body.quote ? pay_quote(p, body.quote) : pay_incoming(p, &body);
}

enum http_next api_outgoing_payment_post(struct http_request *rq)
{
	return access_require(rq, ACCESS_OUTGOING_PAYMENT, ACTION_CREATE, NULL, create);
}

/* ---- reading ---- */

struct outgoing_get {
	struct payment_row payment; /* account 0: there is none */
	struct op_payer payer;
};

static enum http_next read_one(struct http_request *rq)
{
	const struct node_loop *l = http_app(rq);
	const struct caller *caller = access_caller(rq);
	const struct outgoing_get *g = rq->state;

	/* Another client's is not shown to be there. */
	if (!g->payment.account || (!caller->all && strcmp(caller->client, g->payment.client) != 0))
		return op_error(rq, OP_ERROR_UNKNOWN_OUTGOING_PAYMENT);
	return http_reply_json(
	        rq, 200, op_outgoing_json(l->node, &g->payment, &g->payer.asset, g->payer.address));
}

enum http_next api_outgoing_payment_get(struct http_request *rq)
{
	const struct node_loop *l = http_app(rq);
	struct outgoing_get *g = arena_alloc(&rq->arena, sizeof(*g));
	enum result r = RESULT_THEIRS_NOT_FOUND;
	struct id id;

	if (!g)
		return http_reply_result(rq, RESULT_OURS_MEMORY, "out of memory");
	if (op_id_of_path(rq, &id))
		r = store_payment_get(l->reader, &rq->arena, &id, &g->payment);
	if (!r)
		r = op_payer_of_account(rq, g->payment.quote.wallet, &g->payer);
	if (r && r != RESULT_THEIRS_NOT_FOUND)
		return http_reply_result(rq, r, "the payment can't be read");
	if (r)
		g->payment.account = 0;
	rq->state = g;
	/* The token is checked all the same: only then is the answer 404. */
	return access_require(rq, ACCESS_OUTGOING_PAYMENT, ACTION_READ, g->payer.address, read_one);
}

static enum http_next list(struct http_request *rq)
{
	const struct node_loop *l = http_app(rq);
	const struct caller *caller = access_caller(rq);
	struct list_query query = {0};
	struct list_edges edges;
	struct payment_row *rows;
	struct op_payer payer;
	size_t count;
	struct json_text items;
	enum result r;

	if (!op_payer_of_query(rq, &payer) || !op_list_read(rq, &query))
		return HTTP_DONE;
	query.wallet = payer.wallet.account;
	query.client = caller->all ? NULL : caller->client;
	r = store_outgoing_list(l->reader, &rq->arena, &query, &rows, &count, &edges);
	if (r == RESULT_THEIRS_NOT_FOUND)
		return op_error(rq, OP_ERROR_UNKNOWN_CURSOR);
	if (r)
		return http_reply_result(rq, r, "the payments can't be read");
	json_text_init(&items);
	json_text_array(&items, NULL);
	for (size_t i = 0; i < count; i++)
		op_text_json(&items, NULL,
		        op_outgoing_json(l->node, &rows[i], &payer.asset, payer.address));
	json_text_end_array(&items);
	return op_list_reply(
	        rq, &items, &edges, count ? &rows[0].id : NULL, count ? &rows[count - 1].id : NULL);
}

enum http_next api_outgoing_payment_list(struct http_request *rq)
{
	return access_require(rq, ACCESS_OUTGOING_PAYMENT, ACTION_LIST, NULL, list);
}
