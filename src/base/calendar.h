/* calendar: moments as people and packets write them, in UTC.
 *
 * The proleptic Gregorian calendar by arithmetic, without libc's time functions, so that no locale
 * or time zone reaches a packet or a log. No leap seconds, no hour 24.
 */
#ifndef FLORIN_BASE_CALENDAR_H
#define FLORIN_BASE_CALENDAR_H

#include <stdbool.h>
#include <stdint.h>

struct calendar {
	int64_t year;   /* 0 is the year before 1 */
	unsigned month; /* 1 to 12 */
	unsigned day;   /* from 1 */
	unsigned hour, minute, second, ms;
};

/* Whether there is such a moment: no 29 February where the year has none, no second 60. */
bool calendar_exists(const struct calendar *c);
/* Milliseconds since 1970 of a moment that exists. */
int64_t calendar_join(const struct calendar *c);
void calendar_split(int64_t unix_ms, struct calendar *out);

#endif
