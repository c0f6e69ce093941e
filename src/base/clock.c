#include "base/clock.h"

#include <stdio.h>
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
