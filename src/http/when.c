#include "http/when.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/calendar.h"
#include "base/clock.h"
#include "base/figure.h"
#include "base/file.h"
#include "base/text.h"
#include "codec/tzif.h"
#include "http/cookie.h"
#include "http/language.h"

#define ZONE_DIR  "/usr/share/zoneinfo/" /* of the system */
#define ZONE_SIZE 40                     /* of a name */
#define NOW_MS    5000

const char *const when_zones[] = {"", "UTC", "Africa/Cairo", "Africa/Johannesburg", "Africa/Lagos",
        "Africa/Nairobi", "America/Anchorage", "America/Bogota", "America/Chicago",
        "America/Denver", "America/Halifax", "America/Los_Angeles", "America/Mexico_City",
        "America/New_York", "America/Santiago", "America/Sao_Paulo", "America/St_Johns",
        "Asia/Bangkok", "Asia/Dhaka", "Asia/Dubai", "Asia/Hong_Kong", "Asia/Jerusalem",
        "Asia/Karachi", "Asia/Kathmandu", "Asia/Kolkata", "Asia/Manila", "Asia/Seoul",
        "Asia/Singapore", "Asia/Tashkent", "Asia/Tehran", "Asia/Tokyo", "Asia/Yangon",
        "Atlantic/Azores", "Australia/Adelaide", "Australia/Brisbane", "Australia/Perth",
        "Australia/Sydney", "Europe/Athens", "Europe/Berlin", "Europe/Istanbul", "Europe/Kyiv",
        "Europe/Lisbon", "Europe/London", "Europe/Madrid", "Europe/Moscow", "Europe/Paris",
        "Pacific/Auckland", "Pacific/Honolulu"};

#define ZONES (sizeof(when_zones) / sizeof(when_zones[0]))

const size_t when_zone_count = ZONES;

/* ---- the system's zones, each read when it is first asked for, and kept ---- */

static _Atomic(struct tzif *) clocks[ZONES];

static struct tzif *load(const char *name)
{
	char path[sizeof(ZONE_DIR) + ZONE_SIZE], *file;
	struct tzif *z = malloc(sizeof(*z));
	size_t n;

	if (!z)
		return NULL;
	(void)snprintf(path, sizeof(path), ZONE_DIR "%s", name);
	if (file_read(path, TZIF_BYTES_MAX, &file, &n)) {
		free(z);
		return NULL;
	}
	if (tzif_decode(bytes_of(file, n), z)) {
		free(z);
		z = NULL;
	}
	free(file);
	return z;
}

/* NULL: the system has no such file. */
static const struct tzif *clock_of(size_t zone)
{
	struct tzif *known = atomic_load(&clocks[zone]), *mine;

	if (known || !(mine = load(when_zones[zone])))
		return known;
	if (atomic_compare_exchange_strong(&clocks[zone], &known, mine))
		return mine;
	free(mine); /* another thread was quicker */
	return known;
}

struct when when_of(const struct http_request *rq)
{
	struct when w = {.zone = "", .language = language_of(rq), .now_ms = http_wall_ms(rq)};
	char name[ZONE_SIZE];

	if (!cookie_read(http_header(rq, "Cookie"), WHEN_ZONE_COOKIE, name, sizeof(name)))
		return w;
	for (size_t i = 1; i < ZONES; i++) {
		if (strcmp(when_zones[i], name) != 0)
			continue;
		w.zone = when_zones[i];
		w.clock = clock_of(i);
	}
	return w;
}

int32_t when_offset_s(const struct when *w, int64_t unix_ms)
{
	return w->clock ? tzif_offset_s(w->clock, unix_ms) : 0;
}

int64_t when_of_local(const struct when *w, int64_t local_ms)
{
	int64_t about = local_ms - (int64_t)when_offset_s(w, local_ms) * 1000;

	/* The clocks may have been changed in between. */
	return local_ms - (int64_t)when_offset_s(w, about) * 1000;
}

void when_day(const struct when *w, int64_t unix_ms, char out[WHEN_DAY_SIZE])
{
	struct calendar c;

	calendar_split(unix_ms + (int64_t)when_offset_s(w, unix_ms) * 1000, &c);
	(void)snprintf(out, WHEN_DAY_SIZE, "%04lld-%02u-%02u", (long long)c.year, c.month, c.day);
}

const char *when_zone_name(const struct when *w)
{
	return w->clock ? w->zone : "UTC";
}

/* ---- in words ---- */

void when_text(const struct when *w, int64_t unix_ms, char out[WHEN_TEXT_SIZE])
{
	figure_time(w->language, unix_ms, when_offset_s(w, unix_ms), out);
}

void when_day_text(const struct when *w, int64_t unix_ms, char out[WHEN_TEXT_SIZE])
{
	figure_day(w->language, unix_ms, when_offset_s(w, unix_ms), out);
}

/* Whole phrases, of one and of many: as Intl.RelativeTimeFormat says them, which the script has. */
static const struct {
	int64_t ms;
	const char *ago_one, *ago_many, *in_one, *in_many;
} spans[] = {
        {INT64_C(31536000000), WORDS_PLURAL("{n} year ago", "{n} years ago"),
                WORDS_PLURAL("in {n} year", "in {n} years")},
        {INT64_C(2592000000), WORDS_PLURAL("{n} month ago", "{n} months ago"),
                WORDS_PLURAL("in {n} month", "in {n} months")},
        {86400000, WORDS_PLURAL("{n} day ago", "{n} days ago"),
                WORDS_PLURAL("in {n} day", "in {n} days")},
        {3600000, WORDS_PLURAL("{n} hour ago", "{n} hours ago"),
                WORDS_PLURAL("in {n} hour", "in {n} hours")},
        {60000, WORDS_PLURAL("{n} minute ago", "{n} minutes ago"),
                WORDS_PLURAL("in {n} minute", "in {n} minutes")},
        {1000, WORDS_PLURAL("{n} second ago", "{n} seconds ago"),
                WORDS_PLURAL("in {n} second", "in {n} seconds")},
};

#define SPANS (sizeof(spans) / sizeof(spans[0]))

void when_ago(const struct when *w, int64_t unix_ms, char out[WHEN_TEXT_SIZE])
{
	bool ahead = unix_ms > w->now_ms;
	int64_t ms = ahead ? unix_ms - w->now_ms : w->now_ms - unix_ms;
	size_t k = 0;

	if (ms < NOW_MS) {
		text_copy_cut(out, WHEN_TEXT_SIZE, words_in(w->language, WORDS("now")));
		return;
	}
	while (k + 1 < SPANS && ms < spans[k].ms)
		k++;
	words_counted(w->language, ahead ? spans[k].in_one : spans[k].ago_one,
	        ahead ? spans[k].in_many : spans[k].ago_many, (uint64_t)(ms / spans[k].ms), out,
	        WHEN_TEXT_SIZE);
}

json_t *when_json(const struct when *w, int64_t unix_ms)
{
	char text[WHEN_TEXT_SIZE], ago[WHEN_TEXT_SIZE], iso[TIME_TEXT_SIZE];

	if (unix_ms == 0)
		return json_null();
	when_text(w, unix_ms, text);
	when_ago(w, unix_ms, ago);
	time_format(unix_ms, iso);
	return json_pack("{s:s,s:s,s:s}", "text", text, "iso", iso, "ago", ago);
}
