#include "http/op_amount.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "codec/json_spec.h"

json_t *op_amount_json(uint64_t value, const char *code, unsigned scale)
{
	char digits[24];

	(void)snprintf(digits, sizeof(digits), "%llu", (unsigned long long)value);
	return json_pack(
	        "{s:s,s:s,s:i}", "value", digits, "assetCode", code, "assetScale", (int)scale);
}

enum result op_amount_read(const json_t *value, struct op_amount *out)
{
	const char *code = NULL;
	uint64_t scale = 0;
	const struct json_member members[] = {
	        {"value", JSON_TO_AMOUNT, &out->value, .required = true},
	        {"assetCode", JSON_TO_STRING, &code, .required = true, .min = 1,
	                .max = ASSET_CODE_MAX},
	        {"assetScale", JSON_TO_UINT, &scale, .required = true, .max = 255},
	};
	struct json_fault fault;
	enum result r = json_spec_read(
	        value, members, sizeof(members) / sizeof(members[0]), JSON_SPEC_STRICT, &fault);

	if (r)
		return r == RESULT_THEIRS_BAD_AMOUNT ? r : RESULT_THEIRS_MALFORMED;
	if (out->value == 0)
		return RESULT_THEIRS_BAD_AMOUNT;
	text_copy_cut(out->code, sizeof(out->code), code);
	out->scale = (unsigned)scale;
	return RESULT_OK;
}

bool op_amount_is_of(const struct op_amount *a, const struct asset_row *asset)
{
	return a->scale == asset->scale && strcmp(a->code, asset->code) == 0;
}

json_t *op_time_json(int64_t unix_ms)
{
	char text[TIME_TEXT_SIZE];

	time_format(unix_ms, text);
	return json_string(text);
}

enum result op_link_id(const char *link, struct id *out)
{
	size_t n = strlen(link);
	size_t at;

	if (n && link[n - 1] == '/')
		n--;
	for (at = n; at && link[at - 1] != '/'; at--) {
	}
	return id_parse(link + at, n - at, out);
}
