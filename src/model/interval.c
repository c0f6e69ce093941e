#include "model/interval.h"

#include <string.h>

#include "base/calendar.h"

#define DIGITS_MAX       9    /* of a repetition or a part of a duration */
#define YEAR_MAX         9999 /* a date has four digits */
#define MONTHS_OF_A_YEAR 12
#define DAYS_OF_A_WEEK   7
#define MS_PER_SECOND    INT64_C(1000)
#define MS_PER_MINUTE    (60 * MS_PER_SECOND)
#define MS_PER_HOUR      (60 * MS_PER_MINUTE)
#define MS_PER_DAY       (24 * MS_PER_HOUR)
#define TIME_MIN_MS      INT64_C(-62167219200000) /* the year 0 begins */
#define TIME_MAX_MS      INT64_C(253402300800000) /* the year 9999 ends */
/* More than any duration fits between the two: a second of the whole time. */
#define BOUNDARY_MAX ((TIME_MAX_MS - TIME_MIN_MS) / MS_PER_SECOND + 1)

/* ---- text ---- */

struct text {
	const char *p;
	const char *end;
};

static bool next_is(struct text *t, char c)
{
	if (t->p == t->end || *t->p != c)
		return false;
	t->p++;
	return true;
}

static bool is_digit(const struct text *t)
{
	return t->p < t->end && *t->p >= '0' && *t->p <= '9';
}

/* Exactly n digits. */
static enum result digits(struct text *t, int n, unsigned *out)
{
	*out = 0;
	for (int i = 0; i < n; i++, t->p++) {
		if (!is_digit(t))
			return RESULT_THEIRS_MALFORMED;
		*out = *out * 10 + (unsigned)(*t->p - '0');
	}
	return RESULT_OK;
}

/* At least one digit. */
static enum result number(struct text *t, int64_t *out)
{
	int n = 0;

	for (*out = 0; is_digit(t); t->p++, n++) {
		if (n == DIGITS_MAX)
			return RESULT_THEIRS_TOO_BIG;
		*out = *out * 10 + (*t->p - '0');
	}
	return n ? RESULT_OK : RESULT_THEIRS_MALFORMED;
}

static enum result read_date(struct text *t, struct calendar *c)
{
	unsigned year;

	TRY(digits(t, 4, &year));
	c->year = year;
	if (!next_is(t, '-'))
		return RESULT_THEIRS_MALFORMED;
	TRY(digits(t, 2, &c->month));
	if (!next_is(t, '-'))
		return RESULT_THEIRS_MALFORMED;
	return digits(t, 2, &c->day);
}

/* Decimals of a second; what is finer than a millisecond is cut. */
static enum result read_fraction(struct text *t, unsigned *ms)
{
	unsigned weight = 100;
	int n = 0;

	for (; is_digit(t); t->p++, weight /= 10)
		if (n++ < DIGITS_MAX)
			*ms += weight * (unsigned)(*t->p - '0');
		else
			return RESULT_THEIRS_TOO_BIG;
	return n ? RESULT_OK : RESULT_THEIRS_MALFORMED;
}

static enum result read_clock(struct text *t, struct calendar *c)
{
	TRY(digits(t, 2, &c->hour));
	if (!next_is(t, ':'))
		return RESULT_THEIRS_MALFORMED;
	TRY(digits(t, 2, &c->minute));
	if (!next_is(t, ':'))
		return RESULT_OK;
	TRY(digits(t, 2, &c->second));
	return next_is(t, '.') ? read_fraction(t, &c->ms) : RESULT_OK;
}

static enum result read_offset(struct text *t, int64_t *ms)
{
	unsigned hour, minute;
	bool minus = t->p < t->end && *t->p == '-';

	*ms = 0;
	if (next_is(t, 'Z') || t->p == t->end)
		return RESULT_OK;
	if (!minus && *t->p != '+')
		return RESULT_THEIRS_MALFORMED;
	t->p++;
	TRY(digits(t, 2, &hour));
	if (!next_is(t, ':'))
		return RESULT_THEIRS_MALFORMED;
	TRY(digits(t, 2, &minute));
	if (hour > 23 || minute > 59)
		return RESULT_THEIRS_MALFORMED;
	*ms = (hour * MS_PER_HOUR + minute * MS_PER_MINUTE) * (minus ? -1 : 1);
	return RESULT_OK;
}

static enum result read_moment(struct text t, int64_t *out)
{
	struct calendar c = {0};
	int64_t offset = 0;

	TRY(read_date(&t, &c));
	if (next_is(&t, 'T')) {
		TRY(read_clock(&t, &c));
		TRY(read_offset(&t, &offset));
	}
	if (t.p != t.end || !calendar_exists(&c))
		return RESULT_THEIRS_MALFORMED;
	*out = calendar_join(&c) - offset;
	return RESULT_OK;
}

/* The parts of a duration in their order; those after the first `in_time` follow a T. */
static const struct {
	char letter;
	bool in_time;
	int64_t months;
	int64_t ms;
} parts[] = {
        {'Y', false, MONTHS_OF_A_YEAR, 0},
        {'M', false, 1, 0},
        {'W', false, 0, DAYS_OF_A_WEEK *MS_PER_DAY},
        {'D', false, 0, MS_PER_DAY},
        {'H', true, 0, MS_PER_HOUR},
        {'M', true, 0, MS_PER_MINUTE},
        {'S', true, 0, MS_PER_SECOND},
};
#define PARTS (sizeof(parts) / sizeof(parts[0]))

static enum result read_duration(struct text t, struct interval *out)
{
	bool in_time = false;
	size_t at = 0;
	int64_t n;

	if (!next_is(&t, 'P') || t.p == t.end)
		return RESULT_THEIRS_MALFORMED;
	while (t.p < t.end) {
		if (!in_time && next_is(&t, 'T'))
			in_time = true;
		TRY(number(&t, &n));
		while (at < PARTS &&
		        (parts[at].in_time != in_time || t.p == t.end || parts[at].letter != *t.p))
			at++;
		if (at == PARTS)
			return RESULT_THEIRS_MALFORMED;
		t.p++;
		out->months += n * parts[at].months;
		out->ms += n * parts[at].ms;
		at++;
	}
	return out->months || out->ms ? RESULT_OK : RESULT_THEIRS_MALFORMED;
}

static enum result read_repetitions(struct text t, struct interval *out)
{
	if (!next_is(&t, 'R'))
		return RESULT_THEIRS_MALFORMED;
	out->endless = t.p == t.end || (t.end - t.p == 2 && memcmp(t.p, "-1", 2) == 0);
	if (out->endless)
		return RESULT_OK;
	TRY(number(&t, &out->repetitions));
	return t.p == t.end ? RESULT_OK : RESULT_THEIRS_MALFORMED;
}

/* Exactly three pieces between slashes. */
static enum result split(const char *s, size_t n, struct text piece[3])
{
	const char *end = s + n;

	for (int i = 0; i < 3; i++) {
		const char *slash = memchr(s, '/', (size_t)(end - s));

		if ((slash == NULL) != (i == 2))
			return RESULT_THEIRS_MALFORMED;
		piece[i] = (struct text){s, slash ? slash : end};
		s = slash ? slash + 1 : end;
	}
	return RESULT_OK;
}

enum result interval_parse(const char *s, size_t n, struct interval *out)
{
	struct text piece[3];
	int64_t end;

	*out = (struct interval){0};
	if (n > INTERVAL_TEXT_MAX)
		return RESULT_THEIRS_TOO_BIG;
	TRY(split(s, n, piece));
	TRY(read_repetitions(piece[0], out));
	if (piece[1].p < piece[1].end && *piece[1].p == 'P') {
		out->form = INTERVAL_DURATION_END;
		TRY(read_duration(piece[1], out));
		return read_moment(piece[2], &out->anchor_ms);
	}
	TRY(read_moment(piece[1], &out->anchor_ms));
	if (piece[2].p < piece[2].end && *piece[2].p == 'P') {
		out->form = INTERVAL_START_DURATION;
		return read_duration(piece[2], out);
	}
	out->form = INTERVAL_START_END;
	TRY(read_moment(piece[2], &end));
	out->ms = end - out->anchor_ms;
	return out->ms > 0 ? RESULT_OK : RESULT_THEIRS_MALFORMED;
}

/* ---- windows ---- */

static int64_t cut(int64_t ms)
{
	return ms < TIME_MIN_MS ? TIME_MIN_MS : ms > TIME_MAX_MS ? TIME_MAX_MS : ms;
}

/* `months` of them after `ms`, on the same day or the month's last. */
static int64_t add_months(int64_t ms, int64_t months)
{
	struct calendar c;
	int64_t month;

	calendar_split(ms, &c);
	month = c.year * MONTHS_OF_A_YEAR + c.month - 1 + months;
	if (month < 0)
		return TIME_MIN_MS;
	if (month > YEAR_MAX * MONTHS_OF_A_YEAR + MONTHS_OF_A_YEAR - 1)
		return TIME_MAX_MS;
	c.year = month / MONTHS_OF_A_YEAR;
	c.month = (unsigned)(month % MONTHS_OF_A_YEAR) + 1;
	while (!calendar_exists(&c))
		c.day--;
	return calendar_join(&c);
}

/* n * unit, cut to `most` in either direction. */
static int64_t times(int64_t n, int64_t unit, int64_t most)
{
	if (unit > 0 && n > most / unit)
		return most;
	if (unit > 0 && n < -most / unit)
		return -most;
	return n * unit;
}

/* The k-th boundary from the anchor, k below 0 before it. Rises with k, but where it was cut. */
static int64_t boundary(const struct interval *i, int64_t k)
{
	const int64_t months_most = 2 * (YEAR_MAX + 1) * MONTHS_OF_A_YEAR;
	const int64_t ms_most = TIME_MAX_MS - TIME_MIN_MS;
	int64_t from = add_months(cut(i->anchor_ms), times(k, i->months, months_most));

	return cut(from + times(k, i->ms, ms_most));
}

/* Windows are numbered by the boundary that they start at: 0 and up, or below 0 before an end. */
static int64_t first_window(const struct interval *i)
{
	if (i->form != INTERVAL_DURATION_END)
		return 0;
	return i->endless || i->repetitions > BOUNDARY_MAX ? -BOUNDARY_MAX : -1 - i->repetitions;
}

static int64_t last_window(const struct interval *i)
{
	if (i->form == INTERVAL_DURATION_END)
		return -1;
	return i->endless || i->repetitions > BOUNDARY_MAX ? BOUNDARY_MAX : i->repetitions;
}

/* The last window that has begun, first - 1 where none has. */
static int64_t begun(const struct interval *i, int64_t now_ms)
{
	int64_t low = first_window(i) - 1, high = last_window(i);

	while (low < high) {
		int64_t middle = low + (high - low + 1) / 2;

		if (boundary(i, middle) <= now_ms)
			low = middle;
		else
			high = middle - 1;
	}
	return low;
}

static struct interval_window window_of(const struct interval *i, int64_t k)
{
	return (struct interval_window){boundary(i, k), boundary(i, k + 1)};
}

enum result interval_at(const struct interval *i, int64_t now_ms, struct interval_window *out)
{
	int64_t k = begun(i, now_ms);

	if (k < first_window(i) && boundary(i, ++k) - now_ms > INTERVAL_SKEW_MS)
		return RESULT_THEIRS_STATE;
	*out = window_of(i, k);
	return now_ms < out->end_ms ? RESULT_OK : RESULT_THEIRS_EXPIRED;
}

size_t interval_next(
        const struct interval *i, int64_t now_ms, struct interval_window *out, size_t max)
{
	int64_t k = begun(i, now_ms), last = last_window(i);
	size_t n = 0;

	if (k < first_window(i) || boundary(i, k + 1) <= now_ms)
		k++;
	for (; n < max && k <= last; k++) {
		struct interval_window w = window_of(i, k);

		if (w.end_ms <= w.start_ms) /* beyond the calendar */
			break;
		out[n++] = w;
	}
	return n;
}

bool interval_end(const struct interval *i, int64_t *out)
{
	if (i->endless && i->form != INTERVAL_DURATION_END)
		return false;
	*out = boundary(i, last_window(i) + 1);
	return true;
}
