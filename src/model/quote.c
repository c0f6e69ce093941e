#include "model/quote.h"

enum result quote_fee_of_debit(const struct quote_fee *fee, uint64_t debit, uint64_t *out)
{
	uint64_t left;

	if (fee->bps >= BPS_ONE || debit > AMOUNT_MAX)
		return RESULT_THEIRS_BAD_AMOUNT;
	left = mul_div_floor(debit, BPS_ONE - fee->bps, BPS_ONE);
	if (left <= fee->fixed)
		return RESULT_THEIRS_BAD_AMOUNT;
	*out = debit - (left - fee->fixed);
	return RESULT_OK;
}

enum result quote_fee_on_top(const struct quote_fee *fee, uint64_t send, uint64_t *out)
{
	uint64_t part;

	if (fee->bps >= BPS_ONE || send == 0 || send > AMOUNT_MAX || fee->fixed > AMOUNT_MAX)
		return RESULT_THEIRS_BAD_AMOUNT;
	part = mul_div_ceil(send, fee->bps, BPS_ONE);
	if (part + fee->fixed > AMOUNT_MAX - send)
		return RESULT_THEIRS_BAD_AMOUNT;
	*out = part + fee->fixed;
	return RESULT_OK;
}

uint64_t quote_fee_of_part(uint64_t fee, uint64_t send, uint64_t sent)
{
	return mul_div_floor(fee, sent, send);
}

enum result quote_debit_for_send(const struct quote_fee *fee, uint64_t send, uint64_t *out)
{
	uint64_t debit;

	if (fee->bps >= BPS_ONE || send == 0 || send > AMOUNT_MAX || fee->fixed > AMOUNT_MAX - send)
		return RESULT_THEIRS_BAD_AMOUNT;
	/* floor(debit * (1 - bps)) rises by 0 or 1 with each unit, so every value is reached, and
	 * first here. */
	debit = mul_div_ceil(send + fee->fixed, BPS_ONE, BPS_ONE - fee->bps);
	if (debit > AMOUNT_MAX)
		return RESULT_THEIRS_BAD_AMOUNT;
	*out = debit;
	return RESULT_OK;
}

/* How `source` travels: as full packets and a rest, each rounded down by itself. */
struct plan {
	uint64_t full; /* packets of the largest size */
	uint64_t full_delivers;
	uint64_t delivers; /* all */
};

static uint64_t largest_packet(const struct quote_path *path)
{
	return path->max_packet ? path->max_packet : 1;
}

static struct plan plan_send(const struct quote_path *path, uint64_t source)
{
	uint64_t size = largest_packet(path);
	struct plan p = {
	        .full = source / size,
	        .full_delivers = pay_bounds_destination(&path->bounds, size).low,
	};
	uint64_t rest = pay_bounds_destination(&path->bounds, source % size).low;
	uint64_t all = p.full ? mul_div_floor(p.full, p.full_delivers, 1) : 0;

	p.delivers = all > UINT64_MAX - rest ? UINT64_MAX : all + rest;
	return p;
}

void quote_path_know(struct quote_path *path, uint64_t source, uint64_t destination)
{
	pay_bounds_init(&path->bounds);
	pay_bounds_add(&path->bounds, source, destination);
}

static void lower_to(struct ratio *rate, uint64_t destination, uint64_t source)
{
	struct ratio r;

	if (ratio_make(destination, source, &r) == RESULT_OK && ratio_cmp(&r, rate) < 0)
		*rate = r;
}

enum result quote_by_debit(const struct quote_fee *fee, const struct quote_path *path,
        uint64_t debit, struct quote *out)
{
	struct plan plan;

	TRY(quote_fee_of_debit(fee, debit, &out->fee));
	out->debit = debit;
	out->send = debit - out->fee;
	plan = plan_send(path, out->send);
	if (plan.delivers == 0 || plan.delivers > AMOUNT_MAX)
		return RESULT_THEIRS_BAD_AMOUNT;
	out->receive = plan.delivers;
	out->expected_send = out->send;
	TRY(ratio_less_bps(&path->bounds.lower, path->slippage_bps, &out->min_rate));
	/* No more is demanded than what packets bring that are rounded down one by one. */
	lower_to(&out->min_rate, plan.delivers, out->send);
	if (plan.full)
		lower_to(&out->min_rate, plan.full_delivers, largest_packet(path));
	pay_fixed_send(&out->min_rate, out->send, &out->limits);
	if (out->limits.min_delivery == 0 && !ratio_is_zero(&out->min_rate))
		out->limits.min_delivery = 1;
	return RESULT_OK;
}

/* The least source that brings `receive` at today's rate, packets rounded down one by one. */
static enum result plan_receive(
        const struct quote_path *path, uint64_t receive, uint64_t *source, uint64_t *full)
{
	uint64_t size = largest_packet(path);
	uint64_t each = pay_bounds_destination(&path->bounds, size).low;
	struct pay_estimate rest;
	uint64_t packets;

	if (each == 0)
		return RESULT_THEIRS_NO_RATE;
	packets = receive / each;
	if (!pay_bounds_source(&path->bounds, receive % each, &rest))
		return RESULT_THEIRS_NO_RATE;
	if (packets && size > AMOUNT_MAX / packets)
		return RESULT_THEIRS_BAD_AMOUNT;
	if (rest.high > AMOUNT_MAX - packets * size)
		return RESULT_THEIRS_BAD_AMOUNT;
	*full = packets;
	*source = packets * size + rest.high;
	return RESULT_OK;
}

enum result quote_by_receive(const struct quote_fee *fee, const struct quote_path *path,
        uint64_t receive, struct quote *out)
{
	uint64_t full;

	if (receive == 0 || receive > AMOUNT_MAX)
		return RESULT_THEIRS_BAD_AMOUNT;
	TRY(plan_receive(path, receive, &out->expected_send, &full));
	TRY(ratio_less_bps(&path->bounds.lower, path->slippage_bps, &out->min_rate));
	if (full)
		lower_to(&out->min_rate,
		        pay_bounds_destination(&path->bounds, largest_packet(path)).low,
		        largest_packet(path));
	TRY(pay_fixed_delivery(&out->min_rate, receive, &out->limits));
	if (out->limits.max_source < out->expected_send)
		out->limits.max_source = out->expected_send;
	out->send = out->limits.max_source;
	out->receive = receive;
	TRY(quote_fee_on_top(fee, out->send, &out->fee));
	out->debit = out->send + out->fee;
	return RESULT_OK;
}
