/* What the scan passes, the parser behind it reads, unless a number is outside its range; and what
 * it wrote again passes the scan and is the same value. The table reader then meets any value. */
#include "fuzz/fuzz.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "codec/json_scan.h"
#include "codec/json_spec.h"

#define INPUT_MAX (64 * 1024)

static void read_by_table(const json_t *value)
{
	const char *text = NULL;
	uint64_t number = 0, amount = 0;
	bool flag = false;
	json_t *object = NULL, *array = NULL, *any = NULL;
	const struct json_member members[] = {
	        {"s", JSON_TO_STRING, &text, .max = 8},
	        {"t", JSON_TO_TEXT, &text, .required = false},
	        {"u", JSON_TO_UINT, &number, .max = 18},
	        {"a", JSON_TO_AMOUNT, &amount, .required = false},
	        {"b", JSON_TO_BOOL, &flag, .required = false},
	        {"o", JSON_TO_OBJECT, &object, .required = false},
	        {"l", JSON_TO_ARRAY, &array, .max = 2},
	        {"x", JSON_TO_ANY, &any, .required = false},
	};
	struct json_fault fault;

	if (json_spec_read(value, members, sizeof(members) / sizeof(members[0]), JSON_SPEC_STRICT,
	            &fault) != RESULT_OK) {
		FUZZ_CHECK(strlen(fault.text) > 0);
		return;
	}
	FUZZ_CHECK(number <= 18 && amount <= INT64_MAX);
	FUZZ_CHECK(!object || json_is_object(object));
	FUZZ_CHECK(!array || json_array_size(array) <= 2);
	FUZZ_CHECK(!any || !json_is_null(any));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* wider than what the dump of a value that passed the default limits can be */
	static const struct json_scan_limits wide = {
	        .bytes = 64 * INPUT_MAX, .depth = JSON_SCAN_DEPTH_MAX, .tokens = 64 * INPUT_MAX};
	json_error_t error;
	json_t *value, *again;
	size_t at = 0;
	char *dump;

	if (size > INPUT_MAX ||
	        json_scan(bytes_of(data, size), &json_scan_default, &at) != RESULT_OK) {
		FUZZ_CHECK(at <= size);
		return 0;
	}
	value = json_loadb((const char *)data, size, JSON_DECODE_ANY | JSON_ALLOW_NUL, &error);
	if (!value) {
		FUZZ_CHECK(json_error_code(&error) == json_error_numeric_overflow);
		return 0;
	}
	dump = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
	FUZZ_CHECK(dump);
	FUZZ_CHECK(json_scan(bytes_str(dump), &wide, &at) == RESULT_OK);
	again = json_loads(dump, JSON_DECODE_ANY | JSON_ALLOW_NUL, &error);
	FUZZ_CHECK(again && json_equal(value, again));
	read_by_table(value);
	free(dump);
	json_decref(value);
	json_decref(again);
	return 0;
}
