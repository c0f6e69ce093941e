/* Outgoing payments made from a quote. One to a wallet of this node is paid in the same
 * transaction. */
#include "store/batch_core.h"

#include <string.h>

#include "store/grant.h"
#include "store/note.h"
#include "store/outgoing.h"
#include "store/notice.h"
#include "store/refund.h"

static enum result quote_usable(
        const struct batch *b, const struct payment_new *new, const struct quote_row *quote)
{
	if (quote->wallet != new->wallet)
		return RESULT_THEIRS_FORBIDDEN;
	if (quote->payment)
		return RESULT_THEIRS_CONFLICT;
	return b->now_ms > quote->expires_ms ? RESULT_THEIRS_EXPIRED : RESULT_OK;
}

/* The wallet must have it, before anything is made. */
static enum result wallet_allows(struct batch *b, const struct quote_row *quote, asset_id *asset)
{
	struct work_account *wallet;
	enum result r = batch_account(b, quote->wallet, &wallet);

	if (r)
		return r;
	*asset = wallet->now.asset;
	if (wallet->now.closed)
		return RESULT_THEIRS_STATE;
	/* Its users' balances are the host's to know. */
	if (!b->store->headless && ledger_available(&wallet->now) < quote->debit_amount)
		return RESULT_THEIRS_INSUFFICIENT;
	return batch_quote_newest_fit(b, quote, &wallet->now);
}

enum result batch_payment_incoming_allows(
        struct batch *b, const struct quote_row *quote, const struct payment_local *local)
{
	struct incoming_credit wanted = {quote->local_incoming, quote->wallet,
	        quote->local_receiver, local ? local->amount_out : 0, false};
	struct work_incoming *incoming;
	struct incoming_terms after;
	enum result r;

	if (!quote->local_incoming)
		return RESULT_OK;
	/* The host decides about packets, and there would be none. */
	if (b->store->confirm_partials)
		return RESULT_THEIRS_REFUSED;
	r = batch_incoming_try(b, &wanted, &incoming, &after);
	return r == RESULT_THEIRS_STATE || r == RESULT_THEIRS_FORBIDDEN ? RESULT_THEIRS_REFUSED : r;
}

/* No more goes back than came from there. */
static enum result refund_allows(struct batch *b, const struct quote_row *quote)
{
	struct refund_source source;
	enum result r;

	if (!quote->refund_of)
		return RESULT_OK;
	r = batch_refund_source(b, quote->refund_of, &source);
	if (r == RESULT_THEIRS_NOT_FOUND || r == RESULT_THEIRS_CONFLICT)
		return RESULT_THEIRS_TOO_BIG; /* others have paid since it was quoted */
	if (r)
		return r;
	return quote->debit_amount > source.left ? RESULT_THEIRS_TOO_BIG : RESULT_OK;
}

static enum result incoming_receive(
        struct batch *b, const struct quote_row *quote, const struct payment_local *local)
{
	struct incoming_credit wanted = {quote->local_incoming, quote->wallet,
	        quote->local_receiver, local->amount_out, false};
	struct work_incoming *incoming;
	struct incoming_terms after;
	enum result r;

	if (!quote->local_incoming)
		return RESULT_OK;
	r = batch_incoming_try(b, &wanted, &incoming, &after);
	/* One that was made for this payment takes nothing more. */
	if (!r && quote->receiver_made && !incoming_state_is_final(after.state))
		r = incoming_complete(&after, b->now_ms);
	return r ? r : batch_incoming_set(b, incoming, &after);
}

/* ---- to another wallet of this node ---- */

/* From the payment's account to the receiver, with the fee. Moved in the working set alone: the
 * rows follow. Errors: also THEIRS_INSUFFICIENT (a pool). */
static enum result local_legs(struct batch *b, const struct quote_row *quote, account_id account,
        const struct payment_local *local, struct legs *legs)
{
	struct portion p = {quote->debit_amount - quote->fee, local->amount_out, local->spread};
	const struct asset_row *asset;
	struct work_account *own;
	enum result r = batch_account(b, account, &own);

	if (!r)
		r = batch_asset(b, own->now.asset, &asset);
	if (!r && quote->fee > 0) {
		r = legs_add(b, legs, account, asset->fee, quote->fee);
		legs->leg[0].ref = "fee";
	}
	if (!r)
		r = legs_exchange(b, legs, account, quote->local_receiver, &p);
	b->changes++;
	return r ? r : legs_transfer(legs);
}

/* The rows of these legs, and what else happens where the money arrives. */
static enum result local_arrive(struct batch *b, const struct quote_row *quote, account_id account,
        const struct payment_local *local, const struct legs *legs)
{
	int64_t group;
	enum result r = legs_post(b, legs, "local", account, &group);

	if (!r)
		r = incoming_receive(b, quote, local);
	if (!r && quote->refund_of)
		r = batch_notice_refunded(
		        b, quote->local_receiver, quote->refund_of, local->amount_out);
	if (!r)
		r = batch_revenue_fee(b, REVENUE_SENDING_FEE, account, quote->fee);
	if (!r)
		r = batch_revenue_spread(
		        b, account, quote->local_receiver, 1, local->spread, local->margin);
	return r;
}

enum result batch_payment_pay_local(struct batch *b, const struct quote_row *quote,
        account_id account, const struct payment_local *local)
{
	struct work_payment *payment;
	struct legs legs = {0};
	enum result r = batch_payment(b, account, &payment);

	if (!r)
		r = local_legs(b, quote, account, local, &legs);
	if (!r)
		r = local_arrive(b, quote, account, local, &legs);
	if (!r)
		r = batch_note_local(b, account, quote->local_incoming, quote->local_receiver);
	if (r)
		return r;
	payment->sent = quote->debit_amount;
	payment->delivered = local->amount_out;
	return batch_payment_end(b, account, payment, PAYMENT_COMPLETED, NULL);
}

/* ---- the rows ---- */

/* The payment as it is written; its texts are those of `new` and `quote`. */
static void payment_row(struct batch *b, const struct quote_row *quote,
        const struct payment_new *new, account_id account, struct payment_row *p)
{
	*p = (struct payment_row){
	        .quote_id = quote->id,
	        .account = account,
	        .state = b->store->headless ? PAYMENT_FUNDING : PAYMENT_SENDING,
	        .quote = *quote,
	        .error = "",
	        .metadata = new->metadata ? new->metadata : "",
	        .created_ms = b->now_ms,
	        .client = new->client ? new->client : "",
	        .fee = quote->fee,
	};
	batch_id_new(b, &p->id);
}

static enum result payment_insert(struct batch *b, const struct payment_row *p)
{
	struct query q;
	enum result r;

	batch_query(b, &q, STMT_PAYMENT_INSERT);
	query_put_int(&q, p->account);
	query_put_id(&q, &p->id);
	query_put_id(&q, &p->quote_id);
	query_put_int(&q, p->quote.wallet);
	query_put_text(&q, payment_state_name(p->state));
	query_put_u64(&q, p->quote.debit_amount);
	query_put_u64(&q, p->quote.receive_amount);
	query_put_u64(&q, p->quote.fee);
	query_put_u64(&q, p->sent);
	query_put_u64(&q, p->delivered);
	query_put_text(&q, p->metadata);
	query_put_int(&q, p->created_ms);
	if (p->finished_ms)
		query_put_int(&q, p->finished_ms);
	else
		query_put_null(&q);
	query_put_text(&q, p->client);
	query_put_int(&q, b->store->headless);
	b->changes++;
	r = query_run(&q);
	if (r)
		return r;
	batch_query(b, &q, STMT_QUOTE_USE);
	query_put_id(&q, &p->quote_id);
	query_put_int(&q, p->account);
	return query_run(&q);
}

/* The limit is taken in the transaction that makes the payment: none is ever above it. */
static enum result grant_allows(struct batch *b, const struct payment_new *new, account_id account)
{
	struct payment_grant *g = new->grant;
	enum result r;

	if (!g)
		return RESULT_OK;
	g->spend.payment_account = account;
	r = batch_grant_spend(b, &g->spend, &g->after);
	g->refused = r != RESULT_OK;
	return r;
}

/* What goes with the row: the quote is used, the grant's limit taken, the message kept. */
static enum result payment_write(
        struct batch *b, const struct payment_new *new, const struct payment_row *p)
{
	enum result r = payment_insert(b, p);

	if (!r)
		r = grant_allows(b, new, p->account);
	if (!r && new->note)
		r = batch_note_write(b, p->account, new->note);
	return r;
}

/* ---- creation ---- */

/* All of it at once: each row is written as it is at the end. */
static enum result create_local(struct batch *b, const struct payment_new *new,
        const struct payment_local *local, struct work_account *own, struct payment_row *p)
{
	const struct quote_row *quote = &p->quote;
	struct payment_row end = *p;
	struct legs funding = {0}, paying = {0};
	int64_t group;
	enum result r = legs_add(b, &funding, quote->wallet, p->account, quote->debit_amount);

	b->changes++;
	if (!r)
		r = legs_transfer(&funding);
	if (!r)
		r = local_legs(b, quote, p->account, local, &paying);
	if (r)
		return r;
	own->now.closed = true;
	end.state = PAYMENT_COMPLETED;
	end.sent = quote->debit_amount;
	end.delivered = local->amount_out;
	end.finished_ms = b->now_ms;
	r = batch_account_insert(b, own);
	if (!r)
		r = payment_write(b, new, &end);
	if (!r)
		r = legs_post(b, &funding, "funding", p->account, &group);
	if (!r)
		r = batch_event_payment_of(b, EVENT_TYPE_OUTGOING_CREATED, p, quote->debit_amount);
	if (!r)
		r = local_arrive(b, quote, p->account, local, &paying);
	if (!r && new->note)
		r = batch_note_local(b, p->account, quote->local_incoming, quote->local_receiver);
	/* A complete payment keeps all that it reserved of its grant. */
	if (!r && new->grant)
		r = batch_grant_settle(b, p->account, AMOUNT_MAX, AMOUNT_MAX);
	if (r)
		return r;
	b->tally.payments_completed++;
	return batch_event_payment_of(b, EVENT_TYPE_OUTGOING_COMPLETED, &end, 0);
}

/* To be sent by packets or, in headless mode, to be funded. */
static enum result create_open(struct batch *b, const struct payment_new *new,
        struct work_account *own, const struct payment_row *p)
{
	bool by_host = p->state == PAYMENT_FUNDING;
	struct legs funding = {0};
	int64_t group;
	enum result r = batch_account_insert(b, own);

	if (!r)
		r = payment_write(b, new, p);
	if (!r && !by_host)
		r = legs_add(b, &funding, p->quote.wallet, p->account, p->quote.debit_amount);
	if (!r && !by_host)
		r = legs_move(b, &funding, "funding", p->account, &group);
	return r ? r
	         : batch_event_payment_of(
	                   b, EVENT_TYPE_OUTGOING_CREATED, p, by_host ? 0 : p->quote.debit_amount);
}

enum result batch_payment_create(struct batch *b, const struct payment_new *new,
        const struct payment_local *local, struct id *id, account_id *account)
{
	struct quote_row quote;
	struct payment_row payment;
	struct work_account *own;
	asset_id asset;
	enum result r = batch_quote_get(b, &new->quote_id, &quote);

	if (!r)
		r = quote_usable(b, new, &quote);
	if (!r)
		r = wallet_allows(b, &quote, &asset);
	if (!r && (quote.local_receiver != 0) != (local != NULL))
		r = RESULT_OURS_BUG;
	if (!r)
		r = batch_payment_incoming_allows(b, &quote, local);
	if (!r)
		r = refund_allows(b, &quote);
	if (!r)
		r = batch_account_new(b, ACCOUNT_OUTGOING_PAYMENT, asset, 0, &own);
	if (r)
		return r;
	payment_row(b, &quote, new, own->now.id, &payment);
	*account = payment.account;
	*id = payment.id;
	r = batch_event_lane_new(b, &payment.id);
	if (r)
		return r;
	return local && !b->store->headless ? create_local(b, new, local, own, &payment)
	                                    : create_open(b, new, own, &payment);
}

enum result batch_payment_watch(struct batch *b, account_id payment, int64_t watch_ms)
{
	struct query q;

	batch_query(b, &q, STMT_PAYMENT_WATCH_ADD);
	query_put_int(&q, payment);
	query_put_int(&q, watch_ms);
	b->changes++;
	return query_run(&q);
}

enum result store_payment_watch(struct reader *r, account_id payment, int64_t *watch_ms)
{
	struct query q;
	enum result result;

	query_start(&q, r->db, STMT_PAYMENT_WATCH_GET);
	query_put_int(&q, payment);
	result = query_one_int(&q, watch_ms);
	if (result == RESULT_THEIRS_NOT_FOUND) {
		*watch_ms = 0;
		return RESULT_OK;
	}
	return result;
}
