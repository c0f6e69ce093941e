/* The tables of refusals, of the resource server and of the authorization server: what clients
 * match, and what the documentation says. t/scenario/op_errors.js provokes each row. */
#include "unit/harness.h"

#include <string.h>

#include "http/gnap_error.h"
#include "http/op_error.h"

/* Literally those of Open Payments, errors. */
START_TEST(normative)
{
	static const struct {
		enum op_error e;
		unsigned status;
		const char *description;
	} rows[] = {
	        {OP_ERROR_INVALID_TOKEN, 401, "Invalid Token"},
	        {OP_ERROR_INACTIVE_TOKEN, 403, "Inactive Token"},
	        {OP_ERROR_INSUFFICIENT_GRANT, 403, "Insufficient Grant"},
	        {OP_ERROR_UNAUTHORIZED, 403, "unauthorized"},
	        {OP_ERROR_SIGNATURE, 401, "Signature validation error"},
	        {OP_ERROR_INVALID_RECEIVER, 400, "invalid receiver"},
	        {OP_ERROR_NON_POSITIVE_RECEIVE_AMOUNT, 400, "non-positive receive amount"},
	        {OP_ERROR_INVALID_QUOTE, 400, "invalid quote"},
	        {OP_ERROR_UNKNOWN_QUOTE, 404, "unknown quote"},
	        {OP_ERROR_INVALID_AMOUNT, 400, "invalid amount"},
	        {OP_ERROR_INVALID_EXPIRES_AT, 400, "invalid expiresAt"},
	        {OP_ERROR_LAST_NEEDS_CURSOR, 400, "last requires cursor"},
	        {OP_ERROR_FIRST_AND_LAST, 400, "first and last are mutually exclusive"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct error_row *row = op_error_row(rows[i].e);

		ck_assert_uint_eq(row->status, rows[i].status);
		ck_assert_str_eq(row->description, rows[i].description);
	}
}
END_TEST

static char *file_text(const char *path)
{
	FILE *file = fopen(path, "r");
	long size;
	char *text;

	ck_assert_msg(file, "%s", path);
	ck_assert_int_eq(fseek(file, 0, SEEK_END), 0);
	size = ftell(file);
	rewind(file);
	text = calloc(1, (size_t)size + 1);
	ck_assert_uint_eq(fread(text, 1, (size_t)size, file), (size_t)size);
	fclose(file);
	return text;
}

#define HEAD "| status | description | code |"

/* As the pages show it: `Invalid Token`; `Signature validation error: `WHY; WHY. */
static void line_of(const struct error_row *row, char *out, size_t size)
{
	const char *where = row->flags & ERROR_CHALLENGE ? ", where to ask"
	                    : row->flags & ERROR_LATER   ? ", later"
	                                                 : "";
	char text[256];

	if ((row->flags & ERROR_OPEN) && !*row->description)
		snprintf(text, sizeof(text), "WHY");
	else
		snprintf(text, sizeof(text), (row->flags & ERROR_OPEN) ? "`%s: `WHY" : "`%s`",
		        row->description);
	snprintf(out, size, "\n| %u%s | %s | `%s` |", row->status, where, text, row->code);
}

/* The page's table has a line for each, and no other. */
static void compare(const char *path, const struct error_row *(*row_of)(unsigned e), unsigned count)
{
	char *page = file_text(path), line[512];
	const char *at = strstr(page, HEAD);
	unsigned lines = 0;

	ck_assert_msg(at, "%s has no table of errors", path);
	for (unsigned e = 0; e < count; e++) {
		const struct error_row *row = row_of(e);

		ck_assert_msg(row->status >= 400 && row->code && row->description, "row %u", e);
		line_of(row, line, sizeof(line));
		ck_assert_msg(strstr(at, line), "%s lacks %s", path, line + 1);
	}
	at = strchr(strchr(at, '\n') + 1, '\n');
	for (; at && at[1] == '|'; at = strchr(at + 1, '\n'))
		lines++;
	ck_assert_uint_eq(lines, count);
	free(page);
}

static const struct error_row *op_row(unsigned e)
{
	return op_error_row((enum op_error)e);
}

static const struct error_row *gnap_row(unsigned e)
{
	return gnap_error_row((enum gnap_error)e);
}

START_TEST(documented)
{
	compare(TOP_SRCDIR "/docs/http.md", op_row, OP_ERRORS);
	compare(TOP_SRCDIR "/docs/gnap.md", gnap_row, GNAP_ERRORS);
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_test(t, normative);
	tcase_add_test(t, documented);
}

TEST_MAIN("op_error", fill)
