/* funding: what the host of a headless node gives to a payment that waits for its money. */
#include "store/funding.h"

#include "admin/change.h"
#include "admin/payment_json.h"
#include "admin/resource.h"
#include "base/words.h"
#include "ilp/payer.h"

struct funding {
	struct admin_change change;
	struct id id;
	uint64_t amount; /* 0: not said */
	struct admin_wallet wallet;
	struct asset_row asset; /* what wallet.asset points to */
};

/* NULL where the reply is set. */
static struct funding *funding_new(struct http_request *rq, enum admin_key key)
{
	struct payment_row payment;
	struct funding *f;
	enum result r;

	if (admin_payment_of_path(rq, &payment))
		return NULL;
	f = admin_change_new(rq, sizeof(*f), key);
	if (!f)
		return NULL;
	f->id = payment.id;
	r = admin_wallet_of_account(rq, payment.quote.wallet, &f->wallet);
	if (r) {
		(void)admin_refuse_by(rq, r, NULL);
		return NULL;
	}
	f->asset = *f->wallet.asset;
	f->wallet.asset = &f->asset;
	f->change.status = 200;
	return f;
}

static json_t *answer_json(
        const struct funding *f, const struct payment_row *payment, struct batch *b)
{
	return admin_payment_json_of(f->change.loop->node, payment, &f->wallet, batch_now(b));
}

static enum result fund_apply(struct admin_change *c, struct batch *b, json_t **answer)
{
	const struct funding *f = OWNER_OF(c, struct funding, change);
	struct payment_row payment;
	enum result r = batch_payment_fund(b, &f->id, f->amount, &c->memory, &payment);

	if (!r)
		*answer = answer_json(f, &payment, b);
	return r;
}

static enum result wake(struct admin_change *c)
{
	payer_wake(c->loop->node->payer);
	return RESULT_OK;
}

enum http_next admin_outgoing_fund(struct http_request *rq)
{
	static const struct admin_refusal refusals[] = {
	        {RESULT_THEIRS_NOT_FOUND, NULL, WORDS("there is no such payment")},
	        {RESULT_THEIRS_EXPIRED, NULL, WORDS("its quote has expired: it is cancelled")},
	        {RESULT_THEIRS_STATE, NULL, WORDS("it does not wait for money")},
	        {RESULT_THEIRS_BAD_AMOUNT, "amount", WORDS("the amount must be its debit amount")},
	        {RESULT_THEIRS_INSUFFICIENT, NULL, WORDS("the pool has too little to exchange it")},
	        {RESULT_THEIRS_REFUSED, NULL,
	                WORDS("its receiver's incoming payment takes no more")},
	        {RESULT_THEIRS_CONFLICT, "Idempotency-Key",
	                WORDS("the key was used for another request")},
	        {RESULT_OK, NULL, NULL},
	};
	json_t *amount = NULL;
	const struct json_member members[] = {
	        {"amount", JSON_TO_OBJECT, &amount, .required = false},
	};
	struct funding *f;

	if (http_json_read(rq, true, members, 1, JSON_SPEC_STRICT))
		return HTTP_DONE;
	f = funding_new(rq, ADMIN_KEY_REQUIRED);
	if (!f || admin_amount_read(rq, amount, "amount", &f->asset, &f->amount))
		return HTTP_DONE;
	if (amount && f->amount == 0)
		return admin_refuse_by(rq, RESULT_THEIRS_BAD_AMOUNT, refusals);
	f->change.apply = fund_apply;
	f->change.committed = wake;
	f->change.refusals = refusals;
	return admin_change_submit(&f->change);
}
