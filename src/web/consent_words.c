#include "web/consent_words.h"

#include <inttypes.h>
#include <stdio.h>

#define MINUTE_MS 60000
#define HOUR_MS   (60 * (int64_t)MINUTE_MS)
#define DAY_MS    (24 * HOUR_MS)
#define WEEK_MS   (7 * DAY_MS)

static const char *const sentences[ACCESS_TYPES][ACCESS_ACTIONS] = {
        [ACCESS_INCOMING_PAYMENT] =
                {
                        [ACTION_CREATE] = "ask for payments to this wallet",
                        [ACTION_READ] = "see the requests that it made, and what arrived",
                        [ACTION_READ_ALL] = "see every request for payment to this wallet, and "
                                            "what arrived",
                        [ACTION_LIST] = "list the requests that it made",
                        [ACTION_LIST_ALL] = "list every request for payment to this wallet",
                        [ACTION_COMPLETE] = "close the requests that it made",
                },
        [ACCESS_QUOTE] =
                {
                        [ACTION_CREATE] = "ask what a payment would cost",
                        [ACTION_READ] = "see the prices that it asked for",
                        [ACTION_READ_ALL] = "see every price that was asked for",
                },
        [ACCESS_OUTGOING_PAYMENT] =
                {
                        [ACTION_CREATE] = "make payments from this wallet",
                        [ACTION_READ] = "see the payments that it made",
                        [ACTION_READ_ALL] = "see every payment from this wallet, whoever made it",
                        [ACTION_LIST] = "list the payments that it made",
                        [ACTION_LIST_ALL] = "list every payment from this wallet, whoever made it",
                },
};

const char *words_action(enum access_type type, enum access_action action)
{
	return sentences[type][action];
}

static void period(int64_t n, const char *one, const char *many, char out[WORDS_SIZE])
{
	if (n == 1)
		(void)snprintf(out, WORDS_SIZE, "each %s", one);
	else
		(void)snprintf(out, WORDS_SIZE, "every %" PRId64 " %s", n, many);
}

void words_period(const struct interval *i, char out[WORDS_SIZE])
{
	static const struct {
		int64_t ms;
		const char *one, *many;
	} units[] = {
	        {WEEK_MS, "week", "weeks"},
	        {DAY_MS, "day", "days"},
	        {HOUR_MS, "hour", "hours"},
	        {MINUTE_MS, "minute", "minutes"},
	        {1000, "second", "seconds"},
	};

	if (i->months > 0 && i->ms > 0) {
		(void)snprintf(out, WORDS_SIZE, "every %" PRId64 " months and %" PRId64 " seconds",
		        i->months, i->ms / 1000);
		return;
	}
	if (i->months > 0 && i->months % 12 == 0) {
		period(i->months / 12, "year", "years", out);
		return;
	}
	if (i->months > 0) {
		period(i->months, "month", "months", out);
		return;
	}
	for (size_t k = 0; k < sizeof(units) / sizeof(units[0]); k++) {
		if (i->ms % units[k].ms == 0) {
			period(i->ms / units[k].ms, units[k].one, units[k].many, out);
			return;
		}
	}
	period(i->ms, "millisecond", "milliseconds", out);
}

void words_amount(uint64_t value, const char *code, unsigned scale, char out[WORDS_SIZE])
{
	char number[AMOUNT_TEXT_SIZE];

	if (scale > ASSET_SCALE_MAX) {
		(void)snprintf(
		        out, WORDS_SIZE, "%" PRIu64 " units of %s (scale %u)", value, code, scale);
		return;
	}
	amount_format_major(value, scale, number);
	(void)snprintf(out, WORDS_SIZE, "%s %s", number, code);
}
