#include "web/consent_words.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/figure.h"

#define MINUTE_MS 60000
#define HOUR_MS   (60 * (int64_t)MINUTE_MS)
#define DAY_MS    (24 * HOUR_MS)
#define WEEK_MS   (7 * DAY_MS)

static const char *const sentences[ACCESS_TYPES][ACCESS_ACTIONS] = {
        [ACCESS_INCOMING_PAYMENT] =
                {
                        [ACTION_CREATE] = WORDS("ask for payments to this wallet"),
                        [ACTION_READ] = WORDS("see the requests that it made, and what arrived"),
                        [ACTION_READ_ALL] =
                                WORDS("see every request for payment to this wallet, and "
                                      "what arrived"),
                        [ACTION_LIST] = WORDS("list the requests that it made"),
                        [ACTION_LIST_ALL] = WORDS("list every request for payment to this wallet"),
                        [ACTION_COMPLETE] = WORDS("close the requests that it made"),
                },
        [ACCESS_QUOTE] =
                {
                        [ACTION_CREATE] = WORDS("ask what a payment would cost"),
                        [ACTION_READ] = WORDS("see the prices that it asked for"),
                        [ACTION_READ_ALL] = WORDS("see every price that was asked for"),
                },
        [ACCESS_OUTGOING_PAYMENT] =
                {
                        [ACTION_CREATE] = WORDS("make payments from this wallet"),
                        [ACTION_READ] = WORDS("see the payments that it made"),
                        [ACTION_READ_ALL] =
                                WORDS("see every payment from this wallet, whoever made it"),
                        [ACTION_LIST] = WORDS("list the payments that it made"),
                        [ACTION_LIST_ALL] =
                                WORDS("list every payment from this wallet, whoever made it"),
                },
};

const char *consent_action(enum access_type type, enum access_action action)
{
	return sentences[type][action];
}

/* One of a unit, and several. */
static const struct {
	int64_t ms;
	const char *one, *many;
} units[] = {
        {WEEK_MS, WORDS_PLURAL("each week", "every {n} weeks")},
        {DAY_MS, WORDS_PLURAL("each day", "every {n} days")},
        {HOUR_MS, WORDS_PLURAL("each hour", "every {n} hours")},
        {MINUTE_MS, WORDS_PLURAL("each minute", "every {n} minutes")},
        {1000, WORDS_PLURAL("each second", "every {n} seconds")},
        {1, WORDS_PLURAL("each millisecond", "every {n} milliseconds")},
};

static void months_and_more(
        const struct language *l, const struct interval *i, char out[CONSENT_WORDS_SIZE])
{
	char months[24], seconds[24];

	(void)snprintf(months, sizeof(months), "%" PRId64, i->months);
	(void)snprintf(seconds, sizeof(seconds), "%" PRId64, i->ms / 1000);
	words_fill(out, CONSENT_WORDS_SIZE,
	        words_in(l, WORDS("every {months} months and {seconds} seconds")), "months", months,
	        "seconds", seconds, NULL);
}

void consent_period(
        const struct language *l, const struct interval *i, char out[CONSENT_WORDS_SIZE])
{
	if (i->months > 0 && i->ms > 0) {
		months_and_more(l, i, out);
		return;
	}
	if (i->months > 0 && i->months % 12 == 0) {
		words_counted(l, "each year", "every {n} years", (uint64_t)i->months / 12, out,
		        CONSENT_WORDS_SIZE);
		return;
	}
	if (i->months > 0) {
		words_counted(l, "each month", "every {n} months", (uint64_t)i->months, out,
		        CONSENT_WORDS_SIZE);
		return;
	}
	for (size_t k = 0; k < sizeof(units) / sizeof(units[0]); k++) {
		if (i->ms % units[k].ms == 0) {
			words_counted(l, units[k].one, units[k].many,
			        (uint64_t)(i->ms / units[k].ms), out, CONSENT_WORDS_SIZE);
			return;
		}
	}
}

void consent_amount(const struct language *l, uint64_t value, const char *code, unsigned scale,
        char out[CONSENT_WORDS_SIZE])
{
	char number[AMOUNT_TEXT_SIZE], scale_text[12];

	if (scale > ASSET_SCALE_MAX) {
		(void)snprintf(number, sizeof(number), "%" PRIu64, value);
		(void)snprintf(scale_text, sizeof(scale_text), "%u", scale);
		words_fill(out, CONSENT_WORDS_SIZE,
		        words_in(l, WORDS("{n} units of {asset} (scale {scale})")), "n", number,
		        "asset", code, "scale", scale_text, NULL);
		return;
	}
	figure_amount(l, value, scale, number);
	(void)snprintf(out, CONSENT_WORDS_SIZE, "%s %s", number, code);
}
