/* Outgoing payments at work, to their end. Their creation: batch_payment_new.c */
#include "store/batch_core.h"

#include <assert.h>
#include <string.h>

#include "model/quote.h"
#include "store/funding.h"
#include "store/grant.h"
#include "store/outgoing.h"
#include "store/quote_data.h"

/* ---- work ---- */

static enum result payment_by_id(
        struct batch *b, const struct id *id, account_id *account, struct work_payment **out)
{
	struct query q;
	enum result r;

	batch_query(b, &q, STMT_PAYMENT_ACCOUNT);
	query_put_id(&q, id);
	r = query_one_int(&q, account);
	return r ? r : batch_payment(b, *account, out);
}

enum result batch_payment_due(struct batch *b, bool *more)
{
	account_id due[PAYMENT_DUE_MAX];
	size_t n = 0;
	struct query q;
	enum result r = batch_flush_payments(b);

	*more = false;
	if (r)
		return r;
	batch_query(b, &q, STMT_PAYMENT_DUE);
	query_put_int(&q, b->now_ms);
	query_put_u64(&q, b->store->generation);
	query_put_int(&q, PAYMENT_DUE_MAX);
	while (n < PAYMENT_DUE_MAX && query_row(&q))
		due[n++] = query_int(&q);
	r = query_end(&q);
	*more = n == PAYMENT_DUE_MAX;
	for (size_t i = 0; !r && i < n; i++) {
		batch_query(b, &q, STMT_PAYMENT_WAIT);
		query_put_int(&q, due[i]);
		b->changes++;
		r = query_run(&q);
	}
	return r;
}

enum result batch_payment_next(struct batch *b, enum payment_turn turn, account_id after,
        account_id *wallet, account_id *payment)
{
	struct query q;
	bool found;
	enum result r;

	batch_query(b, &q, STMT_PAYMENT_NEXT);
	query_put_int(&q, turn);
	query_put_int(&q, after);
	found = query_row(&q);
	*wallet = found ? query_int(&q) : 0;
	*payment = found ? query_int(&q) : 0;
	r = query_end(&q);
	return (r || found) ? r : RESULT_THEIRS_NOT_FOUND;
}

enum result batch_payment_claim(struct batch *b, account_id account, int64_t lease_ms,
        struct arena *a, struct payment_row *out)
{
	struct work_payment *p;
	struct query q;
	enum result r = batch_payment(b, account, &p);

	if (r)
		return r;
	p->lease_until_ms = b->now_ms + lease_ms;
	batch_query(b, &q, STMT_PAYMENT_CLAIM);
	query_put_int(&q, account);
	query_put_u64(&q, b->store->generation);
	query_put_int(&q, p->lease_until_ms);
	b->changes++;
	r = query_run(&q);
	if (r)
		return r;
	batch_query(b, &q, STMT_ATTEMPT_BEGIN);
	query_put_int(&q, account);
	query_put_int(&q, b->now_ms);
	r = query_run(&q);
	return r ? r : batch_payment_get(b, account, a, out);
}

static enum result lease_write(struct batch *b, account_id account, struct work_payment *p,
        int64_t until_ms, const char *error)
{
	struct query q;

	p->lease_until_ms = until_ms;
	batch_query(b, &q, STMT_PAYMENT_LEASE);
	query_put_int(&q, account);
	query_put_u64(&q, b->store->generation);
	query_put_int(&q, until_ms);
	query_put_text(&q, error);
	b->changes++;
	return query_run(&q);
}

enum result batch_payment_renew(
        struct batch *b, const struct id *id, int64_t lease_ms, bool *cancelled)
{
	struct work_payment *p;
	account_id account;
	enum result r = payment_by_id(b, id, &account, &p);

	if (r)
		return r;
	if (payment_state_is_final(p->state))
		return RESULT_THEIRS_STATE;
	*cancelled = p->cancel_asked;
	/* A payment at work asks with each of its operations, and most lasts less than that. */
	if (p->lease_until_ms > b->now_ms + lease_ms - PAYMENT_RENEW_MS)
		return RESULT_OK;
	return lease_write(b, account, p, b->now_ms + lease_ms, "");
}

static enum result attempt_end(
        struct batch *b, account_id account, const struct work_payment *p, const char *error)
{
	struct query q;

	batch_query(b, &q, STMT_ATTEMPT_END);
	query_put_int(&q, account);
	query_put_int(&q, b->now_ms);
	query_put_text(&q, error ? error : "");
	query_put_u64(&q, p->sent);
	query_put_u64(&q, p->delivered);
	query_put_u64(&q, p->packets);
	return query_run(&q);
}

enum result batch_payment_postpone(
        struct batch *b, const struct id *id, int64_t retry_at_ms, const char *error)
{
	struct work_payment *p;
	account_id account;
	enum result r = payment_by_id(b, id, &account, &p);

	if (r)
		return r;
	if (payment_state_is_final(p->state))
		return RESULT_THEIRS_STATE;
	if (p->cancel_asked)
		return batch_payment_finish(b, id, PAYMENT_CANCELLED, error);
	r = attempt_end(b, account, p, error);
	if (!r)
		r = lease_write(b, account, p, retry_at_ms, error);
	return r ? r : batch_event_attempt_failed(b, account, retry_at_ms);
}

/* ---- the end ---- */

static enum event_type final_event(enum payment_state s)
{
	switch (s) {
	case PAYMENT_COMPLETED:
		return EVENT_TYPE_OUTGOING_COMPLETED;
	case PAYMENT_FAILED:
		return EVENT_TYPE_OUTGOING_FAILED;
	case PAYMENT_CANCELLED:
		return EVENT_TYPE_OUTGOING_CANCELLED;
	case PAYMENT_FUNDING:
	case PAYMENT_SENDING:
		break;
	}
	assert(false); /* neither is an end */
	return EVENT_TYPE_OUTGOING_FAILED;
}

enum result batch_payment_end(struct batch *b, account_id account, struct work_payment *p,
        enum payment_state state, const char *error)
{
	struct work_account *own;
	struct query q;
	enum result r = batch_account(b, account, &own);

	if (r)
		return r;
	own->now.closed = true;
	own->dirty = true;
	p->state = state;
	p->dirty = true;
	/* A complete payment keeps all that it reserved of its grant; of the others, what was sent.
	 * On the receiving side that is counted in full: what arrived of it is the
	 * receiver's word. */
	r = state == PAYMENT_COMPLETED
	            ? batch_grant_settle(b, account, AMOUNT_MAX, AMOUNT_MAX)
	            : batch_grant_settle(b, account, p->sent, p->sent ? AMOUNT_MAX : 0);
	if (r)
		return r;
	if (state == PAYMENT_COMPLETED)
		b->tally.payments_completed++;
	if (state == PAYMENT_FAILED)
		b->tally.payments_failed++;
	batch_query(b, &q, STMT_PAYMENT_FINISH);
	query_put_int(&q, account);
	query_put_text(&q, payment_state_name(state));
	query_put_text(&q, error ? error : "");
	query_put_int(&q, b->now_ms);
	b->changes++;
	r = query_run(&q);
	return r ? r : batch_event_payment(b, final_event(state), account);
}

static enum result stored_error(struct batch *b, account_id account, const char **out)
{
	struct query q;

	batch_query(b, &q, STMT_PAYMENT_ERROR);
	query_put_int(&q, account);
	if (query_row(&q))
		*out = query_text(&q, &b->arena);
	return query_end(&q);
}

enum result batch_payment_finish(
        struct batch *b, const struct id *id, enum payment_state state, const char *error)
{
	struct work_payment *p;
	struct work_account *own;
	const struct asset_row *asset;
	struct legs legs = {0};
	account_id account, payer;
	uint64_t rest, fee;
	int64_t group;
	enum result r = payment_by_id(b, id, &account, &p);

	if (r)
		return r;
	if (payment_state_is_final(p->state) || !payment_state_is_final(state))
		return RESULT_THEIRS_STATE;
	if (state == PAYMENT_FAILED && p->cancel_asked)
		state = PAYMENT_CANCELLED;
	if (state == PAYMENT_CANCELLED && p->cancel_asked)
		r = stored_error(b, account, &error);
	if (!r)
		r = batch_windows_close(b, account);
	if (!r)
		r = attempt_end(b, account, p, error);
	if (!r)
		r = batch_account(b, account, &own);
	if (!r)
		r = batch_asset(b, own->now.asset, &asset);
	if (r)
		return r;
	fee = p->fee;
	if (state != PAYMENT_COMPLETED)
		fee = quote_fee_of_part(fee, p->debit_amount - fee, p->sent - p->in_doubt);
	rest = ledger_available(&own->now) - fee;
	if (fee > 0)
		r = legs_add(b, &legs, account, asset->fee, fee);
	if (!r && fee > 0)
		legs.leg[0].ref = "fee";
	if (!r && rest > 0)
		r = batch_payment_payer(b, account, p, &payer);
	if (!r && rest > 0)
		r = legs_add(b, &legs, account, payer, rest);
	if (!r)
		r = legs_move(b, &legs, "refund", account, &group);
	if (r)
		return r;
	r = batch_revenue_fee(b, REVENUE_SENDING_FEE, account, fee);
	if (r)
		return r;
	p->sent += fee;
	p->refunded += rest;
	r = batch_quote_data_drop(b, account);
	if (r)
		return r;
	return batch_payment_end(b, account, p, state, error);
}

enum result batch_payment_cancel(
        struct batch *b, const struct id *id, const char *reason, enum payment_state *out)
{
	struct work_payment *p;
	account_id account;
	struct query q;
	int64_t at_work;
	enum result r = payment_by_id(b, id, &account, &p);

	if (r)
		return r;
	if (payment_state_is_final(p->state))
		return RESULT_THEIRS_STATE;
	batch_query(b, &q, STMT_PAYMENT_AT_WORK);
	query_put_int(&q, account);
	r = query_one_int(&q, &at_work);
	if (r)
		return r;
	*out = at_work ? p->state : PAYMENT_CANCELLED;
	if (!at_work)
		return batch_payment_finish(b, id, PAYMENT_CANCELLED, reason);
	p->cancel_asked = true;
	batch_query(b, &q, STMT_PAYMENT_CANCEL_ASK);
	query_put_int(&q, account);
	query_put_text(&q, reason);
	b->changes++;
	return query_run(&q);
}

/* ---- headless mode ---- */

static const char unfunded[] = "its quote expired before it was funded";

enum result batch_payment_payer(
        struct batch *b, account_id account, const struct work_payment *p, account_id *out)
{
	const struct asset_row *asset;
	struct work_account *own;
	struct query q;
	int64_t by_host;
	enum result r;

	batch_query(b, &q, STMT_PAYMENT_BY_HOST);
	query_put_int(&q, account);
	r = query_one_int(&q, &by_host);
	*out = p->wallet;
	if (r || !by_host)
		return r;
	r = batch_account(b, account, &own);
	if (!r)
		r = batch_asset(b, own->now.asset, &asset);
	if (!r)
		*out = asset->settlement;
	return r;
}

/* One that was cancelled for its quote's expiry says so however late the host is. */
static enum result why_not_funding(struct batch *b, account_id account, enum payment_state state)
{
	struct query q;
	bool late;
	enum result r;

	if (state != PAYMENT_CANCELLED)
		return RESULT_THEIRS_STATE;
	batch_query(b, &q, STMT_PAYMENT_END_REASON);
	query_put_int(&q, account);
	late = query_row(&q) && bytes_eq_str(query_bytes(&q), unfunded);
	r = query_end(&q);
	if (r)
		return r;
	return late ? RESULT_THEIRS_EXPIRED : RESULT_THEIRS_STATE;
}

static enum result funding_allows(struct batch *b, account_id account, const struct work_payment *p,
        uint64_t amount, struct quote_row *quote)
{
	struct query q;
	struct id id;
	enum result r;

	if (p->state != PAYMENT_FUNDING)
		return why_not_funding(b, account, p->state);
	if (amount && amount != p->debit_amount)
		return RESULT_THEIRS_BAD_AMOUNT;
	batch_query(b, &q, STMT_PAYMENT_QUOTE);
	query_put_int(&q, account);
	r = query_one_id(&q, &id);
	if (!r)
		r = batch_quote_get(b, &id, quote);
	if (r)
		return r == RESULT_THEIRS_NOT_FOUND ? RESULT_OURS_BUG : r;
	return b->now_ms > quote->expires_ms ? RESULT_THEIRS_EXPIRED : RESULT_OK;
}

/* From outside into the payment. */
static enum result take_from_host(
        struct batch *b, account_id account, struct work_payment *p, uint64_t amount)
{
	struct legs legs = {0};
	account_id host;
	struct query q;
	int64_t group;
	enum result r = batch_payment_payer(b, account, p, &host);

	if (!r)
		r = legs_add(b, &legs, host, account, amount);
	if (!r)
		r = legs_move(b, &legs, "funding", account, &group);
	if (r)
		return r;
	batch_query(b, &q, STMT_PAYMENT_FUNDED);
	query_put_int(&q, account);
	query_put_int(&q, b->now_ms);
	r = query_run(&q);
	if (r)
		return r;
	p->state = PAYMENT_SENDING;
	return batch_event_payment(b, EVENT_TYPE_OUTGOING_FUNDED, account);
}

enum result batch_payment_get(
        struct batch *b, account_id account, struct arena *a, struct payment_row *out)
{
	struct query q;
	bool found;
	enum result r = batch_flush_payments(b);

	if (r)
		return r;
	batch_query(b, &q, STMT_PAYMENT_READ);
	query_put_int(&q, account);
	found = query_row(&q);
	if (found)
		row_payment(&q, a, out);
	r = query_end(&q);
	if (r)
		return r;
	return found ? RESULT_OK : RESULT_OURS_BUG;
}

enum result batch_payment_fund(struct batch *b, const struct id *id, uint64_t amount,
        struct arena *a, struct payment_row *out)
{
	struct payment_local local = {0};
	struct work_payment *p;
	struct quote_row quote;
	account_id account;
	enum result r = payment_by_id(b, id, &account, &p);

	if (!r)
		r = funding_allows(b, account, p, amount, &quote);
	if (r)
		return r;
	local.amount_out = quote.receive_amount;
	if (quote.local_receiver)
		r = batch_payment_incoming_allows(b, &quote, &local);
	if (!r)
		r = take_from_host(b, account, p, quote.debit_amount);
	if (!r && quote.local_receiver)
		r = batch_payment_pay_local(b, &quote, account, &local);
	return r ? r : batch_payment_get(b, account, a, out);
}

enum result batch_payment_expire_unfunded(struct batch *b)
{
	enum result r = batch_flush_payments(b);

	for (unsigned i = 0; !r && i < FUNDING_EXPIRE_MAX; i++) {
		struct query q;
		struct id id;

		batch_query(b, &q, STMT_PAYMENT_UNFUNDED);
		query_put_int(&q, b->now_ms);
		r = query_one_id(&q, &id);
		if (!r)
			r = batch_payment_finish(b, &id, PAYMENT_CANCELLED, unfunded);
	}
	return r == RESULT_THEIRS_NOT_FOUND ? RESULT_OK : r;
}
