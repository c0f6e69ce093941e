#include "codec/form.h"

#include <stdbool.h>
#include <string.h>

#include "base/text.h"

static bool is_unreserved(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '-' || c == '.' || c == '_' || c == '~';
}

enum result form_unescape(struct bytes in, struct buf *out)
{
	for (size_t i = 0; i < in.n; i++) {
		uint8_t c = in.p[i];
		int high, low;

		if (c == '+') {
			buf_u8(out, ' ');
			continue;
		}
		/* The rest of ASCII that browsers leave as it is. */
		if (is_unreserved(c) || c == '*') {
			buf_u8(out, c);
			continue;
		}
		if (c != '%' || in.n - i < 3)
			return RESULT_THEIRS_MALFORMED;
		high = hex_digit((char)in.p[i + 1]);
		low = hex_digit((char)in.p[i + 2]);
		if (high < 0 || low < 0)
			return RESULT_THEIRS_MALFORMED;
		buf_u8(out, (uint8_t)(high << 4 | low));
		i += 2;
	}
	return out->failed ? RESULT_THEIRS_TOO_BIG : RESULT_OK;
}

/* Texts are one line: a line break, as browsers send it of a field of several lines, and a tab are
 * blanks. */
static size_t one_line(char *text, size_t n)
{
	size_t k = 0;

	for (size_t i = 0; i < n; i++) {
		bool breaks = text[i] == '\r' && i + 1 < n && text[i + 1] == '\n';

		i += breaks;
		text[k++] = breaks || text[i] == '\t' ? ' ' : text[i];
	}
	return k;
}

/* One text into storage, NUL-terminated. The escaped form is never shorter than the text. */
static enum result take_text(struct bytes in, bool of_value, char **storage, const char **out)
{
	struct buf b;

	buf_init(&b, *storage, in.n);
	TRY(form_unescape(in, &b));
	if (of_value)
		b.len = one_line(*storage, b.len);
	if (!text_is_clean_utf8(*storage, b.len))
		return RESULT_THEIRS_MALFORMED;
	(*storage)[b.len] = '\0';
	*out = *storage;
	*storage += b.len + 1;
	return RESULT_OK;
}

static enum result take_field(struct bytes in, char **storage, struct form *f)
{
	const uint8_t *equals = in.n ? memchr(in.p, '=', in.n) : NULL;
	size_t name_n = equals ? (size_t)(equals - in.p) : in.n;
	struct form_field *field = &f->fields[f->count];

	if (name_n == 0)
		return RESULT_THEIRS_MALFORMED;
	if (f->count == FORM_FIELDS_MAX)
		return RESULT_THEIRS_TOO_BIG;
	TRY(take_text(bytes_of(in.p, name_n), false, storage, &field->name));
	if (form_get(f, field->name))
		return RESULT_THEIRS_NONCANONICAL;
	if (equals)
		TRY(take_text(
		        bytes_of(equals + 1, in.n - name_n - 1), true, storage, &field->text));
	else
		field->text = field->name + strlen(field->name); /* "" */
	f->count++;
	return RESULT_OK;
}

enum result form_decode(struct bytes in, char *storage, struct form *out)
{
	out->count = 0;
	if (in.n == 0)
		return RESULT_OK;
	for (;;) {
		const uint8_t *end = memchr(in.p, '&', in.n);
		size_t n = end ? (size_t)(end - in.p) : in.n;

		TRY(take_field(bytes_of(in.p, n), &storage, out));
		if (!end)
			return RESULT_OK;
		in = bytes_of(end + 1, in.n - n - 1);
		if (in.n == 0)
			return RESULT_THEIRS_MALFORMED;
	}
}

const char *form_get(const struct form *f, const char *name)
{
	for (size_t i = 0; i < f->count; i++) {
		if (strcmp(f->fields[i].name, name) == 0)
			return f->fields[i].text;
	}
	return NULL;
}

void form_escape(struct bytes text, struct buf *out)
{
	static const char hex[] = "0123456789ABCDEF";

	for (size_t i = 0; i < text.n; i++) {
		uint8_t c = text.p[i];

		if (is_unreserved(c)) {
			buf_u8(out, c);
			continue;
		}
		buf_u8(out, '%');
		buf_u8(out, (uint8_t)hex[c >> 4]);
		buf_u8(out, (uint8_t)hex[c & 15]);
	}
}
