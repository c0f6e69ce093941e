/* A reference list that is read is one of EUR, of a day that has come, with codes in strict order
 * and positive prices. */
#include "fuzz/fuzz.h"

#include <string.h>

#include "model/rate_ecb.h"

#define NOW_MS 1900000000000

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rate_table *t = NULL;
	struct rate_fault fault = {0, NULL};
	char before[ASSET_CODE_MAX + 1] = "";

	if (rate_ecb_parse(bytes_of(data, size), NOW_MS, &t, &fault) != RESULT_OK) {
		FUZZ_CHECK(fault.what != NULL && fault.at <= size);
		return 0;
	}
	FUZZ_CHECK(strcmp(rate_table_base(t), RATE_ECB_BASE) == 0);
	FUZZ_CHECK(rate_table_as_of_ms(t) <= NOW_MS);
	FUZZ_CHECK(rate_table_count(t) > 1 && rate_table_count(t) <= RATE_CODES_MAX + 1);
	for (size_t i = 0; i < rate_table_count(t); i++) {
		const struct rate_entry *e = rate_table_entry(t, i);

		FUZZ_CHECK(strcmp(before, e->code) < 0 && e->listed && !e->held);
		FUZZ_CHECK(!ratio_is_zero(&e->price));
		memcpy(before, e->code, sizeof(before));
	}
	rate_table_free(t);
	return 0;
}
