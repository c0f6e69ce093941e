#include "codec/sfv.h"

#include <string.h>

#define INTEGER_DIGITS_MAX  15
#define DECIMAL_DIGITS_MAX  12 /* before the point */
#define FRACTION_DIGITS_MAX 3
#define THOUSAND            1000

/* ---- characters ---- */

static bool is_digit(int c)
{
	return c >= '0' && c <= '9';
}

static bool is_lower(int c)
{
	return c >= 'a' && c <= 'z';
}

static bool is_alpha(int c)
{
	return is_lower(c) || (c >= 'A' && c <= 'Z');
}

static bool is_one_of(int c, const char *set)
{
	return c > 0 && strchr(set, c) != NULL;
}

static bool is_key_start(int c)
{
	return is_lower(c) || c == '*';
}

static bool is_key(int c)
{
	return is_lower(c) || is_digit(c) || is_one_of(c, "_-.*");
}

static bool is_token(int c)
{
	return is_alpha(c) || is_digit(c) || is_one_of(c, "!#$%&'*+-.^_`|~:/");
}

static bool is_bare_name(int c)
{
	return is_lower(c) || is_digit(c) || is_one_of(c, "@-_");
}

static bool is_base64(int c)
{
	return is_alpha(c) || is_digit(c) || is_one_of(c, "+/=");
}

/* ---- reading ---- */

/* The next character, -1 at the end. */
static int peek(const struct sfv *s)
{
	return s->p < s->end ? *s->p : -1;
}

static bool fail(struct sfv *s)
{
	if (!s->failed)
		s->failed = s->p < s->end ? RESULT_THEIRS_MALFORMED : RESULT_THEIRS_TRUNCATED;
	return false;
}

static bool take(struct sfv *s, int c)
{
	if (peek(s) != c)
		return false;
	s->p++;
	return true;
}

static void skip(struct sfv *s, const char *set)
{
	while (is_one_of(peek(s), set))
		s->p++;
}

static struct bytes take_while(struct sfv *s, bool (*fits)(int c))
{
	const uint8_t *from = s->p;

	while (fits(peek(s)))
		s->p++;
	return bytes_of(from, (size_t)(s->p - from));
}

static struct bytes since(const struct sfv *s, const uint8_t *from)
{
	return bytes_of(from, (size_t)(s->p - from));
}

static bool read_key(struct sfv *s, struct bytes *out)
{
	if (!is_key_start(peek(s)))
		return fail(s);
	*out = take_while(s, is_key);
	return true;
}

/* ---- bare items: RFC 9651 4.2.3.1 and following ---- */

static int64_t digits_value(struct bytes digits)
{
	int64_t v = 0;

	for (size_t i = 0; i < digits.n; i++)
		v = v * 10 + (digits.p[i] - '0');
	return v;
}

static bool read_number(struct sfv *s, struct sfv_item *out)
{
	bool negative = take(s, '-');
	struct bytes whole = take_while(s, is_digit), fraction;

	if (whole.n == 0 || whole.n > INTEGER_DIGITS_MAX)
		return fail(s);
	out->type = SFV_INTEGER;
	out->number = digits_value(whole);
	if (peek(s) == '.') {
		s->p++;
		fraction = take_while(s, is_digit);
		if (whole.n > DECIMAL_DIGITS_MAX || fraction.n == 0 ||
		        fraction.n > FRACTION_DIGITS_MAX)
			return fail(s);
		out->type = SFV_DECIMAL;
		out->number = out->number * THOUSAND;
		for (size_t i = 0, unit = THOUSAND / 10; i < fraction.n; i++, unit /= 10)
			out->number += (fraction.p[i] - '0') * (int64_t)unit;
	}
	if (negative)
		out->number = -out->number;
	return true;
}

static bool read_date(struct sfv *s, struct sfv_item *out)
{
	s->p++;
	if (!read_number(s, out) || out->type != SFV_INTEGER)
		return fail(s);
	out->type = SFV_DATE;
	return true;
}

static bool read_string(struct sfv *s, struct sfv_item *out)
{
	const uint8_t *from = ++s->p;

	out->type = SFV_STRING;
	for (; s->p < s->end && *s->p != '"'; s->p++) {
		if (*s->p < 0x20 || *s->p > 0x7e)
			return fail(s);
		if (*s->p != '\\')
			continue;
		s->p++;
		if (peek(s) != '"' && peek(s) != '\\')
			return fail(s);
	}
	out->text = since(s, from);
	return take(s, '"') || fail(s);
}

static bool is_lower_hex(int c)
{
	return is_digit(c) || (c >= 'a' && c <= 'f');
}

/* What the escapes stand for is not looked at: nothing that we read shows one. */
static bool read_display(struct sfv *s, struct sfv_item *out)
{
	const uint8_t *from;

	s->p++;
	if (!take(s, '"'))
		return fail(s);
	out->type = SFV_DISPLAY;
	for (from = s->p; s->p < s->end && *s->p != '"'; s->p++) {
		if (*s->p < 0x20 || *s->p > 0x7e)
			return fail(s);
		if (*s->p != '%')
			continue;
		if (s->end - s->p < 3 || !is_lower_hex(s->p[1]) || !is_lower_hex(s->p[2]))
			return fail(s);
		s->p += 2;
	}
	out->text = since(s, from);
	return take(s, '"') || fail(s);
}

static bool read_bytes(struct sfv *s, struct sfv_item *out)
{
	s->p++;
	out->type = SFV_BYTES;
	out->text = take_while(s, is_base64);
	return take(s, ':') || fail(s);
}

static bool read_boolean(struct sfv *s, struct sfv_item *out)
{
	s->p++;
	out->type = SFV_BOOLEAN;
	out->number = peek(s) == '1';
	return take(s, '0') || take(s, '1') || fail(s);
}

static bool read_bare_item(struct sfv *s, struct sfv_item *out)
{
	int c = peek(s);

	*out = (struct sfv_item){0};
	if (c == '-' || is_digit(c))
		return read_number(s, out);
	if (c == '"')
		return read_string(s, out);
	if (c == ':')
		return read_bytes(s, out);
	if (c == '?')
		return read_boolean(s, out);
	if (c == '@')
		return read_date(s, out);
	if (c == '%')
		return read_display(s, out);
	if (!is_alpha(c) && c != '*')
		return fail(s);
	out->type = SFV_TOKEN;
	out->text = take_while(s, is_token);
	return true;
}

/* ---- parameters, items, members ---- */

bool sfv_parameter_next(struct sfv *s, struct sfv_parameter *out)
{
	if (s->failed || !take(s, ';'))
		return false;
	skip(s, " ");
	if (!read_key(s, &out->key))
		return false;
	out->item = (struct sfv_item){.type = SFV_BOOLEAN, .number = 1};
	return !take(s, '=') || read_bare_item(s, &out->item);
}

static bool read_parameters(struct sfv *s, struct bytes *out)
{
	const uint8_t *from = s->p;
	struct sfv_parameter unused;

	while (sfv_parameter_next(s, &unused))
		;
	*out = since(s, from);
	return !s->failed;
}

static bool read_item(struct sfv *s, struct sfv_item *out)
{
	return read_bare_item(s, out) && read_parameters(s, &out->parameters);
}

static bool read_listed(struct sfv *s, struct sfv_item *out)
{
	if (!s->bare_names || !(is_lower(peek(s)) || peek(s) == '@'))
		return read_item(s, out);
	*out = (struct sfv_item){.type = SFV_STRING};
	out->text = take_while(s, is_bare_name);
	return read_parameters(s, &out->parameters);
}

/* RFC 9651 4.2.1.2: blanks between the items of an inner list, and nothing else. */
bool sfv_item_next(struct sfv *s, struct sfv_item *out)
{
	const uint8_t *from = s->p;

	skip(s, " ");
	if (s->failed || s->p == s->end)
		return false;
	if (s->began && s->p == from)
		return fail(s);
	s->began = true;
	return read_listed(s, out);
}

static bool read_inner_list(struct sfv *s, struct sfv_member *out)
{
	const uint8_t *from = ++s->p;
	struct sfv_item unused;
	bool apart = true;

	out->inner_list = true;
	for (;;) {
		const uint8_t *before = s->p;

		skip(s, " ");
		if (peek(s) == ')')
			break;
		apart = apart || s->p > before;
		if (!apart || !read_listed(s, &unused))
			return fail(s);
		apart = false;
	}
	out->inner = since(s, from);
	s->p++;
	return read_parameters(s, &out->item.parameters);
}

bool sfv_member_next(struct sfv *s, struct sfv_member *out)
{
	const uint8_t *from;

	if (s->failed)
		return false;
	if (!s->began)
		skip(s, " ");
	else
		skip(s, " \t");
	if (s->p == s->end)
		return false;
	if (s->began) {
		if (!take(s, ','))
			return fail(s);
		skip(s, " \t");
	}
	s->began = true;
	*out = (struct sfv_member){.item = {.type = SFV_BOOLEAN, .number = 1}};
	if (!read_key(s, &out->key))
		return false;
	if (!take(s, '=')) {
		out->raw = bytes_of(s->p, 0);
		return read_parameters(s, &out->item.parameters);
	}
	from = s->p;
	if (!(peek(s) == '(' ? read_inner_list(s, out) : read_item(s, &out->item)))
		return false;
	out->raw = since(s, from);
	return true;
}

/* ---- values ---- */

void sfv_init(struct sfv *s, struct bytes value)
{
	static const uint8_t none[1];

	*s = (struct sfv){.p = value.n ? value.p : none};
	s->end = s->p + value.n;
}

void sfv_init_inner(struct sfv *s, const struct sfv_member *m)
{
	sfv_init(s, m->inner);
}

enum result sfv_string(const struct sfv_item *item, char *out, size_t size)
{
	size_t n = 0;

	if (item->type != SFV_STRING)
		return RESULT_THEIRS_BAD_TYPE;
	for (size_t i = 0; i < item->text.n; i++) {
		if (item->text.p[i] == '\\')
			i++; /* the reader has seen that one follows */
		if (n + 1 >= size)
			return RESULT_THEIRS_TOO_BIG;
		out[n++] = (char)item->text.p[i];
	}
	out[n] = '\0';
	return RESULT_OK;
}

enum result sfv_base64(struct bytes text, uint8_t *out, size_t cap, size_t *n)
{
	for (size_t i = 0; i < text.n; i++)
		if (!is_base64(text.p[i]))
			return RESULT_THEIRS_MALFORMED;
	return base64_decode((const char *)text.p, text.n, out, cap, n);
}

enum result sfv_bytes(const struct sfv_item *item, uint8_t *out, size_t n)
{
	size_t len = 0;
	enum result r;

	if (item->type != SFV_BYTES)
		return RESULT_THEIRS_BAD_TYPE;
	r = sfv_base64(item->text, out, n, &len);
	if (r == RESULT_THEIRS_TOO_BIG || (!r && len != n))
		r = RESULT_THEIRS_MALFORMED;
	return r;
}
