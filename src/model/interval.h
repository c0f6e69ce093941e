/* interval: ISO 8601 repeating intervals, which divide a grant's limit into windows of time.
 *
 *	R2/2026-01-31T00:00:00Z/P1M              three windows: the first and two repetitions
 *	R/2026-01-01T00:00:00Z/2026-02-01T00:00:00Z    windows of that exact length, without end
 *	R2/P1M/2026-12-31T00:00:00Z              three windows, counted backwards from their end
 *
 * R and R-1 repeat without end, R0 not at all. A window includes its start and excludes its end.
 * Years and months are the calendar's, in UTC, and always counted from the anchor, the day of the
 * month cut to what the month has: 31 January, 28 February, 31 March. Days have 24 hours. What lies
 * beyond the years 0 and 9999 is cut to them. Times are wall milliseconds.
 * Spec: Open Payments, limits; docs/deviations.md
 */
#ifndef FLORIN_MODEL_INTERVAL_H
#define FLORIN_MODEL_INTERVAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/result.h"

#define INTERVAL_TEXT_MAX 128 /* characters */
/* A start that is so little ahead has begun: clients take it from their own clock. */
#define INTERVAL_SKEW_MS (2 * 60 * 1000)

enum interval_form { INTERVAL_START_DURATION, INTERVAL_START_END, INTERVAL_DURATION_END };

struct interval {
	enum interval_form form;
	bool endless;
	int64_t repetitions; /* windows less one; where not endless */
	int64_t anchor_ms;   /* the start, or the end of INTERVAL_DURATION_END */
	/* Each boundary is `months` and `ms` times its number away from the anchor. */
	int64_t months;
	int64_t ms;
};

struct interval_window {
	int64_t start_ms;
	int64_t end_ms;
};

/* Date-times have seconds, up to 9 decimals and Z or an offset; without either they are UTC; a date
 * alone is its midnight. Durations are whole numbers, PnYnMnWnDTnHnMnS, not zero.
 * Errors: THEIRS_MALFORMED (syntax, no such day, an empty window), THEIRS_TOO_BIG (longer than
 * INTERVAL_TEXT_MAX, or a number that is). */
MUST_USE enum result interval_parse(const char *s, size_t n, struct interval *out);

/* The window that `now` is in. Errors: THEIRS_STATE (before the first), THEIRS_EXPIRED (after the
 * last). */
MUST_USE enum result interval_at(
        const struct interval *i, int64_t now_ms, struct interval_window *out);
/* That window, or else the next one, and those after it: for people. Returns how many there are, up
 * to max. */
size_t interval_next(
        const struct interval *i, int64_t now_ms, struct interval_window *out, size_t max);
/* When the last window ends; false where there is no last one. */
bool interval_end(const struct interval *i, int64_t *out);

#endif
