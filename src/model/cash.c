#include "model/cash.h"

#include <string.h>

#include "base/text.h"

static const char *const kinds[CASH_KINDS] = {
        [CASH_DEPOSIT] = "deposit",
        [CASH_WITHDRAWAL] = "withdrawal",
};

static const char *const states[CASH_STATES] = {
        [CASH_PENDING] = "PENDING",
        [CASH_APPROVED] = "APPROVED",
        [CASH_REFUSED] = "REFUSED",
        [CASH_CANCELLED] = "CANCELLED",
        [CASH_EXPIRED] = "EXPIRED",
};

static enum result find(const char *const *names, unsigned n, const char *name, unsigned *out)
{
	for (*out = 0; *out < n; ++*out)
		if (strcmp(names[*out], name) == 0)
			return RESULT_OK;
	return RESULT_THEIRS_MALFORMED;
}

const char *cash_kind_name(enum cash_kind k)
{
	return kinds[k];
}

enum result cash_kind_parse(const char *name, enum cash_kind *out)
{
	unsigned i;

	TRY(find(kinds, CASH_KINDS, name, &i));
	*out = (enum cash_kind)i;
	return RESULT_OK;
}

const char *cash_state_name(enum cash_state s)
{
	return states[s];
}

enum result cash_state_parse(const char *name, enum cash_state *out)
{
	unsigned i;

	TRY(find(states, CASH_STATES, name, &i));
	*out = (enum cash_state)i;
	return RESULT_OK;
}

enum cash_state cash_state_at(enum cash_state s, int64_t expires_ms, int64_t now_ms)
{
	return s == CASH_PENDING && now_ms >= expires_ms ? CASH_EXPIRED : s;
}

enum result cash_end(enum cash_state *s, enum cash_state to, int64_t expires_ms, int64_t now_ms)
{
	bool over = now_ms >= expires_ms;

	if (*s == CASH_EXPIRED)
		return RESULT_THEIRS_EXPIRED;
	if (*s != CASH_PENDING || to == CASH_PENDING)
		return RESULT_THEIRS_STATE;
	if (over != (to == CASH_EXPIRED))
		return over ? RESULT_THEIRS_EXPIRED : RESULT_THEIRS_STATE;
	*s = to;
	return RESULT_OK;
}

enum result cash_note_check(const char *text)
{
	size_t n = strlen(text);

	if (n > CASH_NOTE_MAX)
		return RESULT_THEIRS_TOO_BIG;
	return text_is_clean_utf8(text, n) ? RESULT_OK : RESULT_THEIRS_MALFORMED;
}
