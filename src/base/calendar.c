#include "base/calendar.h"

#define MS_PER_SECOND    1000
#define MS_PER_MINUTE    (60 * MS_PER_SECOND)
#define MS_PER_HOUR      (60 * MS_PER_MINUTE)
#define MS_PER_DAY       (24 * MS_PER_HOUR)
#define YEARS_PER_ERA    400
#define DAYS_PER_ERA     146097
#define DAYS_YEAR_0_1970 719468 /* from 1 March of year 0 to 1 January 1970 */

static bool is_leap(int64_t year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

bool calendar_exists(const struct calendar *c)
{
	static const unsigned days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

	if (c->month < 1 || c->month > 12 || c->day < 1)
		return false;
	return c->day <= days[c->month - 1] + (c->month == 2 && is_leap(c->year)) && c->hour < 24 &&
	       c->minute < 60 && c->second < 60 && c->ms < MS_PER_SECOND;
}

/* Both directions count years from 1 March, so that the leap day is a year's last: the days before
 * month m of such a year (March is 0) are (153 * m + 2) / 5. An era has 400 years. */
static int64_t days_of(const struct calendar *c)
{
	int64_t y = c->month > 2 ? c->year : c->year - 1;
	int64_t era = (y >= 0 ? y : y - (YEARS_PER_ERA - 1)) / YEARS_PER_ERA;
	int64_t year_of_era = y - era * YEARS_PER_ERA;
	int64_t day_of_year = (153 * (int64_t)((c->month + 9) % 12) + 2) / 5 + c->day - 1;

	return era * DAYS_PER_ERA + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 +
	       day_of_year - DAYS_YEAR_0_1970;
}

static void days_split(int64_t days, struct calendar *out)
{
	int64_t z = days + DAYS_YEAR_0_1970;
	int64_t era = (z >= 0 ? z : z - (DAYS_PER_ERA - 1)) / DAYS_PER_ERA;
	int64_t day_of_era = z - era * DAYS_PER_ERA;
	int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 -
	                              day_of_era / (DAYS_PER_ERA - 1)) /
	                      365;
	int64_t day_of_year =
	        day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int64_t from_march = (5 * day_of_year + 2) / 153;

	out->day = (unsigned)(day_of_year - (153 * from_march + 2) / 5 + 1);
	out->month = (unsigned)(from_march < 10 ? from_march + 3 : from_march - 9);
	out->year = year_of_era + era * YEARS_PER_ERA + (out->month <= 2);
}

int64_t calendar_join(const struct calendar *c)
{
	return days_of(c) * MS_PER_DAY + (int64_t)c->hour * MS_PER_HOUR +
	       (int64_t)c->minute * MS_PER_MINUTE + (int64_t)c->second * MS_PER_SECOND + c->ms;
}

void calendar_split(int64_t unix_ms, struct calendar *out)
{
	int64_t days = unix_ms / MS_PER_DAY - (unix_ms % MS_PER_DAY < 0);
	unsigned rest = (unsigned)(unix_ms - days * MS_PER_DAY);

	days_split(days, out);
	out->hour = rest / MS_PER_HOUR;
	out->minute = rest / MS_PER_MINUTE % 60;
	out->second = rest / MS_PER_SECOND % 60;
	out->ms = rest % MS_PER_SECOND;
}
