/* consent_words: single facts of a grant as sentences. Pure. */
#ifndef FLORIN_WEB_CONSENT_WORDS_H
#define FLORIN_WEB_CONSENT_WORDS_H

#include <stdint.h>

#include "base/words.h"
#include "model/access.h"
#include "model/interval.h"

#define CONSENT_WORDS_SIZE 192

/* What an action lets the client do: a message. NULL for a pair that means nothing. */
const char *consent_action(enum access_type type, enum access_action action);
/* "each month", "every 2 weeks", "every 90 minutes" of a repeating interval. */
void consent_period(
        const struct language *l, const struct interval *i, char out[CONSENT_WORDS_SIZE]);
/* "10.00 USD"; where the scale is beyond what an asset here may have, in units. */
void consent_amount(const struct language *l, uint64_t value, const char *code, unsigned scale,
        char out[CONSENT_WORDS_SIZE]);

#endif
