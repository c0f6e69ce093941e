/* figure: amounts and moments as a language writes them, and amounts as people type them.
 *
 * For pages alone: what programs read (JSON, CSV, attributes) has points and RFC 3339.
 */
#ifndef FLORIN_BASE_FIGURE_H
#define FLORIN_BASE_FIGURE_H

#include "base/amount.h"
#include "base/words.h"

#define FIGURE_TIME_SIZE 96
#define FIGURE_TYPED_MAX 64 /* bytes of a typed amount */

/* Major units, as amount_format_major, with the language's decimal sign; not in groups, which the
 * pages' script makes. */
void figure_amount(
        const struct language *l, uint64_t value, unsigned scale, char out[AMOUNT_TEXT_SIZE]);
/* A decimal text of ours ("0.9054"; anything else stays) in place: with the language's sign. */
void figure_decimal(const struct language *l, char *text);
/* "25 November 2026, 11:00 UTC+1" by clocks that are so much ahead of UTC; "25 November 2026". */
void figure_time(
        const struct language *l, int64_t unix_ms, int32_t offset_s, char out[FIGURE_TIME_SIZE]);
void figure_day(
        const struct language *l, int64_t unix_ms, int32_t offset_s, char out[FIGURE_TIME_SIZE]);

/* A typed amount in major units with at most `scale` decimals. Point and comma are both taken for
 * the decimal sign, and for what stands between groups of three digits, as are spaces, where the
 * text can be read in one way: "10,50", "1 234,50", "1,234.50", "1.234.567". One sign with three
 * digits behind it, that is not the language's own decimal sign, might be either: "1,000" in
 * English. Errors: THEIRS_NONCANONICAL (it might be either), THEIRS_BAD_AMOUNT. */
MUST_USE enum result figure_parse(
        const struct language *l, const char *text, unsigned scale, uint64_t *out);

#endif
