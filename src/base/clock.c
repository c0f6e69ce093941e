#include "base/clock.h"

#include <stdio.h>
#include <stdbool.h>
#include <time.h>

#include "base/calendar.h"

static int64_t read_ns(clockid_t id)
{
	struct timespec t;

	clock_gettime(id, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

int64_t clock_wall_ms(void)
{
	return read_ns(CLOCK_REALTIME) / 1000000;
}

int64_t clock_mono_ms(void)
{
	return read_ns(CLOCK_MONOTONIC) / 1000000;
}

int64_t clock_mono_us(void)
{
	return read_ns(CLOCK_MONOTONIC) / 1000;
}

int64_t clock_mono_ns(void)
{
	return read_ns(CLOCK_MONOTONIC);
}

void time_format(int64_t unix_ms, char out[TIME_TEXT_SIZE])
{
	struct calendar c;

	calendar_split(unix_ms, &c);
	/* The modulo only tells the compiler what is true of every year that we store. */
	snprintf(out, TIME_TEXT_SIZE, "%04u-%02u-%02uT%02u:%02u:%02u.%03uZ",
	        (unsigned)c.year % 10000, c.month % 100, c.day % 100, c.hour % 100, c.minute % 100,
	        c.second % 100, c.ms % 1000);
}

#define YEAR_MAX 9999

struct text {
	const char *s;
	size_t n;
	bool failed;
};

static char take(struct text *t)
{
	if (t->n == 0) {
		t->failed = true;
		return '\0';
	}
	t->n--;
	return *t->s++;
}

static void take_mark(struct text *t, char mark)
{
	char c = take(t);

	/* The letters may be small ones. */
	if (c != mark && !(mark == 'T' && c == 't'))
		t->failed = true;
}

static unsigned take_digits(struct text *t, unsigned count)
{
	unsigned value = 0;

	for (unsigned i = 0; i < count; i++) {
		char c = take(t);

		if (c < '0' || c > '9')
			t->failed = true;
		else
			value = value * 10 + (unsigned)(c - '0');
	}
	return value;
}

/* ".5" is 500; what is behind the third decimal is cut. */
static unsigned take_fraction(struct text *t)
{
	unsigned ms = 0, unit = 100, digits = 0;

	if (t->n == 0 || *t->s != '.')
		return 0;
	(void)take(t);
	for (; t->n > 0 && *t->s >= '0' && *t->s <= '9'; digits++, unit /= 10)
		ms += take_digits(t, 1) * unit;
	if (digits == 0)
		t->failed = true;
	return ms;
}

static int64_t take_offset_ms(struct text *t)
{
	char sign = take(t);
	unsigned hours, minutes;

	if (sign == 'Z' || sign == 'z')
		return 0;
	if (sign != '+' && sign != '-')
		t->failed = true;
	hours = take_digits(t, 2);
	take_mark(t, ':');
	minutes = take_digits(t, 2);
	if (hours > 23 || minutes > 59)
		t->failed = true;
	return (sign == '-' ? -60000 : 60000) * (int64_t)(hours * 60 + minutes);
}

enum result time_parse(const char *s, size_t n, int64_t *unix_ms)
{
	struct text t = {s, n, false};
	struct calendar c = {0};
	int64_t offset_ms, ms;

	c.year = take_digits(&t, 4);
	take_mark(&t, '-');
	c.month = take_digits(&t, 2);
	take_mark(&t, '-');
	c.day = take_digits(&t, 2);
	take_mark(&t, 'T');
	c.hour = take_digits(&t, 2);
	take_mark(&t, ':');
	c.minute = take_digits(&t, 2);
	take_mark(&t, ':');
	c.second = take_digits(&t, 2);
	c.ms = take_fraction(&t);
	offset_ms = take_offset_ms(&t);
	if (t.failed || t.n > 0 || !calendar_exists(&c))
		return RESULT_THEIRS_MALFORMED;
	ms = calendar_join(&c) - offset_ms;
	/* An offset may lead to a year that time_format can't write. */
	calendar_split(ms, &c);
	if (c.year < 0 || c.year > YEAR_MAX)
		return RESULT_THEIRS_MALFORMED;
	*unix_ms = ms;
	return RESULT_OK;
}
