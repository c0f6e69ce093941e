#include "model/expiry.h"

bool expiry_is_over(int64_t now_ms, int64_t expires_at_ms)
{
	return now_ms >= expires_at_ms;
}

bool expiry_allows_fulfill(int64_t now_ms, int64_t expires_at_ms)
{
	return now_ms <= expires_at_ms;
}

int64_t expiry_clamp(int64_t now_ms, int64_t expires_at_ms, const struct expiry_rules *rules)
{
	int64_t most = now_ms + rules->clamp_ms;

	return expires_at_ms < most ? expires_at_ms : most;
}

enum result expiry_outgoing(
        int64_t now_ms, int64_t source_expiry_ms, const struct expiry_rules *rules, int64_t *out)
{
	int64_t window = rules->min_message_window_ms;
	int64_t most = now_ms + rules->max_hold_ms;
	int64_t expiry;

	/* Year 9999 minus a window cannot wrap; what a packet carries is never beyond it. */
	if (source_expiry_ms < now_ms)
		return RESULT_THEIRS_EXPIRED;
	expiry = source_expiry_ms - window;
	if (expiry > most)
		expiry = most;
	if (expiry < now_ms + window)
		return RESULT_THEIRS_EXPIRED;
	*out = expiry;
	return RESULT_OK;
}

enum result expiry_decision(int64_t now_ms, int64_t expires_at_ms, int64_t wait_ms,
        const struct expiry_rules *rules, int64_t *out)
{
	int64_t last = expires_at_ms - rules->min_message_window_ms;

	if (last > now_ms + wait_ms)
		last = now_ms + wait_ms;
	if (last <= now_ms)
		return RESULT_THEIRS_EXPIRED;
	*out = last;
	return RESULT_OK;
}
