#include "base/figure.h"

#include <stdio.h>
#include <string.h>

#include "base/calendar.h"

static const char *const months[] = {WORDS("January"), WORDS("February"), WORDS("March"),
        WORDS("April"), WORDS("May"), WORDS("June"), WORDS("July"), WORDS("August"),
        WORDS("September"), WORDS("October"), WORDS("November"), WORDS("December")};

/* ---- writing ---- */

void figure_decimal(const struct language *l, char *text)
{
	size_t whole = strspn(text, "0123456789");

	if (whole > 0 && text[whole] == '.' &&
	        text[whole + 1 + strspn(text + whole + 1, "0123456789")] == '\0')
		text[whole] = l->decimal;
}

void figure_amount(
        const struct language *l, uint64_t value, unsigned scale, char out[AMOUNT_TEXT_SIZE])
{
	amount_format_major(value, scale, out);
	figure_decimal(l, out);
}

/* "", "+1", "-3:30" */
static void offset_text(int32_t offset_s, char out[16])
{
	int32_t minutes = (offset_s < 0 ? -offset_s : offset_s) / 60;

	out[0] = '\0';
	if (minutes % 60)
		(void)snprintf(
		        out, 16, "%c%d:%02d", offset_s < 0 ? '-' : '+', minutes / 60, minutes % 60);
	else if (minutes)
		(void)snprintf(out, 16, "%c%d", offset_s < 0 ? '-' : '+', minutes / 60);
}

static void write_time(const struct language *l, int64_t unix_ms, int32_t offset_s,
        const char *form, char out[FIGURE_TIME_SIZE])
{
	char day[12], year[24], time[12], offset[16];
	struct calendar c;

	calendar_split(unix_ms + (int64_t)offset_s * 1000, &c);
	(void)snprintf(day, sizeof(day), "%u", c.day);
	(void)snprintf(year, sizeof(year), "%lld", (long long)c.year);
	(void)snprintf(time, sizeof(time), "%02u:%02u", c.hour % 24, c.minute % 60);
	offset_text(offset_s, offset);
	words_fill(out, FIGURE_TIME_SIZE, words_in(l, form), "day", day, "month",
	        words_in(l, months[c.month - 1]), "year", year, "time", time, "offset", offset,
	        NULL);
}

void figure_time(
        const struct language *l, int64_t unix_ms, int32_t offset_s, char out[FIGURE_TIME_SIZE])
{
	write_time(l, unix_ms, offset_s, WORDS("{day} {month} {year}, {time} UTC{offset}"), out);
}

void figure_day(
        const struct language *l, int64_t unix_ms, int32_t offset_s, char out[FIGURE_TIME_SIZE])
{
	write_time(l, unix_ms, offset_s, WORDS("{day} {month} {year}"), out);
}

/* ---- reading ---- */

static const char *const spaces[] = {" ", "\xc2\xa0", "\xe2\x80\xaf", "\xe2\x80\x89"};

/* The text with each kind of space as one ' ', and none around it. False: something else is in it,
 * or it is too long. */
static bool tidy(const char *text, char out[FIGURE_TYPED_MAX])
{
	size_t n = 0;

	while (*text) {
		size_t space = 0;

		for (size_t i = 0; i < sizeof(spaces) / sizeof(spaces[0]) && !space; i++) {
			if (strncmp(text, spaces[i], strlen(spaces[i])) == 0)
				space = strlen(spaces[i]);
		}
		if (n + 1 >= FIGURE_TYPED_MAX || (!space && !strchr("0123456789.,", *text)))
			return false;
		if (!space || n > 0)
			out[n++] = space ? ' ' : *text;
		text += space ? space : 1;
	}
	while (n > 0 && out[n - 1] == ' ')
		n--;
	out[n] = '\0';
	return n > 0;
}

static size_t count_of(const char *text, char c)
{
	size_t n = 0;

	for (; *text; text++)
		n += *text == c;
	return n;
}

/* Drops `group` from text[0..n) where it stands as it should, between groups of three. */
static bool drop_groups(char *text, size_t n, char group, size_t *left)
{
	size_t at = strcspn(text, (char[]){group, '\0'}), kept = at;

	if (at >= n) {
		*left = n;
		return true;
	}
	if (at == 0 || at > 3 || text[0] == '0')
		return false;
	while (at < n) {
		if (text[at] != group || n - at < 4 || strspn(text + at + 1, "0123456789") < 3)
			return false;
		memmove(text + kept, text + at + 1, 3);
		kept += 3;
		at += 4;
	}
	*left = kept;
	return true;
}

/* The decimal sign of a tidy text, '\0' where it has none, and what stands between groups. */
static enum result find_signs(
        const struct language *l, const char *text, char *decimal, char *group)
{
	size_t points = count_of(text, '.'), commas = count_of(text, ',');
	const char *last = strrchr(text, '.'), *comma = strrchr(text, ',');
	char sign;

	*decimal = '\0';
	*group = ' ';
	if (comma && (!last || comma > last))
		last = comma;
	if (!last)
		return RESULT_OK;
	sign = *last;
	if (points > 0 && commas > 0) {
		*decimal = sign;
		*group = sign == '.' ? ',' : '.';
		return (sign == '.' ? points : commas) == 1 ? RESULT_OK : RESULT_THEIRS_BAD_AMOUNT;
	}
	if (points + commas > 1) {
		*group = sign;
		return RESULT_OK;
	}
	*decimal = sign;
	if (sign != l->decimal && strspn(last + 1, "0123456789") == 3 && !last[4] && last > text &&
	        last - text <= 3 && text[0] != '0')
		return RESULT_THEIRS_NONCANONICAL;
	return RESULT_OK;
}

enum result figure_parse(const struct language *l, const char *text, unsigned scale, uint64_t *out)
{
	char typed[FIGURE_TYPED_MAX], decimal, group;
	size_t whole, rest, left;
	enum result r;

	if (!tidy(text, typed))
		return RESULT_THEIRS_BAD_AMOUNT;
	r = find_signs(l, typed, &decimal, &group);
	if (r)
		return r;
	whole = decimal ? (size_t)(strrchr(typed, decimal) - typed) : strlen(typed);
	rest = strlen(typed) - whole;
	if (!drop_groups(typed, whole, group, &left))
		return RESULT_THEIRS_BAD_AMOUNT;
	memmove(typed + left, typed + whole, rest + 1);
	if (decimal)
		typed[left] = '.';
	return amount_parse_major(typed, left + rest, scale, out);
}
