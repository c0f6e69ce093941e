/* The table of the resource server's refusals: what clients match, and what the documentation says.
 */
#include "unit/harness.h"

#include <string.h>

#include "http/op_error.h"

/* Literally those of spec/open-payments.md 1.7. */
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
		const struct op_error_row *row = op_error_row(rows[i].e);

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

/* docs/http.md has a line for each, and no other. */
START_TEST(documented)
{
	char *page = file_text(TOP_SRCDIR "/docs/http.md"), line[256];
	const char *at = strstr(page, "| status | description | code |");
	size_t lines = 0;

	ck_assert_ptr_nonnull(at);
	for (unsigned e = 0; e < OP_ERRORS; e++) {
		const struct op_error_row *row = op_error_row((enum op_error)e);

		ck_assert_msg(row->status >= 400 && row->code && row->description, "row %u", e);
		snprintf(line, sizeof(line), "\n| %u%s | `%s` | `%s` |", row->status,
		        row->challenge ? ", where to ask" : "", row->description, row->code);
		ck_assert_msg(strstr(at, line), "docs/http.md lacks %s", line + 1);
	}
	at = strchr(strchr(at, '\n') + 1, '\n');
	for (; at && at[1] == '|'; at = strchr(at + 1, '\n'))
		lines++;
	ck_assert_uint_eq(lines, OP_ERRORS);
	free(page);
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_test(t, normative);
	tcase_add_test(t, documented);
}

TEST_MAIN("op_error", fill)
