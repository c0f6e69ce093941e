#include "admin/payment_json.h"

#include <string.h>

#include "admin/page.h"
#include "base/text.h"
#include "base/words.h"
#include "model/payment_error.h"
#include "store/note.h"
#include "store/quote_data.h"
#include "store/outgoing.h"

#define RATE_DIGITS 6 /* docs/cli.md */

void admin_receive_asset(const struct quote_row *q, struct asset_row *out)
{
	*out = (struct asset_row){.scale = q->receive_scale};
	(void)!text_copy(out->code, sizeof(out->code), q->receive_code);
}

json_t *admin_rate(
        uint64_t delivered, const struct asset_row *to, uint64_t paid, const struct asset_row *from)
{
	char text[RATIO_TEXT_SIZE];
	struct ratio rate;

	if (delivered == 0 || ratio_make(delivered, paid, &rate) ||
	        ratio_scale(&rate, to->scale, from->scale, &rate))
		return json_null();
	ratio_format(&rate, RATE_DIGITS, text);
	return json_string(text);
}

static json_t *reject_json(const struct payment_reject *r)
{
	if (!r->code[0])
		return json_null();
	return json_pack("{s:s, s:s, s:s}", "code", r->code, "triggeredBy", r->triggered_by,
	        "message", r->message);
}

/* The store keeps one of these names, another one, or a sentence. */
static json_t *error_json(const char *text)
{
	char last[PAYMENT_REJECT_TEXT];
	struct payment_error error;
	bool is_name;

	if (!*text)
		return json_null();
	payment_error_parse(text, &error);
	is_name = strchr(error.why, ' ') == NULL;
	payment_reject_text(&error.reject, last);
	return json_pack("{s:s, s:s+, s:o}", "code", is_name ? error.why : "NotPossible",
	        "description", payment_error_sentence(error.why, &error.reject), last, "reject",
	        reject_json(&error.reject));
}

static json_t *metadata_json(const char *metadata)
{
	json_t *value = *metadata ? json_loads(metadata, 0, NULL) : NULL;

	return value ? value : json_null();
}

/* Of a payment that waits for it. */
static json_t *next_attempt(const struct payment_row *p, int64_t now_ms)
{
	bool waits = p->state == PAYMENT_SENDING && *p->error && p->lease_until_ms > now_ms;

	return waits ? admin_time(p->lease_until_ms) : json_null();
}

json_t *admin_payment_json_of(const struct node *n, const struct payment_row *p,
        const struct admin_wallet *wallet, int64_t now_ms)
{
	const struct quote_row *q = &p->quote;
	const struct asset_row *from = wallet->asset;
	struct asset_row to;
	char id[ID_TEXT_SIZE];

	id_format(&p->id, id);
	admin_receive_asset(q, &to);
	return json_pack("{s:s, s:o, s:s, s:s++, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, "
	                 "s:o, s:I, "
	                 "s:i, s:o, s:o, s:o, s:o, s:o, s:I}",
	        "id", id, "walletAddressId", admin_id(&wallet->row.id), "walletAddress",
	        wallet->row.name, "url", n->options.public_url, "/op/outgoing-payments/", id,
	        "state", payment_state_name(p->state), "receiver", q->receiver, "debitAmount",
	        admin_amount(q->debit_amount, from), "receiveAmount",
	        admin_amount(q->receive_amount, &to), "sentAmount", admin_amount(p->sent, from),
	        "deliveredAmount", admin_amount(p->delivered, &to), "refundedAmount",
	        admin_amount(p->refunded, from), "inDoubtAmount", admin_amount(p->in_doubt, from),
	        "returnedAmount", admin_amount(p->returned, from), "fee",
	        admin_amount(p->fee, from), "rate", admin_rate(p->delivered, &to, p->sent, from),
	        "packets", (json_int_t)p->packets, "attempts", (int)p->attempts, "nextAttemptAt",
	        next_attempt(p, now_ms), "error", error_json(p->error), "metadata",
	        metadata_json(p->metadata), "client", admin_text(p->client), "createdAt",
	        admin_time(p->created_ms), "elapsedMs",
	        (json_int_t)((p->finished_ms ? p->finished_ms : now_ms) - p->created_ms));
}

static json_t *attempt_json(
        const struct attempt_row *t, const struct asset_row *from, const struct asset_row *to)
{
	return json_pack("{s:i, s:o, s:o, s:o, s:o, s:I, s:o}", "number", (int)t->number,
	        "startedAt", admin_time(t->started_ms), "endedAt", admin_time(t->ended_ms),
	        "sentAmount", admin_amount(t->sent, from), "deliveredAmount",
	        admin_amount(t->delivered, to), "packets", (json_int_t)t->packets, "error",
	        error_json(t->error));
}

enum result admin_attempts_json(struct http_request *rq, const struct payment_row *p, json_t **out)
{
	const struct node_loop *loop = http_app(rq);
	struct admin_wallet wallet;
	struct attempt_row *rows;
	struct asset_row to;
	size_t count;
	enum result r = admin_wallet_of_account(rq, p->quote.wallet, &wallet);

	if (!r)
		r = store_attempt_list(loop->reader, &rq->arena, p->account, &rows, &count);
	if (r)
		return r;
	admin_receive_asset(&p->quote, &to);
	*out = json_array();
	for (size_t i = 0; i < count; i++) {
		if (json_array_append_new(*out, attempt_json(&rows[i], wallet.asset, &to))) {
			json_decref(*out);
			return RESULT_OURS_MEMORY;
		}
	}
	return RESULT_OK;
}

enum result admin_notes_json(
        struct http_request *rq, account_id payment, int64_t incoming, json_t **out)
{
	struct reader *reader = ((struct node_loop *)http_app(rq))->reader;
	struct note_row *rows;
	size_t count;
	enum result r =
	        payment ? store_note_list_outgoing(reader, &rq->arena, payment, &rows, &count)
	                : store_note_list_incoming(reader, &rq->arena, incoming, &rows, &count);

	if (r)
		return r;
	*out = json_array();
	for (size_t i = 0; i < count; i++) {
		const struct note_row *n = &rows[i];

		if (json_array_append_new(
		            *out, json_pack("{s:s, s:s, s:o, s:o}", "direction",
		                          n->received ? "received" : "sent", "text", n->text,
		                          "createdAt", admin_time(n->created_ms), "deliveredAt",
		                          admin_time(n->delivered_ms)))) {
			json_decref(*out);
			return RESULT_OURS_MEMORY;
		}
	}
	return RESULT_OK;
}

enum result admin_data_json(struct http_request *rq, const struct id *quote, json_t **out)
{
	struct quote_data data;
	enum result r =
	        store_quote_data_get(((struct node_loop *)http_app(rq))->reader, quote, &data);

	if (r)
		return r;
	*out = data.size == 0 ? json_null()
	                      : json_pack("{s:I, s:I, s:o}", "size", (json_int_t)data.size,
	                                "deliveredSize", (json_int_t)data.delivered, "deliveredAt",
	                                admin_time(data.delivered_ms));
	return *out ? RESULT_OK : RESULT_OURS_MEMORY;
}

enum result admin_payment_of_path(struct http_request *rq, struct payment_row *out)
{
	static const struct admin_refusal refusals[] = {
	        {RESULT_THEIRS_NOT_FOUND, NULL, WORDS("there is no such payment")},
	        {RESULT_OK, NULL, NULL},
	};
	const struct node_loop *loop = http_app(rq);
	struct id id;
	enum result r = admin_path_id(rq, &id);

	if (!r)
		r = store_payment_get(loop->reader, &rq->arena, &id, out);
	if (r)
		(void)admin_refuse_by(rq, r, refusals);
	return r;
}

enum result admin_payment_json(
        struct http_request *rq, const struct payment_row *p, const char *direction, json_t **out)
{
	const struct node_loop *loop = http_app(rq);
	struct admin_wallet wallet;
	enum result r = admin_wallet_of_account(rq, p->quote.wallet, &wallet);

	if (r)
		return r;
	*out = admin_payment_json_of(loop->node, p, &wallet, http_wall_ms(rq));
	if (!direction)
		return *out ? RESULT_OK : RESULT_OURS_MEMORY;
	if (json_object_set_new(*out, "direction", json_string(direction))) {
		json_decref(*out);
		return RESULT_OURS_MEMORY;
	}
	return RESULT_OK;
}

enum http_next admin_payment_page(struct http_request *rq, account_id wallet, const char *direction)
{
	const struct node_loop *loop = http_app(rq);
	struct payment_row *rows;
	struct page page;
	size_t count;
	bool more;
	json_t *items;
	enum result r;

	if (admin_page_read_ids(rq, &page))
		return HTTP_DONE;
	r = store_payment_list(loop->reader, &rq->arena, wallet, &page, &rows, &count, &more);
	if (r)
		return admin_refuse_by(rq, r, NULL);
	items = json_array();
	for (size_t i = 0; !r && i < count; i++) {
		json_t *item;

		r = admin_payment_json(rq, &rows[i], direction, &item);
		if (!r)
			r = admin_page_add(items, item);
	}
	return admin_page_ids(rq, r, items, more, count ? &rows[count - 1].id : NULL);
}
