/* A price list that is read has a base of price 1, codes in strict order, and positive prices that
 * a look-up by code gives back. */
#include "fuzz/fuzz.h"

#include <string.h>

#include "model/rate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rate_table *t = NULL;
	struct rate_fault fault = {0, NULL};
	char before[ASSET_CODE_MAX + 1] = "";
	bool base_seen = false;

	if (rate_table_parse(bytes_of(data, size), 0, &t, &fault) != RESULT_OK) {
		FUZZ_CHECK(fault.what != NULL && fault.at <= size);
		return 0;
	}
	FUZZ_CHECK(rate_table_count(t) <= RATE_CODES_MAX + 1);
	for (size_t i = 0; i < rate_table_count(t); i++) {
		struct ratio price, found;
		const char *code = rate_table_at(t, i, &price);

		FUZZ_CHECK(code[0] != '\0' && strlen(code) <= ASSET_CODE_MAX);
		FUZZ_CHECK(strcmp(before, code) < 0);
		FUZZ_CHECK(!ratio_is_zero(&price));
		FUZZ_CHECK(rate_get(t, rate_table_base(t), code, 0, 0, &found) == RESULT_OK);
		FUZZ_CHECK(ratio_cmp(&price, &found) == 0);
		base_seen = base_seen || strcmp(code, rate_table_base(t)) == 0;
		memcpy(before, code, strlen(code) + 1);
	}
	FUZZ_CHECK(base_seen);
	rate_table_free(t);
	return 0;
}
