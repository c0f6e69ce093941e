#include "model/rate_text.h"

#include <stdbool.h>
#include <string.h>

#include "base/words.h"

struct reader {
	const uint8_t *start, *p, *end;
	struct rate_fault *fault;
};

static enum result fail(struct reader *r, enum result code, const char *what)
{
	r->fault->at = (size_t)(r->p - r->start);
	r->fault->what = what;
	return code;
}

/* ---- numbers ---- */

struct decimal {
	uint64_t digits;      /* without leading and trailing zeros */
	unsigned significant; /* of them */
	int64_t exponent;     /* value = digits * 10^exponent */
	unsigned zeros;       /* pending ones, significant if another digit follows */
};

static bool is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static bool add_digit(struct decimal *d, unsigned digit)
{
	if (digit == 0) {
		d->zeros += d->significant > 0;
		return true;
	}
	d->significant += d->zeros + 1;
	if (d->significant > RATIO_DIGITS_MAX)
		return false;
	for (; d->zeros; d->zeros--)
		d->digits *= 10;
	d->digits = d->digits * 10 + digit;
	return true;
}

/* Takes the digits at *i; each moves the exponent by `shift`. At least one must be there. */
static enum result take_digits(struct bytes text, size_t *i, struct decimal *d, int shift)
{
	size_t first = *i;

	for (; *i < text.n && is_digit(text.p[*i]); (*i)++) {
		if (!add_digit(d, (unsigned)(text.p[*i] - '0')))
			return RESULT_THEIRS_TOO_BIG;
		d->exponent += shift;
	}
	return *i > first ? RESULT_OK : RESULT_THEIRS_MALFORMED;
}

static enum result take_exponent(struct bytes text, size_t *i, int64_t *out)
{
	bool negative = false;
	int64_t v = 0;
	size_t first;

	if (*i < text.n && (text.p[*i] == '+' || text.p[*i] == '-'))
		negative = text.p[(*i)++] == '-';
	first = *i;
	for (; *i < text.n && is_digit(text.p[*i]); (*i)++) {
		v = v * 10 + (text.p[*i] - '0');
		if (v > 1000)
			return RESULT_THEIRS_TOO_BIG;
	}
	*out = negative ? -v : v;
	return *i > first ? RESULT_OK : RESULT_THEIRS_MALFORMED;
}

static enum result make_ratio(const struct decimal *d, struct ratio *out)
{
	struct ratio digits;

	if (d->exponent > RATE_TEXT_EXPONENT_MAX || d->exponent < -RATE_TEXT_EXPONENT_MAX)
		return RESULT_THEIRS_TOO_BIG;
	TRY(ratio_make(d->digits, 1, &digits));
	if (d->exponent < 0)
		return ratio_scale(&digits, (unsigned)-d->exponent, 0, out);
	return ratio_scale(&digits, 0, (unsigned)d->exponent, out);
}

enum result rate_text_number(struct bytes text, struct ratio *out)
{
	struct decimal d = {0};
	bool negative = text.n > 0 && text.p[0] == '-';
	int64_t exponent = 0;
	size_t i = negative;

	if (i + 1 < text.n && text.p[i] == '0' && is_digit(text.p[i + 1]))
		return RESULT_THEIRS_MALFORMED;
	TRY(take_digits(text, &i, &d, 0));
	if (i < text.n && text.p[i] == '.') {
		i++;
		TRY(take_digits(text, &i, &d, -1));
	}
	if (i < text.n && (text.p[i] == 'e' || text.p[i] == 'E')) {
		i++;
		TRY(take_exponent(text, &i, &exponent));
	}
	if (i != text.n)
		return RESULT_THEIRS_MALFORMED;
	if (negative || d.digits == 0)
		return RESULT_THEIRS_BAD_AMOUNT;
	/* Trailing zeros were left out of the digits. */
	d.exponent += exponent + d.zeros;
	return make_ratio(&d, out);
}

/* ---- the text around them ---- */

static void skip_blank(struct reader *r)
{
	while (r->p < r->end && (*r->p == ' ' || *r->p == '\t' || *r->p == '\n' || *r->p == '\r'))
		r->p++;
}

static uint8_t peek(struct reader *r)
{
	skip_blank(r);
	return r->p < r->end ? *r->p : 0;
}

static enum result take_char(struct reader *r, char c, const char *what)
{
	if (peek(r) != (uint8_t)c)
		return fail(r, RESULT_THEIRS_MALFORMED, what);
	r->p++;
	return RESULT_OK;
}

/* The text between quotes, as it stands. Escapes are only stepped over: no name that we look for
 * has one. */
static enum result take_string(struct reader *r, struct bytes *out)
{
	const uint8_t *first;

	TRY(take_char(r, '"', WORDS("a quote is missing")));
	first = r->p;
	for (; r->p < r->end && *r->p != '"'; r->p++) {
		if (*r->p < ' ')
			return fail(r, RESULT_THEIRS_MALFORMED,
			        WORDS("a control character in a string"));
		if (*r->p == '\\' && ++r->p == r->end)
			break;
	}
	if (r->p >= r->end)
		return fail(r, RESULT_THEIRS_MALFORMED, WORDS("a string has no end"));
	*out = bytes_of(first, (size_t)(r->p - first));
	r->p++;
	return RESULT_OK;
}

static bool is_bare_char(uint8_t c)
{
	return is_digit(c) || (c >= 'a' && c <= 'z') || c == 'E' || c == '-' || c == '+' ||
	       c == '.';
}

/* A number, true, false or null. */
static enum result take_bare(struct reader *r, struct bytes *out)
{
	const uint8_t *first;

	skip_blank(r);
	first = r->p;
	while (r->p < r->end && is_bare_char(*r->p))
		r->p++;
	*out = bytes_of(first, (size_t)(r->p - first));
	return out->n ? RESULT_OK : fail(r, RESULT_THEIRS_MALFORMED, WORDS("a value is missing"));
}

static enum result skip_value(struct reader *r);

/* The comma or the end after one element; *more says which. */
static enum result take_separator(struct reader *r, char end, bool *more)
{
	*more = peek(r) == ',';
	if (*more) {
		r->p++;
		return RESULT_OK;
	}
	return take_char(r, end, WORDS("a comma or a closing bracket is missing"));
}

/* A nested value holds no name that matters: only its brackets and strings are followed, so that it
 * ends where it ends. */
static enum result skip_value(struct reader *r)
{
	char ends[RATE_TEXT_DEPTH_MAX];
	size_t depth = 0;
	struct bytes text;

	do {
		uint8_t c = peek(r);

		if (c == '{' || c == '[') {
			if (depth == RATE_TEXT_DEPTH_MAX)
				return fail(r, RESULT_THEIRS_TOO_BIG, WORDS("nested too deep"));
			ends[depth++] = c == '{' ? '}' : ']';
			r->p++;
		} else if (depth > 0 && c == (uint8_t)ends[depth - 1]) {
			depth--;
			r->p++;
		} else if (c == '"') {
			TRY(take_string(r, &text));
		} else if (depth > 0 && (c == ',' || c == ':')) {
			r->p++;
		} else {
			TRY(take_bare(r, &text));
		}
	} while (depth > 0);
	return RESULT_OK;
}

static bool is_code(struct bytes text)
{
	if (text.n == 0 || text.n > ASSET_CODE_MAX)
		return false;
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] <= ' ' || text.p[i] >= 0x7f || text.p[i] == '\\')
			return false;
	}
	return true;
}

static enum result take_code(struct reader *r, char out[ASSET_CODE_MAX + 1])
{
	struct bytes text;

	TRY(take_string(r, &text));
	if (!is_code(text))
		return fail(r, RESULT_THEIRS_MALFORMED, WORDS("not an asset code"));
	memcpy(out, text.p, text.n);
	out[text.n] = '\0';
	return RESULT_OK;
}

static enum result take_price(struct reader *r, struct ratio *out)
{
	struct bytes text;
	enum result result;

	if (peek(r) == '"')
		TRY(take_string(r, &text));
	else
		TRY(take_bare(r, &text));
	result = rate_text_number(text, out);
	return result ? fail(r, result, WORDS("not a positive number of at most 18 digits"))
	              : RESULT_OK;
}

struct list {
	struct rate_entry *entries;
	size_t max, count;
};

static enum result take_rates(struct reader *r, struct list *list)
{
	bool more = true;

	TRY(take_char(r, '{', WORDS("rates is no object")));
	if (peek(r) == '}') {
		r->p++;
		return RESULT_OK;
	}
	while (more) {
		if (list->count == list->max)
			return fail(r, RESULT_THEIRS_TOO_BIG, WORDS("too many assets"));
		TRY(take_code(r, list->entries[list->count].code));
		TRY(take_char(r, ':', WORDS("a colon is missing")));
		TRY(take_price(r, &list->entries[list->count].price));
		list->count++;
		TRY(take_separator(r, '}', &more));
	}
	return RESULT_OK;
}

static enum result take_member(
        struct reader *r, char base[ASSET_CODE_MAX + 1], struct list *list, bool *have_rates)
{
	struct bytes name;

	TRY(take_string(r, &name));
	TRY(take_char(r, ':', WORDS("a colon is missing")));
	if (bytes_eq_str(name, "base")) {
		if (base[0])
			return fail(r, RESULT_THEIRS_MALFORMED, WORDS("base is given twice"));
		return take_code(r, base);
	}
	if (bytes_eq_str(name, "rates")) {
		if (*have_rates)
			return fail(r, RESULT_THEIRS_MALFORMED, WORDS("rates is given twice"));
		*have_rates = true;
		return take_rates(r, list);
	}
	return skip_value(r);
}

enum result rate_text_parse(struct bytes json, char base[ASSET_CODE_MAX + 1],
        struct rate_entry *entries, size_t max, size_t *count, struct rate_fault *fault)
{
	struct reader r = {json.p, json.p, json.p + json.n, fault};
	struct list list = {entries, max, 0};
	bool have_rates = false;
	bool more;

	base[0] = '\0';
	TRY(take_char(&r, '{', WORDS("not a JSON object")));
	more = peek(&r) != '}';
	if (!more)
		r.p++;
	while (more) {
		TRY(take_member(&r, base, &list, &have_rates));
		TRY(take_separator(&r, '}', &more));
	}
	skip_blank(&r);
	if (r.p != r.end)
		return fail(&r, RESULT_THEIRS_MALFORMED, WORDS("something follows the object"));
	if (!base[0])
		return fail(&r, RESULT_THEIRS_MALFORMED, WORDS("base is missing"));
	if (!have_rates)
		return fail(&r, RESULT_THEIRS_MALFORMED, WORDS("rates is missing"));
	*count = list.count;
	return RESULT_OK;
}
