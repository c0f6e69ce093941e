#include "codec/tzif.h"

#include <string.h>

#include "base/calendar.h"

#define HEAD_BYTES 44
#define TYPE_BYTES 6
#define HOUR_S     3600
#define DAY_S      86400
#define DAY_MS     (INT64_C(1000) * DAY_S)

static uint32_t u32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static int64_t i64(const uint8_t *p)
{
	return (int64_t)((uint64_t)u32(p) << 32 | u32(p + 4));
}

/* ---- the rule: "CET-1CEST,M3.5.0,M10.5.0/3" ---- */

static bool is_alpha(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The name of a zone, which is not kept: letters, or anything between < and >. */
static bool skip_name(const char **s)
{
	const char *start = *s;

	if (**s == '<') {
		*s += strcspn(*s, ">");
		return *(*s)++ == '>';
	}
	while (is_alpha(**s))
		++*s;
	return *s - start >= 3;
}

static bool read_number(const char **s, unsigned max, unsigned *out)
{
	if (!is_digit(**s))
		return false;
	for (*out = 0; is_digit(**s); ++*s) {
		*out = *out * 10 + (unsigned)(**s - '0');
		if (*out > max)
			return false;
	}
	return true;
}

/* "2", "-3:30", "167:59:59" */
static bool read_time(const char **s, unsigned hours_max, int32_t *seconds)
{
	int32_t sign = **s == '-' ? -1 : 1;
	unsigned h, m = 0, sec = 0;

	if (**s == '-' || **s == '+')
		++*s;
	if (!read_number(s, hours_max, &h))
		return false;
	if (**s == ':') {
		++*s;
		if (!read_number(s, 59, &m))
			return false;
	}
	if (**s == ':') {
		++*s;
		if (!read_number(s, 59, &sec))
			return false;
	}
	*seconds = sign * (int32_t)(h * HOUR_S + m * 60 + sec);
	return true;
}

static bool read_day(const char **s, struct tzif_day *d)
{
	d->second = 2 * HOUR_S;
	if (**s == 'M') {
		d->kind = TZIF_WEEKDAY;
		++*s;
		if (!read_number(s, 12, &d->month) || d->month == 0 || *(*s)++ != '.' ||
		        !read_number(s, 5, &d->week) || d->week == 0 || *(*s)++ != '.' ||
		        !read_number(s, 6, &d->day))
			return false;
	} else {
		d->kind = **s == 'J' ? TZIF_DAY_OF_365 : TZIF_DAY_OF_366;
		if (**s == 'J')
			++*s;
		if (!read_number(s, 365, &d->day) || (d->kind == TZIF_DAY_OF_365 && d->day == 0))
			return false;
	}
	if (**s != '/')
		return true;
	++*s;
	return read_time(s, 167, &d->second);
}

/* The sign is the other way round: hours to be added to get UTC. */
static bool read_rule(const char *s, struct tzif *z)
{
	if (!*s)
		return true;
	z->has_rule = true;
	if (!skip_name(&s) || !read_time(&s, 24, &z->standard_s))
		return false;
	z->standard_s = -z->standard_s;
	if (!*s)
		return true;
	z->has_summer = true;
	if (!skip_name(&s))
		return false;
	z->summer_s = z->standard_s + HOUR_S;
	if (*s && *s != ',') {
		if (!read_time(&s, 24, &z->summer_s))
			return false;
		z->summer_s = -z->summer_s;
	}
	return *s++ == ',' && read_day(&s, &z->begin) && *s++ == ',' && read_day(&s, &z->end) &&
	       !*s;
}

/* ---- the file ---- */

struct counts {
	uint32_t utc, standard, leap, changes, types, chars;
	char version;
};

static enum result read_head(struct bytes in, struct counts *c)
{
	if (in.n < HEAD_BYTES)
		return RESULT_THEIRS_TRUNCATED;
	if (memcmp(in.p, "TZif", 4) != 0)
		return RESULT_THEIRS_MALFORMED;
	c->version = (char)in.p[4];
	c->utc = u32(in.p + 20);
	c->standard = u32(in.p + 24);
	c->leap = u32(in.p + 28);
	c->changes = u32(in.p + 32);
	c->types = u32(in.p + 36);
	c->chars = u32(in.p + 40);
	return RESULT_OK;
}

static uint64_t block_bytes(const struct counts *c, unsigned time_bytes)
{
	return (uint64_t)c->changes * (time_bytes + 1) + (uint64_t)c->types * TYPE_BYTES +
	       c->chars + (uint64_t)c->leap * (time_bytes + 4) + c->standard + c->utc;
}

static enum result read_changes(const uint8_t *p, struct tzif *z)
{
	const uint8_t *types = p + 8 * z->changes;

	for (size_t i = 0; i < z->changes; i++) {
		z->at_s[i] = i64(p + 8 * i);
		z->type[i] = types[i];
		if (types[i] >= z->types || (i > 0 && z->at_s[i] <= z->at_s[i - 1]))
			return RESULT_THEIRS_MALFORMED;
	}
	return RESULT_OK;
}

static enum result read_types(const uint8_t *p, struct tzif *z)
{
	for (size_t i = 0; i < z->types; i++) {
		uint32_t raw = u32(p + TYPE_BYTES * i);
		int64_t offset = raw > INT32_MAX ? (int64_t)raw - (INT64_C(1) << 32) : raw;

		if (offset > TZIF_OFFSET_MAX || offset < -TZIF_OFFSET_MAX)
			return RESULT_THEIRS_MALFORMED;
		z->offset_s[i] = (int32_t)offset;
	}
	return RESULT_OK;
}

/* A line between two line feeds. */
static enum result read_foot(struct bytes in, struct tzif *z)
{
	char text[128];
	const uint8_t *end;
	size_t n;

	if (in.n < 2)
		return RESULT_THEIRS_TRUNCATED;
	if (in.p[0] != '\n')
		return RESULT_THEIRS_MALFORMED;
	end = memchr(in.p + 1, '\n', in.n - 1);
	if (!end)
		return RESULT_THEIRS_TRUNCATED;
	n = (size_t)(end - in.p) - 1;
	if (n >= sizeof(text) || memchr(in.p + 1, 0, n))
		return RESULT_THEIRS_MALFORMED;
	memcpy(text, in.p + 1, n);
	text[n] = '\0';
	return read_rule(text, z) ? RESULT_OK : RESULT_THEIRS_MALFORMED;
}

enum result tzif_decode(struct bytes in, struct tzif *out)
{
	struct counts c;
	uint64_t n;
	enum result r = read_head(in, &c);

	memset(out, 0, sizeof(*out));
	if (r)
		return r;
	if (c.version < '2')
		return RESULT_THEIRS_MALFORMED;
	n = HEAD_BYTES + block_bytes(&c, 4);
	if (n > in.n)
		return RESULT_THEIRS_TRUNCATED;
	in = bytes_of(in.p + n, in.n - (size_t)n);
	r = read_head(in, &c);
	if (r)
		return r;
	if (c.changes > TZIF_CHANGES_MAX || c.types > TZIF_TYPES_MAX)
		return RESULT_THEIRS_TOO_BIG;
	if (c.types == 0)
		return RESULT_THEIRS_MALFORMED;
	n = HEAD_BYTES + block_bytes(&c, 8);
	if (n > in.n)
		return RESULT_THEIRS_TRUNCATED;
	out->changes = c.changes;
	out->types = c.types;
	r = read_changes(in.p + HEAD_BYTES, out);
	if (!r)
		r = read_types(in.p + HEAD_BYTES + 9 * out->changes, out);
	if (!r)
		r = read_foot(bytes_of(in.p + n, in.n - (size_t)n), out);
	return r;
}

/* ---- a moment ---- */

static bool is_leap(int64_t year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

/* The first of a month, in ms. */
static int64_t first_ms(int64_t year, unsigned month)
{
	const struct calendar c = {.year = year, .month = month, .day = 1};

	return calendar_join(&c);
}

/* By that day's clock, as if it were UTC. */
static int64_t day_ms(const struct tzif_day *d, int64_t year)
{
	int64_t day = first_ms(year, 1) / DAY_MS, weekday, next;

	switch (d->kind) {
	case TZIF_DAY_OF_365: /* 29 February is not counted */
		day += d->day - 1 + (is_leap(year) && d->day >= 60 ? 1 : 0);
		break;
	case TZIF_DAY_OF_366:
		day += d->day;
		break;
	case TZIF_WEEKDAY:
		day = first_ms(year, d->month) / DAY_MS;
		next = d->month == 12 ? first_ms(year + 1, 1) : first_ms(year, d->month + 1);
		weekday = ((day + 4) % 7 + 7) % 7; /* 1 January 1970 was a Thursday */
		day += ((int64_t)d->day - weekday + 7) % 7 + 7 * ((int64_t)d->week - 1);
		while (day * DAY_MS >= next)
			day -= 7;
		break;
	}
	return day * DAY_MS + (int64_t)d->second * 1000;
}

static int32_t by_rule(const struct tzif *z, int64_t unix_ms)
{
	struct calendar c;
	int64_t begin, end;
	bool summer;

	if (!z->has_summer)
		return z->standard_s;
	calendar_split(unix_ms + (int64_t)z->standard_s * 1000, &c);
	begin = day_ms(&z->begin, c.year) - (int64_t)z->standard_s * 1000;
	end = day_ms(&z->end, c.year) - (int64_t)z->summer_s * 1000;
	/* In the south it goes over the new year. */
	summer =
	        begin < end ? unix_ms >= begin && unix_ms < end : unix_ms >= begin || unix_ms < end;
	return summer ? z->summer_s : z->standard_s;
}

int32_t tzif_offset_s(const struct tzif *z, int64_t unix_ms)
{
	int64_t s = unix_ms / 1000 - (unix_ms % 1000 < 0);
	size_t low = 0, high = z->changes;

	/* How many changes have been. */
	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (z->at_s[mid] <= s)
			low = mid + 1;
		else
			high = mid;
	}
	if (low == z->changes && z->has_rule)
		return by_rule(z, unix_ms);
	return z->offset_s[low ? z->type[low - 1] : 0];
}
