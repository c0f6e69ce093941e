#include "model/rate_ecb.h"

#include <expat.h>
#include <stdlib.h>
#include <string.h>

#include "base/calendar.h"
#include "base/words.h"
#include "model/rate_text.h"

struct reading {
	struct rate_entry entries[RATE_CODES_MAX];
	size_t count;
	bool dated;
	int64_t day_ms; /* its beginning */
	enum result result;
	struct rate_fault *fault;
	XML_Parser parser; /* of XML; else NULL */
	const uint8_t *start;
};

static enum result fail(struct reading *r, size_t at, enum result code, const char *what)
{
	*r->fault = (struct rate_fault){at, what};
	r->result = code;
	return code;
}

/* ---- one date, one price ---- */

static bool take_number(const char *s, size_t n, unsigned *out)
{
	*out = 0;
	for (size_t i = 0; i < n; i++) {
		if (s[i] < '0' || s[i] > '9')
			return false;
		*out = *out * 10 + (unsigned)(s[i] - '0');
	}
	return n > 0;
}

static bool iso_date(struct bytes t, struct calendar *c)
{
	const char *s = (const char *)t.p;
	unsigned year;

	if (t.n != 10 || s[4] != '-' || s[7] != '-' || !take_number(s, 4, &year) ||
	        !take_number(s + 5, 2, &c->month) || !take_number(s + 8, 2, &c->day))
		return false;
	c->year = year;
	return true;
}

/* "25 November 2026" */
static bool long_date(struct bytes t, struct calendar *c)
{
	static const char *const months[] = {"January", "February", "March", "April", "May", "June",
	        "July", "August", "September", "October", "November", "December"};
	const char *s = (const char *)t.p, *end = s + t.n;
	const char *name = memchr(s, ' ', t.n);
	const char *year_text = name ? memchr(name + 1, ' ', (size_t)(end - name - 1)) : NULL;
	unsigned year;

	if (!year_text || name - s > 2 || end - year_text != 5 ||
	        !take_number(s, (size_t)(name - s), &c->day) ||
	        !take_number(year_text + 1, 4, &year))
		return false;
	c->year = year;
	for (unsigned i = 0; i < 12; i++)
		if (bytes_eq_str(bytes_of(name + 1, (size_t)(year_text - name - 1)), months[i]))
			c->month = i + 1;
	return true;
}

static enum result take_day(struct reading *r, size_t at, struct bytes text)
{
	struct calendar c = {0};

	if ((!iso_date(text, &c) && !long_date(text, &c)) || !calendar_exists(&c))
		return fail(r, at, RESULT_THEIRS_MALFORMED, WORDS("not a date"));
	r->day_ms = calendar_join(&c);
	r->dated = true;
	return RESULT_OK;
}

static enum result take_price(struct reading *r, size_t at, struct bytes code, struct bytes number)
{
	struct rate_entry *e;
	enum result result;

	if (r->count == RATE_CODES_MAX)
		return fail(r, at, RESULT_THEIRS_TOO_BIG, WORDS("too many assets"));
	e = &r->entries[r->count];
	if (code.n == 0 || code.n > ASSET_CODE_MAX)
		return fail(r, at, RESULT_THEIRS_MALFORMED, WORDS("not an asset code"));
	for (size_t i = 0; i < code.n; i++)
		if (code.p[i] < 'A' || code.p[i] > 'Z')
			return fail(r, at, RESULT_THEIRS_MALFORMED, WORDS("not an asset code"));
	result = rate_text_number(number, &e->price);
	if (result)
		return fail(r, at, result, WORDS("not a positive number of at most 18 digits"));
	memcpy(e->code, code.p, code.n);
	e->code[code.n] = '\0';
	r->count++;
	return RESULT_OK;
}

/* ---- XML ---- */

static void stop(struct reading *r, enum result code, const char *what)
{
	(void)fail(r, (size_t)XML_GetCurrentByteIndex(r->parser), code, what);
	(void)XML_StopParser(r->parser, XML_FALSE);
}

static void XMLCALL on_doctype(void *arg, const XML_Char *name, const XML_Char *system_id,
        const XML_Char *public_id, int has_internal)
{
	(void)name;
	(void)system_id;
	(void)public_id;
	(void)has_internal;
	stop(arg, RESULT_THEIRS_MALFORMED, "a document type declaration");
}

static void XMLCALL on_element(void *arg, const XML_Char *name, const XML_Char **attributes)
{
	struct reading *r = arg;
	const char *colon = strchr(name, ':'), *time = NULL, *currency = NULL, *rate = NULL;
	size_t at = (size_t)XML_GetCurrentByteIndex(r->parser);

	/* Handlers may still be called for what was read when the parser was stopped. */
	if (r->result || strcmp(colon ? colon + 1 : name, "Cube") != 0)
		return;
	for (size_t i = 0; attributes[i]; i += 2) {
		if (strcmp(attributes[i], "time") == 0)
			time = attributes[i + 1];
		else if (strcmp(attributes[i], "currency") == 0)
			currency = attributes[i + 1];
		else if (strcmp(attributes[i], "rate") == 0)
			rate = attributes[i + 1];
	}
	if (time && r->dated)
		stop(r, RESULT_THEIRS_MALFORMED, WORDS("more than one day"));
	else if (time && take_day(r, at, bytes_str(time)))
		(void)XML_StopParser(r->parser, XML_FALSE);
	if (r->result || (!currency && !rate))
		return;
	if (!currency || !rate)
		stop(r, RESULT_THEIRS_MALFORMED,
		        WORDS("a currency without a rate, or the reverse"));
	else if (take_price(r, at, bytes_str(currency), bytes_str(rate)))
		(void)XML_StopParser(r->parser, XML_FALSE);
}

static enum result read_xml(struct reading *r, struct bytes text)
{
	XML_Parser p = XML_ParserCreate("UTF-8");

	if (!p)
		return RESULT_OURS_MEMORY;
	r->parser = p;
	XML_SetUserData(p, r);
	XML_SetStartElementHandler(p, on_element);
	XML_SetStartDoctypeDeclHandler(p, on_doctype);
	if (XML_Parse(p, (const char *)text.p, (int)text.n, XML_TRUE) != XML_STATUS_OK &&
	        !r->result) {
		if (XML_GetErrorCode(p) == XML_ERROR_NO_MEMORY)
			r->result = RESULT_OURS_MEMORY;
		else
			(void)fail(r, (size_t)XML_GetCurrentByteIndex(p), RESULT_THEIRS_MALFORMED,
			        WORDS("not well-formed XML"));
	}
	XML_ParserFree(p);
	r->parser = NULL;
	return r->result;
}

/* ---- CSV ---- */

/* The next field, without the blanks around it; *at goes behind its comma. False: no more. */
static bool take_field(struct bytes line, size_t *at, struct bytes *out)
{
	const uint8_t *comma;
	size_t end;

	if (*at >= line.n)
		return false;
	comma = memchr(line.p + *at, ',', line.n - *at);
	end = comma ? (size_t)(comma - line.p) : line.n;
	*out = bytes_of(line.p + *at, end - *at);
	*at = end + 1;
	while (out->n && (out->p[0] == ' ' || out->p[0] == '\t'))
		*out = bytes_of(out->p + 1, out->n - 1);
	while (out->n && (out->p[out->n - 1] == ' ' || out->p[out->n - 1] == '\t' ||
	                         out->p[out->n - 1] == '\r'))
		out->n--;
	return true;
}

static struct bytes take_line(struct bytes *text)
{
	const uint8_t *end = text->n ? memchr(text->p, '\n', text->n) : NULL;
	struct bytes line = end ? bytes_of(text->p, (size_t)(end - text->p)) : *text;

	*text = end ? bytes_of(end + 1, text->n - line.n - 1) : bytes_of(text->p, 0);
	return line;
}

static enum result read_csv(struct reading *r, struct bytes text)
{
	struct bytes names = take_line(&text), values, name, value;
	size_t name_at = 0, value_at = 0;

	values = take_line(&text);
	if (!take_field(names, &name_at, &name) || !bytes_eq_str(name, "Date"))
		return fail(
		        r, 0, RESULT_THEIRS_MALFORMED, "no line of names that begins with Date");
	if (!take_field(values, &value_at, &value))
		return fail(r, names.n, RESULT_THEIRS_MALFORMED, WORDS("no line of values"));
	TRY(take_day(r, (size_t)(values.p - r->start), value));
	while (take_field(names, &name_at, &name)) {
		size_t at = (size_t)(values.p - r->start) + value_at;
		bool has_value = take_field(values, &value_at, &value);

		/* Both lines end in a comma, with nothing behind it. */
		if (name.n == 0 && (!has_value || value.n == 0))
			continue;
		if (!has_value)
			return fail(
			        r, at, RESULT_THEIRS_MALFORMED, WORDS("fewer values than names"));
		if (!bytes_eq_str(value, "N/A"))
			TRY(take_price(r, at, name, value));
	}
	while (take_field(values, &value_at, &value))
		if (value.n)
			return fail(r, (size_t)(values.p - r->start), RESULT_THEIRS_MALFORMED,
			        WORDS("more values than names"));
	return RESULT_OK;
}

/* ---- both ---- */

static enum result finish(struct reading *r, int64_t now_ms, struct rate_table **out)
{
	int64_t as_of_ms = r->day_ms + RATE_ECB_HOUR_UTC * 3600 * 1000LL;

	if (!r->dated || r->count == 0)
		return fail(r, 0, RESULT_THEIRS_MALFORMED, WORDS("no day, or no rates"));
	if (r->day_ms > now_ms)
		return fail(r, 0, RESULT_THEIRS_MALFORMED, WORDS("a day that has not come"));
	if (as_of_ms > now_ms)
		as_of_ms = now_ms;
	for (size_t i = 0; i < r->count; i++) {
		r->entries[i].as_of_ms = as_of_ms;
		r->entries[i].listed = true;
	}
	return rate_table_make(RATE_ECB_BASE, r->entries, r->count, as_of_ms, out, r->fault);
}

enum result rate_ecb_parse(
        struct bytes text, int64_t now_ms, struct rate_table **out, struct rate_fault *fault)
{
	static const uint8_t mark[] = {0xef, 0xbb, 0xbf}; /* UTF-8 */
	struct rate_fault unseen;
	struct reading *r;
	size_t at = 0;
	enum result result;

	if (!fault)
		fault = &unseen;
	*fault = (struct rate_fault){0, WORDS("neither XML nor CSV")};
	if (text.n > INT32_MAX)
		return RESULT_THEIRS_TOO_BIG;
	r = calloc(1, sizeof(*r));
	if (!r)
		return RESULT_OURS_MEMORY;
	r->fault = fault;
	if (text.n >= sizeof(mark) && memcmp(text.p, mark, sizeof(mark)) == 0)
		text = bytes_of(text.p + sizeof(mark), text.n - sizeof(mark));
	r->start = text.p;
	while (at < text.n && (text.p[at] == ' ' || text.p[at] == '\n' || text.p[at] == '\r'))
		at++;
	result = at < text.n && text.p[at] == '<' ? read_xml(r, text) : read_csv(r, text);
	if (!result)
		result = finish(r, now_ms, out);
	free(r);
	return result;
}
