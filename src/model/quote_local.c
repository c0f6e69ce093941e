#include "model/quote_local.h"

static enum result finish(const struct ratio *rate, uint64_t receive, struct quote *out)
{
	if (receive == 0 || receive > AMOUNT_MAX)
		return RESULT_THEIRS_BAD_AMOUNT;
	out->send = out->debit - out->fee;
	out->receive = receive;
	out->limits = (struct pay_limits){out->send, receive};
	out->min_rate = *rate;
	return RESULT_OK;
}

enum result quote_local_by_debit(
        const struct quote_fee *fee, const struct ratio *rate, uint64_t debit, struct quote *out)
{
	uint64_t receive;

	out->debit = debit;
	TRY(quote_fee_of_debit(fee, debit, &out->fee));
	if (ratio_apply_floor(rate, debit - out->fee, &receive))
		return RESULT_THEIRS_BAD_AMOUNT;
	return finish(rate, receive, out);
}

enum result quote_local_by_receive(
        const struct quote_fee *fee, const struct ratio *rate, uint64_t receive, struct quote *out)
{
	uint64_t send;

	if (ratio_unapply_ceil(rate, receive, &send) || send == 0)
		return RESULT_THEIRS_BAD_AMOUNT;
	TRY(quote_fee_on_top(fee, send, &out->fee));
	out->debit = send + out->fee;
	return finish(rate, receive, out);
}

enum result quote_local_least(
        const struct quote_fee *fee, const struct ratio *rate, uint64_t *out_debit)
{
	uint64_t send;

	if (ratio_unapply_ceil(rate, 1, &send) || send == 0)
		return RESULT_THEIRS_BAD_AMOUNT;
	return quote_debit_for_send(fee, send, out_debit);
}
