#include "model/withdrawal.h"

#include <string.h>

static const char *const names[WITHDRAWAL_STATES] = {
        [WITHDRAWAL_PENDING] = "PENDING",
        [WITHDRAWAL_POSTED] = "POSTED",
        [WITHDRAWAL_VOID] = "VOID",
        [WITHDRAWAL_EXPIRED] = "EXPIRED",
};

const char *withdrawal_state_name(enum withdrawal_state s)
{
	return names[s];
}

enum result withdrawal_state_parse(const char *name, enum withdrawal_state *out)
{
	for (unsigned i = 0; i < WITHDRAWAL_STATES; i++) {
		if (strcmp(names[i], name) == 0) {
			*out = (enum withdrawal_state)i;
			return RESULT_OK;
		}
	}
	return RESULT_THEIRS_MALFORMED;
}

enum withdrawal_state withdrawal_state_at(
        enum withdrawal_state s, int64_t expires_ms, int64_t now_ms)
{
	return s == WITHDRAWAL_PENDING && now_ms >= expires_ms ? WITHDRAWAL_EXPIRED : s;
}

enum result withdrawal_end(
        enum withdrawal_state *s, enum withdrawal_state to, int64_t expires_ms, int64_t now_ms)
{
	bool over = now_ms >= expires_ms;

	if (*s == WITHDRAWAL_EXPIRED)
		return RESULT_THEIRS_EXPIRED;
	if (*s != WITHDRAWAL_PENDING || to == WITHDRAWAL_PENDING)
		return RESULT_THEIRS_STATE;
	if (over != (to == WITHDRAWAL_EXPIRED))
		return over ? RESULT_THEIRS_EXPIRED : RESULT_THEIRS_STATE;
	*s = to;
	return RESULT_OK;
}
