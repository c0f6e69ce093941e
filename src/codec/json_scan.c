#include "codec/json_scan.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/limits.h"

const struct json_scan_limits json_scan_default = {
        .bytes = LIMIT_JSON_BYTES,
        .depth = LIMIT_JSON_DEPTH,
        .tokens = LIMIT_JSON_TOKENS,
};

struct scan {
	struct cursor in;
	uint64_t objects; /* bit i: the container at depth i is an object */
	unsigned depth;
	unsigned tokens;
	const struct json_scan_limits *limits;
};

static int peek(const struct scan *s)
{
	return cursor_left(&s->in) > 0 ? *s->in.p : -1;
}

static void skip_blanks(struct scan *s)
{
	int c;

	while ((c = peek(s)) == ' ' || c == '\t' || c == '\n' || c == '\r')
		s->in.p++;
}

static enum result expect(struct scan *s, char c)
{
	int got = peek(s);

	if (got < 0)
		return RESULT_THEIRS_TRUNCATED;
	if (got != c)
		return RESULT_THEIRS_MALFORMED;
	s->in.p++;
	return RESULT_OK;
}

static enum result word(struct scan *s, const char *text)
{
	for (; *text; text++)
		TRY(expect(s, *text));
	return RESULT_OK;
}

static enum result digits(struct scan *s)
{
	int c = peek(s);

	if (c < 0)
		return RESULT_THEIRS_TRUNCATED;
	if (c < '0' || c > '9')
		return RESULT_THEIRS_MALFORMED;
	while ((c = peek(s)) >= '0' && c <= '9')
		s->in.p++;
	return RESULT_OK;
}

static enum result number(struct scan *s)
{
	int c;

	if (peek(s) == '-')
		s->in.p++;
	if (peek(s) == '0')
		s->in.p++;
	else
		TRY(digits(s));
	if (peek(s) == '.') {
		s->in.p++;
		TRY(digits(s));
	}
	if ((c = peek(s)) == 'e' || c == 'E') {
		s->in.p++;
		if ((c = peek(s)) == '+' || c == '-')
			s->in.p++;
		TRY(digits(s));
	}
	return RESULT_OK;
}

/* Four hex digits of a \u escape. */
static enum result unit(struct scan *s, unsigned *out)
{
	*out = 0;
	for (int i = 0; i < 4; i++) {
		int c = peek(s);

		if (c < 0)
			return RESULT_THEIRS_TRUNCATED;
		if (c >= '0' && c <= '9')
			c -= '0';
		else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
			c = (c | 0x20) - 'a' + 10;
		else
			return RESULT_THEIRS_MALFORMED;
		*out = *out << 4 | (unsigned)c;
		s->in.p++;
	}
	return RESULT_OK;
}

static enum result escape(struct scan *s)
{
	int c = peek(s);
	unsigned u;

	if (c < 0)
		return RESULT_THEIRS_TRUNCATED;
	if (c == 0 || !strchr("\"\\/bfnrtu", c))
		return RESULT_THEIRS_MALFORMED;
	s->in.p++;
	if (c != 'u')
		return RESULT_OK;
	TRY(unit(s, &u));
	if (u == 0 || (u >= 0xdc00 && u <= 0xdfff))
		return RESULT_THEIRS_MALFORMED;
	if (u >= 0xd800 && u <= 0xdbff) {
		TRY(word(s, "\\u"));
		TRY(unit(s, &u));
		if (u < 0xdc00 || u > 0xdfff)
			return RESULT_THEIRS_MALFORMED;
	}
	return RESULT_OK;
}

/* One character above 0x7f. RFC 3629 4: shortest form, no surrogates, at most U+10FFFF. */
static enum result utf8(struct scan *s)
{
	uint8_t c = cursor_u8(&s->in);
	unsigned more, low = 0x80, high = 0xbf;

	if (c >= 0xc2 && c <= 0xdf)
		more = 1;
	else if (c >= 0xe0 && c <= 0xef)
		more = 2;
	else if (c >= 0xf0 && c <= 0xf4)
		more = 3;
	else
		return RESULT_THEIRS_MALFORMED;
	if (c == 0xe0)
		low = 0xa0;
	else if (c == 0xed)
		high = 0x9f;
	else if (c == 0xf0)
		low = 0x90;
	else if (c == 0xf4)
		high = 0x8f;
	while (more-- > 0) {
		int next = peek(s);

		if (next < 0)
			return RESULT_THEIRS_TRUNCATED;
		if ((unsigned)next < low || (unsigned)next > high)
			return RESULT_THEIRS_MALFORMED;
		s->in.p++;
		low = 0x80;
		high = 0xbf;
	}
	return RESULT_OK;
}

static enum result token(struct scan *s)
{
	return ++s->tokens > s->limits->tokens ? RESULT_THEIRS_TOO_BIG : RESULT_OK;
}

static enum result string(struct scan *s)
{
	TRY(token(s));
	TRY(expect(s, '"'));
	for (;;) {
		int c = peek(s);

		if (c < 0)
			return RESULT_THEIRS_TRUNCATED;
		if (c < 0x20)
			return RESULT_THEIRS_MALFORMED;
		if (c >= 0x80) {
			TRY(utf8(s));
			continue;
		}
		s->in.p++;
		if (c == '"')
			return RESULT_OK;
		if (c == '\\')
			TRY(escape(s));
	}
}

static enum result scalar(struct scan *s)
{
	int c = peek(s);

	if (c == '"')
		return string(s);
	TRY(token(s));
	switch (c) {
	case -1:
		return RESULT_THEIRS_TRUNCATED;
	case 't':
		return word(s, "true");
	case 'f':
		return word(s, "false");
	case 'n':
		return word(s, "null");
	default:
		return number(s);
	}
}

static bool in_object(const struct scan *s)
{
	return s->objects >> (s->depth - 1) & 1;
}

static enum result open(struct scan *s, bool object)
{
	TRY(token(s));
	if (s->depth == s->limits->depth || s->depth == JSON_SCAN_DEPTH_MAX)
		return RESULT_THEIRS_TOO_BIG;
	s->objects &= ~(UINT64_C(1) << s->depth);
	s->objects |= (uint64_t)object << s->depth;
	s->depth++;
	s->in.p++;
	return RESULT_OK;
}

static enum result name(struct scan *s)
{
	skip_blanks(s);
	TRY(string(s));
	skip_blanks(s);
	return expect(s, ':');
}

/* After a value: closes what ends here, up to a comma that another value follows. *more is false
 * at the end of the text's one value. */
static enum result after_value(struct scan *s, bool *more)
{
	*more = false;
	while (s->depth > 0) {
		bool object = in_object(s);

		skip_blanks(s);
		if (peek(s) == ',') {
			s->in.p++;
			*more = true;
			return object ? name(s) : RESULT_OK;
		}
		TRY(expect(s, object ? '}' : ']'));
		s->depth--;
	}
	return RESULT_OK;
}

/* One value from its first byte; a container that is not empty leads on to its first element. */
static enum result value(struct scan *s, bool *more)
{
	int c;

	skip_blanks(s);
	c = peek(s);
	if (c != '{' && c != '[') {
		TRY(scalar(s));
		return after_value(s, more);
	}
	TRY(open(s, c == '{'));
	skip_blanks(s);
	if (peek(s) == (c == '{' ? '}' : ']')) {
		s->in.p++;
		s->depth--;
		return after_value(s, more);
	}
	*more = true;
	return c == '{' ? name(s) : RESULT_OK;
}

enum result json_scan(struct bytes text, const struct json_scan_limits *limits, size_t *at)
{
	struct scan s = {.limits = limits};
	enum result r = RESULT_OK;
	bool more = true;

	*at = 0;
	if (text.n > limits->bytes)
		return RESULT_THEIRS_TOO_BIG;
	cursor_init(&s.in, text);
	while (!r && more)
		r = value(&s, &more);
	if (!r) {
		skip_blanks(&s);
		if (cursor_left(&s.in) > 0)
			r = RESULT_THEIRS_MALFORMED;
	}
	*at = text.n - cursor_left(&s.in);
	return r;
}
