/* clock: wall time for the protocols, monotonic time for durations. */
#ifndef FLORIN_BASE_CLOCK_H
#define FLORIN_BASE_CLOCK_H

#include <stddef.h>
#include <stdint.h>

#include "base/result.h"

int64_t clock_wall_ms(void);
int64_t clock_mono_ms(void);
int64_t clock_mono_us(void);
int64_t clock_mono_ns(void);

/* RFC 3339 UTC with milliseconds: 2026-01-02T03:04:05.678Z */
#define TIME_TEXT_SIZE 25
void time_format(int64_t unix_ms, char out[TIME_TEXT_SIZE]);
/* Any date-time of RFC 3339 5.6: with `Z` or an offset, any number of decimals, of which three
 * count. No leap seconds; in UTC it is of the years 0 to 9999. Errors: THEIRS_MALFORMED. */
MUST_USE enum result time_parse(const char *s, size_t n, int64_t *unix_ms);

#endif
