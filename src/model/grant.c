#include "model/grant.h"

#include <string.h>

#define NO 0xff /* no such way */

/* clang-format off */
static const unsigned char transitions[GRANT_STATES][GRANT_EVENTS] = {
	/*                     ASK            APPROVE         ISSUE         REJECT          REVOKE         EXPIRE */
	[GRANT_PROCESSING] = { GRANT_PENDING, GRANT_APPROVED, NO,           NO,             GRANT_REVOKED, NO },
	[GRANT_PENDING]    = { NO,            GRANT_APPROVED, NO,           GRANT_REJECTED, GRANT_REVOKED, GRANT_EXPIRED },
	[GRANT_APPROVED]   = { NO,            NO,             GRANT_ISSUED, NO,             GRANT_REVOKED, GRANT_EXPIRED },
	[GRANT_ISSUED]     = { NO,            NO,             NO,           NO,             GRANT_REVOKED, NO },
	[GRANT_REJECTED]   = { NO,            NO,             NO,           NO,             NO,            NO },
	[GRANT_REVOKED]    = { NO,            NO,             NO,           NO,             NO,            NO },
	[GRANT_EXPIRED]    = { NO,            NO,             NO,           NO,             NO,            NO },
};
/* clang-format on */

static const struct {
	const char *state;
	const char *reason;
} names[GRANT_STATES] = {
        [GRANT_PROCESSING] = {"PROCESSING", NULL},
        [GRANT_PENDING] = {"PENDING", NULL},
        [GRANT_APPROVED] = {"APPROVED", NULL},
        [GRANT_ISSUED] = {"FINALIZED", "ISSUED"},
        [GRANT_REJECTED] = {"FINALIZED", "REJECTED"},
        [GRANT_REVOKED] = {"FINALIZED", "REVOKED"},
        [GRANT_EXPIRED] = {"FINALIZED", "EXPIRED"},
};

enum result grant_next(enum grant_state s, enum grant_event e, enum grant_state *out)
{
	unsigned char to = transitions[s][e];

	if (to == NO)
		return RESULT_THEIRS_STATE;
	*out = (enum grant_state)to;
	return RESULT_OK;
}

const char *grant_state_name(enum grant_state s)
{
	return names[s].state;
}

const char *grant_reason_name(enum grant_state s)
{
	return names[s].reason;
}

enum result grant_state_parse(const char *state, const char *reason, enum grant_state *out)
{
	for (unsigned i = 0; i < GRANT_STATES; i++) {
		const char *own = names[i].reason ? names[i].reason : "";

		if (strcmp(state, names[i].state) == 0 && strcmp(reason ? reason : "", own) == 0) {
			*out = (enum grant_state)i;
			return RESULT_OK;
		}
	}
	return RESULT_THEIRS_MALFORMED;
}

/* ---- removal ---- */

static int64_t later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

int64_t grant_removable_at(const struct grant_age *g, int64_t kept_ms)
{
	switch (g->state) {
	case GRANT_PROCESSING:
	case GRANT_PENDING:
		return INT64_MAX;
	case GRANT_APPROVED:
	case GRANT_REJECTED:
	case GRANT_REVOKED:
	case GRANT_EXPIRED:
		return g->changed_ms + kept_ms;
	case GRANT_ISSUED:
		break;
	}
	if (!g->live || !g->asked)
		return later(g->changed_ms, g->token_ms) + kept_ms;
	return g->ends_ms ? later(g->changed_ms, g->ends_ms) + kept_ms : INT64_MAX;
}

/* ---- limits ---- */

enum result grant_window_at(
        const struct access_limits *l, int64_t now_ms, struct interval_window *out)
{
	struct interval interval;

	*out = (struct interval_window){0, INT64_MAX};
	if (!l->interval)
		return RESULT_OK;
	/* It was read when the grant was asked for. */
	if (interval_parse(l->interval, strlen(l->interval), &interval))
		return RESULT_OURS_STORE;
	return interval_at(&interval, now_ms, out) ? RESULT_THEIRS_FORBIDDEN : RESULT_OK;
}

static bool same_asset(const struct access_limits *l, const char *code, unsigned scale)
{
	return strcmp(l->code, code) == 0 && l->scale == scale;
}

/* spent and more are below 2^63, so that their sum does not wrap. */
static enum result add(uint64_t spent, uint64_t more, uint64_t *out)
{
	if (more > AMOUNT_MAX || spent > AMOUNT_MAX || spent + more > AMOUNT_MAX)
		return RESULT_THEIRS_BAD_AMOUNT;
	*out = spent + more;
	return RESULT_OK;
}

enum result grant_limits_allow(const struct access_limits *l, const struct grant_spent *spent,
        const struct grant_payment *p, struct grant_spent *after)
{
	if (l->receiver && (!p->receiver || strcmp(l->receiver, p->receiver) != 0))
		return RESULT_THEIRS_FORBIDDEN;
	if (l->cap == CAP_DEBIT && !same_asset(l, p->debit_code, p->debit_scale))
		return RESULT_THEIRS_FORBIDDEN;
	if (l->cap == CAP_RECEIVE && !same_asset(l, p->receive_code, p->receive_scale))
		return RESULT_THEIRS_FORBIDDEN;
	TRY(add(spent->debit, p->debit, &after->debit));
	TRY(add(spent->receive, p->receive, &after->receive));
	switch (l->cap) {
	case CAP_NONE:
		return RESULT_OK;
	case CAP_DEBIT:
		return after->debit <= l->amount ? RESULT_OK : RESULT_THEIRS_FORBIDDEN;
	case CAP_RECEIVE:
		return after->receive <= l->amount ? RESULT_OK : RESULT_THEIRS_FORBIDDEN;
	}
	return RESULT_OURS_BUG;
}

struct grant_spent grant_settle(
        const struct grant_spent *reserved, uint64_t debit_kept, uint64_t receive_kept)
{
	return (struct grant_spent){debit_kept < reserved->debit ? debit_kept : reserved->debit,
	        receive_kept < reserved->receive ? receive_kept : reserved->receive};
}
