#include "base/result.h"

#include <stddef.h>

static const struct {
	enum result_class class;
	const char *name;
} table[RESULT_COUNT] = {
        [RESULT_OK] = {RESULT_CLASS_OK, "ok"},
        [RESULT_THEIRS_TRUNCATED] = {RESULT_CLASS_THEIRS, "truncated"},
        [RESULT_THEIRS_NONCANONICAL] = {RESULT_CLASS_THEIRS, "noncanonical"},
        [RESULT_THEIRS_TOO_BIG] = {RESULT_CLASS_THEIRS, "too_big"},
        [RESULT_THEIRS_MALFORMED] = {RESULT_CLASS_THEIRS, "malformed"},
        [RESULT_THEIRS_BAD_TYPE] = {RESULT_CLASS_THEIRS, "bad_type"},
        [RESULT_THEIRS_UNAUTHENTIC] = {RESULT_CLASS_THEIRS, "unauthentic"},
        [RESULT_THEIRS_UNAUTHORIZED] = {RESULT_CLASS_THEIRS, "unauthorized"},
        [RESULT_THEIRS_FORBIDDEN] = {RESULT_CLASS_THEIRS, "forbidden"},
        [RESULT_THEIRS_NOT_FOUND] = {RESULT_CLASS_THEIRS, "not_found"},
        [RESULT_THEIRS_CONFLICT] = {RESULT_CLASS_THEIRS, "conflict"},
        [RESULT_THEIRS_BAD_AMOUNT] = {RESULT_CLASS_THEIRS, "bad_amount"},
        [RESULT_THEIRS_BAD_ASSET] = {RESULT_CLASS_THEIRS, "bad_asset"},
        [RESULT_THEIRS_NO_RATE] = {RESULT_CLASS_THEIRS, "no_rate"},
        [RESULT_THEIRS_INSUFFICIENT] = {RESULT_CLASS_THEIRS, "insufficient"},
        [RESULT_THEIRS_EXPIRED] = {RESULT_CLASS_THEIRS, "expired"},
        [RESULT_THEIRS_STATE] = {RESULT_CLASS_THEIRS, "wrong_state"},
        [RESULT_THEIRS_BLOCKED] = {RESULT_CLASS_THEIRS, "blocked"},
        [RESULT_THEIRS_PROTOCOL] = {RESULT_CLASS_THEIRS, "protocol_violation"},
        [RESULT_THEIRS_REFUSED] = {RESULT_CLASS_THEIRS, "refused"},
        [RESULT_RETRY_BUSY] = {RESULT_CLASS_RETRY, "busy"},
        [RESULT_RETRY_TIMEOUT] = {RESULT_CLASS_RETRY, "timeout"},
        [RESULT_RETRY_UNREACHABLE] = {RESULT_CLASS_RETRY, "unreachable"},
        [RESULT_RETRY_UNKNOWN] = {RESULT_CLASS_RETRY, "outcome_unknown"},
        [RESULT_RETRY_STORE] = {RESULT_CLASS_RETRY, "store_unavailable"},
        [RESULT_RETRY_DRAINING] = {RESULT_CLASS_RETRY, "draining"},
        [RESULT_OURS_BUG] = {RESULT_CLASS_OURS, "bug"},
        [RESULT_OURS_MEMORY] = {RESULT_CLASS_OURS, "out_of_memory"},
        [RESULT_OURS_STORE] = {RESULT_CLASS_OURS, "store_broken"},
        [RESULT_OURS_IO] = {RESULT_CLASS_OURS, "io"},
        [RESULT_OURS_CONFIG] = {RESULT_CLASS_OURS, "configuration"},
};

enum result_class result_class(enum result r)
{
	return (unsigned)r < RESULT_COUNT ? table[r].class : RESULT_CLASS_OURS;
}

const char *result_name(enum result r)
{
	return (unsigned)r < RESULT_COUNT ? table[r].name : "unknown";
}
