/* outgoing: starting outgoing payments from quotes, and following them. */
#include <string.h>

#include "admin/change.h"
#include "admin/incoming_json.h"
#include "admin/outgoing_wait.h"
#include "admin/payment_json.h"
#include "admin/resource.h"
#include "base/text.h"
#include "base/words.h"
#include "ilp/payer.h"
#include "ilp/trace.h"
#include "model/ledger.h"
#include "store/note.h"
#include "store/outgoing.h"

#define CANCEL_REASON_MAX 200
#define WATCH_MIN_S       2
#define WATCH_MAX_S       3600

enum http_next admin_outgoing_list(struct http_request *rq)
{
	const char *name = http_query(rq, "walletAddress");
	struct admin_wallet wallet = {.row = {.account = 0}};

	if (name && admin_wallet_named(rq, name, &wallet))
		return HTTP_DONE;
	return admin_payment_page(rq, wallet.row.account, NULL);
}

static enum http_next reply(struct http_request *rq, const struct payment_row *payment)
{
	json_t *answer = NULL, *part;
	enum result r = admin_payment_json(rq, payment, NULL, &answer);

	if (!r)
		r = admin_notes_json(rq, payment->account, 0, &part);
	if (!r && json_object_set_new(answer, "messages", part))
		r = RESULT_OURS_MEMORY;
	if (!r)
		r = admin_data_json(rq, &payment->quote_id, &part);
	if (!r && json_object_set_new(answer, "data", part))
		r = RESULT_OURS_MEMORY;
	if (r)
		json_decref(answer);
	return r ? admin_refuse_by(rq, r, NULL) : http_reply_json(rq, 200, answer);
}

static enum http_next get_now(struct http_request *rq)
{
	struct payment_row payment;

	if (admin_payment_of_path(rq, &payment))
		return HTTP_DONE;
	return reply(rq, &payment);
}

enum http_next admin_outgoing_get(struct http_request *rq)
{
	const char *text = http_query(rq, "waitMs");
	struct payment_row payment;
	uint64_t wait_ms = 0;

	if (text && text_parse_u64(text, OUTGOING_WAIT_MAX_MS, &wait_ms))
		return admin_refuse(rq, RESULT_THEIRS_MALFORMED, "waitMs",
		        "\"waitMs\" must be a number from 0 to %d", OUTGOING_WAIT_MAX_MS);
	if (admin_payment_of_path(rq, &payment))
		return HTTP_DONE;
	if (wait_ms == 0 || payment_state_is_final(payment.state))
		return reply(rq, &payment);
	return admin_outgoing_wait(rq, &payment, (int64_t)wait_ms, get_now);
}

/* ---- starting one ---- */

static const struct admin_refusal add_refusals[] = {
        {RESULT_THEIRS_NOT_FOUND, "quoteId", WORDS("there is no such quote")},
        {RESULT_THEIRS_CONFLICT, "quoteId", WORDS("the quote or the key was used before")},
        {RESULT_THEIRS_EXPIRED, "quoteId", WORDS("the quote has expired")},
        {RESULT_THEIRS_STATE, NULL, WORDS("the wallet is closed")},
        {RESULT_THEIRS_INSUFFICIENT, NULL, WORDS("the wallet has less than the debit amount")},
        {RESULT_THEIRS_REFUSED, NULL, WORDS("the receiver's incoming payment takes no more")},
        {RESULT_THEIRS_TOO_BIG, NULL,
                WORDS("more than can be given back, or than the receiver takes")},
        {RESULT_OK, NULL, NULL},
};

/* Where the wallet has the money, what was lacking is the pool's of the receiver's asset. */
static const struct admin_refusal pool_refusals[] = {
        {RESULT_THEIRS_INSUFFICIENT, NULL, WORDS("the pool has too little to exchange it")},
        {RESULT_OK, NULL, NULL},
};

struct outgoing_add {
	struct admin_change change;
	struct quote_row quote;
	struct admin_wallet wallet;
	struct asset_row asset; /* what wallet.asset points to */
	const char *metadata;   /* "" for none */
	const char *message;    /* for the receiver; NULL: none */
	bool by_host;           /* headless mode: the host funds it */
	bool trace;
	uint64_t watch_s; /* 0: nobody need look */
	struct id made;
};

/* The payment as the transaction leaves it: paid where the receiver is a wallet of this node. */
static void payment_new(const struct outgoing_add *a, int64_t now_ms, struct payment_row *p)
{
	p->quote_id = a->quote.id;
	p->quote = a->quote;
	p->state = a->by_host ? PAYMENT_FUNDING : PAYMENT_SENDING;
	p->error = "";
	p->fee = a->quote.fee;
	p->metadata = a->metadata;
	p->created_ms = now_ms;
	if (!a->quote.local_receiver || a->by_host)
		return;
	p->state = PAYMENT_COMPLETED;
	p->sent = a->quote.debit_amount;
	p->delivered = a->quote.receive_amount;
	p->finished_ms = now_ms;
}

static enum result add_apply(struct admin_change *c, struct batch *b, json_t **answer)
{
	const struct outgoing_add *a = OWNER_OF(c, struct outgoing_add, change);
	const struct payment_new wanted = {
	        .quote_id = a->quote.id,
	        .wallet = a->quote.wallet,
	        .metadata = *a->metadata ? a->metadata : NULL,
	        .note = a->message,
	};
	/* A local quote is at the mid rate: what rounding leaves over stays in the pool. */
	const struct payment_local local = {.amount_out = a->quote.receive_amount};
	struct payment_row payment = {.quote_id = a->quote.id};
	struct account wallet;
	bool has_it = false;
	enum result r = batch_account_get(b, a->quote.wallet, &wallet);

	if (!r) {
		has_it = ledger_available(&wallet) >= a->quote.debit_amount;
		r = batch_payment_create(b, &wanted, a->quote.local_receiver ? &local : NULL,
		        &payment.id, &payment.account);
	}
	if (!r && a->watch_s)
		r = batch_payment_watch(b, payment.account, (int64_t)a->watch_s * 1000);
	c->refusals = r == RESULT_THEIRS_INSUFFICIENT && has_it ? pool_refusals : add_refusals;
	if (r)
		return r;
	OWNER_OF(c, struct outgoing_add, change)->made = payment.id;
	payment_new(a, batch_now(b), &payment);
	*answer = admin_payment_json_of(c->loop->node, &payment, &a->wallet, batch_now(b));
	return RESULT_OK;
}

static enum result wake(struct admin_change *c)
{
	const struct outgoing_add *a = OWNER_OF(c, struct outgoing_add, change);

	/* One between two wallets of this node has been paid. */
	if (a->quote.local_receiver)
		return RESULT_OK;
	if (a->trace)
		traces_begin(payer_traces(c->loop->node->payer), &a->made);
	payer_wake(c->loop->node->payer);
	return RESULT_OK;
}

static enum result find_quote(struct http_request *rq, const char *text, struct outgoing_add *a)
{
	const struct node_loop *loop = http_app(rq);
	struct id id;
	enum result r = RESULT_THEIRS_NOT_FOUND;

	if (id_parse(text, strlen(text), &id) == RESULT_OK)
		r = store_quote_get(loop->reader, &rq->arena, &id, &a->quote);
	if (!r)
		r = admin_wallet_of_account(rq, a->quote.wallet, &a->wallet);
	if (r)
		return r;
	a->asset = *a->wallet.asset;
	a->wallet.asset = &a->asset;
	return RESULT_OK;
}

enum http_next admin_outgoing_add(struct http_request *rq)
{
	const char *quote = NULL, *message = NULL;
	json_t *metadata = NULL;
	uint64_t watch_s = 0;
	bool trace = false;
	const struct json_member members[] = {
	        {"quoteId", JSON_TO_STRING, &quote, .required = true},
	        {"message", JSON_TO_STRING, &message, .min = 1, .max = NOTE_BYTES_MAX},
	        {"metadata", JSON_TO_OBJECT, &metadata, .required = false},
	        {"trace", JSON_TO_BOOL, &trace, .required = false},
	        {"watchSeconds", JSON_TO_UINT, &watch_s, .min = WATCH_MIN_S, .max = WATCH_MAX_S},
	};
	struct outgoing_add *a;
	enum result r;

	if (http_json_read(
	            rq, false, members, sizeof(members) / sizeof(members[0]), JSON_SPEC_STRICT))
		return HTTP_DONE;
	if (message &&
	        (strlen(message) > NOTE_BYTES_MAX || !text_is_clean_utf8(message, strlen(message))))
		return admin_refuse(rq, RESULT_THEIRS_MALFORMED, "message",
		        "\"message\" must be one line of at most %d bytes", NOTE_BYTES_MAX);
	a = admin_change_new(rq, sizeof(*a), ADMIN_KEY_REQUIRED);
	if (!a || admin_metadata_read(rq, metadata, &a->metadata))
		return HTTP_DONE;
	a->message = message;
	a->trace = trace;
	a->watch_s = watch_s;
	a->by_host = a->change.loop->node->options.headless;
	r = find_quote(rq, quote, a);
	if (r)
		return admin_refuse_by(rq, r, add_refusals);
	if (watch_s && !a->quote.pace_ms)
		return admin_refuse(rq, RESULT_THEIRS_MALFORMED, "watchSeconds",
		        WORDS("only a payment that lasts is watched"));
	a->change.apply = add_apply;
	a->change.committed = wake;
	a->change.refusals = add_refusals;
	return admin_change_submit(&a->change);
}

/* ---- its trace ---- */

enum http_next admin_outgoing_trace(struct http_request *rq)
{
	static const struct admin_refusal refusals[] = {
	        {RESULT_THEIRS_NOT_FOUND, NULL, WORDS("there is no trace of this payment")},
	        {RESULT_OK, NULL, NULL},
	};
	const struct node_loop *loop = http_app(rq);
	const char *text = http_query(rq, "after"), *lines = NULL;
	struct payment_row payment;
	uint64_t after = 0;
	json_t *items;
	size_t next;
	bool cut;
	enum result r;

	if (text && text_parse_u64(text, TRACE_LINES_MAX, &after))
		return admin_refuse(rq, RESULT_THEIRS_MALFORMED, "after",
		        "\"after\" must be a number from 0 to %d", TRACE_LINES_MAX);
	if (admin_payment_of_path(rq, &payment))
		return HTTP_DONE;
	r = traces_read(payer_traces(loop->node->payer), &rq->arena, &payment.id, (size_t)after,
	        &lines, &next, &cut);
	if (r)
		return admin_refuse_by(rq, r, refusals);
	items = json_loads(lines, 0, NULL);
	return http_reply_json(rq, 200,
	        json_pack("{s:o, s:I, s:b}", "items", items, "next", (json_int_t)next, "cut", cut));
}

/* ---- cancelling one ---- */

struct outgoing_cancel {
	struct admin_change change;
	struct id id;
	const char *reason;
};

static enum result cancel_apply(struct admin_change *c, struct batch *b, json_t **answer)
{
	const struct outgoing_cancel *o = OWNER_OF(c, struct outgoing_cancel, change);
	enum payment_state state;

	(void)answer;
	return batch_payment_cancel(b, &o->id, o->reason, &state);
}

/* One that is at work ends when nothing of it is in flight: the answer says how it stands. */
enum http_next admin_outgoing_cancel(struct http_request *rq)
{
	static const struct admin_refusal refusals[] = {
	        {RESULT_THEIRS_NOT_FOUND, NULL, WORDS("there is no such payment")},
	        {RESULT_THEIRS_STATE, NULL, WORDS("the payment has ended")},
	        {RESULT_OK, NULL, NULL},
	};
	const char *reason = "cancelled by the operator";
	const struct json_member members[] = {
	        {"reason", JSON_TO_STRING, &reason, .required = false, .min = 1,
	                .max = CANCEL_REASON_MAX},
	};
	struct outgoing_cancel *o;
	struct payment_row payment;

	if (http_json_read(rq, true, members, 1, JSON_SPEC_STRICT) ||
	        admin_payment_of_path(rq, &payment))
		return HTTP_DONE;
	o = admin_change_new(rq, sizeof(*o), ADMIN_KEY_NONE);
	if (!o)
		return HTTP_DONE;
	o->id = payment.id;
	o->reason = reason;
	o->change.apply = cancel_apply;
	o->change.then = get_now;
	o->change.refusals = refusals;
	return admin_change_submit(&o->change);
}
