#include "model/pay_math.h"

#include <assert.h>

/* The results of ratio_apply_* where above 2^64-1 means 2^64-1. */
static uint64_t apply_floor(const struct ratio *r, uint64_t v)
{
	uint64_t out;

	return ratio_apply_floor(r, v, &out) ? UINT64_MAX : out;
}

static uint64_t apply_ceil(const struct ratio *r, uint64_t v)
{
	uint64_t out;

	return ratio_apply_ceil(r, v, &out) ? UINT64_MAX : out;
}

static uint64_t unapply_floor(const struct ratio *r, uint64_t v)
{
	uint64_t out;

	return ratio_unapply_floor(r, v, &out) ? UINT64_MAX : out;
}

static uint64_t unapply_ceil(const struct ratio *r, uint64_t v)
{
	uint64_t out;

	return ratio_unapply_ceil(r, v, &out) ? UINT64_MAX : out;
}

void pay_bounds_init(struct pay_bounds *b)
{
	*b = (struct pay_bounds){.known = false};
}

void pay_bounds_add(struct pay_bounds *b, uint64_t source, uint64_t destination)
{
	struct ratio lower, upper;

	/* 2^64-1 units is no amount that anybody can have received. */
	if (source == 0 || destination == UINT64_MAX)
		return;
	if (ratio_make(destination, source, &lower) || ratio_make(destination + 1, source, &upper))
		return;
	if (!b->known || ratio_cmp(&lower, &b->upper) >= 0 || ratio_cmp(&upper, &b->lower) <= 0) {
		*b = (struct pay_bounds){.known = true, .lower = lower, .upper = upper};
		return;
	}
	if (ratio_cmp(&lower, &b->lower) > 0)
		b->lower = lower;
	if (ratio_cmp(&upper, &b->upper) < 0)
		b->upper = upper;
}

struct pay_estimate pay_bounds_destination(const struct pay_bounds *b, uint64_t source)
{
	uint64_t below = apply_ceil(&b->upper, source);

	assert(b->known);
	return (struct pay_estimate){apply_floor(&b->lower, source),
	        below == 0 || below == UINT64_MAX ? below : below - 1};
}

bool pay_bounds_source(const struct pay_bounds *b, uint64_t destination, struct pay_estimate *out)
{
	uint64_t below;

	assert(b->known);
	if (ratio_is_zero(&b->lower))
		return false;
	below = unapply_floor(&b->upper, destination);
	out->low = below == UINT64_MAX ? below : below + 1;
	out->high = unapply_ceil(&b->lower, destination);
	return true;
}

void pay_fixed_send(const struct ratio *min_rate, uint64_t amount, struct pay_limits *out)
{
	out->max_source = amount;
	out->min_delivery = amount ? apply_ceil(min_rate, amount - 1) : 0;
}

enum result pay_fixed_delivery(
        const struct ratio *min_rate, uint64_t amount, struct pay_limits *out)
{
	uint64_t source;

	if (ratio_is_zero(min_rate))
		return RESULT_THEIRS_BAD_AMOUNT;
	source = unapply_floor(min_rate, amount);
	out->max_source = source == UINT64_MAX ? source : source + 1;
	out->min_delivery = amount;
	return RESULT_OK;
}

uint64_t pay_packet_minimum(const struct ratio *min_rate, uint64_t source, bool completing)
{
	if (completing && source > 0)
		source--;
	return apply_ceil(min_rate, source);
}

void pay_max_packet_init(struct pay_max_packet *m)
{
	*m = (struct pay_max_packet){.limit = UINT64_MAX, .next = UINT64_MAX};
}

static void choose_next(struct pay_max_packet *m)
{
	uint64_t gap = m->limit - m->verified;

	if (gap == 0)
		m->precise = true;
	m->next = m->precise ? m->limit : m->verified + gap - gap / 2;
}

enum result pay_max_packet_f08(
        struct pay_max_packet *m, uint64_t sent, bool has_data, uint64_t received, uint64_t maximum)
{
	/* Data that does not ask for less says nothing; the refusal itself still does. */
	bool exact = has_data && received > maximum;
	uint64_t limit = exact ? mul_div_floor(sent, maximum, received) : sent ? sent - 1 : 0;

	m->seen_f08 = true;
	if (limit == 0)
		return RESULT_THEIRS_REFUSED;
	if (limit >= m->limit)
		return RESULT_OK;
	m->limit = limit;
	m->precise = exact;
	/* A limit that came down below what passed before: that has to be shown again. */
	if (m->verified > limit)
		m->verified = 0;
	choose_next(m);
	return RESULT_OK;
}

void pay_max_packet_reached(struct pay_max_packet *m, uint64_t sent)
{
	if (sent > m->limit)
		sent = m->limit;
	if (sent > m->verified)
		m->verified = sent;
	if (m->seen_f08)
		choose_next(m);
}
