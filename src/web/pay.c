#include "web/pay.h"

#include <stdlib.h>
#include <string.h>

#include "http/reply.h"
#include "ilp/payer.h"
#include "store/note.h"
#include "store/outgoing.h"
#include "web/activity.h"
#include "web/holder.h"

struct pay {
	struct holder_change change;
	struct holder holder;
	struct quote_row quote;
	const char *metadata;
	const char *message; /* NULL: none */
	struct page_form form;
	struct id made;
};

static enum http_next to_payment(struct http_request *rq, const struct id *id)
{
	char text[ID_TEXT_SIZE];

	id_format(id, text);
	return page_see(rq, arena_printf(&rq->arena, "/wallet/payments/%s", text));
}

static enum result pay_apply(struct holder_change *c, struct batch *b)
{
	struct pay *p = OWNER_OF(c, struct pay, change);
	const struct payment_new wanted = {
	        .quote_id = p->quote.id,
	        .wallet = p->quote.wallet,
	        .metadata = p->metadata,
	        .note = p->message,
	};
	/* A local quote is at the mid rate: what rounding leaves over stays in the pool. */
	const struct payment_local local = {.amount_out = p->quote.receive_amount};
	account_id account;

	return batch_payment_create(
	        b, &wanted, p->quote.local_receiver ? &local : NULL, &p->made, &account);
}

/* Nothing was paid: why, and the way to another price with what was typed. */
static enum http_next refuse(struct http_request *rq, struct pay *p, enum result r)
{
	static const char *const fields[] = {"wallet", "to", "amount", "side", "message", "over"};
	const char *why = words(rq, "The payment can't be made just now.");
	json_t *view = holder_view(rq, &p->holder, HOLDER_SEND, "Nothing was paid");

	if (r == RESULT_THEIRS_EXPIRED)
		why = words(rq, "The price has expired: it holds for a short time only.");
	else if (r == RESULT_THEIRS_CONFLICT)
		why = words(rq,
		        "A newer price was asked for meanwhile, and the wallet has not enough for "
		        "both.");
	else if (r == RESULT_THEIRS_STATE)
		why = words(rq, "This wallet address is closed, or takes no new payments.");
	else if (r == RESULT_THEIRS_INSUFFICIENT)
		why = words(rq, "There is not enough money for it any more.");
	else if (r == RESULT_THEIRS_REFUSED || r == RESULT_THEIRS_TOO_BIG)
		why = words(rq, "The receiver's request takes no more, or less than this.");
	(void)json_object_set_new(view, "why", json_string(why));
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		(void)json_object_set_new(
		        view, fields[i], json_string(page_field(&p->form, fields[i])));
	return page_reply(rq, http_status_of(r), "unpaid", view, NULL);
}

static enum http_next paid(struct http_request *rq)
{
	struct pay *p = OWNER_OF((struct holder_change *)rq->state, struct pay, change);
	const struct node_loop *l = http_app(rq);
	enum result r = p->change.op.result;
	struct id before;

	if (r == RESULT_OK) {
		/* One between two wallets of this node has been paid. */
		if (!p->quote.local_receiver)
			payer_wake(l->node->payer);
		return to_payment(rq, &p->made);
	}
	if (r == RESULT_THEIRS_CONFLICT &&
	        store_payment_of_quote(l->reader, &p->quote.id, &before) == RESULT_OK)
		return to_payment(rq, &before);
	if (r == RESULT_THEIRS_UNAUTHORIZED)
		return page_see(rq, "/wallet/login");
	return result_class(r) == RESULT_CLASS_THEIRS ? refuse(rq, p, r) : page_fail(rq, r);
}

enum http_next pay_post(struct http_request *rq)
{
	struct pay *p = arena_alloc(&rq->arena, sizeof(*p));
	const struct node_loop *l = http_app(rq);
	const char *text;
	struct id id;
	char *metadata;
	enum result r;

	if (!p)
		return page_fail(rq, RESULT_OURS_MEMORY);
	if (holder_form(rq, &p->holder, &p->form))
		return HTTP_DONE;
	text = page_field(&p->form, "quote");
	r = id_parse(text, strlen(text), &id) ? RESULT_THEIRS_NOT_FOUND : RESULT_OK;
	if (!r)
		r = store_quote_get(l->reader, &rq->arena, &id, &p->quote);
	if (!r && !holder_wallet_of(&p->holder, p->quote.wallet))
		r = RESULT_THEIRS_NOT_FOUND;
	if (r)
		return page_fail(rq, r);
	text = page_field(&p->form, "message");
	if (strlen(text) > NOTE_BYTES_MAX)
		return page_fail(rq, RESULT_THEIRS_TOO_BIG);
	p->message = *text ? text : NULL;
	metadata = activity_payee(page_field(&p->form, "to"), page_field(&p->form, "name"));
	p->metadata = metadata ? arena_strdup(&rq->arena, metadata) : NULL;
	free(metadata);
	if (!p->metadata)
		return page_fail(rq, RESULT_OURS_MEMORY);
	if (strlen(p->metadata) > LIMIT_METADATA_BYTES)
		return page_fail(rq, RESULT_THEIRS_TOO_BIG);
	p->change.apply = pay_apply;
	return holder_submit(rq, &p->holder, &p->change, paid);
}

/* ---- stopping one ---- */

struct cancel {
	struct holder_change change;
	struct holder holder;
	struct id id;
};

static enum result cancel_apply(struct holder_change *c, struct batch *b)
{
	enum payment_state state;

	return batch_payment_cancel(b, &OWNER_OF(c, struct cancel, change)->id,
	        WORDS("stopped by the account holder"), &state);
}

static enum http_next cancelled(struct http_request *rq)
{
	struct cancel *c = OWNER_OF((struct holder_change *)rq->state, struct cancel, change);
	enum result r = c->change.op.result;

	if (r == RESULT_THEIRS_UNAUTHORIZED)
		return page_see(rq, "/wallet/login");
	/* One that has ended meanwhile shows how. */
	return r && r != RESULT_THEIRS_STATE ? page_fail(rq, r) : to_payment(rq, &c->id);
}

enum http_next pay_cancel(struct http_request *rq)
{
	struct cancel *c = arena_alloc(&rq->arena, sizeof(*c));
	struct page_form form;
	struct activity p;
	enum result r;

	if (!c)
		return page_fail(rq, RESULT_OURS_MEMORY);
	if (holder_form(rq, &c->holder, &form))
		return HTTP_DONE;
	r = holder_path_id(rq, "id", &c->id) ? activity_find(rq, &c->holder, &rq->arena, &c->id, &p)
	                                     : RESULT_THEIRS_NOT_FOUND;
	if (!r && p.kind != ACTIVITY_SENT)
		r = RESULT_THEIRS_NOT_FOUND;
	if (r)
		return page_fail(rq, r);
	c->change.apply = cancel_apply;
	return holder_submit(rq, &c->holder, &c->change, cancelled);
}
