/* quote: what a payment would cost and bring. Making one asks the receiver's server and probes the
 * path, so it takes the outbound thread's time and not the loop's. */
#include "ilp/quoter.h"

#include <string.h>

#include "admin/change.h"
#include "admin/payment_json.h"
#include "admin/resource.h"
#include "base/bytes.h"
#include "base/words.h"
#include "store/quote_data.h"

static json_t *quote_json(const struct quote_row *q, const struct admin_wallet *wallet)
{
	const struct asset_row *from = wallet->asset;
	struct asset_row to;

	admin_receive_asset(q, &to);
	return json_pack("{s:o, s:o, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "id",
	        admin_id(&q->id), "walletAddressId", admin_id(&wallet->row.id), "walletAddress",
	        wallet->row.name, "receiver", q->receiver, "debitAmount",
	        admin_amount(q->debit_amount, from), "receiveAmount",
	        admin_amount(q->receive_amount, &to), "fee", admin_amount(q->fee, from), "rate",
	        admin_rate(q->receive_amount, &to, q->debit_amount, from), "overMs",
	        q->pace_ms ? json_integer((json_int_t)q->pace_ms) : json_null(), "createdAt",
	        admin_time(q->created_ms), "expiresAt", admin_time(q->expires_ms));
}

enum http_next admin_quote_get(struct http_request *rq)
{
	static const struct admin_refusal refusals[] = {
	        {RESULT_THEIRS_NOT_FOUND, NULL, WORDS("there is no such quote")},
	        {RESULT_OK, NULL, NULL},
	};
	const struct node_loop *loop = http_app(rq);
	struct admin_wallet wallet;
	struct quote_row quote;
	struct id id;
	enum result r = admin_path_id(rq, &id);

	if (!r)
		r = store_quote_get(loop->reader, &rq->arena, &id, &quote);
	if (!r)
		r = admin_wallet_of_account(rq, quote.wallet, &wallet);
	if (r)
		return admin_refuse_by(rq, r, refusals);
	return http_reply_json(rq, 200, quote_json(&quote, &wallet));
}

/* ---- making one ---- */

struct quote_add {
	struct admin_change change; /* stores the answer under its key, where it has one */
	struct quote_call call;
	struct admin_wallet wallet;
	struct asset_row asset;   /* what wallet.asset points to */
	struct asset_row receive; /* of receiveAmount, as it was asked for */
};

/* The quote itself is stored by the quoter. */
static enum result keep_apply(struct admin_change *c, struct batch *b, json_t **answer)
{
	const struct quote_add *q = OWNER_OF(c, struct quote_add, change);

	(void)b;
	*answer = quote_json(&q->call.quote, &q->wallet);
	return RESULT_OK;
}

/* With what would be enough. */
static enum http_next refuse_small(struct http_request *rq, const struct quote_call *call)
{
	const struct quote_add *q = OWNER_OF(call, const struct quote_add, call);
	char least[AMOUNT_TEXT_SIZE];
	char text[WORDS_TEXT_MAX];

	amount_format_major(call->least_debit, q->asset.scale, least);
	words_fill(text, sizeof(text), WORDS("nothing would arrive of less than {amount} {asset}"),
	        "amount", least, "asset", q->asset.code, NULL);
	return http_reply_error_details(rq, http_status_of(call->result), result_name(call->result),
	        text,
	        json_pack("{s:s, s:o}", "field", "debitAmount", "minSendAmount",
	                admin_amount(call->least_debit, &q->asset)));
}

static enum http_next refuse_call(struct http_request *rq, const struct quote_call *call)
{
	const char *field = NULL;

	if (result_class(call->result) == RESULT_CLASS_OURS)
		return admin_refuse_by(rq, call->result, NULL);
	if (call->least_debit)
		return refuse_small(rq, call);
	if (call->result == RESULT_THEIRS_BAD_AMOUNT)
		field = call->receive_asked_code ? "receiveAmount" : "debitAmount";
	else if (result_class(call->result) == RESULT_CLASS_THEIRS &&
	         call->result != RESULT_THEIRS_INSUFFICIENT)
		field = "receiver";
	return admin_refuse(
	        rq, call->result, field, "%s", *call->why ? call->why : result_name(call->result));
}

static enum http_next quoted(struct http_request *rq)
{
	struct quote_add *q = rq->state;
	const struct quote_row *row = &q->call.quote;

	if (q->call.result)
		return refuse_call(rq, &q->call);
	if (q->call.receive_asked_code && (strcmp(row->receive_code, q->receive.code) != 0 ||
	                                          row->receive_scale != q->receive.scale))
		return admin_refuse_with(rq, RESULT_THEIRS_BAD_ASSET, "receiveAmount",
		        WORDS("the receiver's asset is {asset} with scale {scale}"), "asset",
		        row->receive_code, "scale",
		        arena_printf(&rq->arena, "%u", row->receive_scale), NULL);
	if (id_is_zero(&q->change.id))
		return http_reply_json(rq, 201, quote_json(row, &q->wallet));
	return admin_change_submit(&q->change);
}

static void call_done(struct task *t)
{
	struct quote_add *q = OWNER_OF(t, struct quote_add, call.task);

	http_resume(q->change.rq);
}

static enum http_next ask(struct http_request *rq)
{
	struct quote_add *q = rq->state;

	http_park(rq, quoted);
	quoter_start(q->change.loop, &q->call);
	return HTTP_PARKED;
}

static enum http_next start(struct quote_add *q)
{
	q->asset = *q->wallet.asset;
	q->wallet.asset = &q->asset;
	q->call.wallet = q->wallet.row.account;
	q->call.asset = q->asset.id;
	/* One that is made asks for no amount. */
	q->call.make = !q->call.by_receiver;
	if (q->call.by_receive) {
		q->call.receive_asked_code = q->receive.code;
		q->call.receive_asked_scale = q->receive.scale;
	}
	q->call.task.done = call_done;
	q->change.apply = keep_apply;
	/* To quote may be to make an incoming payment at the receiver's. */
	return admin_change_unless_known(&q->change, ask);
}

enum http_next admin_quote_add(struct http_request *rq)
{
	const char *wallet = NULL, *receiver = NULL;
	json_t *debit = NULL, *receive = NULL;
	uint64_t over_ms = 0;
	const struct json_member members[] = {
	        {"walletAddress", JSON_TO_STRING, &wallet, .required = true},
	        {"receiver", JSON_TO_STRING, &receiver, .required = true, .max = URL_MAX_CHARS},
	        {"debitAmount", JSON_TO_OBJECT, &debit, .required = false},
	        {"receiveAmount", JSON_TO_OBJECT, &receive, .required = false},
	        {"overMs", JSON_TO_UINT, &over_ms, .required = false, .min = 1,
	                .max = QUOTE_PACE_MS_MAX},
	};
	struct quote_add *q;
	enum result r = RESULT_OK;

	if (http_json_read(
	            rq, false, members, sizeof(members) / sizeof(members[0]), JSON_SPEC_STRICT))
		return HTTP_DONE;
	if (debit && receive)
		return admin_refuse(rq, RESULT_THEIRS_MALFORMED, "receiveAmount",
		        WORDS("only one of \"debitAmount\" and \"receiveAmount\" may be given"));
	q = admin_change_new(rq, sizeof(*q), ADMIN_KEY_OPTIONAL);
	if (!q)
		return HTTP_DONE;
	if (admin_wallet_named(rq, wallet, &q->wallet))
		return HTTP_DONE;
	if (debit)
		r = admin_amount_read(rq, debit, "debitAmount", q->wallet.asset, &q->call.amount);
	else if (receive)
		r = admin_amount_read_any(
		        rq, receive, "receiveAmount", &q->receive, &q->call.amount);
	if (r)
		return HTTP_DONE;
	if (over_ms && !debit)
		return admin_refuse(rq, RESULT_THEIRS_MALFORMED, "overMs",
		        WORDS("\"overMs\" needs a \"debitAmount\""));
	q->call.receiver = receiver;
	q->call.pace_ms = (int64_t)over_ms;
	q->call.by_receive = receive != NULL;
	q->call.by_receiver = !debit && !receive;
	return start(q);
}

/* ---- the data that follows its money ---- */

struct quote_data_add {
	struct admin_change change;
	struct id quote;
	uint64_t offset;
	size_t n;
	uint8_t piece[QUOTE_PIECE_MAX];
};

static enum result data_apply(struct admin_change *c, struct batch *b, json_t **answer)
{
	const struct quote_data_add *d = OWNER_OF(c, struct quote_data_add, change);
	uint64_t size = 0;
	enum result r =
	        batch_quote_data_add(b, &d->quote, d->offset, bytes_of(d->piece, d->n), &size);

	if (!r)
		*answer = json_pack("{s:I}", "size", (json_int_t)size);
	return r;
}

enum http_next admin_quote_data(struct http_request *rq)
{
	static const struct admin_refusal refusals[] = {
	        {RESULT_THEIRS_NOT_FOUND, NULL, WORDS("there is no such quote")},
	        {RESULT_THEIRS_CONFLICT, NULL, WORDS("the quote was used")},
	        {RESULT_THEIRS_EXPIRED, NULL, WORDS("the quote has expired")},
	        {RESULT_THEIRS_STATE, NULL,
	                WORDS("a wallet of this node, or who gets money back, takes no data")},
	        {RESULT_THEIRS_MALFORMED, "offset",
	                WORDS("the next piece begins where the last ends")},
	        {RESULT_THEIRS_TOO_BIG, "data", WORDS("more than a payment's data may be")},
	        {RESULT_OK, NULL, NULL},
	};
	const char *text = NULL;
	uint64_t offset = 0;
	const struct json_member members[] = {
	        {"offset", JSON_TO_UINT, &offset, .required = true, .max = QUOTE_DATA_MAX},
	        {"data", JSON_TO_STRING, &text, .required = true, .min = 1,
	                .max = BASE64_LEN(QUOTE_PIECE_MAX)},
	};
	struct quote_data_add *d;

	if (http_json_read(
	            rq, false, members, sizeof(members) / sizeof(members[0]), JSON_SPEC_STRICT))
		return HTTP_DONE;
	d = admin_change_new(rq, sizeof(*d), ADMIN_KEY_OPTIONAL);
	if (!d)
		return HTTP_DONE;
	if (admin_path_id(rq, &d->quote))
		return admin_refuse_by(rq, RESULT_THEIRS_NOT_FOUND, refusals);
	if (base64_decode(text, strlen(text), d->piece, sizeof(d->piece), &d->n) || d->n == 0)
		return admin_refuse(rq, RESULT_THEIRS_MALFORMED, "data",
		        "\"data\" must be base64 of 1 to %d bytes", QUOTE_PIECE_MAX);
	d->offset = offset;
	d->change.apply = data_apply;
	d->change.refusals = refusals;
	return admin_change_submit(&d->change);
}
