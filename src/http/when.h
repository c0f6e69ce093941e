/* when: a moment as pages show it: in the reader's language and time zone, and how long ago or
 * ahead that is.
 *
 * The zone is the one that was chosen for this browser (a cookie), else UTC, and is said each time.
 * The script shows it in the browser's own zone where none was chosen, and keeps "5 minutes ago"
 * going (www/static/florin.js); what stands here is right without it.
 */
#ifndef FLORIN_HTTP_WHEN_H
#define FLORIN_HTTP_WHEN_H

#include <jansson.h>
#include <stdint.h>

#include "base/figure.h"
#include "http/request.h"

/* A name of the IANA's, such as "Europe/Berlin"; none is the browser's own. */
#define WHEN_ZONE_COOKIE "florin-zone"
/* The zones that may be chosen; "": the browser's own. */
extern const char *const when_zones[];
extern const size_t when_zone_count;

struct tzif;

/* Who reads, and when. */
struct when {
	const char *zone;         /* one of when_zones; "": none was chosen */
	const struct tzif *clock; /* NULL: UTC */
	const struct language *language;
	int64_t now_ms;
};

struct when when_of(const struct http_request *rq);
/* What the zone's clocks are ahead of UTC then. */
int32_t when_offset_s(const struct when *w, int64_t unix_ms);

/* The moment at which those clocks show what UTC's show at `local_ms`: a day's beginning. */
int64_t when_of_local(const struct when *w, int64_t local_ms);

/* "2026-11-25" */
#define WHEN_DAY_SIZE 24
void when_day(const struct when *w, int64_t unix_ms, char out[WHEN_DAY_SIZE]);
/* In the reader's language: "25 November 2026, 11:00 UTC+1"; "25 November 2026". */
#define WHEN_TEXT_SIZE FIGURE_TIME_SIZE
void when_text(const struct when *w, int64_t unix_ms, char out[WHEN_TEXT_SIZE]);
void when_day_text(const struct when *w, int64_t unix_ms, char out[WHEN_TEXT_SIZE]);
/* "5 minutes ago", "in 3 days", "now": the largest unit that fits, rounded down. */
void when_ago(const struct when *w, int64_t unix_ms, char out[WHEN_TEXT_SIZE]);
/* For the parts when.html and until.html: {"text","iso","ago"}; null for 0. */
json_t *when_json(const struct when *w, int64_t unix_ms);
/* The name of the zone that all of this is in: "Europe/Berlin", "UTC". */
const char *when_zone_name(const struct when *w);

#endif
