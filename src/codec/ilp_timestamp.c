#include "codec/ilp_timestamp.h"

#include <assert.h>

#include "base/calendar.h"

static unsigned digits(const uint8_t *p, size_t n)
{
	unsigned v = 0;

	for (size_t i = 0; i < n; i++)
		v = v * 10 + (unsigned)(p[i] - '0');
	return v;
}

enum result ilp_timestamp_decode(struct bytes in, int64_t *out_ms)
{
	struct calendar c;

	if (in.n < ILP_TIMESTAMP_SIZE)
		return RESULT_THEIRS_TRUNCATED;
	assert(in.n == ILP_TIMESTAMP_SIZE);
	for (size_t i = 0; i < ILP_TIMESTAMP_SIZE; i++)
		if (in.p[i] < '0' || in.p[i] > '9')
			return RESULT_THEIRS_MALFORMED;
	c = (struct calendar){
	        .year = digits(in.p, 4),
	        .month = digits(in.p + 4, 2),
	        .day = digits(in.p + 6, 2),
	        .hour = digits(in.p + 8, 2),
	        .minute = digits(in.p + 10, 2),
	        .second = digits(in.p + 12, 2),
	        .ms = digits(in.p + 14, 3),
	};
	if (!calendar_exists(&c))
		return RESULT_THEIRS_MALFORMED;
	*out_ms = calendar_join(&c);
	return RESULT_OK;
}

static void put_digits(uint8_t *p, size_t n, unsigned v)
{
	for (size_t i = n; i-- > 0; v /= 10)
		p[i] = (uint8_t)('0' + v % 10);
}

void ilp_timestamp_encode(int64_t ms, uint8_t out[ILP_TIMESTAMP_SIZE])
{
	struct calendar c;

	if (ms < ILP_TIMESTAMP_MIN_MS)
		ms = ILP_TIMESTAMP_MIN_MS;
	if (ms > ILP_TIMESTAMP_MAX_MS)
		ms = ILP_TIMESTAMP_MAX_MS;
	calendar_split(ms, &c);
	put_digits(out, 4, (unsigned)c.year);
	put_digits(out + 4, 2, c.month);
	put_digits(out + 6, 2, c.day);
	put_digits(out + 8, 2, c.hour);
	put_digits(out + 10, 2, c.minute);
	put_digits(out + 12, 2, c.second);
	put_digits(out + 14, 3, c.ms);
}
