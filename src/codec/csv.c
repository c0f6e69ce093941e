#include "codec/csv.h"

#include <string.h>

/* What begins a formula in one spreadsheet or another, also behind blanks. */
static bool is_formula(const char *text)
{
	static const char signs[] = "=+-@\t\r|%";

	text += strspn(text, " ");
	return *text && strchr(signs, *text);
}

static void quoted(const char *text, bool first, bool inert, struct buf *out)
{
	if (!first)
		buf_u8(out, ',');
	buf_u8(out, '"');
	if (!inert && is_formula(text))
		buf_u8(out, '\'');
	for (; *text; text++) {
		if (*text == '"')
			buf_u8(out, '"');
		buf_u8(out, (uint8_t)*text);
	}
	buf_u8(out, '"');
}

void csv_cell(const char *text, bool first, struct buf *out)
{
	quoted(text, first, false, out);
}

void csv_number(const char *text, bool first, struct buf *out)
{
	quoted(text, first, true, out);
}

void csv_end(struct buf *out)
{
	buf_put(out, "\r\n", 2);
}
