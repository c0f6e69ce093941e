#include "codec/ilp_timestamp.h"

#include <assert.h>
#include <stdbool.h>

#define MS_PER_DAY       86400000
#define DAYS_PER_ERA     146097 /* 400 years */
#define DAYS_YEAR_0_1970 719468 /* from 1 March of year 0 to 1 January 1970 */

static bool is_leap(int year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int days_in_month(int year, int month)
{
	static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

	return days[month - 1] + (month == 2 && is_leap(year));
}

/* Both directions count years from 1 March, so that the leap day is a year's last: the days before
 * month m of such a year (March is 0) are (153 * m + 2) / 5. An era is 400 years. */
static int64_t days_from_civil(int year, int month, int day)
{
	int64_t y = month > 2 ? year : year - 1;
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	int64_t year_of_era = y - era * 400;
	int64_t month_from_march = (month + 9) % 12;
	int64_t day_of_year = (153 * month_from_march + 2) / 5 + day - 1;

	return era * DAYS_PER_ERA + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 +
	       day_of_year - DAYS_YEAR_0_1970;
}

static void civil_from_days(int64_t days, int *year, int *month, int *day)
{
	int64_t z = days + DAYS_YEAR_0_1970;
	int64_t era = (z >= 0 ? z : z - (DAYS_PER_ERA - 1)) / DAYS_PER_ERA;
	int64_t day_of_era = z - era * DAYS_PER_ERA;
	int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 -
	                              day_of_era / (DAYS_PER_ERA - 1)) /
	                      365;
	int64_t day_of_year =
	        day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int64_t month_from_march = (5 * day_of_year + 2) / 153;

	*day = (int)(day_of_year - (153 * month_from_march + 2) / 5 + 1);
	*month = (int)(month_from_march < 10 ? month_from_march + 3 : month_from_march - 9);
	*year = (int)(year_of_era + era * 400 + (*month <= 2));
}

static int digits(const uint8_t *p, int n)
{
	int v = 0;

	for (int i = 0; i < n; i++)
		v = v * 10 + (p[i] - '0');
	return v;
}

enum result ilp_timestamp_decode(struct bytes in, int64_t *out_ms)
{
	int year, month, day, hour, minute, second;

	if (in.n < ILP_TIMESTAMP_SIZE)
		return RESULT_THEIRS_TRUNCATED;
	assert(in.n == ILP_TIMESTAMP_SIZE);
	for (size_t i = 0; i < ILP_TIMESTAMP_SIZE; i++)
		if (in.p[i] < '0' || in.p[i] > '9')
			return RESULT_THEIRS_MALFORMED;
	year = digits(in.p, 4);
	month = digits(in.p + 4, 2);
	day = digits(in.p + 6, 2);
	hour = digits(in.p + 8, 2);
	minute = digits(in.p + 10, 2);
	second = digits(in.p + 12, 2);
	if (month < 1 || month > 12 || day < 1 || day > days_in_month(year, month) || hour > 23 ||
	        minute > 59 || second > 59)
		return RESULT_THEIRS_MALFORMED;
	*out_ms = days_from_civil(year, month, day) * MS_PER_DAY +
	          ((hour * 60 + minute) * 60 + second) * 1000 + digits(in.p + 14, 3);
	return RESULT_OK;
}

static void put_digits(uint8_t *p, int n, int v)
{
	for (int i = n - 1; i >= 0; i--, v /= 10)
		p[i] = (uint8_t)('0' + v % 10);
}

void ilp_timestamp_encode(int64_t ms, uint8_t out[ILP_TIMESTAMP_SIZE])
{
	int64_t days;
	int in_day, year, month, day;

	if (ms < ILP_TIMESTAMP_MIN_MS)
		ms = ILP_TIMESTAMP_MIN_MS;
	if (ms > ILP_TIMESTAMP_MAX_MS)
		ms = ILP_TIMESTAMP_MAX_MS;
	days = ms / MS_PER_DAY - (ms % MS_PER_DAY < 0);
	in_day = (int)(ms - days * MS_PER_DAY);
	civil_from_days(days, &year, &month, &day);
	put_digits(out, 4, year);
	put_digits(out + 4, 2, month);
	put_digits(out + 6, 2, day);
	put_digits(out + 8, 2, in_day / 3600000);
	put_digits(out + 10, 2, in_day / 60000 % 60);
	put_digits(out + 12, 2, in_day / 1000 % 60);
	put_digits(out + 14, 3, in_day % 1000);
}
