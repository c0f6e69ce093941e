#include "model/incoming_payment.h"

#include <string.h>

static const char *const names[INCOMING_STATES] = {
        [INCOMING_PENDING] = "PENDING",
        [INCOMING_PROCESSING] = "PROCESSING",
        [INCOMING_COMPLETED] = "COMPLETED",
        [INCOMING_EXPIRED] = "EXPIRED",
};

#define REFUSED INCOMING_STATES

static const enum incoming_state table[INCOMING_STATES][INCOMING_EVENTS] = {
        [INCOMING_PENDING] = {INCOMING_PROCESSING, INCOMING_COMPLETED, INCOMING_COMPLETED,
                INCOMING_EXPIRED},
        [INCOMING_PROCESSING] = {INCOMING_PROCESSING, INCOMING_COMPLETED, INCOMING_COMPLETED,
                INCOMING_EXPIRED},
        [INCOMING_COMPLETED] = {REFUSED, REFUSED, REFUSED, REFUSED},
        [INCOMING_EXPIRED] = {REFUSED, REFUSED, REFUSED, REFUSED},
};

const char *incoming_state_name(enum incoming_state s)
{
	return names[s];
}

enum result incoming_state_parse(const char *name, enum incoming_state *out)
{
	for (unsigned i = 0; i < INCOMING_STATES; i++) {
		if (strcmp(names[i], name) == 0) {
			*out = (enum incoming_state)i;
			return RESULT_OK;
		}
	}
	return RESULT_THEIRS_MALFORMED;
}

bool incoming_state_is_final(enum incoming_state s)
{
	return s == INCOMING_COMPLETED || s == INCOMING_EXPIRED;
}

enum result incoming_next(
        enum incoming_state now, enum incoming_event event, enum incoming_state *out)
{
	if (table[now][event] == REFUSED)
		return RESULT_THEIRS_STATE;
	*out = table[now][event];
	return RESULT_OK;
}

uint64_t incoming_fee(const struct incoming_terms *t)
{
	uint64_t part = mul_div_ceil(t->received, t->fee_bps, BPS_ONE);

	if (t->fee_fixed >= t->received || part >= t->received - t->fee_fixed)
		return t->received;
	return t->fee_fixed + part;
}

enum incoming_state incoming_state_at(const struct incoming_terms *t, int64_t now_ms)
{
	enum incoming_state s = t->state;

	if (now_ms >= t->expires_ms)
		(void)!incoming_next(t->state, INCOMING_RUNS_OUT, &s);
	return s;
}

uint64_t incoming_room(const struct incoming_terms *t)
{
	uint64_t end = t->amount ? t->amount : AMOUNT_MAX;

	return t->received < end ? end - t->received : 0;
}

uint64_t incoming_excess_max(uint64_t amount, unsigned slack_bps)
{
	uint64_t share = mul_div_floor(amount, slack_bps, BPS_ONE);

	if (amount == 0)
		return 0;
	return share > 1 ? share : 1;
}

enum result incoming_take(struct incoming_terms *t, uint64_t units, bool one_asset, int64_t now_ms)
{
	uint64_t excess_max = one_asset ? 0 : t->excess_max;
	uint64_t received;
	enum incoming_event event;

	if (incoming_state_is_final(incoming_state_at(t, now_ms)))
		return RESULT_THEIRS_STATE;
	if (t->waits)
		return RESULT_THEIRS_FORBIDDEN;
	if (units == 0 || units > AMOUNT_MAX || t->received > AMOUNT_MAX - units)
		return RESULT_THEIRS_BAD_AMOUNT;
	received = t->received + units;
	if (t->amount && received > t->amount && received - t->amount > excess_max)
		return RESULT_THEIRS_TOO_BIG;
	event = t->amount && received >= t->amount ? INCOMING_FILLS : INCOMING_TAKES;
	TRY(incoming_next(t->state, event, &t->state));
	t->received = received;
	return RESULT_OK;
}

enum result incoming_complete(struct incoming_terms *t, int64_t now_ms)
{
	return incoming_next(incoming_state_at(t, now_ms), INCOMING_IS_ENDED, &t->state);
}

enum result incoming_expire(struct incoming_terms *t, int64_t now_ms)
{
	if (now_ms < t->expires_ms)
		return RESULT_THEIRS_STATE;
	return incoming_next(t->state, INCOMING_RUNS_OUT, &t->state);
}

enum result incoming_approve(struct incoming_terms *t, int64_t now_ms)
{
	if (incoming_state_at(t, now_ms) != INCOMING_PENDING)
		return RESULT_THEIRS_STATE;
	t->waits = false;
	return RESULT_OK;
}

enum result incoming_cancel(struct incoming_terms *t, int64_t now_ms)
{
	if (incoming_state_at(t, now_ms) != INCOMING_PENDING)
		return RESULT_THEIRS_STATE;
	t->expires_ms = now_ms;
	return incoming_next(t->state, INCOMING_RUNS_OUT, &t->state);
}

enum result incoming_expiry(
        const struct incoming_life *life, const int64_t *asked_ms, int64_t now_ms, int64_t *out)
{
	int64_t at_ms = asked_ms ? *asked_ms : now_ms + life->default_ms;

	if (at_ms <= now_ms)
		return RESULT_THEIRS_EXPIRED;
	if (at_ms - now_ms > life->max_ms)
		return RESULT_THEIRS_TOO_BIG;
	*out = at_ms;
	return RESULT_OK;
}

enum result incoming_takes_note(const struct incoming_terms *t, int64_t ended_ms, int64_t now_ms)
{
	if (t->received == 0)
		return RESULT_THEIRS_REFUSED;
	if (!ended_ms && incoming_state_at(t, now_ms) == INCOMING_EXPIRED)
		ended_ms = t->expires_ms;
	return ended_ms && now_ms - ended_ms > INCOMING_NOTE_MS ? RESULT_THEIRS_STATE : RESULT_OK;
}
