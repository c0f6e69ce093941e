#include "model/spread.h"

#include <string.h>

static const char *const names[] = {[SPREAD_IN] = "in", [SPREAD_OUT] = "out"};

const char *spread_direction_name(enum spread_direction d)
{
	return names[d];
}

enum result spread_direction_parse(const char *name, enum spread_direction *out)
{
	for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(name, names[i]) == 0) {
			*out = (enum spread_direction)i;
			return RESULT_OK;
		}
	}
	return RESULT_THEIRS_MALFORMED;
}

enum result spread_rule_check(const struct spread_rule *r)
{
	if ((r->from == 0) != (r->to == 0))
		return RESULT_THEIRS_MALFORMED;
	if (r->peer == 0 && (r->from == 0 || r->direction != SPREAD_IN))
		return RESULT_THEIRS_MALFORMED;
	return r->bps > BPS_ONE ? RESULT_THEIRS_BAD_AMOUNT : RESULT_OK;
}

/* How much a rule says about this question; 0: nothing. */
static unsigned weight(const struct spread_rule *r, account_id peer,
        enum spread_direction direction, asset_id from, asset_id to)
{
	bool any_pair = r->from == 0;

	if (r->direction != direction || (r->peer && r->peer != peer))
		return 0;
	if (!any_pair && (r->from != from || r->to != to))
		return 0;
	if (!r->peer)
		return 1;
	return any_pair ? 2 : 3;
}

bool spread_find(const struct spread_rule *rules, size_t count, account_id peer,
        enum spread_direction direction, asset_id from, asset_id to, unsigned *bps)
{
	unsigned best = 0;

	*bps = 0;
	for (size_t i = 0; i < count; i++) {
		unsigned w = weight(&rules[i], peer, direction, from, to);

		if (w > best) {
			best = w;
			*bps = rules[i].bps;
		}
	}
	return best > 0;
}

unsigned spread_sum(unsigned in, unsigned out)
{
	return in + out < BPS_ONE ? in + out : BPS_ONE;
}
